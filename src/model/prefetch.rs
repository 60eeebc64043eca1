//! Prefetches memory that is scattered, so that the cache misses of many lookups overlap.

use std::hint::black_box;

/// Number of items to prefetch before the first is used: few enough that all of them stay in the cache.
pub(super) const BATCH: usize = 256;

/// Reads some bits of each item. The address of an item must not depend on the content of another one, and no
/// branch may depend on what is read: then the processor loads many items at once.
#[inline]
pub(super) fn prefetch(bits: impl Iterator<Item = u32>) {
    // Without a use of the result the compiler would remove the reads.
    black_box(bits.fold(0, |all, bits| all ^ bits));
}
