//! Cuts a stream into chunks of whole lines, so that chunks can be parsed apart from each other.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use super::kept::Kept;
use super::{LineSet, Packer, Quiet};

/// Wanted size of a chunk in bytes.
pub const CHUNK_BYTES: usize = 2 << 20;

/// A border is looked for within so many bytes, however small a chunk is wanted.
const LONGEST_BYTES: usize = CHUNK_BYTES;

/// A line longer than this is cut here: the rest of it is passed over and counted, not kept.
const MAX_LINE_BYTES: usize = 1 << 20;

/// One line in this many gets its offset noted; a line is found again by reading from the note.
const LINES_PER_MARK: u32 = 64;

/// Lines are counted in blocks of so many bytes, and looked at one by one only where a mark may be among them.
const BLOCK_BYTES: usize = 512;

/// Whole lines from one file.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The text, and behind it a few lines of what follows: those belong to the next chunk, and are here to be
    /// looked at only.
    pub bytes: Vec<u8>,
    /// Where the lines are.
    pub index: ChunkIndex,
    /// Its text for the store, if it was packed before it gets there.
    pub(super) kept: Option<Kept>,
}

impl Chunk {
    /// A whole text, which is small.
    pub fn whole(bytes: Vec<u8>) -> Self {
        let own = bytes.len();
        let mut chunk = Self::uncounted(bytes, own, 1, 0);
        chunk.index.begin_lines(&chunk.bytes, 0);
        chunk
    }

    /// A text whose lines nobody has looked at: `own` bytes of it, which begin at `offset` in the file. `first_line` is
    /// 0 where it follows another chunk.
    pub(super) fn uncounted(bytes: Vec<u8>, own: usize, first_line: u32, offset: u64) -> Self {
        let index = ChunkIndex {
            first_line,
            offset,
            bytes: u32::try_from(own).unwrap_or(u32::MAX),
            ..ChunkIndex::default()
        };
        Self {
            bytes,
            index,
            kept: None,
        }
    }

    /// The lines of the chunk; they end with a newline unless the file ends without one or the last line was
    /// cut.
    pub fn text(&self) -> &[u8] {
        to(&self.bytes, self.index.bytes)
    }

    /// Compresses the text for the store that has to keep it; the store does it where nobody else did.
    pub fn pack(&mut self, packer: &mut Packer) {
        self.kept = Some(packer.pack(self.text()));
    }

    /// The same of a text of which only some lines will be asked for, whose numbers are those of the index.
    pub fn pack_lines(&mut self, packer: &mut Packer, lines: &LineSet) {
        self.kept = Some(packer.pack_lines(self.text(), &self.index, lines));
    }
}

fn to(bytes: &[u8], end: u32) -> &[u8] {
    bytes.get(..end as usize).unwrap_or(bytes)
}

/// Where the lines of one chunk are in its file.
#[derive(Debug, Default, Clone)]
pub struct ChunkIndex {
    /// Number of the first line, from 1; 0 as long as nobody knows it.
    pub first_line: u32,
    /// Lines in the chunk.
    pub lines: u32,
    /// Offset of the chunk in the decompressed text.
    pub offset: u64,
    /// Bytes in the chunk.
    pub bytes: u32,
    /// Offset, from the start of the chunk, of every 64th line (the 1st, 65th, ...).
    marks: Vec<u32>,
}

