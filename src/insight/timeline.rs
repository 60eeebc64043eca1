//! The story of one message: attempts, waits, gaps, and what they mean.

use std::collections::{HashMap, HashSet};

use crate::model::{Event, GradeBook, Message, MessageGrade, Model, Symbol, attempts};
use crate::parse::{Direction, Kind, exim};
use crate::text::{Clean, human, unescape_exim};
use crate::tls::{Grade, Grading, TlsState};

use super::{Coverage, headline, recall, words};

/// A named fact below the timeline: `Subject`, `Seen in`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The name.
    pub name: &'static str,
    /// The value.
    pub value: Clean,
}

/// One step of the story: one or more events told together.
#[derive(Clone, Debug)]
pub struct Step {
    /// When it began: milliseconds since 1970-01-01 UTC.
    pub time: i64,
    /// When it ended, for folded waits.
    pub until: Option<i64>,
    /// Milliseconds since the step before.
    pub gap: Option<i64>,
    /// Its grade and why; `None` where protection is no question.
    pub grading: Option<Grading>,
    /// What happened, in a few words.
    pub title: Clean,
    /// What that means, and the words of the log.
    pub notes: Vec<Clean>,
    /// The events, by number.
    pub events: Vec<u32>,
}

/// A message's timeline.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Queue ID.
    pub queue_id: Clean,
    /// Grade of the message.
    pub grade: MessageGrade,
    /// The answer, in a sentence or two.
    pub headline: Clean,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Further facts.
    pub labels: Vec<Label>,
    /// What the log does not say of its legs although a setting would have it said.
    pub coverage: Coverage,
}

impl Timeline {
    /// Tells the story of a message; `None` when there is no such message.
    pub fn of(model: &Model, grades: &GradeBook, number: u32) -> Option<Self> {
        let message = model.messages.get(number)?;
        let teller = Teller {
            model,
            grades,
            message,
        };
        let numbers: Vec<u32> = model.event_numbers_of(message).collect();
        let mut steps = teller.steps(&numbers);
        steps.splice(0..0, teller.arrival_from_id());
        let mut before: Option<i64> = None;
        for step in &mut steps {
            step.gap = before.map(|before| step.time - before);
            before = Some(step.until.unwrap_or(step.time));
        }
        Some(Self {
            queue_id: Clean::line(model.queue_id(message)),
            grade: grades.message(number),
            headline: headline::tell(
                model,
                grades,
                number,
                steps.first().map_or(0, |step| step.time),
            ),
            steps,
            labels: teller.labels(&numbers),
            coverage: Coverage::of_message(model, message),
        })
    }
}

struct Teller<'a> {
    model: &'a Model,
    grades: &'a GradeBook,
    message: &'a Message,
}

