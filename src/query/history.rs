//! History of applied filters, with a position in it for the arrow keys.

use std::collections::VecDeque;

/// List of filters without repetition, of bounded length.
#[derive(Clone, Debug)]
pub struct History {
    entries: VecDeque<String>,
    most: usize,
    /// Number of steps up from the draft; 0 is the draft itself.
    up: usize,
    draft: String,
}

impl History {
    /// An empty history of at most `most` filters.
    pub fn new(most: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            most,
            up: 0,
            draft: String::new(),
        }
    }

    /// History from lines, oldest first, as written by [`History::to_lines`].
    pub fn from_lines(lines: &str, most: usize) -> Self {
        let mut history = Self::new(most);
        for line in lines.lines() {
            history.push(line);
        }
        history
    }

    /// One filter per line, oldest first.
    pub fn to_lines(&self) -> String {
        self.entries
            .iter()
            .flat_map(|entry| [entry, "\n"])
            .collect()
    }

    /// Adds a filter as the newest and moves to the draft. A filter already in the list is moved; a blank one
    /// is ignored. Control characters, including line ends, are replaced by spaces.
    pub fn push(&mut self, filter: &str) {
        self.reset();
        let line = filter.replace(char::is_control, " ");
        let line = line.trim();
        if line.is_empty() || self.most == 0 {
            return;
        }
        self.entries.retain(|entry| entry != line);
        self.entries.push_back(line.to_owned());
        while self.entries.len() > self.most {
            self.entries.pop_front();
        }
    }

    /// The next older filter; `None` at the oldest. `shown` is the text in the input line: on the first step it
    /// is saved as the draft, to which [`History::down`] returns.
    pub fn up(&mut self, shown: &str) -> Option<&str> {
        if self.up >= self.entries.len() {
            return None;
        }
        if self.up == 0 {
            shown.clone_into(&mut self.draft);
        }
        self.up += 1;
        self.shown()
    }

    /// The next newer filter, and finally the draft; `None` at the draft.
    pub fn down(&mut self) -> Option<&str> {
        self.up = self.up.checked_sub(1)?;
        match self.up {
            0 => Some(&self.draft),
            _ => self.shown(),
        }
    }

    /// Moves to the draft, as when the user types or leaves the input line.
    pub fn reset(&mut self) {
        self.up = 0;
        self.draft.clear();
    }

    /// Filters, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().rev().map(String::as_str)
    }

    fn shown(&self) -> Option<&str> {
        let at = self.entries.len().checked_sub(self.up)?;
        self.entries.get(at).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_walk_and_come_back_to_the_draft() {
        let mut history = History::from_lines("a\nb\nc\n", 10);
        assert_eq!(history.down(), None);
        assert_eq!(history.up("dra"), Some("c"));
        assert_eq!(history.up("c"), Some("b"));
        assert_eq!(history.up("b"), Some("a"));
        assert_eq!(history.up("a"), None);
        assert_eq!(history.down(), Some("b"));
        assert_eq!(history.down(), Some("c"));
        assert_eq!(history.down(), Some("dra"));
        assert_eq!(history.down(), None);
    }

    #[test]
    fn repetition_moves_and_the_oldest_goes() {
        let mut history = History::new(2);
        for filter in ["a", "b", "a", "  ", "c"] {
            history.push(filter);
        }
        assert_eq!(history.newest_first().collect::<Vec<_>>(), ["c", "a"]);
    }

    #[test]
    fn lines_survive_a_round_and_hostile_text() {
        let mut history = History::new(5);
        history.push("text:\"a\nb\u{1b}[31m\"");
        history.push("grade>=C");
        let lines = history.to_lines();
        assert_eq!(lines, "text:\"a b [31m\"\ngrade>=C\n");
        assert_eq!(History::from_lines(&lines, 5).to_lines(), lines);
        assert_eq!(History::from_lines(&lines, 0).to_lines(), "");
    }
}
