//! Gives back any line of the loaded files.
//!
//! Plain files are read again in place; a followed file is read through its open handle, whatever its name has
//! become. Text that cannot be read twice (standard input) is held in memory, packed. A compressed file is either
//! held in memory as well or, where perhaps no line will be wanted, decompressed again on the first request.

use std::fs::File;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lz4_flex::block::DecompressError;

use super::growth::identity;
use super::packed_chunk::{PackedChunk, Packer};
use super::passage::LineSource;
use super::reread::RereadText;
use super::{Chunk, ChunkIndex, Identity, LineSet, SourceError};

/// Text of every loaded file, by file number.
#[derive(Default)]
pub struct TextStore {
    files: Vec<FileText>,
}

impl TextStore {
    /// Adds a file and returns its number, from 0.
    pub fn add(&mut self, file: FileText) -> u32 {
        self.files.push(file);
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// Text of a file.
    pub fn file(&self, file: u32) -> Option<&FileText> {
        self.files.get(file as usize)
    }

    /// Text of a file, to append to it.
    pub fn file_mut(&mut self, file: u32) -> Option<&mut FileText> {
        self.files.get_mut(file as usize)
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let files = self.files.iter().map(FileText::heap_bytes);
        self.files.capacity() * size_of::<FileText>() + files.sum::<usize>()
    }

    /// All files, in load order.
    pub fn files(&self) -> &[FileText] {
        &self.files
    }

    /// Forgets all lines but these; `lines` is indexed by file number.
    pub fn keep(&mut self, lines: &[LineSet]) {
        for (file, lines) in self.files.iter_mut().zip(lines) {
            file.keep(lines);
        }
    }
}

/// The text of one file.
pub struct FileText {
    /// Path as given by the user; `-` for standard input.
    pub path: PathBuf,
    /// Chunks in file order, with gaps where lines were forgotten.
    chunks: Vec<ChunkIndex>,
    backing: Backing,
}

enum Backing {
    /// Opened by its path for each request; the identity shows whether it is still the loaded file.
    Disk(Identity),
    /// Read through an open handle, since the path may lead to another file by now.
    Open(Arc<File>),
    /// Nowhere: the file was truncated, and the loaded text is lost.
    Lost,
    /// Held in memory: one entry for each chunk.
    PackedChunk(Vec<PackedChunk>),
    /// Decompressed again from disk on the first request.
    Packed {
        identity: Identity,
        text: RereadText,
    },
}

impl FileText {
    const fn new(path: PathBuf, backing: Backing) -> Self {
        Self {
            path,
            chunks: Vec::new(),
            backing,
        }
    }

    /// Text of a plain file on disk.
    pub fn on_disk(path: &Path) -> io::Result<Self> {
        let backing = Backing::Disk(identity(&std::fs::metadata(path)?));
        Ok(Self::new(path.to_owned(), backing))
    }

    /// Text of a compressed file on disk. It is decompressed again when a line is first wanted, which suits a
    /// load whose lines are seldom looked at.
    pub fn packed(path: &Path) -> io::Result<Self> {
        let identity = identity(&std::fs::metadata(path)?);
        let text = RereadText::default();
        let backing = Backing::Packed { identity, text };
        Ok(Self::new(path.to_owned(), backing))
    }

    /// Text of a plain file that stays open.
    pub fn open(path: &Path, file: Arc<File>) -> Self {
        Self::new(path.to_owned(), Backing::Open(file))
    }

    /// Marks the text as lost.
    pub fn lose(&mut self) {
        self.backing = Backing::Lost;
    }

    /// Text held in memory, because it cannot be read twice.
    pub fn kept(path: &Path) -> Self {
        Self::new(path.to_owned(), Backing::PackedChunk(Vec::new()))
    }

    /// True when the text is held in memory.
    pub const fn is_kept(&self) -> bool {
        matches!(self.backing, Backing::PackedChunk(_))
    }

