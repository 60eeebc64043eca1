//! Cipher suites: the table, the names by which they are found, and what is known of each.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use super::Version;
use super::data::{DataError, Row, failure, rows};

const SUITES: &str = include_str!("../../assets/tls/suites.csv");
const ALIASES: &str = include_str!("../../assets/tls/aliases.csv");

/// One cipher suite: a row of `assets/tls/suites.csv`.
#[derive(PartialEq, Eq)]
pub struct Suite {
    /// Code point in the registry's notation: `0xC0,0x30`; three bytes for SSL 2.0.
    pub value: String,
    /// Name in the IANA registry; empty where the registry has none.
    pub iana: String,
    /// Name by which an unregistered suite is known; empty for a registered one.
    pub other: String,
    /// Name that OpenSSL prints; empty where it has none.
    pub openssl: String,
    /// Name that GnuTLS prints; empty where it has none.
    pub gnutls: String,
    /// Key exchange: `ECDHE`, `RSA`, `DH_anon`, ...
    pub kx: String,
    /// Authentication: `RSA`, `ECDSA`, `DSS`, `PSK`, ...
    pub auth: String,
    /// Cipher: `AES`, `ChaCha20`, ...
    pub enc: String,
    /// Effective key bits: 112 for 3DES, 0 for NULL.
    pub bits: u16,
    /// Mode of operation: `GCM`, `CBC`, ...; `-` where there is none.
    pub mode: String,
    /// MAC, or `AEAD`.
    pub mac: String,
    /// Oldest protocol version that can use it.
    pub first: Version,
    /// Newest protocol version that can use it.
    pub last: Version,
    tags: Vec<String>,
}

/// The record as written.
#[derive(Deserialize)]
struct SuiteRow {
    value: String,
    iana: String,
    other: String,
    openssl: String,
    gnutls: String,
    kx: String,
    auth: String,
    enc: String,
    bits: u16,
    mode: String,
    mac: String,
    first: String,
    last: String,
    tags: String,
}

#[derive(Deserialize)]
struct AliasRow {
    alias: String,
    notation: Notation,
    value: String,
}

/// Who writes suite names in this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notation {
    /// The registry's names and their near relatives: Java (`SSL_`), mbed TLS (hyphens), rustls
    /// (`TLS13_`), old Schannel (curve as a suffix).
    Iana,
    /// OpenSSL and `LibreSSL`: `ECDHE-RSA-AES256-GCM-SHA384`, `AEAD-AES256-GCM-SHA384`.
    OpenSsl,
    /// GnuTLS suite names, with or without `TLS_`: `ECDHE_RSA_AES_256_GCM_SHA384`.
    Gnutls,
    /// GnuTLS session descriptions: `ECDHE_X25519__RSA_SHA256__AES_256_GCM`.
    GnutlsDescription,
}

impl Suite {
    /// The IANA name, or the code point of a suite that has none.
    pub fn name(&self) -> &str {
        if self.iana.is_empty() {
            &self.value
        } else {
            &self.iana
        }
    }

