//! What can go wrong with an input, always naming it.

use std::io;
use std::path::{Path, PathBuf};

use super::mbox::HEADER_BYTES;
use crate::text::{clean, human};

impl SourceError {
    /// True for what may well be as it should: a log that was just rotated is empty, a copy was left out, and
    /// others than mail systems write logs.
    pub const fn is_harmless(&self) -> bool {
        matches!(
            self,
            Self::Empty { .. } | Self::Twin { .. } | Self::PassedOver { .. } | Self::NoMail { .. }
        )
    }
}

impl SourceError {
    /// Whether somebody who looks at the rest has to know: a directory holds other things than mail as well.
    pub const fn is_news(&self) -> bool {
        matches!(self, Self::Twin { .. }) || !self.is_harmless()
    }
}

/// A path in one line: whoever names a file may put line ends and escape sequences into it.
fn shown(path: &Path) -> String {
    clean(path.as_os_str().as_encoded_bytes()).into_owned()
}

/// How two inputs hold the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// They are one file: given twice, or a link.
    File,
    /// Two files, one text.
    Text,
    /// The text of the first is the beginning of the second, which holds more.
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

/// An input that could not be read, wholly or in part, or was left out.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file could not be opened or its details read.
    #[error("{}: cannot open: {source}", shown(path))]
    Open {
        /// The input as given.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Reading stopped in the middle; what came before is kept.
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
    /// Headers so long that their ends were not read.
    #[error(
        "{}: the header that begins in line {line} is longer than {}: what stands behind that in it was not read{}",
        shown(path),
        human::bytes(HEADER_BYTES as u64),
        like_more_headers(*more)
    )]
    LongHeader {
        /// The input as given.
        path: PathBuf,
        /// Where the first of them begins, from 1.
        line: u32,
        /// How many more of them the input has.
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
    /// A known format that is not read.
    #[error("{}: is {name}, which hopgrade does not read: {advice}", shown(path))]
    Foreign {
        /// The input as given.
        path: PathBuf,
        /// What it is: `a zip archive`.
        name: &'static str,
        /// What to do.
        advice: &'static str,
        /// It is one packed text, such as a log that was rotated; not a container of anything.
        one_text: bool,
    },
    /// It holds what another input holds.
    #[error("{}: {}; left out{}", shown(path), twin.words(path, other), like_more(*more))]
    Twin {
        /// The input that was left out.
        path: PathBuf,
        /// The one that is read.
        other: PathBuf,
        /// What they have in common.
        twin: Twin,
        /// How many more files in directories were left out likewise.
        more: usize,
    },
    /// Files in a directory that hold no mail log and no message.
    #[error("{}: neither mail log nor message; passed over{}", shown(path), like_more(*more))]
    PassedOver {
        /// The first of them.
        path: PathBuf,
        /// How many more there are.
        more: usize,
    },
    /// An empty file: a log that was just rotated, and nothing was written to it since.
    #[error("{}: is empty{}", shown(path), like_more(*more))]
    Empty {
        /// The input as given; in directories the first of them.
        path: PathBuf,
        /// How many more there are in directories.
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
