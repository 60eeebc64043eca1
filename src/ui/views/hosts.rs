//! The rows of the list of hosts or domains.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::insight::posture::{Bucket, Level, Posture, SCALE, Tally, Trend};
use crate::model::Model;
use crate::parse::Direction;
use crate::query::eval::SortKey;
use crate::text::width;
use crate::tls::Grade;
use crate::ui::App;
use crate::ui::peer::Peer;
use crate::ui::widgets::{Align, Row, badge, lengths};

use super::list::{Look, head};
use super::time;

/// Which columns there is room for, and how wide they are; 0 is left out.
struct Columns {
    name: usize,
    way: usize,
    bar: usize,
    counts: usize,
    trend: usize,
    series: usize,
    time: usize,
}

/// Gutter, badge and the space behind it.
const FIXED: usize = 2 + 5;

impl Columns {
    /// Columns go in the order series, bar, counts, time; never grade, name, direction, trend.
    fn of(total: usize) -> Self {
        let wide = total >= 110;
        let mut columns = Self {
            name: 0,
            way: 3,
            bar: if wide { 8 } else { 0 },
            counts: if total >= 76 { 18 } else { 0 },
            trend: 11,
            series: if wide { 12 } else { 0 },
            time: if total >= 60 { time::NARROW } else { 0 },
        };
        let others = [
            columns.way,
            columns.bar,
            columns.counts,
            columns.trend,
            columns.series,
            columns.time,
        ];
        let others = others.into_iter().filter(|cells| *cells > 0);
        let used: usize = others.map(|cells| cells + 1).sum();
        columns.name = total.saturating_sub(FIXED + used + 1).max(8);
        columns
    }
}

pub(super) fn heads(app: &App, total: usize) -> Line<'static> {
    let columns = Columns::of(total);
    let style = app.theme().dim();
    let name = match app.level {
        Level::Domain => "DOMAIN",
        _ => "HOST",
    };
    Row::default()
        .space(2)
        .cell(&head(app, "NOW", SortKey::Grade), 4, Align::Left, style)
        .cell(
            &head(app, name, SortKey::Name),
            columns.name,
            Align::Left,
            style,
        )
        .cell("WAY", columns.way, Align::Left, style)
        .cell("SHARE", columns.bar, Align::Left, style)
        .cell(
            &head(app, "DELIVERIES", SortKey::Deliveries),
            columns.counts,
            Align::Left,
            style,
        )
        .cell(
            &head(app, "TREND", SortKey::Trend),
            columns.trend,
            Align::Left,
            style,
        )
        .cell("OVER TIME", columns.series, Align::Left, style)
        .cell(
            &head(app, "LAST", SortKey::Last),
            columns.time,
            Align::Right,
            style,
        )
        .line()
}

pub(super) fn row(
    app: &App,
    model: &Model,
    number: u32,
    look: &Look,
    total: usize,
) -> Line<'static> {
    let Some(posture) = &app.peers.get(model, number) else {
        return Line::default();
    };
    let columns = Columns::of(total);
    let (theme, style) = (app.theme(), look.style(app));
    let last = time::of_row(app, model.newest(), posture.last, None, columns.time);
    let mut row = Row::default()
        .span(look.gutter(app))
        .span(badge(theme, posture.latest))
        .space(1)
        .cell(&name(app, posture), columns.name, Align::Left, style)
        .cell(way(posture), columns.way, Align::Left, style);
    for span in bar(app, posture, columns.bar) {
        row = row.span(span);
    }
    let counts = match (posture.deliveries(), posture.refused, posture.waits) {
        (0, 0, 1) => "1 wait".to_owned(),
        (0, 0, waits) => format!("{waits} waits"),
        (_, refused, _) => counts(&posture.tally, refused, columns.counts),
    };
    row = row.cell(&counts, columns.counts, Align::Left, style).cell(
        &trend(posture),
        columns.trend,
        Align::Left,
        style,
    );
    for span in series(app, model, posture, columns.series) {
        row = row.span(span);
    }
    row.cell(&last, columns.time, Align::Right, style).line()
}

