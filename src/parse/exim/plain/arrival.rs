//! `sender H=host P=protocol [X=] [CV=] [K] [A=] S=size [DKIM=] [id=] [T="subject"] [from <sender>] [for recipient
//! ...]`, and for local submissions `sender [R=id] U=login P=protocol S=size ...`.
//!
//! The shared words are the protocol and the two TLS fields.

use crate::parse::bytes::{contains, from, number, quoted_end, to};
use crate::parse::exim::{host, tls};
use crate::parse::{Direction, Fact, Flag, Form, Kind, Peer, Plain, Words};

use super::{bracketed, next, value, word};

/// A line with a second one has to be parsed in full.
const PROTOCOL: &[u8] = b"P=";

pub(super) fn split<'a>(plain: &mut Plain<'a>, text: &'a [u8]) -> Option<()> {
    let (sender, rest) = word(text);
    let (form, rest) = match rest {
        [b'H', b'=', host @ ..] => {
            let (peer, rest) = caller(host)?;
            plain.peer = peer;
            (Form::Arrival, rest)
        }
        _ => (Form::Submission, login(plain, rest)?),
    };
    if sender.is_empty() || sender.starts_with(b"\"") {
        return None;
    }
    let (words, rest) = protocol_and_tls(rest);
    plain.words = Words::of(form, words);
    plain.flag = Some(Flag::Arrived);
    plain.address = sender;
    other_fields(plain, rest)
}

/// Parses `[R=id] U=login`; returns the text after the space, which must be the protocol.
fn login<'a>(plain: &mut Plain<'a>, text: &'a [u8]) -> Option<&'a [u8]> {
    let mut rest = text;
    if let Some(reference) = rest.strip_prefix(b"R=") {
        (plain.reference, rest) = word(reference);
    }
    let (login, rest) = word(rest.strip_prefix(b"U=")?);
    value(login)?;
    rest.starts_with(b"P=").then_some(rest)
}

pub(super) fn read_local<'a>(fact: &mut Fact<'a>, words: &'a [u8]) -> Option<()> {
    let (protocol, rest) = word(from(words, 2));
    fact.kind = Kind::Arrival;
    fact.direction = Some(Direction::Local);
    fact.protocol = value(protocol)?;
    rest.is_empty().then_some(())
}

pub(super) fn read<'a>(fact: &mut Fact<'a>, words: &'a [u8]) -> Option<()> {
    let (protocol, mut rest) = word(from(words, 2));
    let (mut cipher, mut verified) = (None, None);
    while !rest.is_empty() {
        let (field, after) = word(rest);
        match field {
            [b'X', b'=', x @ ..] if cipher.is_none() => cipher = Some(value(x)?),
            b"CV=yes" | b"CV=no" => verified = Some(field == b"CV=yes"),
            _ => return None,
        }
        rest = after;
    }
    fact.kind = Kind::Arrival;
    fact.direction = Some(Direction::In);
    fact.protocol = value(protocol)?;
    fact.tls = tls::inbound(fact.protocol, cipher, verified);
    Some(())
}

/// Adds the fields of an arrival that are not among the words.
pub(super) fn complete<'a>(fact: &mut Fact<'a>, plain: &Plain<'a>) {
    fact.sender = plain.address;
    fact.peer = plain.peer;
    fact.size = plain.size;
    fact.message_id = plain.message_id;
    fact.reference = plain.reference;
    fact.subject = plain.subject;
    fact.recipients = plain.recipients;
}

/// Parses `[name ][(helo) ][ip][:port]`; returns it and the text after the space, which must be the protocol.
fn caller(text: &[u8]) -> Option<(Peer<'_>, &[u8])> {
    let (name, rest) = if matches!(text.first(), Some(b'(' | b'[')) {
        (b"".as_slice(), text)
    } else {
        word(text)
    };
    let (helo, rest) = match rest {
        [b'(', inner @ ..] => {
            let (helo, rest) = word(inner);
            (helo.strip_suffix(b")")?, rest)
        }
        _ => (b"".as_slice(), rest),
    };
    let (ip, rest) = host::bracket(rest)?;
    let (port, rest) = host::port(rest);
    let protocol = rest.strip_prefix(b" ")?;
    let usual = protocol.starts_with(b"P=") && !helo.contains(&b')');
    let peer = Peer {
        name,
        helo,
        ip,
        port,
        reused: false,
    };
    usual.then_some((peer, protocol))
}

/// Splits off `P=protocol [X=] [CV=]` and the space after it.
fn protocol_and_tls(text: &[u8]) -> (&[u8], &[u8]) {
    let (_, mut rest) = word(text);
    for field in [b"X=".as_slice(), b"CV="] {
        if rest.starts_with(field) {
            (_, rest) = word(rest);
        }
    }
    let words = to(text, text.len() - rest.len());
    (words.strip_suffix(b" ").unwrap_or(words), rest)
}

/// Parses the other fields. The size must be among them, since every complete line has it.
fn other_fields<'a>(plain: &mut Plain<'a>, mut rest: &'a [u8]) -> Option<()> {
    let mut sized = false;
    while let Some(first) = rest.first() {
        rest = match first {
            b'T' => subject(plain, rest)?,
            b'f' if rest.starts_with(b"for ") => {
                let list = from(rest, 4);
                plain.recipients = list;
                if list.is_empty() || contains(list, PROTOCOL) {
                    return None;
                }
                break;
            }
            b'f' => {
                let (sender, after) = word(rest.strip_prefix(b"from ")?);
                bracketed(sender)?;
                after
            }
            b'i' if plain.message_id.is_empty() => {
                let (id, after) = word(rest.strip_prefix(b"id=")?);
                plain.message_id = value(id)?;
                after
            }
            b'S' if !sized => {
                sized = true;
                let (size, after) = word(rest.strip_prefix(b"S=")?);
                plain.size = number(value(size)?);
                after
            }
            _ => {
                let (field, after) = word(rest);
                match field {
                    b"K" | b"L" | b"PRDR" => {}
                    [b'D', b'K', b'I', b'M', b'=', of @ ..] | [b'A', b'=', of @ ..] => {
                        value(of)?;
                    }
                    _ => return None,
                }
                after
            }
        };
    }
    sized.then_some(())
}

/// Parses `T="subject"`; returns the rest.
fn subject<'a>(plain: &mut Plain<'a>, text: &'a [u8]) -> Option<&'a [u8]> {
    let quoted = text
        .strip_prefix(b"T=")
        .filter(|_| plain.subject.is_empty())?;
    if !quoted.starts_with(b"\"") {
        return None;
    }
    let end = quoted_end(quoted)?;
    plain.subject = from(to(quoted, end - 1), 1);
    if contains(plain.subject, PROTOCOL) {
        return None;
    }
    next(from(quoted, end))
}
