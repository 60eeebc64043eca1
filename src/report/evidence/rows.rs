//! What a row of the facts tells: a delivery, an arrival, or a connection attempt on which nothing was sent, on
//! however many lines of the log it stands.

use hashbrown::HashMap;

use crate::insight::findings::{Finding, Place, Walked};
use crate::model::{Event, Model};
use crate::parse::Kind;

/// The events of one row, by number, in the order of time.
pub(super) type Row = Vec<u32>;

/// A message, and an attempt of it.
type Attempt = (u32, u16);

/// The rows of findings, in the order of time. An event of several findings stands once.
pub(super) fn of(model: &Model, findings: &[&Finding]) -> Vec<Row> {
    let mut numbers: Vec<u32> = Vec::new();
    for finding in findings {
        if let Place::Events(events) = &finding.place {
            numbers.extend(events);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers.sort_by_key(|&number| model.events.get(number).map(|event| event.time()));
    let events: Vec<Event> = numbers
        .iter()
        .filter_map(|&number| model.events.get(number))
        .collect();
    // Of these an attempt may stand on several lines.
    let several = |event: &&Event| !matches!(event.kind, Kind::Arrival | Kind::Delivery);
    let messages = events.iter().filter(several).map(|event| event.message);
    let walked = Walked::through(model, messages.collect());
    let mut gathering = Gathering::default();
    for event in &events {
        let attempt = walked.attempt(event.number);
        gathering.take(event, attempt.map(|attempt| (event.message, attempt)));
    }
    gathering.rows
}

#[derive(Default)]
struct Gathering {
    rows: Vec<Row>,
    /// The row of each attempt on which nothing was sent.
    stopped: HashMap<Attempt, usize>,
    /// The rows of downgrades whose delivery is still to come.
    downgraded: HashMap<Attempt, usize>,
}

impl Gathering {
    fn take(&mut self, event: &Event, attempt: Option<Attempt>) {
        let next = self.rows.len();
        let at = match (attempt, event.kind) {
            (None, _) => next,
            (Some(attempt), Kind::TlsDowngrade) => {
                self.downgraded.insert(attempt, next);
                next
            }
            // A downgrade is told before what went in clear.
            (Some(attempt), Kind::Delivery) => self.downgraded.remove(&attempt).unwrap_or(next),
            (Some(attempt), _) => *self.stopped.entry(attempt).or_insert(next),
        };
        match self.rows.get_mut(at) {
            Some(row) => row.push(event.number),
            None => self.rows.push(vec![event.number]),
        }
    }
}
