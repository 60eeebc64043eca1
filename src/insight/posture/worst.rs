//! The peers that somebody should look at first.

use std::cmp::Reverse;

use super::{Brief, Postures};
use crate::model::Model;
use crate::tls::Grade;

/// A peer with bad contacts, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worst {
    /// The place of its posture in the list of all.
    pub place: u32,
    /// The worst grade of its contacts: C or worse, or R.
    pub grade: Grade,
    /// Contacts of that grade.
    pub count: u32,
    /// Deliveries and refusals.
    pub of: u32,
}

impl Brief {
    /// The worst grade of its contacts, where that is bad, and how many have it.
    fn worst_contacts(&self) -> Option<(Grade, u32)> {
        if self.worst.is_bad() {
            Some((self.worst, self.at_worst))
        } else {
            (self.refused > 0).then_some((Grade::Refused, self.refused))
        }
    }
}

impl Postures {
    /// The `most` worst of those that have a contact graded C or worse, or refused: what is bad now comes
    /// before what was, the worse before the less bad, the more frequent before the rare.
    pub fn worst(&self, model: &Model, most: usize) -> Vec<Worst> {
        let bad = (0..).zip(&self.briefs).filter_map(|(place, own)| {
            let (grade, count) = own.worst_contacts()?;
            let of = self.deliveries(place) + own.refused;
            let worst = Worst {
                place,
                grade,
                count,
                of,
            };
            Some((Reverse((own.badness(), count)), worst))
        });
        let mut bad: Vec<(_, Worst)> = bad.collect();
        // Names are made for those that may be among them, not for all.
        if let Some(last) = most.checked_sub(1).filter(|last| *last < bad.len()) {
            let (_, (weight, _), _) = bad.select_nth_unstable_by_key(last, |(weight, _)| *weight);
            let weight = *weight;
            bad.retain(|(own, _)| *own <= weight);
        }
        bad.sort_by_cached_key(|(weight, own)| (*weight, self.name(model, own.place), own.place));
        let first = bad.into_iter().take(most);
        first.map(|(_, worst)| worst).collect()
    }
}
