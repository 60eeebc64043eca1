//! Fields of delivery, deferral and failure lines, found by tag and never by position.
//!
//! `... R=router T=transport H=name [ip] X=... DN="..." C="reply" DT=1s`, and `: text` at the end of failures
//! and deferrals.

use memchr::{memchr_iter, memchr2};

use crate::parse::Peer;

use super::host;
use crate::parse::bytes::{angle, from, near, quoted_end, tag_end, to, word};

#[derive(Clone, Copy, Debug)]
pub(super) enum Field<'a> {
    /// `H=`: the remote host.
    Host(Peer<'a>),
    /// `TAG=value`, without the quotes or brackets of the value.
    Tag(&'a [u8], &'a [u8]),
    /// A word without `=`: `K`, `PRDR`, `routing`, `defer`.
    Word(&'a [u8]),
    /// `: text` up to the end of the line.
    Text(&'a [u8]),
}

/// Iterator over the fields of a text that begins with a space or a colon.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// Text not parsed yet.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn text(&mut self) -> Option<Field<'a>> {
        let colon = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
        let text = match colon {
            [b':', b' ', text @ ..] => text,
            [b':'] => b"",
            _ => return None,
        };
        self.rest = b"";
        Some(Field::Text(text))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        if let Some(text) = self.text() {
            return Some(text);
        }
        let body = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
        if body.is_empty() {
            self.rest = b"";
            return None;
        }
        let stop = tag_end(body);
        let Some(value) = from(body, stop).strip_prefix(b"=") else {
            let (word, rest) = word(body);
            // A word with a colon at its end is followed by the text.
            let (word, rest) = match word.strip_suffix(b":") {
                Some(bare) if !bare.is_empty() => (bare, from(body, bare.len())),
                _ => (word, rest),
            };
            self.rest = rest;
            return Some(Field::Word(word));
        };
        let tag = to(body, stop);
        if tag == b"H" {
            let (peer, rest) = host::outbound(value);
            self.rest = rest;
            return Some(Field::Host(peer));
        }
        let (value, rest) = value_of(tag, value);
        self.rest = rest;
        Some(Field::Tag(tag, value))
    }
}

/// The value at the start of `text`, and the rest.
fn value_of<'a>(tag: &[u8], text: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    match text.first() {
        Some(b'"') => {
            let end = if tag == b"DN" {
                certificate_name_end(text)
            } else {
                quoted_end(text)
            };
            match end {
                Some(end) => (from(to(text, end - 1), 1), from(text, end)),
                None => (from(text, 1), b""),
            }
        }
        Some(b'<') => match angle(text) {
            // The null sender keeps its brackets, because an empty slice means "absent".
            Some((b"", rest)) => (to(text, 2), rest),
            Some(found) => found,
            None => (from(text, 1), b""),
        },
        _ => {
            let (value, rest) = word(text);
            // In `R=router: text` the colon is not part of the value.
            match value.strip_suffix(b":") {
                Some(bare) => (bare, from(text, bare.len())),
                None => (value, rest),
            }
        }
    }
}

/// Index after the closing quote of `DN="..."`. The peer controls the name, and quotes in it are not escaped:
/// it ends at the first quote after which a field, the text or the end of the line can come.
pub(super) fn certificate_name_end(text: &[u8]) -> Option<usize> {
    memchr_iter(b'"', text)
        .skip(1)
        .find(|at| {
            matches!(
                from(text, at + 1),
                [] | [b':', ..] | [b' ', b':' | b'A'..=b'Z', ..]
            )
        })
        .map(|at| at + 1)
}

/// Removes ` DT=1.2s`, which failures from 4.99 on have after their text.
pub(super) fn without_delivery_time(text: &[u8]) -> &[u8] {
    // Durations are short: `1w2d3h4m5s` or `0.304s`.
    let near_end = text.len().saturating_sub(24);
    let tail = from(text, near_end);
    let Some(space) = memchr::memrchr(b' ', tail) else {
        return text;
    };
    let duration = from(tail, space).strip_prefix(b" DT=");
    let is_duration = duration.is_some_and(|value| {
        value.last() == Some(&b's')
            && value
                .iter()
                .all(|b| b.is_ascii_digit() || b"wdhms.".contains(b))
    });
    if is_duration {
        to(text, near_end + space)
    } else {
        text
    }
}

/// True when `rest` contains a quoted address with text that looks like fields.
///
/// A delivery line has the local part of its recipient without quotes, so a sender who chose the recipient can
/// put `R=`, `T=`, `H=` and `X=` into it. Exim then repeats the original address, in quotes and angle brackets,
/// before its own fields. Fields before that repetition are forged.
pub(super) fn repeats_fields(rest: &[u8]) -> bool {
    memchr_iter(b'"', rest).any(|at| {
        to(rest, at).ends_with(b" <") && {
            let quoted = from(rest, at);
            let quoted = to(quoted, quoted_end(quoted).unwrap_or(quoted.len()));
            memchr2(b'=', b':', quoted).is_some()
        }
    })
}

/// True when a field of a delivery, deferral or failure line starts here.
pub(super) fn starts(text: &[u8]) -> bool {
    match text {
        [b'R' | b'T' | b'Q', b'=', ..]
        | [b'F' | b'P', b'=', b'<', ..]
        | [b'S', b'R', b'S', b'=', b'<', ..]
        | [b'D' | b'Q', b'T', b'=', ..]
        | [b':', b' ', ..] => true,
        [b'd', ..] => word(text).0 == b"defer",
        [b'r', ..] => text.starts_with(b"routing defer"),
        _ => false,
    }
}

/// Index of the next space at or after `at`.
pub(super) fn space(text: &[u8], at: usize) -> Option<usize> {
    near(from(text, at), b' ').map(|found| at + found)
}

#[cfg(test)]
mod tests;
