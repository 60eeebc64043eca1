//! What messages tell as a whole, each walked through once: one that fails with a thousand hosts is in a thousand
//! findings.

use hashbrown::HashMap;

use super::is_since;
use crate::model::{GradeBook, Model, attempts, shares};
use crate::parse::Kind;
use crate::tls::{Grade, TlsState};

/// Some messages that were walked through.
#[derive(Debug, Default)]
pub struct Walked {
    /// The attempts of their events, without those that are of none.
    attempts: HashMap<u32, u16>,
    /// By message, what else it met where that is anything.
    met: HashMap<u32, Met>,
}

/// What a message met. What stays within one host is open to nobody, and no delivery in clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Met {
    /// Retries that made no connection.
    pub(super) waits: u32,
    /// Deliveries in clear, graded F.
    pub(super) clear: u32,
    /// Deliveries in clear over an inner network, graded E.
    pub(super) clear_inside: u32,
}

impl Walked {
    /// These messages; each may be named several times.
    pub fn through(model: &Model, grades: &GradeBook, messages: Vec<u32>) -> Self {
        Self::since(model, grades, messages, None)
    }

    /// The same, with what they met from a time on alone, in milliseconds since 1970-01-01 UTC.
    pub(super) fn since(
        model: &Model,
        grades: &GradeBook,
        mut messages: Vec<u32>,
        since: Option<i64>,
    ) -> Self {
        messages.sort_unstable();
        messages.dedup();
        let mut walked = Self::default();
        let all = shares::each(&messages, |number| walk(model, grades, *number, since));
        for (number, attempts, met) in all {
            walked.attempts.extend(attempts);
            if met != Met::default() {
                walked.met.insert(number, met);
            }
        }
        walked
    }

    /// The attempt of an event, counted within its message from 1; `None` where it is of none.
    pub fn attempt(&self, event: u32) -> Option<u16> {
        self.attempts.get(&event).copied()
    }

    /// What a message met.
    pub(super) fn met(&self, message: u32) -> Met {
        self.met.get(&message).copied().unwrap_or_default()
    }
}

/// A message, with the attempts of its events and what it met.
fn walk(
    model: &Model,
    grades: &GradeBook,
    number: u32,
    since: Option<i64>,
) -> (u32, Vec<(u32, u16)>, Met) {
    let mut met = Met::default();
    let Some(message) = model.messages.get(number) else {
        return (number, Vec::new(), met);
    };
    let attempts = attempts::number(&model.strings, model.events_of(message));
    let numbered = model.event_numbers_of(message).zip(attempts);
    let numbered = numbered.filter(|(_, attempt)| *attempt > 0);
    let events = model.events_of(message);
    for event in events.filter(|event| is_since(event.time(), since)) {
        match event.kind {
            Kind::RetryWait => met.waits += 1,
            Kind::Delivery if model.tls_state(&event) == TlsState::No => {
                match grades.event(model, &event) {
                    Grade::F => met.clear += 1,
                    Grade::E => met.clear_inside += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    (number, numbered.collect(), met)
}
