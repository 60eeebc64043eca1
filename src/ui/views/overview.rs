//! The overview: grades over time, whom to look at first, what protected the mail, what is not known.
//!
//! ```text
//!  the answer in a sentence
//!  the length of a column, and all of them by grade
//!  the chart, its axis and its times
//!  ▲ the chosen stretch of time
//!  ───────────────────────────────────────────────
//!  worst peers              | protection      beside each other from 100 columns on,
//!  what is not known        | cipher suites   below each other else
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::report::lines::{Line, Role};
use crate::report::overview::OverviewText;
use crate::text::truncate_end;
use crate::ui::App;
use crate::ui::widgets::{painted, wrapped};

use super::{draw_lines, list};

/// From this width on the lower parts stand beside each other.
const TWO_COLUMNS: usize = 100;
/// From this number of lines on the chart gets more of them.
const TALL: usize = 30;
/// Below this number of lines the chart has to do alone.
const LOW: usize = 12;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let overview = app.overview.as_deref();
    let Some(overview) = overview.filter(|overview| !overview.histogram.slots.is_empty()) else {
        let why = list::nothing(app);
        let lines = wrapped(&why, 2, 0, columns, app.theme().dim());
        draw_lines(frame, area, &lines, 0);
        return;
    };
    let model = app.model();
    let told = app.overview_text(&model, overview);
    let mut lines = upper(&told, columns, app.detail_height());
    let room = usize::from(area.height).saturating_sub(lines.len());
    let below = lower(&told, columns).into_iter();
    lines.extend(below.skip(app.below.top).take(room));
    draw_lines(frame, area, &painted(app.theme(), &lines), 0);
}

/// Number of lines below the rule, and how many of them there is room for.
pub fn below(app: &App) -> (usize, usize) {
    let Some(overview) = &app.overview else {
        return (0, 0);
    };
    let columns = usize::from(app.size.0);
    let model = app.model();
    let told = app.overview_text(&model, overview);
    let above = upper(&told, columns, app.detail_height()).len();
    let lines = lower(&told, columns).len();
    (lines, app.detail_height().saturating_sub(above))
}

/// Everything above and with the rule, on a screen of `height` lines.
fn upper(told: &OverviewText<'_>, columns: usize, height: usize) -> Vec<Line> {
    let rows = if height < TALL {
        height / 4
    } else {
        height / 3
    };
    let mut lines = told.head(columns);
    if height < LOW {
        // The chart itself is the answer where there is room for one only.
        lines = lines.split_off(lines.len().saturating_sub(1));
    }
    lines.extend(told.chart(columns, rows.clamp(2, 12)));
    if let Some(sentence) = told.slot_sentence() {
        let role = match told.peer {
            None => Role::Selection,
            Some(_) => Role::Dim,
        };
        let sentence = truncate_end(&sentence, columns.saturating_sub(4));
        lines.push(Line::of(" ▲ ", told.mark()).span(sentence, role));
    }
    let rule = format!(" {}", "─".repeat(columns.saturating_sub(2)));
    lines.push(Line::of(rule, Role::Rule));
    lines
}

/// Everything below the rule.
fn lower(told: &OverviewText<'_>, columns: usize) -> Vec<Line> {
    if columns < TWO_COLUMNS {
        return told.parts(columns);
    }
    let left = columns * 9 / 20;
    let right = columns - left;
    let mut at_left = told.worst_peers(left);
    at_left.extend(told.unknown(left));
    let mut at_right = told.protection(right);
    at_right.push(Line::default());
    at_right.extend(told.suites(right));
    let lines = at_left.len().max(at_right.len());
    at_left.resize(lines, Line::default());
    at_right.resize(lines, Line::default());
    let beside = |(left_line, right_line): (Line, Line)| {
        let gap = left.saturating_sub(left_line.width());
        let mut line = left_line.space(gap);
        line.spans.extend(right_line.spans);
        line
    };
    at_left.into_iter().zip(at_right).map(beside).collect()
}
