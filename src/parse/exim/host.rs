//! Remote host of a line, in the two forms of Exim.
//!
//! Outbound (`H=` of deliveries and deferrals): `name [DS] [ip][:port][*]`. The name comes from the DNS and
//! contains no space.
//!
//! Inbound: `[name ][(helo) ][ip][:port][ I=[ip][:port]][ TFO*][ U=ident][ Ci=n]`. Where junk is accepted, the
//! HELO name may contain any text, so only the last `[ip]` that can end it counts. The client also controls the
//! RFC 1413 ident.

use memchr::memchr_iter;

use crate::parse::Peer;

use crate::parse::bytes::{Set, contains, from, near, number, to, word};

/// Parses an outbound host. The IP address is missing for a local transport with a host list.
pub(super) fn outbound(text: &[u8]) -> (Peer<'_>, &[u8]) {
    let (name, after) = if text.starts_with(b"[") {
        (b"".as_slice(), text)
    } else {
        word(text)
    };
    let mut peer = Peer {
        name,
        ..Peer::default()
    };
    let at = after.strip_prefix(b" DS").unwrap_or(after);
    let at = at.strip_prefix(b" ").unwrap_or(at);
    match bracket(at) {
        Some((ip, rest)) => {
            peer.ip = ip;
            let (port, rest) = port(rest);
            peer.port = port;
            let unstarred = rest.strip_prefix(b"*");
            peer.reused = unstarred.is_some();
            (peer, unstarred.unwrap_or(rest))
        }
        None => match name.strip_suffix(b":") {
            Some(name) => {
                peer.name = name;
                (peer, from(text, name.len()))
            }
            None => (peer, after),
        },
    }
}

/// Parses `[ip]` at the start of the text.
pub(super) fn bracket(text: &[u8]) -> Option<(&[u8], &[u8])> {
    // 64 bytes are enough for the longest IPv6 address with a zone.
    let inner = text.strip_prefix(b"[")?;
    let end = near(to(inner, 64), b']')?;
    let ip = to(inner, end);
    (!ip.is_empty() && IN_BRACKETS.holds_all(ip)).then(|| (ip, from(inner, end + 1)))
}

/// Bytes of an IP address with a zone, and of masked addresses.
const IN_BRACKETS: Set =
    Set::of(b".:%_-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/// Parses `:25` after the bracket. Other text up to a space is skipped (`:-1` on a suppressed delivery). A
/// colon before a space begins the text of the line.
pub(super) fn port(text: &[u8]) -> (Option<u16>, &[u8]) {
    let Some(digits) = text.strip_prefix(b":") else {
        return (None, text);
    };
    let end = digits
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-'))
        .unwrap_or(digits.len());
    if end == 0 {
        return (None, text);
    }
    (number(to(digits, end)), from(digits, end))
}

/// Client of an inbound connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client<'a> {
    /// Name, HELO name, address and port; all empty for a local client.
    pub(super) peer: Peer<'a>,
    /// Whether there is another way to read it, because of text that the client may have chosen.
    pub(super) ambiguous: bool,
    /// Whether an RFC 1413 ident follows. The client may have chosen the fields after it.
    pub(super) ident: bool,
}

/// Parses a client that is the whole of `text`: the part between ` H=` and ` P=` of an arrival.
///
/// Another ` P=` in it, outside of the HELO name, means that the later one may be part of an authenticated ID
/// or a certificate name.
pub(super) fn whole_client(text: &[u8]) -> Client<'_> {
    let mut client = Client::default();
    let (name, at) = name(text);
    if let Some((ip, rest)) = bracket(at) {
        let (port, rest) = port(rest);
        let (rest, ident) = extras(rest);
        client.peer = peer(name, b"", ip, port);
        client.ident = ident;
        client.ambiguous = contains(rest, b" P=");
        return client;
    }
    client.peer.name = name;
    let mut readings = 0_u32;
    let mut left = b"".as_slice();
    for (helo, ip, rest) in closings(at) {
        let (port, rest) = port(rest);
        let (rest, ident) = extras(rest);
        // Only an ident can contain the rest before the last bracket: then both readings are possible.
        if rest.is_empty() || ident {
            readings += 1;
        } else if rest.contains(&b'[') {
            continue;
        }
        client.peer = peer(name, helo, ip, port);
        client.ident = ident;
        left = rest;
    }
    // A HELO name may contain the fields of a login, and a login may imitate the end of a HELO name.
    let login = contains(client.peer.helo, b" P=") && contains(client.peer.helo, b" A=");
    client.ambiguous = readings > 1 || login || contains(left, b" P=");
    client
}

