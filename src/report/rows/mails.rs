//! `messages`, the rows of loaded message files: what only a log knows is null there.

use std::collections::HashSet;

use super::super::value::{Row, Value};
use super::{Facts, path_cell};
use crate::model::{Evidence, Hop, Mail, Status};
use crate::text::Clean;

/// The row of a loaded mail; `None` when there is no such mail.
pub(super) fn row(facts: &Facts<'_>, mail: u32) -> Option<Row> {
    let mail = facts.model.mails.get(mail as usize)?;
    // The newest header is ours only where the trust line says so.
    let newest = mail.hops.last().filter(|hop| hop.evidence == Evidence::Own);
    let grades = mail.grades(facts.grades);
    let mut row = Vec::with_capacity(super::messages::COLUMNS.len());
    row.extend(identity(mail, newest));
    row.extend([mail.first_time(), mail.time()].map(|time| time.map_or(Value::Null, Value::Time)));
    row.extend(envelope(mail));
    row.extend(course(mail, newest));
    row.extend([
        Value::Grade(grades.witnessed),
        grades.claimed.map_or(Value::Null, Value::Grade),
        Value::Bool(grades.incomplete),
        Value::Integer(0),
        path_cell(facts, mail.file),
        Value::Integer(mail.first_line.into()),
    ]);
    Some(row)
}

fn identity(mail: &Mail, newest: Option<&Hop>) -> [Value; 5] {
    [
        Value::Word("header"),
        newest.map_or(Value::Null, |hop| super::host_name(&hop.by)),
        Value::Null,
        newest.map_or(Value::Null, |hop| Value::text(&hop.queue_id)),
        Value::text(mail.message_id().as_bytes()),
    ]
}

/// As the last hosts noted it: the From and To headers are no envelope, and no size is stated.
fn envelope(mail: &Mail) -> [Value; 4] {
    let mut seen = HashSet::new();
    let named = mail.hops.iter().rev().map(|hop| hop.recipient.as_slice());
    let named = named.chain(mail.facts.delivered_to.iter().map(String::as_bytes));
    let recipients = named.filter(|address| !address.is_empty() && seen.insert(*address));
    let sender = mail.facts.return_path.as_ref();
    [
        sender.map_or(Value::Null, |sender| Value::Text(Clean::line(sender))),
        Value::List(recipients.map(Clean::line).collect()),
        Value::Null,
        Value::text(mail.subject().as_bytes()),
    ]
}

fn course(mail: &Mail, newest: Option<&Hop>) -> [Value; 5] {
    [
        Value::Word(Status::Unknown.name()),
        newest.map_or(Value::Null, |hop| Value::text(&hop.with)),
        super::host_name(mail.newest_from().unwrap_or_default()),
        Value::Null,
        Value::Null,
    ]
}
