//! The reason in a `status=` line, or on a line of its own: was a host reached, which, what was wrong with
//! TLS.
//!
//! Reasons are Postfix's own words up to the reply of the server, which comes last; only beginnings are
//! compared, so a reply can imitate nothing.

use crate::parse::Peer;
use crate::parse::bytes::{contains, from, split_once, word};
use crate::parse::reply;
use crate::tls::Trouble;

use super::host;

/// Why TLS was not had, where the reason is about that.
pub(super) fn trouble(text: &[u8]) -> Option<Trouble> {
    if let Some(rest) = text.strip_prefix(b"TLS is required, but ") {
        return required(rest);
    }
    if text.starts_with(b"Cannot start TLS") {
        return Some(Trouble::HandshakeFailed);
    }
    if starts(
        text,
        &[
            b"Server certificate ",
            b"Peer certificate ",
            b"certificate verification failed",
        ],
    ) {
        return Some(Trouble::ValidationFailure);
    }
    if let Some(rest) = text
        .strip_prefix(b"REQUIRETLS Failure: ")
        .unwrap_or(text)
        .strip_prefix(b"sender requested REQUIRETLS, but ")
        .or_else(|| text.strip_prefix(b"Sender requested REQUIRETLS, but "))
    {
        return require_tls(rest);
    }
    if starts(
        text,
        &[
            b"TLSA lookup error for ",
            b"non DNSSEC destination",
            b"non-DNSSEC destination",
        ],
    ) {
        return Some(Trouble::DnssecInvalid);
    }
    if starts(text, &[b"no TLSA records found", b"no usable TLSA records"]) {
        return Some(Trouble::TlsaInvalid);
    }
    reply(text)
        .filter(|reply| demands_tls(reply))
        .map(|_| Trouble::PeerRequiresTls)
}

/// What follows `TLS is required, but `.
fn required(rest: &[u8]) -> Option<Trouble> {
    if rest.starts_with(b"was not offered by host ") {
        return Some(Trouble::StarttlsNotSupported);
    }
    let named = host::named(rest.strip_prefix(b"host ")?)?;
    named
        .rest
        .starts_with(b" refused to start TLS")
        .then_some(Trouble::StarttlsFailed)
}

/// The sender asked for RFC 8689.
fn require_tls(rest: &[u8]) -> Option<Trouble> {
    if rest.starts_with(b"TLS service was not offered") {
        return Some(Trouble::StarttlsNotSupported);
    }
    if starts(
        rest,
        &[
            b"no matching server certificate",
            b"no trusted server certificate",
        ],
    ) {
        return Some(Trouble::ValidationFailure);
    }
    let named = host::named(rest.strip_prefix(b"host ")?)?;
    named
        .rest
        .starts_with(b" refused to start TLS")
        .then_some(Trouble::StarttlsFailed)
}

/// The reply in `host H[IP] said: 550 ... (in reply to RCPT TO command)` or `... refused to talk to me: 554 ...`.
pub(super) fn reply(text: &[u8]) -> Option<&[u8]> {
    let named = host::named(text.strip_prefix(b"host ")?)?;
    named
        .rest
        .strip_prefix(b" said: ")
        .or_else(|| named.rest.strip_prefix(b" refused to talk to me: "))
}

/// Whether the server answered a command: it had been spoken to, and what was said of TLS before holds.
pub(super) fn is_answer(text: &[u8]) -> bool {
    text.strip_prefix(b"host ")
        .and_then(host::named)
        .is_some_and(|named| named.rest.starts_with(b" said: "))
}

/// `530 5.7.0 Must issue a STARTTLS command first` (RFC 3207), or `Session encryption is required`, at the start
/// of a refusal.
fn demands_tls(text: &[u8]) -> bool {
    let Some(status) = reply::status(text) else {
        return false;
    };
    if !matches!(text.first(), Some(b'4' | b'5')) {
        return false;
    }
    let words = from(text, 4);
    let words = if status.is_empty() {
        words
    } else {
        from(words, status.len() + 1)
    };
    let begins = |start: &[u8]| {
        words
            .get(..start.len())
            .is_some_and(|own| own.eq_ignore_ascii_case(start))
    };
    begins(b"must issue a starttls")
        || begins(b"session encryption is required")
        || (text.starts_with(b"530") && begins(b"starttls"))
}

/// The host that Postfix itself names in a reason, and whether the connection to it is over.
pub(super) fn host(text: &[u8]) -> Option<(Peer<'_>, bool)> {
    const BEFORE: [(&[u8], &[u8], bool); 8] = [
        (b"connect to ", b"", true),
        (b"host ", b" said: ", false),
        (b"host ", b" refused to talk to me: ", true),
        (b"lost connection with ", b" while ", true),
        (b"conversation with ", b" timed out while ", true),
        (b"local data error while talking to ", b"", true),
        (b"TLS is required, but was not offered by host ", b"", true),
        (
            b"TLS is required, but host ",
            b" refused to start TLS",
            true,
        ),
    ];
    BEFORE.iter().find_map(|(before, after, over)| {
        let named = host::named(text.strip_prefix(*before)?)?;
        named.rest.starts_with(after).then_some((named.peer, *over))
    })
}

/// The host of `connect to H[IP]:25: Connection refused`.
pub(super) fn connect_to(text: &[u8]) -> Option<Peer<'_>> {
    let named = host::named(text.strip_prefix(b"connect to ")?)?;
    (!named.peer.ip.is_empty()).then_some(named.peer)
}

/// `..., but REQUIRETLS support was not offered by host H[IP]`, and other reasons that end in the host.
pub(super) fn last_host(text: &[u8]) -> Option<Peer<'_>> {
    let (_, after) = split_once(text, b" by host ").or_else(|| split_once(text, b"server was "))?;
    host::named(after).map(|named| named.peer)
}

/// Whether the reason is that of a connection to a server, without naming it.
pub(super) fn is_about_tls(text: &[u8]) -> bool {
    starts(
        text,
        &[
            b"Cannot start TLS",
            b"Server certificate ",
            b"TLS is required, but ",
        ],
    ) || (word(text).0 == b"REQUIRETLS" && contains(text, b"sender requested REQUIRETLS"))
}

fn starts(text: &[u8], beginnings: &[&[u8]]) -> bool {
    beginnings
        .iter()
        .any(|beginning| text.starts_with(beginning))
}

#[cfg(test)]
mod tests;
