//! What the overview shows: contacts over time, and the peers behind them.

use std::sync::Arc;

use crate::insight::overview::{Histogram, Slot};

use super::peers::Peers;

/// The overview of one answer. Its rows are the stretches of time, the newest first. A row's number is the minute in
/// which it begins: so it stays the same when older or newer rows come.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Contacts over time.
    pub histogram: Histogram,
    /// The hosts behind them, and what all of them add up to.
    pub peers: Arc<Peers>,
}

impl Overview {
    /// The rows.
    pub(super) fn rows(&self) -> Vec<u32> {
        self.histogram.slots.iter().rev().map(number).collect()
    }

    /// The stretch of time in which a row begins; of one outside, the nearest.
    pub fn slot(&self, row: u32) -> Option<&Slot> {
        let slots = &self.histogram.slots;
        let after = slots.partition_point(|slot| number(slot) <= row);
        slots.get(after.saturating_sub(1))
    }

    /// The row in which another row begins.
    pub(super) fn row(&self, row: u32) -> Option<u32> {
        self.slot(row).map(number)
    }
}

/// Row number of a stretch of time: minutes from 1970-01-01 UTC to its beginning.
fn number(slot: &Slot) -> u32 {
    u32::try_from(slot.start / 60_000).unwrap_or(0)
}
