//! Message-IDs: no two are alike, but most end like many others.

use super::arena::Arena;
use super::{Interner, Symbol};

/// Longer ones are cut here. Raw text can always be had from the text store.
const MAX_STRING: usize = u16::MAX as usize;

/// No domain is longer. A longer tail is left where it is.
const LONGEST_TAIL: usize = 256;

/// A number takes so many bytes at most: seven bits in each.
const NUMBER: usize = 5;

/// Message-IDs by symbol. They are not looked for: what comes twice is kept twice. But what follows the last `@`, and
/// the `@` with it, is kept once for all.
#[derive(Debug, Default)]
pub struct MessageIds {
    /// Of each ID the length of its head, the number of its tail, and the head. Its symbol is the place, and 1.
    heads: Arena,
    tails: Interner,
}

/// A Message-ID without angle brackets, in two halves. The same text is always halved at the same place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MessageId<'a> {
    /// What stands before the last `@`.
    head: &'a [u8],
    /// That `@` and what follows.
    tail: &'a [u8],
}

impl<'a> MessageId<'a> {
    /// Halves a text.
    pub fn of(text: &'a [u8]) -> Self {
        let text = &text[..text.len().min(MAX_STRING)];
        let place = memchr::memrchr(b'@', text).filter(|at| text.len() - at <= LONGEST_TAIL);
        let (head, tail) = text.split_at(place.unwrap_or(text.len()));
        Self { head, tail }
    }

    /// True where none is known.
    pub const fn is_empty(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// The ID as it was written.
    pub fn text(&self) -> Vec<u8> {
        [self.head, self.tail].concat()
    }
}

impl MessageIds {
    /// Makes room for so many of a usual length, where it has none yet.
    pub(super) fn expect(&mut self, number: usize) {
        const USUAL_HEAD: usize = 32;
        self.heads.expect(number * USUAL_HEAD);
        self.tails.expect(number / 8);
    }

    /// Keeps an ID; gives its symbol.
    #[inline]
    pub(super) fn add(&mut self, id: MessageId<'_>) -> Symbol {
        let tail = self.tails.intern(id.tail);
        self.store(id, tail)
    }

    /// The ID of a symbol.
    #[inline]
    pub fn get(&self, id: Symbol) -> MessageId<'_> {
        let (head, tail) = self.halves(id);
        let tail = self.tails.get(tail);
        MessageId { head, tail }
    }

    /// What IDs end with, from the last `@` on.
    pub const fn tails(&self) -> &Interner {
        &self.tails
    }

    /// Takes over what the IDs of `part` end with; gives the new symbol of each.
    pub(super) fn carry_over_tails(&mut self, part: &Self) -> Vec<Symbol> {
        self.tails.carry_over(&part.tails)
    }

    /// Takes over an ID of `part`, whose tails were carried over.
    pub(super) fn carry_over(&mut self, part: &Self, id: Symbol, tails: &[Symbol]) -> Symbol {
        let tail = part.halves(id).1.0 as usize;
        let tail = tails.get(tail).copied().unwrap_or(Symbol::NONE);
        self.store(part.get(id), tail)
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.heads.heap_bytes() + self.tails.heap_bytes()
    }

    /// Forgets all but keeps the room they took.
    pub(super) fn clear(&mut self) {
        self.heads.clear();
        self.tails.clear();
    }

    /// What stands before the last `@` of an ID, and the symbol of the rest among [`Self::tails`].
    #[inline]
    pub fn halves(&self, id: Symbol) -> (&[u8], Symbol) {
        let Some(place) = id.0.checked_sub(1) else {
            return (b"", Symbol::NONE);
        };
        let mut behind = self.heads.from(place);
        let (length, tail) = (take_number(&mut behind), take_number(&mut behind));
        let head = behind.get(..length as usize).unwrap_or_default();
        (head, Symbol(tail))
    }

    /// Keeps the head of an ID with the symbol of its tail. Where there was no room for the tail, the whole ID is not
    /// kept: half an ID would be another one.
    fn store(&mut self, id: MessageId<'_>, tail: Symbol) -> Symbol {
        let kept = (id.tail.is_empty() == tail.is_none() && !id.is_empty())
            .then(|| self.heads.room(id.head.len() + 2 * NUMBER))
            .flatten();
        let Some((place, heads)) = kept else {
            return Symbol::NONE;
        };
        push_number(heads, u32::try_from(id.head.len()).unwrap_or(0));
        push_number(heads, tail.0);
        heads.extend_from_slice(id.head);
        place.checked_add(1).map_or(Symbol::NONE, Symbol)
    }
}

/// Appends a number: seven bits in each byte, the lowest first; all but the last have the highest bit set.
fn push_number(out: &mut Vec<u8>, mut number: u32) {
    while let Some(more @ 1..) = number.checked_shr(7) {
        out.push(number.to_le_bytes()[0] | 0x80);
        number = more;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Takes a number off.
#[inline]
fn take_number(text: &mut &[u8]) -> u32 {
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

    /// Those of every kind, some of them with the same end.
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
        for length in [127, 128, LONGEST_TAIL - 1, LONGEST_TAIL, 16_384, MAX_STRING] {
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
            push_number(&mut text, number);
            assert!(text.len() <= NUMBER);
            text.extend_from_slice(b"rest");
            let mut behind = text.as_slice();
            assert_eq!((take_number(&mut behind), behind), (number, &b"rest"[..]));
        }
    }
}
