//! Bounces and other notices: what a message is a notice of, and which notices it caused.

use super::super::{Link, Message, Model, QueueKey, Tie};
use super::window::fits;
use crate::parse::Kind;

/// A message of which another one of the same host tells, or that tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The other message.
    pub other: u32,
    /// The other one is what is told of; else it is the notice.
    pub told_of: bool,
    /// A recipient of what is told of had failed; else it tells of a delay or of something else.
    pub bounce: bool,
}

impl Model {
    /// The messages of the same host of which this one is a notice, and the notices that it caused, as far
    /// as the log states them.
    pub fn notices_of(&self, number: u32) -> Vec<Notice> {
        let mut found = Vec::new();
        let Some(message) = self.messages.get(number) else {
            return found;
        };
        for link in &self.links {
            let Some((notice, original)) = self.ends(link, number, message) else {
                continue;
            };
            let told_of = notice == number;
            let notice = Notice {
                other: if told_of { original } else { notice },
                told_of,
                bounce: self.had_failed(original, self.came_in(notice)),
            };
            if !found.contains(&notice) {
                found.push(notice);
            }
        }
        found
    }

    /// Notice and original of a link, where the message is one of the two.
    fn ends(&self, link: &Link, number: u32, message: &Message) -> Option<(u32, u32)> {
        let own = link.message == number;
        if !own && link.other != message.key {
            return None;
        }
        let writer = self.messages.get(link.message)?;
        if !own && writer.host != message.host {
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
        (own || other == number).then_some((notice, original))
    }

    /// The message that was put into the queue again under a new ID, and what it became.
    pub(super) fn requeued(&self) -> impl Iterator<Item = (u32, u32)> {
        let links = self.links.iter().filter(|link| link.tie == Tie::WasBefore);
        links.filter_map(|link| {
            let writer = self.messages.get(link.message)?;
            Some((self.original(writer, link)?, link.message))
        })
    }

    /// The message that the writer's line says it is a bounce of, or was before: the latest of that ID that was
    /// there.
    fn original(&self, writer: &Message, link: &Link) -> Option<u32> {
        let then = self.came_in(link.message);
        let known = self.entries(writer, link.other);
        let before = known.into_iter().filter(|other| {
            let began = self.messages.get(*other).map(|own| self.span_of(own).0);
            *other != link.message && began.is_some_and(|began| began <= then)
        });
        before.max_by_key(|other| self.came_in(*other))
    }

    /// The notification that the writer's line names: it was made just then.
    fn notice(&self, writer: &Message, link: &Link) -> Option<u32> {
        let (first, last) = self.span_of(writer);
        let known = self.entries(writer, link.other);
        let near = known.into_iter().filter(|other| {
            let came_in = self.came_in(*other);
            *other != link.message && came_in >= first && (came_in <= last || fits(came_in, last))
        });
        near.min_by_key(|other| (self.came_in(*other) - last).abs())
    }

    /// The messages that had a queue ID on the host of another message.
    fn entries(&self, of: &Message, key: QueueKey) -> Vec<u32> {
        if !self.holds(of.host, key) {
            return Vec::new();
        }
        let all = (0_u32..).zip(self.messages.iter());
        all.filter(|(_, own)| own.key == key && own.host == of.host)
            .map(|(number, _)| number)
            .collect()
    }

    /// Whether a recipient had failed by then, or about then: the lines of one host come close together.
    fn had_failed(&self, number: u32, by: i64) -> bool {
        let message = self.messages.get(number);
        let mut events = message.into_iter().flat_map(|own| self.events_of(own));
        events.any(|event| event.kind == Kind::Failure && event.time() <= by + 60_000)
    }
}
