//! A text to send, as it would be copied.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::report::evidence::Addressee;
use crate::ui::App;
use crate::ui::app::language;
use crate::ui::widgets::wrapped;

use super::draw_lines;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, body: Rect) {
    let Some(preview) = &app.preview else { return };
    let theme = app.theme();
    frame.render_widget(Clear, body);
    frame.buffer_mut().set_style(body, theme.text());
    let addressee = match preview.request.addressee {
        Addressee::Authority => "To an authority",
        Addressee::Postmaster => "To a postmaster",
    };
    let written = &preview.written;
    let what = format!(
        "   {} · {} · pseudonymised{}",
        language(preview.request.lang),
        written.describe_findings(),
        match written.blanks {
            0 => String::new(),
            count => format!(" · {count} to fill in"),
        }
    );
    let title = Line::from(vec![
        Span::styled(format!(" {addressee}"), theme.title()),
        Span::styled(what, theme.dim()),
    ]);
    let [head, text] = Layout::vertical([Constraint::Length(2), Constraint::Min(0)]).areas(body);
    draw_lines(frame, head, &[title], 0);
    draw_lines(frame, text, &preview.lines, preview.top);
}

/// A text in lines of at most `columns` cells.
pub fn lines(app: &App, text: &str, columns: usize) -> Vec<Line<'static>> {
    let style = app.theme().text();
    let mut lines = Vec::new();
    for line in text.lines() {
        let wrapped = wrapped(line, 1, 0, columns, style);
        if wrapped.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(wrapped);
    }
    lines
}
