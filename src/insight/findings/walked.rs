//! The attempts of messages, each walked through once: one that fails with a thousand hosts is in a thousand findings.

use hashbrown::HashMap;

use crate::model::{Model, attempts, shares};

/// Some messages that were walked through: the attempts of their events, without those that are of none.
#[derive(Debug, Default)]
pub struct Walked(HashMap<u32, u16>);

impl Walked {
    /// These messages; each may be named several times.
    pub fn through(model: &Model, mut messages: Vec<u32>) -> Self {
        messages.sort_unstable();
        messages.dedup();
        let all = shares::each(&messages, |&number| {
            let message = model.messages.get(number).into_iter();
            let lines = message.flat_map(|own| {
                let attempts = attempts::number(&model.strings, model.events_of(own));
                model.event_numbers_of(own).zip(attempts)
            });
            lines
                .filter(|(_, attempt)| *attempt > 0)
                .collect::<Vec<_>>()
        });
        Self(all.into_iter().flatten().collect())
    }

    /// The attempt of an event, counted within its message from 1; `None` where it is of none.
    pub fn attempt(&self, event: u32) -> Option<u16> {
        self.0.get(&event).copied()
    }
}
