//! What is told of the overview: grades over time, whom to look at first, what protected the mail, what is not
//! known.

mod chart;

use std::sync::Arc;

use super::lines::{Align, Line, Role, plain, wrapped};
use super::mask::Mask;
use super::posture::way;
use super::{forgotten, peer};
use crate::insight::Coverage;
use crate::insight::overview::{Figures, Histogram, Share, Slot, percent, share};
use crate::insight::posture::{Posture, Worst};
use crate::model::{Model, Zone};
use crate::text::{Lang, human, width};
use crate::tls::Grade;

pub use chart::columns as chart_columns;

/// Cipher suites that are named.
const SUITES: usize = 8;
/// Columns of the text that is copied, and lines of its chart.
const COPIED: (usize, usize) = (100, 8);
/// Cells of a bar.
const BAR: u32 = 8;

/// Contacts over time and what they add up to, and how they are to be told.
pub struct OverviewText<'a> {
    /// What was loaded.
    pub model: &'a Model,
    /// What the contacts add up to.
    pub figures: &'a Figures,
    /// The contacts over time.
    pub histogram: &'a Histogram,
    /// The peers to look at first, each with its posture if that is still there.
    pub worst: Vec<(Worst, Option<Arc<Posture>>)>,
    /// What the logs do not say of TLS.
    pub coverage: &'a Coverage,
    /// Number of inputs that were not read.
    pub left_out: usize,
    /// The key that lists the lines that were not understood.
    pub list_key: String,
    /// Zone of the times.
    pub zone: Zone,
    /// Names of people's computers are not told under a mask.
    pub mask: Option<&'a Mask>,
    /// The chosen stretch of time, if there are any.
    pub slot: Option<&'a Slot>,
    /// The place of the chosen one of the worst peers; `None` while a stretch of time is chosen.
    pub peer: Option<usize>,
    /// Number of stretches of time, from the newest, that stand right of those on screen where not all have room.
    pub newer: usize,
}

