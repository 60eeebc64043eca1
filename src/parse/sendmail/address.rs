//! Addresses as Sendmail logs them: `<a@b>`, or bare, several joined by a comma without a space.

use crate::parse::bytes::{angle, from, path, quoted_end, to};

/// The recipients of one line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct List<'a> {
    /// The first one, without brackets.
    pub(super) first: &'a [u8],
    /// All of them as written, when they are several; else empty.
    pub(super) several: &'a [u8],
}

/// Reads one address; `None` where quotes or brackets do not close (long ones are cut by Sendmail).
pub(super) fn one(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.starts_with(b"<") {
        let (inner, rest) = angle(text)?;
        let whole = rest.is_empty() || rest.starts_with(b",") || rest.starts_with(b" (");
        return whole.then(|| (path(text, inner), rest));
    }
    let mut at = 0;
    loop {
        let place = from(text, at)
            .iter()
            .position(|byte| matches!(byte, b',' | b'"'));
        let place = at + place.unwrap_or(text.len() - at);
        match text.get(place) {
            Some(b'"') => at = place + quoted_end(from(text, place))?,
            _ => return Some((to(text, place), from(text, place))),
        }
    }
}

/// Reads a list and gives what follows it, which starts with `, `.
pub(super) fn list(text: &[u8]) -> Option<(List<'_>, &[u8])> {
    let (first, mut rest) = one(text)?;
    let mut several = false;
    loop {
        if rest.starts_with(b", ") {
            let whole = to(text, text.len() - rest.len());
            let several = if several { whole } else { b"" };
            return Some((List { first, several }, rest));
        }
        (_, rest) = one(rest.strip_prefix(b",")?)?;
        several = true;
    }
}
