//! A row in one sentence, as one pastes it into a ticket.

use super::mask::Mask;
use super::moment;
use crate::insight::findings::Finding;
use crate::insight::posture::Posture;
use crate::insight::{Refusal, peer, recall, session};
use crate::model::{Event, GradeBook, Mail, Message, MessageGrade, Model, OnLine, Zone, attempts};
use crate::parse::{Direction, Mta};
use crate::query::eval::Table;
use crate::text::{Clean, Lang};
use crate::tls::{Grade, TlsState};

/// What a sentence is made from.
pub struct Context<'a> {
    /// What was loaded.
    pub model: &'a Model,
    /// Its grades.
    pub grades: &'a GradeBook,
    /// Zone of the times.
    pub zone: Zone,
    /// People become pseudonyms; `None` leaves them.
    pub mask: Option<&'a Mask>,
}

/// The sentence of a row; empty when there is no such row.
pub fn of(context: &Context<'_>, table: Table, row: u32) -> String {
    let told = match table {
        Table::Messages => message(context, row),
        // Their rows are no facts of the model: see [`posture`] and [`finding`].
        Table::Hosts | Table::Findings | Table::Overview => None,
        Table::Chains => mail(context, row),
    };
    let told = told.unwrap_or_default();
    context
        .mask
        .map_or_else(|| told.clone(), |mask| mask.text(&told))
}

/// `mx.example.net (out): regressed, now C - deprecated since TIME; 14 deliveries (A 12, C 2), 2 refused`.
pub fn posture(zone: Zone, name: &str, posture: &Posture) -> String {
    let scale = Grade::ALL
        .into_iter()
        .filter(|grade| posture.tally.of(*grade) > 0);
    let grades: Vec<String> = scale
        .map(|grade| format!("{} {}", grade.letter(), posture.tally.of(grade)))
        .collect();
    let grades = match grades.as_slice() {
        [] => String::new(),
        grades => format!(" ({})", grades.join(", ")),
    };
    let since = posture.since();
    let since = since.map_or_else(String::new, |since| {
        format!(" since {}", moment::full(zone, since))
    });
    format!(
        "{name} ({}): {}, now {}{since}; {} deliveries{grades}, {} refused, {} waits, {} to {}",
        posture.direction.name(),
        posture.trend.name(),
        badge(posture.latest),
        posture.deliveries(),
        posture.refused,
        posture.waits,
        moment::full(zone, posture.first),
        moment::full(zone, posture.last),
    )
}

/// `violation: Sent in clear to HOST over a public network: 2 deliveries. (TIME to TIME, sent-clear-3f9k2m1a)`.
pub fn finding(zone: Zone, finding: &Finding) -> String {
    let time = |time| moment::full(zone, time);
    let when = match (finding.first, finding.last) {
        (Some(first), Some(last)) if first < last => format!("{} to {}, ", time(first), time(last)),
        (Some(only), _) => format!("{}, ", time(only)),
        _ => String::new(),
    };
    format!(
        "{}: {} ({when}{})",
        finding.severity.name(),
        finding.summary(Lang::En),
        finding.id
    )
}

/// `2020-02-25 04:55:03 +0100 ID to a@example.org: deferred, R / refused: WHY, FILE line 1`.
fn message(context: &Context<'_>, row: u32) -> Option<String> {
    let &Context {
        model,
        grades,
        zone,
        mask,
    } = context;
    let message = model.messages.get(row)?;
    let first = model.events.get(message.first)?;
    let events: Vec<Event> = model.events_of(message).collect();
    let MessageGrade { grade, .. } = grades.message(row);
    let id = Clean::line(model.queue_id(message));
    let parts = [
        Some(message.status().name().to_owned()),
        Some(badge(grade)),
        why(model, grades, &events, grade),
    ];
    let verdict = join_verdict(parts, message);
    Some(format!(
        "{} {id}{}: {verdict}, {} line {}",
        moment::full(zone, first.time()),
        recipients(model, message, mask),
        Clean::line(
            model
                .path(model.file_number(&first))
                .as_os_str()
                .as_encoded_bytes()
        ),
        model.events.line(&first)
    ))
}

