//! One message on its way over several logged hosts: which queue entries are the same message.
//!
//! Worked out when somebody looks, from what the logs say then; nothing is kept for it. A look reads the
//! lines of the deliveries involved and walks a few times over all messages, so that a message with a
//! thousand recipients costs no more walks than one with one.

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

/// No journey is told with more queue entries than this.
pub const MOST_LEGS: usize = 64;

/// One queue entry of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The message.
    pub message: u32,
    /// Position in the journey of the entry that handed it over, and what shows that; `None` for the first.
    pub from: Option<(usize, Proof)>,
}

impl Model {
    /// The journey of a message: its own queue entry and those of other hosts, or of the same host behind a
    /// content filter, in order of time but none before the one that handed it over. Several recipients may
    /// have gone to several hosts: it is a tree.
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
                // Where the journey branches too much, the way to the message itself is kept.
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

    /// Orders legs by time, none before the one it came from: clocks differ.
    fn in_order(&self, legs: &[Leg]) -> Vec<Leg> {
        let mut ordered: Vec<Leg> = Vec::with_capacity(legs.len());
        // Where each leg went.
        let mut places: Vec<Option<usize>> = vec![None; legs.len()];
        while ordered.len() < legs.len() {
            let open = legs.iter().enumerate().filter(|(at, leg)| {
                let parent = leg.from.map(|(parent, _)| places.get(parent));
                let ready = parent.is_none_or(|place| matches!(place, Some(Some(_))));
                ready && places.get(*at) == Some(&None)
            });
            let Some((at, leg)) = open.min_by_key(|(_, leg)| self.came_in(leg.message)) else {
                break;
            };
            let from = leg.from.and_then(|(parent, proof)| {
                let place = places.get(parent).copied().flatten()?;
                Some((place, proof))
            });
            if let Some(place) = places.get_mut(at) {
                *place = Some(ordered.len());
            }
            ordered.push(Leg { from, ..*leg });
        }
        ordered
    }

    /// When a message came in, as far as the log shows it.
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
