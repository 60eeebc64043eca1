//! Contacts: the events that count for postures, gathered in one pass.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::insight::side::Side;
use crate::model::tried::{self, Laid};
use crate::model::{Event, GradeBook, Message, Model, SessionId, Symbol, shares};
use crate::parse::{Direction, Kind};
use crate::tls::{Grade, Suite, TlsState, Trouble, Version};

/// What a contact was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::insight) enum What {
    Delivery,
    Refusal,
    Wait,
}

/// One contact with a peer, as its event tells it.
#[derive(Clone, Copy, Debug)]
pub(in crate::insight) struct Contact {
    pub(in crate::insight) time: i64,
    pub(super) message: u32,
    /// [`Symbol::NONE`] where the line names none: such a contact is in no posture.
    pub(super) peer: Symbol,
    /// The TLS session, the same number for all spellings of it; 0 for none.
    pub(in crate::insight) session: SessionId,
    pub(in crate::insight) grade: Grade,
    pub(in crate::insight) what: What,
    pub(in crate::insight) side: Side,
    /// What went wrong with TLS, where it was refused.
    pub(in crate::insight) trouble: Option<Trouble>,
}

/// The contacts of a model in time order: numbers of events. There are millions, so what an event tells is not
/// told again beside it.
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    pub(super) events: Vec<u32>,
    pub(super) beside: Arc<Beside>,
}

/// What the event of a contact does not tell.
#[derive(Debug, Default)]
pub(super) struct Beside {
    laid: Laid,
    spellings: Spellings,
}

/// Reads contacts in their events.
#[derive(Clone, Copy)]
pub(in crate::insight) struct Told<'a> {
    pub(super) model: &'a Model,
    pub(super) grades: &'a GradeBook,
    pub(super) beside: &'a Beside,
}

impl<'a> Told<'a> {
    /// Contacts that lie far apart.
    pub(super) fn far_apart(self, numbers: &'a [u32]) -> impl Iterator<Item = Contact> {
        let pieces = numbers.chunks(FETCHED);
        let events = pieces.flat_map(move |piece| self.model.events.some(piece));
        events.map(move |event| self.read(&event))
    }

    fn read(&self, event: &Event) -> Contact {
        let what = what(event);
        let session = if event.is_ambiguous() || what != What::Delivery {
            0
        } else {
            event.session
        };
        Contact {
            time: event.time(),
            message: event.message,
            peer: self.beside.laid.host(event),
            session: self.beside.spellings.same(session),
            grade: self.grades.event(self.model, event),
            what,
            side: Side::of(event),
            trouble: (what == What::Refusal)
                .then(|| self.model.remark(event).trouble)
                .flatten(),
        }
    }

    /// The peer and the side of each contact. The contacts are near each other.
    pub(super) fn sides(self, numbers: &'a [u32]) -> impl Iterator<Item = (Symbol, Side)> {
        let events = self.model.events.each(numbers);
        events.map(move |event| (self.beside.laid.host(&event), Side::of(&event)))
    }
}

/// What an event is as a contact.
fn what(event: &Event) -> What {
    match event.kind {
        Kind::RetryWait => What::Wait,
        _ if is_delivery(event) => What::Delivery,
        _ => What::Refusal,
    }
}

/// So many events are fetched at a time.
const FETCHED: usize = 256;

/// After so many events or messages it is asked whether the contacts are still wanted.
const OFTEN: u32 = 1 << 14;

/// A retry that made no connection.
const fn is_wait(event: &Event) -> bool {
    matches!(event.kind, Kind::RetryWait)
}

pub(super) fn is_delivery(event: &Event) -> bool {
    match event.kind {
        Kind::Arrival => event.direction() == Some(Direction::In),
        Kind::Delivery => event.direction() == Some(Direction::Out),
        _ => false,
    }
}

impl Contacts {
    /// The contacts among the events that `counts` picks.
    pub fn of(model: &Model, counts: impl Fn(&Event) -> bool + Sync) -> Self {
        Self::unless(model, counts, &|| false).unwrap_or_default()
    }

