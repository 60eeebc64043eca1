//! Contacts over time as columns of grades: the best at the foot, the worst at the top, and at the top of each
//! grade its letter, so that no colour is needed.

use chrono::{DateTime, Datelike, FixedOffset, Timelike};

use super::super::lines::{Align, Line, Role, fitted};
use super::super::shares::lengths;
use super::OverviewText;
use crate::insight::overview::{Slot, Step};
use crate::model::Zone;
use crate::text::{human, width};
use crate::tls::Grade;

/// Cells of the numbers at the left, with the space before them.
const NUMBERS: usize = 10;
/// No column is wider.
const WIDEST: usize = 6;
/// The chart is no lower, if so much is asked for.
const LOWEST: usize = 3;

/// From foot to top.
const STACKED: [Grade; Grade::ALL.len()] = [
    Grade::Unknown,
    Grade::Local,
    Grade::A,
    Grade::B,
    Grade::S,
    Grade::C,
    Grade::D,
    Grade::E,
    Grade::F,
    Grade::Refused,
];

/// Columns that are left for the stretches of time of a chart of so many.
pub const fn columns(columns: usize) -> usize {
    // The axis, and an empty column at the right.
    let columns = columns.saturating_sub(NUMBERS + 2);
    if columns == 0 { 1 } else { columns }
}

impl OverviewText<'_> {
    /// The chart, at most `rows` lines high, with its axis and its times below.
    pub fn chart(&self, total: usize, rows: usize) -> Vec<Line> {
        let room = columns(total);
        let all = self.histogram.slots.len();
        let cell = (room / all.max(1)).clamp(1, WIDEST);
        // Where not all fit, those around the chosen one: the list counts them from the newest.
        let end = all.saturating_sub(self.newer.min(all.saturating_sub(room / cell)));
        let first = end.saturating_sub(room / cell);
        let shown = self.histogram.slots.get(first..end).unwrap_or_default();
        // A single contact is one cell high at most.
        let highest = self.histogram.highest();
        let rows = rows.min(usize::try_from(highest).unwrap_or(rows).max(LOWEST));
        let highest = highest.max(u32::try_from(rows).unwrap_or(0));
        let stacks: Vec<Vec<Grade>> = shown
            .iter()
            .map(|slot| stack(slot, rows, highest))
            .collect();
        let lines = (0..rows).rev().map(|row| {
            let number = if row + 1 == rows {
                human::count(highest.into())
            } else {
                String::new()
            };
            let number = fitted(&number, NUMBERS - 1, Align::Right);
            let line = Line::of(format!(" {number}"), Role::Dim).span("│", Role::Rule);
            stacks.iter().fold(line, |line, stack| {
                let (text, role) = column(stack, row, cell);
                line.span(text, role)
            })
        });
        let mut lines: Vec<Line> = lines.collect();
        lines.push(self.axis(shown, cell));
        let labels = self.labels(shown, cell, room);
        let indent = " ".repeat(NUMBERS + 1);
        lines.push(Line::of(format!("{indent}{labels}"), Role::Dim));
        lines
    }

    /// The axis, with a mark below the chosen column.
    fn axis(&self, shown: &[Slot], cell: usize) -> Line {
        let rule = |cells: usize| "─".repeat(cells);
        let line = Line::of(format!("{:>NUMBERS$}", 0), Role::Dim).span("└", Role::Rule);
        let chosen = self
            .slot
            .and_then(|own| shown.iter().position(|slot| slot == own));
        let Some(chosen) = chosen else {
            return line.span(rule(shown.len() * cell), Role::Rule);
        };
        let (before, marked) = (chosen * cell, filled(cell));
        let behind = (shown.len() * cell).saturating_sub(before + marked);
        line.span(rule(before), Role::Rule)
            .span("▲".repeat(marked), self.mark())
            .span(rule(behind), Role::Rule)
    }

    /// The mark of the chosen stretch of time, which stands back while a peer is chosen.
    pub const fn mark(&self) -> Role {
        match self.peer {
            None => Role::Accent,
            Some(_) => Role::Dim,
        }
    }

    /// The times below the axis: first the long ones, then short ones between them as far as there is room.
    fn labels(&self, shown: &[Slot], cell: usize, room: usize) -> String {
        let step = self.histogram.step;
        let (long, short) = forms(step);
        let mut taken: Vec<(usize, String)> = Vec::new();
        let mut take = |nth: usize, text: String| {
            if fits(&taken, nth * cell, &text, room) {
                taken.push((nth * cell, text));
            }
        };
        let locals = || {
            let starts = shown.iter().map(|slot| self.zone.local(slot.start));
            starts.enumerate()
        };
        let mut before = String::new();
        for (nth, local) in locals() {
            let now = local.format(common(step)).to_string();
            if now != before {
                take(nth, local.format(long).to_string());
            }
            before = now;
        }
        for (nth, local) in locals().filter(|(_, local)| is_round(step, local, cell)) {
            take(nth, local.format(short).to_string());
        }
        taken.sort_by_key(|(at, _)| *at);
        let mut line = String::new();
        for (at, text) in taken {
            line.push_str(&" ".repeat(at.saturating_sub(width(&line))));
            line.push_str(&text);
        }
        line
    }
}

