//! A list: its rows, the selected one, the marks.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::query::eval::Sort;

/// The state of one list.
#[derive(Clone, Debug)]
pub struct ListState {
    /// Row numbers in display order.
    pub rows: Arc<[u32]>,
    /// Rows of the table before filtering.
    pub total: u32,
    /// Messages with lines that the filter asks for and that cannot be read any more.
    pub not_searched: u32,
    /// Position of the selected row.
    pub selected: usize,
    /// Position of the first row on screen.
    pub top: usize,
    /// Order.
    pub sort: Sort,
    /// Marked rows, by number.
    pub marks: BTreeSet<u32>,
    /// The selection stays on its row; before the first move it stays on the first row.
    held: bool,
    /// The place to go to when the next rows come.
    awaited: Option<Anchor>,
}

/// A place in a list: a row by its number, and how many lines below the top of the screen it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    row: Option<u32>,
    line: usize,
    held: bool,
}

impl Anchor {
    /// A row, at the top of the screen.
    pub(super) const fn at(row: u32) -> Self {
        Self {
            row: Some(row),
            line: 0,
            held: true,
        }
    }

    /// The place after rows were renumbered.
    pub(super) fn renumbered(self, new: impl Fn(u32) -> Option<u32>) -> Self {
        Self {
            row: self.row.and_then(new),
            ..self
        }
    }
}

impl ListState {
    /// An empty list.
    pub fn new(sort: Sort) -> Self {
        Self {
            rows: Arc::from([]),
            total: 0,
            not_searched: 0,
            selected: 0,
            top: 0,
            sort,
            marks: BTreeSet::new(),
            held: false,
            awaited: None,
        }
    }

    /// The number of the selected row.
    pub fn selected_row(&self) -> Option<u32> {
        self.rows.get(self.selected).copied()
    }

    /// The rows that an action is about: the marked ones in display order, else the selected one.
    pub fn subjects(&self) -> Vec<u32> {
        if self.marks.is_empty() {
            return self.selected_row().into_iter().collect();
        }
        let shown: Vec<u32> = self
            .rows
            .iter()
            .copied()
            .filter(|row| self.marks.contains(row))
            .collect();
        // Marks that the filter hides are still marks: what is counted on screen is what is copied.
        let hidden = self
            .marks
            .iter()
            .copied()
            .filter(|row| !shown.contains(row));
        let hidden: Vec<u32> = hidden.collect();
        [shown, hidden].concat()
    }

    /// Takes new rows; the selection stays on its row if that is still there.
    pub(super) fn take(&mut self, rows: Arc<[u32]>, total: u32, height: usize) {
        let anchor = self.awaited.take().unwrap_or_else(|| self.anchor());
        self.rows = rows;
        self.total = total;
        self.return_to(anchor, height);
    }

    /// Where the list is now.
    pub(super) fn anchor(&self) -> Anchor {
        Anchor {
            row: self.selected_row(),
            line: self.selected.saturating_sub(self.top),
            held: self.held,
        }
    }

    /// Goes back to a place; where its row is not shown, the position stays.
    pub(super) fn return_to(&mut self, anchor: Anchor, height: usize) {
        self.held = anchor.held;
        let row = anchor.row.filter(|_| anchor.held);
        self.selected = row
            .and_then(|row| self.position(row))
            .unwrap_or(if anchor.held { self.selected } else { 0 })
            .min(self.rows.len().saturating_sub(1));
        self.top = self.selected.saturating_sub(anchor.line);
        self.keep_in_view(height);
    }

    /// Gives rows their new numbers; rows without one are gone.
    pub(super) fn renumber(&mut self, new: impl Fn(u32) -> Option<u32>) {
        let before = self.rows.get(..self.selected).unwrap_or_default();
        let before = before.iter().filter(|row| new(**row).is_some()).count();
        let above = self.selected.saturating_sub(self.top);
        self.rows = self.rows.iter().filter_map(|row| new(*row)).collect();
        self.selected = before.min(self.rows.len().saturating_sub(1));
        self.top = self.selected.saturating_sub(above);
        self.marks = self.marks.iter().filter_map(|row| new(*row)).collect();
        self.awaited = self.awaited.map(|anchor| anchor.renumbered(&new));
    }

    /// Goes to a place once the next rows have come.
    pub(super) const fn await_at(&mut self, anchor: Anchor) {
        self.awaited = Some(anchor);
    }

