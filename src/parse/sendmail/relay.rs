//! Remote host in `relay=` and in other lines.

use super::fields::rfind;
use crate::parse::Peer;
use crate::parse::bytes::{from, to};

/// Parses `[ident@]name [ip][ (may be forged)]`, `[ip]`, `name.`, and `name (ip)` of old releases.
///
/// Ident (RFC 1413) and name of a client are remote text; the address at the end is not. A name that may be
/// forged does not resolve to the address. Since reverse DNS can have any name, it is dropped.
pub(super) fn peer(text: &[u8]) -> Peer<'_> {
    let unverified = text.strip_suffix(b" (may be forged)");
    let text = unverified.unwrap_or(text);
    let (name, ip) = brackets(text, b'[', b']')
        .or_else(|| brackets(text, b'(', b')'))
        .unwrap_or((text, b""));
    Peer {
        name: if unverified.is_some() {
            b""
        } else {
            host_name(name)
        },
        ip,
        ..Peer::default()
    }
}

/// Address in brackets at the end of the text, and the text before it.
fn brackets(text: &[u8], open: u8, close: u8) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_suffix(&[close])?;
    let at = memchr::memrchr(open, inner)?;
    let ip = from(inner, at + 1);
    let ip = ip.strip_prefix(b"IPv6:").unwrap_or(ip);
    let plain = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'%');
    let address = ip.iter().all(plain) && ip.iter().any(|byte| matches!(byte, b'.' | b':'));
    address.then(|| (to(text, at), ip))
}

/// Name without ident and final dot; empty for address literals.
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

/// True for a client on this host: `user@localhost`, `localhost`, or a message by Sendmail itself (`[RESPONSE]`).
pub(super) fn is_local(text: &[u8]) -> bool {
    matches!(text, b"localhost" | b"local" | b"[RESPONSE]")
        || rfind(text, b"@localhost").is_some_and(|at| at + b"@localhost".len() == text.len())
}
