//! postfix-cases: single lines with the fields that stand in them, of those that CONTRACT.md has.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::common::{cell, export, json_lines};
use crate::table::Row;

/// Rows that are a part of a line, or of a daemon's housekeeping: no line of a log about mail.
const NO_LINES: [&str; 6] = [
    "command_counter_data",
    "delays",
    "relay",
    "anvil",
    "dnsblog",
    "scache",
];

/// The daemon that writes such lines.
fn service(file: &str) -> &str {
    let name = file.rsplit_once('_').map_or(file, |(name, _)| name);
    match name {
        "tls_features" => "smtp",
        "postscreen" if file == "postscreen_0029.yaml" => "postscreen",
        other => other,
    }
}

fn is_line(row: &Value) -> bool {
    let file = cell(row, "file");
    let part = file.starts_with("tls_features") && !cell(row, "line").contains(": to=");
    !part && !NO_LINES.contains(&service(file))
}

pub fn score(corpora: &Path) -> Row {
    let mut table = Row::new("postfix-cases.jsonl", "fields of the contract");
    let mut rows = json_lines(&corpora.join("postfix-cases.jsonl"));
    rows.retain(is_line);
    // Each line of a process of its own: none belongs to the conversation of another.
    let mut log = String::new();
    for (number, row) in rows.iter().enumerate() {
        let line = cell(row, "line").trim_end().replace('\n', "?");
        let service = service(cell(row, "file"));
        let pid = 1000 + number;
        let _ = writeln!(log, "Nov 23 07:33:40 mail postfix/{service}[{pid}]: {line}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mail.log");
    fs::write(&path, log).expect("a file");
    let events = match export("events", &["--tz", "UTC"], &[&path]) {
        Ok(events) => events,
        Err(reason) => return table.unread(reason),
    };
    let mut silent = 0;
    for (number, row) in rows.iter().enumerate() {
        let wanted = wanted(row);
        if wanted.is_empty() {
            silent += 1;
            continue;
        }
        let event = events.iter().find(|event| event["line"] == number + 1);
        for (column, label) in wanted {
            let got = event.map_or_else(String::new, |event| got(event, column));
            let what = || format!("{} {column}", cell(row, "file"));
            table.main.compare(what, &label, &got);
        }
    }
    table.note = format!("{} lines, {silent} without such a field", rows.len());
    table
}

fn got(event: &Value, column: &str) -> String {
    match &event[column] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What a key of `key=<value>, ` or `key=value ` says.
fn keyed(data: &str, key: &str) -> Option<String> {
    let pattern = format!(r"(?:^|[ ,]){key}=(?:<([^>]*)>|([^, ]*))");
    let found = Regex::new(&pattern).expect("a pattern").captures(data)?;
    let value = found.get(1).or_else(|| found.get(2))?;
    Some(value.as_str().to_owned())
}

/// Columns of the contract that the expected fields of a row fill, and with what.
fn wanted(row: &Value) -> Vec<(&'static str, String)> {
    let expected = &row["expected"];
    let field = |name: &str| match &expected[format!("postfix_{name}")] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let data = field("keyvalue_data").unwrap_or_default();
    let delivery = data.contains("to=") && data.contains("relay=");
    let client = Regex::new(r"^client=([^\[]+)\[([^\]]+)\]").expect("a pattern");
    let client = client.captures(&data);
    let relay = Regex::new(r"relay=([^\[,]+)\[([0-9a-fA-F.:]+)\]:(\d+)").expect("a pattern");
    let relay = relay.captures(&data);
    let part = |found: &Option<regex::Captures<'_>>, at: usize| {
        found.as_ref().map(|found| found[at].to_owned())
    };
    let version = field("tls_version").map(|version| match version.as_str() {
        "TLSv1" => "TLS1.0".to_owned(),
        other => other.replace("TLSv", "TLS"),
    });
    let strength = field("tls_cipher_size");
    let bits = strength.map(|size| size.split('/').next().unwrap_or_default().to_owned());
    let status = field("status").and_then(|status| kind(&status));
    let reject = field("action").filter(|action| action == "reject");
    let queued = Regex::new(r"queued as (\w+)").expect("a pattern");
    let response = field("smtp_response").unwrap_or_default();
    let cells = [
        ("queue_id", field("queueid").filter(|id| id != "NOQUEUE")),
        ("kind", status.or(reject.map(|_| "rejection".to_owned()))),
        (
            "peer_ip",
            field("client_ip")
                .or(field("relay_ip"))
                .or(part(&client, 2))
                .or(part(&relay, 2)),
        ),
        (
            "peer_name",
            host(field("client_hostname").or(field("relay_hostname"))),
        ),
        ("peer_name", host(part(&client, 1).or(part(&relay, 1)))),
        (
            "peer_port",
            field("relay_port")
                .or(field("client_port"))
                .or(part(&relay, 3)),
        ),
        ("tls_version", version),
        ("cipher", field("tls_cipher")),
        ("bits", bits),
        ("group", field("tls_key_exchange")),
        (
            "enhanced_status",
            field("status_code_enhanced").or(keyed(&data, "dsn")),
        ),
        ("address", keyed(&data, "to")),
        ("parent_address", keyed(&data, "orig_to")),
        ("peer_helo", keyed(&data, "helo")),
        ("protocol", keyed(&data, "proto").filter(|_| !delivery)),
        (
            "peer_queue_id",
            queued.captures(&response).map(|found| found[1].to_owned()),
        ),
    ];
    let filled = cells
        .into_iter()
        .filter_map(|(column, value)| Some((column, value?)));
    filled.filter(|(_, value)| !value.is_empty()).collect()
}

/// `unknown` is no name, and an address is none either. Hosts are lower case.
fn host(name: Option<String>) -> Option<String> {
    let name =
        name.filter(|name| name != "unknown" && name.parse::<std::net::IpAddr>().is_err())?;
    (!name.contains('/')).then(|| name.to_ascii_lowercase())
}

fn kind(status: &str) -> Option<String> {
    let kind = match status {
        "sent" => "delivery",
        "deferred" => "deferral",
        "bounced" | "expired" => "failure",
        _ => return None,
    };
    Some(kind.to_owned())
}
