//! The facts behind findings, in the words of a language.

use super::texts::Texts;
use super::{Case, SHOWN};
use crate::insight::findings::{Finding, Place};
use crate::model::{Event, Lines, Mail, Model};
use crate::parse::Direction;
use crate::text::clean;
use crate::tls::{Session, TlsState, Verify};

/// One event of a finding.
pub(super) struct Fact {
    /// Milliseconds since 1970-01-01 UTC.
    pub(super) time: i64,
    /// The line names its own zone.
    pub(super) zoned: bool,
    pub(super) direction: &'static str,
    pub(super) queue_id: String,
    pub(super) peer: String,
    pub(super) result: String,
    /// The text of the line, verbatim but for the mask; empty where there is none.
    pub(super) verbatim: String,
    pub(super) file: u32,
    pub(super) line: u32,
}

/// The events of all findings, each once, in the order of time; at most [`SHOWN`], and how many there are.
pub(super) fn of(case: &Case<'_>, texts: &Texts) -> (Vec<Fact>, usize) {
    let mut numbers: Vec<u32> = Vec::new();
    for finding in case.findings {
        if let Place::Events(events) = &finding.place {
            numbers.extend(events);
        }
    }
    let model = case.facts.model;
    let events = &model.events;
    numbers.sort_unstable();
    numbers.dedup();
    numbers.sort_by_key(|&number| events.get(number).map(|event| event.time()));
    let mut lines = Lines::new(model);
    let shown = numbers.iter().take(SHOWN);
    let facts =
        shown.filter_map(|&number| Some(fact(case, texts, &mut lines, &events.get(number)?)));
    (facts.collect(), numbers.len())
}

fn fact(case: &Case<'_>, texts: &Texts, lines: &mut Lines<'_>, event: &Event) -> Fact {
    let model = case.facts.model;
    let zoned = lines.recall(event, |fact| fact.stamp.offset.is_some());
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
    let state = model.tls_state(event);
    let told = match model.session(event) {
        Some(session) if state == TlsState::Yes => self::session(texts, session),
        _ => texts.result(state.name()).to_owned(),
    };
    let written = clean(&model.unescaped_text(event)).into_owned();
    Fact {
        time: event.time(),
        zoned: matches!(zoned, Ok(Some(true))),
        direction: event.direction().map_or("", Direction::name),
        queue_id: clean(&queue_id.unwrap_or_default()).into_owned(),
        peer: if inbound { case.masked(&peer) } else { peer },
        result: told,
        verbatim: case.masked(&written),
        file: model.file_number(event),
        line: model.events.line(event),
    }
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
