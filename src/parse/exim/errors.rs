//! Texts of deferrals and failures: whether there was a connection, to which host, and what went wrong with TLS.
//!
//! The texts are Exim's, except for the reply of the server at the end. Only their beginnings or whole texts
//! are compared, so that a reply cannot imitate them.

use crate::parse::{Direction, Peer};
use crate::tls::Trouble;

use super::host;
use crate::parse::bytes::{contains, split_once};
use crate::parse::reply;

/// How far an unsuccessful delivery came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contact {
    /// To a remote host, or to an attempt to connect.
    Remote,
    /// To a mailbox, a pipe or a local socket.
    Local,
    /// No delivery was attempted.
    None,
    /// The line does not say.
    Unknown,
}

impl Contact {
    pub(super) const fn direction(self) -> Option<Direction> {
        match self {
            Self::Remote => Some(Direction::Out),
            Self::Local => Some(Direction::Local),
            Self::None | Self::Unknown => None,
        }
    }
}

/// Beginnings of texts about deliveries that were not attempted.
const WAITS: [&[u8]; 16] = [
    b"retry time not reached",
    b"all hosts",
    b"all host address lookups",
    b"some host address lookups failed",
    b"connection limit reached",
    b"concurrency limit reached",
    b"SMTP delivery explicitly queued",
    b"remote deliveries suppressed",
    b"no host found for existing SMTP connection",
    b"domain is held",
    b"domain is in queue_",
    b"hold_domains lookup",
    b"host lookup ",
    b"lookup of host ",
    b"remote host address is the local host",
    b"DANE error: ",
];

/// Beginnings of texts about a connection to a remote host or its failure.
const REMOTE: [&[u8]; 17] = [
    b"SMTP error from remote",
    b"SMTP timeout",
    b"SMTP connection",
    b"PRDR error",
    b"Remote host ",
    b"remote host ",
    b"Malformed SMTP reply",
    b"a TLS session is required",
    b"TLS session",
    b"TLS error",
    b"failure while setting up TLS session",
    b"bad first read from TLS conn",
    b"error on first read",
    b"authentication required but",
    b"smtp send",
    b"lost connection",
    b"mail server ",
];

/// System errors of a connection. `Network Error` is used in Exim's test suite.
const NETWORK: [&[u8]; 12] = [
    b"Connection refused",
    b"Connection timed out",
    b"Connection reset by peer",
    b"No route to host",
    b"Network is unreachable",
    b"Network is down",
    b"Host is unreachable",
    b"Host is down",
    b"Operation timed out",
    b"Broken pipe",
    b"Software caused connection abort",
    b"Network Error",
];

/// True when the text says that no delivery was attempted.
pub(super) fn is_wait(text: &[u8]) -> bool {
    starts(text, &WAITS)
}

/// True when the text can only be about a connection to a remote host.
pub(super) fn is_remote(text: &[u8]) -> bool {
    let bare = without_system_error(text);
    starts(bare, &REMOTE) || NETWORK.contains(&bare)
}

/// How far the delivery came when the line names no host, by the text, then by the system error, then by Exim's
/// error number.
pub(super) fn contact(text: &[u8], system_error: &[u8], number: Option<i16>) -> Contact {
    if is_remote(text) {
        return Contact::Remote;
    }
    if is_wait(text) {
        return Contact::None;
    }
    if text.is_empty() && NETWORK.contains(&system_error) {
        return Contact::Remote;
    }
    match number {
        // Lost or broken sessions, TLS, authentication, 4xx replies, proxy, SMTPUTF8.
        Some(-19 | -18 | -38 | -37 | -49..=-42) if text.is_empty() => Contact::Remote,
        // Configuration and look-ups, and from -51 on waits, whose numbers differ between releases.
        Some(-36 | -35 | -32 | -30..=-27 | -23 | -50 | i16::MIN..=-51) => Contact::None,
        None | Some(-1 | 0) if text.is_empty() && system_error.is_empty() => Contact::Unknown,
        _ => Contact::Local,
    }
}

/// Why there was no TLS, if the text is about that. `reply`: the server's reply in it.
pub(super) fn trouble(text: &[u8], reply: &[u8]) -> Option<Trouble> {
    if let Some(trouble) = required(text) {
        return Some(trouble);
    }
    if let Some(detail) = text.strip_prefix(b"TLS session: ") {
        return Some(session_trouble(detail));
    }
    if let Some(detail) = text.strip_prefix(b"DANE error: ") {
        return Some(dane_trouble(detail));
    }
    let handshake: [&[u8]; 3] = [
        b"failure while setting up TLS session",
        b"bad first read from TLS conn",
        b"error on first read",
    ];
    if starts(text, &handshake) {
        return Some(Trouble::HandshakeFailed);
    }
    demands_tls(reply).then_some(Trouble::PeerRequiresTls)
}

