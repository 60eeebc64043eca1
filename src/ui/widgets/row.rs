//! One line of a table: cells of fixed width.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::report::lines::{Align, fitted};

/// A line in the making.
#[derive(Default)]
pub struct Row {
    spans: Vec<Span<'static>>,
}

impl Row {
    /// Adds a cell of exactly `cells` columns, and one column of space behind it; nothing where
    /// `cells` is 0. Text that is too long is cut in its middle.
    #[must_use]
    pub fn cell(mut self, text: &str, cells: usize, align: Align, style: Style) -> Self {
        if cells == 0 {
            return self;
        }
        let text = format!("{} ", fitted(text, cells, align));
        self.spans.push(Span::styled(text, style));
        self
    }

    /// Adds a ready span.
    #[must_use]
    pub fn span(mut self, span: Span<'static>) -> Self {
        self.spans.push(span);
        self
    }

    /// Adds empty columns.
    #[must_use]
    pub fn space(self, cells: usize) -> Self {
        self.span(Span::raw(" ".repeat(cells)))
    }

    /// The line.
    pub fn line(self) -> Line<'static> {
        Line::from(self.spans)
    }
}
