//! A log file that is followed while it is written: its new lines, and whether its path still leads to it.
//!
//! While nothing happens, only the length of the file and the identity behind its path are queried. Logs are
//! rotated in two ways: the file is renamed and a new one created at the path, or its text is copied away and
//! the file truncated (logrotate(8), `copytruncate`).

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::{memchr, memmem, memrchr};

/// Bytes read at a time while a line end is searched.
const BLOCK_BYTES: usize = 64 << 10;

/// Number of looks for which the beginning of a split entry is held back. At five looks a second this is less
/// than a second.
const HELD_LOOKS: u8 = 4;

/// Number of bytes compared to see whether the file was rewritten. They include the time of a line and a queue ID.
const LAST_BYTES: u64 = 128;

/// Device and inode of a file.
pub type Identity = (u64, u64);

/// Form of entries that are split over several lines, which must be handed out together.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    /// Number of lines over which an entry may be split; 0: never.
    pub lines: u32,
    /// Text on the first line of a split entry.
    pub mark: &'static [u8],
}

/// A followed file, and how far it was read.
#[derive(Debug)]
pub struct Growing {
    path: PathBuf,
    file: Arc<File>,
    identity: Identity,
    /// Bytes handed out.
    read: u64,
    /// Length of the file at the last look.
    seen: u64,
    /// Whether the handed out text ends within a line, whose rest is to be skipped.
    torn: bool,
    /// Number of successive looks at which lines were held back.
    held: u8,
    /// Last bytes handed out, up to [`LAST_BYTES`].
    last: Vec<u8>,
}

/// What has become of a followed file.
#[derive(Debug)]
pub enum Fate {
    /// The file is unchanged or has grown. Also when it was renamed and no file with text has its path yet: its
    /// writer goes on writing to it until then.
    Same,
    /// The file was truncated, and may have grown again since.
    Cut,
    /// Another file, with text in it, is at the path.
    Replaced(Box<Growing>),
}

