//! All messages in an order, of which a list is a part.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::model::{Message, Symbol};

use super::packed::Packed;
use super::{Bits, Scene, Sort, SortKey};

impl Scene<'_> {
    /// Messages in order. Equal ones keep their load order, and the other way round they are the other way round
    /// too. `None` when cancelled.
    pub(super) fn ordered_messages(&self, messages: &Bits, sort: Sort) -> Option<Vec<u32>> {
        let count = messages.count() as usize;
        let mut rows = Vec::with_capacity(count);
        if sort.key == SortKey::Input {
            rows.extend(messages.ones());
        } else {
            let all = self.order_of_messages(sort.key)?;
            let all = all.iter().filter_map(|row| u32::try_from(row).ok());
            if count == self.model.messages.len() as usize {
                rows.extend(all);
            } else {
                rows.extend(all.filter(|row| messages.has(*row)));
            }
        }
        if sort.descending {
            rows.reverse();
        }
        Some(rows)
    }

    fn order_of_messages(&self, key: SortKey) -> Option<Arc<Packed>> {
        let model = self.model;
        self.index.order(key, model, self.grades, || {
            self.breaks.go_on()?;
            let number = |of: fn(&Message) -> u32| {
                let numbers = model.messages.iter().map(of);
                Some(ordered(numbers.map(u64::from).collect()))
            };
            match key {
                SortKey::Input
                | SortKey::Name
                | SortKey::Deliveries
                | SortKey::Refused
                | SortKey::Trend
                | SortKey::Severity
                | SortKey::Count => Some((0..model.messages.len()).collect()),
                SortKey::Last => self.by_times(|(_, last)| last),
                SortKey::First => self.by_times(|(first, _)| first),
                SortKey::Grade => {
                    // Of one grade, in the order of time.
                    let by_last = self.by_times(|(_, last)| last)?;
                    let grades = by_last.iter().map(|row| self.grades.message(*row).grade);
                    let places = ordered(grades.map(|grade| grade as u64).collect());
                    let row = |place: &u32| by_last.get(*place as usize).copied();
                    Some(places.iter().filter_map(row).collect())
                }
                SortKey::Id => Some(self.by_queue_id()),
                SortKey::From => Some(self.by_sender_name()),
                SortKey::Status => number(|m| m.status as u32),
                SortKey::Attempts => number(|m| m.attempts.into()),
                SortKey::Waits => number(|m| m.waits.into()),
                SortKey::Size => number(|m| m.size),
            }
        })
    }

    fn by_times(&self, key: impl Fn((u64, u64)) -> u64) -> Option<Vec<u32>> {
        let mut columns = self.index.columns.borrow_mut();
        columns.catch_up(self.model, self.breaks)?;
        let times = columns.times().take(self.model.messages.len() as usize);
        Some(ordered(times.map(key).collect()))
    }

    /// By the names of the senders: those are put in order first, each once.
    fn by_sender_name(&self) -> Vec<u32> {
        let model = self.model;
        let addresses = &model.strings.addresses;
        let mut used = Bits::empty(addresses.len());
        for message in model.messages.iter() {
            used.set(message.sender.0);
        }
        let mut names: Vec<(u64, Symbol)> = used
            .ones()
            .map(|symbol| (head(addresses.get(Symbol(symbol))), Symbol(symbol)))
            .collect();
        let rest =
            |a: &(u64, Symbol), b: &(u64, Symbol)| addresses.get(a.1).cmp(addresses.get(b.1));
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| rest(a, b)));
        let mut ranks = vec![0_u32; addresses.len() as usize];
        for (rank, (_, symbol)) in (0_u32..).zip(&names) {
            if let Some(place) = ranks.get_mut(symbol.0 as usize) {
                *place = rank;
            }
        }
        let rank = |sender: Symbol| ranks.get(sender.0 as usize).copied().unwrap_or(0);
        let keys = model.messages.iter().map(|m| u64::from(rank(m.sender)));
        ordered(keys.collect())
    }

    /// By the queue IDs as they are written.
    fn by_queue_id(&self) -> Vec<u32> {
        let model = self.model;
        let mut text = Vec::new();
        let heads: Vec<u64> = model
            .messages
            .iter()
            .map(|message| {
                text.clear();
                message.key.write(&model.strings.long_ids, &mut text);
                head(&text)
            })
            .collect();
        let head = |row: u32| heads.get(row as usize).copied().unwrap_or(0);
        let mut rows = ordered(heads.clone());
        let compare = |a: &u32, b: &u32| {
            let (one, other) = (model.messages.get(*a), model.messages.get(*b));
            let (Some(one), Some(other)) = (one, other) else {
                return Ordering::Equal;
            };
            let by_text = || model.queue_id(one).cmp(&model.queue_id(other));
            one.key.compare(other.key).unwrap_or_else(by_text)
        };
        for equal in rows.chunk_by_mut(|a, b| head(*a) == head(*b)) {
            equal.sort_by(compare);
        }
        rows
    }
}

