//! What an explanation says, in reading order: the answer, what happened, facts, who says so.

use super::super::moment;
use super::Stories;
use crate::insight::{self, ChainStory, Coverage, JourneyStory, Label, Rung, Step, Timeline};
use crate::model::{AsOf, Evidence, GradeBook, Zone};
use crate::text::{Lang, fill};
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

/// What stands at the trust line; what is below it is told behind the semicolon.
pub(super) const fn trust_line(lang: Lang) -> &'static str {
    lang.pick(
        "above: stated by others, not observed by us; below: our own server",
        "oberhalb: Angaben anderer, nicht von uns beobachtet; unterhalb: eigener Server",
    )
}

/// Gaps shorter than this are no gaps to a person.
const GAP_MS: i64 = 60_000;

pub(super) fn all(stories: Stories<'_>, zone: Zone, grades: &GradeBook) -> Vec<Part> {
    let lang = stories.lang;
    let teller = Teller { zone, lang };
    let mut parts = Vec::new();
    for timeline in stories.timelines {
        parts.extend(teller.timeline(timeline));
        for journey in JourneyStory::below(stories.journeys, timeline) {
            parts.extend(teller.journey(journey));
        }
    }
    for chain in stories.chains {
        parts.extend(teller.chain(chain));
    }
    if matches!(parts.last(), Some(Part::Step(_))) {
        parts.push(Part::Heading(lang.pick("Grades", "Bewertung").to_owned()));
    }
    if !parts.is_empty() {
        parts.push(rules(grades, lang));
        parts.extend(not_said(stories.timelines, lang));
    }
    parts
}

/// What the logs do not say although a setting would have it said, once for all the messages.
fn not_said(timelines: &[Timeline], lang: Lang) -> impl Iterator<Item = Part> {
    let mut coverage = Coverage::default();
    for timeline in timelines {
        coverage.join(&timeline.coverage);
    }
    let sentences = coverage.sentences(lang).into_iter();
    sentences.map(|sentence| Part::Closing(sentence.to_string()))
}

/// Times of a zone, words of a language.
struct Teller {
    zone: Zone,
    lang: Lang,
}

impl Teller {
    fn timeline(&self, timeline: &Timeline) -> Vec<Part> {
        let lang = self.lang;
        let mut parts = vec![
            Part::Title {
                name: timeline.queue_id.to_string(),
                grades: vec![(timeline.grade.grade, witnessed(lang))],
            },
            Part::Paragraph(timeline.headline.to_string()),
            self.heading(lang.pick("Timeline", "Verlauf")),
        ];
        let mut days = Days::default();
        for step in &timeline.steps {
            let gap = step.gap.filter(|gap| gap.abs() >= GAP_MS);
            parts.extend(gap.map(|gap| Part::Gap(lang.delta(gap / 1000))));
            parts.extend(days.turned(self.day(step.time)));
            parts.push(Part::Step(self.step(step)));
        }
        parts.push(facts(lang));
        parts.extend(timeline.labels.iter().map(|label| fact(label, lang)));
        let own = lang.pick(
            "own: every line above is from our own log",
            "eigenes Protokoll: Jede Zeile oben stammt daraus",
        );
        parts.push(Part::Fact {
            name: lang.pick("Evidence", "Beleg"),
            value: own.to_owned(),
        });
        parts
    }

    fn journey(&self, journey: &JourneyStory) -> Vec<Part> {
        let lang = self.lang;
        let mut parts = Vec::new();
        let mut days = Days::default();
        if !journey.stations.is_empty() {
            parts.push(self.heading(lang.pick(
                "The same message on its way",
                "Dieselbe Nachricht auf ihrem Weg",
            )));
        }
        for station in &journey.stations {
            parts.extend(days.turned(self.day(station.time)));
            let told = if station.told {
                lang.pick(", told above", ", oben beschrieben")
            } else {
                ""
            };
            let status = insight::status(station.status, lang);
            parts.push(Part::Step(Told {
                clock: self.clock(station.time),
                grade: Some(station.grade),
                title: format!("{}  {}  {status}{told}", station.host, station.queue_id),
                notes: station.notes.iter().map(ToString::to_string).collect(),
            }));
        }
        if !journey.references.is_empty() {
            parts.push(self.heading(lang.pick("Notices", "Meldungen")));
        }
        let mut days = Days::default();
        for reference in &journey.references {
            parts.extend(days.turned(self.day(reference.time)));
            let status = insight::status(reference.status, lang);
            parts.push(Part::Step(Told {
                clock: self.clock(reference.time),
                grade: Some(reference.grade),
                title: format!("{}  {status}", reference.text),
                notes: Vec::new(),
            }));
        }
        parts
    }

