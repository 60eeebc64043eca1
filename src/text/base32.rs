//! Numbers in the base-32 digits of Crockford, in lower case: without i, l, o and u, which are misread.

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The lowest `count` digits of a number, the lowest first: as a name it need not be read as a number again.
pub fn base32(number: u64, count: usize) -> String {
    let mut rest = number;
    let mut out = String::with_capacity(count);
    for _ in 0..count {
        let digit = usize::try_from(rest % 32).ok();
        let digit = digit.and_then(|place| DIGITS.get(place)).copied();
        out.push(char::from(digit.unwrap_or(b'0')));
        rest /= 32;
    }
    out
}

/// True for a text of nothing but such digits.
pub fn is_base32(text: &str) -> bool {
    text.bytes().all(|byte| DIGITS.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_digit_stands_first() {
        assert_eq!(base32(0, 3), "000");
        assert_eq!(base32(31 + 32 * 18, 3), "zj0");
        assert_eq!(base32(u64::MAX, 2), "zz");
    }

    #[test]
    fn letters_that_are_misread_are_no_digits() {
        assert!(is_base32("07az"));
        for text in ["i", "l", "o", "u", "A", "-"] {
            assert!(!is_base32(text), "{text}");
        }
    }
}
