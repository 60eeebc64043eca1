//! Fast parser of lines in the most common forms, in one pass.
//!
//! It knows a few fields in their usual order and rejects every line with anything else, which is left to the
//! other parsers of this module. The tests check that both give the same facts.

mod arrival;
mod connection;
mod deferral;
mod delivery;

use crate::parse::bytes::{from, near, to};
use crate::parse::{Fact, Flag, Form, Kind, Plain, Words};

/// Splits the text after the message ID (after the time stamp, if there is none); `None` for lines in other
/// forms. `plain` must hold these two and nothing else.
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

/// Parses the words that many lines share; see [`Plain::read_words`].
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
    // A rejection changes the model in more ways than shared words can.
    (fact.kind != Kind::Rejection).then_some(fact)
}

/// Parses both parts of a line.
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

/// The first word, and the text after the space that follows it.
#[inline]
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = near(text, b' ').unwrap_or(text.len());
    (to(text, end), from(text, end + 1))
}

/// The value of a one-word field; `None` when it is quoted or bracketed, or when a text follows.
#[inline]
fn value(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'"' | b'<', ..] | [.., b':'] | [] => None,
        _ => Some(text),
    }
}

/// Text between `<` and `>`; `None` when it contains these or begins with a quote.
#[inline]
fn bracketed(word: &[u8]) -> Option<&[u8]> {
    let [b'<', inner @ .., b'>'] = word else {
        return None;
    };
    let plain =
        !inner.starts_with(b"\"") && near(inner, b'<').is_none() && near(inner, b'>').is_none();
    plain.then_some(inner)
}

/// The text after a quoted value or a host and a space; `None` when something other than a space follows.
#[inline]
fn next(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [] => Some(rest),
        [b' ', next @ ..] => Some(next),
        _ => None,
    }
}

/// Recipient at the start of a delivery or deferral.
struct Recipient<'a> {
    /// Final address.
    final_recipient: &'a [u8],
    /// Original address; empty when it is not logged.
    original: &'a [u8],
}

impl<'a> Recipient<'a> {
    /// Parses `final [<original>] `; returns it and the fields, of which the first must be the router.
    #[inline]
    fn read(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (final_recipient, rest) = word(text);
        let (original, rest) = if rest.starts_with(b"<") {
            let (original, rest) = word(rest);
            (bracketed(original)?, rest)
        } else {
            (b"".as_slice(), rest)
        };
        let usual = !final_recipient.is_empty() && rest.starts_with(b"R=");
        usual.then_some((
            Self {
                final_recipient,
                original,
            },
            rest,
        ))
    }
}

#[cfg(test)]
mod tests;
