//! `hops`: one row for each Received header, oldest first.

use std::sync::LazyLock;

use super::super::value::{Column, Holds, Row, Value};
use super::{Facts, host_name, path_cell, tls};
use crate::model::{Hop, Mail};

/// In the order of CONTRACT.
pub(super) static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let before = [
        Column::new("file", Holds::Path, 0),
        Column::new("message", Holds::Number, 0),
        Column::new("message_id", Holds::MessageId, 0),
        Column::new("hop", Holds::Number, 9),
        Column::new("from_name", Holds::Host, 8),
        Column::new("from_helo", Holds::Helo, 0),
        Column::new("from_ip", Holds::Ip, 3),
        Column::new("by", Holds::Word, 8),
        Column::new("with", Holds::Word, 4),
        Column::new("transport", Holds::Word, 0),
    ];
    let after = [
        Column::new("queue_id", Holds::Word, 1),
        Column::new("for", Holds::Address, 0),
        Column::new("time", Holds::Time, 5),
        Column::new("delay_seconds", Holds::Number, 6),
        Column::new("evidence", Holds::Word, 7),
        Column::new("raw", Holds::Prose, 0),
    ];
    [&before[..], &tls::COLUMNS, &after].concat()
});

/// The row of a hop; both count from 0. `None` when there is no such hop.
pub(super) fn row(facts: &Facts<'_>, mail: u32, hop: u32) -> Option<Row> {
    let mail = facts.model.mails.get(mail as usize)?;
    let at = mail.hops.get(hop as usize)?;
    let mut row = Vec::with_capacity(COLUMNS.len());
    row.extend(place(facts, mail, hop));
    row.extend(route(at));
    row.extend(tls::cells(
        at.tls,
        at.session.as_ref(),
        &at.grading(facts.grades),
    ));
    row.extend(outcome(at));
    Some(row)
}

fn place(facts: &Facts<'_>, mail: &Mail, hop: u32) -> [Value; 4] {
    [
        path_cell(facts, mail.file),
        Value::Integer(mail.index.into()),
        Value::text(mail.message_id().as_bytes()),
        Value::Integer(i64::from(hop) + 1),
    ]
}

fn route(hop: &Hop) -> [Value; 6] {
    [
        host_name(&hop.from_name),
        Value::text(&hop.from_helo),
        Value::text(&hop.from_ip),
        host_name(&hop.by),
        Value::text(&hop.with),
        Value::Word(hop.transport.name()),
    ]
}

fn outcome(hop: &Hop) -> [Value; 6] {
    [
        Value::text(&hop.queue_id),
        Value::address(&hop.recipient),
        hop.time.map_or(Value::Null, Value::Time),
        Value::integer(hop.delay),
        Value::Word(hop.evidence.name()),
        Value::text(&hop.raw),
    ]
}
