//! What stands only on the line: replies, subjects.
//!
//! The model does not keep what seldom repeats. A term that asks for it reads the lines of those events
//! again, in order; a line that cannot be had any more passes no test.

use std::sync::Arc;

use crate::model::{Event, Lines, Model};
use crate::parse::{Fact, Kind, Mta};
use crate::query::{Code, Term, TextField, narrow};

use super::strings::enhanced_codes;
use super::{Bits, Breaks, Scene};

/// A test of what a line says.
type FactTest<'a> = Box<dyn Fn(&Fact<'_>) -> bool + 'a>;

/// Events between two looks at whether to end early. Tests look in the midst as well.
const BETWEEN_LOOKS: u32 = if cfg!(test) { 3 } else { 1 << 10 };

/// Which lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// Those of events whose texts the model does not have.
    Outcomes,
    /// Those of arrivals.
    Arrivals,
}

/// How far the lines were read for a term, and which passed.
#[derive(Debug)]
pub(super) struct Scan {
    which: Which,
    term: Term,
    /// Events that were asked.
    events: u32,
    /// Events there were when they were asked.
    total: u32,
    passed: Arc<Bits>,
    /// Of so many events only these can pass.
    among: Option<(u32, Arc<Bits>)>,
}

impl Scene<'_> {
    /// The events whose line alone passes a term about texts; `None` when cancelled. Empty for a term
    /// that the model can answer.
    pub(super) fn events_by_line(&self, term: &Term) -> Option<Arc<Bits>> {
        let test: FactTest<'_> = match term {
            Term::Text {
                field: TextField::Text,
                text,
            } => Box::new(|fact| text.matches(&fact.mta.unescape(fact.text))),
            Term::Code(code) => Box::new(|fact| code_fits(*code, fact)),
            _ => return Some(Arc::new(Bits::empty(0))),
        };
        self.scan(Which::Outcomes, term, &test)
    }

    /// The arrivals whose subject passes a term about texts; `None` when cancelled.
    pub(super) fn arrivals_by_line(&self, term: &Term) -> Option<Arc<Bits>> {
        let test: FactTest<'_> = match term {
            Term::Text {
                field: TextField::Text,
                text,
            } => Box::new(|fact| text.matches(&fact.mta.unescape(fact.subject))),
            _ => return Some(Arc::new(Bits::empty(0))),
        };
        self.scan(Which::Arrivals, term, &test)
    }

    /// Reads the lines that were not read for the term yet. What is read when it ends early stays read.
    fn scan(&self, which: Which, term: &Term, test: &FactTest<'_>) -> Option<Arc<Bits>> {
        let mut kept = self.index.scans.borrow_mut();
        let begun = kept.take(|own| own.which == which && own.term == *term);
        let mut scan = begun.unwrap_or_else(|| {
            let wider = |own: &&Scan| own.which == which && narrow::term(term, &own.term);
            let wider = kept.iter().find(wider);
            Scan {
                which,
                term: term.clone(),
                events: 0,
                total: 0,
                passed: Arc::new(Bits::empty(0)),
                among: wider.map(|own| (own.events, Arc::clone(&own.passed))),
            }
        });
        let done = scan.go_on(self.model, self.breaks, test);
        let passed = Arc::clone(&scan.passed);
        kept.keep(scan);
        done.map(|()| passed)
    }
}

impl Scan {
    /// How many events of how many were asked.
    pub(super) fn progress(&self) -> (u32, u32) {
        (self.events, self.total)
    }

    fn go_on(&mut self, model: &Model, breaks: Breaks<'_>, test: &FactTest<'_>) -> Option<()> {
        let end = model.events.len();
        self.total = end;
        if self.events == end {
            return Some(());
        }
        let passed = Arc::make_mut(&mut self.passed);
        passed.grow(end);
        let mut lines = Lines::new(model);
        while self.events < end {
            breaks.go_on()?;
            let next = end.min(self.events.saturating_add(BETWEEN_LOOKS));
            for number in self.events..next {
                let can_pass = match &self.among {
                    Some((events, among)) if number < *events => among.has(number),
                    _ => true,
                };
                if !can_pass {
                    continue;
                }
                let event = model.events.get(number);
                let event = event.filter(|event| self.which.asks(&self.term, model, event));
                if event.is_some_and(|event| matches!(lines.recall(&event, test), Ok(Some(true)))) {
                    passed.set(number);
                }
            }
            self.events = next;
            breaks.rest()?;
        }
        self.among = None;
        Some(())
    }
}

impl Which {
    fn asks(self, term: &Term, model: &Model, event: &Event) -> bool {
        match self {
            Self::Arrivals => event.kind == Kind::Arrival,
            Self::Outcomes => {
                // Exim has the code in the text, which is known; others write a field of its own.
                let in_field = matches!(term, Term::Code(_));
                let mta = || model.origin_of(event).map(|origin| origin.mta);
                model.remark(event).text.is_none() || in_field && mta() != Some(Mta::Exim)
            }
        }
    }
}

fn code_fits(code: Code, fact: &Fact<'_>) -> bool {
    let written = [fact.enhanced_status].into_iter();
    written
        .chain(enhanced_codes(fact.text))
        .any(|found| !found.is_empty() && code.matches(found))
}
