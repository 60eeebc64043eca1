//! Messages: queue entries of one host.

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
    /// Log host (label or syslog host) in [`super::Strings::words`]; none for logs that name no host.
    pub host: Symbol,
    /// Number of the first event.
    pub first: u32,
    /// Number of the last event.
    pub last: u32,
    /// Count of events.
    pub events: u32,
    /// Number of the arrival event; [`Event::LAST`] when the logs do not show it.
    pub arrival: u32,
    /// Envelope sender; `<>` is the null sender.
    pub sender: Symbol,
    /// Message-ID without angle brackets.
    pub message_id: Symbol,
    /// Size in bytes; 0 when unknown. [`Message::LARGE`] for all sizes that do not fit: see
    /// [`super::Lines::size_of`].
    pub size: u32,
    /// Number of outbound connection attempts.
    pub attempts: u16,
    /// Number of retries that made no connection.
    pub waits: u16,
    /// Number of distinct envelope recipients.
    pub recipients: u16,
    /// Protocol word of the arrival, see [`super::Protocols`]; 0 when unknown.
    pub protocol: ProtocolId,
    pub(super) marks: Marks,
}

impl Message {
    /// [`Message::size`] of messages of 4 GiB and more.
    pub const LARGE: u32 = u32::MAX;

    /// A size in bytes as [`Message::size`] holds it.
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

    /// A message of a part; `begins` says whether its first line begins another message in the model.
    pub(super) fn in_part(key: QueueKey, host: Symbol, begins: Begin) -> Self {
        let mut new = Self {
            marks: Marks::new(begins),
            ..Self::new(key, host)
        };
        new.marks.set(Mark::Stale, true);
        new
    }

    /// Hash of host and queue ID for [`Slots`].
    pub(super) fn hash(host: Symbol, key: QueueKey) -> u32 {
        Slots::bits(HASHER.hash_one((host, key)))
    }

    /// True when the message has this host and queue ID.
    pub(super) fn is(&self, host: Symbol, key: QueueKey) -> bool {
        self.key == key && self.host == host
    }

    pub(super) const fn tally(&self) -> Tally {
        Tally {
            attempts: self.attempts,
            waits: self.waits,
            recipients: self.recipients,
            status: self.status(),
            tls_failed: false,
        }
    }

    /// Sets counts and status, which are up to date from now on.
    pub(super) const fn set_tally(&mut self, tally: Tally) {
        self.attempts = tally.attempts;
        self.waits = tally.waits;
        self.recipients = tally.recipients;
        self.marks.set_status(tally.status);
        self.marks.set(Mark::Stale, false);
    }

    pub(super) const fn has(&self, mark: Mark) -> bool {
        self.marks.has(mark)
    }

    /// Sets a mark if `holds`; never clears one.
    pub(super) const fn mark(&mut self, mark: Mark, holds: bool) {
        if holds {
            self.marks.set(mark, true);
        }
    }

    /// Whether the first line of this message begins another one under a queue ID that is known.
    pub(super) const fn begins(&self) -> Begin {
        self.marks.begins()
    }

    /// Delivery status.
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

    /// True when a line with this queue ID begins another message.
    pub(super) const fn ends_before(&self, begins: Begin) -> bool {
        match begins {
            Begin::No => false,
            Begin::IfCompleted => self.is_completed(),
            Begin::IfArrived => self.has_arrival() || self.is_completed(),
        }
    }
}

/// Condition under which a line begins another message under a known queue ID, because the ID is used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    No,
    /// If the known message is completed: such a line comes early in every message.
    IfCompleted,
    /// If the known message has an arrival or is completed: such a line is an arrival.
    IfArrived,
}

impl Begin {
    pub(super) fn of(fact: &Fact<'_>) -> Self {
        match fact.kind {
            // OpenSMTPD up to 6.x logs an arrival for each recipient.
            Kind::Arrival if fact.mta == Mta::OpenSmtpd => Self::IfCompleted,
            Kind::Arrival => Self::IfArrived,
            // Postfix's cleanup logs the Message-ID of every message. For Postfix's own messages, such as bounces, it
            // is the first line: they have no arrival.
            Kind::Note if fact.mta == Mta::Postfix && !fact.message_id.is_empty() => {
                Self::IfCompleted
            }
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
            let sender = model.messages.get(0).map(|message| message.sender).unwrap();
            assert_eq!(model.strings.addresses.get(sender), b"root@mx1.example");
        }
    }

    #[test]
    fn a_message_is_small() {
        assert_eq!(size_of::<Message>(), 56);
    }
}
