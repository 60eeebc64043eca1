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
        rows.push(lab_eml::score(&corpora, &laboratory));
        rows.extend(exim_testsuite::RELEASES.map(|release| exim_testsuite::score(&corpora, release)));
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

#[test]
fn all() { rows(); }
