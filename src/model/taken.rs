//! What a growing model has got since it was last summed up.

use super::{Event, Model, TlsShown, shares};

/// What is summed up for each message from its events.
pub trait Sums {
    /// Drops everything.
    fn clear(&mut self);

    /// Drops what is summed up for a message.
    fn forget(&mut self, message: u32);

    /// Adds an event of a message.
    fn add(&mut self, model: &Model, message: u32, event: &Event);
}

/// Sums that several threads can add to, each to its own.
pub trait Shared: Sums + Send {
    /// Sums of the same kind, of nothing.
    #[must_use]
    fn beside(&self) -> Self;

    /// Adds the sums of another thread.
    fn join(&mut self, other: Self);
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

/// Fewer events are not worth a thread.
const FOR_A_THREAD: usize = if cfg!(test) { 2 } else { 1 << 18 };

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
        self.begin(model, sums);
        while self.events < model.events.len() {
            go_on()?;
            let end = model.events.len().min(self.events + BETWEEN_LOOKS);
            add(model, self.events, end, sums);
            self.events = end;
        }
        self.amend(model, sums);
        Some(())
    }

    /// The same on several threads where much is new.
    pub fn catch_up_on_threads<S: Shared>(&mut self, model: &Model, sums: &mut S) {
        self.begin(model, sums);
        let (begin, end) = (self.events, model.events.len().max(self.events));
        let parts = shares::stretches(begin..end, FOR_A_THREAD);
        if parts.len() > 1 {
            let parts = parts.into_iter().map(|part| (part, sums.beside()));
            let parts = shares::share(parts.collect(), |(part, mut own)| {
                add(model, part.start, part.end, &mut own);
                own
            });
            for own in parts {
                sums.join(own);
            }
        } else {
            add(model, begin, end, sums);
        }
        self.events = end;
        self.amend(model, sums);
    }

    /// Begins again where what was summed up means something else by now.
    fn begin(&mut self, model: &Model, sums: &mut impl Sums) {
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
    }

    /// Sums up anew the messages of events that changed.
    fn amend(&mut self, model: &Model, sums: &mut impl Sums) {
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

/// Adds the events from a number up to another.
fn add(model: &Model, from: u32, to: u32, sums: &mut impl Sums) {
    for event in model.events.range(from, to) {
        if event.message != Event::NO_MESSAGE {
            sums.add(model, event.message, &event);
        }
    }
}

fn shows(model: &Model) -> impl Iterator<Item = TlsShown> {
    model.origins.iter().map(|origin| origin.shows)
}
