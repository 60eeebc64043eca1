//! The hop ladder of a loaded mail.

use chrono::NaiveDate;
use ratatui::text::{Line, Span};

use crate::insight::{ChainStory, Rung};
use crate::text::{human, pad_right, truncate_middle, width};
use crate::ui::App;
use crate::ui::widgets::{badge, badge_with_word, wrapped};

use super::story::labels;

/// Columns before the text of a rung: indent, number, badge.
const INDENT: usize = 3 + 3 + 5;

/// Columns of a clock and a delay: `13:26:31  +18 h 57 min`.
const WHEN: usize = 20;

pub(super) fn lines(app: &App, chain: &ChainStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = title(app, chain, columns);
    lines.extend(wrapped(&chain.headline, 1, 0, columns, theme.text()));
    lines.push(Line::default());
    let mut day = chain
        .time
        .map(|time| app.setup.zone.local(time).date_naive());
    let trust_line = chain.trust_line();
    for (nth, rung) in chain.rungs.iter().enumerate() {
        if trust_line == Some(nth) {
            lines.push(trust(app, columns));
        }
        lines.extend(date(app, rung, &mut day));
        lines.extend(rung_lines(app, rung, columns));
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
    let title = format!("{}{when}", chain.title);
    let grades = grades(app, chain);
    let together = abreast(grades.clone(), 3);
    if width(&title) + together.width() + 5 <= columns {
        let gap = columns - width(&title) - together.width() - 2;
        let title = Line::from(Span::styled(format!(" {title}"), theme.title()));
        return vec![abreast([title, together], gap)];
    }
    let mut lines = wrapped(&title, 1, 0, columns, theme.title());
    let grades = if together.width() + 2 <= columns {
        vec![together]
    } else {
        grades
    };
    lines.extend(
        grades
            .into_iter()
            .map(|grade| abreast([Line::default(), grade], 1)),
    );
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

fn rung_lines(app: &App, rung: &Rung, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = route(app, rung, columns);
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

/// From, by, and when: on one line where there is room.
fn route(app: &App, rung: &Rung, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let when = when(app, rung);
    let room = columns.saturating_sub(INDENT + WHEN + 2);
    let (from, by) = (&rung.from, &rung.by);
    let route = format!("{from}  →  {by}");
    let fits = width(&route) <= room;
    let first = if fits {
        route
    } else {
        truncate_middle(from, room).into_owned()
    };
    let mut lines = vec![Line::from(vec![
        Span::styled(format!("   {:>2} ", rung.number), theme.dim()),
        badge(theme, rung.grading.grade),
        Span::raw(" "),
        Span::styled(pad_right(&first, room).into_owned(), theme.text()),
        Span::styled(format!(" {when}"), theme.dim()),
    ])];
    if !fits {
        // Two lines, so that neither host is cut as long as it can be helped.
        lines.extend(wrapped(
            &format!("→  {by}"),
            INDENT,
            3,
            columns,
            theme.text(),
        ));
    }
    lines
}

fn when(app: &App, rung: &Rung) -> String {
    let clock = match rung.time {
        Some(time) => super::time::clock(app, time),
        None => "no time".to_owned(),
    };
    let delay = rung.delay.map_or_else(String::new, human::delta);
    pad_right(&format!("{} {delay}", pad_right(&clock, 8)), WHEN).into_owned()
}

fn note(app: &App, finding: &str, indent: usize, columns: usize) -> Vec<Line<'static>> {
    let text = format!("· {}", &finding);
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
