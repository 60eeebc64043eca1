//! Queue IDs: short ones (hexadecimal microseconds and inode), long ones (`enable_long_queue_ids`), and
//! `NOQUEUE`.

use crate::parse::bytes::{Set, from, near_any, to};

/// Five digits of microseconds and at least one of the inode.
const SHORTEST: usize = 6;
/// Five digits of microseconds and sixteen of the inode.
const LONGEST: usize = 21;
/// Six characters of seconds and four of microseconds stand before the `z` of a long ID.
const BEFORE_Z: usize = 10;
/// Long IDs are bounded so that no text is taken for one.
const LONGEST_LONG: usize = 40;

/// The digits of a short ID.
const HEX: Set = Set::of(b"0123456789ABCDEF");

/// Takes `QID: ` off the text. The ID is `None` where there is none and empty for `NOQUEUE`.
#[inline]
pub(super) fn split(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let digits = to(text, LONGEST).iter().take_while(|byte| HEX.has(**byte));
    let digits = digits.count();
    match from(text, digits) {
        [b':', b' ', body @ ..] if digits >= SHORTEST => (Some(to(text, digits)), body),
        _ => split_rare(text),
    }
}

/// Does so for all forms of an ID.
fn split_rare(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    // No ID holds a space.
    let end = near_any(to(text, LONGEST_LONG + 1), *b": ");
    let Some(end) = end.filter(|at| text.get(*at) == Some(&b':')) else {
        return (None, text);
    };
    let (id, rest) = (to(text, end), from(text, end + 1));
    // A body may be empty where the frame was trimmed.
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

/// Whether this can be a queue ID.
pub(super) fn is_valid(id: &[u8]) -> bool {
    ((SHORTEST..=LONGEST).contains(&id.len()) && HEX.holds_all(id)) || is_long(id)
}

/// Base 52: digits and consonants; the last `z` parts the time from the inode, which is base 51.
fn is_long(id: &[u8]) -> bool {
    let base52 = |byte: &u8| byte.is_ascii_alphanumeric() && !b"AEIOUaeiou".contains(byte);
    let Some(z) = id.iter().rposition(|byte| *byte == b'z') else {
        return false;
    };
    id.len() <= LONGEST_LONG && id.iter().all(base52) && z >= BEFORE_Z && z + 1 < id.len()
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
                assert_eq!(split(&text), split_rare(&text), "{text:?}");
            }
        }
    }
}
