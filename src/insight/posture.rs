//! Postures: what the connections with a peer add up to over time, each direction apart.
//!
//! A connection shows what both sides negotiated. Outbound it shows what the peer took of our offer,
//! inbound what it chose of ours as a client: the two are never merged.
//!
//! What counts is the contact: a delivery (one recipient and one host, or one message that came in), an
//! attempt that ended because TLS was not had, a wait. They are gathered in one pass over the events and
//! then grouped by address, host name or organisational domain.

mod contacts;
mod domains;
mod fall;
mod group;
mod runs;
mod series;
mod standing;
mod story;
#[cfg(test)]
mod tests;
mod turning;
mod worst;

use std::net::IpAddr;
use std::sync::Arc;

use crate::model::{GradeBook, Model};
use crate::parse::Direction;
use crate::text::Clean;
use crate::tls::{Grade, Version};

use contacts::{Beside, Told};
use domains::Domains;

pub use contacts::Contacts;
pub(super) use contacts::What;
pub use fall::Fall;
pub use group::{Brief, Names};
pub use runs::{Change, Run, WINDOW_MS, compare};
pub use series::Bucket;
pub use standing::Standing;
pub use story::{PostureStory, RunStory};
pub use worst::Worst;

/// What a posture says of itself, wherever one is shown.
pub const NEGOTIATED: &str = "a connection shows what both sides negotiated";

/// By what peers are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Level {
    /// IP address.
    Address,
    /// Host name; an address where the logs have no name.
    #[default]
    Host,
    /// Organisational domain of the host name; peers without a name have none.
    Domain,
}

/// Where a posture moves. The contacts of one posture are cut into [`Run`]s first, so that a single
/// connection that was better or worse changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trend {
    /// No run was better or worse than the one before.
    Steady,
    /// Some were better, none was worse.
    Improved,
    /// Some were worse, none was better.
    Regressed,
    /// Some were better and some worse, or two or more single connections within 30 days were, or the
    /// hosts of a domain differ.
    Mixed,
}

impl Trend {
    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Improved => "improved",
            Self::Regressed => "regressed",
            Self::Mixed => "mixed",
        }
    }
}

/// Deliveries by grade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([u32; Grade::ALL.len()]);

impl Tally {
    /// Deliveries of a grade.
    pub fn of(&self, grade: Grade) -> u32 {
        self.0.get(grade as usize).copied().unwrap_or(0)
    }

    /// Deliveries of any grade, those that nothing is known of included.
    pub fn all(&self) -> u32 {
        self.0.iter().sum()
    }

    fn add(&mut self, grade: Grade) {
        self.add_many(grade, 1);
    }

    pub(super) fn add_many(&mut self, grade: Grade, more: u32) {
        if let Some(count) = self.0.get_mut(grade as usize) {
            *count += more;
        }
    }

    /// The grades of the scale that occur, best first.
    fn graded(&self) -> impl DoubleEndedIterator<Item = Grade> {
        let rated = |grade: &Grade| !matches!(grade, Grade::Refused | Grade::Unknown);
        let scale = SCALE.into_iter().filter(rated);
        scale.filter(|grade| self.of(*grade) > 0)
    }
}

/// What may be said of a contact, from the best grade to what is not rated.
pub const SCALE: [Grade; 9] = [
    Grade::A,
    Grade::B,
    Grade::S,
    Grade::C,
    Grade::D,
    Grade::E,
    Grade::F,
    Grade::Refused,
    Grade::Unknown,
];

/// Addresses of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// The logs show none.
    None,
    /// One.
    One(IpAddr),
    /// More than one.
    Several,
}

