//! The facts behind findings: codes, and their words in a language.

use super::local::Local;
use super::texts::Texts;
use super::{Case, SHOWN, grounds, rows};
use crate::insight::findings::{Finding, Place};
use crate::model::{Event, Lines, Mail, Model};
use crate::parse::{Direction, Kind};
use crate::text::clean;
use crate::tls::{Session, TlsState, Trouble, Verify};

/// One row, see [`rows`].
pub(super) struct Fact<'a> {
    /// Milliseconds since 1970-01-01 UTC.
    pub(super) time: i64,
    /// What a clock beside the log showed.
    pub(super) local: Local,
    pub(super) direction: &'static str,
    pub(super) queue_id: String,
    pub(super) peer: String,
    /// What became of it, a name among the results of [`Texts`]: that of a state of TLS, or `handshake_failed`.
    pub(super) outcome: &'static str,
    /// TLS may have been had where the outcome is `refused`, but not of the kind that was required.
    of_quality: bool,
    /// The session, where the outcome is `yes` and the log tells of one.
    pub(super) session: Option<&'a Session>,
    /// The texts of its lines, verbatim but for the mask; empty where there are none.
    pub(super) verbatim: String,
    /// The line that tells it: number of the file, and its own.
    pub(super) line: (u32, u32),
    /// All lines on which it rests, that one among them.
    pub(super) lines: Vec<(u32, u32)>,
}

/// The rows of all findings in the order of time; at most [`SHOWN`], and how many there are.
pub(super) fn of<'a>(case: &Case<'a>) -> (Vec<Fact<'a>>, usize) {
    let model = case.facts.model;
    let rows = rows::of(model, case.findings);
    let mut lines = Lines::new(model);
    let shown = rows.iter().take(SHOWN);
    let facts = shown.filter_map(|row| {
        let events = row.iter().filter_map(|&number| model.events.get(number));
        fact(case, &mut lines, &events.collect::<Vec<_>>())
    });
    (facts.collect(), rows.len())
}

fn fact<'a>(case: &Case<'a>, lines: &mut Lines<'_>, events: &[Event]) -> Option<Fact<'a>> {
    let model = case.facts.model;
    let delivery = events.iter().find(|event| event.kind == Kind::Delivery);
    let event = delivery.or_else(|| events.first())?;
    let stamp = lines.recall(event, |fact| fact.stamp);
    let message = model.messages.get(event.message);
    let queue_id = message.map(|message| model.queue_id(message));
    let inbound = event.direction() == Some(Direction::In);
    let endpoint = model.strings.endpoint(event.peer);
    let (name, ip) = (clean(endpoint.label()), clean(endpoint.ip));
    let peer = if ip.is_empty() || name == ip {
        name.into_owned()
    } else {
        format!("{name} [{ip}]")
    };
    Some(Fact {
        time: event.time(),
        local: Local::of(event.time(), stamp.ok().flatten(), case.zone),
        direction: event.direction().map_or("", Direction::name),
        queue_id: clean(&queue_id.unwrap_or_default()).into_owned(),
        peer: if inbound { case.masked(&peer) } else { peer },
        outcome: outcome(model, event),
        of_quality: is_of_quality(model, event),
        session: model
            .session(event)
            .filter(|_| model.tls_state(event) == TlsState::Yes),
        verbatim: case.masked(&verbatim(model, events)),
        line: place(model, event),
        lines: all_lines(model, lines, events),
    })
}

impl Fact<'_> {
    /// What became of it, in words.
    pub(super) fn result(&self, texts: &Texts) -> String {
        match self.session {
            Some(session) => self::session(texts, session),
            None if self.of_quality => texts.result("refused_quality").to_owned(),
            None => texts.result(self.outcome).to_owned(),
        }
    }
}

fn outcome(model: &Model, event: &Event) -> &'static str {
    let state = model.tls_state(event);
    let failed = model.remark(event).trouble == Some(Trouble::HandshakeFailed);
    let has_session = state == TlsState::Yes && model.session(event).is_some();
    if failed && !has_session && model.was_stopped(event) {
        "handshake_failed"
    } else {
        state.name()
    }
}

fn is_of_quality(model: &Model, event: &Event) -> bool {
    let trouble = model.remark(event).trouble;
    model.tls_state(event) == TlsState::Refused && trouble.is_some_and(Trouble::is_of_quality)
}

/// The texts of lines, each once.
fn verbatim(model: &Model, events: &[Event]) -> String {
    let mut told: Vec<String> = Vec::new();
    for event in events {
        let text = clean(&model.unescaped_text(event)).into_owned();
        if !text.is_empty() && !told.contains(&text) {
            told.push(text);
        }
    }
    told.join(" / ")
}

fn place(model: &Model, event: &Event) -> (u32, u32) {
    (model.file_number(event), model.events.line(event))
}

/// The lines of events, and those on which they rest, in log order.
fn all_lines(model: &Model, lines: &mut Lines<'_>, events: &[Event]) -> Vec<(u32, u32)> {
    let mut numbers: Vec<u32> = Vec::new();
    for event in events {
        numbers.extend(grounds::of(model, lines, event));
        numbers.push(event.number);
    }
    numbers.sort_unstable();
    let events = numbers
        .iter()
        .filter_map(|&number| model.events.get(number));
    let mut places: Vec<(u32, u32)> = Vec::new();
    for event in events {
        let place = place(model, &event);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// Version, suite (IANA and as written), bits, certificate.
pub(super) fn session(texts: &Texts, session: &Session) -> String {
    let version = session
        .version
        .map_or_else(|| texts.result("yes"), |version| version.spoken());
    let mut parts = vec![version.to_owned()];
    let names: Vec<&str> = session.cipher_iana().collect();
    let written = clean(session.cipher.as_bytes());
    match names.as_slice() {
        [] if written.is_empty() => {}
        [one] if *one == written => parts.push(written.into_owned()),
        [] => parts.push(written.into_owned()),
        known => parts.push(format!("{} ({written})", known.join(" / "))),
    }
    if let Some(bits) = session.bits {
        parts.push(format!("{bits} {}", texts.result("bits")));
    }
    if let Some(verify) = session.verify {
        let certificate = texts.certificate(Verify::name(verify));
        parts.push(format!("{}: {certificate}", texts.result("certificate")));
    }
    parts.join(", ")
}

/// The mails that findings are about, each once.
pub(super) fn mails<'a>(model: &'a Model, findings: &[&Finding]) -> Vec<&'a Mail> {
    let mut rows: Vec<u32> = findings
        .iter()
        .filter_map(|finding| match finding.place {
            Place::Mail(row, _) => Some(row),
            Place::Events(_) => None,
        })
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let rows = rows.iter();
    rows.filter_map(|&row| model.mails.get(row as usize))
        .collect()
}
