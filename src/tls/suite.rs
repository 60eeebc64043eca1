//! Cipher suites: the table, the names by which they are found, and what is known of each.

use std::fmt;
use std::sync::OnceLock;

use csv::StringRecord;
use serde::Deserialize;

use super::Version;
use super::data::{DataError, Row, Table, failure};

const SUITES: &str = include_str!("../../assets/tls/suites.csv");
const ALIASES: &str = include_str!("../../assets/tls/aliases.csv");

/// One cipher suite: a row of `assets/tls/suites.csv`.
#[derive(PartialEq, Eq)]
pub struct Suite {
    /// Code point in the registry's notation: `0xC0,0x30`; three bytes for SSL 2.0.
    pub value: &'static str,
    /// Name in the IANA registry; empty where the registry has none.
    pub iana: &'static str,
    /// Name by which an unregistered suite is known; empty for a registered one.
    pub other: &'static str,
    /// Name that OpenSSL prints; empty where it has none.
    pub openssl: &'static str,
    /// Name that GnuTLS prints; empty where it has none.
    pub gnutls: &'static str,
    /// Key exchange: `ECDHE`, `RSA`, `DH_anon`, ...
    pub kx: &'static str,
    /// Authentication: `RSA`, `ECDSA`, `DSS`, `PSK`, ...
    pub auth: &'static str,
    /// Cipher: `AES`, `ChaCha20`, ...
    pub enc: &'static str,
    /// Effective key bits: 112 for 3DES, 0 for NULL.
    pub bits: u16,
    /// Mode of operation: `GCM`, `CBC`, ...; `-` where there is none.
    pub mode: &'static str,
    /// MAC, or `AEAD`.
    pub mac: &'static str,
    /// Oldest protocol version that can use it.
    pub first: Version,
    /// Newest protocol version that can use it.
    pub last: Version,
    /// Between spaces.
    tags: &'static str,
}

#[derive(Deserialize)]
struct AliasRow<'a> {
    alias: &'a str,
    notation: Notation,
    value: &'a str,
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
            self.value
        } else {
            self.iana
        }
    }

    /// True when the suite has a property, such as `FS`, `AEAD`, `CBC` or `BSI_LISTED`.
    pub fn has(&self, tag: &str) -> bool {
        self.tags().any(|own| own == tag)
    }

    /// Every property.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.split_ascii_whitespace()
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
                && (other.enc, other.bits, other.mode) == (self.enc, self.bits, self.mode)
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
    let mut found = Found {
        suites: Vec::new(),
        notations: Vec::new(),
    };
    for entry in catalogue.named(name) {
        let suite = catalogue.suites.get(entry.suite)?;
        if !found.suites.contains(&suite) {
            found.suites.push(suite);
        }
        found.notations.push(entry.notation);
    }
    (!found.suites.is_empty()).then_some(found)
}

/// The form under which names are compared: no case, no difference between hyphen and underscore,
/// no `TLS_` or `SSL_` in front. No two notations collide by this that did not collide before.
fn folded(name: &str) -> impl Iterator<Item = u8> {
    let fold = |byte: &u8| match byte {
        b'-' => b'_',
        byte => byte.to_ascii_uppercase(),
    };
    let bytes = name.as_bytes();
    let prefix = bytes.split_first_chunk::<4>().filter(|(prefix, _)| {
        let prefix = prefix.each_ref().map(fold);
        prefix == *b"TLS_" || prefix == *b"SSL_"
    });
    prefix.map_or(bytes, |(_, rest)| rest).iter().map(fold)
}

/// FNV-1a of the folded name.
fn hash(name: &str) -> u64 {
    folded(name).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A name of a suite.
struct Name {
    hash: u64,
    text: &'static str,
    /// Place among the suites.
    suite: usize,
    notation: Notation,
}

#[derive(Default)]
struct Catalogue {
    suites: Vec<Suite>,
    /// By hash; those of one hash in the order of the tables.
    names: Vec<Name>,
}

/// The embedded tables. They are part of the program and a test loads them; were they damaged, every
/// suite would be unknown.
fn catalogue() -> &'static Catalogue {
    // Split once and lent from then on: copies of five thousand fields would be felt at every start.
    static TABLES: OnceLock<Option<[Table; 2]>> = OnceLock::new();
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let tables = TABLES.get_or_init(|| {
            let suites = Table::read("suites.csv", SUITES).ok()?;
            Some([suites, Table::read("aliases.csv", ALIASES).ok()?])
        });
        let tables = tables.as_ref();
        let loaded = tables.map(|[suites, aliases]| Catalogue::load(suites, aliases));
        loaded.and_then(Result::ok).unwrap_or_default()
    })
}

