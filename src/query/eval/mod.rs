//! Applies a filter to the model: distinct strings are asked once, then rows are looked up.
//!
//! A term about messages first finds out which strings, sessions or numbers it means, then which messages use
//! them; their numbers are put together as sets, and the list is the order of all messages without those that are
//! not in the set. What one evaluation found the next one knows from the [`Index`]: a text that goes on looks at
//! the strings that its beginning left, and a further term costs no more than itself.

mod bits;
mod columns;
mod events;
mod index;
mod lines;
mod listed;
mod mails;
mod messages;
mod order;
mod packed;
mod postings;
mod radix;
mod sort;
mod strings;
mod sweep;
#[cfg(test)]
mod tests;
mod window;

use std::sync::Arc;

use crate::model::{GradeBook, Model, Zone};
use crate::tls::Grade;

use super::{Clock, Edge, Expr, Moment, Query, Span, Term};

pub use bits::Bits;
pub use index::Index;
pub use sort::{Sort, SortKey};

/// The tables that the explorer lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Log messages; rows are message numbers.
    Messages,
    /// Remote hosts or their domains. Rows are postures, which are made of the events that a filter
    /// selects: a layer above numbers and orders them.
    Hosts,
    /// Loaded mails; rows are mail numbers.
    Chains,
    /// What somebody should act on. Rows are findings, which a layer above finds, numbers and orders.
    Findings,
    /// Stretches of time, which are cut to the width of a screen: a layer above numbers them.
    Overview,
}

impl Table {
    /// Every table, in the order of the views.
    pub const ALL: [Self; 5] = [
        Self::Messages,
        Self::Hosts,
        Self::Chains,
        Self::Findings,
        Self::Overview,
    ];
}

/// What an evaluation looks at.
pub struct Scene<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its grades.
    pub grades: &'a GradeBook,
    /// What earlier evaluations of the same model left.
    pub index: &'a Index,
    /// Zone of civil times in the filter.
    pub zone: Zone,
    /// When to end early.
    pub breaks: Breaks<'a>,
}

/// When an evaluation ends before it has an answer. Asked again with the same index it goes on from there, as far as
/// it builds the index or reads lines again; the rest is done anew.
#[derive(Clone, Copy)]
pub struct Breaks<'a> {
    /// Asked often: nobody wants the answer any more.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Asked whenever a part is done that need not be done again: others shall have the model for a while.
    pub rests: &'a dyn Fn() -> bool,
}

impl Breaks<'_> {
    /// Only an answer ends it.
    pub const NEVER: Self = Self {
        cancelled: &|| false,
        rests: &|| false,
    };

    fn go_on(self) -> Option<()> {
        (!(self.cancelled)()).then_some(())
    }

    fn rest(self) -> Option<()> {
        (!(self.rests)()).then_some(())
    }
}

/// True for a grade that somebody should look at: C or worse, or refused.
pub const fn is_bad(grade: Grade) -> bool {
    grade.is_bad() || matches!(grade, Grade::Refused)
}

/// The stretch of time that a moment names, with `now` in milliseconds since 1970-01-01 UTC.
pub fn span_of(moment: Moment, zone: Zone, now: i64) -> Span {
    match zone {
        Zone::Named(zone) => moment.span(&Clock { now, zone: &zone }),
        Zone::Fixed(zone) => moment.span(&Clock { now, zone: &zone }),
    }
}

impl Scene<'_> {
    /// The rows of a table that a filter selects, in order; `None` when it ended early.
    pub fn rows(&self, table: Table, query: &Query, sort: Sort) -> Option<Vec<u32>> {
        match table {
            Table::Messages => self.ordered_messages(&self.messages(query)?, sort),
            Table::Hosts | Table::Findings | Table::Overview => Some(Vec::new()),
            Table::Chains => {
                let mut rows: Vec<u32> = self.mails(query)?.ones().collect();
                self.order_mails(&mut rows, sort);
                Some(rows)
            }
        }
    }

    /// Rows of a table before any filter.
    pub fn total(&self, table: Table) -> u32 {
        match table {
            Table::Messages => self.model.messages.len(),
            Table::Hosts | Table::Findings | Table::Overview => 0,
            Table::Chains => u32::try_from(self.model.mails.len()).unwrap_or(u32::MAX),
        }
    }

    /// The log messages that a filter selects.
    pub fn messages(&self, query: &Query) -> Option<Bits> {
        self.walk(query.expr(), self.model.messages.len(), &|term| {
            self.messages_where(term)
        })
    }

    /// The events that a filter selects.
    pub fn events(&self, query: &Query) -> Option<Bits> {
        self.events_from(query, 0)
    }

    /// Of the events from number `first` on, those that a filter selects, counted from 0. The work is that of so many
    /// events and their messages, whatever there is before.
    pub fn events_from(&self, query: &Query, first: u32) -> Option<Bits> {
        let count = self.model.events.len().saturating_sub(first);
        self.walk(query.expr(), count, &|term| {
            self.events_where(term, first).map(Arc::new)
        })
    }

    /// The loaded mails that a filter selects.
    pub fn mails(&self, query: &Query) -> Option<Bits> {
        let count = u32::try_from(self.model.mails.len()).unwrap_or(u32::MAX);
        self.walk(query.expr(), count, &|term| {
            Some(Arc::new(self.mails_where(term)))
        })
    }

    /// Evaluates an expression over sets of rows.
    fn walk(
        &self,
        expr: &Expr,
        rows: u32,
        of: &dyn Fn(&Term) -> Option<Arc<Bits>>,
    ) -> Option<Bits> {
        self.breaks.go_on()?;
        match expr {
            Expr::All => Some(Bits::full(rows)),
            Expr::Term(term) => of(term).map(Arc::unwrap_or_clone),
            Expr::Not(inner) => {
                let mut bits = self.walk(inner, rows, of)?;
                bits.invert();
                Some(bits)
            }
            Expr::And(list) => {
                let mut all = Bits::full(rows);
                for part in list {
                    all.intersect(&self.walk(part, rows, of)?);
                }
                Some(all)
            }
            Expr::Or(list) => {
                let mut any = Bits::empty(rows);
                for part in list {
                    any.unite(&self.walk(part, rows, of)?);
                }
                Some(any)
            }
        }
    }

    /// Whether a stretch of time (first and last millisecond) passes `since` or `until`.
    pub fn in_time(&self, edge: Edge, moment: Moment) -> impl Fn(i64, i64) -> bool + use<> {
        let span = span_of(moment, self.zone, self.model.newest());
        move |first, last| match edge {
            Edge::Since => last >= span.start,
            Edge::Until => first < span.end,
        }
    }
}
