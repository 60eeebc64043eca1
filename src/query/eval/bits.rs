//! Bit sets of row numbers.

/// Set of numbers below `len`, one bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: u32,
}

impl Bits {
    /// No number below `len`.
    pub fn empty(len: u32) -> Self {
        Self {
            words: vec![0; (len as usize).div_ceil(64)],
            len,
        }
    }

    /// All numbers below `len`.
    pub fn full(len: u32) -> Self {
        let mut bits = Self {
            words: vec![u64::MAX; (len as usize).div_ceil(64)],
            len,
        };
        bits.trim();
        bits
    }

    /// Numbers below `len` for which `test` holds.
    pub fn of(len: u32, mut test: impl FnMut(u32) -> bool) -> Self {
        let mut bits = Self::empty(len);
        for number in 0..len {
            if test(number) {
                bits.set(number);
            }
        }
        bits
    }

    /// Adds a number; ignored when it is not below the bound.
    pub fn set(&mut self, number: u32) {
        if number < self.len
            && let Some(word) = self.words.get_mut(number as usize / 64)
        {
            *word |= 1 << (number % 64);
        }
    }

    /// True when the set has the number.
    pub fn has(&self, number: u32) -> bool {
        self.words
            .get(number as usize / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Smallest number in the set that is at least `number`.
    pub fn from(&self, number: u32) -> Option<u32> {
        let first = number as usize / 64;
        let words = self.words.get(first..)?;
        let above = |nth| {
            if nth == 0 {
                u64::MAX << (number % 64)
            } else {
                u64::MAX
            }
        };
        let mut words = (0..).zip(words).map(|(nth, word)| (nth, word & above(nth)));
        let (nth, word) = words.find(|(_, word)| *word != 0)?;
        u32::try_from((first + nth) * 64)
            .ok()
            .map(|base| base + word.trailing_zeros())
    }

    /// Removes the numbers that are not in `other`.
    pub fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Adds the numbers of `other`.
    pub fn unite(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Removes the numbers of `other`.
    pub fn subtract(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// Raises the bound; the new numbers are not in the set.
    pub fn grow(&mut self, len: u32) {
        self.len = self.len.max(len);
        self.words.resize((self.len as usize).div_ceil(64), 0);
    }

    /// Replaces the set by its complement.
    pub fn invert(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
    }

    /// True when the set is empty.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Number of numbers in the set.
    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Numbers in the set, ascending.
    pub fn ones(&self) -> impl Iterator<Item = u32> {
        self.words
            .iter()
            .zip((0_u32..).step_by(64))
            .flat_map(|(&word, base)| {
                std::iter::successors((word != 0).then_some(word), |left| {
                    let left = left & (left - 1);
                    (left != 0).then_some(left)
                })
                .map(move |left| base + left.trailing_zeros())
            })
    }

    fn trim(&mut self) {
        if !self.len.is_multiple_of(64)
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << (self.len % 64)) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_their_algebra() {
        let threes = Bits::of(200, |n| n % 3 == 0);
        let fives = Bits::of(200, |n| n % 5 == 0);
        let mut both = threes.clone();
        both.intersect(&fives);
        assert!(both.ones().eq((0..200).filter(|n| n % 15 == 0)));
        let mut either = threes.clone();
        either.unite(&fives);
        assert!(
            either
                .ones()
                .eq((0..200).filter(|n| n % 3 == 0 || n % 5 == 0))
        );
        let mut rest = Bits::full(200);
        rest.invert();
        assert!(rest.is_empty());
        rest.invert();
        assert_eq!(rest.count(), 200);
        assert!(!rest.has(200));
        rest.set(500);
        assert_eq!(rest.count(), 200);
        assert_eq!(fives.from(0), Some(0));
        assert_eq!(fives.from(61), Some(65));
        assert_eq!(fives.from(195), Some(195));
        assert_eq!(fives.from(196), None);
        assert_eq!(fives.from(5000), None);
        rest.grow(501);
        rest.set(500);
        rest.subtract(&threes);
        assert!(rest.ones().eq((0..200).filter(|n| n % 3 != 0).chain([500])));
    }
}
