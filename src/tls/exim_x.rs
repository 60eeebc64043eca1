//! Exim's `X=` field, and the parenthesis of its older Received headers.

use super::Statement;
use crate::text::near;

/// Splits `version:suite:bits[:group][*]`.
///
/// Logs have this form (`X=TLS1.3:TLS_AES_256_GCM_SHA384:256:X25519*`), Received headers
/// (`(TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)`, without the parentheses) and, with fewer parts, headers of other
/// mail systems (`TLSv1:ECDHE-RSA-AES256-SHA`). The group exists since Exim 4.100. `*` marks a resumed session, for
/// which GnuTLS builds write `TLS1.3:(AES_256_GCM:256*`. Bits that are no number are left out. `None` for other text.
pub fn parse_x(raw: &[u8]) -> Option<Statement<'_>> {
    let (body, resumed) = match raw.strip_suffix(b"*") {
        Some(body) => (body, Some(true)),
        None => (raw, None),
    };
    let (version, rest) = part(Some(body));
    let (cipher, rest) = part(rest);
    let (bits, rest) = part(rest);
    let (group, rest) = part(rest);
    // Without an early exit, so that many bytes are tested at once.
    let unclean = (body.iter()).fold(0, |any, byte| any | u8::from(*byte <= b' '));
    let whole = unclean == 0 && rest.is_none() && is_version(version) && !cipher.is_empty();
    let bits = number(bits);
    whole.then_some(Statement {
        version,
        cipher,
        bits,
        group,
        resumed,
        ..Statement::default()
    })
}

/// Text before the first colon, and the text after it if there is one.
fn part(text: Option<&[u8]>) -> (&[u8], Option<&[u8]>) {
    let text = text.unwrap_or_default();
    let colon = near(text, b':');
    match colon.and_then(|at| text.split_at_checked(at)) {
        Some((part, rest)) => (part, rest.get(1..)),
        None => (text, None),
    }
}

/// True for a version or a masked one (`TLS1.x`), and not for any word before a colon.
fn is_version(token: &[u8]) -> bool {
    matches!(token.get(..3), Some(b"TLS" | b"SSL")) && token.iter().any(u8::is_ascii_digit)
}

fn number(digits: &[u8]) -> Option<u16> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| {
        digits.iter().try_fold(0_u16, |value, byte| {
            value.checked_mul(10)?.checked_add(u16::from(byte - b'0'))
        })
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version, cipher, bits, group, resumed.
    type Parts<'a> = (&'a str, &'a str, Option<u16>, &'a str, Option<bool>);

    fn split(raw: &str) -> Option<Parts<'_>> {
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        let x = parse_x(raw.as_bytes())?;
        let (version, cipher, group) = (text(x.version), text(x.cipher), text(x.group));
        Some((version, cipher, x.bits, group, x.resumed))
    }

    #[test]
    fn splits_every_form() {
        for (raw, parts) in [
            (
                "TLS1.3:TLS_AES_256_GCM_SHA384:256",
                ("TLS1.3", "TLS_AES_256_GCM_SHA384", Some(256), "", None),
            ),
            (
                "TLS1.3:TLS_AES_256_GCM_SHA384:256:X25519*",
                (
                    "TLS1.3",
                    "TLS_AES_256_GCM_SHA384",
                    Some(256),
                    "X25519",
                    Some(true),
                ),
            ),
            (
                "TLS1.3:(AES_256_GCM:256*",
                ("TLS1.3", "(AES_256_GCM", Some(256), "", Some(true)),
            ),
            (
                "TLSv1:ECDHE-RSA-AES256-SHA",
                ("TLSv1", "ECDHE-RSA-AES256-SHA", None, "", None),
            ),
            (
                "TLS1.x:ke-RSA-AES256-SHAnnn:xxx",
                ("TLS1.x", "ke-RSA-AES256-SHAnnn", None, "", None),
            ),
        ] {
            assert_eq!(split(raw), Some(parts), "{raw}");
        }
    }

    #[test]
    fn refuses_what_has_another_form() {
        for raw in [
            "",
            "*",
            "TLS1.2",
            "TLS1.2:",
            "TLS_proto_and_cipher",
            "smtp:ECDHE-RSA-AES256-SHA:256",
            "TLS:fake:256",
            "TLS1.2:A:256:X25519:more",
            "TLS1.2:A:256 CV=yes",
            "prefixed+",
        ] {
            assert_eq!(split(raw), None, "{raw}");
        }
    }

    #[test]
    fn bits_beyond_any_key_are_unstated() {
        assert_eq!(split("TLS1.2:A:+12").unwrap().2, None);
        assert_eq!(split("TLS1.2:A:70000").unwrap().2, None);
        assert_eq!(split("TLS1.2:A:").unwrap().2, None);
    }
}
