//! The tables of CONTRACT, row by row.

mod events;
pub(super) mod findings;
mod hops;
mod mails;
mod messages;
mod not_searched;
mod not_understood;
mod postures;
mod select;
mod tls;

use std::sync::{Mutex, OnceLock, PoisonError};

use super::value::{Column, Row, Table, Value};
use crate::insight::findings::{self as insight, Finding};
use crate::insight::posture::Postures;
use crate::model::{Event, GradeBook, Lines, Model, Symbol};
use crate::parse::Mta;
use crate::query::{Query, UnfitFilter};
use crate::source::SourceError;
use events::Events;
use messages::Messages;

/// What rows are made from.
pub struct Facts<'a> {
    /// What was loaded.
    pub model: &'a Model,
    /// The grades of what was loaded.
    pub grades: &'a GradeBook,
    /// Label of the host, for lines that name none; may be empty.
    pub host: &'a str,
    /// The postures of the selection, for the tables of hosts and domains.
    postures: OnceLock<Postures>,
    failure: Mutex<Option<SourceError>>,
    findings: OnceLock<Vec<Finding>>,
    /// See [`Facts::found_since`].
    since: Option<i64>,
    /// Number of the first event that can be selected.
    first_event: u32,
    /// Attempt of each event from `first_event` on: see [`events`].
    attempts: OnceLock<Vec<u16>>,
}

impl<'a> Facts<'a> {
    /// Rows of `model` under `grades`.
    pub const fn new(model: &'a Model, grades: &'a GradeBook, host: &'a str) -> Self {
        Self {
            model,
            grades,
            host,
            postures: OnceLock::new(),
            failure: Mutex::new(None),
            findings: OnceLock::new(),
            since: None,
            first_event: 0,
            attempts: OnceLock::new(),
        }
    }

    /// The same facts, of which only events from number `first` on are selected: their rows cost no more than these
    /// events and their messages, however many events stand before.
    #[must_use]
    pub const fn from_event(mut self, first: u32) -> Self {
        self.first_event = first;
        self
    }

    /// The same with findings of what happened from a time on alone, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn found_since(mut self, since: Option<i64>) -> Self {
        self.since = since;
        self
    }

    /// The findings; looked for when first asked.
    pub fn findings(&self) -> &[Finding] {
        self.findings
            .get_or_init(|| insight::since(self.model, self.grades, self.since))
    }

    /// A line that could not be read again while rows were made, if there was one: cells that only the
    /// line can fill are null then.
    pub fn take_failure(&self) -> Option<SourceError> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take()
    }

    fn noted<T>(&self, result: Result<Option<T>, SourceError>) -> Option<T> {
        result.unwrap_or_else(|error| {
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert(error);
            None
        })
    }
}

/// A table that can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One row for each queue entry, and for each loaded mail.
    Messages,
    /// One row for each fact in a log.
    Events,
    /// One row for each Received header.
    Hops,
    /// One row for each remote host and direction.
    Hosts,
    /// One row for each organisational domain of remote hosts and direction.
    Domains,
    /// One row for each thing that somebody should act on.
    Findings,
    /// One row for each line that was not understood, as far as they are kept.
    NotUnderstood,
}

impl Kind {
    /// Every table, in the order in which they are told of.
    pub const ALL: [Self; 7] = [
        Self::Messages,
        Self::Events,
        Self::Hops,
        Self::Hosts,
        Self::Domains,
        Self::Findings,
        Self::NotUnderstood,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Events => "events",
            Self::Hops => "hops",
            Self::Hosts => "hosts",
            Self::Domains => "domains",
            Self::Findings => "findings",
            Self::NotUnderstood => "not-understood",
        }
    }

    /// The columns of the table, in the order of CONTRACT.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Messages => &messages::COLUMNS,
            Self::Events => &events::COLUMNS,
            Self::Hops => &hops::COLUMNS,
            Self::Hosts => &postures::HOSTS,
            Self::Domains => &postures::DOMAINS,
            Self::Findings => &findings::COLUMNS,
            Self::NotUnderstood => &not_understood::COLUMNS,
        }
    }

    /// Fails for a filter that asks for what no row of the table has.
    pub fn check(self, query: &Query) -> Result<(), UnfitFilter> {
        match self {
            Self::Findings => insight::check(query),
            Self::NotUnderstood => not_understood::check(query.expr()),
            _ => Ok(()),
        }
    }

    /// The rows of a selection.
    pub fn table<'a>(
        self,
        facts: &'a Facts<'a>,
        selected: impl IntoIterator<Item = RowId, IntoIter: 'a>,
    ) -> Table<'a> {
        let mut maker = Maker::new(self, facts);
        let rows = selected.into_iter().filter_map(move |id| maker.row(id));
        Table {
            columns: self.columns(),
            rows: Box::new(rows),
        }
    }
}

