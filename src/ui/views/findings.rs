//! The list of findings: its columns and rows.

use chrono::Datelike;
use ratatui::text::Span;

use crate::insight::findings::Finding;
use crate::model::{Evidence, Model};
use crate::parse::Direction;
use crate::query::eval::SortKey;
use crate::report::finding;
use crate::report::peer::Peer;
use crate::text::{Lang, human, truncate_end};
use crate::ui::App;
use crate::ui::widgets::{Cell, Column, Columns, Width, severity_look};

use super::time;

/// What the cells of a row are made from.
pub(super) struct FindingRow<'a> {
    app: &'a App,
    model: &'a Model,
    finding: &'a Finding,
}

impl<'a> FindingRow<'a> {
    /// The row with this number.
    pub(super) fn of(app: &'a App, model: &'a Model, number: u32) -> Option<Self> {
        let finding = app.findings.get(number)?;
        Some(Self {
            app,
            model,
            finding,
        })
    }
}

/// Cells of the word for how much it matters.
const SEVERITY: usize = 9;
/// Cells of the count.
const COUNT: usize = 15;
/// Cells of a day without its clock, or of a month with its year.
const DAY: usize = 7;

/// Columns go in the order first, who says so, direction, last, rule; never severity, count, subject. Of what
/// was found the rule alone stands there where there is no room for more.
pub(super) fn columns<'a>(total: usize) -> Columns<FindingRow<'a>> {
    let wide = total >= 110;
    let present = |is_there: bool, cells: usize| Width::Cells(if is_there { cells } else { 0 });
    let subject = if wide { Width::Cells(24) } else { Width::Rest };
    let last = match total {
        90.. => time::NARROW,
        76.. => DAY,
        _ => 0,
    };
    let found = if wide { Width::Rest } else { Width::Cells(0) };
    let columns = vec![
        Column::left("SEVERITY", Width::Cells(SEVERITY), FindingRow::severity)
            .sorted_by(SortKey::Severity),
        Column::left("COUNT", Width::Cells(COUNT), FindingRow::count).sorted_by(SortKey::Count),
        Column::left("ABOUT", subject, FindingRow::subject).sorted_by(SortKey::Name),
        Column::left("WAY", present(total >= 90, 3), FindingRow::way),
        Column::left("RULE", present(!wide && total >= 64, 19), FindingRow::rule),
        Column::right("FIRST", present(wide, DAY), FindingRow::first).sorted_by(SortKey::First),
        Column::right("LAST", Width::Cells(last), FindingRow::last).sorted_by(SortKey::Last),
        Column::left("SAID BY", present(total >= 100, 10), FindingRow::says),
        Column::left("FOUND", found, FindingRow::found),
    ];
    Columns::fit(columns, total)
}

/// What stands in each column.
impl FindingRow<'_> {
    fn severity(&self, _: usize) -> Cell {
        let severity = self.finding.severity;
        let look = severity_look(self.app.theme(), severity);
        let word = Span::styled(finding::severity(severity), look);
        Cell::Spans(vec![word, Span::raw(" ")])
    }

    /// `2 attempts`, the numbers below each other.
    fn count(&self, _: usize) -> Cell {
        let unit = self.finding.unit.name();
        let unit = match (self.finding.count, unit.strip_suffix('y')) {
            (1, _) => unit.to_owned(),
            (_, Some(stem)) => format!("{stem}ies"),
            (_, None) => format!("{unit}s"),
        };
        format!("{:>4} {unit}", human::count(self.finding.count.into())).into()
    }

    /// What it is about, as it may be shown; of a file, no more than its name.
    fn subject(&self, _: usize) -> Cell {
        if let Some(peer) = Peer::of_finding(self.finding) {
            return peer.shown(self.app.mask()).into();
        }
        let name = self.finding.subject.rsplit('/').next();
        name.unwrap_or_default().to_owned().into()
    }

    /// Who handed mail to whom, seen from us.
    fn way(&self, _: usize) -> Cell {
        match self.finding.direction {
            Some(Direction::In) => "in".into(),
            Some(_) => "out".into(),
            None => "".into(),
        }
    }

    fn rule(&self, _: usize) -> Cell {
        self.finding.rule.id.clone().into()
    }

    fn first(&self, cells: usize) -> Cell {
        self.day(self.finding.first, cells)
    }

    fn last(&self, cells: usize) -> Cell {
        self.day(self.finding.last, cells)
    }

    /// Whose statement it is.
    fn says(&self, _: usize) -> Cell {
        let whose = match self.finding.evidence {
            Evidence::Own => "us",
            Evidence::Peer => "the peer",
            Evidence::Unverified => "anybody",
            Evidence::Inconsistent => "in doubt",
        };
        whose.into()
    }

    /// The rule, which tells the kind at a glance, then what was found in one line.
    fn found(&self, cells: usize) -> Cell {
        let summary = match self.app.mask() {
            Some(mask) => mask.summary(self.finding, Lang::En),
            None => self.finding.summary(Lang::En),
        };
        let text = format!("{}: {summary}", self.finding.rule.id);
        truncate_end(&text, cells).into_owned().into()
    }

    /// The day and, where there is room, the clock; nothing of what has no time.
    fn day(&self, time: Option<i64>, cells: usize) -> Cell {
        let Some(time) = time else {
            return "".into();
        };
        let newest = self.model.newest();
        if cells > DAY {
            return time::of_row(self.app, newest, time, None, cells).into();
        }
        let zone = self.app.setup.zone;
        let local = zone.local(time);
        let form = if local.year() == zone.local(newest).year() {
            "%-d %b"
        } else {
            "%Y-%m"
        };
        local.format(form).to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_count_and_subject_have_room_in_every_terminal() {
        for total in 40..200 {
            let widths = columns(total).widths();
            let cells = |title| widths.iter().find(|(own, _)| *own == title).unwrap().1;
            assert_eq!((cells("SEVERITY"), cells("COUNT")), (SEVERITY, COUNT));
            assert!(cells("ABOUT") >= 8, "{total}");
            let used: usize = widths.iter().map(|(_, cells)| cells + 1).sum();
            assert!(2 + used <= total, "{total}");
        }
    }
}
