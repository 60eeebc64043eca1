//! What messages tell as a whole, each walked through once: one that fails with a thousand hosts is in a thousand
//! findings.

use hashbrown::HashMap;

use crate::model::{GradeBook, Model, attempts, shares};
use crate::parse::Kind;
use crate::tls::{Grade, TlsState};

/// Some messages that were walked through.
#[derive(Debug, Default)]
pub struct Walked {
    /// The attempts of their events, without those that are of none.
    attempts: HashMap<u32, u16>,
    /// By message, its deliveries in clear where there are any.
    clear: HashMap<u32, Clear>,
}

/// Deliveries of a message in clear over a network: what stays within one host is open to nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clear {
    /// Graded F.
    pub(super) outside: u32,
    /// Graded E: over an inner network.
    pub(super) inside: u32,
}

impl Walked {
    /// These messages; each may be named several times.
    pub fn through(model: &Model, grades: &GradeBook, mut messages: Vec<u32>) -> Self {
        messages.sort_unstable();
        messages.dedup();
        let mut walked = Self::default();
        let all = shares::each(&messages, |number| walk(model, grades, *number));
        for (number, attempts, clear) in all {
            walked.attempts.extend(attempts);
            if clear != Clear::default() {
                walked.clear.insert(number, clear);
            }
        }
        walked
    }

    /// The attempt of an event, counted within its message from 1; `None` where it is of none.
    pub fn attempt(&self, event: u32) -> Option<u16> {
        self.attempts.get(&event).copied()
    }

    /// The deliveries of a message in clear.
    pub(super) fn clear(&self, message: u32) -> Clear {
        self.clear.get(&message).copied().unwrap_or_default()
    }
}

/// A message, with the attempts of its events and its deliveries in clear.
fn walk(model: &Model, grades: &GradeBook, number: u32) -> (u32, Vec<(u32, u16)>, Clear) {
    let mut clear = Clear::default();
    let Some(message) = model.messages.get(number) else {
        return (number, Vec::new(), clear);
    };
    let attempts = attempts::number(&model.strings, model.events_of(message));
    let numbered = model.event_numbers_of(message).zip(attempts);
    let numbered = numbered.filter(|(_, attempt)| *attempt > 0);
    let in_clear = model
        .events_of(message)
        .filter(|event| event.kind == Kind::Delivery && model.tls_state(event) == TlsState::No);
    for event in in_clear {
        match grades.event(model, &event) {
            Grade::F => clear.outside += 1,
            Grade::E => clear.inside += 1,
            _ => {}
        }
    }
    (number, numbered.collect(), clear)
}
