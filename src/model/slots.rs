//! An open-addressing hash table of numbers, whose items are stored elsewhere.

use std::mem;

use super::prefetch::{BATCH, prefetch};

/// Numbers of items by 32 bits of their hashes. The caller compares the items.
///
/// A slot holds hash and number, so a lookup touches one place in memory and growing reads no item. Slots are
/// sorted by hash, each at its home or as near behind it as possible. A lookup ends at the first higher hash, and
/// growing copies from one table to the other in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// One slot for each home, and some behind the last home.
    all: Vec<Slot>,
    homes: usize,
    used: usize,
    /// Number of used slots at which the table grows.
    limit: usize,
}

/// Hash in the upper half, number plus 1 in the lower; 0 for a free slot. A plain integer, because the system
/// hands out zeroed memory for free.
type Slot = u64;

const fn pack(hash: u32, number: u32) -> Slot {
    (hash as u64) << 32 | number.wrapping_add(1) as u64
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn number(slot: Slot) -> u32 {
    (slot as u32).wrapping_sub(1)
}

impl Slots {
    const MIN_HOMES: usize = 16;
    /// Number of homes from which a table grows by half instead of doubling.
    const LARGE: usize = 1 << 10;
    /// Number of slots behind the last home. More are appended if needed.
    const OVERFLOW: usize = 32;

    /// The 32 bits of a hash that a slot holds: the upper ones, which are mixed better.
    pub(super) const fn bits(hash: u64) -> u32 {
        (hash >> 32) as u32
    }

    /// The number with this hash whose item `is_wanted`.
    #[inline]
    pub(super) fn find(&self, hash: u32, mut is_wanted: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut candidates = self.with_hash(hash).map(|(_, slot)| number(slot));
        candidates.find(|number| is_wanted(*number))
    }

    /// The first number with this hash. There is hardly ever a second one.
    #[inline]
    pub(super) fn first(&self, hash: u32) -> Option<u32> {
        self.find(hash, |_| true)
    }

    pub(super) fn prefetch(&self, hashes: impl Iterator<Item = u32>) {
        let slots = hashes.map(|hash| self.all.get(self.home(hash)));
        prefetch(slots.map(|slot| slot.map_or(0, |slot| Self::bits(*slot))));
    }

    /// Calls `with` for each slot of another table: its number, its hash, and the first number here with that hash.
    pub(super) fn look_up(&self, other: &Self, mut with: impl FnMut(u32, u32, Option<u32>)) {
        for batch in other.all.chunks(BATCH) {
            self.prefetch(batch.iter().map(|slot| Self::bits(*slot)));
            for slot in batch.iter().filter(|slot| **slot != 0) {
                let hash = Self::bits(*slot);
                with(number(*slot), hash, self.first(hash));
            }
        }
    }

    #[inline]
    pub(super) fn insert(&mut self, hash: u32, number: u32) {
        if self.used >= self.limit {
            self.grow();
        }
        let (mut moved, at) = (pack(hash, number), self.lower_bound(hash));
        for slot in self.all.iter_mut().skip(at) {
            moved = mem::replace(slot, moved);
            if moved == 0 {
                break;
            }
        }
        if moved != 0 {
            self.all.push(moved);
        }
        self.used += 1;
    }

    /// Replaces `number` by `new`, which has the same hash.
    pub(super) fn replace(&mut self, hash: u32, number: u32, new: u32) {
        let known = pack(hash, number);
        let found = self.with_hash(hash).find(|(_, slot)| *slot == known);
        if let Some(slot) = found.and_then(|(at, _)| self.all.get_mut(at)) {
            *slot = pack(hash, new);
        }
    }

    /// All hashes with their numbers, ordered by hash.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let used = self.all.iter().filter(|slot| **slot != 0);
        used.map(|slot| (Self::bits(*slot), number(*slot)))
    }

    /// Removes all numbers but keeps the allocation.
    pub(super) fn clear(&mut self) {
        if self.used > 0 {
            self.all.fill(0);
            self.used = 0;
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.all.capacity() * size_of::<Slot>()
    }

    /// Slots with this hash, with their indexes.
    #[inline]
    fn with_hash(&self, hash: u32) -> impl Iterator<Item = (usize, Slot)> {
        let slots = (self.lower_bound(hash)..).map_while(|at| Some((at, *self.all.get(at)?)));
        slots.take_while(move |(_, slot)| Self::bits(*slot) == hash && *slot != 0)
    }

    /// Index of the first slot with this hash, or of the slot where it would go.
    #[inline]
    fn lower_bound(&self, hash: u32) -> usize {
        let least = u64::from(hash) << 32;
        let mut at = self.home(hash);
        // A free slot is 0 and wraps around to the highest value, so it ends the loop like a higher hash.
        while (self.all.get(at)).is_some_and(|slot| slot.wrapping_sub(1) < least) {
            at += 1;
        }
        at
    }

    /// Index of the home of a hash. Homes divide the range of hashes into equal shares, in order.
    const fn home(&self, hash: u32) -> usize {
        ((hash as u64 * self.homes as u64) >> 32) as usize
    }

    /// Reserves room for `number` items, if the table is empty.
    pub(super) fn expect(&mut self, number: usize) {
        if self.all.is_empty() {
            self.resize(number.max(Self::MIN_HOMES) / 4 * 5);
        }
    }

    #[cold]
    fn grow(&mut self) {
        self.resize(match self.homes {
            ..Self::LARGE => (2 * self.homes).max(Self::MIN_HOMES),
            // Small steps waste less memory on free slots.
            Self::LARGE.. => self.homes / 2 * 3,
        });
    }

    fn resize(&mut self, homes: usize) {
        self.homes = homes;
        // At a load factor of 4/5 lookups stay short.
        self.limit = homes * 4 / 5;
        let new = vec![0; self.homes + Self::OVERFLOW];
        let mut free = 0;
        for slot in mem::replace(&mut self.all, new) {
            if slot == 0 {
                continue;
            }
            let at = self.home(Self::bits(slot)).max(free);
            match self.all.get_mut(at) {
                Some(free) => *free = slot,
                None => self.all.push(slot),
            }
            free = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes with a few homes, the last of the table among them.
    fn crowded(number: u32) -> u32 {
        [0, 1, u32::MAX / 2, u32::MAX - 1, u32::MAX][number as usize % 5]
    }

    #[test]
    fn what_was_put_in_is_found_whatever_the_hashes() {
        let spread = |number: u32| number.wrapping_mul(0x9e37_79b1);
        for (hash, count) in [(crowded as fn(u32) -> u32, 1000), (spread, 100_000)] {
            let mut slots = Slots::default();
            assert_eq!(slots.find(hash(0), |_| true), None);
            for number in 0..count {
                assert_eq!(slots.find(hash(number), |found| found == number), None);
                slots.insert(hash(number), number);
            }
            for number in 0..count {
                let found = slots.find(hash(number), |found| found == number);
                assert_eq!(found, Some(number));
            }
            assert!(slots.iter().map(|(hash, _)| hash).is_sorted());
            let mut all: Vec<u32> = slots.iter().map(|(_, number)| number).collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..count));
        }
    }

    #[test]
    fn a_number_takes_the_place_of_another() {
        let mut slots = Slots::default();
        for number in 0..9 {
            slots.insert(7, number);
        }
        slots.replace(7, 4, 40);
        slots.replace(7, 99, 0);
        assert_eq!(slots.find(7, |found| found == 4), None);
        assert_eq!(slots.find(7, |found| found == 40), Some(40));
        assert_eq!(slots.iter().count(), 9);
    }

    #[test]
    fn emptied_it_keeps_its_room() {
        let mut slots = Slots::default();
        for number in 0..100 {
            slots.insert(crowded(number), number);
        }
        let room = slots.heap_bytes();
        slots.clear();
        assert_eq!((slots.find(0, |_| true), slots.iter().count()), (None, 0));
        slots.insert(0, 3);
        assert_eq!(
            (slots.find(0, |_| true), slots.heap_bytes()),
            (Some(3), room)
        );
    }
}
