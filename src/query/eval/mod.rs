//! Applies a filter to the model: distinct strings are asked once, then rows are looked up.

mod bits;
mod events;
mod lines;
mod mails;
mod messages;
mod sort;
mod strings;

use crate::model::{GradeBook, Model, Zone};
use crate::tls::Grade;

use super::{Clock, Edge, Expr, Moment, Query, Term};

pub use bits::Bits;
pub use sort::{Sort, SortKey};

/// The tables that the explorer lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Log messages; rows are message numbers.
    Messages,
    /// Loaded mails; rows are mail numbers.
    Chains,
}

/// What an evaluation looks at.
pub struct Scene<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its grades.
    pub grades: &'a GradeBook,
    /// Zone of civil times in the filter.
    pub zone: Zone,
    /// Asked now and then: true stops the evaluation.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// True for a grade that somebody should look at: C or worse, or refused.
pub const fn is_bad(grade: Grade) -> bool {
    grade.is_bad() || matches!(grade, Grade::Refused)
}

impl Scene<'_> {
    /// The rows of a table that a filter selects, in order; `None` when it was cancelled.
    pub fn rows(&self, table: Table, query: &Query, sort: Sort) -> Option<Vec<u32>> {
        let bits = match table {
            Table::Messages => self.messages(query)?,
            Table::Chains => self.mails(query)?,
        };
        let mut rows: Vec<u32> = bits.ones().collect();
        self.order(table, &mut rows, sort);
        Some(rows)
    }

    /// Rows of a table before any filter.
    pub fn total(&self, table: Table) -> u32 {
        match table {
            Table::Messages => self.model.messages.len(),
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
        self.walk(query.expr(), self.model.events.len(), &|term| {
            self.events_where(term)
        })
    }

    /// The loaded mails that a filter selects.
    pub fn mails(&self, query: &Query) -> Option<Bits> {
        let count = u32::try_from(self.model.mails.len()).unwrap_or(u32::MAX);
        self.walk(query.expr(), count, &|term| Some(self.mails_where(term)))
    }

    /// Evaluates an expression over sets of rows.
    fn walk(&self, expr: &Expr, rows: u32, of: &dyn Fn(&Term) -> Option<Bits>) -> Option<Bits> {
        if (self.cancelled)() {
            return None;
        }
        match expr {
            Expr::All => Some(Bits::full(rows)),
            Expr::Term(term) => of(term),
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
        let newest = self.model.newest();
        let span = match self.zone {
            Zone::Named(zone) => moment.span(&Clock {
                now: newest,
                zone: &zone,
            }),
            Zone::Fixed(zone) => moment.span(&Clock {
                now: newest,
                zone: &zone,
            }),
        };
        move |first, last| match edge {
            Edge::Since => last >= span.start,
            Edge::Until => first < span.end,
        }
    }
}
