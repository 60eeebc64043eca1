//! Joins the facts of one chunk to the model.

use std::hash::BuildHasher;

use crate::source::Chunk;

use super::partial::Partial;
use super::{Event, Message, Model, NotUnderstood, SessionId, Symbol};

/// From the symbols of a part to those of the model.
struct Maps {
    addresses: Vec<Symbol>,
    peers: Vec<Symbol>,
    texts: Vec<Symbol>,
    words: Vec<Symbol>,
    sessions: Vec<SessionId>,
    messages: Vec<u32>,
}

impl Model {
    /// Joins one chunk. Chunks of a file must come in order, files one after the other, and
    /// [`Model::settle`] after the last.
    pub fn merge(&mut self, file: u16, chunk: &Chunk, part: &Partial) {
        if let Some(text) = self.text.file_mut(file) {
            text.push(chunk);
        }
        let events_before = self.events.len();
        let copies = self.copied_rejections(file, part);
        let mut maps = self.maps(part);
        self.join_messages(part, &mut maps);
        self.join_events(file, chunk.index.first_line, part, &maps, &copies);
        if let Some(info) = self.files.get_mut(usize::from(file)) {
            info.shows.merge(part.shows);
            info.lines += chunk.index.lines;
            info.newest = info.newest.max(part.events.iter().map(Event::time).max());
            info.copies += u32::try_from(copies.len()).unwrap_or(u32::MAX);
        }
        let first = chunk.index.first_line;
        let lines = part.not_understood.iter();
        self.not_understood
            .extend(lines.map(|&(line, reason)| NotUnderstood {
                file,
                line: first + line,
                reason,
            }));
        self.summarise_new(&maps.messages, events_before);
        self.merged += 1;
        // The events of old messages are far apart in memory, and a message that is retried for days is in
        // hundreds of chunks: walking through it at each would take quadratic time.
        if self.merged.is_power_of_two() {
            self.settle();
        }
        self.generation += 1;
    }

    /// Rejections that another file (the reject log) holds already: positions within `part`.
    fn copied_rejections(&mut self, file: u16, part: &Partial) -> Vec<u32> {
        let mut copies = Vec::new();
        for &(at, hash) in &part.rejections {
            if *self.rejections.entry(hash).or_insert(file) != file {
                copies.push(at);
            }
        }
        copies
    }

    fn maps(&mut self, part: &Partial) -> Maps {
        let sessions = self.sessions.carry_over(&part.statements, &mut Vec::new());
        let (into, from) = (&mut self.strings, &part.strings);
        let maps = Maps {
            addresses: into.addresses.carry_over(&from.addresses),
            peers: into.peers.carry_over(&from.peers),
            texts: into.texts.carry_over(&from.texts),
            words: into.words.carry_over(&from.words),
            sessions,
            messages: Vec::with_capacity(part.messages.len()),
        };
        self.classify_new_peers();
        maps
    }

    fn join_messages(&mut self, part: &Partial, maps: &mut Maps) {
        for message in &part.messages {
            let key = message
                .key
                .carried_over(&part.strings.long_ids, &mut self.strings.long_ids);
            let host = at(&maps.words, message.host);
            let number = self.message_for(key, host, message.has_arrival());
            if let Some(known) = self.messages.get_mut(number) {
                known.completed |= message.completed;
                if message.has_arrival() {
                    // From here on the ID is taken; the number comes when its events are joined.
                    known.arrival = self.events.len();
                }
                if message.has_arrival() || known.sender.is_none() {
                    known.sender = at(&maps.addresses, message.sender);
                    known.size = message.size;
                    known.protocol = at(&maps.words, message.protocol);
                    let id = part.strings.message_ids.get(message.message_id);
                    known.message_id = self.strings.message_ids.append(id);
                }
            }
            maps.messages.push(number);
        }
    }

    /// The message that a queue ID means now; an arrival under an ID that was taken starts a new one.
    fn message_for(&mut self, key: super::QueueKey, host: Symbol, arrives: bool) -> u32 {
        let hash = self.hasher.hash_one((host, key));
        let Self {
            messages,
            by_key,
            hasher,
            ..
        } = self;
        let is = |number: &u32| {
            messages
                .get(*number)
                .is_some_and(|m| m.key == key && m.host == host)
        };
        if let Some(found) = by_key.find_mut(hash, is) {
            let taken = messages.get(*found).is_some_and(Message::is_taken);
            if arrives && taken {
                *found = messages.push(Message::new(key, host));
            }
            return *found;
        }
        let number = messages.push(Message::new(key, host));
        by_key.insert_unique(hash, number, |&number| {
            messages
                .get(number)
                .map_or(0, |m| hasher.hash_one((m.host, m.key)))
        });
        number
    }

    fn join_events(
        &mut self,
        file: u16,
        first_line: u32,
        part: &Partial,
        maps: &Maps,
        copies: &[u32],
    ) {
        let mut copies = copies.iter().copied().peekable();
        for (nth, event) in (0_u32..).zip(&part.events) {
            if copies.next_if_eq(&nth).is_some() {
                continue;
            }
            let number = match event.message {
                Event::NO_MESSAGE => Event::NO_MESSAGE,
                own => maps
                    .messages
                    .get(own as usize)
                    .copied()
                    .unwrap_or(Event::NO_MESSAGE),
            };
            let joined = self.events.push(Event {
                file,
                line: first_line + event.line,
                message: number,
                next: Event::LAST,
                address: at(&maps.addresses, event.address),
                parent: at(&maps.addresses, event.parent),
                peer: at(&maps.peers, event.peer),
                text: at(&maps.texts, event.text),
                session: maps
                    .sessions
                    .get(usize::from(event.session))
                    .copied()
                    .unwrap_or(0),
                ..*event
            });
            let arrives = part
                .messages
                .get(event.message as usize)
                .is_some_and(|m| m.arrival == nth);
            self.link(number, joined, arrives);
        }
    }

    fn link(&mut self, number: u32, event: u32, arrives: bool) {
        let Some(message) = self.messages.get_mut(number) else {
            return;
        };
        let before = message.last;
        if before == Event::LAST {
            message.first = event;
        }
        message.last = event;
        message.events += 1;
        if arrives {
            message.arrival = event;
        }
        if let Some(before) = self.events.get_mut(before) {
            before.next = event;
        }
    }
}

fn at(map: &[Symbol], symbol: Symbol) -> Symbol {
    map.get(symbol.0 as usize).copied().unwrap_or(Symbol::NONE)
}
