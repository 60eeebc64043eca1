//! Events that came last, asked without a look at all messages: what is only known of a message is asked of theirs.

use crate::model::{Event, Lines, Message};
use crate::query::{NumberField, Term, TextField, TextMatch};

use super::strings::Strings;
use super::{Bits, Scene};

/// A test of messages by their number.
pub(super) type ByNumber<'a> = Box<dyn Fn(u32) -> bool + 'a>;

/// A test of single messages.
type MessageTest<'a> = Box<dyn Fn(&Message) -> bool + 'a>;

/// What a term asks of the message of an event.
enum Asked<'a> {
    /// Nothing: all of it is asked of the event.
    Nothing,
    This(MessageTest<'a>),
}

impl Scene<'_> {
    /// The test of an event's message for a term about what only messages have (sender, size, status); never true
    /// for other terms. It answers for messages with an event from `first` on. `None` when cancelled.
    pub(super) fn by_message_of(&self, term: &Term, first: u32) -> Option<ByNumber<'_>> {
        let Asked::This(test) = self.message_test(term)? else {
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

    /// The numbers of the messages of the events from `first` on, ascending; others may be among them for events
    /// without a message.
    fn messages_from(&self, first: u32) -> Vec<u32> {
        let events = &self.model.events;
        let new = events.range(first, events.len());
        let mut messages: Vec<u32> = new.map(|event: Event| event.message).collect();
        messages.sort_unstable();
        messages.dedup();
        messages
    }

    /// The test that a term is for the message of an event; of a word, the test of its IDs. `None` when cancelled.
    fn message_test(&self, term: &Term) -> Option<Asked<'_>> {
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
            _ => return Some(Asked::Nothing),
        };
        Some(Asked::This(test))
    }

    /// Whether a text finds the queue ID or the Message-ID of a message: what [`Scene::ids`] asks of many.
    fn id_passes(&self, message: &Message, text: &TextMatch) -> bool {
        let id = message.message_id;
        text.matches(&self.model.queue_id(message))
            || !id.is_none() && text.matches(&self.model.strings.message_ids.get(id).text())
    }
}
