//! `-f`: events as they come, and where else nothing is followed.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use super::program::{ID, LOG, MAIL, program, refused, run};

#[test]
fn only_events_are_followed_and_the_refusal_says_where_else() {
    for (args, word) in [
        (
            &["export", "messages", "-f", LOG][..],
            "only events can be followed",
        ),
        (
            &["export", "events", "-f", "--format", "csv", LOG],
            "written as ndjson",
        ),
        (
            &["export", "events", "-f", "--sort", "time", LOG],
            "without --sort",
        ),
        (
            &["explain", ID, "-f", LOG],
            "the explorer and `hopgrade export events` follow",
        ),
        (
            &["-f", LOG],
            "without a terminal `hopgrade export events -f` follows",
        ),
        (
            &["--follow", LOG],
            "without a terminal `hopgrade export events -f` follows",
        ),
        (
            &["evidence", "-f", LOG],
            "the explorer and `hopgrade export events` follow",
        ),
        (&["check", "-f", LOG], "let a timer start it again"),
    ] {
        let said = refused(args);
        assert!(said.contains(word), "{args:?}: {said}");
    }
}

#[test]
fn events_are_written_as_they_come() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("mainlog");
    let line = |id: &str| format!("2026-02-25 04:55:03 {id} <= a@example.org U=a P=local S=300\n");
    fs::write(&log, line("1vum01-00000000001-0001")).unwrap();
    let mut child = program(&["export", "events", "-f", log.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut next = || {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    assert_eq!(next()["queue_id"], "1vum01-00000000001-0001");
    let mut more = fs::File::options().append(true).open(&log).unwrap();
    more.write_all(line("1vum02-00000000001-0001").as_bytes())
        .unwrap();
    let event = next();
    assert_eq!(event["queue_id"], "1vum02-00000000001-0001");
    assert_eq!(event["line"], 2);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn mail_files_are_written_and_that_is_the_end() {
    // Nothing that can grow: following ends by itself.
    let out = run(&["export", "events", "-f", MAIL]);
    assert_eq!((out.status.code(), out.stdout.len()), (Some(0), 0));
}
