//! Compact storage of all events of a model. The latest are plain structs, all others bit-packed in `sealed`.
#![expect(
    clippy::inline_always,
    reason = "inlined, a loop unpacks only the fields that it reads and copies no event"
)]

mod sealed;

use hashbrown::HashMap;

use super::line_runs::LineRuns;
use super::prefetch::prefetch;
use super::{Chunked, Event};

use sealed::{BLOCK, Opened, Sealed};

/// Events by number, in load order.
///
/// The latest are stored unpacked, because most changes to an event come soon after it. All others are packed, and
/// unpacked at each access.
#[derive(Clone, Debug, Default)]
pub struct Events {
    sealed: Sealed,
    /// Unpacked events, which follow the packed ones.
    open: Vec<Event>,
    /// Distance from each event to the next one of its message; 0 for none, [`FAR`] where it is in `far`.
    next: Chunked<u16>,
    /// Number of the next event of the same message, by event number, where the distance does not fit.
    far: HashMap<u32, u32>,
    lines: LineRuns,
}

/// Stands in `next` for a distance of 65,535 or more, or a negative one.
const FAR: u16 = u16::MAX;

const MAX_OPEN: usize = 1 << 13;

impl Events {
    /// Number of events.
    pub const fn len(&self) -> u32 {
        self.next.len()
    }

    /// True without events.
    pub const fn is_empty(&self) -> bool {
        self.next.is_empty()
    }

    /// The event with a number.
    #[inline]
    pub fn get(&self, number: u32) -> Option<Event> {
        let next = self.next(number);
        match number.checked_sub(self.sealed.len()) {
            None => self.sealed.get(number, next),
            Some(index) => {
                let event = *self.open.get(index as usize)?;
                Some(Event {
                    number,
                    next,
                    ..event
                })
            }
        }
    }

    /// The events with these numbers, in this order. Prefetches all of them: best for some hundred scattered numbers.
    pub fn some<'a>(&'a self, numbers: &'a [u32]) -> impl Iterator<Item = Event> {
        prefetch(numbers.iter().map(|number| self.prefetch_bits(*number)));
        self.each(numbers)
    }

    /// The events with these numbers, in this order. Best for numbers near each other.
    pub fn each<'a>(&'a self, numbers: &'a [u32]) -> impl Iterator<Item = Event> {
        Each {
            events: self,
            numbers: numbers.iter(),
            block: None,
        }
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = Event> {
        self.range(0, self.len())
    }

    /// The events with the numbers `from..to`.
    pub fn range(&self, from: u32, to: u32) -> impl Iterator<Item = Event> {
        Range {
            events: self,
            at: from,
            to: to.min(self.len()),
            block: self.sealed.block(from / BLOCK),
        }
    }

    /// The line of an event in its file, from 1.
    pub fn line(&self, event: &Event) -> u32 {
        self.lines.line(event.number)
    }

    /// Number of the next event of the same message; [`Event::LAST`] for the last one.
    #[inline]
    pub(super) fn next(&self, number: u32) -> u32 {
        match self.next.get(number) {
            None | Some(0) => Event::LAST,
            Some(&FAR) => self.far.get(&number).copied().unwrap_or(Event::LAST),
            Some(&near) => number.wrapping_add(near.into()),
        }
    }

    /// Some bits of an event, for [`prefetch`].
    pub(super) fn prefetch_bits(&self, number: u32) -> u32 {
        self.sealed.prefetch_bits(number) ^ u32::from(self.next.get(number).copied().unwrap_or(0))
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.sealed.heap_bytes()
            + self.open.capacity() * size_of::<Event>()
            + self.next.heap_bytes()
            + self.far.allocation_size()
            + self.lines.heap_bytes()
    }

    /// Appends an event with the line of its file; gives its number.
    pub(super) fn push(&mut self, event: Event, line: u32) -> u32 {
        let number = self.len();
        self.lines.push(number, line);
        self.extend(&[event], |event| *event);
        number
    }

    /// Appends the events of a part. `event` turns each into one of the model; `first` is the line of the file at
    /// which the part begins.
    pub(super) fn append(
        &mut self,
        part: &[Event],
        (lines, first): (&LineRuns, u32),
        event: impl FnMut(&Event) -> Event,
    ) {
        self.lines.append(lines, self.len(), first);
        self.extend(part, event);
    }

    fn extend(&mut self, from: &[Event], mut event: impl FnMut(&Event) -> Event) {
        let mut rest = from;
        while !rest.is_empty() {
            let before = self.open.len();
            let (some, others) = rest.split_at(rest.len().min(MAX_OPEN - before));
            rest = others;
            self.open.extend(some.iter().map(&mut event));
            let (mut number, far) = (self.next.len(), &mut self.far);
            self.next.extend(&self.open[before..], |event| {
                number += 1;
                distance(far, number - 1, event.next)
            });
            if self.open.len() == MAX_OPEN {
                self.seal();
            }
        }
    }

    /// Packs the older half of the unpacked events.
    fn seal(&mut self) {
        let half = MAX_OPEN / 2;
        let (blocks, _) = self.open.get(..half).unwrap_or_default().as_chunks();
        for block in blocks {
            self.sealed.push(block);
        }
        self.open.drain(..half);
    }

    /// Changes an event. [`Event::number`] and [`Event::next`] are not set for `change`, and changes to them are lost.
    pub(super) fn change(&mut self, number: u32, change: impl FnOnce(&mut Event)) {
        if let Some(index) = number.checked_sub(self.sealed.len()) {
            if let Some(event) = self.open.get_mut(index as usize) {
                change(event);
            }
            return;
        }
        let (block, index) = (number / BLOCK, (number % BLOCK) as usize);
        if let Some(mut events) = self.sealed.block(block).map(|block| block.all()) {
            change(&mut events[index]);
            self.sealed.replace(block, &events);
        }
    }

    /// Changes the events from number `first` on, as [`Self::change`] does. `change` gives true for an event that it
    /// changed.
    pub(super) fn change_from(&mut self, first: u32, mut change: impl FnMut(&mut Event) -> bool) {
        let before = |begin: u32| first.saturating_sub(begin) as usize;
        for block in first / BLOCK..self.sealed.len() / BLOCK {
            if let Some(mut events) = self.sealed.block(block).map(|block| block.all()) {
                let affected = events.iter_mut().skip(before(block * BLOCK));
                let changed = affected.map(&mut change);
                if changed.fold(false, |any, changed| any | changed) {
                    self.sealed.replace(block, &events);
                }
            }
        }
        let behind = before(self.sealed.len());
        for event in self.open.iter_mut().skip(behind) {
            change(event);
        }
    }

    /// Sets the next event of the same message. Does nothing for [`Event::LAST`] as `number`.
    pub(super) fn set_next(&mut self, number: u32, next: u32) {
        if number < self.len() {
            let distance = distance(&mut self.far, number, next);
            if let Some(stored) = self.next.get_mut(number) {
                *stored = distance;
            }
        }
    }
}

