//! Resolves the written name of a cipher suite.
//!
//! The notation is recognised by the name itself and not by the mail system, because the formats of logs and
//! headers are configurable and names have changed between releases.

use super::Version;
use super::gnutls::Description;
use super::session::SessionFlags;
use super::suite::{Notation, Suite, Suites, by_name};

/// Maximum length of a suite name in bytes.
const MAX_BYTES: usize = 128;

/// Curves that old Schannel builds append to a suite name.
const CURVES: [&str; 3] = ["_P256", "_P384", "_P521"];

/// Meaning of a suite name. All parts are empty for unknown names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolved<'a> {
    /// The suite, or two that the name does not distinguish.
    pub suites: Suites,
    /// Notation of the name.
    pub notation: Option<Notation>,
    /// Version that the name itself states (GnuTLS descriptions).
    pub version: Option<Version>,
    /// Key-exchange group that the name states, as written.
    pub group: Option<&'a str>,
    /// Signature algorithm that the name states, as written.
    pub signature: Option<&'a str>,
    /// Remarks about the resolution.
    pub flags: SessionFlags,
}

/// Resolves a suite name. `version` is the protocol version stated with it: it decides between suites of the
/// same name, and is needed for GnuTLS descriptions.
///
/// A TLS 1.2 name with TLS 1.3 is resolved to the suite of TLS 1.2. Exim with GnuTLS writes
/// `ECDHE_RSA_AES_256_GCM_SHA384` for a session with `TLS_AES_256_GCM_SHA384`; grading uses the suite of TLS
/// 1.3 (see [`super::Session::used_suites`]).
pub fn resolve(cipher: &[u8], version: Option<Version>) -> Resolved<'_> {
    let Ok(written) = std::str::from_utf8(cipher) else {
        return Resolved::default();
    };
    let written = written.trim_ascii();
    if written.len() > MAX_BYTES {
        return Resolved::default();
    }
    named(written, version)
        .or_else(|| with_curve(written, version))
        .or_else(|| described(written, version))
        .unwrap_or_default()
}

fn named(written: &str, version: Option<Version>) -> Option<Resolved<'_>> {
    let found = by_name(written)?;
    Some(Resolved {
        suites: Suites::of(&[choose(&found.suites, version)?]),
        notation: notation(written, &found.notations),
        ..Resolved::default()
    })
}

/// Resolves a name with a curve: `TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P384`.
fn with_curve(written: &str, version: Option<Version>) -> Option<Resolved<'_>> {
    let curve = CURVES.iter().find(|curve| written.ends_with(**curve))?;
    let (name, suffix) = written.split_at_checked(written.len() - curve.len())?;
    Some(Resolved {
        group: suffix.get(1..),
        ..named(name, version)?
    })
}

fn described(written: &str, version: Option<Version>) -> Option<Resolved<'_>> {
    let description = Description::parse(written)?;
    let candidates = description.candidates(version);
    let suites = Suites::of(&candidates);
    let tls13 = suites.common(|suite| suite.first) == Some(Version::Tls13);
    let mut flags = SessionFlags::default();
    if suites.common(|suite| suite.auth).is_none() && description.auth_unknown() {
        flags |= SessionFlags::AUTH_UNKNOWN;
    }
    if tls13 && description.psk_in_tls13() {
        flags |= SessionFlags::PSK_OR_RESUMPTION;
    }
    (!suites.is_empty()).then_some(Resolved {
        suites,
        notation: Some(Notation::GnutlsDescription),
        version: description.version,
        group: description.group,
        signature: description.signature,
        flags,
    })
}

