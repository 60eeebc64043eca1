//! The first line of a message's detail: the answer, for a tired person.

use crate::model::{Event, GradeBook, Model, Status, attempts};
use crate::parse::{Direction, Kind, Mta};
use crate::text::{Clean, human};
use crate::tls::{Grade, TlsState, Trouble};

use super::words::{counted, peer};

/// Sums a message up: how it was protected, then what became of it.
pub(super) fn tell(model: &Model, grades: &GradeBook, number: u32, began: i64) -> Clean {
    let Some(message) = model.messages.get(number) else {
        return Clean::default();
    };
    let events: Vec<Event> = model.events_of(message).collect();
    let took = model.span_of(message).1 - began;
    let writer = events.first().and_then(|event| model.origin_of(event));
    let case = Case {
        model,
        grades,
        events: &events,
        mta: writer.map_or_else(Mta::default, |origin| origin.mta),
        status: message.status(),
    };
    let grade = grades.message(number).grade;
    let mut sentences = vec![
        case.protection(grade),
        outcome(message.status(), usize::from(message.recipients), took),
    ];
    if grades.message(number).incomplete {
        sentences.push("At least one leg is not shown.".to_owned());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    if sentences.is_empty() {
        sentences.push("No message was taken in, as far as these files tell.".to_owned());
    }
    Clean::line(sentences.join(" "))
}

/// One message, and who wrote of it.
struct Case<'a> {
    model: &'a Model,
    grades: &'a GradeBook,
    events: &'a [Event],
    mta: Mta,
    status: Status,
}

