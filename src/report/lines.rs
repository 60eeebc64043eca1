//! Text laid out in lines of so many cells, each piece of it with its role. The explorer gives every role a look; a copy
//! is the text alone. So both say the same.

use std::iter;

use crate::insight::Severity;
use crate::text::{Clean, pad_left, pad_right, truncate_middle, wrap};
use crate::tls::Grade;

/// What a piece of text is. A theme says how that looks; nothing is told by the look alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Space.
    Space,
    /// Ordinary text.
    Text,
    /// What stands back.
    Dim,
    /// The name of a thing or of a section.
    Title,
    /// The mark beside what is selected.
    Accent,
    /// The text of what is selected.
    Selection,
    /// Thin lines.
    Rule,
    /// The badge of a grade.
    Grade(Grade),
    /// A bar that stands for contacts of this grade.
    Bar(Grade),
    /// How much a finding matters.
    Severity(Severity),
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its text.
    pub text: String,
    /// What it is.
    pub role: Role,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its pieces, from the left.
    pub spans: Vec<Span>,
}

/// Where text stands in a cell that is wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// At the right.
    Right,
}

impl Line {
    /// A line of one piece.
    pub fn of(text: impl Into<String>, role: Role) -> Self {
        Self::default().span(text, role)
    }

    /// The line with a piece behind it.
    #[must_use]
    pub fn span(mut self, text: impl Into<String>, role: Role) -> Self {
        let text = text.into();
        self.spans.push(Span { text, role });
        self
    }

    /// The line with `cells` cells of space behind it.
    #[must_use]
    pub fn space(self, cells: usize) -> Self {
        self.span(" ".repeat(cells), Role::Space)
    }

    /// The line with the badge of a grade behind it, four cells: `A ++`.
    #[must_use]
    pub fn badge(self, grade: Grade) -> Self {
        self.span(grade.badge(), Role::Grade(grade))
    }

    /// The line with a text of exactly `cells` cells behind it, and one cell of space; as it is where `cells` is 0.
    #[must_use]
    pub fn cell(self, text: &str, cells: usize, align: Align, role: Role) -> Self {
        if cells == 0 {
            return self;
        }
        self.span(format!("{} ", fitted(text, cells, align)), role)
    }

    /// The text.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// Cells of the text.
    pub fn width(&self) -> usize {
        let widths = self.spans.iter().map(|span| crate::text::width(&span.text));
        widths.sum()
    }
}

/// Text in exactly `cells` cells, cut in its middle where it is too long.
pub fn fitted(text: &str, cells: usize, align: Align) -> String {
    let cut = truncate_middle(text, cells);
    match align {
        Align::Left => pad_right(&cut, cells).into_owned(),
        Align::Right => pad_left(&cut, cells).into_owned(),
    }
}

/// Lines without roles, and without the space at their ends.
pub fn plain(lines: &[Line]) -> String {
    let texts = lines.iter().map(|line| line.text().trim_end().to_owned());
    texts.collect::<Vec<_>>().join("\n")
}

/// Text broken at spaces into lines of at most `columns` cells, each indented by `indent`, those after the first by
/// `hang` more.
pub fn wrapped(text: &str, indent: usize, hang: usize, columns: usize, role: Role) -> Vec<Line> {
    let lines = wrap(text, indent, hang, columns).into_iter();
    lines
        .map(|(indent, text)| Line::default().space(indent).span(text, role))
        .collect()
}

/// Text behind `head`, broken into lines of at most `columns` cells; later lines are indented as far.
pub(super) fn headed(head: Line, text: &str, columns: usize) -> Vec<Line> {
    let indent = Line::default().space(head.width());
    behind(head, &indent, text, columns)
}

/// The name of a fact in `cells` cells, then its value in as many lines as it takes.
pub(super) fn fact(name: &str, cells: usize, value: &str, columns: usize) -> Vec<Line> {
    let head = |name| Line::of(format!("   {}", pad_right(name, cells)), Role::Dim);
    behind(head(name), &head(""), value, columns)
}

/// Text in lines of at most `columns` cells, the first behind `head`, later ones behind `below`, which is as wide.
fn behind(head: Line, below: &Line, text: &str, columns: usize) -> Vec<Line> {
    let lines = wrap(text, head.width(), 0, columns).into_iter();
    let heads = iter::once(head).chain(iter::repeat_with(|| below.clone()));
    let lines = heads
        .zip(lines)
        .map(|(head, (_, text))| head.span(text, Role::Text));
    lines.collect()
}

/// The title of a section, an empty line above it.
pub(super) fn section(name: &str) -> [Line; 2] {
    [Line::default(), Line::of(format!(" {name}"), Role::Title)]
}

/// Named facts below each other, their values aligned.
pub fn named(facts: &[(&'static str, &Clean)], columns: usize) -> Vec<Line> {
    let widest = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = facts.iter();
    lines
        .flat_map(|(name, value)| fact(name, widest + 2, value, columns))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_the_text_without_roles_and_without_space_at_the_end() {
        let facts = [
            ("First", &Clean::line("one two three")),
            ("ID", &Clean::line("x")),
        ];
        let mut lines = named(&facts, 20);
        lines.extend(section("Rules"));
        lines.push(Line::default().badge(Grade::A).space(1).cell(
            "mx.example.net",
            9,
            Align::Left,
            Role::Selection,
        ));
        assert_eq!(
            plain(&lines),
            "   First  one two\n          three\n   ID     x\n\n Rules\nA ++ mx.…e.net"
        );
        assert!(lines.iter().all(|line| line.width() < 20));
    }
}
