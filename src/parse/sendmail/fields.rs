//! `, key=value` after `, key=value`.

use crate::parse::bytes::{find, from, number, split_once, to};

/// Takes one field off the front, given from its comma on. Its value ends at the next comma and space: for
/// fields that hold no remote words.
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

/// Up to the next comma and space; the rest starts with them.
pub(super) fn until_comma(text: &[u8]) -> (&[u8], &[u8]) {
    let end = find(text, b", ").unwrap_or(text.len());
    (to(text, end), from(text, end))
}

/// The last place where `needle` stands.
pub(super) fn rfind(text: &[u8], needle: &[u8]) -> Option<usize> {
    let last = *needle.last()?;
    memchr::memrchr_iter(last, text).find_map(|at| {
        let head = to(text, at + 1);
        head.ends_with(needle).then(|| head.len() - needle.len())
    })
}

/// Whether `needle` stands in `text` more than once.
pub(super) fn repeated(text: &[u8], needle: &[u8]) -> bool {
    split_once(text, needle).is_some_and(|(_, rest)| find(rest, needle).is_some())
}

/// `256/256`: of what was used, of what the cipher has. The first is the key size in use.
pub(super) fn bits(text: &[u8]) -> Option<u16> {
    let (used, _) = split_once(text, b"/")?;
    number(used)
}