impl Teller<'_> {
    fn event(&self, number: u32) -> Option<&Event> {
        self.model.events.get(number)
    }

    /// Groups the events into steps: those of one attempt, and waits that follow each other.
    fn steps(&self, numbers: &[u32]) -> Vec<Step> {
        let events = numbers.iter().filter_map(|&number| self.event(number));
        let attempt_of = attempts::number(&self.model.strings, events);
        let mut groups: Vec<(Group, Vec<u32>)> = Vec::new();
        let mut place_of: HashMap<u16, usize> = HashMap::new();
        let mut last_attempt = 0;
        for (&number, &attempt) in numbers.iter().zip(&attempt_of) {
            let told = self.event(number).filter(|event| !is_silent(event));
            let Some(event) = told else {
                continue;
            };
            let group = match (attempt, event.kind) {
                (0, Kind::RetryWait) => Group::Waits {
                    because: last_attempt,
                },
                (0, _) => Group::Alone,
                (attempt, _) => Group::Attempt(attempt),
            };
            last_attempt = last_attempt.max(attempt);
            let same = match group {
                Group::Alone => None,
                Group::Waits { .. } => groups.last_mut().filter(|(last, _)| *last == group),
                Group::Attempt(attempt) => {
                    let place = *place_of.entry(attempt).or_insert(groups.len());
                    groups.get_mut(place)
                }
            };
            match same {
                Some((_, members)) => members.push(number),
                None => groups.push((group, vec![number])),
            }
        }
        groups
            .into_iter()
            .filter_map(|(group, members)| self.step(group, members))
            .collect()
    }

    fn step(&self, group: Group, numbers: Vec<u32>) -> Option<Step> {
        let events: Vec<&Event> = numbers
            .iter()
            .filter_map(|&number| self.event(number))
            .collect();
        let (first, last) = (*events.first()?, *events.last()?);
        let (title, notes) = match group {
            Group::Attempt(attempt) => self.attempt(attempt, &events),
            Group::Waits { because } => self.waits(because, &events),
            Group::Alone => self.single(first),
        };
        let graded = events
            .iter()
            .max_by_key(|event| self.grades.event(self.model, event));
        let grading = graded
            .filter(|event| shows_protection(event))
            .map(|event| self.grades.grading(self.model, event));
        Some(Step {
            time: first.time(),
            until: (matches!(group, Group::Waits { .. }) && events.len() > 1).then(|| last.time()),
            gap: None,
            grading,
            title: Clean::line(title),
            notes: notes
                .into_iter()
                .filter(|note| !note.is_empty())
                .map(Clean::line)
                .collect(),
            events: numbers,
        })
    }

    fn attempt(&self, attempt: u16, events: &[&Event]) -> (String, Vec<String>) {
        // Lines about TLS may name the host with less than the line about the outcome does.
        let outcome = events.iter().find(|event| is_about_recipient(event.kind));
        let named = outcome.or(events.first());
        let peer = named.map_or(Symbol::NONE, |event| event.peer);
        let port = events.iter().find_map(|event| self.port(event));
        let title = format!(
            "attempt {attempt}   {}",
            words::host(&self.model.strings.endpoint(peer), port)
        );
        let mut notes = self.protection(events);
        for kind in [Kind::Delivery, Kind::Deferral, Kind::Failure] {
            let of_kind: Vec<&&Event> = events.iter().filter(|event| event.kind == kind).collect();
            if let Some(first) = of_kind.first() {
                let who: Vec<String> = of_kind.iter().map(|event| self.recipient(event)).collect();
                notes.push(format!("{} {}", verb(kind), who.join(", ")));
                if first.trouble.is_none() {
                    notes.extend(self.why(first));
                }
            }
        }
        if notes.is_empty() {
            notes.extend(events.iter().filter_map(|event| self.why(event)));
        }
        (title, notes)
    }

    /// What the attempt shows of TLS: a refusal in words, or the session.
    fn protection(&self, events: &[&Event]) -> Vec<String> {
        let stops = |event: &&&Event| {
            matches!(
                event.kind,
                Kind::Deferral | Kind::Failure | Kind::TlsRefused
            )
        };
        if let Some(trouble) = events.iter().filter(stops).find_map(|event| event.trouble) {
            return vec![words::refusal(trouble).to_owned()];
        }
        let mut notes = Vec::new();
        let failed = events.iter().find(|event| event.kind == Kind::TlsFailed);
        if let Some(failed) = failed {
            notes.push(words::tls_failure(failed.trouble).to_owned());
            notes.extend(self.why(failed));
        }
        if events.iter().any(|event| event.kind == Kind::TlsDowngrade) {
            notes.push("TLS failed and the message was sent in clear instead".to_owned());
        }
        let leg = events
            .iter()
            .find(|event| event.session != 0 || event.kind == Kind::Delivery);
        notes.extend(leg.map(|event| self.leg(event)));
        notes
    }

    /// One leg's protection in words.
    fn leg(&self, event: &Event) -> String {
        match self.model.tls_state(event) {
            TlsState::Yes => self
                .model
                .session(event)
                .map_or_else(String::new, words::session),
            TlsState::No => "no TLS: sent in clear".to_owned(),
            TlsState::NotStated if event.is_ambiguous() => {
                "fields of this line could be forged by the peer: not graded".to_owned()
            }
            TlsState::NotStated => "TLS not stated in this log".to_owned(),
            TlsState::Refused | TlsState::NotApplicable => String::new(),
        }
    }

    fn waits(&self, because: u16, events: &[&Event]) -> (String, Vec<String>) {
        let title = words::counted(events.len(), "wait", "waits");
        let reason = events
            .first()
            .map_or_else(String::new, |event| self.text(event));
        let cause = match because {
            0 => String::new(),
            attempt => format!(" (because of attempt {attempt})"),
        };
        (format!("{title}, no connection made{cause}"), vec![reason])
    }

    fn single(&self, event: &Event) -> (String, Vec<String>) {
        let mut notes = Vec::new();
        let title = match event.kind {
            Kind::Arrival => {
                notes.push(self.leg(event));
                self.arrival(event)
            }
            Kind::Delivery if event.flag == Some(crate::parse::Flag::Suppressed) => {
                format!("delivery to {} suppressed (-N)", self.recipient(event))
            }
            Kind::Delivery => format!("delivered here: {}", self.recipient(event)),
            Kind::Completion => "completed: no recipient is left".to_owned(),
            kind @ (Kind::Deferral | Kind::Failure | Kind::Discarded) => {
                notes.extend(self.why(event));
                format!("{} {}", verb(kind), self.recipient(event))
            }
            Kind::Frozen => "frozen: no further attempts until it is thawed".to_owned(),
            Kind::Thawed => "thawed".to_owned(),
            kind => {
                notes.push(self.text(event));
                kind.name().replace('_', " ")
            }
        };
        (title, notes)
    }

    fn arrival(&self, event: &Event) -> String {
        let protocol = Clean::line(self.model.strings.words.get(self.message.protocol));
        let with = if protocol.is_empty() {
            String::new()
        } else {
            format!(" with {}", protocol.as_str())
        };
        match event.direction() {
            Some(Direction::In) => {
                format!(
                    "received from {}{with}",
                    words::host(&self.model.strings.endpoint(event.peer), None)
                )
            }
            _ => format!("submitted here{with}"),
        }
    }

    /// A message whose arrival was rotated away still tells its time: Exim's queue IDs begin with it.
    fn arrival_from_id(&self) -> Option<Step> {
        let first = self.model.events.get(self.message.first)?;
        let is_exim = self.model.origin_of(first)?.mta == crate::parse::Mta::Exim;
        if self.message.has_arrival() || !is_exim {
            return None;
        }
        let seconds = exim::arrival_seconds(&self.model.queue_id(self.message))?;
        let time = i64::from(seconds) * 1000;
        (time <= first.time()).then(|| Step {
            time,
            until: None,
            gap: None,
            grading: None,
            title: Clean::line(
                "received (time read from the queue ID; the line is not in these files)",
            ),
            notes: Vec::new(),
            events: Vec::new(),
        })
    }

    fn labels(&self, numbers: &[u32]) -> Vec<Label> {
        let mut labels = Vec::new();
        let mut add = |name, value: String| {
            if !value.is_empty() {
                labels.push(Label {
                    name,
                    value: Clean::line(value),
                });
            }
        };
        add("From", self.address(self.message.sender));
        add("To", self.recipients(numbers));
        if let Some(arrival) = self.event(self.message.arrival) {
            let subject = recall(self.model, arrival, |fact| {
                unescape_exim(fact.subject).into_owned()
            });
            let subject = subject.ok().flatten().unwrap_or_default();
            add("Subject", String::from_utf8_lossy(&subject).into_owned());
        }
        add(
            "Message-ID",
            lossy(self.model.strings.message_ids.get(self.message.message_id)),
        );
        if self.message.size > 0 {
            add("Size", human::bytes(u64::from(self.message.size)));
        }
        add("Route", self.route(numbers));
        add("Error", self.error(numbers));
        add("Seen in", self.seen_in(numbers));
        labels
    }

    /// Every recipient once, in the order of the log.
    fn recipients(&self, numbers: &[u32]) -> String {
        let mut seen = HashSet::new();
        let events = numbers.iter().filter_map(|&number| self.event(number));
        let told = events.filter(|event| is_about_recipient(event.kind));
        let once = told.filter(|event| seen.insert(event.recipient()));
        let names: Vec<String> = once.map(|event| self.recipient(event)).collect();
        names.join(", ")
    }

    fn route(&self, numbers: &[u32]) -> String {
        let routed = numbers
            .iter()
            .rev()
            .filter_map(|&number| self.event(number));
        let mut routed = routed.filter(|event| is_about_recipient(event.kind));
        let route = routed.find_map(|event| {
            let both = |fact: &crate::parse::Fact<'_>| (lossy(fact.router), lossy(fact.transport));
            recall(self.model, event, both)
                .ok()
                .flatten()
                .filter(|(router, _)| !router.is_empty())
        });
        route.map_or_else(String::new, |(router, transport)| {
            if transport.is_empty() {
                router
            } else {
                format!("{router} / {transport}")
            }
        })
    }

    fn error(&self, numbers: &[u32]) -> String {
        let events = numbers
            .iter()
            .rev()
            .filter_map(|&number| self.event(number));
        let mut said: Vec<String> = Vec::new();
        for event in events.filter(|event| event.errno != 0) {
            let text = self.model.strings.texts.get(event.text);
            let meaning =
                exim::errno_meaning(event.errno, text).unwrap_or("no plain meaning known");
            let line = format!("{} {meaning}", event.errno);
            if !said.contains(&line) {
                said.push(line);
            }
        }
        said.join("; ")
    }

    fn seen_in(&self, numbers: &[u32]) -> String {
        let mut ranges: Vec<(u32, u32, u32)> = Vec::new();
        for event in numbers.iter().filter_map(|&number| self.event(number)) {
            let number = self.model.file_number(event);
            match ranges.iter_mut().find(|(file, ..)| *file == number) {
                Some((_, first, last)) => {
                    *first = event.line.min(*first);
                    *last = event.line.max(*last);
                }
                None => ranges.push((number, event.line, event.line)),
            }
        }
        let told = ranges.iter().map(|&(file, first, last)| {
            let path = self.model.path(file).display();
            if first == last {
                format!("{path} line {first}")
            } else {
                format!("{path} lines {first}-{last}")
            }
        });
        told.collect::<Vec<_>>().join(", ")
    }

    fn port(&self, event: &Event) -> Option<u16> {
        recall(self.model, event, |fact| fact.peer.port)
            .ok()
            .flatten()
            .flatten()
    }

    fn why(&self, event: &Event) -> Option<String> {
        let text = self.text(event);
        (!text.is_empty()).then_some(text)
    }

    fn text(&self, event: &Event) -> String {
        lossy(&unescape_exim(self.model.strings.texts.get(event.text)))
    }

    fn recipient(&self, event: &Event) -> String {
        self.address(event.recipient())
    }

    fn address(&self, address: Symbol) -> String {
        lossy(self.model.strings.addresses.get(address))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Attempt(u16),
    Waits { because: u16 },
    Alone,
}

