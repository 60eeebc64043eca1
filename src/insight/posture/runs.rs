//! Runs: stretches of the same posture, and what changed between them.

use std::cmp::Ordering;

use super::Trend;
use super::contacts::{Contact, What};
use crate::model::SessionId;
use crate::tls::{Grade, Version};

/// That a peer became worse is told against what was seen in so many milliseconds before it: 30 days.
pub const WINDOW_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Deliveries of one message within so many milliseconds are taken for one connection.
const TOGETHER_MS: i64 = 60 * 1000;
/// So many different sessions of a run are kept.
const MOST_SESSIONS: usize = 32;

/// How a run stands to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There is none before.
    Begins,
    /// Its grade is better.
    Better,
    /// Its grade is worse.
    Worse,
    /// The same grade by another TLS version.
    Version,
}

/// A stretch of contacts with the same grade and TLS version. A single connection that differs does not
/// end it: it is counted as a stray. Waits and what nothing is known of (`?`) leave it as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// First contact, in milliseconds since 1970-01-01 UTC.
    pub first: i64,
    /// Last contact of that posture.
    pub last: i64,
    /// The grade.
    pub grade: Grade,
    /// The TLS version; `None` for plaintext, refusals, and where none is stated.
    pub version: Option<Version>,
    /// The sessions of it with their deliveries, one number for all spellings of a session; the first
    /// 32 that were seen.
    pub sessions: Vec<(SessionId, u32)>,
    /// Deliveries and refusals, strays not counted.
    pub contacts: u32,
    /// Single connections in between that differ in grade or version.
    pub strays: u32,
    /// How it stands to the run before.
    pub change: Change,
    /// The run before ended more than 30 days before: nobody saw when it changed.
    pub apart: bool,
    /// Where its contacts begin and end among those of the posture.
    pub(super) range: (u32, u32),
}

/// How one grade stands to another: greater is worse. S says nothing of the strength, so it is neither
/// better nor worse than other TLS; without TLS it makes no difference whether something was sent.
pub fn compare(one: Grade, other: Grade) -> Ordering {
    let rank = |grade: Grade| match grade {
        Grade::Refused => Grade::F.rank(),
        grade => grade.rank(),
    };
    let encrypted = |grade: Grade| rank(grade) < Grade::E.rank();
    let unstated = one == Grade::S || other == Grade::S;
    if unstated && encrypted(one) && encrypted(other) {
        return Ordering::Equal;
    }
    rank(one).cmp(&rank(other))
}

impl Run {
    fn begin(at: u32, contact: &Contact, version: Option<Version>) -> Self {
        let mut run = Self {
            first: contact.time,
            last: contact.time,
            grade: contact.grade,
            version,
            sessions: Vec::with_capacity(1),
            contacts: 0,
            strays: 0,
            change: Change::Begins,
            apart: false,
            range: (at, at),
        };
        run.absorb(at, contact, version);
        run
    }

    fn absorb(&mut self, at: u32, contact: &Contact, version: Option<Version>) {
        self.last = contact.time;
        self.contacts += 1;
        self.range.1 = at + 1;
        self.version = self.version.or(version);
        // The same session under a later rule, or the first that states its strength.
        if contact.grade != Grade::S {
            self.grade = contact.grade;
        }
        if contact.session == 0 || contact.what != What::Delivery {
            return;
        }
        let mut known = self.sessions.iter_mut();
        if let Some((_, count)) = known.find(|(own, _)| *own == contact.session) {
            *count += 1;
        } else if self.sessions.len() < MOST_SESSIONS {
            self.sessions.push((contact.session, 1));
        }
    }

    /// How a contact stands to it; `None` where it is the same posture.
    fn difference(&self, contact: &Contact, version: Option<Version>) -> Option<Ordering> {
        // Rules may change under a session: the peer did not.
        let known = |session| self.sessions.iter().any(|(own, _)| *own == session);
        if contact.session != 0 && known(contact.session) {
            return None;
        }
        let worse = compare(contact.grade, self.grade);
        let same_version = version.is_none() || self.version.is_none() || version == self.version;
        (worse.is_ne() || !same_version).then_some(worse)
    }
}

