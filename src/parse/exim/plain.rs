//! Lines in the form in which nearly all are written, read in one pass.
//!
//! These readers take no line about which there is anything to weigh: they know a few fields in their usual
//! order, and leave all else to the other readers of this folder, which read what is taken here to the very same
//! fact. The tests hold them to that.

mod arrival;
mod deferral;
mod delivery;

use crate::parse::bytes::{from, near, to};
use crate::parse::{Fact, Flag, Form, Kind, Peer, Plain, Stamp, Words};

/// Takes apart what follows the message ID; `None` for what has to be looked at more closely.
pub(super) fn split<'a>(stamp: Stamp, queue_id: &'a [u8], rest: &'a [u8]) -> Option<Plain<'a>> {
    let mut plain = match rest {
        [b'<', b'=', b' ', text @ ..] => arrival::split(text),
        [b'=', b'>', b' ', text @ ..] => delivery::split(text, Flag::Delivered),
        [b'-', b'>', b' ', text @ ..] => delivery::split(text, Flag::Also),
        [b'=', b'=', b' ', text @ ..] => deferral::split(text),
        b"Completed" => Some(bare(Form::Completion, rest)),
        _ => None,
    }?;
    plain.stamp = stamp;
    plain.queue_id = queue_id;
    Some(plain)
}

/// Reads the words that many lines share, see [`Words::read`].
pub(super) fn read(words: Words<'_>) -> Option<Fact<'_>> {
    let mut fact = Fact::default();
    match words.form {
        Form::Arrival => arrival::read(&mut fact, words.text)?,
        Form::Delivery => delivery::read(&mut fact, words.text, false)?,
        Form::Answered => delivery::read(&mut fact, words.text, true)?,
        Form::Deferral => deferral::read(&mut fact, words.text)?,
        Form::Completion => {
            fact.kind = Kind::Completion;
            fact.text = words.text;
        }
    }
    Some(fact)
}

/// Puts both halves of a line together again.
pub(super) fn whole<'a>(plain: &Plain<'a>) -> Option<Fact<'a>> {
    let mut fact = read(plain.words)?;
    fact.stamp = plain.stamp;
    fact.queue_id = plain.queue_id;
    fact.flag = plain.flag;
    match plain.words.form {
        Form::Arrival => arrival::complete(&mut fact, plain),
        _ => {
            fact.address = plain.address;
            fact.parent_address = plain.parent_address;
        }
    }
    if plain.words.form == Form::Answered {
        delivery::complete(&mut fact, plain.reply);
    }
    Some(fact)
}

/// A line with its words and nothing else.
#[inline]
fn bare(form: Form, text: &[u8]) -> Plain<'_> {
    Plain {
        stamp: Stamp::default(),
        queue_id: b"",
        flag: None,
        address: b"",
        parent_address: b"",
        peer: Peer::default(),
        size: None,
        message_id: b"",
        words: Words { form, text },
        subject: b"",
        recipients: b"",
        reply: b"",
    }
}

/// The word at the start, and what follows the space behind it.
#[inline]
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = near(text, b' ').unwrap_or(text.len());
    (to(text, end), from(text, end + 1))
}

/// The value of a field that is one word: nothing is quoted or in brackets, and no text begins behind it.
#[inline]
fn value(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'"' | b'<', ..] | [.., b':'] | [] => None,
        _ => Some(text),
    }
}

/// What stands between `<` and `>`, where neither they nor a quote stand inside.
#[inline]
fn bracketed(word: &[u8]) -> Option<&[u8]> {
    let [b'<', inner @ .., b'>'] = word else {
        return None;
    };
    let plain =
        !inner.starts_with(b"\"") && near(inner, b'<').is_none() && near(inner, b'>').is_none();
    plain.then_some(inner)
}

/// The field behind a quoted value or a host; `None` where something else follows than a space.
#[inline]
fn next(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [] => Some(rest),
        [b' ', next @ ..] => Some(next),
        _ => None,
    }
}

/// The recipient at the start of a delivery or deferral.
struct Recipient<'a> {
    /// The final address.
    last: &'a [u8],
    /// The original one, where it is written.
    first: &'a [u8],
}

impl<'a> Recipient<'a> {
    /// Reads `final [<original>] ` and gives the fields behind it, of which the router has to be the first.
    #[inline]
    fn read(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (last, rest) = word(text);
        let (first, rest) = if rest.starts_with(b"<") {
            let (original, rest) = word(rest);
            (bracketed(original)?, rest)
        } else {
            (b"".as_slice(), rest)
        };
        let usual = !last.is_empty() && rest.starts_with(b"R=");
        usual.then_some((Self { last, first }, rest))
    }
}

#[cfg(test)]
mod tests;
