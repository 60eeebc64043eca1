//! Storage for Message-IDs: the part before the `@` is unique, the domain is shared by many.

use super::arena::Arena;
use super::{Interner, Symbol};

/// Number of bytes after which a Message-ID is cut. The whole line is still in the text store.
const MAX_STRING: usize = u16::MAX as usize;

/// Number of bytes of the longest tail. No domain is longer; an ID with a longer tail is stored as a head alone.
const MAX_TAIL: usize = 256;

/// Number of bytes of the longest encoded `u32`: seven bits in each.
const MAX_VARINT: usize = 5;

/// Message-IDs by symbol. Heads are stored for each ID without a lookup, even where two IDs are equal. Tails, from
/// the last `@` on, are interned.
#[derive(Debug, Default)]
pub struct MessageIds {
    /// Length of the head, symbol of the tail, and the head, for each ID. The symbol of an ID is its position plus 1.
    heads: Arena,
    tails: Interner,
}

/// A Message-ID without angle brackets, split in two. Equal texts are always split at the same byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MessageId<'a> {
    head: &'a [u8],
    /// The last `@` and the domain.
    tail: &'a [u8],
}

impl<'a> MessageId<'a> {
    /// Splits a text.
    pub fn of(text: &'a [u8]) -> Self {
        let text = &text[..text.len().min(MAX_STRING)];
        let at = memchr::memrchr(b'@', text).filter(|at| text.len() - at <= MAX_TAIL);
        let (head, tail) = text.split_at(at.unwrap_or(text.len()));
        Self { head, tail }
    }

    /// True when no Message-ID is known.
    pub const fn is_empty(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// The ID as it was written.
    pub fn text(&self) -> Vec<u8> {
        [self.head, self.tail].concat()
    }
}

impl MessageIds {
    /// Reserves room for `number` IDs of usual length in an empty storage.
    pub(super) fn expect(&mut self, number: usize) {
        const USUAL_HEAD: usize = 32;
        self.heads.expect(number * USUAL_HEAD);
        self.tails.expect(number / 8);
    }

    /// Stores an ID; gives its symbol.
    #[inline]
    pub(super) fn add(&mut self, id: MessageId<'_>) -> Symbol {
        let tail = self.tails.intern(id.tail);
        self.store(id, tail)
    }

    /// The ID with a symbol.
    #[inline]
    pub fn get(&self, id: Symbol) -> MessageId<'_> {
        let (head, tail) = self.halves(id);
        let tail = self.tails.get(tail);
        MessageId { head, tail }
    }

    /// Tails of the IDs, from the last `@` on.
    pub const fn tails(&self) -> &Interner {
        &self.tails
    }

    /// Interns the tails of `part`; gives the new symbol of each.
    pub(super) fn carry_over_tails(&mut self, part: &Self) -> Vec<Symbol> {
        self.tails.carry_over(&part.tails)
    }

    /// Stores an ID of `part`; `tails` is what [`Self::carry_over_tails`] gave.
    pub(super) fn carry_over(&mut self, part: &Self, id: Symbol, tails: &[Symbol]) -> Symbol {
        let tail = part.halves(id).1.0 as usize;
        let tail = tails.get(tail).copied().unwrap_or(Symbol::NONE);
        self.store(part.get(id), tail)
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.heads.heap_bytes() + self.tails.heap_bytes()
    }

    /// Removes all IDs but keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.heads.clear();
        self.tails.clear();
    }

    /// Head of an ID, and the symbol of its tail in [`Self::tails`].
    #[inline]
    pub fn halves(&self, id: Symbol) -> (&[u8], Symbol) {
        let Some(position) = id.0.checked_sub(1) else {
            return (b"", Symbol::NONE);
        };
        let mut behind = self.heads.from(position);
        let (length, tail) = (take_varint(&mut behind), take_varint(&mut behind));
        let head = behind.get(..length as usize).unwrap_or_default();
        (head, Symbol(tail))
    }

    /// Stores the head of an ID with the symbol of its tail. Gives [`Symbol::NONE`] when the storage is full, also
    /// where only the tail found no room: the head alone would be another ID.
    fn store(&mut self, id: MessageId<'_>, tail: Symbol) -> Symbol {
        let room = (id.tail.is_empty() == tail.is_none() && !id.is_empty())
            .then(|| self.heads.room(id.head.len() + 2 * MAX_VARINT))
            .flatten();
        let Some((position, heads)) = room else {
            return Symbol::NONE;
        };
        push_varint(heads, u32::try_from(id.head.len()).unwrap_or(0));
        push_varint(heads, tail.0);
        heads.extend_from_slice(id.head);
        position.checked_add(1).map_or(Symbol::NONE, Symbol)
    }
}

