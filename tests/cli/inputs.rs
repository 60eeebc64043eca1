//! What is read: files that cannot be, empty ones, standard input, the parts of a rotated log.

use std::fs;

use super::program::{ID, LOG, column, good, refused, rows, run, run_with, text, write};

#[test]
fn one_unreadable_input_does_not_stop_the_rest() {
    let output = run(&[
        "export",
        "messages",
        "/nonexistent/mainlog",
        LOG,
        "Cargo.toml",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(rows(&text(&output.stdout)).len(), 1);
    let told = text(&output.stderr);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    assert!(
        lines[0].starts_with("hopgrade: /nonexistent/mainlog: cannot open: "),
        "{told}"
    );
    assert!(
        lines[1].starts_with("hopgrade: Cargo.toml: not a mail log"),
        "{told}"
    );
}

#[test]
fn nothing_readable_is_a_failure() {
    let told = refused(&["export", "messages", "/nonexistent/mainlog"]);
    assert!(
        told.contains("/nonexistent/mainlog") && told.contains("hopgrade demo"),
        "{told}"
    );
    let told = refused(&[]);
    assert!(told.contains("-: is empty"), "{told}");
}

#[test]
fn a_header_too_long_to_be_read_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let long = "x".repeat(1_100_000);
    let mail =
        format!("From: a@example.org\nX-Long: {long}\nMessage-ID: <far@example.org>\n\nbody\n");
    let alone = write(dir.path(), "one.eml", mail.as_bytes());
    let short = "From a Sat Jan  3 00:00:00 2026\nFrom: b@example.org\n\nbody\n\n";
    let mbox = format!("{short}From a Sat Jan  3 00:00:00 2026\n{mail}\n{short}");
    let mbox = write(dir.path(), "box.mbox", mbox.as_bytes());
    for (path, line, mails) in [(&alone, 1, 1), (&mbox, 7, 3)] {
        let output = run(&["export", "messages", path]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        assert_eq!(rows(&text(&output.stdout)).len(), mails);
        let wanted =
            format!("hopgrade: {path}: the header that begins in line {line} is longer than ");
        let told = text(&output.stderr);
        assert!(told.starts_with(&wanted), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    let whole = format!(
        "From: a@example.org\nX-Long: {}\n\nbody\n",
        "x".repeat(900_000)
    );
    good(&[
        "export",
        "messages",
        &write(dir.path(), "two.eml", whole.as_bytes()),
    ]);
}

#[test]
fn an_empty_log_is_an_input_without_rows() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", b"");
    let folder = dir.path().to_str().unwrap();
    for path in [&*log, folder] {
        for args in [
            &["export", "messages", "--format", "csv", path][..],
            &["export", "findings", "--format", "csv", path],
            &["check", path],
            &["export", "hosts", "--format", "csv", path],
            &[path],
        ] {
            let output = run(args);
            let told = text(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{args:?}: {told}");
            assert_eq!(told, format!("hopgrade: {log}: is empty\n"), "{args:?}");
        }
        let csv = text(&run(&["export", "messages", "--format", "csv", path]).stdout);
        assert!(csv.starts_with("source,host,"), "{csv}");
        assert_eq!(csv.lines().count(), 1);
    }

    let output = run(&["export", "messages", &log, "/nonexistent/mainlog"]);
    assert_eq!(output.status.code(), Some(1), "the other was not readable");
}

#[test]
fn a_log_that_was_just_rotated_does_not_hide_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let empty = write(dir.path(), "mainlog", b"");
    write(dir.path(), "mainlog.1", &fs::read(LOG).unwrap());
    write(dir.path(), "rejectlog", b"");
    write(dir.path(), "notes.txt", b"shopping: milk\n");
    let output = run(&["export", "messages", dir.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(rows(&text(&output.stdout)).len(), 1);
    let told = text(&output.stderr);
    assert!(
        told.contains(&format!("{empty}: is empty, like one more file\n"))
            && told.contains("notes.txt: neither mail log nor message; passed over\n"),
        "{told}"
    );
}

#[test]
fn standard_input_is_read_when_asked_for_and_when_nothing_else_is_given() {
    let log = fs::read(LOG).unwrap();
    let zone = ["--tz", "Europe/Berlin"];
    let mut known = rows(&good(&[&["export", "events", LOG], &zone[..]].concat()));
    for row in &mut known {
        row["file"] = "-".into();
    }
    for args in [&["export", "events", "-"][..], &["export", "events"]] {
        let output = run_with(&[args, &zone].concat(), &log);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(rows(&text(&output.stdout)), known);
    }
}

#[test]
fn times_are_the_same_whatever_the_order_of_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let old = write(
        dir.path(),
        "earlier",
        b"2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org U=root P=local S=10\n",
    );
    let new = write(
        dir.path(),
        "later",
        b"2024-05-03 10:00:00 1s2AbC-000001-aB => b@example.net R=r T=local\n",
    );
    for files in [[&old, &new], [&new, &old]] {
        for filter in ["delay>1d", "since:-1h", "since:2024-05-03 until:2024-05-01"] {
            let args = ["export", "messages", files[0], files[1], "--where", filter];
            assert_eq!(rows(&good(&args)).len(), 1, "{filter} {files:?}");
        }
        let args = [
            "export",
            "events",
            files[0],
            files[1],
            "--where",
            "since:-1h",
        ];
        assert_eq!(rows(&good(&args)).len(), 1, "{files:?}");
    }
}

#[test]
fn a_byte_order_mark_costs_no_line() {
    let dir = tempfile::tempdir().unwrap();
    let log = [&b"\xef\xbb\xbf"[..], &fs::read(LOG).unwrap()].concat();
    let log = write(dir.path(), "marked", &log);
    let marked = good(&["explain", ID, &log, "--tz", "Europe/Berlin"]).replace(&log, LOG);
    assert_eq!(marked, good(&["explain", ID, LOG, "--tz", "Europe/Berlin"]));
}

#[test]
fn a_path_cannot_write_lines_of_its_own() {
    let said = refused(&["export", "messages", "no\nfile\x1b[2J"]);
    assert!(
        said.starts_with("hopgrade: no\\nfile\\x1b[2J: cannot open"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 2);
}

#[test]
fn a_rotated_log_is_one_story_whatever_the_order_of_its_parts() {
    let dir = tempfile::tempdir().unwrap();
    let id = "1s2AbC-000001-aB";
    let arrival = format!("2024-05-01 10:00:00 {id} <= a@example.org U=root P=local S=10\n");
    let old = write(dir.path(), "mainlog.1", arrival.as_bytes());
    let end = format!(
        "2024-05-02 10:00:00 {id} => b@example.net R=r T=t\n2024-05-02 10:00:00 {id} Completed\n"
    );
    let new = write(dir.path(), "mainlog", end.as_bytes());
    let found = rows(&good(&["export", "messages", &new, &old]));
    assert_eq!(column(&found, "status"), ["delivered"]);
    assert_eq!(column(&found, "sender"), ["a@example.org"]);
}
