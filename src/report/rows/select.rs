//! Which rows of a table a filter selects, in input order.

use std::sync::Arc;

use super::{Facts, Kind, RowId, insight, not_understood};
use crate::insight::posture::{Contacts, Names, Postures};
use crate::model::Zone;
use crate::query::Query;
use crate::query::eval::{Breaks, Index, Scene};

impl Facts<'_> {
    /// The rows of a table that `query` selects; a host or a domain has one when any of its contacts is
    /// selected, and only those count then. Civil times of the filter are of `zone`; `index` holds what earlier
    /// selections left.
    pub fn select(&self, table: Kind, query: &Query, zone: Zone, index: &Index) -> Vec<RowId> {
        // Nobody cancels it.
        self.selected(&self.scene(zone, index), table, query)
            .unwrap_or_default()
    }

    /// The postures of the hosts with a contact that `query` selects, as [`Facts::select`] does.
    pub fn hosts(&self, query: &Query, zone: Zone, index: &Index) -> Postures {
        postures(&self.scene(zone, index), Kind::Hosts, query).unwrap_or_default()
    }

    pub(super) const fn scene<'a>(&'a self, zone: Zone, index: &'a Index) -> Scene<'a> {
        Scene {
            model: self.model,
            grades: self.grades,
            index,
            zone,
            breaks: Breaks::NEVER,
        }
    }

    fn selected(&self, scene: &Scene<'_>, table: Kind, query: &Query) -> Option<Vec<RowId>> {
        match table {
            Kind::Messages => messages(scene, query),
            Kind::Events => {
                let places = scene.events_from(query, self.first_event)?;
                let numbers = places.ones().map(|place| self.first_event + place);
                Some(numbers.map(RowId::Event).collect())
            }
            Kind::Hops => Some(hops(scene, query)),
            Kind::Hosts | Kind::Domains => {
                let postures = postures(scene, table, query)?;
                let count = u32::try_from(postures.briefs().len()).unwrap_or(u32::MAX);
                self.postures.get_or_init(|| postures);
                Some((0..count).map(RowId::Posture).collect())
            }
            Kind::Findings => {
                let found = insight::select(scene, self.findings(), query).into_iter();
                Some(found.map(RowId::Finding).collect())
            }
            Kind::NotUnderstood => {
                let lines = not_understood::select(scene.model, query).into_iter();
                Some(lines.map(RowId::Line).collect())
            }
        }
    }
}

fn postures(scene: &Scene<'_>, table: Kind, query: &Query) -> Option<Postures> {
    let (model, events) = (scene.model, scene.events(query)?);
    let (grades, mut names) = (scene.grades, Names::default());
    let contacts = Contacts::of(model, |event| events.has(event.number));
    let hosts = contacts.hosts(model, grades, &mut names);
    Some(match table {
        Kind::Domains => contacts.domains(model, grades, &mut names, Arc::new(hosts)),
        _ => hosts,
    })
}

/// Log messages by their first event, and mails where their file stands among the others.
fn messages(scene: &Scene<'_>, query: &Query) -> Option<Vec<RowId>> {
    let model = scene.model;
    let messages = scene.messages(query)?;
    let mails = scene.mails(query)?;
    let mut mails = mails.ones().peekable();
    if mails.peek().is_none() {
        return Some(messages.ones().map(RowId::Message).collect());
    }
    let mail_file = |number: u32| model.mails.get(number as usize).map(|mail| mail.file);
    let mut selected = Vec::new();
    for number in messages.ones() {
        let first = model.messages.get(number).map(|message| message.first);
        let file = first
            .and_then(|first| model.events.get(first))
            .map(|event| model.file_number(&event));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::hosts::three_hosts;
    use crate::model::{AsOf, GradeBook};
    use crate::report::Format;
    use crate::tls::Profile;

    #[test]
    fn rows_of_the_last_events_are_those_they_have_among_all() {
        let model = three_hosts();
        let profile = Arc::new(Profile::named("default").unwrap());
        let grades = GradeBook::of(&model, profile, AsOf::Event);
        let written = |first: u32, filter: &str| {
            let facts = Facts::new(&model, &grades, "").from_event(first);
            let query = Query::parse(filter).unwrap();
            let zone = Zone::parse("UTC").unwrap();
            let rows = facts.select(Kind::Events, &query, zone, &Index::default());
            let mut text = Vec::new();
            let table = Kind::Events.table(&facts, rows.iter().copied());
            Format::Ndjson.write(table, &mut text).unwrap();
            let lines = String::from_utf8(text).unwrap();
            let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
            (rows, lines)
        };
        let mut some = 0;
        for filter in ["", "attempts>=1", "example OR from:a", "NOT id:1"] {
            let (all, lines) = written(0, filter);
            let numbered = lines
                .iter()
                .filter(|line| !line.contains("\"attempt\":null"));
            some += numbered.count();
            for first in 0..=model.events.len() {
                let is_before = |row: &&RowId| matches!(row, RowId::Event(event) if *event < first);
                let before = all.iter().take_while(is_before).count();
                let wanted = (all[before..].to_vec(), lines[before..].to_vec());
                assert_eq!(written(first, filter), wanted, "{filter:?} from {first}");
            }
        }
        assert!(some > 3, "rows with an attempt: {some}");
    }
}
