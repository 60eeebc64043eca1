//! Lines about an outbound connection, logged before the `==`, `**` or `=>` of the same attempt.
//!
//! They do not count as attempts. Those about TLS have a kind of their own: refused for lack of TLS, failed,
//! sent in clear. All others are a [`Kind::Note`] with the peer and [`Direction::Out`], so that they can be
//! related to the attempt.

use crate::parse::{Absence, Content, Direction, Fact, Kind, Peer};
use crate::tls::Trouble;

use super::errors;
use super::host;
use crate::parse::bytes::{from, split_once};
use crate::parse::reply;

/// Parses the line; false for other lines.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let read = match text.first() {
        Some(b'H') if text.starts_with(b"H=") => of_host(fact, text),
        Some(b'T') if session(fact, text) => true,
        Some(b'D') if dane(fact, text) => true,
        Some(b'[') if verify_error(fact, text) => true,
        _ => old(fact, text),
    };
    if read && fact.direction.is_none() {
        fact.direction = Some(Direction::Out);
    }
    read
}

/// `H=name [ip][:port]: text` and `H=name [ip][:port] text`.
fn of_host<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let Some(host) = text.strip_prefix(b"H=") else {
        return false;
    };
    let (peer, rest) = host::outbound(host);
    if peer.ip.is_empty() || peer.name.contains(&b'(') {
        return false;
    }
    let (Some(words), colon) = (match rest.strip_prefix(b": ") {
        Some(words) => (Some(words), true),
        None => (rest.strip_prefix(b" "), false),
    }) else {
        return false;
    };
    let trouble = errors::trouble(words, b"");
    match trouble {
        Some(Trouble::StarttlsNotSupported | Trouble::StarttlsFailed) if colon => {
            set(fact, Kind::TlsRefused, peer, trouble);
        }
        Some(_) if colon => set(fact, Kind::TlsFailed, peer, trouble),
        _ if words.starts_with(b"TLS error on connection (") => {
            handshake(fact, peer, from(words, b"TLS error on connection ".len()));
        }
        // Without a message ID, or with other words, the line is about a client.
        _ if fact.queue_id.is_empty() || !(colon || errors::is_remote(words)) => return false,
        _ => {
            set(fact, Kind::Note, peer, None);
            answered(fact, words);
        }
    }
    fact.text = words;
    true
}

/// `TLS session: ...` and `TLS error on connection to ...`.
fn session<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    if let Some(detail) = text.strip_prefix(b"TLS session: ") {
        return started_session(fact, detail);
    }
    // Exim up to 4.89.
    if let Some((kind, named)) = text
        .strip_prefix(b"TLS session failure: ")
        .and_then(purpose)
    {
        let Some((peer, _)) = host::named(named, NOT_REQUIRED) else {
            return false;
        };
        set(fact, kind, peer, Some(Trouble::HandshakeFailed));
        fact.tls_optional = kind == Kind::TlsFailed;
        return true;
    }
    // Exim up to 4.84.
    let named = text.strip_prefix(b"TLS error on connection to ");
    if let Some((peer, detail)) = named.and_then(|named| host::named(named, b" (")) {
        handshake(fact, peer, from(detail, 1));
        return true;
    }
    false
}

const NOT_REQUIRED: &[u8] = b" (not in hosts_require_tls)";

/// What goes on in clear, and the host: `delivering unencrypted to [H=]name [ip]...`, `callout unencrypted to ...`. A
/// verification callout transfers no mail, so that TLS failed is no downgrade.
fn purpose(text: &[u8]) -> Option<(Kind, &[u8])> {
    let (kind, named) = match text.strip_prefix(b"delivering unencrypted to ") {
        Some(named) => (Kind::TlsDowngrade, named),
        None => (
            Kind::TlsFailed,
            text.strip_prefix(b"callout unencrypted to ")?,
        ),
    };
    Some((kind, named.strip_prefix(b"H=").unwrap_or(named)))
}

/// `(gnutls_handshake): ...[: delivering unencrypted to H=name [ip] (not in hosts_require_tls)]`.
fn started_session<'a>(fact: &mut Fact<'a>, detail: &'a [u8]) -> bool {
    let trouble = Some(errors::session_trouble(detail));
    for marker in [
        b": delivering unencrypted to ".as_slice(),
        b": callout unencrypted to ",
    ] {
        if let Some(at) = memchr::memmem::rfind(detail, marker)
            && let Some((kind, named)) = purpose(from(detail, at + 2))
            && let Some((peer, rest)) = host::named(named, NOT_REQUIRED)
            && rest == NOT_REQUIRED
        {
            set(fact, kind, peer, trouble);
            fact.tls_optional = true;
            return true;
        }
    }
    set(fact, Kind::TlsFailed, Peer::default(), trouble);
    true
}

