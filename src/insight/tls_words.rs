//! What mail systems and TLS libraries write of TLS, in plain words.

use memchr::memmem;

use crate::text::Lang;

/// Why TLS failed, by the words of OpenSSL, GnuTLS and `LibreSSL`, and of the mail systems that call them. What is
/// more telling stands first: an alert is written beside the function that met it. The meaning is in English and in German.
const REASONS: [(&[u8], &str, &str); 24] = [
    (
        b"wrong version number",
        "what the peer sent was no TLS",
        "was die Gegenseite sendete, war kein TLS",
    ),
    (
        b"unknown protocol",
        "what the peer sent was no TLS",
        "was die Gegenseite sendete, war kein TLS",
    ),
    (
        b"packet length too long",
        "what the peer sent was no TLS",
        "was die Gegenseite sendete, war kein TLS",
    ),
    (
        b"unexpected TLS packet",
        "what the peer sent was no TLS",
        "was die Gegenseite sendete, war kein TLS",
    ),
    (
        b"unsupported protocol",
        "the two have no TLS version in common",
        "beide Seiten haben keine TLS-Version gemeinsam",
    ),
    (
        b"version too low",
        "the two have no TLS version in common",
        "beide Seiten haben keine TLS-Version gemeinsam",
    ),
    (
        b"protocol version",
        "the two have no TLS version in common",
        "beide Seiten haben keine TLS-Version gemeinsam",
    ),
    (
        b"no shared cipher",
        "the two have no cipher suite in common",
        "beide Seiten haben keine Cipher-Suite gemeinsam",
    ),
    (
        b"no ciphers available",
        "the two have no cipher suite in common",
        "beide Seiten haben keine Cipher-Suite gemeinsam",
    ),
    (
        b"key too small",
        "a key is shorter than the TLS library allows",
        "ein Schlüssel ist kürzer, als die TLS-Bibliothek erlaubt",
    ),
    (
        b"unknown ca",
        "the peer does not know who issued our certificate",
        "die Gegenseite kennt den Aussteller unseres Zertifikats nicht",
    ),
    (
        b"bad certificate",
        "the peer does not accept our certificate",
        "die Gegenseite erkennt unser Zertifikat nicht an",
    ),
    (
        b"certificate unknown",
        "the peer does not accept our certificate",
        "die Gegenseite erkennt unser Zertifikat nicht an",
    ),
    (
        b"certificate required",
        "the peer wants a certificate of us",
        "die Gegenseite verlangt ein Zertifikat von uns",
    ),
    (
        b"certificate has expired",
        "the peer's certificate has expired",
        "das Zertifikat der Gegenseite ist abgelaufen",
    ),
    (
        b"self-signed certificate",
        "the peer's certificate is signed by itself",
        "das Zertifikat der Gegenseite ist selbst signiert",
    ),
    (
        b"self signed certificate",
        "the peer's certificate is signed by itself",
        "das Zertifikat der Gegenseite ist selbst signiert",
    ),
    (
        b"untrusted issuer",
        "the issuer of the peer's certificate is not trusted",
        "der Aussteller des Zertifikats der Gegenseite ist nicht vertrauenswürdig",
    ),
    (
        b"ostname mismatch",
        "the peer's certificate is for another name",
        "das Zertifikat der Gegenseite gilt für einen anderen Namen",
    ),
    (
        b"no matching DANE TLSA",
        "the peer's certificate fits no TLSA record",
        "das Zertifikat der Gegenseite passt zu keinem TLSA-Eintrag",
    ),
    (
        b"certificate verify failed",
        "the peer's certificate did not pass",
        "das Zertifikat der Gegenseite bestand die Prüfung nicht",
    ),
    (
        b"unexpected eof",
        "the peer closed the connection during the handshake",
        "die Gegenseite schloss die Verbindung während des Handshakes",
    ),
    (
        b"lost connection",
        "the peer closed the connection during the handshake",
        "die Gegenseite schloss die Verbindung während des Handshakes",
    ),
    (
        b"timed out",
        "the peer fell silent during the handshake",
        "die Gegenseite verstummte während des Handshakes",
    ),
];

