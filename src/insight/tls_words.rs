//! What mail systems and TLS libraries write of TLS, in plain words.

use memchr::memmem;

/// Why TLS failed, by the words of OpenSSL, GnuTLS and `LibreSSL`, and of the mail systems that call them. What is
/// more telling stands first: an alert is written beside the function that met it.
const REASONS: [(&[u8], &str); 24] = [
    (b"wrong version number", "what the peer sent was no TLS"),
    (b"unknown protocol", "what the peer sent was no TLS"),
    (b"packet length too long", "what the peer sent was no TLS"),
    (b"unexpected TLS packet", "what the peer sent was no TLS"),
    (
        b"unsupported protocol",
        "the two have no TLS version in common",
    ),
    (b"version too low", "the two have no TLS version in common"),
    (b"protocol version", "the two have no TLS version in common"),
    (
        b"no shared cipher",
        "the two have no cipher suite in common",
    ),
    (
        b"no ciphers available",
        "the two have no cipher suite in common",
    ),
    (
        b"key too small",
        "a key is shorter than the TLS library allows",
    ),
    (
        b"unknown ca",
        "the peer does not know who issued our certificate",
    ),
    (
        b"bad certificate",
        "the peer does not accept our certificate",
    ),
    (
        b"certificate unknown",
        "the peer does not accept our certificate",
    ),
    (
        b"certificate required",
        "the peer wants a certificate of us",
    ),
    (
        b"certificate has expired",
        "the peer's certificate has expired",
    ),
    (
        b"self-signed certificate",
        "the peer's certificate is signed by itself",
    ),
    (
        b"self signed certificate",
        "the peer's certificate is signed by itself",
    ),
    (
        b"untrusted issuer",
        "the issuer of the peer's certificate is not trusted",
    ),
    (
        b"ostname mismatch",
        "the peer's certificate is for another name",
    ),
    (
        b"no matching DANE TLSA",
        "the peer's certificate fits no TLSA record",
    ),
    (
        b"certificate verify failed",
        "the peer's certificate did not pass",
    ),
    (
        b"unexpected eof",
        "the peer closed the connection during the handshake",
    ),
    (
        b"lost connection",
        "the peer closed the connection during the handshake",
    ),
    (b"timed out", "the peer fell silent during the handshake"),
];

/// Why TLS failed; `None` when the text says no more than that it did.
pub(super) fn reason(text: &[u8]) -> Option<&'static str> {
    let told = |words: &[u8]| memmem::find(text, words).is_some();
    let found = REASONS.iter().find(|(words, _)| told(words));
    found.map(|(_, meaning)| *meaning)
}

/// Texts that say no more than that TLS failed.
pub(super) fn is_generic(text: &[u8]) -> bool {
    const GENERIC: [&[u8]; 3] = [
        b"Cannot start TLS: handshake failure",
        b"opportunistic TLS failed, downgrading to plain",
        b"",
    ];
    GENERIC.contains(&text)
}

/// `tls=` of Postfix 3.11 and later (`smtp_log_tls_feature_status`): what was wanted, and what was had.
/// `None` for what is not known.
pub(super) fn policy(written: &[u8]) -> Option<String> {
    let level = written.split(|byte| *byte == b'/').next()?;
    let (violated, level) = stripped(level.strip_prefix(b"!"), level);
    let (undecided, level) = stripped(level.strip_suffix(b"?"), level);
    let mut parts = level.split(|byte| *byte == b':');
    let wanted = wish(parts.next()?)?;
    let had = parts.next();
    Some(match had {
        _ if violated => format!("the policy {wanted}: it was not had, nothing was sent"),
        _ if undecided => format!("the policy {wanted}; what came of it is not told here"),
        None if level == b"none" => format!("the policy {wanted}"),
        None => format!("the policy {wanted}: it was had"),
        Some(b"none") => format!("the policy {wanted}: sent in clear"),
        Some(had) => format!(
            "the policy {wanted}; {} was had",
            String::from_utf8_lossy(had)
        ),
    })
}

fn stripped<'a>(stripped: Option<&'a [u8]>, whole: &'a [u8]) -> (bool, &'a [u8]) {
    (stripped.is_some(), stripped.unwrap_or(whole))
}

/// What a level of `smtp_tls_security_level` wants.
fn wish(level: &[u8]) -> Option<&'static str> {
    Some(match level {
        b"none" => "wants no TLS (none)",
        b"may" => "wants TLS where it is offered (may)",
        b"encrypt" => "requires TLS (encrypt)",
        b"dane" => "requires TLS where TLSA records exist (dane)",
        b"dane-only" => "requires TLS by TLSA records (dane-only)",
        b"half-dane" | b"halfdane" => "requires TLS by TLSA records (half-dane)",
        b"fingerprint" => "requires a certificate that is known (fingerprint)",
        b"verify" => "requires a certificate of that name (verify)",
        b"secure" => "requires a certificate of the domain (secure)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_reason_is_given() {
        for (text, expected) in [
            (
                "STARTTLS=client, error: connect failed=-1, reason=wrong version number",
                "no TLS",
            ),
            (
                "io-error: handshake failed: error:0A000102:SSL routines::unsupported protocol",
                "TLS version",
            ),
            (
                "SSL_connect error to mx.example.net[192.0.2.1]:25: lost connection",
                "closed the connection",
            ),
            (
                "certificate verification failed for mx.example.net[192.0.2.1]:25: untrusted issuer /CN=x",
                "issuer",
            ),
            (
                "server certificate verification failed for mx[192.0.2.1]:25: num=62:hostname mismatch",
                "another name",
            ),
        ] {
            let found = reason(text.as_bytes()).unwrap_or_default();
            assert!(found.contains(expected), "{text}: {found}");
        }
        assert_eq!(reason(b"Cannot start TLS: handshake failure"), None);
        assert_eq!(reason(b"SSL_connect error to mx[192.0.2.1]:25: -1"), None);
    }

    #[test]
    fn policies_are_sentences() {
        for (written, expected) in [
            (
                "may",
                "the policy wants TLS where it is offered (may): it was had",
            ),
            (
                "may:none",
                "the policy wants TLS where it is offered (may): sent in clear",
            ),
            (
                "may?",
                "the policy wants TLS where it is offered (may); what came of it is not told here",
            ),
            (
                "!encrypt",
                "the policy requires TLS (encrypt): it was not had, nothing was sent",
            ),
            ("none", "the policy wants no TLS (none)"),
            (
                "dane:encrypt",
                "the policy requires TLS where TLSA records exist (dane); encrypt was had",
            ),
            (
                "secure/requiretls",
                "the policy requires a certificate of the domain (secure): it was had",
            ),
        ] {
            assert_eq!(
                policy(written.as_bytes()).as_deref(),
                Some(expected),
                "{written}"
            );
        }
        for strange in ["", "?", "!", "(disabled:may)", "\u{1b}[2J"] {
            assert_eq!(policy(strange.as_bytes()), None, "{strange}");
        }
    }
}
