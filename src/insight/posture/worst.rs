//! The peers that somebody should look at first.

use std::cmp::Reverse;

use super::{Posture, Postures};
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

impl Posture {
    /// How bad what was seen last is, then how bad anything was; a refusal is worse than any encryption.
    pub fn badness(&self) -> (u8, Grade, u32) {
        (self.latest.urgency(), self.worst(), self.refused)
    }

    /// The worst grade of its contacts, where that is bad, and how many have it.
    fn worst_contacts(&self) -> Option<(Grade, u32)> {
        let worst = self.worst();
        if worst.is_bad() {
            Some((worst, self.tally.of(worst)))
        } else {
            (self.refused > 0).then_some((Grade::Refused, self.refused))
        }
    }
}

impl Postures {
    /// The `most` worst of those that have a contact graded C or worse, or refused: what is bad now comes
    /// before what was, the worse before the less bad, the more frequent before the rare.
    pub fn worst(&self, most: usize) -> Vec<Worst> {
        let bad = (0..).zip(&self.all).filter_map(|(place, own)| {
            let (grade, count) = own.worst_contacts()?;
            let of = own.deliveries() + own.refused;
            Some((
                own,
                Worst {
                    place,
                    grade,
                    count,
                    of,
                },
            ))
        });
        let mut bad: Vec<(&Posture, Worst)> = bad.collect();
        let order = |(own, worst): &(&Posture, Worst)| {
            (Reverse((own.badness(), worst.count)), own.name.to_string())
        };
        bad.sort_by_cached_key(order);
        let first = bad.into_iter().take(most);
        first.map(|(_, worst)| worst).collect()
    }
}
