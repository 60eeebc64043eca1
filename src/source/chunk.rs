//! Cuts a stream into chunks of whole lines, which can be parsed independently.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use super::packed_chunk::PackedChunk;
use super::{LineSet, Packer, Quiet};

/// Default size of a chunk in bytes.
pub const CHUNK_BYTES: usize = 2 << 20;

/// Bytes up to which a chunk grows until it has a border, even where smaller chunks are wanted.
const LONGEST_BYTES: usize = CHUNK_BYTES;

/// Longest line in bytes: the rest of a longer line is skipped. The line still counts as one.
const MAX_LINE_BYTES: usize = 1 << 20;

/// Lines per mark: the index holds the offset of every 64th line, and other lines are found by counting from there.
const LINES_PER_MARK: u32 = 64;

/// Bytes in which line ends are counted at once; a block is searched line by line only when a mark falls into it.
const BLOCK_BYTES: usize = 512;

/// Whole lines of one file.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Text of the chunk, followed by a few lines of the next chunk as look-ahead.
    pub bytes: Vec<u8>,
    /// Offsets and number of the lines.
    pub index: ChunkIndex,
    /// Packed text for the store, if a worker has packed it already.
    pub(super) packed: Option<PackedChunk>,
}

impl Chunk {
    /// A chunk of a whole, small text.
    pub fn whole(bytes: Vec<u8>) -> Self {
        let length = bytes.len();
        let mut chunk = Self::uncounted(bytes, length, 1, 0);
        chunk.index.begin_lines(&chunk.bytes, 0);
        chunk
    }

    /// A chunk whose lines are not counted yet. The first `length` of `bytes` are its text, which begins at
    /// `offset` in the file. `first_line` is 0 when it follows from the chunk before.
    pub(super) fn uncounted(bytes: Vec<u8>, length: usize, first_line: u32, offset: u64) -> Self {
        let index = ChunkIndex {
            first_line,
            offset,
            bytes: u32::try_from(length).unwrap_or(u32::MAX),
            ..ChunkIndex::default()
        };
        Self {
            bytes,
            index,
            packed: None,
        }
    }

    /// Text of the chunk without look-ahead. It ends with a line feed, unless the file ends without one or the
    /// last line was cut.
    pub fn text(&self) -> &[u8] {
        to(&self.bytes, self.index.bytes)
    }

    /// Packs the text, so that the store does not have to do it.
    pub fn pack(&mut self, packer: &mut Packer) {
        self.packed = Some(packer.pack(self.text()));
    }

    /// Like [`Self::pack`], but only the blocks that hold one of `lines`. The lines of the index must be counted.
    pub fn pack_lines(&mut self, packer: &mut Packer, lines: &LineSet) {
        self.packed = Some(packer.pack_lines(self.text(), &self.index, lines));
    }
}

fn to(bytes: &[u8], end: u32) -> &[u8] {
    bytes.get(..end as usize).unwrap_or(bytes)
}

/// Positions of the lines of one chunk.
#[derive(Debug, Default, Clone)]
pub struct ChunkIndex {
    /// Number of the first line, from 1; 0 as long as it is unknown.
    pub first_line: u32,
    /// Number of lines.
    pub lines: u32,
    /// Offset of the chunk in the decompressed text, in bytes.
    pub offset: u64,
    /// Length in bytes.
    pub bytes: u32,
    /// Offsets of every 64th line (the 1st, the 65th, ...) from the start of the chunk.
    marks: Vec<u32>,
}

