//! Filter language: one line of text that selects rows, with the same meaning in every view and report.
//!
//! ```text
//! filter  = terms { "OR" terms }                  OR binds loosest
//! terms   = unary { [ "AND" ] unary }             side by side: all of them
//! unary   = { "-" | "!" | "NOT" } ( "(" [ filter ] ")" | term )
//! term    = text | field op value { "," value }   a list: any of them; with != none of them
//! op      = ":" | "=" | "!=" | "<" | "<=" | ">" | ">="
//! value   = text
//! text    = word | "\"" quoted "\"" | "/" regex "/"
//! ```
//!
//! - A word or a quoted text matches anywhere shown, in any letter case. Inside quotes `\"` and `\\`
//!   are the escapes. Keywords are upper case only. A word ends at a space or a parenthesis; a value
//!   ends at a comma as well.
//! - A regex (`\/` is a slash in it) matches in any letter case unless it names an upper-case letter;
//!   `(?i)` and `(?-i)` override that. It is Unicode: `.` does not match a byte that is not UTF-8.
//! - `:` contains where the field is a text, else it is `=`. `=` is the whole value, in any letter
//!   case but for `id`. The fields are [`FIELDS`].
//! - Grades compare as A < B < S < C < D < E < F: `>=C` is C or worse. R, L and ? match by `=` only.
//! - `ip:192.0.2` is the network of these whole parts; `ip=` takes an address or a network.
//! - Times are civil times of the display zone unless they carry an offset. `until` takes in the
//!   whole day, minute or second that is written. `-2h` counts from [`Clock::now`].
//!
//! A filter is parsed into an [`Expr`] without clock, zone or data; an evaluation asks
//! [`Moment::span`] once to place its times. Printing an `Expr` gives the canonical text.

mod check;
mod cidr;
mod complete;
mod error;
pub mod eval;
mod expr;
mod field;
mod fit;
mod fold;
mod history;
mod lex;
mod moment;
mod narrow;
mod needles;
mod parse;
mod print;
mod set;
mod slip;
mod suggest;
#[cfg(test)]
mod tests;
mod text_match;
mod value;

use std::fmt;

pub use complete::{Completion, NothingSeen, Seen, ValueSource, complete};
pub use error::QueryError;
pub use expr::{Cmp, Code, Expr, Term};
pub use field::{Edge, FIELDS, Field, FieldInfo, NumberField, Op, TextField};
pub use fit::UnfitFilter;
pub use history::History;
pub use moment::{Clock, Moment, Span, Unit, Zone};
pub use set::{Member, Set};
pub use text_match::{How, PatternError, TextMatch};

/// A parsed and checked filter. The default selects everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    expr: Expr,
}

impl Default for Query {
    fn default() -> Self {
        Self { expr: Expr::All }
    }
}

impl From<Expr> for Query {
    fn from(expr: Expr) -> Self {
        Self { expr }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl Query {
    /// Parses a filter; a blank one selects everything. The error is that of the leftmost mistake, with its
    /// position and whether more input may complete the text.
    pub fn parse(input: &str) -> Result<Self, QueryError> {
        parse::parse(input).map(Self::from)
    }

    /// Parsed expression.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// True for the filter that selects everything.
    pub fn is_all(&self) -> bool {
        self.expr == Expr::All
    }

    /// Texts of which at least one occurs, in any ASCII letter case, on some line of every selected log
    /// message, and on the line of every selected event without a message. `None` when no such texts are known.
    pub fn needles(&self) -> Option<Vec<&str>> {
        needles::of(&self.expr)
    }

    /// True when `previous`, at the same [`Clock`], selects every row that this filter selects: the rows
    /// selected by `previous` then need to be tested only. False where this cannot be told.
    pub fn narrows(&self, previous: &Self) -> bool {
        narrow::implies(&self.expr, &previous.expr)
    }
}
