//! Draws the state, and only draws.
//!
//! ```text
//!  header    name, views                                       what is loaded, profile, zone
//!  filter    / text                                                       shown of all
//!            (empty where there is room)
//!  heads     column heads (or the error of the filter, under its place)
//!  rows      the list | the detail (beside each other from 120 columns on)
//!  message   progress, or what just happened
//!  footer    the keys that work now
//! ```

mod chains;
pub mod detail;
mod filter;
pub mod finding;
mod findings;
mod footer;
mod header;
pub mod help;
mod hosts;
mod journey;
mod ladder;
mod list;
mod messages;
pub mod overlay;
pub mod overview;
pub mod posture;
pub mod preview;
mod raw;
mod story;
mod time;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::App;
use crate::query::eval::Table;

/// Below this size there is nothing sensible to draw.
const SMALLEST: (u16, u16) = (40, 8);

/// Draws everything.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    frame.buffer_mut().set_style(area, app.theme().text());
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let text = format!("hopgrade needs {} x {} cells", SMALLEST.0, SMALLEST.1);
        frame.render_widget(Paragraph::new(text), area);
        return;
    }
    let [head, filter_line, air, body, message, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(app.air()),
        Constraint::Min(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    header::draw(app, frame, head);
    filter::draw(app, frame, filter_line);
    draw_body(app, frame, body);
    footer::draw_message(app, frame, message);
    footer::draw_keys(app, frame, foot);
    preview::draw(app, frame, body);
    if app.overlay.is_some() {
        overlay::draw(app, frame, body, message);
    }
    filter::draw_help(app, frame, air.union(body));
}

fn draw_body(app: &App, frame: &mut Frame<'_>, body: Rect) {
    match (&app.detail, app.is_split()) {
        (None, _) if app.table == Table::Overview => overview::draw(app, frame, body),
        (None, _) => list::draw(app, frame, body),
        (Some(_), false) => detail::draw(app, frame, body),
        (Some(_), true) => {
            let right = app.detail_width().min(body.width);
            let [left, right] =
                Layout::horizontal([Constraint::Min(1), Constraint::Length(right)]).areas(body);
            list::draw(app, frame, left);
            detail::draw(app, frame, right);
        }
    }
}

/// Draws lines from `top` on.
fn draw_lines(frame: &mut Frame<'_>, area: Rect, lines: &[Line<'static>], top: usize) {
    let shown = lines.iter().skip(top).take(usize::from(area.height));
    let shown: Vec<Line<'static>> = shown.cloned().collect();
    frame.render_widget(Paragraph::new(shown), area);
}

/// The title of a part of a detail, an empty line above it.
fn section(app: &App, name: &str) -> [Line<'static>; 2] {
    [
        Line::default(),
        Line::styled(format!(" {name}"), app.theme().title()),
    ]
}
