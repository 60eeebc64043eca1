//! Received headers of about 65 kinds of mail system, hand-labelled, and those of SpamAssassin's tests.

mod common;

use common::{corpora, json_lines, text};
use hopgrade::parse::Stamp;
use hopgrade::parse::received::{self, Received, Writer};
use hopgrade::tls::{TlsState, Version};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn corpus(name: &str) -> Option<Vec<Value>> {
    Some(json_lines(&corpora()?.join(name)))
}

/// Agreement per field: right, wrong, and where the label leaves the field open.
#[derive(Default)]
struct Table {
    fields: BTreeMap<&'static str, [usize; 3]>,
    wrong: Vec<String>,
}

impl Table {
    /// A label of `None` leaves the field open.
    fn compare(
        &mut self,
        row: &Value,
        field: &'static str,
        label: impl Into<Option<String>>,
        got: &str,
    ) {
        let label = label.into();
        let counts = self.fields.entry(field).or_default();
        match label {
            Some(label) if label == got => counts[0] += 1,
            Some(label) => {
                counts[1] += 1;
                self.wrong
                    .push(format!("n={} {field}: {got:?}, label {label:?}", row["n"]));
            }
            None => counts[2] += 1,
        }
    }

    fn print(&self, title: &str) {
        println!("{title}");
        println!(
            "{:<12} {:>6} {:>6} {:>6}",
            "field", "right", "wrong", "open"
        );
        for (field, [right, wrong, open]) in &self.fields {
            println!("{field:<12} {right:>6} {wrong:>6} {open:>6}");
        }
        for line in &self.wrong {
            println!("  {line}");
        }
    }

    fn right(&self, field: &str) -> usize {
        self.fields[field][0]
    }
}

/// What the label says; a null is compared as "nothing there".
fn stated(row: &Value, field: &str) -> String {
    if_labelled(row, field).unwrap_or_default()
}

/// Labels leave these fields null both for "not written" and for "not labelled".
fn if_labelled(row: &Value, field: &str) -> Option<String> {
    row["expected"][field].as_str().map(str::to_owned)
}

fn utc(date: Option<Stamp>) -> String {
    date.map_or_else(String::new, |stamp| {
        let seconds = stamp.civil - i64::from(stamp.offset.unwrap_or(0));
        chrono::DateTime::from_timestamp(seconds, 0)
            .map(|date| date.format("%Y-%m-%dT%H:%M:%SZ").to_string())
            .unwrap_or_default()
    })
}

fn compare(table: &mut Table, row: &Value, hop: &Received<'_>) {
    let statement = hop.statement.unwrap_or_default();
    table.compare(row, "from", stated(row, "from"), &text(hop.name));
    let rdns = if_labelled(row, "from_rdns").map(|name| name.trim_end_matches('.').to_owned());
    table.compare(row, "rdns", rdns, text(hop.rdns).trim_end_matches('.'));
    table.compare(row, "helo", if_labelled(row, "helo"), &text(hop.helo));
    table.compare(row, "from_ip", stated(row, "from_ip"), &text(hop.ip));
    table.compare(row, "by", stated(row, "by"), &text(hop.by));
    let with = text(hop.with)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    table.compare(row, "with", stated(row, "with"), &with);
    table.compare(
        row,
        "transport",
        stated(row, "transport"),
        hop.transport.name(),
    );
    table.compare(row, "tls", tls_label(row, hop), hop.tls.name());
    table.compare(
        row,
        "written",
        stated(row, "tls_version_as_written"),
        &text(statement.version),
    );
    let version = Version::parse(statement.version).map_or("", Version::name);
    table.compare(row, "version", version_label(row), version);
    table.compare(
        row,
        "cipher",
        stated(row, "cipher"),
        &text(statement.cipher),
    );
    let bits = row["expected"]["bits_as_written"]
        .as_str()
        .unwrap_or_default();
    let bits = bits.split('/').next().unwrap_or_default().to_owned();
    let got = statement
        .bits
        .map_or_else(String::new, |bits| bits.to_string());
    table.compare(row, "bits", bits, &got);
    table.compare(row, "group", stated(row, "kex"), &text(statement.group));
    table.compare(row, "auth", if_labelled(row, "auth"), &text(hop.auth));
    table.compare(row, "id", if_labelled(row, "id"), &text(hop.id));
    let recipient = if_labelled(row, "for").map(|label| {
        label
            .trim_start_matches('<')
            .trim_end_matches('>')
            .to_owned()
    });
    table.compare(row, "for", recipient, &text(hop.recipient));
    table.compare(row, "date", stated(row, "date_utc"), &utc(hop.date));
}

/// The labels know no `no`: plaintext is a conclusion, not something that a header says. Where we draw
/// it, the label must be `not_stated`, and the writer one of the four that always say TLS.
fn tls_label(row: &Value, hop: &Received<'_>) -> String {
    let always = [
        Writer::Exim,
        Writer::Postfix,
        Writer::Sendmail,
        Writer::OpenSmtpd,
    ];
    let label = stated(row, "tls");
    if label == "not_stated" && hop.tls == TlsState::No && always.contains(&hop.writer) {
        return "no".to_owned();
    }
    label
}

/// Labels take the version from the suite where none is written; this layer does not know suites.
fn version_label(row: &Value) -> Option<String> {
    let written = row["expected"]["tls_version_as_written"].as_str()?;
    Version::parse(written.as_bytes())?;
    if_labelled(row, "tls_version")
}

