//! What a first look at a log notes while its text is at hand, so that the load need not read all of it again: where
//! its lines stand, and hashes of the queue IDs that they name.
//!
//! A hash that two IDs share costs time and no more: each line that is read is asked for its own ID.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashSet};
use memchr::memchr_iter;

use crate::parse::ReadQueueId;
use crate::source::Stretch;

/// Bytes of a stretch: text is read or passed over by whole stretches.
const STRETCH_BYTES: usize = 32 << 10;

/// Hashes that are known to be noted already, of the stretch at hand.
const LATELY: usize = 256;

/// Hashes queue IDs.
pub(super) type Hasher = DefaultHashBuilder;

/// The hash of a queue ID; never 0.
pub(super) fn hash(hasher: &Hasher, queue_id: &[u8]) -> u32 {
    let [a, b, c, d, ..] = hasher.hash_one(queue_id).to_le_bytes();
    u32::from_le_bytes([a, b, c, d]) | 1
}

/// Notes on lines that follow each other.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The stretches that the lines make up; one with a line that is read in any case is marked as wanted.
    stretches: Vec<Stretch>,
    /// The hashes of each stretch, and behind them a 0.
    hashes: Vec<u32>,
}

impl Notes {
    /// Notes on the whole lines of a chunk.
    pub(super) fn of(chunk: &[u8], queue_id: ReadQueueId, hasher: &Hasher) -> Self {
        let mut notes = Self::default();
        let mut stretch = Stretch::default();
        let mut lately = [0; LATELY];
        let (mut begin, mut start) = (0, 0);
        for end in memchr_iter(b'\n', chunk) {
            let line = chunk.get(start..end).unwrap_or_default();
            match queue_id(line) {
                None => stretch.wanted = true,
                Some([]) => {}
                Some(id) => {
                    let hash = hash(hasher, id);
                    if let Some(known) = lately.get_mut(hash as usize / 2 % LATELY)
                        && *known != hash
                    {
                        *known = hash;
                        notes.hashes.push(hash);
                    }
                }
            }
            stretch.lines += 1;
            start = end + 1;
            if start - begin >= STRETCH_BYTES {
                notes.close(stretch, start - begin);
                (stretch, lately, begin) = (Stretch::default(), [0; LATELY], start);
            }
        }
        if start > begin {
            notes.close(stretch, start - begin);
        }
        notes
    }

    fn close(&mut self, stretch: Stretch, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.stretches.push(Stretch { bytes, ..stretch });
        self.hashes.push(0);
    }
}

/// Of a log from its beginning, as far as it was noted.
#[derive(Debug, Default)]
pub(super) struct LogNotes {
    chunks: Vec<Notes>,
    /// Offset of the first line that is not noted.
    end: u64,
}

impl LogNotes {
    /// Adds the notes on the chunk at `offset`, if the chunk follows what is noted and there is `room`, in bytes.
    pub(super) fn take_up(&mut self, offset: u64, notes: Notes, room: &mut usize) {
        let stretches = notes.stretches.capacity() * size_of::<Stretch>();
        let size = stretches + notes.hashes.capacity() * size_of::<u32>();
        if offset == self.end
            && let Some(left) = room.checked_sub(size)
        {
            *room = left;
            let bytes = notes.stretches.iter().map(|own| u64::from(own.bytes));
            self.end += bytes.sum::<u64>();
            self.chunks.push(notes);
        }
    }

    /// The stretches of the log that are to be read: they name a queue ID of one of the hashes, or hold a line that
    /// begins at one of the offsets, which are in order.
    pub(super) fn pick(&self, hashes: &HashSet<u32>, lines: &[u64]) -> Vec<Stretch> {
        let mut lines = lines.iter().peekable();
        let mut end = 0;
        let stretches = self.chunks.iter().flat_map(|notes| {
            let named = notes.hashes.split(|hash| *hash == 0);
            notes.stretches.iter().zip(named)
        });
        let picked = stretches.map(|(stretch, named)| {
            end += u64::from(stretch.bytes);
            let mut wanted = stretch.wanted || named.iter().any(|hash| hashes.contains(hash));
            while lines.next_if(|line| **line < end).is_some() {
                wanted = true;
            }
            Stretch { wanted, ..*stretch }
        });
        picked.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Grammar, Mta, Reader};

    const ROOM: usize = 1 << 20;

    fn queue_id() -> ReadQueueId {
        let grammar = Grammar::of(Mta::Exim).unwrap();
        Reader::own_log(grammar).by_queue_id().unwrap()
    }

    fn id(nth: usize) -> String {
        format!("1vumAA-{nth:06}-00")
    }

    fn line(nth: usize) -> String {
        format!("2026-02-24 08:00:00 {} Completed\n", id(nth))
    }

