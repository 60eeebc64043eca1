//! What a message's events add up to: counts and status.

use hashbrown::HashMap;

use crate::parse::Kind;

use super::{Event, Message, Model, Status, Symbol, attempts};

/// The last word on one recipient.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    Deferred,
    Failed,
    Discarded,
}

impl Model {
    /// Counts and judges one message anew, after its events changed.
    pub(super) fn summarise(&mut self, number: u32) {
        let Some(message) = self.messages.get(number).copied() else {
            return;
        };
        let numbered = attempts::number(self.events_of(&message));
        let mut fates: HashMap<Symbol, Fate> = HashMap::new();
        let (mut removed, mut rejected) = (false, false);
        for event in self.events_of(&message) {
            match event.kind {
                Kind::Removed => removed = true,
                Kind::Rejection => rejected = true,
                kind => {
                    if let Some(fate) = fate(kind) {
                        fates.insert(event.recipient(), fate);
                    }
                }
            }
        }
        let status = judge(&message, &fates, removed, rejected);
        if let Some(message) = self.messages.get_mut(number) {
            message.attempts = numbered.count;
            message.waits = numbered.waits;
            message.recipients = u16::try_from(fates.len()).unwrap_or(u16::MAX);
            message.status = status;
        }
    }

    /// The events of a message in log order.
    pub fn events_of(&self, message: &Message) -> impl Iterator<Item = &Event> {
        self.event_numbers_of(message)
            .filter_map(|at| self.events.get(at))
    }

    /// The numbers of a message's events in log order.
    pub fn event_numbers_of(&self, message: &Message) -> impl Iterator<Item = u32> {
        let mut at = message.first;
        std::iter::from_fn(move || {
            let event = self.events.get(at)?;
            Some(std::mem::replace(&mut at, event.next))
        })
    }
}

const fn fate(kind: Kind) -> Option<Fate> {
    match kind {
        Kind::Delivery => Some(Fate::Delivered),
        Kind::Deferral | Kind::RetryWait => Some(Fate::Deferred),
        Kind::Failure => Some(Fate::Failed),
        Kind::Discarded => Some(Fate::Discarded),
        _ => None,
    }
}

fn judge(
    message: &Message,
    fates: &HashMap<Symbol, Fate>,
    removed: bool,
    rejected: bool,
) -> Status {
    let count = |wanted| fates.values().filter(|fate| **fate == wanted).count();
    let (delivered, deferred) = (count(Fate::Delivered), count(Fate::Deferred));
    let (failed, discarded) = (count(Fate::Failed), count(Fate::Discarded));
    if delivered > 0 {
        // Once completed, whoever was only deferred before was delivered under another address.
        let waiting = deferred > 0 && !message.completed;
        return if failed > 0 || waiting {
            Status::Partial
        } else {
            Status::Delivered
        };
    }
    if deferred > 0 && !message.completed {
        return Status::Deferred;
    }
    if removed || discarded > 0 && failed == 0 {
        return Status::Discarded;
    }
    if failed > 0 {
        return Status::Failed;
    }
    if rejected && !message.has_arrival() {
        return Status::Rejected;
    }
    if message.has_arrival() && !message.completed {
        Status::Queued
    } else {
        Status::Unknown
    }
}