    /// The same; `None` when nobody wants them any more, which is asked now and then.
    pub fn unless(
        model: &Model,
        counts: impl Fn(&Event) -> bool + Sync,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let gatherer = Gatherer {
            model,
            counts,
            cancelled,
        };
        let parts = shares::stretches(0..model.events.len(), shares::EVENTS);
        let parts = shares::share(parts, |part| gatherer.gather(part));
        let mut parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        let to_walk = parts.iter_mut().flat_map(|part| part.to_walk.drain(..));
        let mut to_walk: Vec<u32> = to_walk.collect();
        to_walk.sort_unstable();
        to_walk.dedup();
        let threads = shares::threads(to_walk.len(), shares::MESSAGES);
        let messages = to_walk.chunks(to_walk.len().div_ceil(threads).max(1));
        let walked = shares::share(messages.collect(), |some| gatherer.walk_all(some));
        for part in walked {
            parts.push(part?);
        }
        let hosts = parts.iter_mut().flat_map(|part| part.hosts.drain(..));
        let laid: Laid = hosts.collect();
        Some(Self {
            events: by_time(parts.iter().map(|part| part.events.as_slice()).collect()),
            beside: Arc::new(Beside {
                laid,
                spellings: Spellings::of(model),
            }),
        })
    }

    /// All of them, oldest first.
    pub(in crate::insight) fn iter<'a>(
        &'a self,
        model: &'a Model,
        grades: &'a GradeBook,
    ) -> impl Iterator<Item = Contact> + 'a {
        self.told(model, grades).far_apart(&self.events)
    }

    pub(super) fn told<'a>(&'a self, model: &'a Model, grades: &'a GradeBook) -> Told<'a> {
        Told {
            model,
            grades,
            beside: &self.beside,
        }
    }
}

/// Gathers contacts.
struct Gatherer<'a, F> {
    model: &'a Model,
    counts: F,
    cancelled: &'a (dyn Fn() -> bool + Sync),
}

/// A contact by its time, in seconds and milliseconds, and the number of its event.
type Timed = (u32, u16, u32);

/// What was gathered in a part of the events.
#[derive(Default)]
struct Gathered {
    /// By time.
    events: Vec<Timed>,
    /// The hosts that waits are laid to.
    hosts: Vec<(u32, Symbol)>,
    /// Messages of which only all events together tell what counts; most of them once.
    to_walk: Vec<u32>,
}

impl Gathered {
    fn in_order(mut self) -> Self {
        // Sorting finds the stretches that are in order already: files are, most of the time.
        self.events
            .sort_by_key(|(seconds, millis, _)| (*seconds, *millis));
        self
    }
}

/// The events of several parts by time; of those of the same time, the ones of an earlier part come first.
fn by_time(mut parts: Vec<&[Timed]>) -> Vec<u32> {
    let mut numbers = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    let place = |part: usize, (seconds, millis, _): &Timed| (*seconds, *millis, part);
    loop {
        let nexts = parts.iter().enumerate();
        let nexts = nexts.filter_map(|(part, rest)| rest.first().map(|own| place(part, own)));
        // The next one, and up to where there is none of another part between.
        let (mut next, mut limit) = (None, None);
        for own in nexts {
            if next.is_none_or(|next| own < next) {
                limit = next.replace(own);
            } else if limit.is_none_or(|limit| own < limit) {
                limit = Some(own);
            }
        }
        let Some((.., part)) = next else {
            return numbers;
        };
        let Some(rest) = parts.get_mut(part) else {
            return numbers;
        };
        let before = |own: &&Timed| limit.is_none_or(|limit| place(part, own) < limit);
        let run = rest.iter().take_while(before).count();
        let (run, others) = rest.split_at(run);
        numbers.extend(run.iter().map(|(.., number)| *number));
        *rest = others;
    }
}

