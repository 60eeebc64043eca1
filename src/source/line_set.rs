//! Lines of one file, in groups: which of them are still wanted.

/// Lines in one group: the text store finds a line by the beginning of such a group anyway.
const GROUP: u32 = 64;

/// A set of lines that may hold a few more than were put into it.
#[derive(Clone, Debug, Default)]
pub struct LineSet {
    /// One bit for each group.
    groups: Vec<u64>,
}

impl LineSet {
    /// Puts the lines from `first` to `last` in.
    pub fn insert(&mut self, first: u32, last: u32) {
        for group in first / GROUP..=last / GROUP {
            let word = (group / u64::BITS) as usize;
            if self.groups.len() <= word {
                self.groups.resize(word + 1, 0);
            }
            if let Some(word) = self.groups.get_mut(word) {
                *word |= 1 << (group % u64::BITS);
            }
        }
    }

    /// Stretches of lines within `first..=last` that are in it, in order: the first and the last line of each.
    pub fn within(&self, first: u32, last: u32) -> impl Iterator<Item = (u32, u32)> {
        let groups = (first / GROUP..=last / GROUP).filter(|group| self.has(*group));
        groups.map(move |group| {
            let start = group * GROUP;
            let end = start.saturating_add(GROUP - 1);
            (start.max(first), end.min(last))
        })
    }

    fn has(&self, group: u32) -> bool {
        let word = self.groups.get((group / u64::BITS) as usize);
        word.is_some_and(|word| word & 1 << (group % u64::BITS) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_in_their_groups() {
        let mut lines = LineSet::default();
        lines.insert(70, 70);
        lines.insert(8000, 8065);
        let found: Vec<_> = lines.within(1, 10_000).collect();
        assert_eq!(found, [(64, 127), (8000, 8063), (8064, 8127)]);
        assert_eq!(lines.within(71, 100).collect::<Vec<_>>(), [(71, 100)]);
        assert_eq!(lines.within(200, 7_000).count(), 0);
    }
}
