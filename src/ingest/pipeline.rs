//! One log through the threads: a reader cuts chunks, workers parse them, the caller merges in order.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};

use crate::model::{Clock, Partial};
use crate::parse::{Framing, Outcome, Plain, Reader, Scratch};
use crate::source::{Borders, Chunk, ChunkReader, LineSet, Quiet};

use super::Progress;
use super::sieve::Sieve;
use super::workers::{Desk, Job, Spare, Workers};

/// Chunks of a log that are read ahead of its turn.
const AHEAD: usize = 2;
/// Chunks beside those that the workers parse: one is read and one merged, the others are what there is to do while
/// one of the threads has to wait for a core.
const BESIDE: usize = 4;

/// How the lines of one log are read.
pub(super) struct Reading {
    /// Frames and grammars of the log.
    pub reader: Reader,
    /// Label of the host, for lines that name none.
    pub host: Vec<u8>,
    /// Number and offset of the first line: the text may be what was added to a log.
    pub at: (u32, u64),
    /// Wanted size of a chunk in bytes.
    pub chunk_bytes: usize,
    /// The text is kept, so that single lines can be shown later.
    pub kept: bool,
    /// Decides which lines of the log are passed over; `None` reads all.
    pub sieve: Option<Arc<Sieve>>,
}

/// A chunk with its number, and its facts.
type Part = (usize, Chunk, Partial);

/// A log that is read and parsed while others may be merged. Before its turn only a few chunks of it are.
pub(super) struct Running {
    parts: Receiver<Part>,
    /// Buffers for chunks. No chunk is read without one, so they bound what is in memory.
    buffers: Sender<Vec<u8>>,
    /// Buffers in all when its turn has come.
    most: usize,
    spare: Spare,
    /// Number of the first line.
    line: u32,
    reader: JoinHandle<Option<io::Error>>,
}

impl Workers {
    /// Begins to read a log.
    pub(super) fn read(
        &self,
        source: impl Read + Send + 'static,
        quiet: Option<Quiet>,
        reading: Reading,
        progress: &Arc<Progress>,
    ) -> Running {
        let (line, offset) = reading.at;
        let borders = borders(reading.reader);
        let chunks = ChunkReader::with_borders(source, borders, reading.chunk_bytes);
        let mut chunks = chunks.live(quiet).at(line, offset);
        let next = move |buffer| chunks.next_uncounted(buffer);
        self.read_chunks(next, reading, progress)
    }

    /// Begins to read a log whose chunks `next` gives, built in a buffer. After an error it is asked once more, for
    /// what was read before.
    pub(super) fn read_chunks(
        &self,
        next: impl FnMut(Vec<u8>) -> io::Result<Option<Chunk>> + Send + 'static,
        reading: Reading,
        progress: &Arc<Progress>,
    ) -> Running {
        let (buffers, empty) = channel();
        let (out, parts) = channel();
        for _ in 0..AHEAD {
            // The other end is right here.
            let _ = buffers.send(Vec::new());
        }
        let feed = Feed {
            progress: Arc::clone(progress),
            reading: Arc::new(reading),
            spare: Arc::clone(&self.spare),
            queue: self.queue(),
            out,
        };
        let line = feed.reading.at.0;
        let reader = thread::spawn(move || feed.read(next, &empty));
        Running {
            parts,
            buffers,
            most: AHEAD.max(self.count() + BESIDE),
            spare: Arc::clone(&self.spare),
            line,
            reader,
        }
    }
}

impl Running {
    /// Merges the log to its end; `merge` gets every chunk with its facts, in order. Gives the number of the
    /// last line and the error that stopped reading, if one did.
    pub(super) fn merge(
        self,
        progress: &Progress,
        mut merge: impl FnMut(&Chunk, &Partial),
    ) -> (u32, Option<io::Error>) {
        for _ in AHEAD..self.most {
            // Where it was read to its end already nobody needs more.
            let _ = self.buffers.send(Vec::new());
        }
        let mut early = BTreeMap::new();
        let (mut next, mut line) = (0, self.line);
        for (number, chunk, part) in &self.parts {
            early.insert(number, (chunk, part));
            while let Some((mut chunk, mut part)) = early.remove(&next) {
                if chunk.index.first_line == 0 {
                    chunk.index.first_line = line;
                }
                line = (chunk.index.first_line).saturating_add(chunk.index.lines);
                merge(&chunk, &part);
                part.clear();
                self.spare
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(part);
                progress.advance(chunk.bytes.len() as u64, u64::from(chunk.index.lines));
                let _ = self.buffers.send(chunk.bytes);
                next += 1;
            }
        }
        let failed = |thread| io::Error::other(format!("the {thread} thread failed"));
        let failure = match self.reader.join() {
            Err(_) => Some(failed("reading")),
            Ok(None) if !early.is_empty() => Some(failed("parsing")),
            Ok(failure) => failure,
        };
        (line - 1, failure)
    }
}

