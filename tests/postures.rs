//! Postures of a generated month, and their numbers counted again from the other tables.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use common::{cell, export};
use serde_json::Value;

const A: &str = " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
const C: &str = " X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no";
const PLAIN: &str = "";
const NEW_SPELLING: &str = " X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes";
const OLD_SPELLING: &str = " X=TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes";
const GNUTLS: &str = " X=TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM:256 CV=yes";

const DAYS: u32 = 28;
const HOSTS: u32 = 120;

/// What was made to happen to a host, on which day of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Steady(&'static str),
    Regressed(u32),
    Improved(u32),
    Blip(u32),
    Respelled(u32),
    StopsOffering(u32),
    ThereAndBack(u32),
}

impl Fate {
    /// Every tenth host has a fate; the days are spread by a small multiplication.
    fn of(host: u32) -> Self {
        let day = 4 + host * 7 % (DAYS - 8);
        match host % 10 {
            0 => Self::Regressed(day),
            1 => Self::Improved(day),
            2 | 3 => Self::Blip(day),
            4 | 5 => Self::Respelled(day),
            6 => Self::StopsOffering(day),
            7 => Self::ThereAndBack(day),
            8 => Self::Steady(C),
            _ => Self::Steady(A),
        }
    }

    /// TLS of the nth connection of a day; `None` where it is refused.
    fn tls(self, day: u32, nth: u32) -> Option<&'static str> {
        Some(match self {
            Self::Steady(x) => x,
            Self::Regressed(from) => [A, C][usize::from(day >= from)],
            Self::Improved(from) => [PLAIN, A][usize::from(day >= from)],
            Self::Blip(on) => [A, PLAIN][usize::from(day == on && nth == 1)],
            Self::Respelled(from) if day < from => OLD_SPELLING,
            Self::Respelled(from) if day < from + 2 => NEW_SPELLING,
            Self::Respelled(_) => GNUTLS,
            Self::StopsOffering(from) if day >= from => return None,
            Self::StopsOffering(_) => A,
            Self::ThereAndBack(from) => [A, C][usize::from((from..from + 3).contains(&day))],
        })
    }

    const fn trend(self) -> &'static str {
        match self {
            Self::Steady(_) | Self::Blip(_) | Self::Respelled(_) => "steady",
            Self::Regressed(_) | Self::StopsOffering(_) => "regressed",
            Self::Improved(_) => "improved",
            Self::ThereAndBack(_) => "mixed",
        }
    }

    /// The day on which the present run began.
    const fn since(self) -> u32 {
        match self {
            Self::Steady(_) | Self::Blip(_) | Self::Respelled(_) => 1,
            Self::Regressed(day) | Self::StopsOffering(day) | Self::Improved(day) => day,
            Self::ThereAndBack(day) => day + 3,
        }
    }
}

fn name(host: u32) -> String {
    format!("mx.h{host}.example")
}

/// The log of a gate in February 2026: every host gets two or three messages a day, each third host sends
/// one in as well, always with TLS 1.3.
fn month() -> String {
    let mut log = String::new();
    let mut messages = 0;
    for day in 1..=DAYS {
        for nth in 0..3 {
            for host in 0..HOSTS {
                if nth == 2 && host % 4 != 0 {
                    continue;
                }
                messages += 1;
                let id = format!("1v{day:04}-{messages:06}-00");
                let time = |minute: u32| {
                    format!(
                        "2026-02-{day:02} {:02}:{minute:02}:{:02}",
                        8 + nth * 4,
                        host % 60
                    )
                };
                let remote = format!("H={} [198.51.100.{host}]", name(host));
                let _ = writeln!(log, "{} {id} <= a@example.org U=a P=local S=300", time(0));
                match Fate::of(host).tls(day, nth) {
                    Some(x) => {
                        let to = "=> bo@example.net R=r T=t";
                        let _ = writeln!(log, "{} {id} {to} {remote}{x}", time(1));
                        let _ = writeln!(log, "{} {id} Completed", time(1));
                    }
                    None => refuse(&mut log, &id, &remote, time),
                }
                if nth == 0 && host % 3 == 0 {
                    let id = format!("1w{day:04}-{messages:06}-00");
                    let from = "<= bo@example.net";
                    let _ = writeln!(log, "{} {id} {from} {remote} P=esmtps{A} S=900", time(2));
                }
            }
        }
    }
    // Stable: lines of one message keep their order.
    let mut lines: Vec<&str> = log.lines().collect();
    lines.sort_by_key(|line| line.get(..19));
    lines.join("\n") + "\n"
}

