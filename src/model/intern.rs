//! An interner for byte strings: each distinct string is stored once and has a 32-bit symbol.

use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use hashbrown::DefaultHashBuilder;

use crate::text::same;

use super::Chunked;
use super::arena::Arena;
use super::prefetch::{BATCH, prefetch};
use super::slots::Slots;

/// Index of a string in one [`Interner`]. Symbol 0 is the empty string: "not known".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

impl Symbol {
    /// The empty string.
    pub const NONE: Self = Self(0);

    /// True for [`Symbol::NONE`].
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// Number of bytes after which a string is cut. The whole line is still in the text store.
const MAX_STRING: usize = u16::MAX as usize;

/// Hasher of all tables of the process, so that a hash made for one table serves another.
pub(super) static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

/// Distinct byte strings by symbol.
#[derive(Clone, Debug)]
pub struct Interner {
    texts: Arena,
    /// Position of each string in `texts`, by symbol. A string ends where the next one begins.
    starts: Chunked<u32>,
    table: Slots,
}

impl Default for Interner {
    fn default() -> Self {
        let mut new = Self {
            texts: Arena::default(),
            starts: Chunked::default(),
            table: Slots::default(),
        };
        new.store(b"");
        new
    }
}

impl Interner {
    /// Reserves room for `number` strings of usual length in an empty interner.
    pub(super) fn expect(&mut self, number: usize) {
        const USUAL_BYTES: usize = 32;
        self.table.expect(number);
        self.texts.expect(number * USUAL_BYTES);
    }

    /// The symbol of `text`, which is added if it is new. 0 when the interner is full.
    #[inline]
    pub fn intern(&mut self, text: &[u8]) -> Symbol {
        if text.is_empty() {
            return Symbol::NONE;
        }
        let text = &text[..text.len().min(MAX_STRING)];
        self.intern_hashed(text, hash(text))
    }

    fn intern_hashed(&mut self, text: &[u8], hash: u32) -> Symbol {
        self.find_hashed(text, hash)
            .unwrap_or_else(|| self.add(text, hash))
    }

    fn find_hashed(&self, text: &[u8], hash: u32) -> Option<Symbol> {
        let first = self.table.first(hash)?;
        if same(self.at(first), text) {
            Some(Symbol(first))
        } else {
            self.find_behind_another(text, hash)
        }
    }

    /// Looks at the further strings with this hash. Out of line: two strings hardly ever have the same hash.
    #[cold]
    fn find_behind_another(&self, text: &[u8], hash: u32) -> Option<Symbol> {
        self.table.find(hash, |at| self.at(at) == text).map(Symbol)
    }

    fn add(&mut self, text: &[u8], hash: u32) -> Symbol {
        let at = self.store(text);
        if at != 0 {
            self.table.insert(hash, at);
        }
        Symbol(at)
    }

    /// Interns all strings of `part`; gives the new symbol of each old one.
    pub(super) fn carry_over(&mut self, part: &Self) -> Vec<Symbol> {
        let likely = self.likely(part);
        let mut map = Vec::with_capacity(likely.len());
        let mut texts = part.iter();
        for batch in likely.chunks(BATCH) {
            // Two steps, the positions and then the bytes: no read waits for another one of its step.
            let known: Vec<&[u8]> = batch.iter().map(|(_, known)| self.at(*known)).collect();
            prefetch(known.iter().map(|text| ends(text)));
            let pairs = batch.iter().zip(known).zip(&mut texts);
            map.extend(pairs.map(|((&(_, symbol), known), text)| {
                Symbol(if known == text { symbol } else { 0 })
            }));
        }
        let symbols = (0..).zip(&mut map).zip(likely).skip(1);
        for ((at, symbol), (hash, likely)) in symbols.filter(|((_, symbol), _)| symbol.is_none()) {
            *symbol = match likely {
                // No string has this hash, and the part holds each string once: no lookup is needed.
                0 => self.add(part.at(at), hash),
                _ => self.intern_hashed(part.at(at), hash),
            };
        }
        map
    }

    /// For each string of `part`, its hash and the first symbol under that hash; 0 for none.
    fn likely(&self, part: &Self) -> Vec<(u32, u32)> {
        let mut likely = vec![(0, 0); part.len() as usize];
        self.table.look_up(&part.table, |at, hash, known| {
            if let Some(likely) = likely.get_mut(at as usize) {
                *likely = (hash, known.unwrap_or(0));
            }
        });
        likely
    }

    /// Removes all strings but keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.starts.clear();
        self.table.clear();
        self.store(b"");
    }