/// Appends a number in LEB128: seven bits in each byte, the lowest first, with the high bit set in all but the last.
fn push_varint(out: &mut Vec<u8>, mut number: u32) {
    while let Some(more @ 1..) = number.checked_shr(7) {
        out.push(number.to_le_bytes()[0] | 0x80);
        number = more;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Removes a LEB128 number from the front of `text`.
#[inline]
fn take_varint(text: &mut &[u8]) -> u32 {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let Some((&byte, rest)) = text.split_first() else {
            break;
        };
        *text = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IDs of every form, some of them with the same tail.
    fn texts() -> Vec<Vec<u8>> {
        let mut texts: Vec<Vec<u8>> = [
            "",
            "@",
            "a",
            "@example.org",
            "a@example.org",
            "b@example.org",
            "a@b@example.org",
            "E1j69ZJ-0001iL-S3@mail.example.org",
        ]
        .map(|text| text.as_bytes().to_vec())
        .into();
        texts.push(b"\xff\0@\x80\n".to_vec());
        for length in [127, 128, MAX_TAIL - 1, MAX_TAIL, 16_384, MAX_STRING] {
            texts.push(vec![b'x'; length]);
            texts.push([b"@".as_slice(), &vec![b'y'; length - 1]].concat());
            texts.push([&vec![b'z'; length - 1], b"@".as_slice()].concat());
        }
        for number in 0..20_000 {
            texts.push(format!("{number}@mail{}.example.org", number / 2).into_bytes());
        }
        texts
    }

    #[test]
    fn every_id_comes_back_from_a_part_and_from_the_whole() {
        let (mut whole, mut part) = (MessageIds::default(), MessageIds::default());
        whole.add(MessageId::of(b"0@mail7.example.org"));
        part.expect(100);
        let texts = texts();
        for _ in 0..2 {
            part.clear();
            let add = |text: &Vec<u8>| part.add(MessageId::of(text));
            let symbols: Vec<Symbol> = texts.iter().map(add).collect();
            let tails = whole.carry_over_tails(&part);
            for (text, symbol) in texts.iter().zip(symbols) {
                assert_eq!(part.get(symbol).text(), *text);
                let new = whole.carry_over(&part, symbol, &tails);
                let id = whole.get(new);
                assert!(id.text() == *text && id == MessageId::of(text));
                assert_eq!(
                    (new.is_none(), id.is_empty()),
                    (text.is_empty(), text.is_empty())
                );
            }
        }
        assert_eq!(whole.get(Symbol::NONE), MessageId::default());
    }

    #[test]
    fn an_end_is_kept_once_and_what_is_too_long_is_cut() {
        let mut ids = MessageIds::default();
        for number in 0..1000 {
            ids.add(MessageId::of(
                format!("{number:04}@a.long.name.of.a.host.example.org").as_bytes(),
            ));
        }
        assert!(ids.heap_bytes() < 10_000, "{}", ids.heap_bytes());
        let long = vec![b'x'; 100_000];
        let symbol = ids.add(MessageId::of(&long));
        assert_eq!(ids.get(symbol).text(), long[..MAX_STRING]);
    }

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 16_383, 16_384, u32::MAX / 2, u32::MAX] {
            let mut text = Vec::new();
            push_varint(&mut text, number);
            assert!(text.len() <= MAX_VARINT);
            text.extend_from_slice(b"rest");
            let mut behind = text.as_slice();
            assert_eq!((take_varint(&mut behind), behind), (number, &b"rest"[..]));
        }
    }
}
