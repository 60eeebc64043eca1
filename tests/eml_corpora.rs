//! Messages of many mail projects and of a laboratory: none may lose a hop, none may be misjudged.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use hopgrade::ingest::{self, Options};
use hopgrade::insight::headers;
use hopgrade::model::chain::{self, Trust};
use hopgrade::parse::message;
use hopgrade::parse::received::{Received, Writer};
use hopgrade::source::{SourceError, Twin, expand};
use hopgrade::tls::{Statement, TlsState, Version};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora")).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: ../shared is absent");
    None
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Counts Received headers in another way: line ends made equal, lines up to the first blank one.
fn received_lines(bytes: &[u8]) -> usize {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_start_matches('\n')
        .split('\n')
        .take_while(|line| !line.is_empty())
        .filter(|line| {
            let (name, colon) = line
                .split_once(':')
                .map_or(("", false), |(name, _)| (name, true));
            colon && name.trim_end().eq_ignore_ascii_case("received")
        })
        .count()
}

/// The messages of a file: several in an mbox.
fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = vec![0];
    if bytes.starts_with(b"From ") {
        let marks = bytes.windows(7).enumerate();
        starts.extend(
            marks
                .filter(|(_, window)| window == b"\n\nFrom ")
                .map(|(at, _)| at + 2),
        );
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| bytes.get(*start..end))
        .collect()
}

#[test]
fn every_message_loads_and_loses_no_hop() {
    let Some(directory) = corpus("eml") else {
        return;
    };
    let files = files(&directory);
    let mut count = 0;
    let mut hops = 0;
    let mut with_by = 0;
    let mut with_date = 0;
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        for bytes in messages(&bytes) {
            let facts = message::parse(bytes);
            count += 1;
            assert!(facts.fields > 0, "{}", path.display());
            assert_eq!(
                facts.hops.len(),
                received_lines(bytes),
                "{}",
                path.display()
            );
            hops += facts.hops.len();
            let received: Vec<_> = facts.received().collect();
            for hop in &received {
                with_by += usize::from(!hop.by.is_empty());
                with_date += usize::from(hop.date.is_some());
            }
            let chain = chain::evaluate(&received, &Trust::default(), |_| false);
            assert_eq!(chain.hops.len(), received.len(), "{}", path.display());
            for finding in headers::findings(&facts, &chain) {
                assert!(
                    !finding.summary.contains(char::is_control),
                    "{}: {finding:?}",
                    path.display()
                );
                *found.entry(finding.id).or_default() += 1;
            }
        }
    }
    println!(
        "{} files, {count} messages, {hops} Received, {with_by} with by, {with_date} with date",
        files.len()
    );
    println!("findings: {found:?}");
    assert_eq!((files.len(), count, hops), (1160, 1213, 2777));
}

/// What is loaded from a path: for each mail its hops, by file and index.
fn loaded(paths: &[PathBuf]) -> (BTreeMap<(PathBuf, u32), usize>, Vec<SourceError>) {
    let (inputs, errors) = expand(paths);
    assert!(errors.is_empty(), "{errors:?}");
    let loaded = ingest::load(inputs, Options::default());
    let model = &loaded.model;
    let mails = model.mails.iter().map(|mail| {
        let path = model.path(mail.file).to_owned();
        // The header block can be had back, from its first line to its last.
        let line = |number| model.line(mail.file, number).unwrap();
        assert!(
            !line(mail.first_line).starts_with(b"From "),
            "{}",
            path.display()
        );
        assert!(!line(mail.last_line).is_empty(), "{}", path.display());
        ((path, mail.index), mail.hops.len())
    });
    (mails.collect(), loaded.errors)
}

#[test]
fn every_message_of_every_file_gets_into_the_model() {
    let Some(directory) = corpus("eml") else {
        return;
    };
    let mut wanted = BTreeMap::new();
    for path in files(&directory) {
        let bytes = std::fs::read(&path).unwrap();
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        for (index, message) in (0_u32..).zip(messages(&text)) {
            wanted.insert((path.clone(), index), received_lines(message));
        }
    }
    // File by file, so that copies within the corpus are read as well.
    let mut found = BTreeMap::new();
    for path in files(&directory) {
        let (mails, errors) = loaded(&[path]);
        assert!(errors.is_empty(), "{errors:?}");
        found.extend(mails);
    }
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(key, hops)| found.get(*key) != Some(*hops))
        .collect();
    let added: Vec<_> = found
        .keys()
        .filter(|key| !wanted.contains_key(*key))
        .collect();
    println!(
        "{} mails, {} hops",
        found.len(),
        found.values().sum::<usize>()
    );
    assert!(
        missing.is_empty() && added.is_empty(),
        "missing {missing:#?}, added {added:#?}"
    );

    // As one directory: the same but for copies, which are counted.
    let (mails, errors) = loaded(std::slice::from_ref(&directory));
    let (mut distinct, mut copies) = (BTreeMap::new(), 0);
    for path in files(&directory) {
        let mut bytes = std::fs::read(&path).unwrap();
        if !bytes.contains(&b'\n') {
            // The line ends of old Macs are the only difference between some.
            let unix = |byte: &mut u8| *byte = if *byte == b'\r' { b'\n' } else { *byte };
            bytes.iter_mut().for_each(unix);
        }
        let first = distinct.insert(bytes, path);
        copies += usize::from(first.is_some());
    }
    let once: BTreeSet<&PathBuf> = distinct.values().collect();
    let of_distinct = found.keys().filter(|(path, _)| once.contains(path));
    assert_eq!(mails.len(), of_distinct.count());
    assert!(
        matches!(&errors[..], [SourceError::Twin { twin: Twin::Text, more, .. }] if more + 1 == copies),
        "{errors:?}, {copies} copies"
    );
}

