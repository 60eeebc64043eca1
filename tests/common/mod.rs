//! What several tests share: the corpora beside the project, and the tables that the program writes about them.

#![allow(dead_code, reason = "no test needs all of it")]
#![allow(clippy::expect_used, reason = "a helper may fail its test")]

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use hopgrade::ingest::{self, Options};
use hopgrade::model::{Model, Zone};
use hopgrade::source::Input;
use serde_json::Value;

/// The corpora, or a message that they are absent.
pub fn corpora() -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
    if path.is_dir() {
        return Some(path.to_path_buf());
    }
    // Past what the test harness catches of a test that passes.
    let _ = writeln!(io::stderr(), "skipped: ../shared is absent");
    None
}

pub fn json(path: &Path) -> Value {
    let text = fs::read(path).expect("a readable file");
    serde_json::from_slice(&text).expect("JSON")
}

/// One value a line.
pub fn json_lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a readable file");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The model of some logs, in this order. Lines without a year are of 2026.
pub fn model_of(logs: &[&str]) -> Model {
    let dir = tempfile::tempdir().expect("a folder");
    let inputs = logs.iter().enumerate().map(|(number, text)| {
        let path = dir.path().join(format!("mail{number}.log"));
        fs::write(&path, text).expect("a written file");
        Input::File(path)
    });
    let options = Options {
        zone: Zone::parse("UTC").expect("a zone"),
        year: Some(2026),
        ..Options::default()
    };
    let loaded = ingest::load(inputs.collect::<Vec<_>>(), options);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded.model
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lines of a file, bytes as they are.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|byte| *byte == b'\n')
}

/// Every file below a folder, in order of path.
pub fn all_files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
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

/// Every file below a folder whose path below it, with a slash in front, holds one of the names.
pub fn files(root: &Path, names: &[&str]) -> Vec<PathBuf> {
    let mut found = all_files(root);
    found.retain(|path| {
        let below = path.strip_prefix(root).expect("below the root");
        let name = format!("/{}", below.to_string_lossy());
        names.iter().any(|wanted| name.contains(wanted))
    });
    found
}

/// Counts Received headers in another way: line ends made equal, lines up to the first blank one.
pub fn received_lines(bytes: &[u8]) -> usize {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_start_matches('\n')
        .split('\n')
        .take_while(|line| !line.is_empty())
        .filter(|line| {
            let name = line.split_once(':').map_or("", |(name, _)| name);
            name.trim_end().eq_ignore_ascii_case("received")
        })
        .count()
}

/// A table of the program about some inputs; what it complained where it could not read one.
pub fn export<P: AsRef<OsStr>>(
    table: &str,
    options: &[&str],
    inputs: &[P],
) -> Result<Vec<Value>, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_hopgrade"))
        .args(["export", table, "--format", "ndjson"])
        .args(options)
        .args(inputs)
        .output()
        .expect("the program starts");
    if !output.status.success() {
        let told = text(&output.stderr);
        let reason = told.lines().next().unwrap_or_default();
        let reason = reason.split(" (").next().unwrap_or_default();
        return Err(reason.rsplit('/').next().unwrap_or_default().to_owned());
    }
    let rows = lines(&output.stdout).filter(|line| !line.is_empty());
    Ok(rows
        .map(|line| serde_json::from_slice(line).expect("an object a line"))
        .collect())
}

/// A text column; empty where it is null.
pub fn cell<'a>(row: &'a Value, column: &str) -> &'a str {
    row[column].as_str().unwrap_or_default()
}