/// `deferred, R / refused: WHY (5 waits)`.
fn join_verdict(parts: [Option<String>; 3], message: &Message) -> String {
    let [status, grade, why] = parts.map(Option::unwrap_or_default);
    let why = if why.is_empty() {
        why
    } else {
        format!(": {why}")
    };
    let waits = match message.waits {
        0 => String::new(),
        1 => " (one wait)".to_owned(),
        waits => format!(" ({waits} waits)"),
    };
    format!("{status}, {grade}{why}{waits}")
}

fn badge(grade: Grade) -> String {
    format!("{} {} {}", grade.letter(), grade.mark(), grade.word())
}

/// ` to a@example.org and 3 more`.
fn recipients(model: &Model, message: &Message, mask: Option<&Mask>) -> String {
    let read = |event: &Event| recall(model, event, OnLine::of).ok().flatten();
    let all = model.recipients_of(message, read);
    let Some((first, more)) = all.split_first() else {
        return String::new();
    };
    let first = Clean::line(first);
    let first = mask.map_or_else(|| first.to_string(), |mask| mask.address(&first));
    match more.len() {
        0 => format!(" to {first}"),
        more => format!(" to {first} and {more} more"),
    }
}

/// What gave the message its grade.
fn why(model: &Model, grades: &GradeBook, events: &[Event], grade: Grade) -> Option<String> {
    if matches!(grade, Grade::Unknown | Grade::Local) {
        return None;
    }
    let mut legs = events.iter().filter(|event| event.direction().is_some());
    let event = legs.find(|event| grades.event(model, event) == grade)?;
    let host = peer(model, event);
    let (way, verb) = match event.direction() {
        Some(Direction::In) => ("from", "received"),
        _ => ("to", "sent"),
    };
    Some(match model.tls_state(event) {
        TlsState::Refused => refusal(model, event, &host, connections(model, events, event)),
        TlsState::Yes => {
            let words = model.session(event);
            let words = words.map_or_else(String::new, |own| session(own, Lang::En));
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{words} {way} {host}")
        }
        _ => format!("{verb} in clear {way} {host}"),
    })
}

/// Connections with the host of an event on which TLS was refused for the same cause.
fn connections(model: &Model, events: &[Event], one: &Event) -> usize {
    let trouble = model.remark(one).trouble;
    let numbered = attempts::number(&model.strings, events.iter().copied());
    let refused = events
        .iter()
        .zip(numbered)
        .filter(|(event, attempt)| *attempt > 0 && model.tls_state(event) == TlsState::Refused)
        .filter(|(event, _)| {
            model.is_same_peer(event, one) && model.remark(event).trouble == trouble
        });
    let mut attempts: Vec<u16> = refused.map(|(_, attempt)| attempt).collect();
    attempts.sort_unstable();
    attempts.dedup();
    attempts.len()
}

fn refusal(model: &Model, event: &Event, host: &str, connections: usize) -> String {
    let writer = model.origin_of(event);
    let mta = writer.map_or_else(Mta::default, |origin| origin.mta);
    let trouble = model.remark(event).trouble;
    Refusal::of(trouble, mta, Lang::En).in_short(host, connections)
}

/// `2020-02-25 13:26:31 +0100 ID from a@example.org: 3 hops, A ++ current (witnessed), ...`.
fn mail(context: &Context<'_>, row: u32) -> Option<String> {
    let &Context {
        model,
        grades,
        zone,
        mask,
    } = context;
    let mail: &Mail = model.mails.get(row as usize)?;
    let given = mail.grades(grades);
    let named = |before: &str, bytes: &[u8]| {
        if bytes.is_empty() {
            String::new()
        } else {
            format!("{before}{}", Clean::line(bytes))
        }
    };
    let from = mask.map_or_else(|| mail.from(), |mask| mask.mailboxes(&mail.from()));
    let time = mail
        .time()
        .map_or_else(|| moment::NONE.to_owned(), |time| moment::full(zone, time));
    let returned = if mail.returned {
        " (returned in a bounce)"
    } else {
        ""
    };
    let claimed = given
        .claimed
        .map_or_else(String::new, |grade| format!(", {} (claimed)", badge(grade)));
    Some(format!(
        "{time}{}{}: {} hops{returned}, {} (witnessed){claimed}, {} line {}",
        named(" ", mail.message_id().as_bytes()),
        named(" from ", from.as_bytes()),
        mail.hops.len(),
        badge(given.witnessed),
        Clean::line(model.path(mail.file).as_os_str().as_encoded_bytes()),
        mail.first_line
    ))
}