impl ChunkIndex {
    /// Notes that the next line begins at `at`, an offset from the chunk's start.
    pub fn begin_line(&mut self, at: usize) {
        if self.lines.is_multiple_of(LINES_PER_MARK) {
            self.marks.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        self.lines += 1;
    }

    /// Notes the lines of `text`, which begins at `at` with a line.
    pub fn begin_lines(&mut self, text: &[u8], at: usize) {
        if text.is_empty() {
            return;
        }
        self.begin_line(at);
        // The end of the last line begins none.
        let text = text.get(..text.len() - 1).unwrap_or_default();
        let mut start = at;
        for block in text.chunks(BLOCK_BYTES) {
            let ends = || memchr_iter(b'\n', block);
            let count = u32::try_from(ends().count()).unwrap_or(u32::MAX);
            let to_mark = (LINES_PER_MARK - self.lines % LINES_PER_MARK) % LINES_PER_MARK;
            if count > to_mark {
                ends().for_each(|end| self.begin_line(start + end + 1));
            } else {
                self.lines += count;
            }
            start += block.len();
        }
    }

    /// Where to start reading for `line`, as an offset from the chunk's start, and how many newlines
    /// to pass over from there. `line` must be in this chunk.
    pub(super) fn seek(&self, line: u32) -> (u32, u32) {
        let nth = line - self.first_line;
        let mark = self
            .marks
            .get((nth / LINES_PER_MARK) as usize)
            .copied()
            .unwrap_or(0);
        (mark, nth % LINES_PER_MARK)
    }

    /// Offset, from the chunk's start, by which `line` has surely ended.
    pub(super) fn end_of(&self, line: u32) -> u32 {
        let nth = line - self.first_line;
        self.marks
            .get((nth / LINES_PER_MARK) as usize + 1)
            .copied()
            .unwrap_or(self.bytes)
    }

    /// The first mark that is at least so many bytes behind `from`, or where the chunk ends.
    pub(super) fn mark_behind(&self, from: u32, bytes: usize) -> u32 {
        let least = from.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        let nth = self.marks.partition_point(|mark| *mark < least);
        self.marks.get(nth).copied().unwrap_or(self.bytes)
    }

    /// What stands between one mark and the next within a part that begins and ends at marks: where it begins and
    /// ends, as offsets from the chunk's start, and how many lines it has.
    pub(super) fn groups_in(&self, part: &Range<u32>) -> impl Iterator<Item = (Range<u32>, u32)> {
        let first = self.marks.partition_point(|mark| *mark < part.start);
        let after = self.marks.partition_point(|mark| *mark < part.end);
        (first..after).filter_map(|nth| {
            let end = self.marks.get(nth + 1).copied().unwrap_or(self.bytes);
            let before = u32::try_from(nth).ok()? * LINES_PER_MARK;
            let lines = LINES_PER_MARK.min(self.lines - before);
            Some((*self.marks.get(nth)?..end, lines))
        })
    }

    /// Whether `text` can be that of the chunk: it has as many lines, and they begin where they are expected.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        let mut starts = self.marks.iter().filter_map(|mark| mark.checked_sub(1));
        let torn = text.last().is_some_and(|last| *last != b'\n');
        text.len() == self.bytes as usize
            && starts.all(|end| text.get(end as usize) == Some(&b'\n'))
            && memchr_iter(b'\n', text).count() + usize::from(torn) == self.lines as usize
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.marks.capacity() * size_of::<u32>()
    }

    /// The lines between one mark and the next: the first and the last.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, u32)> {
        let (first, after) = (self.first_line, self.after());
        let starts = (first..after).step_by(LINES_PER_MARK as usize);
        starts.map(move |start| (start, after.min(start + LINES_PER_MARK) - 1))
    }

    /// Number of the line behind the last one.
    pub(super) const fn after(&self) -> u32 {
        self.first_line + self.lines
    }

    /// Whether it begins where another one ends: not where lines were forgotten, or a line was cut.
    pub(super) fn follows(&self, other: &Self) -> bool {
        let end = other.offset + u64::from(other.bytes);
        self.first_line == other.after() && self.offset == end
    }

    pub(super) const fn contains(&self, line: u32) -> bool {
        line >= self.first_line && line - self.first_line < self.lines
    }
}

/// Gives the bytes of the first whole record of a text; `None` when its end is not there.
pub type RecordEnd = Box<dyn Fn(&[u8]) -> Option<usize> + Send>;

/// Where a chunk may end.
pub enum Borders {
    /// Behind any line.
    Lines,
    /// Behind any line, but what is split over several lines must be found together: where one of the last
    /// `lines` bears the mark of a split entry, as many lines of the next chunk are shown at the end of a chunk.
    Together {
        /// Lines over which an entry may be split.
        lines: u32,
        /// What stands on the first of them.
        mark: &'static [u8],
    },
    /// Behind a record of several lines; gives the bytes of the first whole record, its line end included.
    Records(RecordEnd),
}

