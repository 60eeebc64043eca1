//! Finds messages by host and queue ID.

use super::message::Begin;
use super::prefetch::prefetch;
use super::{Message, Model, QueueKey, Symbol};

impl Model {
    /// Number of the latest message with a queue ID on a host.
    pub fn message_of(&self, host: Symbol, id: &[u8]) -> Option<u32> {
        self.latest(host, QueueKey::find(id, &self.strings.long_ids)?)
    }

    /// Number of the latest message with a key on a host.
    pub(super) fn latest(&self, host: Symbol, key: QueueKey) -> Option<u32> {
        self.by_key.find(Message::hash(host, key), |number| {
            let message = self.messages.get(number);
            message.is_some_and(|message| message.is(host, key))
        })
    }

    /// Whether any message on the host has the key.
    pub(super) fn holds(&self, host: Symbol, key: QueueKey) -> bool {
        self.latest(host, key).is_some()
    }

    /// Number of the message that a line with this queue ID belongs to. A new message is added where none is known,
    /// or where the line begins another one under an ID that is used again.
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

    /// Makes a message the latest of its queue ID, in place of `before`.
    pub(super) fn note_latest(&mut self, number: u32, before: Option<u32>) {
        let Some(message) = self.messages.get(number) else {
            return;
        };
        let hash = Message::hash(message.host, message.key);
        match before {
            Some(before) => self.by_key.replace(hash, before, number),
            None => self.by_key.insert(hash, number),
        }
    }

    /// Prefetches messages that are looked up next: the hash table first, then the messages, then the entry of the
    /// last event of each.
    pub(super) fn prefetch_messages(&self, messages: impl Iterator<Item = (Symbol, QueueKey)>) {
        let hashes: Vec<u32> = messages
            .map(|(host, key)| Message::hash(host, key))
            .collect();
        self.by_key.prefetch(hashes.iter().copied());
        let known = hashes.iter().filter_map(|hash| self.by_key.first(*hash));
        let known = known.filter_map(|number| self.messages.get(number));
        let known: Vec<&Message> = known.collect();
        // A field at the beginning and one at the end: a message may lie in two cache lines.
        prefetch(
            known
                .iter()
                .map(|message| message.size ^ u32::from(message.protocol)),
        );
        prefetch(known.iter().map(|message| self.events.next(message.last)));
    }
}
