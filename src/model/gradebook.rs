//! Grades of all events and messages of a model under one profile and one date rule.
//!
//! A grade depends on the TLS session, the network and the day, never on the message. So each combination is graded
//! once, and events look their grades up.

use std::mem;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use crate::parse::{Direction, Kind};
use crate::tls::{Grade, Grading, Leg, Network, Profile, Session, TlsState, Trouble};

use super::{Event, Kept, Model, ModelCursor, ParallelSums, Sums};

/// Date rule: the day whose rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// One day for all events.
    Day(NaiveDate),
    /// The day of each event.
    Event,
}

/// Grade of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageGrade {
    /// Worst grade of its events.
    pub grade: Grade,
    /// True when the protection of at least one network leg is unknown: graded S or ?, or not shown in this entry.
    pub incomplete: bool,
}

/// The grade of a message while it is summed up, in any order of its events.
#[derive(Clone, Copy, Debug, Default)]
struct Summed {
    message: MessageGrade,
    /// True when it was handed on over a network and the log does not say how.
    sent_unseen: bool,
}

impl Summed {
    fn join(&mut self, other: Self) {
        self.message.grade = self.message.grade.worst(other.message.grade);
        self.message.incomplete |= other.message.incomplete;
        self.sent_unseen |= other.sent_unseen;
    }

    /// "Refused" says that nothing was sent, which is over with a delivery.
    fn grade(self) -> MessageGrade {
        let MessageGrade { grade, incomplete } = self.message;
        let grade = match grade {
            Grade::Refused if self.sent_unseen => Grade::Unknown,
            grade => unless_a_leg_is_hidden(grade, incomplete),
        };
        MessageGrade { grade, incomplete }
    }
}

/// All grades of a model.
#[derive(Clone, Debug)]
pub struct GradeBook {
    profile: Arc<Profile>,
    as_of: AsOf,
    first: Era,
    /// Later eras, oldest first; each begins on its `first_day`.
    later: Vec<Era>,
    cursor: ModelCursor,
    /// Grades summed up from the events, by message number.
    messages: Vec<Summed>,
}

/// Grades for a period in which no rule changes.
#[derive(Clone, Debug)]
struct Era {
    first_day: NaiveDate,
    /// Grades by session number; 0 is unused.
    sessions: Vec<Grade>,
    /// Grade of plaintext for each network.
    plain: Vec<(Network, Grade)>,
}

impl GradeBook {
    /// Without grades; [`GradeBook::refresh`] fills them in.
    pub fn new(profile: Arc<Profile>, as_of: AsOf) -> Self {
        let (first, changes) = match as_of {
            AsOf::Day(day) => (day, Vec::new()),
            AsOf::Event => (NaiveDate::MIN, profile.eras().to_vec()),
        };
        let first = Era::new(&profile, first);
        let later = changes
            .into_iter()
            .map(|day| Era::new(&profile, day))
            .collect();
        Self {
            profile,
            as_of,
            first,
            later,
            cursor: ModelCursor::default(),
            messages: Vec::new(),
        }
    }

    /// The grades of `model`.
    pub fn of(model: &Model, profile: Arc<Profile>, as_of: AsOf) -> Self {
        let mut book = Self::new(profile, as_of);
        book.refresh(model);
        book
    }

    /// The same grades after messages got new numbers.
    #[must_use]
    pub fn renumbered(&self, kept: &Kept) -> Self {
        let old = |old: &u32| self.messages.get(*old as usize).copied();
        let messages = kept.messages().iter().map(old);
        Self {
            messages: messages.map(Option::unwrap_or_default).collect(),
            ..self.clone()
        }
    }

    /// Profile in use.
    pub const fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// Date rule in use.
    pub const fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Grades the events that are new or changed since the last call; all events where [`ModelCursor`] begins again.
    pub fn refresh(&mut self, model: &Model) {
        for era in [&mut self.first].into_iter().chain(&mut self.later) {
            era.grade_new_sessions(&self.profile, model);
        }
        let (mut cursor, mut messages) =
            (mem::take(&mut self.cursor), mem::take(&mut self.messages));
        messages.resize(model.messages.len() as usize, Summed::default());
        let mut sums = GradeSums {
            book: self,
            messages,
        };
        cursor.catch_up_on_threads(model, &mut sums);
        (self.messages, self.cursor) = (sums.messages, cursor);
    }

    /// Grade of one event.
    pub fn event(&self, model: &Model, event: &Event) -> Grade {
        match model.tls_state(event) {
            TlsState::Refused => Grade::Refused,
            TlsState::NotApplicable if event.direction() == Some(Direction::Local) => Grade::Local,
            TlsState::NotApplicable => Grade::Unknown,
            state => {
                let network = model.network(event.peer);
                let era = self.era(event.time());
                // Over loopback nothing left the host, so TLS does not matter.
                if state == TlsState::No || network == Network::Loopback {
                    era.plain(network)
                } else if state == TlsState::NotStated {
                    Grade::Unknown
                } else {
                    era.sessions
                        .get(usize::from(event.session))
                        .copied()
                        .unwrap_or_default()
                }
            }
        }
    }

