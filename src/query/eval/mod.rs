//! Evaluates filters on the model.
//!
//! A term about messages is first resolved to the strings, sessions or numbers that match it, each distinct one
//! tested once, then to the set of messages that use them. Sets are combined, and a sorted list is the order of
//! all messages without those that are not in the set. The [`Index`] caches all of this: a text that was
//! extended tests only the strings matched before, and one more term costs no more than that term.
//!
//! - `messages`, `events`, `barred`, `mails`, `window`, `lines`: the rows that match a term.
//! - `strings`, `batch_search`: the strings that match a text.
//! - `postings`, `columns`, `listed`, `index`: caches that grow with the model.
//! - `order`, `radix`, `sort`: sorting. `bits`, `packed`: compact sets and lists of numbers.

mod barred;
mod batch_search;
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

/// Tables listed by the explorer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Log messages; rows are message numbers.
    Messages,
    /// Remote hosts or their domains. Rows are postures, computed from the selected events, numbered and sorted
    /// by `insight`.
    Hosts,
    /// Loaded mails; rows are mail numbers.
    Chains,
    /// Findings, computed, numbered and sorted by `insight`.
    Findings,
    /// Time buckets as wide as a screen column, numbered by `insight`.
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

/// Input of an evaluation.
pub struct Scene<'a> {
    /// Model to select from.
    pub model: &'a Model,
    /// Grades of the rows of the model.
    pub grades: &'a GradeBook,
    /// Cache of this model, filled by earlier evaluations.
    pub index: &'a Index,
    /// Time zone of the times in the filter.
    pub zone: Zone,
    /// Conditions on which the evaluation ends early.
    pub breaks: Breaks<'a>,
}

/// Conditions on which an evaluation ends without an answer. Repeated with the same index, it continues where
/// it was building the index or reading lines; everything else starts again.
#[derive(Clone, Copy)]
pub struct Breaks<'a> {
    /// Whether the answer is no longer wanted. Called often.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Whether to release the model to other users for a while. Called when a part is complete that the index keeps.
    pub rests: &'a dyn Fn() -> bool,
}

impl Breaks<'_> {
    /// Never ends early.
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

/// True for a grade to act on: C or worse, or refused.
pub const fn is_bad(grade: Grade) -> bool {
    grade.is_bad() || matches!(grade, Grade::Refused)
}

/// Time span of a moment in a filter; `now` is in milliseconds since 1970-01-01 UTC.
pub fn span_of(moment: Moment, zone: Zone, now: i64) -> Span {
    match zone {
        Zone::Named(zone) => moment.span(&Clock { now, zone: &zone }),
        Zone::Fixed(zone) => moment.span(&Clock { now, zone: &zone }),
    }
}

impl Scene<'_> {
    /// Sorted rows of a table that a filter selects; `None` when ended early. Empty for tables whose rows
    /// `insight` computes.
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

    /// Number of rows of a table without a filter; 0 for tables whose rows `insight` computes.
    pub fn total(&self, table: Table) -> u32 {
        match table {
            Table::Messages => self.model.messages.len(),
            Table::Hosts | Table::Findings | Table::Overview => 0,
            Table::Chains => u32::try_from(self.model.mails.len()).unwrap_or(u32::MAX),
        }
    }

    /// Log messages selected by a filter.
    pub fn messages(&self, query: &Query) -> Option<Bits> {
        self.walk(query.expr(), self.model.messages.len(), &|term| {
            self.messages_where(term)
        })
    }

    /// Events selected by a filter.
    pub fn events(&self, query: &Query) -> Option<Bits> {
        self.events_from(query, 0)
    }

    /// Events from number `first` on that a filter selects, counted from 0. The cost depends only on the number
    /// of these events and their messages.
    pub fn events_from(&self, query: &Query, first: u32) -> Option<Bits> {
        let count = self.model.events.len().saturating_sub(first);
        self.walk(query.expr(), count, &|term| {
            self.events_where(term, first).map(Arc::new)
        })
    }

    /// Loaded mails selected by a filter.
    pub fn mails(&self, query: &Query) -> Option<Bits> {
        let count = u32::try_from(self.model.mails.len()).unwrap_or(u32::MAX);
        self.walk(query.expr(), count, &|term| {
            Some(Arc::new(self.mails_where(term)))
        })
    }

    /// Evaluates an expression over sets of rows below `rows`; `of` gives the set of a term.
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

    /// Test whether a time span (first and last millisecond) satisfies `since` or `until`.
    pub fn in_time(&self, edge: Edge, moment: Moment) -> impl Fn(i64, i64) -> bool + use<> {
        let span = span_of(moment, self.zone, self.model.newest());
        move |first, last| match edge {
            Edge::Since => last >= span.start,
            Edge::Until => first < span.end,
        }
    }
}
