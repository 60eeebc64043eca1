//! `findings`: one row for each thing that somebody should act on.

use super::super::value::{Column, Holds, Row, Value};
use super::{Facts, UnfitFilter};
use crate::insight::findings::{Finding, Lang};
use crate::model::organisation;
use crate::parse::Direction;
use crate::query::eval::Scene;
use crate::query::{Expr, Query, Term, TextField};
use crate::text::Clean;

/// In the order of CONTRACT.
pub(super) static COLUMNS: [Column; 18] = [
    Column::new("id", Holds::Word, 9),
    Column::new("rule", Holds::Word, 0),
    Column::new("severity", Holds::Word, 9),
    Column::new("subject_kind", Holds::Word, 0),
    Column::new("subject", Holds::Host, 0),
    Column::new("direction", Holds::Word, 0),
    Column::new("count", Holds::Number, 7),
    Column::new("first", Holds::Time, 0),
    Column::new("last", Holds::Time, 6),
    Column::new("grade", Holds::Grade, 8),
    Column::new("summary", Holds::Prose, 9),
    Column::new("references", Holds::Words, 0),
    Column::new("queue_ids", Holds::Words, 0),
    Column::new("evidence", Holds::Words, 1),
    Column::new("attested", Holds::Word, 5),
    Column::new("unit", Holds::Word, 0),
    Column::new("recount_table", Holds::Word, 0),
    Column::new("recount_filter", Holds::Prose, 0),
];

/// What can be asked of a finding.
const HAS: &str = "a finding has no such field; words (also a rule or a severity), id: host: domain: \
                   ip: file: text: grade: since: and until: can be asked for";

/// Fails for a filter that could never be answered.
pub(super) fn check(expr: &Expr) -> Result<(), UnfitFilter> {
    let fits = |term: &Term| {
        matches!(
            term,
            Term::Anywhere(_)
                | Term::Grade(_)
                | Term::Ip(_)
                | Term::Time { .. }
                | Term::Text {
                    field: TextField::Id
                        | TextField::Host
                        | TextField::Domain
                        | TextField::Text
                        | TextField::File,
                    ..
                }
        )
    };
    UnfitFilter::unless(expr, fits, HAS)
}

/// The findings that a filter selects, by their place among all.
pub(super) fn select(scene: &Scene<'_>, facts: &Facts<'_>, query: &Query) -> Vec<u32> {
    let numbered = (0_u32..).zip(facts.findings());
    let selected = numbered.filter(|(_, finding)| {
        let passes = |term: &Term| passes(scene, finding, term);
        query.expr().holds(&mut { passes })
    });
    selected.map(|(number, _)| number).collect()
}

fn passes(scene: &Scene<'_>, finding: &Finding, term: &Term) -> bool {
    let model = scene.model;
    let summary = || finding.summary(Lang::En);
    let in_file = |text: &crate::query::TextMatch| {
        let lines = finding.lines(model);
        let mut files: Vec<u32> = lines.into_iter().map(|(file, _)| file).collect();
        files.dedup();
        files
            .iter()
            .any(|&file| text.matches(model.path(file).as_os_str().as_encoded_bytes()))
    };
    match term {
        Term::Anywhere(text) => {
            let shown = [
                finding.id.as_str(),
                finding.severity.name(),
                &finding.subject,
                &summary(),
            ];
            shown.iter().any(|part| text.matches(part.as_bytes()))
        }
        Term::Grade(set) => set.contains(finding.grade),
        Term::Ip(range) => finding
            .addresses
            .iter()
            .any(|address| range.matches(address.as_bytes())),
        Term::Time { edge, moment } => {
            let passes = scene.in_time(*edge, *moment);
            let span = finding.first.zip(finding.last);
            span.is_some_and(|(first, last)| passes(first, last))
        }
        Term::Text { field, text } => match field {
            TextField::Id => {
                let ids = finding.queue_ids(model);
                text.matches(finding.id.as_bytes())
                    || ids.iter().any(|id| text.matches(id.as_bytes()))
            }
            TextField::Host => text.matches(finding.subject.as_bytes()),
            TextField::Domain => {
                let own = organisation(&finding.subject);
                text.matches(finding.subject.as_bytes()) || text.matches(own.as_bytes())
            }
            TextField::Text => text.matches(summary().as_bytes()),
            TextField::File => in_file(text),
            _ => false,
        },
        _ => false,
    }
}

/// The row of a finding; `None` when there is no such finding.
pub(super) fn row(facts: &Facts<'_>, number: u32) -> Option<Row> {
    let finding = facts.findings().get(number as usize)?;
    let model = facts.model;
    let references = finding.references.iter();
    let references = references.map(|text| Clean::line(&text.id));
    let lines = finding.lines(model).into_iter().map(|(file, line)| {
        let path = model.path(file).display();
        Clean::line(format!("{path}:{line}"))
    });
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
    ])
}