    /// Lines of as many messages, a long one of none in their midst.
    fn log(messages: usize) -> String {
        let none = format!("2026-02-24 08:00:00 {}\n", "none ".repeat(2000));
        let lines = (0..messages).map(|nth| match nth {
            _ if nth == messages / 2 => none.clone() + &line(nth),
            _ => line(nth),
        });
        lines.collect()
    }

    /// Notes of a log that is cut into chunks where these offsets are.
    fn notes(log: &str, cuts: &[usize], hasher: &Hasher) -> LogNotes {
        let mut notes = LogNotes::default();
        let ends = cuts.iter().copied().chain([log.len()]);
        let mut start = 0;
        for end in ends {
            let own = Notes::of(&log.as_bytes()[start..end], queue_id(), hasher);
            notes.take_up(start as u64, own, &mut { ROOM });
            start = end;
        }
        notes
    }

    /// The parts of a log that are wanted, and how much of it was noted.
    fn wanted<'a>(log: &'a str, stretches: &[Stretch]) -> (Vec<&'a str>, usize) {
        let mut end = 0;
        let mut wanted = Vec::new();
        for stretch in stretches {
            let part = &log[end..][..stretch.bytes as usize];
            assert_eq!(part.lines().count(), stretch.lines as usize);
            assert!(part.ends_with('\n'));
            wanted.extend(stretch.wanted.then_some(part));
            end += part.len();
        }
        (wanted, end)
    }

    #[test]
    fn what_names_a_queue_id_is_read_and_little_else() {
        let hasher = Hasher::default();
        let log = log(9000);
        let cut = log.find(&line(3000)).unwrap();
        let notes = notes(&log, &[cut], &hasher);
        for nth in [0, 1, 1234, 2999, 3000, 3001, 4500, 7777, 8999] {
            let one = HashSet::from([hash(&hasher, id(nth).as_bytes())]);
            let stretches = notes.pick(&one, &[]);
            let (wanted, end) = wanted(&log, &stretches);
            assert_eq!(end, log.len());
            assert_eq!(wanted.len(), 1, "message {nth}");
            assert!(wanted[0].contains(&line(nth)));
            assert!(wanted[0].len() < 2 * STRETCH_BYTES);
        }
        let all = (0..9000).map(|nth| hash(&hasher, id(nth).as_bytes()));
        assert_eq!(
            wanted(&log, &notes.pick(&all.collect(), &[])).0.concat(),
            log
        );
        assert!(wanted(&log, &notes.pick(&HashSet::new(), &[])).0.is_empty());
    }

    #[test]
    fn a_line_that_names_none_is_found_by_where_it_stands() {
        let hasher = Hasher::default();
        let log = log(9000);
        let notes = notes(&log, &[], &hasher);
        for nth in [0, 4500, 8999] {
            let at = log.find(&line(nth)).unwrap();
            let (wanted, _) = wanted(&log, &notes.pick(&HashSet::new(), &[at as u64]));
            assert!(wanted.len() == 1 && wanted[0].contains(&line(nth)));
        }
        // Two in one stretch, and one that begins it.
        let stretches = notes.pick(&HashSet::new(), &[]);
        let second = u64::from(stretches[0].bytes);
        let picked = notes.pick(&HashSet::new(), &[second, second + 60]);
        let wanted: Vec<bool> = picked.iter().map(|own| own.wanted).collect();
        assert!(wanted[1] && wanted.iter().filter(|own| **own).count() == 1);
    }

    #[test]
    fn what_is_no_line_of_such_a_log_is_read_in_any_case() {
        let hasher = Hasher::default();
        let log = log(900) + "no stamp\n" + &log(900);
        let notes = notes(&log, &[], &hasher);
        let (wanted, _) = wanted(&log, &notes.pick(&HashSet::new(), &[]));
        assert!(wanted.len() == 1 && wanted[0].contains("no stamp\n"));
    }

    #[test]
    fn what_does_not_follow_or_has_no_room_is_not_noted() {
        let hasher = Hasher::default();
        let log = log(2000);
        // The second chunk begins within a line, of which the first one has no end.
        let notes = notes(&log, &[log.len() / 2], &hasher);
        let (_, end) = wanted(&log, &notes.pick(&HashSet::new(), &[]));
        assert_eq!(end, log[..log.len() / 2].rfind('\n').unwrap() + 1);
        let mut some = LogNotes::default();
        let own = || Notes::of(log.as_bytes(), queue_id(), &hasher);
        let mut room = 100;
        some.take_up(0, own(), &mut room);
        assert!(some.end == 0 && room == 100);
        let mut room = ROOM;
        some.take_up(0, own(), &mut room);
        assert!(some.end == log.len() as u64 && room < ROOM - 2000 * size_of::<u32>());
    }
}