    /// Appends a chunk. Chunks must come in file order.
    pub fn push(&mut self, chunk: &Chunk) {
        self.chunks.push(chunk.index.clone());
        match &mut self.backing {
            Backing::PackedChunk(texts) => {
                let packed = chunk.packed.clone();
                texts.push(packed.unwrap_or_else(|| Packer::default().pack(chunk.text())));
            }
            Backing::Packed { text, .. } => text.renew(),
            Backing::Disk(_) | Backing::Open(_) | Backing::Lost => {}
        }
    }

    /// Forgets all lines but `lines`, which keep their numbers. This frees memory; a file on disk is not changed.
    fn keep(&mut self, lines: &LineSet) {
        let last = self.chunks.len().saturating_sub(1);
        let mut texts = match &mut self.backing {
            Backing::PackedChunk(texts) => Some(std::mem::take(texts).into_iter()),
            _ => None,
        };
        let mut kept = Vec::new();
        let chunks = std::mem::take(&mut self.chunks).into_iter();
        for (nth, chunk) in chunks.enumerate() {
            let text = texts.as_mut().and_then(Iterator::next);
            let mut within = lines.within(chunk.first_line, chunk.after().saturating_sub(1));
            // The last chunk stays, because `lines()` is computed from it.
            if within.next().is_none() && nth < last {
                continue;
            }
            kept.extend(text.map(|text| text.only(&chunk, lines)));
            self.chunks.push(chunk);
        }
        self.chunks.shrink_to_fit();
        let last = self.lines();
        match &mut self.backing {
            Backing::PackedChunk(texts) => *texts = kept,
            Backing::Packed { text, .. } => text.keep(lines, last),
            Backing::Disk(_) | Backing::Open(_) | Backing::Lost => {}
        }
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let marks = self.chunks.iter().map(ChunkIndex::heap_bytes);
        let in_memory = match &self.backing {
            Backing::PackedChunk(texts) => texts.iter().map(PackedChunk::heap_bytes).sum(),
            Backing::Packed { text, .. } => text.heap_bytes(),
            Backing::Disk(_) | Backing::Open(_) | Backing::Lost => 0,
        };
        self.chunks.capacity() * size_of::<ChunkIndex>() + marks.sum::<usize>() + in_memory
    }

    /// Number of lines known so far.
    pub fn lines(&self) -> u32 {
        self.chunks
            .last()
            .map_or(0, |chunk| chunk.first_line - 1 + chunk.lines)
    }

    /// Chunk of `line` and the chunks after it up to the next gap, each with its index in `chunks`.
    pub(super) fn chunks_from(
        &self,
        line: u32,
    ) -> Result<impl Iterator<Item = (usize, &ChunkIndex)>, SourceError> {
        let after = self
            .chunks
            .partition_point(|chunk| chunk.first_line <= line);
        let nth = after.saturating_sub(1);
        let chunks = self.chunks.get(nth..).unwrap_or_default();
        if chunks.first().is_none_or(|chunk| !chunk.contains(line)) {
            return Err(self.missing(line));
        }
        let before = iter::once(None).chain(chunks.iter().map(Some));
        let following = (nth..).zip(chunks).zip(before);
        let following = following
            .take_while(|((_, chunk), before)| before.is_none_or(|before| chunk.follows(before)));
        Ok(following.map(|(chunk, _)| chunk))
    }

    pub(super) fn missing(&self, line: u32) -> SourceError {
        SourceError::NoLine {
            path: self.path.clone(),
            line,
        }
    }

    /// Handle to read the text from. Fails when the text is lost, or the file cannot be opened or was replaced.
    pub(super) fn source(&self) -> Result<LineSource<'_>, SourceError> {
        match &self.backing {
            Backing::Disk(identity) => Ok(LineSource::File(Arc::new(self.open_again(*identity)?))),
            Backing::Open(file) => Ok(LineSource::File(Arc::clone(file))),
            Backing::PackedChunk(texts) => Ok(LineSource::PackedChunk(texts)),
            Backing::Packed { identity, text } => {
                let texts = text.texts(&self.chunks, || self.open_again(*identity))?;
                texts
                    .map(LineSource::PackedChunk)
                    .ok_or_else(|| self.changed())
            }
            Backing::Lost => Err(self.changed()),
        }
    }

