//! What is told of a finding: the answer, what was counted and by whom it is said, rules, evidence, and how it is
//! counted again.

use super::lines::{Line, Role, named, plain, section, wrapped};
use super::shell::Replay;
use crate::insight::Severity;
use crate::insight::findings::FindingStory;
use crate::model::{AsOf, Zone};
use crate::text::{Clean, Lang, pad_right, truncate_middle, width};
use crate::tls::Grade;

/// Columns of the text that is copied; a command stays on its line.
const COPIED: usize = 100;
/// Queue IDs that are named.
const MOST_IDS: usize = 6;

/// The story of a finding, and how it is to be told.
#[derive(Clone, Copy)]
pub struct FindingText<'a> {
    /// The story; people in it are masked already.
    pub story: &'a FindingStory,
    /// Zone of the times.
    pub zone: Zone,
    /// By the rules of which day it was found.
    pub as_of: AsOf,
    /// How it is counted again from a shell.
    pub replay: &'a Replay,
}

impl FindingText<'_> {
    /// All of it as plain text.
    pub fn text(self) -> String {
        let mut lines = self.facts(COPIED);
        lines.extend(self.recount(usize::from(u16::MAX)));
        plain(&lines)
    }

    /// All of it in lines of at most `columns` cells.
    pub fn lines(self, columns: usize) -> Vec<Line> {
        let mut lines = self.facts(columns);
        lines.extend(self.recount(columns));
        lines
    }

    fn facts(self, columns: usize) -> Vec<Line> {
        let mut lines = vec![self.title(columns)];
        lines.extend(wrapped(&self.story.headline, 1, 0, columns, Role::Text));
        lines.push(Line::default());
        let figures = self.figures();
        let figures: Vec<_> = figures.iter().map(|(name, value)| (*name, value)).collect();
        lines.extend(named(&figures, columns));
        lines.extend(self.rules(columns));
        lines.extend(self.evidence(columns));
        lines
    }

    fn title(self, columns: usize) -> Line {
        let finding = &self.story.finding;
        let severity = severity(finding.severity);
        let room = columns.saturating_sub(width(&severity) + 3);
        let name = truncate_middle(&finding.subject, room.max(8));
        let gap = columns.saturating_sub(width(&name) + width(&severity) + 2);
        Line::of(format!(" {name}"), Role::Title)
            .space(gap.max(1))
            .span(severity, Role::Severity(finding.severity))
    }

    fn figures(self) -> Vec<(&'static str, Clean)> {
        let (story, finding) = (self.story, &self.story.finding);
        let mut figures = Vec::new();
        let mut add = |name, value: String| {
            if !value.is_empty() {
                figures.push((name, Clean::line(value)));
            }
        };
        if let Some(counted) = story.counted() {
            add("Counted", format!("{}: {counted}", finding.times(Lang::En)));
        }
        add("Said by", story.says().to_owned());
        add("First", self.moment(finding.first));
        if finding.last != finding.first {
            add("Last", self.moment(finding.last));
        }
        add("Grade", self.grade());
        add("TLS", story.tls.join("; "));
        let addresses = finding.addresses.iter();
        let addresses = addresses.filter(|address| **address != finding.subject);
        let addresses: Vec<&str> = addresses.map(Clean::as_str).collect();
        add("Address", addresses.join(", "));
        add("Messages", self.messages());
        add("Header", finding.quote.to_string());
        add("ID", finding.id.clone());
        figures
    }

    fn grade(self) -> String {
        let grade = self.story.finding.grade;
        if grade == Grade::Unknown {
            return String::new();
        }
        let day = match self.as_of {
            AsOf::Event => ", as judged on the day",
            AsOf::Day(_) => "",
        };
        grade.named() + day
    }

    /// The first queue IDs, and how many more there are.
    fn messages(self) -> String {
        let ids = self.story.queue_ids.iter().take(MOST_IDS);
        let ids: Vec<&str> = ids.map(Clean::as_str).collect();
        let all = self.story.finding.messages.len();
        match all.saturating_sub(ids.len()) {
            0 => ids.join(" "),
            more => format!("{} and {more} more", ids.join(" ")),
        }
    }

    /// A moment in the zone of the person, and in UTC.
    fn moment(self, time: Option<i64>) -> String {
        time.map_or_else(String::new, |time| {
            let local = self.zone.local(time);
            let utc = local.to_utc();
            let form = if utc.date_naive() == local.date_naive() {
                "%H:%M:%S"
            } else {
                "%Y-%m-%d %H:%M:%S"
            };
            let (local, utc) = (local.format("%Y-%m-%d %H:%M:%S %z"), utc.format(form));
            format!("{local} ({utc} UTC)")
        })
    }

    fn rules(self, columns: usize) -> Vec<Line> {
        let mut lines = Vec::from(section("Rules in force on the day"));
        let rules = &self.story.finding.references;
        if rules.is_empty() {
            let none = "none that the program knows: this is no matter of a rule";
            lines.extend(wrapped(none, 3, 0, columns, Role::Dim));
        }
        for rule in rules {
            let head = format!(
                "{}, {}, since {}",
                rule.document, rule.version, rule.in_force_from
            );
            lines.extend(wrapped(&head, 3, 2, columns, Role::Text));
            lines.extend(wrapped(&rule.requirement, 5, 0, columns, Role::Dim));
        }
        lines
    }

    fn evidence(self, columns: usize) -> Vec<Line> {
        let story = self.story;
        let mut lines = Vec::from(section("Where it stands"));
        let widest = story.lines.iter().map(|line| width(&line.place)).max();
        for line in &story.lines {
            let place = pad_right(&line.place, widest.unwrap_or(0));
            let text = format!("{place}   {}", self.moment(line.time));
            lines.extend(wrapped(text.trim_end(), 3, 2, columns, Role::Text));
        }
        if story.more > 0 {
            let more = format!("and {} more", story.more);
            lines.extend(wrapped(&more, 3, 0, columns, Role::Dim));
        }
        lines
    }

    fn recount(self, columns: usize) -> Vec<Line> {
        let recount = &self.story.recount;
        let mut lines = Vec::from(section("To count it again"));
        let command = self.replay.export(recount.table, &recount.filter);
        lines.extend(wrapped(&command, 3, 2, columns, Role::Text));
        if !recount.reasons.is_empty() {
            let reasons = recount.reasons.join(" or ");
            let only = format!("only rows with {reasons} among their reasons");
            lines.extend(wrapped(&only, 3, 0, columns, Role::Dim));
        }
        lines
    }
}

/// How much a finding matters, in a word of always the same width: nine cells.
pub fn severity(severity: Severity) -> String {
    format!("{:<9}", severity.name())
}
