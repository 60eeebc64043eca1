//! Fetches places in memory that are far apart, before they are needed.

use std::hint::black_box;

/// So many things are fetched before the first of them is used: what was fetched first must still be there.
pub(super) const AT_ONCE: usize = 256;

/// Looks at a few bits of each of these places. Where a place is must not depend on what another one holds, nor
/// may the way on depend on what was found: short steps that do not wait for each other let the processor fetch
/// many places at once.
#[inline]
pub(super) fn fetch(bits: impl Iterator<Item = u32>) {
    // The result is of no use, but without a use the compiler would leave the reads out.
    black_box(bits.fold(0, |all, bits| all ^ bits));
}
