//! Messages: one queue entry of one host.

use std::hash::BuildHasher;

use crate::parse::{Fact, Kind, Mta};

use super::intern::HASHER;
use super::marks::{Mark, Marks};
use super::slots::Slots;
use super::summary::Tally;
use super::{Event, ProtocolId, QueueKey, Status, Symbol};

/// One queue entry: a queue ID on one host within one stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Queue ID.
    pub key: QueueKey,
    /// Log host (label or syslog host), among the words; none for logs that name no host.
    pub host: Symbol,
    /// First event.
    pub first: u32,
    /// Last event.
    pub last: u32,
    /// Number of events.
    pub events: u32,
    /// The arrival event; [`Event::LAST`] when the logs do not show it.
    pub arrival: u32,
    /// Envelope sender; `<>` is the null sender.
    pub sender: Symbol,
    /// Message-ID without angle brackets.
    pub message_id: Symbol,
    /// Size in bytes; 0 when not known, [`Message::LARGE`] for that or more: [`super::Lines::size_of`] tells all.
    pub size: u32,
    /// Real outbound connection attempts.
    pub attempts: u16,
    /// Retries that made no connection.
    pub waits: u16,
    /// Distinct envelope recipients seen.
    pub recipients: u16,
    /// Protocol word of the arrival, see [`super::Protocols`]; 0 when not known.
    pub protocol: ProtocolId,
    pub(super) marks: Marks,
}

impl Message {
    /// A size that does not fit, in bytes.
    pub const LARGE: u32 = u32::MAX;

    /// A size as a message holds it; [`Self::LARGE`] where it does not fit.
    pub(super) fn short_size(bytes: u64) -> u32 {
        u32::try_from(bytes).unwrap_or(Self::LARGE)
    }

    pub(super) fn new(key: QueueKey, host: Symbol) -> Self {
        Self {
            key,
            host,
            first: Event::LAST,
            last: Event::LAST,
            events: 0,
            arrival: Event::LAST,
            sender: Symbol::NONE,
            message_id: Symbol::NONE,
            size: 0,
            attempts: 0,
            waits: 0,
            recipients: 0,
            protocol: 0,
            marks: Marks::new(Begin::No),
        }
    }

    /// A message of a part, whose first line may begin a message under a queue ID that was in use before.
    pub(super) fn begun(key: QueueKey, host: Symbol, begins: Begin) -> Self {
        let mut new = Self {
            marks: Marks::new(begins),
            ..Self::new(key, host)
        };
        new.marks.set(Mark::Stale, true);
        new
    }

    /// By what it is found: those of one queue ID on one host have the same.
    pub(super) fn hash(host: Symbol, key: QueueKey) -> u32 {
        Slots::bits(HASHER.hash_one((host, key)))
    }

    /// True when that is its queue ID, and its host.
    pub(super) fn is(&self, host: Symbol, key: QueueKey) -> bool {
        self.key == key && self.host == host
    }

    pub(super) const fn tally(&self) -> Tally {
        Tally {
            attempts: self.attempts,
            waits: self.waits,
            recipients: self.recipients,
            status: self.status(),
        }
    }

    /// Takes what its events add up to.
    pub(super) const fn count(&mut self, tally: Tally) {
        self.attempts = tally.attempts;
        self.waits = tally.waits;
        self.recipients = tally.recipients;
        self.marks.set_status(tally.status);
        self.marks.set(Mark::Stale, false);
    }

    pub(super) const fn has(&self, mark: Mark) -> bool {
        self.marks.has(mark)
    }

    /// Sets a mark if that holds; what held before stays.
    pub(super) const fn mark(&mut self, mark: Mark, holds: bool) {
        if holds {
            self.marks.set(mark, true);
        }
    }

    /// Whether its first line may begin a message under a queue ID that was in use before.
    pub(super) const fn begins(&self) -> Begin {
        self.marks.begins()
    }

    /// What became of it.
    pub const fn status(&self) -> Status {
        self.marks.status()
    }

    /// True when the logs show how the message came in.
    pub const fn has_arrival(&self) -> bool {
        self.arrival != Event::LAST
    }

    /// True when the logs say that the queue entry is finished.
    pub const fn is_completed(&self) -> bool {
        self.has(Mark::Completed)
    }

    /// True when a line that may begin a message under the same queue ID does begin another one.
    pub(super) const fn ends_before(&self, begins: Begin) -> bool {
        match begins {
            Begin::No => false,
            Begin::IfOver => self.is_completed(),
            Begin::IfTaken => self.has_arrival() || self.is_completed(),
        }
    }
}

/// When a line begins another message under a queue ID that is known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// Never.
    No,
    /// When the one before is finished: the line stands early in the life of every message.
    IfOver,
    /// When the one before was taken in or is finished: the line takes a message in.
    IfTaken,
}

impl Begin {
    pub(super) fn of(fact: &Fact<'_>) -> Self {
        match fact.kind {
            // Up to 6.x it writes a line for each recipient that it takes in.
            Kind::Arrival if fact.mta == Mta::OpenSmtpd => Self::IfOver,
            Kind::Arrival => Self::IfTaken,
            // Postfix's cleanup names the Message-ID of every message, also of those that it makes itself,
            // which no other line takes in.
            Kind::Note if fact.mta == Mta::Postfix && !fact.message_id.is_empty() => Self::IfOver,
            _ => Self::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;
    use crate::parse::Outcome;

    #[test]
    fn the_sender_is_that_of_the_envelope() {
        let of = |kind, sender, size| {
            Outcome::Fact(Fact {
                mta: Mta::Postfix,
                host: b"mx1",
                queue_id: b"C27A5D8",
                kind,
                sender,
                size,
                ..Fact::default()
            })
        };
        let pickup = of(Kind::Arrival, b"root".as_slice(), None);
        let manager = of(Kind::Note, b"root@mx1.example", Some(50));
        let expired = of(Kind::Failure, b"root", None);
        let lines = [pickup, manager, expired];
        let (first, rest) = lines.split_at(1);
        let (taken, last) = lines.split_at(2);
        for files in [
            vec![("mail.log", lines.as_slice())],
            vec![("mail.log.1", first), ("mail.log", rest)],
            vec![("mail.log.1", taken), ("mail.log", last)],
        ] {
            let model = sample::model(&files);
            assert_eq!(model.messages.len(), 1);
            let sender = model.messages.get(0).map(|own| own.sender).unwrap();
            assert_eq!(model.strings.addresses.get(sender), b"root@mx1.example");
        }
    }

    #[test]
    fn a_message_is_small() {
        assert_eq!(size_of::<Message>(), 56);
    }
}
