//! Terms about messages, evaluated for the events from a given number on without a pass over all messages.

use crate::model::{Event, Lines, Message};
use crate::query::{NumberField, Term, TextField, TextMatch};

use super::strings::Strings;
use super::{Bits, Scene};

/// Test of messages by their number.
pub(super) type ByNumber<'a> = Box<dyn Fn(u32) -> bool + 'a>;

/// Test of messages.
type MessageTest<'a> = Box<dyn Fn(&Message) -> bool + 'a>;

/// What a term tests of the message of an event.
enum MessageCondition<'a> {
    /// Nothing: the event itself is tested for everything.
    None,
    Test(MessageTest<'a>),
}

impl Scene<'_> {
    /// Test of an event's message for a term about fields that only messages have (sender, size, status);
    /// always false for other terms. Valid for messages with an event from `first` on. `None` when cancelled.
    pub(super) fn by_message_of(&self, term: &Term, first: u32) -> Option<ByNumber<'_>> {
        let MessageCondition::Test(test) = self.message_test(term)? else {
            return Some(Box::new(|_| false));
        };
        if first > 0 {
            let mut passed = self.messages_from(first);
            let messages = &self.model.messages;
            passed.retain(|number| messages.get(*number).is_some_and(&test));
            return Some(Box::new(move |message| {
                passed.binary_search(&message).is_ok()
            }));
        }
        Some(if let Term::Anywhere(text) = term {
            let all = Bits::full(self.model.messages.len());
            let passed = self.ids(text, &all)?;
            Box::new(move |message| passed.has(message))
        } else {
            let passed = self.messages_where(term)?;
            Box::new(move |message| passed.has(message))
        })
    }

    /// Message numbers of the events from `first` on, ascending. [`Event::NO_MESSAGE`] may be among them.
    pub(super) fn messages_from(&self, first: u32) -> Vec<u32> {
        let events = &self.model.events;
        let new = events.range(first, events.len());
        let mut messages: Vec<u32> = new.map(|event: Event| event.message).collect();
        messages.sort_unstable();
        messages.dedup();
        messages
    }

    /// Test of the message of an event for a term; for a bare word the test of its IDs. `None` when cancelled.
    fn message_test(&self, term: &Term) -> Option<MessageCondition<'_>> {
        let model = self.model;
        let test: MessageTest<'_> = match term {
            Term::Anywhere(text)
            | Term::Text {
                field: TextField::Id,
                text,
            } => {
                let text = text.clone();
                Box::new(move |message| self.id_passes(message, &text))
            }
            Term::Text {
                field: TextField::From,
                text,
            } => {
                let senders = self.found(Strings::Senders, text)?;
                Box::new(move |message| senders.has(message.sender.0))
            }
            Term::Status(set) => {
                let set = *set;
                Box::new(move |message| set.contains(message.status()))
            }
            Term::Delay { cmp, millis } => {
                let (cmp, millis) = (*cmp, *millis);
                Box::new(move |message| {
                    let (first, last) = model.span_of(message);
                    cmp.holds(&(last - first), &millis)
                })
            }
            Term::Number {
                field: NumberField::Size,
                cmp,
                value,
            } => {
                let (cmp, value) = (*cmp, *value);
                Box::new(move |message| {
                    let size = Lines::new(model).size_of(message);
                    size.is_some_and(|size| {
                        cmp.holds(&i64::try_from(size).unwrap_or(i64::MAX), &value)
                    })
                })
            }
            Term::Number {
                field: NumberField::Attempts,
                cmp,
                value,
            } => {
                let (cmp, value) = (*cmp, *value);
                Box::new(move |message| cmp.holds(&i64::from(message.attempts), &value))
            }
            _ => return Some(MessageCondition::None),
        };
        Some(MessageCondition::Test(test))
    }

    /// True when the queue ID or the Message-ID of a message matches, as in [`Scene::ids`].
    fn id_passes(&self, message: &Message, text: &TextMatch) -> bool {
        let id = message.message_id;
        text.matches(&self.model.queue_id(message))
            || !id.is_none() && text.matches(&self.model.strings.message_ids.get(id).text())
    }
}