/// A refused attempt, as Exim tells it: two lines, then waits that made no connection.
fn refuse(log: &mut String, id: &str, remote: &str, time: impl Fn(u32) -> String) {
    let why = "a TLS session is required, but the server did not offer TLS support";
    let to = "== bo@example.net R=r T=t";
    let _ = writeln!(log, "{} {id} {remote}: {why}", time(1));
    let _ = writeln!(log, "{} {id} {to} defer (-38) {remote}: {why}", time(1));
    for minute in [20, 40] {
        let wait = "defer (-53): retry time not reached for any host for 'example.net'";
        let _ = writeln!(log, "{} {id} {to} {wait}", time(minute));
    }
}

/// The month on disk, for as long as the folder lives.
fn on_disk() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mainlog");
    fs::write(&path, month()).unwrap();
    (dir, path)
}

const OPTIONS: [&str; 4] = ["--tz", "UTC", "--as-of", "2026-08-01"];

fn table(name: &str, filter: &str, log: &PathBuf) -> Vec<Value> {
    let options = [&OPTIONS[..], &["--where", filter]].concat();
    export(name, &options, &[log]).unwrap()
}

#[test]
fn exactly_what_was_made_to_happen_is_found() {
    let (_dir, log) = on_disk();
    for (level, place) in [("hosts", 3), ("domains", 0)] {
        let rows = table(level, "", &log);
        let out: BTreeMap<&str, &Value> = rows
            .iter()
            .filter(|row| row["direction"] == "out")
            .map(|row| (cell(row, "name"), row))
            .collect();
        assert_eq!(out.len(), HOSTS as usize);
        for host in 0..HOSTS {
            let (fate, name) = (Fate::of(host), name(host));
            let row = out[&name[3 - place..][..]];
            assert_eq!(row["trend"], fate.trend(), "{level} {name} {fate:?}");
            let day = format!("2026-02-{:02}T08:", fate.since());
            assert!(
                cell(row, "since").starts_with(&day),
                "{level} {name} {fate:?}: {row}"
            );
            let blip = matches!(fate, Fate::Blip(_));
            assert_eq!(row["grade_f"] == 1, blip, "{level} {name} {fate:?}");
        }
        let inbound = rows.iter().filter(|row| row["direction"] == "in");
        let inbound: Vec<&Value> = inbound.collect();
        assert_eq!(inbound.len(), HOSTS as usize / 3);
        for row in inbound {
            assert_eq!(
                (&row["trend"], &row["grade_a"]),
                (&"steady".into(), &DAYS.into())
            );
        }
    }
}

