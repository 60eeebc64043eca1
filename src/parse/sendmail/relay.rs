//! The other host: `relay=` and the hosts in other lines.

use super::fields::rfind;
use crate::parse::Peer;
use crate::parse::bytes::{from, to};

/// Reads `[ident@]name [ip][ (may be forged)]`, `[ip]`, `name.`, and `name (ip)` of old releases.
///
/// An ident (RFC 1413) and the name of a client are remote words; the address at the end is our own. A name that
/// may be forged does not lead back to the address: whoever has an address can have it point to any name, so
/// that one names nobody.
pub(super) fn peer(text: &[u8]) -> Peer<'_> {
    let doubted = text.strip_suffix(b" (may be forged)");
    let text = doubted.unwrap_or(text);
    let (name, ip) = brackets(text, b'[', b']')
        .or_else(|| brackets(text, b'(', b')'))
        .unwrap_or((text, b""));
    Peer {
        name: if doubted.is_some() {
            b""
        } else {
            host_name(name)
        },
        ip,
        ..Peer::default()
    }
}

/// An address in brackets at the end of the text, and what stands before.
fn brackets(text: &[u8], open: u8, close: u8) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_suffix(&[close])?;
    let at = memchr::memrchr(open, inner)?;
    let ip = from(inner, at + 1);
    let ip = ip.strip_prefix(b"IPv6:").unwrap_or(ip);
    let plain = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'%');
    let address = ip.iter().all(plain) && ip.iter().any(|byte| matches!(byte, b'.' | b':'));
    address.then(|| (to(text, at), ip))
}

/// The name alone: no ident, no final dot, no address literal.
fn host_name(text: &[u8]) -> &[u8] {
    let name = text.strip_suffix(b" ").unwrap_or(text);
    let name = match memchr::memrchr(b'@', name) {
        Some(at) => from(name, at + 1),
        None => name,
    };
    let name = name.strip_suffix(b".").unwrap_or(name);
    let bare = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'[' | b']' | b',');
    if name.iter().all(bare) { name } else { b"" }
}

/// Whether the client is this host itself, without a connection: `user@localhost`, `localhost`, a message
/// that Sendmail wrote (`[RESPONSE]`).
pub(super) fn is_local(text: &[u8]) -> bool {
    matches!(text, b"localhost" | b"local" | b"[RESPONSE]")
        || rfind(text, b"@localhost").is_some_and(|at| at + b"@localhost".len() == text.len())
}
