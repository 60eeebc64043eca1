//! The facts of one chunk, gathered apart from all others; [`super::Model::merge`] joins them in order.

use std::hash::{DefaultHasher, Hash, Hasher};

use hashbrown::{DefaultHashBuilder, HashMap};

use crate::parse::{Direction, Fact, Kind, Outcome};
use crate::tls::Trouble;

use super::{Clock, Endpoint, Event, Message, QueueKey, Statements, Strings, Symbol};

/// What one chunk of a log says. Symbols, messages and line numbers are its own: lines count from 0.
#[derive(Default)]
pub struct Partial {
    pub(super) strings: Strings,
    pub(super) statements: Statements,
    pub(super) events: Vec<Event>,
    pub(super) messages: Vec<Message>,
    pub(super) not_understood: Vec<(u32, &'static str)>,
    /// Hash of each rejection line, to find the copies that the reject log holds.
    pub(super) rejections: Vec<(u32, u64)>,
    pub(super) shows: TlsShown,
    latest: HashMap<(Symbol, QueueKey), u32, DefaultHashBuilder>,
    /// Label of the host, for lines that name none.
    host: Vec<u8>,
    scratch: Vec<u8>,
}

/// Which TLS statements a log was seen to make. Only where it makes them is their absence a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TlsShown {
    /// A cipher suite (Exim `X=`) occurs.
    pub cipher: bool,
    /// An arrival's protocol word says TLS (`esmtps`).
    pub word: bool,
    /// An outbound line states TLS without a suite (Exim `CV=` with `-tls_cipher`).
    pub outbound: bool,
}

impl TlsShown {
    pub(super) fn merge(&mut self, other: Self) {
        self.cipher |= other.cipher;
        self.word |= other.word;
        self.outbound |= other.outbound;
    }

    /// Whether a missing statement means plaintext for that direction.
    pub const fn settles(self, direction: Direction) -> bool {
        match direction {
            Direction::In => self.cipher || self.word,
            Direction::Out => self.cipher || self.outbound,
            Direction::Local => false,
        }
    }
}

impl Partial {
    /// An empty part of a log of the host with that label (empty: none).
    pub fn new(host: &[u8]) -> Self {
        Self {
            host: host.to_vec(),
            ..Self::default()
        }
    }

    /// Empties it for another part of the same log, but keeps the room it took: a chunk's worth of fresh memory
    /// would have to be cleared by the system each time.
    pub fn clear(&mut self) {
        self.strings.clear();
        self.statements.clear();
        self.events.clear();
        self.messages.clear();
        self.not_understood.clear();
        self.rejections.clear();
        self.shows = TlsShown::default();
        self.latest.clear();
    }

    /// Takes one line, which a grammar has read. `line` counts from 0 within the chunk.
    pub fn take(&mut self, outcome: &Outcome<'_>, text: &[u8], line: u32, clock: &mut Clock) {
        match outcome {
            Outcome::Fact(fact) => self.take_fact(fact, text, line, clock),
            Outcome::Continuation | Outcome::Foreign => {}
            Outcome::NotMine => {
                if !text.is_empty() {
                    self.not_understood
                        .push((line, "not a line of this log format"));
                }
            }
            Outcome::NotUnderstood(reason) => self.not_understood.push((line, reason)),
        }
    }

    fn take_fact(&mut self, fact: &Fact<'_>, text: &[u8], line: u32, clock: &mut Clock) {
        let event = self.event(fact, line, clock);
        let at = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        self.note_tls(fact);
        if fact.kind == Kind::Rejection {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            self.rejections.push((at, hasher.finish()));
        }
        self.events.push(event);
        if !fact.queue_id.is_empty() {
            self.join_message(fact, at);
        }
    }

    fn note_tls(&mut self, fact: &Fact<'_>) {
        let Some(statement) = fact.tls.as_ref() else {
            return;
        };
        if !statement.cipher.is_empty() {
            self.shows.cipher = true;
        } else if fact.kind == Kind::Arrival {
            self.shows.word = true;
        } else if fact.direction == Some(Direction::Out) {
            self.shows.outbound = true;
        }
    }

