//! What the recipients met whom a host barred for want of TLS, as long as their message lasted.
//!
//! Each message is walked through once: one that fails with a thousand hosts is in a thousand findings. A message has
//! other recipients as well, who went to other hosts: they are none of this host's business.

use hashbrown::HashMap;

use super::logs::Peers;
use super::{Finding, is_since};
use crate::model::{Barred, GradeBook, Message, Model, names_recipient, shares, tried};
use crate::parse::Kind;
use crate::tls::{Grade, TlsState};

/// What was met by message and host, see [`Peers::label`]; nothing where there was nothing.
#[derive(Debug, Default)]
pub(super) struct Met(HashMap<(u32, u32), Numbers>);

/// See the fields of the same name of [`Finding`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Numbers {
    waits: u32,
    clear: u32,
    clear_inside: u32,
    untold: u32,
    unsure: u32,
    unsure_inside: u32,
}

impl Met {
    /// What these messages met from a time on, in milliseconds since 1970-01-01 UTC; each may be named several times.
    pub(super) fn of(
        model: &Model,
        grades: &GradeBook,
        peers: &Peers,
        mut messages: Vec<u32>,
        since: Option<i64>,
    ) -> Self {
        messages.sort_unstable();
        messages.dedup();
        let all = shares::each(&messages, |&number| {
            let message = model.messages.get(number);
            let met = message.map(|message| walk(model, grades, peers, message, since));
            (number, met.unwrap_or_default())
        });
        let each = all.into_iter().flat_map(|(message, met)| {
            let by_host = met.into_iter();
            by_host.map(move |(host, numbers)| ((message, host), numbers))
        });
        Self(each.collect())
    }

    /// Adds what the messages of a finding met to it.
    pub(super) fn add(&self, host: u32, finding: &mut Finding) {
        for message in &finding.messages {
            if let Some(met) = self.0.get(&(*message, host)) {
                finding.waits += met.waits;
                finding.clear += met.clear;
                finding.clear_inside += met.clear_inside;
                finding.untold += met.untold;
                finding.unsure += met.unsure;
                finding.unsure_inside += met.unsure_inside;
            }
        }
    }
}

impl Numbers {
    /// Counts a delivery in clear.
    fn add_clear(&mut self, grade: Grade, is_sure: bool) {
        let (number, unsure) = match grade {
            Grade::F => (&mut self.clear, &mut self.unsure),
            Grade::E => (&mut self.clear_inside, &mut self.unsure_inside),
            _ => return,
        };
        *number += 1;
        *unsure += u32::from(!is_sure);
    }
}

/// What a message met, by host.
fn walk(
    model: &Model,
    grades: &GradeBook,
    peers: &Peers,
    message: &Message,
    since: Option<i64>,
) -> HashMap<u32, Numbers> {
    let mut barred: HashMap<u32, Barred> = HashMap::new();
    for stop in model.stops(message) {
        barred.entry(peers.label(stop.host)).or_default().add(stop);
    }
    let is_for_one = is_for_one(model, message);
    let mut met: HashMap<u32, Numbers> = HashMap::new();
    let steps = tried::steps(&model.strings, model.events_of(message));
    for step in steps.filter(|step| is_since(step.event.time(), since)) {
        let event = &step.event;
        match event.kind {
            Kind::RetryWait => {
                let host = peers.label(step.host);
                let own = barred.get(&host);
                if own.is_some_and(|own| own.concerns(model, event)) {
                    met.entry(host).or_default().waits += 1;
                }
            }
            Kind::Delivery if model.tls_state(event) == TlsState::No => {
                let grade = grades.event(model, event);
                let concerned = barred.iter();
                for (host, own) in concerned.filter(|(_, own)| own.concerns(model, event)) {
                    let is_sure = is_for_one || own.names(model, event);
                    met.entry(*host).or_default().add_clear(grade, is_sure);
                }
            }
            Kind::Delivery if model.tls_state(event) == TlsState::NotStated => {
                let concerned = barred.iter();
                for (host, _) in concerned.filter(|(_, own)| own.concerns(model, event)) {
                    met.entry(*host).or_default().untold += 1;
                }
            }
            _ => {}
        }
    }
    met
}

/// Whether a message was for one recipient alone: then all of its lines are about that one.
fn is_for_one(model: &Model, message: &Message) -> bool {
    let events = model.events_of(message);
    let outcomes = events.filter(|event| names_recipient(event.kind));
    let recipients = outcomes.map(|event| model.strings.recipient(&event));
    let mut recipients = recipients.filter(|own| !own.is_none());
    let first = recipients.next();
    recipients.all(|own| Some(own) == first)
}
