//! The real binary: what scripts and people get from it, byte for byte where that was promised.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

const LOG: &str = "assets/demo/mainlog";
const MAIL: &str = "assets/demo/reply.eml";
const ID: &str = "1j69ZJ-0001iL-S3";

/// The program in a world that is the same everywhere.
fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hopgrade"));
    command
        .args(args)
        .env_clear()
        .envs([("TZ", "UTC"), ("COLUMNS", "100")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    program(args).output().unwrap()
}

fn run_with(args: &[&str], input: &[u8]) -> Output {
    let mut child = program(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Standard output of a run that went well and had nothing to say beside it.
fn good(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(text(&output.stderr), "", "{args:?}");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    text(&output.stdout)
}

/// What a run says that could do nothing; it writes no data.
fn refused(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert_eq!(text(&output.stdout), "", "{args:?}");
    text(&output.stderr)
}

fn rows(ndjson: &str) -> Vec<Value> {
    ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The values of one column.
fn column<'a>(rows: &'a [Value], name: &str) -> Vec<&'a Value> {
    rows.iter().map(|row| row.get(name).unwrap()).collect()
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> String {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A log of one message with a sender, a subject and a HELO of a stranger's choice.
fn hostile_log() -> Vec<u8> {
    let mut log = Vec::new();
    log.extend_from_slice(b"2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe <= =cmd@example.org ");
    log.extend_from_slice(b"H=client.example.org (\x1b[2J\x9b\xff) [192.0.2.77] P=esmtps ");
    log.extend_from_slice(b"X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=1000 id=x@example.org ");
    log.extend_from_slice(b"T=\"=HYPERLINK(1)\\033]52;c;AAAA\\007\" for bo@example.net\n");
    log.extend_from_slice(b"2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe => bo@example.net ");
    log.extend_from_slice(b"R=dnslookup T=remote_smtp H=mx.example.net [198.51.100.9]:25 ");
    log.extend_from_slice(
        b"X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes C=\"250 \x1b]0;x\x07 ok\"\n",
    );
    log.extend_from_slice(b"2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe Completed\n");
    log
}

/// A log with two lines that nobody understands, and no TLS in it.
const ODD_LOG: &str = "\
2026-02-24 08:00:00 1vum00-000000-00 <= anna@example.org H=mail.example.org [192.0.2.1] P=esmtp S=100
2026-02-24 08:00:01 Bertha <bertha@example.net> on mx7.example.net
2026-02-24 08:00:02 1vum00-000000-00 => bo@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]
anna, \x1b[2J and carla were here
2026-02-24 08:00:02 1vum00-000000-00 Completed
";

#[test]
fn the_case_has_two_attempts_and_five_waits() {
    let events = rows(&good(&["export", "events", LOG, "--tz", "Europe/Berlin"]));
    let told: Vec<(&str, &str, Option<u64>)> = events
        .iter()
        .map(|event| {
            let word = |name: &str| event[name].as_str().unwrap();
            (word("time"), word("kind"), event["attempt"].as_u64())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("2020-02-25T03:55:03.000Z", "tls_refused", Some(1)),
            ("2020-02-25T03:55:03.000Z", "deferral", Some(1)),
            ("2020-02-25T04:55:03.000Z", "retry_wait", None),
            ("2020-02-25T05:55:03.000Z", "retry_wait", None),
            ("2020-02-25T06:55:03.000Z", "retry_wait", None),
            ("2020-02-25T07:55:03.000Z", "retry_wait", None),
            ("2020-02-25T08:55:03.000Z", "retry_wait", None),
            ("2020-02-25T09:55:03.000Z", "tls_refused", Some(2)),
            ("2020-02-25T09:55:03.000Z", "deferral", Some(2)),
        ]
    );
    for event in events.iter().filter(|event| event["attempt"].is_u64()) {
        assert_eq!(event["grade"], "R");
        assert_eq!(event["tls"], "refused");
        assert_eq!(event["peer_ip"], "194.25.134.67");
    }
    assert_eq!(events[1]["errno"], -38);
    assert_eq!(events[2]["errno"], -53);
    assert_eq!(events[1]["router"], "dnslookup");
}

#[test]
fn the_case_is_one_message_still_deferred() {
    let messages = rows(&good(&["export", "messages", LOG, "--tz", "Europe/Berlin"]));
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    for (name, value) in [
        ("queue_id", Value::from(ID)),
        ("status", "deferred".into()),
        ("attempts", 2.into()),
        ("waits", 5.into()),
        ("grade", "R".into()),
        ("claimed", Value::Null),
        ("events", 9.into()),
        ("recipients", vec!["tosa@rx.t-online.de"].into()),
        ("first", "2020-02-25T03:55:03.000Z".into()),
        ("last", "2020-02-25T09:55:03.000Z".into()),
        ("file", LOG.into()),
        ("line", 1.into()),
    ] {
        assert_eq!(message[name], value, "{name}");
    }
}

#[test]
fn the_answer_came_over_three_hops() {
    let hops = rows(&good(&["export", "hops", MAIL]));
    assert_eq!(column(&hops, "grade"), ["C", "E", "A"]);
    assert_eq!(column(&hops, "tls"), ["yes", "no", "yes"]);
    assert_eq!(column(&hops, "tls_version")[0], "TLS1.0");
    assert_eq!(column(&hops, "evidence")[2], "own");
    assert_eq!(column(&hops, "hop"), [1, 2, 3]);
    let strict = rows(&good(&["export", "hops", MAIL, "--profile", "bsi"]));
    assert_eq!(column(&strict, "grade")[1], "F");
    let message = rows(&good(&["export", "messages", MAIL]));
    assert_eq!(
        (&message[0]["grade"], &message[0]["claimed"]),
        (&"A".into(), &"E".into())
    );
    assert_eq!(message[0]["source"], "header");
}

#[test]
fn every_table_has_the_columns_of_the_contract_in_order() {
    let tls = "tls tls_version cipher cipher_iana bits group resumed verify grade reasons";
    let messages = "source host mta queue_id message_id first last sender recipients size subject \
        status arrival_protocol peer attempts waits grade claimed incomplete events file line";
    let events = format!(
        "time host mta queue_id kind flag attempt direction address parent_address router transport \
         peer_name peer_helo peer_ip peer_port peer_queue_id protocol {tls} errno enhanced_status size \
         text ambiguous file line"
    );
    let hops = format!(
        "file message message_id hop from_name from_helo from_ip by with transport {tls} queue_id for \
         time delay_seconds evidence raw"
    );
    let dir = tempfile::tempdir().unwrap();
    let odd = write(dir.path(), "odd", ODD_LOG.as_bytes());
    for (table, columns, log) in [
        ("messages", messages, LOG),
        ("events", &events, LOG),
        ("hops", &hops, LOG),
        ("not-understood", "file line reason shape text", &odd),
    ] {
        let expected: Vec<&str> = columns.split_whitespace().collect();
        let csv = good(&["export", table, "--format", "csv", log, MAIL]);
        let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        assert_eq!(head, expected, "{table}");
        let ndjson = good(&["export", table, log, MAIL]);
        let mut at = 0;
        for name in expected {
            let key = format!("\"{name}\":");
            at += ndjson[at..]
                .find(&key)
                .unwrap_or_else(|| panic!("{table}: {key}"))
                + key.len();
        }
    }
}

#[test]
fn a_spreadsheet_runs_no_formula() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", &hostile_log());
    let csv = good(&["export", "messages", "--format", "csv", &log]);
    assert!(csv.contains(",'=cmd@example.org,"), "{csv}");
    assert!(csv.contains(",'=HYPERLINK(1)"), "{csv}");
    assert!(csv.ends_with("\r\n"));
    let events = good(&["export", "events", "--format", "csv", &log]);
    assert!(events.contains(",'=>,"), "{events}");
    let numbers = good(&["export", "events", "--format", "csv", LOG]);
    assert!(
        numbers.contains(",-38,"),
        "a number is no formula: {numbers}"
    );
}

#[test]
fn what_a_stranger_wrote_reaches_no_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", &hostile_log());
    let id = "1s2AbC-000000001aB-1cDe";
    for args in [
        &["export", "messages", &log][..],
        &["export", "events", &log],
        &["export", "events", "--format", "table", &log],
        &["export", "messages", "--format", "table", &log],
        &["explain", id, &log],
        &["explain", id, "--format", "markdown", &log],
        &["explain", id, "--format", "html", &log],
        &["explain", id, "--format", "ndjson", &log],
        &[&log],
    ] {
        let told = good(args);
        assert!(!told.is_empty());
        let bad = told.chars().find(|&c| c.is_control() && c != '\n');
        assert_eq!(bad, None, "{args:?}: {told}");
    }
    let unknown = refused(&["explain", "\x1b[2J", &log]);
    assert!(!unknown.contains('\x1b'), "{unknown:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(
        dir.path(),
        "mainlog",
        &fs::read(LOG).unwrap().repeat(20_000),
    );
    for format in ["ndjson", "csv", "table"] {
        let mut child = program(&["export", "events", "--format", format, &log])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 100];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(text(&output.stderr), "", "{format}");
        assert_eq!(output.status.code(), Some(0), "{format}");
    }
}

#[test]
fn an_output_file_is_never_an_input() {
    let dir = tempfile::tempdir().unwrap();
    let before = fs::read(LOG).unwrap();
    let log = write(dir.path(), "mainlog", &before);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&log, &link).unwrap();
    let folder = dir.path().to_str().unwrap();
    for (output, input) in [
        (&*log, &*log),
        (link.to_str().unwrap(), &log),
        (&log, folder),
    ] {
        let told = refused(&["export", "events", "-o", output, input]);
        assert!(
            told.contains(output) && told.contains("is an input"),
            "{told}"
        );
    }
    let told = program(&["export", "events", "-o", &log])
        .stdin(fs::File::open(&log).unwrap())
        .output()
        .unwrap();
    assert_eq!(told.status.code(), Some(2));
    assert_eq!(fs::read(&log).unwrap(), before);
    let out = dir.path().join("out.ndjson");
    assert_eq!(
        good(&["export", "events", "-o", out.to_str().unwrap(), &log]),
        ""
    );
    assert_eq!(
        fs::read_to_string(&out).unwrap(),
        good(&["export", "events", &log])
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
}

#[test]
fn an_output_that_cannot_be_is_said() {
    let told = refused(&["export", "events", "-o", "/nonexistent/out.csv", LOG]);
    assert!(
        told.starts_with("hopgrade: /nonexistent/out.csv: cannot write: "),
        "{told}"
    );
}

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
fn a_filter_selects_and_a_sort_orders() {
    let count = |filter: &str| {
        good(&["export", "events", "--where", filter, LOG])
            .lines()
            .count()
    };
    assert_eq!(count("kind:retry_wait"), 5);
    assert_eq!(count("-kind:retry_wait"), 4);
    assert_eq!(count("grade=R errno=-38"), 2);
    assert_eq!(count("kind:delivery"), 0);
    let hops = |filter: &str| {
        good(&["export", "hops", "--where", filter, MAIL])
            .lines()
            .count()
    };
    assert_eq!(hops("grade>=C"), 2);
    let sorted = |order: &str| {
        let events = rows(&good(&["export", "events", "--sort", order, LOG]));
        let lines = column(&events, "line");
        lines
            .into_iter()
            .map(|line| line.as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(sorted("line:desc"), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(sorted("attempt:desc"), [8, 9, 1, 2, 3, 4, 5, 6, 7]);
    let told = refused(&["export", "events", "--sort", "colour", LOG]);
    assert!(
        told.contains("\"colour\"") && told.contains("peer_name"),
        "{told}"
    );
}

/// Begins to write a file in a directory while the log is still on its way: its standard input stays open.
fn begin_writing(command: &mut Command, dir: &Path) -> Child {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while fs::read_dir(dir).unwrap().count() == 0 {
        thread::sleep(Duration::from_millis(10));
    }
    child
}

fn kill(child: &Child, name: &str) {
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-s", name, &id]).status();
    assert!(killed.unwrap().success());
}

/// Whether whoever runs the tests has that signal ignored, and with it everybody who is started from here.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or_default() >> (signal - 1) & 1 == 1
}

#[test]
fn a_signal_leaves_nothing_of_a_file_behind() {
    for (name, signal) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let out = out.to_str().unwrap();
        for args in [
            &["export", "events", "-o", out, "-"][..],
            &["check", "--state", out, "-"],
        ] {
            if is_ignored(signal) {
                continue;
            }
            let mut child = begin_writing(&mut program(args), dir.path());
            let _still_open = child.stdin.take();
            kill(&child, name);
            assert_eq!(child.wait().unwrap().signal(), Some(signal), "{args:?}");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{args:?}");
        }
    }
}

#[test]
fn a_signal_that_was_ignored_stays_so() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_hopgrade"))
        .args(["export", "events", "-o", out.to_str().unwrap(), "-"]);
    let mut child = begin_writing(&mut shell, dir.path());
    kill(&child, "HUP");
    let log = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(LOG)).unwrap();
    child.stdin.take().unwrap().write_all(&log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(fs::metadata(out).unwrap().len() > 0);
}

#[test]
fn a_mistake_in_the_arguments_says_what_would_be_right() {
    let told = refused(&["export", "events", "--where", "kind:lunch", LOG]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[1..], ["  kind:lunch", "       ^^^^^"], "{told}");
    for (args, part) in [
        (["--tz", "Mars/Olympus"], "IANA"),
        (["--inside", "10.0.0.0/99"], "10.0.0.0/8"),
        (["--trust", "10.0.0.0/99"], "10.0.0.0/8"),
        (["--trust", "no host"], "host name"),
        (["--as-of", "yesterday"], "2020-02-25"),
        (["--profile", "lax"], "strict"),
        (["--profile", "/nonexistent/p.toml"], "/nonexistent/p.toml"),
        (["--input", "qmail"], "exim"),
        (["--jobs", "0"], "1..=256"),
        (["--jobs", "30000"], "1..=256"),
        (["--jobs", "99999999999"], "1..=256"),
        (["--theme", "pink"], "colour-blind"),
    ] {
        let told = refused(&[&args[..], &[LOG]].concat());
        assert!(
            told.contains(args[0]) && told.contains(part),
            "{args:?}: {told}"
        );
    }
}

/// Whoever asks for a table never gets a summary.
#[test]
fn a_command_that_does_not_come_first_is_no_file() {
    for (args, name) in [
        (&["--tz", "UTC", "export", "messages", LOG][..], "export"),
        (&[LOG, "export", "messages"], "export"),
        (&["--mask", "demo"], "demo"),
    ] {
        let told = refused(args);
        let first = format!("hopgrade {name} ...");
        assert!(told.contains(&first), "{args:?}: {told}");
        assert!(told.contains(&format!("./{name}")), "{args:?}: {told}");
    }
    let dir = tempfile::tempdir().unwrap();
    fs::copy(LOG, dir.path().join("export")).unwrap();
    let mut command = program(&["--tz", "UTC", "./export"]);
    let output = command.current_dir(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_host_is_written_in_lower_case_without_a_dot() {
    let named = rows(&good(&[
        "export",
        "messages",
        "--host",
        "MX1.Example.ORG.",
        LOG,
    ]));
    assert_eq!(named[0]["host"], "mx1.example.org");
    let dir = tempfile::tempdir().unwrap();
    let header = "Received: from MX9.Example.NET. (MX9.Example.NET [192.0.2.9]) by mx1.example.org (Postfix) \
                  with ESMTP id 4XkQ3c1Rj2z1bC; Sat, 11 Jan 2025 00:00:00 +0000\nFrom: a@example.net\nMessage-ID: <1@example.net>\n\nx\n";
    let mail = write(dir.path(), "upper.eml", header.as_bytes());
    let handed = rows(&good(&["export", "messages", &mail]));
    assert_eq!(handed[0]["peer"], "mx9.example.net");
}

/// A filter finds what the table shows.
#[test]
fn a_mail_is_found_by_the_status_of_its_row() {
    let unknown = ["export", "messages", "--where", "status:unknown", MAIL];
    let found = rows(&good(&unknown));
    assert_eq!(column(&found, "status"), ["unknown"]);
    let delivered = ["export", "messages", "--where", "status:delivered", MAIL];
    assert_eq!(good(&delivered), "");
}

#[test]
fn what_does_not_work_yet_is_not_offered() {
    for args in [
        &["-f", LOG][..],
        &["--follow", LOG],
        &["explain", ID, "-f", LOG],
    ] {
        let output = run(args);
        assert_ne!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn postures_of_the_case() {
    for (table, name) in [("hosts", "rx.t-online.de"), ("domains", "t-online.de")] {
        let rows = rows(&good(&["export", table, "--format", "ndjson", LOG]));
        assert_eq!(rows.len(), 1);
        let cells = [
            "direction",
            "name",
            "deliveries",
            "refused",
            "waits",
            "latest",
            "trend",
        ];
        let cells = cells.map(|name| rows[0][name].clone());
        let expected = serde_json::json!(["out", name, 0, 2, 5, "R", "steady"]);
        assert_eq!(Value::from(cells.to_vec()), expected);
    }
    let csv = good(&["export", "domains", "--format", "csv", LOG]);
    assert_eq!(csv.lines().count(), 2);
}

#[test]
fn an_unknown_id_is_met_with_help() {
    let told = refused(&["explain", "1j69zj", LOG]);
    assert!(told.contains("\"1j69zj\"") && told.contains(ID), "{told}");
    let told = refused(&["explain", "nobody@example.org", LOG]);
    assert!(told.contains("hopgrade export messages"), "{told}");
}

#[test]
fn a_masked_output_names_no_person() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", &hostile_log());
    let id = "1s2AbC-000000001aB-1cDe";
    for args in [
        &["export", "messages", "--mask", &log][..],
        &["export", "events", "--mask", &log],
        &["explain", id, "--mask", &log],
        &["explain", id, "--mask", "--format", "markdown", &log],
        &["explain", id, "--mask", "--format", "html", &log],
        &["explain", id, "--mask", "--format", "ndjson", &log],
        &["--mask", "--where", "grade=A", &log],
    ] {
        let told = good(args);
        for person in ["=cmd", "bo@", "HYPERLINK", "x@example.org", "192.0.2.77"] {
            // A pseudonym may happen to end like the name.
            let mut places = told.match_indices(person).map(|(at, _)| &told[..at]);
            let whole = places.any(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()));
            assert!(!whole, "{args:?}: {person} in {told}");
        }
    }
    let rows = rows(&good(&["export", "messages", "--mask", &log]));
    assert!(
        rows[0]["recipients"][0]
            .as_str()
            .unwrap()
            .ends_with("@example.net")
    );
    assert_eq!(rows[0]["subject"], Value::Null);
}

/// A mail whose people are named in every way that headers know, most of them without an address.
const NAMED_MAIL: &str = "\
From secrethelper Tue Feb 25 10:00:00 2026
Return-Path: <anna/secret>
Delivered-To: berthidden
X-Original-To: hiddenalias
Received: from mx.example.org (mx.example.org [192.0.2.1])
\tby mail.example.net (Postfix) with ESMTP id ABC for <berthidden>;
\tTue, 25 Feb 2026 10:00:00 +0000
From: Anna Secret
To: Hidden, Bert <berthidden@example.net>, Carl Quiet,
\tDora Silent (secretly)
Cc: Hidden friends: berthidden@example.net, Carl Quiet;
Resent-From: Anna Secret <anna@example.org>
Subject: Quiet
Message-ID: <1@example.org>
Date: Tue, 25 Feb 2026 10:00:00 +0000

Quiet.
";

/// Its people have no domain.
const LOCAL_LOG: &str = "\
2026-02-24 10:00:00 1vuoAA-000001-00 <= annasecret U=annasecret P=local S=900
2026-02-24 10:00:01 1vuoAA-000001-00 => berthidden <berthidden@example.org> R=local_user T=maildir_home
2026-02-24 10:00:01 1vuoAA-000001-00 ** carlquiet: Unknown user
2026-02-24 10:00:02 1vuoAA-000001-00 => dorasilent R=relay T=remote_smtp H=mx.example.net [198.51.100.7]:25
2026-02-24 10:00:02 1vuoAA-000001-00 Completed
";

#[test]
fn a_name_without_an_address_is_masked_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let mail = write(dir.path(), "a.mbox", NAMED_MAIL.as_bytes());
    let log = write(dir.path(), "mainlog", LOCAL_LOG.as_bytes());
    let names = [
        "anna", "bert", "carl", "dora", "secret", "hidden", "quiet", "silent",
    ];
    for (input, id) in [(&mail, "1@example.org"), (&log, "1vuoAA-000001-00")] {
        for args in [
            &["explain", id, "--mask", input][..],
            &["explain", id, "--mask", "--format", "html", input],
            &["export", "messages", "--mask", input],
            &["export", "messages", "--mask", "--format", "lines", input],
            &["export", "events", "--mask", input],
            &["export", "hops", "--mask", input],
            &["--mask", input],
        ] {
            let told = good(args).to_lowercase();
            for name in names {
                assert!(!told.contains(name), "{args:?}: {name} in {told}");
            }
        }
    }
    let (anna, bert) = ("Anna Secret", "berthidden");
    let story = good(&["explain", "1@example.org", &mail]);
    assert!(story.contains(&format!("{anna} → {bert}")), "{story}");
    let story = good(&["explain", "1@example.org", "--mask", &mail]);
    let title = story.lines().next().unwrap();
    assert_eq!(title.matches("p-").count(), 2, "{title}");
}

#[test]
fn a_mail_without_a_date_has_no_time() {
    let dir = tempfile::tempdir().unwrap();
    let mail = |number: u8, date: &str| {
        let text = format!(
            "Received: from a.example.org (a.example.org [192.0.2.1])\n\
             \t(using SSLv3 with cipher RC4-MD5 (128/128 bits))\n\
             \tby mail.example.net (Postfix) with ESMTPS id ABC{date}\n\
             From: anna@example.org\nMessage-ID: <{number}@example.org>\n\nx\n"
        );
        write(dir.path(), &format!("{number}.eml"), text.as_bytes())
    };
    let timeless = mail(1, "");
    let told = good(&[&timeless]);
    assert!(told.contains("\n  D x   no time  1@example.org"), "{told}");
    assert!(!told.contains("1970"), "{told}");
    let dated = mail(2, "; Tue, 25 Feb 2026 10:00:00 +0000");
    let told = good(&[&timeless, &dated]);
    let listed: Vec<&str> = told
        .lines()
        .filter(|line| line.starts_with("  D x"))
        .collect();
    assert!(listed[0].contains("2026-02-25 10:00:00  2@"), "{told}");
    assert!(listed[1].contains("no time              1@"), "{told}");
}

/// Two messages larger than 4 GiB, and one smaller.
const LARGE_LOG: &str = "\
2026-02-24 10:00:00 1vuoAA-000001-00 <= anna@example.org H=mx.example.org [192.0.2.1] P=esmtp S=5368709120
2026-02-24 10:00:00 1vuoAA-000001-00 Completed
2026-02-24 10:00:01 1vuoBA-000002-00 <= anna@example.org H=mx.example.org [192.0.2.1] P=esmtp S=9663676416 id=2@example.org
2026-02-24 10:00:01 1vuoBA-000002-00 Completed
2026-02-24 10:00:02 1vuoCA-000003-00 <= anna@example.org H=mx.example.org [192.0.2.1] P=esmtp S=4294967294
2026-02-24 10:00:02 1vuoCA-000003-00 Completed
";

#[test]
fn a_size_over_four_gibibytes_is_the_same_everywhere() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", LARGE_LOG.as_bytes());
    let sizes = |args: &[&str]| -> Vec<u64> {
        let rows = rows(&good(&[&["export"], args, &[&*log]].concat()));
        rows.iter().filter_map(|row| row["size"].as_u64()).collect()
    };
    let all = [5_368_709_120, 9_663_676_416, 4_294_967_294];
    assert_eq!(sizes(&["events"]), all);
    assert_eq!(sizes(&["messages"]), all);
    for (filter, expected) in [
        ("size>4500M", &all[..2]),
        ("size>6000M", &all[1..2]),
        ("size<5000M", &all[2..]),
        ("size=5368709120", &all[..1]),
        ("size>1M", &all),
        ("size<1M", &[]),
    ] {
        assert_eq!(
            sizes(&["messages", "--where", filter]),
            expected,
            "{filter}"
        );
    }
    let told = good(&["explain", "1vuoBA-000002-00", &log]);
    assert!(told.contains("9.7 GB"), "{told}");
}

#[test]
fn statistics_go_to_standard_error() {
    let output = run(&["export", "messages", "--stats", LOG]);
    assert_eq!(rows(&text(&output.stdout)).len(), 1);
    let told = text(&output.stderr);
    assert!(told.starts_with("hopgrade: 9 lines, 1.5 kB in "), "{told}");
    assert!(
        told.contains("9 events, 1 messages, 0 mails; heap "),
        "{told}"
    );
}

#[test]
fn the_summary_of_the_case() {
    insta::assert_snapshot!(good(&["demo", "--as-of", "2026-08-01"]));
    let none = good(&["demo", "--where", "status:delivered"]);
    assert!(none.contains("no message is graded C or worse"), "{none}");
}

#[test]
fn the_summary_of_a_log_says_how_to_see_more() {
    let told = good(&["--tz", "Europe/Berlin", "--where", "grade=R", LOG]);
    assert!(
        told.contains("\n  hopgrade explain 1j69ZJ-0001iL-S3 assets/demo/mainlog\n"),
        "{told}"
    );
    assert!(told.contains("\n1 message with grade=R\n"), "{told}");
    let none = good(&["--where", "grade=F", LOG]);
    assert!(none.contains("\n0 messages with grade=F\n"), "{none}");
}

#[test]
fn a_summary_of_many_files_fits_a_screen() {
    let dir = tempfile::tempdir().unwrap();
    let mail = fs::read(MAIL).unwrap();
    for nth in 0..30 {
        // A copy would be read once.
        let mail = [&mail[..], format!("\nX-Number: {nth}\n").as_bytes()].concat();
        write(dir.path(), &format!("{nth:02}.eml"), &mail);
    }
    let told = good(&[dir.path().to_str().unwrap()]);
    assert!(told.contains("\nand 25 more files\n"), "{told}");
    assert!(told.lines().count() < 24, "{told}");
}

/// A mail whose every part a stranger has written, markup and controls in it.
const HOSTILE_MAIL: &[u8] = b"Received: from <script>alert(1)</script>.example ([192.0.2.1])\n\
\tby gate.example.org with esmtps (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)\n\
\tid </td><td>1; Wed, 1 May 2024 10:00:00 +0000\n\
Received: from \"><img/src=x>.example ([192.0.2.2]) by <script>.example with SMTP id &lt;2;\n\
\tWed, 1 May 2024 09:59:00 +0000\n\
From: \x1b[2J<b>Anna</b> <anna@example.com>\n\
Subject: <script>alert(2)</script> \xe2\x80\xae \xee\x80\x80\n\
Message-ID: <hostile@example.com>\n\
X-Mailer: <style>*{display:none}</style>\n\n";

#[test]
fn a_page_is_one_file_in_which_a_stranger_writes_nothing_but_text() {
    let dir = tempfile::tempdir().unwrap();
    let mail = write(dir.path(), "hostile.eml", HOSTILE_MAIL);
    for mask in [&[][..], &["--mask"]] {
        let asked = ["explain", "hostile@example.com", "--format", "html", &mail];
        let page = good(&[&asked[..], mask].concat());
        assert!(page.contains("&lt;script&gt;"), "{page}");
        let tags = page.match_indices('<').map(|(at, _)| {
            let tag = page[at + 1..].trim_start_matches(['/', '!']);
            let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
            &tag[..end.unwrap_or(tag.len())]
        });
        let known = "DOCTYPE html head meta title style body h1 h2 p br table thead tbody tr th td";
        for tag in tags {
            assert!(known.split(' ').any(|own| own == tag), "<{tag}>");
        }
        assert_eq!(page.matches("<style>").count(), 1);
        // Nothing is fetched, nothing runs.
        for never in ["src=", "href=", "url(", "@import"] {
            let mut places = page.match_indices(never);
            assert!(
                places.all(|(at, _)| page[..at].ends_with("&lt;img/")),
                "{never}"
            );
        }
        let bad = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{e000}".contains(c);
        assert!(!page.contains(bad), "{page}");
    }
}

#[test]
fn the_story_of_the_case() {
    let args = [
        "explain",
        ID,
        "--tz",
        "Europe/Berlin",
        "--as-of",
        "2026-08-01",
        LOG,
    ];
    insta::assert_snapshot!("explain_text", good(&args));
    insta::assert_snapshot!(
        "explain_markdown",
        good(&[&args[..], &["--format", "markdown"]].concat())
    );
    insta::assert_snapshot!(
        "explain_html",
        good(&[&args[..], &["--format", "html"]].concat())
    );
}

/// Old Postfix gives the same queue ID again within minutes.
const REUSED: &[u8] = b"\
Jan 10 10:00:00 mx1 postfix/smtpd[11]: 4F0AAB: client=relay.example.net[192.0.2.9]
Jan 10 10:00:00 mx1 postfix/cleanup[12]: 4F0AAB: message-id=<first@example.net>
Jan 10 10:00:00 mx1 postfix/qmgr[13]: 4F0AAB: from=<a@example.net>, size=900, nrcpt=1 (queue active)
Jan 10 10:00:01 mx1 postfix/smtp[14]: 4F0AAB: to=<c@example.com>, relay=mx.example.com[192.0.2.6]:25, delay=1, delays=0/0/1/0, dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.6] said: 550 5.1.1 unknown)
Jan 10 10:00:01 mx1 postfix/bounce[15]: 4F0AAB: sender non-delivery notification: 5D0CCD
Jan 10 10:00:01 mx1 postfix/qmgr[13]: 5D0CCD: from=<>, size=2900, nrcpt=1 (queue active)
Jan 10 10:00:01 mx1 postfix/qmgr[13]: 4F0AAB: removed
Jan 10 10:00:02 mx1 postfix/smtp[14]: 5D0CCD: to=<a@example.net>, relay=relay.example.net[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)
Jan 10 10:00:02 mx1 postfix/qmgr[13]: 5D0CCD: removed
Jan 10 10:05:00 mx1 postfix/smtpd[11]: 4F0AAB: client=relay.example.net[192.0.2.9]
Jan 10 10:05:00 mx1 postfix/cleanup[12]: 4F0AAB: message-id=<second@example.net>
Jan 10 10:05:00 mx1 postfix/qmgr[13]: 4F0AAB: from=<b@example.net>, size=900, nrcpt=1 (queue active)
Jan 10 10:05:01 mx1 postfix/smtp[14]: 4F0AAB: to=<d@example.com>, relay=mx.example.com[192.0.2.6]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)
Jan 10 10:05:01 mx1 postfix/qmgr[13]: 4F0AAB: removed
";

