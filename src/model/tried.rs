//! What the lines of a message together tell of each of its events: the attempt, and the host that a wait is laid to.

use std::ops::Range;

use hashbrown::HashMap;

use crate::parse::Kind;

use super::attempts::Attempts;
use super::{Event, Model, Strings, Symbol, shares};

/// An event of a message.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The event.
    pub event: Event,
    /// The number of its attempt within the message, from 1; 0 for none.
    pub attempt: u16,
    /// The host that it is about: the one that its line names. A wait without one is laid to the host that was tried
    /// last for the same recipient; [`Symbol::NONE`] where none was.
    pub host: Symbol,
}

/// The events of one message, which come in log order.
pub fn steps(strings: &Strings, events: impl Iterator<Item = Event>) -> impl Iterator<Item = Step> {
    let mut attempts = Attempts::default();
    let mut tried: HashMap<Symbol, Symbol> = HashMap::new();
    events.map(move |event| {
        let attempt = attempts.take(strings, &event);
        let recipient = strings.recipient(&event);
        if attempt > 0 && !recipient.is_none() {
            tried.insert(recipient, event.peer);
        }
        let host = if is_laid(&event) {
            tried.get(&recipient).copied().unwrap_or_default()
        } else {
            event.peer
        };
        Step {
            event,
            attempt,
            host,
        }
    })
}

/// A wait whose line names no host.
fn is_laid(event: &Event) -> bool {
    event.kind == Kind::RetryWait && event.peer.is_none()
}

/// The hosts that waits are laid to, by the numbers of their events.
#[derive(Debug, Default)]
pub struct Laid(Vec<(u32, Symbol)>);

impl Laid {
    /// Those of the waits among some events. Their messages are walked through, no others.
    pub fn of(model: &Model, numbers: Range<u32>) -> Self {
        let parts = shares::stretches(numbers.clone(), shares::EVENTS);
        let waiting = shares::share(parts, |part| {
            let events = model.events.range(part.start, part.end).filter(is_laid);
            let mut messages: Vec<u32> = events.map(|event| event.message).collect();
            messages.dedup();
            messages
        });
        let mut messages = waiting.concat();
        messages.sort_unstable();
        messages.dedup();
        let found = shares::each(&messages, |number| {
            let message = model.messages.get(*number);
            let events = message.into_iter().flat_map(|own| model.events_of(own));
            let laid = steps(&model.strings, events).filter(|step| is_laid(&step.event));
            let laid = laid.filter(|step| numbers.contains(&step.event.number));
            laid.map(|step| (step.event.number, step.host))
                .collect::<Vec<_>>()
        });
        found.into_iter().flatten().collect()
    }

    /// The host that an event is about, see [`Step::host`].
    pub fn host(&self, event: &Event) -> Symbol {
        if !is_laid(event) {
            return event.peer;
        }
        let known = self.0.binary_search_by_key(&event.number, |(own, _)| *own);
        let known = known.ok().and_then(|at| self.0.get(at));
        known.map_or(Symbol::NONE, |(_, host)| *host)
    }
}

impl FromIterator<(u32, Symbol)> for Laid {
    fn from_iter<T: IntoIterator<Item = (u32, Symbol)>>(all: T) -> Self {
        let named = all.into_iter().filter(|(_, host)| !host.is_none());
        let mut hosts: Vec<(u32, Symbol)> = named.collect();
        hosts.sort_unstable_by_key(|(event, _)| *event);
        Self(hosts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::hosts::Sample;

    /// A message to two hosts of which one did not answer; the waits are those of its recipient.
    #[test]
    fn a_wait_is_laid_to_the_host_tried_last_for_its_recipient() {
        let line = |rest: &str| format!("2026-02-24 08:00:00 1vumAA-000001-00 {rest}\n");
        let wait = |to: &str| {
            line(&format!(
                "== {to} R=r T=t defer (-53): retry time not reached for any host"
            ))
        };
        let tried = |to: &str, host: &str| {
            line(&format!(
                "== {to} R=r T=t defer (110) H={host}: Connection timed out"
            ))
        };
        let log = wait("anna@example.net")
            + &tried("anna@example.net", "mx1.example.net [192.0.2.1]")
            + &tried("bo@example.com", "mx.example.com [192.0.2.3]")
            + &tried("anna@example.net", "mx2.example.net [192.0.2.2]")
            + &wait("anna@example.net")
            + &wait("bo@example.com")
            + &wait("carla@example.com");
        let model = Sample::default().exim("gate", &log).0;
        let all = 0..model.events.len();
        let laid = Laid::of(&model, all.clone());
        let name = |laid: &Laid, at| {
            let event = model.events.get(at).unwrap();
            String::from_utf8_lossy(model.strings.endpoint(laid.host(&event)).name).into_owned()
        };
        let names: Vec<String> = all.map(|at| name(&laid, at)).collect();
        let (one, two) = ("mx1.example.net", "mx2.example.net");
        let other = "mx.example.com";
        assert_eq!(names, ["", one, other, two, two, other, ""]);
        // Of the last events alone the same is known.
        let last = Laid::of(&model, 4..6);
        assert_eq!([4, 5].map(|at| name(&last, at)), [two, other]);
    }
}
