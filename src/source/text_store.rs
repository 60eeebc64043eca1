//! Gives any line back, long after it was parsed.
//!
//! Plain files are read again in place, those that are followed under whatever name they have by then; text that cannot be read twice (standard input, compressed
//! files) is kept as independently compressed blocks, one for each chunk.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::blank::blank;
use super::{Chunk, ChunkIndex, LineSet, SourceError};

/// Bytes of text in one kept block: small enough that opening one takes well under a millisecond.
const BLOCK_BYTES: usize = 64 << 10;

/// The text of every loaded file, by file number.
#[derive(Default)]
pub struct TextStore {
    files: Vec<FileText>,
}

impl TextStore {
    /// Adds a file; its number counts from 0.
    pub fn add(&mut self, file: FileText) -> u32 {
        self.files.push(file);
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// The file of that number.
    pub fn file(&self, file: u32) -> Option<&FileText> {
        self.files.get(file as usize)
    }

    /// The file of that number, to append to it.
    pub fn file_mut(&mut self, file: u32) -> Option<&mut FileText> {
        self.files.get_mut(file as usize)
    }

    /// All files in load order.
    pub fn files(&self) -> &[FileText] {
        &self.files
    }

    /// Forgets all lines but these, by file.
    pub fn keep(&mut self, lines: &[LineSet]) {
        for (file, lines) in self.files.iter_mut().zip(lines) {
            file.keep(lines);
        }
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let files = self.files.iter();
        let held: usize = files
            .map(|file| file.held + file.path.as_os_str().len())
            .sum();
        held + self.files.capacity() * size_of::<FileText>()
    }
}

/// The text of one file.
pub struct FileText {
    /// The path as given by the user; `-` for standard input.
    pub path: PathBuf,
    /// In order; where lines were forgotten, there are gaps.
    chunks: Vec<ChunkIndex>,
    backing: Backing,
    /// Bytes held on the heap by chunks and kept text.
    held: usize,
}

enum Backing {
    /// Read again from disk; identity and length tell whether it is still the same file.
    Disk { device: u64, inode: u64 },
    /// Read again from the open file: its name may mean another one.
    Open(Arc<File>),
    /// The file was cut, and what was read of it is no longer there.
    Gone,
    /// For each chunk, its text in compressed blocks of [`BLOCK_BYTES`]; one without bytes was forgotten.
    Kept(Vec<Blocks>),
}

type Blocks = Vec<Box<[u8]>>;

impl FileText {
    /// A plain file that can be read again.
    pub fn on_disk(path: &Path) -> io::Result<Self> {
        let meta = std::fs::metadata(path)?;
        let backing = Backing::Disk {
            device: meta.dev(),
            inode: meta.ino(),
        };
        Ok(Self {
            path: path.to_owned(),
            chunks: Vec::new(),
            backing,
            held: 0,
        })
    }

    /// A plain file that is open, and stays so.
    pub fn open(path: &Path, file: Arc<File>) -> Self {
        Self {
            path: path.to_owned(),
            chunks: Vec::new(),
            backing: Backing::Open(file),
            held: 0,
        }
    }

    /// Notes that the text is no longer there.
    pub fn lose(&mut self) {
        self.backing = Backing::Gone;
    }

    /// Text that has to be kept because it cannot be read twice.
    pub fn kept(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            chunks: Vec::new(),
            backing: Backing::Kept(Vec::new()),
            held: 0,
        }
    }

    /// Notes the next chunk. Chunks must come in order.
    pub fn push(&mut self, chunk: &Chunk) {
        self.chunks.push(chunk.index.clone());
        if let Backing::Kept(blocks) = &mut self.backing {
            let packed = chunk.text().chunks(BLOCK_BYTES).map(pack).collect();
            blocks.push(packed);
        }
        let blocks = match &self.backing {
            Backing::Kept(blocks) => blocks.last(),
            _ => None,
        };
        self.held += held_by(&chunk.index, blocks);
    }