impl<F: Fn(&Event) -> bool> Gatherer<'_, F> {
    /// What counts by itself among some events, and which messages have to be walked through.
    fn gather(&self, numbers: Range<u32>) -> Option<Gathered> {
        let model = self.model;
        let mut gathered = Gathered::default();
        for event in model.events.range(numbers.start, numbers.end) {
            if event.number.is_multiple_of(OFTEN) && (self.cancelled)() {
                return None;
            }
            if is_delivery(&event) {
                self.take(&mut gathered, &event);
            } else if (is_wait(&event) || model.tls_state(&event) == TlsState::Refused)
                && (self.counts)(&event)
            {
                match model.messages.get(event.message) {
                    None if is_wait(&event) => {}
                    None => self.take(&mut gathered, &event),
                    // Lines of one message stand close together.
                    Some(_) if gathered.to_walk.last() != Some(&event.message) => {
                        gathered.to_walk.push(event.message);
                    }
                    Some(_) => {}
                }
            }
        }
        Some(gathered.in_order())
    }

    /// What counts in these messages, besides what counts by itself.
    fn walk_all(&self, messages: &[u32]) -> Option<Gathered> {
        let mut gathered = Gathered::default();
        for (nth, at) in (0_u32..).zip(messages) {
            if nth % OFTEN == 0 && (self.cancelled)() {
                return None;
            }
            if let Some(message) = self.model.messages.get(*at) {
                self.walk(&mut gathered, message);
            }
        }
        Some(gathered.in_order())
    }

    /// What only the other events of the message tell: which lines are of one attempt, and which host
    /// a wait is about.
    fn walk(&self, gathered: &mut Gathered, message: &Message) {
        let model = self.model;
        let mut refused: Vec<u16> = Vec::new();
        for step in tried::steps(&model.strings, model.events_of(message)) {
            let (event, attempt) = (step.event, step.attempt);
            if is_wait(&event) {
                if !step.host.is_none() {
                    self.take(gathered, &event);
                }
                if event.peer.is_none() {
                    gathered.hosts.push((event.number, step.host));
                }
            } else if model.tls_state(&event) == TlsState::Refused
                && (self.counts)(&event)
                && !(attempt > 0 && refused.contains(&attempt))
            {
                refused.push(attempt);
                self.take(gathered, &event);
            }
        }
    }

    /// Takes an event if it counts.
    fn take(&self, gathered: &mut Gathered, event: &Event) {
        if (self.counts)(event) {
            let time = (event.seconds, event.millis(), event.number);
            gathered.events.push(time);
        }
    }
}

/// Which sessions are the same, written otherwise: a mail system that changes its spelling changes
/// nothing about the peer.
#[derive(Debug, Default)]
struct Spellings(Vec<SessionId>);

impl Spellings {
    fn of(model: &Model) -> Self {
        let mut known: HashMap<(Option<Version>, String), SessionId> = HashMap::new();
        let mut first_of = vec![0];
        for (number, session) in model.sessions.iter() {
            let suites: Vec<&str> = session.used_suites().iter().map(Suite::name).collect();
            let suite = if suites.is_empty() {
                session.cipher.to_ascii_uppercase()
            } else {
                suites.join(" ")
            };
            first_of.push(*known.entry((session.version, suite)).or_insert(number));
        }
        Self(first_of)
    }

    fn same(&self, session: SessionId) -> SessionId {
        self.0.get(usize::from(session)).copied().unwrap_or(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_together_by_time_and_earlier_ones_first() {
        let parts: [&[Timed]; 4] = [
            &[(1, 0, 10), (2, 0, 11), (2, 5, 12), (9, 0, 13)],
            &[],
            &[(2, 0, 20), (2, 0, 21), (3, 0, 22), (9, 0, 23), (9, 1, 24)],
            &[(0, 7, 30), (2, 0, 31), (9, 0, 32)],
        ];
        let mut all: Vec<Timed> = parts.concat();
        all.sort_by_key(|(seconds, millis, _)| (*seconds, *millis));
        assert!(
            all.iter()
                .map(|(.., number)| *number)
                .eq(by_time(parts.to_vec()))
        );
        assert!(by_time(Vec::new()).is_empty());
    }
}
