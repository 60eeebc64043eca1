//! Loads of logs only what can be wanted, where somebody asks one question and leaves.
//!
//! A first look finds the lines on which one of some texts stands, and with them the queue IDs; the load then
//! passes over the lines of all other messages. That holds for logs whose lines stand for themselves
//! ([`Reader::by_queue_id`]): where TLS is told on lines of its own, or a line may be a part of another, all
//! is loaded. So is the beginning of each log, until it has shown which statements on TLS its writer makes:
//! only then does a missing one mean something.

use std::collections::{HashSet, VecDeque};
use std::fs::Metadata;
use std::io::{Cursor, Read};
use std::iter::Peekable;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::vec::IntoIter;

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
#[derive(Debug)]
pub(super) struct Wanted {
    texts: Regex,
    queue_ids: HashSet<Vec<u8>>,
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
        let mut queue_ids = HashSet::new();
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
                self.look_through(text, &sought.texts, queue_id, &mut queue_ids)?;
            }
        }
        Some(Wanted {
            texts: sought.texts.clone(),
            queue_ids,
        })
    }

    /// Adds the queue IDs of the lines on which a text stands; `None` where they do not tell all, or nobody wants
    /// to know any more.
    fn look_through(
        &self,
        text: impl Read,
        texts: &Regex,
        queue_id: ReadQueueId,
        found: &mut HashSet<Vec<u8>>,
    ) -> Option<()> {
        let mut chunks = ChunkReader::with_borders(text, Borders::Lines, self.options.chunk_bytes);
        let mut running = VecDeque::new();
        let mut spare = Vec::new();
        // What cannot be read is told of when it is loaded.
        while let Ok(Some(chunk)) = chunks.next_uncounted(std::mem::take(&mut spare)) {
            if (self.stop)() {
                return None;
            }
            let texts = texts.clone();
            running.push_back(self.workers.ask(move |_| {
                let ids = queue_ids(chunk.text(), &texts, queue_id);
                (ids, chunk.bytes)
            }));
            if running.len() > 2 * self.workers.count() {
                spare = take_up(&running.pop_front()?, found)?;
            }
        }
        running
            .iter()
            .try_for_each(|one| take_up(one, found).map(drop))
    }
}

/// The queue IDs of a chunk, and the room that it took.
type Looked = (Option<Vec<Vec<u8>>>, Vec<u8>);

fn take_up(looked: &Receiver<Looked>, found: &mut HashSet<Vec<u8>>) -> Option<Vec<u8>> {
    let (ids, room) = looked.recv().ok()?;
    found.extend(ids?);
    (found.len() <= MOST_MESSAGES).then_some(room)
}

/// The queue IDs of the lines on which a text stands; `None` where one of them is of another kind.
fn queue_ids(chunk: &[u8], texts: &Regex, queue_id: ReadQueueId) -> Option<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(hit) = texts.find_at(chunk, at) {
        let (start, end) = line_around(chunk, hit.start());
        let line = chunk.get(start..end).unwrap_or_default();
        let id = queue_id(line)?;
        if !id.is_empty() {
            found.push(id.to_vec());
        }
        at = end;
    }
    Some(found)
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
    queue_id: ReadQueueId,
    /// The log has shown that its writer tells of TLS on the way in, and on the way out.
    shown: [AtomicBool; 2],
}

impl Sieve {
    /// For a log that is read so, if what is wanted is known.
    pub(super) fn of(wanted: Option<&Arc<Wanted>>, reader: Reader) -> Option<Self> {
        Some(Self {
            wanted: Arc::clone(wanted?),
            queue_id: reader.by_queue_id()?,
            shown: Default::default(),
        })
    }

    /// For a chunk; `None` as long as every line may count.
    pub(super) fn chunk<'a>(&'a self, text: &'a [u8]) -> Option<ChunkSieve<'a>> {
        let shown = self.shown.iter().all(|way| way.load(Ordering::Relaxed));
        shown.then(|| {
            let hits: Vec<usize> = self
                .wanted
                .texts
                .find_iter(text)
                .map(|hit| hit.start())
                .collect();
            ChunkSieve {
                sieve: self,
                hits: hits.into_iter().peekable(),
            }
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
    /// Where texts stand, in order.
    hits: Peekable<IntoIter<usize>>,
}

impl ChunkSieve<'_> {
    /// Whether the line that begins at `at` can be of no interest. Lines are asked for in order.
    pub(super) fn passes_over(&mut self, line: &[u8], at: usize) -> bool {
        let mut hit = false;
        while self
            .hits
            .next_if(|&place| place < at + line.len())
            .is_some()
        {
            hit = true;
        }
        let id = (self.sieve.queue_id)(line);
        !hit && id.is_some_and(|id| id.is_empty() || !self.sieve.wanted.queue_ids.contains(id))
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
        let ids = |text: &str| {
            let sought = Sought::new(&[text]).unwrap();
            queue_ids(LOG, &sought.texts, queue_id()).map(|ids| ids.concat())
        };
        assert_eq!(ids("b@EXAMPLE.net"), Some(b"1vumAA-000002-00".to_vec()));
        assert_eq!(ids("a@example.o"), Some(b"1vumAA-000001-00".to_vec()));
        assert_eq!(ids("192.0.2.1"), Some(Vec::new()));
        assert_eq!(ids("a.example.org"), Some(Vec::new()), "a text is no regex");
        let sought = Sought::new(&["example"]).unwrap();
        let framed = b"Feb 24 08:00:00 mail exim[1]: 1vumAA-000001-00 <= a@example.org\n";
        assert_eq!(queue_ids(framed, &sought.texts, queue_id()), None);
    }

    #[test]
    fn the_lines_of_others_are_passed_over_once_it_is_known_what_is_told_of_tls() {
        let sought = Sought::new(&["192.0.2"]).unwrap();
        let wanted = Arc::new(Wanted {
            texts: sought.texts,
            queue_ids: [b"1vumAA-000001-00".to_vec()].into(),
        });
        let reader = Reader::own_log(Grammar::of(Mta::Exim).unwrap());
        let sieve = Sieve::of(Some(&wanted), reader).unwrap();
        assert!(sieve.chunk(LOG).is_none());
        sieve
            .shown
            .iter()
            .for_each(|way| way.store(true, Ordering::Relaxed));
        let mut chunk = sieve.chunk(LOG).unwrap();
        let mut at = 0;
        let passed: Vec<bool> = LOG
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| {
                let passed = chunk.passes_over(line.trim_ascii_end(), at);
                at += line.len();
                passed
            })
            .collect();
        assert_eq!(passed, [false, true, false, false]);
        let mut other = sieve.chunk(b"").unwrap();
        assert!(!other.passes_over(b"a line without a stamp", 0));
        assert!(other.passes_over(b"2026-02-24 08:00:03 Start queue run: pid=1", 0));
    }
}
