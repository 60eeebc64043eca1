//! Reads selected stretches of a file whose lines were counted earlier, and everything appended to it since.

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

/// Size of the first chunk in bytes. Each further chunk is twice as large, up to the maximum: a caller that
/// wants all lines only until it has seen a certain one then reads little too much.
const FIRST_BYTES: usize = 32 << 10;

/// Error text when the lines are not the ones that were counted.
const CHANGED: &str = "the file was written anew while it was read";

/// Consecutive whole lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Length in bytes, with line ends.
    pub bytes: u32,
    /// Number of lines.
    pub lines: u32,
    /// Whether the stretch is to be read.
    pub wanted: bool,
}

/// Reader of the wanted stretches of one file.
pub struct Stretches {
    file: Arc<File>,
    /// Stretches not yet read or skipped.
    left: Peekable<vec::IntoIter<Stretch>>,
    /// Number and offset of the next line.
    line: u32,
    offset: u64,
    /// Wanted size of the next chunk in bytes, and its maximum.
    size: usize,
    most: usize,
    /// Reader of the text after the last stretch.
    rest: Option<ChunkReader<Section>>,
    failed: bool,
}

impl Stretches {
    /// Opens a file that begins with `stretches`; chunks have up to about `most` bytes. `None` when the file
    /// was replaced since, or is too short.
    pub fn open(
        path: &Path,
        known: Identity,
        stretches: Vec<Stretch>,
        most: usize,
    ) -> io::Result<Option<Self>> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        let noted: u64 = stretches
            .iter()
            .map(|stretch| u64::from(stretch.bytes))
            .sum();
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

    /// Next chunk of wanted stretches (with `all`: of any), built in `buffer`, whose content is dropped; `None`
    /// at the end. The index has a first line number where the chunk does not follow the one before. Fails when
    /// the lines are not the ones that were counted; after that the reader is at its end.
    pub fn next(&mut self, buffer: Vec<u8>, all: bool) -> io::Result<Option<Chunk>> {
        while let Some(skipped) = self.left.next_if(|stretch| !all && !stretch.wanted) {
            self.line = self.line.saturating_add(skipped.lines);
            self.offset += u64::from(skipped.bytes);
        }
        let (mut bytes, mut lines) = (0, 0_u32);
        let fits = |stretch: &Stretch, bytes: usize| {
            (all || stretch.wanted) && (bytes == 0 || bytes + stretch.bytes as usize <= self.size)
        };
        while let Some(stretch) = self.left.next_if(|stretch| fits(stretch, bytes)) {
            bytes += stretch.bytes as usize;
            lines = lines.saturating_add(stretch.lines);
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
        if let Some(chunk) = chunk
            .as_mut()
            .filter(|chunk| chunk.index.offset == self.offset)
        {
            chunk.index.first_line = self.line;
        }
        Ok(chunk)
    }
}

#[cfg(test)]
mod tests;
