//! Counts the lines that were not understood, and keeps the first ones of each reason.

use std::cmp::Reverse;

use super::NotUnderstood;

/// Number of lines kept for each reason. A log of another kind has tens of millions. The limit is for each reason, so
/// that frequent reasons do not hide rare ones.
const MAX_KEPT: u64 = 20_000;

/// Number of lines that were not understood, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Reason and number of lines, in the order of the first lines.
    counts: Vec<(&'static str, u64)>,
}

impl Reasons {
    /// Counts a line; true when it is to be kept.
    pub(super) fn count(&mut self, reason: &'static str) -> bool {
        // A linear search: there is a handful of reasons.
        let known = self.counts.iter_mut().find(|(known, _)| *known == reason);
        if let Some((_, count)) = known {
            *count += 1;
            return *count <= MAX_KEPT;
        }
        self.counts.push((reason, 1));
        true
    }

    /// Number of all lines.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// Reasons with their numbers of lines, most frequent first.
    pub fn most_frequent(&self) -> Vec<(&'static str, u64)> {
        let mut counts = self.counts.clone();
        counts.sort_by_key(|&(_, count)| Reverse(count));
        counts
    }

    /// Note for lists of the lines; `None` if every line is kept.
    pub fn cut(&self) -> Option<String> {
        let cut = self.counts.iter().any(|&(_, count)| count > MAX_KEPT);
        cut.then(|| {
            let kept = crate::text::human::count(MAX_KEPT);
            format!("the first {kept} lines of each reason are listed; all are counted")
        })
    }
}

impl super::Model {
    /// Adds the lines of a chunk that were not understood; `first` is the line of the file at which the chunk begins.
    pub(super) fn take_not_understood(
        &mut self,
        file: u32,
        first: u32,
        lines: &[(u32, &'static str)],
    ) {
        for &(line, reason) in lines {
            if self.reasons.count(reason) {
                self.not_understood.push(NotUnderstood {
                    file,
                    line: first + line,
                    reason,
                });
            }
        }
    }

    /// Number of lines of programs that move no mail, in all files.
    pub fn foreign(&self) -> u64 {
        let files = self.files.iter();
        files.map(|file| u64::from(file.foreign)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Model;

    #[test]
    fn all_lines_count_and_the_first_of_each_reason_are_kept() {
        let mut model = Model::default();
        let many: Vec<(u32, &str)> = (0..30_000).map(|line| (line, "common")).collect();
        model.take_not_understood(0, 1, &many);
        model.take_not_understood(1, 1, &[(0, "rare"), (1, "common")]);
        assert_eq!(model.reasons.total(), 30_002);
        assert_eq!(
            model.reasons.most_frequent(),
            [("common", 30_001), ("rare", 1)]
        );
        let kept = &model.not_understood;
        assert_eq!(kept.len(), 20_001);
        assert_eq!((kept[19_999].line, kept[19_999].reason), (20_000, "common"));
        assert_eq!((kept[20_000].file, kept[20_000].reason), (1, "rare"));
        let note = model.reasons.cut().unwrap();
        assert!(note.contains("20,000"), "{note}");
    }

    #[test]
    fn where_every_line_is_kept_nothing_is_said() {
        let mut model = Model::default();
        model.take_not_understood(0, 1, &[(0, "rare")]);
        assert_eq!(model.reasons.cut(), None);
    }
}