/// Selects one of several suites with a name: one that the version can use, preferably a registered one. The
/// others are of SSL 2.0 or a draft.
fn choose(suites: &[&'static Suite], version: Option<Version>) -> Option<&'static Suite> {
    let fits = |suite: &Suite| version.is_some_and(|version| suite.fits(version));
    let rank = |suite: &&&Suite| (!fits(suite), suite.iana.is_empty());
    suites.iter().min_by_key(rank).copied()
}

/// Notation of a name that exists in several: that of the registry, or else OpenSSL's if the name has hyphens.
fn notation(written: &str, notations: &[Notation]) -> Option<Notation> {
    let open_ssl = written.contains('-') && notations.contains(&Notation::OpenSsl);
    let first = notations.iter().copied().min();
    match first {
        Some(Notation::OpenSsl) if !open_ssl => notations.iter().copied().max(),
        first => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(cipher: &str, version: Option<Version>) -> Vec<&'static str> {
        let resolved = resolve(cipher.as_bytes(), version);
        resolved.suites.iter().map(Suite::name).collect()
    }

    #[test]
    fn reads_every_notation() {
        for name in [
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ecdhe-rsa-aes256-gcm-sha384",
            "ECDHE_RSA_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384_P256",
            "ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM",
            "ECDHE_RSA_SECP521R1__AES_256_GCM__AEAD",
            "(TLS1.2-PKIX)-(ECDHE-RSA-SECP521R1)-(AES-256-GCM)-(AEAD)",
            "(TLS1.2)-(ECDHE-SECP256R1)-(RSA-SHA256)-(AES-256-GCM)",
        ] {
            let names = names(name, Some(Version::Tls12));
            assert_eq!(names, ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"], "{name}");
        }
    }

    #[test]
    fn reads_the_names_of_tls13() {
        for name in [
            "TLS_AES_256_GCM_SHA384",
            "AEAD-AES256-GCM-SHA384",
            "TLS13_AES_256_GCM_SHA384",
            "TLS1-3-AES-256-GCM-SHA384",
            "(AES_256_GCM",
            "AES-256-GCM",
            "ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM",
            "(TLS1.3)-(ECDHE-SECP256R1)-(RSA-PSS-RSAE-SHA256)-(AES-256-GCM)",
            "(TLS1.3)--(AES-256-GCM)",
        ] {
            let names = names(name, Some(Version::Tls13));
            assert_eq!(names, ["TLS_AES_256_GCM_SHA384"], "{name}");
        }
    }

    #[test]
    fn a_java_name_is_read() {
        assert_eq!(
            names("SSL_RSA_WITH_RC4_128_MD5", None),
            ["TLS_RSA_WITH_RC4_128_MD5"]
        );
    }

    /// Exim with GnuTLS 2.x in its logs and headers of 2009 to 2013.
    #[test]
    fn the_names_of_old_gnutls_are_read() {
        for (name, suite) in [
            ("RSA_ARCFOUR_SHA1", "TLS_RSA_WITH_RC4_128_SHA"),
            ("ECDHE_RSA_ARCFOUR_SHA1", "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
            ("ANON_DH_ARCFOUR_MD5", "TLS_DH_anon_WITH_RC4_128_MD5"),
            (
                "ANON_DH_AES_256_CBC_SHA1",
                "TLS_DH_anon_WITH_AES_256_CBC_SHA",
            ),
            (
                "RSA_EXPORT_ARCFOUR_40_MD5",
                "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
            ),
        ] {
            assert_eq!(names(name, Some(Version::Tls10)), [suite]);
        }
    }

    #[test]
    fn a_missing_signature_leaves_two_candidates() {
        let resolved = resolve(b"ECDHE_X25519__AES_256_CBC__SHA1", Some(Version::Tls10));
        let names: Vec<_> = resolved.suites.iter().map(Suite::name).collect();
        assert_eq!(
            names,
            [
                "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"
            ]
        );
        assert_eq!(resolved.flags, SessionFlags::AUTH_UNKNOWN);
        assert_eq!(resolved.group, Some("X25519"));
    }

    #[test]
    fn a_signature_unknown_to_us_decides_nothing() {
        let name = "HYBRID_X25519_MLKEM768__ML_DSA_65__AES_128_GCM";
        assert_eq!(
            names(name, Some(Version::Tls13)),
            ["TLS_AES_128_GCM_SHA256"]
        );
        let name = b"ECDHE_X25519__ML_DSA_65__AES_128_GCM";
        let resolved = resolve(name, Some(Version::Tls12));
        assert_eq!(resolved.suites.iter().count(), 2);
        assert_eq!(resolved.flags, SessionFlags::AUTH_UNKNOWN);
    }

    #[test]
    fn a_description_without_any_version_may_be_of_tls12_or_tls13() {
        assert_eq!(
            names("ECDHE_X25519__RSA_SHA256__AES_256_GCM", None),
            [
                "TLS_AES_256_GCM_SHA384",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
            ]
        );
    }

    #[test]
    fn the_version_decides_between_suites_of_one_name() {
        for (version, value) in [
            (Some(Version::Ssl2), "0x01,0x00,0x80"),
            (Some(Version::Tls10), "0x00,0x04"),
            (None, "0x00,0x04"),
        ] {
            let resolved = resolve(b"RC4-MD5", version);
            let values: Vec<_> = resolved.suites.iter().map(|s| s.value).collect();
            assert_eq!(values, [value]);
        }
    }

    #[test]
    fn a_name_tells_its_notation() {
        for (name, notation) in [
            ("TLS_AES_256_GCM_SHA384", Notation::Iana),
            ("ECDHE-RSA-CHACHA20-POLY1305", Notation::OpenSsl),
            ("ECDHE_RSA_CHACHA20_POLY1305", Notation::Gnutls),
            ("RSA__AES_128_CBC__SHA1", Notation::GnutlsDescription),
        ] {
            let resolved = resolve(name.as_bytes(), Some(Version::Tls12));
            assert_eq!(resolved.notation, Some(notation), "{name}");
        }
    }

    #[test]
    fn masked_foreign_and_hostile_names_mean_nothing() {
        let long = "A__".repeat(100_000);
        for name in [
            "ke-RSA-AES256-SHAnnn",
            "ke--AES256-SHAnnn",
            "ke-PSK-AES256-SHAnnn",
            "fake",
            "TLS",
            "3DTLS_",
            "",
            "__",
            "((((",
            "AES-256-GCM",
            &long,
        ] {
            let resolved = resolve(name.as_bytes(), Some(Version::Tls12));
            assert!(resolved.suites.is_empty(), "{name:.40}");
        }
        assert_eq!(resolve(b"\xff\xfe", None), Resolved::default());
    }
}
