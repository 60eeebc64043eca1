//! Terms about texts that only the log line has: replies and subjects.
//!
//! The model does not store texts that seldom repeat. A term about them reads the lines of the events in
//! question again, in order. A line that can no longer be read matches nothing, and [`Scene::unreadable`] tells of it.

use std::sync::Arc;

use crate::model::{Event, Lines, Model};
use crate::parse::{Fact, Kind, Mta};
use crate::query::{Code, Query, Term, TextField, narrow};

use super::strings::enhanced_codes;
use super::{Bits, Breaks, Scene, Table};

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

/// Progress of reading lines for a term, and what they told.
#[derive(Debug)]
pub(super) struct Scan {
    scope: LineScope,
    term: Term,
    /// Number of events tested.
    events: u32,
    /// Number of events when they were tested last.
    total: u32,
    found: LinesFound,
    /// Number of events tested for a wider term, and those that matched it. Of these events no others can match.
    among: Option<(u32, Arc<Bits>)>,
}

/// What the lines told that were read for a term.
#[derive(Clone, Debug, Default)]
struct LinesFound {
    /// Events whose lines match.
    passed: Arc<Bits>,
    /// Events whose lines cannot be read any more.
    unreadable: Arc<Bits>,
}

impl Scene<'_> {
    /// Events whose line matches a term about texts; `None` when ended early. Empty for terms that the model
    /// can answer.
    pub(super) fn events_by_line(&self, term: &Term) -> Option<Arc<Bits>> {
        let found = self.scan(LineScope::Outcomes, term)?;
        Some(found.passed)
    }

    /// Arrivals whose subject matches a term about texts; `None` when ended early.
    pub(super) fn arrivals_by_line(&self, term: &Term) -> Option<Arc<Bits>> {
        let found = self.scan(LineScope::Arrivals, term)?;
        Some(found.passed)
    }

    /// Events whose lines a filter of a table asks for and that cannot be read any more, because their file was
    /// truncated or replaced: nobody knows whether they match. `None` when ended early.
    pub fn unreadable(&self, table: Table, query: &Query) -> Option<Bits> {
        let scopes: &[LineScope] = match table {
            Table::Messages => &[LineScope::Outcomes, LineScope::Arrivals],
            Table::Hosts | Table::Overview => &[LineScope::Outcomes],
            Table::Chains | Table::Findings => &[],
        };
        let mut unreadable = Bits::empty(self.model.events.len());
        for term in query.expr().terms() {
            for scope in scopes {
                unreadable.unite(&self.scan(*scope, term)?.unreadable);
            }
        }
        Some(unreadable)
    }

    /// Reads the lines not yet read for the term. What was read stays cached when it ends early.
    fn scan(&self, scope: LineScope, term: &Term) -> Option<LinesFound> {
        let Some(test) = scope.test(term) else {
            return Some(LinesFound::default());
        };
        let mut scans = self.index.scans.borrow_mut();
        let cached = scans.take(|scan| scan.scope == scope && scan.term == *term);
        let mut scan = cached.unwrap_or_else(|| {
            let wider = |wider: &&Scan| wider.scope == scope && narrow::term(term, &wider.term);
            Scan::new(scope, term, scans.iter().find(wider))
        });
        let done = scan.go_on(self.model, self.breaks, &test);
        let found = scan.found.clone();
        scans.add(scan);
        done.map(|()| found)
    }
}

impl Scan {
    /// Nothing was read yet. A scan for a wider term tells which lines need not be read.
    fn new(scope: LineScope, term: &Term, wider: Option<&Self>) -> Self {
        let unreadable = wider.map(|scan| Arc::clone(&scan.found.unreadable));
        Self {
            scope,
            term: term.clone(),
            events: 0,
            total: 0,
            found: LinesFound {
                unreadable: unreadable.unwrap_or_default(),
                ..LinesFound::default()
            },
            among: wider.map(|scan| (scan.events, Arc::clone(&scan.found.passed))),
        }
    }

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
        let passed = Arc::make_mut(&mut self.found.passed);
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
                match event.map(|event| lines.recall(&event, test)) {
                    Some(Ok(Some(true))) => passed.set(number),
                    Some(Ok(None) | Err(_)) => {
                        let unreadable = Arc::make_mut(&mut self.found.unreadable);
                        unreadable.grow(end);
                        unreadable.set(number);
                    }
                    Some(Ok(Some(false))) | None => {}
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
    /// The test of a line for a term; `None` where the term asks nothing of these lines.
    fn test(self, term: &Term) -> Option<FactTest<'_>> {
        match term {
            Term::Code(code) if self == Self::Outcomes => {
                Some(Box::new(|fact| code_fits(*code, fact)))
            }
            Term::Text {
                field: TextField::Text,
                text,
            } => Some(match self {
                Self::Outcomes => Box::new(|fact| text.matches(&fact.mta.unescape(fact.text))),
                Self::Arrivals => Box::new(|fact| text.matches(&fact.mta.unescape(fact.subject))),
            }),
            _ => None,
        }
    }

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