/// `a TLS session is required[ for NAME [IP]], but ...`, as the whole text.
fn required(text: &[u8]) -> Option<Trouble> {
    let rest = text.strip_prefix(b"a TLS session is required")?;
    let rest = match rest.strip_prefix(b" for ") {
        Some(host) => host::named(host, b", but ")?.1,
        None => rest,
    };
    match rest {
        b", but the server did not offer TLS support" => Some(Trouble::StarttlsNotSupported),
        b", but an attempt to start TLS failed" => Some(Trouble::StarttlsFailed),
        _ => None,
    }
}

/// `(certificate verification failed): ...` or `(SSL_connect): error:...`. Only verification by Exim counts as
/// such: an alert of the peer about our certificate is a failed handshake.
pub(super) fn session_trouble(detail: &[u8]) -> Trouble {
    if detail.starts_with(b"(certificate ") || contains(detail, b"certificate verify failed") {
        Trouble::ValidationFailure
    } else {
        Trouble::HandshakeFailed
    }
}

/// `tlsa lookup DEFER`, `TLSA lookup for NAME not DNSSEC`, `NAME lookup not DNSSEC`, `No usable TLSA records`.
/// A look-up without an answer is `dnssec-invalid` of RFC 8460.
fn dane_trouble(detail: &[u8]) -> Trouble {
    if detail.ends_with(b"not DNSSEC") || detail == b"tlsa lookup DEFER" {
        Trouble::DnssecInvalid
    } else {
        Trouble::TlsaInvalid
    }
}

/// True when the content of the message had been sent, at least in part: the server refused it at its end, or the
/// connection was lost or silent meanwhile. With CHUNKING, the refusal may be of an earlier command.
pub(super) fn is_after_content(text: &[u8]) -> bool {
    // Between the two, Exim up to 4.84 names the host.
    const BEFORE: [(&[u8], &[u8]); 7] = [
        (b"SMTP error from remote mail", b" after "),
        (b"SMTP timeout", b" after "),
        (b"LMTP error", b" after "),
        (b"LMTP timeout", b" after "),
        (b"PRDR error", b" after "),
        (b"Remote host", b" closed connection in response to "),
        (b"Malformed SMTP reply", b" in response to "),
    ];
    let text = without_system_error(text);
    let mut stages = BEFORE.iter().filter_map(|(start, before)| {
        let (_, stage) = split_once(text.strip_prefix(*start)?, before)?;
        Some(stage.strip_prefix(b"pipelined ").unwrap_or(stage))
    });
    stages.any(|stage| starts(stage, &[b"end of data", b"sending data block"]))
}

/// `530 5.7.0 Must issue a STARTTLS command first` (RFC 3207).
fn demands_tls(reply: &[u8]) -> bool {
    reply.starts_with(b"530")
        && reply
            .windows(8)
            .any(|word| word.eq_ignore_ascii_case(b"STARTTLS"))
}

/// Host in a text of Exim up to 4.84.
pub(super) fn host_in_text(text: &[u8]) -> Option<Peer<'_>> {
    let text = without_system_error(text);
    let (host, after): (&[u8], &[u8]) = match text.first()? {
        b'S' => match text.strip_prefix(b"SMTP timeout while connected to ") {
            Some(host) => (host, b" after "),
            None if text.starts_with(b"SMTP error from remote mail") => {
                (reply::after_command(text)?.strip_prefix(b"host ")?, b": ")
            }
            None => return None,
        },
        b'R' => (text.strip_prefix(b"Remote host ")?, b" closed connection"),
        b'M' => {
            let rest = text.strip_prefix(b"Malformed SMTP reply")?;
            let rest = rest.strip_prefix(b" (an empty line)").unwrap_or(rest);
            (rest.strip_prefix(b" from ")?, b" in response to ")
        }
        _ => (
            text.strip_prefix(b"a TLS session is required for ")?,
            b", but ",
        ),
    };
    host::named(host, after).map(|(peer, _)| peer)
}

/// Removes the system error before the text: `Connection timed out: SMTP timeout ...`.
fn without_system_error(text: &[u8]) -> &[u8] {
    let first = text.first();
    NETWORK
        .iter()
        .filter(|error| error.first() == first)
        .find_map(|error| text.strip_prefix(*error)?.strip_prefix(b": "))
        .unwrap_or(text)
}

fn starts(text: &[u8], beginnings: &[&[u8]]) -> bool {
    let first = text.first();
    beginnings
        .iter()
        .any(|beginning| beginning.first() == first && text.starts_with(beginning))
}

#[cfg(test)]
mod tests;
