//! Which message a queue ID means.

use std::hint::black_box;

use super::message::Begin;
use super::{Message, Model, QueueKey, Symbol};

impl Model {
    /// The latest message of a queue ID on a host.
    pub fn message_of(&self, host: Symbol, id: &[u8]) -> Option<u32> {
        self.latest(host, QueueKey::find(id, &self.strings.long_ids)?)
    }

    /// The latest message under a key on a host.
    pub(super) fn latest(&self, host: Symbol, key: QueueKey) -> Option<u32> {
        self.by_key.find(Message::hash(host, key), |number| {
            let message = self.messages.get(number);
            message.is_some_and(|message| message.is(host, key))
        })
    }

    /// Whether a host has, or had, a message of that queue ID.
    pub(super) fn holds(&self, host: Symbol, key: QueueKey) -> bool {
        self.latest(host, key).is_some()
    }

    /// The message that a queue ID means now; a line that begins one under an ID that was used before starts a
    /// new one.
    pub(super) fn message_for(&mut self, key: QueueKey, host: Symbol, begins: Begin) -> u32 {
        let latest = self.latest(host, key);
        let known = latest.and_then(|number| self.messages.get(number));
        match latest {
            Some(number) if !known.is_some_and(|known| known.ends_before(begins)) => number,
            _ => {
                let number = self.messages.push(Message::new(key, host));
                self.note_latest(number, latest);
                number
            }
        }
    }

    /// Notes that a queue ID means this message now, and no longer the one before.
    pub(super) fn note_latest(&mut self, number: u32, before: Option<u32>) {
        let Some(own) = self.messages.get(number) else {
            return;
        };
        let hash = Message::hash(own.host, own.key);
        match before {
            Some(before) => self.by_key.replace(hash, before, number),
            None => self.by_key.insert(hash, number),
        }
    }

    /// Looks at what is known of messages that are looked for next: first only at the table, then only at the
    /// messages, then only at the last event of each. These are short steps that do not wait for each other, so
    /// that the processor fetches many distant places at once.
    pub(super) fn fetch(&self, messages: impl Iterator<Item = (Symbol, QueueKey)>) {
        let likely: Vec<u32> = messages
            .filter_map(|(host, key)| self.by_key.first(Message::hash(host, key)))
            .collect();
        let known = likely
            .iter()
            .filter_map(|number| self.messages.get(*number));
        let last: Vec<u32> = known.map(|message| message.last).collect();
        let events = last.iter().filter_map(|number| self.events.get(*number));
        // Nobody wants to know, but without it nobody would look.
        black_box(events.filter(|event| event.message == 0).count());
    }
}
