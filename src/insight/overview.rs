//! The overview: deliveries, arrivals and refusals over time by grade, and what protected them.
//!
//! What counts is the contact, as for postures: a delivery (one recipient and one host), a message that came
//! in over the network, an attempt that ended because TLS was not had. Waits made no connection.

mod headline;
mod steps;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use crate::model::{GradeBook, Model, SessionId, Zone};
use crate::text::Clean;
use crate::tls::{Grade, Session, Suite, Trouble};

use super::posture::{Contacts, Tally, What};
use super::side::Side;

pub use headline::{percent, share};
pub use steps::Step;

/// What the contacts of a selection add up to. It holds for every step of time: [`Figures::histogram`] cuts.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// All of them by grade.
    pub tally: Tally,
    /// How many of the refused ones ended in a TLS handshake that failed: most lines do not tell whether TLS was
    /// required.
    pub handshakes_failed: u32,
    /// How many of the refused ones may have had TLS, but not the certificate or the strength that was required.
    pub below_requirement: u32,
    /// TLS versions, and what was there in place of TLS; the most frequent first. Adds up to all of them.
    pub protection: Vec<Share>,
    /// Cipher suites, the most frequent first.
    pub suites: Vec<Share>,
    /// Counts by minute, in time order.
    counts: Vec<Count>,
}

/// Contacts that have something and the grade in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// What they have in common.
    pub name: Clean,
    /// Their grade.
    pub grade: Grade,
    /// How many.
    pub count: u32,
}

/// Contacts of one minute, side and grade.
#[derive(Clone, Copy, Debug)]
struct Count {
    /// Minutes since 1970-01-01 UTC.
    minute: u32,
    contacts: u32,
    grade: Grade,
    side: Side,
}

/// Contacts over time.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The length of a slot.
    pub step: Step,
    /// From the first contact to the last without a gap, oldest first; none without a contact.
    pub slots: Vec<Slot>,
}

/// A stretch of time and its contacts; times are milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its first millisecond.
    pub start: i64,
    /// The first millisecond after it.
    pub end: i64,
    /// Arrivals by grade, and those we refused.
    pub inbound: Tally,
    /// Deliveries by grade, and those we refused to make.
    pub outbound: Tally,
}

impl Figures {
    /// Counts contacts. Looks at each once.
    pub fn of(model: &Model, grades: &GradeBook, contacts: &Contacts) -> Self {
        let mut counting = Counting::new(model);
        let all = contacts.iter(model, grades);
        for contact in all.filter(|one| one.what != What::Wait) {
            let minute = u32::try_from(contact.time / MINUTE).unwrap_or(0);
            counting.take(minute, contact.side, contact.session, contact.grade);
            let trouble = contact.trouble.filter(|_| contact.grade == Grade::Refused);
            counting.take_trouble(trouble);
        }
        counting.finish()
    }

    /// All contacts.
    pub fn all(&self) -> u32 {
        self.tally.all()
    }

    /// The contacts over time, by the shortest step of which no more than `most` slots are needed. A stretch
    /// that is too long for that is cut by years.
    pub fn histogram(&self, zone: Zone, most: usize) -> Histogram {
        let (Some(first), Some(last)) = (self.counts.first(), self.counts.last()) else {
            return Histogram {
                step: Step::FINEST,
                slots: Vec::new(),
            };
        };
        let stretch = (first.start(), last.start());
        let fitting = Step::ALL.into_iter().find_map(|step| {
            let edges = step.edges(zone, stretch, most)?;
            Some((step, edges))
        });
        let (step, edges) = fitting.unwrap_or_else(|| {
            let edges = Step::COARSEST.edges(zone, stretch, usize::MAX);
            (Step::COARSEST, edges.unwrap_or_default())
        });
        let mut counts = self.counts.iter().peekable();
        let slots = edges.windows(2).map(|pair| {
            let [start, end] = [pair[0], pair[1]];
            let mut slot = Slot::new(start, end);
            while let Some(count) = counts.next_if(|count| count.start() < end) {
                slot.tally(count.side).add_many(count.grade, count.contacts);
            }
            slot
        });
        Histogram {
            step,
            slots: slots.collect(),
        }
    }
}

/// Milliseconds.
const MINUTE: i64 = 60_000;

impl Count {
    /// Milliseconds since 1970-01-01 UTC.
    fn start(&self) -> i64 {
        i64::from(self.minute) * MINUTE
    }
}

impl Slot {
    fn new(start: i64, end: i64) -> Self {
        Self {
            start,
            end,
            inbound: Tally::default(),
            outbound: Tally::default(),
        }
    }

    const fn tally(&mut self, side: Side) -> &mut Tally {
        match side {
            Side::In => &mut self.inbound,
            Side::Out => &mut self.outbound,
        }
    }

    /// Contacts of a grade.
    pub fn of(&self, grade: Grade) -> u32 {
        self.inbound.of(grade) + self.outbound.of(grade)
    }

    /// All contacts.
    pub fn all(&self) -> u32 {
        self.inbound.all() + self.outbound.all()
    }

