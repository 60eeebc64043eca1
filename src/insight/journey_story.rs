//! The story of a message over several logged hosts, and of the notices about it.

use crate::model::journey::{Leg, Notice, Proof};
use crate::model::{GradeBook, Message, Model, Status};
use crate::text::{Clean, Lang, fill};
use crate::tls::Grade;

use super::Timeline;

/// One queue entry of a journey, in words.
#[derive(Clone, Debug)]
pub struct Station {
    /// The message, by number.
    pub message: u32,
    /// The host that had it.
    pub host: Clean,
    /// Its queue ID there.
    pub queue_id: Clean,
    /// Its grade.
    pub grade: Grade,
    /// When it came in, in milliseconds since 1970-01-01 UTC.
    pub time: i64,
    /// What became of it there.
    pub status: Status,
    /// Who handed it over, and what shows that.
    pub notes: Vec<Clean>,
    /// It is told of in full beside this.
    pub told: bool,
}

/// A notice about a message, or what the message is a notice of.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The other message, by number.
    pub message: u32,
    /// Grade of the other message.
    pub grade: Grade,
    /// When it came in, in milliseconds since 1970-01-01 UTC.
    pub time: i64,
    /// `bounce of ID`, `bounced as ID`.
    pub text: Clean,
    /// What became of the other message.
    pub status: Status,
}

/// A journey over several queue entries.
#[derive(Clone, Debug)]
pub struct JourneyStory {
    /// The message below whose timeline it belongs: the last one that is told of, by number.
    pub below: u32,
    /// The queue entries in order of time; empty where there is but one.
    pub stations: Vec<Station>,
    /// Notices.
    pub references: Vec<Reference>,
}

impl JourneyStory {
    /// Tells the journey of a message in a language; `told` are those of which the timelines stand beside it. `None` where
    /// the logs show one queue entry and no notice.
    pub fn of(
        model: &Model,
        grades: &GradeBook,
        number: u32,
        told: &[u32],
        lang: Lang,
    ) -> Option<Self> {
        let legs = model.journey_of(number);
        let teller = Teller {
            model,
            grades,
            legs: &legs,
            lang,
        };
        let mut stations = Vec::new();
        if legs.len() > 1 {
            stations.extend(legs.iter().filter_map(|leg| teller.station(leg, told)));
        }
        let mut references = Vec::new();
        for leg in &legs {
            for notice in model.notices_of(leg.message) {
                references.extend(teller.reference(leg, notice));
            }
        }
        let own = |message: &&u32| legs.iter().any(|leg| leg.message == **message);
        let empty = stations.is_empty() && references.is_empty();
        (!empty).then_some(Self {
            below: told.iter().rev().find(own).copied().unwrap_or(number),
            stations,
            references,
        })
    }

    /// Tells the journeys of messages whose timelines stand beside it, each journey once.
    pub fn all(model: &Model, grades: &GradeBook, told: &[u32], lang: Lang) -> Vec<Self> {
        let mut stories: Vec<Self> = Vec::new();
        for &number in told {
            if !stories.iter().any(|story| story.holds(number)) {
                stories.extend(Self::of(model, grades, number, told, lang));
            }
        }
        stories
    }

    /// The journeys that belong below a timeline: a notice is of that message and of no other that has the
    /// same queue ID.
    pub fn below<'a>(all: &'a [Self], timeline: &Timeline) -> impl Iterator<Item = &'a Self> {
        let message = timeline.message;
        all.iter().filter(move |story| story.below == message)
    }

    fn holds(&self, number: u32) -> bool {
        (self.stations.iter()).any(|station| station.message == number)
    }
}

struct Teller<'a> {
    model: &'a Model,
    grades: &'a GradeBook,
    legs: &'a [Leg],
    lang: Lang,
}

impl Teller<'_> {
    fn station(&self, leg: &Leg, told: &[u32]) -> Option<Station> {
        let message = self.model.messages.get(leg.message)?;
        let from = leg.from.and_then(|(from, proof)| {
            let before = self.legs.get(from)?;
            let before = self.model.messages.get(before.message)?;
            Some(Clean::line(self.handover(before, message, proof)))
        });
        Some(Station {
            message: leg.message,
            host: self.host(message),
            queue_id: self.queue_id(message),
            grade: self.grades.message(leg.message).grade,
            time: self.came_in(message),
            status: message.status(),
            notes: from.into_iter().collect(),
            told: told.contains(&leg.message),
        })
    }

    fn handover(&self, before: &Message, after: &Message, proof: Proof) -> String {
        let lang = self.lang;
        let who = if before.host == after.host {
            lang.pick("from {id} on the same host", "von {id} auf demselben Host")
        } else {
            lang.pick("from {host} {id}", "von {host} {id}")
        };
        let shown = match proof {
            Proof::QueueId => lang.pick(
                ", whose log names this queue ID",
                ", dessen Protokoll diese Queue-ID nennt",
            ),
            Proof::Requeued => lang.pick(
                ", put into the queue again",
                ", erneut in die Warteschlange gestellt",
            ),
            Proof::MessageId => lang.pick(
                ", by Message-ID, time and envelope",
                ", nach Message-ID, Zeit und Umschlag",
            ),
        };
        let (host, id) = (self.host(before), self.queue_id(before));
        let who = fill(who, &[("host", &host), ("id", &id)]);
        format!("{who}{shown}")
    }

    /// What one of the journey's queue entries has to do with another message; which one it is, is said
    /// where there are several.
    fn reference(&self, leg: &Leg, notice: Notice) -> Option<Reference> {
        let other = self.model.messages.get(notice.other)?;
        let template = match (notice.bounce, notice.is_notice) {
            (true, true) => self.lang.pick("bounce of {id}", "Bounce von {id}"),
            (true, false) => self
                .lang
                .pick("bounced as {id}", "als Bounce {id} zurückgesandt"),
            (false, true) => self.lang.pick("notice about {id}", "Meldung über {id}"),
            (false, false) => self
                .lang
                .pick("told of in notice {id}", "erwähnt in der Meldung {id}"),
        };
        let what = fill(template, &[("id", &self.queue_id(other))]);
        let text = match self.model.messages.get(leg.message) {
            Some(own) if self.legs.len() > 1 => {
                format!("{} {}: {what}", self.host(own), self.queue_id(own))
            }
            _ => what,
        };
        Some(Reference {
            message: notice.other,
            grade: self.grades.message(notice.other).grade,
            time: self.came_in(other),
            text: Clean::line(text),
            status: other.status(),
        })
    }

    fn host(&self, message: &Message) -> Clean {
        match self.model.strings.words.get(message.host) {
            b"" => Clean::line(self.lang.pick("this host", "dieser Host")),
            host => Clean::line(host),
        }
    }

    fn queue_id(&self, message: &Message) -> Clean {
        Clean::line(self.model.queue_id(message))
    }

    fn came_in(&self, message: &Message) -> i64 {
        self.model.span_of(message).0
    }
}
