//! Helpers for byte slices that cannot fail: an index past the end gives an empty slice.

use memchr::{memchr_iter, memchr2};

pub(super) use crate::text::near_any;
pub(crate) use crate::text::{near, same};

/// Bytes from `at` on.
#[inline]
pub(super) fn from(text: &[u8], at: usize) -> &[u8] {
    text.get(at..).unwrap_or_default()
}

/// Bytes before `at`.
#[inline]
pub(super) fn to(text: &[u8], at: usize) -> &[u8] {
    text.get(..at).unwrap_or(text)
}

/// Set of bytes as a lookup table, which is faster than comparisons when all bytes of a word are tested.
pub(super) struct Set([bool; 256]);

impl Set {
    pub(super) const fn of(bytes: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut at = 0;
        while at < bytes.len() {
            set[bytes[at] as usize] = true;
            at += 1;
        }
        Self(set)
    }

    #[inline]
    pub(super) const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// True when every byte is in the set. Without an early exit, which is faster for words.
    #[inline]
    pub(super) fn holds_all(&self, text: &[u8]) -> bool {
        text.iter().fold(true, |all, byte| all & self.has(*byte))
    }
}

/// The first word, and the rest with its leading space.
#[inline]
pub(super) fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = near(text, b' ').unwrap_or(text.len());
    (to(text, end), from(text, end))
}

/// Index of the first space or equals sign, or the length. Tags are so short that a simple loop is faster than
/// memchr.
#[inline]
pub(super) fn tag_end(text: &[u8]) -> usize {
    text.iter()
        .position(|byte| matches!(byte, b' ' | b'='))
        .unwrap_or(text.len())
}

/// Text between a prefix and a suffix.
#[inline]
pub(super) fn between<'a>(text: &'a [u8], prefix: &[u8], suffix: &[u8]) -> Option<&'a [u8]> {
    text.strip_prefix(prefix)?.strip_suffix(suffix)
}

/// Index of the first `needle`. Needles are short constants: building a substring searcher for each call would
/// take longer than the search.
#[inline]
pub(super) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    memchr_iter(first, text).find(|at| from(text, *at).starts_with(needle))
}

/// True when `needle` occurs.
#[inline]
pub(super) fn contains(text: &[u8], needle: &[u8]) -> bool {
    find(text, needle).is_some()
}

/// Text before and after the first `needle`.
#[inline]
pub(super) fn split_once<'a>(text: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = find(text, needle)?;
    Some((to(text, at), from(text, at + needle.len())))
}

/// Text before and after the first `, `. Fields are short, so that a simple search is faster.
#[inline]
pub(super) fn split_field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = 0;
    loop {
        end += near(from(text, end), b',')?;
        let behind = from(text, end + 1);
        if behind.first() == Some(&b' ') {
            return Some((to(text, end), from(behind, 1)));
        }
        end += 1;
    }
}

/// Value of a decimal number that is the whole text.
#[inline]
pub(super) fn number<T: TryFrom<u64>>(text: &[u8]) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let value = text.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })?;
    T::try_from(value).ok()
}

/// Index after the closing quote of a string that starts with `"`. Backslashes escape.
#[inline]
pub(super) fn quoted_end(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let found = at + memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// Address in `<address>`, and the rest. A quoted local part may contain any byte.
pub(super) fn angle(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_prefix(b"<")?;
    let local = if inner.first() == Some(&b'"') {
        quoted_end(inner)?
    } else {
        0
    };
    let end = local + near(from(inner, local), b'>')?;
    Some((to(inner, end), from(inner, end + 1)))
}

/// Address to store in a fact: without brackets, except that the null sender stays `<>`, because an empty slice
/// means "absent".
#[inline]
pub(super) fn path<'a>(written: &'a [u8], inner: &'a [u8]) -> &'a [u8] {
    if inner.is_empty() {
        to(written, 2)
    } else {
        inner
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The text, and every text that differs from it by one byte less, more, or other.
    pub(in crate::parse) fn neighbours(text: &[u8]) -> Vec<Vec<u8>> {
        const BYTES: &[u8] = b" :,[]<>=/.%-a0\xff";
        let mut all = vec![text.to_vec()];
        for at in 0..=text.len() {
            let (before, behind) = text.split_at(at);
            for byte in BYTES {
                all.push([before, &[*byte], behind].concat());
                all.push([before, &[*byte], behind.get(1..).unwrap_or_default()].concat());
            }
            all.push([before, behind.get(1..).unwrap_or_default()].concat());
        }
        all
    }

    #[test]
    fn a_quote_ends_at_the_first_bare_quote() {
        assert_eq!(quoted_end(b"\"a\" b\""), Some(3));
        assert_eq!(quoted_end(br#""a\"b" c"#), Some(6));
        assert_eq!(quoted_end(br#""a\\" c"#), Some(5));
        assert_eq!(quoted_end(br#""a\""#), None);
        assert_eq!(quoted_end(b"\""), None);
        assert_eq!(quoted_end(b"\"\\"), None);
    }

    #[test]
    fn a_field_ends_at_the_first_comma_and_space() {
        for text in [
            "",
            ",",
            ", ",
            " ,",
            "a",
            "a,",
            "a, ",
            "a, b",
            "a,b",
            "a,b, c",
            "a,,b, c, d",
            "a,, b",
            "a ,b , c",
            "mx.example.org[192.0.2.1]:25,x,y, delay=1, z",
        ] {
            let text = text.as_bytes();
            assert_eq!(split_field(text), split_once(text, b", "), "{text:?}");
        }
    }

    #[test]
    fn brackets_inside_a_quoted_local_part_do_not_close() {
        let (inner, rest) = angle(br#"<"a> \"b"@example.org> x"#).expect("an address");
        assert_eq!(inner, br#""a> \"b"@example.org"#);
        assert_eq!(rest, b" x");
        assert_eq!(angle(b"<a"), None);
        assert_eq!(angle(b"a>"), None);
        assert_eq!(angle(b"<\"a>"), None);
    }

    #[test]
    fn numbers_are_only_digits() {
        assert_eq!(number::<u16>(b"256"), Some(256));
        assert_eq!(number::<u16>(b"+256"), None);
        assert_eq!(number::<u16>(b"xxx"), None);
        assert_eq!(number::<u16>(b"65536"), None);
        assert_eq!(number::<u16>(b""), None);
    }
}
