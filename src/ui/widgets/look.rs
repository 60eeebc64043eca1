//! Lines of a report in the look of a theme.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::insight::Severity;
use crate::report::lines::{self, Role};
use crate::tls::Grade;
use crate::ui::Theme;

/// Lines in which every role looks as the theme says.
pub fn painted(theme: &Theme, lines: &[lines::Line]) -> Vec<Line<'static>> {
    let lines = lines.iter().map(|line| {
        let spans = line.spans.iter();
        let spans = spans.map(|span| Span::styled(span.text.clone(), look(theme, span.role)));
        Line::from(spans.collect::<Vec<_>>())
    });
    lines.collect()
}

fn look(theme: &Theme, role: Role) -> Style {
    match role {
        Role::Space => Style::default(),
        Role::Text => theme.text(),
        Role::Dim => theme.dim(),
        Role::Title => theme.title(),
        Role::Accent => theme.accent(),
        Role::Selection => theme.selection(),
        Role::Rule => theme.rule(),
        Role::Grade(grade) => theme.grade(grade),
        Role::Bar(grade) => bar(theme, grade),
        Role::Severity(severity) => severity_look(theme, severity),
    }
}

/// A bar has the colour of its grade; what else marks a badge would fill its cells.
pub fn bar(theme: &Theme, grade: Grade) -> Style {
    Style {
        fg: theme.grade(grade).fg,
        ..Style::default()
    }
}

/// How the word for a severity looks.
pub fn severity_look(theme: &Theme, severity: Severity) -> Style {
    match severity {
        Severity::Violation => theme.error(),
        Severity::Warning => theme.warning(),
        Severity::Info => theme.dim(),
    }
}
