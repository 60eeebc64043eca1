//! Filtering and sorting a million messages: from a question to the new list.
//!
//! `cargo bench --bench query` makes a log of its own; with `HOPGRADE_BENCH_LOG=PATH` that log is read
//! instead. Terms that read lines again (`text:`, `code:`) are left out: their time is that of the disk.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use hopgrade::ingest::{self, Options};
use hopgrade::model::{AsOf, GradeBook, Model, Zone};
use hopgrade::query::Query;
use hopgrade::query::eval::{Breaks, Index, Scene, Sort, Table};
use hopgrade::source::Input;
use hopgrade::tls::Profile;

/// Messages of the log that is made.
const MESSAGES: u32 = 1_000_000;

static LOADED: LazyLock<(Model, GradeBook)> = LazyLock::new(|| {
    let path = std::env::var_os("HOPGRADE_BENCH_LOG").map(PathBuf::from);
    let input = path.map_or_else(
        || Input::Bundled {
            name: "mainlog",
            bytes: log(MESSAGES).leak().as_bytes(),
        },
        Input::File,
    );
    let options = Options {
        zone: zone(),
        ..Options::default()
    };
    let model = ingest::load(vec![input], options).model;
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Event);
    (model, grades)
});

fn zone() -> Zone {
    Zone::parse("UTC").unwrap()
}

/// An Exim log: each message comes in over TLS and goes out to one host or another; every eighth is put off
/// first, every fiftieth for good.
fn log(messages: u32) -> String {
    let mut text = String::new();
    for number in 0..messages {
        let (sender, host, to) = (
            number % 9973,
            number % 30_011,
            number.wrapping_mul(7919) % 65_537,
        );
        let second = number / 10 % 60;
        let (day, hour, minute) = (
            1 + number / 864_000,
            number / 36_000 % 24,
            number / 600 % 60,
        );
        let stamp = format!("2026-03-{day:02} {hour:02}:{minute:02}:{second:02}");
        let id = format!("1vw{}-{}-Ab", base62(number / 10, 3), base62(number, 6));
        let version = if number.is_multiple_of(20) {
            "TLS1.0"
        } else {
            "TLS1.3"
        };
        let from = format!(
            "H=out{host}.mail{}.example [198.18.{}.{}]",
            sender % 101,
            host / 250,
            host % 250
        );
        let next = format!(
            "H=mx{}.firma{}.example [198.19.{}.{}]",
            to % 3,
            to % 20_011,
            to / 257,
            to % 250
        );
        let suite = "AES_256_GCM_SHA384:256 CV=yes";
        let mut line = |rest: std::fmt::Arguments<'_>| {
            // Writing to memory does not fail.
            let _ = writeln!(text, "{stamp} {id} {rest}");
        };
        line(format_args!(
            "<= user{sender}@mail{}.example {from} P=esmtps X={version}:{suite} S={} id={}.{sender}@mail{}.example",
            sender % 101,
            900 + to,
            base62(to.wrapping_mul(31), 9),
            sender % 101,
        ));
        if number.is_multiple_of(8) {
            line(format_args!(
                "== to{to}@firma{}.example R=r T=t defer (110): Connection timed out",
                to % 20_011
            ));
        }
        if !number.is_multiple_of(50) {
            line(format_args!(
                "=> to{to}@firma{}.example R=r T=t {next} X=TLS1.2:{suite}",
                to % 20_011
            ));
            line(format_args!("Completed"));
        }
    }
    text
}

fn base62(mut number: u32, digits: usize) -> String {
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = vec![b'0'; digits];
    for digit in text.iter_mut().rev() {
        *digit = alphabet[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8(text).unwrap()
}

fn rows(index: &Index, filter: &str, sort: Sort) -> Vec<u32> {
    let (model, grades) = &*LOADED;
    let scene = Scene {
        model,
        grades,
        index,
        zone: zone(),
        breaks: Breaks::NEVER,
    };
    let query = Query::parse(filter).unwrap();
    scene.rows(Table::Messages, &query, sort).unwrap()
}

/// An index that knows no answer yet: what the explorer has before the first key.
fn fresh() -> Index {
    let index = Index::default();
    index.prepare(&LOADED.0, Breaks::NEVER).unwrap();
    rows(&index, "", Sort::newest_first());
    index
}

/// A filter that was pasted: nothing is known of it yet.
#[divan::bench(sample_count = 5, sample_size = 1, args = [
    "e", "firma77", "1vw0", "/^mx[12]/", "from:user77", "to:to77", "addr:user7", "host:out30", "domain:mail7",
    "ip:198.19.7.0/24", "grade>=C", "status:deferred", "kind:deferral", "tls:yes", "version:TLS1.0",
    "cipher:AES_256", "errno=110", "size>60k", "attempts>=2", "delay>0", "since:2026-03-02", "id:Ab",
    "grade>=C firma77 -from:user7", "/firma7+[.]/ OR host:out300 status:delivered",
])]
fn filter(bench: Bencher<'_, '_>, filter: &str) {
    bench
        .with_inputs(fresh)
        .bench_refs(|index| rows(index, filter, Sort::newest_first()));
}

/// The last key of a filter that is typed.
#[divan::bench(sample_count = 5, sample_size = 1, args = ["firma77", "from:user7", "host:out30", "tls:yes mail7"])]
fn key(bench: Bencher<'_, '_>, filter: &str) {
    let begun = || {
        let index = fresh();
        let ends = filter.char_indices().map(|(end, _)| end).skip(1);
        for typed in ends.map(|end| &filter[..end]) {
            if Query::parse(typed).is_ok() {
                rows(&index, typed, Sort::newest_first());
            }
        }
        index
    };
    bench
        .with_inputs(begun)
        .bench_refs(|index| rows(index, filter, Sort::newest_first()));
}

/// An order of everything.
#[divan::bench(sample_count = 5, sample_size = 1, args = [
    "last", "first", "grade", "queue_id", "sender", "status", "attempts", "waits", "size",
])]
fn sort(bench: Bencher<'_, '_>, column: &str) {
    let sort: Sort = column.parse().unwrap();
    let prepared = || {
        let index = Index::default();
        index.prepare(&LOADED.0, Breaks::NEVER).unwrap();
        index
    };
    bench
        .with_inputs(prepared)
        .bench_refs(|index| rows(index, "", sort));
}

/// Everything that filters need of a model.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn prepare() -> usize {
    let (model, _) = &*LOADED;
    let index = Index::default();
    index.prepare(model, Breaks::NEVER).unwrap();
    index.heap_bytes()
}

fn main() {
    let (model, _) = &*LOADED;
    let bytes = fresh().heap_bytes() / model.messages.len() as usize;
    eprintln!(
        "{} messages, {} events; {bytes} bytes a message",
        model.messages.len(),
        model.events.len()
    );
    divan::main();
}
