//! The story of one message: attempts, waits, gaps, and what they mean.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::{Event, GradeBook, Message, MessageGrade, Model, Symbol, names_recipient};
use crate::parse::{Direction, Kind, Mta, exim};
use crate::text::{Clean, Lang, fill};
use crate::tls::{Grade, Grading, TlsState, Trouble};

use super::{Coverage, Label, Refusal, headline, recall, tls_words, words};

mod alone;
mod groups;
mod labels;
#[cfg(test)]
mod tests;

use groups::Group;

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
    /// Recipients without a domain that are named in it, each once: by their form nobody would know them.
    pub local_users: Vec<Clean>,
    /// The events, by number.
    pub events: Vec<u32>,
}

/// A message's timeline.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The message, by number.
    pub message: u32,
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
    /// Tells the story of a message in a language; `None` when there is no such message.
    pub fn of(model: &Model, grades: &GradeBook, number: u32, lang: Lang) -> Option<Self> {
        let message = model.messages.get(number)?;
        let teller = Teller {
            model,
            grades,
            message,
            lang,
        };
        let numbers: Vec<u32> = model.event_numbers_of(message).collect();
        let groups = groups::of(model, &numbers).into_iter();
        let mut steps: Vec<Step> = groups
            .filter_map(|(group, members)| teller.step(group, members))
            .collect();
        if steps.is_empty() {
            steps.extend(teller.only_named(&numbers));
        }
        steps.splice(0..0, teller.arrival_from_id());
        set_gaps(&mut steps);
        Some(Self {
            message: number,
            queue_id: Clean::line(model.queue_id(message)),
            grade: grades.message(number),
            headline: headline::tell(
                model,
                grades,
                number,
                steps.first().map_or(0, |step| step.time),
                lang,
            ),
            steps,
            labels: teller.labels(&numbers),
            coverage: Coverage::of_message(model, message),
        })
    }
}

/// The time between steps. Waits for several hosts go on at the same time: there is none between those.
fn set_gaps(steps: &mut [Step]) {
    let mut before: Option<(i64, i64)> = None;
    for step in steps {
        let end = step.until.unwrap_or(step.time);
        let beside = before.filter(|(from, until)| (*from..=*until).contains(&step.time));
        step.gap = match beside {
            Some(_) => Some(0),
            None => before.map(|(_, until)| step.time - until),
        };
        before = Some(beside.map_or((step.time, end), |(from, until)| (from, until.max(end))));
    }
}

struct Teller<'a> {
    model: &'a Model,
    grades: &'a GradeBook,
    message: &'a Message,
    lang: Lang,
}

