//! `tls=` of delivery lines (`smtp_log_tls_feature_status`, Postfix 3.11 and later): TLS policy and result of
//! the attempt, without version and cipher suite.
//!
//! ```text
//! [!]wanted[:had][?][/requiretls...]
//! ```
//! `!`: the policy was violated, nothing was sent. `?`: undecided. `wanted:had`: less was had than wanted. Snapshots
//! before the release wrote `(wanted)` for a relaxed policy and `(disabled:wanted)` for clear text.

use crate::parse::Absence;
use crate::parse::bytes::{between, from, to};
use crate::tls::{Statement, Verify};

/// TLS of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsStatus {
    /// TLS was in use.
    Used(Option<Verify>),
    /// The connection was in clear.
    Clear,
    /// Nothing was sent, or unknown.
    Undecided,
}

impl TlsStatus {
    /// Parses the value of the field.
    pub(super) fn read(value: &[u8]) -> Self {
        let end = memchr::memchr(b'/', value).unwrap_or(value.len());
        let level = to(value, end);
        if level.starts_with(b"!") || level.ends_with(b"?") {
            return Self::Undecided;
        }
        if let Some(inner) = between(level, b"(", b")") {
            return match inner.strip_prefix(b"disabled:") {
                Some(_) => Self::Clear,
                None if Self::of_level(inner) == Self::Clear => Self::Clear,
                None if Self::of_level(inner) == Self::Undecided => Self::Undecided,
                None => Self::Used(None),
            };
        }
        let had = memchr::memrchr(b':', level).map_or(level, |at| from(level, at + 1));
        Self::of_level(had)
    }

    /// Status of the security level that was reached.
    fn of_level(level: &[u8]) -> Self {
        match level {
            b"none" => Self::Clear,
            // Half-dane: the MX records of the host were not secured by DNSSEC.
            b"may" | b"encrypt" | b"half-dane" | b"halfdane" => Self::Used(None),
            b"dane" | b"dane-only" => Self::Used(Some(Verify::Dane)),
            b"fingerprint" | b"verify" | b"secure" => Self::Used(Some(Verify::Verified)),
            _ => Self::Undecided,
        }
    }

    /// True when the policy allows mail in clear if TLS fails: level `may`, without REQUIRETLS.
    pub(super) fn is_optional(value: &[u8]) -> bool {
        matches!(value, b"may" | b"may?" | b"may:none" | b"(may)")
    }

    /// TLS session, and the meaning of a missing one.
    pub(super) fn stated<'a>(self) -> (Option<Statement<'a>>, Absence) {
        match self {
            Self::Used(verify) => (
                Some(Statement {
                    verify,
                    ..Statement::default()
                }),
                Absence::Mute,
            ),
            Self::Clear => (None, Absence::Clear),
            Self::Undecided => (None, Absence::Mute),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let used = TlsStatus::Used;
        for (value, expected) in [
            ("none", TlsStatus::Clear),
            ("may:none", TlsStatus::Clear),
            ("dane:none", TlsStatus::Clear),
            ("(disabled:may)", TlsStatus::Clear),
            ("may", used(None)),
            ("encrypt", used(None)),
            ("dane", used(Some(Verify::Dane))),
            ("dane-only", used(Some(Verify::Dane))),
            ("dane:encrypt", used(None)),
            ("dane:half-dane", used(None)),
            ("secure", used(Some(Verify::Verified))),
            ("dane/requiretls", used(Some(Verify::Dane))),
            ("dane/requiretls?", used(Some(Verify::Dane))),
            ("may/requiretls:none", used(None)),
            ("dane/!requiretls:nostarttls", used(Some(Verify::Dane))),
            ("(dane)", used(None)),
            ("may?", TlsStatus::Undecided),
            ("!encrypt", TlsStatus::Undecided),
            ("!dane:encrypt", TlsStatus::Undecided),
            ("dane?/requiretls?", TlsStatus::Undecided),
            ("something", TlsStatus::Undecided),
            ("", TlsStatus::Undecided),
        ] {
            assert_eq!(TlsStatus::read(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn what_is_not_required() {
        for (value, optional) in [
            ("may", true),
            ("may?", true),
            ("may:none", true),
            ("encrypt?", false),
            ("!encrypt", false),
            ("dane?", false),
            ("may?/requiretls?", false),
            ("", false),
        ] {
            assert_eq!(
                TlsStatus::is_optional(value.as_bytes()),
                optional,
                "{value}"
            );
        }
    }
}