    /// The symbol of `text`, if it is known.
    pub fn find(&self, text: &[u8]) -> Option<Symbol> {
        if text.is_empty() {
            return Some(Symbol::NONE);
        }
        self.find_hashed(text, hash(text))
    }

    /// The string of a symbol; empty for an unknown symbol.
    pub fn get(&self, symbol: Symbol) -> &[u8] {
        self.at(symbol.0)
    }

    /// Number of strings with the empty one: symbols are `0..len`.
    pub const fn len(&self) -> u32 {
        self.starts.len()
    }

    /// True when there is only the empty string.
    pub const fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    /// All strings by symbol, the empty one first.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|at| self.at(at))
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.texts.heap_bytes() + self.starts.heap_bytes() + self.table.heap_bytes()
    }

    fn at(&self, at: u32) -> &[u8] {
        let Some(&start) = self.starts.get(at) else {
            return b"";
        };
        let behind = self.texts.from(start);
        // The last string of an arena piece ends with the piece.
        let next = self.starts.get(at + 1);
        next.and_then(|next| behind.get(..(next - start) as usize))
            .unwrap_or(behind)
    }

    /// Appends a string; gives its symbol, 0 when the arena is full.
    fn store(&mut self, text: &[u8]) -> u32 {
        let Some((start, texts)) = self.texts.room(text.len()) else {
            return 0;
        };
        texts.extend_from_slice(text);
        self.starts.push(start)
    }
}

/// First and last byte: the bytes between are mostly in the cache lines of these two.
fn ends(text: &[u8]) -> u32 {
    let end = |byte: Option<&u8>| u32::from(byte.copied().unwrap_or(0));
    end(text.first()) ^ end(text.last())
}

fn hash(text: &[u8]) -> u32 {
    let mut hasher = HASHER.build_hasher();
    hasher.write(text);
    Slots::bits(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_a_part_are_carried_over_and_the_part_is_used_again() {
        let (mut whole, mut part) = (Interner::default(), Interner::default());
        let known = whole.intern(b"known");
        for texts in [[b"new".as_slice(), b"known"], [b"known", b"newer"]] {
            let symbols = texts.map(|text| part.intern(text));
            let map = whole.carry_over(&part);
            for (symbol, text) in symbols.into_iter().zip(texts) {
                assert_eq!(whole.get(map[symbol.0 as usize]), text);
            }
            assert!(map.contains(&known) && map[0] == Symbol::NONE);
            part.clear();
            assert_eq!((part.len(), part.find(b"known")), (1, None));
        }
        assert_eq!(whole.len(), 4);
    }

    #[test]
    fn more_strings_than_are_fetched_at_once_are_carried_over() {
        let (mut whole, mut part) = (Interner::default(), Interner::default());
        let text = |n: usize| format!("user{n}@example.org").into_bytes();
        let known: Vec<Symbol> = (0..2 * BATCH).map(|n| whole.intern(&text(3 * n))).collect();
        let all = 5 * BATCH;
        let symbols: Vec<Symbol> = (0..all).map(|n| part.intern(&text(n))).collect();
        let map = whole.carry_over(&part);
        for (n, symbol) in symbols.into_iter().enumerate() {
            let new = map[symbol.0 as usize];
            assert_eq!(whole.get(new), text(n));
            assert!(!n.is_multiple_of(3) || known[n / 3] == new);
        }
        let distinct = known.len() + all - all.div_ceil(3);
        assert_eq!(whole.len() as usize, 1 + distinct);
        assert_eq!(whole.carry_over(&part), map);
    }

    #[test]
    fn a_string_is_kept_once_and_found_again() {
        let mut strings = Interner::default();
        let anna = strings.intern(b"anna@example.org");
        let bo = strings.intern(b"bo@example.org");
        assert_ne!(anna, bo);
        assert_eq!(strings.intern(b"anna@example.org"), anna);
        assert_eq!(strings.get(bo), b"bo@example.org");
        assert_eq!(strings.find(b"bo@example.org"), Some(bo));
        assert_eq!(strings.find(b"nobody"), None);
        assert_eq!(strings.intern(b""), Symbol::NONE);
        assert_eq!(strings.len(), 3);
    }

    #[test]
    fn many_and_long_strings() {
        let mut strings = Interner::default();
        let long = vec![b'x'; 100_000];
        let symbol = strings.intern(&long);
        assert_eq!(strings.get(symbol).len(), MAX_STRING);
        for n in 0..100_000 {
            strings.intern(format!("user{n}@example.org").as_bytes());
        }
        let symbol = strings.find(b"user77777@example.org").unwrap();
        assert_eq!(strings.get(symbol), b"user77777@example.org");
    }
}
