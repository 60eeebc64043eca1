//! The table of open conversations.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::dialogue::Dialogue;

/// Hash that identifies a conversation, and the time since which its log has no gap, in milliseconds: after a
/// gap, a process ID stands for another process.
pub(super) type Key = (u64, i64);

/// Conversations by key. Connections come and go by the thousand, so the hash table holds indexes only and the
/// slot of an ended conversation is used again.
#[derive(Debug, Default)]
pub(super) struct Open {
    indexes: HashMap<Key, u32>,
    slots: Vec<Dialogue>,
    /// Indexes of the unused slots, the latest last.
    free: Vec<u32>,
}

impl Open {
    /// The conversation of a key. Where none is open, a new one without an opening line.
    pub(super) fn get(&mut self, key: Key) -> &mut Dialogue {
        let index = match self.indexes.entry(key) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => *vacant.insert(free_slot(&mut self.slots, &mut self.free)),
        };
        &mut self.slots[index as usize]
    }

    /// The open conversation of a key, if there is one.
    pub(super) fn known(&mut self, key: Key) -> Option<&mut Dialogue> {
        let index = *self.indexes.get(&key)?;
        self.slots.get_mut(index as usize)
    }

    /// Begins a conversation; gives the open one that it replaces under the key.
    pub(super) fn begin(&mut self, key: Key, new: Dialogue) -> (&mut Dialogue, Option<Dialogue>) {
        let (index, known) = match self.indexes.entry(key) {
            Entry::Occupied(known) => (*known.get(), true),
            Entry::Vacant(vacant) => {
                let index = free_slot(&mut self.slots, &mut self.free);
                (*vacant.insert(index), false)
            }
        };
        let slot = &mut self.slots[index as usize];
        let before = std::mem::replace(slot, new);
        (slot, known.then_some(before))
    }

    pub(super) fn end(&mut self, key: Key) -> Option<Dialogue> {
        let index = self.indexes.remove(&key)?;
        self.free.push(index);
        Some(std::mem::replace(
            &mut self.slots[index as usize],
            Dialogue::blank(),
        ))
    }

    /// All open conversations, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &Dialogue)> {
        let indexes = self.indexes.iter();
        indexes.map(|(key, index)| (*key, &self.slots[*index as usize]))
    }

    /// All slots, in no order: the open conversations and blank ones.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Dialogue> {
        self.slots.iter_mut()
    }

    /// Bytes held on the heap, without the lists inside single conversations.
    pub(super) fn heap_bytes(&self) -> usize {
        self.indexes.allocation_size()
            + self.slots.capacity() * size_of::<Dialogue>()
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

/// Index of a slot with a blank conversation.
fn free_slot(slots: &mut Vec<Dialogue>, free: &mut Vec<u32>) -> u32 {
    free.pop().unwrap_or_else(|| {
        slots.push(Dialogue::blank());
        u32::try_from(slots.len() - 1).unwrap_or(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_seen(at: i64) -> Dialogue {
        Dialogue {
            opened: true,
            last_seen: at,
            ..Dialogue::blank()
        }
    }

    #[test]
    fn the_room_of_an_ended_conversation_is_used_again() {
        let mut open = Open::default();
        for at in 0..100 {
            assert!(open.begin((1, at), last_seen(at)).1.is_none());
            assert!(open.begin((2, at), last_seen(-at)).1.is_none());
            assert_eq!(open.end((1, at)).map(|ended| ended.last_seen), Some(at));
            assert!(open.end((1, at)).is_none());
        }
        assert_eq!(open.slots.len(), 101);
        let mut kept: Vec<_> = open
            .iter()
            .map(|(key, dialogue)| (key, dialogue.last_seen))
            .collect();
        kept.sort_unstable();
        assert!(kept.into_iter().eq((0..100).map(|at| ((2, at), -at))));
    }

    #[test]
    fn one_that_is_not_known_is_blank() {
        let mut open = Open::default();
        open.begin((1, 0), last_seen(5));
        open.end((1, 0));
        let dialogue = open.get((3, 0));
        assert!(!dialogue.opened && dialogue.opening.is_none() && dialogue.last_seen == 0);
        dialogue.last_seen = 7;
        assert_eq!(open.get((3, 0)).last_seen, 7);
        let (new, before) = open.begin((3, 0), last_seen(8));
        assert_eq!(
            (new.last_seen, before.map(|dialogue| dialogue.last_seen)),
            (8, Some(7))
        );
    }
}
