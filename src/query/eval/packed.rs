//! Lists of numbers in few bits.

/// Numbers in a block. With 64 numbers of `n` bits each a block takes exactly `n` words.
const BLOCK: usize = 64;

/// List of numbers in blocks. A block stores the differences to its smallest number, in as many bits as the
/// largest difference needs.
#[derive(Debug, Default)]
pub(super) struct Packed {
    bases: Vec<u64>,
    /// End of each block in `words`.
    ends: Vec<u32>,
    words: Vec<u64>,
    len: usize,
}

impl Packed {
    pub(super) fn of(numbers: impl IntoIterator<Item = u64>) -> Self {
        let mut packed = Self::default();
        let mut numbers = numbers.into_iter();
        let mut block = Vec::with_capacity(BLOCK);
        loop {
            block.clear();
            block.extend(numbers.by_ref().take(BLOCK));
            let Some(base) = block.iter().copied().min() else {
                break;
            };
            for number in &mut block {
                *number -= base;
            }
            packed.push(base, &block);
        }
        packed.shrink()
    }

    /// All numbers, in order.
    pub(super) const fn iter(&self) -> Numbers<'_> {
        Numbers {
            packed: self,
            next: 0,
            base: 0,
            offsets: [0; BLOCK],
        }
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        (self.bases.capacity() + self.words.capacity()) * size_of::<u64>()
            + self.ends.capacity() * size_of::<u32>()
    }

    fn shrink(mut self) -> Self {
        self.bases.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.words.shrink_to_fit();
        self
    }

    /// Number of numbers in a block: [`BLOCK`], except in the last one.
    fn count(&self, block: usize) -> usize {
        (self.len - block * BLOCK).min(BLOCK)
    }

    fn push(&mut self, base: u64, offsets: &[u64]) {
        let all = offsets.iter().fold(0, |all, offset| all | offset);
        let width = u64::BITS - all.leading_zeros();
        let missing = BLOCK - offsets.len();
        let (mut word, mut filled) = (0, 0);
        for &offset in offsets.iter().chain(std::iter::repeat_n(&0, missing)) {
            word |= offset << filled;
            filled += width;
            if filled >= u64::BITS {
                self.words.push(word);
                filled -= u64::BITS;
                word = offset.checked_shr(width - filled).unwrap_or(0);
            }
        }
        self.bases.push(base);
        self.ends
            .push(u32::try_from(self.words.len()).unwrap_or(u32::MAX));
        self.len += offsets.len();
    }

    fn offsets(&self, block: usize) -> [u64; BLOCK] {
        let end = |block: usize| self.ends.get(block).copied().unwrap_or(0);
        let begin = block.checked_sub(1).map_or(0, end);
        let end = end(block);
        let words = self.words.get(begin as usize..end as usize);
        let words = words.unwrap_or_default();
        let mut offsets = [0; BLOCK];
        let width = end - begin;
        let Some(mask) = u64::MAX.checked_shr(u64::BITS - width) else {
            return offsets;
        };
        let mut words = words.iter().copied();
        // Remaining bits of the current word, and how many they are.
        let (mut word, mut left) = (0, 0);
        for offset in &mut offsets {
            *offset = word;
            if left < width {
                let next = words.next().unwrap_or(0);
                *offset |= next << left;
                word = next.checked_shr(width - left).unwrap_or(0);
                left += u64::BITS;
            } else {
                word >>= width;
            }
            *offset &= mask;
            left -= width;
        }
        offsets
    }
}

/// Iterator over the numbers of a list. Unpacks one block at a time.
pub(super) struct Numbers<'a> {
    packed: &'a Packed,
    /// Index of the next number.
    next: usize,
    /// Smallest number of the current block, and the differences to it.
    base: u64,
    offsets: [u64; BLOCK],
}

impl Iterator for Numbers<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.next == self.packed.len {
            return None;
        }
        let index = self.next % BLOCK;
        if index == 0 {
            let block = self.next / BLOCK;
            self.base = *self.packed.bases.get(block)?;
            self.offsets = self.packed.offsets(block);
        }
        self.next += 1;
        Some(self.base + self.offsets[index])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.packed.len - self.next;
        (left, Some(left))
    }
}

/// Ascending list of numbers in blocks, each of which stores the differences between successive numbers.
#[derive(Debug, Default)]
pub(super) struct Ascending(Packed);

impl Ascending {
    /// Packs ascending numbers.
    pub(super) fn of(numbers: &[u64]) -> Self {
        let mut packed = Packed::default();
        let mut gaps = Vec::with_capacity(BLOCK);
        for block in numbers.chunks(BLOCK) {
            let first = block.first().copied().unwrap_or(0);
            gaps.clear();
            gaps.push(0);
            gaps.extend(block.windows(2).map(|pair| pair[1] - pair[0]));
            packed.push(first, &gaps);
        }
        Self(packed.shrink())
    }

    /// Numbers of the blocks for which `wanted` holds. It is called with the first number of a block, and with
    /// an upper bound of all numbers in it.
    pub(super) fn within(
        &self,
        mut wanted: impl FnMut(u64, u64) -> bool,
    ) -> impl Iterator<Item = u64> {
        let Self(packed) = self;
        let bases = packed.bases.iter().copied();
        let ends = packed.bases.iter().copied().skip(1).chain([u64::MAX]);
        let blocks = bases.zip(ends).enumerate();
        let blocks = blocks.filter(move |(_, (first, end))| wanted(*first, *end));
        blocks.flat_map(|(block, (first, _))| {
            let gaps = packed.offsets(block).into_iter().take(packed.count(block));
            gaps.scan(first, |number, gap| {
                *number += gap;
                Some(*number)
            })
        })
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = Vec<u64>> {
        let number = prop_oneof![0..8_u64, 0..1_000_000_u64, any::<u64>()];
        prop_oneof![
            prop::collection::vec(0..2_u64, 0..200),
            prop::collection::vec(number, 0..300),
            Just(vec![u64::MAX; 130]),
        ]
    }

    proptest! {
        #[test]
        fn numbers_come_back(mut numbers in numbers(), low in any::<u64>(), high in any::<u64>()) {
            let packed = Packed::of(numbers.iter().copied());
            prop_assert!(packed.iter().eq(numbers.iter().copied()));
            numbers.sort_unstable();
            let packed = Ascending::of(&numbers);
            prop_assert!(packed.within(|_, _| true).eq(numbers.iter().copied()));
            let some: Vec<u64> = packed.within(|first, end| first <= high && end >= low).collect();
            let wanted = |number: &&u64| (low..=high).contains(*number);
            let some = some.iter().filter(wanted);
            prop_assert!(some.eq(numbers.iter().filter(wanted)));
        }
    }

    #[test]
    fn what_is_near_takes_few_bits() {
        let packed = Packed::of((0..6400).map(|number| 1_700_000_000_000 + number % 4));
        let bits = packed.heap_bytes() * 8 / 6400;
        assert!(bits < 4, "{bits}");
        assert_eq!(Packed::of([7; 64]).words.len(), 0);
    }
}