#[test]
fn a_notice_stands_with_the_message_it_is_of_not_with_the_next_of_that_id() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mail.log", REUSED);
    let story = good(&["explain", "4F0AAB", "--year", "2025", &log]);
    let notice = story.find("bounced as 5D0CCD").unwrap();
    let titles: Vec<usize> = story.match_indices("4F0AAB  ").map(|hit| hit.0).collect();
    assert_eq!(titles.len(), 2, "{story}");
    assert!(titles[0] < notice && notice < titles[1], "{story}");

    let form = ["--year", "2025", "--format", "ndjson", &log];
    let stories = rows(&good(&[&["explain", "4F0AAB"][..], &form].concat()));
    let order: Vec<&Value> = stories.iter().map(|story| &story["story"]).collect();
    assert_eq!(order, ["message", "journey", "message"]);

    for (id, bounced) in [("first@example.net", true), ("second@example.net", false)] {
        let story = good(&["explain", id, "--year", "2025", &log]);
        assert_eq!(story.contains("Notices"), bounced, "{story}");
    }
}

#[test]
fn the_story_for_programs() {
    let args = ["explain", "20260223122629.77@telko.example", "--as-of"];
    let files = ["assets/showcase/mainlog", "assets/showcase/answer.eml"];
    let form = ["2026-08-01", "--format", "ndjson"];
    let stories = rows(&good(&[&args[..], &form, &files].concat()));
    let chain = stories.last().unwrap();
    assert_eq!(chain["story"], "chain");
    assert_eq!(chain["as_of"], "2026-08-01");
    let hops = chain["hops"].as_array().unwrap();
    assert_eq!(hops[0]["hop"], 1);
    let graded = hops.iter().all(|hop| hop["grade"].is_string());
    assert!(hops.len() > 1 && graded, "{chain}");

    let stories = rows(&good(&["explain", ID, "--format", "ndjson", LOG]));
    assert_eq!(stories.len(), 1);
    let told = ["story", "queue_id", "grade"].map(|key| stories[0][key].clone());
    assert_eq!(told, ["message", ID, "R"]);
    let step = stories[0]["steps"].as_array().unwrap().iter();
    let folded: Vec<&Value> = step.filter(|step| !step["until"].is_null()).collect();
    assert_eq!(folded.len(), 1, "{}", stories[0]);
    assert!(folded[0]["title"].as_str().unwrap().contains("5 waits"));
}

