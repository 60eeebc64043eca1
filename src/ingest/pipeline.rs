//! One log through the threads: a reader cuts chunks, workers parse them, the caller merges in order.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::model::{Clock, Partial, Zone};
use crate::parse::{Framing, Reader, Scratch};
use crate::source::{Borders, Chunk, ChunkReader, Quiet};

use super::Progress;

/// What the reader gives out: chunks with their number, and the error that ended reading, if any.
type Numbered = (usize, Chunk);

/// How the lines of one log are read.
pub(super) struct Reading {
    /// Its frames and grammars.
    pub reader: Reader,
    /// Zone of stamps that carry none.
    pub zone: Zone,
    /// Label of the host, for lines that name none.
    pub host: Vec<u8>,
    /// Number and offset of the first line: the text may be what was added to a log.
    pub at: (u32, u64),
    /// Wanted size of a chunk in bytes.
    pub chunk_bytes: usize,
}

/// Reads a whole log; `merge` gets every chunk with its facts, in order. Gives the number of the last line and
/// the error that stopped reading, if one did.
pub(super) fn run(
    source: impl Read + Send,
    quiet: Option<Quiet>,
    reading: &Reading,
    jobs: usize,
    progress: &Progress,
    mut merge: impl FnMut(&Chunk, &Partial),
) -> (u32, Option<io::Error>) {
    let jobs = jobs.max(1);
    let (chunks_in, chunks_out) = sync_channel::<Numbered>(jobs);
    let (parts_in, parts_out) = sync_channel::<(usize, Chunk, Partial)>(jobs);
    let (spent_in, spent_out) = sync_channel::<Vec<u8>>(4 * jobs);
    let chunks_out = Mutex::new(chunks_out);
    let used = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let borders = borders(reading.reader);
            let source = ChunkReader::with_borders(source, borders, reading.chunk_bytes);
            let (line, offset) = reading.at;
            let source = source.live(quiet).at(line, offset);
            read(source, &chunks_in, &spent_out, progress)
        });
        for _ in 0..jobs {
            let (chunks_out, used, parts_in) = (&chunks_out, &used, parts_in.clone());
            scope.spawn(move || parse(chunks_out, used, &parts_in, reading));
        }
        drop(parts_in);
        let ways_back = (&spent_in, &used);
        let last = merge_in_order(&parts_out, ways_back, reading.at.0, progress, &mut merge);
        let failure = reader.join();
        let failure =
            failure.unwrap_or_else(|_| Some(io::Error::other("the reading thread failed")));
        (last, failure)
    })
}

fn read(
    mut reader: ChunkReader<impl Read>,
    out: &SyncSender<Numbered>,
    spent: &Receiver<Vec<u8>>,
    progress: &Progress,
) -> Option<io::Error> {
    let mut failure = None;
    for number in 0.. {
        if progress.is_cancelled() {
            break;
        }
        let buffer = spent.try_recv().unwrap_or_default();
        let chunk = match reader.next_uncounted(buffer) {
            Ok(chunk) => chunk,
            Err(error) => {
                failure = Some(error);
                // What was read before the error is still there.
                reader.next_uncounted(Vec::new()).unwrap_or_default()
            }
        };
        let Some(chunk) = chunk else { break };
        if out.send((number, chunk)).is_err() {
            break;
        }
    }
    failure
}

fn parse(
    chunks: &Mutex<Receiver<Numbered>>,
    used: &Mutex<Vec<Partial>>,
    out: &SyncSender<(usize, Chunk, Partial)>,
    reading: &Reading,
) {
    let mut clock = Clock::new(reading.zone);
    loop {
        let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, mut chunk)) = next else {
            return;
        };
        let empty = used.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut part = empty.unwrap_or_else(|| Partial::new(&reading.host));
        parse_chunk(&mut chunk, reading, &mut clock, &mut part);
        if out.send((number, chunk, part)).is_err() {
            return;
        }
    }
}

/// Parses the records of one chunk into an empty part, and notes where its lines begin.
fn parse_chunk(chunk: &mut Chunk, reading: &Reading, clock: &mut Clock, part: &mut Partial) {
    let reader = &reading.reader;
    let mut scratch = Scratch::new();
    let Chunk { bytes, index, .. } = chunk;
    let end = index.bytes as usize;
    let mut own = bytes.get(..end).unwrap_or(bytes);
    while !own.is_empty() {
        let at = end - own.len();
        let (record, rest) = reader.framing.split(own);
        let ahead = bytes.get(end - rest.len()..).unwrap_or_default();
        let outcome = reader.read(record, ahead, &mut scratch);
        part.take(&outcome, record, index.lines, clock);
        match reader.framing {
            Framing::Lines => index.begin_line(at),
            _ => index.begin_lines(own.get(..own.len() - rest.len()).unwrap_or(own), at),
        }
        own = rest;
    }
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

/// Gives the number of the last line.
fn merge_in_order(
    parts: &Receiver<(usize, Chunk, Partial)>,
    (spent, used): (&SyncSender<Vec<u8>>, &Mutex<Vec<Partial>>),
    mut line: u32,
    progress: &Progress,
    merge: &mut impl FnMut(&Chunk, &Partial),
) -> u32 {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, chunk, part) in parts {
        early.insert(number, (chunk, part));
        while let Some((mut chunk, mut part)) = early.remove(&next) {
            chunk.index.first_line = line;
            line = line.saturating_add(chunk.index.lines);
            merge(&chunk, &part);
            part.clear();
            used.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(part);
            progress.advance(chunk.bytes.len() as u64, u64::from(chunk.index.lines));
            // A full channel only means that a buffer is dropped instead of used again.
            let _ = spent.try_send(chunk.bytes);
            next += 1;
        }
    }
    line - 1
}
