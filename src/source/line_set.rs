//! Set of line numbers of one file.

/// Set of line numbers, as one bit for each line.
#[derive(Clone, Debug, Default)]
pub struct LineSet {
    words: Vec<u64>,
}

impl LineSet {
    /// Adds the lines `first..=last`.
    pub fn insert(&mut self, first: u32, last: u32) {
        for line in first..=last {
            let word = (line / u64::BITS) as usize;
            if self.words.len() <= word {
                self.words.resize(word + 1, 0);
            }
            if let Some(word) = self.words.get_mut(word) {
                *word |= 1 << (line % u64::BITS);
            }
        }
    }

    /// The lines of `first..=last` that are in the set, in order.
    pub fn within(&self, first: u32, last: u32) -> impl Iterator<Item = u32> {
        (first..=last).filter(|line| self.has(*line))
    }

    /// True when `line` is in the set.
    pub fn has(&self, line: u32) -> bool {
        let word = self.words.get((line / u64::BITS) as usize);
        word.is_some_and(|word| word & 1 << (line % u64::BITS) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back() {
        let mut lines = LineSet::default();
        lines.insert(70, 70);
        lines.insert(8000, 8002);
        let found: Vec<_> = lines.within(1, 10_000).collect();
        assert_eq!(found, [70, 8000, 8001, 8002]);
        assert_eq!(lines.within(71, 7999).count(), 0);
        assert!(lines.has(70) && !lines.has(4_000_000));
    }
}
