//! `events`: one row for each fact in a log.

use std::sync::LazyLock;

use super::super::value::{Column, Holds, Row, Value};
use super::{Facts, host_cell, mta_cell, path_cell, tls};
use crate::model::{Endpoint, Event, Lines, Message, Model, attempts, shares};
use crate::parse::{Direction, Fact, Flag};

/// In the order of CONTRACT.
pub(super) static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let before = [
        Column::new("time", Holds::Time, 9),
        Column::new("host", Holds::Word, 1),
        Column::new("mta", Holds::Word, 0),
        Column::new("queue_id", Holds::Word, 9),
        Column::new("kind", Holds::Word, 8),
        Column::new("flag", Holds::Word, 0),
        Column::new("attempt", Holds::Number, 6),
        Column::new("direction", Holds::Direction, 4),
        Column::new("address", Holds::Address, 7),
        Column::new("parent_address", Holds::Address, 0),
        Column::new("router", Holds::Word, 0),
        Column::new("transport", Holds::Word, 0),
        Column::new("peer_name", Holds::Host, 7),
        Column::new("peer_helo", Holds::Helo, 0),
        Column::new("peer_ip", Holds::Ip, 3),
        Column::new("peer_port", Holds::Number, 0),
        Column::new("peer_queue_id", Holds::Word, 0),
        Column::new("protocol", Holds::Word, 0),
    ];
    let after = [
        Column::new("errno", Holds::Number, 3),
        Column::new("enhanced_status", Holds::Word, 0),
        Column::new("size", Holds::Number, 0),
        Column::new("text", Holds::Prose, 2),
        Column::new("ambiguous", Holds::Flag, 0),
        Column::new("file", Holds::Path, 0),
        Column::new("line", Holds::Number, 0),
    ];
    [&before[..], &tls::COLUMNS, &after].concat()
});

/// Makes the rows.
pub(super) struct Events<'a> {
    facts: &'a Facts<'a>,
    lines: Lines<'a>,
    /// Attempt of each event, from [`Facts::from_event`] on; 0 where there is none.
    attempts: &'a [u16],
}

/// What a [`crate::model::Event`] does not hold: it stands on the line only.
#[derive(Default)]
struct OnLine {
    host: Vec<u8>,
    way: [Value; 2],
    port: Value,
    next_queue_id: Value,
    protocol: Value,
    errno: Value,
    enhanced_status: Value,
    size: Value,
    text: Value,
}

impl OnLine {
    fn read(fact: &Fact<'_>) -> Self {
        Self {
            host: fact.host.to_vec(),
            way: [Value::text(fact.router), Value::text(fact.transport)],
            port: Value::integer(fact.peer.port),
            next_queue_id: Value::text(fact.peer_queue_id()),
            protocol: Value::text(fact.protocol),
            errno: Value::integer(fact.errno),
            enhanced_status: Value::text(fact.enhanced_status),
            size: fact.size.map_or(Value::Null, Value::count),
            text: Value::text(&fact.mta.unescape(fact.text)),
        }
    }

    /// What is left to say when the line cannot be had any more.
    fn of(model: &Model, event: &Event) -> Self {
        let remark = model.remark(event);
        Self {
            errno: Value::integer((remark.errno != 0).then_some(remark.errno)),
            text: Value::text(&model.unescaped_text(event)),
            ..Self::default()
        }
    }
}

impl<'a> Events<'a> {
    pub(super) fn new(facts: &'a Facts<'a>) -> Self {
        Self {
            facts,
            lines: Lines::new(facts.model),
            attempts: (facts.attempts)
                .get_or_init(|| attempts_from(facts.model, facts.first_event)),
        }
    }

