//! The first line of a message's detail: the answer, for a tired person.

use crate::model::{Event, GradeBook, Model, Status};
use crate::parse::{Direction, Kind};
use crate::text::{Clean, human};
use crate::tls::{Grade, TlsState, Trouble};

use super::words::{counted, peer};

/// Sums a message up: how it was protected, then what became of it.
pub(super) fn tell(model: &Model, grades: &GradeBook, number: u32, began: i64) -> Clean {
    let Some(message) = model.messages.get(number) else {
        return Clean::default();
    };
    let events: Vec<&Event> = model.events_of(message).collect();
    let took = events.last().map_or(0, |last| last.time() - began);
    let mut sentences = vec![protection(
        model,
        grades,
        &events,
        grades.message(number).grade,
    )];
    sentences.push(outcome(
        message.status,
        usize::from(message.recipients),
        took,
    ));
    if grades.message(number).incomplete {
        sentences.push("At least one leg is not shown.".to_owned());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    Clean::line(sentences.join(" "))
}

fn protection(model: &Model, grades: &GradeBook, events: &[&Event], grade: Grade) -> String {
    let worst = events
        .iter()
        .find(|event| grades.event(model, event) == grade);
    let host = worst.map_or_else(String::new, |event| peer(model, event));
    let inbound = worst.is_some_and(|event| event.direction() == Some(Direction::In));
    let (to, by) = if inbound {
        ("from", "received")
    } else {
        ("to", "sent")
    };
    match grade {
        Grade::Refused => refused(model, events),
        Grade::F => format!(
            "It was {by} in clear {to} {host}, like a postcard.{}",
            after_failure(events)
        ),
        Grade::E => format!(
            "It was {by} in clear {to} {host}, an inner address.{}",
            after_failure(events)
        ),
        Grade::D => format!("TLS in name only: what protected it {to} {host} can be broken."),
        Grade::C => format!(
            "Encrypted, but {to} {host} with a protocol or suite that is no longer allowed."
        ),
        Grade::S => format!("Encrypted; the log does not say how strongly ({to} {host})."),
        Grade::B => {
            "Encrypted on every leg that is shown; at least one suite is only tolerated.".to_owned()
        }
        Grade::A => {
            "Encrypted with current protocol and suite on every leg that is shown.".to_owned()
        }
        Grade::Local => "It never crossed a network.".to_owned(),
        Grade::Unknown => "The log does not say whether TLS was used.".to_owned(),
    }
}

fn after_failure(events: &[&Event]) -> &'static str {
    if events.iter().any(|event| event.kind == Kind::TlsDowngrade) {
        " TLS was tried before and failed."
    } else {
        ""
    }
}

fn refused(model: &Model, events: &[&Event]) -> String {
    let refusals: Vec<&&Event> = events
        .iter()
        .filter(|event| model.tls_state(event) == TlsState::Refused)
        .collect();
    let mut hosts: Vec<String> = Vec::new();
    for event in &refusals {
        let host = peer(model, event);
        if !host.is_empty() && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let numbered = crate::model::attempts::number(&model.strings, events.iter().copied());
    let mut attempts: Vec<u16> = events
        .iter()
        .zip(numbered)
        .filter(|(event, attempt)| *attempt > 0 && model.tls_state(event) == TlsState::Refused)
        .map(|(_, attempt)| attempt)
        .collect();
    attempts.dedup();
    let connections = counted(attempts.len(), "connection", "connections");
    let who = if hosts.is_empty() {
        "the peer".to_owned()
    } else {
        hosts.join(", ")
    };
    let trouble = refusals.iter().find_map(|event| event.trouble);
    let what = match trouble {
        Some(Trouble::StarttlsNotSupported) | None => "did not offer it",
        Some(Trouble::StarttlsFailed) => "offered it and then refused to start it",
        Some(Trouble::HandshakeFailed) => "failed the handshake",
        Some(Trouble::ValidationFailure) => "showed a certificate that did not pass",
        Some(Trouble::DnssecInvalid | Trouble::TlsaInvalid) => "could not be checked by DANE",
        Some(Trouble::PeerRequiresTls) => "required it of us",
    };
    let on = if attempts.is_empty() {
        String::new()
    } else {
        format!(" on {connections}")
    };
    format!("We required TLS; {who} {what}{on}. Nothing was sent in clear.")
}

fn outcome(status: Status, recipients: usize, took_millis: i64) -> String {
    let after = human::duration(u64::try_from(took_millis / 1000).unwrap_or(0));
    let whom = counted(recipients, "recipient", "recipients");
    match status {
        Status::Delivered => format!("Delivered to {whom} within {after}."),
        Status::Partial => format!("Delivered to some of {whom}, not to others."),
        Status::Deferred => format!("Still queued after {after}."),
        Status::Failed => format!("Delivery failed for {whom}."),
        Status::Rejected => "It was refused before it was taken in.".to_owned(),
        Status::Discarded => "It was dropped on purpose.".to_owned(),
        Status::Queued => "Taken in; nothing more is in these files.".to_owned(),
        Status::Unknown => String::new(),
    }
}