#[test]
fn every_regression_is_a_finding_and_nothing_else_is() {
    let (_dir, log) = on_disk();
    let found = table("findings", "", &log);
    let regressed: BTreeMap<&str, &Value> = found
        .iter()
        .filter(|row| row["rule"] == "regressed")
        .map(|row| (cell(row, "subject"), row))
        .collect();
    let all = found.iter().filter(|row| row["rule"] == "regressed");
    assert_eq!(all.count(), regressed.len(), "a host twice");
    for host in 0..HOSTS {
        let (fate, name) = (Fate::of(host), name(host));
        // The days on which it was worse, and what it became.
        let (days, grade, severity, unit) = match fate {
            Fate::Regressed(day) => (day..=DAYS, "C", "warning", "delivery"),
            Fate::ThereAndBack(day) => (day..=day + 2, "C", "warning", "delivery"),
            Fate::StopsOffering(day) => (day..=DAYS, "R", "warning", "attempt"),
            _ => {
                assert!(!regressed.contains_key(&name[..]), "{name} {fate:?}");
                continue;
            }
        };
        let row = regressed[&name[..]];
        let a_day = if host % 4 == 0 { 3 } else { 2 };
        let count = (days.end() - days.start() + 1) * a_day;
        assert_eq!(row["count"], count, "{name} {fate:?}: {row}");
        for (column, expected) in [
            ("grade", grade),
            ("severity", severity),
            ("unit", unit),
            ("direction", "out"),
        ] {
            assert_eq!(cell(row, column), expected, "{name} {fate:?}: {row}");
        }
        for (column, day) in [("first", days.start()), ("last", days.end())] {
            let day = format!("2026-02-{day:02}T");
            assert!(cell(row, column).starts_with(&day), "{name}: {row}");
        }
        let events = table(
            cell(row, "recount_table"),
            cell(row, "recount_filter"),
            &log,
        );
        let distinct: BTreeSet<_> = events
            .iter()
            .map(|event| (cell(event, "queue_id"), event["attempt"].as_u64()))
            .collect();
        assert_eq!(row["count"], distinct.len(), "{row}");
        let lines = events.iter().map(|event| {
            let line = event["line"].as_u64().unwrap();
            format!("{}:{line}", log.display())
        });
        let lines: Vec<Value> = lines.map(Value::from).collect();
        assert_eq!(row["evidence"], Value::from(lines), "{row}");
    }
}

/// The waits of each host: those of a message belong to the host tried last for the same recipient.
fn waits(events: &[Value]) -> HashMap<String, u64> {
    let mut tried: HashMap<(&str, &str), &str> = HashMap::new();
    let mut waits = HashMap::new();
    for event in events {
        let key = (cell(event, "queue_id"), cell(event, "address"));
        if event["kind"] == "retry_wait" {
            let host = tried.get(&key).copied().unwrap_or_default();
            *waits.entry(host.to_owned()).or_default() += 1;
        } else if event["direction"] == "out" && !cell(event, "peer_name").is_empty() {
            tried.insert(key, cell(event, "peer_name"));
        }
    }
    waits
}

/// Counts a row again from the events and messages of a person's filter.
fn recount(row: &Value, log: &PathBuf, waits: &HashMap<String, u64>, by: &str) {
    let (name, direction) = (cell(row, "name"), cell(row, "direction"));
    let kind = ["arrival", "delivery"][usize::from(direction == "out")];
    let mut events = table(
        "events",
        &format!("{by}={name} kind:{kind} OR {by}={name} tls:refused"),
        log,
    );
    events.retain(|event| event["direction"] == direction);
    let (deliveries, refused): (Vec<&Value>, Vec<&Value>) =
        events.iter().partition(|event| event["kind"] == kind);
    assert_eq!(row["deliveries"], deliveries.len(), "{row}");
    for letter in ["A", "B", "C", "D", "E", "F", "S"] {
        let graded = deliveries.iter().filter(|event| event["grade"] == letter);
        let column = format!("grade_{}", letter.to_lowercase());
        assert_eq!(row[&column], graded.count(), "{letter}: {row}");
    }
    let attempts = refused
        .iter()
        .map(|event| (cell(event, "queue_id"), event["attempt"].as_u64()));
    let attempts: BTreeSet<_> = attempts.collect();
    assert_eq!(row["refused"], attempts.len(), "{row}");
    let host = ["", "mx."][usize::from(by == "domain")].to_owned() + name;
    let own_waits = waits.get(&host).filter(|_| direction == "out");
    assert_eq!(
        row["waits"],
        own_waits.copied().unwrap_or_default(),
        "{row}"
    );
    let times = || events.iter().map(|event| cell(event, "time"));
    assert_eq!(cell(row, "first"), times().min().unwrap(), "{row}");
    if row["waits"] == 0 {
        assert_eq!(cell(row, "last"), times().max().unwrap(), "{row}");
    }
    let latest = events
        .iter()
        .max_by_key(|event| cell(event, "time"))
        .unwrap();
    assert_eq!(row["latest"], latest["grade"], "{row}");
    let scale = "ABSCDEF";
    let grades = deliveries
        .iter()
        .filter_map(|event| scale.find(cell(event, "grade")));
    let grades: BTreeSet<usize> = grades.collect();
    let letter = |at: Option<&usize>| at.map_or("R", |at| &scale[*at..=*at]);
    assert_eq!(row["best"], letter(grades.first()), "{row}");
    assert_eq!(row["worst"], letter(grades.last()), "{row}");
}