    /// The row of an event; `None` when there is no such event.
    pub(super) fn row(&mut self, number: u32) -> Option<Row> {
        let facts = self.facts;
        let event = facts.model.events.get(number)?;
        let message = facts.model.messages.get(event.message);
        let line = facts.noted(self.lines.recall(&event, OnLine::read));
        let line = line.unwrap_or_else(|| OnLine::of(facts.model, &event));
        let nth = number.checked_sub(facts.first_event);
        let attempt = nth.and_then(|nth| self.attempts.get(nth as usize));
        let attempt = attempt.filter(|own| **own > 0);
        let grading = facts.grades.grading(facts.model, &event);
        let mut row = Vec::with_capacity(COLUMNS.len());
        row.extend(place(facts, &event, message, &line.host));
        row.extend(what(&event, attempt.copied()));
        row.extend(addresses(facts, &event));
        row.extend(line.way);
        row.extend(peer(&facts.model.strings.endpoint(event.peer)));
        row.extend([line.port, line.next_queue_id, line.protocol]);
        row.extend(tls::cells(
            facts.model.tls_state(&event),
            facts.model.session(&event),
            &grading,
        ));
        row.extend([line.errno, line.enhanced_status, line.size, line.text]);
        row.extend([
            Value::Bool(event.is_ambiguous()),
            path_cell(facts, facts.model.file_number(&event)),
            Value::Integer(facts.model.events.line(&event).into()),
        ]);
        Some(row)
    }
}

/// The number of the attempt that each event from `first` on belongs to, counted within its message from 1.
fn attempts_from(model: &Model, first: u32) -> Vec<u16> {
    let count = model.events.len().saturating_sub(first);
    let mut all = vec![0; count as usize];
    let numbered = if first == 0 {
        let parts = shares::stretches(0..model.messages.len(), shares::MESSAGES);
        shares::share(parts, |part| attempts_of(model, part))
    } else {
        let new = model.events.range(first, model.events.len());
        let mut messages: Vec<u32> = new.map(|event| event.message).collect();
        messages.sort_unstable();
        messages.dedup();
        vec![attempts_of(model, messages)]
    };
    for (number, attempt) in numbered.into_iter().flatten() {
        let nth = number.checked_sub(first);
        if let Some(own) = nth.and_then(|nth| all.get_mut(nth as usize)) {
            *own = attempt;
        }
    }
    all
}

/// The events of some messages that belong to an attempt, with its number. They are hardly a third of the events: a
/// list of all for each thread would take more room.
fn attempts_of(model: &Model, messages: impl IntoIterator<Item = u32>) -> Vec<(u32, u16)> {
    let messages = messages.into_iter();
    let messages = messages.filter_map(|number| model.messages.get(number));
    let numbered = messages.flat_map(|message| {
        let numbered = attempts::number(&model.strings, model.events_of(message));
        model.event_numbers_of(message).zip(numbered)
    });
    numbered.filter(|(_, attempt)| *attempt > 0).collect()
}

fn place(
    facts: &Facts<'_>,
    event: &Event,
    message: Option<&Message>,
    written: &[u8],
) -> [Value; 4] {
    let host = match message {
        Some(message) => host_cell(facts, message.host),
        None if written.is_empty() => Value::text(facts.host.as_bytes()),
        None => Value::text(&written.to_ascii_lowercase()),
    };
    let queue_id = message.map(|message| facts.model.queue_id(message));
    [
        Value::Time(event.time()),
        host,
        mta_cell(facts, event),
        Value::text(&queue_id.unwrap_or_default()),
    ]
}

fn what(event: &Event, attempt: Option<u16>) -> [Value; 4] {
    [
        Value::Word(event.kind.name()),
        Value::word(event.flag().map(Flag::mark)),
        Value::integer(attempt),
        Value::word(event.direction().map(Direction::name)),
    ]
}

fn addresses(facts: &Facts<'_>, event: &Event) -> [Value; 2] {
    let addresses = &facts.model.strings.addresses;
    let parent = facts.model.remark(event).parent;
    [event.address, parent].map(|address| Value::address(addresses.get(address)))
}

fn peer(endpoint: &Endpoint<'_>) -> [Value; 3] {
    let ip = match endpoint.address() {
        Some(address) => Value::text(address.to_string().as_bytes()),
        None => Value::text(endpoint.ip),
    };
    [Value::text(endpoint.name), Value::text(endpoint.helo), ip]
}
