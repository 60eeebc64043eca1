//! The remote hosts with the worst legs, each direction apart.

use std::collections::HashMap;

use super::super::rows::{Facts, RowId};
use crate::model::{Event, Message, attempts};
use crate::parse::{Direction, Kind};
use crate::query::eval::is_bad;
use crate::text::Clean;
use crate::tls::Grade;

/// A peer and its worst legs.
pub(super) struct Peer {
    pub(super) grade: Grade,
    /// It handed us mail; else we handed it mail.
    pub(super) inbound: bool,
    pub(super) name: Clean,
    /// Legs of that grade.
    pub(super) count: u64,
    /// All legs.
    pub(super) of: u64,
}

/// Legs by grade, for each peer and direction.
type Legs<'a> = HashMap<(&'a [u8], bool), HashMap<Grade, u64>>;

/// The `most` worst peers of the selected log messages: by their worst grade, then by how often.
pub(super) fn worst_peers(facts: &Facts<'_>, selected: &[RowId], most: usize) -> Vec<Peer> {
    let mut legs = Legs::new();
    for id in selected {
        if let RowId::Message(number) = id
            && let Some(message) = facts.model.messages.get(*number)
        {
            count(facts, message, &mut legs);
        }
    }
    let mut peers: Vec<Peer> = legs.into_iter().filter_map(peer).collect();
    peers.sort_by(|a, b| {
        let key = |peer: &Peer| (peer.grade, peer.count);
        key(b).cmp(&key(a)).then_with(|| a.name.cmp(&b.name))
    });
    peers.truncate(most);
    peers
}

fn peer(((name, inbound), grades): ((&[u8], bool), HashMap<Grade, u64>)) -> Option<Peer> {
    let (&grade, &count) = grades
        .iter()
        .filter(|(grade, _)| is_bad(**grade))
        .max_by_key(|(grade, _)| **grade)?;
    Some(Peer {
        grade,
        inbound,
        name: Clean::line(name),
        count,
        of: grades.values().sum(),
    })
}

/// Counts each connection once: all events of an attempt are one leg, with their worst grade.
fn count<'a>(facts: &Facts<'a>, message: &Message, legs: &mut Legs<'a>) {
    let model = facts.model;
    let attempt_of = attempts::number(&model.strings, model.events_of(message));
    let mut open: HashMap<u16, (&Event, Grade)> = HashMap::new();
    let mut done: Vec<(&Event, Grade)> = Vec::new();
    for (event, attempt) in model.events_of(message).zip(attempt_of) {
        let grade = facts.grades.event(model, event);
        if attempt > 0 {
            let worst = open.entry(attempt).or_insert((event, grade));
            worst.1 = worst.1.worst(grade);
        } else if event.kind == Kind::Arrival && event.direction() == Some(Direction::In) {
            done.push((event, grade));
        }
    }
    for (event, grade) in open.into_values().chain(done) {
        let name = model.strings.endpoint(event.peer).label();
        let inbound = event.direction() == Some(Direction::In);
        *legs
            .entry((name, inbound))
            .or_default()
            .entry(grade)
            .or_insert(0) += 1;
    }
}