/// `DANE attempt failed; TLS connection to NAME [IP]: ...`, and `DANE error: TLSA lookup for NAME not DNSSEC`. The
/// latter is logged before it is decided whether delivery goes on without DANE, so it is no failure by itself.
fn dane<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    if text.starts_with(b"DANE error: ") {
        set(fact, Kind::Note, Peer::default(), None);
        return true;
    }
    let Some(rest) = text.strip_prefix(b"DANE attempt failed; ") else {
        return false;
    };
    let peer = split_once(rest, b" to ")
        .and_then(|(_, named)| host::named(named, b""))
        .map(|(peer, _)| peer);
    set(
        fact,
        Kind::TlsFailed,
        peer.unwrap_or_default(),
        Some(Trouble::ValidationFailure),
    );
    true
}

/// `[ip] SSL verify error: ...`: logged even where verification is optional, so it is no failure by itself.
/// Without a message ID it is about a client certificate.
fn verify_error<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let Some((ip, rest)) = host::bracket(text) else {
        return false;
    };
    if !rest.starts_with(b" SSL verify error: ") && !rest.starts_with(b" after QUIT, ") {
        return false;
    }
    let peer = Peer {
        ip,
        ..Peer::default()
    };
    set(fact, Kind::Note, peer, None);
    if fact.queue_id.is_empty() {
        fact.direction = Some(Direction::In);
    }
    true
}

/// Texts of Exim up to 4.84, which contain the host, and texts about OCSP stapling.
fn old<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    if text == b"Required TLS certificate status not received" {
        let trouble = Some(Trouble::ValidationFailure);
        set(fact, Kind::TlsFailed, Peer::default(), trouble);
        return true;
    }
    if text.starts_with(b"SSL verify error: ") {
        set(fact, Kind::Note, Peer::default(), None);
        fact.direction = fact.queue_id.is_empty().then_some(Direction::In);
        return true;
    }
    if let Some(peer) = errors::host_in_text(text) {
        let trouble = errors::trouble(text, b"");
        let kind = if trouble.is_some() {
            Kind::TlsRefused
        } else {
            Kind::Note
        };
        set(fact, kind, peer, trouble);
        answered(fact, text);
        return true;
    }
    // `name [ip] Connection refused`
    if fact.queue_id.is_empty() {
        return false;
    }
    let named = host::named(text, b" ");
    if let Some((peer, _)) = named {
        set(fact, Kind::Note, peer, None);
    }
    named.is_some()
}

/// How far the connection came before the peer refused or left. These lines never state TLS.
fn answered<'a>(fact: &mut Fact<'a>, text: &'a [u8]) {
    fact.enhanced_status = reply::of_error(text).enhanced_status;
    fact.content = Content::sent_if(errors::is_after_content(text));
    fact.absence = Absence::Mute;
}

/// `(SSL_connect): ...` is a failed handshake; `(recv)` and `(send)` are errors of an established session.
fn handshake<'a>(fact: &mut Fact<'a>, peer: Peer<'a>, detail: &[u8]) {
    if is_error_after_handshake(detail) {
        set(fact, Kind::Note, peer, None);
    } else {
        let trouble = errors::session_trouble(detail);
        set(fact, Kind::TlsFailed, peer, Some(trouble));
    }
}

/// True for an error after the handshake, mostly a peer that closed the connection without notice.
pub(super) fn is_error_after_handshake(detail: &[u8]) -> bool {
    const NOISE: [&[u8]; 6] = [
        b"(recv)",
        b"(send)",
        b"(SSL_read)",
        b"(SSL_write)",
        b"(gnutls_record_",
        b"(SSL_shutdown)",
    ];
    NOISE.iter().any(|noise| detail.starts_with(noise))
}

fn set<'a>(fact: &mut Fact<'a>, kind: Kind, peer: Peer<'a>, trouble: Option<Trouble>) {
    fact.kind = kind;
    fact.peer = peer;
    fact.trouble = trouble;
}

#[cfg(test)]
mod tests;
