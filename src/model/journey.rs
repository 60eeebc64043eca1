//! Finds the queue entries of one message on several logged hosts: its journey.
//!
//! Computed on demand, nothing is stored in the model. One call reads the lines of the deliveries involved, and scans
//! all messages a few times, whatever the number of recipients.
//!
//! - `handover`: matches deliveries with queue entries of the next host
//! - `hosts`: compares what two logs say about each other's host
//! - `bounce`: bounces and other notices, requeued messages
//! - `window`: tolerance in time

mod bounce;
mod handover;
mod hosts;
#[cfg(test)]
mod tests;
mod window;

use super::Model;

use handover::Handovers;

pub use bounce::Notice;
pub use handover::Proof;

/// Maximum number of queue entries of a journey.
pub const MOST_LEGS: usize = 64;

/// One queue entry of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Number of the message.
    pub message: u32,
    /// Index in the journey of the leg that handed the message over, and the proof; `None` for the first leg.
    pub from: Option<(usize, Proof)>,
}

impl Model {
    /// The journey of a message: its queue entries on all logged hosts, and on one host before and behind a content
    /// filter. A tree, because recipients may be on several hosts. Ordered by time, but no leg before the one that
    /// handed it over.
    pub fn journey_of(&self, number: u32) -> Vec<Leg> {
        let mut handovers = Handovers::of(self);
        let mut path = vec![number];
        while let Some(before) = path.last().and_then(|at| handovers.before(*at)) {
            if path.len() >= MOST_LEGS || path.contains(&before) {
                break;
            }
            path.push(before);
        }
        let root = path.last().copied().unwrap_or(number);
        let mut legs = vec![Leg {
            message: root,
            from: None,
        }];
        let mut at = 0;
        while let Some(leg) = legs.get(at).copied() {
            for (message, proof) in handovers.after(leg.message) {
                // In a journey with too many branches, the path to the message itself is kept.
                let fits = legs.len() < MOST_LEGS || path.contains(&message);
                if fits && legs.iter().all(|known| known.message != message) {
                    legs.push(Leg {
                        message,
                        from: Some((at, proof)),
                    });
                }
            }
            at += 1;
        }
        self.in_order(&legs)
    }

    /// Orders legs by time, but none before its parent, because the clocks of hosts differ.
    fn in_order(&self, legs: &[Leg]) -> Vec<Leg> {
        let mut ordered: Vec<Leg> = Vec::with_capacity(legs.len());
        // Index of each leg in `ordered`.
        let mut indexes: Vec<Option<usize>> = vec![None; legs.len()];
        while ordered.len() < legs.len() {
            let open = legs.iter().enumerate().filter(|(at, leg)| {
                let parent = leg.from.map(|(parent, _)| indexes.get(parent));
                let ready = parent.is_none_or(|index| matches!(index, Some(Some(_))));
                ready && indexes.get(*at) == Some(&None)
            });
            let Some((at, leg)) = open.min_by_key(|(_, leg)| self.came_in(leg.message)) else {
                break;
            };
            let from = leg.from.and_then(|(parent, proof)| {
                let index = indexes.get(parent).copied().flatten()?;
                Some((index, proof))
            });
            if let Some(index) = indexes.get_mut(at) {
                *index = Some(ordered.len());
            }
            ordered.push(Leg { from, ..*leg });
        }
        ordered
    }

    /// Time of a message's arrival, or of its first event, in milliseconds since 1970-01-01 UTC.
    fn came_in(&self, number: u32) -> i64 {
        let first = self.messages.get(number).map(|message| {
            if message.has_arrival() {
                message.arrival
            } else {
                message.first
            }
        });
        first
            .and_then(|event| self.events.get(event))
            .map_or(i64::MAX, |event| event.time())
    }
}
