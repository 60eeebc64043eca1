//! The contacts of peers whose grades are not always the same: most are, and need no posture.

use hashbrown::HashMap;

use super::contacts::{Contacts, is_delivery};
use super::group::key;
use super::{Level, SCALE};
use crate::model::{GradeBook, Model, Symbol};
use crate::parse::Direction;
use crate::tls::{Grade, TlsState};

impl Contacts {
    /// The deliveries and refusals of hosts that may have become worse: some were worse than the best,
    /// and not a single one alone.
    pub fn of_turning_hosts(model: &Model, grades: &GradeBook) -> Self {
        let turning = Turning::of(model, grades);
        Self::of(model, grades, |number| {
            model.events.get(number).is_some_and(|event| {
                let inbound = event.direction() == Some(Direction::In);
                turning.has(event.peer, inbound)
            })
        })
    }
}

/// How often each grade was seen, by its place on the scale; more than 255 times is 255.
#[derive(Clone, Copy, Default)]
struct Seen([u8; SCALE.len()]);

impl Seen {
    fn add(&mut self, grade: Grade) {
        let place = match grade {
            Grade::Unknown | Grade::Local => return,
            // Neither is better than the other.
            Grade::Refused => Grade::F,
            grade => grade,
        };
        let place = SCALE.iter().position(|own| *own == place);
        if let Some(count) = place.and_then(|at| self.0.get_mut(at)) {
            *count = count.saturating_add(1);
        }
    }

    fn join(&mut self, other: Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count = count.saturating_add(more);
        }
    }

    fn may_have_fallen(self) -> bool {
        let better_than = |best: usize| self.0.iter().skip(best + 1);
        let best = self.0.iter().position(|count| *count > 0);
        let worse = best.map_or(0, |best| better_than(best).map(|own| u32::from(*own)).sum());
        worse > 1
    }
}

/// Peers by symbol, outbound and inbound: whether their host may have become worse.
struct Turning(Vec<[bool; 2]>);

impl Turning {
    fn of(model: &Model, grades: &GradeBook) -> Self {
        let mut seen = vec![[Seen::default(); 2]; model.strings.peers.len() as usize];
        for event in model.events.iter() {
            if is_delivery(event) || model.tls_state(event) == TlsState::Refused {
                let side = usize::from(event.direction() == Some(Direction::In));
                let own = seen.get_mut(event.peer.0 as usize);
                if let Some(own) = own.and_then(|both| both.get_mut(side)) {
                    own.add(grades.event(model, event));
                }
            }
        }
        // One host has many symbols: one for each of its addresses and names.
        let mut by_host: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut hosts: Vec<[Seen; 2]> = Vec::new();
        let of_peer = (0_u32..).zip(&seen).map(|(peer, own)| {
            let key = key(Level::Host, &model.strings.endpoint(Symbol(peer)))?;
            let at = *by_host.entry(key).or_insert_with(|| {
                hosts.push(Default::default());
                hosts.len() - 1
            });
            for (all, own) in hosts.get_mut(at)?.iter_mut().zip(own) {
                all.join(*own);
            }
            Some(at)
        });
        let of_peer: Vec<Option<usize>> = of_peer.collect();
        let turning = of_peer.into_iter().map(|host| {
            let both = host.and_then(|at| hosts.get(at));
            both.map_or([false; 2], |both| both.map(Seen::may_have_fallen))
        });
        Self(turning.collect())
    }

    fn has(&self, peer: Symbol, inbound: bool) -> bool {
        let both = self.0.get(peer.0 as usize);
        both.is_some_and(|both| both[usize::from(inbound)])
    }
}