impl Case<'_> {
    fn protection(&self, grade: Grade) -> String {
        let told = match grade {
            Grade::F => self.plain(grade, ", like a postcard"),
            Grade::E => self.plain(grade, ", at an inner address"),
            Grade::D => {
                let (to, host) = self.worst(grade);
                format!("TLS in name only: what protected it {to} {host} can be broken.")
            }
            Grade::C => {
                let (to, host) = self.worst(grade);
                format!(
                    "Encrypted, but {to} {host} with a protocol or suite that is no longer allowed."
                )
            }
            Grade::S => {
                let (to, host) = self.worst(grade);
                format!("Encrypted; the log does not say how strongly ({to} {host}).")
            }
            Grade::B => {
                "Encrypted on every leg that is shown; at least one suite is only tolerated."
                    .to_owned()
            }
            Grade::A => {
                "Encrypted with current protocol and suite on every leg that is shown.".to_owned()
            }
            Grade::Local if matches!(self.status, Status::Queued | Status::Deferred) => {
                "It has not crossed a network so far.".to_owned()
            }
            Grade::Local => "It never crossed a network.".to_owned(),
            Grade::Unknown if self.events.iter().any(is_leg) => {
                "The log does not say whether TLS was used.".to_owned()
            }
            Grade::Refused | Grade::Unknown => String::new(),
        };
        let parts = [told, self.downgraded(), self.refused()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }

    /// Where a leg of that grade leads, and to or from whom.
    fn worst(&self, grade: Grade) -> (&'static str, String) {
        let mut events = self.events.iter();
        let worst = events.find(|event| self.grades.event(self.model, event) == grade);
        let inbound = worst.is_some_and(|event| event.direction() == Some(Direction::In));
        let host = worst.map_or_else(String::new, |event| peer(self.model, event));
        (if inbound { "from" } else { "to" }, host)
    }

    /// `It was received in clear from A and sent in clear to B, like a postcard.`
    fn plain(&self, grade: Grade, like: &str) -> String {
        let hosts = |inbound: bool| {
            let legs = self.events.iter().filter(|event| is_leg(event));
            let legs = legs.filter(|event| self.grades.event(self.model, event) == grade);
            let own = legs.filter(|event| (event.direction() == Some(Direction::In)) == inbound);
            distinct(own.map(|event| peer(self.model, event)))
        };
        let ways = [
            ("received in clear from", hosts(true)),
            ("sent in clear to", hosts(false)),
        ];
        let told = ways.into_iter().filter(|(_, hosts)| !hosts.is_empty());
        let told: Vec<String> = told
            .map(|(what, hosts)| format!("{what} {}", hosts.join(", ")))
            .collect();
        if told.is_empty() {
            let (to, host) = self.worst(grade);
            let by = if to == "from" { "received" } else { "sent" };
            return format!("It was {by} in clear {to} {host}{like}.");
        }
        format!("It was {}{like}.", told.join(" and "))
    }

    fn downgraded(&self) -> String {
        let downgrades = self
            .events
            .iter()
            .filter(|event| event.kind == Kind::TlsDowngrade);
        let hosts = distinct(downgrades.map(|event| peer(self.model, event)));
        match hosts.as_slice() {
            [] => String::new(),
            hosts => format!(
                "TLS with {} was tried before and failed: downgraded.",
                hosts.join(", ")
            ),
        }
    }

    /// Nothing went over connections on which TLS was wanted and not had. Only where that is the whole story,
    /// nothing at all was sent in clear.
    fn refused(&self) -> String {
        let stopped = |event: &&Event| self.model.was_stopped(event);
        let refusals: Vec<&Event> = self.events.iter().filter(stopped).collect();
        if refusals.is_empty() || self.is_downgraded() {
            return String::new();
        }
        let hosts = distinct(refusals.iter().map(|event| peer(self.model, event)));
        let who = if hosts.is_empty() {
            "the peer".to_owned()
        } else {
            hosts.join(", ")
        };
        let trouble = (refusals.iter()).find_map(|event| self.model.remark(event).trouble);
        let what = match trouble {
            Some(Trouble::StarttlsNotSupported) | None => "did not offer it",
            Some(Trouble::StarttlsFailed) => "offered it and then refused to start it",
            Some(Trouble::HandshakeFailed) => "failed the handshake",
            Some(Trouble::ValidationFailure) => "showed a certificate that did not pass",
            Some(Trouble::DnssecInvalid | Trouble::TlsaInvalid) => "could not be checked by DANE",
            Some(Trouble::PeerRequiresTls) => "required it of us",
        };
        let wish = match trouble {
            // Exim alone goes on in clear at once where TLS is optional; the others put the message off.
            Some(Trouble::HandshakeFailed) if self.mta != Mta::Exim => "We tried TLS",
            _ => "We required TLS",
        };
        let connections = self.refused_connections();
        let on = match connections {
            0 => String::new(),
            number => format!(" on {}", counted(number, "connection", "connections")),
        };
        let nothing = match connections {
            _ if !self.sent_in_clear() => "Nothing was sent in clear.",
            0 => "Nothing was sent then.",
            1 => "Nothing was sent on it.",
            _ => "Nothing was sent on them.",
        };
        format!("{wish}; {who} {what}{on}. {nothing}")
    }

    fn refused_connections(&self) -> usize {
        let numbered = attempts::number(&self.model.strings, self.events.iter().copied());
        let events = self.events.iter().zip(numbered);
        let refused =
            events.filter(|(event, attempt)| *attempt > 0 && self.model.was_stopped(event));
        let mut attempts: Vec<u16> = refused.map(|(_, attempt)| attempt).collect();
        attempts.dedup();
        attempts.len()
    }

    fn is_downgraded(&self) -> bool {
        let mut events = self.events.iter();
        events.any(|event| event.kind == Kind::TlsDowngrade)
    }

    /// A leg went in clear, or nobody knows.
    fn sent_in_clear(&self) -> bool {
        let mut legs = self.events.iter().filter(|event| is_leg(event));
        legs.any(|event| self.model.tls_state(event) != TlsState::Yes)
    }
}

/// Events by which the message itself travelled over a network.
fn is_leg(event: &Event) -> bool {
    matches!(event.kind, Kind::Arrival | Kind::Delivery)
        && matches!(event.direction(), Some(Direction::In | Direction::Out))
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !name.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn outcome(status: Status, recipients: usize, took_millis: i64) -> String {
    let after = human::duration(u64::try_from(took_millis / 1000).unwrap_or(0));
    let whom = counted(recipients, "recipient", "recipients");
    match status {
        Status::Delivered => format!("Delivered to {whom} within {after}."),
        Status::Partial if recipients == 1 => {
            "Delivered to some of the addresses that its recipient stands for, not to others."
                .to_owned()
        }
        Status::Partial => format!("Delivered to some of {whom}, not to others."),
        Status::Deferred if took_millis < 1000 => "Still queued.".to_owned(),
        Status::Deferred => format!("Still queued after {after}."),
        Status::Failed => format!("Delivery failed for {whom}."),
        Status::Rejected => "It was refused before it was taken in.".to_owned(),
        Status::Discarded => "It was dropped on purpose.".to_owned(),
        Status::Queued => "Taken in; nothing more is in these files.".to_owned(),
        Status::Unknown => String::new(),
    }
}
