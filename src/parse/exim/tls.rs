//! TLS sessions of arrivals and deliveries.

use crate::tls::{Statement, Verify};

use crate::tls::parse_x;

/// TLS session of an arrival or a rejection, from `P=`, `X=` and `CV=`.
///
/// A verified client certificate is stated. An unverified or missing one says nothing about the protection of
/// the mail. The protocol or `CV=` alone (`log_selector = -tls_cipher`) state TLS with unknown parameters.
pub(super) fn inbound<'a>(
    protocol: &[u8],
    cipher: Option<&'a [u8]>,
    verified: Option<bool>,
) -> Option<Statement<'a>> {
    if cipher.is_none() && verified.is_none() && !implies_tls(protocol) {
        return None;
    }
    let statement = cipher.and_then(parse_x).unwrap_or_default();
    Some(Statement {
        verify: (verified == Some(true)).then_some(Verify::Verified),
        ..statement
    })
}

/// TLS session of a delivery or a failure, from `X=` and `CV=`.
///
/// `verify_lost`: on a reused connection and in cutthrough delivery Exim writes `CV=no` whatever the result of
/// verification was.
pub(super) fn outbound<'a>(
    cipher: Option<&'a [u8]>,
    verify: Option<&[u8]>,
    verify_lost: bool,
) -> Option<Statement<'a>> {
    if cipher.is_none() && verify.is_none() {
        return None;
    }
    let statement = cipher.and_then(parse_x).unwrap_or_default();
    let verify = match verify {
        Some(b"yes") => Some(Verify::Verified),
        Some(b"dane") => Some(Verify::Dane),
        Some(b"no") if !verify_lost => Some(Verify::Unverified),
        _ => None,
    };
    Some(Statement {
        verify,
        ..statement
    })
}

/// True when the protocol implies TLS (RFC 3848, RFC 6531; `smtps`, `ssmtp` and `essmtp` are Exim's own). Names
/// for local submission are no network protocols.
pub(super) fn implies_tls(protocol: &[u8]) -> bool {
    let bare = protocol.strip_prefix(b"utf8").unwrap_or(protocol);
    matches!(
        bare,
        b"smtps"
            | b"esmtps"
            | b"smtpsa"
            | b"esmtpsa"
            | b"ssmtp"
            | b"essmtp"
            | b"ssmtpa"
            | b"essmtpa"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocol_words() {
        for word in [
            "esmtps",
            "esmtpsa",
            "smtps",
            "ssmtp",
            "essmtpa",
            "utf8esmtps",
        ] {
            assert!(implies_tls(word.as_bytes()), "{word}");
        }
        for word in [
            "esmtp",
            "smtp",
            "esmtpa",
            "asmtp",
            "local",
            "local-esmtps",
            "utf8esmtp",
            "",
        ] {
            assert!(!implies_tls(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn without_a_cipher_tls_is_still_stated() {
        assert_eq!(inbound(b"esmtp", None, None), None);
        assert_eq!(inbound(b"esmtps", None, None), Some(Statement::default()));
        assert_eq!(
            inbound(b"esmtps", None, Some(false)),
            Some(Statement::default())
        );
        assert_eq!(outbound(None, None, false), None);
        let unverified = outbound(None, Some(b"no"), false).expect("CV= states TLS");
        assert_eq!(unverified.verify, Some(Verify::Unverified));
        assert!(unverified.version.is_empty());
    }

    #[test]
    fn verification() {
        let x = Some(b"TLS1.3:A:256".as_slice());
        let inbound = |cv| inbound(b"esmtps", x, cv).and_then(|statement| statement.verify);
        assert_eq!(inbound(Some(true)), Some(Verify::Verified));
        assert_eq!(inbound(Some(false)), None);
        assert_eq!(inbound(None), None);
        let outbound =
            |cv: &[u8], lost| outbound(x, Some(cv), lost).and_then(|statement| statement.verify);
        assert_eq!(outbound(b"yes", false), Some(Verify::Verified));
        assert_eq!(outbound(b"dane", false), Some(Verify::Dane));
        assert_eq!(outbound(b"no", false), Some(Verify::Unverified));
        assert_eq!(outbound(b"no", true), None);
        assert_eq!(outbound(b"yes", true), Some(Verify::Verified));
        assert_eq!(outbound(b"perhaps", false), None);
    }
}
