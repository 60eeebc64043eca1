//! The detail of a host or a domain: the answer, the runs, what was refused.

use ratatui::text::{Line, Span};

use crate::insight::posture::{Change, Posture, PostureStory, RunStory};
use crate::report::peer;
use crate::text::{pad_left, pad_right, width};
use crate::tls::{Grade, Version};
use crate::ui::App;
use crate::ui::widgets::{badge, badge_with_word, wrapped};

use super::{hosts, plain, section};

/// The bar beside the chosen run.
const BAR: &str = "▌";
/// So many hosts that are otherwise are named one by one.
const FEW: usize = 3;
/// Columns of a posture as text.
const TEXT: usize = 100;

/// The story in lines of at most `columns` cells, with a bar beside the run of number `chosen`.
pub fn lines(app: &App, told: &PostureStory, chosen: usize, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = vec![title(app, &told.posture, columns)];
    lines.extend(wrapped(&told.headline, 1, 0, columns, theme.text()));
    lines.push(Line::default());
    lines.extend(figures(app, &told.posture, columns));
    if !told.runs.is_empty() {
        lines.extend(section(app, "Runs, the latest first"));
    }
    for (nth, run) in told.runs.iter().enumerate() {
        lines.extend(run_lines(app, run, nth == chosen, columns));
    }
    if told.earlier > 0 {
        let earlier = format!("{} earlier runs are not shown", told.earlier);
        lines.extend(wrapped(&earlier, 3, 0, columns, theme.dim()));
    }
    lines.extend(refusals(app, told, columns));
    lines.extend(standings(app, told, columns));
    lines.extend(members(app, told, columns));
    lines.push(Line::default());
    for note in &told.notes {
        lines.extend(wrapped(note, 1, 0, columns, theme.dim()));
    }
    lines
}

/// Where the chosen run stands.
pub fn line_of_chosen(lines: &[Line<'static>]) -> Option<usize> {
    let has_bar = |line: &Line<'static>| line.spans.first().is_some_and(|span| span.content == BAR);
    lines.iter().position(has_bar)
}

/// The story as plain text.
pub fn text(app: &App, told: &PostureStory) -> String {
    plain(&lines(app, told, usize::MAX, TEXT))
}

fn title(app: &App, posture: &Posture, columns: usize) -> Line<'static> {
    let theme = app.theme();
    let way = match posture.direction {
        crate::parse::Direction::In => "handed us mail",
        _ => "we hand it mail",
    };
    let name = peer::name(posture, app.mask());
    let grade = badge_with_word(theme, posture.latest);
    let room = columns.saturating_sub(width(&grade.content) + width(way) + 6);
    let name = crate::text::truncate_middle(&name, room.max(8)).into_owned();
    let used = width(&name) + width(way) + width(&grade.content) + 5;
    Line::from(vec![
        Span::styled(format!(" {name}"), theme.title()),
        Span::styled(format!("  {way}"), theme.dim()),
        Span::raw(" ".repeat(columns.saturating_sub(used).max(1))),
        grade,
    ])
}

fn figures(app: &App, posture: &Posture, columns: usize) -> Vec<Line<'static>> {
    let address = posture.ip().map(|ip| match app.mask() {
        Some(mask) if peer::name(posture, app.mask()) != *posture.name => mask.ip(&ip.to_string()),
        _ => ip.to_string(),
    });
    let some = [
        ("Trend", Some(hosts::trend(posture))),
        ("Grades", Some(hosts::counts(&posture.tally, 0, usize::MAX))),
        (
            "Refused",
            (posture.refused > 0).then(|| posture.refused.to_string()),
        ),
        (
            "Waits",
            (posture.waits > 0).then(|| posture.waits.to_string()),
        ),
        ("Address", address),
        (
            "Seen",
            Some(format!(
                "{} to {}",
                moment(app, posture.first),
                moment(app, posture.last)
            )),
        ),
    ];
    let mut lines = Vec::new();
    for (name, value) in some {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            continue;
        };
        for (nth, line) in wrapped(&value, 11, 0, columns, app.theme().text())
            .into_iter()
            .enumerate()
        {
            let name = if nth == 0 { name } else { "" };
            let head = Span::styled(format!("   {}", pad_right(name, 8)), app.theme().dim());
            lines.push(
                [head]
                    .into_iter()
                    .chain(line.spans.into_iter().skip(1))
                    .collect(),
            );
        }
    }
    lines
}

