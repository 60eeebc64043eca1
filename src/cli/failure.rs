//! Why nothing could be done, and how it is said.

use std::io::{self, Write};

use crate::report::OutputError;
use crate::text::clean_block;

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The arguments do not make sense; says what would.
    #[error("{0}")]
    Usage(String),
    /// No input could be read; each was named before.
    #[error("nothing could be read; `hopgrade demo` shows the program without a file")]
    NothingRead,
    /// The output file.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The terminal, on which the explorer runs.
    #[error("the terminal: {0}")]
    Terminal(io::Error),
    /// Writing to standard output.
    #[error("standard output: {0}")]
    Stdout(io::Error),
}

impl Failure {
    /// True when whoever read our output has read enough.
    pub(super) fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Stdout(error) | Self::Output(OutputError::Write { source: error, .. }) => {
                error.kind() == io::ErrorKind::BrokenPipe
            }
            _ => false,
        }
    }
}

/// Says something on standard error. Paths and log text may stand in it, so it is cleaned.
pub(super) fn complain(text: &str) {
    // With standard error gone there is no one to tell.
    let _ = writeln!(io::stderr(), "hopgrade: {}", clean_block(text.as_bytes()));
}