#[test]
fn dialects_as_labelled() {
    let Some(rows) = corpus("received-dialects.jsonl") else {
        return;
    };
    let mut table = Table::default();
    for row in &rows {
        let header = row["header"].as_str().unwrap();
        compare(&mut table, row, &received::parse(header.as_bytes()));
        // Folding changes nothing.
        if let Some((_, folded)) = row["raw"].as_str().and_then(|raw| raw.split_once(':')) {
            compare(&mut table, row, &received::parse(folded.as_bytes()));
        }
    }
    table.print("received-dialects.jsonl, each row unfolded and folded");
    assert_eq!(rows.len(), 107);
    assert_eq!(table.wrong, Vec::<String>::new());
    // 107 rows, 82 of them with the folded form as well; fewer where labels leave a field open.
    for (field, right) in [
        ("tls", 189),
        ("written", 189),
        ("version", 82),
        ("cipher", 189),
        ("bits", 189),
        ("group", 189),
        ("by", 189),
        ("from_ip", 189),
        ("from", 189),
        ("with", 189),
        ("transport", 189),
        ("date", 189),
        ("id", 140),
        ("for", 81),
        ("helo", 63),
        ("rdns", 62),
        ("auth", 7),
    ] {
        assert_eq!(table.right(field), right, "{field}");
    }
}

/// SpamAssassin writes `!` for brackets in a HELO.
fn helo_label(row: &Value) -> String {
    let label = row["expected"]["helo"].as_str().unwrap_or_default();
    match label
        .strip_prefix('!')
        .and_then(|rest| rest.strip_suffix('!'))
    {
        Some(literal) => format!("[{literal}]"),
        None => label.to_owned(),
    }
}

#[test]
fn spamassassin_agrees_on_the_relay() {
    let Some(rows) = corpus("spamassassin-received.jsonl") else {
        return;
    };
    let mut table = Table::default();
    for row in rows.iter().filter(|row| row["outcome"] == "parsed") {
        let header = row["headers"].as_str().unwrap();
        let hop = received::parse(header.strip_prefix("Received:").unwrap().as_bytes());
        table.compare(row, "ip", stated(row, "ip"), &text(hop.ip));
        table.compare(row, "by", stated(row, "by"), &text(hop.by));
        table.compare(row, "id", stated(row, "id"), &text(hop.id));
        table.compare(row, "helo", helo_label(row), &text(hop.helo));
        table.compare(row, "rdns", stated(row, "rdns"), &text(hop.rdns));
        table.compare(row, "ident", stated(row, "ident"), &text(hop.ident));
    }
    table.print("spamassassin-received.jsonl, rows that are relays");
    // SpamAssassin takes the name before a bare address for reverse DNS (qmail); others write a HELO
    // there, so it stays a HELO here. It repeats the reverse DNS name where no HELO is written.
    for (field, right) in [
        ("ip", 56),
        ("by", 56),
        ("id", 56),
        ("ident", 56),
        ("helo", 56),
        ("rdns", 48),
    ] {
        assert_eq!(table.right(field), right, "{field}");
    }
}

#[test]
fn what_spamassassin_ignores_is_not_graded() {
    let Some(rows) = corpus("spamassassin-received.jsonl") else {
        return;
    };
    let mut count = 0;
    for row in rows.iter().filter(|row| row["outcome"] == "ignored") {
        let header = row["headers"].as_str().unwrap();
        let hop = received::parse(header.strip_prefix("Received:").unwrap().as_bytes());
        assert!(
            matches!(hop.tls, TlsState::NotStated | TlsState::NotApplicable),
            "{header}"
        );
        count += 1;
    }
    assert_eq!(count, 17);
}

/// Headers of one generated file, folded, parted by blank lines.
fn generated(scenario: &str, file: &str) -> Vec<String> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpora/exim-generated-4.96"
    );
    let path = PathBuf::from(folder).join(scenario).join(file);
    std::fs::read_to_string(path)
        .unwrap_or_default()
        .split("\n\n")
        .filter_map(|block| block.trim().strip_prefix("Received:").map(str::to_owned))
        .collect()
}

#[test]
fn a_real_exim_by_construction() {
    if corpus("received-dialects.jsonl").is_none() {
        return;
    }
    let mut count = 0;
    for (scenario, version) in [
        ("t1", Version::Tls13),
        ("t2_tls12", Version::Tls12),
        ("t5_rsa_cbc", Version::Tls12),
        ("t7_opportunistic", Version::Tls13),
        ("t8_all_selectors", Version::Tls13),
        ("t12_rich", Version::Tls13),
    ] {
        for header in generated(scenario, "srvA.received.txt") {
            let hop = received::parse(header.as_bytes());
            let statement = hop.statement.unwrap();
            assert_eq!(Version::parse(statement.version), Some(version), "{header}");
            assert_eq!(statement.cipher, hop.suite, "{header}");
            count += 1;
        }
        for (file, state) in [
            ("srvB.received.txt", TlsState::No),
            ("cli.received.txt", TlsState::NotApplicable),
        ] {
            for header in generated(scenario, file) {
                assert_eq!(received::parse(header.as_bytes()).tls, state, "{header}");
                count += 1;
            }
        }
    }
    println!("{count} headers of Exim 4.96 as constructed");
    assert_eq!(count, 24);
}
