//! Which rows of a table a filter selects, in input order.

use super::{Facts, Kind, RowId, findings, not_understood};
use crate::query::Query;
use crate::query::eval::Scene;

/// The rows that `query` selects; `None` when the scene was cancelled.
pub fn select(
    scene: &Scene<'_>,
    facts: &Facts<'_>,
    table: Kind,
    query: &Query,
) -> Option<Vec<RowId>> {
    match table {
        Kind::Messages => messages(scene, query),
        Kind::Events => Some(scene.events(query)?.ones().map(RowId::Event).collect()),
        Kind::Hops => Some(hops(scene, query)),
        Kind::Findings => {
            let found = findings::select(scene, facts, query).into_iter();
            Some(found.map(RowId::Finding).collect())
        }
        Kind::NotUnderstood => {
            let lines = not_understood::select(scene.model, query).into_iter();
            Some(lines.map(RowId::Line).collect())
        }
    }
}

/// Log messages by their first event, and mails where their file stands among the others.
fn messages(scene: &Scene<'_>, query: &Query) -> Option<Vec<RowId>> {
    let model = scene.model;
    let mails = scene.mails(query)?;
    let mut mails = mails.ones().peekable();
    let mail_file = |number: u32| model.mails.get(number as usize).map(|mail| mail.file);
    let mut selected = Vec::new();
    for number in scene.messages(query)?.ones() {
        let first = model.messages.get(number).map(|message| message.first);
        let file = first
            .and_then(|first| model.events.get(first))
            .map(|event| model.file_number(event));
        while let Some(mail) = mails.next_if(|&mail| mail_file(mail) < file) {
            selected.push(RowId::Mail(mail));
        }
        selected.push(RowId::Message(number));
    }
    selected.extend(mails.map(RowId::Mail));
    Some(selected)
}

fn hops(scene: &Scene<'_>, query: &Query) -> Vec<RowId> {
    let mut selected = Vec::new();
    for (number, mail) in (0_u32..).zip(&scene.model.mails) {
        for (nth, hop) in (0_u32..).zip(&mail.hops) {
            let passes = |term: &_| scene.hop_passes(mail, hop, term);
            if query.expr().holds(&mut { passes }) {
                selected.push(RowId::Hop(number, nth));
            }
        }
    }
    selected
}
