//! The columns of a list: each is described once, and heads and rows follow from that.

use std::borrow::Cow;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Row;
use crate::query::eval::{Sort, SortKey};
use crate::report::lines::Align;

/// Cells at the left of a list, in which selection and marks stand.
const GUTTER: usize = 2;
/// No column that takes the rest of a line gets fewer cells.
const LEAST: usize = 8;

/// A column of a list whose rows are drawn from `T`.
pub struct Column<T> {
    /// The head.
    title: &'static str,
    /// What the list can be sorted by here, if anything: the first word of the head.
    key: Option<SortKey>,
    width: Width,
    /// Where head and text stand.
    align: Align,
    /// Makes what a row has in the column, for this number of cells.
    cell: fn(&T, usize) -> Cell,
}

impl<T> Column<T> {
    /// A column whose head and texts stand at the left; `cell` makes what a row has in a number of cells.
    pub const fn left(title: &'static str, width: Width, cell: fn(&T, usize) -> Cell) -> Self {
        Self {
            title,
            key: None,
            width,
            align: Align::Left,
            cell,
        }
    }

    /// A column whose head and texts stand at the right.
    pub const fn right(title: &'static str, width: Width, cell: fn(&T, usize) -> Cell) -> Self {
        Self {
            align: Align::Right,
            ..Self::left(title, width, cell)
        }
    }

    /// The column in a list that can be sorted by it.
    #[must_use]
    pub const fn sorted_by(self, key: SortKey) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Exactly this many cells; of a column of 0 nothing is drawn.
    Cells(usize),
    /// What the others leave, shared evenly where several want it, the last one getting the odd cell.
    Rest,
}

/// What a row has in a column.
pub enum Cell {
    /// Text in the look of the row, cut or padded to the width of the column.
    Text(Cow<'static, str>),
    /// Spans of a look of their own, as wide as the column and the space behind it.
    Spans(Vec<Span<'static>>),
}

impl<T: Into<Cow<'static, str>>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}

/// The columns of a list, fitted into a line.
pub struct Columns<T> {
    fitted: Vec<(Column<T>, usize)>,
}

impl<T> Columns<T> {
    /// Fits columns into a line of `total` cells: the gutter, then each column with a space behind it.
    pub fn fit(columns: Vec<Column<T>>, total: usize) -> Self {
        let sharing = columns.iter().filter(|column| column.width == Width::Rest);
        let mut sharing = sharing.count();
        let mut left = rest(&columns, total).saturating_sub(sharing.saturating_sub(1));
        let fitted = columns.into_iter().map(|column| {
            let cells = match column.width {
                Width::Cells(cells) => cells,
                Width::Rest => {
                    let share = left / sharing;
                    left -= share;
                    sharing -= 1;
                    share.max(LEAST)
                }
            };
            (column, cells)
        });
        Self {
            fitted: fitted.filter(|(_, cells)| *cells > 0).collect(),
        }
    }

    /// Each column that is drawn, by its title, and its cells.
    #[cfg(test)]
    pub fn widths(&self) -> Vec<(&'static str, usize)> {
        let columns = self.fitted.iter();
        columns
            .map(|(column, cells)| (column.title, *cells))
            .collect()
    }

    /// The line of heads, with an arrow at the one by which the list is sorted.
    pub fn heads(&self, sort: Sort, style: Style) -> Line<'static> {
        let line = Row::default().space(GUTTER);
        let heads = self.fitted.iter();
        let line = heads.fold(line, |line, (column, cells)| {
            line.cell(&head(column, sort), *cells, column.align, style)
        });
        line.line()
    }

    /// The line of a row, behind its gutter.
    pub fn row(&self, gutter: Span<'static>, row: &T, style: Style) -> Line<'static> {
        let mut line = Row::default().span(gutter);
        for (column, cells) in &self.fitted {
            line = match (column.cell)(row, *cells) {
                Cell::Text(text) => line.cell(&text, *cells, column.align, style),
                Cell::Spans(spans) => spans.into_iter().fold(line, Row::span),
            };
        }
        line.line()
    }
}

/// Cells of a line of `total` that are left for a single column that takes the rest.
pub fn rest<T>(columns: &[Column<T>], total: usize) -> usize {
    let widths = columns.iter().map(|column| match column.width {
        Width::Cells(0) | Width::Rest => 0,
        Width::Cells(cells) => cells + 1,
    });
    total.saturating_sub(GUTTER + widths.sum::<usize>() + 1)
}

/// `LAST▼`, where the list is sorted by it; of several words the first has the arrow.
fn head<T>(column: &Column<T>, sort: Sort) -> String {
    if column.key != Some(sort.key) {
        return column.title.to_owned();
    }
    let arrow = if sort.descending { "▼" } else { "▲" };
    let end = column.title.find(' ').unwrap_or(column.title.len());
    let (sorted, others) = column.title.split_at(end);
    format!("{sorted}{arrow}{others}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::width;

    fn column(title: &'static str, width: Width) -> Column<&'static str> {
        Column::left(title, width, |row: &&str, _| (*row).into()).sorted_by(SortKey::From)
    }

    fn columns(total: usize, widths: &[Width]) -> Columns<&'static str> {
        let all = widths.iter().map(|width| column("FROM → TO", *width));
        Columns::fit(all.collect(), total)
    }

    fn cells(total: usize, widths: &[Width]) -> Vec<usize> {
        let fitted = columns(total, widths).widths();
        fitted.into_iter().map(|(_, cells)| cells).collect()
    }

    #[test]
    fn what_is_left_is_shared_and_a_line_is_never_too_long() {
        use Width::{Cells, Rest};
        assert_eq!(cells(40, &[Cells(4), Rest, Cells(0), Cells(9)]), [4, 22, 9]);
        assert_eq!(cells(40, &[Rest, Cells(4), Rest]), [15, 4, 16]);
        assert_eq!(cells(41, &[Rest, Cells(4), Rest]), [16, 4, 16]);
        assert_eq!(cells(10, &[Cells(4), Rest]), [4, LEAST]);
        for total in 40..200 {
            for widths in [&[Cells(4), Rest, Cells(9)][..], &[Rest, Cells(7), Rest]] {
                let list = columns(total, widths);
                let line = list.row(Span::raw("▌ "), &"x", Style::default());
                assert_eq!(width(&line.to_string()), total, "{widths:?}");
            }
        }
    }

    #[test]
    fn heads_stand_above_their_columns_and_say_the_order() {
        let list = columns(40, &[Width::Cells(0), Width::Rest]);
        let sort = Sort {
            key: SortKey::From,
            descending: true,
        };
        let heads = list.heads(sort, Style::default()).to_string();
        assert_eq!(heads.trim_end(), "  FROM▼ → TO");
        let row = list.row(Span::raw("  "), &"x", Style::default());
        assert_eq!(width(&row.to_string()), width(&heads));
        let other = Sort {
            key: SortKey::Last,
            ..sort
        };
        let heads = list.heads(other, Style::default()).to_string();
        assert_eq!(heads.trim_end(), "  FROM → TO");
    }
}
