//! The contacts of peers whose grades are not always the same: most are, and need no posture.

use std::ops::Range;

use super::contacts::{Contacts, is_delivery};
use super::group::name;
use super::{Level, Names, SCALE};
use crate::insight::side::Side;
use crate::model::{GradeBook, Model, Symbol, shares};
use crate::tls::{Grade, TlsState};

impl Contacts {
    /// The deliveries and refusals of hosts that may have become worse: some were worse than the best,
    /// and not a single one alone.
    pub fn of_turning_hosts(model: &Model, grades: &GradeBook) -> Self {
        let turning = Turning::of(model, grades);
        Self::of(model, |event| turning.has(event.peer, Side::of(event)))
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
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own = own.saturating_add(other);
        }
    }

    fn may_have_fallen(self) -> bool {
        let better_than = |best: usize| self.0.iter().skip(best + 1);
        let best = self.0.iter().position(|count| *count > 0);
        let worse = best.map_or(0, |best| better_than(best).map(|own| u32::from(*own)).sum());
        worse > 1
    }
}

/// Which hosts may have become worse. One host has many symbols: one for each of its addresses and names.
struct Turning {
    /// By peer, its row outbound.
    rows: Vec<Option<u32>>,
    /// By row.
    has_turned: Vec<bool>,
}

impl Turning {
    fn of(model: &Model, grades: &GradeBook) -> Self {
        let mut names = Names::default();
        let peers = 0..model.strings.peers.len();
        let rows = peers.map(|peer| {
            let name = name(Level::Host, &model.strings.endpoint(Symbol(peer)))?;
            names.row(&name, Side::Out)
        });
        let mut own = Self {
            rows: rows.collect(),
            has_turned: Vec::new(),
        };
        drop(names);
        let parts = shares::stretches(0..model.events.len(), shares::EVENTS);
        let parts = shares::share(parts, |part| own.seen(model, grades, part));
        let seen = parts.into_iter().reduce(|mut all, part| {
            all.iter_mut()
                .zip(part)
                .for_each(|(own, part)| own.join(part));
            all
        });
        let seen = seen.unwrap_or_default().into_iter();
        own.has_turned = seen.map(Seen::may_have_fallen).collect();
        own
    }

    /// What was seen in some events, by row.
    fn seen(&self, model: &Model, grades: &GradeBook, numbers: Range<u32>) -> Vec<Seen> {
        let last = self.rows.iter().flatten().max();
        let mut seen = vec![Seen::default(); last.map_or(0, |last| *last as usize + 2)];
        for event in model.events.range(numbers.start, numbers.end) {
            if is_delivery(&event) || model.tls_state(&event) == TlsState::Refused {
                let at = self.row(event.peer, Side::of(&event));
                if let Some(seen) = at.and_then(|at| seen.get_mut(at)) {
                    seen.add(grades.event(model, &event));
                }
            }
        }
        seen
    }

    fn row(&self, peer: Symbol, side: Side) -> Option<usize> {
        let row = self.rows.get(peer.0 as usize).copied().flatten()?;
        Some(row as usize + side.place())
    }

    fn has(&self, peer: Symbol, side: Side) -> bool {
        let turned = self.row(peer, side).and_then(|at| self.has_turned.get(at));
        turned.copied().unwrap_or(false)
    }
}
