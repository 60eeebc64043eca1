//! Conversations that may still go on.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::Dialogue;

/// What tells a conversation from all others, and since when its log is there without a gap: after one, a process
/// number stands for another process.
pub(super) type Key = (u64, i64);

/// Each by its key. Connections come and go by the thousand: the table holds no more than places, and the room of one
/// that ended is still at hand when the next begins.
#[derive(Debug, Default)]
pub(super) struct Open {
    places: HashMap<Key, u32>,
    all: Vec<Dialogue>,
    /// Places of conversations that ended, the latest last.
    free: Vec<u32>,
}

impl Open {
    /// The conversation of that key: a new one, whose beginning was not seen, where none is known.
    pub(super) fn get(&mut self, key: Key) -> &mut Dialogue {
        let Self { places, all, free } = self;
        let place = match places.entry(key) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => *vacant.insert(place(all, free)),
        };
        &mut all[place as usize]
    }

    /// Begins a conversation; gives the one before under its key that has not ended.
    pub(super) fn begin(&mut self, key: Key, new: Dialogue) -> (&mut Dialogue, Option<Dialogue>) {
        let Self { places, all, free } = self;
        let (place, known) = match places.entry(key) {
            Entry::Occupied(known) => (*known.get(), true),
            Entry::Vacant(vacant) => (*vacant.insert(place(all, free)), false),
        };
        let own = &mut all[place as usize];
        let before = std::mem::replace(own, new);
        (own, known.then_some(before))
    }

    /// Ends a conversation.
    pub(super) fn end(&mut self, key: Key) -> Option<Dialogue> {
        let place = self.places.remove(&key)?;
        self.free.push(place);
        Some(std::mem::replace(
            &mut self.all[place as usize],
            Dialogue::new(false),
        ))
    }

    /// All of them in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &Dialogue)> {
        let places = self.places.iter();
        places.map(|(key, place)| (*key, &self.all[*place as usize]))
    }

    /// All of them in no order, and blank ones, to change them.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Dialogue> {
        self.all.iter_mut()
    }

    /// Bytes held on the heap, but for the lists of single conversations.
    pub(super) fn heap_bytes(&self) -> usize {
        self.places.allocation_size()
            + self.all.capacity() * size_of::<Dialogue>()
            + self.free.capacity() * size_of::<u32>()
    }
}

impl FromIterator<(Key, Dialogue)> for Open {
    fn from_iter<I: IntoIterator<Item = (Key, Dialogue)>>(all: I) -> Self {
        let mut open = Self::default();
        for (key, dialogue) in all {
            open.begin(key, dialogue);
        }
        open
    }
}

/// A place with a blank conversation.
fn place(all: &mut Vec<Dialogue>, free: &mut Vec<u32>) -> u32 {
    free.pop().unwrap_or_else(|| {
        all.push(Dialogue::new(false));
        u32::try_from(all.len() - 1).unwrap_or(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(at: i64) -> Dialogue {
        Dialogue {
            seen: at,
            ..Dialogue::new(true)
        }
    }

    #[test]
    fn the_room_of_an_ended_conversation_is_used_again() {
        let mut open = Open::default();
        for at in 0..100 {
            assert!(open.begin((1, at), seen(at)).1.is_none());
            assert!(open.begin((2, at), seen(-at)).1.is_none());
            assert_eq!(open.end((1, at)).map(|own| own.seen), Some(at));
            assert!(open.end((1, at)).is_none());
        }
        assert_eq!(open.all.len(), 101);
        let mut kept: Vec<_> = open.iter().map(|(key, own)| (key, own.seen)).collect();
        kept.sort_unstable();
        assert!(kept.into_iter().eq((0..100).map(|at| ((2, at), -at))));
    }

    #[test]
    fn one_that_is_not_known_is_blank() {
        let mut open = Open::default();
        open.begin((1, 0), seen(5));
        open.end((1, 0));
        let own = open.get((3, 0));
        assert!(!own.opened && own.opening.is_none() && own.seen == 0);
        own.seen = 7;
        assert_eq!(open.get((3, 0)).seen, 7);
        let (new, before) = open.begin((3, 0), seen(8));
        assert_eq!((new.seen, before.map(|own| own.seen)), (8, Some(7)));
    }
}