/// Room for the beginning of a text.
const PIECE_BYTES: usize = 64 << 10;
/// Lines that end within so many bytes behind a chunk are shown with it.
pub const AHEAD_BYTES: usize = 64 << 10;

impl Borders {
    /// Where the last border in `bytes` is, and how many bytes behind it are shown with the chunk; `None` when
    /// there is none.
    fn last(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let whole = memrchr(b'\n', bytes)? + 1;
        match self {
            Self::Lines => Some((whole, 0)),
            Self::Together { lines, mark } => {
                let (mut end, mut all) = (whole, false);
                for _ in 0..*lines {
                    if whole - end >= AHEAD_BYTES {
                        break;
                    }
                    let before = bytes.get(..end.saturating_sub(1)).unwrap_or_default();
                    let start = memrchr(b'\n', before).map(|at| at + 1);
                    end = start.unwrap_or(0);
                    all = start.is_none();
                    if all {
                        break;
                    }
                }
                let tail = bytes.get(end..whole).unwrap_or_default();
                if memchr::memmem::find(tail, mark).is_none() {
                    return Some((whole, 0));
                }
                (!all).then_some((end, whole - end))
            }
            Self::Records(end_of) => {
                let mut end = 0;
                while let Some(length) = bytes.get(end..).and_then(end_of).filter(|&n| n > 0) {
                    end += length;
                }
                (end > 0).then_some((end, 0))
            }
        }
    }

    /// The border before a line that is too long to be looked at ahead.
    fn shortened(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        match self {
            Self::Together { .. } => Some((memrchr(b'\n', bytes)? + 1, 0)),
            Self::Lines | Self::Records(_) => None,
        }
    }
}

/// Reads a stream chunk by chunk.
pub struct ChunkReader<R> {
    source: R,
    borders: Borders,
    /// Wanted size of a chunk.
    size: usize,
    carry: Vec<u8>,
    next_line: u32,
    next_offset: u64,
    passing_over: bool,
    ended: bool,
    quiet: Option<Quiet>,
}

impl<R: Read> ChunkReader<R> {
    /// Starts at the beginning of `source`.
    pub fn new(source: R) -> Self {
        Self::with_borders(source, Borders::Lines, CHUNK_BYTES)
    }

    /// Starts at the beginning of `source`, whose chunks of `size` bytes or so may end only at those borders.
    pub fn with_borders(source: R, borders: Borders, size: usize) -> Self {
        Self {
            source,
            borders,
            size: size.max(1),
            carry: Vec::new(),
            next_line: 1,
            next_offset: 0,
            passing_over: false,
            ended: false,
            quiet: None,
        }
    }

    /// Of a stream that gives its text bit by bit: whole lines are handed out when it has nothing more.
    #[must_use]
    pub fn live(mut self, quiet: Option<Quiet>) -> Self {
        self.quiet = quiet;
        self
    }

    /// Of a text that goes on: the number of its first line, from 1, and the offset of that line.
    #[must_use]
    pub const fn at(mut self, line: u32, offset: u64) -> Self {
        self.next_line = line;
        self.next_offset = offset;
        self
    }

    /// Number of the last line counted.
    pub const fn lines(&self) -> u32 {
        self.next_line - 1
    }

    /// The next chunk, built in `buffer` (its old content is dropped); `None` at the end.
    ///
    /// After an error everything handed out before stays valid, and the next call gives what was
    /// read before the error, then `None`.
    pub fn next(&mut self, buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        let mut chunk = self.next_uncounted(buffer)?;
        if let Some(Chunk { bytes, index, .. }) = &mut chunk {
            index.begin_lines(to(bytes, index.bytes), 0);
            index.first_line = self.next_line;
            self.next_line = self.next_line.saturating_add(index.lines);
        }
        Ok(chunk)
    }

