//! The hop ladder of a loaded mail.

use ratatui::text::{Line, Span};

use crate::insight::{ChainStory, Rung};
use crate::text::{human, pad_right, truncate_middle, width};
use crate::ui::App;
use crate::ui::widgets::{badge, badge_with_word};

use super::story::{labels, person, wrapped};

/// Columns before the text of a rung: indent, number, badge.
const INDENT: usize = 3 + 3 + 5;

pub(super) fn lines(app: &App, chain: &ChainStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = title(app, chain, columns);
    lines.extend(wrapped(
        &person(app, &chain.headline),
        1,
        columns,
        theme.text(),
    ));
    lines.push(Line::default());
    let trust_line = chain.trust_line();
    for (nth, rung) in chain.rungs.iter().enumerate() {
        if trust_line == Some(nth) {
            lines.push(trust(app, columns));
        }
        lines.extend(rung_lines(app, rung, columns));
    }
    lines.push(Line::default());
    for finding in &chain.findings {
        let text = format!("· {}", person(app, finding));
        lines.extend(wrapped(&text, 3, columns, theme.warning()));
    }
    lines.extend(labels(app, &chain.labels, columns));
    lines
}

/// Who to whom, when, and the two grades: on one line where there is room.
fn title(app: &App, chain: &ChainStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut grades = vec![
        badge_with_word(theme, chain.grades.witnessed),
        Span::styled(" witnessed", theme.dim()),
    ];
    if let Some(claimed) = chain.grades.claimed {
        grades.push(Span::raw("   "));
        grades.push(badge_with_word(theme, claimed));
        grades.push(Span::styled(" claimed", theme.dim()));
    }
    let when = chain.time.map_or_else(String::new, |time| {
        app.setup
            .zone
            .local(time)
            .format("   %-d %b %Y %H:%M:%S %:z")
            .to_string()
    });
    let used: usize = grades.iter().map(|span| width(&span.content)).sum();
    let title = format!("{}{when}", person(app, &chain.title));
    let title_style = theme.title();
    if width(&title) + used + 4 <= columns {
        let gap = columns - width(&title) - used - 2;
        let mut spans = vec![
            Span::styled(format!(" {title}"), title_style),
            Span::raw(" ".repeat(gap)),
        ];
        spans.extend(grades);
        return vec![Line::from(spans)];
    }
    let mut lines = wrapped(&title, 1, columns, title_style);
    let mut spans = vec![Span::raw(" ")];
    spans.extend(grades);
    lines.push(Line::from(spans));
    lines
}

fn rung_lines(app: &App, rung: &Rung, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let clock = rung.time.map_or_else(
        || "no time".to_owned(),
        |time| app.setup.zone.local(time).format("%H:%M:%S").to_string(),
    );
    let delay = rung.delay.map_or_else(String::new, human::delta);
    let when = format!("{} {}", pad_right(&clock, 8), delay);
    let when = pad_right(&when, 18).into_owned();
    let room = columns.saturating_sub(INDENT + width(&when) + 2);
    let (from, by) = (person(app, &rung.from), rung.by.to_string());
    let route = format!("{from}  →  {by}");
    let mut lines = Vec::new();
    let head = |text: String| {
        Line::from(vec![
            Span::styled(format!("   {:>2} ", rung.number), theme.dim()),
            badge(theme, rung.grading.grade),
            Span::raw(" "),
            Span::styled(text, theme.text()),
        ])
    };
    if width(&route) <= room {
        let mut line = head(pad_right(&route, room).into_owned());
        line.push_span(Span::styled(format!(" {when}"), theme.dim()));
        lines.push(line);
    } else {
        // Two lines, so that neither host is cut as long as it can be helped.
        let mut line = head(pad_right(&truncate_middle(&from, room), room).into_owned());
        line.push_span(Span::styled(format!(" {when}"), theme.dim()));
        lines.push(line);
        let whole = columns.saturating_sub(INDENT + 4);
        let by = format!("→  {}", truncate_middle(&by, whole));
        lines.push(Line::from(vec![
            Span::raw(" ".repeat(INDENT)),
            Span::styled(by, theme.text()),
        ]));
    }
    lines.extend(wrapped(&rung.protection, INDENT, columns, theme.text()));
    if rung.grading.grade.is_bad() {
        lines.extend(wrapped(
            &rung.grading.explain(),
            INDENT,
            columns,
            theme.dim(),
        ));
    }
    for finding in &rung.findings {
        let text = format!("· {}", person(app, finding));
        lines.extend(wrapped(&text, INDENT, columns, theme.warning()));
    }
    lines
}

/// The line between what others say and what our own hosts wrote.
fn trust(app: &App, columns: usize) -> Line<'static> {
    let text = " above: stated by others, not observed by us ┄┄ below: our own server ";
    let text = if width(text) + 4 <= columns {
        text
    } else {
        " above: stated by others ┄ below: ours "
    };
    let rest = columns.saturating_sub(width(text) + 4);
    Line::styled(
        format!("   ┄┄{text}{}", "┄".repeat(rest.saturating_sub(2))),
        app.theme().rule(),
    )
}