impl OverviewText<'_> {
    /// The chosen peer, or the chosen stretch of time, in a sentence.
    pub fn sentence(&self) -> String {
        let worst = self.peer.and_then(|nth| self.worst.get(nth));
        match worst {
            Some((worst, posture)) => {
                let [way, name, what] = self.peer_cells(worst, posture.as_deref());
                format!("{name} ({way}): {} {what}", worst.grade.word())
            }
            None => self.slot_sentence().unwrap_or_default(),
        }
    }

    /// All of it as plain text.
    pub fn text(&self) -> String {
        let (columns, rows) = COPIED;
        let mut lines = self.head(columns);
        lines.extend(self.chart(columns, rows));
        lines.push(Line::default());
        lines.extend(self.parts(columns));
        plain(&lines)
    }

    /// The answer, the length of a column, and all contacts by grade.
    pub fn head(&self, columns: usize) -> Vec<Line> {
        let mut lines = wrapped(&self.figures.headline(), 1, 0, columns, Role::Text);
        lines.push(self.legend(columns));
        lines
    }

    /// `one column = 15 min   A ++ 27   F ! 2`; closer together where that is too wide.
    fn legend(&self, columns: usize) -> Line {
        let tally = &self.figures.tally;
        let step = format!(" one column = {}", self.histogram.step.words());
        let made = |gap: usize, marks: bool| {
            let line = Line::of(step.clone(), Role::Dim);
            let grades = Grade::ALL.into_iter().filter(|grade| tally.of(*grade) > 0);
            grades.fold(line, |line, grade| {
                let badge = if marks {
                    format!("{} {}", grade.letter(), grade.mark())
                } else {
                    grade.letter().to_string()
                };
                let count = human::count(tally.of(grade).into());
                line.space(gap)
                    .span(badge, Role::Grade(grade))
                    .span(format!(" {count}"), Role::Text)
            })
        };
        let forms = [(3, true), (2, true), (2, false)];
        let mut forms = forms.into_iter().map(|(gap, marks)| made(gap, marks));
        let fits = forms.find(|line| line.width() < columns);
        fits.unwrap_or_else(|| made(1, false))
    }

    /// The chosen stretch of time: `Tue 25 Feb 2020 04:45-05:00   3 deliveries, one arrival, 2 refused   A 3  F 1`.
    pub fn slot_sentence(&self) -> Option<String> {
        let slot = self.slot?;
        let counted = |count: u32, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("one {one}")),
            count => Some(format!("{} {many}", human::count(count.into()))),
        };
        let parts = [
            counted(slot.deliveries(), "delivery", "deliveries"),
            counted(slot.arrivals(), "arrival", "arrivals"),
            counted(slot.of(Grade::Refused), "refused", "refused"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let parts = if parts.is_empty() {
            "nothing".to_owned()
        } else {
            parts.join(", ")
        };
        let grades = Grade::ALL.into_iter().filter_map(|grade| {
            let count = slot.of(grade);
            (count > 0).then(|| format!("  {} {}", grade.letter(), human::count(count.into())))
        });
        let stretch = chart::stretch(self.zone, slot);
        Some(format!(
            "{stretch}   {parts} {}",
            grades.collect::<String>()
        ))
    }

    /// All parts below the chart, below each other.
    pub fn parts(&self, columns: usize) -> Vec<Line> {
        let mut lines = self.worst_peers(columns);
        lines.push(Line::default());
        lines.extend(self.protection(columns));
        lines.push(Line::default());
        lines.extend(self.suites(columns));
        lines.extend(self.unknown(columns));
        lines
    }

    /// The peers to look at first.
    pub fn worst_peers(&self, columns: usize) -> Vec<Line> {
        let mut lines = vec![title("Worst peers")];
        if self.worst.is_empty() {
            let none = "no peer with a grade of C or worse, and none refused";
            lines.extend(wrapped(none, 2, 0, columns, Role::Dim));
        }
        for (nth, (worst, posture)) in self.worst.iter().enumerate() {
            let (bar, role) = if self.peer == Some(nth) {
                ("▌ ", Role::Selection)
            } else {
                ("  ", Role::Text)
            };
            let [way, name, what] = self.peer_cells(worst, posture.as_deref());
            let room = columns.saturating_sub(2 + 5 + 4 + 2 + width(&what));
            lines.push(
                Line::of(bar, Role::Accent)
                    .badge(worst.grade)
                    .space(1)
                    .cell(&way, 3, Align::Left, role)
                    .cell(&name, room.max(8), Align::Left, role)
                    .cell(&what, width(&what), Align::Right, role),
            );
        }
        lines
    }

    /// The way, the name as it may be shown, and `14 of 20, now A`; empty where the posture is gone.
    fn peer_cells(&self, worst: &Worst, posture: Option<&Posture>) -> [String; 3] {
        let Some(posture) = posture else {
            return Default::default();
        };
        let now = match posture.latest {
            latest if latest == worst.grade => String::new(),
            latest => format!(", now {}", latest.letter()),
        };
        let [count, of] = [worst.count, worst.of].map(|count| human::count(count.into()));
        [
            way(posture).to_owned(),
            peer::name(posture, self.mask),
            format!("{count} of {of}{now}"),
        ]
    }

    /// TLS versions, and what was there in place of TLS.
    pub fn protection(&self, columns: usize) -> Vec<Line> {
        let mut lines = vec![title("Protection")];
        lines.extend(self.shares(&self.figures.protection, columns));
        lines
    }

    /// The most frequent cipher suites.
    pub fn suites(&self, columns: usize) -> Vec<Line> {
        let all = &self.figures.suites;
        let mut lines = vec![title("Cipher suites")];
        if all.is_empty() {
            lines.extend(wrapped("none is stated", 2, 0, columns, Role::Dim));
        }
        let shown = all.get(..SUITES).unwrap_or(all);
        lines.extend(self.shares(shown, columns));
        let rest = all.get(SUITES..).unwrap_or_default();
        if !rest.is_empty() {
            let count: u32 = rest.iter().map(|suite| suite.count).sum();
            let text = format!("{} more, {} in all", rest.len(), human::count(count.into()));
            lines.extend(wrapped(&text, 7, 0, columns, Role::Dim));
        }
        lines
    }

    fn shares(&self, all: &[Share], columns: usize) -> Vec<Line> {
        let most = all.iter().map(|part| part.count).max().unwrap_or(1).max(1);
        let total = self.figures.all();
        let number = |part: &Share| human::count(part.count.into());
        let numbers = all
            .iter()
            .map(|part| width(&number(part)))
            .max()
            .unwrap_or(0);
        let share_room = width(">99 %");
        let bar_room = if columns >= 56 { BAR } else { 0 };
        let used = 2 + 5 + numbers + 1 + share_room + 2 + bar_room as usize + 1;
        let name_room = columns.saturating_sub(used).max(8);
        let line = |part: &Share| {
            let cells = (u64::from(part.count) * u64::from(bar_room)).div_ceil(most.into());
            let bar = "▪".repeat(usize::try_from(cells).unwrap_or(0));
            let percent = percent(part.count, total);
            Line::default()
                .space(2)
                .badge(part.grade)
                .space(1)
                .cell(&part.name, name_room, Align::Left, Role::Text)
                .cell(&bar, bar_room as usize, Align::Left, Role::Bar(part.grade))
                .cell(&number(part), numbers, Align::Right, Role::Text)
                .cell(&percent, share_room, Align::Right, Role::Dim)
        };
        all.iter().map(line).collect()
    }

    /// Lines that were not understood or left out, and what the logs do not say.
    pub fn unknown(&self, columns: usize) -> Vec<Line> {
        let mut lines = vec![Line::default(), title("Not known")];
        let mut say = |text: &str, role| lines.extend(wrapped(text, 2, 0, columns, role));
        let (text, role) = self.not_understood();
        say(&text, role);
        for text in self.not_counted() {
            say(&text, Role::Dim);
        }
        let unknown = self.figures.tally.of(Grade::Unknown);
        if unknown > 0 {
            let share = share(unknown, self.figures.all());
            let count = human::count(unknown.into());
            say(
                &format!("{count} ({share}) without a statement on TLS"),
                Role::Text,
            );
        }
        for sentence in self.coverage.sentences(Lang::En) {
            say(&sentence, Role::Dim);
        }
        lines
    }

    /// How many lines were read and how many of them not understood; it stands back where there are none.
    fn not_understood(&self) -> (String, Role) {
        let files = self.model.files.iter();
        let lines: u64 = files.map(|file| u64::from(file.lines)).sum();
        let read = format!("{} lines read", human::count(lines));
        let unread = self.model.reasons.total();
        if unread == 0 {
            return (format!("{read}, all understood"), Role::Dim);
        }
        let narrow = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let share = share(narrow(unread), narrow(lines));
        let unread = human::count(unread);
        let key = &self.list_key;
        let text = format!("{read}, {unread} ({share}) not understood: {key} lists them");
        (text, Role::Text)
    }

    /// What counts for nothing, or is no longer there.
    fn not_counted(&self) -> Vec<String> {
        let files = self.model.files.iter();
        let copies: u64 = files.map(|file| u64::from(file.copies)).sum();
        let counts = [
            (self.model.foreign(), "of programs that move no mail"),
            (copies, "in the reject log as well, counted once"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let mut sentences: Vec<String> = counts
            .map(|(count, what)| format!("{} {what}", human::count(count)))
            .collect();
        match self.left_out {
            0 => {}
            1 => sentences.push("one input was not read".to_owned()),
            count => sentences.push(format!("{count} inputs were not read")),
        }
        sentences.extend(forgotten::sentence(&self.model.forgotten, self.zone));
        sentences
    }
}

fn title(name: &str) -> Line {
    Line::of(format!(" {name}"), Role::Title)
}
