//! Text broken into lines that fit.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::text::wrap;

/// Text broken at spaces into lines of at most `columns` cells, each indented by `indent`, those
/// after the first by `hang` more. The indent is a span of its own, the first of each line.
pub fn wrapped(
    text: &str,
    indent: usize,
    hang: usize,
    columns: usize,
    style: Style,
) -> Vec<Line<'static>> {
    let lines = wrap(text, indent, hang, columns).into_iter();
    let lines = lines.map(|(indent, text)| {
        let indent = Span::raw(" ".repeat(indent));
        Line::from(vec![indent, Span::styled(text, style)])
    });
    lines.collect()
}