    fn event(&mut self, fact: &Fact<'_>, line: u32, clock: &mut Clock) -> Event {
        let address = if fact.kind == Kind::Arrival {
            fact.sender
        } else {
            fact.address
        };
        // A local delivery often names the envelope recipient twice.
        let parent = if fact.parent_address == address {
            b""
        } else {
            fact.parent_address
        };
        let strings = &mut self.strings;
        Endpoint::pack(&fact.peer, &mut self.scratch);
        let peer = strings.peers.intern(&self.scratch);
        // What repeats is kept; the rest (replies, connection lines) is read again when it is looked at.
        let keeps_text = match fact.kind {
            Kind::Arrival | Kind::Delivery | Kind::Completion => false,
            Kind::Session | Kind::Note => !fact.queue_id.is_empty(),
            _ => true,
        };
        Event {
            seconds: u32::try_from(clock.utc_seconds(&fact.stamp).max(0)).unwrap_or(u32::MAX),
            millis: fact.stamp.millis,
            file: 0,
            line,
            message: Event::NO_MESSAGE,
            next: Event::LAST,
            address: strings.addresses.intern(address),
            parent: strings.addresses.intern(parent),
            peer,
            text: if keeps_text {
                strings.texts.intern(fact.text)
            } else {
                Symbol::NONE
            },
            session: self.statements.intern(fact.tls.as_ref(), &mut self.scratch),
            errno: fact.errno.unwrap_or(0),
            kind: fact.kind,
            flag: fact.flag,
            trouble: fact.trouble,
            bits: Event::pack_bits(fact.direction, fact.ambiguous, fact.peer.reused),
        }
    }

    fn join_message(&mut self, fact: &Fact<'_>, at: u32) {
        let key = QueueKey::new(fact.queue_id, &mut self.strings.long_ids);
        let host = if fact.host.is_empty() {
            &self.host
        } else {
            fact.host
        };
        let host = self.strings.words.intern(host);
        let arrives = fact.kind == Kind::Arrival;
        let known = self.latest.get(&(host, key)).copied();
        let number = match known {
            Some(number) if !(arrives && self.messages[number as usize].is_taken()) => number,
            _ => {
                self.messages.push(Message::new(key, host));
                let number = u32::try_from(self.messages.len() - 1).unwrap_or(u32::MAX);
                self.latest.insert((host, key), number);
                number
            }
        };
        self.link(number, at);
        let message = &mut self.messages[number as usize];
        if fact.kind == Kind::Completion {
            message.completed = true;
        }
        if arrives || (fact.kind == Kind::Rejection && !message.has_arrival()) {
            if arrives {
                message.arrival = at;
            }
            message.sender = match self.events.get(at as usize) {
                Some(event) if arrives => event.address,
                _ => self.strings.addresses.intern(fact.sender),
            };
            message.message_id = self.strings.message_ids.append(fact.message_id);
            message.size = fact
                .size
                .map_or(0, |size| u32::try_from(size).unwrap_or(u32::MAX));
            message.protocol = self.strings.words.intern(fact.protocol);
        }
    }

    fn link(&mut self, number: u32, at: u32) {
        let message = &mut self.messages[number as usize];
        if message.last == Event::LAST {
            message.first = at;
        } else if let Some(last) = self.events.get_mut(message.last as usize) {
            last.next = at;
        }
        message.last = at;
        message.events += 1;
        if let Some(event) = self.events.get_mut(at as usize) {
            event.message = number;
        }
    }

    /// Lines counted as not understood so far.
    pub fn not_understood(&self) -> usize {
        self.not_understood.len()
    }
}

/// True when an event with this trouble means that nothing was sent for want of TLS.
pub(super) const fn is_refusal(kind: Kind, trouble: Option<Trouble>) -> bool {
    match (kind, trouble) {
        (Kind::TlsRefused, _) => true,
        (Kind::Deferral | Kind::Failure, Some(trouble)) => {
            !matches!(trouble, Trouble::PeerRequiresTls)
        }
        _ => false,
    }
}
