//! Remarks: rare or repeated details of events, each distinct one stored once.

use std::hash::BuildHasher;

use super::intern::HASHER;
use super::prefetch::{BATCH, prefetch};
use super::slots::Slots;
use super::{Chunked, Symbol};
use crate::tls::Trouble;

/// Details that few events have, or that many events share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Remark {
    /// Error text or reason; empty for plain successes.
    pub text: Symbol,
    /// Envelope recipient that expanded to the event's address; none where both are the same.
    pub parent: Symbol,
    /// Exim's error number; 0 when the line has none.
    pub errno: i16,
    /// Reason why there was no TLS.
    pub trouble: Option<Trouble>,
    /// True when the line says that TLS was not required.
    pub optional: bool,
}

/// Number of a remark in [`Remarks`]; 0 is the empty remark.
pub type RemarkId = u32;

/// Distinct remarks by number.
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
    /// The number of a remark, which is added if it is new.
    #[inline]
    pub(super) fn intern(&mut self, remark: Remark) -> RemarkId {
        if remark == Remark::default() {
            0
        } else {
            self.keep(remark, hash(remark))
        }
    }

    /// Interns the remarks of a part, which already have the symbols of the model; gives the new number of each.
    pub(super) fn carry_over(&mut self, part: impl Iterator<Item = Remark>) -> Vec<RemarkId> {
        // The first one is the empty remark.
        let all: Vec<(Remark, u32)> = (part.skip(1))
            .map(|remark| (remark, hash(remark)))
            .collect();
        let mut map = vec![0];
        for batch in all.chunks(BATCH) {
            let hashes = || batch.iter().map(|(_, hash)| *hash);
            self.table.prefetch(hashes());
            let likely = hashes().map(|hash| self.table.first(hash).unwrap_or(0));
            prefetch(likely.map(|number| self.get(number).text.0));
            map.extend(batch.iter().map(|(remark, hash)| self.keep(*remark, *hash)));
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

    /// The remark with a number; the empty one for an unknown number.
    pub fn get(&self, number: RemarkId) -> Remark {
        self.all.get(number).copied().unwrap_or_default()
    }

    /// All remarks by number, the empty one first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Remark> {
        self.all.iter().copied()
    }

    #[cfg(test)]
    const fn len(&self) -> u32 {
        self.all.len()
    }

    /// Removes all remarks but keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.table.clear();
        self.all.push(Remark::default());
    }

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