/// The cells of a column, from its foot: in proportion to the fullest, every grade with one at least; where
/// there are fewer cells than grades, the worst.
fn stack(slot: &Slot, rows: usize, highest: u32) -> Vec<Grade> {
    let present = STACKED.into_iter().filter(|grade| slot.of(*grade) > 0);
    let mut present: Vec<Grade> = present.collect();
    let cells = (u64::from(slot.all()) * rows as u64).div_ceil(u64::from(highest.max(1)));
    let cells = usize::try_from(cells).unwrap_or(rows);
    present.drain(..present.len().saturating_sub(cells));
    let counts: Vec<u32> = present.iter().map(|grade| slot.of(*grade)).collect();
    let parts = present.into_iter().zip(lengths(&counts, cells));
    parts
        .flat_map(|(grade, cells)| vec![grade; cells])
        .collect()
}

/// One cell of a column: blank above its top, the letter where a grade ends.
fn column(stack: &[Grade], row: usize, cells: usize) -> (String, Role) {
    let Some(grade) = stack.get(row).copied() else {
        return (" ".repeat(cells), Role::Space);
    };
    let ends = stack.get(row + 1) != Some(&grade);
    let filled = filled(cells);
    let gap = " ".repeat(cells - filled);
    let text = if ends {
        let letter = grade.letter();
        format!("{letter}{}{gap}", "▄".repeat(filled.saturating_sub(1)))
    } else {
        format!("{}{gap}", "█".repeat(filled))
    };
    (text, Role::Bar(grade))
}

/// The filled cells of a column: a gap tells columns apart that are wide enough to have one.
const fn filled(cells: usize) -> usize {
    if cells > 2 { cells - 1 } else { cells }
}

/// How times are written below the axis: where the day, the month or the year changes, and between.
const fn forms(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Minutes(_) => ("%a %-d %b", "%H:%M"),
        Step::Day | Step::Week => ("%-d %b %Y", "%-d"),
        Step::Month => ("%b %Y", "%b"),
        Step::Year => ("%Y", "%Y"),
    }
}

/// What the long form tells once for all that have it in common.
const fn common(step: Step) -> &'static str {
    match step {
        Step::Minutes(_) => "%F",
        Step::Day | Step::Week => "%Y-%m",
        Step::Month | Step::Year => "%Y",
    }
}

/// Whether a time is round enough to be written: of times that come so close that not all have room, those
/// of a regular few.
fn is_round(step: Step, local: &DateTime<FixedOffset>, cell: usize) -> bool {
    /// Minutes, and days of a month: of these the first that leave room for a label.
    const MINUTES: [u32; 10] = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720];
    const DAYS: [u32; 4] = [1, 2, 5, 10];
    let apart = |every: &u32, step: u32, room: usize| {
        *every >= step && (every / step) as usize * cell >= room
    };
    match step {
        Step::Minutes(step) => {
            let minute = local.hour() * 60 + local.minute();
            let every = MINUTES.into_iter().find(|every| apart(every, step, 7));
            every.is_some_and(|every| minute.is_multiple_of(every))
        }
        Step::Day => {
            let every = DAYS.into_iter().find(|every| apart(every, 1, 4));
            every.is_some_and(|every| local.day0().is_multiple_of(every))
        }
        Step::Week | Step::Month | Step::Year => true,
    }
}

/// True where a text stands apart from all others.
fn fits(taken: &[(usize, String)], at: usize, text: &str, room: usize) -> bool {
    let end = at + width(text);
    let apart =
        |(other, text): &(usize, String)| end + 2 <= *other || other + width(text) + 2 <= at;
    end <= room && taken.iter().all(apart)
}

/// A stretch of time on the clock: `Tue 25 Feb 2020 04:45-05:00`, `Tue 25 Feb 2020`, `24 Feb to 1 Mar 2020`.
pub(super) fn stretch(zone: Zone, slot: &Slot) -> String {
    let (start, end) = (zone.local(slot.start), zone.local(slot.end));
    let last = zone.local(slot.end - 1);
    let whole_days =
        [start, end].map(|time| time.format("%H:%M").to_string()) == ["00:00", "00:00"];
    let same_day = start.date_naive() == last.date_naive();
    let day = "%a %-d %b %Y";
    match (same_day, whole_days) {
        (true, true) => start.format(day).to_string(),
        (true, false) => {
            let from = start.format("%a %-d %b %Y %H:%M");
            // A day ends at midnight, not at the beginning of the next.
            let until = if end.date_naive() == start.date_naive() {
                end.format("%H:%M").to_string()
            } else {
                "24:00".to_owned()
            };
            let offset = if start.offset() == end.offset() {
                String::new()
            } else {
                format!(" ({})", start.format("%z"))
            };
            format!("{from}-{until}{offset}")
        }
        (false, _) => format!("{} to {}", start.format("%a %-d %b"), last.format(day)),
    }
}
