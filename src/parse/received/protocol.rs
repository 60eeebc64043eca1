//! Meaning of the protocol after `with`: how the message was transferred, and whether with TLS.

use super::Transport;
use super::clauses::starts_with;

/// TLS according to a protocol word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// The word states TLS: the S in `ESMTPS` (RFC 3848).
    Tls,
    /// A registered word without S.
    Plain,
    /// The word does not say.
    Silent,
    /// Not SMTP.
    NotSmtp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Protocol {
    pub(super) transport: Transport,
    pub(super) claim: Claim,
}

impl Protocol {
    const fn new(transport: Transport, claim: Claim) -> Self {
        Self { transport, claim }
    }
}

/// Words in the IANA registry "Mail Transmission Types" (RFC 3848, RFC 6531, RFC 4356).
const REGISTERED: [&[u8]; 18] = [
    b"SMTP",
    b"ESMTP",
    b"ESMTPA",
    b"ESMTPS",
    b"ESMTPSA",
    b"LMTP",
    b"LMTPA",
    b"LMTPS",
    b"LMTPSA",
    b"MMS",
    b"UTF8SMTP",
    b"UTF8SMTPA",
    b"UTF8SMTPS",
    b"UTF8SMTPSA",
    b"UTF8LMTP",
    b"UTF8LMTPA",
    b"UTF8LMTPS",
    b"UTF8LMTPSA",
];

/// True for a word in the IANA registry.
pub(super) fn is_registered(with: &[u8]) -> bool {
    is_one_of(with, &REGISTERED)
}

/// True for variants of SMTP and LMTP such as `ESMTPS` and `lmtp`.
pub(super) fn is_transfer_word(word: &[u8]) -> bool {
    family(word, b"SMTP").is_some() || family(word, b"LMTP").is_some()
}

/// Classifies a protocol word or phrase.
pub(super) fn classify(with: &[u8]) -> Protocol {
    if let Some(claim) = family(with, b"SMTP") {
        return Protocol::new(Transport::Smtp, claim);
    }
    if let Some(claim) = family(with, b"LMTP") {
        let claim = if claim == Claim::Tls {
            Claim::Tls
        } else {
            Claim::NotSmtp
        };
        return Protocol::new(Transport::Lmtp, claim);
    }
    if let Some(rest) = super::clauses::strip_prefix(with, b"local-") {
        // Exim: SMTP of a local program on standard input (`local-esmtp`). With an S there was TLS.
        return match family(rest, b"SMTP") {
            Some(Claim::Tls) => Protocol::new(Transport::Smtp, Claim::Tls),
            _ => Protocol::new(Transport::Local, Claim::NotSmtp),
        };
    }
    if let Some(claim) = behind_product(with) {
        return Protocol::new(Transport::Smtp, claim);
    }
    other(with)
}

/// `MailEnable ESMTPSA`: the product name precedes the word.
fn behind_product(with: &[u8]) -> Option<Claim> {
    let blank = with.iter().rposition(u8::is_ascii_whitespace)?;
    family(with.get(blank + 1..)?, b"SMTP")
}

fn other(with: &[u8]) -> Protocol {
    const LOCAL: [&[u8]; 7] = [
        b"local",
        b"bsmtp",
        b"stdin",
        b"socket",
        b"pipe",
        b"internal",
        b"dsn",
    ];
    const FETCHED: [&[u8]; 5] = [b"POP", b"IMAP", b"UUCP", b"NNTP", b"X.400"];
    let contains = |part: &[u8]| {
        with.windows(part.len())
            .take(64)
            .any(|window| window.eq_ignore_ascii_case(part))
    };
    if is_one_of(with, &LOCAL)
        || starts_with(with, b"qmail-scanner")
        || starts_with(with, b"userid ")
    {
        Protocol::new(Transport::Local, Claim::NotSmtp)
    } else if starts_with(with, b"mapi") {
        Protocol::new(Transport::Mapi, Claim::NotSmtp)
    } else if contains(b"HTTP") || starts_with(with, b"REST") || starts_with(with, b"DAV") {
        Protocol::new(Transport::Http, Claim::NotSmtp)
    } else if FETCHED.iter().any(|word| starts_with(with, word)) {
        Protocol::new(Transport::Other, Claim::NotSmtp)
    } else if contains(b"SMTP") || contains(b"Internet Mail Service") || is_queue_protocol(with) {
        Protocol::new(Transport::Smtp, Claim::Silent)
    } else {
        Protocol::new(Transport::Other, Claim::Silent)
    }
}

