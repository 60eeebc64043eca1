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

/// Reads a whole log; `merge` gets every chunk with its facts, in order. Gives the lines read and the
/// error that stopped reading, if one did.
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
            let (line, offset) = reading.at;
            let source =
                ChunkReader::with_borders(source, borders, reading.chunk_bytes).live(quiet);
            read(source.at(line, offset), &chunks_in, &spent_out, progress)
        });
        for _ in 0..jobs {
            let (chunks_out, used, parts_in) = (&chunks_out, &used, parts_in.clone());
            scope.spawn(move || parse(chunks_out, used, &parts_in, reading, progress));
        }
        drop(parts_in);
        merge_in_order(&parts_out, &spent_in, &used, progress, &mut merge);
        reader
            .join()
            .unwrap_or_else(|_| (0, Some(io::Error::other("the reading thread failed"))))
    })
}

fn read(
    mut reader: ChunkReader<impl Read>,
    out: &SyncSender<Numbered>,
    spent: &Receiver<Vec<u8>>,
    progress: &Progress,
) -> (u32, Option<io::Error>) {
    let mut failure = None;
    for number in 0.. {
        if progress.is_cancelled() {
            break;
        }
        let buffer = spent.try_recv().unwrap_or_default();
        let chunk = match reader.next(buffer) {
            Ok(chunk) => chunk,
            Err(error) => {
                failure = Some(error);
                // What was read before the error is still there.
                reader.next(Vec::new()).unwrap_or_default()
            }
        };
        let Some(chunk) = chunk else { break };
        if out.send((number, chunk)).is_err() {
            break;
        }
    }
    (reader.lines(), failure)
}

fn parse(
    chunks: &Mutex<Receiver<Numbered>>,
    used: &Mutex<Vec<Partial>>,
    out: &SyncSender<(usize, Chunk, Partial)>,
    reading: &Reading,
    progress: &Progress,
) {
    let mut clock = Clock::new(reading.zone);
    loop {
        let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, chunk)) = next else { return };
        if progress.is_cancelled() {
            return;
        }
        let empty = used.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut part = empty.unwrap_or_else(|| Partial::new(&reading.host));
        parse_chunk(&chunk, reading, &mut clock, &mut part);
        if out.send((number, chunk, part)).is_err() {
            return;
        }
    }
}

/// Parses the records of one chunk into an empty part.
fn parse_chunk(chunk: &Chunk, reading: &Reading, clock: &mut Clock, part: &mut Partial) {
    let reader = &reading.reader;
    let mut scratch = Scratch::new();
    let mut own = chunk.text();
    let mut number = 0;
    while !own.is_empty() {
        let (record, rest) = reader.framing.split(own);
        let at = chunk.index.bytes as usize - rest.len();
        let ahead = chunk.bytes.get(at..).unwrap_or_default();
        let outcome = reader.read(record, ahead, &mut scratch);
        part.take(&outcome, record, number, clock);
        number += match reader.framing {
            Framing::Lines => 1,
            _ => lines(&own[..own.len() - rest.len()]),
        };
        own = rest;
    }
}

fn lines(record: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', record).count()).unwrap_or(u32::MAX)
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

fn merge_in_order(
    parts: &Receiver<(usize, Chunk, Partial)>,
    spent: &SyncSender<Vec<u8>>,
    used: &Mutex<Vec<Partial>>,
    progress: &Progress,
    merge: &mut impl FnMut(&Chunk, &Partial),
) {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, chunk, part) in parts {
        early.insert(number, (chunk, part));
        while let Some((chunk, mut part)) = early.remove(&next) {
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
}
