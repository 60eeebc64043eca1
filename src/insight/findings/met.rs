//! What the recipients met whom a host barred for want of TLS, as long as their message lasted.
//!
//! Each message is walked through once: one that fails with a thousand hosts is in a thousand findings. A message has
//! other recipients as well, who went to other hosts: they are none of this host's business.

use hashbrown::{HashMap, HashSet};

use super::logs::Peers;
use super::{Finding, is_since};
use crate::model::{Event, GradeBook, Message, Model, Stop, Symbol, shares, tried};
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
    unsure: u32,
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
                finding.unsure += met.unsure;
            }
        }
    }
}

/// Whom the hosts of one message barred.
struct Barred<'a> {
    model: &'a Model,
    named: HashMap<Symbol, Vec<u32>>,
    /// Stops of which no line names a recipient.
    open: Vec<(Stop, u32)>,
}

impl<'a> Barred<'a> {
    fn of(model: &'a Model, peers: &Peers, message: &Message) -> Self {
        let mut named: HashMap<Symbol, Vec<u32>> = HashMap::new();
        let mut open = Vec::new();
        for stop in model.stops(message) {
            let host = peers.label(stop.host);
            if stop.recipient.is_none() {
                open.push((stop, host));
            } else {
                named.entry(stop.recipient).or_default().push(host);
            }
        }
        for hosts in named.values_mut() {
            hosts.sort_unstable();
            hosts.dedup();
        }
        Self { model, named, open }
    }

    /// The hosts that barred the recipient of whom an event tells, and those that perhaps did; each once.
    fn hosts(&self, event: &Event) -> (&[u32], Vec<u32>) {
        let recipient = self.model.strings.recipient(event);
        let sure = self.named.get(&recipient).map_or(&[][..], Vec::as_slice);
        let open = self.open.iter();
        let open = open.filter(|(stop, _)| stop.concerns(self.model, event));
        let open = open.filter(|(_, host)| sure.binary_search(host).is_err());
        let mut perhaps: Vec<u32> = open.map(|(_, host)| *host).collect();
        perhaps.sort_unstable();
        perhaps.dedup();
        (sure, perhaps)
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
    let barred = Barred::of(model, peers, message);
    let mut met: HashMap<u32, Numbers> = HashMap::new();
    let mut outcomes = HashSet::new();
    for step in tried::steps(&model.strings, model.events_of(message)) {
        let event = &step.event;
        if event.kind == Kind::Delivery || step.attempt > 0 {
            outcomes.insert(model.strings.recipient(event));
        }
        if !is_since(event.time(), since) {
            continue;
        }
        match event.kind {
            Kind::RetryWait => {
                let host = peers.label(step.host);
                let (sure, perhaps) = barred.hosts(event);
                if sure.binary_search(&host).is_ok() || perhaps.contains(&host) {
                    met.entry(host).or_default().waits += 1;
                }
            }
            Kind::Delivery if model.tls_state(event) == TlsState::No => {
                let grade = grades.event(model, event);
                let (sure, perhaps) = barred.hosts(event);
                for host in sure.iter().chain(&perhaps) {
                    let own = met.entry(*host).or_default();
                    match grade {
                        Grade::F => own.clear += 1,
                        Grade::E => own.clear_inside += 1,
                        _ => continue,
                    }
                    own.unsure += u32::from(perhaps.contains(host));
                }
            }
            _ => {}
        }
    }
    // Of a message to a single recipient everything is about that one.
    outcomes.remove(&Symbol::NONE);
    if outcomes.len() < 2 {
        met.values_mut().for_each(|own| own.unsure = 0);
    }
    met
}
