//! mta-lab: the messages that were delivered, their Received headers against what a tap on the wire saw.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::ciphers::same_suite;
use crate::common::{cell, export, received_lines};
use crate::lab::Lab;
use crate::statement::{Statement, Verdict};
use crate::table::Row;
use crate::wire::Connection;

/// The writer of a header tells of TLS, but leaves the version out: Postfix without
/// `smtpd_tls_received_header`.
fn names_no_version(header: &str) -> bool {
    !["TLS1", "TLSv1", "TLS-1"]
        .iter()
        .any(|word| header.contains(word))
}

pub fn score(corpora: &Path, lab: &Lab) -> Row {
    let row = Row::new("mta-lab", "eml Received");
    let folder = corpora.join("mta-lab/eml");
    let hops = match export("hops", &["--tz", "UTC"], &[&folder]) {
        Ok(hops) => hops,
        Err(reason) => return row.unread(reason),
    };
    let mut scenarios: HashMap<&str, &Value> = HashMap::new();
    for scenario in lab.truth.scenarios() {
        for list in ["eml", "bounce_eml"] {
            let names = scenario[list].as_array().expect("a list");
            scenarios.extend(
                names
                    .iter()
                    .filter_map(|name| Some((name.as_str()?, scenario))),
            );
        }
    }
    let mut scoring = Scoring { lab, row };
    scoring.hop_counts(&folder, &hops);
    for hop in &hops {
        let name = cell(hop, "file").rsplit('/').next().unwrap_or_default();
        let scenario = scenarios.get(name).expect("a file of a scenario");
        scoring.hop(name, cell(scenario, "id"), hop);
    }
    let unplaced = scoring.row.unplaced.len();
    scoring.row.note = format!("without a connection {unplaced}");
    // Bounces begin on the host itself, filters loop over 127.0.0.1, and forged hops never were.
    scoring.row.unplaced.clear();
    scoring.row
}

struct Scoring<'a> {
    lab: &'a Lab,
    row: Row,
}

impl Scoring<'_> {
    /// No hop is lost.
    fn hop_counts(&mut self, folder: &Path, hops: &[Value]) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        // A bounce holds the hops of the message that it returns besides its own.
        for hop in hops.iter().filter(|hop| hop["message"] == 0) {
            let name = cell(hop, "file").rsplit('/').next().unwrap_or_default();
            *counts.entry(name).or_default() += 1;
        }
        for entry in fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let bytes = fs::read(entry.path()).expect("a message");
            let name = entry.file_name().to_string_lossy().into_owned();
            let found = counts.get(name.as_str()).copied().unwrap_or(0);
            self.row.aside("files").compare(
                || name.clone(),
                &received_lines(&bytes).to_string(),
                &found.to_string(),
            );
        }
    }

    fn hop(&mut self, file: &str, scenario: &str, hop: &Value) {
        let truth = &self.lab.truth;
        let server = truth.ip(cell(hop, "by"));
        let mut wire: Vec<&Connection> = truth.between(cell(hop, "from_ip"), server);
        wire.retain(|one| one.scenario == scenario && one.can_carry());
        if server.is_empty() || wire.is_empty() {
            self.row.unplaced.push(file.to_owned());
            let stated = cell(hop, "from_ip").is_empty() && cell(hop, "tls") == "yes";
            if stated {
                self.row
                    .main
                    .wrong(format!("{file}: TLS on a hop without a peer"));
            }
            return;
        }
        let statement = Statement::of(hop);
        let told = || {
            let versions: Vec<_> = wire.iter().map(|one| one.version).collect();
            let said = (cell(hop, "tls"), statement.version);
            format!("{file}: {said:?}, wire {versions:?}")
        };
        match statement.against(&wire) {
            Verdict::Right if statement.is_yes() && statement.version.is_empty() => {
                if names_no_version(cell(hop, "raw")) {
                    self.row.main.right();
                    self.row.aside("version").unsaid();
                } else {
                    self.row.main.missed(told());
                }
            }
            Verdict::Right => {
                self.row.main.right();
                if statement.is_yes() {
                    self.row.aside("version").right();
                }
            }
            // Every server of the laboratory says in its headers whether there was TLS.
            Verdict::Unsaid => self.row.main.missed(told()),
            Verdict::Wrong => self.row.main.wrong(told()),
        }
        if !cell(hop, "cipher").is_empty() {
            same_suite(
                self.row.aside("cipher"),
                &self.lab.ciphers,
                hop,
                &wire,
                told,
            );
        }
    }
}
