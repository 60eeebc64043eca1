//! The lines on which a fact rests besides its own. Postfix, Sendmail and OpenSMTPD tell of TLS on a line that names no
//! message; that TLS had failed stands before what then went in clear.

use crate::model::{Event, Lines, Model};
use crate::parse::{Fact, Kind, Turn};
use crate::tls::{TlsState, Trouble};

/// Events before that of a message that are looked through for the line about TLS.
const LOOKED_THROUGH: u32 = 20_000;
/// Lines about the same version and suite that are read again at most: on a busy host other processes use them too.
const READ_AGAIN: usize = 200;
/// Lines about a failure that are told at most.
const FAILURES: usize = 2;

/// The numbers of the events, in log order.
pub(super) fn of(model: &Model, lines: &mut Lines<'_>, event: &Event) -> Vec<u32> {
    match event.kind {
        Kind::TlsDowngrade => failures(model, event),
        Kind::Arrival | Kind::Delivery if model.tls_state(event) == TlsState::Yes => {
            let set_up = set_up(model, lines, event);
            set_up.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The line on which the TLS session of an event was set up, where the line of the event does not state it itself.
fn set_up(model: &Model, lines: &mut Lines<'_>, event: &Event) -> Option<u32> {
    let session = model.session(event)?;
    session.version?;
    let conversation = |fact: &Fact<'_>| (fact.program.to_vec(), fact.dialogue.to_vec());
    let own = lines.recall(event, |fact| {
        let stated = fact.tls.as_ref().is_some_and(|tls| !tls.version.is_empty());
        (!stated && !fact.dialogue.is_empty()).then(|| conversation(fact))
    });
    let own = own.ok().flatten().flatten()?;
    let same = |other: &Event| {
        let known = model.session(other);
        let nameless = other.peer.is_none() || event.peer.is_none();
        let same_peer = nameless || model.is_same_peer(other, event);
        same_peer
            && known.is_some_and(|known| {
                known.version == session.version && known.cipher == session.cipher
            })
    };
    let from = event.number.saturating_sub(LOOKED_THROUGH);
    let before = model.events.range(from, event.number);
    let before = before.filter(|other| {
        matches!(other.kind, Kind::Session | Kind::Note)
            && model.file_number(other) <= model.file_number(event)
            && same(other)
    });
    let candidates: Vec<Event> = before.collect();
    let mut candidates = candidates.iter().rev().take(READ_AGAIN);
    let found = candidates.find(|candidate| {
        let is_it = lines.recall(candidate, |fact| {
            fact.turn == Turn::Secured && conversation(fact) == own
        });
        matches!(is_it, Ok(Some(true)))
    });
    found.map(|event| event.number)
}

/// The last lines of the same message that tell of TLS failing with the same host.
fn failures(model: &Model, event: &Event) -> Vec<u32> {
    let Some(message) = model.messages.get(event.message) else {
        return Vec::new();
    };
    let failed = |own: &Event| {
        let trouble = model.remark(own).trouble;
        own.kind == Kind::TlsFailed
            || model.was_stopped(own) && trouble != Some(Trouble::StarttlsNotSupported)
    };
    let before = model.event_numbers_of(message);
    let before = before.take_while(|number| *number < event.number);
    let before = before.filter(|&number| {
        let own = model.events.get(number);
        own.is_some_and(|own| failed(&own) && model.is_same_peer(&own, event))
    });
    let mut numbers: Vec<u32> = before.collect();
    let last = numbers.len().saturating_sub(FAILURES);
    numbers.split_off(last)
}
