//! The other host of a line, in the two ways Exim writes it.
//!
//! Outbound (`H=` of deliveries and deferrals): `name [DS] [ip][:port][*]`. The name comes from the DNS
//! and holds no space.
//!
//! Inbound: `[name ][(helo) ][ip][:port][ I=[ip][:port]][ TFO*][ U=ident][ Ci=n]`. The HELO name may
//! hold anything where junk is accepted, so only the last `[ip]` that can close it counts; the
//! RFC 1413 ident comes from the peer as well.

use memchr::memchr_iter;

use crate::parse::Peer;

use crate::parse::bytes::{Set, contains, from, near, number, to, word};

/// Reads an outbound host. The IP address may be missing (a local transport with a host list).
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

/// `[ip]` at the start of the text.
pub(super) fn bracket(text: &[u8]) -> Option<(&[u8], &[u8])> {
    // 64 bytes hold the longest IPv6 address with a zone.
    let inner = text.strip_prefix(b"[")?;
    let end = near(to(inner, 64), b']')?;
    let ip = to(inner, end);
    (!ip.is_empty() && IN_BRACKETS.holds_all(ip)).then(|| (ip, from(inner, end + 1)))
}

/// The bytes of an IP address, with its zone, and of what is masked or spelled instead.
const IN_BRACKETS: Set =
    Set::of(b".:%_-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/// `:25` right after the bracket. Anything else up to a space is passed over (`:-1` on a suppressed
/// delivery); a colon before a space starts the text of the line.
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

/// A host that connected to us.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Caller<'a> {
    /// Name, HELO name, address and port; all empty for a local caller.
    pub(super) peer: Peer<'a>,
    /// The peer could have written what was read here: there are two ways to read it.
    pub(super) contested: bool,
    /// An RFC 1413 ident follows: fields after it may be the peer's own words.
    pub(super) ident: bool,
}

/// Reads the caller that fills `text` whole: what stands between ` H=` and ` P=` of an arrival.
///
/// Another ` P=` in that place means that the one behind it may be of an authenticated ID or a certificate
/// name, unless it is inside the HELO name.
pub(super) fn whole_caller(text: &[u8]) -> Caller<'_> {
    let mut caller = Caller::default();
    let (name, at) = name(text);
    if let Some((ip, rest)) = bracket(at) {
        let (port, rest) = port(rest);
        let (rest, ident) = extras(rest);
        caller.peer = peer(name, b"", ip, port);
        caller.ident = ident;
        caller.contested = contains(rest, b" P=");
        return caller;
    }
    caller.peer.name = name;
    let mut readings = 0_u32;
    let mut left = b"".as_slice();
    for (helo, ip, rest) in closings(at) {
        let (port, rest) = port(rest);
        let (rest, ident) = extras(rest);
        // Before the last bracket only an ident can swallow the rest: then both readings stand.
        if rest.is_empty() || ident {
            readings += 1;
        } else if rest.contains(&b'[') {
            continue;
        }
        caller.peer = peer(name, helo, ip, port);
        caller.ident = ident;
        left = rest;
    }
    // The fields of a login can stand in a HELO name, and a login can imitate the end of one.
    let login = contains(caller.peer.helo, b" P=") && contains(caller.peer.helo, b" A=");
    caller.contested = readings > 1 || login || contains(left, b" P=");
    caller
}

/// What Exim writes right after a caller on lines that start with `H=`.
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

/// What Exim writes right after a caller on lines that say ` from HOST`: anything, or nothing.
pub(super) const AFTER_FROM: &[&[u8]] = &[b""];

/// ... on lines about a failed login.
pub(super) const AFTER_LOGIN: &[&[u8]] = &[b": "];

/// ... on lines about TLS.
pub(super) const AFTER_TLS: &[&[u8]] = &[b" (", b": "];

/// Reads the caller at the start of `text` and gives what follows it. `None` when there is no address.
///
/// A later place that could close the HELO name as well, followed by one of the `marks` that Exim writes after
/// a host on such lines, makes the reading contested; the last such place counts.
pub(super) fn caller<'a>(text: &'a [u8], marks: &[&[u8]]) -> Option<(Caller<'a>, &'a [u8])> {
    let (name, at) = name(text);
    let mut found = Caller::default();
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
        found.contested = after.is_some();
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

/// The verified name, if the text starts with one, and the rest from its bracket or parenthesis on.
fn name(text: &[u8]) -> (&[u8], &[u8]) {
    if matches!(text.first(), Some(b'(' | b'[')) {
        return (b"", text);
    }
    let (name, rest) = word(text);
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    (name, rest)
}

/// Every place where the parenthesis of a HELO name can close: `(helo) [ip]`, in order.
fn closings(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8], &[u8])> {
    let inner = text.strip_prefix(b"(").unwrap_or_default();
    memchr_iter(b')', inner).filter_map(move |at| {
        let (ip, rest) = bracket(from(inner, at + 1).strip_prefix(b" ")?)?;
        let ends = matches!(rest.first(), None | Some(b' ' | b':'));
        ends.then(|| (to(inner, at), ip, rest))
    })
}

/// Passes over ` I=[ip]:port`, ` TFO*`, ` DS` and ` Ci=n`; says whether an ident stands next.
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

/// Passes over one word of ` U=ident`.
fn ident(rest: &[u8]) -> (&[u8], bool) {
    match rest.strip_prefix(b" U=") {
        Some(ident) => (extras(word(ident).1).0, true),
        None => (rest, false),
    }
}

fn is_word(text: &[u8], expected: &[u8]) -> bool {
    word(text).0 == expected
}

/// Reads `NAME [IP]` followed by `after`, as texts of Exim 4.84 and older name a host.
pub(super) fn named<'a>(text: &'a [u8], after: &[u8]) -> Option<(Peer<'a>, &'a [u8])> {
    let (found, rest) = outbound(text);
    let named = !found.ip.is_empty() && rest.starts_with(after);
    named.then_some((found, rest))
}

#[cfg(test)]
mod tests;
