//! What an explanation says, in reading order: the answer, what happened, facts, who says so.

use super::super::moment;
use super::Stories;
use crate::insight::{ChainStory, Coverage, JourneyStory, Label, Rung, Step, Timeline};
use crate::model::{AsOf, Evidence, GradeBook, Zone};
use crate::text::human;
use crate::tls::{Grade, Grading};

/// A piece of an explanation.
pub(super) enum Part {
    /// What it is about, with its grades and whose word each is.
    Title {
        name: String,
        grades: Vec<(Grade, &'static str)>,
    },
    /// The answer.
    Paragraph(String),
    /// A last word, apart from all before.
    Closing(String),
    Heading(String),
    Day(String),
    /// Time that passed.
    Gap(String),
    Step(Told),
    /// The line between what others say and what our own hosts wrote.
    TrustLine,
    Fact {
        name: &'static str,
        value: String,
    },
}

/// A step or a hop, ready to be written.
pub(super) struct Told {
    /// Time of the day with its offset; the end as well where it took a while.
    pub(super) clock: String,
    /// Where protection is a question.
    pub(super) grade: Option<Grade>,
    pub(super) title: String,
    pub(super) notes: Vec<String>,
}

/// What stands at the trust line.
pub(super) const TRUST_LINE: &str =
    "above: stated by others, not observed by us; below: our own server";

/// Gaps shorter than this are no gaps to a person.
const GAP_MS: i64 = 60_000;

pub(super) fn all(stories: Stories<'_>, zone: Zone, grades: &GradeBook) -> Vec<Part> {
    let mut parts = Vec::new();
    for timeline in stories.timelines {
        parts.extend(of_timeline(timeline, zone));
        for journey in JourneyStory::below(stories.journeys, timeline) {
            parts.extend(of_journey(journey, zone));
        }
    }
    for chain in stories.chains {
        parts.extend(of_chain(chain, zone));
    }
    if matches!(parts.last(), Some(Part::Step(_))) {
        parts.push(Part::Heading("Grades".to_owned()));
    }
    if !parts.is_empty() {
        parts.push(rules(grades));
        parts.extend(not_said(stories.timelines));
    }
    parts
}

/// What the logs do not say although a setting would have it said, once for all the messages.
fn not_said(timelines: &[Timeline]) -> impl Iterator<Item = Part> {
    let mut coverage = Coverage::default();
    for timeline in timelines {
        coverage.join(&timeline.coverage);
    }
    let sentences = coverage.sentences().into_iter();
    sentences.map(|sentence| Part::Closing(sentence.to_string()))
}

fn of_timeline(timeline: &Timeline, zone: Zone) -> Vec<Part> {
    let mut parts = vec![
        Part::Title {
            name: timeline.queue_id.to_string(),
            grades: vec![(timeline.grade.grade, "witnessed")],
        },
        Part::Paragraph(timeline.headline.to_string()),
        Part::Heading(format!("Timeline, times in {}", zone.name())),
    ];
    let mut days = Days::default();
    for step in &timeline.steps {
        let gap = step.gap.filter(|gap| gap.abs() >= GAP_MS);
        parts.extend(gap.map(|gap| Part::Gap(human::delta(gap / 1000))));
        parts.extend(days.turned(zone, step.time));
        parts.push(Part::Step(of_step(step, zone)));
    }
    parts.push(Part::Heading("Facts".to_owned()));
    parts.extend(timeline.labels.iter().map(fact));
    parts.push(Part::Fact {
        name: "Evidence",
        value: format!(
            "{}: every line above is from our own log",
            Evidence::Own.name()
        ),
    });
    parts
}

fn of_journey(journey: &JourneyStory, zone: Zone) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut days = Days::default();
    if !journey.stations.is_empty() {
        let title = format!("The same message on its way, times in {}", zone.name());
        parts.push(Part::Heading(title));
    }
    for station in &journey.stations {
        parts.extend(days.turned(zone, station.time));
        let told = if station.told { ", told above" } else { "" };
        parts.push(Part::Step(Told {
            clock: moment::clock(zone, station.time),
            grade: Some(station.grade),
            title: format!(
                "{}  {}  {}{told}",
                station.host, station.queue_id, station.state
            ),
            notes: station.notes.iter().map(ToString::to_string).collect(),
        }));
    }
    if !journey.references.is_empty() {
        let title = format!("Notices, times in {}", zone.name());
        parts.push(Part::Heading(title));
    }
    let mut days = Days::default();
    for reference in &journey.references {
        parts.extend(days.turned(zone, reference.time));
        parts.push(Part::Step(Told {
            clock: moment::clock(zone, reference.time),
            grade: Some(reference.grade),
            title: format!("{}  {}", reference.text, reference.state),
            notes: Vec::new(),
        }));
    }
    parts
}

