//! Queue IDs: short (hexadecimal microseconds and inode), long (`enable_long_queue_ids`), and `NOQUEUE`.

use crate::parse::bytes::{Set, from, near_any, to};

/// Minimum length: five digits of microseconds and one of the inode.
const MIN_BYTES: usize = 6;
/// Maximum length: five digits of microseconds and sixteen of the inode.
const MAX_BYTES: usize = 21;
/// Minimum number of characters before the `z` of a long ID: six of seconds and four of microseconds.
const BEFORE_Z: usize = 10;
/// Maximum length of a long ID, so that other text is not taken for one.
const MAX_LONG_BYTES: usize = 40;

/// Digits of a short ID.
const HEX: Set = Set::of(b"0123456789ABCDEF");

/// Splits off `QID: `. The ID is `None` when there is none, and empty for `NOQUEUE`.
#[inline]
pub(super) fn split(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let digits = to(text, MAX_BYTES)
        .iter()
        .take_while(|byte| HEX.has(**byte));
    let digits = digits.count();
    match from(text, digits) {
        [b':', b' ', body @ ..] if digits >= MIN_BYTES => (Some(to(text, digits)), body),
        _ => split_any(text),
    }
}

/// The same for all forms of an ID.
fn split_any(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    // IDs contain no space.
    let end = near_any(to(text, MAX_LONG_BYTES + 1), *b": ");
    let Some(end) = end.filter(|at| text.get(*at) == Some(&b':')) else {
        return (None, text);
    };
    let (id, rest) = (to(text, end), from(text, end + 1));
    // The text may be empty after the frame was trimmed.
    let body = match rest {
        [b' ', body @ ..] => body,
        [] => rest,
        _ => return (None, text),
    };
    if id == b"NOQUEUE" {
        (Some(b""), body)
    } else if is_valid(id) {
        (Some(id), body)
    } else {
        (None, text)
    }
}

/// True for a valid queue ID.
pub(super) fn is_valid(id: &[u8]) -> bool {
    ((MIN_BYTES..=MAX_BYTES).contains(&id.len()) && HEX.holds_all(id)) || is_long(id)
}

/// Digits and consonants (base 52). The last `z` separates the time from the inode, which is in base 51.
fn is_long(id: &[u8]) -> bool {
    let base52 = |byte: &u8| byte.is_ascii_alphanumeric() && !b"AEIOUaeiou".contains(byte);
    let Some(z) = id.iter().rposition(|byte| *byte == b'z') else {
        return false;
    };
    id.len() <= MAX_LONG_BYTES && id.iter().all(base52) && z >= BEFORE_Z && z + 1 < id.len()
}

#[cfg(test)]
mod tests {
    use super::super::tests::neighbours;
    use super::*;

    #[test]
    fn forms() {
        for id in [
            "C27A5D",
            "3EB0B48A",
            "0123456789ABCDEF01234",
            "4jXyNm6J5tzhv",
            "3Pt2mN2VXxznjll",
        ] {
            assert!(is_valid(id.as_bytes()), "{id}");
        }
        for id in [
            "",
            "C27A5",
            "c27a5d8",
            "C27A5G",
            "4jXyNm6Jz",
            "4jXyNm6J5tz",
            "4jXyNa6J5tzhv",
            "NOQUEUE",
        ] {
            assert!(!is_valid(id.as_bytes()), "{id}");
        }
    }

    #[test]
    fn only_before_a_colon_and_a_space() {
        assert_eq!(
            split(b"C27A5D8: removed"),
            (Some(b"C27A5D8".as_slice()), b"removed".as_slice())
        );
        assert_eq!(
            split(b"NOQUEUE: x"),
            (Some(b"".as_slice()), b"x".as_slice())
        );
        assert_eq!(
            split(b"C27A5D8:removed"),
            (None, b"C27A5D8:removed".as_slice())
        );
        assert_eq!(split(b"statistics: x"), (None, b"statistics: x".as_slice()));
        assert_eq!(split(b"C27A5D8 x"), (None, b"C27A5D8 x".as_slice()));
        assert_eq!(split(b""), (None, b"".as_slice()));
    }

    #[test]
    fn a_short_one_is_told_as_all_are() {
        let longest = "0123456789ABCDEF01234: removed";
        for text in ["C27A5D: removed", longest, "4jXyNm6J5tzhv: x", "NOQUEUE: x"] {
            for text in neighbours(text.as_bytes()) {
                assert_eq!(split(&text), split_any(&text), "{text:?}");
            }
        }
    }
}
