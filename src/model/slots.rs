//! Finds things that are kept elsewhere, by their hash.

/// Numbers of things, by 32 bits of the hash of each.
///
/// A slot holds a hash and a number side by side, so that one look touches one place in memory, and growing reads
/// none of the things. The slots stand in the order of the hashes: growing passes once through both tables
/// instead of jumping about in the new one.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    places: Vec<Slot>,
    /// How many are taken.
    taken: usize,
    /// How many may be, before it grows.
    most: usize,
    /// It may take more room than it needs.
    roomy: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    /// Its number and 1; 0 for a free slot.
    after: u32,
}

impl Slots {
    /// The smallest table.
    const FEWEST: usize = 16;
    /// From so many slots on a table grows by a quarter only.
    const MANY: usize = 1 << 10;

    /// An empty table that takes twice the room of others and is quicker for it: for what does not live long.
    pub(super) fn roomy() -> Self {
        Self {
            roomy: true,
            ..Self::default()
        }
    }

    /// The bits of a hash that a slot keeps: the better half.
    pub(super) const fn bits(hash: u64) -> u32 {
        (hash >> 32) as u32
    }

    /// The number under a hash of which `is` says that it is the wanted one.
    #[inline]
    pub(super) fn find(&self, hash: u32, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let at = self.place(hash, |slot| slot.hash == hash && is(slot.after - 1))?;
        self.places
            .get(at)
            .and_then(|slot| slot.after.checked_sub(1))
    }

    /// The first number under a hash: hardly ever there is another one.
    #[inline]
    pub(super) fn first(&self, hash: u32) -> Option<u32> {
        self.find(hash, |_| true)
    }

    /// Adds a number that is not there yet.
    #[inline]
    pub(super) fn insert(&mut self, hash: u32, number: u32) {
        if self.taken >= self.most {
            self.grow();
        }
        let free = self.free(hash);
        if let Some(free) = free.and_then(|at| self.places.get_mut(at)) {
            let after = number.wrapping_add(1);
            *free = Slot { hash, after };
            self.taken += 1;
        }
    }

    /// Puts another number in the place of one that is there.
    pub(super) fn replace(&mut self, hash: u32, number: u32, new: u32) {
        let same = |slot: Slot| (slot.hash, slot.after) == (hash, number.wrapping_add(1));
        let place = self.place(hash, same);
        if let Some(slot) = place.and_then(|at| self.places.get_mut(at)) {
            slot.after = new.wrapping_add(1);
        }
    }

    /// All hashes with their numbers, ordered by hash as good as always.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let taken = self.places.iter().filter(|slot| slot.after != 0);
        taken.map(|slot| (slot.hash, slot.after - 1))
    }

    /// Forgets all but keeps the room they took.
    pub(super) fn clear(&mut self) {
        if self.taken > 0 {
            self.places.fill(Slot::default());
            self.taken = 0;
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.places.capacity() * size_of::<Slot>()
    }

    /// The place of the first slot from that of the hash on which is the wanted one; `None` when a free one comes
    /// before it.
    #[inline]
    fn place(&self, hash: u32, mut wanted: impl FnMut(Slot) -> bool) -> Option<usize> {
        let mut at = self.home(hash);
        while let Some(slot) = self.places.get(at) {
            if slot.after == 0 {
                return None;
            }
            if wanted(*slot) {
                return Some(at);
            }
            at += 1;
        }
        // The last slots go on in the first ones.
        let first = self.places.iter().take_while(|slot| slot.after != 0);
        first.copied().position(wanted)
    }

    /// Where a hash belongs: the slots stand for equal shares of all hashes.
    const fn home(&self, hash: u32) -> usize {
        ((hash as u64 * self.places.len() as u64) >> 32) as usize
    }

    /// The place of the first free slot from that of the hash on.
    #[inline]
    fn free(&self, hash: u32) -> Option<usize> {
        let mut at = self.home(hash);
        while let Some(slot) = self.places.get(at) {
            if slot.after == 0 {
                return Some(at);
            }
            at += 1;
        }
        self.places.iter().position(|slot| slot.after == 0)
    }

    /// Makes room for so many at once, where it has none yet.
    pub(super) fn expect(&mut self, number: usize) {
        if self.places.is_empty() {
            let number = number.max(Self::FEWEST / 2);
            self.resize(if self.roomy {
                number * 2
            } else {
                number / 4 * 5
            });
        }
    }

    #[cold]
    fn grow(&mut self) {
        let now = self.places.len();
        self.resize(match now {
            ..Self::MANY => (2 * now).max(Self::FEWEST),
            // What is free counts, in small logs as among millions of messages.
            Self::MANY.. if !self.roomy => now / 4 * 5,
            _ => 2 * now,
        });
    }

    fn resize(&mut self, more: usize) {
        // Searching stays short while at most four in five are taken, and shorter while half are.
        self.most = if self.roomy { more / 2 } else { more * 4 / 5 };
        let old = std::mem::replace(&mut self.places, vec![Slot::default(); more]);
        for slot in old.iter().filter(|slot| slot.after != 0) {
            let free = self.free(slot.hash);
            if let Some(free) = free.and_then(|at| self.places.get_mut(at)) {
                *free = *slot;
            }
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
