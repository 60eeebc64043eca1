//! How far apart the lines of two hosts about one handover may be.

/// Clocks of two hosts may differ by this.
const SKEW_MS: i64 = 10 * 60 * 1000;
/// Exim writes of a delivery when its process ends, after further hosts may have run into their time-outs.
const TOLD_LATE_MS: i64 = 15 * 60 * 1000;

/// Whether a message that came in then may be the one that was delivered, as another log says, at
/// `delivered`.
pub(super) const fn fits(came_in: i64, delivered: i64) -> bool {
    came_in <= delivered + SKEW_MS && came_in >= delivered - TOLD_LATE_MS - SKEW_MS
}
