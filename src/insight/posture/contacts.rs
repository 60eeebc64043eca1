//! Contacts: the events that count for postures, gathered in one pass.

use hashbrown::HashMap;

use crate::model::attempts::Attempts;
use crate::model::{Event, GradeBook, Message, Model, SessionId, Symbol};
use crate::parse::{Direction, Kind};
use crate::tls::{Grade, Suite, TlsState, Version};

/// What a contact was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::insight) enum What {
    Delivery,
    Refusal,
    Wait,
}

/// One contact with a peer.
#[derive(Clone, Copy, Debug)]
pub(in crate::insight) struct Contact {
    pub(in crate::insight) time: i64,
    pub(in crate::insight) event: u32,
    pub(in crate::insight) message: u32,
    /// [`Symbol::NONE`] where the line names none: such a contact is in no posture.
    pub(in crate::insight) peer: Symbol,
    /// The TLS session, the same number for all spellings of it; 0 for none.
    pub(in crate::insight) session: SessionId,
    pub(in crate::insight) grade: Grade,
    pub(in crate::insight) what: What,
    pub(in crate::insight) inbound: bool,
}

/// The contacts of a model in time order.
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    pub(in crate::insight) all: Vec<Contact>,
}

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
    /// The contacts among the events that `counts` picks by number.
    pub fn of(model: &Model, grades: &GradeBook, counts: impl Fn(u32) -> bool) -> Self {
        let mut gathering = Gathering {
            model,
            grades,
            counts,
            spelling: Spellings::of(model),
            all: Vec::new(),
        };
        let mut to_walk = Vec::new();
        for (number, event) in (0_u32..).zip(model.events.iter()) {
            if is_delivery(event) {
                gathering.take(number, event, event.peer, What::Delivery);
            } else if (is_wait(event) || model.tls_state(event) == TlsState::Refused)
                && (gathering.counts)(number)
            {
                match model.messages.get(event.message) {
                    None if is_wait(event) => {}
                    None => gathering.take(number, event, event.peer, What::Refusal),
                    // Lines of one message stand close together.
                    Some(_) if to_walk.last() != Some(&event.message) => {
                        to_walk.push(event.message);
                    }
                    Some(_) => {}
                }
            }
        }
        to_walk.sort_unstable();
        to_walk.dedup();
        for message in to_walk.iter().filter_map(|at| model.messages.get(*at)) {
            gathering.walk(message);
        }
        let mut all = gathering.all;
        // Sorting finds the stretches that are in order already: files are, most of the time.
        all.sort_by_key(|contact| contact.time);
        Self { all }
    }
}

struct Gathering<'a, F> {
    model: &'a Model,
    grades: &'a GradeBook,
    counts: F,
    spelling: Spellings,
    all: Vec<Contact>,
}

impl<F: Fn(u32) -> bool> Gathering<'_, F> {
    /// What only the other events of the message tell: which lines are of one attempt, and which host
    /// a wait is about.
    fn walk(&mut self, message: &Message) {
        let model = self.model;
        let mut attempts = Attempts::default();
        let mut refused: Vec<u16> = Vec::new();
        let mut tried: HashMap<Symbol, Symbol> = HashMap::new();
        for number in model.event_numbers_of(message) {
            let Some(event) = model.events.get(number) else {
                continue;
            };
            let attempt = attempts.take(&model.strings, event);
            if attempt > 0 && !model.strings.recipient(event).is_none() {
                tried.insert(model.strings.recipient(event), event.peer);
            }
            if is_wait(event) {
                let own = Some(event.peer).filter(|peer| !peer.is_none());
                if let Some(peer) =
                    own.or_else(|| tried.get(&model.strings.recipient(event)).copied())
                {
                    self.take(number, event, peer, What::Wait);
                }
            } else if model.tls_state(event) == TlsState::Refused
                && (self.counts)(number)
                && !(attempt > 0 && refused.contains(&attempt))
            {
                refused.push(attempt);
                self.take(number, event, event.peer, What::Refusal);
            }
        }
    }

    fn take(&mut self, number: u32, event: &Event, peer: Symbol, what: What) {
        if !(self.counts)(number) {
            return;
        }
        let session = if event.is_ambiguous() || what != What::Delivery {
            0
        } else {
            event.session
        };
        self.all.push(Contact {
            time: event.time(),
            event: number,
            message: event.message,
            peer,
            session: self.spelling.same(session),
            grade: self.grades.event(self.model, event),
            what,
            inbound: event.direction() == Some(Direction::In),
        });
    }
}

/// Which sessions are the same, written otherwise: a mail system that changes its spelling changes
/// nothing about the peer.
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