/// Which row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowId {
    /// A log message, by number.
    Message(u32),
    /// A loaded mail, by number.
    Mail(u32),
    /// An event, by number.
    Event(u32),
    /// A hop of a loaded mail, by both numbers.
    Hop(u32, u32),
    /// A posture, by its place among those of the selection.
    Posture(u32),
    /// A finding, by its place among all.
    Finding(u32),
    /// A line that was not understood, by its place among those that are kept.
    Line(u32),
}

/// Makes the rows of one table, one after the other.
struct Maker<'a> {
    facts: &'a Facts<'a>,
    messages: Messages<'a>,
    /// Prepared only for the table that needs it.
    events: Option<Events<'a>>,
    lines: Lines<'a>,
}

impl<'a> Maker<'a> {
    fn new(table: Kind, facts: &'a Facts<'a>) -> Self {
        Self {
            facts,
            messages: Messages::new(facts),
            events: (table == Kind::Events).then(|| Events::new(facts)),
            lines: Lines::new(facts.model),
        }
    }

    fn row(&mut self, id: RowId) -> Option<Row> {
        match id {
            RowId::Message(number) => self.messages.row(number),
            RowId::Mail(number) => mails::row(self.facts, number),
            RowId::Event(number) => self.events.as_mut()?.row(number),
            RowId::Hop(mail, hop) => hops::row(self.facts, mail, hop),
            RowId::Posture(number) => postures::row(self.facts, number),
            RowId::Finding(number) => findings::row(self.facts, number),
            RowId::Line(number) => not_understood::row(self.facts, &mut self.lines, number),
        }
    }
}

/// An order of rows: `COLUMN` or `COLUMN:desc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    column: usize,
    descending: bool,
}

/// A `--sort` that names no column of the table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot sort by {asked:?}: give a column, perhaps with :desc behind it; the columns are {columns}"
)]
pub struct OrderError {
    asked: String,
    columns: String,
}

impl Order {
    /// Reads `COLUMN[:asc|:desc]` for a table.
    pub fn parse(text: &str, table: Kind) -> Result<Self, OrderError> {
        let (name, turn) = text.split_once(':').unwrap_or((text, "asc"));
        let column = table.columns().iter().position(|own| own.name == name);
        if let (Some(column), "asc" | "desc") = (column, turn) {
            let descending = turn == "desc";
            return Ok(Self { column, descending });
        }
        let names: Vec<&str> = table.columns().iter().map(|own| own.name).collect();
        Err(OrderError {
            asked: text.to_owned(),
            columns: names.join(" "),
        })
    }

    /// Puts a selection in order; equal rows stay as they were.
    pub fn sort(self, facts: &Facts<'_>, table: Kind, selected: Vec<RowId>) -> Vec<RowId> {
        let mut maker = Maker::new(table, facts);
        let mut keyed: Vec<(Value, RowId)> = Vec::with_capacity(selected.len());
        for id in selected {
            let row = maker.row(id).unwrap_or_default();
            keyed.push((row.into_iter().nth(self.column).unwrap_or_default(), id));
        }
        keyed.sort_by(|(a, _), (b, _)| a.compare(b, self.descending));
        keyed.into_iter().map(|(_, id)| id).collect()
    }
}

/// The host whose log it is.
fn host_cell(facts: &Facts<'_>, host: Symbol) -> Value {
    host_name(facts.model.strings.words.get(host))
}

fn mta_cell(facts: &Facts<'_>, event: &Event) -> Value {
    let mta = facts.model.origin_of(event).map(|origin| origin.mta);
    Value::word(mta.map(Mta::name))
}

fn path_cell(facts: &Facts<'_>, file: u32) -> Value {
    Value::text(facts.model.path(file).as_os_str().as_encoded_bytes())
}

/// A host: lower case, without the dot at the end.
fn host_name(name: &[u8]) -> Value {
    let name = name.to_ascii_lowercase();
    let end = name
        .iter()
        .rposition(|&byte| byte != b'.')
        .map_or(0, |last| last + 1);
    Value::text(name.get(..end).unwrap_or_default())
}
