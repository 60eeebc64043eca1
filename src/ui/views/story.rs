//! The timeline of a message as lines.

use chrono::{Datelike, NaiveDate};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::insight::{Label, Step, Timeline};
use crate::model::Model;
use crate::text::{human, pad_right, width};
use crate::ui::App;
use crate::ui::widgets::{badge, badge_with_word};

/// Columns before a step's text: indent, clock, badge.
const INDENT: usize = 3 + 12 + 5;

pub(super) fn lines(app: &App, timeline: &Timeline, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = vec![title(app, timeline, columns)];
    let headline = person(app, &timeline.headline);
    lines.extend(wrapped(&headline, 1, columns, theme.text()));
    lines.push(Line::default());
    let mut day: Option<NaiveDate> = None;
    for step in &timeline.steps {
        if let Some(gap) = step.gap.filter(|gap| *gap >= 60_000) {
            let gap = human::delta(gap / 1000);
            lines.push(Line::styled(
                format!("{}{gap}", " ".repeat(INDENT)),
                theme.dim(),
            ));
        }
        let local = app.setup.zone.local(step.time);
        if day != Some(local.date_naive()) {
            day = Some(local.date_naive());
            let date = local.format("%a %-d %b %Y").to_string();
            lines.push(Line::styled(format!("   {date}"), theme.title()));
        }
        lines.extend(step_lines(app, step, columns));
    }
    lines.push(Line::default());
    lines.extend(labels(app, &timeline.labels, columns));
    lines
}

/// Named facts: the name, then the value, broken into as many lines as it takes.
pub(super) fn labels(app: &App, labels: &[Label], columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = Vec::new();
    let name_width = labels
        .iter()
        .map(|label| label.name.len())
        .max()
        .unwrap_or(0)
        + 2;
    for label in labels {
        let value = person(app, &label.value);
        for (nth, line) in wrapped(&value, 3 + name_width, columns, theme.text())
            .into_iter()
            .enumerate()
        {
            let name = if nth == 0 { label.name } else { "" };
            let name = format!("   {}", pad_right(name, name_width));
            let mut spans = vec![Span::styled(name, theme.dim())];
            spans.extend(line.spans.into_iter().skip(1));
            lines.push(Line::from(spans));
        }
    }
    lines
}

fn title(app: &App, timeline: &Timeline, columns: usize) -> Line<'static> {
    let theme = app.theme();
    let grade = badge_with_word(theme, timeline.grade.grade);
    let id = timeline.queue_id.to_string();
    let gap = columns.saturating_sub(width(&id) + width(&grade.content) + 2);
    Line::from(vec![
        Span::styled(format!(" {id}"), theme.title()),
        Span::raw(" ".repeat(gap)),
        grade,
    ])
}

fn step_lines(app: &App, step: &Step, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let clock = |time: i64| app.setup.zone.local(time).format("%H:%M:%S").to_string();
    let short = |time: i64| app.setup.zone.local(time).format("%H:%M").to_string();
    let when = match step.until {
        Some(until) => format!("{}-{}", short(step.time), short(until)),
        None => clock(step.time),
    };
    let badge = step
        .grade()
        .map_or_else(|| Span::raw(" ".repeat(4)), |grade| badge(theme, grade));
    let style = if step.grading.is_some() {
        theme.text()
    } else {
        theme.dim()
    };
    let title = person(app, &step.title);
    let mut out = Vec::new();
    for (nth, line) in wrapped(&title, INDENT, columns, style)
        .into_iter()
        .enumerate()
    {
        if nth > 0 {
            out.push(line);
            continue;
        }
        let mut spans = vec![
            Span::styled(format!("   {} ", pad_right(&when, 11)), theme.text()),
            badge.clone(),
            Span::raw(" "),
        ];
        spans.extend(line.spans.into_iter().skip(1));
        out.push(Line::from(spans));
    }
    for note in &step.notes {
        out.extend(wrapped(&person(app, note), INDENT, columns, style));
    }
    if let Some(grading) = step
        .grading
        .as_ref()
        .filter(|grading| grading.grade.is_bad())
    {
        out.extend(wrapped(&grading.explain(), INDENT, columns, theme.dim()));
    }
    out
}

/// `25 Feb 10:55:03`, the date left out where the row above has the same; in a narrow column the date
/// takes the place of the clock.
pub(super) fn stamp(
    app: &App,
    model: &Model,
    time: i64,
    above: Option<i64>,
    cells: usize,
) -> String {
    let zone = app.setup.zone;
    let local = zone.local(time);
    let same = above.is_some_and(|above| zone.local(above).date_naive() == local.date_naive());
    let this_year = local.year() == zone.local(model.newest()).year();
    match (same, cells < 15) {
        (true, true) => local.format("%H:%M:%S").to_string(),
        (true, false) => format!("{:>15}", local.format("%H:%M:%S").to_string()),
        (false, true) if this_year => local.format("%-d %b").to_string(),
        (false, true) => local.format("%b %Y").to_string(),
        (false, false) if this_year => {
            format!(
                "{:>6} {}",
                local.format("%-d %b").to_string(),
                local.format("%H:%M:%S")
            )
        }
        (false, false) => local.format("%y-%m-%d %H:%M").to_string(),
    }
}

/// Text with people masked when masking is on.
pub(super) fn person(app: &App, text: &str) -> String {
    app.mask()
        .map_or_else(|| text.to_owned(), |mask| mask.text(text))
}

/// Text broken at spaces into lines of at most `columns`, each indented. The indent is a span of its
/// own, the first of each line.
pub(super) fn wrapped(
    text: &str,
    indent: usize,
    columns: usize,
    style: Style,
) -> Vec<Line<'static>> {
    let room = columns.saturating_sub(indent + 1).max(8);
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    let mut flush = |current: &mut String| {
        let text = std::mem::take(current);
        lines.push(Line::from(vec![
            Span::raw(" ".repeat(indent)),
            Span::styled(text, style),
        ]));
    };
    for word in text.split(' ') {
        for piece in pieces(word, room) {
            let cells = width(&piece);
            if used > 0 && used + 1 + cells > room {
                flush(&mut current);
                used = 0;
            }
            if used > 0 {
                current.push(' ');
                used += 1;
            }
            current.push_str(&piece);
            used += cells;
        }
        if word.is_empty() {
            current.push(' ');
            used += 1;
        }
    }
    if !current.trim().is_empty() {
        flush(&mut current);
    }
    lines
}

/// A word in pieces that fit a line.
fn pieces(word: &str, room: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for letter in word.chars() {
        let cells = width(letter.encode_utf8(&mut [0; 4]));
        if used + cells > room {
            pieces.push(String::new());
            used = 0;
        }
        if let Some(last) = pieces.last_mut() {
            last.push(letter);
        }
        used += cells;
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, indent: usize, columns: usize) -> Vec<String> {
        wrapped(text, indent, columns, Style::default())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn text_is_broken_at_spaces_and_long_words_anywhere() {
        assert_eq!(texts("one two three", 2, 11), ["  one two", "  three"]);
        assert_eq!(texts("abcdefghijklmnop", 0, 11), ["abcdefghij", "klmnop"]);
        assert_eq!(texts("TLS 1.2  AES", 1, 40), [" TLS 1.2  AES"]);
        assert!(texts("", 0, 10).is_empty());
    }
}