    fn chain(&self, chain: &ChainStory) -> Vec<Part> {
        let lang = self.lang;
        let claimed = lang.pick("claimed", "angegeben");
        let mut grades = vec![(chain.grades.witnessed, witnessed(lang))];
        grades.extend(chain.grades.claimed.map(|grade| (grade, claimed)));
        let mut parts = vec![
            Part::Title {
                name: chain.title().to_string(),
                grades,
            },
            Part::Paragraph(chain.headline.to_string()),
            self.heading(lang.pick("Hops, oldest first", "Hops, ältester zuerst")),
        ];
        let mut days = Days::default();
        let trust_line = chain.trust_line();
        for (nth, rung) in chain.rungs.iter().enumerate() {
            if trust_line == Some(nth) {
                parts.push(Part::TrustLine);
            }
            parts.extend(rung.time.and_then(|time| days.turned(self.day(time))));
            parts.push(Part::Step(self.rung(rung)));
        }
        parts.push(facts(lang));
        parts.extend(chain.findings.iter().map(|finding| Part::Fact {
            name: lang.pick("Finding", "Befund"),
            value: finding.to_string(),
        }));
        parts.extend(chain.labels.iter().map(|label| fact(label, lang)));
        parts
    }

    fn step(&self, step: &Step) -> Told {
        let began = self.clock(step.time);
        let to = self.lang.pick("to", "bis");
        let clock = match step.until {
            None => began,
            Some(end) if self.day(end) == self.day(step.time) => {
                format!("{began} {to} {}", self.clock(end))
            }
            Some(end) => format!("{began} {to} {}", moment::full(self.zone, end)),
        };
        let notes = step.notes.iter().map(ToString::to_string);
        let why = step.grading.as_ref().and_then(|grading| self.why(grading));
        Told {
            clock,
            grade: step.grade(),
            title: step.title.to_string(),
            notes: notes.chain(why).collect(),
        }
    }

    fn rung(&self, rung: &Rung) -> Told {
        let lang = self.lang;
        let clock = rung
            .time
            .map_or_else(|| moment::none(lang).to_owned(), |time| self.clock(time));
        let delay = rung.delay;
        let delay = delay.map_or_else(String::new, |delay| format!("   {}", lang.delta(delay)));
        let mut notes = vec![rung.protection.to_string()];
        notes.extend(self.why(&rung.grading));
        notes.push(evidence(rung.evidence, lang).to_owned());
        notes.extend(rung.findings.iter().map(ToString::to_string));
        Told {
            clock,
            grade: Some(rung.grading.grade),
            title: format!("{}   {} → {}{delay}", rung.number, rung.from, rung.by),
            notes,
        }
    }

    /// Why it has its grade, where that is a question: A needs no excuse, R and ? tell by their word.
    fn why(&self, grading: &Grading) -> Option<String> {
        let asked = grading.grade.rank().is_some() && grading.grade != Grade::A;
        (asked && !grading.reasons.is_empty()).then(|| grading.explain_in(self.lang))
    }

    /// A heading of what has times.
    fn heading(&self, title: &str) -> Part {
        let template = self
            .lang
            .pick("{title}, times in {zone}", "{title}, Zeiten in {zone}");
        let zone = self.zone.name();
        Part::Heading(fill(template, &[("title", title), ("zone", &zone)]))
    }

    fn day(&self, time: i64) -> String {
        moment::day(self.zone, time, self.lang)
    }

    fn clock(&self, time: i64) -> String {
        moment::clock(self.zone, time, self.lang)
    }
}

/// The day is written once: where it changes.
#[derive(Default)]
struct Days(String);

impl Days {
    fn turned(&mut self, day: String) -> Option<Part> {
        (day != self.0).then(|| {
            self.0.clone_from(&day);
            Part::Day(day)
        })
    }
}

const fn witnessed(lang: Lang) -> &'static str {
    lang.pick("witnessed", "beobachtet")
}

/// Who says what a hop shows.
const fn evidence(evidence: Evidence, lang: Lang) -> &'static str {
    match evidence {
        Evidence::Own => lang.pick(
            "evidence: own, a host of ours wrote this header",
            "Beleg: eigener Header, ein Host von uns hat ihn geschrieben",
        ),
        Evidence::Peer => lang.pick(
            "evidence: peer, the host that handed the message to us says so",
            "Beleg: Angabe der Gegenseite, die uns die Nachricht übergab",
        ),
        Evidence::Unverified => lang.pick(
            "evidence: unverified, nobody we know vouches for it",
            "Beleg: ungeprüfte Angabe, kein uns bekannter Host steht dafür ein",
        ),
        Evidence::Inconsistent => lang.pick(
            "evidence: inconsistent, it contradicts itself or its neighbours: not graded",
            "Beleg: widersprüchlich in sich oder zu den Nachbarn, nicht bewertet",
        ),
    }
}

fn facts(lang: Lang) -> Part {
    Part::Heading(lang.pick("Facts", "Angaben").to_owned())
}

fn fact(label: &Label, lang: Lang) -> Part {
    Part::Fact {
        name: label.kind.name_in(lang),
        value: label.value.to_string(),
    }
}

/// Grades mean nothing without the rules they follow.
fn rules(grades: &GradeBook, lang: Lang) -> Part {
    let day = match grades.as_of() {
        AsOf::Day(day) => format!("{} {day}", lang.pick("on", "am")),
        AsOf::Event => lang
            .pick(
                "on the day of each event",
                "am Tag des jeweiligen Ereignisses",
            )
            .to_owned(),
    };
    let template = lang.pick(
        "profile {profile}, rules in force {day}",
        "Profil {profile}, Regeln in Kraft {day}",
    );
    Part::Fact {
        name: lang.pick("Graded by", "Bewertet nach"),
        value: fill(
            template,
            &[("profile", &grades.profile().name), ("day", &day)],
        ),
    }
}
