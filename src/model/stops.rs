//! Attempts of a message that ended for want of TLS, and whom they concern.

mod run;

use hashbrown::{HashMap, HashSet};

use crate::parse::{Direction, Kind};
use crate::tls::Trouble;

use super::tried::{self, Step};
use super::{Event, Message, Model, Symbol};
use run::Run;

/// An attempt that ended for want of TLS, as it concerns one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stop {
    /// The host.
    pub host: Symbol,
    /// The recipient. Where no line of the attempt names one, as when the next host was tried at once, those whom the
    /// lines behind it name; [`Symbol::NONE`] where there are none: then it may concern everybody of whom the message
    /// tells later.
    pub recipient: Symbol,
    /// The log says that it concerns this recipient.
    pub is_sure: bool,
    /// Number of the first event that tells of it.
    pub event: u32,
}

/// Whom some hosts barred for want of TLS, of one message.
#[derive(Debug, Default)]
pub struct Barred {
    named: HashSet<Symbol>,
    /// Those of whom the log does not say it.
    unsure: HashSet<Symbol>,
    /// Number of the first event of the earliest stop without a recipient.
    open: Option<u32>,
}

impl Barred {
    /// Adds a stop of the message.
    pub fn add(&mut self, stop: Stop) {
        if stop.recipient.is_none() {
            self.open = Some(self.open.map_or(stop.event, |own| own.min(stop.event)));
        } else if stop.is_sure {
            self.named.insert(stop.recipient);
        } else {
            self.unsure.insert(stop.recipient);
        }
    }

    /// Whether an event of the message is about one of them, as the log says it.
    pub fn names(&self, model: &Model, event: &Event) -> bool {
        self.named.contains(&recipient(model, event))
    }

    /// Whether an event of the message is about one of them, or may be.
    pub fn concerns(&self, model: &Model, event: &Event) -> bool {
        let own = recipient(model, event);
        let later = self.open.is_some_and(|first| event.number >= first);
        self.named.contains(&own) || self.unsure.contains(&own) || later && !own.is_none()
    }
}

impl FromIterator<Stop> for Barred {
    fn from_iter<T: IntoIterator<Item = Stop>>(stops: T) -> Self {
        let mut barred = Self::default();
        stops.into_iter().for_each(|stop| barred.add(stop));
        barred
    }
}

/// The recipient of whom an event tells; [`Symbol::NONE`] for none.
fn recipient(model: &Model, event: &Event) -> Symbol {
    match event.kind {
        // Its address is the sender.
        Kind::Arrival => Symbol::NONE,
        _ => model.strings.recipient(event),
    }
}

impl Model {
    /// Whether an attempt to hand mail to the next host ended for want of TLS: we had to have it, or the host did.
    pub fn lacked_tls(&self, event: &Event) -> bool {
        let is_ours = event.direction() == Some(Direction::Out) && !event.peer.is_none();
        let is_outcome = matches!(event.kind, Kind::Deferral | Kind::Failure);
        let demanded = || self.remark(event).trouble == Some(Trouble::PeerRequiresTls);
        is_ours && (self.was_stopped(event) || is_outcome && demanded())
    }

