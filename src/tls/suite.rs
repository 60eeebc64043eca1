//! Cipher suites: their table and their names.

use std::fmt;
use std::sync::OnceLock;

use memchr::memmem;

use super::Version;
use super::data::{DataError, Row, borrowed_rows, failure};

const SUITES: &str = include_str!("../../assets/tls/suites.csv");
const ALIASES: &str = include_str!("../../assets/tls/aliases.csv");

/// One cipher suite: a row of `assets/tls/suites.csv`.
#[derive(PartialEq, Eq)]
pub struct Suite {
    /// Code point as in the IANA registry: `0xC0,0x30`; three bytes for SSL 2.0.
    pub value: &'static str,
    /// Name in the IANA registry; empty where the registry has none.
    pub iana: &'static str,
    /// Name by which an unregistered suite is known; empty for a registered one.
    pub other: &'static str,
    /// Name in OpenSSL; empty where it has none.
    pub openssl: &'static str,
    /// Name in GnuTLS; empty where it has none.
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
    /// Properties, separated by spaces.
    tags: &'static str,
}

/// Notation of a suite name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Notation {
    /// Names of the registry and variants: Java (`SSL_`), mbed TLS (hyphens), rustls (`TLS13_`), old Schannel
    /// (curve as a suffix).
    Iana,
    /// OpenSSL and `LibreSSL`: `ECDHE-RSA-AES256-GCM-SHA384`, `AEAD-AES256-GCM-SHA384`.
    OpenSsl,
    /// GnuTLS suite names, with or without `TLS_`: `ECDHE_RSA_AES_256_GCM_SHA384`.
    Gnutls,
    /// GnuTLS session descriptions: `ECDHE_X25519__RSA_SHA256__AES_256_GCM`.
    GnutlsDescription,
}

impl Suite {
    const COLUMNS: [&'static str; 14] = [
        "value", "iana", "other", "openssl", "gnutls", "kx", "auth", "enc", "bits", "mode", "mac",
        "first", "last", "tags",
    ];

    /// Parses a row of the table.
    fn read(row: [&'static str; 14]) -> Result<Self, String> {
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
        ] = row;
        let version = |name: &str| {
            Version::parse(name.as_bytes()).ok_or_else(|| format!("`{name}` is no TLS version"))
        };
        let bits = bits
            .parse()
            .map_err(|_| format!("`{bits}` is no number of bits"));
        Ok(Self {
            value,
            iana,
            other,
            openssl,
            gnutls,
            kx,
            auth,
            enc,
            bits: bits?,
            mode,
            mac,
            first: version(first)?,
            last: version(last)?,
            tags,
        })
    }

    /// IANA name, or the code point of an unregistered suite.
    pub fn name(&self) -> &str {
        if self.iana.is_empty() {
            self.value
        } else {
            self.iana
        }
    }

    /// True when the suite has a property, such as `FS`, `AEAD`, `CBC` or `BSI_LISTED`.
    pub fn has(&self, tag: &str) -> bool {
        self.tags().any(|tag_of_suite| tag_of_suite == tag)
    }

    /// All properties.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.split_ascii_whitespace()
    }

    /// The version that can use this suite, if there is only one.
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

impl Notation {
    /// Notation by its name in `aliases.csv`.
    fn named(name: &str) -> Option<Self> {
        match name {
            "iana" => Some(Self::Iana),
            "openssl" => Some(Self::OpenSsl),
            "gnutls" => Some(Self::Gnutls),
            _ => None,
        }
    }
}

/// Suites that a statement may mean: none, one, or two that it cannot distinguish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suites([Option<&'static Suite>; 2]);

impl Suites {
    /// The suites of a list; none for a longer list, which says nothing.
    pub(super) fn of(list: &[&'static Suite]) -> Self {
        match list {
            [one] => Self([Some(one), None]),
            [one, two] => Self([Some(one), Some(two)]),
            _ => Self::default(),
        }
    }

    /// The suites, the more probable one first.
    pub fn iter(self) -> impl Iterator<Item = &'static Suite> {
        self.0.into_iter().flatten()
    }

