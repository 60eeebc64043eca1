//! Errors about inputs, each of which names its input.

use std::io;
use std::path::{Path, PathBuf};

use super::mbox::HEADER_BYTES;
use crate::text::{clean, human};

impl SourceError {
    /// True for conditions that are no defect: a log that was just rotated is empty, a copy is left out, and
    /// programs other than mail systems write logs.
    pub const fn is_harmless(&self) -> bool {
        matches!(
            self,
            Self::Empty { .. } | Self::Twin { .. } | Self::PassedOver { .. } | Self::NoMail { .. }
        )
    }
}

impl SourceError {
    /// True for errors to show to a user who reads the other inputs of the same load. Other files in a
    /// directory are normal.
    pub const fn is_news(&self) -> bool {
        matches!(self, Self::Twin { .. }) || !self.is_harmless()
    }
}

/// A path on one line, sanitised: a file name may contain line ends and escape sequences.
fn shown(path: &Path) -> String {
    clean(path.as_os_str().as_encoded_bytes()).into_owned()
}

/// How two inputs hold the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// One file, given twice or through a link.
    File,
    /// Two files with the same text.
    Text,
    /// The text of the first file is the beginning of the second, which is longer.
    Beginning,
}

impl Twin {
    fn words(self, path: &Path, other: &Path) -> String {
        let verb = match self {
            Self::File if path == other => return "is given twice".to_owned(),
            Self::File => "is the same file as",
            Self::Text => "holds the same text as",
            Self::Beginning => "holds only the beginning of",
        };
        format!("{verb} {}", shown(other))
    }
}

/// `, like 3 more files`.
fn like_more(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => ", like one more file".to_owned(),
        more => format!(", like {more} more files"),
    }
}

/// `, like 3 more in it`.
fn like_more_headers(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!(", like {more} more in it"),
    }
}

/// An input that could not be read in full, or was left out.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file could not be opened, or its metadata not read.
    #[error("{}: cannot open: {source}", shown(path))]
    Open {
        /// The input as given.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Reading failed in the middle; the text before the failure is kept.
    #[error(
        "{}: reading stopped after line {line}: {source}; what was read is kept",
        shown(path)
    )]
    Read {
        /// The input as given.
        path: PathBuf,
        /// Lines read before the failure.
        line: u32,
        /// The cause.
        source: io::Error,
    },
    /// Header blocks so long that their ends were not read.
    #[error(
        "{}: the header that begins in line {line} is longer than {}: what stands behind that in it was not read{}",
        shown(path),
        human::bytes(HEADER_BYTES as u64),
        like_more_headers(*more)
    )]
    LongHeader {
        /// The input as given.
        path: PathBuf,
        /// First line of the first such header block, from 1.
        line: u32,
        /// Number of further such header blocks in the input.
        more: usize,
    },
    /// Neither a log nor a message that any grammar knows.
    #[error(
        "{}: not a mail log or message that hopgrade knows (first line: {first}); --input FORMAT forces a grammar",
        shown(path)
    )]
    Unknown {
        /// The input as given.
        path: PathBuf,
        /// Its first line, sanitised and shortened.
        first: String,
    },
    /// A known format that cannot be read.
    #[error("{}: is {name}, which hopgrade does not read: {advice}", shown(path))]
    Foreign {
        /// The input as given.
        path: PathBuf,
        /// Name with its article: `a zip archive`.
        name: &'static str,
        /// What the user can do to have it read.
        advice: &'static str,
        /// Whether the file is one compressed text, such as a rotated log, and not a container of files.
        one_text: bool,
    },
    /// An input with the same text as another.
    #[error("{}: {}; left out{}", shown(path), twin.words(path, other), like_more(*more))]
    Twin {
        /// The input that was left out.
        path: PathBuf,
        /// The input that is read instead.
        other: PathBuf,
        /// How the two texts agree.
        twin: Twin,
        /// Number of further files in directories that were left out for the same reason.
        more: usize,
    },
    /// Files in a directory that hold no mail log and no message.
    #[error("{}: neither mail log nor message; passed over{}", shown(path), like_more(*more))]
    PassedOver {
        /// The first of these files.
        path: PathBuf,
        /// Number of further files.
        more: usize,
    },
    /// An empty file, such as a log that was just rotated.
    #[error("{}: is empty{}", shown(path), like_more(*more))]
    Empty {
        /// The input as given; in directories the first of them.
        path: PathBuf,
        /// Number of further empty files in directories.
        more: usize,
    },
    /// A log in which no mail system wrote a line.
    #[error("{}: no mail log line in it", shown(path))]
    NoMail {
        /// The input as given.
        path: PathBuf,
    },
    /// A directory without a file in it.
    #[error("{}: directory holds no file", shown(path))]
    EmptyDirectory {
        /// The input as given.
        path: PathBuf,
    },
    /// The file is no longer what was loaded.
    #[error(
        "{}: changed since it was loaded (shorter or replaced); load it again to see its lines",
        shown(path)
    )]
    Changed {
        /// The input as given.
        path: PathBuf,
    },
    /// A line number that the file does not have.
    #[error("{}: has no line {line}", shown(path))]
    NoLine {
        /// The input as given.
        path: PathBuf,
        /// The line asked for, from 1.
        line: u32,
    },
}
