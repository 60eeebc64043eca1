//! TLS sessions.

use std::ops::{BitOr, BitOrAssign};

use super::resolve::{Resolved, resolve};
use super::suite::{Notation, Suite, Suites};
use super::{Statement, Version};

/// Maximum key size that is taken as bytes: no cipher has so few bits, and old GnuTLS builds of Exim wrote bytes.
const MAX_KEY_BYTES: u16 = 32;

/// Length at which names from a source are cut, in bytes.
const MAX_NAME_BYTES: usize = 128;

/// TLS on a leg, as far as known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlsState {
    /// TLS was in use.
    Yes,
    /// Plaintext.
    No,
    /// Unknown: an SMTP hop without a statement, by a writer that does not always make one.
    #[default]
    NotStated,
    /// TLS was required and not available; nothing was sent.
    Refused,
    /// No SMTP hop.
    NotApplicable,
}

impl TlsState {
    /// Name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotStated => "not_stated",
            Self::Refused => "refused",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// Verification of the peer's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verify {
    /// Verified by DANE TLSA records.
    Dane,
    /// Chain and name verified.
    Verified,
    /// Chain trusted; name not required, or not matching.
    Trusted,
    /// Not verified.
    Unverified,
    /// No certificate.
    Anonymous,
}

impl Verify {
    /// Name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dane => "dane",
            Self::Verified => "verified",
            Self::Trusted => "trusted",
            Self::Unverified => "unverified",
            Self::Anonymous => "anonymous",
        }
    }
}

/// Remarks about the interpretation of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SessionFlags(u8);

impl SessionFlags {
    /// The suite name does not show whether the certificate was RSA or ECDSA.
    pub const AUTH_UNKNOWN: Self = Self(1);
    /// TLS 1.3 with a pre-shared key, as in resumed sessions.
    pub const PSK_OR_RESUMPTION: Self = Self(1 << 1);
    /// The session was resumed, as the source states.
    pub const RESUMED: Self = Self(1 << 2);
    /// The source wrote the key size in bytes.
    pub const BITS_WERE_BYTES: Self = Self(1 << 3);
    /// The source states no version, and only one can use the suite.
    pub const VERSION_IMPLIED: Self = Self(1 << 4);

    const NAMES: [(Self, &'static str); 5] = [
        (Self::AUTH_UNKNOWN, "AUTH_UNKNOWN"),
        (Self::PSK_OR_RESUMPTION, "PSK_OR_RESUMPTION"),
        (Self::RESUMED, "RESUMED"),
        (Self::BITS_WERE_BYTES, "BITS_WERE_BYTES"),
        (Self::VERSION_IMPLIED, "VERSION_IMPLIED"),
    ];

    /// True when every flag of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let set = move |(flag, name)| self.contains(flag).then_some(name);
        Self::NAMES.into_iter().filter_map(set)
    }

    /// The flag if the condition holds, else none.
    fn when(self, condition: bool) -> Self {
        if condition { self } else { Self::default() }
    }
}

impl BitOr for SessionFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for SessionFlags {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// An interpreted TLS session: one for each distinct [`Statement`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Protocol version: stated, or the only one that can use the suite ([`SessionFlags::VERSION_IMPLIED`]).
    pub version: Option<Version>,
    /// Suite as written, without version and bits; empty when absent.
    pub cipher: String,
    /// Meaning of the written suite.
    pub suites: Suites,
    /// Effective key size in bits: stated, or that of the suite.
    pub bits: Option<u16>,
    /// Key-exchange group, as written.
    pub group: Option<String>,
    /// Signature algorithm, as written.
    pub signature: Option<String>,
    /// Whether the session was resumed, if stated.
    pub resumed: Option<bool>,
    /// Certificate verification.
    pub verify: Option<Verify>,
    /// Remarks about the interpretation.
    pub flags: SessionFlags,
}

impl Session {
    /// Interprets a statement.
    pub fn from_statement(statement: &Statement<'_>) -> Self {
        let stated = Version::parse(statement.version);
        let resolved = resolve(statement.cipher, stated);
        let stated = stated.or(resolved.version);
        let version = stated.or_else(|| implied_version(&resolved));
        let (bits, were_bytes) = key_bits(statement.bits, resolved.suites);
        Self {
            version,
            cipher: text(statement.cipher).unwrap_or_default(),
            suites: resolved.suites,
            bits,
            group: text(statement.group).or_else(|| resolved.group.map(str::to_owned)),
            signature: resolved.signature.map(str::to_owned),
            resumed: statement.resumed,
            verify: statement.verify,
            flags: resolved.flags
                | SessionFlags::RESUMED.when(statement.resumed == Some(true))
                | SessionFlags::BITS_WERE_BYTES.when(were_bytes)
                | SessionFlags::VERSION_IMPLIED.when(stated != version),
        }
    }

    /// IANA names of the written suite: two if the name does not distinguish them, none if it is unknown. An
    /// unregistered suite has its code point: `0x07,0x00,0xC0`.
    pub fn cipher_iana(&self) -> impl Iterator<Item = &'static str> {
        self.suites.iter().map(Suite::name)
    }

    /// Suites that the session may have used. They differ from the written ones only in TLS 1.3, where GnuTLS
    /// builds of Exim write a TLS 1.2 name with the key exchange: the suite in use is the TLS 1.3 suite with
    /// the same cipher. A name without forward secrecy or AEAD does not come from that, and is left.
    pub fn used_suites(&self) -> Suites {
        let used = |suite: &'static Suite| suite.in_tls13().unwrap_or(suite);
        let renamed =
            |suite: &Suite| suite.last == Version::Tls12 && suite.has("AEAD") && suite.has("FS");
        match self.version {
            Some(Version::Tls13) if self.suites.iter().any(renamed) => {
                let mut used: Vec<_> = self.suites.iter().map(used).collect();
                used.dedup();
                Suites::of(&used)
            }
            _ => self.suites,
        }
    }
}

