//! A message's way over several hosts, and the notices about it, as lines.

use chrono::NaiveDate;
use ratatui::text::{Line, Span};

use crate::insight::JourneyStory;
use crate::text::pad_right;
use crate::tls::Grade;
use crate::ui::App;
use crate::ui::widgets::{badge, wrapped};

use super::time;

/// Columns before the text: indent, clock, badge.
const INDENT: usize = 3 + 9 + 5;

pub(super) fn lines(app: &App, journey: &JourneyStory, columns: usize) -> Vec<Line<'static>> {
    let mut day = None;
    let mut lines = Vec::new();
    for station in &journey.stations {
        lines.extend(date(app, station.time, &mut day));
        let title = format!(
            "{}  {}  {}{}",
            station.host,
            station.queue_id,
            station.status.name(),
            if station.told { ", told above" } else { "" }
        );
        lines.extend(entry(app, station.time, station.grade, &title, columns));
        for note in &station.notes {
            lines.extend(wrapped(note, INDENT, 0, columns, app.theme().dim()));
        }
    }
    if !journey.stations.is_empty() && !journey.references.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled(" Notices:", app.theme().dim()));
        day = None;
    }
    for reference in &journey.references {
        lines.extend(date(app, reference.time, &mut day));
        let title = format!("{}  {}", reference.text, reference.status.name());
        lines.extend(entry(app, reference.time, reference.grade, &title, columns));
    }
    lines
}

/// The day, where it is another than that of the entry before.
fn date(app: &App, time: i64, day: &mut Option<NaiveDate>) -> Option<Line<'static>> {
    let local = app.setup.zone.local(time);
    let today = local.date_naive();
    if day.replace(today) == Some(today) {
        return None;
    }
    let date = local.format("   %a %-d %b %Y").to_string();
    Some(Line::styled(date, app.theme().title()))
}

fn entry(app: &App, when: i64, grade: Grade, title: &str, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = wrapped(title, INDENT, 0, columns, theme.text());
    if let Some(first) = lines.first_mut() {
        let clock = format!("   {} ", pad_right(&time::clock(app, when), 8));
        let head = [
            Span::styled(clock, theme.text()),
            badge(theme, grade),
            Span::raw(" "),
        ];
        first.spans.splice(0..1, head);
    }
    lines
}
