//! Loads of logs only what can be wanted, where somebody asks one question and leaves.
//!
//! A first look finds the lines on which one of some texts stands, and with them the queue IDs; the load then
//! passes over the lines of all other messages ([`Sieve`](super::sieve::Sieve)), and of a plain file reads only what
//! was noted to hold others. That holds for logs whose lines stand for themselves
//! ([`Reader::by_queue_id`](crate::parse::Reader::by_queue_id)): where TLS is told on lines of its own, or a line may
//! be a part of another, all is loaded.

use std::collections::VecDeque;
use std::fs::Metadata;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use hashbrown::HashSet;
use memchr::{memchr, memrchr};
use regex::bytes::{Regex, RegexBuilder};

use crate::parse::ReadQueueId;
use crate::source::{Borders, Chunk, ChunkReader, Identity, Input, identity};

use super::Format;
use super::ahead::Opener;
use super::notes::{Hasher, LogNotes, Notes, hash};
use super::sieve::{Wanted, WantedOf};
use super::sniff::sniff;

/// With more inputs than this, looking into each takes as long as reading it.
const MOST_INPUTS: usize = 1000;
/// Bytes of log for each line with a sought text: where there are fewer, passing over the other lines gains nothing.
/// Measured on a log with lines of 170 bytes: with a hit every 1,100 bytes loading everything took as long.
const LEAST_APART: u64 = 1500;
/// Lines with a sought text that are seen before it is judged how often they come.
const SOME_LINES: u64 = 1000;
/// Bytes of notes on all logs at most: text behind the last note is read again.
const MOST_NOTED: usize = 64 << 20;
/// Bytes of input below which everything is loaded: nobody notices the time.
const LEAST_BYTES: u64 = 4 << 20;

/// Texts, in any ASCII letter case; each wanted message has one of them on one of its lines.
#[derive(Clone, Debug)]
pub struct Sought {
    texts: Regex,
    /// Bytes of all inputs together below which they are loaded whole.
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
        let mut look = Look::new(&sought.texts);
        let mut looked = Vec::new();
        for (input, meta) in inputs.iter().zip(metas) {
            let meta = match input {
                Input::Message(_) => continue,
                // What was read from a pipe cannot be read again.
                _ => meta.as_ref().filter(|meta| meta.is_file())?,
            };
            // What cannot be read is told of when it is loaded.
            let Ok(sniffed) = sniff(input, self.options.input, &self.stop) else {
                continue;
            };
            if let Format::Log(reader) = sniffed.format {
                let queue_id = reader.by_queue_id()?;
                let noting = sniffed.rest.rereadable;
                let text = Cursor::new(sniffed.head).chain(sniffed.rest.reader);
                let found = self.look_through(text, queue_id, noting, &mut look)?;
                looked.push((sniffed.path, noting.then(|| identity(meta)), found));
            }
        }
        Some(look.wanted(looked))
    }

    /// Looks for the lines on which a text stands. `None` where they do not tell all, or nobody wants to know any
    /// more.
    fn look_through(
        &self,
        text: impl Read,
        queue_id: ReadQueueId,
        noting: bool,
        look: &mut Look<'_>,
    ) -> Option<Looked> {
        let mut chunks = ChunkReader::with_borders(text, Borders::Lines, self.options.chunk_bytes);
        let mut running = VecDeque::new();
        let mut looked = Looked::default();
        let (texts, hasher) = (look.texts.clone(), look.hasher.clone());
        let mut take_up = |looking: &Receiver<(Option<Hits>, Notes, Chunk)>| {
            let (hits, notes, chunk) = looking.recv().ok()?;
            let hits = hits?;
            look.bytes += chunk.text().len() as u64;
            look.hits += hits.count;
            look.queue_ids.extend(hits.queue_ids);
            looked.lines.extend(hits.lines);
            (looked.notes).take_up(chunk.index.offset, notes, &mut look.room);
            look.is_of_use().then_some(chunk.bytes)
        };
        let mut spare = Vec::new();
        // What cannot be read is told of when it is loaded.
        while let Ok(Some(chunk)) = chunks.next_uncounted(std::mem::take(&mut spare)) {
            if (self.stop)() {
                return None;
            }
            let (texts, hasher) = (texts.clone(), hasher.clone());
            running.push_back(self.workers.ask(move |_| {
                let text = chunk.text();
                let hits = Hits::of(text, chunk.index.offset, &texts, queue_id);
                let notes = if noting {
                    Notes::of(text, queue_id, &hasher)
                } else {
                    Notes::default()
                };
                (hits, notes, chunk)
            }));
            if running.len() > 2 * self.workers.count() {
                spare = take_up(&running.pop_front()?)?;
            }
        }
        for looking in &running {
            take_up(looking)?;
        }
        Some(looked)
    }
}

