//! The frames around log entries against real files: rsyslog in three shapes, journalctl in twelve. Reads
//! `../shared`; where that is absent each test says so and returns.

#![expect(clippy::expect_used, reason = "a helper may fail its test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hopgrade::parse::{
    Entry, Fact, Flag, Framing, Kind, Outcome, Reader, Stamp, exim, looks_like_cat, message,
};
use proptest::prelude::*;
use serde_json::Value;

const SYSLOG: [&str; 3] = ["traditional", "iso", "rfc5424"];

/// Output formats of journalctl; whether the year, the zone and milliseconds are in it.
const JOURNAL: [(&str, Framing, [bool; 3]); 11] = [
    ("short", Framing::Lines, [false, false, false]),
    ("short-precise", Framing::Lines, [false, false, true]),
    ("short-iso", Framing::Lines, [true, true, false]),
    ("short-iso-precise", Framing::Lines, [true, true, true]),
    ("short-full", Framing::Lines, [true, true, false]),
    ("short-unix", Framing::Lines, [true, true, true]),
    ("with-unit", Framing::Lines, [true, true, false]),
    ("json", Framing::Lines, [true, true, true]),
    ("json-pretty", Framing::JsonPretty, [true, true, true]),
    ("export", Framing::Export, [true, true, true]),
    ("verbose", Framing::Verbose, [true, true, true]),
];

/// An entry that owns its words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Owned {
    stamp: Stamp,
    words: [String; 4],
}

impl Owned {
    fn of(entry: &Entry<'_>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            stamp: entry.stamp,
            words: [entry.host, entry.program, entry.pid, entry.text].map(text),
        }
    }
}

fn lab() -> Option<PathBuf> {
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpora/mta-lab"
    ));
    if path.is_dir() {
        return Some(path.to_path_buf());
    }
    eprintln!("skipped: ../shared is absent");
    None
}

fn records(framing: Framing, text: &[u8]) -> Vec<&[u8]> {
    let mut rest = text;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let end = framing.record_end(rest).unwrap_or(rest.len());
        assert!(
            (1..=rest.len()).contains(&end),
            "{framing:?}: {end} of {}",
            rest.len()
        );
        let (record, behind) = rest.split_at(end);
        found.push(record);
        rest = behind;
    }
    found
}

/// Every entry of a file whose records all have a frame.
fn entries(path: &Path, expected: Framing) -> Vec<Owned> {
    let text = fs::read(path).expect("a readable file");
    assert_eq!(
        Framing::detect(&text[..text.len().min(64 << 10)]),
        Some(expected),
        "{}",
        path.display()
    );
    let mut scratch = Vec::new();
    records(expected, &text)
        .into_iter()
        .map(|record| {
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(entry) = expected.open(record, &mut scratch) else {
                panic!("{}: {}", path.display(), String::from_utf8_lossy(record));
            };
            Owned::of(&entry)
        })
        .collect()
}

/// Both are the same but for what the first does not tell of the time.
fn assert_same(name: &str, found: &[Owned], told: [bool; 3], full: &[Owned]) {
    let [year, zone, millis] = told;
    assert_eq!(found.len(), full.len(), "{name}");
    for (found, full) in found.iter().zip(full) {
        assert_eq!(found.words, full.words, "{name}");
        assert_eq!(found.stamp.yearless, !year, "{name}");
        if zone {
            assert_eq!(found.stamp.utc(), full.stamp.utc(), "{name}: {found:?}");
        } else {
            assert_eq!(found.stamp.offset, None, "{name}");
            let in_day = |stamp: &Stamp| stamp.civil.rem_euclid(86_400);
            assert_eq!(in_day(&found.stamp), in_day(&full.stamp), "{name}");
        }
        let expected = if millis { full.stamp.millis } else { 0 };
        assert_eq!(found.stamp.millis, expected, "{name}: {found:?}");
    }
}

#[test]
fn every_output_format_of_journalctl_tells_the_same() {
    let Some(lab) = lab() else { return };
    let path = |format: &str| lab.join("journald").join(format!("journalctl.{format}"));
    let full = entries(&path("export"), Framing::Export);
    assert_eq!(full.len(), 91);
    assert_eq!(
        full[0],
        Owned {
            stamp: Stamp {
                civil: 1_795_419_263,
                millis: 6,
                offset: Some(0),
                yearless: false
            },
            words: [
                "lab.example",
                "postfix/master",
                "9015",
                "daemon started -- version 3.7.11, configuration /etc/postfix"
            ]
            .map(str::to_owned),
        }
    );
    for (format, framing, told) in JOURNAL {
        let found = entries(&path(format), framing);
        assert_same(format, &found, told, &full);
    }
}

