//! Keeps what is loaded within the limit of memory.

use std::cell::Cell;

use crate::model::Model;

use super::load::Loader;

/// A limit of memory, and how it is divided.
///
/// Three quarters are for what is loaded, the rest for the text that is being read. When five eighths of the
/// three quarters are used, the older half is forgotten: the newer half is built beside it, and both together,
/// with what leads from the one to the other, still fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryLimit(u64);

/// A load reads no smaller pieces than this, however little room there is.
const SMALLEST_CHUNK: u64 = 64 << 10;
/// Pieces in memory at a time for each thread: read, being parsed, parsed, and to be used again. The thread that reads
/// counts as one more than the threads that parse.
const PIECES: u64 = 8;

impl MemoryLimit {
    /// The smallest limit that makes sense, in bytes.
    pub const LEAST: u64 = 8_000_000;

    /// A limit of `bytes` bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The limit in bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// What may be loaded before the older half is forgotten, in bytes.
    const fn full(self) -> u64 {
        self.0 / 4 * 3 / 8 * 5
    }

    /// The largest pieces in which that many threads may parse, in bytes.
    pub(super) fn chunk_bytes(self, jobs: usize) -> usize {
        let pieces = PIECES * (jobs as u64 + 1);
        let bytes = (self.0 / 4 / pieces).max(SMALLEST_CHUNK);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }
}

/// How much room there is until the next look at the model.
#[derive(Default)]
pub(super) struct Room {
    /// Bytes read since the last look.
    read: Cell<u64>,
    /// What stayed after the last time, and a little: less than this is not worth another time.
    least: Cell<u64>,
}

impl Loader {
    /// Forgets the oldest if what is loaded takes too much room; `read`: bytes read since the last call.
    pub(super) fn stay_within_limit(&self, read: usize) {
        let Some(limit) = self.options.memory_limit else {
            return;
        };
        let room = &self.room;
        room.read.set(room.read.get() + read as u64);
        // To look costs time, and a text takes about as much room as it is long.
        if room.read.get() < limit.full() / 32 {
            return;
        }
        room.read.set(0);
        let held = |loader: &Self| loader.peek(Model::heap_bytes) as u64;
        if held(self) < limit.full().max(room.least.get()) {
            return;
        }
        self.write(Model::settle);
        let renewal = self.peek(Model::without_older_half);
        let following = &self.progress.following;
        self.progress.renewals.offer(
            renewal,
            &self.model,
            || following.ring(),
            || self.progress.is_cancelled(),
        );
        // Where too little can be forgotten, the time that it takes must stay in proportion.
        room.least.set(held(self) / 4 * 5);
    }
}