#[test]
fn log_and_headers_on_one_page() {
    let page = good(&[
        "explain",
        "20260223122629.77@telko.example",
        "--tz",
        "Europe/Berlin",
        "--as-of",
        "2026-08-01",
        "--format",
        "html",
        "assets/showcase/mainlog",
        "assets/showcase/answer.eml",
    ]);
    insta::assert_snapshot!("explain_html_chain", page);
}

#[test]
fn the_stories_of_other_servers() {
    for (server, id) in [
        ("postfix", "4XkQ3c1Rj2z1bC"),
        ("postfix", "4XkQ5d8Tk3z1bD"),
        ("sendmail", "01OA51cd000311"),
        ("opensmtpd", "0a0b0c0d"),
    ] {
        let log = format!("tests/logs/{server}.log");
        let args = [
            "explain",
            id,
            "--tz",
            "UTC",
            "--year",
            "2020",
            "--as-of",
            "2026-08-01",
            &log,
        ];
        insta::assert_snapshot!(format!("explain_{server}_{id}"), good(&args));
        insta::assert_snapshot!(
            format!("explain_{server}_{id}_markdown"),
            good(&[&args[..], &["--format", "markdown"]].concat())
        );
    }
}

#[test]
fn the_messages_of_other_servers() {
    for server in ["postfix", "sendmail", "opensmtpd"] {
        let log = format!("tests/logs/{server}.log");
        let args = [
            "--tz",
            "UTC",
            "--year",
            "2020",
            "--as-of",
            "2026-08-01",
            &log,
        ];
        for table in ["messages", "events"] {
            let args = [&["export", table, "--format", "csv"], &args[..]].concat();
            insta::assert_snapshot!(format!("export_{server}_{table}"), good(&args));
        }
    }
}