#[test]
fn texts_alone_are_told_from_every_other_format() {
    let Some(lab) = lab() else { return };
    let read = |format: &str| {
        let path = lab.join("journald").join(format!("journalctl.{format}"));
        fs::read(path).expect("a readable file")
    };
    let cat = read("cat");
    assert_eq!(Framing::detect(&cat), None);
    assert!(looks_like_cat(&cat));
    assert!(!message::looks_like_headers(&cat));
    for (format, ..) in JOURNAL {
        let text = read(format);
        assert!(!looks_like_cat(&text), "{format}");
        assert!(!message::looks_like_headers(&text), "{format}");
    }
    for server in ["ex4100", "ex496", "os79", "pf311", "sm817"] {
        let path = lab.join(format!("syslog/{server}.iso.log"));
        let log = fs::read_to_string(path).expect("a readable log");
        let said = log
            .lines()
            .filter_map(|line| Some(line.split_once("]: ")?.1));
        let texts: Vec<&str> = said.collect();
        let texts = texts.join("\n");
        // Exim's words hold its own time, unless it was told to leave it out.
        let without_time = server != "ex4100";
        assert_eq!(looks_like_cat(texts.as_bytes()), without_time, "{server}");
    }
}

#[test]
fn the_three_shapes_of_syslog_tell_the_same() {
    let Some(lab) = lab() else { return };
    let mut all = 0;
    for server in ["ex4100", "ex496", "os79", "pf311", "sm817"] {
        let [traditional, iso, rfc5424] = SYSLOG.map(|shape| {
            let path = lab.join(format!("syslog/{server}.{shape}.log"));
            entries(&path, Framing::Lines)
        });
        assert_same(server, &traditional, [false, false, false], &iso);
        // An app name ends at the first slash: rsyslog's `programname`.
        let mut short = iso.clone();
        for entry in &mut short {
            let end = entry.words[1].find('/');
            entry.words[1].truncate(end.unwrap_or(usize::MAX));
        }
        assert_same(server, &rfc5424, [true, true, true], &short);
        for entry in &iso {
            let [host, program, pid, text] = &entry.words;
            assert_eq!(*host, format!("mail.{server}.example"));
            assert!(!program.is_empty() && !text.is_empty(), "{entry:?}");
            assert!(pid.bytes().all(|byte| byte.is_ascii_digit()), "{entry:?}");
        }
        all += rfc5424.len();
    }
    assert_eq!(all, 2045);
}

/// Files of other kinds.
#[test]
fn what_has_no_frames_is_not_taken_for_a_syslog() {
    let Some(lab) = lab() else { return };
    for name in ["ex4100", "ex493o", "ex496", "seed493"] {
        let path = lab.join(format!("logs/{name}/mainlog"));
        let text = fs::read(path).expect("a readable log");
        assert_eq!(Framing::detect(&text), None, "{name}");
        assert!(!looks_like_cat(&text), "{name}");
    }
    let mut messages = 0;
    for entry in fs::read_dir(lab.join("eml")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read(&path).expect("a readable message");
        assert_eq!(Framing::detect(&text), None, "{}", path.display());
        assert!(!looks_like_cat(&text), "{}", path.display());
        assert!(message::looks_like_headers(&text), "{}", path.display());
        messages += 1;
    }
    assert!(messages > 300);
}

/// What a fact states, and how often it is stated.
type Counted = BTreeMap<(String, Kind, Option<Flag>, String), usize>;

fn count(counted: &mut Counted, fact: &Fact<'_>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let peer = [fact.peer.ip, fact.address, fact.text].map(text).join(" ");
    let key = (text(fact.queue_id), fact.kind, fact.flag, peer);
    *counted.entry(key).or_default() += 1;
}

/// Whether Exim writes its own time into its syslog entries or not, cuts them up or not: main log and reject log
/// together say what the syslog says.
#[test]
fn exim_says_in_syslog_what_it_says_in_its_own_logs() {
    let Some(lab) = lab() else { return };
    for server in ["ex4100", "ex496"] {
        let mut own = Counted::new();
        for log in ["mainlog", "rejectlog"] {
            let path = lab.join(format!("logs/{server}/{log}"));
            let text = fs::read(path).expect("a readable log");
            for line in text.split(|byte| *byte == b'\n') {
                if let Outcome::Fact(fact) = exim::line(line) {
                    count(&mut own, &fact);
                }
            }
        }
        for shape in SYSLOG {
            let path = lab.join(format!("syslog/{server}.{shape}.log"));
            let text = fs::read(path).expect("a readable log");
            let reader = Reader::framed(Framing::Lines);
            let mut scratch = hopgrade::parse::Scratch::new();
            let mut framed = Counted::new();
            let lines = text.split(|byte| *byte == b'\n');
            for line in lines.filter(|line| !line.is_empty()) {
                match reader.read(line, b"", &mut scratch) {
                    Outcome::Fact(fact) => {
                        assert_eq!(fact.program, b"exim");
                        assert_eq!(fact.host, format!("mail.{server}.example").as_bytes());
                        assert_eq!(
                            fact.stamp.yearless,
                            shape == "traditional" && server == "ex496"
                        );
                        count(&mut framed, &fact);
                    }
                    Outcome::Continuation => {}
                    other => panic!("{other:?}: {}", String::from_utf8_lossy(line)),
                }
            }
            assert!(framed.len() > 300);
            assert_eq!(framed, own, "{server} {shape}");
        }
    }
}

