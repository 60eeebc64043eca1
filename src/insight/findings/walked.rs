//! What messages tell as a whole, each walked through once: one that fails with a thousand hosts is in a thousand
//! findings.

use hashbrown::HashMap;

use crate::model::{Model, attempts, shares};
use crate::parse::Kind;
use crate::tls::TlsState;

/// Some messages that were walked through.
#[derive(Debug, Default)]
pub struct Walked {
    /// The attempts of their events, without those that are of none.
    attempts: HashMap<u32, u16>,
    /// By message, its deliveries in clear where there are any.
    clear: HashMap<u32, u32>,
}

impl Walked {
    /// These messages; each may be named several times.
    pub fn through(model: &Model, mut messages: Vec<u32>) -> Self {
        messages.sort_unstable();
        messages.dedup();
        let mut walked = Self::default();
        for (number, attempts, clear) in shares::each(&messages, |number| walk(model, *number)) {
            walked.attempts.extend(attempts);
            if clear > 0 {
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
    pub(super) fn clear(&self, message: u32) -> u32 {
        self.clear.get(&message).copied().unwrap_or(0)
    }
}

/// A message, with the attempts of its events and its deliveries in clear.
fn walk(model: &Model, number: u32) -> (u32, Vec<(u32, u16)>, u32) {
    let Some(message) = model.messages.get(number) else {
        return (number, Vec::new(), 0);
    };
    let attempts = attempts::number(&model.strings, model.events_of(message));
    let numbered = model.event_numbers_of(message).zip(attempts);
    let numbered = numbered.filter(|(_, attempt)| *attempt > 0);
    let clear = model
        .events_of(message)
        .filter(|event| event.kind == Kind::Delivery && model.tls_state(event) == TlsState::No);
    let clear = u32::try_from(clear.count()).unwrap_or(u32::MAX);
    (number, numbered.collect(), clear)
}
