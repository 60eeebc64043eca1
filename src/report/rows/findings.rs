//! `findings`: one row for each thing that somebody should act on.

use super::super::mask::Mask;
use super::super::place;
use super::super::value::{Column, Holds, Row, Table, Value};
use super::{Facts, RowId};
use crate::parse::Direction;
use crate::text::{Clean, Lang};

/// In the order of CONTRACT.
pub(super) static COLUMNS: [Column; 19] = [
    Column::new("id", Holds::Word, 9),
    Column::new("rule", Holds::Word, 0),
    Column::new("severity", Holds::Word, 9),
    Column::new("subject_kind", Holds::Word, 0),
    Column::new("subject", Holds::Host, 0),
    Column::new("direction", Holds::Direction, 0),
    Column::new("count", Holds::Number, 7),
    Column::new("first", Holds::Time, 0),
    Column::new("last", Holds::Time, 6),
    Column::new("grade", Holds::Grade, 8),
    Column::new("summary", Holds::Prose, 9),
    Column::new("references", Holds::Words, 0),
    Column::new("queue_ids", Holds::Words, 0),
    Column::new("evidence", Holds::Path, 1),
    Column::new("attested", Holds::Word, 5),
    Column::new("unit", Holds::Word, 0),
    Column::new("recount_table", Holds::Word, 0),
    Column::new("recount_filter", Holds::Prose, 0),
    Column::new("recount_reasons", Holds::Words, 0),
];

/// The rows of a selection of findings, in which no person is named.
pub(in crate::report) fn masked<'a>(
    facts: &'a Facts<'a>,
    mask: &'a Mask,
    selected: &'a [RowId],
) -> Table<'a> {
    let rows = selected.iter().filter_map(move |id| match id {
        RowId::Finding(number) => masked_row(facts, mask, *number),
        _ => None,
    });
    Table {
        columns: &COLUMNS,
        rows: Box::new(rows),
    }
}

/// What stands in its sentence and its filter depends on who the peer is: the columns alone do not tell.
fn masked_row(facts: &Facts<'_>, mask: &Mask, number: u32) -> Option<Row> {
    let finding = facts.findings().get(number as usize)?;
    let mut row = row(facts, number)?;
    let filter = finding.recount(facts.model).filter;
    mask.row(&COLUMNS, &mut row);
    for (column, cell) in COLUMNS.iter().zip(&mut row) {
        let shown = match column.name {
            "subject" => mask.subject(finding),
            "summary" => mask.summary(finding, Lang::En),
            "recount_filter" => mask.recount(&filter, finding),
            _ => continue,
        };
        *cell = Value::text(shown.as_bytes());
    }
    Some(row)
}

/// The row of a finding; `None` when there is no such finding.
pub(super) fn row(facts: &Facts<'_>, number: u32) -> Option<Row> {
    let finding = facts.findings().get(number as usize)?;
    let model = facts.model;
    let references = finding.references.iter();
    let references = references.map(|text| Clean::line(&text.id));
    let lines = finding.lines(model).into_iter();
    let lines = lines.map(|line| place::line(model, line));
    let recount = finding.recount(model);
    Some(vec![
        Value::text(finding.id.as_bytes()),
        Value::text(finding.rule.id.as_bytes()),
        Value::Word(finding.severity.name()),
        Value::Word(finding.kind.name()),
        Value::text(finding.subject.as_bytes()),
        Value::word(finding.direction.map(Direction::name)),
        Value::Integer(finding.count.into()),
        finding.first.map_or(Value::Null, Value::Time),
        finding.last.map_or(Value::Null, Value::Time),
        Value::Grade(finding.grade),
        Value::text(finding.summary(Lang::En).as_bytes()),
        Value::List(references.collect()),
        Value::List(finding.queue_ids(model)),
        Value::List(lines.collect()),
        Value::Word(finding.evidence.name()),
        Value::Word(finding.unit.name()),
        Value::Word(recount.table),
        Value::text(recount.filter.as_bytes()),
        Value::List(recount.reasons.into_iter().map(Clean::line).collect()),
    ])
}
