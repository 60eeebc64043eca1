//! Which log messages pass a term.

use crate::model::{Event, Message, Status, Symbol};
use crate::query::{NumberField, Term, TextField, TextMatch};

use super::{Bits, Scene};

impl Scene<'_> {
    /// The messages that pass a single test; `None` when cancelled.
    pub(super) fn messages_where(&self, term: &Term) -> Option<Bits> {
        let model = self.model;
        let grades = self.grades;
        Some(match term {
            Term::Anywhere(text) => {
                let mut any = self.messages_with_events(term)?;
                let senders = self.addresses(text);
                any.unite(&self.by_message(|_, m| senders.has(m.sender.0)));
                any.unite(&self.messages_by_id(text));
                let shown: Vec<Status> = Status::ALL
                    .into_iter()
                    .filter(|status| text.matches(status.name().as_bytes()))
                    .collect();
                any.unite(&self.by_message(|_, m| shown.contains(&m.status)));
                any
            }
            Term::Text {
                field: TextField::Id,
                text,
            } => self.messages_by_id(text),
            Term::Text {
                field: TextField::From,
                text,
            } => {
                let senders = self.senders(text);
                self.by_message(|_, m| senders.has(m.sender.0))
            }
            Term::Text {
                field: TextField::Addr,
                text,
            } => {
                let senders = self.addresses(text);
                let mut any = self.by_message(|_, m| senders.has(m.sender.0));
                any.unite(&self.messages_with_events(term)?);
                any
            }
            Term::Text {
                field: TextField::Domain,
                text,
            } => {
                let senders = self.address_domains(text);
                let mut any = self.by_message(|_, m| senders.has(m.sender.0));
                any.unite(&self.messages_with_events(term)?);
                any
            }
            Term::Grade(set) => {
                self.by_message(|number, _| set.contains(grades.message(number).grade))
            }
            Term::Status(set) => self.by_message(|_, m| set.contains(m.status)),
            Term::Number {
                field: NumberField::Size,
                cmp,
                value,
            } => self.by_message(|_, m| m.size > 0 && cmp.holds(&i64::from(m.size), value)),
            Term::Number {
                field: NumberField::Attempts,
                cmp,
                value,
            } => self.by_message(|_, m| cmp.holds(&i64::from(m.attempts), value)),
            Term::Delay { cmp, millis } => self.by_message(|_, m| {
                let (first, last) = model.span_of(m);
                cmp.holds(&(last - first), millis)
            }),
            Term::Time { edge, moment } => {
                let passes = self.in_time(*edge, *moment);
                self.by_message(|_, m| {
                    let (first, last) = model.span_of(m);
                    passes(first, last)
                })
            }
            _ => self.messages_with_events(term)?,
        })
    }

    /// Envelope senders; the null sender is written `<>` in filters and logs alike.
    pub(super) fn senders(&self, text: &TextMatch) -> Bits {
        let strings = &self.model.strings.addresses;
        Bits::of(strings.len(), |symbol| {
            let address = strings.get(Symbol(symbol));
            symbol != 0 && (text.matches(address) || (address == b"<>" && text.matches(b"")))
        })
    }

    /// Messages of which an event passes.
    fn messages_with_events(&self, term: &Term) -> Option<Bits> {
        let test = self.event_test(term);
        let mut messages = self.messages_of(&self.events_by_line(term)?);
        messages.unite(&self.messages_of(&self.arrivals_by_line(term)?));
        for (number, event) in (0_u32..).zip(self.model.events.iter()) {
            if number.is_multiple_of(0x1_0000) && (self.cancelled)() {
                return None;
            }
            if event.message != Event::NO_MESSAGE && test(event) {
                messages.set(event.message);
            }
        }
        Some(messages)
    }

    /// Messages by queue ID or Message-ID.
    pub(super) fn messages_by_id(&self, text: &TextMatch) -> Bits {
        let ids = &self.model.strings.message_ids;
        self.by_message(|_, m| {
            text.matches(&self.model.queue_id(m))
                || (!m.message_id.is_none() && text.matches(ids.get(m.message_id)))
        })
    }

    fn by_message(&self, test: impl Fn(u32, &Message) -> bool) -> Bits {
        let mut bits = Bits::empty(self.model.messages.len());
        for (number, message) in (0_u32..).zip(self.model.messages.iter()) {
            if test(number, message) {
                bits.set(number);
            }
        }
        bits
    }
}