/// Real lines of many a host: the time, and the program where a syslog wrote the line.
#[test]
fn lines_from_the_field() {
    let Some(lab) = lab() else { return };
    let mut framed = [0; 2];
    for name in [
        "postfix",
        "sendmail-auth",
        "sendmail-reject",
        "qmail",
        "exim",
    ] {
        let path = lab.join(format!("../fail2ban/{name}.json"));
        let text = fs::read(path).expect("a readable file");
        let rows: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
        for row in &rows {
            let line = row["line"].as_str().expect("a line");
            let mut scratch = Vec::new();
            let Some(entry) = Framing::Lines.open(line.as_bytes(), &mut scratch) else {
                framed[1] += 1;
                assert_eq!(name, "exim", "{line}");
                continue;
            };
            framed[0] += 1;
            let program = String::from_utf8_lossy(entry.program).into_owned();
            let expected: &[&str] = match name {
                "postfix" => &["postfix"],
                "sendmail-auth" | "sendmail-reject" => &["sm-", "sendmail"],
                "qmail" => &["qmail", "rblsmtpd"],
                _ => &["exim"],
            };
            assert!(
                expected.iter().any(|name| program.starts_with(name)),
                "{line}"
            );
            assert!(!entry.text.is_empty(), "{line}");
            // That corpus reads year-less stamps in a year of its own: the time of the day must agree.
            let Some(time) = row["fail2ban"]["time"]
                .as_str()
                .and_then(|time| time.get(11..19))
            else {
                continue;
            };
            let seconds = entry.stamp.civil.rem_euclid(86_400);
            let [hour, minute] = [seconds / 3600, seconds / 60 % 60];
            let clock = format!("{hour:02}:{minute:02}:{:02}", seconds % 60);
            assert_eq!(clock, time, "{line}");
        }
    }
    assert!(framed[0] > 100 && framed[1] > 30, "{framed:?}");
}

fn any_framing() -> impl Strategy<Value = Framing> {
    prop::sample::select(Framing::ALL.to_vec())
}

/// Records of every framing, to be damaged.
const SEEDS: [&[u8]; 6] = [
    b"Nov 23 07:33:40 mx postfix/smtpd[989]: connect from a\nNov  3 07:33:40 tag: x\n",
    b"<22>1 2026-11-23T07:33:40.5Z mx app 12 id [a b=\"c\\]\"][d] \xef\xbb\xbftext\n<22>Nov 23 07:33:40 mx x: y\n",
    b"Mon 2026-11-23 07:34:23.006692 UTC [s=1;i=2]\n    _HOSTNAME=mx\n    MESSAGE=a\n            b\n\
      Mon 2026-11-23 07:34:24 CET mx tag[1]: text\n1795419263.006692 mx tag[1]: text\n",
    b"{\n\t\"MESSAGE\" : [ 104, 105 ],\n\t\"__REALTIME_TIMESTAMP\" : \"1795419263006692\"\n}\n\
      {\"MESSAGE\":[\"a\",[98]],\"__REALTIME_TIMESTAMP\":1795419263006692,\"_COMM\":null}\n",
    b"__REALTIME_TIMESTAMP=1795419263006692\nMESSAGE\n\x05\0\0\0\0\0\0\0a\n\n\nb\n_PID=1\n\n__CURSOR=x\n\n",
    b"2026 Nov 23 07:33:40 a@b/c <mail.info> tag[1]: message repeated 2 times: [ x]\n",
];

proptest! {
    #[test]
    fn any_bytes(framing in any_framing(), text in prop::collection::vec(any::<u8>(), 0..400)) {
        walk(framing, &text);
    }

    #[test]
    fn damaged_records(
        framing in any_framing(),
        seeds in prop::collection::vec(prop::sample::select(SEEDS.to_vec()), 1..4),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..8),
    ) {
        let mut text = seeds.concat();
        for (at, byte, how) in damage {
            let at = at.index(text.len());
            match how {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ if text.len() > 1 => { text.remove(at); }
                _ => {}
            }
        }
        walk(framing, &text);
    }
}

/// Reads every record in every way; the records cover the text.
fn walk(framing: Framing, text: &[u8]) {
    let mut scratch = Vec::new();
    let mut covered = 0;
    for record in records(framing, text) {
        covered += record.len();
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        for framing in Framing::ALL {
            let _ = framing.open(record, &mut scratch);
        }
    }
    assert_eq!(covered, text.len());
    let _ = (Framing::detect(text), looks_like_cat(text));
}