    pub(super) fn unpack_error(&self, error: DecompressError) -> SourceError {
        SourceError::Open {
            path: self.path.clone(),
            source: io::Error::other(error),
        }
    }

    pub(super) fn changed(&self) -> SourceError {
        SourceError::Changed {
            path: self.path.clone(),
        }
    }

    fn open_again(&self, known: Identity) -> Result<File, SourceError> {
        let open = |source| SourceError::Open {
            path: self.path.clone(),
            source,
        };
        let file = File::open(&self.path).map_err(open)?;
        let meta = file.metadata().map_err(open)?;
        if identity(&meta) != known {
            return Err(self.changed());
        }
        Ok(file)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use super::super::{CHUNK_BYTES, ChunkReader, Passages};
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

    pub fn filled(mut file: FileText, text: &[u8]) -> FileText {
        let mut reader = ChunkReader::new(text);
        while let Some(chunk) = reader.next(Vec::new()).unwrap() {
            file.push(&chunk);
        }
        file
    }

    /// A store of one file with this text.
    pub fn fill(file: FileText, text: &[u8]) -> TextStore {
        let files = vec![filled(file, text)];
        TextStore { files }
    }

    /// A line of the first file, without its line end.
    fn again(store: &TextStore, line: u32) -> Result<Vec<u8>, SourceError> {
        let mut passages = Passages::new(store);
        let text = passages.text_at(0, line, 0)?;
        Ok(text.split(|&b| b == b'\n').next().unwrap().to_vec())
    }

    pub fn gzip(text: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn gives_every_line_back_from_disk_and_from_memory() {
        let text = sample();
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(&text).unwrap();
        let mut packed = tempfile::NamedTempFile::new().unwrap();
        packed.write_all(&gzip(&text)).unwrap();
        let stores = [
            fill(FileText::on_disk(on_disk.path()).unwrap(), &text),
            fill(FileText::packed(packed.path()).unwrap(), &text),
            fill(FileText::kept(Path::new("-")), &text),
        ];
        let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
        for store in &stores {
            assert_eq!(store.files[0].lines() as usize, lines.len());
            for nth in (1..=lines.len())
                .step_by(97)
                .chain([1, 64, 65, lines.len()])
            {
                assert_eq!(
                    again(store, nth as u32).unwrap(),
                    lines[nth - 1],
                    "line {nth}"
                );
            }
            assert!(matches!(again(store, 0), Err(SourceError::NoLine { .. })));
            assert!(matches!(
                again(store, lines.len() as u32 + 1),
                Err(SourceError::NoLine { .. })
            ));
        }
    }

    #[test]
    fn lines_that_are_kept_keep_their_numbers_and_the_others_their_room() {
        let text = sample();
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(&text).unwrap();
        let mut packed = tempfile::NamedTempFile::new().unwrap();
        packed.write_all(&gzip(&text)).unwrap();
        let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
        let last = lines.len() as u32;
        let wanted = [1, 64, 5_000, 5_001, last - 70];
        let mut some = LineSet::default();
        for line in wanted {
            some.insert(line, line);
        }
        for mut store in [
            fill(FileText::on_disk(on_disk.path()).unwrap(), &text),
            fill(FileText::packed(packed.path()).unwrap(), &text),
            fill(FileText::kept(Path::new("-")), &text),
        ] {
            again(&store, 1).unwrap();
            let before = store.heap_bytes();
            store.keep(std::slice::from_ref(&some));
            let file = store.file(0).unwrap();
            assert_eq!(file.lines(), last);
            for line in wanted {
                assert_eq!(again(&store, line).unwrap(), lines[line as usize - 1]);
                // Reading ahead gives the text up to the next gap, with every line in its position.
                let mut passages = Passages::new(&store);
                for line in wanted.iter().skip_while(|own| **own < line) {
                    let text = passages.text_at(0, *line, 600_000).unwrap();
                    assert!(text.starts_with(lines[*line as usize - 1]), "line {line}");
                }
            }
            if matches!(
                file.backing,
                Backing::PackedChunk(_) | Backing::Packed { .. }
            ) {
                let after = store.heap_bytes();
                assert!(after * 10 < before, "{after} of {before} bytes are held");
                let forgotten = again(&store, 20_000);
                assert!(matches!(forgotten, Err(SourceError::NoLine { .. })));
            }
            store.keep(&[LineSet::default()]);
            assert_eq!(store.file(0).unwrap().chunks.len(), 1);
        }
    }

    #[test]
    fn a_packed_file_is_read_again_once_and_only_when_a_line_is_wanted() {
        let text = sample();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog.1.gz");
        std::fs::write(&path, gzip(&text)).unwrap();
        let store = fill(FileText::packed(&path).unwrap(), &text);
        assert!(store.heap_bytes() < 10_000, "nothing of the text is held");
        assert!(again(&store, 70).unwrap().starts_with(b"line 70 "));
        let held = store.heap_bytes();
        assert!(held > 10_000 && held < text.len());
        // Text that was decompressed is there, even if the file changes.
        std::fs::write(&path, "no longer packed\n").unwrap();
        assert!(again(&store, 7000).unwrap().starts_with(b"line 7000 "));
        let late = fill(FileText::packed(&path).unwrap(), &text);
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(again(&late, 1), Err(SourceError::Open { .. })));
    }

    #[test]
    fn a_packed_file_that_was_written_anew_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog.1.gz");
        let lines =
            |word: &str| (0..300).fold(String::new(), |all, n| all + word + &format!(" {n}\n"));
        let torn = gzip(lines("one").as_bytes());
        for now in [
            gzip(lines("other").as_bytes()),
            gzip(lines("one").replacen("63\n", "\n63", 1).as_bytes()),
            gzip(b"one 0\n"),
            b"one 0\n".to_vec(),
            torn[..torn.len() / 2].to_vec(),
        ] {
            std::fs::write(&path, &torn).unwrap();
            let store = fill(FileText::packed(&path).unwrap(), lines("one").as_bytes());
            std::fs::write(&path, now).unwrap();
            for line in [1, 300] {
                let error = again(&store, line).unwrap_err().to_string();
                assert!(error.contains("changed since it was loaded"), "{error}");
            }
        }
        // Text appended to the file is no change.
        let twice = [torn.clone(), torn.clone()].concat();
        std::fs::write(&path, &torn).unwrap();
        let store = fill(FileText::packed(&path).unwrap(), lines("one").as_bytes());
        std::fs::write(&path, twice).unwrap();
        assert_eq!(again(&store, 300).unwrap(), b"one 299");
    }

