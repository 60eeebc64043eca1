//! Finds things that are kept elsewhere, by their hash.

use std::mem;

use super::fetch::{AT_ONCE, fetch};

/// Numbers of things, by 32 bits of the hash of each.
///
/// A slot holds a hash and a number side by side, so that one look touches one place in memory, and growing reads
/// none of the things. The slots stand in the order of the hashes, each as near behind the home of its hash as the
/// others leave room: looking ends where a hash is too high, and growing passes once through both tables instead of
/// jumping about in the new one.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// One for each home, and some for what finds no room before the end.
    all: Vec<Slot>,
    homes: usize,
    /// How many are taken.
    taken: usize,
    /// How many may be, before it grows.
    most: usize,
}

/// The hash, and in the lower half the number and 1; 0 for a free slot. A plain number, for the system gives memory
/// that is zero already.
type Slot = u64;

const fn pack(hash: u32, number: u32) -> Slot {
    (hash as u64) << 32 | number.wrapping_add(1) as u64
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn number(slot: Slot) -> u32 {
    (slot as u32).wrapping_sub(1)
}

impl Slots {
    /// The smallest table.
    const FEWEST: usize = 16;
    /// From so many homes on a table grows by a quarter only.
    const MANY: usize = 1 << 10;
    /// Slots behind the last home: hardly ever more are needed.
    const BEHIND: usize = 32;

    /// The bits of a hash that a slot keeps: the better half.
    pub(super) const fn bits(hash: u64) -> u32 {
        (hash >> 32) as u32
    }

    /// The number under a hash of which `is` says that it is the wanted one.
    #[inline]
    pub(super) fn find(&self, hash: u32, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut under = self.under(hash).map(|(_, slot)| number(slot));
        under.find(|number| is(*number))
    }

    /// The first number under a hash: hardly ever there is another one.
    #[inline]
    pub(super) fn first(&self, hash: u32) -> Option<u32> {
        self.find(hash, |_| true)
    }

    /// Fetches what is looked at first for each of these hashes.
    pub(super) fn fetch(&self, hashes: impl Iterator<Item = u32>) {
        let slots = hashes.map(|hash| self.all.get(self.home(hash)));
        fetch(slots.map(|slot| slot.map_or(0, |slot| Self::bits(*slot))));
    }

    /// For each number of another table: that number, its hash, and the first number here under that hash.
    pub(super) fn look_up(&self, other: &Self, mut with: impl FnMut(u32, u32, Option<u32>)) {
        for some in other.all.chunks(AT_ONCE) {
            self.fetch(some.iter().map(|slot| Self::bits(*slot)));
            for slot in some.iter().filter(|slot| **slot != 0) {
                let hash = Self::bits(*slot);
                with(number(*slot), hash, self.first(hash));
            }
        }
    }

    /// Adds a number that is not there yet.
    #[inline]
    pub(super) fn insert(&mut self, hash: u32, number: u32) {
        if self.taken >= self.most {
            self.grow();
        }
        let (mut moved, at) = (pack(hash, number), self.place(hash));
        for slot in self.all.iter_mut().skip(at) {
            moved = mem::replace(slot, moved);
            if moved == 0 {
                break;
            }
        }
        if moved != 0 {
            self.all.push(moved);
        }
        self.taken += 1;
    }

    /// Puts another number in the place of one that is there.
    pub(super) fn replace(&mut self, hash: u32, number: u32, new: u32) {
        let known = pack(hash, number);
        let place = self.under(hash).find(|(_, slot)| *slot == known);
        if let Some(slot) = place.and_then(|(at, _)| self.all.get_mut(at)) {
            *slot = pack(hash, new);
        }
    }

    /// All hashes with their numbers, ordered by hash.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let taken = self.all.iter().filter(|slot| **slot != 0);
        taken.map(|slot| (Self::bits(*slot), number(*slot)))
    }

    /// Forgets all but keeps the room they took.
    pub(super) fn clear(&mut self) {
        if self.taken > 0 {
            self.all.fill(0);
            self.taken = 0;
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.all.capacity() * size_of::<Slot>()
    }

    /// The slots of a hash, with their places.
    #[inline]
    fn under(&self, hash: u32) -> impl Iterator<Item = (usize, Slot)> {
        let slots = (self.place(hash)..).map_while(|at| Some((at, *self.all.get(at)?)));
        slots.take_while(move |(_, slot)| Self::bits(*slot) == hash && *slot != 0)
    }

    /// Where the slots of a hash begin, or would.
    #[inline]
    fn place(&self, hash: u32) -> usize {
        let least = u64::from(hash) << 32;
        let mut at = self.home(hash);
        // A free slot ends it like a hash that is too high.
        while (self.all.get(at)).is_some_and(|slot| slot.wrapping_sub(1) < least) {
            at += 1;
        }
        at
    }

    /// Where a hash belongs: the homes stand for equal shares of all hashes.
    const fn home(&self, hash: u32) -> usize {
        ((hash as u64 * self.homes as u64) >> 32) as usize
    }

    /// Makes room for so many at once, where it has none yet.
    pub(super) fn expect(&mut self, number: usize) {
        if self.all.is_empty() {
            self.resize(number.max(Self::FEWEST) / 4 * 5);
        }
    }

    #[cold]
    fn grow(&mut self) {
        self.resize(match self.homes {
            ..Self::MANY => (2 * self.homes).max(Self::FEWEST),
            // What is free counts, in small logs as among millions of messages.
            Self::MANY.. => self.homes / 4 * 5,
        });
    }

    fn resize(&mut self, homes: usize) {
        self.homes = homes;
        // At most four in five are taken: searching stays short.
        self.most = homes * 4 / 5;
        let new = vec![0; self.homes + Self::BEHIND];
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

    /// Hashes that all belong into a few places, the last of the table among them.
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
                assert_eq!(slots.find(hash(number), |own| own == number), None);
                slots.insert(hash(number), number);
            }
            for number in 0..count {
                let found = slots.find(hash(number), |own| own == number);
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
        assert_eq!(slots.find(7, |own| own == 4), None);
        assert_eq!(slots.find(7, |own| own == 40), Some(40));
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
