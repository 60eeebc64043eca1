//! Which findings a filter selects, in the explorer as in exports.

use super::Finding;
use crate::model::organisation;
use crate::query::eval::Scene;
use crate::query::{Query, Term, TextField, TextMatch, UnfitFilter};
use crate::text::Lang;

/// What can be asked of a finding.
const HAS: &str = "a finding has no such field; words (also a rule or a severity), id: host: domain: \
                   ip: file: text: grade: since: and until: can be asked for";

/// Fails for a filter that could never be answered.
pub fn check(query: &Query) -> Result<(), UnfitFilter> {
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
    UnfitFilter::unless(query.expr(), fits, HAS)
}

/// The findings that a filter selects, by their place among all. A term that does not fit selects none.
pub fn select(scene: &Scene<'_>, findings: &[Finding], query: &Query) -> Vec<u32> {
    let numbered = (0_u32..).zip(findings);
    let selected = numbered.filter(|(_, finding)| {
        let passes = |term: &Term| passes(scene, finding, term);
        query.expr().holds(&mut { passes })
    });
    selected.map(|(number, _)| number).collect()
}

fn passes(scene: &Scene<'_>, finding: &Finding, term: &Term) -> bool {
    let model = scene.model;
    let summary = || finding.summary(Lang::En);
    let in_file = |text: &TextMatch| {
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
                let messages = finding.messages.iter();
                let mut messages = messages.filter_map(|&number| model.messages.get(number));
                text.matches(finding.id.as_bytes())
                    || messages.any(|message| text.matches(&model.queue_id(message)))
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