    #[test]
    fn a_file_that_shrank_or_was_replaced_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let store = fill(FileText::on_disk(&path).unwrap(), b"one\ntwo\n");
        assert_eq!(again(&store, 2).unwrap(), b"two");
        std::fs::write(&path, "o").unwrap();
        assert!(matches!(again(&store, 2), Err(SourceError::Changed { .. })));
    }

    #[test]
    fn a_file_that_was_written_anew_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog");
        let lines =
            |word: &str| (0..300).fold(String::new(), |all, n| all + word + &format!(" {n}\n"));
        std::fs::write(&path, lines("one")).unwrap();
        let store = fill(FileText::on_disk(&path).unwrap(), lines("one").as_bytes());
        let file = Arc::new(File::open(&path).unwrap());
        let open = fill(FileText::open(&path, file), lines("one").as_bytes());
        for line in [1, 100, 300] {
            let wanted = format!("one {}", line - 1);
            assert_eq!(again(&store, line).unwrap(), wanted.as_bytes());
            assert_eq!(again(&open, line).unwrap(), wanted.as_bytes());
        }
        std::fs::write(&path, lines("other")).unwrap();
        for line in [1, 100, 300] {
            for store in [&store, &open] {
                let error = again(store, line).unwrap_err().to_string();
                assert!(error.contains("changed since it was loaded"), "{error}");
            }
        }
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
        assert_eq!(again(&store, 2).unwrap(), b"two");
        store.files[0].lose();
        assert!(matches!(again(&store, 2), Err(SourceError::Changed { .. })));
    }
}
