//! A load stays within its limit of memory: the newest is kept as if there were no limit, and what was left
//! out is told.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/servers.rs"]
mod servers;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::DateTime;
use hopgrade::ingest::{self, Follow, MemoryLimit, Options};
use hopgrade::model::{AsOf, GradeBook, Model, Zone};
use hopgrade::query::Query;
use hopgrade::query::eval::Index;
use hopgrade::report::Format;
use hopgrade::report::rows::{Facts, Kind};
use hopgrade::source::Given;
use hopgrade::tls::Profile;
use serde_json::Value;
use servers::{Entry, entries};

/// Mails of each server.
const MAILS: u64 = 4_000;
/// Much less than they take.
const LIMIT: MemoryLimit = MemoryLimit::new(4 << 20);

fn options(memory_limit: Option<MemoryLimit>) -> Options {
    Options {
        zone: Zone::parse("UTC").unwrap(),
        jobs: 2,
        memory_limit,
        ..Options::default()
    }
}

/// The log in frames of today's syslog.
fn syslog(entries: &[Entry]) -> String {
    let mut log = String::new();
    for Entry(at, host, program, pid, text) in entries {
        let at = DateTime::from_timestamp(1_767_225_600 + i64::try_from(*at).unwrap(), 0).unwrap();
        let _ = writeln!(log, "{} {host} {program}[{pid}]: {text}", at.to_rfc3339());
    }
    log
}