    /// Forgets all lines but these; the others keep their numbers. What goes is what is held here: the text of
    /// a file that can be read again stays where it is.
    fn keep(&mut self, lines: &LineSet) {
        let last = self.chunks.len().saturating_sub(1);
        let mut packed = match &mut self.backing {
            Backing::Kept(packed) => Some(std::mem::take(packed).into_iter()),
            _ => None,
        };
        let mut kept = Vec::new();
        self.held = 0;
        let chunks = std::mem::take(&mut self.chunks).into_iter();
        for (nth, chunk) in chunks.enumerate() {
            let blocks = packed.as_mut().and_then(Iterator::next);
            let mut within = lines.within(chunk.first_line, chunk.after().saturating_sub(1));
            // The last one tells how many lines there are.
            if within.next().is_none() && nth < last {
                continue;
            }
            let blocks = blocks.map(|blocks| keep_blocks(&chunk, blocks, lines));
            self.held += held_by(&chunk, blocks.as_ref());
            kept.extend(blocks);
            self.chunks.push(chunk);
        }
        self.chunks.shrink_to_fit();
        if let Backing::Kept(packed) = &mut self.backing {
            *packed = kept;
        }
    }

    /// Lines known so far.
    pub fn lines(&self) -> u32 {
        self.chunks
            .last()
            .map_or(0, |chunk| chunk.first_line - 1 + chunk.lines)
    }

    /// One line without its line end; `line` counts from 1.
    pub fn line(&self, line: u32) -> Result<Vec<u8>, SourceError> {
        let text = self.from_line(line, 0)?;
        let end = memchr::memchr(b'\n', &text).unwrap_or(text.len());
        let text = text.get(..end).unwrap_or_default();
        Ok(text.strip_suffix(b"\r").unwrap_or(text).to_vec())
    }

    /// Whole lines in one read, with the number of the first: it is `line` or shortly before it. At
    /// least `more` lines follow `line`, unless the text ends earlier.
    pub fn lines_from(&self, line: u32, more: u32) -> Result<(u32, Vec<u8>), SourceError> {
        let nth = self
            .chunks
            .partition_point(|chunk| chunk.first_line <= line);
        let nth = nth.checked_sub(1).ok_or_else(|| self.missing(line))?;
        let chunk = self
            .chunks
            .get(nth)
            .filter(|chunk| chunk.contains(line))
            .ok_or_else(|| self.missing(line))?;
        let (start, skip) = chunk.seek(line);
        let last = line.saturating_add(more);
        let mut text = Vec::new();
        let mut next = chunk.first_line;
        for (nth, own) in self.chunks.iter().enumerate().skip(nth) {
            if own.first_line > last || own.first_line != next {
                break;
            }
            let start = if text.is_empty() { start } else { 0 };
            let end = own.end_of(last.min(own.after() - 1));
            let range = self.range(nth, start as usize, end as usize)?;
            let torn = range.len() < (end - start) as usize;
            text.extend(range);
            next = own.after();
            if torn {
                break;
            }
        }
        if text.is_empty() {
            return Err(self.missing(line));
        }
        Ok((line - skip, text))
    }

    /// The text from a line on, at least so many further lines of it unless it ends earlier.
    pub fn from_line(&self, line: u32, more: u32) -> Result<Vec<u8>, SourceError> {
        let (first, mut text) = self.lines_from(line, more)?;
        if line > first {
            let before = memchr::memchr_iter(b'\n', &text).nth((line - first - 1) as usize);
            let before = before.ok_or_else(|| self.missing(line))?;
            text.drain(..=before);
        }
        Ok(text)
    }

    fn missing(&self, line: u32) -> SourceError {
        SourceError::NoLine {
            path: self.path.clone(),
            line,
        }
    }

