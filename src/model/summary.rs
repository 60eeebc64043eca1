//! Sums up the events of a message: counts and status.

mod fates;

use crate::parse::{Flag, Kind};

use super::attempts::Attempts;
use super::marks::Mark;
use super::prefetch::{BATCH, prefetch};
use super::{Event, Message, Model, Status, Strings, shares};
use fates::{Fate, Fates};

/// Number of events of each message that are prefetched: most messages have fewer.
const MAX_PREFETCHED: usize = 64;
/// Number of messages whose events are prefetched together: a message has several.
const MESSAGE_BATCH: usize = BATCH / 4;

/// Scope of the rejections before a message was taken in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rejected {
    Nothing,
    Recipient,
    Whole,
}

/// Sums up one message after another. Holds the buffers: allocating them for each message costs time.
#[derive(Default)]
pub(super) struct Tallier {
    attempts: Attempts,
    fates: Fates,
}

#[derive(Clone, Copy)]
pub(super) struct Tally {
    pub attempts: u16,
    pub waits: u16,
    pub recipients: u16,
    pub status: Status,
    /// TLS with a next host failed: what that means is known when the whole message is.
    pub tls_failed: bool,
}

impl Tallier {
    /// Sums up a message from its events, in log order.
    pub(super) fn tally(
        &mut self,
        strings: &Strings,
        message: &Message,
        events: impl Iterator<Item = Event>,
    ) -> Tally {
        let Self { attempts, fates } = self;
        attempts.clear();
        fates.clear();
        let (mut removed, mut held, mut tls_failed) = (false, false, false);
        let mut arrived = false;
        let mut rejected = Rejected::Nothing;
        for event in events {
            attempts.take(strings, &event);
            match event.kind {
                Kind::Removed => {
                    removed = true;
                    fates.drop_deferred(&event);
                }
                Kind::Rejection if event.address.is_none() => rejected = Rejected::Whole,
                Kind::Rejection => rejected = rejected.max(Rejected::Recipient),
                Kind::Arrival => arrived = true,
                Kind::Frozen => held = true,
                Kind::TlsFailed => tls_failed = true,
                kind => {
                    // A delivery that an administrator cancels fails, with a bounce to the sender: no removal.
                    removed &= kind != Kind::Failure;
                    if let Some(fate) = fate(kind, event.flag()) {
                        fates.take(strings, &event, fate);
                    }
                }
            }
        }
        // An arrival alone does not prove that the message was taken in. Postfix logs the client before, and the size
        // after it took the message in. Sendmail logs both before a milter may still reject the message.
        let has_size = message.size > 0 && rejected < Rejected::Whole;
        let taken_in = message.has_arrival() && (held || message.is_completed() || has_size);
        if taken_in {
            rejected = Rejected::Nothing;
        }
        Tally {
            attempts: attempts.count,
            waits: attempts.waits,
            recipients: u16::try_from(fates.recipients()).unwrap_or(u16::MAX),
            status: status(message, fates, removed, (arrived, rejected)),
            tls_failed,
        }
    }
}