/// Version of a suite that only one version can use. A GnuTLS name of TLS 1.2 implies none: see
/// [`Session::used_suites`].
fn implied_version(resolved: &Resolved<'_>) -> Option<Version> {
    let only = resolved.suites.common(Suite::only_version)??;
    let gnutls = matches!(
        resolved.notation,
        Some(Notation::Gnutls | Notation::GnutlsDescription)
    );
    (!gnutls || only == Version::Tls13).then_some(only)
}

/// Effective key size in bits, and whether the source wrote bytes. Zero stands for an unknown size.
fn key_bits(stated: Option<u16>, suites: Suites) -> (Option<u16>, bool) {
    match stated {
        Some(bytes @ 1..=MAX_KEY_BYTES) => (Some(bytes * 8), true),
        Some(0) | None => (suites.common(|suite| suite.bits), false),
        bits => (bits, false),
    }
}

/// Text from a source, cut at a maximum length; `None` if empty.
fn text(raw: &[u8]) -> Option<String> {
    let raw = raw.get(..MAX_NAME_BYTES).unwrap_or(raw);
    (!raw.is_empty()).then(|| String::from_utf8_lossy(raw).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::parse_x;

    fn session(x: &str) -> Session {
        Session::from_statement(&parse_x(x.as_bytes()).unwrap())
    }

    fn written<'a>(version: &'a str, cipher: &'a str) -> Session {
        Session::from_statement(&Statement {
            version: version.as_bytes(),
            cipher: cipher.as_bytes(),
            ..Statement::default()
        })
    }

    #[test]
    fn bytes_become_bits() {
        for (x, bits) in [
            ("TLS-1.0:RSA_AES_256_CBC_SHA:32", 256),
            ("TLS-1.0:RSA_ARCFOUR_MD5:16", 128),
            ("TLS-1.0:DHE_RSA_3DES_EDE_CBC_SHA:24", 192),
        ] {
            let session = session(x);
            assert_eq!(session.bits, Some(bits), "{x}");
            assert!(session.flags.contains(SessionFlags::BITS_WERE_BYTES), "{x}");
        }
        let session = session("SSLv3:DES-CBC3-SHA:168");
        assert_eq!(session.bits, Some(168));
        assert!(!session.flags.contains(SessionFlags::BITS_WERE_BYTES));
    }

    #[test]
    fn unwritten_bits_are_those_of_the_suite() {
        assert_eq!(written("TLSv1", "DES-CBC3-SHA").bits, Some(112));
        assert_eq!(written("TLSv1", "NULL-SHA").bits, Some(0));
        assert_eq!(written("TLSv1", "fake").bits, None);
    }

    #[test]
    fn a_suite_of_one_version_tells_it() {
        for (version, cipher, expected) in [
            ("", "TLS_AES_256_GCM_SHA384", Some(Version::Tls13)),
            ("TLSv1/SSLv3", "AES256-GCM-SHA384", Some(Version::Tls12)),
            ("TLSv1/SSLv3", "DHE-RSA-AES256-SHA", None),
            ("UNKNOWN", "ECDHE-RSA-AES256-SHA", None),
            ("", "ECDHE_RSA_AES_256_GCM_SHA384", None),
        ] {
            let session = written(version, cipher);
            assert_eq!(session.version, expected, "{cipher}");
            let implied = session.flags.contains(SessionFlags::VERSION_IMPLIED);
            assert_eq!(implied, expected.is_some(), "{cipher}");
        }
    }

    #[test]
    fn a_version_inside_the_name_is_stated() {
        let session = written(
            "",
            "(TLS1.3)-(ECDHE-SECP256R1)-(RSA-PSS-RSAE-SHA256)-(AES-256-GCM)",
        );
        assert_eq!(session.version, Some(Version::Tls13));
        assert_eq!(session.flags, SessionFlags::default());
        assert_eq!(session.group.as_deref(), Some("SECP256R1"));
        assert_eq!(session.signature.as_deref(), Some("RSA-PSS-RSAE-SHA256"));
    }

    #[test]
    fn a_tls12_name_under_tls13_stays_as_written_and_is_used_as_tls13() {
        let session = written("TLS1.3", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        let names: Vec<_> = session.cipher_iana().collect();
        assert_eq!(names, ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]);
        let used: Vec<_> = session.used_suites().iter().map(Suite::name).collect();
        assert_eq!(used, ["TLS_AES_256_GCM_SHA384"]);
        let static_rsa = written("TLS1.3", "TLS_RSA_WITH_AES_256_GCM_SHA384");
        assert_eq!(static_rsa.used_suites(), static_rsa.suites);
    }

    #[test]
    fn a_word_alone_is_a_session_without_parts() {
        let session = Session::from_statement(&Statement::default());
        assert_eq!(session, Session::default());
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reading(raw: Vec<u8>, x in "(TLS|SSL)[v_-]?[0-9.]{0,4}:[A-Z0-9_()-]{0,40}:[0-9]{0,6}[*:]?") {
            for raw in [raw.as_slice(), x.as_bytes()] {
                let statement = parse_x(raw).unwrap_or(Statement {
                    version: raw,
                    cipher: raw,
                    group: raw,
                    ..Statement::default()
                });
                let session = Session::from_statement(&statement);
                proptest::prop_assert!(session.suites.iter().count() <= 2);
            }
        }
    }

    #[test]
    fn hostile_text_is_bounded() {
        let long = "X".repeat(1_000_000);
        assert_eq!(written("TLSv1.2", &long).cipher.len(), MAX_NAME_BYTES);
    }
}
