//! What a load is told from outside.

use crate::model::{Cidr, Trust, Zone};
use crate::source::CHUNK_BYTES;

use super::{Forced, MemoryLimit, Sought};

/// Parsing threads unless more are asked for: they wait for the one that merges long before that.
const MOST_JOBS: usize = 8;

/// How to read the inputs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Zone of stamps that carry none.
    pub zone: Zone,
    /// Year of the last line of a file whose stamps name none; its modification time tells without it.
    pub year: Option<i32>,
    /// Label of the host whose log it is, for logs that name none.
    pub host: Option<String>,
    /// Format to force on every input instead of detecting it.
    pub input: Option<Forced>,
    /// Networks that count as inside besides the private ranges.
    pub inner: Vec<Cidr>,
    /// Our own hosts: the headers they wrote are witnessed.
    pub trust: Trust,
    /// Parsing threads.
    pub jobs: usize,
    /// Whether logs are read on as they grow.
    pub follow: Follow,
    /// Wanted size of the pieces in which a log is parsed, in bytes. It changes no result.
    pub chunk_bytes: usize,
    /// Memory within which the load stays: the oldest is forgotten. `None`: all that there is.
    pub memory_limit: Option<MemoryLimit>,
    /// What alone is wanted of logs that are not followed: more may be loaded, but need not. `None`: everything.
    pub sought: Option<Sought>,
}

/// Whether logs are read on as they grow, once they are loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Follow {
    /// The load ends when everything is read.
    #[default]
    Never,
    /// When somebody asks for it.
    OnRequest,
    /// From the beginning. An input that is not there yet is waited for.
    Now,
}

impl Options {
    /// True for a command that reads what was loaded once and ends: nobody waits at a screen for a line.
    pub(super) fn asks_once(&self) -> bool {
        self.follow == Follow::Never
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            zone: Zone::system().unwrap_or(Zone::UTC),
            year: None,
            host: None,
            input: None,
            inner: Vec::new(),
            trust: Trust::default(),
            jobs: std::thread::available_parallelism()
                .map_or(1, usize::from)
                .min(MOST_JOBS),
            follow: Follow::Never,
            chunk_bytes: CHUNK_BYTES,
            memory_limit: None,
            sought: None,
        }
    }
}
