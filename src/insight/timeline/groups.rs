//! Which events of a message are told together, as one step.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::model::tried::{self, Step};
use crate::model::{Event, Model, Symbol};
use crate::parse::{Direction, Kind};

/// What holds the events of a step together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// A connection to a next host, by its number.
    Attempt(u16),
    /// Retries that made no connection to one host, after which attempt at it; 0 where none is known.
    Waits { because: u16 },
    /// A line that stands for itself.
    Alone,
}

/// The events of a failed handshake stand before what came of the attempt within this time.
const SOON_MS: i64 = 15 * 60 * 1000;

/// Groups the events: those of one attempt, and waits for one host that follow each other, though waits for others
/// stand between them. What only fills in other events is left out.
pub(super) fn of(model: &Model, numbers: &[u32]) -> Vec<(Group, Vec<u32>)> {
    let mut groups = Groups::default();
    for step in steps_of(model, numbers) {
        if !is_silent(model, &step.event) {
            groups.take(model, &step);
        }
    }
    groups.all
}

#[derive(Default)]
struct Groups<'a> {
    all: Vec<(Group, Vec<u32>)>,
    /// Where the group of an attempt stands.
    place_of: HashMap<u16, usize>,
    /// Where the groups of the waits stand that nothing else has followed yet.
    waiting: HashMap<Awaited<'a>, usize>,
    /// The latest attempt for a recipient at a host.
    tried: HashMap<(Symbol, Symbol), u16>,
}

/// What a wait is for.
#[derive(PartialEq, Eq, Hash)]
enum Awaited<'a> {
    /// The host of an attempt.
    Attempt(u16),
    /// A host that was not tried before, as far as these files tell.
    Host(Symbol),
    /// Any host of a domain.
    Domain(&'a [u8]),
}

impl<'a> Groups<'a> {
    fn take(&mut self, model: &'a Model, step: &Step) {
        let recipient = model.strings.recipient(&step.event);
        let place = match (step.attempt, step.event.kind) {
            (0, Kind::RetryWait) => return self.wait(model, step, recipient),
            (0, _) => self.begin(Group::Alone),
            (attempt, _) => {
                if !recipient.is_none() && !step.host.is_none() {
                    self.tried.insert((recipient, step.host), attempt);
                }
                self.place(attempt)
            }
        };
        self.waiting.clear();
        self.add(place, step);
    }

    fn wait(&mut self, model: &'a Model, step: &Step, recipient: Symbol) {
        let because = self.tried.get(&(recipient, step.host)).copied();
        let awaited = match because {
            Some(attempt) => Awaited::Attempt(attempt),
            None if !step.host.is_none() => Awaited::Host(step.host),
            None => Awaited::Domain(domain(model, &step.event)),
        };
        let next = self.all.len();
        let place = match self.waiting.entry(awaited) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                free.insert(next);
                self.begin(Group::Waits {
                    because: because.unwrap_or_default(),
                })
            }
        };
        self.add(place, step);
    }

    /// Where the group of an attempt stands; begins it.
    fn place(&mut self, attempt: u16) -> usize {
        if let Some(place) = self.place_of.get(&attempt) {
            return *place;
        }
        let place = self.begin(Group::Attempt(attempt));
        self.place_of.insert(attempt, place);
        place
    }

    /// Begins a group; gives its place.
    fn begin(&mut self, group: Group) -> usize {
        self.all.push((group, Vec::new()));
        self.all.len() - 1
    }

    fn add(&mut self, place: usize, step: &Step) {
        if let Some((_, members)) = self.all.get_mut(place) {
            members.push(step.event.number);
        }
    }
}

/// The domain of the address that an event is about; empty where it has none.
pub(super) fn domain<'a>(model: &'a Model, event: &Event) -> &'a [u8] {
    let address = model.strings.addresses.get(event.address);
    let at = memchr::memrchr(b'@', address);
    at.and_then(|at| address.get(at + 1..)).unwrap_or_default()
}

/// Every event with its attempt and its host. Some mail systems tell of a failed handshake without the name of the
/// host: that belongs to the next attempt.
fn steps_of(model: &Model, numbers: &[u32]) -> Vec<Step> {
    let events = numbers
        .iter()
        .filter_map(|&number| model.events.get(number));
    let mut all: Vec<Step> = tried::steps(&model.strings, events).collect();
    let mut next: Option<(u16, i64)> = None;
    for Step { event, attempt, .. } in all.iter_mut().rev() {
        let ours = event.kind == Kind::TlsFailed && event.direction() == Some(Direction::Out);
        match next {
            Some((following, time))
                if *attempt == 0 && ours && (0..=SOON_MS).contains(&(time - event.time())) =>
            {
                *attempt = following;
            }
            _ if *attempt > 0 => next = Some((*attempt, event.time())),
            _ => {}
        }
    }
    all
}

/// Lines that only fill in what is told of others: the Message-ID, the size, a recipient, the TLS of a delivery.
fn is_silent(model: &Model, event: &Event) -> bool {
    match event.kind {
        Kind::Note => {
            let remark = model.remark(event);
            remark.text.is_none() && remark.trouble.is_none() && !event.is_leg()
        }
        Kind::Session => event.session != 0,
        _ => false,
    }
}
