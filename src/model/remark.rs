//! What few lines say, or many in the same words: kept once for all events of which it holds.

use std::hash::BuildHasher;

use super::fetch::{AT_ONCE, fetch};
use super::intern::HASHER;
use super::slots::Slots;
use super::{Chunked, Symbol};
use crate::tls::Trouble;

/// What an event says besides when, who, whom and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Remark {
    /// Error text or reason; empty for plain successes.
    pub text: Symbol,
    /// The envelope recipient that the address of the event came from; none where they are the same.
    pub parent: Symbol,
    /// Exim's error number; 0 when none was written.
    pub errno: i16,
    /// Why TLS was not had.
    pub trouble: Option<Trouble>,
    /// The line says that TLS was not required.
    pub optional: bool,
}

/// A remark of a model by its number; 0 says nothing.
pub type RemarkId = u32;

/// Remarks by number, each kept once.
#[derive(Debug)]
pub struct Remarks {
    all: Chunked<Remark>,
    table: Slots,
}

impl Default for Remarks {
    fn default() -> Self {
        let mut new = Self {
            all: Chunked::default(),
            table: Slots::default(),
        };
        new.all.push(Remark::default());
        new
    }
}

impl Remarks {
    /// The number of a remark, kept from now on.
    #[inline]
    pub(super) fn intern(&mut self, remark: Remark) -> RemarkId {
        if remark == Remark::default() {
            0
        } else {
            self.keep(remark, hash(remark))
        }
    }

    /// Takes over the remarks of a part, with the texts and addresses of these; gives the new number of each old one.
    pub(super) fn carry_over(&mut self, part: impl Iterator<Item = Remark>) -> Vec<RemarkId> {
        // The first one says nothing.
        let all: Vec<(Remark, u32)> = (part.skip(1))
            .map(|remark| (remark, hash(remark)))
            .collect();
        let mut map = vec![0];
        for some in all.chunks(AT_ONCE) {
            let hashes = || some.iter().map(|(_, hash)| *hash);
            self.table.fetch(hashes());
            let likely = hashes().map(|hash| self.table.first(hash).unwrap_or(0));
            fetch(likely.map(|number| self.get(number).text.0));
            map.extend(some.iter().map(|(remark, hash)| self.keep(*remark, *hash)));
        }
        map
    }

    fn keep(&mut self, remark: Remark, hash: u32) -> RemarkId {
        let Self { all, table } = self;
        if let Some(known) = table.find(hash, |number| all.get(number) == Some(&remark)) {
            return known;
        }
        let number = all.push(remark);
        table.insert(hash, number);
        number
    }

    /// The remark of a number.
    pub fn get(&self, number: RemarkId) -> Remark {
        self.all.get(number).copied().unwrap_or_default()
    }

    /// All remarks by number, the empty one first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Remark> {
        self.all.iter().copied()
    }

    /// Number of remarks, the empty one included.
    #[cfg(test)]
    const fn len(&self) -> u32 {
        self.all.len()
    }

    /// Forgets all but keeps the room they took.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.table.clear();
        self.all.push(Remark::default());
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.all.heap_bytes() + self.table.heap_bytes()
    }
}

fn hash(remark: Remark) -> u32 {
    Slots::bits(HASHER.hash_one(remark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_kept_once() {
        let mut remarks = Remarks::default();
        let refused = Remark {
            text: Symbol(7),
            errno: -38,
            ..Remark::default()
        };
        assert_eq!(remarks.intern(Remark::default()), 0);
        let number = remarks.intern(refused);
        assert_eq!((number, remarks.intern(refused)), (1, 1));
        let other = remarks.intern(Remark {
            parent: Symbol(1),
            ..refused
        });
        assert_eq!((other, remarks.len()), (2, 3));
        assert_eq!(
            (remarks.get(1), remarks.get(9)),
            (refused, Remark::default())
        );
        let part = [Remark::default(), remarks.get(2), refused];
        assert_eq!(remarks.carry_over(part.into_iter()), [0, 2, 1]);
        remarks.clear();
        assert_eq!((remarks.len(), remarks.intern(refused)), (1, 1));
    }
}