/// True for the quick mail protocols and message submission, which transfer mail between hosts like SMTP.
fn is_queue_protocol(with: &[u8]) -> bool {
    is_one_of(with, &[b"QMQP", b"QMTP", b"SUBMISSION"])
}

fn is_one_of(word: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Variants of `SMTP` and `LMTP`: with `UTF8`, `E`, `A` or `S` before (Exim wrote `asmtp`, `ssmtp`, `essmtp`),
/// and `S`, `A`, `SA` or `-TLS` after.
fn family(word: &[u8], core: &[u8]) -> Option<Claim> {
    let word = super::clauses::strip_prefix(word, b"UTF8").unwrap_or(word);
    let at = (0..3).find(|at| word.get(*at..).is_some_and(|rest| starts_with(rest, core)))?;
    let before = word.get(..at)?;
    let after = word.get(at + core.len()..)?;
    let secure_before = is_one_of(before, &[b"S", b"ES"]);
    let secure_behind = is_one_of(after, &[b"S", b"SA", b"-TLS"]);
    let plain_before = before.is_empty() || is_one_of(before, &[b"E"]);
    let plain_behind = after.is_empty() || is_one_of(after, &[b"A"]);
    if (secure_before && plain_behind) || (plain_before && secure_behind) {
        Some(Claim::Tls)
    } else if plain_before && plain_behind {
        Some(Claim::Plain)
    } else if is_one_of(before, &[b"A"]) && plain_behind {
        Some(Claim::Silent)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_mail_transfer() {
        for (word, claim) in [
            ("SMTP", Claim::Plain),
            ("esmtpa", Claim::Plain),
            ("UTF8SMTP", Claim::Plain),
            ("asmtp", Claim::Silent),
            ("ESMTPS", Claim::Tls),
            ("SMTPs", Claim::Tls),
            ("SMTPSA", Claim::Tls),
            ("essmtpa", Claim::Tls),
            ("utf8esmtpsa", Claim::Tls),
            ("ESMTP-TLS", Claim::Tls),
            ("local-esmtps", Claim::Tls),
            ("Microsoft SMTP Server", Claim::Silent),
            ("QMQP", Claim::Silent),
        ] {
            assert_eq!(
                classify(word.as_bytes()),
                Protocol::new(Transport::Smtp, claim),
                "{word}"
            );
        }
    }

    #[test]
    fn words_of_other_ways() {
        for (word, transport, claim) in [
            ("LMTP", Transport::Lmtp, Claim::NotSmtp),
            ("LMTPSA", Transport::Lmtp, Claim::Tls),
            ("local-bsmtp", Transport::Local, Claim::NotSmtp),
            ("HTTPREST", Transport::Http, Claim::NotSmtp),
            ("mapi", Transport::Mapi, Claim::NotSmtp),
            ("POP3", Transport::Other, Claim::NotSmtp),
            ("NNFMP", Transport::Other, Claim::Silent),
            ("smtpfoo", Transport::Smtp, Claim::Silent),
        ] {
            assert_eq!(
                classify(word.as_bytes()),
                Protocol::new(transport, claim),
                "{word}"
            );
        }
    }

    #[test]
    fn the_registry_is_the_registry() {
        assert!(is_registered(b"utf8smtpsa") && is_registered(b"MMS"));
        assert!(!is_registered(b"HTTP") && !is_registered(b"asmtp") && !is_registered(b""));
    }
}
