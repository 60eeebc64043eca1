//! Lines in the form in which nearly all are written, read in one pass.
//!
//! These readers take no line about which there is anything to weigh: they know a few fields in their usual
//! order, and leave all else to the other readers of this folder, which read what is taken here to the very same
//! fact. The tests hold them to that.

mod arrival;
mod connection;
mod deferral;
mod delivery;

use crate::parse::bytes::{from, near, to};
use crate::parse::{Fact, Flag, Form, Kind, Plain, Words};

/// Takes apart what follows the message ID, or the time stamp where there is none; `None` for what has to be looked
/// at more closely. The place to fill holds these two, and nothing else.
pub(super) fn split<'a>(plain: &mut Plain<'a>, rest: &'a [u8]) -> Option<()> {
    if plain.queue_id.is_empty() {
        return connection::split(plain, rest);
    }
    match rest {
        [b'<', b'=', b' ', text @ ..] => arrival::split(plain, text),
        [b'=', b'>', b' ', text @ ..] => delivery::split(plain, text, Flag::Delivered),
        [b'-', b'>', b' ', text @ ..] => delivery::split(plain, text, Flag::Also),
        [b'=', b'=', b' ', text @ ..] => deferral::split(plain, text),
        [b'H', b'=', ..] => {
            plain.words = Words::of(Form::Remote, rest);
            Some(())
        }
        b"Completed" => {
            plain.words = Words::of(Form::Completion, rest);
            Some(())
        }
        _ => None,
    }
}

/// Reads the words that many lines share, see [`Plain::read_words`].
pub(super) fn read<'a>(plain: &Plain<'a>) -> Option<Fact<'a>> {
    let Words { form, text } = plain.words;
    let mut fact = Fact {
        queue_id: plain.queue_id,
        ..Fact::default()
    };
    match form {
        Form::Arrival => arrival::read(&mut fact, text)?,
        Form::Submission => arrival::read_local(&mut fact, text)?,
        Form::Delivery => delivery::read(&mut fact, text, false)?,
        Form::Answered => delivery::read(&mut fact, text, true)?,
        Form::Deferral => deferral::read(&mut fact, text)?,
        Form::Completion => {
            fact.kind = Kind::Completion;
            fact.text = text;
        }
        Form::Remote => super::words(&mut fact, text),
        Form::Client => connection::read(&mut fact, text),
        Form::Daemon => fact.kind = Kind::Note,
    }
    // A model has more to do with a rejection than to note it.
    (fact.kind != Kind::Rejection).then_some(fact)
}

/// Puts both halves of a line together again.
pub(super) fn whole<'a>(plain: &Plain<'a>) -> Option<Fact<'a>> {
    let mut fact = read(plain)?;
    fact.stamp = plain.stamp;
    fact.flag = plain.flag;
    match plain.words.form {
        Form::Arrival | Form::Submission => arrival::complete(&mut fact, plain),
        Form::Delivery | Form::Deferral => {
            fact.address = plain.address;
            fact.parent_address = plain.parent_address;
        }
        Form::Answered => delivery::complete(&mut fact, plain),
        Form::Client | Form::Daemon => {
            fact.peer = plain.peer;
            fact.text = plain.text;
        }
        Form::Completion | Form::Remote => {}
    }
    Some(fact)
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
