//! Chooses what is forgotten: everything that ended before the time at which half of the memory was used.

use crate::model::{Event, Mail, Message, Model, Status};

/// A point in time: seconds since 1970-01-01 UTC, and the number of the event or mail, which orders those of one
/// second.
pub(super) type Moment = (u32, u32);

/// Number of events that are sampled to find the horizon.
const SAMPLES: u32 = 100_000;

pub(super) struct Choice {
    /// Oldest moment that stays.
    pub(super) horizon: Moment,
    /// True for messages that stay, by message number.
    messages: Vec<bool>,
}

impl Choice {
    /// Chooses about half. Messages still in the queue stay, unless they have more than a quarter of all events:
    /// then they are treated like all others.
    pub(super) fn of(model: &Model) -> Self {
        let horizon = horizon(model);
        let newest = newest_events(model);
        let all = || model.messages.iter().zip(&newest);
        let open = all().filter(|(message, newest)| **newest < horizon && is_open(message));
        let held: u64 = open.map(|(message, _)| u64::from(message.events)).sum();
        let keeps_open = held <= u64::from(model.events.len()) / 4;
        let stays = |(message, newest): (&Message, &Moment)| {
            *newest >= horizon || keeps_open && is_open(message)
        };
        Self {
            horizon,
            messages: all().map(stays).collect(),
        }
    }

    pub(super) fn keeps_message(&self, number: u32) -> bool {
        let stays = self.messages.get(number as usize);
        stays.copied().unwrap_or(false)
    }

    pub(super) fn keeps_event(&self, event: &Event) -> bool {
        match event.message {
            Event::NO_MESSAGE => self.is_new(event),
            message => self.keeps_message(message),
        }
    }

    pub(super) fn is_new(&self, event: &Event) -> bool {
        (event.seconds, event.number) >= self.horizon
    }

    pub(super) fn keeps_mail(&self, row: u32, mail: &Mail) -> bool {
        moment_of(row, mail) >= self.horizon
    }
}

/// Whether a message still waits for a delivery.
const fn is_open(message: &Message) -> bool {
    let waits = matches!(
        message.status(),
        Status::Queued | Status::Deferred | Status::Partial
    );
    waits && !message.is_completed()
}

fn moment_of(row: u32, mail: &Mail) -> Moment {
    let seconds = mail.time().unwrap_or_default().div_euclid(1000);
    (u32::try_from(seconds.max(0)).unwrap_or(u32::MAX), row)
}

/// The moment before which half of the memory is used. Each sampled event weighs as much as the events between two
/// samples, each mail as much as it holds.
fn horizon(model: &Model) -> Moment {
    let step = model.events.len() / SAMPLES + 1;
    let log_bytes = model.heap_bytes().saturating_sub(model.mail_bytes) as u64;
    let weight = log_bytes / u64::from(model.events.len().max(1)) * u64::from(step);
    let events = (0..model.events.len()).step_by(step as usize);
    let events = events.filter_map(|number| {
        let event = model.events.get(number)?;
        Some(((event.seconds, number), weight.max(1)))
    });
    let mails = (0_u32..).zip(&model.mails);
    let mails = mails.map(|(row, mail)| (moment_of(row, mail), mail.heap_bytes() as u64));
    let mut all: Vec<(Moment, u64)> = events.chain(mails).collect();
    all.sort_unstable();
    let half = all.iter().map(|(_, weight)| weight).sum::<u64>() / 2;
    let mut before = 0;
    let found = all.iter().find(|(_, weight)| {
        before += weight;
        before > half
    });
    found.map_or((0, 0), |(moment, _)| *moment)
}

/// Moment of the newest event of each message, by message number.
fn newest_events(model: &Model) -> Vec<Moment> {
    let mut newest = vec![(0, 0); model.messages.len() as usize];
    for event in model.events.iter() {
        if let Some(known) = newest.get_mut(event.message as usize) {
            *known = (event.seconds, event.number).max(*known);
        }
    }
    newest
}
