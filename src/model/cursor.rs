//! Keeps sums over events up to date while a model grows.

use super::{Event, Model, TlsShown, shares};

/// Sums over the events of each message.
pub trait Sums {
    /// Resets all messages.
    fn clear(&mut self);

    /// Resets one message.
    fn forget(&mut self, message: u32);

    /// Adds an event of a message.
    fn add(&mut self, model: &Model, message: u32, event: &Event);
}

/// Sums that several threads can compute in parts.
pub trait ParallelSums: Sums + Send {
    /// Sums of the same kind over no events.
    #[must_use]
    fn empty(&self) -> Self;

    /// Adds the sums of another thread.
    fn join(&mut self, other: Self);
}

/// How far sums have read a growing model.
#[derive(Clone, Debug, Default)]
pub struct ModelCursor {
    events: u32,
    /// Number of entries of [`Model::amended`] read.
    amendments: usize,
    /// [`Model::renewals`] at the last call.
    renewals: u32,
    /// [`Model::redated`] at the last call.
    redated: u32,
    /// [`super::Origin::shows`] of each origin at the last call.
    shows: Vec<TlsShown>,
}

/// Number of events below which a further thread does not pay.
const FOR_A_THREAD: usize = if cfg!(test) { 2 } else { 1 << 18 };

/// Number of events between two calls of `go_on`.
const CANCEL_INTERVAL: u32 = 1 << 16;

impl ModelCursor {
    /// Adds all events since the last call, and sums up again the messages of changed events. Starts over when the
    /// model was renewed, when events got other years, or when an origin turns out to state TLS, which changes the
    /// meaning of its lines without TLS.
    ///
    /// `None` when `go_on` gives `None`: the next call continues from there.
    pub fn catch_up(
        &mut self,
        model: &Model,
        sums: &mut impl Sums,
        go_on: impl Fn() -> Option<()>,
    ) -> Option<()> {
        self.begin(model, sums);
        while self.events < model.events.len() {
            go_on()?;
            let end = model.events.len().min(self.events + CANCEL_INTERVAL);
            add(model, self.events, end, sums);
            self.events = end;
        }
        self.amend(model, sums);
        Some(())
    }

    /// The same on several threads if there are many new events.
    pub fn catch_up_on_threads<S: ParallelSums>(&mut self, model: &Model, sums: &mut S) {
        self.begin(model, sums);
        let (begin, end) = (self.events, model.events.len().max(self.events));
        let parts = shares::stretches(begin..end, FOR_A_THREAD);
        if parts.len() > 1 {
            let parts = parts.into_iter().map(|part| (part, sums.empty()));
            let parts = shares::share(parts.collect(), |(part, mut of_part)| {
                add(model, part.start, part.end, &mut of_part);
                of_part
            });
            for of_part in parts {
                sums.join(of_part);
            }
        } else {
            add(model, begin, end, sums);
        }
        self.events = end;
        self.amend(model, sums);
    }

    fn begin(&mut self, model: &Model, sums: &mut impl Sums) {
        if !self.is_valid(model) {
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

    /// Sums up again the messages of changed events.
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

    /// Whether the sums of the events so far are still right.
    fn is_valid(&self, model: &Model) -> bool {
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

/// Adds the events with the numbers `from..to`.
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