/// Counts the messages to a host. One message has one recipient and one attempt in the month.
fn recount_messages(row: &Value, log: &PathBuf, by: &str) {
    if row["direction"] == "out" {
        let filter = format!("{by}={} attempts>=1", cell(row, "name"));
        let messages = table("messages", &filter, log);
        let (sent, refused) = (&row["deliveries"], &row["refused"]);
        let sum = sent.as_u64().unwrap() + refused.as_u64().unwrap();
        assert_eq!(messages.len() as u64, sum, "{row}");
    }
}

#[test]
fn every_number_can_be_counted_again() {
    let (_dir, log) = on_disk();
    let waits = waits(&table("events", "", &log));
    for (level, by, hosts) in [
        ("hosts", "host", &[0, 1, 2, 6, 7][..]),
        ("domains", "domain", &[6]),
    ] {
        let mut recounted = 0;
        for row in table(level, "", &log) {
            let number = cell(&row, "name")
                .trim_start_matches("mx.")
                .trim_start_matches('h');
            let number: u32 = number.trim_end_matches(".example").parse().unwrap();
            if hosts.contains(&number) {
                recount(&row, &log, &waits, by);
                recount_messages(&row, &log, by);
                recounted += 1;
            }
        }
        // Some hosts hand mail in as well.
        let inbound = hosts.iter().filter(|host| *host % 3 == 0).count();
        assert_eq!(recounted, hosts.len() + inbound);
    }
}

#[test]
fn every_number_of_the_bundled_cases_can_be_counted_again() {
    for case in [
        "refused",
        "three-days",
        "improved",
        "rc4",
        "downgrade",
        "spelling",
    ] {
        let log = PathBuf::from(format!("demo:{case}"));
        let waits = waits(&table("events", "", &log));
        for row in table("hosts", "", &log) {
            recount(&row, &log, &waits, "host");
        }
        for row in table("domains", "", &log) {
            assert_eq!(
                row["deliveries"].as_u64().unwrap() + row["refused"].as_u64().unwrap(),
                {
                    let own = |host: &&Value| {
                        let name = cell(host, "name");
                        let domain = cell(&row, "name");
                        host["direction"] == row["direction"]
                            && (name == domain || name.ends_with(&format!(".{domain}")))
                    };
                    let hosts = table("hosts", "", &log);
                    let hosts = hosts.iter().filter(own);
                    let sum = |host: &Value| {
                        host["deliveries"].as_u64().unwrap() + host["refused"].as_u64().unwrap()
                    };
                    hosts.map(sum).sum::<u64>()
                }
            );
        }
    }
}

