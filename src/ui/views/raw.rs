//! Raw lines, as written, with where they stand.

use ratatui::text::{Line, Span};

use crate::ui::app::{DetailState, RawLine};
use crate::ui::widgets::wrapped;
use crate::ui::{Action, App};

/// The lines of a detail's raw view, below the names of their files; long ones are broken.
pub(super) fn lines(app: &App, detail: &DetailState, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let raw = detail.content.raw.as_deref().unwrap_or_default();
    let sentence = |text: &str| wrapped(text, 1, 0, columns, theme.dim());
    if app.masked {
        let (mask, back) = (app.key(Action::Mask), app.key(Action::Raw));
        return sentence(&format!(
            "Raw lines cannot be masked: {mask} shows people again, {back} the story."
        ));
    }
    if raw.is_empty() {
        return sentence("No line of this is in the loaded files.");
    }
    let widest = raw
        .iter()
        .map(|line| line.number)
        .max()
        .unwrap_or(0)
        .to_string()
        .len();
    let mut lines = Vec::new();
    let mut file = None;
    for line in raw {
        if file.replace(&line.file) != Some(&line.file) {
            lines.push(Line::styled(
                format!(" {}", line.file.as_str()),
                theme.title(),
            ));
        }
        lines.extend(numbered(app, line, widest, columns));
    }
    lines
}

fn numbered(app: &App, line: &RawLine, widest: usize, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let number = format!(" {:>widest$}  ", line.number);
    // A record may take several lines.
    let parts = line.shown().lines().map(str::trim_start);
    let mut lines: Vec<Line<'static>> = parts
        .flat_map(|part| wrapped(part, number.len(), 2, columns, theme.text()))
        .collect();
    let head = lines.first_mut().and_then(|first| first.spans.first_mut());
    if let Some(head) = head {
        *head = Span::styled(number, theme.dim());
    }
    lines
}
