//! Gives any line back, long after it was parsed.
//!
//! Plain files are read again in place, those that are followed under whatever name they have by then. Text that
//! cannot be read twice (standard input) is kept, compressed. So is that of compressed files, at once or, where
//! perhaps nobody ever looks at a line, when somebody does: the file is read again then.

use std::fs::File;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lz4_flex::block::DecompressError;

use super::growth::identity;
use super::kept::{Kept, Packer};
use super::passage::Again;
use super::unpacked::Unpacked;
use super::{Chunk, ChunkIndex, Identity, LineSet, SourceError};

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

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let files = self.files.iter().map(FileText::heap_bytes);
        self.files.capacity() * size_of::<FileText>() + files.sum::<usize>()
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
}

/// The text of one file.
pub struct FileText {
    /// The path as given by the user; `-` for standard input.
    pub path: PathBuf,
    /// In order; where lines were forgotten, there are gaps.
    chunks: Vec<ChunkIndex>,
    backing: Backing,
}

enum Backing {
    /// Read again from disk; identity and length tell whether it is still the same file.
    Disk(Identity),
    /// Read again from the open file: its name may mean another one.
    Open(Arc<File>),
    /// The file was cut, and what was read of it is no longer there.
    Gone,
    /// For each chunk, its text, as far as it was not forgotten.
    Kept(Vec<Kept>),
    /// Unpacked again from disk when a line is wanted.
    Packed { identity: Identity, text: Unpacked },
}

impl FileText {
    const fn new(path: PathBuf, backing: Backing) -> Self {
        Self {
            path,
            chunks: Vec::new(),
            backing,
        }
    }

    /// A plain file that can be read again.
    pub fn on_disk(path: &Path) -> io::Result<Self> {
        let backing = Backing::Disk(identity(&std::fs::metadata(path)?));
        Ok(Self::new(path.to_owned(), backing))
    }

    /// A compressed file that can be read again, though only from its beginning: better where few lines are looked
    /// at, if any.
    pub fn packed(path: &Path) -> io::Result<Self> {
        let identity = identity(&std::fs::metadata(path)?);
        let text = Unpacked::default();
        let backing = Backing::Packed { identity, text };
        Ok(Self::new(path.to_owned(), backing))
    }

    /// A plain file that is open, and stays so.
    pub fn open(path: &Path, file: Arc<File>) -> Self {
        Self::new(path.to_owned(), Backing::Open(file))
    }

    /// Notes that the text is no longer there.
    pub fn lose(&mut self) {
        self.backing = Backing::Gone;
    }

    /// Text that has to be kept because it cannot be read twice.
    pub fn kept(path: &Path) -> Self {
        Self::new(path.to_owned(), Backing::Kept(Vec::new()))
    }

    /// True when the text of every chunk is kept.
    pub const fn is_kept(&self) -> bool {
        matches!(self.backing, Backing::Kept(_))
    }

    /// Notes the next chunk. Chunks must come in order.
    pub fn push(&mut self, chunk: &Chunk) {
        self.chunks.push(chunk.index.clone());
        match &mut self.backing {
            Backing::Kept(texts) => {
                let kept = chunk.kept.clone();
                texts.push(kept.unwrap_or_else(|| Packer::default().pack(chunk.text())));
            }
            Backing::Packed { text, .. } => text.renew(),
            Backing::Disk(_) | Backing::Open(_) | Backing::Gone => {}
        }
    }