fn moment(app: &App, time: i64) -> String {
    let local = app.setup.zone.local(time);
    local.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn minute(app: &App, time: i64) -> String {
    let local = app.setup.zone.local(time);
    local.format("%Y-%m-%d %H:%M").to_string()
}

fn run_lines(app: &App, told: &RunStory, chosen: bool, columns: usize) -> Vec<Line<'static>> {
    let (theme, run) = (app.theme(), &told.run);
    let style = if chosen {
        theme.selection()
    } else {
        theme.text()
    };
    let bar = if chosen { BAR } else { " " };
    let what = tls(run.grade, run.version);
    let contacts = match run.contacts {
        1 => "one contact".to_owned(),
        contacts => format!("{contacts} contacts"),
    };
    let mut words = vec![what.to_owned(), contacts];
    match run.strays {
        0 => {}
        1 => words.push("one single connection otherwise".to_owned()),
        strays => words.push(format!("{strays} single connections otherwise")),
    }
    words.extend(change(run.change).map(str::to_owned));
    let mut lines = vec![Line::from(vec![
        Span::styled(bar, theme.accent()),
        Span::raw("  "),
        badge(theme, run.grade),
        Span::styled(
            format!(" {} to {}", minute(app, run.first), minute(app, run.last)),
            style,
        ),
    ])];
    lines.extend(wrapped(&words.join(", "), 8, 0, columns, theme.text()));
    for (suite, count) in &told.suites {
        let text = format!("{}  {suite}", pad_left(&count.to_string(), 5));
        lines.extend(wrapped(&text, 8, 7, columns, theme.dim()));
    }
    lines
}

/// What was had, in words.
const fn tls(grade: Grade, version: Option<Version>) -> &'static str {
    match (grade, version) {
        (Grade::Refused, _) => "TLS refused or not had",
        (Grade::E | Grade::F, None) => "no TLS",
        (_, Some(version)) => version.spoken(),
        (_, None) => "TLS, version not stated",
    }
}

/// How a run stands to the one before, where that is news.
const fn change(change: Change) -> Option<&'static str> {
    match change {
        Change::Better => Some("better than before"),
        Change::Worse => Some("worse than before"),
        Change::Version | Change::Begins => None,
    }
}

fn refusals(app: &App, told: &PostureStory, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if !told.refusals.is_empty() {
        lines.extend(section(app, "Refused, in the words of the log"));
    }
    for (text, count) in &told.refusals {
        let text = format!("{}  {text}", pad_left(&count.to_string(), 5));
        lines.extend(wrapped(&text, 3, 7, columns, app.theme().text()));
    }
    lines
}

/// The hosts of a domain compared: how many are how good, and which few are otherwise since when.
fn standings(app: &App, told: &PostureStory, columns: usize) -> Vec<Line<'static>> {
    let (theme, posture) = (app.theme(), &told.posture);
    let (all, _) = posture.compared();
    if all < 2 {
        return Vec::new();
    }
    let mut lines = Vec::from(section(app, "Its hosts compared"));
    let mut line = |grade: Grade, text: &str| {
        let mut rest = wrapped(text, 8, 0, columns, theme.text()).into_iter();
        let head = [Span::raw("   "), badge(theme, grade), Span::raw(" ")];
        let first = rest.next().into_iter().flat_map(|first| first.spans);
        lines.push(head.into_iter().chain(first.skip(1)).collect());
        lines.extend(rest);
    };
    for (nth, own) in posture.standings.iter().enumerate() {
        let what = tls(own.grade, own.version);
        let count = own.hosts.len();
        let named = own.hosts.iter().filter_map(|(name, since)| {
            let host = told.hosts.iter().find(|host| host.name == *name)?;
            Some((peer::name(host, app.mask()), minute(app, *since)))
        });
        let named: Vec<(String, String)> = named.take(FEW).collect();
        if nth == 0 || named.len() < count {
            line(own.grade, &format!("{count} of {all} hosts: {what}"));
        } else {
            for (name, since) in named {
                line(own.grade, &format!("{name}: {what} since {since}"));
            }
        }
    }
    match posture.members.len().saturating_sub(all) {
        0 => {}
        left => lines.extend(wrapped(
            &format!("not compared: {left}, seen once or not in the last 30 days"),
            8,
            0,
            columns,
            theme.dim(),
        )),
    }
    lines
}

fn members(app: &App, told: &PostureStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = Vec::new();
    if !told.hosts.is_empty() {
        lines.extend(section(app, "Hosts of the domain"));
    }
    for host in &told.hosts {
        let counts = hosts::counts(&host.tally, host.refused, 24);
        let text = format!(
            "{}  {}  {counts}",
            peer::name(host, app.mask()),
            hosts::trend(host)
        );
        let mut rest = wrapped(&text, 8, 0, columns, theme.text()).into_iter();
        if let Some(first) = rest.next() {
            let head = [Span::raw("   "), badge(theme, host.latest), Span::raw(" ")];
            lines.push(
                head.into_iter()
                    .chain(first.spans.into_iter().skip(1))
                    .collect(),
            );
        }
        lines.extend(rest);
    }
    let more = told.posture.members.len().saturating_sub(told.hosts.len());
    if more > 0 {
        lines.extend(wrapped(
            &format!("and {more} more"),
            8,
            0,
            columns,
            theme.dim(),
        ));
    }
    lines
}