    /// Messages that came in.
    pub fn arrivals(&self) -> u32 {
        self.inbound.all() - self.inbound.of(Grade::Refused)
    }

    /// Deliveries that were made.
    pub fn deliveries(&self) -> u32 {
        self.outbound.all() - self.outbound.of(Grade::Refused)
    }
}

impl Histogram {
    /// Contacts of the fullest slot.
    pub fn highest(&self) -> u32 {
        self.slots.iter().map(Slot::all).max().unwrap_or(0)
    }
}

/// Counts by grade, one place for each.
type ByGrade = [u32; Grade::ALL.len()];

struct Counting<'a> {
    model: &'a Model,
    minute: u32,
    /// Those of the minute, by [`Side::place`].
    now: [ByGrade; 2],
    /// By session; 0 is no session.
    sessions: Vec<ByGrade>,
    figures: Figures,
}

impl<'a> Counting<'a> {
    fn new(model: &'a Model) -> Self {
        Self {
            model,
            minute: 0,
            now: [ByGrade::default(); 2],
            sessions: vec![ByGrade::default(); model.sessions.iter().count() + 1],
            figures: Figures::default(),
        }
    }

    fn take(&mut self, minute: u32, side: Side, session: SessionId, grade: Grade) {
        if minute != self.minute {
            self.flush();
            self.minute = minute;
        }
        let of_session = self.sessions.get_mut(usize::from(session));
        for counts in [self.now.get_mut(side.place()), of_session] {
            if let Some(count) = counts.and_then(|counts| counts.get_mut(grade as usize)) {
                *count += 1;
            }
        }
    }

    fn take_trouble(&mut self, trouble: Option<Trouble>) {
        match trouble {
            Some(Trouble::HandshakeFailed) => self.figures.handshakes_failed += 1,
            Some(trouble) if trouble.is_of_quality() => self.figures.below_requirement += 1,
            _ => {}
        }
    }

    /// Closes the minute.
    fn flush(&mut self) {
        for (side, counts) in Side::ALL.into_iter().zip(&mut self.now) {
            for grade in Grade::ALL {
                let Some(count) = counts.get_mut(grade as usize) else {
                    continue;
                };
                let count = std::mem::take(count);
                if count > 0 {
                    self.figures.tally.add_many(grade, count);
                    self.figures.counts.push(Count {
                        minute: self.minute,
                        contacts: count,
                        grade,
                        side,
                    });
                }
            }
        }
    }

    fn finish(mut self) -> Figures {
        self.flush();
        let (mut protection, mut suites) = (Vec::new(), Vec::new());
        for (number, counts) in (0..).zip(&self.sessions) {
            let session = self.model.sessions.get(number);
            for grade in Grade::ALL {
                let count = counts.get(grade as usize).copied().unwrap_or(0);
                if count == 0 {
                    continue;
                }
                add(&mut protection, protected_by(session, grade), grade, count);
                if let Some(session) = session {
                    add(&mut suites, suite_of(session), grade, count);
                }
            }
        }
        for (name, count) in [
            ("TLS handshake failed", self.figures.handshakes_failed),
            ("TLS not as required", self.figures.below_requirement),
        ] {
            tell_apart(&mut protection, name, count);
        }
        for shares in [&mut protection, &mut suites] {
            shares
                .sort_by_cached_key(|own| (Reverse((own.count, own.grade)), own.name.to_string()));
        }
        Figures {
            protection,
            suites,
            ..self.figures
        }
    }
}

fn add(shares: &mut Vec<Share>, name: Clean, grade: Grade, count: u32) {
    let same = |own: &&mut Share| own.grade == grade && own.name == name;
    match shares.iter_mut().find(same) {
        Some(own) => own.count += count,
        None => shares.push(Share { name, grade, count }),
    }
}

/// Takes so many out of what was refused, which stands in one share whatever the session, and gives them a name.
fn tell_apart(protection: &mut Vec<Share>, name: &str, count: u32) {
    let refused = protection
        .iter_mut()
        .find(|own| own.grade == Grade::Refused);
    let Some(refused) = refused.filter(|_| count > 0) else {
        return;
    };
    refused.count = refused.count.saturating_sub(count);
    protection.retain(|own| own.count > 0);
    add(protection, Clean::line(name), Grade::Refused, count);
}

fn protected_by(session: Option<&Session>, grade: Grade) -> Clean {
    Clean::line(match (session, grade) {
        (_, Grade::Refused) => "TLS required, not had",
        (_, Grade::Local) => "within this host",
        (Some(session), _) => match session.version {
            Some(version) => version.spoken(),
            None => "TLS, version not stated",
        },
        (None, Grade::E | Grade::F) => "no TLS",
        (None, _) => "not stated",
    })
}

/// The registered name; as written where there is none, or more than one that it may be.
fn suite_of(session: &Session) -> Clean {
    let used = session.used_suites();
    let mut names = used.iter().map(Suite::name);
    match (names.next(), names.next()) {
        (Some(only), None) => Clean::line(only),
        _ if session.cipher.is_empty() => Clean::line("suite not stated"),
        _ => Clean::line(&session.cipher),
    }
}
