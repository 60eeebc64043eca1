//! Protocol versions and their spellings.

use std::fmt;

/// A TLS or SSL protocol version; later is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// SSL 2.0 (prohibited by RFC 6176).
    Ssl2,
    /// SSL 3.0 (prohibited by RFC 7568).
    Ssl3,
    /// TLS 1.0 (deprecated by RFC 8996).
    Tls10,
    /// TLS 1.1 (deprecated by RFC 8996).
    Tls11,
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: [Self; 6] = [
        Self::Ssl2,
        Self::Ssl3,
        Self::Tls10,
        Self::Tls11,
        Self::Tls12,
        Self::Tls13,
    ];

    /// Parses any spelling of mail systems: `TLSv1.2`, `TLS1.2`, `TLS1_2`, `TLS-1.0`, `TLS1.0-PKIX`,
    /// `TLS1.3-X.509`, `TLS1`, `SSLv3`, `SSL3.0`.
    ///
    /// `None` for `TLSv1/SSLv3`, which is a family of ciphers in old OpenSSL and no version.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (family, rest) = text.split_at_checked(3)?;
        let ssl = family.eq_ignore_ascii_case(b"SSL");
        if !ssl && !family.eq_ignore_ascii_case(b"TLS") {
            return None;
        }
        let rest = match rest.first() {
            Some(b'v' | b'V' | b'-' | b'_' | b' ') => &rest[1..],
            _ => rest,
        };
        let rest = ["-PKIX", "-X.509", "-X509"]
            .iter()
            .find_map(|kind| rest.strip_suffix(kind.as_bytes()))
            .unwrap_or(rest);
        match (ssl, rest) {
            (true, b"2" | b"2.0" | b"2_0") => Some(Self::Ssl2),
            (true, b"3" | b"3.0" | b"3_0") => Some(Self::Ssl3),
            (false, b"1" | b"1.0" | b"1_0") => Some(Self::Tls10),
            (false, b"1.1" | b"1_1") => Some(Self::Tls11),
            (false, b"1.2" | b"1_2") => Some(Self::Tls12),
            (false, b"1.3" | b"1_3") => Some(Self::Tls13),
            _ => None,
        }
    }

    /// Name in tables and texts: `TLS1.2`, `SSLv3`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ssl2 => "SSLv2",
            Self::Ssl3 => "SSLv3",
            Self::Tls10 => "TLS1.0",
            Self::Tls11 => "TLS1.1",
            Self::Tls12 => "TLS1.2",
            Self::Tls13 => "TLS1.3",
        }
    }

    /// Name as spoken: `TLS 1.2`.
    pub const fn spoken(self) -> &'static str {
        match self {
            Self::Ssl2 => "SSL 2",
            Self::Ssl3 => "SSL 3",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling() {
        for (text, version) in [
            ("SSLv2", Version::Ssl2),
            ("SSL2", Version::Ssl2),
            ("SSLv3", Version::Ssl3),
            ("SSL3.0", Version::Ssl3),
            ("TLSv1", Version::Tls10),
            ("TLS1", Version::Tls10),
            ("TLS-1.0", Version::Tls10),
            ("TLS1.0-PKIX", Version::Tls10),
            ("TLSv1.1", Version::Tls11),
            ("TLS1_1", Version::Tls11),
            ("TLSv1_2", Version::Tls12),
            ("TLS1.3-X.509", Version::Tls13),
            ("tlsv1.3", Version::Tls13),
        ] {
            assert_eq!(Version::parse(text.as_bytes()), Some(version), "{text}");
        }
    }

    #[test]
    fn a_cipher_family_or_a_mask_is_no_version() {
        for text in [
            "TLSv1/SSLv3",
            "TLS1.x",
            "TLS",
            "",
            "TLS1.4",
            "SSL",
            "TLS_AES_256",
        ] {
            assert_eq!(Version::parse(text.as_bytes()), None, "{text}");
        }
    }
}
