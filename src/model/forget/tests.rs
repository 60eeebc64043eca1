use std::fmt::Write;
use std::path::Path;

use super::*;
use crate::model::{Clock, FileInfo, Partial, Status, Zone};
use crate::parse::exim;
use crate::source::{ChunkReader, FileText};

/// A model of one log, with its text.
fn model(text: &str) -> Model {
    let mut model = Model::default();
    let path = Path::new("mainlog");
    let file = model.add_file(FileInfo::new(path, None), FileText::kept(path));
    join(&mut model, file, text);
    model
}

fn join(model: &mut Model, file: u32, text: &str) {
    let chunk = ChunkReader::new(text.as_bytes()).next(Vec::new());
    let mut part = Partial::new(b"");
    let mut clock = Clock::new(Zone::parse("UTC").unwrap());
    for (number, line) in (0..).zip(text.lines().map(str::as_bytes)) {
        part.take(&exim::line(line), line, number, &mut clock);
    }
    model.merge(file, &chunk.unwrap().unwrap(), &part);
    model.finish_file(file);
}

/// Whether the messages of a log are still in the queue at its end.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Delivered,
    Queued,
}

/// A log of `count` messages that arrive one a second.
fn mails(count: u32, end: End) -> String {
    let mut log = String::new();
    for n in 0..count {
        let (minute, second) = (n / 60, n % 60);
        let line = format!("2020-02-25 04:{minute:02}:{second:02} 1j{n:04}-0001iL-S3");
        let _ = writeln!(
            log,
            "{line} <= a@example.org U=a P=local S=300 id={n}@example.org"
        );
        if end == End::Delivered {
            let _ = writeln!(
                log,
                "{line} => b@example.net R=r T=t H=mx.example.net [192.0.2.1]"
            );
            let _ = writeln!(log, "{line} Completed");
        }
    }
    log
}

#[test]
fn the_newer_half_stays_as_it_was() {
    let mut model = model(&mails(200, End::Delivered));
    let generation = model.generation;
    let (kept, old) = model.renew(model.without_older_half());
    let left = model.messages.len();
    assert!((80..=120).contains(&left), "{left}");
    assert!(model.generation > generation);
    assert_eq!(u64::from(200 - left), model.forgotten.messages);
    assert_eq!(u64::from(200 - left) * 3, model.forgotten.lines);
    assert_eq!((kept.message(0), kept.message(199)), (None, Some(left - 1)));
    let newest = model.messages.get(left - 1).unwrap();
    let before = old.messages.get(199).unwrap();
    assert_eq!(model.queue_id(newest), old.queue_id(before));
    assert_eq!(
        model.strings.message_ids.get(newest.message_id).text(),
        b"199@example.org"
    );
    assert_eq!((newest.status(), newest.recipients), (Status::Delivered, 1));
    let lines = |model: &Model, message: &Message| -> Vec<u32> {
        model
            .events_of(message)
            .map(|event| model.events.line(&event))
            .collect()
    };
    assert_eq!(lines(&model, newest), lines(&old, before));
    assert!(model.record(0, 600).unwrap().ends_with(b"Completed"));
    // A line with the queue ID of a forgotten message begins another message.
    join(
        &mut model,
        0,
        "2020-02-25 04:59:00 1j0000-0001iL-S3 Completed\n",
    );
    assert_eq!(model.messages.len(), left + 1);
    join(
        &mut model,
        0,
        "2020-02-25 04:59:00 1j0199-0001iL-S3 Completed\n",
    );
    assert_eq!(model.messages.len(), left + 1);
}

#[test]
fn what_is_not_over_stays_unless_it_is_too_much() {
    let waiting = "2020-02-25 03:00:00 1j69ZJ-0001iL-S3 <= c@example.org U=c P=local S=300\n";
    let mut some = model(&(waiting.to_owned() + &mails(200, End::Delivered)));
    some.renew(some.without_older_half());
    assert_eq!(some.messages_of_queue_id(b"1j69ZJ-0001iL-S3"), [0]);
    assert_eq!(some.forgotten.span.unwrap().0 % 1000, 0);
    let mut all = model(&mails(200, End::Queued));
    all.renew(all.without_older_half());
    assert!(
        (80..=120).contains(&all.messages.len()),
        "{}",
        all.messages.len()
    );
}

#[test]
fn lines_that_were_not_understood_go_with_those_around_them() {
    let odd = "2020-02-25 04:00:00 1j69ZJ-0001iL-S3 <= \n";
    let text = format!("{odd}{}{odd}", mails(200, End::Delivered));
    let mut model = model(&text);
    let listed = model.not_understood.len();
    assert_eq!((listed, model.reasons.total()), (2, 2));
    model.renew(model.without_older_half());
    let left: Vec<u32> = model.not_understood.iter().map(|line| line.line).collect();
    assert_eq!((left, model.reasons.total()), (vec![602], 2));
}

#[test]
fn copies_in_the_reject_log_are_known_again() {
    let rejected = |n: u32| {
        format!(
            "2020-02-25 04:02:{n:02} H=(x) [192.0.2.6] F=<u@example.net> rejected RCPT <z{n}@example.com>: no\n"
        )
    };
    let log: String = (20..60).map(rejected).collect();
    let mut model = model(&(mails(100, End::Delivered) + &log));
    model.renew(model.without_older_half());
    let events = model.events.len();
    let path = Path::new("rejectlog");
    let file = model.add_file(FileInfo::new(path, None), FileText::kept(path));
    let young: String = (50..60).map(rejected).collect();
    join(&mut model, file, &young);
    assert_eq!((model.events.len(), model.files[1].copies), (events, 10));
}
