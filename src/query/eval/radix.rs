//! Radix sort of 64-bit keys.

/// Maximum number of bits of a digit.
const DIGIT: u32 = 11;

/// A range of keys smaller than this is sorted in one counting pass.
const FEW_KEYS: u64 = 1 << 12;

/// Positions of the keys, in ascending order of the keys and, for equal keys, of the positions.
pub(super) fn ordered(mut keys: Vec<u64>) -> Vec<u32> {
    let least = keys.iter().copied().min().unwrap_or(0);
    let most = keys.iter().copied().max().unwrap_or(0);
    if most - least < FEW_KEYS {
        return counting_sort(&keys, least);
    }
    let used = keys.iter().fold(0, |used, key| used | (key ^ least));
    let runs = Run::all(used);
    let position_bits = (usize::BITS - keys.len().leading_zeros()).max(1);
    let width = used.count_ones();
    if width + position_bits > u64::BITS {
        let mut pairs: Vec<(u64, u32)> = keys.into_iter().zip(0..).collect();
        pairs.sort_unstable();
        return pairs.into_iter().map(|(_, row)| row).collect();
    }
    // Without the bits that all keys share, key and position fit in one number.
    for (row, key) in (0_u64..).zip(&mut keys) {
        let bits = runs.iter().fold(0, |bits, run| bits | run.apply(*key));
        *key = bits << position_bits | row;
    }
    let keys = radix_sort(keys, position_bits, width);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "positions are rows, and those are of 32 bits"
    )]
    let row = |key: u64| (key & ((1 << position_bits) - 1)) as u32;
    keys.into_iter().map(row).collect()
}

/// Consecutive bits of a key, and how far they are shifted down.
#[derive(Clone, Copy)]
struct Run {
    mask: u64,
    shift: u32,
}

impl Run {
    /// Runs that together move the bits set in `used` to the lowest bits.
    fn all(used: u64) -> Vec<Self> {
        let mut runs = Vec::new();
        let (mut rest, mut filled) = (used, 0);
        while rest != 0 {
            let start = rest.trailing_zeros();
            let length = (rest >> start).trailing_ones();
            let mask = u64::MAX >> (u64::BITS - length) << start;
            runs.push(Self {
                mask,
                shift: start - filled,
            });
            rest &= !mask;
            filled += length;
        }
        runs
    }

    const fn apply(self, number: u64) -> u64 {
        (number & self.mask) >> self.shift
    }
}

/// Stable sort by the `width` bits from bit `low` on, one digit at a time.
fn radix_sort(mut numbers: Vec<u64>, low: u32, width: u32) -> Vec<u64> {
    const VALUES: usize = 1 << DIGIT;
    let digit = width.div_ceil(width.div_ceil(DIGIT));
    let mask = (1 << digit) - 1;
    let mut sorted = vec![0; numbers.len()];
    for shift in (low..low + width).step_by(digit as usize) {
        let digit_of = |number: u64| usize::try_from(number >> shift & mask).unwrap_or(0) % VALUES;
        let mut ends = [0_u32; VALUES];
        for number in &numbers {
            ends[digit_of(*number)] += 1;
        }
        counts_to_starts(&mut ends);
        for number in &numbers {
            let end = &mut ends[digit_of(*number)];
            if let Some(slot) = sorted.get_mut(*end as usize) {
                *slot = *number;
            }
            *end += 1;
        }
        std::mem::swap(&mut numbers, &mut sorted);
    }
    numbers
}

/// Replaces counts by the start of each group: prefix sums.
fn counts_to_starts(counts: &mut [u32]) {
    let mut start = 0;
    for count in counts {
        start += std::mem::replace(count, start);
    }
}

/// Counting sort of keys within [`FEW_KEYS`] of `least`.
fn counting_sort(keys: &[u64], least: u64) -> Vec<u32> {
    let offset = |key: u64| usize::try_from(key - least).unwrap_or(usize::MAX);
    let mut ends = vec![0_u32; usize::try_from(FEW_KEYS).unwrap_or(usize::MAX)];
    for &key in keys {
        if let Some(count) = ends.get_mut(offset(key)) {
            *count += 1;
        }
    }
    counts_to_starts(&mut ends);
    let mut rows = vec![0; keys.len()];
    for (row, &key) in (0_u32..).zip(keys) {
        if let Some(end) = ends.get_mut(offset(key))
            && let Some(slot) = rows.get_mut(*end as usize)
        {
            *slot = row;
            *end += 1;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(keys: &[u64]) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..).take(keys.len()).collect();
        rows.sort_by_key(|row| keys[*row as usize]);
        rows
    }

    #[test]
    fn few_keys_are_ordered_as_many_are() {
        for most in [
            0,
            1,
            7,
            FEW_KEYS - 1,
            FEW_KEYS,
            5 * FEW_KEYS,
            1 << 40,
            u64::MAX - 6,
        ] {
            let keys: Vec<u64> = (0..9000_u64)
                .map(|row| 5 + row.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (most + 1))
                .collect();
            assert_eq!(ordered(keys.clone()), expected(&keys), "{most}");
        }
    }

    #[test]
    fn bits_that_all_keys_share_are_left_out() {
        for used in [
            0xf0f0_f0f0_f0f0_0001_u64,
            0x8000_0000_0000_0fff,
            u64::MAX << 13,
            0xaaaa << 30,
        ] {
            let keys: Vec<u64> = (1..9000_u64)
                .map(|row| row.wrapping_mul(0x9e37_79b9_7f4a_7c15) & used)
                .collect();
            assert_eq!(ordered(keys.clone()), expected(&keys), "{used:x}");
            let moved = |number: u64| {
                Run::all(used)
                    .iter()
                    .fold(0, |bits, run| bits | run.apply(number))
            };
            assert_eq!(moved(u64::MAX).count_ones(), used.count_ones());
            assert_eq!(moved(u64::MAX).trailing_ones(), used.count_ones());
            assert_eq!(moved(!used), 0);
        }
    }

    #[test]
    fn keys_are_ordered_whether_or_not_they_share_a_number_with_their_position() {
        assert_eq!(ordered(Vec::new()), [0; 0]);
        assert_eq!(ordered(vec![7, 5, 7, 5]), [1, 3, 0, 2]);
        assert_eq!(ordered(vec![u64::MAX, 0, u64::MAX, 1]), [1, 3, 0, 2]);
        assert_eq!(ordered(vec![u64::MAX, u64::MAX - 1]), [1, 0]);
    }
}
