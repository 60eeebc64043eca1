//! The messages of a part: which lines are of one, and what they say of it as a whole.

use crate::model::marks::Mark;
use crate::model::message::Begin;
use crate::model::refusal::is_tls_failure;
use crate::model::{Event, Message, MessageId, Protocols, QueueKey};
use crate::parse::{Fact, Kind, Mta};

use super::{Partial, whole_address};

impl Partial {
    /// The number of the message to which a line of that origin belongs.
    pub(super) fn message_of(&mut self, queue_id: &[u8], begins: Begin, origin: u16) -> u32 {
        let key = QueueKey::new(queue_id, &mut self.strings.long_ids);
        let host = self.origins.label(origin);
        let is_joined = |message: &Message| message.is(host, key);
        if begins == Begin::No
            && self
                .messages
                .get(self.joined as usize)
                .is_some_and(is_joined)
        {
            return self.joined;
        }
        let hash = Message::hash(host, key);
        let before = self.latest.find(hash, |number| {
            let message = self.messages.get(number as usize);
            message.is_some_and(|message| message.is(host, key))
        });
        // Whether a line that may begin a message does begin one is told by what came before it, perhaps in
        // another chunk: so it begins one here, and the model may join the two.
        let known = match begins {
            Begin::No => before,
            Begin::IfOver | Begin::IfTaken => None,
        };
        self.joined = known.unwrap_or_else(|| {
            self.messages.push(Message::begun(key, host, begins));
            let number = u32::try_from(self.messages.len() - 1).unwrap_or(u32::MAX);
            match before {
                Some(before) => self.latest.replace(hash, before, number),
                None => self.latest.insert(hash, number),
            }
            number
        });
        self.joined
    }

    /// Notes what a line says of its message as a whole.
    pub(super) fn fill(&mut self, number: u32, fact: &Fact<'_>, event: &Event, at: u32) {
        let strings = &mut self.strings;
        let message = &mut self.messages[number as usize];
        message.mark(Mark::Completed, fact.kind == Kind::Completion);
        message.mark(Mark::TlsFailed, is_tls_failure(fact.kind, fact.trouble));
        let tells = match fact.kind {
            Kind::Arrival => {
                message.arrival = at;
                true
            }
            // Others than Exim tell of one message on several lines.
            Kind::Note => fact.mta != Mta::Exim,
            // What Postfix holds or refuses for its content it may tell no more of.
            Kind::Rejection => !message.has_arrival() || fact.mta == Mta::Postfix,
            Kind::Frozen | Kind::Discarded => fact.mta == Mta::Postfix,
            _ => false,
        };
        if !tells {
            return;
        }
        // Who first tells the size tells of the envelope: Postfix's pickup names the sender as it was given to it, the
        // queue manager by the whole address.
        let of_envelope = message.size == 0 && fact.size.is_some_and(|size| size > 0);
        if (message.sender.is_none() || of_envelope) && !fact.sender.is_empty() {
            message.sender = if fact.kind == Kind::Arrival {
                event.address
            } else {
                let sender = whole_address(fact.mta, fact.sender);
                strings.addresses.intern(&sender)
            };
        }
        if message.message_id.is_none() && !fact.message_id.is_empty() {
            message.message_id = strings.message_ids.add(MessageId::of(fact.message_id));
        }
        if let (0, Some(size)) = (message.size, fact.size) {
            message.size = Message::short_size(size);
        }
        // Asked for in any case: which words find room must not depend on where a part begins.
        let protocol = strings.protocols.number(fact.protocol);
        if message.protocol == 0 {
            message.protocol = protocol;
            if protocol == Protocols::OTHER {
                self.other_protocols.insert(number, fact.protocol.into());
            }
        }
    }

    pub(super) fn link(&mut self, number: u32, at: u32) {
        let message = &mut self.messages[number as usize];
        if message.last == Event::LAST {
            message.first = at;
        } else if let Some(last) = self.events.get_mut(message.last as usize) {
            last.next = at;
        }
        message.last = at;
        message.events += 1;
    }

    /// Counts and judges the messages that come in with this part, once it is complete: hardly any of them goes on
    /// behind it. The model does it for all others.
    pub fn judge(&mut self) {
        // What conversations tell of an event is known when they are joined, and so is its year.
        if !self.steps.is_empty() || self.yearless {
            return;
        }
        for message in &mut self.messages {
            if message.has_arrival() {
                let mut at = message.first;
                let events = std::iter::from_fn(|| {
                    let event = *self.events.get(at as usize)?;
                    at = event.next;
                    Some(event)
                });
                let tally = self.judging.judge(&self.strings, message, events);
                message.count(tally);
            }
        }
    }
}