    /// True when no suite is known.
    pub fn is_empty(self) -> bool {
        self.0[0].is_none()
    }

    /// Value of `of` on which all suites agree.
    pub(super) fn common<T: PartialEq>(self, of: impl Fn(&'static Suite) -> T) -> Option<T> {
        let mut values = self.iter().map(of);
        let first = values.next()?;
        values.all(|value| value == first).then_some(first)
    }
}

/// All suites, in the order of their code points.
pub fn suites() -> &'static [Suite] {
    &suite_table().suites
}

/// True for a property of any suite.
pub(super) fn is_tag(tag: &str) -> bool {
    let finder = memmem::Finder::new(tag);
    let mut suites = suites().iter();
    suites.any(|suite| finder.find(suite.tags.as_bytes()).is_some() && suite.has(tag))
}

/// Result of looking a name up.
pub(super) struct NameMatches {
    /// Suites with that name.
    pub(super) suites: Vec<&'static Suite>,
    /// Notations in which they have it.
    pub(super) notations: Vec<Notation>,
}

/// Suites with a name, in any notation.
pub(super) fn by_name(name: &str) -> Option<NameMatches> {
    let suite_table = suite_table();
    let mut found = NameMatches {
        suites: Vec::new(),
        notations: Vec::new(),
    };
    for entry in suite_table.named(name) {
        let suite = suite_table.suites.get(entry.suite)?;
        if !found.suites.contains(&suite) {
            found.suites.push(suite);
        }
        found.notations.push(entry.notation);
    }
    (!found.suites.is_empty()).then_some(found)
}

/// Name without the prefix `TLS_` or `SSL_`.
fn bare(name: &str) -> &[u8] {
    let name = name.as_bytes();
    let behind = name.split_first_chunk::<4>().filter(|(prefix, _)| {
        let is = |word: &[u8]| prefix.iter().copied().map(fold).eq(word.iter().copied());
        is(b"TLS_") || is(b"SSL_")
    });
    behind.map_or(name, |(_, bare)| bare)
}

const fn fold(byte: u8) -> u8 {
    match byte {
        b'-' => b'_',
        byte => byte.to_ascii_uppercase(),
    }
}

/// Form in which names are compared: without prefix, in upper case, with `_` for `-`. This does not make names
/// of two notations equal that were not equal before.
fn folded(name: &str) -> impl Iterator<Item = u8> {
    bare(name).iter().copied().map(fold)
}

