//! Parses `, key=value` fields.

use crate::parse::bytes::{find, from, number, split_once, to};

/// Splits off one field, from its comma on. The value ends at the next comma and space, so it must not contain
/// remote text.
pub(super) fn next(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let text = text.strip_prefix(b", ")?;
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-'))?;
    let key = to(text, end);
    let value = from(text, end).strip_prefix(b"=")?;
    let (value, rest) = until_comma(value);
    Some((key, value, rest))
}

/// Text up to the next comma and space, and the rest from there on.
pub(super) fn until_comma(text: &[u8]) -> (&[u8], &[u8]) {
    let end = find(text, b", ").unwrap_or(text.len());
    (to(text, end), from(text, end))
}

/// Index of the last `needle`.
pub(super) fn rfind(text: &[u8], needle: &[u8]) -> Option<usize> {
    let last = *needle.last()?;
    memchr::memrchr_iter(last, text).find_map(|at| {
        let head = to(text, at + 1);
        head.ends_with(needle).then(|| head.len() - needle.len())
    })
}

/// True when `needle` occurs more than once.
pub(super) fn repeated(text: &[u8], needle: &[u8]) -> bool {
    split_once(text, needle).is_some_and(|(_, rest)| find(rest, needle).is_some())
}

/// Bits in use of `256/256`, which are followed by the bits of the cipher.
pub(super) fn bits(text: &[u8]) -> Option<u16> {
    let (used, _) = split_once(text, b"/")?;
    number(used)
}
