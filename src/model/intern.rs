//! Strings kept once.

use std::hash::BuildHasher;
use std::sync::LazyLock;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::Chunked;

/// A string of one [`Interner`]. Symbol 0 is the empty string: "not known".
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

/// Bytes of one piece of the arena.
const PIECE: usize = 1 << 20;

/// So many pieces there can be: a place in the arena has 32 bits. Strings behind them are not kept.
const MOST_PIECES: usize = 1 << 12;

/// Longer strings are cut here. Raw text can always be had from the text store.
const MAX_STRING: usize = u16::MAX as usize;

/// One for the whole process, so that what is hashed for one table need not be hashed for another.
pub(super) static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

/// A string in the table. With its hash beside it, neither growing nor a first look reads the string.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    at: u32,
}

impl Entry {
    /// The table picks a slot by the low bits and tells neighbours apart by the high ones.
    const fn spread(hash: u32) -> u64 {
        (hash as u64) << 32 | hash as u64
    }
}

/// Byte strings by symbol, each kept once.
#[derive(Clone, Debug)]
pub struct Interner {
    pieces: Vec<Vec<u8>>,
    /// Where each string begins: the piece, and the place in it. It ends where the next one begins.
    starts: Chunked<u32>,
    table: HashTable<Entry>,
    hasher: DefaultHashBuilder,
}

impl Default for Interner {
    fn default() -> Self {
        let mut new = Self {
            pieces: Vec::new(),
            starts: Chunked::default(),
            table: HashTable::new(),
            hasher: HASHER.clone(),
        };
        new.store(b"");
        new
    }
}

impl Interner {
    /// The symbol of `text`, kept from now on.
    pub fn intern(&mut self, text: &[u8]) -> Symbol {
        if text.is_empty() {
            return Symbol::NONE;
        }
        let text = &text[..text.len().min(MAX_STRING)];
        self.intern_hashed(text, self.hash(text))
    }

    fn intern_hashed(&mut self, text: &[u8], hash: u32) -> Symbol {
        if let Some(found) = self.find_hashed(text, hash) {
            return found;
        }
        let at = self.store(text);
        if at == 0 {
            return Symbol::NONE;
        }
        self.table
            .insert_unique(Entry::spread(hash), Entry { hash, at }, |entry| {
                Entry::spread(entry.hash)
            });
        Symbol(at)
    }

    fn find_hashed(&self, text: &[u8], hash: u32) -> Option<Symbol> {
        self.table
            .find(Entry::spread(hash), |entry| {
                entry.hash == hash && self.at(entry.at) == text
            })
            .map(|entry| Symbol(entry.at))
    }

    /// Takes over the strings of `part`, all of them interned; gives the new symbol of each old one.
    pub(super) fn carry_over(&mut self, part: &Self) -> Vec<Symbol> {
        let mut hashes = vec![0; part.len() as usize];
        for entry in &part.table {
            if let Some(hash) = hashes.get_mut(entry.at as usize) {
                *hash = entry.hash;
            }
        }
        // First only the table is looked at, then only the strings: short steps that do not wait for each
        // other, so that the processor fetches many distant places at once.
        let likely: Vec<u32> = hashes
            .iter()
            .map(|&hash| {
                let slot = self
                    .table
                    .find(Entry::spread(hash), |entry| entry.hash == hash);
                slot.map_or(0, |entry| entry.at)
            })
            .collect();
        let same: Vec<bool> = part
            .iter()
            .zip(&likely)
            .map(|(text, likely)| {
                let known = self.at(*likely);
                text.len() == known.len() && text.first() == known.first()
            })
            .collect();
        let texts = part.iter().zip(hashes).zip(likely.into_iter().zip(same));
        texts
            .map(|((text, hash), (likely, same))| {
                if same && self.at(likely) == text {
                    Symbol(likely)
                } else {
                    self.intern_hashed(text, hash)
                }
            })
            .collect()
    }

    /// Forgets all strings but keeps the room they took.
    pub(super) fn clear(&mut self) {
        self.pieces.truncate(1);
        if let Some(piece) = self.pieces.first_mut() {
            piece.clear();
        }
        self.starts.clear();
        self.table.clear();
        self.store(b"");
    }

    /// Keeps `text` without looking whether it is there already: for strings that hardly ever repeat,
    /// such as Message-IDs.
    pub fn append(&mut self, text: &[u8]) -> Symbol {
        if text.is_empty() {
            return Symbol::NONE;
        }
        Symbol(self.store(&text[..text.len().min(MAX_STRING)]))
    }

    /// The symbol of `text` if it was interned.
    pub fn find(&self, text: &[u8]) -> Option<Symbol> {
        if text.is_empty() {
            return Some(Symbol::NONE);
        }
        self.find_hashed(text, self.hash(text))
    }

    /// The bytes of a symbol; empty for one of another interner.
    pub fn get(&self, symbol: Symbol) -> &[u8] {
        self.at(symbol.0)
    }

    /// Number of strings, the empty one included: symbols are `0..len`.
    pub const fn len(&self) -> u32 {
        self.starts.len()
    }

    /// True when only the empty string is known.
    pub const fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    /// All strings by symbol, the empty one first.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|at| self.at(at))
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.pieces.iter().map(Vec::capacity).sum::<usize>()
            + self.starts.heap_bytes()
            + self.table.allocation_size()
    }

    fn at(&self, at: u32) -> &[u8] {
        let Some(&start) = self.starts.get(at) else {
            return b"";
        };
        let (piece, start) = place(start);
        let next = self.starts.get(at + 1).map(|&next| place(next));
        let Some(text) = self.pieces.get(piece) else {
            return b"";
        };
        let end = match next {
            Some((same, end)) if same == piece => end,
            _ => text.len(),
        };
        text.get(start..end).unwrap_or_default()
    }

    fn hash(&self, text: &[u8]) -> u32 {
        (self.hasher.hash_one(text) >> 32) as u32
    }

    fn store(&mut self, text: &[u8]) -> u32 {
        let fits = self
            .pieces
            .last()
            .is_some_and(|piece| piece.len() + text.len() <= PIECE);
        if !fits {
            if self.pieces.len() == MOST_PIECES {
                return 0;
            }
            let room = if self.pieces.is_empty() { 0 } else { PIECE };
            self.pieces.push(Vec::with_capacity(room));
        }
        let nth = self.pieces.len() - 1;
        let piece = &mut self.pieces[nth];
        let start = u32::try_from(nth * PIECE + piece.len()).unwrap_or(u32::MAX);
        piece.extend_from_slice(text);
        self.starts.push(start)
    }
}

/// The piece and the place in it.
const fn place(start: u32) -> (usize, usize) {
    (start as usize / PIECE, start as usize % PIECE)
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