/// The laboratory: what a tap on the wire saw while these messages travelled.
struct Lab {
    directory: PathBuf,
    truth: Value,
}

impl Lab {
    fn open() -> Option<Self> {
        let directory = corpus("mta-lab")?;
        let truth = std::fs::read(directory.join("truth.json")).ok()?;
        Some(Self {
            directory,
            truth: serde_json::from_slice(&truth).ok()?,
        })
    }

    fn ip(&self, host: &str) -> &str {
        self.truth["hosts"][host].as_str().unwrap_or_default()
    }

    /// The connections of a scenario that a hop can be about: into the host that wrote the header (by
    /// name or by one of its other names, which share the address), from the address that it tells.
    fn connections<'a>(&'a self, scenario: &'a Value, hop: &Received<'_>) -> Vec<&'a Value> {
        let by = self.ip(&String::from_utf8_lossy(hop.by));
        let from = String::from_utf8_lossy(hop.ip);
        let connections = scenario["hops"].as_array().map_or(&[][..], Vec::as_slice);
        connections
            .iter()
            .filter(|connection| {
                let end = |name: &str| self.ip(connection[name].as_str().unwrap_or_default());
                !by.is_empty() && end("server") == by && end("client") == from
            })
            .collect()
    }
}

/// How hops of the laboratory compare with the wire.
#[derive(Default)]
struct Compared {
    unmatched: usize,
    encrypted: usize,
    version_not_written: usize,
    plain: usize,
    not_stated: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

/// Version and suite are those of the wire. Exim with GnuTLS writes IANA names, the tap `OpenSSL` names, so
/// suites are compared only where both write the same.
fn fits(hop: &Received<'_>, statement: &Statement<'_>, wire: &Value) -> bool {
    let text = |field: &str| wire[field].as_str().unwrap_or_default().as_bytes();
    Version::parse(text("tls")) == Version::parse(statement.version)
        && (hop.writer == Writer::Exim
            || statement.cipher.is_empty()
            || statement.cipher == text("cipher"))
}

impl Compared {
    fn hop(&mut self, file: &str, hop: &Received<'_>, connections: &[&Value]) {
        if connections.is_empty() {
            self.unmatched += 1;
            return;
        }
        let versions: Vec<&str> = connections
            .iter()
            .filter_map(|wire| wire["tls"].as_str())
            .collect();
        let statement = hop.statement.unwrap_or_default();
        let right = match hop.tls {
            TlsState::Yes if statement.version.is_empty() => {
                self.version_not_written += 1;
                !versions.contains(&"none")
            }
            TlsState::Yes => {
                self.encrypted += 1;
                connections.iter().any(|wire| fits(hop, &statement, wire))
            }
            TlsState::No => {
                self.plain += 1;
                versions.contains(&"none")
            }
            _ => {
                *self.not_stated.entry(versions.join("|")).or_default() += 1;
                true
            }
        };
        if !right {
            self.wrong
                .push(format!("{file}: {:?}, wire {versions:?}", hop.tls));
        }
    }
}

#[test]
fn the_laboratory_is_never_contradicted() {
    let Some(lab) = Lab::open() else {
        return;
    };
    let mut compared = Compared::default();
    for scenario in lab.truth["scenarios"].as_array().unwrap() {
        for name in scenario["eml"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let Ok(bytes) = std::fs::read(lab.directory.join("eml").join(name)) else {
                continue;
            };
            let facts = message::parse(&bytes);
            assert_eq!(facts.hops.len(), received_lines(&bytes), "{name}");
            for hop in facts.received() {
                compared.hop(name, &hop, &lab.connections(scenario, &hop));
            }
        }
    }
    println!(
        "encrypted with version {}, without {}, plain {}, not stated {:?}, no such connection {}",
        compared.encrypted,
        compared.version_not_written,
        compared.plain,
        compared.not_stated,
        compared.unmatched
    );
    for line in &compared.wrong {
        println!("  {line}");
    }
    assert_eq!(compared.wrong, Vec::<String>::new());
    // The hops without a connection are forged ones and those of a loopback filter.
    assert_eq!((compared.encrypted, compared.version_not_written), (92, 11));
    assert_eq!((compared.plain, compared.unmatched), (223, 18));
    assert!(compared.not_stated.is_empty());
}
