//! Terms about texts that only the log line has: replies and subjects.
//!
//! The model does not store texts that seldom repeat. A term about them reads the lines of the events in
//! question again, in order. A line that can no longer be read matches nothing.

use std::sync::Arc;

use crate::model::{Event, Lines, Model};
use crate::parse::{Fact, Kind, Mta};
use crate::query::{Code, Term, TextField, narrow};

use super::strings::enhanced_codes;
use super::{Bits, Breaks, Scene};

/// Test of the facts on a line.
type FactTest<'a> = Box<dyn Fn(&Fact<'_>) -> bool + 'a>;

/// Events between two checks whether to end early. Small in tests, so that they end in the middle.
const BETWEEN_LOOKS: u32 = if cfg!(test) { 3 } else { 1 << 10 };

/// Events whose lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineScope {
    /// Events whose text the model does not store.
    Outcomes,
    /// Arrivals.
    Arrivals,
}

/// Progress of reading lines for a term, and the events that matched.
#[derive(Debug)]
pub(super) struct Scan {
    scope: LineScope,
    term: Term,
    /// Number of events tested.
    events: u32,
    /// Number of events when they were tested last.
    total: u32,
    passed: Arc<Bits>,
    /// Number of events tested for a wider term, and those that matched it. Of these events no others can match.
    among: Option<(u32, Arc<Bits>)>,
}

impl Scene<'_> {
    /// Events whose line matches a term about texts; `None` when ended early. Empty for terms that the model
    /// can answer.
    pub(super) fn events_by_line(&self, term: &Term) -> Option<Arc<Bits>> {
        let test: FactTest<'_> = match term {
            Term::Text {
                field: TextField::Text,
                text,
            } => Box::new(|fact| text.matches(&fact.mta.unescape(fact.text))),
            Term::Code(code) => Box::new(|fact| code_fits(*code, fact)),
            _ => return Some(Arc::new(Bits::empty(0))),
        };
        self.scan(LineScope::Outcomes, term, &test)
    }

    /// Arrivals whose subject matches a term about texts; `None` when ended early.
    pub(super) fn arrivals_by_line(&self, term: &Term) -> Option<Arc<Bits>> {
        let test: FactTest<'_> = match term {
            Term::Text {
                field: TextField::Text,
                text,
            } => Box::new(|fact| text.matches(&fact.mta.unescape(fact.subject))),
            _ => return Some(Arc::new(Bits::empty(0))),
        };
        self.scan(LineScope::Arrivals, term, &test)
    }

    /// Reads the lines not yet read for the term. What was read stays cached when it ends early.
    fn scan(&self, scope: LineScope, term: &Term, test: &FactTest<'_>) -> Option<Arc<Bits>> {
        let mut scans = self.index.scans.borrow_mut();
        let cached = scans.take(|scan| scan.scope == scope && scan.term == *term);
        let mut scan = cached.unwrap_or_else(|| {
            let wider = |wider: &&Scan| wider.scope == scope && narrow::term(term, &wider.term);
            let wider = scans.iter().find(wider);
            Scan {
                scope,
                term: term.clone(),
                events: 0,
                total: 0,
                passed: Arc::new(Bits::empty(0)),
                among: wider.map(|scan| (scan.events, Arc::clone(&scan.passed))),
            }
        });
        let done = scan.go_on(self.model, self.breaks, test);
        let passed = Arc::clone(&scan.passed);
        scans.add(scan);
        done.map(|()| passed)
    }
}

impl Scan {
    /// Number of events tested, and of events in all.
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
                let event = event.filter(|event| self.scope.asks(&self.term, model, event));
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

impl LineScope {
    fn asks(self, term: &Term, model: &Model, event: &Event) -> bool {
        match self {
            Self::Arrivals => event.kind == Kind::Arrival,
            Self::Outcomes => {
                // Exim writes the code in the text, which the model stores; other systems write it in a field
                // of its own.
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