impl ChunkIndex {
    /// Counts a line that begins at `at`, an offset from the start of the chunk.
    pub fn begin_line(&mut self, at: usize) {
        if self.lines.is_multiple_of(LINES_PER_MARK) {
            self.marks.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        self.lines += 1;
    }

    /// Counts the lines of `text`. Its first line begins at `at`, an offset from the start of the chunk.
    pub fn begin_lines(&mut self, text: &[u8], at: usize) {
        if text.is_empty() {
            return;
        }
        self.begin_line(at);
        // No line begins after the last line end.
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

    /// Offset of the last mark at or before `line`, from the start of the chunk, and the number of lines from
    /// there to `line`. `line` must be in this chunk.
    pub(super) fn seek(&self, line: u32) -> (u32, u32) {
        let nth = line - self.first_line;
        let mark = self
            .marks
            .get((nth / LINES_PER_MARK) as usize)
            .copied()
            .unwrap_or(0);
        (mark, nth % LINES_PER_MARK)
    }

    /// Offset of the first mark after `line`, or the end of the chunk: `line` ends there or earlier.
    pub(super) fn end_of(&self, line: u32) -> u32 {
        let nth = line - self.first_line;
        self.marks
            .get((nth / LINES_PER_MARK) as usize + 1)
            .copied()
            .unwrap_or(self.bytes)
    }

    /// Offset of the first mark at least `bytes` bytes after `from`, or the end of the chunk.
    pub(super) fn mark_behind(&self, from: u32, bytes: usize) -> u32 {
        let least = from.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        let nth = self.marks.partition_point(|mark| *mark < least);
        self.marks.get(nth).copied().unwrap_or(self.bytes)
    }

    /// Groups (the lines between two marks) in `part`, which begins and ends at marks: the range of each as
    /// offsets from the start of the chunk, and its number of lines.
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

    /// Whether `text` can be the text of this chunk: same length, same number of lines, and a line begins at
    /// every mark.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        let mut starts = self.marks.iter().filter_map(|mark| mark.checked_sub(1));
        let torn = text.last().is_some_and(|last| *last != b'\n');
        text.len() == self.bytes as usize
            && starts.all(|end| text.get(end as usize) == Some(&b'\n'))
            && memchr_iter(b'\n', text).count() + usize::from(torn) == self.lines as usize
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.marks.capacity() * size_of::<u32>()
    }

    /// First and last line number of each group (the lines between two marks).
    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, u32)> {
        let (first, after) = (self.first_line, self.after());
        let starts = (first..after).step_by(LINES_PER_MARK as usize);
        starts.map(move |start| (start, after.min(start + LINES_PER_MARK) - 1))
    }

    /// Number of the line after the last one.
    pub(super) const fn after(&self) -> u32 {
        self.first_line + self.lines
    }

    /// Whether the chunk continues `other` without a gap. There are gaps where lines were forgotten and behind
    /// cut lines.
    pub(super) fn follows(&self, other: &Self) -> bool {
        let end = other.offset + u64::from(other.bytes);
        self.first_line == other.after() && self.offset == end
    }

    pub(super) const fn contains(&self, line: u32) -> bool {
        line >= self.first_line && line - self.first_line < self.lines
    }
}

/// Length in bytes of the first whole record of a text; `None` when the text holds no whole record.
pub type RecordEnd = Box<dyn Fn(&[u8]) -> Option<usize> + Send>;

/// Positions at which a chunk may end.
pub enum Borders {
    /// After any line.
    Lines,
    /// After any line, but with look-ahead for entries that are split over several lines: where one of the last
    /// `lines` lines has `mark`, the chunk ends before these lines and they follow as look-ahead.
    Together {
        /// Number of lines over which an entry may be split.
        lines: u32,
        /// Text on the first line of a split entry.
        mark: &'static [u8],
    },
    /// After a record of several lines.
    Records(RecordEnd),
}

/// Initial size of a read buffer in bytes.
const PIECE_BYTES: usize = 64 << 10;
/// Maximum number of bytes of look-ahead, apart from the line that passes it.
pub const AHEAD_BYTES: usize = 64 << 10;

impl Borders {
    /// Offset of the last border in `bytes`, and the number of look-ahead bytes after it; `None` when there is
    /// no border.
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

    /// Last border when the lines for look-ahead are too long: after the last line, without look-ahead.
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
    /// Wanted size of a chunk in bytes.
    size: usize,
    carry: Vec<u8>,
    next_line: u32,
    next_offset: u64,
    passing_over: bool,
    ended: bool,
    quiet: Option<Quiet>,
}

impl<R: Read> ChunkReader<R> {
    /// Chunks of default size that end after any line.
    pub fn new(source: R) -> Self {
        Self::with_borders(source, Borders::Lines, CHUNK_BYTES)
    }

    /// Chunks of about `size` bytes that end only at `borders`.
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

    /// For a stream that arrives piecemeal: hands out the lines it has when `quiet` reports that nothing is waiting.
    #[must_use]
    pub fn live(mut self, quiet: Option<Quiet>) -> Self {
        self.quiet = quiet;
        self
    }

    /// Starts at line `line` (from 1), which begins at `offset`, instead of at the beginning.
    #[must_use]
    pub const fn at(mut self, line: u32, offset: u64) -> Self {
        self.next_line = line;
        self.next_offset = offset;
        self
    }

