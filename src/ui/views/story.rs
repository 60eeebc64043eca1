//! The timeline of a message as lines.

use chrono::NaiveDate;
use ratatui::text::{Line, Span};

use crate::insight::{Label, Step, Timeline};
use crate::report::lines::named;
use crate::text::{Lang, human, pad_right, width};
use crate::ui::App;
use crate::ui::widgets::{badge, badge_with_word, painted, wrapped};

use super::time;

/// Columns before a step's text: indent, clock, badge.
const INDENT: usize = 3 + 12 + 5;

/// Gaps below a minute are no news.
const SHORT: i64 = 60_000;

pub(super) fn lines(app: &App, timeline: &Timeline, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = vec![title(app, timeline, columns)];
    lines.extend(wrapped(&timeline.headline, 1, 0, columns, theme.text()));
    lines.push(Line::default());
    let mut day: Option<NaiveDate> = None;
    for step in &timeline.steps {
        if let Some(gap) = step.gap.filter(|gap| *gap >= SHORT) {
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
    for sentence in timeline.coverage.sentences(Lang::En) {
        lines.push(Line::default());
        lines.extend(wrapped(&sentence, 3, 0, columns, theme.dim()));
    }
    lines
}

/// The facts below a story.
pub(super) fn labels(app: &App, labels: &[Label], columns: usize) -> Vec<Line<'static>> {
    let facts = labels.iter();
    let facts: Vec<_> = facts
        .map(|label| (label.kind.name(), &label.value))
        .collect();
    painted(app.theme(), &named(&facts, columns))
}

/// A wrapped line with `head` in place of its indent.
fn headed(head: Vec<Span<'static>>, line: Line<'static>) -> Line<'static> {
    let text = line.spans.into_iter().skip(1);
    head.into_iter().chain(text).collect()
}

fn title(app: &App, timeline: &Timeline, columns: usize) -> Line<'static> {
    let theme = app.theme();
    let grade = badge_with_word(theme, timeline.grade.grade);
    let id = timeline.queue_id.to_string();
    let gap = columns.saturating_sub(width(&id) + width(&grade.content) + 2);
    Line::from(vec![
        Span::styled(format!(" {id}"), theme.title()),
        Span::raw(" ".repeat(gap.max(1))),
        grade,
    ])
}

fn step_lines(app: &App, step: &Step, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let style = if step.grading.is_some() {
        theme.text()
    } else {
        theme.dim()
    };
    let until = step
        .until
        .and_then(|until| time::until_another_day(app, step.time, until));
    let title = match until {
        Some(until) => format!("{}, {until}", step.title),
        None => step.title.to_string(),
    };
    let mut head = Some(head(app, step));
    let title = wrapped(&title, INDENT, 0, columns, style).into_iter();
    let mut lines: Vec<Line<'static>> = title
        .map(|line| match head.take() {
            Some(head) => headed(head, line),
            None => line,
        })
        .collect();
    for note in &step.notes {
        lines.extend(wrapped(note, INDENT, 0, columns, style));
    }
    if let Some(grading) = step
        .grading
        .as_ref()
        .filter(|grading| grading.grade.is_bad())
    {
        lines.extend(wrapped(&grading.explain(), INDENT, 0, columns, theme.dim()));
    }
    lines
}

/// Clock and badge of a step.
fn head(app: &App, step: &Step) -> Vec<Span<'static>> {
    let theme = app.theme();
    let when = match step.until {
        Some(until) => time::stretch(app, step.time, until),
        None => time::clock(app, step.time),
    };
    let badge = match step.grade() {
        Some(grade) => badge(theme, grade),
        None => Span::raw("    "),
    };
    let when = format!("   {} ", pad_right(&when, 11));
    vec![Span::styled(when, theme.text()), badge, Span::raw(" ")]
}
