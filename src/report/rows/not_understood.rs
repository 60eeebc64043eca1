//! `not-understood`: one row for each line that no grammar understood, with a shape that can be shown to others.

use super::super::value::{Column, Holds, Row, Value};
use super::{Facts, path_cell};
use crate::model::{Lines, Model, NotUnderstood};
use crate::query::{Expr, Query, Term, TextField, UnfitFilter};
use crate::text::shape;

/// In the order of CONTRACT.
pub(super) static COLUMNS: [Column; 5] = [
    Column::new("file", Holds::Path, 6),
    Column::new("line", Holds::Number, 8),
    Column::new("reason", Holds::Word, 7),
    Column::new("shape", Holds::Word, 9),
    Column::new("text", Holds::Raw, 5),
];

/// What can be asked of these lines.
const HAS: &str =
    "a line that was not understood has no such field; words, text: and file: can be asked for";

/// Fails for a filter that could never be answered.
pub(super) fn check(expr: &Expr) -> Result<(), UnfitFilter> {
    let fits = |term: &Term| {
        matches!(
            term,
            Term::Anywhere(_)
                | Term::Text {
                    field: TextField::Text | TextField::File,
                    ..
                }
        )
    };
    UnfitFilter::unless(expr, fits, HAS)
}

/// The lines that a filter selects, by their place among those that are kept.
pub(super) fn select(model: &Model, query: &Query) -> Vec<u32> {
    let mut lines = Lines::new(model);
    let numbered = (0_u32..).zip(&model.not_understood);
    let selected = numbered.filter(|(_, line)| {
        let mut passes = |term: &Term| passes(model, &mut lines, line, term);
        query.expr().holds(&mut passes)
    });
    selected.map(|(number, _)| number).collect()
}

fn passes(model: &Model, lines: &mut Lines<'_>, line: &NotUnderstood, term: &Term) -> bool {
    let path = || model.path(line.file).as_os_str().as_encoded_bytes();
    match term {
        Term::Text {
            field: TextField::File,
            text,
        } => text.matches(path()),
        Term::Text {
            field: TextField::Text,
            text,
        } => lines
            .record(line.file, line.line)
            .is_ok_and(|record| text.matches(record)),
        Term::Anywhere(text) => {
            text.matches(path())
                || text.matches(line.reason.as_bytes())
                || lines
                    .record(line.file, line.line)
                    .is_ok_and(|record| text.matches(record))
        }
        _ => false,
    }
}

/// The row of a line; `None` when there is no such line.
pub(super) fn row(facts: &Facts<'_>, lines: &mut Lines<'_>, number: u32) -> Option<Row> {
    let line = facts.model.not_understood.get(number as usize)?;
    let record = lines.record(line.file, line.line).map(Some);
    let record = facts.noted(record);
    Some(vec![
        path_cell(facts, line.file),
        Value::Integer(line.line.into()),
        Value::Word(line.reason),
        record.map_or(Value::Null, |record| Value::text(shape(record).as_bytes())),
        record.map_or(Value::Null, Value::text),
    ])
}
