//! The detail of a row: the story, what it is joined with, or the raw lines.

use std::iter;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders};

use crate::insight::JourneyStory;
use crate::query::eval::Table;
use crate::ui::App;
use crate::ui::app::DetailState;
use crate::ui::widgets::wrapped;

use super::{draw_lines, finding, journey, ladder, posture, raw, story};

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
    draw_lines(frame, inner, &detail.lines, detail.top);
}

/// The story of a row, or its raw lines, in lines of at most `columns` cells.
pub fn lines(app: &App, detail: &DetailState, columns: usize) -> Vec<Line<'static>> {
    if detail.raw {
        return raw::lines(app, detail, columns);
    }
    let content = &detail.content;
    if let Some(told) = &content.posture {
        return posture::lines(app, told, detail.run, columns);
    }
    match &content.finding {
        Some(told) => return finding::lines(app, told, columns),
        None if content.table == Table::Findings => {
            let gone = "This is no longer found in what is loaded.";
            return wrapped(gone, 1, 0, columns, app.theme().dim());
        }
        None => {}
    }
    let journey = |told: &JourneyStory| {
        let title = if told.stations.is_empty() {
            " Notices:"
        } else {
            " The same message on its way:"
        };
        (title, journey::lines(app, told, columns))
    };
    let as_log = " The same journey, as the log tells it:";
    let as_headers = " The same journey, as the headers tell it:";
    let timelines = content.timelines.iter().flat_map(|told| {
        let journeys = JourneyStory::below(&content.journeys, told).map(journey);
        iter::once((as_log, story::lines(app, told, columns))).chain(journeys)
    });
    let chains = content.chains.iter();
    let chains = chains.map(|told| (as_headers, ladder::lines(app, told, columns)));
    let parts: Vec<(&str, Vec<Line<'static>>)> = match content.table {
        Table::Messages | Table::Hosts | Table::Findings | Table::Overview => {
            timelines.chain(chains).collect()
        }
        Table::Chains => chains.chain(timelines).collect(),
    };
    let theme = app.theme();
    let rule = format!(" {}", "─".repeat(columns.saturating_sub(2)));
    let mut lines = Vec::new();
    for (nth, (joined, part)) in parts.into_iter().enumerate() {
        if nth > 0 {
            lines.push(Line::default());
            lines.push(Line::styled(rule.clone(), theme.rule()));
            lines.push(Line::styled(joined, theme.dim()));
        }
        lines.extend(part);
    }
    lines
}