/// Hash of the folded form of a name.
fn hash(name: &str) -> u32 {
    // Bits that are equal in both cases of a letter, and in hyphen and underscore.
    const SAME: u64 = u64::from_ne_bytes([0x0d; 8]);
    let (words, rest) = bare(name).as_chunks::<8>();
    let mut last = [0; 8];
    for (last, byte) in last.iter_mut().zip(rest) {
        *last = *byte;
    }
    let words = words.iter().chain([&last]);
    let hash = words.fold(0, |hash: u64, word| {
        let word = u64::from_le_bytes(*word) & SAME;
        (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    (hash >> u32::BITS) as u32
}

/// A name of a suite.
struct Name {
    text: &'static str,
    /// Index of the suite.
    suite: usize,
    notation: Notation,
}

#[derive(Default)]
struct SuiteTable {
    suites: Vec<Suite>,
    /// Names in the order of the tables.
    names: Vec<Name>,
    /// Hash and index of each name, sorted.
    hashes: Vec<(u32, u32)>,
}

/// The embedded tables. A test loads them; if they were invalid, every suite would be unknown.
fn suite_table() -> &'static SuiteTable {
    static CATALOGUE: OnceLock<SuiteTable> = OnceLock::new();
    CATALOGUE.get_or_init(|| SuiteTable::load(SUITES, ALIASES).unwrap_or_default())
}

impl SuiteTable {
    fn load(suites: &'static str, aliases: &'static str) -> Result<Self, DataError> {
        let mut suite_table = Self::default();
        for row in borrowed_rows("suites.csv", suites, Suite::COLUMNS)? {
            let Row { line, record } = row?;
            let suite = Suite::read(record);
            suite_table.add(suite.map_err(|message| failure("suites.csv", line, &message))?);
        }
        for row in borrowed_rows("aliases.csv", aliases, ["alias", "notation", "value"])? {
            let Row { line, record } = row?;
            let named = suite_table.alias(record);
            named.map_err(|message| failure("aliases.csv", line, &message))?;
        }
        let hashes = suite_table.names.iter().map(|name| hash(name.text));
        suite_table.hashes = hashes.zip(0..).collect();
        suite_table.hashes.sort_unstable();
        Ok(suite_table)
    }

    fn alias(&mut self, [alias, notation, value]: [&'static str; 3]) -> Result<(), String> {
        let known = Notation::named(notation);
        let notation = known.ok_or_else(|| format!("`{notation}` is no notation"))?;
        // Most rows of the table are in the order of the suites.
        let last = self.names.last().map_or(0, |name| name.suite);
        let suites = self.suites.iter().enumerate();
        let mut suites = suites.clone().skip(last).chain(suites);
        let suite = suites.find(|(_, suite)| suite.value == value);
        let (suite, _) = suite.ok_or_else(|| format!("no suite {value}"))?;
        self.name(alias, suite, notation);
        Ok(())
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
                text: name,
                suite,
                notation,
            });
        }
    }

    /// Entries with a name, in the order of the tables.
    fn named(&self, name: &str) -> impl Iterator<Item = &Name> {
        let hash = hash(name);
        let first = self.hashes.partition_point(|(known, _)| *known < hash);
        let alike = self.hashes.get(first..).unwrap_or_default().iter();
        let indexes = alike.take_while(move |(known, _)| *known == hash);
        indexes
            .filter_map(|(_, index)| self.names.get(*index as usize))
            .filter(move |known| known.text == name || folded(known.text).eq(folded(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(suites: &str, aliases: &str) -> Result<SuiteTable, DataError> {
        SuiteTable::load(suites.to_owned().leak(), aliases.to_owned().leak())
    }

    #[test]
    fn the_tables_load() {
        let suite_table = load(SUITES, ALIASES).unwrap();
        assert_eq!(suite_table.suites.len(), 433);
        let registered = suite_table.suites.iter().filter(|s| !s.iana.is_empty());
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

    /// Suites that are broken anyway have no verdict of a list.
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
        let error = load(&bad, ALIASES).err().unwrap();
        assert_eq!(error.to_string(), "suites.csv:3: `SSLv9` is no TLS version");
        let bad = SUITES.replacen("bits", "bit", 1);
        let error = load(&bad, ALIASES).err().unwrap();
        assert_eq!(error.to_string(), "suites.csv:1: no column bits");
        let aliases = "alias,notation,value\nX,iana,0xFE\n";
        let error = load(SUITES, aliases).err().unwrap();
        assert_eq!(error.to_string(), "aliases.csv:2: no suite 0xFE");
        let aliases = "alias,notation,value\nX,nss,\"0x00,0x02\"\n";
        let error = load(SUITES, aliases).err().unwrap();
        assert_eq!(error.to_string(), "aliases.csv:2: `nss` is no notation");
    }

    #[test]
    fn a_tls12_suite_knows_its_tls13_relative() {
        let suite = by_name("ECDHE-RSA-AES256-GCM-SHA384").unwrap().suites[0];
        assert_eq!(suite.in_tls13().unwrap().name(), "TLS_AES_256_GCM_SHA384");
        let suite = by_name("AES256-SHA").unwrap().suites[0];
        assert!(suite.in_tls13().is_none());
    }
}
