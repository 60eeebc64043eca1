//! `messages`: one row for each queue entry of each host.

use super::super::value::{Column, Holds, Row, Value};
use super::{Facts, host_cell, mta_cell, path_cell};
use crate::model::{Event, Lines, Message, OnLine};
use crate::parse::{Direction, Fact, Kind};
use crate::text::Clean;

/// In the order of CONTRACT.
pub(super) const COLUMNS: [Column; 22] = [
    Column::new("source", Holds::Word, 0),
    Column::new("host", Holds::Word, 1),
    Column::new("mta", Holds::Word, 0),
    Column::new("queue_id", Holds::Word, 9),
    Column::new("message_id", Holds::MessageId, 0),
    Column::new("first", Holds::Time, 0),
    Column::new("last", Holds::Time, 9),
    Column::new("sender", Holds::Address, 5),
    Column::new("recipients", Holds::Addresses, 8),
    Column::new("size", Holds::Number, 1),
    Column::new("subject", Holds::Subject, 2),
    Column::new("status", Holds::Word, 9),
    Column::new("arrival_protocol", Holds::Word, 0),
    Column::new("peer", Holds::Host, 3),
    Column::new("attempts", Holds::Number, 6),
    Column::new("waits", Holds::Number, 4),
    Column::new("grade", Holds::Grade, 9),
    Column::new("claimed", Holds::Grade, 7),
    Column::new("incomplete", Holds::Flag, 0),
    Column::new("events", Holds::Number, 0),
    Column::new("file", Holds::Path, 0),
    Column::new("line", Holds::Number, 0),
];

/// Makes the rows.
pub(super) struct Messages<'a> {
    facts: &'a Facts<'a>,
    lines: Lines<'a>,
}

impl<'a> Messages<'a> {
    pub(super) const fn new(facts: &'a Facts<'a>) -> Self {
        let lines = Lines::new(facts.model);
        Self { facts, lines }
    }

    /// The row of a message; `None` when there is no such message.
    pub(super) fn row(&mut self, number: u32) -> Option<Row> {
        let facts = self.facts;
        let message = facts.model.messages.get(number)?;
        let first = facts.model.events.get(message.first)?;
        let subject = self.subject(message);
        let recipients = self.recipients(message);
        let mut row = Vec::with_capacity(COLUMNS.len());
        row.extend(identity(facts, message, &first));
        row.extend(span(facts, message));
        row.extend(envelope(facts, message, recipients, &subject));
        row.extend(course(facts, message));
        row.extend(verdict(facts, number));
        row.extend([
            Value::Integer(message.events.into()),
            path_cell(facts, facts.model.file_number(&first)),
            Value::Integer(facts.model.events.line(&first).into()),
        ]);
        Some(row)
    }

    /// Only the arrival line says it.
    fn subject(&mut self, message: &Message) -> Vec<u8> {
        let Some(event) = self.facts.model.events.get(message.arrival) else {
            return Vec::new();
        };
        let read = |fact: &Fact<'_>| fact.mta.unescape(fact.subject).into_owned();
        let subject = self.lines.recall(&event, read);
        self.facts.noted(subject).unwrap_or_default()
    }

    fn recipients(&mut self, message: &Message) -> Vec<Clean> {
        let (facts, lines) = (self.facts, &mut self.lines);
        let read = |event: &Event| facts.noted(lines.recall(event, OnLine::of));
        let all = facts.model.recipients_of(message, read);
        all.iter().map(Clean::line).collect()
    }
}

fn identity(facts: &Facts<'_>, message: &Message, first: &Event) -> [Value; 5] {
    let strings = &facts.model.strings;
    [
        Value::Word("log"),
        host_cell(facts, message.host),
        mta_cell(facts, first),
        Value::text(&facts.model.queue_id(message)),
        Value::text(&strings.message_ids.get(message.message_id).text()),
    ]
}

/// Files may be loaded in any order, and parallel processes write a little out of order.
fn span(facts: &Facts<'_>, message: &Message) -> [Value; 2] {
    let times = || facts.model.events_of(message).map(|event| event.time());
    [times().min(), times().max()].map(|time| time.map_or(Value::Null, Value::Time))
}

fn envelope(
    facts: &Facts<'_>,
    message: &Message,
    recipients: Vec<Clean>,
    subject: &[u8],
) -> [Value; 4] {
    let sender = facts.model.strings.addresses.get(message.sender);
    let size = Lines::new(facts.model).size_of(message);
    [
        Value::address(sender),
        Value::List(recipients),
        size.map_or(Value::Null, Value::count),
        Value::text(subject),
    ]
}

fn course(facts: &Facts<'_>, message: &Message) -> [Value; 5] {
    let strings = &facts.model.strings;
    [
        Value::Word(message.status().name()),
        Value::text(strings.protocols.get(message.protocol)),
        Value::text(giver(facts, message).unwrap_or_default()),
        Value::Integer(message.attempts.into()),
        Value::Integer(message.waits.into()),
    ]
}

/// Who handed us the message, or tried to.
fn giver<'a>(facts: &'a Facts<'_>, message: &Message) -> Option<&'a [u8]> {
    let mut inbound = facts.model.events_of(message).filter(|event| {
        matches!(event.kind, Kind::Arrival | Kind::Rejection | Kind::Note)
            && event.direction() == Some(Direction::In)
            && !event.peer.is_none()
    });
    let event = inbound.next()?;
    Some(facts.model.strings.endpoint(event.peer).label())
}

fn verdict(facts: &Facts<'_>, number: u32) -> [Value; 3] {
    let grade = facts.grades.message(number);
    [
        Value::Grade(grade.grade),
        Value::Null,
        Value::Bool(grade.incomplete),
    ]
}
