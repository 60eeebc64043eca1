//! What is told of a host or a domain: the answer, the runs, what was refused.

use super::lines::{Line, Role, fact, headed, plain, section, wrapped};
use super::mask::Mask;
use super::{moment, peer};
use crate::insight::posture::{Change, Posture, PostureStory, RunStory, SCALE, Tally, Trend};
use crate::model::Zone;
use crate::parse::Direction;
use crate::text::{pad_left, truncate_middle, width};
use crate::tls::{Grade, Version};

/// The bar beside the chosen run.
pub const BAR: &str = "▌";
/// Most hosts that are otherwise than the others and are named one by one.
const FEW: usize = 3;
/// Columns of the text that is copied.
const COPIED: usize = 100;

/// The story of a posture, and how it is to be told.
#[derive(Clone, Copy)]
pub struct PostureText<'a> {
    /// The story; people in it are masked already.
    pub story: &'a PostureStory,
    /// Zone of the times.
    pub zone: Zone,
    /// Names of people's computers are not told under a mask.
    pub mask: Option<&'a Mask>,
}

impl PostureText<'_> {
    /// All of it as plain text.
    pub fn text(self) -> String {
        plain(&self.lines(None, COPIED))
    }

    /// All of it in lines of at most `columns` cells, with a bar beside the run of number `chosen`.
    pub fn lines(self, chosen: Option<usize>, columns: usize) -> Vec<Line> {
        let story = self.story;
        let mut lines = vec![self.title(columns)];
        lines.extend(wrapped(&story.headline, 1, 0, columns, Role::Text));
        lines.push(Line::default());
        lines.extend(self.figures(columns));
        if !story.runs.is_empty() {
            lines.extend(section("Runs, the latest first"));
        }
        for (nth, run) in story.runs.iter().enumerate() {
            lines.extend(self.run(run, chosen == Some(nth), columns));
        }
        if story.earlier > 0 {
            let earlier = format!("{} earlier runs are not shown", story.earlier);
            lines.extend(wrapped(&earlier, 3, 0, columns, Role::Dim));
        }
        lines.extend(self.refusals(columns));
        lines.extend(self.standings(columns));
        lines.extend(self.members(columns));
        lines.push(Line::default());
        for note in &story.notes {
            lines.extend(wrapped(note, 1, 0, columns, Role::Dim));
        }
        lines
    }

    fn title(self, columns: usize) -> Line {
        let posture = &self.story.posture;
        let direction = match posture.direction {
            Direction::In => "handed us mail",
            _ => "we hand it mail",
        };
        let grade = posture.latest;
        let badge = grade.named();
        let name = peer::name(posture, self.mask);
        let room = columns.saturating_sub(width(&badge) + width(direction) + 6);
        let name = truncate_middle(&name, room.max(8));
        let used = width(&name) + width(direction) + width(&badge) + 5;
        Line::of(format!(" {name}"), Role::Title)
            .span(format!("  {direction}"), Role::Dim)
            .space(columns.saturating_sub(used).max(1))
            .span(badge, Role::Grade(grade))
    }

    fn figures(self, columns: usize) -> Vec<Line> {
        let posture = &self.story.posture;
        let is_masked = peer::name(posture, self.mask) != *posture.name;
        let address = posture.ip().map(|ip| match self.mask {
            Some(mask) if is_masked => mask.ip(&ip.to_string()),
            _ => ip.to_string(),
        });
        let present = |count: u32| (count > 0).then(|| count.to_string());
        let seen = format!(
            "{} to {}",
            moment::plain(self.zone, posture.first),
            moment::plain(self.zone, posture.last)
        );
        let figures = [
            ("Trend", Some(trend(posture))),
            ("Grades", Some(counts(&posture.tally, 0, usize::MAX))),
            ("Refused", present(posture.refused)),
            ("Waits", present(posture.waits)),
            ("Address", address),
            ("Seen", Some(seen)),
        ];
        let figures = figures
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
        figures
            .flat_map(|(name, value)| fact(name, 8, &value, columns))
            .collect()
    }

    fn run(self, told: &RunStory, is_chosen: bool, columns: usize) -> Vec<Line> {
        let run = &told.run;
        let (bar, role) = if is_chosen {
            (BAR, Role::Selection)
        } else {
            (" ", Role::Text)
        };
        let contacts = match run.contacts {
            1 => "one contact".to_owned(),
            contacts => format!("{contacts} contacts"),
        };
        let mut words = vec![tls(run.grade, run.version).to_owned(), contacts];
        match run.strays {
            0 => {}
            1 => words.push("one single connection otherwise".to_owned()),
            strays => words.push(format!("{strays} single connections otherwise")),
        }
        words.extend(change(run.change).map(str::to_owned));
        let times = format!(" {} to {}", self.minute(run.first), self.minute(run.last));
        let head = Line::of(bar, Role::Accent).space(2).badge(run.grade);
        let mut lines = vec![head.span(times, role)];
        lines.extend(wrapped(&words.join(", "), 8, 0, columns, Role::Text));
        for (suite, count) in &told.suites {
            let text = format!("{}  {suite}", pad_left(&count.to_string(), 5));
            lines.extend(wrapped(&text, 8, 7, columns, Role::Dim));
        }
        lines
    }

    fn refusals(self, columns: usize) -> Vec<Line> {
        let refusals = &self.story.refusals;
        let mut lines = Vec::new();
        if !refusals.is_empty() {
            lines.extend(section("Refused, in the words of the log"));
        }
        for (text, count) in refusals {
            let text = format!("{}  {text}", pad_left(&count.to_string(), 5));
            lines.extend(wrapped(&text, 3, 7, columns, Role::Text));
        }
        lines
    }

    /// The hosts of a domain compared: how many are how good, and which few are otherwise since when.
    fn standings(self, columns: usize) -> Vec<Line> {
        let posture = &self.story.posture;
        let (all, _) = posture.compared();
        if all < 2 {
            return Vec::new();
        }
        let mut lines = Vec::from(section("Its hosts compared"));
        let mut say =
            |grade: Grade, text: &str| lines.extend(headed(below_runs(grade), text, columns));
        for (nth, standing) in posture.standings.iter().enumerate() {
            let what = tls(standing.grade, standing.version);
            let count = standing.hosts.len();
            let named = standing.hosts.iter().filter_map(|(name, since)| {
                let host = self.story.hosts.iter().find(|host| host.name == *name)?;
                Some((peer::name(host, self.mask), self.minute(*since)))
            });
            let named: Vec<(String, String)> = named.take(FEW).collect();
            if nth == 0 || named.len() < count {
                say(standing.grade, &format!("{count} of {all} hosts: {what}"));
            } else {
                for (name, since) in named {
                    say(standing.grade, &format!("{name}: {what} since {since}"));
                }
            }
        }
        let left = posture.members.len().saturating_sub(all);
        if left > 0 {
            let text = format!("not compared: {left}, seen once or not in the last 30 days");
            lines.extend(wrapped(&text, 8, 0, columns, Role::Dim));
        }
        lines
    }

    fn members(self, columns: usize) -> Vec<Line> {
        let hosts = &self.story.hosts;
        let mut lines = Vec::new();
        if !hosts.is_empty() {
            lines.extend(section("Hosts of the domain"));
        }
        for host in hosts {
            let (name, trend) = (peer::name(host, self.mask), trend(host));
            let counts = counts(&host.tally, host.refused, 24);
            let text = format!("{name}  {trend}  {counts}");
            lines.extend(headed(below_runs(host.latest), &text, columns));
        }
        let more = self.story.posture.members.len().saturating_sub(hosts.len());
        if more > 0 {
            let text = format!("and {more} more");
            lines.extend(wrapped(&text, 8, 0, columns, Role::Dim));
        }
        lines
    }

    fn minute(self, time: i64) -> String {
        let local = self.zone.local(time);
        local.format("%Y-%m-%d %H:%M").to_string()
    }
}

/// The badge before a host, below those of the runs.
fn below_runs(grade: Grade) -> Line {
    Line::default().space(3).badge(grade).space(1)
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

/// Who handed mail to whom, seen from us.
pub const fn way(posture: &Posture) -> &'static str {
    match posture.direction {
        Direction::In => "in",
        _ => "out",
    }
}

/// The trend with a mark that needs no colour; nothing where nothing is known of TLS.
pub fn trend(posture: &Posture) -> String {
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

/// Contacts of a grade; refusals are no part of the tally.
pub fn count(tally: &Tally, refused: u32, grade: Grade) -> u32 {
    match grade {
        Grade::Refused => refused,
        grade => tally.of(grade),
    }
}

/// `A 812 C 14 R 2`, the worst first where not all have room.
pub fn counts(tally: &Tally, refused: u32, cells: usize) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts_stay_where_room_is_short() {
        let tally = Tally::default();
        assert_eq!(counts(&tally, 3, 18), "R 3");
    }
}