impl Catalogue {
    fn load(suites: &'static Table, aliases: &'static Table) -> Result<Self, DataError> {
        let mut catalogue = Self::default();
        let columns = Columns::of(suites)?;
        for Row { line, record } in suites.records() {
            let suite = columns.suite(record);
            catalogue.add(suite.map_err(|message| failure("suites.csv", line, &message))?);
        }
        for Row { line, record } in aliases.rows::<AliasRow>()? {
            let index = catalogue
                .suites
                .iter()
                .position(|suite| suite.value == record.value)
                .ok_or_else(|| {
                    failure("aliases.csv", line, &format!("no suite {}", record.value))
                })?;
            catalogue.name(record.alias, index, record.notation);
        }
        catalogue.names.sort_by_key(|own| own.hash);
        Ok(catalogue)
    }

    fn add(&mut self, suite: Suite) {
        let index = self.suites.len();
        for (name, notation) in [
            (suite.iana, Notation::Iana),
            (suite.other, Notation::Iana),
            (suite.openssl, Notation::OpenSsl),
            (suite.gnutls, Notation::Gnutls),
        ] {
            self.name(name, index, notation);
        }
        self.suites.push(suite);
    }

    fn name(&mut self, name: &'static str, suite: usize, notation: Notation) {
        if !name.is_empty() {
            self.names.push(Name {
                hash: hash(name),
                text: name,
                suite,
                notation,
            });
        }
    }

    /// The entries of a name, in the order of the tables.
    fn named(&self, name: &str) -> impl Iterator<Item = &Name> {
        let hash = hash(name);
        let first = self.names.partition_point(|own| own.hash < hash);
        let alike = self.names.get(first..).unwrap_or_default().iter();
        alike
            .take_while(move |own| own.hash == hash)
            .filter(move |own| own.text == name || folded(own.text).eq(folded(name)))
    }
}

/// Where the columns of `suites.csv` stand, in the order of [`Columns::NAMES`].
struct Columns([usize; 14]);

impl Columns {
    const NAMES: [&'static str; 14] = [
        "value", "iana", "other", "openssl", "gnutls", "kx", "auth", "enc", "bits", "mode", "mac",
        "first", "last", "tags",
    ];

    fn of(table: &Table) -> Result<Self, DataError> {
        let mut columns = [0; 14];
        for (column, name) in columns.iter_mut().zip(Self::NAMES) {
            *column = table.column(name)?;
        }
        Ok(Self(columns))
    }

    fn suite(&self, record: &'static StringRecord) -> Result<Suite, String> {
        let [
            value,
            iana,
            other,
            openssl,
            gnutls,
            kx,
            auth,
            enc,
            bits,
            mode,
            mac,
            first,
            last,
            tags,
        ] = self.0.map(|column| record.get(column).unwrap_or_default());
        let version = |name: &str| {
            Version::parse(name.as_bytes()).ok_or_else(|| format!("`{name}` is no TLS version"))
        };
        Ok(Suite {
            value,
            iana,
            other,
            openssl,
            gnutls,
            kx,
            auth,
            enc,
            bits: bits
                .parse()
                .map_err(|_| format!("`{bits}` is no number of bits"))?,
            mode,
            mac,
            first: version(first)?,
            last: version(last)?,
            tags,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> &'static Table {
        let file = if text.starts_with("alias") {
            "aliases.csv"
        } else {
            "suites.csv"
        };
        Box::leak(Box::new(Table::read(file, text).unwrap()))
    }

    #[test]
    fn the_tables_load() {
        let catalogue = Catalogue::load(table(SUITES), table(ALIASES)).unwrap();
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
        let error = Catalogue::load(table(&bad), table(ALIASES)).err().unwrap();
        assert_eq!(error.to_string(), "suites.csv:3: `SSLv9` is no TLS version");
        let bad = SUITES.replacen("bits", "bit", 1);
        let error = Catalogue::load(table(&bad), table(ALIASES)).err().unwrap();
        assert_eq!(error.to_string(), "suites.csv:1: no column bits");
        let aliases = "alias,notation,value\nX,iana,0xFE\n";
        let error = Catalogue::load(table(SUITES), table(aliases))
            .err()
            .unwrap();
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
