//! Lines about TLS without a queue ID.
//!
//! ```text
//! [LEVEL ]TLS connection established|reused from|to HOST[ to SNI]: VERSION with cipher SUITE (used/all bits)
//!     [ key-exchange K[ (curve or n bits)]][ server-signature ...][ client-signature ...]
//! SSL_accept error from HOST: ...        SSL_connect error to HOST: ...
//! ```
//!
//! Releases 2.2 to 2.5 name a server without its address.
//!
//! Remote text before the cipher suite is only the host, whose name Postfix has verified, and the SNI, which
//! Postfix validates as a host name.

use crate::parse::bytes::{from, near, number, split_once, to, word};
use crate::parse::{Direction, Fact, Kind, Turn};
use crate::tls::{Statement, Trouble, Verify};

use super::host;

/// Parses such a line; false for others. `dialogue` is the process number.
pub(super) fn read<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], text: &'a [u8]) -> bool {
    if let Some((level, rest)) = level(text) {
        return established(fact, dialogue, level, rest);
    }
    let (host, direction) = if let Some(host) = text.strip_prefix(b"SSL_accept error from ") {
        (host, Direction::In)
    } else if let Some(host) = text.strip_prefix(b"SSL_connect error to ") {
        (host, Direction::Out)
    } else {
        return false;
    };
    fact.kind = Kind::TlsFailed;
    fact.turn = Turn::Failed;
    fact.dialogue = dialogue;
    fact.direction = Some(direction);
    fact.trouble = Some(Trouble::HandshakeFailed);
    if let Some(named) = peer(host, direction) {
        fact.peer = named.peer;
    }
    true
}

/// The host at the start of the text. A client always has its address.
fn peer(text: &[u8], direction: Direction) -> Option<host::Named<'_>> {
    let bare = || host::bare(text).filter(|_| direction == Direction::Out);
    host::named(text).or_else(bare)
}

/// Security level before `TLS connection `, if there is one, and the rest.
fn level(text: &[u8]) -> Option<(Option<Verify>, &[u8])> {
    const START: &[u8] = b"TLS connection ";
    if let Some(rest) = text.strip_prefix(START) {
        return Some((None, rest));
    }
    let (level, rest) = word(text);
    let rest = rest.strip_prefix(b" ")?.strip_prefix(START)?;
    let verify = match level {
        b"Anonymous" => Verify::Anonymous,
        b"Untrusted" => Verify::Unverified,
        b"Trusted" => Verify::Trusted,
        b"Verified" => Verify::Verified,
        _ => return None,
    };
    Some((Some(verify), rest))
}

fn established<'a>(
    fact: &mut Fact<'a>,
    dialogue: &'a [u8],
    verify: Option<Verify>,
    rest: &'a [u8],
) -> bool {
    let (usage, rest) = word(rest);
    if usage != b"established" && usage != b"reused" {
        return false;
    }
    let (host, direction) = if let Some(host) = rest.strip_prefix(b" from ") {
        (host, Direction::In)
    } else if let Some(host) = rest.strip_prefix(b" to ") {
        (host, Direction::Out)
    } else {
        return false;
    };
    let Some(named) = peer(host, direction) else {
        return false;
    };
    let after = match named.rest.strip_prefix(b" to ") {
        Some(sni) => {
            let (name, rest) = word(sni);
            name.ends_with(b":").then_some(rest)
        }
        None => named.rest.strip_prefix(b":"),
    };
    let Some(tls) = after.and_then(|rest| statement(rest.strip_prefix(b" ")?)) else {
        return false;
    };
    fact.kind = Kind::Session;
    fact.turn = Turn::Secured;
    fact.dialogue = dialogue;
    fact.direction = Some(direction);
    fact.peer = named.peer;
    fact.peer.reused = usage == b"reused";
    fact.tls = Some(Statement { verify, ..tls });
    true
}

/// Parses `TLSv1.3 with cipher SUITE (256/256 bits) key-exchange ECDHE (prime256v1) ...`.
fn statement(text: &[u8]) -> Option<Statement<'_>> {
    let (version, rest) = word(text);
    let (cipher, rest) = word(rest.strip_prefix(b" with cipher ")?);
    let (bits, rest) = match rest.strip_prefix(b" (") {
        Some(inner) => {
            let end = near(inner, b')')?;
            (to(inner, end), from(inner, end + 1))
        }
        None => (b"".as_slice(), rest),
    };
    let used = to(bits, near(bits, b'/').unwrap_or(bits.len()));
    Some(Statement {
        version,
        cipher,
        bits: number(used),
        group: rest
            .strip_prefix(b" key-exchange ")
            .map(group)
            .unwrap_or_default(),
        ..Statement::default()
    })
}

/// `X25519`, or the curve or size in the parentheses after `ECDHE` or `DHE`.
fn group(text: &[u8]) -> &[u8] {
    let (name, rest) = word(text);
    match rest.strip_prefix(b" (") {
        Some(inner) => {
            let end = near(inner, b')').unwrap_or(inner.len());
            to(inner, end)
        }
        None => name,
    }
}

/// True for other lines about TLS on a connection, which are notes.
pub(super) fn is_note(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 6] = [
        b"setting up TLS connection ",
        b"certificate verification failed for ",
        b"server certificate verification failed for ",
        b"client certificate verification failed for ",
        b"CA certificate verification failed for ",
        b"certificate peer name verification failed for ",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
}

/// Host of such a note.
pub(super) fn host_of_note(text: &[u8]) -> Option<host::Named<'_>> {
    let after = [b" for ".as_slice(), b" from ", b" to "]
        .iter()
        .find_map(|word| split_once(text, word))?;
    host::named(after.1)
}

/// `N[IP]: subject_CN=...`, `N[IP]: Trusted: ...`: certificate of the peer, at higher log levels.
pub(super) fn is_certificate(text: &[u8]) -> bool {
    host::named(text).is_some_and(|named| named.rest.starts_with(b": "))
}

#[cfg(test)]
mod tests;
