//! Lines in the form in which nearly all are written, read in one pass.
//!
//! These readers take no line about which there is anything to weigh: they know a few fields in their usual
//! order, and leave all else to the other readers of this folder, which read what is taken here to the very same
//! fact. The tests hold them to that.

mod arrival;
mod deferral;
mod delivery;

use crate::parse::bytes::{from, near, to};
use crate::parse::{Fact, Flag, Kind};

use super::Parsed;

/// Reads what follows the message ID; `None`, with the fact untouched, for what has to be looked at more closely.
pub(super) fn read<'a>(fact: &mut Fact<'a>, rest: &'a [u8]) -> Option<Parsed> {
    match rest {
        [b'<', b'=', b' ', text @ ..] => arrival::read(fact, text).map(Ok),
        [b'=', b'>', b' ', text @ ..] => delivery::read(fact, text, Flag::Delivered).map(Ok),
        [b'-', b'>', b' ', text @ ..] => delivery::read(fact, text, Flag::Also).map(Ok),
        [b'=', b'=', b' ', text @ ..] => deferral::read(fact, text),
        b"Completed" => {
            fact.kind = Kind::Completion;
            fact.text = rest;
            Some(Ok(()))
        }
        _ => None,
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