    /// The same, but the lines of the chunk are not looked at: whoever reads them notes where they begin and
    /// what number the first one has.
    pub fn next_uncounted(&mut self, buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        let mut room = Room::new(buffer);
        room.append(&self.carry);
        self.carry.clear();
        let border = loop {
            self.fill(&mut room, self.size)?;
            if !self.passing_over || self.pass_over(&mut room) {
                break self.border(&mut room)?;
            }
            if self.ended {
                return Ok(None);
            }
        };
        let length = room.text().len();
        if length == 0 {
            return Ok(None);
        }
        let (mut own, mut shown, mut cut) = (length, 0, 0);
        if !self.ended {
            if let Some((end, ahead)) = border {
                (own, shown) = (end, ahead);
                let rest = room.text().get(end..).unwrap_or_default();
                self.carry.extend_from_slice(rest);
            } else {
                own = length.min(MAX_LINE_BYTES);
                cut = length - own;
                self.passing_over = true;
            }
        }
        let bytes = room.into_bytes(own + shown);
        let chunk = Chunk::uncounted(bytes, own, 0, self.next_offset);
        self.next_offset += (own + cut) as u64;
        Ok(Some(chunk))
    }

    /// Where the chunk ends; reads on until a border is there.
    fn border(&mut self, room: &mut Room) -> io::Result<Option<(usize, usize)>> {
        loop {
            let text = room.text();
            let border = self.borders.last(text);
            if border.is_some() || self.ended || text.len() >= LONGEST_BYTES {
                return Ok(border.or_else(|| self.borders.shortened(text)));
            }
            let size = (2 * text.len()).clamp(self.size, LONGEST_BYTES.max(self.size));
            self.fill(room, size)?;
        }
    }

    /// Reads until there are `size` bytes, or the stream has nothing more and there is something to hand out.
    fn fill(&mut self, room: &mut Room, size: usize) -> io::Result<()> {
        while !self.ended && room.filled < size {
            match self.source.read(room.free(size)) {
                Ok(read) => {
                    self.ended = read == 0;
                    room.filled += read;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.ended = true;
                    self.carry.extend_from_slice(room.text());
                    return Err(error);
                }
            }
            let is_quiet = self.quiet.as_ref().is_some_and(|quiet| quiet());
            if is_quiet && self.borders.last(room.text()).is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Drops the rest of a line that was cut; true when its end was found.
    fn pass_over(&mut self, room: &mut Room) -> bool {
        let text = room.text();
        let end = memchr::memchr(b'\n', text).map(|at| at + 1);
        let dropped = end.unwrap_or(text.len());
        self.next_offset += dropped as u64;
        room.drop_first(dropped);
        self.passing_over = end.is_none();
        end.is_some()
    }
}

/// A buffer that is used again and again without its bytes being cleared each time.
struct Room {
    bytes: Vec<u8>,
    /// Bytes of text; what follows is left over.
    filled: usize,
}

impl Room {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, filled: 0 }
    }

    fn text(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    fn append(&mut self, text: &[u8]) {
        let end = self.filled + text.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        if let Some(room) = self.bytes.get_mut(self.filled..end) {
            room.copy_from_slice(text);
        }
        self.filled = end;
    }

    /// Room for more text, up to `size` bytes of it in all. A small text gets little.
    fn free(&mut self, size: usize) -> &mut [u8] {
        if self.filled == self.bytes.len() && self.filled < size {
            if self.filled == 0 {
                self.bytes.resize(PIECE_BYTES.min(size), 0);
            } else if self.bytes.capacity() < size {
                // Memory that nobody had is clear: it is not written to before there is text.
                let small = std::mem::replace(&mut self.bytes, vec![0; size]);
                if let Some(room) = self.bytes.get_mut(..small.len()) {
                    room.copy_from_slice(&small);
                }
            } else {
                self.bytes.resize(size, 0);
            }
        }
        let end = self.bytes.len().min(size);
        self.bytes.get_mut(self.filled..end).unwrap_or_default()
    }

    fn drop_first(&mut self, length: usize) {
        self.bytes.copy_within(length..self.filled, 0);
        self.filled -= length;
    }

    /// The first bytes of the text.
    fn into_bytes(mut self, length: usize) -> Vec<u8> {
        self.bytes.truncate(length);
        self.bytes
    }
}

#[cfg(test)]
mod tests;
