//! The detail of a row: the story, what it is joined with, or the raw lines.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders};

use crate::query::eval::Table;
use crate::ui::App;
use crate::ui::app::DetailState;

use super::{draw_lines, ladder, raw, story};

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let Some(detail) = &app.detail else { return };
    let mut inner = area;
    if app.is_split() {
        let rule = Block::new()
            .borders(Borders::LEFT)
            .border_style(app.theme().rule());
        inner = rule.inner(area);
        frame.render_widget(rule, area);
    }
    let lines = lines(app, detail, usize::from(inner.width));
    draw_lines(frame, inner, lines, detail.top);
}

/// How many lines the open detail has.
pub fn line_count(app: &App) -> usize {
    let columns = usize::from(app.detail_width()) - usize::from(app.is_split());
    app.detail
        .as_ref()
        .map_or(0, |detail| lines(app, detail, columns).len())
}

fn lines(app: &App, detail: &DetailState, columns: usize) -> Vec<Line<'static>> {
    if detail.raw {
        return raw::lines(app, detail);
    }
    let content = &detail.content;
    let timelines = content
        .timelines
        .iter()
        .map(|timeline| story::lines(app, timeline, columns));
    let chains = content
        .chains
        .iter()
        .map(|chain| ladder::lines(app, chain, columns));
    let parts: Vec<Vec<Line<'static>>> = match content.table {
        Table::Messages => timelines.chain(chains).collect(),
        Table::Chains => chains.chain(timelines).collect(),
    };
    let rule = "─".repeat(columns.saturating_sub(2));
    let mut lines = Vec::new();
    for (nth, part) in parts.into_iter().enumerate() {
        if nth > 0 {
            lines.push(Line::default());
            lines.push(Line::styled(format!(" {rule}"), app.theme().rule()));
            let joined = match content.table {
                Table::Messages => " The same journey, as the headers tell it:",
                Table::Chains => " The same journey, as the log tells it:",
            };
            lines.push(Line::styled(joined, app.theme().dim()));
        }
        lines.extend(part);
    }
    lines
}
