//! Everything in `../shared/corpora` that has an expectation, against what the program says of it: one table.
//!
//! `cargo test --test scorer -- --nocapture` prints it. Where `../shared` is absent each test says so and passes.

#![allow(clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "../common/mod.rs"]
mod common;

mod ciphers;
mod exim_testsuite;
mod lab;
mod lab_eml;
mod lab_seed;
mod postfix_cases;
mod raw;
mod received;
mod samples;
mod statement;
mod status;
mod table;
mod wire;

use std::sync::OnceLock;

use table::Row;

/// Made once, whichever test asks first.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let Some(corpora) = common::corpora() else {
            return Vec::new();
        };
        let laboratory = lab::Lab::open(&corpora);
        let forms = lab::forms(&corpora.join("mta-lab"));
        let mut rows: Vec<Row> = forms.iter().map(|form| laboratory.score(form)).collect();
        rows.push(lab_seed::score(&corpora));
        rows.push(lab_eml::score(&corpora, &laboratory));
        rows.extend(
            exim_testsuite::RELEASES.map(|release| exim_testsuite::score(&corpora, release)),
        );
        rows.push(received::dialects(&corpora));
        rows.extend(received::spamassassin(&corpora));
        rows.push(postfix_cases::score(&corpora));
        rows.push(samples::exporter(&corpora));
        rows.push(samples::generated(&corpora));
        rows.extend(samples::fail2ban(&corpora));
        rows.extend(samples::crowdsec(&corpora));
        rows.extend(samples::snippets(&corpora));
        rows.sort_by(|a, b| (&a.corpus, &a.form).cmp(&(&b.corpus, &b.form)));
        println!("{}", table::print(&rows));
        rows
    })
}

/// The rows of a corpus whose form begins with one of the names; none where `../shared` is absent.
fn of(corpus: &str, forms: &[&str]) -> Vec<&'static Row> {
    let wanted =
        |row: &&Row| row.corpus == corpus && forms.iter().any(|form| row.form.starts_with(form));
    let found: Vec<&Row> = rows().iter().filter(wanted).collect();
    assert!(
        rows().is_empty() || !found.is_empty(),
        "no row of {corpus} {forms:?}"
    );
    found
}

/// Read, at least so many statements right, none wrong.
fn never_wrong(row: &Row, at_least: usize) {
    let name = format!("{} {}", row.corpus, row.form);
    assert_eq!(row.unread, None, "{name}");
    let wrong: Vec<String> = row
        .faults()
        .into_iter()
        .filter(|fault| fault.contains("wrong: "))
        .collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    let right = row.main.right;
    assert!(right >= at_least, "{name}: only {right} right");
}

/// That, and nothing left open that the source says.
fn complete(row: &Row, at_least: usize) {
    never_wrong(row, at_least);
    let faults = row.faults();
    assert!(
        faults.is_empty(),
        "{} {}: {faults:#?}",
        row.corpus,
        row.form
    );
}

/// A log of the laboratory: besides, what has no connection on the wire is little.
fn lab_log(row: &Row, at_least: usize) {
    complete(row, at_least);
    let placed = row.main.cases();
    assert!(
        row.unplaced.len() * 10 <= placed,
        "{}: {:#?}",
        row.form,
        row.unplaced
    );
}

#[test]
fn lab_exim() {
    for row in of("mta-lab", &["ex493o plain", "ex496 plain", "ex4100 plain"]) {
        lab_log(row, 100);
    }
}

#[test]
fn lab_seed() {
    for row in of("mta-lab", &["seed493"]) {
        complete(row, 15);
    }
}

#[test]
fn lab_exim_in_syslog() {
    for row in of("mta-lab", &["ex496 syslog", "ex4100 syslog"]) {
        lab_log(row, 100);
    }
}

#[test]
fn lab_postfix() {
    for row in of("mta-lab", &["pf37 plain", "pf311 syslog"]) {
        lab_log(row, 80);
    }
}

/// Logs nothing about TLS but the command counters.
#[test]
fn lab_postfix_as_it_comes() {
    for row in of("mta-lab", &["pf37q plain"]) {
        lab_log(row, 9);
        assert!(row.main.rightly >= 80, "{}", row.main.rightly);
    }
}

#[test]
fn lab_postfix_in_the_journal() {
    for row in of("mta-lab", &["pf37 journal"]) {
        // One form leaves out who wrote a line, and when.
        let at_least = if row.form.ends_with(" cat") { 0 } else { 8 };
        lab_log(row, at_least);
        assert_eq!(row.main.cases(), 8, "{}", row.form);
    }
}

#[test]
fn lab_sendmail() {
    for row in of("mta-lab", &["sm817"]) {
        lab_log(row, 25);
    }
}

#[test]
fn lab_opensmtpd() {
    for row in of("mta-lab", &["os79"]) {
        lab_log(row, 20);
    }
}

/// Versions where they are written, plaintext where there was none, no hop lost.
#[test]
fn lab_received() {
    for row in of("mta-lab", &["eml"]) {
        complete(row, 326);
        let version = &row
            .aside
            .iter()
            .find(|(name, _)| *name == "version")
            .expect("versions")
            .1;
        assert_eq!((version.right, version.rightly), (92, 11));
        // Bounces begin on the host itself; the others are forged hops and those of a loopback filter.
        assert_eq!(row.note, format!("without a connection {}", 50 + 18));
    }
}

#[test]
fn exim_test_suite() {
    for row in of("exim-testsuite", &["exim-"]) {
        complete(row, 277);
        // The logs are all there, and not empty.
        let counts: Vec<usize> = row
            .note
            .split([' ', ';'])
            .filter_map(|word| word.parse().ok())
            .collect();
        assert!(
            counts[0] > 700 && counts[1] > 600,
            "{}: {}",
            row.form,
            row.note
        );
    }
}

#[test]
fn exim_generated() {
    for row in of("exim-generated-4.96", &[""]) {
        complete(row, 30);
    }
}

#[test]
fn exim_exporter() {
    for row in of("exim-exporter", &[""]) {
        complete(row, 4);
    }
}

#[test]
fn received_dialects() {
    for row in of("received-dialects.jsonl", &[""]) {
        complete(row, 1100);
    }
}

#[test]
fn received_of_spamassassin() {
    for row in of("spamassassin-received.jsonl", &["relays"]) {
        complete(row, 220);
    }
    for row in of("spamassassin-received.jsonl", &["ignored"]) {
        complete(row, 17);
    }
}

#[test]
fn postfix_cases() {
    for row in of("postfix-cases.jsonl", &[""]) {
        complete(row, 100);
    }
}

/// Some lines are of plug-ins or carry a frame that no server writes: those may stay open.
#[test]
fn hosts_of_fail2ban() {
    for (name, at_least) in [
        ("exim", 44),
        ("exim-spam", 5),
        ("postfix", 50),
        ("sendmail-auth", 10),
        ("sendmail-reject", 30),
    ] {
        for row in of("fail2ban", &[name])
            .into_iter()
            .filter(|row| row.form == name)
        {
            never_wrong(row, at_least);
        }
    }
}

#[test]
fn hosts_of_crowdsec() {
    for row in of("crowdsec", &["exim-bf", "exim-logs", "exim-spam"]) {
        complete(row, 3);
    }
    for row in of("crowdsec", &["exim-syslog", "postfix"]) {
        complete(row, 1);
    }
}

#[test]
fn lines_from_the_field() {
    for row in of("log-snippets.jsonl", &[""]) {
        complete(row, 2);
    }
}
