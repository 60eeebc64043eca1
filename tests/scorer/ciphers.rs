//! IANA names of the suites that the tap names as OpenSSL does.

use std::collections::HashMap;
use std::path::Path;

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
