//! The Postfix grammar against real lines: labelled ones, a lab with a tap on the wire, lines from the field.
//! Reads `../shared`; where that is absent each test says so and returns.

#![expect(clippy::expect_used, reason = "a helper may fail its test")]

use std::fs;
use std::path::{Path, PathBuf};

use hopgrade::parse::{Entry, Kind, Outcome, postfix};

fn corpora() -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
    if path.is_dir() {
        return Some(path.to_path_buf());
    }
    eprintln!("skipped: ../shared is absent");
    None
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
}

/// Takes `Mon DD HH:MM:SS host tag[pid]: text` or the same with an ISO stamp apart.
fn unframed(line: &[u8]) -> Option<Entry<'_>> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let words = if line.first()?.is_ascii_digit() { 1 } else { 3 };
    let mut rest = line;
    for _ in 0..words {
        rest = rest.trim_ascii_start();
        let end = rest.iter().position(|byte| *byte == b' ')?;
        rest = rest.get(end..)?;
    }
    let rest = rest.trim_ascii_start();
    let end = rest.iter().position(|byte| *byte == b' ')?;
    let (host, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
    let end = rest.windows(2).position(|pair| pair == b": ")?;
    let (tag, text) = (rest.get(..end)?, rest.get(end + 2..)?);
    let open = tag
        .iter()
        .position(|byte| *byte == b'[')
        .unwrap_or(tag.len());
    let pid = tag.get(open..)?;
    let pid = pid.strip_prefix(b"[").unwrap_or(pid);
    Some(Entry {
        host,
        program: tag.get(..open)?,
        pid: pid.strip_suffix(b"]").unwrap_or(pid),
        text,
        ..Entry::default()
    })
}

/// Every log with Postfix lines in a traditional or ISO frame.
fn logs(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = [
        "mta-lab/logs/pf37/postfix.log",
        "mta-lab/logs/pf37q/postfix.log",
        "mta-lab/syslog/pf311.traditional.log",
        "mta-lab/syslog/pf311.iso.log",
        "mta-lab/journald/journalctl.short",
        "mta-lab/journald/journalctl.short-iso",
        "fail2ban/fail2ban/tests/files/logs/postfix",
    ]
    .iter()
    .map(|name| root.join(name))
    .collect();
    for folder in fs::read_dir(root.join("crowdsec/.tests")).expect("a folder") {
        for file in fs::read_dir(folder.expect("an entry").path()).expect("a folder") {
            let path = file.expect("an entry").path();
            if path.extension().is_some_and(|kind| kind == "log") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_line_from_the_field_is_understood() {
    let Some(root) = corpora() else { return };
    let (mut read, mut odd) = (0_usize, Vec::new());
    for path in logs(&root) {
        let log = fs::read(&path).expect("a readable log");
        for line in lines(&log) {
            let Some(entry) = unframed(line).filter(|entry| postfix::claims(entry.program)) else {
                continue;
            };
            read += 1;
            match postfix::entry(&entry) {
                Outcome::Fact(fact) => assert!(
                    fact.kind != Kind::Delivery || fact.direction.is_some(),
                    "{}",
                    text(line)
                ),
                outcome => odd.push(format!("{outcome:?}: {}", text(line))),
            }
        }
    }
    assert!(
        odd.is_empty(),
        "{} of {read}:\n{}",
        odd.len(),
        odd.join("\n")
    );
    assert!(read > 4000, "{read}");
}
