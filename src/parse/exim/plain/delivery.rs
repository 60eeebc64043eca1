//! `final [<original>] R=router T=transport [S=size] [H=host [ip]] [X=] [CV=] [K] [C="reply"] [QT=] [DT=]`
//!
//! The shared words are between the recipient and the reply.

use memchr::memchr;

use crate::parse::bytes::{from, number, quoted_end, to};
use crate::parse::exim::{host, tls};
use crate::parse::{Direction, Fact, Flag, Form, Kind, Peer, Plain, Words, reply};

use super::{Recipient, next, value, word};

/// Position in the order of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Recipient,
    Router,
    Transport,
    Host,
    Cipher,
    Verified,
    /// After the TLS fields.
    PastTls,
}

#[derive(Default)]
struct Fields<'a> {
    router: &'a [u8],
    transport: &'a [u8],
    peer: Peer<'a>,
    cipher: Option<&'a [u8]>,
    verify: Option<&'a [u8]>,
    size: Option<u64>,
}

pub(super) fn split<'a>(plain: &mut Plain<'a>, text: &'a [u8], flag: Flag) -> Option<()> {
    let (recipient, rest) = Recipient::read(text)?;
    // The first quote begins the reply.
    plain.words = match memchr(b'"', rest) {
        None => Words::of(Form::Delivery, rest),
        Some(quote) => {
            let words = to(rest, quote).strip_suffix(b" C=")?;
            let (reply, times) = quoted(from(rest, quote))?;
            are_times(times)?;
            plain.text = reply;
            Words::of(Form::Answered, words)
        }
    };
    plain.flag = Some(flag);
    plain.address = recipient.final_recipient;
    plain.parent_address = recipient.original;
    Some(())
}

/// Parses the words. `answered`: a reply follows them.
pub(super) fn read<'a>(fact: &mut Fact<'a>, words: &'a [u8], answered: bool) -> Option<()> {
    let (fields, mut stage) = Fields::read(words)?;
    if answered {
        if !(Stage::Transport..Stage::PastTls).contains(&stage) {
            return None;
        }
        stage = Stage::PastTls;
    }
    let remote = !fields.peer.ip.is_empty();
    // Otherwise the line may have been cut, or the recipient was dropped.
    let least = if remote {
        Stage::PastTls
    } else {
        Stage::Transport
    };
    if stage < least || fields.transport.starts_with(b"**") {
        return None;
    }
    fact.kind = Kind::Delivery;
    fact.router = fields.router;
    fact.transport = fields.transport;
    fact.size = fields.size;
    fact.direction = Some(if remote {
        fact.peer = fields.peer;
        fact.tls = tls::outbound(fields.cipher, fields.verify, fields.peer.reused);
        Direction::Out
    } else {
        Direction::Local
    });
    Some(())
}

/// Adds the fields of a delivery with a reply that are not among the words.
pub(super) fn complete<'a>(fact: &mut Fact<'a>, plain: &Plain<'a>) {
    fact.address = plain.address;
    fact.parent_address = plain.parent_address;
    fact.text = plain.text;
    fact.enhanced_status = reply::status(plain.text).unwrap_or_default();
}

impl<'a> Fields<'a> {
    fn read(mut rest: &'a [u8]) -> Option<(Self, Stage)> {
        let mut fields = Self::default();
        let mut stage = Stage::Recipient;
        // A space at the end would be followed by an empty field.
        if rest.ends_with(b" ") {
            return None;
        }
        while !rest.is_empty() {
            let (word, mut after) = word(rest);
            match word {
                [b'R', b'=', router @ ..] if stage == Stage::Recipient => {
                    stage = Stage::Router;
                    fields.router = value(router)?;
                }
                [b'T', b'=', transport @ ..] if stage == Stage::Router => {
                    stage = Stage::Transport;
                    fields.transport = value(transport)?;
                }
                [b'S', b'=', size @ ..] if stage == Stage::Transport => {
                    fields.size = number(value(size)?);
                }
                [b'H', b'=', ..] if stage == Stage::Transport => {
                    stage = Stage::Host;
                    (fields.peer, after) = host(from(rest, 2))?;
                }
                [b'X', b'=', cipher @ ..] if stage == Stage::Host => {
                    stage = Stage::Cipher;
                    fields.cipher = Some(value(cipher)?);
                }
                [b'C', b'V', b'=', verify @ ..]
                    if (Stage::Host..Stage::Verified).contains(&stage) =>
                {
                    stage = Stage::Verified;
                    fields.verify = Some(value(verify)?);
                }
                b"K" if stage >= Stage::Host => {}
                [b'Q' | b'D', b'T', b'=', time @ ..] if stage >= Stage::Transport => {
                    stage = Stage::PastTls;
                    value(time)?;
                }
                _ => return None,
            }
            rest = after;
        }
        Some((fields, stage))
    }
}

/// Parses `name [ip]` with an optional port and the `*` of a reused connection; returns it and the text after
/// the space.
fn host(text: &[u8]) -> Option<(Peer<'_>, &[u8])> {
    let (peer, rest) = host::outbound(text);
    let named = !peer.name.is_empty() && !peer.ip.is_empty();
    Some((peer, next(rest)?)).filter(|_| named)
}

/// Parses a quoted reply; returns it and the text after the space.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = quoted_end(text)?;
    let reply = from(to(text, end - 1), 1);
    // ` <` before the quote is how a repeated address begins, which may imitate fields.
    let usual = !reply.ends_with(b" <");
    Some((reply, next(from(text, end))?)).filter(|_| usual)
}

/// `Some` when only `[QT=] [DT=]`, which are not stored, follow a reply.
fn are_times(mut rest: &[u8]) -> Option<()> {
    while !rest.is_empty() {
        let (field, after) = word(rest);
        match field {
            [b'Q' | b'D', b'T', b'=', time @ ..] => value(time)?,
            b"K" => field,
            _ => return None,
        };
        rest = after;
    }
    Some(())
}
