//! Loads of logs only what can be wanted, where somebody asks one question and leaves.
//!
//! A first look finds the lines on which one of some texts stands, and with them the queue IDs; the load then
//! passes over the lines of all other messages. That holds for logs whose lines stand for themselves
//! ([`Reader::by_queue_id`]): where TLS is told on lines of its own, or a line may be a part of another, all
//! is loaded. So is the beginning of each log, until it has shown which statements on TLS its writer makes:
//! only then does a missing one mean something.

use std::collections::VecDeque;
use std::fs::Metadata;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;

use hashbrown::{HashMap, HashSet};
use memchr::{memchr, memrchr};
use regex::bytes::{Regex, RegexBuilder};

use crate::model::Partial;
use crate::parse::{ReadQueueId, Reader};
use crate::source::{Borders, ChunkReader, Input};

use super::Format;
use super::ahead::Opener;
use super::sniff::sniff;

/// With more inputs than this, looking into each takes as long as reading it.
const MOST_INPUTS: usize = 1000;
/// With more messages than this, passing over the others gains little.
const MOST_MESSAGES: usize = 50_000;
/// Inputs of less are loaded before anybody notices.
const LEAST_BYTES: u64 = 4 << 20;

/// Texts of which one stands, in any ASCII letter case, on a line of whatever is wanted.
#[derive(Clone, Debug)]
pub struct Sought {
    texts: Regex,
    /// Inputs of less in all are loaded whole.
    pub least_bytes: u64,
}

impl Sought {
    /// Looks for these texts; `None` where they are too many.
    pub fn new(texts: &[&str]) -> Option<Self> {
        let texts: Vec<String> = texts.iter().map(|text| regex::escape(text)).collect();
        let mut builder = RegexBuilder::new(&texts.join("|"));
        let texts = builder.case_insensitive(true).unicode(false).build().ok()?;
        Some(Self {
            texts,
            least_bytes: LEAST_BYTES,
        })
    }
}

/// What is wanted of all logs.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    queue_ids: HashSet<Vec<u8>>,
    /// By log, where lines begin that are wanted though they name no queue ID: offsets in its text, in order.
    lines: HashMap<PathBuf, Arc<[u64]>>,
}

impl Opener {
    /// Looks for what is sought in all inputs; `None` where they have to be loaded whole.
    pub(super) fn look_for(
        &self,
        sought: &Sought,
        inputs: &[Input],
        metas: &[Option<Metadata>],
    ) -> Option<Wanted> {
        let known = metas.iter().flatten();
        let bytes: u64 = known.map(Metadata::len).sum();
        if inputs.len() > MOST_INPUTS || bytes < sought.least_bytes {
            return None;
        }
        let mut wanted = Wanted::default();
        for (input, meta) in inputs.iter().zip(metas) {
            match input {
                Input::Message(_) => continue,
                // What was read from a pipe cannot be read again.
                _ if !meta.as_ref().is_some_and(Metadata::is_file) => return None,
                _ => {}
            }
            // What cannot be read is told of when it is loaded.
            let Ok(sniffed) = sniff(input, self.options.input, &self.stop) else {
                continue;
            };
            if let Format::Log(reader) = sniffed.format {
                let queue_id = reader.by_queue_id()?;
                let text = Cursor::new(sniffed.head).chain(sniffed.rest.reader);
                let ids = &mut wanted.queue_ids;
                let lines = self.look_through(text, &sought.texts, queue_id, ids)?;
                wanted.lines.insert(sniffed.path, lines.into());
            }
        }
        Some(wanted)
    }

    /// Looks for the lines on which a text stands: adds their queue IDs, and gives the offsets of those that name
    /// none. `None` where they do not tell all, or nobody wants to know any more.
    fn look_through(
        &self,
        text: impl Read,
        texts: &Regex,
        queue_id: ReadQueueId,
        queue_ids: &mut HashSet<Vec<u8>>,
    ) -> Option<Vec<u64>> {
        let mut chunks = ChunkReader::with_borders(text, Borders::Lines, self.options.chunk_bytes);
        let mut running = VecDeque::new();
        let mut lines = Vec::new();
        let mut take_up = |looked: &Receiver<(Option<Hits>, Vec<u8>)>| {
            let (hits, room) = looked.recv().ok()?;
            let hits = hits?;
            queue_ids.extend(hits.queue_ids);
            lines.extend(hits.lines);
            (queue_ids.len() <= MOST_MESSAGES).then_some(room)
        };
        let mut spare = Vec::new();
        // What cannot be read is told of when it is loaded.
        while let Ok(Some(chunk)) = chunks.next_uncounted(std::mem::take(&mut spare)) {
            if (self.stop)() {
                return None;
            }
            let texts = texts.clone();
            running.push_back(self.workers.ask(move |_| {
                let hits = Hits::of(chunk.text(), chunk.index.offset, &texts, queue_id);
                (hits, chunk.bytes)
            }));
            if running.len() > 2 * self.workers.count() {
                spare = take_up(&running.pop_front()?)?;
            }
        }
        for looked in &running {
            take_up(looked)?;
        }
        Some(lines)
    }
}

