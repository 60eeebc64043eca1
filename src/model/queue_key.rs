//! Queue IDs packed into 16 bytes.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::{Interner, Symbol};

/// A queue ID in 16 bytes, so that grouping lines by ID compares two numbers instead of strings.
///
/// Exim's 23-character IDs (since 4.97) are packed in base 62. Other IDs of up to 16 bytes are stored as they are.
/// Longer ones are interned, and the key holds the symbol.
#[derive(Clone, Copy, Debug, Eq, PartialOrd, Ord)]
pub struct QueueKey([u64; 2]);

impl PartialEq for QueueKey {
    /// Compares by halves. A new key is written in two halves, and reading it back as one value stalls the processor.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        (self.0[0] ^ other.0[0]) | (self.0[1] ^ other.0[1]) == 0
    }
}

impl Hash for QueueKey {
    /// Hashes one number: the derived code would hash a length and single bytes.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.number());
    }
}

/// Marks an ID packed in base 62: the highest bit, which no ASCII byte sets.
const PACKED: u128 = 1 << 127;
/// Marks an interned ID: highest byte 0x7f (DEL), which no ID holds. The low 32 bits are the symbol.
const INTERNED: u128 = 0x7f << 120;

const ONES: u128 = u128::from_ne_bytes([1; 16]);
const HIGHEST: u128 = u128::from_ne_bytes([0x80; 16]);

impl QueueKey {
    /// The key of an ID; `long` interns an ID that is too long.
    pub fn new(id: &[u8], long: &mut Interner) -> Self {
        Self::short(id).unwrap_or_else(|| Self::from_symbol(long.intern(id)))
    }

    /// The key of an ID; `None` for a long ID that is not in `long`.
    pub fn find(id: &[u8], long: &Interner) -> Option<Self> {
        Self::short(id).or_else(|| long.find(id).map(Self::from_symbol))
    }

    fn short(id: &[u8]) -> Option<Self> {
        if let Some(packed) = pack_base62(id) {
            return Some(Self::from_number(packed));
        }
        let number = left_aligned(id)?;
        // Ones in the unused bytes behind a shorter ID, which are 0 and must not count as NUL bytes.
        let filler = match id.len() {
            short @ ..16 => ONES >> (8 * short),
            16.. => 0,
        };
        // Checks all bytes at once: none may be NUL or outside of ASCII, and the first may not be DEL.
        let zeros = (number | filler).wrapping_sub(ONES) & !number & HIGHEST;
        let fits = (number & HIGHEST) | zeros == 0 && number >> 120 != 0x7f;
        fits.then(|| Self::from_number(number))
    }

    const fn from_symbol(symbol: Symbol) -> Self {
        Self::from_number(INTERNED | symbol.0 as u128)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "splits a number into its halves"
    )]
    const fn from_number(number: u128) -> Self {
        Self([(number >> 64) as u64, number as u64])
    }

    const fn number(self) -> u128 {
        (self.0[0] as u128) << 64 | self.0[1] as u128
    }

    /// The key in another model, whose long IDs are in `to`.
    #[must_use]
    pub fn carried_over(self, from: &Interner, to: &mut Interner) -> Self {
        match self.symbol() {
            Some(symbol) => Self::from_symbol(to.intern(from.get(symbol))),
            None => self,
        }
    }

    fn symbol(self) -> Option<Symbol> {
        let number = self.number();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the low 32 bits are the symbol"
        )]
        (number >> 120 == 0x7f).then_some(Symbol(number as u32))
    }

    /// The ID as the mail system wrote it.
    pub fn text(self, long: &Interner) -> Vec<u8> {
        let mut text = Vec::new();
        self.write(long, &mut text);
        text
    }

    /// Appends the ID as the mail system wrote it.
    pub fn write(self, long: &Interner, out: &mut Vec<u8>) {
        if let Some(symbol) = self.symbol() {
            out.extend_from_slice(long.get(symbol));
            return;
        }
        let number = self.number();
        if number & PACKED != 0 {
            out.extend_from_slice(&unpack_base62(number & !PACKED));
            return;
        }
        let bytes = number.to_be_bytes();
        let end = bytes.iter().position(|&byte| byte == 0);
        out.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
    }

    /// First eight bytes of the ID, see [`first_bytes`].
    pub fn head(self, long: &Interner) -> u64 {
        let number = self.number();
        match self.symbol() {
            Some(symbol) => first_bytes(long.get(symbol)),
            None if number & PACKED != 0 => first_bytes(&unpack_base62(number & !PACKED)),
            None => self.0[0],
        }
    }

    /// Compares two IDs as texts; `None` where the keys alone do not decide.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let alike = self.symbol().is_none()
            && other.symbol().is_none()
            && (self.number() & PACKED) == (other.number() & PACKED);
        alike.then(|| self.number().cmp(&other.number()))
    }
}