    /// Bytes `start..end` of chunk `nth`, up to the first that was forgotten.
    fn range(&self, nth: usize, start: usize, end: usize) -> Result<Vec<u8>, SourceError> {
        match &self.backing {
            Backing::Disk { device, inode } => {
                let file = self.open_again((*device, *inode))?;
                self.read_again(&file, self.offset(nth) + start as u64, end - start.min(end))
            }
            Backing::Open(file) => {
                self.read_again(file, self.offset(nth) + start as u64, end - start.min(end))
            }
            Backing::Gone => Err(self.changed()),
            Backing::Kept(blocks) => {
                let blocks = blocks.get(nth).map_or(&[][..], Vec::as_slice);
                let from = start / BLOCK_BYTES;
                let mut text = Vec::new();
                let blocks = blocks.iter().take(end.div_ceil(BLOCK_BYTES)).skip(from);
                for block in blocks.take_while(|block| !block.is_empty()) {
                    text.extend(self.unpack(block)?);
                }
                let base = from * BLOCK_BYTES;
                let end = end.saturating_sub(base).min(text.len());
                let wanted = text.get(start - base..end);
                Ok(wanted.unwrap_or_default().to_vec())
            }
        }
    }

    /// Offset of a chunk in the file.
    fn offset(&self, nth: usize) -> u64 {
        self.chunks.get(nth).map_or(0, |chunk| chunk.offset)
    }

    fn changed(&self) -> SourceError {
        SourceError::Changed {
            path: self.path.clone(),
        }
    }

    fn open_again(&self, identity: (u64, u64)) -> Result<File, SourceError> {
        let open = |source| SourceError::Open {
            path: self.path.clone(),
            source,
        };
        let file = File::open(&self.path).map_err(open)?;
        let meta = file.metadata().map_err(open)?;
        if (meta.dev(), meta.ino()) != identity {
            return Err(self.changed());
        }
        Ok(file)
    }

    fn read_again(&self, file: &File, at: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let mut text = vec![0; length];
        file.read_exact_at(&mut text, at)
            .map_err(|_| self.changed())?;
        Ok(text)
    }

    fn unpack(&self, block: &[u8]) -> Result<Vec<u8>, SourceError> {
        lz4_flex::block::decompress_size_prepended(block).map_err(|error| SourceError::Open {
            path: self.path.clone(),
            source: io::Error::other(error),
        })
    }
}

/// The blocks in which the wanted lines of a chunk stand; the others without bytes. Where few lines are
/// wanted, nothing else is left in the blocks.
fn keep_blocks(chunk: &ChunkIndex, blocks: Blocks, lines: &LineSet) -> Blocks {
    let mut wanted = vec![false; blocks.len()];
    let mut count = 0;
    for line in lines.within(chunk.first_line, chunk.after().saturating_sub(1)) {
        count += 1;
        let start = chunk.seek(line).0 as usize / BLOCK_BYTES;
        let end = (chunk.end_of(line) as usize).div_ceil(BLOCK_BYTES);
        for wanted in wanted.iter_mut().take(end).skip(start) {
            *wanted = true;
        }
    }
    if count > chunk.lines / 2 {
        return blocks;
    }
    let mut text = Vec::with_capacity(chunk.bytes as usize);
    for (nth, (block, wanted)) in (1..).zip(blocks.iter().zip(&wanted)) {
        if *wanted {
            text.extend(lz4_flex::block::decompress_size_prepended(block).unwrap_or_default());
        }
        text.resize((nth * BLOCK_BYTES).min(chunk.bytes as usize), b' ');
    }
    blank(chunk, &mut text, lines);
    let texts = text.chunks(BLOCK_BYTES).zip(wanted);
    texts
        .map(|(text, wanted)| if wanted { pack(text) } else { Box::default() })
        .collect()
}

fn held_by(chunk: &ChunkIndex, blocks: Option<&Blocks>) -> usize {
    let blocks = blocks.map_or(0, |blocks| {
        let texts: usize = blocks.iter().map(|block| block.len()).sum();
        size_of::<Blocks>() + size_of_val(blocks.as_slice()) + texts
    });
    size_of::<ChunkIndex>() + chunk.heap_bytes() + blocks
}