/// A look through all logs.
struct Look<'a> {
    texts: &'a Regex,
    /// The queue IDs of the lines on which a text stands.
    queue_ids: HashSet<Vec<u8>>,
    hasher: Hasher,
    /// Room for more notes, in bytes.
    room: usize,
    /// Looked through so far, and lines on which a text stands.
    bytes: u64,
    hits: u64,
}

/// What was seen of one log.
#[derive(Default)]
struct Looked {
    /// Offsets of the lines on which a text stands and no queue ID, in order.
    lines: Vec<u64>,
    notes: LogNotes,
}

impl<'a> Look<'a> {
    fn new(texts: &'a Regex) -> Self {
        Self {
            texts,
            queue_ids: HashSet::new(),
            hasher: Hasher::default(),
            room: MOST_NOTED,
            bytes: 0,
            hits: 0,
        }
    }

    /// Whether little enough is wanted so far.
    const fn is_of_use(&self) -> bool {
        self.hits <= SOME_LINES || self.hits <= self.bytes / LEAST_APART
    }

    /// What is wanted of all logs, once they were looked through; with the identity of each log that has notes.
    fn wanted(self, logs: Vec<(PathBuf, Option<Identity>, Looked)>) -> Wanted {
        let hashes = self.queue_ids.iter().map(|id| hash(&self.hasher, id));
        let hashes: HashSet<u32> = hashes.collect();
        let logs = logs.into_iter().map(|(path, file, looked)| {
            let Looked { lines, notes } = looked;
            let stretches = file.map(|file| (file, notes.pick(&hashes, &lines)));
            (path, Arc::new(WantedOf { lines, stretches }))
        });
        Wanted {
            logs: logs.collect(),
            queue_ids: self.queue_ids,
        }
    }
}

/// The lines of a chunk on which a text stands.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hits {
    count: u64,
    /// Queue IDs on these lines; of the same ID on lines that follow each other, one.
    queue_ids: Vec<Vec<u8>>,
    /// Offsets of the lines that name no queue ID.
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
            hits.count += 1;
            match queue_id(line)? {
                [] => hits.lines.push(offset + start as u64),
                id if hits.queue_ids.last().is_some_and(|last| last == id) => {}
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

#[cfg(test)]
mod tests {
    use super::super::sieve::tests::LOG;
    use super::*;
    use crate::parse::{Grammar, Mta, Reader};

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
    fn where_a_text_stands_on_many_lines_all_is_loaded() {
        let line = LOG.split_inclusive(|byte| *byte == b'\n').next().unwrap();
        let sought = Sought::new(&["a@example.org"]).unwrap();
        let mut look = Look::new(&sought.texts);
        let mut take_up = |lines: usize, of: u64| {
            let hits = Hits::of(&line.repeat(lines), 0, &sought.texts, queue_id()).unwrap();
            // One ID after the other is the same.
            assert_eq!(hits.queue_ids.len(), 1);
            look.hits += hits.count;
            look.bytes += of;
            look.is_of_use()
        };
        assert!(take_up(1000, 100_000), "it may have begun so");
        assert!(!take_up(1, 100_000));
        assert!(take_up(999, 4 << 20));
        assert!(!take_up(2000, 1 << 20));
    }
}