    /// Number of lines counted so far.
    pub const fn lines(&self) -> u32 {
        self.next_line - 1
    }

    /// Next chunk, built in `buffer`, whose content is dropped; `None` at the end.
    ///
    /// After an error the next call gives the text that was read before the error, then `None`.
    pub fn next(&mut self, buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        let mut chunk = self.next_uncounted(buffer)?;
        if let Some(Chunk { bytes, index, .. }) = &mut chunk {
            index.begin_lines(to(bytes, index.bytes), 0);
            index.first_line = self.next_line;
            self.next_line = self.next_line.saturating_add(index.lines);
        }
        Ok(chunk)
    }

    /// Like [`Self::next`], but the lines are not counted: the caller fills in the index while it parses.
    pub fn next_uncounted(&mut self, buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        let mut buffer = ReadBuffer::new(buffer);
        buffer.append(&self.carry);
        self.carry.clear();
        let border = loop {
            self.fill(&mut buffer, self.size)?;
            if !self.passing_over || self.pass_over(&mut buffer) {
                break self.border(&mut buffer)?;
            }
            if self.ended {
                return Ok(None);
            }
        };
        let length = buffer.text().len();
        if length == 0 {
            return Ok(None);
        }
        let (mut kept, mut shown, mut cut) = (length, 0, 0);
        if !self.ended {
            if let Some((end, ahead)) = border {
                (kept, shown) = (end, ahead);
                let rest = buffer.text().get(end..).unwrap_or_default();
                self.carry.extend_from_slice(rest);
            } else {
                kept = length.min(MAX_LINE_BYTES);
                cut = length - kept;
                self.passing_over = true;
            }
        }
        let bytes = buffer.into_bytes(kept + shown);
        let chunk = Chunk::uncounted(bytes, kept, 0, self.next_offset);
        self.next_offset += (kept + cut) as u64;
        Ok(Some(chunk))
    }

    /// Border at which the chunk ends; reads on until there is one.
    fn border(&mut self, buffer: &mut ReadBuffer) -> io::Result<Option<(usize, usize)>> {
        loop {
            let text = buffer.text();
            let border = self.borders.last(text);
            if border.is_some() || self.ended || text.len() >= LONGEST_BYTES {
                return Ok(border.or_else(|| self.borders.shortened(text)));
            }
            let size = (2 * text.len()).clamp(self.size, LONGEST_BYTES.max(self.size));
            self.fill(buffer, size)?;
        }
    }

    /// Reads until there are `size` bytes. Stops early when the stream has nothing waiting and there is a whole line.
    fn fill(&mut self, buffer: &mut ReadBuffer, size: usize) -> io::Result<()> {
        while !self.ended && buffer.filled < size {
            match self.source.read(buffer.free(size)) {
                Ok(read) => {
                    self.ended = read == 0;
                    buffer.filled += read;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.ended = true;
                    self.carry.extend_from_slice(buffer.text());
                    return Err(error);
                }
            }
            let is_quiet = self.quiet.as_ref().is_some_and(|quiet| quiet());
            if is_quiet && self.borders.last(buffer.text()).is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Skips the rest of a cut line; true when its end was found.
    fn pass_over(&mut self, buffer: &mut ReadBuffer) -> bool {
        let text = buffer.text();
        let end = memchr::memchr(b'\n', text).map(|at| at + 1);
        let dropped = end.unwrap_or(text.len());
        self.next_offset += dropped as u64;
        buffer.drop_first(dropped);
        self.passing_over = end.is_none();
        end.is_some()
    }
}

/// Read buffer whose bytes are not cleared between uses.
struct ReadBuffer {
    bytes: Vec<u8>,
    /// Length of the text in bytes; the bytes after it are left over from earlier uses.
    filled: usize,
}

impl ReadBuffer {
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

    /// Free space for text, up to `size` bytes of text in all. The buffer grows in two steps, so that a small
    /// text takes little memory.
    fn free(&mut self, size: usize) -> &mut [u8] {
        if self.filled == self.bytes.len() && self.filled < size {
            if self.filled == 0 {
                self.bytes.resize(PIECE_BYTES.min(size), 0);
            } else if self.bytes.capacity() < size {
                // Freshly allocated zeroed memory is not touched before text is read into it.
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

    /// First `length` bytes of the text.
    fn into_bytes(mut self, length: usize) -> Vec<u8> {
        self.bytes.truncate(length);
        self.bytes
    }
}

#[cfg(test)]
mod tests;