#[test]
fn filters_find_what_other_servers_write() {
    let logs = ["postfix", "sendmail", "opensmtpd"].map(|own| format!("tests/logs/{own}.log"));
    for (filter, expected) in [
        ("to:dora", "0e0f0a0b 4XkQ5d8Tk3z1bD"),
        ("to:nobody", "01OA91ef000321"),
        ("addr:jürgen", "01OA01ab000301"),
        ("kind:tls_downgrade", "0a0b0c0d 4XkQ3c1Rj2z1bC"),
        ("kind:frozen", "4XkQ5d8Tk3z1bD"),
        (
            "host:old.example.com",
            "01OA51cd000311 0a0b0c0d 4XkQ3c1Rj2z1bC",
        ),
        // What Postfix marks tls=may? was not required, so it is no refusal.
        ("tls:refused", "01OA51cd000311 4XkQ5d8Tk3z1bD"),
        // Postfix and Sendmail write it in a field of its own, not in the text.
        ("code:4.7.5", "4XkQ3c1Rj2z1bC 4XkQ5d8Tk3z1bD"),
        ("code:5.1.2", "01OA51cd000311"),
        ("text:\"hostname mismatch\"", "4XkQ5d8Tk3z1bD"),
        ("from:<>", "4XkQ6f0Vl4z1bG"),
        ("domain:nowhere.example", "01OA51cd000311"),
    ] {
        let mut args = vec!["export", "messages", "--format", "ndjson", "--year", "2020"];
        args.extend(["--where", filter]);
        args.extend(logs.iter().map(String::as_str));
        let rows = good(&args);
        let ids = rows.lines().map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            row["queue_id"].as_str().unwrap().to_owned()
        });
        let mut ids: Vec<String> = ids.collect();
        ids.sort_unstable();
        assert_eq!(ids.join(" "), expected, "{filter}");
    }
}