/// Where the chunks of a log go.
struct Feed {
    progress: Arc<Progress>,
    reading: Arc<Reading>,
    spare: Spare,
    queue: Sender<Job>,
    out: Sender<Part>,
}

impl Feed {
    fn read(
        &self,
        mut next: impl FnMut(Vec<u8>) -> io::Result<Option<Chunk>>,
        buffers: &Receiver<Vec<u8>>,
    ) -> Option<io::Error> {
        let mut failure = None;
        for number in 0.. {
            let Ok(buffer) = buffers.recv() else { break };
            if self.progress.is_cancelled() {
                break;
            }
            let chunk = match next(buffer) {
                Ok(chunk) => chunk,
                Err(error) => {
                    failure = Some(error);
                    // What was read before the error is still there.
                    next(Vec::new()).unwrap_or_default()
                }
            };
            let Some(chunk) = chunk else { break };
            if self.queue.send(self.job(number, chunk)).is_err() {
                break;
            }
        }
        failure
    }

    fn job(&self, number: usize, mut chunk: Chunk) -> Job {
        let (reading, spare) = (Arc::clone(&self.reading), Arc::clone(&self.spare));
        let (out, progress) = (self.out.clone(), Arc::clone(&self.progress));
        Box::new(move |desk: &mut Desk| {
            if progress.is_cancelled() {
                return;
            }
            let empty = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut part = empty.unwrap_or_else(|| Partial::new(&reading.host));
            let lines = parse_chunk(&mut chunk, &reading, &mut desk.clock, &mut part);
            if let Some(sieve) = &reading.sieve {
                sieve.learn(&part);
            }
            match lines {
                _ if !reading.kept => {}
                Some(lines) => chunk.pack_lines(&mut desk.packer, &lines),
                None => chunk.pack(&mut desk.packer),
            }
            // Nobody waits for it any more when the load was ended.
            let _ = out.send((number, chunk, part));
        })
    }
}

/// Parses the records of one chunk into an empty part, and notes where its lines begin. Gives the lines that were
/// not passed over, by their numbers within the chunk, if any could have been.
fn parse_chunk(
    chunk: &mut Chunk,
    reading: &Reading,
    clock: &mut Clock,
    part: &mut Partial,
) -> Option<LineSet> {
    let reader = &reading.reader;
    let (mut scratch, mut plain) = (Scratch::new(), Plain::default());
    let Chunk { bytes, index, .. } = chunk;
    let own = bytes.get(..index.bytes as usize).unwrap_or(bytes);
    let mut sieve = reading
        .sieve
        .as_ref()
        .and_then(|sieve| sieve.chunk(index.offset));
    let mut lines = sieve.as_ref().map(|_| LineSet::default());
    part.expect(own.len());
    let mut newlines = memchr::memchr_iter(b'\n', own);
    let mut at = 0;
    while let Some(rest) = own.get(at..).filter(|rest| !rest.is_empty()) {
        let next = match reader.framing {
            Framing::Lines => newlines.next().map_or(own.len(), |end| end + 1),
            framing => at + framing.record_end(rest).unwrap_or(rest.len()),
        };
        let record = own.get(at..next).unwrap_or(rest);
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        let is_over = sieve
            .as_mut()
            .is_some_and(|sieve| sieve.passes_over(record, at));
        let first = index.lines;
        if !is_over {
            let taken = reader.glance(record, &mut plain) && part.take_plain(&plain, first, clock);
            if !taken {
                let ahead = bytes.get(next..).unwrap_or_default();
                let mut outcome = Outcome::NotMine;
                reader.read_into(record, ahead, &mut scratch, &mut outcome);
                part.take(&outcome, record, first, clock);
            }
        }
        match reader.framing {
            Framing::Lines => index.begin_line(at),
            _ => index.begin_lines(own.get(at..next).unwrap_or(rest), at),
        }
        if let Some(lines) = lines.as_mut().filter(|_| !is_over) {
            lines.insert(first, index.lines.saturating_sub(1));
        }
        at = next;
    }
    part.judge();
    lines
}

/// Where the chunks of such a log may end.
fn borders(reader: Reader) -> Borders {
    match (reader.framing, reader.looks_ahead()) {
        (Framing::Lines, 0) => Borders::Lines,
        (Framing::Lines, lines) => Borders::Together {
            lines,
            mark: Reader::PIECE_MARK,
        },
        (framing, _) => Borders::Records(Box::new(move |text| framing.record_end(text))),
    }
}