/// Up to sixteen bytes as a big-endian number, with zero bytes behind; `None` for more bytes.
#[inline]
fn left_aligned(id: &[u8]) -> Option<u128> {
    // Nearly all IDs have eight bytes or more: reads the first eight and the last eight, which may overlap.
    if let (Some(first), Some(last), ..=16) = (id.first_chunk(), id.last_chunk(), id.len()) {
        let last = u128::from(u64::from_be_bytes(*last));
        let behind = last << (128 - 8 * id.len()) & u128::from(u64::MAX);
        return Some(u128::from(u64::from_be_bytes(*first)) << 64 | behind);
    }
    let mut bytes = [0; 16];
    bytes.get_mut(..id.len())?.copy_from_slice(id);
    Some(u128::from_be_bytes(bytes))
}

/// First eight bytes of a text as a big-endian number, filled up with zero bytes. Numbers compare as the texts do,
/// except that they may be equal for different texts.
pub fn first_bytes(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(bytes.len());
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        b'a'..=b'z' => Some(byte - b'a' + 36),
        _ => None,
    }
}

/// Packs an Exim ID `6-11-4`: 21 digits in base 62 need 126 bits.
fn pack_base62(id: &[u8]) -> Option<u128> {
    if id.len() != 23 || id[6] != b'-' || id[18] != b'-' {
        return None;
    }
    let mut number = 0_u128;
    for &byte in id[..6].iter().chain(&id[7..18]).chain(&id[19..]) {
        number = number * 62 + u128::from(digit(byte)?);
    }
    Some(number | PACKED)
}

fn unpack_base62(number: u128) -> [u8; 23] {
    // In groups of ten digits, which fit 64 bits: dividing 128 bits takes ten times as long.
    const GROUP: u128 = 62_u128.pow(10);
    let mut id = [b'-'; 23];
    let groups = [
        number % GROUP,
        number / GROUP % GROUP,
        number / GROUP / GROUP,
    ];
    let mut groups = groups.map(|group| {
        #[expect(clippy::cast_possible_truncation, reason = "ten digits are 60 bits")]
        let group = group as u64;
        group
    });
    let positions = (0..23).rev().filter(|at| *at != 6 && *at != 18);
    for (nth, at) in positions.enumerate() {
        let group = &mut groups[nth / 10];
        id[at] = DIGITS[(*group % 62) as usize];
        *group /= 62;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_comes_back() {
        let mut long = Interner::default();
        for id in [
            "1j69ZJ-0001iL-S3",
            "1xVOL4-000000001Zq-1qeL",
            "zzzzzz-zzzzzzzzzzz-zzzz",
            "C27A5D8",
            "4jXyNx2QY4z17R",
            "6AN6skPR000345",
            "4jXyNx2QY4z17R4jXyNx2QY4z17R",
            "6012f8957869dc96",
        ] {
            let key = QueueKey::new(id.as_bytes(), &mut long);
            assert_eq!(key.text(&long), id.as_bytes(), "{id}");
            assert_eq!(QueueKey::find(id.as_bytes(), &long), Some(key));
            assert_eq!(key.head(&long), first_bytes(id.as_bytes()), "{id}");
        }
    }

    #[test]
    fn an_id_of_any_length_is_aligned_to_the_left() {
        let id = b"C27A5D8F01234567x";
        for length in 0..=id.len() {
            let fits = (length <= 16).then(|| {
                let mut bytes = [0; 16];
                bytes[..length].copy_from_slice(&id[..length]);
                u128::from_be_bytes(bytes)
            });
            assert_eq!(left_aligned(&id[..length]), fits, "{length}");
        }
    }

    #[test]
    fn different_ids_have_different_keys() {
        let mut long = Interner::default();
        let a = QueueKey::new(b"1xVOL4-000000001Zq-1qeL", &mut long);
        let b = QueueKey::new(b"1xVOL4-000000001Zq-1qeM", &mut long);
        let c = QueueKey::new(b"1xVOL4-00001Z-1M", &mut long);
        assert!(a != b && b != c && a != c);
        assert_eq!(QueueKey::find(b"a queue id that nobody wrote", &long), None);
    }
}