    /// Grade of one event with its reasons.
    pub fn grading(&self, model: &Model, event: &Event) -> Grading {
        let tls = model.tls_state(event);
        if tls == TlsState::NotApplicable && event.direction() != Some(Direction::Local) {
            // A retry without a connection, a completion or a note: no leg.
            return Grading::default();
        }
        let leg = Leg {
            tls,
            session: model.session(event),
            trouble: model.remark(event).trouble,
            network: model.network(event.peer),
        };
        self.profile.grade(&leg, self.day_of(event.time()))
    }

    /// Day whose rules apply to a time in milliseconds since 1970-01-01 UTC.
    pub fn day_of(&self, utc_millis: i64) -> NaiveDate {
        match self.as_of {
            AsOf::Day(day) => day,
            AsOf::Event => day_of(utc_millis),
        }
    }

    /// Grade of the message with a number.
    pub fn message(&self, number: u32) -> MessageGrade {
        let summed = self.messages.get(number as usize);
        summed.copied().unwrap_or_default().grade()
    }

    fn era(&self, utc_millis: i64) -> &Era {
        if self.later.is_empty() {
            return &self.first;
        }
        let day = day_of(utc_millis);
        self.later
            .iter()
            .rev()
            .find(|era| era.first_day <= day)
            .unwrap_or(&self.first)
    }
}

/// Grades of messages while they are summed up.
struct GradeSums<'a> {
    book: &'a GradeBook,
    messages: Vec<Summed>,
}

impl Sums for GradeSums<'_> {
    fn clear(&mut self) {
        self.messages.fill(Summed::default());
    }

    fn forget(&mut self, message: u32) {
        if let Some(sum) = self.messages.get_mut(message as usize) {
            *sum = Summed::default();
        }
    }

    fn add(&mut self, model: &Model, message: u32, event: &Event) {
        if let Some(sum) = self.messages.get_mut(message as usize)
            && counts(event)
        {
            let grade = self.book.event(model, event);
            let is_open = matches!(grade, Grade::S | Grade::Unknown) && event.is_leg();
            let is_sent = event.kind == Kind::Delivery && event.is_leg();
            sum.join(Summed {
                message: MessageGrade {
                    grade,
                    incomplete: is_open || event.hides_leg(),
                },
                sent_unseen: is_sent && grade == Grade::Unknown,
            });
        }
    }
}

impl ParallelSums for GradeSums<'_> {
    fn empty(&self) -> Self {
        Self {
            book: self.book,
            messages: vec![Summed::default(); self.messages.len()],
        }
    }

    fn join(&mut self, other: Self) {
        for (sum, other) in self.messages.iter_mut().zip(other.messages) {
            sum.join(other);
        }
    }
}

/// Turns the grade "local" into "unknown" for incomplete messages. It says that no network was crossed, which is not
/// known while a leg is hidden.
pub(super) fn unless_a_leg_is_hidden(grade: Grade, incomplete: bool) -> Grade {
    if incomplete && grade == Grade::Local {
        Grade::Unknown
    } else {
        grade
    }
}

impl Era {
    fn new(profile: &Profile, first_day: NaiveDate) -> Self {
        let networks = [
            Network::Unknown,
            Network::Outside,
            Network::Inside,
            Network::Loopback,
        ];
        let plain = networks.map(|network| {
            (
                network,
                grade(profile, first_day, TlsState::No, None, network),
            )
        });
        Self {
            first_day,
            sessions: vec![Grade::Unknown],
            plain: plain.to_vec(),
        }
    }

    fn grade_new_sessions(&mut self, profile: &Profile, model: &Model) {
        for (_, session) in model.sessions.iter().skip(self.sessions.len() - 1) {
            let network = Network::Outside;
            self.sessions.push(grade(
                profile,
                self.first_day,
                TlsState::Yes,
                Some(session),
                network,
            ));
        }
    }

    fn plain(&self, network: Network) -> Grade {
        let found = self.plain.iter().find(|(known, _)| *known == network);
        found.map_or(Grade::Unknown, |(_, grade)| *grade)
    }
}

fn grade(
    profile: &Profile,
    day: NaiveDate,
    tls: TlsState,
    session: Option<&Session>,
    network: Network,
) -> Grade {
    let trouble: Option<Trouble> = None;
    profile
        .grade(
            &Leg {
                tls,
                session,
                trouble,
                network,
            },
            day,
        )
        .grade
}

/// Whether the protection of an event counts for the message's grade. A message that is rejected after its content came
/// in has no other leg.
const fn counts(event: &Event) -> bool {
    matches!(
        event.kind,
        Kind::Arrival
            | Kind::Delivery
            | Kind::Deferral
            | Kind::Failure
            | Kind::Rejection
            | Kind::TlsRefused
            | Kind::TlsDowngrade
    ) || event.is_leg()
}

fn day_of(utc_millis: i64) -> NaiveDate {
    DateTime::from_timestamp_millis(utc_millis)
        .unwrap_or_default()
        .date_naive()
}
