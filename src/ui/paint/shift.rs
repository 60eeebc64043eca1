//! Rows of a screen that only change places, as when a list scrolls.

use std::hash::BuildHasher;
use std::iter::repeat_n;
use std::ops::Range;

use hashbrown::DefaultHashBuilder;
use ratatui::buffer::{Buffer, Cell};

use super::row_of;

/// Least cells that a move of rows has to save: the move costs bytes too.
const WORTH_IT: i32 = 40;

/// Rows that are taken out and as many blank ones that are put in: what is between moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// The first row that goes.
    pub(super) gone: u16,
    /// The first row that is blank afterwards.
    pub(super) blank: u16,
    /// How many go and come.
    pub(super) lines: u16,
}

impl Shift {
    /// The move after which the fewest cells differ, if one is worth it.
    ///
    /// Both screens have the same size.
    pub(super) fn between(shown: &Buffer, wanted: &Buffer) -> Option<Self> {
        let rows = Rows { shown, wanted };
        let offset = rows.most_wanted_offset()?;
        let (band, gain) = rows.best_band(offset);
        let lines = offset.unsigned_abs();
        let (gone, blank) = if offset > 0 {
            (band.start, band.end)
        } else {
            (band.end - lines, band.start - lines)
        };
        let uncovered: i32 = (blank..blank + lines)
            .map(|row| rows.gain_of_blank(row))
            .sum();
        (gain + uncovered >= WORTH_IT).then_some(Self {
            gone: u16::try_from(gone).ok()?,
            blank: u16::try_from(blank).ok()?,
            lines: u16::try_from(lines).ok()?,
        })
    }

    /// Does to a screen what a terminal does.
    pub(super) fn apply(self, shown: &mut Buffer) {
        let width = usize::from(shown.area.width);
        let at = |row: u16| usize::from(row) * width;
        let lines = at(self.lines);
        shown.content.drain(at(self.gone)..at(self.gone) + lines);
        let blank = at(self.blank);
        shown
            .content
            .splice(blank..blank, repeat_n(Cell::EMPTY, lines));
    }
}

/// Two screens of one size, row by row.
struct Rows<'a> {
    shown: &'a Buffer,
    wanted: &'a Buffer,
}

impl Rows<'_> {
    /// How far below its new place most of what moved is found: row `r` shows what `r + offset` showed.
    fn most_wanted_offset(&self) -> Option<isize> {
        let height = self.wanted.area.height;
        let changed: Vec<usize> = (0..usize::from(height))
            .filter(|&row| row_of(self.shown, row) != row_of(self.wanted, row))
            .collect();
        // A move needs rows that go, rows that move and rows that come.
        if changed.len() < 3 {
            return None;
        }
        // By the text alone: how well a row fits in its looks as well is counted where it matters.
        let builder = DefaultHashBuilder::default();
        let hash = |screen: &Buffer, row: usize| {
            let text = row_of(screen, row).iter().map(Cell::symbol);
            builder.hash_one(text.collect::<String>())
        };
        let old: Vec<u64> = changed.iter().map(|&row| hash(self.shown, row)).collect();
        let mut votes = vec![0_u16; 2 * usize::from(height)];
        for &row in &changed {
            let new = hash(self.wanted, row);
            for (&source, _) in changed.iter().zip(&old).filter(|(_, old)| **old == new) {
                votes[usize::from(height) + source - row] += 1;
            }
        }
        let (offset, &most) = votes.iter().enumerate().max_by_key(|(_, votes)| **votes)?;
        (most > 0).then(|| offset.cast_signed() - isize::try_from(height).unwrap_or_default())
    }

    /// The rows that gain most by showing what is `offset` rows below them, and how many cells they gain.
    fn best_band(&self, offset: isize) -> (Range<usize>, i32) {
        let height = usize::from(self.wanted.area.height);
        let lines = offset.unsigned_abs();
        let rows = if offset > 0 {
            0..height - lines
        } else {
            lines..height
        };
        let (mut best, mut most) = (rows.start..rows.start, 0);
        let (mut start, mut sum) = (rows.start, 0);
        for row in rows {
            sum += self.gain(row, row.wrapping_add_signed(offset));
            if sum > most {
                (best, most) = (start..row + 1, sum);
            }
            if sum < 0 {
                (start, sum) = (row + 1, 0);
            }
        }
        (best, most)
    }

    /// How many cells more are right in a row that shows another's cells instead of its own.
    fn gain(&self, row: usize, source: usize) -> i32 {
        let wanted = row_of(self.wanted, row);
        equal_cells(wanted, row_of(self.shown, source)) - self.stay(row)
    }

    /// The same for a row that becomes blank.
    fn gain_of_blank(&self, row: usize) -> i32 {
        let wanted = row_of(self.wanted, row).iter();
        let blank = wanted.filter(|cell| **cell == Cell::EMPTY).count();
        count(blank) - self.stay(row)
    }

    fn stay(&self, row: usize) -> i32 {
        equal_cells(row_of(self.wanted, row), row_of(self.shown, row))
    }
}

fn equal_cells(one: &[Cell], other: &[Cell]) -> i32 {
    count(
        one.iter()
            .zip(other)
            .filter(|(one, other)| one == other)
            .count(),
    )
}

fn count(cells: usize) -> i32 {
    i32::try_from(cells).unwrap_or(i32::MAX)
}
