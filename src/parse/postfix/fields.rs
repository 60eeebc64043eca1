//! Fields with remote text: `to=<address>`, and the trailer `; from=<> to=<> proto= helo=<>`.
//!
//! The quoted local part of an address may contain any text, and old releases log it without quotes. A HELO
//! name may contain any text. A field ends at the bracket that is followed by the next field of Postfix.

use crate::parse::bytes::{from, near, path, quoted_end, to};

/// Address in brackets, and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bracketed<'a> {
    /// Text inside; `<>` when empty.
    pub(super) inner: &'a [u8],
    /// Text after the bracket.
    pub(super) rest: &'a [u8],
}

/// Parses `<address>` followed by one of `ends`; an empty one is the end of the text.
pub(super) fn bracketed<'a>(text: &'a [u8], ends: &[&[u8]]) -> Option<Bracketed<'a>> {
    bracketed_before(text, |after| {
        let ends_here =
            |end: &&[u8]| after.starts_with(end) && (!end.is_empty() || after.is_empty());
        ends.iter().any(ends_here)
    })
}

/// Parses `<address>`, where `ends` tests the text after the bracket.
#[inline]
pub(super) fn bracketed_before(text: &[u8], ends: impl Fn(&[u8]) -> bool) -> Option<Bracketed<'_>> {
    let inner = text.strip_prefix(b"<")?;
    let quoted = if inner.first() == Some(&b'"') {
        quoted_end(inner)
    } else {
        None
    };
    closing(inner, quoted.unwrap_or(0), &ends)
        .or_else(|| closing(inner, 0, &ends))
        .map(|at| Bracketed {
            inner: path(text, to(inner, at)),
            rest: from(inner, at + 1),
        })
}

/// Index of the first closing bracket from `start` on after which `ends` holds.
#[inline]
fn closing(inner: &[u8], start: usize, ends: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let mut at = start;
    loop {
        at += near(from(inner, at), b'>')?;
        if ends(from(inner, at + 1)) {
            return Some(at);
        }
        at += 1;
    }
}

/// Trailer of a rejection; empty fields are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trailer<'a> {
    pub(super) sender: &'a [u8],
    pub(super) recipient: &'a [u8],
    pub(super) protocol: &'a [u8],
    pub(super) helo: &'a [u8],
    /// `: text` of header checks.
    pub(super) text: &'a [u8],
}

/// A trailer, and the text before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) head: &'a [u8],
    pub(super) trailer: Trailer<'a>,
    /// Whether there is more than one trailer. Someone imitates it, so none is used.
    pub(super) ambiguous: bool,
}

/// Maximum number of trailers; a line with more is ambiguous.
const MAX_CANDIDATES: usize = 8;

/// Splits `head; from=<> to=<> proto= helo=<>`.
pub(super) fn split(text: &[u8]) -> Parts<'_> {
    let mut found = Parts {
        head: text,
        ..Parts::default()
    };
    let mut candidates = 0_usize;
    for at in memchr::memchr_iter(b';', text) {
        let Some(fields) = from(text, at + 1).strip_prefix(b" ") else {
            continue;
        };
        if !starts_trailer(fields) {
            continue;
        }
        candidates += 1;
        if found.head.len() < text.len() || candidates > MAX_CANDIDATES {
            return Parts {
                head: found.head,
                trailer: Trailer::default(),
                ambiguous: true,
            };
        }
        if let Some(trailer) = trailer(fields) {
            found = Parts {
                head: to(text, at),
                trailer,
                ambiguous: false,
            };
        }
    }
    found
}

fn starts_trailer(text: &[u8]) -> bool {
    [b"from=<".as_slice(), b"to=<", b"proto=", b"helo=<"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// Parses a trailer that is the whole text. postscreen separates its fields by commas.
fn trailer(text: &[u8]) -> Option<Trailer<'_>> {
    const AFTER_SENDER: [&[u8]; 7] = [
        b" to=<",
        b", to=<",
        b" proto=",
        b", proto=",
        b" helo=<",
        b", helo=<",
        b"",
    ];
    const AFTER_RECIPIENT: [&[u8]; 6] =
        [b" proto=", b", proto=", b" helo=<", b", helo=<", b": ", b""];
    let mut trailer = Trailer::default();
    let mut rest = text;
    if let Some(value) = rest.strip_prefix(b"from=") {
        let field = bracketed(value, &AFTER_SENDER)?;
        trailer.sender = field.inner;
        rest = next(field.rest);
    }
    if let Some(value) = rest.strip_prefix(b"to=") {
        let field = bracketed(value, &AFTER_RECIPIENT)?;
        trailer.recipient = field.inner;
        rest = next(field.rest);
    }
    if let Some(value) = rest.strip_prefix(b"proto=") {
        let end = value
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric())
            .unwrap_or(value.len());
        trailer.protocol = to(value, end);
        rest = next(from(value, end));
    }
    if let Some(value) = rest.strip_prefix(b"helo=") {
        let field = bracketed(value, &[b": ", b" sasl_", b", sasl_", b""])?;
        trailer.helo = if field.inner == b"<>" {
            b""
        } else {
            field.inner
        };
        rest = field.rest;
    }
    match rest.strip_prefix(b": ") {
        Some(text) => trailer.text = text,
        None if rest.is_empty() || next(rest).starts_with(b"sasl_") => {}
        None => return None,
    }
    Some(trailer)
}

fn next(rest: &[u8]) -> &[u8] {
    rest.strip_prefix(b", ")
        .or_else(|| rest.strip_prefix(b" "))
        .unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers() {
        let found = split(b"554 5.7.1 no; see; from=<a@example.org> to=<> proto=ESMTP helo=<b>");
        assert_eq!(found.head, b"554 5.7.1 no; see");
        assert_eq!(found.trailer.sender, b"a@example.org");
        assert_eq!(found.trailer.recipient, b"<>");
        assert_eq!(found.trailer.protocol, b"ESMTP");
        assert_eq!(found.trailer.helo, b"b");
        let found = split(b"x; from=<>, to=<b@example.org>, proto=SMTP, helo=<>");
        assert_eq!(
            (found.trailer.sender, found.trailer.helo),
            (b"<>".as_slice(), b"".as_slice())
        );
        assert_eq!(found.trailer.recipient, b"b@example.org");
        let found = split(b"header X; from=<a> to=<b> proto=ESMTP helo=<c>: 5.7.1 no");
        assert_eq!(
            (found.trailer.helo, found.trailer.text),
            (b"c".as_slice(), b"5.7.1 no".as_slice())
        );
        assert_eq!(split(b"x; y").head, b"x; y");
        assert_eq!(split(b"x; proto=SMTP").trailer.protocol, b"SMTP");
    }

    #[test]
    fn brackets_in_a_quoted_local_part() {
        let found = split(
            br#"x; from=<"a> to=<b> proto=X helo=<c"@example.org> to=<d> proto=ESMTP helo=<e>"#,
        );
        assert_eq!(
            found.trailer.sender,
            br#""a> to=<b> proto=X helo=<c"@example.org"#
        );
        assert_eq!(found.trailer.recipient, b"d");
        assert_eq!(found.trailer.helo, b"e");
    }

    #[test]
    fn an_imitated_trailer_is_not_believed() {
        let found = split(
            b"<h>: no; from=<a> to=<b> proto=SMTP helo=<x; from=<c> to=<d> proto=SMTP helo=<e>>",
        );
        assert!(found.ambiguous);
        assert_eq!(found.trailer, Trailer::default());
    }
}