    /// The attempts of a message that ended for want of TLS, in the order of the log; each once for each recipient.
    pub fn stops(&self, message: &Message) -> Vec<Stop> {
        let steps = || tried::steps(&self.strings, self.events_of(message));
        let mut ended: HashMap<u16, Stop> = HashMap::new();
        for step in steps().filter(|step| self.lacked_tls(&step.event)) {
            ended.entry(step.attempt).or_insert(Stop {
                host: step.event.peer,
                recipient: Symbol::NONE,
                is_sure: true,
                event: step.event.number,
            });
        }
        if ended.is_empty() {
            return Vec::new();
        }
        let mut known = HashSet::new();
        let mut found = Vec::new();
        let mut named = HashSet::new();
        for step in steps() {
            let recipient = self.strings.recipient(&step.event);
            let Some(stop) = ended.get(&step.attempt).filter(|_| !recipient.is_none()) else {
                continue;
            };
            named.insert(step.attempt);
            if known.insert((stop.host, recipient)) {
                found.push(Stop { recipient, ..*stop });
            }
        }
        ended.retain(|attempt, _| !named.contains(attempt));
        if !ended.is_empty() {
            let steps: Vec<Step> = steps().collect();
            let run = Run::of(self, &steps);
            let mut open: Vec<Stop> = ended.into_values().collect();
            open.sort_by_key(|stop| stop.event);
            let all = open.into_iter().flat_map(|stop| run.stops(stop));
            found.extend(all.filter(|stop| known.insert((stop.host, stop.recipient))));
        }
        found.sort_by_key(|stop| (stop.event, stop.recipient));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Barred;
    use crate::model::sample::hosts::Sample;

    const REFUSED: &str = "a TLS session is required, but the server did not offer TLS support";
    const ANNA: &str = "anna@example.net";
    const BO: &str = "bo@example.com";

    fn line(rest: &str) -> String {
        format!("2026-02-24 08:00:00 1vumAA-000001-00 {rest}\n")
    }

    fn refused(rest: &str, host: &str) -> String {
        line(&format!("{rest}H={host} [192.0.2.1]: {REFUSED}"))
    }

    /// Each stop with the events that it concerns.
    fn stops(log: &str) -> Vec<(String, String, Vec<u32>)> {
        let model = Sample::default().exim("gate", log).0;
        let message = model.messages.get(0).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let stops = model.stops(message).into_iter().map(|stop| {
            let barred = Barred::from_iter([stop]);
            let events = model.events_of(message);
            let events = events.filter(|event| barred.concerns(&model, event));
            (
                text(model.strings.endpoint(stop.host).name),
                text(model.strings.addresses.get(stop.recipient)),
                events.map(|event| event.number).collect(),
            )
        });
        stops.collect()
    }

    #[test]
    fn a_stop_concerns_the_recipients_that_its_lines_name() {
        let log = line("<= anna@example.net U=a P=local S=300")
            + &refused("", "mx.example.net")
            + &refused(&format!("== {ANNA} R=r T=t defer (-38) "), "mx.example.net")
            + &line(&format!("=> {BO} R=r T=t H=mx.example.com [192.0.2.9]"))
            + &line(&format!("=> {ANNA} R=r T=t H=mx2.example.net [192.0.2.2]"));
        let own = ("mx.example.net".into(), ANNA.into(), vec![2, 4]);
        assert_eq!(stops(&log), [own]);
    }

    #[test]
    fn a_stop_without_a_recipient_concerns_those_whom_the_next_host_took() {
        let log = line(&format!("=> {BO} R=r T=t H=mx.example.com [192.0.2.9]"))
            + &refused("", "mx.example.net")
            + &line(&format!("=> {ANNA} R=r T=t H=mx2.example.net [192.0.2.2]"))
            + &line("Completed");
        let own = ("mx.example.net".into(), ANNA.into(), vec![2]);
        assert_eq!(stops(&log), [own]);
    }

    #[test]
    fn a_stop_that_no_recipient_follows_may_concern_whoever_comes_later() {
        let later = format!("=> {ANNA} R=r T=t H=mx2.example.net [192.0.2.2]");
        let log = line(&format!("=> {BO} R=r T=t H=mx.example.com [192.0.2.9]"))
            + &refused("", "mx.example.net")
            + &line(&later).replace(" 08:", " 09:");
        let own = ("mx.example.net".into(), String::new(), vec![2]);
        assert_eq!(stops(&log), [own]);
    }

    #[test]
    fn a_later_attempt_at_the_host_is_another_run() {
        let anna = |defer: &str| line(&format!("== {ANNA} R=r T=t defer ({defer}"));
        let log = refused("", "mx.example.net")
            + &anna("110) H=mx2.example.net [192.0.2.2]: Connection timed out")
            + &refused("", "mx.example.net").replace(" 08:", " 09:")
            + &line(&format!("=> {BO} R=r T=t H=mx.example.com [192.0.2.9]"))
                .replace(" 08:", " 09:");
        let host = "mx.example.net".to_owned();
        let own = [(ANNA, vec![1]), (BO, vec![3])];
        let own = own.map(|(who, events)| (host.clone(), who.to_owned(), events));
        assert_eq!(stops(&log), own);
    }

    #[test]
    fn what_ended_for_another_reason_is_no_stop() {
        let log = line(&format!(
            "== {ANNA} R=r T=t defer (110) H=mx.example.net [192.0.2.1]: Connection timed out"
        ));
        assert!(stops(&log).is_empty());
    }
}
