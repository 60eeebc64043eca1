//! Which events of a message are told together, as one step.

use std::collections::HashMap;

use crate::model::{Event, Model, attempts};
use crate::parse::{Direction, Kind};

/// What holds the events of a step together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// A connection to a next host, by its number.
    Attempt(u16),
    /// Retries that made no connection, after which attempt.
    Waits { because: u16 },
    /// A line that stands for itself.
    Alone,
}

/// The events of a failed handshake stand before what came of the attempt within this time.
const SOON_MS: i64 = 15 * 60 * 1000;

/// Groups the events: those of one attempt, and waits that follow each other. What only fills in other events
/// is left out.
pub(super) fn of(model: &Model, numbers: &[u32]) -> Vec<(Group, Vec<u32>)> {
    let mut groups = Groups::default();
    for (event, attempt) in attempts_of(model, numbers) {
        if !is_silent(model, &event) {
            groups.take(event.number, event.kind, attempt);
        }
    }
    groups.all
}

#[derive(Default)]
struct Groups {
    all: Vec<(Group, Vec<u32>)>,
    /// Where the group of an attempt stands.
    place_of: HashMap<u16, usize>,
    last_attempt: u16,
}

impl Groups {
    fn take(&mut self, number: u32, kind: Kind, attempt: u16) {
        let group = match (attempt, kind) {
            (0, Kind::RetryWait) => Group::Waits {
                because: self.last_attempt,
            },
            (0, _) => Group::Alone,
            (attempt, _) => Group::Attempt(attempt),
        };
        self.last_attempt = self.last_attempt.max(attempt);
        let same = match group {
            Group::Alone => None,
            Group::Waits { .. } => self.all.last_mut().filter(|(last, _)| *last == group),
            Group::Attempt(attempt) => {
                let place = *self.place_of.entry(attempt).or_insert(self.all.len());
                self.all.get_mut(place)
            }
        };
        match same {
            Some((_, members)) => members.push(number),
            None => self.all.push((group, vec![number])),
        }
    }
}

/// Every event with the number of its attempt; 0 where there is none. Some mail systems tell of a failed
/// handshake without the name of the host: that belongs to the next attempt.
fn attempts_of(model: &Model, numbers: &[u32]) -> Vec<(Event, u16)> {
    let events = numbers
        .iter()
        .filter_map(|&number| model.events.get(number));
    let numbered = attempts::number(&model.strings, events.clone());
    let mut all: Vec<(Event, u16)> = events.zip(numbered).collect();
    let mut next: Option<(u16, i64)> = None;
    for (event, attempt) in all.iter_mut().rev() {
        let ours = event.kind == Kind::TlsFailed && event.direction() == Some(Direction::Out);
        match next {
            Some((following, time))
                if *attempt == 0 && ours && (0..=SOON_MS).contains(&(time - event.time())) =>
            {
                *attempt = following;
            }
            _ if *attempt > 0 => next = Some((*attempt, event.time())),
            _ => {}
        }
    }
    all
}

/// Lines that only fill in what is told of others: the Message-ID, the size, a recipient, the TLS of a delivery.
fn is_silent(model: &Model, event: &Event) -> bool {
    match event.kind {
        Kind::Note => {
            let remark = model.remark(event);
            remark.text.is_none() && remark.trouble.is_none() && !event.is_leg()
        }
        Kind::Session => event.session != 0,
        _ => false,
    }
}
