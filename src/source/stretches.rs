//! Reads some stretches of a file whose lines were counted before, and all that was added to it since.

use std::fs::File;
use std::io;
use std::iter::Peekable;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::vec;

use memchr::memchr_iter;

use super::growth::{Section, identity};
use super::{Borders, Chunk, ChunkReader, Identity};

/// The first chunk is of so many bytes or so, each further one twice as large: whoever wants all of the text only
/// until something was seen in it gets little of it too much.
const FIRST_BYTES: usize = 32 << 10;

/// Why nothing more is read where the lines are others than those that were counted.
const CHANGED: &str = "the file was written anew while it was read";

/// Some whole lines that follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// How long they are, line ends included.
    pub bytes: u32,
    /// How many they are.
    pub lines: u32,
    /// Whether they are to be read.
    pub wanted: bool,
}

/// A file that is read in part.
pub struct Stretches {
    file: Arc<File>,
    /// Those to come.
    left: Peekable<vec::IntoIter<Stretch>>,
    /// Number and offset of the first line that was neither read nor passed over.
    line: u32,
    offset: u64,
    /// Wanted size of the next chunk in bytes, and of the largest.
    size: usize,
    most: usize,
    /// What stands behind the stretches.
    rest: Option<ChunkReader<Section>>,
    failed: bool,
}

impl Stretches {
    /// Of a text that begins with these stretches; chunks are of `most` bytes or so. `None` where the file is another
    /// one by now, or too short.
    pub fn open(
        path: &Path,
        known: Identity,
        stretches: Vec<Stretch>,
        most: usize,
    ) -> io::Result<Option<Self>> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        let noted: u64 = stretches.iter().map(|own| u64::from(own.bytes)).sum();
        let fits = identity(&meta) == known && meta.len() >= noted;
        Ok(fits.then(|| Self {
            file: Arc::new(file),
            left: stretches.into_iter().peekable(),
            line: 1,
            offset: 0,
            size: FIRST_BYTES.min(most),
            most,
            rest: None,
            failed: false,
        }))
    }

    /// The next chunk that is wanted, or of `all`, built in `buffer` (its old content is dropped); `None` at the end.
    /// Where it does not follow the one before, it says which number its first line has. Fails where the lines are
    /// not those that were counted; then nothing more comes.
    pub fn next(&mut self, buffer: Vec<u8>, all: bool) -> io::Result<Option<Chunk>> {
        while let Some(over) = self.left.next_if(|own| !all && !own.wanted) {
            self.line = self.line.saturating_add(over.lines);
            self.offset += u64::from(over.bytes);
        }
        let (mut bytes, mut lines) = (0, 0_u32);
        let fits = |own: &Stretch, bytes: usize| {
            (all || own.wanted) && (bytes == 0 || bytes + own.bytes as usize <= self.size)
        };
        while let Some(own) = self.left.next_if(|own| fits(own, bytes)) {
            bytes += own.bytes as usize;
            lines = lines.saturating_add(own.lines);
        }
        self.size = (2 * self.size).min(self.most);
        if bytes == 0 {
            return self.rest(buffer);
        }
        let chunk = self.read(buffer, bytes, lines);
        if chunk.is_err() {
            self.failed = true;
            self.left = Vec::new().into_iter().peekable();
        }
        chunk.map(Some)
    }

    fn read(&mut self, mut buffer: Vec<u8>, bytes: usize, lines: u32) -> io::Result<Chunk> {
        buffer.resize(bytes, 0);
        let mut before = *b"\n";
        let read = match self.offset.checked_sub(1) {
            Some(end) => self.file.read_exact_at(&mut before, end),
            None => Ok(()),
        };
        let read = read.and_then(|()| self.file.read_exact_at(&mut buffer, self.offset));
        let ends = memchr_iter(b'\n', &buffer).count();
        let fits = before == *b"\n" && buffer.ends_with(b"\n") && ends == lines as usize;
        match read {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            Ok(()) if fits => {}
            _ => return Err(io::Error::other(CHANGED)),
        }
        let chunk = Chunk::uncounted(buffer, bytes, self.line, self.offset);
        self.line = self.line.saturating_add(lines);
        self.offset += bytes as u64;
        Ok(chunk)
    }

    fn rest(&mut self, buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        if self.failed {
            return Ok(None);
        }
        let rest = self.rest.get_or_insert_with(|| {
            let section = Section::behind(Arc::clone(&self.file), self.offset);
            ChunkReader::with_borders(section, Borders::Lines, self.most).at(1, self.offset)
        });
        let mut chunk = rest.next_uncounted(buffer)?;
        if let Some(chunk) = chunk.as_mut().filter(|own| own.index.offset == self.offset) {
            chunk.index.first_line = self.line;
        }
        Ok(chunk)
    }
}

#[cfg(test)]
mod tests;