fn of_chain(chain: &ChainStory, zone: Zone) -> Vec<Part> {
    let mut grades = vec![(chain.grades.witnessed, "witnessed")];
    grades.extend(chain.grades.claimed.map(|grade| (grade, "claimed")));
    let mut parts = vec![
        Part::Title {
            name: chain.title().to_string(),
            grades,
        },
        Part::Paragraph(chain.headline.to_string()),
        Part::Heading(format!("Hops, oldest first, times in {}", zone.name())),
    ];
    let mut days = Days::default();
    let trust_line = chain.trust_line();
    for (nth, rung) in chain.rungs.iter().enumerate() {
        if trust_line == Some(nth) {
            parts.push(Part::TrustLine);
        }
        parts.extend(rung.time.and_then(|time| days.turned(zone, time)));
        parts.push(Part::Step(of_rung(rung, zone)));
    }
    parts.push(Part::Heading("Facts".to_owned()));
    parts.extend(chain.findings.iter().map(|finding| Part::Fact {
        name: "Finding",
        value: finding.to_string(),
    }));
    parts.extend(chain.labels.iter().map(fact));
    parts
}

/// The day is written once: where it changes.
#[derive(Default)]
struct Days(String);

impl Days {
    fn turned(&mut self, zone: Zone, time: i64) -> Option<Part> {
        let day = moment::day(zone, time);
        (day != self.0).then(|| {
            self.0.clone_from(&day);
            Part::Day(day)
        })
    }
}

fn of_step(step: &Step, zone: Zone) -> Told {
    let began = moment::clock(zone, step.time);
    let clock = match step.until {
        None => began,
        Some(end) if moment::day(zone, end) == moment::day(zone, step.time) => {
            format!("{began} to {}", moment::clock(zone, end))
        }
        Some(end) => format!("{began} to {}", moment::full(zone, end)),
    };
    let notes = step.notes.iter().map(ToString::to_string);
    Told {
        clock,
        grade: step.grade(),
        title: step.title.to_string(),
        notes: notes.chain(step.grading.as_ref().and_then(why)).collect(),
    }
}

fn of_rung(rung: &Rung, zone: Zone) -> Told {
    let clock = rung
        .time
        .map_or_else(|| moment::NONE.to_owned(), |time| moment::clock(zone, time));
    let delay = rung
        .delay
        .map_or_else(String::new, |delay| format!("   {}", human::delta(delay)));
    let mut notes = vec![rung.protection.to_string()];
    notes.extend(why(&rung.grading));
    notes.push(format!("evidence: {}", evidence(rung.evidence)));
    notes.extend(rung.findings.iter().map(ToString::to_string));
    Told {
        clock,
        grade: Some(rung.grading.grade),
        title: format!("{}   {} → {}{delay}", rung.number, rung.from, rung.by),
        notes,
    }
}

/// Why it has its grade, where that is a question: A needs no excuse, R and ? tell by their word.
fn why(grading: &Grading) -> Option<String> {
    let asked = grading.grade.rank().is_some() && grading.grade != Grade::A;
    (asked && !grading.reasons.is_empty()).then(|| grading.explain())
}

fn evidence(evidence: Evidence) -> String {
    let meaning = match evidence {
        Evidence::Own => "a host of ours wrote this header",
        Evidence::Peer => "the host that handed the message to us says so",
        Evidence::Unverified => "nobody we know vouches for it",
        Evidence::Inconsistent => "it contradicts itself or its neighbours: not graded",
    };
    format!("{}, {meaning}", evidence.name())
}

fn fact(label: &Label) -> Part {
    Part::Fact {
        name: label.kind.name(),
        value: label.value.to_string(),
    }
}

/// Grades mean nothing without the rules they follow.
fn rules(grades: &GradeBook) -> Part {
    let profile = grades.profile();
    let day = match grades.as_of() {
        AsOf::Day(day) => format!("on {day}"),
        AsOf::Event => "on the day of each event".to_owned(),
    };
    Part::Fact {
        name: "Graded by",
        value: format!("profile {}, rules in force {day}", profile.name),
    }
}
