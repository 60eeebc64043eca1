//! Reason in a `status=` line or on a line of its own: whether a host was reached, which one, and what went
//! wrong with TLS.
//!
//! Reasons are text of Postfix, except for the reply of the server at the end. Only their beginnings are
//! compared, so that a reply cannot imitate them.

use crate::parse::Peer;
use crate::parse::bytes::{contains, from, split_once, word};
use crate::parse::reply;
use crate::tls::Trouble;

use super::host;

/// Why there was no TLS, if the reason is about that.
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

/// Parses the text after `TLS is required, but `.
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

/// Parses the text about a message with REQUIRETLS (RFC 8689).
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

/// Reply in `host H[IP] said: 550 ... (in reply to RCPT TO command)` or `... refused to talk to me: 554 ...`.
pub(super) fn reply(text: &[u8]) -> Option<&[u8]> {
    let named = host::named(text.strip_prefix(b"host ")?)?;
    named
        .rest
        .strip_prefix(b" said: ")
        .or_else(|| named.rest.strip_prefix(b" refused to talk to me: "))
}

/// True when the server answered a command: there was a session, and TLS logged before applies to it.
pub(super) fn is_answer(text: &[u8]) -> bool {
    text.strip_prefix(b"host ")
        .and_then(host::named)
        .is_some_and(|named| named.rest.starts_with(b" said: "))
}

/// True when the content of the message had been sent, at least in part: the server refused it at its end, or the
/// connection was lost or silent while it was sent. Postfix writes these words behind the reply.
pub(super) fn is_after_content(text: &[u8]) -> bool {
    if is_answer(text) {
        return text.ends_with(b" (in reply to end of DATA command)");
    }
    let doing = (text.strip_prefix(b"lost connection with "))
        .or_else(|| text.strip_prefix(b"conversation with "))
        .and_then(host::named)
        .and_then(|named| {
            let silent = named.rest.strip_prefix(b" timed out while ");
            silent.or_else(|| named.rest.strip_prefix(b" while "))
        });
    doing.is_some_and(|doing| starts(doing, &[b"sending message body", b"sending end of data"]))
}

/// True for a rejection with `530 5.7.0 Must issue a STARTTLS command first` (RFC 3207) or
/// `Session encryption is required`.
pub(super) fn demands_tls(text: &[u8]) -> bool {
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
            .is_some_and(|words| words.eq_ignore_ascii_case(start))
    };
    begins(b"must issue a starttls")
        || begins(b"session encryption is required")
        || (text.starts_with(b"530") && begins(b"starttls"))
}

/// Host that Postfix names in a reason, and whether the connection to it has ended.
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
    BEFORE.iter().find_map(|(before, after, is_closed)| {
        let named = host::named(text.strip_prefix(*before)?)?;
        named
            .rest
            .starts_with(after)
            .then_some((named.peer, *is_closed))
    })
}

/// Host of `connect to H[IP]:25: Connection refused`.
pub(super) fn connect_to(text: &[u8]) -> Option<Peer<'_>> {
    let named = host::named(text.strip_prefix(b"connect to ")?)?;
    (!named.peer.ip.is_empty()).then_some(named.peer)
}

/// Host at the end of a reason: `..., but REQUIRETLS support was not offered by host H[IP]`.
pub(super) fn last_host(text: &[u8]) -> Option<Peer<'_>> {
    let (_, after) = split_once(text, b" by host ").or_else(|| split_once(text, b"server was "))?;
    host::named(after).map(|named| named.peer)
}

/// True for a reason about TLS on a connection that need not name the server.
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