#[test]
fn help_is_the_manual() {
    insta::assert_snapshot!("help", good(&["--help"]));
    insta::assert_snapshot!("help_export", good(&["export", "--help"]));
    insta::assert_snapshot!("help_explain", good(&["explain", "--help"]));
    insta::assert_snapshot!("man", good(&["man"]));
    assert!(good(&["--version"]).starts_with("hopgrade "));
}

#[test]
fn completions_know_commands_tables_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = good(&["completions", shell]);
        for word in ["export", "explain", "demo", "where", "profile"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    refused(&["completions", "tcsh"]);
}

/// What a message row shows of each selected message: its queue ID.
fn selected(log: &str, table: &str, filter: &str) -> Vec<String> {
    let found = rows(&good(&["export", table, log, "--where", filter]));
    column(&found, "queue_id")
        .into_iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_filter_finds_what_only_the_line_says() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(
        dir.path(),
        "mainlog",
        b"2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org H=mx.example.org [192.0.2.7] P=esmtp S=10 \
          T=\"Gr\\303\\274\\303\\237e\" for b@example.net\n\
          2024-05-01 10:00:01 1s2AbC-000001-aB => b@example.net R=r T=remote_smtp H=mx.example.net [192.0.2.9] \
          C=\"250 2.6.0 stored as 4711\"\n\
          2024-05-01 10:00:01 1s2AbC-000001-aB Completed\n\
          2024-05-01 10:00:02 1s2AbD-000001-aB <= c@example.org H=mx.example.org [192.0.2.7] P=esmtp S=10 \
          for d@example.com\n",
    );
    let (first, second) = ("1s2AbC-000001-aB", "1s2AbD-000001-aB");
    for (filter, wanted) in [
        ("text:\"stored as\"", first),
        ("text:Gr\u{fc}\u{df}e", first),
        ("code:2.6.0", first),
        ("-code:2.6.0", second),
        ("to:d@example.com", second),
        ("domain=example.com", second),
        ("d@example.com", second),
    ] {
        assert_eq!(selected(&log, "messages", filter), [wanted], "{filter}");
    }
    assert_eq!(selected(&log, "events", "text:4711"), [first]);
    assert_eq!(selected(&log, "events", "code=2.6.0"), [first]);
    // A bare word is looked for in the ID, too.
    assert_eq!(selected(&log, "events", second), [second]);
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
fn an_arrival_under_a_known_id_is_another_message() {
    let line = "2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org U=root P=local S=10\n";
    let output = run_with(&["export", "messages", "-"], line.repeat(3).as_bytes());
    let rows = rows(&text(&output.stdout));
    assert_eq!(column(&rows, "events"), [1, 1, 1]);
    assert_eq!(column(&rows, "line"), [1, 2, 3]);
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
fn every_value_of_tls_that_events_show_can_be_asked_for() {
    let args = ["export", "events", LOG];
    let all = rows(&good(&args));
    for state in ["refused", "not_stated", "no", "yes"] {
        let shown = column(&all, "tls").into_iter().filter(|tls| **tls == state);
        let filter = format!("tls={state}");
        let found = rows(&good(&[args.as_slice(), &["--where", &filter]].concat()));
        assert_eq!(found.len(), shown.count(), "{state}");
    }
}

#[test]
fn an_alias_is_as_far_as_its_addresses() {
    let id = "2024-05-01 10:00:00 1s2AbC-000001-aB";
    let arrival = format!("{id} <= a@example.org U=root P=local S=10\n");
    let to = |mark: &str, name: &str, rest: &str| {
        format!("{id} {mark} {name}@example.net <list@example.org> R=r T=t{rest}\n")
    };
    let (one, late) = (
        to("=>", "one", ""),
        to("==", "two", " defer (-53): retry time"),
    );
    let failed = to("**", "two", ": gone");
    let early = format!("{id} == list@example.org R=r defer (-1): lookup failed\n");
    let end = format!("{id} Completed\n");
    for (lines, wanted) in [
        ([&one, &late].as_slice(), "partial"),
        (&[&late, &one], "partial"),
        (&[&failed, &one, &end], "partial"),
        (&[&one, &failed, &end], "partial"),
        (&[&late], "deferred"),
        (&[&early, &one], "delivered"),
        (&[&late, &one, &to("=>", "two", ""), &end], "delivered"),
    ] {
        let log: String = [&arrival]
            .iter()
            .chain(lines)
            .map(|line| line.as_str())
            .collect();
        let output = run_with(&["export", "messages", "-"], log.as_bytes());
        let rows = rows(&text(&output.stdout));
        assert_eq!(column(&rows, "status"), [wanted], "{log}");
    }
}

#[test]
fn nothing_is_local_while_a_leg_is_not_shown() {
    // No line of this log shows TLS, so the arrival's is not known; the delivery is local.
    let log = "2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org H=mx.example.org [192.0.2.7] P=esmtp S=9\n\
               2024-05-01 10:00:01 1s2AbC-000001-aB => bo <bo@example.net> R=local_user T=local_delivery\n\
               2024-05-01 10:00:01 1s2AbC-000001-aB Completed\n";
    let output = run_with(&["export", "messages", "-"], log.as_bytes());
    let found = rows(&text(&output.stdout));
    assert_eq!(column(&found, "grade"), ["?"]);
    assert_eq!(column(&found, "incomplete"), [true]);
    let story = run_with(&["explain", "1s2AbC-000001-aB", "-"], log.as_bytes());
    assert!(!text(&story.stdout).contains("never crossed a network"));

    let mail = "Received: from bo by host.example.net with local (Exim 4.96) id 1; Tue, 25 Feb 2020 13:26:32 +0100\n\
                Received: from mx.example.org (mx.example.org [192.0.2.7]) by host.example.net (Unknown) with SMTP id 2;\n\
                \tTue, 25 Feb 2020 13:26:31 +0100\nSubject: x\n\n";
    let args = ["export", "messages", "--trust", "host.example.net", "-"];
    let found = rows(&text(&run_with(&args, mail.as_bytes()).stdout));
    assert_eq!(column(&found, "grade"), ["?"]);
}

#[test]
fn the_topmost_header_is_ours_unless_hosts_are_named() {
    let evidence = |trusted: &[&str]| {
        let trusted = trusted.iter().flat_map(|host| ["--trust", host]);
        let args: Vec<&str> = ["export", "hops", "assets/demo/reply.eml"]
            .into_iter()
            .chain(trusted)
            .collect();
        let found = rows(&good(&args));
        column(&found, "evidence")
            .into_iter()
            .cloned()
            .collect::<Vec<Value>>()
    };
    assert_eq!(evidence(&[]), ["peer", "peer", "own"]);
    let not_ours = evidence(&["mailout02.t-online.de"]);
    assert_eq!(not_ours, ["unverified"; 3], "the topmost is not named");
    let named = evidence(&["userserver", "mailout02.t-online.de"]);
    assert_eq!(named, ["peer", "own", "own"]);
    assert_eq!(evidence(&["194.25.134.0/24"]), ["peer", "own", "own"]);
    let mail = "Received: from a.example (a.example [203.0.113.9]) by b.example (Postfix) with SMTP id 1;\n\
                \tTue, 25 Feb 2020 13:26:32 +0100\nMessage-ID: <x@a.example>\n\n";
    let args = ["explain", "x@a.example", "--trust", "c.example", "-"];
    let story = text(&run_with(&args, mail.as_bytes()).stdout);
    assert!(story.contains("None of its headers is ours."), "{story}");
}

#[test]
fn a_hop_within_the_host_is_not_told_as_in_clear() {
    let mail = "Received: from localhost (localhost [127.0.0.1]) by b.example (Postfix) with SMTP id 1;\n\
                \tTue, 25 Feb 2020 13:26:32 +0100\nMessage-ID: <x@a.example>\n\n";
    let story = text(&run_with(&["explain", "x@a.example", "-"], mail.as_bytes()).stdout);
    assert!(story.contains("SMTP within one host"), "{story}");
    assert!(!story.contains("in clear"), "{story}");
}

#[test]
fn the_filter_knows_the_grades_that_the_rows_show() {
    // Loopback without a TLS statement, in a log that shows none.
    let log = "2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org H=localhost [127.0.0.1] P=esmtp S=9\n\
               2024-05-01 10:00:01 1s2AbC-000001-aB => b@example.net R=r T=t H=localhost [::1] C=\"250 ok\"\n";
    for filter in ["grade=L", "-grade=?"] {
        let args = ["export", "events", "--where", filter, "-"];
        let found = rows(&text(&run_with(&args, log.as_bytes()).stdout));
        assert_eq!(column(&found, "grade"), ["L", "L"], "{filter}");
    }
    let found = rows(&text(
        &run_with(&["export", "messages", "-"], log.as_bytes()).stdout,
    ));
    assert_eq!(column(&found, "grade"), ["L"]);
    assert_eq!(column(&found, "incomplete"), [false]);
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

#[test]
fn lines_not_understood_are_a_table_that_can_be_shown_to_others() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "odd", ODD_LOG.as_bytes());
    let told = rows(&good(&["export", "not-understood", &log]));
    assert_eq!(column(&told, "line"), [2, 4]);
    let shapes = column(&told, "shape");
    assert_eq!(
        shapes,
        [
            "<date> <time> <word> <<addr>> on <host>",
            "<word>, <word>[<id> and <word> were here",
        ]
    );
    assert_eq!(told[1]["text"], "anna, \\x1b[2J and carla were here");
    assert_eq!(told[1]["file"], log.as_str());
    let masked = good(&["export", "not-understood", "--mask", &log]);
    assert!(
        !masked.contains("anna") && !masked.contains("ertha"),
        "{masked}"
    );
    let masked = rows(&masked);
    assert_eq!(column(&masked, "shape"), shapes);
    assert!(masked.iter().all(|row| row["text"].is_null()));
}

#[test]
fn lines_not_understood_are_filtered_and_sorted() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "odd", ODD_LOG.as_bytes());
    let lines = |args: &[&str]| -> Vec<u64> {
        let told = rows(&good(&[&["export", "not-understood", &log], args].concat()));
        column(&told, "line")
            .iter()
            .map(|line| line.as_u64().unwrap())
            .collect()
    };
    assert_eq!(lines(&["--sort", "line:desc"]), [4, 2]);
    assert_eq!(lines(&["--where", "text:carla"]), [4]);
    assert_eq!(lines(&["--where", "bertha OR /^anna/"]), [2, 4]);
    assert_eq!(lines(&["--where", "-carla file:odd"]), [2]);
    assert_eq!(lines(&["--where", "file:other"]), [0; 0]);
    for filter in ["since:-2h", "grade>=C", "carla OR NOT to:anna"] {
        let told = refused(&["export", "not-understood", "--where", filter, &log]);
        assert!(
            told.contains("not understood") && told.contains("file:"),
            "{told}"
        );
    }
}

