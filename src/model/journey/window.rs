//! Tolerance in time between the lines of two hosts about one handover.

/// Tolerated difference between the clocks of two hosts, in milliseconds.
const SKEW_MS: i64 = 10 * 60 * 1000;
/// Delay of a delivery line, in milliseconds: Exim logs it when the delivery process ends, after further hosts may
/// have timed out.
const LOGGED_LATE_MS: i64 = 15 * 60 * 1000;

/// Whether a message that came in at `came_in` may be the one that another log says was delivered at `delivered`.
/// Both are in milliseconds since 1970-01-01 UTC.
pub(super) const fn fits(came_in: i64, delivered: i64) -> bool {
    came_in <= delivered + SKEW_MS && came_in >= delivered - LOGGED_LATE_MS - SKEW_MS
}