/// The posture of one peer in one direction. Times are milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug)]
pub struct Posture {
    /// [`Direction::In`]: it handed us mail. [`Direction::Out`]: we handed it mail, or tried to.
    pub direction: Direction,
    /// Address, host name or domain, in lower case.
    pub name: Clean,
    /// Its addresses.
    pub addresses: Addresses,
    /// First contact.
    pub first: i64,
    /// Last contact.
    pub last: i64,
    /// Deliveries by grade.
    pub tally: Tally,
    /// Attempts that ended because TLS was not had; nothing was sent.
    pub refused: u32,
    /// Retries that made no connection. One that names no host belongs to the host that was last tried
    /// for the same recipient of the same message.
    pub waits: u32,
    /// Grade of the latest delivery or refusal; `?` is passed over.
    pub latest: Grade,
    /// The newest TLS version seen.
    pub newest: Option<Version>,
    /// Stretches of the same grade and version, oldest first.
    pub runs: Vec<Run>,
    /// Where it moves.
    pub trend: Trend,
    /// The hosts of a domain, as places in the list of hosts; empty for hosts and addresses. These, and how they
    /// are compared, are told by [`Postures::whole`] only.
    pub members: Vec<u32>,
    /// The hosts of a domain differ in the last 30 days before the domain's last contact.
    pub differs: bool,
    /// The hosts of a domain by what is had with them, the best first; empty for hosts and addresses.
    pub standings: Vec<Standing>,
    /// Where its contacts begin and end in the list of all.
    range: (u32, u32),
}

impl Posture {
    /// Deliveries.
    pub fn deliveries(&self) -> u32 {
        self.tally.all()
    }

    /// The best grade of a delivery; R where all attempts were refused, ? where nothing is known.
    pub fn best(&self) -> Grade {
        self.tally.graded().next().unwrap_or(self.outside())
    }

    /// The worst grade of a delivery; R where all attempts were refused, ? where nothing is known.
    pub fn worst(&self) -> Grade {
        self.tally.graded().next_back().unwrap_or(self.outside())
    }

    fn outside(&self) -> Grade {
        if self.refused > 0 {
            Grade::Refused
        } else {
            Grade::Unknown
        }
    }

    /// Its address, where it has one and no other.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self.addresses {
            Addresses::One(address) => Some(address),
            Addresses::None | Addresses::Several => None,
        }
    }

    /// When the present run began.
    pub fn since(&self) -> Option<i64> {
        self.runs.last().map(|run| run.first)
    }
}

/// Postures of one level, in the order of their first contacts.
#[derive(Clone, Debug, Default)]
pub struct Postures {
    /// By what peers are told apart.
    pub level: Level,
    /// First and last contact of all, in milliseconds since 1970-01-01 UTC.
    pub span: (i64, i64),
    briefs: Vec<Brief>,
    /// Their places in the order of their rows.
    by_row: Vec<u32>,
    /// Numbers of the events behind them, posture by posture and in time order within each.
    events: Vec<u32>,
    beside: Arc<Beside>,
    /// What domains have.
    domains: Option<Domains>,
}

impl Postures {
    /// The postures in brief.
    pub fn briefs(&self) -> &[Brief] {
        &self.briefs
    }

    /// The place of a row.
    pub fn place_of(&self, row: u32) -> Option<u32> {
        let row_at = |place: &u32| self.briefs.get(*place as usize).map(|own| own.row);
        let at = self.by_row.binary_search_by_key(&Some(row), row_at).ok()?;
        self.by_row.get(at).copied()
    }

    /// A posture by its place; a domain's without its hosts. The model is that of the contacts, or has grown
    /// since.
    pub fn posture(&self, model: &Model, grades: &GradeBook, place: u32) -> Option<Posture> {
        let brief = self.briefs.get(place as usize)?;
        let told = Told {
            model,
            grades,
            beside: &self.beside,
        };
        let range = self.range(place);
        let contacts = told.far_apart(self.events_in(range));
        let mut posture = group::posture(model, contacts, range);
        posture.name = self.name(model, place);
        // The hosts of a domain may differ.
        posture.trend = brief.trend;
        Some(posture)
    }

