//! A search for one byte in short texts.

/// Lowest and highest bit of each byte of a number.
const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Where `byte` first stands. Words of a log line are so short that eight bytes at a time beat a call of a
/// search that is made for long texts.
#[inline]
pub fn near(text: &[u8], byte: u8) -> Option<usize> {
    let (eights, rest) = text.as_chunks::<8>();
    for (nth, eight) in eights.iter().enumerate() {
        let found = zero_bytes(u64::from_le_bytes(*eight) ^ (LOW_BITS * u64::from(byte)));
        if found != 0 {
            return Some(nth * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|own| *own == byte)?;
    Some(eights.len() * 8 + at)
}

/// Marks the lowest byte that is 0, by its highest bit; bytes above it may be marked wrongly.
const fn zero_bytes(eight: u64) -> u64 {
    eight.wrapping_sub(LOW_BITS) & !eight & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..length {
                let mut text = vec![b'!'; length];
                text[at] = b' ';
                assert_eq!(near(&text, b' '), Some(at));
                text[length - 1] = b' ';
                assert_eq!(near(&text, b' '), Some(at));
            }
            for other in [0, b'!', 0x7f, 0x80, 0xa0, 0xff] {
                assert_eq!(
                    near(&vec![other; length], b' '),
                    None,
                    "{length} of {other}"
                );
            }
        }
    }
}
