//! Addresses as logged by Sendmail: `<a@b>` or without brackets, several of them separated by a comma without a
//! space.

use crate::parse::bytes::{angle, from, path, quoted_end, to};

/// Recipients of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct List<'a> {
    /// First recipient, without brackets.
    pub(super) first: &'a [u8],
    /// All recipients as logged, if there are several; else empty.
    pub(super) several: &'a [u8],
}

/// Parses one address. `None` when quotes or brackets are not closed, since Sendmail cuts long addresses.
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

/// Parses a list; returns it and the rest, which starts with `, `.
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