/// The first bytes of a text as a number: what it puts in order is in order.
fn head(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(bytes.len());
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

/// The positions of some keys, ascending by key and then by position.
#[expect(
    clippy::cast_possible_truncation,
    reason = "positions are rows, and those are of 32 bits"
)]
fn ordered(mut keys: Vec<u64>) -> Vec<u32> {
    let least = keys.iter().copied().min().unwrap_or(0);
    let most = keys.iter().copied().max().unwrap_or(0);
    if most - least < FEW_KEYS {
        return counted(&keys, least);
    }
    // A number is sorted in half the time of a pair, and most pairs are one: key and position have room in it.
    let bits = (usize::BITS - keys.len().leading_zeros()).max(1);
    if most - least < 1 << (64 - bits) {
        for (row, key) in (0_u64..).zip(&mut keys) {
            *key = (*key - least) << bits | row;
        }
        keys.sort_unstable();
        let row = |key: u64| (key & ((1 << bits) - 1)) as u32;
        return keys.into_iter().map(row).collect();
    }
    let mut pairs: Vec<(u64, u32)> = keys.into_iter().zip(0..).collect();
    pairs.sort_unstable();
    pairs.into_iter().map(|(_, row)| row).collect()
}

/// So few different keys are counted rather than compared.
const FEW_KEYS: u64 = 1 << 12;

/// The same for keys of which none is far above the least.
fn counted(keys: &[u64], least: u64) -> Vec<u32> {
    let place = |key: u64| usize::try_from(key - least).unwrap_or(usize::MAX);
    let mut ends = vec![0_u32; usize::try_from(FEW_KEYS).unwrap_or(usize::MAX)];
    for &key in keys {
        if let Some(count) = ends.get_mut(place(key)) {
            *count += 1;
        }
    }
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    let mut rows = vec![0; keys.len()];
    for (row, &key) in (0_u32..).zip(keys) {
        if let Some(end) = ends.get_mut(place(key))
            && let Some(slot) = rows.get_mut(*end as usize)
        {
            *slot = row;
            *end += 1;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_keys_are_ordered_as_many_are() {
        for most in [0, 1, 7, FEW_KEYS - 1, FEW_KEYS, 5 * FEW_KEYS] {
            let keys: Vec<u64> = (0..9000_u64)
                .map(|row| 5 + row.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (most + 1))
                .collect();
            let mut expected: Vec<u32> = (0..9000).collect();
            expected.sort_by_key(|row| keys[*row as usize]);
            assert_eq!(ordered(keys), expected, "{most}");
        }
    }

    #[test]
    fn keys_are_ordered_whether_or_not_they_share_a_number_with_their_position() {
        assert_eq!(ordered(Vec::new()), [0; 0]);
        assert_eq!(ordered(vec![7, 5, 7, 5]), [1, 3, 0, 2]);
        assert_eq!(ordered(vec![u64::MAX, 0, u64::MAX, 1]), [1, 3, 0, 2]);
        assert_eq!(ordered(vec![u64::MAX, u64::MAX - 1]), [1, 0]);
    }
}