fn rows(model: &Model, table: Kind) -> Vec<String> {
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(model, profile, AsOf::Event);
    let facts = Facts::new(model, &grades, "");
    let utc = Zone::parse("UTC").unwrap();
    let rows = facts.select(table, &Query::default(), utc, &Index::default());
    let mut out = Vec::new();
    Format::Ndjson
        .write(table.table(&facts, rows), &mut out)
        .unwrap();
    assert!(facts.take_failure().is_none());
    let text = String::from_utf8(out).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn time(row: &str, column: &str) -> i64 {
    let row: Value = serde_json::from_str(row).unwrap();
    let time = row.get(column).unwrap().as_str().unwrap();
    DateTime::parse_from_rfc3339(time)
        .unwrap()
        .timestamp_millis()
}

/// What is left of a model is what an unlimited one says of it; and nothing new is missing.
fn assert_the_newest_is_there(limited: &Model, whole: &Model) {
    let (_, until) = limited.forgotten.span.unwrap();
    for (table, column) in [(Kind::Messages, "last"), (Kind::Events, "time")] {
        let (some, all) = (rows(limited, table), rows(whole, table));
        assert!(
            some.len() * 2 < all.len(),
            "{} of {}",
            some.len(),
            all.len()
        );
        let known: HashSet<&String> = all.iter().collect();
        for row in &some {
            assert!(known.contains(row), "{row}");
        }
        let kept: HashSet<&String> = some.iter().collect();
        let new = all.iter().filter(|row| time(row, column) > until);
        let mut count = 0;
        for row in new {
            assert!(kept.contains(row), "{row}");
            count += 1;
        }
        assert!(count > 500, "{count} {table:?} are new");
    }
}

fn assert_counts_add_up(limited: &Model, whole: &Model) {
    let forgotten = limited.forgotten;
    assert_eq!(
        u64::from(limited.messages.len()) + forgotten.messages,
        u64::from(whole.messages.len())
    );
    assert!(forgotten.lines > 10_000, "{forgotten:?}");
    let events = u64::from(whole.events.len() - limited.events.len());
    assert!(forgotten.lines <= events && forgotten.lines * 3 > events);
    let first = whole.events.iter().map(|event| event.time()).min();
    assert_eq!(forgotten.span.map(|(first, _)| first), first);
    let lines = |model: &Model| model.files.iter().map(|file| file.lines).sum::<u32>();
    assert_eq!(lines(limited), lines(whole));
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn load(path: &Path, limit: Option<MemoryLimit>) -> Model {
    let loaded = ingest::load(Given::Paths(vec![path.to_owned()]), options(limit));
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded.model
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

#[test]
fn of_a_log_and_of_its_packed_copy_the_newest_stays() {
    let folder = Folder::new();
    let text = syslog(&entries(MAILS));
    for path in [
        folder.write("mail.log", text.as_bytes()),
        folder.write("other.gz", &packed(text.as_bytes())),
    ] {
        let (limited, whole) = (load(&path, Some(LIMIT)), load(&path, None));
        let bytes = limited.heap_bytes() as u64;
        assert!(bytes < LIMIT.bytes(), "{bytes} bytes");
        assert!(whole.heap_bytes() as u64 > LIMIT.bytes());
        assert_counts_add_up(&limited, &whole);
        assert_the_newest_is_there(&limited, &whole);
    }
}

#[test]
fn a_message_that_waits_is_kept_with_all_that_is_known_of_it() {
    let folder = Folder::new();
    let id = "1vwAAA-000000-99";
    let old = |text: &str| Entry(0, "e.example.org", "exim", 7, format!("{id} {text}"));
    let mut all = vec![
        old("<= anna@example.org U=anna P=local S=300 id=waits@example.org"),
        old("== bo@example.net R=r T=t defer (111): Connection refused"),
    ];
    all.extend(entries(MAILS));
    let model = load(
        &folder.write("mail.log", &packed(syslog(&all).as_bytes())),
        Some(LIMIT),
    );
    assert!(model.forgotten.messages > 1_000);
    let number = model.messages_of_queue_id(id.as_bytes())[0];
    let message = model.messages.get(number).unwrap();
    let events = model.events_of(message);
    let lines: Vec<u32> = events.map(|event| model.events.line(&event)).collect();
    assert_eq!(lines, [1, 2]);
    assert!(message.has_arrival() && message.arrival == message.first);
    // The packed text is not there any more, but for such lines.
    let line = String::from_utf8(model.record(0, 2).unwrap()).unwrap();
    assert!(line.ends_with("Connection refused"), "{line}");
    // A later line finds it, and only it.
    assert_eq!(model.message_of(message.host, id.as_bytes()), Some(number));
}

#[test]
fn parts_of_a_rotation_and_mails_beside_it() {
    let folder = Folder::new();
    let all = entries(MAILS);
    let (old, new) = all.split_at(all.len() * 2 / 3);
    folder.write("mail.log.1.gz", &packed(syslog(old).as_bytes()));
    folder.write("mail.log", syslog(new).as_bytes());
    let mail = |hour: u32| {
        format!(
            "Received: from a.example ([192.0.2.1]) by b.example with ESMTP id {hour};\n Thu, 01 Jan 2026 {hour:02}:00:00 +0000\n\
             Message-ID: <{hour}@a.example>\nDate: Thu, 01 Jan 2026 {hour:02}:00:00 +0000\nFrom: a@a.example\n\nx\n"
        )
    };
    folder.write("old.eml", mail(1).as_bytes());
    folder.write("new.eml", mail(23).replace("01 Jan", "05 Jan").as_bytes());
    let (limited, whole) = (
        load(folder.0.path(), Some(LIMIT)),
        load(folder.0.path(), None),
    );
    assert_the_newest_is_there(&limited, &whole);
    assert!(limited.heap_bytes() as u64 <= LIMIT.bytes());
    // The mails are read after the logs: nothing was forgotten since.
    assert_eq!((limited.mails.len(), whole.mails.len()), (2, 2));
}

#[test]
fn of_many_mails_the_newest_stay() {
    let folder = Folder::new();
    let mut mbox = String::new();
    for n in 0..4_000 {
        let date = DateTime::from_timestamp(1_767_225_600 + n * 60, 0)
            .unwrap()
            .to_rfc2822();
        let _ = write!(
            mbox,
            "From a@a.example Thu Jan  1 00:00:00 2026\nReceived: from a.example ([192.0.2.1]) by b.example with ESMTPS id i{n}; {date}\n\
             Received: from c.example ([192.0.2.9]) by a.example with ESMTP id j{n}; {date}\nMessage-ID: <{n}@a.example>\nDate: {date}\nFrom: a@a.example\n\nx\n\n"
        );
    }
    let path = folder.write("box.gz", &packed(mbox.as_bytes()));
    let (limited, whole) = (load(&path, Some(LIMIT)), load(&path, None));
    assert!((limited.heap_bytes() as u64) < LIMIT.bytes());
    assert_eq!(limited.forgotten.mails + limited.mails.len() as u64, 4_000);
    assert!(limited.mails.len() > 200, "{}", limited.mails.len());
    assert!(whole.heap_bytes() as u64 > LIMIT.bytes());
    let newest = whole.mails.iter().skip(4_000 - limited.mails.len());
    for (own, wanted) in limited.mails.iter().zip(newest) {
        assert_eq!(
            (own.message_id(), own.index),
            (wanted.message_id(), wanted.index)
        );
        assert_eq!(
            limited.record(own.file, own.first_line).unwrap(),
            whole.record(wanted.file, wanted.first_line).unwrap()
        );
    }
}

#[test]
fn a_log_that_is_followed_for_long_stays_within_the_limit() {
    let folder = Folder::new();
    let all = entries(MAILS);
    let parts: Vec<&[Entry]> = all.chunks(all.len() / 8).collect();
    let path = folder.write("mail.log", syslog(parts[0]).as_bytes());
    let options = Options {
        follow: Follow::Now,
        ..options(Some(LIMIT))
    };
    let mut running = ingest::start(Given::Paths(vec![path.clone()]), options);
    let look = |with: &dyn Fn(&Model) -> u64| {
        with(&running.model.read().unwrap_or_else(PoisonError::into_inner))
    };
    let lines = |model: &Model| model.files.iter().map(|file| u64::from(file.lines)).sum();
    let mut written = parts[0].len() as u64;
    let mut most = 0;
    for part in &parts[1..] {
        let text = syslog(part);
        // In small pieces, as it is written.
        for piece in text.as_bytes().chunks(text.len() / 5 + 1) {
            let mut log = File::options().append(true).open(&path).unwrap();
            log.write_all(piece).unwrap();
            sleep(Duration::from_millis(20));
        }
        written += part.len() as u64;
        let begun = Instant::now();
        while look(&lines) < written && begun.elapsed() < Duration::from_mins(1) {
            sleep(Duration::from_millis(20));
        }
        most = most.max(look(&|model| model.heap_bytes() as u64));
    }
    running.progress.cancel();
    running.wait();
    assert!(most < LIMIT.bytes(), "{most} bytes");
    let model = running.model.read().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(lines(&model), written);
    let whole = load(&path, None);
    assert_the_newest_is_there(&model, &whole);
    // The last line that was written can be shown.
    let last = model.record(
        u32::try_from(model.text.files().len()).unwrap() - 1,
        u32::try_from(written).unwrap(),
    );
    assert!(last.is_ok());
}

#[test]
fn filters_find_what_stayed() {
    let folder = Folder::new();
    let path = folder.write("mail.log", syslog(&entries(MAILS)).as_bytes());
    let model = load(&path, Some(LIMIT));
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Event);
    let facts = Facts::new(&model, &grades, "");
    let utc = Zone::parse("UTC").unwrap();
    let index = Index::default();
    let selected = |query: &Query| facts.select(Kind::Messages, query, utc, &index);
    let last = MAILS - 1;
    let query = Query::parse(&format!("from:a{last}@example.net")).unwrap();
    assert_eq!(selected(&query).len(), 2);
    let query = Query::parse("from:a1@example.net").unwrap();
    assert!(selected(&query).is_empty());
}

#[test]
fn an_export_says_what_it_left_out() {
    let folder = Folder::new();
    let text = syslog(&entries(MAILS));
    let path = folder.write("mail.log.gz", &packed(text.as_bytes()));
    let export = |limit: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hopgrade"));
        let command = command.args(["export", "messages", "--stats", "--memory-limit", limit]);
        let output = command.arg(&path).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let rows = output.stdout.split(|byte| *byte == b'\n').count();
        (output.status.code(), told, rows)
    };
    let (status, told, all) = export("none");
    assert_eq!(status, Some(0), "{told}");
    assert!(
        told.contains("left out 0 lines, 0 messages, 0 mails"),
        "{told}"
    );
    let (status, told, some) = export("8M");
    assert_eq!(status, Some(1), "{told}");
    assert!(some * 4 < all * 3 && some > all / 8, "{some} of {all}");
    let wanted = "hopgrade: to stay within --memory-limit the oldest was left out: ";
    let line = told.lines().find(|line| line.starts_with(wanted)).unwrap();
    assert!(
        line.contains("lines") && line.contains("messages, from 2026-01-01"),
        "{line}"
    );
}
