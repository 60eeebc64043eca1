//! The bundled cases: what the program says of each.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::process::Command;

use common::{cell, export};
use serde_json::Value;

const OPTIONS: [&str; 2] = ["--as-of", "event"];

fn table(name: &str, case: &str) -> Vec<Value> {
    export(name, &OPTIONS, &[format!("demo:{case}")]).unwrap()
}

/// Columns of the rows in one direction, each row in one string.
fn cells(rows: &[Value], direction: &str, columns: &[&str]) -> Vec<String> {
    let rows = rows.iter().filter(|row| row["direction"] == direction);
    let line = |row: &Value| {
        let values = columns.iter().map(|column| match &row[*column] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        values.collect::<Vec<_>>().join(" ")
    };
    rows.map(line).collect()
}

fn findings(case: &str) -> Vec<String> {
    let rows = table("findings", case);
    let line = |row: &Value| {
        let [severity, rule, subject] = ["severity", "rule", "subject"].map(|name| cell(row, name));
        format!("{severity} {rule} {subject} {}", row["count"])
    };
    rows.iter().map(line).collect()
}

#[test]
fn three_days_of_refusals_end_in_an_improvement() {
    let hosts = table("hosts", "three-days");
    assert_eq!(
        cells(
            &hosts,
            "out",
            &["name", "grade_a", "refused", "latest", "trend"]
        ),
        [
            "mx1.example.net 2 4 A improved",
            "mx2.example.net 2 4 A improved",
            "mx3.example.net 2 4 A improved",
        ]
    );
    assert_eq!(
        cells(
            &table("domains", "three-days"),
            "out",
            &["name", "refused", "trend", "hosts", "hosts_at_best"]
        ),
        ["example.net 12 improved 3 3"]
    );
    assert_eq!(
        findings("three-days"),
        ["mx1", "mx2", "mx3"].map(|host| format!("warning tls-refused {host}.example.net 4"))
    );
}

#[test]
fn a_sender_that_improves_keeps_its_weak_point() {
    let hosts = table("hosts", "improved");
    assert_eq!(
        cells(
            &hosts,
            "in",
            &["name", "grade_b", "grade_c", "latest", "trend"]
        ),
        ["mail.example.com 3 3 B improved"]
    );
    assert_eq!(
        findings("improved"),
        ["violation old-tls mail.example.com 3"]
    );
    let events = table("events", "improved");
    let better = |event: &&Value| event["kind"] == "arrival" && event["grade"] == "B";
    let better = events.iter().filter(better);
    assert_eq!(better.clone().count(), 3);
    for event in better {
        let told = event["reasons"].to_string();
        assert!(told.contains("CBC"), "{event}");
    }
}

#[test]
fn rc4_is_broken_and_the_other_direction_is_not() {
    let hosts = table("hosts", "rc4");
    let columns = ["name", "worst", "trend"];
    assert_eq!(
        cells(&hosts, "in", &columns),
        ["mail1.example.com D steady", "client.example.org A steady"]
    );
    assert_eq!(cells(&hosts, "out", &columns), ["mx.example.com A steady"]);
    assert_eq!(
        findings("rc4"),
        [
            "violation broken-tls mail1.example.com 3",
            "warning old-tls mail1.example.com 3",
        ]
    );
}

#[test]
fn a_downgrade_is_a_regression_to_clear() {
    assert_eq!(
        findings("downgrade"),
        [
            "violation downgrade mx.example.com 3",
            "violation sent-clear mx.example.com 3",
            "violation regressed mx.example.com 3",
        ]
    );
    let hosts = table("hosts", "downgrade");
    assert_eq!(
        cells(&hosts, "out", &["name", "grade_a", "grade_f", "trend"]),
        ["mx.example.com 2 3 regressed", "mx.example.net 1 0 steady"]
    );
    let found = table("findings", "downgrade");
    assert_eq!(
        cell(&found[2], "summary"),
        "TLS to mx.example.com became worse, until 27 Apr 2024 TLS 1.2 (A current), \
         from 29 Apr 2024 no TLS (F plain): 3 deliveries."
    );
}

#[test]
fn another_spelling_is_nothing_at_all() {
    assert!(findings("spelling").is_empty());
    for level in ["hosts", "domains"] {
        let rows = table(level, "spelling");
        assert!(!rows.is_empty());
        for row in &rows {
            assert_eq!(
                (&row["trend"], &row["best"], &row["worst"]),
                (&"steady".into(), &"A".into(), &"A".into()),
                "{row}"
            );
            assert_eq!(row["since"], row["first"], "one run: {row}");
        }
    }
    let events = table("events", "spelling");
    let mut spellings: Vec<(String, &str)> = events
        .iter()
        .filter(|event| event["cipher"].is_string())
        .map(|event| (event["cipher"].to_string(), cell(event, "tls_version")))
        .collect();
    spellings.sort_unstable();
    spellings.dedup();
    assert_eq!(spellings.len(), 2, "{spellings:?}");
}

#[test]
fn every_line_of_every_case_is_understood() {
    let list = Command::new(env!("CARGO_BIN_EXE_hopgrade"))
        .args(["demo", "--list"])
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let names = list.lines().filter_map(|line| line.split(' ').next());
    let names: Vec<&str> = names.collect();
    assert_eq!(
        names,
        [
            "refused",
            "three-days",
            "improved",
            "rc4",
            "downgrade",
            "spelling"
        ]
    );
    for case in names {
        assert_eq!(table("not-understood", case), [Value::Null; 0], "{case}");
        assert!(!table("messages", case).is_empty());
        for event in table("events", case) {
            assert!(cell(&event, "file").starts_with("demo/"), "{event}");
        }
    }
}

#[test]
fn a_case_is_read_by_every_command() {
    let told = |args: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_hopgrade"))
            .args(args)
            .env("LANG", "C")
            .output()
            .unwrap();
        let told = String::from_utf8(program.stdout).unwrap();
        (program.status.code().unwrap(), told)
    };
    let (_, first) = told(&["demo"]);
    assert_eq!(first, told(&["demo", "refused"]).1);
    assert_eq!(first, told(&["demo:refused"]).1);
    let (status, story) = told(&["explain", "1s1vQd-00000001TzC-1mLk", "demo:downgrade"]);
    assert!(status == 0 && story.contains("2024-05-02"), "{story}");
    let (status, text) = told(&["evidence", "--lang", "de", "demo:downgrade"]);
    assert_eq!(status, 0);
    assert!(
        text.contains("ist schlechter geworden, bis 27. Apr. 2024"),
        "{text}"
    );
    assert_eq!(told(&["check", "demo:downgrade"]).1.lines().count(), 3);
    assert_eq!(told(&["check", "demo:spelling"]), (0, String::new()));
    assert_eq!(
        told(&["export", "events", "demo:rc4", "demo:spelling"]).0,
        2
    );
    assert_eq!(told(&["demo", "nothing"]).0, 2);
}
