//! The hop ladder of a loaded mail.

use chrono::NaiveDate;
use ratatui::text::{Line, Span};

use crate::insight::{ChainStory, Rung};
use crate::text::{human, pad_right, width};
use crate::ui::App;
use crate::ui::widgets::{badge, badge_with_word, wrapped};

use super::story::labels;

/// Columns before the text of a rung: indent, number, badge.
const INDENT: usize = 3 + 3 + 5;

pub(super) fn lines(app: &App, chain: &ChainStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = title(app, chain, columns);
    lines.extend(wrapped(&chain.headline, 1, 0, columns, theme.text()));
    lines.push(Line::default());
    let mut day = chain
        .time
        .map(|time| app.setup.zone.local(time).date_naive());
    let trust_line = chain.trust_line();
    let whens: Vec<String> = chain.rungs.iter().map(|rung| when(app, rung)).collect();
    let widest = whens.iter().map(|when| width(when)).max().unwrap_or(0);
    for (nth, (rung, when)) in chain.rungs.iter().zip(&whens).enumerate() {
        if trust_line == Some(nth) {
            lines.push(trust(app, columns));
        }
        lines.extend(date(app, rung, &mut day));
        let mut told = rung_lines(app, rung, columns, columns.saturating_sub(widest + 3));
        put(
            &mut told,
            Span::styled(when.clone(), theme.dim()),
            columns.saturating_sub(widest + 1),
        );
        lines.extend(told);
    }
    if !chain.findings.is_empty() {
        lines.push(Line::default());
        lines.extend(
            chain
                .findings
                .iter()
                .flat_map(|finding| note(app, finding, 3, columns)),
        );
    }
    lines.push(Line::default());
    lines.extend(labels(app, &chain.labels, columns));
    lines
}

/// Who to whom, when, and the two grades: on one line where there is room.
fn title(app: &App, chain: &ChainStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let when = chain.time.map_or_else(String::new, |time| {
        let local = app.setup.zone.local(time);
        local.format("   %-d %b %Y %H:%M:%S %z").to_string()
    });
    let grades = grades(app, chain);
    let named = chain.title();
    let title = format!("{named}{when}");
    let together = abreast(grades.clone(), 3);
    if width(&title) + together.width() + 5 <= columns {
        let gap = columns - width(&title) - together.width() - 2;
        let title = Line::from(Span::styled(format!(" {title}"), theme.title()));
        return vec![abreast([title, together], gap)];
    }
    let mut lines = wrapped(&named, 1, 0, columns, theme.title());
    let when = Line::from(Span::styled(when.trim_start().to_owned(), theme.title()));
    let grades = if together.width() + 2 <= columns {
        vec![together]
    } else {
        grades
    };
    for part in [when].into_iter().chain(grades) {
        match lines.last_mut() {
            Some(line) if line.width() + 3 + part.width() < columns => {
                line.push_span(Span::raw("   "));
                line.spans.extend(part);
            }
            _ => lines.push(abreast([Line::default(), part], 1)),
        }
    }
    lines
}

/// The grade that our own hosts witnessed, and what the headers of others claim.
fn grades(app: &App, chain: &ChainStory) -> Vec<Line<'static>> {
    let theme = app.theme();
    let says = |grade, who| {
        Line::from(vec![
            badge_with_word(theme, grade),
            Span::styled(who, theme.dim()),
        ])
    };
    let claimed = chain.grades.claimed.map(|grade| says(grade, " claimed"));
    [says(chain.grades.witnessed, " witnessed")]
        .into_iter()
        .chain(claimed)
        .collect()
}

/// Lines beside each other.
fn abreast(lines: impl IntoIterator<Item = Line<'static>>, gap: usize) -> Line<'static> {
    let mut spans = Vec::new();
    for (nth, line) in lines.into_iter().enumerate() {
        if nth > 0 {
            spans.push(Span::raw(" ".repeat(gap)));
        }
        spans.extend(line.spans);
    }
    Line::from(spans)
}

/// The day of a rung, where it is another than that of the rung before it (at first, of the title).
fn date(app: &App, rung: &Rung, day: &mut Option<NaiveDate>) -> Option<Line<'static>> {
    let local = app.setup.zone.local(rung.time?);
    let today = local.date_naive();
    if day.replace(today) == Some(today) {
        return None;
    }
    let date = local.format("   %a %-d %b %Y").to_string();
    Some(Line::styled(date, app.theme().title()))
}

/// A rung; its hosts take one line if they end before column `free`.
fn rung_lines(app: &App, rung: &Rung, columns: usize, free: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let or_unknown = |host: &'_ str| {
        if host.is_empty() {
            "?".to_owned()
        } else {
            host.to_owned()
        }
    };
    let (from, by) = (or_unknown(&rung.from), or_unknown(&rung.by));
    let route = format!("{from}  →  {by}");
    let mut lines = if INDENT + width(&route) <= free {
        wrapped(&route, INDENT, 0, columns, theme.text())
    } else {
        let mut lines = wrapped(&from, INDENT, 0, columns, theme.text());
        lines.extend(wrapped(
            &format!("→  {by}"),
            INDENT,
            3,
            columns,
            theme.text(),
        ));
        lines
    };
    if let Some(first) = lines.first_mut() {
        let number = Span::styled(format!("   {:>2} ", rung.number), theme.dim());
        let head = [number, badge(theme, rung.grading.grade), Span::raw(" ")];
        first.spans.splice(0..1, head);
    }
    lines.extend(wrapped(&rung.protection, INDENT, 0, columns, theme.text()));
    if rung.grading.grade.is_bad() {
        lines.extend(wrapped(
            &rung.grading.explain(),
            INDENT,
            0,
            columns,
            theme.dim(),
        ));
    }
    lines.extend(
        rung.findings
            .iter()
            .flat_map(|finding| note(app, finding, INDENT, columns)),
    );
    lines
}

/// Puts a text at a column of the first line that ends before it.
fn put(lines: &mut [Line<'static>], text: Span<'static>, column: usize) {
    let line = lines.iter_mut().find(|line| line.width() < column);
    if let Some(line) = line {
        line.push_span(Span::raw(" ".repeat(column - line.width())));
        line.push_span(text);
    }
}

fn when(app: &App, rung: &Rung) -> String {
    let clock = match rung.time {
        Some(time) => super::time::clock(app, time),
        None => "no time".to_owned(),
    };
    let delay = rung.delay.map_or_else(String::new, human::delta);
    format!("{} {delay}", pad_right(&clock, 8))
        .trim_end()
        .to_owned()
}

fn note(app: &App, finding: &str, indent: usize, columns: usize) -> Vec<Line<'static>> {
    let text = format!("· {finding}");
    wrapped(&text, indent, 2, columns, app.theme().warning())
}

/// The line between what others say and what our own hosts wrote.
fn trust(app: &App, columns: usize) -> Line<'static> {
    let texts = [
        " above: stated by others, not observed by us ┄┄ below: our own server ",
        " above: stated by others ┄┄ below: ours ",
    ];
    let room = columns.saturating_sub(6);
    let text = texts
        .into_iter()
        .find(|text| width(text) <= room)
        .unwrap_or(" below: ours ");
    let rest = room.saturating_sub(width(text));
    Line::styled(
        format!("   ┄┄{text}{}", "┄".repeat(rest)),
        app.theme().rule(),
    )
}
