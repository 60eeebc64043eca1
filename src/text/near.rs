//! Searches in short texts.

/// Lowest bit, and highest bit, of each byte of a number.
const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Index of the first `byte`. Words of a log line are so short that comparing eight bytes at a time is faster
/// than calling a search for long texts.
#[inline]
pub fn near(text: &[u8], byte: u8) -> Option<usize> {
    let (eights, rest) = text.as_chunks::<8>();
    for (nth, eight) in eights.iter().enumerate() {
        let found = zero_bytes(u64::from_le_bytes(*eight) ^ (LOW_BITS * u64::from(byte)));
        if found != 0 {
            return Some(nth * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|found| *found == byte)?;
    Some(eights.len() * 8 + at)
}

/// Index of the first of several bytes, searched in the same way.
#[inline]
pub fn near_any<const N: usize>(text: &[u8], bytes: [u8; N]) -> Option<usize> {
    let (eights, rest) = text.as_chunks::<8>();
    for (nth, eight) in eights.iter().enumerate() {
        let eight = u64::from_le_bytes(*eight);
        // The lowest mark of each byte is correct, so the lowest of all is.
        let found = bytes.iter().fold(0, |found, byte| {
            found | zero_bytes(eight ^ (LOW_BITS * u64::from(*byte)))
        });
        if found != 0 {
            return Some(nth * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|found| bytes.contains(found))?;
    Some(eights.len() * 8 + at)
}

/// True when two texts are equal. For names this is faster than calling `memcmp`, which for empty texts takes
/// hundreds of cycles on some processors.
#[inline]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    // Compares the first and the last bytes, which may overlap.
    match one.len() {
        0 => true,
        8..=16 => ends::<8>(one).map(u64::from_ne_bytes) == ends(other).map(u64::from_ne_bytes),
        17..=32 => ends::<16>(one).map(u128::from_ne_bytes) == ends(other).map(u128::from_ne_bytes),
        1..8 => one.iter().eq(other),
        _ => one == other,
    }
}

/// First and last bytes of a text that has at least as many.
#[inline]
fn ends<const N: usize>(text: &[u8]) -> [[u8; N]; 2] {
    let first = text.first_chunk().copied();
    let last = text.last_chunk().copied();
    [first.unwrap_or([0; N]), last.unwrap_or([0; N])]
}

/// Marks the lowest zero byte by its highest bit. Higher bytes may be marked wrongly.
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
    fn texts_are_the_same_where_all_their_bytes_are() {
        for length in 0..40 {
            let one = vec![b'a'; length];
            assert!(same(&one, &one.clone()));
            assert!(!same(&one, &vec![b'a'; length + 1]));
            for at in 0..length {
                let mut other = one.clone();
                other[at] = b'b';
                assert!(!same(&one, &other), "{at} of {length}");
            }
        }
    }

    #[test]
    fn the_first_of_some_bytes_is_found_wherever_they_stand() {
        const SOUGHT: [u8; 4] = *b"[ ,<";
        let plain = |text: &[u8]| text.iter().position(|byte| SOUGHT.contains(byte));
        // Neighbours of the byte, which a careless search would find.
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