    /// Forgets all lines but these; the others keep their numbers. What goes is what is held here: the text of
    /// a file that can be read again stays where it is.
    fn keep(&mut self, lines: &LineSet) {
        let last = self.chunks.len().saturating_sub(1);
        let mut texts = match &mut self.backing {
            Backing::Kept(texts) => Some(std::mem::take(texts).into_iter()),
            _ => None,
        };
        let mut kept = Vec::new();
        let chunks = std::mem::take(&mut self.chunks).into_iter();
        for (nth, chunk) in chunks.enumerate() {
            let text = texts.as_mut().and_then(Iterator::next);
            let mut within = lines.within(chunk.first_line, chunk.after().saturating_sub(1));
            // The last one tells how many lines there are.
            if within.next().is_none() && nth < last {
                continue;
            }
            kept.extend(text.map(|text| text.only(&chunk, lines)));
            self.chunks.push(chunk);
        }
        self.chunks.shrink_to_fit();
        let last = self.lines();
        match &mut self.backing {
            Backing::Kept(texts) => *texts = kept,
            Backing::Packed { text, .. } => text.keep(lines, last),
            Backing::Disk(_) | Backing::Open(_) | Backing::Gone => {}
        }
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let marks = self.chunks.iter().map(ChunkIndex::heap_bytes);
        let kept = match &self.backing {
            Backing::Kept(texts) => texts.iter().map(Kept::heap_bytes).sum(),
            Backing::Packed { text, .. } => text.heap_bytes(),
            Backing::Disk(_) | Backing::Open(_) | Backing::Gone => 0,
        };
        self.chunks.capacity() * size_of::<ChunkIndex>() + marks.sum::<usize>() + kept
    }

    /// Lines known so far.
    pub fn lines(&self) -> u32 {
        self.chunks
            .last()
            .map_or(0, |chunk| chunk.first_line - 1 + chunk.lines)
    }

    /// The chunk of a line, with its place, and those that follow it without a gap.
    pub(super) fn chunks_from(
        &self,
        line: u32,
    ) -> Result<impl Iterator<Item = (usize, &ChunkIndex)>, SourceError> {
        let after = self.chunks.partition_point(|own| own.first_line <= line);
        let nth = after.saturating_sub(1);
        let chunks = self.chunks.get(nth..).unwrap_or_default();
        if chunks.first().is_none_or(|own| !own.contains(line)) {
            return Err(self.missing(line));
        }
        let before = iter::once(None).chain(chunks.iter().map(Some));
        let following = (nth..).zip(chunks).zip(before);
        let following = following
            .take_while(|((_, own), before)| before.is_none_or(|before| own.follows(before)));
        Ok(following.map(|(own, _)| own))
    }

    pub(super) fn missing(&self, line: u32) -> SourceError {
        SourceError::NoLine {
            path: self.path.clone(),
            line,
        }
    }

    /// How its text is had again. Fails where it is gone, or its file cannot be opened or is another one by now.
    pub(super) fn again(&self) -> Result<Again<'_>, SourceError> {
        match &self.backing {
            Backing::Disk(identity) => Ok(Again::File(Arc::new(self.open_again(*identity)?))),
            Backing::Open(file) => Ok(Again::File(Arc::clone(file))),
            Backing::Kept(texts) => Ok(Again::Kept(texts)),
            Backing::Packed { identity, text } => {
                let texts = text.texts(&self.chunks, || self.open_again(*identity))?;
                texts.map(Again::Kept).ok_or_else(|| self.changed())
            }
            Backing::Gone => Err(self.changed()),
        }
    }

    pub(super) fn unpacked(&self, error: DecompressError) -> SourceError {
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

    /// A store of one file, which holds `text`.
    pub fn fill(file: FileText, text: &[u8]) -> TextStore {
        let files = vec![filled(file, text)];
        TextStore { files }
    }

    /// A line of its file, without its line end.
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
                // Whoever reads ahead gets what is there, up to the next gap, each line in its place.
                let mut passages = Passages::new(&store);
                for line in wanted.iter().skip_while(|own| **own < line) {
                    let text = passages.text_at(0, *line, 600_000).unwrap();
                    assert!(text.starts_with(lines[*line as usize - 1]), "line {line}");
                }
            }
            if matches!(file.backing, Backing::Kept(_) | Backing::Packed { .. }) {
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
        // What was read once is there, whatever becomes of the file.
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
        // What was added behind is no change.
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