fn lossy(bytes: &[u8]) -> String {
    Clean::line(bytes).as_str().to_owned()
}

const fn verb(kind: Kind) -> &'static str {
    match kind {
        Kind::Delivery => "delivered to",
        Kind::Deferral => "put off for",
        Kind::Failure => "failed for",
        _ => "dropped for",
    }
}

const fn is_about_recipient(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Delivery | Kind::Deferral | Kind::RetryWait | Kind::Failure | Kind::Discarded
    )
}

/// Lines that only fill in what is told of others: the Message-ID, the size, the TLS of a delivery.
fn is_silent(event: &Event) -> bool {
    match event.kind {
        Kind::Note => event.text.is_none() && event.trouble.is_none(),
        Kind::Session => event.session != 0,
        _ => false,
    }
}

/// Lines on which the question of protection arises at all.
fn shows_protection(event: &Event) -> bool {
    matches!(
        event.kind,
        Kind::Arrival | Kind::Delivery | Kind::TlsRefused | Kind::TlsDowngrade | Kind::TlsFailed
    ) || event.trouble.is_some()
        || event.session != 0
}

/// The grade that a whole step is coloured by.
impl Step {
    /// The grade, where protection is a question.
    pub fn grade(&self) -> Option<Grade> {
        self.grading.as_ref().map(|grading| grading.grade)
    }
}
