//! The steps of loading a log, each for itself: `cargo bench --bench parse [-- STEP]`.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on has nothing to say"
)]

#[path = "../generator/mod.rs"]
mod generator;

use std::path::Path;
use std::sync::Arc;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use generator::Kind;
use hopgrade::model::{Clock, FileInfo, Interner, Model, Partial, Trust, Zone};
use hopgrade::parse::{Framing, GRAMMARS, Outcome, Reader, Scratch};
use hopgrade::source::{Borders, Chunk, ChunkReader, FileText};

const BYTES: u64 = 2_000_000;

/// Several chunks, as a large log has.
const CHUNK_BYTES: usize = 500_000;

const KINDS: [Kind; 2] = [Kind::Exim, Kind::Postfix];

fn main() {
    divan::main();
}

fn log(kind: Kind) -> Vec<u8> {
    generator::log(kind, BYTES, 1)
}

fn reader(kind: Kind) -> Reader {
    let exim = GRAMMARS.iter().find(|grammar| grammar.name == "exim");
    match kind {
        Kind::Postfix => Reader::framed(Framing::Lines),
        Kind::Exim | Kind::EximOld => Reader::own_log(exim.unwrap()),
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
}

fn clock() -> Clock {
    Clock::new(Zone::parse("UTC").unwrap())
}

/// Lines to facts.
#[divan::bench(args = KINDS)]
fn parse(bencher: Bencher<'_, '_>, kind: Kind) {
    let (text, reader) = (log(kind), reader(kind));
    let mut scratch = Scratch::new();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| {
            for line in lines(&text) {
                black_box(reader.read(line, b"", &mut scratch));
            }
        });
}

/// Facts to the events and messages of a chunk.
#[divan::bench(args = KINDS)]
fn group(bencher: Bencher<'_, '_>, kind: Kind) {
    let (text, reader) = (log(kind), reader(kind));
    let mut rooms = vec![Scratch::new(); lines(&text).count()];
    let facts: Vec<(&[u8], Outcome<'_>)> = lines(&text)
        .zip(&mut rooms)
        .map(|(line, room)| (line, reader.read(line, b"", room)))
        .collect();
    let (mut part, mut clock) = (Partial::new(b""), clock());
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| {
            part.clear();
            for (number, (line, fact)) in (0..).zip(&facts) {
                part.take(fact, line, number, &mut clock);
            }
        });
}

/// The addresses of a log, as often as they are written.
#[divan::bench(args = KINDS)]
fn intern(bencher: Bencher<'_, '_>, kind: Kind) {
    let (text, reader) = (log(kind), reader(kind));
    let mut scratch = Scratch::new();
    let mut addresses: Vec<Vec<u8>> = Vec::new();
    for line in lines(&text) {
        if let Outcome::Fact(fact) = reader.read(line, b"", &mut scratch) {
            addresses.push(fact.address.to_vec());
        }
    }
    bencher
        .counter(ItemsCount::new(addresses.len()))
        .with_inputs(Interner::default)
        .bench_local_values(|mut strings| {
            for address in &addresses {
                black_box(strings.intern(address));
            }
            strings
        });
}

/// The chunks of a log to a model.
#[divan::bench(args = KINDS)]
fn merge(bencher: Bencher<'_, '_>, kind: Kind) {
    let (text, reader) = (log(kind), reader(kind));
    let chunks = chunks(&text, reader);
    let file = Arc::new(tempfile::tempfile().unwrap());
    let path = Path::new("mainlog");
    bencher
        .counter(BytesCount::of_slice(&text))
        .with_inputs(|| {
            let mut model = Model::new(Vec::new(), Trust::default());
            let text = FileText::open(path, Arc::clone(&file));
            model.add_file(FileInfo::new(path, Some(reader)), text);
            model
        })
        .bench_local_values(|mut model| {
            for (chunk, part) in &chunks {
                model.merge(0, chunk, part);
            }
            model.finish_file(0);
            model
        });
}

fn chunks(text: &[u8], reader: Reader) -> Vec<(Chunk, Partial)> {
    let mut cutter = ChunkReader::with_borders(text, Borders::Lines, CHUNK_BYTES);
    let (mut chunks, mut clock, mut scratch) = (Vec::new(), clock(), Scratch::new());
    while let Some(chunk) = cutter.next(Vec::new()).unwrap() {
        let mut part = Partial::new(b"");
        for (number, line) in (0..).zip(lines(chunk.text())) {
            let fact = reader.read(line, b"", &mut scratch);
            part.take(&fact, line, number, &mut clock);
        }
        chunks.push((chunk, part));
    }
    chunks
}