#[test]
fn a_log_that_says_nothing_of_tls_is_told_the_setting() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "odd", ODD_LOG.as_bytes());
    let sentence = "This log does not say whether TLS was used for one delivery and one arrival by exim. \
        log_selector = +tls_cipher would log it";
    let story = good(&["explain", "1vum00-000000-00", &log]);
    assert!(
        story
            .trim_end()
            .lines()
            .last()
            .unwrap()
            .starts_with(sentence),
        "{story}"
    );
    let markdown = good(&["explain", "1vum00-000000-00", "--format", "markdown", &log]);
    assert!(markdown.contains("\n\nThis log does not say"), "{markdown}");
    let summary = good(&[&log]);
    assert_eq!(
        summary.matches("This log does not say").count(),
        1,
        "{summary}"
    );
    assert!(
        summary.contains("2 of 5 lines not understood: "),
        "{summary}"
    );
    assert!(
        summary.contains("  hopgrade export not-understood "),
        "{summary}"
    );
    let shown = ODD_LOG.replace(
        "[192.0.2.9]",
        "[192.0.2.9] X=TLS1.3:TLS_AES_256_GCM_SHA384:256",
    );
    let shown = write(dir.path(), "shown", shown.as_bytes());
    for told in [
        good(&["explain", "1vum00-000000-00", &shown]),
        good(&[&shown]),
    ] {
        assert!(!told.contains("log_selector"), "{told}");
    }
}

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