#[test]
fn a_filter_selects_the_events_that_count() {
    let (_dir, log) = on_disk();
    let all = table("hosts", "host=mx.h0.example", &log);
    let late = table("hosts", "host=mx.h0.example since:2026-02-20", &log);
    let row = |rows: &[Value]| {
        rows.iter()
            .find(|row| row["direction"] == "out")
            .cloned()
            .unwrap()
    };
    let (all, late) = (row(&all), row(&late));
    assert_eq!(all["trend"], "regressed");
    assert_eq!(late["trend"], "steady");
    assert_eq!(late["deliveries"], 9 * 3);
    assert!(cell(&late, "first").starts_with("2026-02-20T08:"));
    let address = table("hosts", "ip=198.51.100.6 tls:refused", &log);
    assert_eq!(address.len(), 1);
    assert_eq!(
        (cell(&address[0], "name"), &address[0]["waits"]),
        ("mx.h6.example", &0.into())
    );
    assert!(table("hosts", "host=nobody.example", &log).is_empty());
}

#[test]
fn a_filter_that_names_a_peer_changes_nothing_about_it() {
    let (_dir, log) = on_disk();
    for (level, domain) in [("hosts", false), ("domains", true)] {
        let all = table(level, "", &log);
        let out = all.iter().filter(|row| row["direction"] == "out");
        let waiting = out.filter(|row| row["waits"].as_u64() > Some(0));
        let waiting: Vec<&Value> = waiting.collect();
        assert_eq!(waiting.len(), HOSTS as usize / 10, "{level}");
        for row in waiting {
            let name = cell(row, "name");
            let mut filters = vec![
                format!("domain={name}"),
                format!("host:{name}"),
                name.into(),
            ];
            if !domain {
                filters.push(format!("host={name}"));
                filters.push(format!("ip={}", cell(row, "ip")));
            }
            for filter in filters {
                let found = table(level, &filter, &log);
                assert!(found.contains(row), "{filter}: {found:?}, not {row}");
            }
        }
    }
}

#[test]
fn rows_are_sorted_by_any_column_as_in_every_table() {
    let (_dir, log) = on_disk();
    for (sort, column) in [
        ("refused:desc", "refused"),
        ("name", "name"),
        ("since", "since"),
    ] {
        let options = [&OPTIONS[..], &["--sort", sort]].concat();
        let rows = export("hosts", &options, &[&log]).unwrap();
        let cells: Vec<&Value> = rows.iter().map(|row| &row[column]).collect();
        let sorted = cells
            .windows(2)
            .all(|pair| match (pair[0].as_i64(), pair[1].as_i64()) {
                (Some(one), Some(next)) => one >= next,
                _ => pair[0].as_str() <= pair[1].as_str(),
            });
        assert!(sorted, "{sort}: {cells:?}");
        assert!(cells.windows(2).any(|pair| pair[0] != pair[1]));
    }
}

#[test]
fn the_mask_hides_clients_and_keeps_mail_hosts() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("mainlog");
    let line = |id: u32, host: &str| {
        format!("2026-02-01 08:00:00 1v0001-{id:06}-00 <= a@example.net {host} P=esmtps{A} S=900\n")
    };
    let text = line(1, "H=dyn-77.pool.example.net [198.51.100.77]")
        + &line(2, "H=(laptop) [198.51.100.78]")
        + &line(3, "H=mx.example.net [198.51.100.79]");
    fs::write(&log, text).unwrap();
    let options = [&OPTIONS[..], &["--mask"]].concat();
    let rows = export("hosts", &options, &[&log]).unwrap();
    let cells = |column: &str| -> Vec<String> {
        rows.iter()
            .map(|row| cell(row, column).to_owned())
            .collect()
    };
    assert_eq!(
        cells("ip"),
        ["198.51.100.0/24", "198.51.100.0/24", "198.51.100.79"]
    );
    let names = cells("name");
    assert!(
        names[0].starts_with("p-") && names[0].ends_with(".pool.example.net"),
        "{names:?}"
    );
    assert_eq!(names[1..], ["198.51.100.0/24", "mx.example.net"]);
}