fn pack(text: &[u8]) -> Box<[u8]> {
    lz4_flex::block::compress_prepend_size(text).into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::{CHUNK_BYTES, ChunkReader};
    use super::*;

    fn sample() -> Vec<u8> {
        let mut text = Vec::new();
        let mut n = 0_u32;
        while text.len() < CHUNK_BYTES * 2 {
            n += 1;
            writeln!(text, "line {n} {}", "z".repeat(n as usize % 300)).unwrap();
        }
        text.extend_from_slice(b"the last one");
        text
    }

    fn fill(mut file: FileText, text: &[u8]) -> FileText {
        let mut reader = ChunkReader::new(text);
        while let Some(chunk) = reader.next(Vec::new()).unwrap() {
            file.push(&chunk);
        }
        file
    }

    #[test]
    fn gives_every_line_back_from_disk_and_from_memory() {
        let text = sample();
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(&text).unwrap();
        let stores = [
            fill(FileText::on_disk(on_disk.path()).unwrap(), &text),
            fill(FileText::kept(Path::new("-")), &text),
        ];
        let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
        for store in &stores {
            assert_eq!(store.lines() as usize, lines.len());
            for nth in (1..=lines.len())
                .step_by(97)
                .chain([1, 64, 65, lines.len()])
            {
                assert_eq!(
                    store.line(nth as u32).unwrap(),
                    lines[nth - 1],
                    "line {nth}"
                );
            }
            assert!(matches!(store.line(0), Err(SourceError::NoLine { .. })));
            assert!(matches!(
                store.line(lines.len() as u32 + 1),
                Err(SourceError::NoLine { .. })
            ));
            for (line, more) in [(1, 0), (70, 1000), (lines.len() as u32, 9)] {
                let (first, text) = store.lines_from(line, more).unwrap();
                assert!(first <= line && line - first < 64);
                let whole = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
                assert!(
                    whole.clone().count() >= (more.min(lines.len() as u32 - line) + 1) as usize
                );
                for (own, expected) in whole.zip(&lines[first as usize - 1..]) {
                    assert_eq!(own, *expected);
                }
            }
        }
    }

    #[test]
    fn lines_that_are_kept_keep_their_numbers_and_the_others_their_room() {
        let text = sample();
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(&text).unwrap();
        let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
        let last = lines.len() as u32;
        let wanted = [1, 64, 5_000, 5_001, last - 70];
        let mut some = LineSet::default();
        for line in wanted {
            some.insert(line, line);
        }
        for store in [
            fill(FileText::on_disk(on_disk.path()).unwrap(), &text),
            fill(FileText::kept(Path::new("-")), &text),
        ] {
            let mut store = TextStore { files: vec![store] };
            let before = store.heap_bytes();
            store.keep(std::slice::from_ref(&some));
            let file = store.file(0).unwrap();
            assert_eq!(file.lines(), last);
            for line in wanted {
                assert_eq!(file.line(line).unwrap(), lines[line as usize - 1]);
                // Whoever reads ahead gets what is there, up to the next gap, each line in its place.
                let (first, text) = file.lines_from(line, 4_000).unwrap();
                let mut ahead = text.split(|&b| b == b'\n');
                let own = ahead.nth((line - first) as usize).unwrap();
                assert_eq!(own, lines[line as usize - 1]);
            }
            if matches!(file.backing, Backing::Kept(_)) {
                let after = store.heap_bytes();
                assert!(after * 10 < before, "{after} of {before} bytes are held");
                let forgotten = store.file(0).unwrap().line(20_000);
                assert!(matches!(forgotten, Err(SourceError::NoLine { .. })));
            }
            store.keep(&[LineSet::default()]);
            assert_eq!(store.file(0).unwrap().chunks.len(), 1);
        }
    }

    #[test]
    fn a_file_that_shrank_or_was_replaced_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let store = fill(FileText::on_disk(&path).unwrap(), b"one\ntwo\n");
        assert_eq!(store.line(2).unwrap(), b"two");
        std::fs::write(&path, "o").unwrap();
        assert!(matches!(store.line(2), Err(SourceError::Changed { .. })));
    }

    #[test]
    fn a_file_that_is_open_is_read_whatever_its_name_means() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let file = Arc::new(File::open(&path).unwrap());
        let mut store = fill(FileText::open(&path, file), b"one\ntwo\n");
        std::fs::rename(&path, dir.path().join("mainlog.1")).unwrap();
        std::fs::write(&path, "new\nlog\n").unwrap();
        assert_eq!(store.line(2).unwrap(), b"two");
        store.lose();
        assert!(matches!(store.line(2), Err(SourceError::Changed { .. })));
    }
}
