//! What a growing model has got since it was last summed up.

use super::{Event, Model, TlsShown};

/// What is summed up for each message from its events.
pub trait Sums {
    /// Drops everything.
    fn clear(&mut self);

    /// Drops what is summed up for a message.
    fn forget(&mut self, message: u32);

    /// Adds an event of a message.
    fn add(&mut self, model: &Model, message: u32, event: &Event);
}

/// How much of a growing model was taken in.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    events: u32,
    amendments: usize,
    renewals: u32,
    redated: u32,
    /// Of each origin.
    shows: Vec<TlsShown>,
}

/// Events between two looks at whether to stop.
const BETWEEN_LOOKS: u32 = 1 << 16;

impl Taken {
    /// Adds every event that came since the last call, and sums up anew the messages of those that changed. All is
    /// begun again when dates moved, or when a line without a statement of TLS means something else by now. `None`
    /// when `go_on` gave that: what is added then is not again.
    pub fn catch_up(
        &mut self,
        model: &Model,
        sums: &mut impl Sums,
        go_on: impl Fn() -> Option<()>,
    ) -> Option<()> {
        if !self.holds(model) {
            sums.clear();
            *self = Self {
                renewals: model.renewals,
                redated: model.redated,
                ..Self::default()
            };
        }
        self.shows.clear();
        self.shows.extend(shows(model));
        while self.events < model.events.len() {
            go_on()?;
            let end = model.events.len().min(self.events + BETWEEN_LOOKS);
            for event in model.events.range(self.events, end) {
                if event.message != Event::NO_MESSAGE {
                    sums.add(model, event.message, &event);
                }
            }
            self.events = end;
        }
        let amended = model.amended.get(self.amendments..).unwrap_or_default();
        let events = amended.iter().filter_map(|event| model.events.get(*event));
        let mut messages: Vec<u32> = events.map(|event| event.message).collect();
        messages.sort_unstable();
        messages.dedup();
        for number in messages {
            if let Some(message) = model.messages.get(number) {
                sums.forget(number);
                let events = model.events_of(message);
                events.for_each(|event| sums.add(model, number, &event));
            }
        }
        self.amendments = model.amended.len();
        Some(())
    }

    /// Whether what was summed up still means the same.
    fn holds(&self, model: &Model) -> bool {
        self.renewals == model.renewals
            && self.redated == model.redated
            && self
                .shows
                .iter()
                .copied()
                .zip(shows(model))
                .all(|(known, now)| known == now)
    }
}

fn shows(model: &Model) -> impl Iterator<Item = TlsShown> {
    model.origins.iter().map(|origin| origin.shows)
}
