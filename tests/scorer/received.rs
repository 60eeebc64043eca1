//! Received headers of many dialects, hand-labelled, and those of SpamAssassin's tests: each as the only
//! header of a message file.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{cell, export, json_lines};
use crate::table::Row;

/// The hop of each row, by the number of its file.
fn hops(headers: &[String]) -> Result<Vec<Option<Value>>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, header) in headers.iter().enumerate() {
        let message = format!("{header}\nFrom: a@example.org\nSubject: x\n\nx\n");
        fs::write(folder.path().join(format!("{number:04}.eml")), message).expect("a file");
    }
    let mut hops = vec![None; headers.len()];
    for hop in export("hops", &["--tz", "UTC"], &[folder.path()])? {
        let name = cell(&hop, "file").rsplit('/').next().unwrap_or_default();
        let number: usize = name.trim_end_matches(".eml").parse().expect("a number");
        hops[number] = Some(hop);
    }
    Ok(hops)
}

/// What two columns say, as text; null is empty.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A host as CONTRACT.md writes it.
fn host(text: &str) -> String {
    text.trim_end_matches('.').to_ascii_lowercase()
}

/// Columns of the table and fields of the labels. The second group is null both for "not written" and for
/// "not labelled".
const LABELLED: [(&str, &str); 9] = [
    ("from_ip", "from_ip"),
    ("by", "by"),
    ("with", "with"),
    ("transport", "transport"),
    ("tls", "tls"),
    ("cipher", "cipher"),
    ("bits", "bits"),
    ("group", "kex"),
    ("time", "date_utc"),
];
const SOMETIMES: [(&str, &str); 4] = [
    ("from_helo", "helo"),
    ("queue_id", "id"),
    ("for", "for"),
    ("tls_version", "tls_version"),
];

pub fn dialects(corpora: &Path) -> Row {
    let mut row = Row::new("received-dialects.jsonl", "every labelled field");
    let labelled = json_lines(&corpora.join("received-dialects.jsonl"));
    let headers: Vec<String> = labelled
        .iter()
        .map(|one| cell(one, "raw").to_owned())
        .collect();
    let unfolded = labelled
        .iter()
        .map(|one| format!("Received: {}", cell(one, "header")));
    let headers: Vec<String> = headers
        .into_iter()
        .zip(unfolded)
        .map(|(raw, unfolded)| if raw.is_empty() { unfolded } else { raw })
        .collect();
    let hops = match hops(&headers) {
        Ok(hops) => hops,
        Err(reason) => return row.unread(reason),
    };
    for (labels, hop) in labelled.iter().zip(hops) {
        let number = &labels["n"];
        let Some(hop) = hop else {
            row.main.missed(format!("n={number}: no hop"));
            continue;
        };
        let expected = &labels["expected"];
        for (column, field) in LABELLED {
            let label = label(labels, column, &expected[field], &hop);
            let got = got(column, &hop);
            let what = || format!("n={number} {column}");
            row.main.compare(what, &label, &got);
        }
        for (column, field) in SOMETIMES {
            if expected[field].is_null() {
                continue;
            }
            let label = label(labels, column, &expected[field], &hop);
            let got = got(column, &hop);
            row.main
                .compare(|| format!("n={number} {column}"), &label, &got);
        }
    }
    row.note = format!("{} headers", labelled.len());
    row
}

/// A label in the words of CONTRACT.md.
fn label(labels: &Value, column: &str, label: &Value, hop: &Value) -> String {
    let text = plain(label);
    match column {
        "by" | "from_helo" => host(&text),
        "for" => text.trim_matches(['<', '>']).to_owned(),
        // Schannel once wrote the group behind the suite.
        "group" if text.is_empty() => {
            let suite = cell(&labels["expected"], "cipher");
            let curve = suite.rsplit('_').next().unwrap_or_default();
            let is_curve = ["P256", "P384", "P521"].contains(&curve);
            if is_curve { curve.to_owned() } else { text }
        }
        // Labels know no `no`: plaintext is a conclusion. We draw it of writers that always tell of TLS.
        "tls" if text == "not_stated" && hop["tls"] == "no" && always_tells(labels) => {
            "no".to_owned()
        }
        _ => text,
    }
}

fn always_tells(labels: &Value) -> bool {
    let mta = cell(labels, "mta").to_ascii_lowercase();
    ["exim", "postfix", "sendmail", "opensmtpd"]
        .iter()
        .any(|name| mta.contains(name))
        // Sendmail, under whatever name: release/configuration.
        || cell(labels, "header").contains(" (8.")
}

fn got(column: &str, hop: &Value) -> String {
    let text = plain(&hop[column]);
    match column {
        "by" | "from_helo" => host(&text),
        "time" => text.replace(".000Z", "Z"),
        "with" => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => text,
    }
}

pub fn spamassassin(corpora: &Path) -> [Row; 2] {
    let mut parsed = Row::new("spamassassin-received.jsonl", "relays: ip, by, id, helo");
    let mut ignored = Row::new("spamassassin-received.jsonl", "ignored: nothing graded");
    let rows = json_lines(&corpora.join("spamassassin-received.jsonl"));
    let headers: Vec<String> = rows
        .iter()
        .map(|one| cell(one, "headers").to_owned())
        .collect();
    let hops = match hops(&headers) {
        Ok(hops) => hops,
        Err(reason) => return [parsed.unread(reason.clone()), ignored.unread(reason)],
    };
    for (labels, hop) in rows.iter().zip(hops) {
        let hop = hop.unwrap_or(Value::Null);
        let number = &labels["n"];
        if labels["outcome"] == "ignored" {
            let graded = !matches!(cell(&hop, "grade"), "" | "?" | "L");
            if graded || !cell(&hop, "tls_version").is_empty() {
                ignored.main.wrong(format!("n={number}: {hop}"));
            } else {
                ignored.main.right();
            }
            continue;
        }
        for (column, field) in [
            ("from_ip", "ip"),
            ("by", "by"),
            ("queue_id", "id"),
            ("from_helo", "helo"),
        ] {
            let label = spamassassin_label(&labels["expected"], field);
            let got = got(column, &hop);
            parsed
                .main
                .compare(|| format!("n={number} {column}"), &label, &got);
        }
    }
    [parsed, ignored]
}

/// SpamAssassin writes `!` for brackets in a HELO.
fn spamassassin_label(expected: &Value, field: &str) -> String {
    let label = plain(&expected[field]);
    let inner = label
        .strip_prefix('!')
        .and_then(|rest| rest.strip_suffix('!'));
    match (field, inner) {
        ("helo", Some(literal)) => host(&format!("[{literal}]")),
        ("helo" | "by", None) => host(&label),
        _ => label,
    }
}