impl Model {
    /// Sums up the messages that begin in the current chunk; others of the chunk wait for [`Model::settle`].
    pub(super) fn summarise_new(&mut self, numbers: &[u32], events_before: u32) {
        let mut tallier = std::mem::take(&mut self.tallier);
        let mut numbers = numbers.to_vec();
        // Several messages of a part may be one in the model.
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            match self.messages.get(number) {
                Some(message) if message.first < events_before => self.mark_stale(number),
                _ => self.summarise_with(&mut tallier, number),
            }
        }
        self.tallier = tallier;
    }

    /// Notes that counts and status of a message do not include its latest events.
    pub(super) fn mark_stale(&mut self, number: u32) {
        if let Some(message) = self.messages.get_mut(number)
            && !message.has(Mark::Stale)
        {
            message.mark(Mark::Stale, true);
            self.stale.push(number);
        }
    }

    /// Sums up the messages whose counts and status are out of date.
    pub fn settle(&mut self) {
        let stale = std::mem::take(&mut self.stale);
        let threads = shares::threads(stale.len(), shares::MESSAGES);
        let parts = stale.chunks(stale.len().div_ceil(threads).max(1));
        let tallies = shares::share(parts.collect(), |numbers| self.tallies(numbers));
        for (number, tally) in tallies.into_iter().flatten() {
            self.set_tally(number, tally);
        }
        self.generation += 1;
    }

    fn tallies(&self, numbers: &[u32]) -> Vec<(u32, Tally)> {
        let mut tallier = Tallier::default();
        let mut all = Vec::with_capacity(numbers.len());
        for batch in numbers.chunks(MESSAGE_BATCH) {
            self.prefetch_events(batch);
            all.extend(batch.iter().filter_map(|&number| {
                let message = self.messages.get(number)?;
                let events = self.events_of(message);
                Some((number, tallier.tally(&self.strings, message, events)))
            }));
        }
        all
    }

    /// Prefetches the events of some messages: the first event of each, then the second of each, and so on.
    fn prefetch_events(&self, numbers: &[u32]) {
        let messages = numbers.iter().map(|number| self.messages.get(*number));
        let mut at: Vec<u32> = messages
            .map(|message| message.map_or(Event::LAST, |message| message.first))
            .collect();
        for _ in 0..MAX_PREFETCHED {
            prefetch(at.iter().map(|at| self.events.prefetch_bits(*at)));
            at.retain_mut(|at| {
                *at = self.events.next(*at);
                *at != Event::LAST
            });
        }
    }

    pub(super) fn summarise(&mut self, number: u32) {
        // Moved out of the model, which is borrowed for the events.
        let mut tallier = std::mem::take(&mut self.tallier);
        self.summarise_with(&mut tallier, number);
        self.tallier = tallier;
    }

    fn summarise_with(&mut self, tallier: &mut Tallier, number: u32) {
        let Some(message) = self.messages.get(number).copied() else {
            return;
        };
        let tally = tallier.tally(&self.strings, &message, self.events_of(&message));
        self.set_tally(number, tally);
    }

    fn set_tally(&mut self, number: u32, tally: Tally) {
        if let Some(message) = self.messages.get_mut(number) {
            message.set_tally(tally);
        }
        if tally.tls_failed {
            self.judge_failures(number);
        }
    }

    /// Events of a message, in log order.
    pub fn events_of(&self, message: &Message) -> impl Iterator<Item = Event> {
        let mut at = message.first;
        std::iter::from_fn(move || {
            let event = self.events.get(at)?;
            at = event.next;
            Some(event)
        })
    }

    /// Numbers of a message's events, in log order.
    pub fn event_numbers_of(&self, message: &Message) -> impl Iterator<Item = u32> {
        let mut at = message.first;
        std::iter::from_fn(move || {
            let number = (at < self.events.len()).then_some(at)?;
            at = self.events.next(number);
            Some(number)
        })
    }
}

const fn fate(kind: Kind, flag: Option<Flag>) -> Option<Fate> {
    match kind {
        // With option `-N`, Exim logs deliveries without sending anything.
        Kind::Delivery if matches!(flag, Some(Flag::Suppressed)) => Some(Fate::Discarded),
        Kind::Delivery => Some(Fate::Delivered),
        Kind::Deferral | Kind::RetryWait => Some(Fate::Deferred),
        Kind::Failure => Some(Fate::Failed),
        Kind::Discarded => Some(Fate::Discarded),
        _ => None,
    }
}

fn status(
    message: &Message,
    fates: &Fates,
    removed: bool,
    (arrived, rejected): (bool, Rejected),
) -> Status {
    let [delivered, deferred, failed, discarded] = fates.counts();
    if delivered > 0 {
        // Addresses that are still deferred in a completed message were delivered under another address.
        let waiting = deferred > 0 && !message.is_completed();
        return if failed > 0 || waiting || removed || discarded > 0 && fates.drops_recipients() {
            Status::Partial
        } else {
            Status::Delivered
        };
    }
    // Exim logs the completion of a message that an administrator removed, Postfix does not.
    if deferred > 0 && !message.is_completed() && !removed {
        return Status::Deferred;
    }
    if removed || discarded > 0 && failed == 0 {
        return Status::Discarded;
    }
    // Sendmail logs a failure for each recipient of a message that it rejected as a whole: these do not count.
    if failed > 0 && rejected < Rejected::Whole {
        return Status::Failed;
    }
    if rejected > Rejected::Nothing {
        return Status::Rejected;
    }
    // What was begun and not handed in has an arrival that became a note.
    if arrived && !message.is_completed() {
        Status::Queued
    } else {
        Status::Unknown
    }
}

#[cfg(test)]
mod tests;