/// Iterator over the events of a list of numbers.
struct Each<'a> {
    events: &'a Events,
    numbers: std::slice::Iter<'a, u32>,
    /// Index and block of the latest packed event.
    block: Option<(u32, Opened<'a>)>,
}

impl Iterator for Each<'_> {
    type Item = Event;

    #[inline(always)]
    fn next(&mut self) -> Option<Event> {
        for &number in self.numbers.by_ref() {
            let at = number / BLOCK;
            if self.block.as_ref().is_none_or(|(known, _)| *known != at) {
                let block = self.events.sealed.block(at);
                self.block = block.map(|block| (at, block));
            }
            let event = match &self.block {
                Some((_, block)) => Some(block.get(number, self.events.next(number))),
                None => self.events.get(number),
            };
            if event.is_some() {
                return event;
            }
        }
        None
    }
}

struct Range<'a> {
    events: &'a Events,
    at: u32,
    to: u32,
    /// Block of the next event, if that is packed.
    block: Option<Opened<'a>>,
}

impl Iterator for Range<'_> {
    type Item = Event;

    #[inline(always)]
    fn next(&mut self) -> Option<Event> {
        let number = self.at;
        if number >= self.to {
            return None;
        }
        self.at += 1;
        let Some(block) = &self.block else {
            return self.events.get(number);
        };
        let event = block.get(number, self.events.next(number));
        if self.at.is_multiple_of(BLOCK) {
            self.block = self.events.sealed.block(self.at / BLOCK);
        }
        Some(event)
    }
}