/// The lines of a chunk on which a text stands.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hits {
    queue_ids: Vec<Vec<u8>>,
    /// Offsets of those that name none.
    lines: Vec<u64>,
}

impl Hits {
    /// Looks through a chunk that begins at `offset`; `None` where such a line is of another kind.
    fn of(chunk: &[u8], offset: u64, texts: &Regex, queue_id: ReadQueueId) -> Option<Self> {
        let mut hits = Self::default();
        let mut at = 0;
        while let Some(hit) = texts.find_at(chunk, at) {
            let (start, end) = line_around(chunk, hit.start());
            let line = chunk.get(start..end).unwrap_or_default();
            match queue_id(line)? {
                [] => hits.lines.push(offset + start as u64),
                id => hits.queue_ids.push(id.to_vec()),
            }
            at = end;
        }
        Some(hits)
    }
}

/// Where the line begins and ends in which `at` lies.
fn line_around(chunk: &[u8], at: usize) -> (usize, usize) {
    let (before, behind) = chunk.split_at_checked(at).unwrap_or((chunk, b""));
    let start = memrchr(b'\n', before).map_or(0, |end| end + 1);
    let end = memchr(b'\n', behind).map_or(chunk.len(), |end| at + end);
    (start, end)
}

/// What is passed over of one log.
#[derive(Debug)]
pub(super) struct Sieve {
    wanted: Arc<Wanted>,
    lines: Arc<[u64]>,
    queue_id: ReadQueueId,
    /// The log has shown that its writer tells of TLS on the way in, and on the way out.
    shown: [AtomicBool; 2],
}

impl Sieve {
    /// For a log that is read so, if what is wanted of it is known.
    pub(super) fn of(wanted: Option<&Arc<Wanted>>, path: &Path, reader: Reader) -> Option<Self> {
        let wanted = wanted?;
        Some(Self {
            wanted: Arc::clone(wanted),
            lines: Arc::clone(wanted.lines.get(path)?),
            queue_id: reader.by_queue_id()?,
            shown: Default::default(),
        })
    }

    /// For a chunk that begins at `offset`; `None` as long as every line may count.
    pub(super) fn chunk(&self, offset: u64) -> Option<ChunkSieve<'_>> {
        let shown = self.shown.iter().all(|way| way.load(Ordering::Relaxed));
        let first = self.lines.partition_point(|line| *line < offset);
        shown.then(|| ChunkSieve {
            sieve: self,
            offset,
            lines: self.lines.get(first..).unwrap_or_default(),
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
mod tests {
    use super::*;
    use crate::parse::Grammar;
    use crate::parse::Mta;

    const LOG: &[u8] = b"2026-02-24 08:00:00 1vumAA-000001-00 <= a@example.org U=a P=local S=300\n\
        2026-02-24 08:00:01 1vumAA-000002-00 => B@example.net R=r T=t\n\
        2026-02-24 08:00:02 1vumAA-000001-00 Completed\n\
        2026-02-24 08:00:03 no host name found for IP address 192.0.2.1\n";

    fn queue_id() -> ReadQueueId {
        let grammar = Grammar::of(Mta::Exim).unwrap();
        Reader::own_log(grammar).by_queue_id().unwrap()
    }

    #[test]
    fn queue_ids_stand_on_the_lines_of_the_texts() {
        let hits = |text: &str| {
            let sought = Sought::new(&[text]).unwrap();
            let hits = Hits::of(LOG, 7, &sought.texts, queue_id()).unwrap();
            (hits.queue_ids.concat(), hits.lines)
        };
        let id = |id: &str| (id.as_bytes().to_vec(), Vec::new());
        assert_eq!(hits("b@EXAMPLE.net"), id("1vumAA-000002-00"));
        assert_eq!(hits("a@example.o"), id("1vumAA-000001-00"));
        assert_eq!(hits("a.example.org"), id(""), "a text is no regex");
        let last =
            LOG.len() - b"2026-02-24 08:00:03 no host name found for IP address 192.0.2.1\n".len();
        assert_eq!(hits("192.0.2.1"), (Vec::new(), vec![7 + last as u64]));
        let sought = Sought::new(&["example"]).unwrap();
        let framed = b"Feb 24 08:00:00 mail exim[1]: 1vumAA-000001-00 <= a@example.org\n";
        assert_eq!(Hits::of(framed, 0, &sought.texts, queue_id()), None);
    }

    #[test]
    fn the_lines_of_others_are_passed_over_once_it_is_known_what_is_told_of_tls() {
        let path = Path::new("mainlog");
        let lines: Vec<&[u8]> = LOG.split_inclusive(|byte| *byte == b'\n').collect();
        let before_last: usize = lines[..3].iter().map(|line| line.len()).sum();
        let wanted = Arc::new(Wanted {
            queue_ids: [b"1vumAA-000001-00".to_vec()].into(),
            lines: [(path.to_owned(), vec![3, 100 + before_last as u64].into())].into(),
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
