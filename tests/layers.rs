//! The architecture as a test: a layer uses the layers below it and none above.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, highest first. A name here is a module of the crate root.
const LAYERS: [&str; 12] = [
    "cli",
    "ui",
    "clipboard",
    "report",
    "insight",
    "query",
    "ingest",
    "model",
    "parse",
    "source",
    "tls",
    "text",
];

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
    files
}

/// Names of layers that a piece of code mentions as `crate::NAME` or `crate::{NAME, ...}`.
fn layers_used(code: &str) -> Vec<&'static str> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split(';').next().unwrap();
            used.extend(LAYERS.iter().filter(|layer| {
                group
                    .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .any(|word| word == **layer)
            }));
        } else {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            used.extend(LAYERS.iter().filter(|layer| **layer == name));
        }
    }
    used
}

#[test]
fn nothing_imports_upward() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (own, layer) in LAYERS.iter().enumerate() {
        for file in rust_files(&src.join(layer)) {
            for used in layers_used(&fs::read_to_string(&file).unwrap()) {
                let place = LAYERS.iter().position(|other| *other == used).unwrap();
                if place < own {
                    wrong.push(format!("{}: uses {used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports upward:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_root_is_a_layer() {
    let root =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in root.lines() {
        if let Some(name) = line.strip_prefix("pub mod ") {
            assert!(
                LAYERS.contains(&name.trim_end_matches(';')),
                "{name} is in no layer"
            );
        }
    }
}

#[test]
fn the_check_itself_sees_imports() {
    assert_eq!(layers_used("use crate::ui::App;"), ["ui"]);
    assert_eq!(
        layers_used("use crate::{model::Event, text};"),
        ["model", "text"]
    );
    assert!(layers_used("use crate::uix;").is_empty());
}