    /// Keeps the selection on its row whatever rows come.
    pub(super) const fn hold(&mut self) {
        self.held = true;
    }

    fn position(&self, row: u32) -> Option<usize> {
        self.rows.iter().position(|other| *other == row)
    }

    pub(super) fn go_to(&mut self, position: usize, height: usize) {
        self.hold();
        self.selected = position.min(self.rows.len().saturating_sub(1));
        self.keep_in_view(height);
    }

    pub(super) fn step(&mut self, by: isize, height: usize) {
        self.go_to(self.selected.saturating_add_signed(by), height);
    }

    /// Selects a row by its number, if it is shown.
    pub(super) fn select(&mut self, row: u32, height: usize) {
        if let Some(position) = self.position(row) {
            self.go_to(position, height);
        }
    }

    pub(super) fn keep_in_view(&mut self, height: usize) {
        let last_top = self.rows.len().saturating_sub(height);
        self.top = self
            .top
            .min(self.selected)
            .max((self.selected + 1).saturating_sub(height))
            .min(last_top);
    }

    pub(super) fn toggle_mark(&mut self) {
        if let Some(row) = self.selected_row()
            && !self.marks.remove(&row)
        {
            self.marks.insert(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[u32]) -> ListState {
        let mut list = ListState::new(Sort::newest_first());
        list.take(Arc::from(rows), 100, 3);
        list
    }

    #[test]
    fn the_selection_stays_on_its_row() {
        let mut list = list(&[10, 11, 12, 13, 14]);
        list.step(3, 3);
        assert_eq!((list.selected_row(), list.top), (Some(13), 1));
        list.take(Arc::from([7, 8, 9, 10, 11, 12, 13, 14]), 100, 3);
        assert_eq!(list.selected_row(), Some(13));
        list.take(Arc::from([1, 2]), 100, 3);
        assert_eq!(list.selected_row(), Some(2));
        list.take(Arc::from([]), 100, 3);
        assert_eq!(list.selected_row(), None);
    }

    #[test]
    fn rows_with_new_numbers_are_the_same_rows() {
        let mut list = list(&[14, 13, 12, 11, 10]);
        list.step(1, 3);
        list.toggle_mark();
        list.step(2, 3);
        list.toggle_mark();
        assert_eq!(
            (list.selected_row(), list.selected - list.top),
            (Some(11), 2)
        );
        list.renumber(|row| (row != 12).then(|| row - 10));
        assert_eq!(list.rows[..], [4, 3, 1, 0]);
        assert_eq!(
            (list.selected_row(), list.subjects()),
            (Some(1), vec![3, 1])
        );
        // The selected row is gone: the one behind it is there.
        list.renumber(|row| row.checked_sub(2));
        assert_eq!((list.selected_row(), list.subjects()), (Some(1), vec![1]));
    }

    #[test]
    fn an_untouched_list_stays_at_the_top() {
        let mut list = list(&[10, 11]);
        list.take(Arc::from([12, 10, 11]), 100, 3);
        assert_eq!(list.selected_row(), Some(12));
    }

    #[test]
    fn marks_are_the_subjects_in_display_order() {
        let mut list = list(&[12, 10, 11]);
        assert_eq!(list.subjects(), [12]);
        list.step(2, 3);
        list.toggle_mark();
        list.step(-2, 3);
        list.toggle_mark();
        assert_eq!(list.subjects(), [12, 11]);
        list.take(Arc::from([10, 11]), 100, 3);
        assert_eq!(list.subjects(), [11, 12]);
        list.select(11, 3);
        list.toggle_mark();
        assert_eq!(list.subjects(), [12]);
    }

    #[test]
    fn one_comes_back_to_the_same_row_on_the_same_line() {
        let all: Vec<u32> = (0..20).collect();
        let mut list = list(&all);
        list.step(9, 5);
        list.step(-2, 5);
        let there = list.anchor();
        assert_eq!((list.selected_row(), list.top), (Some(7), 5));
        list.take(Arc::from([1, 7]), 100, 5);
        list.step(-1, 5);
        assert_eq!((list.selected_row(), list.top), (Some(1), 0));
        list.await_at(there);
        list.take(Arc::from(all), 100, 5);
        assert_eq!((list.selected_row(), list.top), (Some(7), 5));
    }
}