/// Text after a client on lines that start with `H=`.
pub(super) const AFTER_H: &[&[u8]] = &[
    b" F=",
    b" X=",
    b" CV=",
    b" DN=",
    b" SNI=",
    b" A=",
    b" P=",
    b" rejected ",
    b" temporarily rejected ",
    b" dropped by ",
    b" RCPT <",
    b" Warning: ",
    b" sender verify ",
    b" incomplete transaction ",
];

/// Text after a client on lines with ` from HOST`: any.
pub(super) const AFTER_FROM: &[&[u8]] = &[b""];

/// Text after a client on lines about a failed login.
pub(super) const AFTER_LOGIN: &[&[u8]] = &[b": "];

/// Text after a client on lines about TLS.
pub(super) const AFTER_TLS: &[&[u8]] = &[b" (", b": "];

/// Parses the client at the start of `text`; returns it and the rest. `None` without an address.
///
/// The reading is ambiguous when the HELO name can also end at a later bracket that is followed by one of
/// `marks`. The last such bracket counts.
pub(super) fn client<'a>(text: &'a [u8], marks: &[&[u8]]) -> Option<(Client<'a>, &'a [u8])> {
    let (name, at) = name(text);
    let mut found = Client::default();
    if let Some((ip, rest)) = bracket(at) {
        let (port, rest) = port(rest);
        let (rest, ident) = ident(extras(rest).0);
        found.peer = peer(name, b"", ip, port);
        found.ident = ident;
        return Some((found, rest));
    }
    let mut after = None;
    for (helo, ip, rest) in closings(at) {
        let (port, rest) = port(rest);
        let (rest, ident) = ident(extras(rest).0);
        if after.is_some() && !marks.iter().any(|mark| rest.starts_with(mark)) {
            continue;
        }
        found.ambiguous = after.is_some();
        found.peer = peer(name, helo, ip, port);
        found.ident = ident;
        after = Some(rest);
    }
    after.map(|rest| (found, rest))
}

fn peer<'a>(name: &'a [u8], helo: &'a [u8], ip: &'a [u8], port: Option<u16>) -> Peer<'a> {
    Peer {
        name,
        helo,
        ip,
        port,
        reused: false,
    }
}

/// Verified name, if the text starts with one, and the rest from its bracket or parenthesis on.
fn name(text: &[u8]) -> (&[u8], &[u8]) {
    if matches!(text.first(), Some(b'(' | b'[')) {
        return (b"", text);
    }
    let (name, rest) = word(text);
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    (name, rest)
}

/// All places at which the parenthesis of the HELO name can close, in order: HELO name, IP address and rest of each.
fn closings(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8], &[u8])> {
    let inner = text.strip_prefix(b"(").unwrap_or_default();
    memchr_iter(b')', inner).filter_map(move |at| {
        let (ip, rest) = bracket(from(inner, at + 1).strip_prefix(b" ")?)?;
        let ends = matches!(rest.first(), None | Some(b' ' | b':'));
        ends.then(|| (to(inner, at), ip, rest))
    })
}

/// Skips ` I=[ip]:port`, ` TFO*`, ` DS` and ` Ci=n`; returns whether an ident follows.
fn extras(mut rest: &[u8]) -> (&[u8], bool) {
    loop {
        let Some(next) = rest.strip_prefix(b" ") else {
            return (rest, false);
        };
        if let Some(interface) = next.strip_prefix(b"I=")
            && let Some((_, after)) = bracket(interface)
        {
            rest = port(after).1;
        } else if next.starts_with(b"TFO") || next.starts_with(b"Ci=") || is_word(next, b"DS") {
            rest = word(next).1;
        } else {
            return (rest, next.starts_with(b"U="));
        }
    }
}

/// Skips one word of ` U=ident`.
fn ident(rest: &[u8]) -> (&[u8], bool) {
    match rest.strip_prefix(b" U=") {
        Some(ident) => (extras(word(ident).1).0, true),
        None => (rest, false),
    }
}

fn is_word(text: &[u8], expected: &[u8]) -> bool {
    word(text).0 == expected
}

/// Parses `NAME [IP]` followed by `after`, as in texts of Exim up to 4.84.
pub(super) fn named<'a>(text: &'a [u8], after: &[u8]) -> Option<(Peer<'a>, &'a [u8])> {
    let (found, rest) = outbound(text);
    let named = !found.ip.is_empty() && rest.starts_with(after);
    named.then_some((found, rest))
}

#[cfg(test)]
mod tests;
