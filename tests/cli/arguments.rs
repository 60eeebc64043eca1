//! Arguments: what is a mistake, and what is said of it.

use std::fs;

use super::program::{LOG, good, program, refused, rows, run, text, write};

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

#[test]
fn a_zone_of_the_system_that_cannot_be_read_is_told() {
    let run = |args: &[&str], tz: &str| {
        let output = program(args).env("TZ", tz).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        (text(&output.stdout), text(&output.stderr))
    };
    let events = ["export", "events", LOG];
    let summer_time = "CET-1CEST,M3.5.0,M10.5.0/3";
    let (utc, silent) = run(&events, "UTC0");
    assert_eq!(silent, "");
    let (rows, told) = run(&events, summer_time);
    assert_eq!(rows, utc);
    assert!(told.contains(&format!("TZ={summer_time:?}")), "{told}");
    assert!(told.contains("shown as UTC, --tz names"), "{told}");
    let given = ["export", "events", LOG, "--tz", "UTC"];
    assert_eq!(run(&given, summer_time), (utc.clone(), String::new()));
    let (winter, silent) = run(&events, "CET-1");
    assert_eq!(silent, "");
    assert!(
        winter.contains("2020-02-25T03:55:03") && !utc.contains("03:55:03"),
        "{winter}"
    );
}