impl Teller<'_> {
    fn event(&self, number: u32) -> Option<Event> {
        self.model.events.get(number)
    }

    fn step(&self, group: Group, numbers: Vec<u32>) -> Option<Step> {
        let events: Vec<Event> = numbers
            .iter()
            .filter_map(|&number| self.event(number))
            .collect();
        let (first, last) = (events.first()?, events.last()?);
        let (title, notes) = match group {
            Group::Attempt(attempt) => self.attempt(attempt, &events),
            Group::Waits { because } => self.waits(because, &events),
            Group::Alone => self.single(first),
        };
        let graded = events
            .iter()
            .max_by_key(|event| self.grades.event(self.model, event));
        let grading = graded
            .filter(|event| shows_protection(self.model, event))
            .map(|event| self.grades.grading(self.model, event));
        Some(Step {
            time: first.time(),
            until: (matches!(group, Group::Waits { .. }) && events.len() > 1).then(|| last.time()),
            gap: None,
            grading,
            title: Clean::line(&title),
            notes: notes
                .into_iter()
                .filter(|note| !note.is_empty() && *note != title)
                .map(Clean::line)
                .collect(),
            local_users: self.local_users(&events),
            events: numbers,
        })
    }

    fn attempt(&self, attempt: u16, events: &[Event]) -> (String, Vec<String>) {
        // Lines about TLS may name the host with less than the line about the outcome does.
        let outcome = events.iter().find(|event| names_recipient(event.kind));
        let named = outcome.or_else(|| events.iter().find(|event| !event.peer.is_none()));
        let peer = named.map_or(Symbol::NONE, |event| event.peer);
        let port = events.iter().find_map(|event| self.port(event));
        let title = format!(
            "{} {attempt}   {}",
            self.lang.pick("attempt", "Versuch"),
            words::host(&self.model.strings.endpoint(peer), port)
        );
        let mut notes = self.protection(events);
        for kind in [Kind::Delivery, Kind::Deferral, Kind::Failure] {
            let of_kind: Vec<&Event> = events.iter().filter(|event| event.kind == kind).collect();
            if let Some(first) = of_kind.first() {
                notes.push(format!("{} {}", self.verb(kind), self.whom(&of_kind)));
                if self.model.remark(first).trouble.is_none() {
                    notes.extend(self.why(first));
                }
            }
        }
        // A host that was passed over has no outcome; a session alone does not say why.
        let of_session =
            |event: &&Event| event.kind == Kind::Note && (event.session != 0 || event.is_leg());
        if notes.is_empty() {
            notes.extend(events.iter().filter_map(|event| self.why(event)));
        } else if outcome.is_none() {
            let answers = events.iter().filter(of_session);
            notes.extend(answers.filter_map(|event| self.why(event)));
        }
        (title, notes)
    }

    /// Recipients, each once, with the addresses that it stands for: `list@example.org (as anna@example.net)`.
    fn whom(&self, events: &[&Event]) -> String {
        let mut who: Vec<(Symbol, Vec<Symbol>)> = Vec::new();
        let mut places = HashMap::new();
        for event in events {
            let recipient = self.model.strings.recipient(event);
            let place = *places.entry(recipient).or_insert(who.len());
            if place == who.len() {
                who.push((recipient, Vec::new()));
            }
            if let Some((_, addresses)) = who.get_mut(place)
                && event.address != recipient
            {
                addresses.push(event.address);
            }
        }
        let told = who.into_iter().map(|(recipient, addresses)| {
            let recipient = self.address(recipient);
            let mut addresses: Vec<String> = addresses
                .into_iter()
                .map(|address| self.address(address))
                .filter(|address| !address.eq_ignore_ascii_case(&recipient))
                .collect();
            addresses.dedup();
            if addresses.is_empty() {
                recipient
            } else {
                let known_as = self.lang.pick("as", "als");
                format!("{recipient} ({known_as} {})", addresses.join(", "))
            }
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// What the attempt shows of TLS: a refusal in words, or the session.
    fn protection(&self, events: &[Event]) -> Vec<String> {
        let stops = |event: &&Event| {
            matches!(
                event.kind,
                Kind::Deferral | Kind::Failure | Kind::TlsRefused
            )
        };
        let failed: Vec<Event> = events
            .iter()
            .copied()
            .filter(|event| event.kind == Kind::TlsFailed)
            .collect();
        let remarks = events.iter().filter(|event| event.kind == Kind::Note);
        let remarked = remarks.copied().find_map(|event| {
            let about_tls = event.direction() == Some(Direction::Out);
            tls_words::reason(self.text(&event).as_bytes(), self.lang).filter(|_| about_tls)
        });
        let trouble = |event: &Event| self.model.remark(event).trouble;
        let stopped = (events.iter().filter(stops)).find_map(&trouble);
        let mut notes = Vec::new();
        if let Some(trouble) = stopped {
            let refusal = Refusal::of(Some(trouble), self.mta(), self.lang);
            notes.push(refusal.meaning.to_owned());
        } else if let Some(first) = failed.first() {
            notes.push(self.failure(first).to_owned());
        }
        let certificate = stopped == Some(Trouble::ValidationFailure);
        let remarked = remarked.filter(|_| certificate || !failed.is_empty());
        notes.extend(remarked.map(str::to_owned).or_else(|| self.reason(&failed)));
        let mut downgrades = events
            .iter()
            .filter(|event| event.kind == Kind::TlsDowngrade);
        if let Some(first) = downgrades.next() {
            let sent = |event: &Event| self.model.tls_state(event) == TlsState::No;
            notes.push(
                self.downgraded(sent(first) || downgrades.any(sent))
                    .to_owned(),
            );
            return notes;
        }
        notes.extend(self.policy(events));
        if stopped.is_some() {
            return notes;
        }
        let leg = events
            .iter()
            .find(|event| event.session != 0 || event.is_leg());
        notes.extend(leg.map(|event| self.leg(event)));
        notes
    }

    /// TLS failed, and the connection went on without.
    fn downgraded(&self, was_sent: bool) -> &'static str {
        if was_sent {
            return self.lang.pick(
                "TLS failed and the message was sent in clear instead",
                "TLS schlug fehl, und die Nachricht wurde stattdessen im Klartext gesendet",
            );
        }
        self.lang.pick(
            "TLS failed and the connection went on in clear; no delivery over it is shown",
            "TLS schlug fehl, und die Verbindung lief im Klartext weiter; eine Zustellung darüber ist nicht zu sehen",
        )
    }

    /// What failed when TLS was tried.
    fn failure(&self, event: &Event) -> &'static str {
        let trouble = self.model.remark(event).trouble;
        Refusal::failure_of(trouble, self.mta(), self.lang)
    }

    /// Why TLS failed: in plain words where they are known, else in those of the log.
    fn reason(&self, failed: &[Event]) -> Option<String> {
        let texts: Vec<String> = failed.iter().map(|event| self.text(event)).collect();
        let plain = texts
            .iter()
            .find_map(|text| tls_words::reason(text.as_bytes(), self.lang));
        let telling = texts
            .iter()
            .find(|text| !tls_words::is_generic(text.as_bytes()));
        plain.map(str::to_owned).or_else(|| telling.cloned())
    }

    /// What Postfix was to do about TLS, where it says so.
    fn policy(&self, events: &[Event]) -> Option<String> {
        let mut told = events.iter().filter(|event| names_recipient(event.kind));
        let event = told.next()?;
        // Where nothing was sent, "undecided" is no news.
        let sent = event.is_leg();
        let policy = |fact: &crate::parse::Fact<'_>| {
            let undecided = fact.tls_policy.ends_with(b"?");
            tls_words::policy(fact.tls_policy, self.lang).filter(|_| sent || !undecided)
        };
        recall(self.model, event, policy).ok().flatten().flatten()
    }

    fn mta(&self) -> Mta {
        let first = self.event(self.message.first);
        let origin = first.and_then(|event| self.model.origin_of(&event));
        origin.map_or_else(Mta::default, |origin| origin.mta)
    }

    /// One leg's protection in words.
    fn leg(&self, event: &Event) -> String {
        let session = self.model.session(event);
        match self.model.tls_state(event) {
            TlsState::Yes => session.map_or_else(String::new, |own| words::session(own, self.lang)),
            TlsState::No => self
                .lang
                .pick("no TLS: sent in clear", "kein TLS: im Klartext gesendet")
                .to_owned(),
            TlsState::NotStated if event.is_ambiguous() => self
                .lang
                .pick(
                    "fields of this line could be forged by the peer: not graded",
                    "Angaben dieser Zeile kann die Gegenseite gefälscht haben: nicht bewertet",
                )
                .to_owned(),
            TlsState::NotStated => self
                .lang
                .pick(
                    "TLS not stated in this log",
                    "zu TLS keine Angabe in diesem Protokoll",
                )
                .to_owned(),
            TlsState::Refused | TlsState::NotApplicable => String::new(),
        }
    }

    fn waits(&self, because: u16, events: &[Event]) -> (String, Vec<String>) {
        let title = words::counted(
            events.len(),
            self.lang.pick("one wait", "eine Wartezeit"),
            self.lang.pick("waits", "Wartezeiten"),
        );
        // The texts may name the domain.
        let mut domains = HashSet::new();
        let first = |event: &&Event| domains.insert(groups::domain(self.model, event));
        let reasons = events.iter().filter(first).map(|event| self.text(event));
        let mut said = HashSet::new();
        let reasons = reasons.filter(|reason| said.insert(reason.clone()));
        let because_of = self.lang.pick("because of attempt", "wegen Versuch");
        let cause = match because {
            0 => String::new(),
            attempt => format!(" ({because_of} {attempt})"),
        };
        let unconnected = self
            .lang
            .pick("no connection made", "keine Verbindung aufgebaut");
        (format!("{title}, {unconnected}{cause}"), reasons.collect())
    }

    /// A message of which no line tells more than its envelope.
    fn only_named(&self, numbers: &[u32]) -> Option<Step> {
        let event = self.event(*numbers.first()?)?;
        let peer = numbers.iter().filter_map(|&number| self.event(number));
        let peer = peer.map(|event| words::peer(self.model, &event));
        let from = peer.into_iter().find(|peer| !peer.is_empty());
        let by = self.lang.pick("by", "von");
        let from = from.map_or_else(String::new, |from| format!(" {by} {from}"));
        let template = self.lang.pick(
            "only its envelope was named{from}; no message is shown",
            "nur der Umschlag wurde genannt{from}; von einer Nachricht ist nichts zu sehen",
        );
        Some(Step {
            time: event.time(),
            until: None,
            gap: None,
            grading: None,
            title: Clean::line(fill(template, &[("from", &from)])),
            notes: Vec::new(),
            local_users: Vec::new(),
            events: numbers.to_vec(),
        })
    }

    /// A message whose arrival was rotated away still tells its time: Exim's queue IDs begin with it.
    fn arrival_from_id(&self) -> Option<Step> {
        let first = self.model.events.get(self.message.first)?;
        if self.message.has_arrival() || self.mta() != Mta::Exim {
            return None;
        }
        let seconds = exim::arrival_seconds(&self.model.queue_id(self.message))?;
        let time = i64::from(seconds) * 1000;
        (time <= first.time()).then(|| Step {
            time,
            until: None,
            gap: None,
            grading: None,
            title: Clean::line(self.lang.pick(
                "received (time read from the queue ID; the line is not in these files)",
                "empfangen (Zeit aus der Queue-ID gelesen; die Zeile ist nicht in diesen Dateien)",
            )),
            notes: Vec::new(),
            local_users: Vec::new(),
            events: Vec::new(),
        })
    }

    /// What became of a recipient, who is named behind it.
    const fn verb(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Delivery => self.lang.pick("delivered to", "zugestellt an"),
            Kind::Deferral => self.lang.pick("put off for", "aufgeschoben für"),
            Kind::Failure => self.lang.pick("failed for", "fehlgeschlagen für"),
            _ => self.lang.pick("dropped for", "verworfen für"),
        }
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
        lossy(&self.model.unescaped_text(event))
    }

    fn recipient(&self, event: &Event) -> String {
        self.address(self.model.strings.recipient(event))
    }

    fn local_users(&self, events: &[Event]) -> Vec<Clean> {
        let symbols = events
            .iter()
            .map(|event| self.model.strings.recipient(event));
        let symbols: BTreeSet<Symbol> = symbols.collect();
        let addresses = symbols.into_iter().map(|symbol| self.address(symbol));
        let local = addresses.filter(|address| !address.is_empty() && !address.contains('@'));
        local.map(Clean::line).collect()
    }

    fn address(&self, address: Symbol) -> String {
        lossy(self.model.strings.addresses.get(address))
    }
}

fn lossy(bytes: &[u8]) -> String {
    Clean::line(bytes).as_str().to_owned()
}

/// Lines on which the question of protection arises at all.
fn shows_protection(model: &Model, event: &Event) -> bool {
    matches!(
        event.kind,
        Kind::Arrival | Kind::Delivery | Kind::TlsRefused | Kind::TlsDowngrade | Kind::TlsFailed
    ) || event.session != 0
        || event.is_leg()
        || model.remark(event).trouble.is_some()
}

/// The grade that a whole step is coloured by.
impl Step {
    /// The grade, where protection is a question.
    pub fn grade(&self) -> Option<Grade> {
        self.grading.as_ref().map(|grading| grading.grade)
    }
}
