//! How far a load has come, readable from any thread.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Following, Renewals};

/// What a load is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Current {
    /// Nothing is read yet; a verb and what it is about.
    Preparing(&'static str),
    /// The input that is being read, as tables and messages show it.
    Reading(String),
}

impl Default for Current {
    fn default() -> Self {
        Self::Preparing("beginning")
    }
}

/// How far a load is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// There is more to read.
    GoingOn,
    /// It was stopped before its end.
    Stopped,
    /// Everything was read, as far as it could be.
    #[default]
    Ended,
}

/// Counters of one load. All loads and stores are relaxed: they are for people.
pub struct Progress {
    started: Instant,
    total_bytes: AtomicU64,
    bytes: AtomicU64,
    lines: AtomicU64,
    current: Mutex<Current>,
    left_out: Mutex<Vec<String>>,
    lost: Mutex<Vec<String>>,
    cancel: AtomicBool,
    stopped: AtomicBool,
    done: AtomicBool,
    took_ms: AtomicU64,
    /// What goes on after the load.
    pub following: Following,
    /// What is forgotten on the way.
    pub renewals: Renewals,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            total_bytes: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            lines: AtomicU64::new(0),
            current: Mutex::default(),
            left_out: Mutex::default(),
            lost: Mutex::default(),
            cancel: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            done: AtomicBool::new(false),
            took_ms: AtomicU64::new(0),
            following: Following::default(),
            renewals: Renewals::default(),
        }
    }
}

impl Progress {
    /// Size on disk of all inputs that have one, in bytes.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes.load(Ordering::Relaxed)
    }

    /// Bytes of text read so far (decompressed).
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Lines read so far.
    pub fn lines(&self) -> u64 {
        self.lines.load(Ordering::Relaxed)
    }

    /// What is being done.
    pub fn current(&self) -> Current {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Inputs that were not read, or not to their end, and why, as sentences.
    pub fn left_out(&self) -> Vec<String> {
        self.left_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes an input that was not read.
    pub fn leave_out(&self, why: String) {
        self.left_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(why);
    }

    /// Inputs whose text is missing from the model, or the end of it, and why, as sentences: those of
    /// [`Progress::left_out`] but for copies of others.
    pub fn lost(&self) -> Vec<String> {
        self.lost
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes an input whose text is missing.
    pub fn lose(&self, why: String) {
        self.lost
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(why);
    }

    /// How far the load is.
    pub fn stage(&self) -> Stage {
        if !self.is_done() {
            Stage::GoingOn
        } else if self.stopped.load(Ordering::Relaxed) {
            Stage::Stopped
        } else {
            Stage::Ended
        }
    }

    /// True when the load has ended, by itself or by [`Progress::cancel`].
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    /// Asks the load to stop, and what follows it; what was loaded stays.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
        self.following.end();
    }

    /// True when somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Time since the start; the whole duration once done.
    pub fn elapsed(&self) -> Duration {
        if self.is_done() {
            Duration::from_millis(self.took_ms.load(Ordering::Relaxed))
        } else {
            self.started.elapsed()
        }
    }

    pub(super) fn expect(&self, bytes: u64) {
        self.total_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Takes back what was expected and need not be read.
    pub(super) fn skip(&self, bytes: u64) {
        // Numbers for people: a file that grew meanwhile must not make this wrap around.
        let left = self.total_bytes().saturating_sub(bytes);
        self.total_bytes.store(left, Ordering::Relaxed);
    }

    /// What is done before anything is read.
    pub(super) fn prepare(&self, what: &'static str) {
        self.now(Current::Preparing(what));
    }

    /// The next input is read.
    pub(super) fn begin(&self, label: String) {
        self.now(Current::Reading(label));
    }

    fn now(&self, current: Current) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    pub(super) fn advance(&self, bytes: u64, lines: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.lines.fetch_add(lines, Ordering::Relaxed);
    }

    pub(crate) fn finish(&self) {
        let took = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.took_ms.store(took, Ordering::Relaxed);
        // Asked now: what follows the load is ended in the same way.
        self.stopped.store(self.is_cancelled(), Ordering::Relaxed);
        self.done.store(true, Ordering::Release);
    }
}