    /// The same, a domain with its hosts compared.
    pub fn whole(&self, model: &Model, grades: &GradeBook, place: u32) -> Option<Posture> {
        let mut posture = self.posture(model, grades, place)?;
        if let Some(domains) = &self.domains {
            posture.standings = domains.standings(model, grades, place, posture.last);
            posture.differs = standing::differ(&posture.standings);
            posture.members = domains.members(place).to_vec();
        }
        Some(posture)
    }

    /// The hosts of a domain, as places in the list of hosts, and that list; `None` for hosts and addresses.
    pub fn members(&self, place: u32) -> Option<(&[u32], &Self)> {
        let domains = self.domains.as_ref()?;
        Some((domains.members(place), &domains.hosts))
    }

    /// The name of a posture.
    pub fn name(&self, model: &Model, place: u32) -> Clean {
        let brief = self.briefs.get(place as usize);
        let endpoint = brief.map(|own| model.strings.endpoint(own.peer));
        let name = endpoint.and_then(|own| group::name(self.level, &own));
        Clean::line(name.unwrap_or_default())
    }

    /// First and last contact of a posture.
    pub fn span_of(&self, model: &Model, place: u32) -> (i64, i64) {
        let time = |at: &u32| model.events.get(*at).map_or(0, |event| event.time());
        let own = self.events_in(self.range(place));
        (own.first().map_or(0, time), own.last().map_or(0, time))
    }

    /// Deliveries of a posture.
    pub fn deliveries(&self, place: u32) -> u32 {
        let (start, end) = self.range(place);
        let others = self.briefs.get(place as usize);
        let others = others.map_or(0, |own| own.refused + own.waits);
        (end - start).saturating_sub(others)
    }

    fn range(&self, place: u32) -> (u32, u32) {
        let end_of = |place: u32| self.briefs.get(place as usize).map(|own| own.end);
        let start = place.checked_sub(1).and_then(end_of).unwrap_or(0);
        (start, end_of(place).unwrap_or(start))
    }

    fn events_in(&self, (start, end): (u32, u32)) -> &[u32] {
        let range = start as usize..end as usize;
        self.events.get(range).unwrap_or_default()
    }

    /// The numbers of the events behind a posture, oldest first: a delivery's or an arrival's, the first
    /// of an attempt that was refused, a wait's.
    pub fn events_of(&self, posture: &Posture) -> &[u32] {
        self.events_in(posture.range)
    }

    /// The numbers of the events of a run of `posture`, waits in between included.
    pub fn events_of_run(&self, posture: &Posture, run: &Run) -> &[u32] {
        let (start, end) = run.range;
        let events = self.events_of(posture);
        events.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The newest TLS version of a direction, where nobody of many peers went beyond it although there
    /// is a newer one: then our own side may be the limit.
    pub fn own_limit(&self, model: &Model, direction: Direction) -> Option<Version> {
        let (mut peers, mut newest) = (0, None);
        for (place, own) in (0..).zip(&self.briefs) {
            let ours = own.direction() == direction && own.newest.is_some();
            if !ours || self.span_of(model, place).1 < TLS13_SINCE_MS {
                continue;
            }
            peers += 1;
            newest = newest.max(own.newest);
            if newest >= Some(Version::Tls13) {
                return None;
            }
        }
        newest.filter(|_| peers >= MANY_PEERS)
    }

    /// Bytes held on the heap, those of a domain's hosts not counted.
    pub fn heap_bytes(&self) -> usize {
        let domains = self.domains.as_ref().map_or(0, Domains::heap_bytes);
        self.briefs.capacity() * size_of::<Brief>()
            + (self.by_row.capacity() + self.events.capacity()) * size_of::<u32>()
            + domains
    }
}

/// So many peers without TLS 1.3 are no chance.
const MANY_PEERS: usize = 10;
/// 2018-08-10, the day of RFC 8446: nobody had TLS 1.3 before.
const TLS13_SINCE_MS: i64 = 1_533_859_200_000;
