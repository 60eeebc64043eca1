//! What stands only on the line: replies, subjects, listed recipients.
//!
//! The model does not keep what seldom repeats. A term that asks for it reads the lines of those events
//! again, in order; a line that cannot be had any more passes no test.

use crate::model::{Event, Lines, address_list};
use crate::parse::{Fact, Kind, Mta};
use crate::query::{Code, Term, TextField};

use super::strings::{domain_of_address_fits, enhanced_codes};
use super::{Bits, Scene};

/// A test of what a line says.
type FactTest<'a> = Box<dyn Fn(&Fact<'_>) -> bool + 'a>;

/// Lines read between two looks at whether the evaluation was cancelled.
const BETWEEN_LOOKS: u32 = 0x1000;

impl Scene<'_> {
    /// The events whose line alone passes a term about texts; `None` when cancelled. Empty for a term
    /// that the model can answer.
    pub(super) fn events_by_line(&self, term: &Term) -> Option<Bits> {
        // Exim has the code in the text, which is known; others write a field of its own.
        let in_field = matches!(term, Term::Code(_));
        let asked = |event: &Event| {
            let mta = || self.model.origin_of(event).map(|origin| origin.mta);
            event.text.is_none() || in_field && mta() != Some(Mta::Exim)
        };
        let test: FactTest<'_> = match term {
            Term::Text {
                field: TextField::Text,
                text,
            } => Box::new(|fact| text.matches(&fact.mta.unescape(fact.text))),
            Term::Code(code) => Box::new(|fact| code_fits(*code, fact)),
            _ => return Some(Bits::empty(self.model.events.len())),
        };
        self.lines_where(asked, &test)
    }

    /// The arrivals whose line alone passes a term: by the subject, or by a recipient of whom nothing
    /// was heard yet. Only an unfinished message can have such a recipient.
    pub(super) fn arrivals_by_line(&self, term: &Term) -> Option<Bits> {
        let (test, unfinished_only): (FactTest<'_>, bool) = match term {
            Term::Text {
                field: TextField::Text,
                text,
            } => (
                Box::new(|fact| text.matches(&fact.mta.unescape(fact.subject))),
                false,
            ),
            Term::Text {
                field: TextField::To | TextField::Addr,
                text,
            }
            | Term::Anywhere(text) => (recipient(|address| text.matches(address)), true),
            Term::Text {
                field: TextField::Domain,
                text,
            } => (
                recipient(|address| domain_of_address_fits(address, text)),
                true,
            ),
            _ => return Some(Bits::empty(self.model.events.len())),
        };
        let messages = &self.model.messages;
        let asked = |event: &Event| {
            let open = || {
                let message = messages.get(event.message);
                message.is_some_and(|message| !message.is_completed())
            };
            event.kind == Kind::Arrival && (!unfinished_only || open())
        };
        self.lines_where(asked, &test)
    }

    fn lines_where(&self, asked: impl Fn(&Event) -> bool, test: &FactTest<'_>) -> Option<Bits> {
        let mut events = Bits::empty(self.model.events.len());
        let mut lines = Lines::new(self.model);
        for (number, event) in (0_u32..).zip(self.model.events.iter()) {
            if number.is_multiple_of(BETWEEN_LOOKS) && (self.cancelled)() {
                return None;
            }
            if asked(event) && matches!(lines.recall(event, test), Ok(Some(true))) {
                events.set(number);
            }
        }
        Some(events)
    }

    /// The messages of a set of events.
    pub(super) fn messages_of(&self, events: &Bits) -> Bits {
        let mut messages = Bits::empty(self.model.messages.len());
        for event in events.ones().filter_map(|at| self.model.events.get(at)) {
            messages.set(event.message);
        }
        messages
    }
}

/// A test of the recipients that an arrival lists.
fn recipient<'a>(test: impl Fn(&[u8]) -> bool + 'a) -> FactTest<'a> {
    Box::new(move |fact| {
        address_list(fact.recipients, b' ').any(|address| !address.is_empty() && test(address))
    })
}

fn code_fits(code: Code, fact: &Fact<'_>) -> bool {
    let written = [fact.enhanced_status].into_iter();
    written
        .chain(enhanced_codes(fact.text))
        .any(|found| !found.is_empty() && code.matches(found))
}
