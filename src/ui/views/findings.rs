//! The rows of the list of findings.

use ratatui::text::{Line, Span};

use crate::insight::Severity;
use crate::insight::findings::{Finding, Lang};
use crate::model::{Evidence, Model};
use crate::parse::Direction;
use crate::query::eval::SortKey;
use crate::text::{human, truncate_end};
use crate::ui::peer::Peer;
use crate::ui::widgets::{Align, Row};
use crate::ui::{App, Theme};

use super::list::{Look, head};
use super::time;

/// Which columns there is room for, and how wide they are; 0 is left out.
struct Columns {
    subject: usize,
    way: usize,
    first: usize,
    last: usize,
    says: usize,
    rule: usize,
    found: usize,
}

/// Cells of the word for how much it matters.
const SEVERITY: usize = 9;
/// Cells of the count.
const COUNT: usize = 15;
/// Gutter, severity and count, with the space behind them.
const FIXED: usize = 2 + SEVERITY + 1 + COUNT + 1;

impl Columns {
    /// Columns go in the order first, who says so, direction, last, rule; never severity, count, subject. Of what
    /// was found the rule alone stands there where there is no room for more.
    fn of(total: usize) -> Self {
        let wide = total >= 110;
        let mut columns = Self {
            subject: if wide { 24 } else { 0 },
            way: if total >= 90 { 3 } else { 0 },
            first: if wide { DAY } else { 0 },
            last: match total {
                90.. => time::NARROW,
                76.. => DAY,
                _ => 0,
            },
            says: if total >= 100 { 10 } else { 0 },
            rule: if !wide && total >= 64 { 19 } else { 0 },
            found: 0,
        };
        let all = [
            columns.subject,
            columns.way,
            columns.first,
            columns.last,
            columns.says,
            columns.rule,
        ];
        let used: usize = all
            .iter()
            .filter(|cells| **cells > 0)
            .map(|cells| cells + 1)
            .sum();
        let rest = total.saturating_sub(FIXED + used + 1).max(8);
        if wide {
            columns.found = rest;
        } else {
            columns.subject = rest;
        }
        columns
    }
}

/// Cells of a day without its clock, or of a month with its year.
const DAY: usize = 7;

pub(super) fn heads(app: &App, total: usize) -> Line<'static> {
    let columns = Columns::of(total);
    let style = app.theme().dim();
    let named = |name, key| head(app, name, key);
    Row::default()
        .space(2)
        .cell(
            &named("SEVERITY", SortKey::Severity),
            SEVERITY,
            Align::Left,
            style,
        )
        .cell(&named("COUNT", SortKey::Count), COUNT, Align::Left, style)
        .cell(
            &named("ABOUT", SortKey::Name),
            columns.subject,
            Align::Left,
            style,
        )
        .cell("WAY", columns.way, Align::Left, style)
        .cell("RULE", columns.rule, Align::Left, style)
        .cell(
            &named("FIRST", SortKey::First),
            columns.first,
            Align::Right,
            style,
        )
        .cell(
            &named("LAST", SortKey::Last),
            columns.last,
            Align::Right,
            style,
        )
        .cell("SAID BY", columns.says, Align::Left, style)
        .cell("FOUND", columns.found, Align::Left, style)
        .line()
}

pub(super) fn row(
    app: &App,
    model: &Model,
    number: u32,
    look: &Look,
    total: usize,
) -> Line<'static> {
    let Some(finding) = app.findings.get(number) else {
        return Line::default();
    };
    let columns = Columns::of(total);
    let style = look.style(app);
    let day = |time: Option<i64>, cells: usize| {
        time.map_or_else(String::new, |time| day(app, model.newest(), time, cells))
    };
    let found = if columns.found > 0 {
        found(app, finding)
    } else {
        String::new()
    };
    Row::default()
        .span(look.gutter(app))
        .span(severity(app.theme(), finding.severity))
        .space(1)
        .cell(&count(finding), COUNT, Align::Left, style)
        .cell(&subject(app, finding), columns.subject, Align::Left, style)
        .cell(way(finding), columns.way, Align::Left, style)
        .cell(&finding.rule.id, columns.rule, Align::Left, style)
        .cell(
            &day(finding.first, columns.first),
            columns.first,
            Align::Right,
            style,
        )
        .cell(
            &day(finding.last, columns.last),
            columns.last,
            Align::Right,
            style,
        )
        .cell(says(finding), columns.says, Align::Left, style)
        .cell(
            &truncate_end(&found, columns.found),
            columns.found,
            Align::Left,
            style,
        )
        .line()
}

/// How much it matters, in a word of always the same width.
pub(super) fn severity(theme: &Theme, severity: Severity) -> Span<'static> {
    let style = match severity {
        Severity::Violation => theme.error(),
        Severity::Warning => theme.warning(),
        Severity::Info => theme.dim(),
    };
    Span::styled(format!("{:<SEVERITY$}", severity.name()), style)
}

/// `2 attempts`, the numbers below each other.
fn count(finding: &Finding) -> String {
    let unit = finding.unit.name();
    let unit = match (finding.count, unit.strip_suffix('y')) {
        (1, _) => unit.to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        (_, None) => format!("{unit}s"),
    };
    format!("{:>4} {unit}", human::count(finding.count.into()))
}

/// What it is about, as it may be shown; of a file, no more than its name.
pub(super) fn subject(app: &App, finding: &Finding) -> String {
    if let Some(peer) = Peer::of_finding(finding) {
        return peer.shown(app.mask());
    }
    let name = finding.subject.rsplit('/').next();
    name.unwrap_or_default().to_owned()
}

/// The rule, which tells the kind at a glance, then it in one line.
fn found(app: &App, finding: &Finding) -> String {
    let summary = finding.summary(Lang::En);
    let summary = app
        .mask()
        .map_or_else(|| summary.clone(), |mask| mask.text(&summary));
    format!("{}: {summary}", finding.rule.id)
}

/// Who handed mail to whom, seen from us.
const fn way(finding: &Finding) -> &'static str {
    match finding.direction {
        Some(Direction::In) => "in",
        Some(_) => "out",
        None => "",
    }
}

/// Whose statement it is.
const fn says(finding: &Finding) -> &'static str {
    match finding.evidence {
        Evidence::Own => "us",
        Evidence::Peer => "the peer",
        Evidence::Unverified => "anybody",
        Evidence::Inconsistent => "in doubt",
    }
}

/// The day and, where there is room, the clock.
fn day(app: &App, newest: i64, time: i64, cells: usize) -> String {
    use chrono::Datelike;
    if cells > DAY {
        return time::of_row(app, newest, time, None, cells);
    }
    let zone = app.setup.zone;
    let local = zone.local(time);
    let form = if local.year() == zone.local(newest).year() {
        "%-d %b"
    } else {
        "%Y-%m"
    };
    format!("{:>cells$}", local.format(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_count_and_subject_have_room_in_every_terminal() {
        for total in 40..200 {
            let columns = Columns::of(total);
            assert!(columns.subject >= 8, "{total}");
            let used = [
                columns.subject,
                columns.way,
                columns.first,
                columns.last,
                columns.says,
                columns.rule,
                columns.found,
            ];
            let used: usize = used
                .iter()
                .map(|cells| cells + usize::from(*cells > 0))
                .sum();
            assert!(FIXED + used <= total, "{total}");
        }
    }
}