/// Distance from an event to the next one of its message, as `next` holds it. Notes a far one in `far`.
#[inline]
fn distance(far: &mut HashMap<u32, u32>, number: u32, next: u32) -> u16 {
    if next == Event::LAST {
        return 0;
    }
    match u16::try_from(next.wrapping_sub(number)) {
        Ok(distance) if distance != 0 && distance != FAR => distance,
        _ => {
            far.insert(number, next);
            FAR
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Symbol;
    use crate::parse::Kind;

    /// Number of events: enough that some are packed.
    const MANY: u32 = MAX_OPEN as u32 + 100;

    /// Events that are near each other, and some that are not, in time and by number.
    fn strange() -> Vec<(Event, u32)> {
        let seconds = [0, 40_000, 40_001, 7_000, u32::MAX, 7_001, u32::MAX - 3, 9];
        let next = [
            Event::LAST,
            3,
            0,
            70_000,
            65_540,
            Event::LAST,
            5,
            u32::MAX - 1,
        ];
        (0..MANY)
            .map(|n| {
                let event = Event {
                    seconds: seconds[n as usize % 8],
                    next: next[n as usize * 3 / 8 % 8],
                    message: n / 3,
                    address: Symbol(n * 2),
                    peer: Symbol(n * 5),
                    remark: n * 7,
                    origin: 11,
                    session: 12,
                    clock: 13,
                    kind: Kind::Deferral,
                    bits: 14,
                    ..Event::default()
                };
                (event, n.wrapping_mul(n) % 17)
            })
            .collect()
    }

    fn same(events: &Events, number: u32, wanted: Event) {
        let numbered = Event { number, ..wanted };
        assert_eq!(
            format!("{:?}", events.get(number)),
            format!("{:?}", Some(numbered))
        );
    }

    #[test]
    fn events_come_back_as_they_were() {
        let mut events = Events::default();
        for (number, (event, line)) in (0..).zip(strange()) {
            assert_eq!(events.push(event, line), number);
        }
        let (all, lines): (Vec<Event>, Vec<u32>) = strange().into_iter().unzip();
        let mut runs = LineRuns::default();
        for (number, line) in (0..).zip(&lines) {
            runs.push(number, *line);
        }
        events.append(&all, (&runs, 1000), |event| *event);
        assert_eq!(events.len(), 2 * MANY);
        assert!(events.sealed.len() > MANY);
        for (nth, (event, line)) in (0..).zip(strange()) {
            same(&events, nth, event);
            same(&events, MANY + nth, event);
            let [one, other] = [nth, MANY + nth].map(|number| events.get(number).unwrap());
            assert_eq!(
                (events.line(&one), events.line(&other)),
                (line, 1000 + line)
            );
        }
        assert!(events.get(2 * MANY).is_none());
        let sealed = events.sealed.len();
        for (from, to) in [
            (0, 2 * MANY),
            (7, 9),
            (5, 5),
            (63, 129),
            (sealed - 70, sealed + 70),
            (sealed + 1, sealed + 3),
            (2 * MANY - 1, u32::MAX),
        ] {
            let numbers = events.range(from, to).map(|event| event.number);
            assert!(numbers.eq(from..to.min(2 * MANY)), "{from} {to}");
        }
        for (event, number) in events.iter().zip(0..) {
            same(&events, number, event);
        }
        let far = [7, 8, MANY, 2 * MANY - 1, 9, sealed, sealed - 1, 70, 6];
        assert!(events.each(&far).map(|event| event.number).eq(far));
        let unknown = [3, u32::MAX, 2 * MANY, 4];
        assert!(events.each(&unknown).map(|event| event.number).eq([3, 4]));
        for event in events.some(&far).chain(events.each(&far)) {
            same(&events, event.number, event);
        }
    }

    #[test]
    fn what_is_changed_stays_changed_and_nothing_else() {
        let mut events = Events::default();
        for (event, line) in strange() {
            events.push(event, line);
        }
        let mut wanted: Vec<Event> = strange().into_iter().map(|(event, _)| event).collect();
        for (number, next) in [(0, 1), (1, 90_000), (1, 2), (2, Event::LAST), (40, 3)] {
            events.set_next(number, next);
            wanted[number as usize].next = next;
        }
        for number in [0, 4, 64, 99, MANY - 1] {
            events.change(number, |event| event.message = 7);
            wanted[number as usize].message = 7;
        }
        for (number, event) in (0..).zip(&wanted) {
            same(&events, number, *event);
        }
        let sealed = events.sealed.len();
        for first in [0, 1, BLOCK, sealed - 70, sealed, MANY - 3, MANY, 2 * MANY] {
            events.change_from(first, |event| {
                event.seconds /= 2;
                event.seconds > 0
            });
            for event in wanted.iter_mut().skip(first as usize) {
                event.seconds /= 2;
            }
            for (number, event) in (0..).zip(&wanted) {
                same(&events, number, *event);
            }
        }
    }
}
