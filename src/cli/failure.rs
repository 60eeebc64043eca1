//! Why nothing could be done, and how it is said.

use std::io::{self, Write};
use std::path::PathBuf;

use super::config::ConfigError;
use super::filter::explained;
use super::key::KeyError;
use super::told::StateError;
use crate::query::{QueryError, UnfitFilter};
use crate::report::OutputError;
use crate::report::rows::OrderError;
use crate::source::USUAL_LOGS;
use crate::text::clean_block;

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The arguments do not make sense together; says what would.
    #[error("{0}")]
    Usage(String),
    /// `-f` where nothing is followed; says where it is.
    #[error("-f: {0}")]
    Follow(&'static str),
    /// The filter of `--where` cannot be read.
    #[error("{}", explained(text, source))]
    Filter {
        /// The filter as given.
        text: String,
        source: QueryError,
    },
    /// The filter asks for what the rows of the table do not have.
    #[error("--where: {0}")]
    Unfit(#[from] UnfitFilter),
    /// The table has no such column to sort by.
    #[error("--sort: {0}")]
    Order(#[from] OrderError),
    /// The system does not lower the priority.
    #[error("--nice: this system refuses it: {0}")]
    Nice(#[source] rustix::io::Errno),
    /// The configuration file.
    #[error("{}: {}", path.display(), source.to_string().trim_end())]
    Config { path: PathBuf, source: ConfigError },
    /// The file of `--key`.
    #[error("--key {}: {source}", path.display())]
    Key { path: PathBuf, source: KeyError },
    /// The file of `--state`.
    #[error("--state {}: {source}", path.display())]
    State { path: PathBuf, source: StateError },
    /// No message or finding has the ID that was asked for; says how to find the IDs that exist.
    #[error("{0}")]
    NotFound(String),
    /// Nothing was found that could be told to the addressee of evidence.
    #[error(
        "nothing was found that concerns the addressee; `hopgrade export findings --format table` lists what there is"
    )]
    NothingToTell,
    /// There is no PATH, no standard input, and no log at its usual place.
    #[error(
        "no PATH was given and no usual mail log can be read here (looked for {}); \
         give a log, a message file or a directory, or try `hopgrade demo`",
        USUAL_LOGS.join(", ")
    )]
    NoUsualLog,
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
    /// True when the program that read our output, such as `head`, has read enough.
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
