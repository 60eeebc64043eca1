//! Everything in `../shared/corpora` that has an expectation, against what the program says of it: one table.
//!
//! `cargo test --test scorer -- --nocapture` prints it. Where `../shared` is absent each test says so and passes.

#![allow(clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "../common/mod.rs"]
mod common;

mod ciphers;
mod lab;
mod raw;
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
        rows.sort_by(|a, b| (&a.corpus, &a.form).cmp(&(&b.corpus, &b.form)));
        println!("{}", table::print(&rows));
        rows
    })
}

#[test]
fn all() { rows(); }
