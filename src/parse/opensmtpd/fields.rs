//! Parses `key=value key=value` from the front. In 5.x there is a comma before the space.

use memchr::memchr_iter;

use crate::parse::Peer;
use crate::parse::bytes::{angle, find, from, number, path, split_once, to};

/// Text not parsed yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// `key=word`; a word ends at a space (and a comma before it).
    pub(super) fn word(&mut self, key: &[u8]) -> Option<&'a [u8]> {
        let value = self.0.strip_prefix(key)?;
        let end = find(value, b" ").unwrap_or(value.len());
        self.0 = from(value, end + 1);
        let word = to(value, end);
        Some(word.strip_suffix(b",").unwrap_or(word))
    }

    /// `key=<address>`. The null sender keeps its brackets.
    pub(super) fn address(&mut self, key: &[u8]) -> Option<&'a [u8]> {
        let written = self.0.strip_prefix(key)?;
        let (inner, rest) = angle(written)?;
        let rest = rest.strip_prefix(b",").unwrap_or(rest);
        self.0 = match rest {
            b"" => rest,
            _ => rest.strip_prefix(b" ")?,
        };
        Some(path(written, inner))
    }

    /// `key=value` up to the first ` next`, with or without quotes.
    pub(super) fn until(&mut self, key: &[u8], next: &[u8]) -> Option<&'a [u8]> {
        let written = self.0.strip_prefix(key)?;
        let end = memchr_iter(b' ', written).find(|at| from(written, at + 1).starts_with(next))?;
        self.0 = from(written, end + 1);
        Some(unquoted(to(written, end)))
    }

    /// `key=value` up to the end of the line.
    pub(super) fn last(&mut self, key: &[u8]) -> Option<&'a [u8]> {
        let value = self.0.strip_prefix(key)?;
        self.0 = b"";
        Some(unquoted(value))
    }
}

/// The text without a comma at its end and quotes around it.
fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b",").unwrap_or(text);
    let inner = text.strip_prefix(b"\"");
    inner.map_or(text, |inner| inner.strip_suffix(b"\"").unwrap_or(inner))
}

/// IP address as logged: `192.0.2.1`, `[2001:db8::1]`, `IPv6:2001:db8::1`; empty for `local`.
pub(super) fn ip(text: &[u8]) -> &[u8] {
    let inner = text
        .strip_prefix(b"[")
        .and_then(|text| text.strip_suffix(b"]"));
    let text = inner.unwrap_or(text);
    let text = text.strip_prefix(b"IPv6:").unwrap_or(text);
    let plain = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let scope = memchr::memchr(b'%', text).unwrap_or(text.len());
    let address =
        to(text, scope).iter().all(plain) && text.iter().any(|byte| matches!(byte, b'.' | b':'));
    if address { text } else { b"" }
}

/// Parses the address in `192.0.2.1 (mx.example.org)`, or the name of a domain for which no host was found.
pub(super) fn relay(text: &[u8]) -> Peer<'_> {
    let address = split_once(text, b" (").map_or(text, |(address, _)| address);
    match ip(address) {
        b"" => Peer {
            name: domain(text),
            ..Peer::default()
        },
        ip => Peer {
            ip,
            ..Peer::default()
        },
    }
}

/// Domain of a relay; empty for other words.
fn domain(text: &[u8]) -> &[u8] {
    let none = matches!(text, b"(null)" | b"-") || text.contains(&b' ');
    if none {
        b""
    } else {
        text.strip_suffix(b".").unwrap_or(text)
    }
}

/// Parses the server in `smtp+tls://192.0.2.1:25`.
pub(super) fn target(text: &[u8]) -> Peer<'_> {
    let text = split_once(text, b"://").map_or(text, |(_, rest)| rest);
    let Some(colon) = memchr::memrchr(b':', text) else {
        return Peer::default();
    };
    Peer {
        ip: ip(to(text, colon)),
        port: number(from(text, colon + 1)),
        ..Peer::default()
    }
}
