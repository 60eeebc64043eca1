//! Bounces and other notices, and messages that were put into the queue again.

use super::super::{Link, Message, Model, QueueKey, Tie};
use super::window::fits;
use crate::parse::Kind;

/// The relation of a message to a notice about it, or of a notice to its original, on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Number of the other message.
    pub other: u32,
    /// True when the message is a notice about `other`; false when `other` is a notice about it.
    pub is_notice: bool,
    /// True when a recipient of the original had failed; false for a notice of delay or another one.
    pub bounce: bool,
}

impl Model {
    /// The originals of which a message is a notice, and the notices about it, as far as the log states them.
    pub fn notices_of(&self, number: u32) -> Vec<Notice> {
        let mut found = Vec::new();
        let Some(message) = self.messages.get(number) else {
            return found;
        };
        for link in &self.links {
            let Some((notice, original)) = self.ends(link, number, message) else {
                continue;
            };
            let is_notice = notice == number;
            let notice = Notice {
                other: if is_notice { original } else { notice },
                is_notice,
                bounce: self.had_failed(original, self.came_in(notice)),
            };
            if !found.contains(&notice) {
                found.push(notice);
            }
        }
        found
    }

    /// Notice and original of a link, if the message is one of the two.
    fn ends(&self, link: &Link, number: u32, message: &Message) -> Option<(u32, u32)> {
        let is_writer = link.message == number;
        if !is_writer && link.other != message.key {
            return None;
        }
        let writer = self.messages.get(link.message)?;
        if !is_writer && writer.host != message.host {
            return None;
        }
        let other = match link.tie {
            Tie::BounceOf => self.original(writer, link),
            Tie::Notified => self.notice(writer, link),
            Tie::WasBefore => None,
        }?;
        let (notice, original) = match link.tie {
            Tie::Notified => (other, link.message),
            Tie::BounceOf | Tie::WasBefore => (link.message, other),
        };
        (is_writer || other == number).then_some((notice, original))
    }

    /// Old and new number of each message that was put into the queue again under a new queue ID.
    pub(super) fn requeued(&self) -> impl Iterator<Item = (u32, u32)> {
        let links = self.links.iter().filter(|link| link.tie == Tie::WasBefore);
        links.filter_map(|link| {
            let writer = self.messages.get(link.message)?;
            Some((self.original(writer, link)?, link.message))
        })
    }

    /// The message that a link of kind [`Tie::BounceOf`] or [`Tie::WasBefore`] names: the latest one with that queue
    /// ID that began before the writer came in.
    fn original(&self, writer: &Message, link: &Link) -> Option<u32> {
        let arrival = self.came_in(link.message);
        let known = self.with_key_on_host_of(writer, link.other);
        let before = known.into_iter().filter(|other| {
            let message = self.messages.get(*other);
            let began = message.map(|message| self.span_of(message).0);
            *other != link.message && began.is_some_and(|began| began <= arrival)
        });
        before.max_by_key(|other| self.came_in(*other))
    }

    /// The notification that a link of kind [`Tie::Notified`] names: the one that came in nearest to the writer's end.
    fn notice(&self, writer: &Message, link: &Link) -> Option<u32> {
        let (first, last) = self.span_of(writer);
        let known = self.with_key_on_host_of(writer, link.other);
        let near = known.into_iter().filter(|other| {
            let came_in = self.came_in(*other);
            *other != link.message && came_in >= first && (came_in <= last || fits(came_in, last))
        });
        near.min_by_key(|other| (self.came_in(*other) - last).abs())
    }

    /// Messages with a queue ID on the host of `writer`.
    fn with_key_on_host_of(&self, writer: &Message, key: QueueKey) -> Vec<u32> {
        if !self.holds(writer.host, key) {
            return Vec::new();
        }
        let all = (0_u32..).zip(self.messages.iter());
        all.filter(|(_, message)| message.is(writer.host, key))
            .map(|(number, _)| number)
            .collect()
    }

    /// Whether a recipient had failed by a time in milliseconds, or within a minute after it.
    fn had_failed(&self, number: u32, by: i64) -> bool {
        let message = self.messages.get(number);
        let mut events = message
            .into_iter()
            .flat_map(|message| self.events_of(message));
        events.any(|event| event.kind == Kind::Failure && event.time() <= by + 60_000)
    }
}