#[test]
fn the_lines_behind_rows() {
    let log = fs::read_to_string(LOG).unwrap();
    let of_message: String = log
        .split_inclusive('\n')
        .filter(|line| line.contains(ID))
        .collect();
    let filter = format!("id:{ID}");
    let messages = [
        "export", "messages", "--format", "lines", "--where", &filter, LOG,
    ];
    assert_eq!(good(&messages), format!("{of_message}\n"));
    let events = [
        "export",
        "events",
        "--format",
        "lines",
        "--where",
        "kind:tls_refused OR kind:deferral",
        LOG,
    ];
    let lines = good(&events);
    assert!(!lines.is_empty() && lines.lines().all(|line| of_message.contains(line)));

    // Of a mail it is the header.
    let header = good(&["export", "messages", "--format", "lines", MAIL]);
    let mail = fs::read_to_string(MAIL).unwrap();
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(&header), squeezed(&mail));

    let masked = good(&[
        "export", "messages", "--format", "lines", "--mask", "--where", &filter, LOG,
    ]);
    assert_eq!(masked.lines().count(), of_message.lines().count() + 1);
    assert!(!masked.contains("tosa@"), "{masked}");
    let told = refused(&["export", "hosts", "--format", "lines", LOG]);
    assert!(told.contains("hosts are no log lines"), "{told}");
}

#[test]
fn what_a_log_holds_never_reaches_a_terminal_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let hostile = b"2026-02-24 08:00:00 1vumAA-000001-00 <= a@example.org U=a P=local S=300 T=\"\x1b[2J\xff\"\n";
    let log = write(dir.path(), "mainlog", hostile);
    let lines = run(&["export", "messages", "--format", "lines", &log]).stdout;
    assert!(lines.starts_with(b"2026-02-24 08:00:00 1vumAA-000001-00 <= a@example.org"));
    assert!(!lines.contains(&0x1b) && !lines.contains(&0xff));
}

#[test]
fn the_filter_that_the_help_shows_fits_every_command_that_takes_one() {
    for command in [
        &["export", "messages"][..],
        &["export", "events"],
        &["export", "hops"],
        &["export", "hosts"],
        &["export", "domains"],
        &["export", "findings"],
        &["evidence"],
        &["check"],
    ] {
        let help = good(&[command[0], "--help"]);
        let shown = help.split("such as '").nth(1).unwrap();
        let filter = shown.split('\'').next().unwrap();
        let output = run(&[command, &["--where", filter, LOG]].concat());
        let told = text(&output.stderr);
        assert!(!told.contains("no such field"), "{command:?}: {told}");
    }
}
