//! The suites that a source wrote against those of the tap, which names them as OpenSSL does: both by IANA name.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde_json::Value;

use crate::common::cell;
use crate::table::Tally;
use crate::wire::Connection;

pub struct Ciphers(HashMap<String, String>);

impl Ciphers {
    pub fn read(shared: &Path) -> Self {
        let mut names = HashMap::new();
        let table = shared.join("domain/ciphers.csv");
        let mut rows = csv::Reader::from_path(table).expect("the cipher table");
        for row in rows.records() {
            let row = row.expect("a row");
            names.insert(row[2].to_owned(), row[1].to_owned());
            // TLS 1.3 has one name everywhere.
            names.insert(row[1].to_owned(), row[1].to_owned());
        }
        Self(names)
    }

    pub fn iana(&self, openssl: &str) -> &str {
        self.0.get(openssl).map_or("", String::as_str)
    }
}

/// Exim with GnuTLS writes the name that a suite of TLS 1.3 would have had in TLS 1.2, and what a source
/// writes is what the table shows.
fn renamed(name: &str, version: &str) -> String {
    let cipher = name.split_once("_WITH_").map_or("", |(_, cipher)| cipher);
    let tls13 = version == "TLS1.3" && !cipher.is_empty();
    if tls13 {
        format!("TLS_{cipher}")
    } else {
        String::new()
    }
}

/// The suite that a source wrote is one of those on the wire, by its IANA name.
pub fn same_suite(
    tally: &mut Tally,
    ciphers: &Ciphers,
    row: &Value,
    wire: &[&Connection],
    told: impl FnOnce() -> String,
) {
    let names = row["cipher_iana"].as_array().into_iter().flatten();
    let names: BTreeSet<&str> = names.filter_map(Value::as_str).collect();
    let on_wire = |one: &&Connection| {
        let wire = ciphers.iana(&one.cipher);
        names.contains(wire)
            || names
                .iter()
                .any(|name| renamed(name, cell(row, "tls_version")) == wire)
    };
    let written = cell(row, "cipher");
    if wire.iter().any(on_wire) {
        tally.right();
    } else if names.is_empty() {
        tally.missed(format!("{written} is not known, {}", told()));
    } else {
        tally.wrong(format!("{written} = {names:?}, {}", told()));
    }
}