    /// True when the suite has a property, such as `FS`, `AEAD`, `CBC` or `BSI_LISTED`.
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }

    /// Every property.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(String::as_str)
    }

    /// The one version that can use this suite, if there is only one.
    pub fn only_version(&self) -> Option<Version> {
        (self.first == self.last).then_some(self.first)
    }

    /// True when a session of this version can use this suite.
    pub fn fits(&self, version: Version) -> bool {
        (self.first..=self.last).contains(&version)
    }

    /// The TLS 1.3 suite with the same cipher, key length and mode.
    pub(super) fn in_tls13(&self) -> Option<&'static Self> {
        suites().iter().find(|other| {
            other.first == Version::Tls13
                && (&other.enc, other.bits, &other.mode) == (&self.enc, self.bits, &self.mode)
        })
    }
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The suites that a statement can mean: none, one, or two that it cannot tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suites([Option<&'static Suite>; 2]);

impl Suites {
    /// The suites of a list; a longer list says nothing, so it gives none.
    pub(super) fn of(list: &[&'static Suite]) -> Self {
        match list {
            [one] => Self([Some(one), None]),
            [one, two] => Self([Some(one), Some(two)]),
            _ => Self::default(),
        }
    }

    /// The suites, the likelier one first.
    pub fn iter(self) -> impl Iterator<Item = &'static Suite> {
        self.0.into_iter().flatten()
    }

    /// True when the suite is not known.
    pub fn is_empty(self) -> bool {
        self.0[0].is_none()
    }

    /// What all candidates agree on.
    pub(super) fn common<T: PartialEq>(self, of: impl Fn(&'static Suite) -> T) -> Option<T> {
        let mut values = self.iter().map(of);
        let first = values.next()?;
        values.all(|value| value == first).then_some(first)
    }
}

/// Every suite, in the order of the code points.
pub fn suites() -> &'static [Suite] {
    &catalogue().suites
}

/// A written name, found.
pub(super) struct Found {
    /// The suites that bear the name.
    pub(super) suites: Vec<&'static Suite>,
    /// The notations in which they bear it.
    pub(super) notations: Vec<Notation>,
}

/// Every suite that bears a name, whatever the notation.
pub(super) fn by_name(name: &str) -> Option<Found> {
    let catalogue = catalogue();
    let entries = catalogue.names.get(&key(name))?;
    let mut found = Found {
        suites: Vec::new(),
        notations: Vec::new(),
    };
    for &(index, notation) in entries {
        let suite = catalogue.suites.get(index)?;
        if !found.suites.contains(&suite) {
            found.suites.push(suite);
        }
        found.notations.push(notation);
    }
    Some(found)
}

/// The form under which names are compared: no case, no difference between hyphen and underscore,
/// no `TLS_` or `SSL_` in front. No two notations collide by this that did not collide before.
fn key(name: &str) -> String {
    let name = name.to_ascii_uppercase().replace('-', "_");
    ["TLS_", "SSL_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(&name)
        .to_owned()
}

#[derive(Default)]
struct Catalogue {
    suites: Vec<Suite>,
    names: HashMap<String, Vec<(usize, Notation)>>,
}

/// The embedded tables. They are part of the program and a test loads them; were they damaged, every
/// suite would be unknown.
fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::load(SUITES, ALIASES).unwrap_or_default())
}

impl Catalogue {
    fn load(suites: &str, aliases: &str) -> Result<Self, DataError> {
        let mut catalogue = Self::default();
        for Row { line, record } in rows::<SuiteRow>("suites.csv", suites)? {
            let suite = suite(record).map_err(|message| failure("suites.csv", line, &message))?;
            catalogue.add(suite);
        }
        for Row { line, record } in rows::<AliasRow>("aliases.csv", aliases)? {
            let AliasRow {
                alias,
                notation,
                value,
            } = record;
            let index = catalogue
                .suites
                .iter()
                .position(|suite| suite.value == value)
                .ok_or_else(|| failure("aliases.csv", line, &format!("no suite {value}")))?;
            catalogue.name(&alias, index, notation);
        }
        Ok(catalogue)
    }

    fn add(&mut self, suite: Suite) {
        let index = self.suites.len();
        for (name, notation) in [
            (&suite.iana, Notation::Iana),
            (&suite.other, Notation::Iana),
            (&suite.openssl, Notation::OpenSsl),
            (&suite.gnutls, Notation::Gnutls),
        ] {
            self.name(name, index, notation);
        }
        self.suites.push(suite);
    }

    fn name(&mut self, name: &str, index: usize, notation: Notation) {
        if !name.is_empty() {
            let entries = self.names.entry(key(name)).or_default();
            entries.push((index, notation));
        }
    }
}

fn suite(row: SuiteRow) -> Result<Suite, String> {
    let version = |name: &str| {
        Version::parse(name.as_bytes()).ok_or_else(|| format!("`{name}` is no TLS version"))
    };
    Ok(Suite {
        first: version(&row.first)?,
        last: version(&row.last)?,
        value: row.value,
        iana: row.iana,
        other: row.other,
        openssl: row.openssl,
        gnutls: row.gnutls,
        kx: row.kx,
        auth: row.auth,
        enc: row.enc,
        bits: row.bits,
        mode: row.mode,
        mac: row.mac,
        tags: row.tags.split_whitespace().map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_load() {
        let catalogue = Catalogue::load(SUITES, ALIASES).unwrap();
        assert_eq!(catalogue.suites.len(), 433);
        let registered = catalogue.suites.iter().filter(|s| !s.iana.is_empty());
        assert_eq!(registered.count(), 350);
    }

    #[test]
    fn every_suite_has_one_verdict_of_each_list() {
        for list in ["BSI_", "NIST_"] {
            for suite in suites() {
                let verdicts = suite
                    .tags()
                    .filter(|tag| tag.starts_with(list) && *tag != "BSI_UNTIL_2029");
                let broken = is_broken(suite);
                assert_eq!(verdicts.count(), usize::from(!broken), "{suite:?} {list}");
            }
        }
    }

    /// Suites that are out whatever a list says carry no verdict of a list.
    fn is_broken(suite: &Suite) -> bool {
        let broken = [
            "SSL2_SUITE",
            "NULL_MAC",
            "EXPORT",
            "RC4",
            "RC2",
            "MD5_MAC",
            "ANON",
        ];
        suite.bits < 112 || broken.iter().any(|tag| suite.has(tag))
    }

    #[test]
    fn a_damaged_table_is_refused_with_its_line() {
        let bad = SUITES.replacen(
            "SSLv3,TLS1.2,NULL_ENC MD5_MAC",
            "SSLv9,TLS1.2,NULL_ENC MD5_MAC",
            1,
        );
        let error = Catalogue::load(&bad, ALIASES).err().unwrap();
        assert_eq!(error.to_string(), "suites.csv:3: `SSLv9` is no TLS version");
        let aliases = "alias,notation,value\nX,iana,0xFE\n";
        let error = Catalogue::load(SUITES, aliases).err().unwrap();
        assert_eq!(error.to_string(), "aliases.csv:2: no suite 0xFE");
    }

    #[test]
    fn a_tls12_suite_knows_its_tls13_relative() {
        let suite = by_name("ECDHE-RSA-AES256-GCM-SHA384").unwrap().suites[0];
        assert_eq!(suite.in_tls13().unwrap().name(), "TLS_AES_256_GCM_SHA384");
        let suite = by_name("AES256-SHA").unwrap().suites[0];
        assert!(suite.in_tls13().is_none());
    }
}
