//! Assigns the lines of a part to messages, and fills in the fields of the messages.

use crate::model::marks::Mark;
use crate::model::message::Begin;
use crate::model::refusal::is_tls_failure;
use crate::model::{Event, Message, MessageId, Protocols, QueueKey};
use crate::parse::{Fact, Kind, Mta};

use super::{Partial, whole_address};

impl Partial {
    /// Number of the message of a line, which is added if it is new or if the line may begin another one.
    pub(super) fn message_of(&mut self, queue_id: &[u8], begins: Begin, origin: u16) -> u32 {
        let key = QueueKey::new(queue_id, &mut self.strings.long_ids);
        let host = self.origins.label(origin);
        let is_wanted = |message: &Message| message.is(host, key);
        if begins == Begin::No
            && self
                .messages
                .get(self.last_message as usize)
                .is_some_and(is_wanted)
        {
            return self.last_message;
        }
        let hash = Message::hash(host, key);
        let before = self.latest.find(hash, |number| {
            let message = self.messages.get(number as usize);
            message.is_some_and(|message| message.is(host, key))
        });
        // Whether such a line begins another message depends on lines before it, which may be in another chunk. So it
        // begins one here, and the model may merge the two.
        let known = match begins {
            Begin::No => before,
            Begin::IfCompleted | Begin::IfArrived => None,
        };
        self.last_message = known.unwrap_or_else(|| {
            self.messages.push(Message::in_part(key, host, begins));
            let number = u32::try_from(self.messages.len() - 1).unwrap_or(u32::MAX);
            match before {
                Some(before) => self.latest.replace(hash, before, number),
                None => self.latest.insert(hash, number),
            }
            number
        });
        self.last_message
    }

    /// Fills in the fields of a message that a line states.
    pub(super) fn fill(&mut self, number: u32, fact: &Fact<'_>, event: &Event, at: u32) {
        let strings = &mut self.strings;
        let message = &mut self.messages[number as usize];
        message.mark(Mark::Completed, fact.kind == Kind::Completion);
        message.mark(Mark::TlsFailed, is_tls_failure(fact.kind, fact.trouble));
        let states_fields = match fact.kind {
            Kind::Arrival => {
                message.arrival = at;
                true
            }
            // Exim states everything on the arrival line, the others on several lines.
            Kind::Note => fact.mta != Mta::Exim,
            // Where Postfix holds or refuses a message for its content, no further line may state the fields.
            Kind::Rejection => !message.has_arrival() || fact.mta == Mta::Postfix,
            Kind::Frozen | Kind::Discarded => fact.mta == Mta::Postfix,
            _ => false,
        };
        if !states_fields {
            return;
        }
        // The first line with a size has the complete sender: Postfix's pickup logs it as submitted, maybe without a
        // domain; its queue manager logs size and full address.
        let from_envelope = message.size == 0 && fact.size.is_some_and(|size| size > 0);
        if (message.sender.is_none() || from_envelope) && !fact.sender.is_empty() {
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
        // Interned even where it is not used: which words find room must not depend on the borders of parts.
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

    /// Sets counts and status of the messages that arrive in this part, once it is complete: few of them have events
    /// in a later part. The model does it for all others.
    pub fn judge(&mut self) {
        // TLS from conversations and missing years are filled in by the merge.
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
                let tally = self.tallier.tally(&self.strings, message, events);
                // What a failure means is known when the whole message is.
                if !tally.tls_failed {
                    message.set_tally(tally);
                }
            }
        }
    }
}
