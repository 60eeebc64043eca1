//! Which message a queue ID means.

use super::fetch::fetch;
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

    /// Fetches what is known of messages that are looked for next: first only the table, then only the messages, then
    /// only what stands at the last event of each.
    pub(super) fn fetch(&self, messages: impl Iterator<Item = (Symbol, QueueKey)>) {
        let hashes: Vec<u32> = messages
            .map(|(host, key)| Message::hash(host, key))
            .collect();
        self.by_key.fetch(hashes.iter().copied());
        let known = hashes.iter().filter_map(|hash| self.by_key.first(*hash));
        let known = known.filter_map(|number| self.messages.get(number));
        let known: Vec<&Message> = known.collect();
        // Its beginning and its end: it may lie in two lines of the cache.
        fetch(known.iter().map(|own| own.size ^ u32::from(own.protocol)));
        fetch(known.iter().map(|own| self.events.next(own.last)));
    }
}
