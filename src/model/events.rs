//! All events of a model, packed: a log has millions of them.

use hashbrown::HashMap;

use crate::parse::Kind;

use super::line_runs::LineRuns;
use super::{Chunked, Event, RemarkId, SessionId, Symbol};

/// Events by number, in load order.
///
/// An event is near the one before in time, and mostly near the next one of its message: both are kept as short
/// distances, and apart where they are not short.
#[derive(Clone, Debug, Default)]
pub struct Events {
    all: Chunked<Packed>,
    /// The time of the first event of each block, in seconds since 1970-01-01 UTC.
    bases: Chunked<u32>,
    /// Times that are not near that of their block.
    far_seconds: HashMap<u32, u32>,
    /// The next ones that are not near.
    far_next: HashMap<u32, u32>,
    lines: LineRuns,
}

/// An [`Event`] as it is kept.
#[derive(Clone, Copy, Debug)]
struct Packed {
    message: u32,
    address: Symbol,
    peer: Symbol,
    remark: RemarkId,
    /// From the time of the block on; [`Packed::FAR_SECONDS`] for those that are kept apart.
    seconds: i16,
    /// From this event on; 0 for none, [`Packed::FAR_NEXT`] for those that are kept apart.
    next: u16,
    origin: u16,
    session: SessionId,
    clock: u16,
    kind: Kind,
    bits: u8,
}

impl Packed {
    const FAR_SECONDS: i16 = i16::MIN;
    const FAR_NEXT: u16 = u16::MAX;
}

/// Events of one block: a busy host writes them within a minute.
const BLOCK: u32 = 32;

impl Events {
    /// Number of events.
    pub const fn len(&self) -> u32 {
        self.all.len()
    }

    /// True without events.
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// An event.
    #[inline]
    pub fn get(&self, number: u32) -> Option<Event> {
        let kept = self.all.get(number)?;
        Some(Event {
            number,
            seconds: self.seconds(number, kept),
            message: kept.message,
            next: self.next(number, kept),
            address: kept.address,
            peer: kept.peer,
            remark: kept.remark,
            origin: kept.origin,
            session: kept.session,
            clock: kept.clock,
            kind: kept.kind,
            bits: kept.bits,
        })
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = Event> {
        (0..self.len()).filter_map(|number| self.get(number))
    }

    /// The line of an event in its file, from 1.
    pub fn line(&self, event: &Event) -> u32 {
        self.lines.line(event.number)
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.all.heap_bytes()
            + self.bases.heap_bytes()
            + self.far_seconds.allocation_size()
            + self.far_next.allocation_size()
            + self.lines.heap_bytes()
    }

    /// Appends an event, which stands on that line of its file, and gives its number.
    pub(super) fn push(&mut self, event: Event, line: u32) -> u32 {
        let number = self.len();
        self.lines.push(number, line);
        self.extend(&[event], |event| *event);
        number
    }

    /// Appends the events of a part, which stand on those lines of it behind the first one; `event` makes those of
    /// the model from them.
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
        let (mut number, mut base) = (self.len(), 0);
        if let Some(last) = number.checked_sub(1) {
            base = self.base(last);
        }
        let mut all = std::mem::take(&mut self.all);
        all.extend(from, |own| {
            let event = event(own);
            if number.is_multiple_of(BLOCK) {
                base = event.seconds;
                self.bases.push(base);
            }
            let packed = self.pack(number, base, &event);
            number += 1;
            packed
        });
        self.all = all;
    }

    /// Changes an event, but not when it was.
    pub(super) fn change(&mut self, number: u32, change: impl FnOnce(&mut Event)) {
        let Some(mut event) = self.get(number) else {
            return;
        };
        change(&mut event);
        let packed = self.pack(number, self.base(number), &event);
        if let Some(kept) = self.all.get_mut(number) {
            *kept = packed;
        }
    }

    /// Sets the next event of the same message, where there is one that it comes after.
    pub(super) fn set_next(&mut self, number: u32, next: u32) {
        if number < self.len() {
            let near = self.near(number, next);
            if let Some(kept) = self.all.get_mut(number) {
                kept.next = near;
            }
        }
    }

    /// Changes all events.
    pub(super) fn change_all(&mut self, mut change: impl FnMut(&mut Event)) {
        let mut old = std::mem::take(self);
        self.lines = std::mem::take(&mut old.lines);
        for mut event in old.iter() {
            change(&mut event);
            self.extend(&[event], |event| *event);
        }
    }

    fn base(&self, number: u32) -> u32 {
        self.bases.get(number / BLOCK).copied().unwrap_or(0)
    }

    #[inline]
    fn seconds(&self, number: u32, kept: &Packed) -> u32 {
        if kept.seconds == Packed::FAR_SECONDS {
            return self.far_seconds.get(&number).copied().unwrap_or(0);
        }
        self.base(number).wrapping_add_signed(kept.seconds.into())
    }

    #[inline]
    fn next(&self, number: u32, kept: &Packed) -> u32 {
        match kept.next {
            0 => Event::LAST,
            Packed::FAR_NEXT => {
                let next = self.far_next.get(&number);
                next.copied().unwrap_or(Event::LAST)
            }
            near => number.wrapping_add(near.into()),
        }
    }

    #[inline]
    fn pack(&mut self, number: u32, base: u32, event: &Event) -> Packed {
        let distance = i64::from(event.seconds) - i64::from(base);
        let seconds = match i16::try_from(distance) {
            Ok(near) if near != Packed::FAR_SECONDS => near,
            _ => {
                self.far_seconds.insert(number, event.seconds);
                Packed::FAR_SECONDS
            }
        };
        Packed {
            message: event.message,
            address: event.address,
            peer: event.peer,
            remark: event.remark,
            seconds,
            next: self.near(number, event.next),
            origin: event.origin,
            session: event.session,
            clock: event.clock,
            kind: event.kind,
            bits: event.bits,
        }
    }

    /// The distance from an event to the next one of its message, as it is kept.
    #[inline]
    fn near(&mut self, number: u32, next: u32) -> u16 {
        match u16::try_from(next.wrapping_sub(number)) {
            _ if next == Event::LAST => 0,
            Ok(near) if near != 0 && near != Packed::FAR_NEXT => near,
            _ => {
                self.far_next.insert(number, next);
                Packed::FAR_NEXT
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        (0..100_u32)
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
                (event, n * n % 17)
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
    fn an_event_is_kept_small() {
        assert_eq!(size_of::<Packed>(), 28);
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
        assert_eq!((events.len(), events.iter().count()), (200, 200));
        for (nth, (event, line)) in (0..).zip(strange()) {
            same(&events, nth, event);
            same(&events, 100 + nth, event);
            let [one, other] = [nth, 100 + nth].map(|number| events.get(number).unwrap());
            assert_eq!(
                (events.line(&one), events.line(&other)),
                (line, 1000 + line)
            );
        }
        assert!(events.get(200).is_none());
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
        for number in [0, 4, 31, 99] {
            events.change(number, |event| event.message = 7);
            wanted[number as usize].message = 7;
        }
        for (number, event) in (0..).zip(&wanted) {
            same(&events, number, *event);
        }
        events.change_all(|event| event.seconds /= 2);
        for (number, event) in (0..).zip(&wanted) {
            let seconds = event.seconds / 2;
            same(&events, number, Event { seconds, ..*event });
        }
    }
}
