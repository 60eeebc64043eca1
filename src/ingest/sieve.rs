//! Passes over the lines of a log that cannot be wanted, once it is known what can be.
//!
//! The beginning of each log is loaded whole, until it has shown which statements on TLS its writer makes: only then
//! does a missing one mean something.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::{HashMap, HashSet};

use crate::model::Partial;
use crate::parse::{ReadQueueId, Reader};
use crate::source::{Chunk, Identity, Stretch, Stretches};

/// What is wanted of all logs.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub queue_ids: HashSet<Vec<u8>>,
    /// What is wanted of each log, by its path.
    pub logs: HashMap<PathBuf, Arc<WantedOf>>,
}

/// What is wanted of one log.
#[derive(Debug, Default)]
pub(super) struct WantedOf {
    /// Where lines begin that are wanted though they name no queue ID: offsets in its text, in order.
    pub lines: Vec<u64>,
    /// The file that was looked through, and what need be read of it; `None`: all of it.
    pub stretches: Option<(Identity, Vec<Stretch>)>,
}

/// What is passed over of one log.
#[derive(Debug)]
pub(super) struct Sieve {
    wanted: Arc<Wanted>,
    own: Arc<WantedOf>,
    queue_id: ReadQueueId,
    /// The log has shown that its writer tells of TLS on the way in, and on the way out.
    shown: [AtomicBool; 2],
}

impl Sieve {
    /// A sieve for a log that names queue IDs, if it is known what is wanted of the log.
    pub(super) fn of(wanted: Option<&Arc<Wanted>>, path: &Path, reader: Reader) -> Option<Self> {
        let wanted = wanted?;
        Some(Self {
            wanted: Arc::clone(wanted),
            own: Arc::clone(wanted.logs.get(path)?),
            queue_id: reader.by_queue_id()?,
            shown: Default::default(),
        })
    }

    /// True once lines may be passed over.
    fn is_used(&self) -> bool {
        self.shown.iter().all(|way| way.load(Ordering::Relaxed))
    }

    /// The chunks of the log, of about `bytes` bytes, that are not passed over as a whole; `None` without notes on the
    /// file that has this name now.
    pub(super) fn chunks(
        self: Arc<Self>,
        path: &Path,
        bytes: usize,
    ) -> Option<impl FnMut(Vec<u8>) -> io::Result<Option<Chunk>> + Send + use<>> {
        let (file, stretches) = self.own.stretches.as_ref()?;
        let stretches = Stretches::open(path, *file, stretches.clone(), bytes);
        let mut stretches = stretches.ok()??;
        Some(move |buffer| stretches.next(buffer, !self.is_used()))
    }

    /// For a chunk that begins at `offset`; `None` as long as every line may count.
    pub(super) fn chunk(&self, offset: u64) -> Option<ChunkSieve<'_>> {
        let lines = &self.own.lines;
        let first = lines.partition_point(|line| *line < offset);
        self.is_used().then(|| ChunkSieve {
            sieve: self,
            offset,
            lines: lines.get(first..).unwrap_or_default(),
        })
    }

    /// Notes what a part of the log has shown.
    pub(super) fn learn(&self, part: &Partial) {
        let shown = part.shown_without_frames();
        for (way, shown) in self.shown.iter().zip([shown.inbound, shown.outbound]) {
            way.fetch_or(shown, Ordering::Relaxed);
        }
    }
}

/// What is passed over of one chunk.
pub(super) struct ChunkSieve<'a> {
    sieve: &'a Sieve,
    offset: u64,
    /// Of the log, from this chunk on.
    lines: &'a [u64],
}

impl ChunkSieve<'_> {
    /// Whether the line that begins at `at` in the chunk can be of no interest. Lines are asked for in order.
    pub(super) fn passes_over(&mut self, line: &[u8], at: usize) -> bool {
        if let Some((next, rest)) = self.lines.split_first()
            && *next == self.offset + at as u64
        {
            self.lines = rest;
            return false;
        }
        let id = (self.sieve.queue_id)(line);
        id.is_some_and(|id| id.is_empty() || !self.sieve.wanted.queue_ids.contains(id))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::parse::{Grammar, Mta};

    pub(in crate::ingest) const LOG: &[u8] =
        b"2026-02-24 08:00:00 1vumAA-000001-00 <= a@example.org U=a P=local S=300\n\
        2026-02-24 08:00:01 1vumAA-000002-00 => B@example.net R=r T=t\n\
        2026-02-24 08:00:02 1vumAA-000001-00 Completed\n\
        2026-02-24 08:00:03 no host name found for IP address 192.0.2.1\n";

    #[test]
    fn the_lines_of_others_are_passed_over_once_it_is_known_what_is_told_of_tls() {
        let path = Path::new("mainlog");
        let lines: Vec<&[u8]> = LOG.split_inclusive(|byte| *byte == b'\n').collect();
        let before_last: usize = lines[..3].iter().map(|line| line.len()).sum();
        let own = WantedOf {
            lines: vec![3, 100 + before_last as u64],
            stretches: None,
        };
        let wanted = Arc::new(Wanted {
            queue_ids: [b"1vumAA-000001-00".to_vec()].into(),
            logs: [(path.to_owned(), Arc::new(own))].into(),
        });
        let reader = Reader::own_log(Grammar::of(Mta::Exim).unwrap());
        assert!(Sieve::of(Some(&wanted), Path::new("other"), reader).is_none());
        let sieve = Sieve::of(Some(&wanted), path, reader).unwrap();
        assert!(sieve.chunk(100).is_none());
        for way in &sieve.shown {
            way.store(true, Ordering::Relaxed);
        }
        let mut chunk = sieve.chunk(100).unwrap();
        let mut at = 0;
        let passed = lines.iter().map(|line| {
            let passed = chunk.passes_over(line.trim_ascii_end(), at);
            at += line.len();
            passed
        });
        assert_eq!(passed.collect::<Vec<_>>(), [false, true, false, false]);
        let mut other = sieve.chunk(5000).unwrap();
        assert!(!other.passes_over(b"a line without a stamp", 0));
        assert!(other.passes_over(b"P Received: from mx.example.net", 0));
        assert!(other.passes_over(b"2026-02-24 08:00:03 Start queue run: pid=1", 0));
    }
}