/// The name of a posture as it may be shown.
pub fn name(app: &App, posture: &Posture) -> String {
    let ip = posture.ip().map(|ip| ip.to_string()).unwrap_or_default();
    Peer::of_posture(posture, &ip).shown(app.mask())
}

/// Who handed mail to whom, seen from us.
pub(super) const fn way(posture: &Posture) -> &'static str {
    match posture.direction {
        Direction::In => "in",
        _ => "out",
    }
}

/// The trend with a mark that needs no colour; nothing where nothing is known of TLS.
pub(super) fn trend(posture: &Posture) -> String {
    if posture.runs.is_empty() {
        return String::new();
    }
    let mark = match posture.trend {
        Trend::Steady => '=',
        Trend::Improved => '▲',
        Trend::Regressed => '▼',
        Trend::Mixed => '~',
    };
    format!("{mark} {}", posture.trend.name())
}

fn count(tally: &Tally, refused: u32, grade: Grade) -> u32 {
    match grade {
        Grade::Refused => refused,
        grade => tally.of(grade),
    }
}

/// `A 812 C 14 R 2`, the worst first where not all have room.
pub(super) fn counts(tally: &Tally, refused: u32, cells: usize) -> String {
    let present = SCALE.into_iter().filter_map(|grade| {
        let count = count(tally, refused, grade);
        (count > 0).then(|| format!("{} {count}", grade.letter()))
    });
    let mut all: Vec<String> = present.collect();
    let mut cut = false;
    loop {
        let text = format!("{}{}", if cut { "… " } else { "" }, all.join(" "));
        if width(&text) <= cells || all.len() < 2 {
            return text;
        }
        all.remove(0);
        cut = true;
    }
}

/// The shares of the grades as letters, each share that exists with one letter at least.
fn bar(app: &App, posture: &Posture, cells: usize) -> Vec<Span<'static>> {
    if cells == 0 {
        return Vec::new();
    }
    let shares = SCALE.map(|grade| (grade, count(&posture.tally, posture.refused, grade)));
    let lengths = lengths(&shares.map(|(_, count)| count), cells);
    let mut spans: Vec<Span<'static>> = shares
        .iter()
        .zip(&lengths)
        .filter(|(_, length)| **length > 0)
        .map(|((grade, _), length)| {
            let letters = grade.letter().to_string().repeat(*length);
            Span::styled(letters, app.theme().grade(*grade))
        })
        .collect();
    let used: usize = lengths.iter().sum();
    spans.push(Span::raw(" ".repeat(cells.saturating_sub(used) + 1)));
    spans
}

/// The grade over time: the better, the higher.
fn series(app: &App, model: &Model, posture: &Posture, cells: usize) -> Vec<Span<'static>> {
    if cells == 0 {
        return Vec::new();
    }
    let span = app.peers.postures.span;
    let buckets = app.peers.postures.series(model, posture, span, cells);
    let mut spans: Vec<Span<'static>> = buckets
        .into_iter()
        .map(|bucket| match bucket {
            Bucket::Nothing => Span::styled("·", app.theme().dim()),
            Bucket::Seen(grade) => Span::styled(height(grade), bare(app.theme().grade(grade))),
        })
        .collect();
    spans.push(Span::raw(" "));
    spans
}

/// A block has the colour of its grade; what else marks a badge would fill the cell.
pub(super) fn bare(style: Style) -> Style {
    Style {
        fg: style.fg,
        ..Style::default()
    }
}

const fn height(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "█",
        Grade::B => "▇",
        Grade::S => "▆",
        Grade::C => "▄",
        Grade::D => "▃",
        Grade::E => "▂",
        Grade::F | Grade::Refused => "▁",
        Grade::Local | Grade::Unknown => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts_stay_where_room_is_short() {
        let tally = Tally::default();
        assert_eq!(counts(&tally, 3, 18), "R 3");
    }
}
