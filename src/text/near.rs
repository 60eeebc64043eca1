//! Searches for bytes in short texts.

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

/// Where the first of some bytes stands, looked for in the same way.
#[inline]
pub fn near_any<const N: usize>(text: &[u8], bytes: [u8; N]) -> Option<usize> {
    let (eights, rest) = text.as_chunks::<8>();
    for (nth, eight) in eights.iter().enumerate() {
        let eight = u64::from_le_bytes(*eight);
        // The lowest mark of each is right, so the lowest of all is.
        let found = bytes.iter().fold(0, |found, byte| {
            found | zero_bytes(eight ^ (LOW_BITS * u64::from(*byte)))
        });
        if found != 0 {
            return Some(nth * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|own| bytes.contains(own))?;
    Some(eights.len() * 8 + at)
}

/// Marks the lowest byte that is 0, by its highest bit; bytes above it may be marked wrongly.
#[inline]
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

    #[test]
    fn the_first_of_some_bytes_is_found_wherever_they_stand() {
        const SOUGHT: [u8; 4] = *b"[ ,<";
        let plain = |text: &[u8]| text.iter().position(|byte| SOUGHT.contains(byte));
        // Neighbours of what is sought, which a careless search takes for it.
        let others = [
            0x5a, 0x5c, 0x1f, 0x21, 0x2d, 0x3d, 0x00, 0x80, 0xa0, 0xdb, 0xff,
        ];
        for length in 0..28 {
            for at in 0..length {
                for (sought, other) in SOUGHT.iter().zip(others.iter().cycle().skip(at)) {
                    let mut text = vec![*other; length];
                    text[at] = *sought;
                    assert_eq!(near_any(&text, SOUGHT), plain(&text), "{text:?}");
                    text[length / 2] = b'[';
                    assert_eq!(near_any(&text, SOUGHT), plain(&text), "{text:?}");
                }
            }
            for other in others {
                assert_eq!(near_any(&vec![other; length], SOUGHT), None);
            }
        }
    }
}
