//! All messages in an order, of which a list is a part.

use std::cmp::Ordering;

use crate::model::{Interner, Message, Symbol, first_bytes};

use super::radix::ordered;
use super::{Bits, Scene, Sort, SortKey};

impl Scene<'_> {
    /// Messages in order. Equal ones keep their load order, and the other way round they are the other way round
    /// too. `None` when cancelled.
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
                // Of one grade, in the order of time. A time has room below it.
                SortKey::Grade => self.by_times(|row, (_, last)| {
                    let grade = self.grades.message(row).grade;
                    (grade as u64) << TIME | last
                }),
                SortKey::Id => Some(self.by_queue_id()),
                SortKey::From => Some(self.by_sender_name()),
                SortKey::Status => {
                    let mut facts = self.index.facts.borrow_mut();
                    facts.catch_up(model);
                    Some(ordered(facts.statuses().collect()))
                }
                SortKey::Attempts => number(|m| m.attempts.into()),
                SortKey::Waits => number(|m| m.waits.into()),
                SortKey::Size => number(|m| m.size),
            }
        })
    }

    /// By a number for each row and the times of its first and its last event: in milliseconds or, where all are
    /// whole, in seconds, and below `1 << TIME`.
    fn by_times(&self, key: impl Fn(u32, (u64, u64)) -> u64) -> Option<Vec<u32>> {
        let mut columns = self.index.columns.borrow_mut();
        columns.catch_up(self.model, self.breaks)?;
        let rows = 0..self.model.messages.len();
        let keys = rows.zip(columns.whole_times());
        Some(ordered(keys.map(|(row, times)| key(row, times)).collect()))
    }

    /// By the names of the senders: those are put in order first, each once.
    fn by_sender_name(&self) -> Vec<u32> {
        let addresses = &self.model.strings.addresses;
        let mut facts = self.index.facts.borrow_mut();
        facts.catch_up(self.model);
        let mut used = Bits::empty(addresses.len());
        facts.senders().for_each(|sender| used.set(sender));
        let mut names: Vec<(u64, Symbol)> = used.ones().map(|own| (0, Symbol(own))).collect();
        by_text(addresses, &mut names, 0);
        let mut ranks = vec![0_u32; addresses.len() as usize];
        for (rank, (_, symbol)) in (0_u32..).zip(&names) {
            if let Some(place) = ranks.get_mut(symbol.0 as usize) {
                *place = rank;
            }
        }
        let rank = |sender: u32| ranks.get(sender as usize).copied().unwrap_or(0);
        ordered(facts.senders().map(|sender| rank(sender).into()).collect())
    }

    /// By the queue IDs as they are written.
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
const TIME: u32 = 56;

/// Puts strings in order: by eight bytes of each, those which share them by the next eight, and so on. `start` is
/// where in the strings the bytes begin; all are alike before.
fn by_text(strings: &Interner, symbols: &mut [(u64, Symbol)], start: usize) {
    // So few, and whatever is alike for so long, are compared.
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
