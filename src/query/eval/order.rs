//! Sorts messages. All messages are sorted at once and the order is cached; a list is a part of it.

use std::cmp::Ordering;

use crate::model::{Interner, Lines, Message, Symbol, first_bytes};

use super::radix::ordered;
use super::{Bits, Scene, Sort, SortKey};

impl Scene<'_> {
    /// Messages in the order of `sort`. Equal messages stay in load order, or the reverse of it when
    /// descending. `None` when cancelled.
    pub(super) fn ordered_messages(&self, messages: &Bits, sort: Sort) -> Option<Vec<u32>> {
        let mut rows = if sort.key == SortKey::Input {
            messages.ones().collect()
        } else {
            self.messages_by(sort.key, messages)?
        };
        if sort.descending {
            rows.reverse();
        }
        Some(rows)
    }

    fn messages_by(&self, key: SortKey, messages: &Bits) -> Option<Vec<u32>> {
        let model = self.model;
        self.index.order(key, model, self.grades, messages, || {
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
                SortKey::Last => self.by_times(|_, (_, last)| last),
                SortKey::First => self.by_times(|_, (first, _)| first),
                // Within a grade by time, which takes up the lower [`TIME_BITS`] bits.
                SortKey::Grade => self.by_times(|row, (_, last)| {
                    let grade = self.grades.message(row).grade;
                    (grade as u64) << TIME_BITS | last
                }),
                SortKey::Id => Some(self.by_queue_id()),
                SortKey::From => Some(self.by_sender_name()),
                SortKey::Status => {
                    let mut columns = self.index.message_columns.borrow_mut();
                    columns.catch_up(model);
                    Some(ordered(columns.statuses().collect()))
                }
                SortKey::Attempts => number(|m| m.attempts.into()),
                SortKey::Waits => number(|m| m.waits.into()),
                SortKey::Size => self.by_whole_size(),
            }
        })
    }

    /// Order by size. Of messages of [`Message::LARGE`] it is read from their lines again.
    fn by_whole_size(&self) -> Option<Vec<u32>> {
        let mut lines = Lines::new(self.model);
        let sizes = self.model.messages.iter().map(|message| {
            if message.size < Message::LARGE {
                return Some(message.size.into());
            }
            self.breaks.go_on()?;
            Some(lines.size_of(message).unwrap_or_default())
        });
        Some(ordered(sizes.collect::<Option<_>>()?))
    }

    /// Order by a key computed from the row and the times of its first and last event. The times are in
    /// milliseconds (in seconds where all are whole seconds) since 1970-01-01 UTC and below `1 << TIME_BITS`.
    fn by_times(&self, key: impl Fn(u32, (u64, u64)) -> u64) -> Option<Vec<u32>> {
        let mut columns = self.index.event_columns.borrow_mut();
        columns.catch_up(self.model, self.breaks)?;
        let rows = 0..self.model.messages.len();
        let keys = rows.zip(columns.whole_times());
        Some(ordered(keys.map(|(row, times)| key(row, times)).collect()))
    }

    /// Order by sender: the distinct senders are sorted, then the messages by the rank of their sender.
    fn by_sender_name(&self) -> Vec<u32> {
        let addresses = &self.model.strings.addresses;
        let mut columns = self.index.message_columns.borrow_mut();
        columns.catch_up(self.model);
        let mut used = Bits::empty(addresses.len());
        columns.senders().for_each(|sender| used.set(sender));
        let mut names: Vec<(u64, Symbol)> = used.ones().map(|symbol| (0, Symbol(symbol))).collect();
        by_text(addresses, &mut names, 0);
        let mut ranks = vec![0_u32; addresses.len() as usize];
        for (rank, (_, symbol)) in (0_u32..).zip(&names) {
            if let Some(slot) = ranks.get_mut(symbol.0 as usize) {
                *slot = rank;
            }
        }
        let rank = |sender: u32| ranks.get(sender as usize).copied().unwrap_or(0);
        ordered(
            columns
                .senders()
                .map(|sender| rank(sender).into())
                .collect(),
        )
    }

    /// Order by the text of the queue IDs.
    fn by_queue_id(&self) -> Vec<u32> {
        let model = self.model;
        let long = &model.strings.long_ids;
        let messages = model.messages.iter();
        let heads: Vec<u64> = messages.map(|message| message.key.head(long)).collect();
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

/// Bits of a time in milliseconds.
const TIME_BITS: u32 = 56;

/// Sorts strings by eight bytes at a time: those with the same eight bytes by the next eight, and so on. The
/// first `start` bytes of all of them are equal.
fn by_text(strings: &Interner, symbols: &mut [(u64, Symbol)], start: usize) {
    // Few strings, and strings with a long common prefix, are compared as a whole.
    const FEW: usize = 8;
    const LONG: usize = 64;
    if symbols.len() <= FEW || start >= LONG {
        symbols.sort_unstable_by(|a, b| strings.get(a.1).cmp(strings.get(b.1)));
        return;
    }
    for (head, symbol) in symbols.iter_mut() {
        let text = strings.get(*symbol).get(start..);
        *head = first_bytes(text.unwrap_or_default());
    }
    symbols.sort_unstable_by_key(|(head, _)| *head);
    for alike in symbols.chunk_by_mut(|a, b| a.0 == b.0) {
        if alike.len() > 1 {
            by_text(strings, alike, start + size_of::<u64>());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_ordered_by_all_of_their_bytes() {
        let mut strings = Interner::default();
        let long = "x".repeat(70);
        let mut texts: Vec<Vec<u8>> =
            vec![b"".into(), b"ab".into(), b"ab\0".into(), b"ab\0\0".into()];
        for number in 0..3000_u32 {
            let number = number.wrapping_mul(2_654_435_761);
            texts.push(format!("bounces+{}@example.org", number % 5000).into());
            texts.push(format!("{long}{}", number % 50).into());
            texts.push(number.to_le_bytes().into());
        }
        let mut symbols: Vec<(u64, Symbol)> =
            texts.iter().map(|text| (7, strings.intern(text))).collect();
        symbols.sort_unstable_by_key(|own| own.1.0);
        symbols.dedup();
        by_text(&strings, &mut symbols, 0);
        let found: Vec<&[u8]> = symbols.iter().map(|own| strings.get(own.1)).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(found, texts);
    }
}