impl Growing {
    /// Opens a file, to be read from its beginning.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::other("only a file can grow"));
        }
        Ok(Self {
            path: path.to_owned(),
            file: Arc::new(file),
            identity: identity(&meta),
            read: 0,
            seen: 0,
            torn: false,
            held: 0,
            last: Vec::new(),
        })
    }

    /// Path under which the file was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Handle of the open file, independent of its path.
    pub fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Identity of the open file.
    pub const fn identity(&self) -> Identity {
        self.identity
    }

    /// Checks what has become of the file.
    pub fn look(&self) -> io::Result<Fate> {
        let length = self.file.metadata()?.len();
        if length < self.read || length != self.seen && !self.ends_as_before()? {
            return Ok(Fate::Cut);
        }
        let now = match std::fs::metadata(&self.path) {
            Ok(now) => now,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Fate::Same),
            Err(error) => return Err(error),
        };
        if !now.is_file() || now.len() == 0 || identity(&now) == self.identity {
            return Ok(Fate::Same);
        }
        match Self::open(&self.path) {
            Ok(new) if new.identity != self.identity => Ok(Fate::Replaced(Box::new(new))),
            Ok(_) => Ok(Fate::Same),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Fate::Same),
            Err(error) => Err(error),
        }
    }

    /// Reads the file from its beginning again.
    pub fn restart(&mut self) {
        (self.read, self.seen, self.torn, self.held) = (0, 0, false, 0);
        self.last.clear();
    }

    /// Whole lines appended since the last call. Holds back a line without its end, and for a few looks the
    /// beginning of a split entry whose rest may be still to come.
    pub fn added(&mut self, split: Split) -> io::Result<Option<Section>> {
        let length = self.file.metadata()?.len();
        if length == self.seen && self.held == 0 {
            return Ok(None);
        }
        self.seen = length;
        self.pass_over(length)?;
        let whole = self.line_end(length)?;
        let held = self.held_from(whole, split)?;
        let end = match held {
            Some(from) if self.held < HELD_LOOKS => {
                self.held += 1;
                from
            }
            _ => {
                self.held = 0;
                whole
            }
        };
        self.section(end)
    }

    /// All text appended since, even if the last line has no end.
    pub fn rest(&mut self) -> io::Result<Option<Section>> {
        let length = self.file.metadata()?.len();
        self.pass_over(length)?;
        self.held = 0;
        self.seen = length;
        let begins_line = self.line_end(length)?;
        let section = self.section(length)?;
        self.torn |= section.is_some() && begins_line < length;
        Ok(section)
    }

    fn section(&mut self, end: u64) -> io::Result<Option<Section>> {
        let start = self.read;
        if end <= start {
            return Ok(None);
        }
        self.read = end;
        self.last = self.block(end.saturating_sub(LAST_BYTES), end)?;
        Ok(Some(Section {
            file: Arc::clone(&self.file),
            start,
            at: start,
            end,
        }))
    }

    /// Whether the last bytes handed out are still at their position.
    fn ends_as_before(&self) -> io::Result<bool> {
        let end = self.read;
        let start = end.saturating_sub(self.last.len() as u64);
        Ok(self.block(start, end)? == self.last)
    }

    /// Skips the rest of a line whose beginning was handed out.
    fn pass_over(&mut self, length: u64) -> io::Result<()> {
        while self.torn && self.read < length {
            let block = self.block(self.read, length)?;
            let end = memchr(b'\n', &block).map(|at| at + 1);
            self.torn = end.is_none();
            self.read += end.unwrap_or(block.len()) as u64;
            self.last.clear();
            if block.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// End of the last whole line up to `length`, at least `self.read`.
    fn line_end(&self, length: u64) -> io::Result<u64> {
        let mut end = length;
        while end > self.read {
            let start = end.saturating_sub(BLOCK_BYTES as u64).max(self.read);
            let block = self.block(start, end)?;
            if let Some(at) = memrchr(b'\n', &block) {
                return Ok(start + at as u64 + 1);
            }
            end = start;
        }
        Ok(self.read)
    }

    /// Start of the first of the last lines before `whole` that may begin a split entry.
    fn held_from(&self, whole: u64, split: Split) -> io::Result<Option<u64>> {
        if split.lines == 0 || whole <= self.read {
            return Ok(None);
        }
        let start = whole.saturating_sub(BLOCK_BYTES as u64).max(self.read);
        let block = self.block(start, whole)?;
        let mut tail = block.len();
        for _ in 0..split.lines {
            let before = block.get(..tail.saturating_sub(1)).unwrap_or_default();
            tail = memrchr(b'\n', before).map_or(0, |at| at + 1);
        }
        let lines = block.get(tail..).unwrap_or_default();
        Ok(memmem::find(lines, split.mark).map(|at| {
            let before = block.get(..tail + at).unwrap_or_default();
            let line = memrchr(b'\n', before).map_or(0, |end| end + 1);
            start + line as u64
        }))
    }

    /// Text from `start`, up to [`BLOCK_BYTES`] of it and not beyond `end`.
    fn block(&self, start: u64, end: u64) -> io::Result<Vec<u8>> {
        let length = usize::try_from(end - start).unwrap_or(BLOCK_BYTES);
        let mut block = vec![0; length.min(BLOCK_BYTES)];
        let read = self.file.read_at(&mut block, start)?;
        block.truncate(read);
        Ok(block)
    }
}

/// A range of a file.
#[derive(Debug)]
pub struct Section {
    file: Arc<File>,
    start: u64,
    at: u64,
    end: u64,
}

impl Section {
    /// Everything from `start` on.
    pub(super) const fn behind(file: Arc<File>, start: u64) -> Self {
        Self {
            file,
            start,
            at: start,
            end: u64::MAX,
        }
    }

    /// Offset of the first byte in the file.
    pub const fn start(&self) -> u64 {
        self.start
    }
}

impl Read for Section {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let length = left.min(buf.len());
        let room = buf.get_mut(..length).unwrap_or_default();
        let read = self.file.read_at(room, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Identity of the file that `meta` describes.
pub fn identity(meta: &Metadata) -> Identity {
    (meta.dev(), meta.ino())
}

#[cfg(test)]
mod tests;