/// A connection that differs from the run, while it is open whether others follow.
#[derive(Clone)]
struct Stray {
    contact: Contact,
    version: Option<Version>,
    at: u32,
    difference: Ordering,
}

impl Stray {
    /// Another recipient of the same connection.
    fn is_one_with(&self, contact: &Contact) -> bool {
        self.contact.message == contact.message
            && (contact.time - self.contact.time).abs() <= TOGETHER_MS
            && self.contact.peer == contact.peer
    }
}

/// Cuts the contacts of a posture, oldest first, into runs.
#[derive(Default)]
pub(super) struct Runs {
    done: Vec<Run>,
    current: Option<Run>,
    stray: Option<Stray>,
    /// When the last stray was that differed in grade.
    last_stray: Option<i64>,
    /// Two strays came within the window.
    unsettled: bool,
}

impl Runs {
    pub(super) fn take(&mut self, at: u32, contact: &Contact, version: Option<Version>) {
        let Some(current) = &mut self.current else {
            self.current = Some(Run::begin(at, contact, version));
            return;
        };
        let Some(difference) = current.difference(contact, version) else {
            let stray = self.stray.take();
            current.absorb(at, contact, version);
            self.pass_over(stray);
            return;
        };
        let new = Stray {
            contact: *contact,
            version,
            at,
            difference,
        };
        match self.stray.take() {
            Some(stray) if stray.is_one_with(contact) => self.stray = Some(stray),
            Some(stray) if agree(&stray, &new) => {
                self.turn(&stray);
                self.take(at, contact, version);
            }
            stray => {
                self.pass_over(stray);
                self.stray = Some(new);
            }
        }
    }

    /// A single connection that differed: nothing, unless it is not the only one.
    fn pass_over(&mut self, stray: Option<Stray>) {
        let Some(stray) = stray else { return };
        if let Some(current) = &mut self.current {
            current.strays += 1;
        }
        if stray.difference.is_ne() {
            let time = stray.contact.time;
            let last = self.last_stray.replace(time);
            self.unsettled |= last.is_some_and(|last| time - last <= WINDOW_MS);
        }
    }

    /// A second connection confirms the first: a new run began there.
    fn turn(&mut self, stray: &Stray) {
        let mut next = Run::begin(stray.at, &stray.contact, stray.version);
        if let Some(mut over) = self.current.take() {
            over.range.1 = stray.at;
            next.apart = next.first - over.last > WINDOW_MS;
            next.change = match compare(next.grade, over.grade) {
                Ordering::Less => Change::Better,
                Ordering::Greater => Change::Worse,
                Ordering::Equal => Change::Version,
            };
            self.done.push(over);
        }
        self.current = Some(next);
    }

    /// The runs, oldest first, and where they lead.
    pub(super) fn finish(mut self) -> (Vec<Run>, Trend) {
        if let Some(stray) = self.stray.take() {
            if let Some(current) = &mut self.current {
                current.range.1 = stray.at + 1;
            }
            self.pass_over(Some(stray));
        }
        // Most peers have one run, and there are hundreds of thousands: no room is left over.
        self.done.reserve_exact(1);
        self.done.extend(self.current);
        self.done.shrink_to_fit();
        let any = |change| self.done.iter().any(|run| run.change == change);
        let trend = match (any(Change::Better), any(Change::Worse)) {
            _ if self.unsettled => Trend::Mixed,
            (true, true) => Trend::Mixed,
            (true, false) => Trend::Improved,
            (false, true) => Trend::Regressed,
            (false, false) => Trend::Steady,
        };
        (self.done, trend)
    }
}

/// True when two connections that differ from a run do so in the same way.
fn agree(one: &Stray, other: &Stray) -> bool {
    one.difference == other.difference && (one.difference.is_ne() || one.version == other.version)
}