/// Why TLS failed; `None` when the text says no more than that it did.
pub(super) fn reason(text: &[u8], lang: Lang) -> Option<&'static str> {
    let told = |words: &[u8]| memmem::find(text, words).is_some();
    let found = REASONS.iter().find(|(words, ..)| told(words));
    found.map(|&(_, english, german)| lang.pick(english, german))
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
pub(super) fn policy(written: &[u8], lang: Lang) -> Option<String> {
    let level = written.split(|byte| *byte == b'/').next()?;
    let (violated, level) = stripped(level.strip_prefix(b"!"), level);
    let (undecided, level) = stripped(level.strip_suffix(b"?"), level);
    let mut parts = level.split(|byte| *byte == b':');
    let wanted = wish(parts.next()?, lang)?;
    let came = match parts.next() {
        _ if violated => lang.pick(
            ": it was not had, nothing was sent",
            ": kam nicht zustande, nichts gesendet",
        ),
        _ if undecided => lang.pick(
            "; what came of it is not told here",
            "; was daraus wurde, steht hier nicht",
        ),
        None if level == b"none" => "",
        None => lang.pick(": it was had", ": kam zustande"),
        Some(b"none") => lang.pick(": sent in clear", ": im Klartext gesendet"),
        Some(had) => {
            let had = String::from_utf8_lossy(had);
            return Some(match lang {
                Lang::En => format!("the policy {wanted}; {had} was had"),
                Lang::De => format!("die Richtlinie {wanted}; zustande kam {had}"),
            });
        }
    };
    let policy = lang.pick("the policy", "die Richtlinie");
    Some(format!("{policy} {wanted}{came}"))
}

fn stripped<'a>(stripped: Option<&'a [u8]>, whole: &'a [u8]) -> (bool, &'a [u8]) {
    (stripped.is_some(), stripped.unwrap_or(whole))
}

/// What a level of `smtp_tls_security_level` wants.
fn wish(level: &[u8], lang: Lang) -> Option<&'static str> {
    Some(match level {
        b"none" => lang.pick("wants no TLS (none)", "verlangt kein TLS (none)"),
        b"may" => lang.pick(
            "wants TLS where it is offered (may)",
            "wünscht TLS, wo es angeboten wird (may)",
        ),
        b"encrypt" => lang.pick("requires TLS (encrypt)", "schreibt TLS vor (encrypt)"),
        b"dane" => lang.pick(
            "requires TLS where TLSA records exist (dane)",
            "schreibt TLS vor, wo es TLSA-Einträge gibt (dane)",
        ),
        b"dane-only" => lang.pick(
            "requires TLS by TLSA records (dane-only)",
            "schreibt TLS nach TLSA-Einträgen vor (dane-only)",
        ),
        b"half-dane" | b"halfdane" => lang.pick(
            "requires TLS by TLSA records (half-dane)",
            "schreibt TLS nach TLSA-Einträgen vor (half-dane)",
        ),
        b"fingerprint" => lang.pick(
            "requires a certificate that is known (fingerprint)",
            "schreibt ein bekanntes Zertifikat vor (fingerprint)",
        ),
        b"verify" => lang.pick(
            "requires a certificate of that name (verify)",
            "schreibt ein Zertifikat auf diesen Namen vor (verify)",
        ),
        b"secure" => lang.pick(
            "requires a certificate of the domain (secure)",
            "schreibt ein Zertifikat der Domain vor (secure)",
        ),
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
            let found = reason(text.as_bytes(), Lang::En).unwrap_or_default();
            assert!(found.contains(expected), "{text}: {found}");
        }
        assert_eq!(
            reason(b"Cannot start TLS: handshake failure", Lang::En),
            None
        );
        assert_eq!(
            reason(b"SSL_connect error to mx[192.0.2.1]:25: -1", Lang::En),
            None
        );
    }

    #[test]
    fn reasons_and_policies_have_words_in_both_languages() {
        for (words, english, german) in REASONS {
            assert!(!german.is_empty() && english != german, "{english}");
            assert_eq!(
                reason(words, Lang::De).is_some(),
                reason(words, Lang::En).is_some()
            );
        }
        for (written, expected) in [
            (
                "may",
                "die Richtlinie wünscht TLS, wo es angeboten wird (may): kam zustande",
            ),
            (
                "!encrypt",
                "die Richtlinie schreibt TLS vor (encrypt): kam nicht zustande, nichts gesendet",
            ),
            (
                "dane:may",
                "die Richtlinie schreibt TLS vor, wo es TLSA-Einträge gibt (dane); zustande kam may",
            ),
            ("none", "die Richtlinie verlangt kein TLS (none)"),
        ] {
            let told = policy(written.as_bytes(), Lang::De);
            assert_eq!(told.as_deref(), Some(expected), "{written}");
        }
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
                policy(written.as_bytes(), Lang::En).as_deref(),
                Some(expected),
                "{written}"
            );
        }
        for strange in ["", "?", "!", "(disabled:may)", "\u{1b}[2J"] {
            assert_eq!(policy(strange.as_bytes(), Lang::En), None, "{strange}");
        }
    }
}
