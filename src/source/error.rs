//! What can go wrong with an input, always naming it.

use std::io;
use std::path::{Path, PathBuf};

use crate::text::clean;

impl SourceError {
    /// True for what may well be as it should: a log that was just rotated is empty, and others than mail
    /// systems write logs.
    pub const fn is_harmless(&self) -> bool {
        matches!(self, Self::Empty { .. } | Self::NoMail { .. })
    }
}

/// A path in one line: whoever names a file may put line ends and escape sequences into it.
fn shown(path: &Path) -> String {
    clean(path.as_os_str().as_encoded_bytes()).into_owned()
}

/// An input that could not be read, wholly or in part.
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
    /// An empty file.
    #[error("{}: is empty", shown(path))]
    Empty {
        /// The input as given.
        path: PathBuf,
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
