//! Contacts by peer.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use super::contacts::{Contact, Contacts, Told, What};
use super::runs::Runs;
use super::{Addresses, Level, Posture, Postures, Tally, Trend};
use crate::insight::side::Side;
use crate::model::{Endpoint, GradeBook, Interner, Model, Symbol, organisation, shares};
use crate::parse::Direction;
use crate::text::Clean;
use crate::tls::{Grade, Version};

/// No place.
const NONE: u32 = u32::MAX;
/// Not yet asked.
const NEW: u32 = u32::MAX - 1;

/// Names of peers of any level, each with a number that stays.
#[derive(Debug, Default)]
pub struct Names(Interner);

impl Names {
    /// The number of a peer on one side; `None` for one without a name.
    pub(super) fn row(&mut self, name: &[u8], side: Side) -> Option<u32> {
        row(self.0.intern(name), side)
    }

    /// The same of a peer that has its number already.
    pub(super) fn find(&self, name: &[u8], side: Side) -> Option<u32> {
        row(self.0.find(name)?, side)
    }
}

/// A name has one number for each side, beside each other.
fn row(name: Symbol, side: Side) -> Option<u32> {
    let both = name.0.checked_mul(2).filter(|_| !name.is_none())?;
    Some(both + u32::from(side == Side::In))
}

/// A posture in brief: what lists are ordered by. There are hundreds of thousands; what else is told of one
/// is read in the events behind it when somebody looks.
#[derive(Clone, Copy, Debug)]
pub struct Brief {
    /// Its number, which stays: see [`Names`].
    pub row: u32,
    /// One of its peers, which has its name.
    pub(super) peer: Symbol,
    /// Where its contacts end in the list of all; they begin where those of the posture before end.
    pub(super) end: u32,
    /// Attempts that ended because TLS was not had.
    pub refused: u32,
    /// Retries that made no connection.
    pub waits: u32,
    /// Deliveries of the worst grade.
    pub(super) at_worst: u32,
    /// See [`Posture::worst`].
    pub worst: Grade,
    /// See [`Posture::latest`].
    pub latest: Grade,
    /// See [`Posture::newest`].
    pub(super) newest: Option<Version>,
    /// See [`Posture::trend`].
    pub trend: Trend,
}

impl Brief {
    const fn new(row: u32, peer: Symbol) -> Self {
        Self {
            row,
            peer,
            end: 0,
            refused: 0,
            waits: 0,
            at_worst: 0,
            worst: Grade::Unknown,
            latest: Grade::Unknown,
            newest: None,
            trend: Trend::Steady,
        }
    }

    fn sum_up(&mut self, posture: &Posture) {
        self.refused = posture.refused;
        self.waits = posture.waits;
        self.worst = posture.worst();
        self.at_worst = posture.tally.of(self.worst);
        self.latest = posture.latest;
        self.newest = posture.newest;
        self.trend = posture.trend;
    }

    /// Who handed mail to whom.
    pub const fn direction(&self) -> Direction {
        if self.row.is_multiple_of(2) {
            Direction::Out
        } else {
            Direction::In
        }
    }

    /// How bad what was seen last is, then how bad anything was; a refusal is worse than any encryption.
    pub fn badness(&self) -> (u8, Grade, u32) {
        (self.latest.urgency(), self.worst, self.refused)
    }
}

impl Contacts {
    /// The posture of every address.
    pub fn addresses(&self, model: &Model, grades: &GradeBook, names: &mut Names) -> Postures {
        self.by(model, grades, Level::Address, names)
    }

    /// The posture of every host.
    pub fn hosts(&self, model: &Model, grades: &GradeBook, names: &mut Names) -> Postures {
        self.by(model, grades, Level::Host, names)
    }

    pub(super) fn by(
        &self,
        model: &Model,
        grades: &GradeBook,
        level: Level,
        names: &mut Names,
    ) -> Postures {
        let told = self.told(model, grades);
        let mut groups = Groups::new(model, level, names);
        let sides = told.sides(&self.events);
        // The postures of the contacts, by their places.
        let places: Vec<u32> = sides.map(|(peer, side)| groups.of(peer, side)).collect();
        let mut briefs = groups.briefs;
        briefs.shrink_to_fit();
        for place in &places {
            if let Some(own) = briefs.get_mut(*place as usize) {
                own.end += 1;
            }
        }
        let mut start = 0;
        for own in &mut briefs {
            start += std::mem::replace(&mut own.end, start);
        }
        let mut events = vec![0; start as usize];
        for (number, place) in self.events.iter().zip(places) {
            if let Some(own) = briefs.get_mut(place as usize)
                && let Some(slot) = events.get_mut(own.end as usize)
            {
                *slot = *number;
                own.end += 1;
            }
        }
        let span = sum_up(&told, &events, &mut briefs);
        let mut by_row: Vec<u32> = (0..).take(briefs.len()).collect();
        by_row.sort_by_key(|place| briefs.get(*place as usize).map(|own| own.row));
        Postures {
            level,
            span,
            briefs,
            by_row,
            events,
            beside: Arc::clone(&self.beside),
            domains: None,
        }
    }
}

/// Sums up the contacts of each posture, on several threads where they are many; gives the first and the last of all.
fn sum_up(told: &Told<'_>, events: &[u32], briefs: &mut [Brief]) -> (i64, i64) {
    let contacts = 0..u32::try_from(events.len()).unwrap_or(u32::MAX);
    let mut rest = briefs;
    let mut parts = Vec::new();
    let mut begin = 0;
    // Cut by contacts: a few hosts have most of them.
    for stretch in shares::stretches(contacts, shares::EVENTS) {
        let length = rest.partition_point(|own| own.end <= stretch.end);
        let (part, others) = std::mem::take(&mut rest).split_at_mut(length);
        rest = others;
        let end = part.last().map_or(begin, |own| own.end);
        let events = events.get(begin as usize..end as usize);
        parts.push((begin, events.unwrap_or_default(), part));
        begin = end;
    }
    let spans = shares::share(parts, |(begin, events, part)| {
        sum_up_part(told, events, begin, part)
    });
    let spans = spans.into_iter().flatten();
    let whole = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    whole.unwrap_or_default()
}

/// The same for some postures that follow each other, whose contacts begin at `start`; `None` for no posture.
fn sum_up_part(
    told: &Told<'_>,
    events: &[u32],
    mut start: u32,
    briefs: &mut [Brief],
) -> Option<(i64, i64)> {
    let mut span = None;
    let mut contacts = told.far_apart(events);
    for own in briefs {
        let length = own.end.saturating_sub(start) as usize;
        let own_contacts = contacts.by_ref().take(length);
        let posture = posture(told.model, own_contacts, (start, own.end));
        let (first, last) = span.unwrap_or((posture.first, posture.last));
        span = Some((posture.first.min(first), posture.last.max(last)));
        own.sum_up(&posture);
        start = own.end;
    }
    span
}

/// The groups of one level, in the order of their first contacts.
struct Groups<'a> {
    model: &'a Model,
    level: Level,
    names: &'a mut Names,
    /// By peer, its places, by [`Side::place`].
    of_peer: Vec<[u32; 2]>,
    /// By row, its place.
    places: Vec<u32>,
    briefs: Vec<Brief>,
}

impl<'a> Groups<'a> {
    fn new(model: &'a Model, level: Level, names: &'a mut Names) -> Self {
        Self {
            model,
            level,
            names,
            of_peer: vec![[NEW; 2]; model.strings.peers.len() as usize],
            places: Vec::new(),
            briefs: Vec::new(),
        }
    }

    /// The place of the posture to which a contact belongs; [`NONE`] where its peer has none at this level.
    fn of(&mut self, peer: Symbol, side: Side) -> u32 {
        let at = peer.0 as usize;
        match self.of_peer.get(at).map(|both| both[side.place()]) {
            Some(NEW) => {
                let place = self.place(peer, side).unwrap_or(NONE);
                if let Some(both) = self.of_peer.get_mut(at) {
                    both[side.place()] = place;
                }
                place
            }
            place => place.unwrap_or(NONE),
        }
    }

    fn place(&mut self, peer: Symbol, side: Side) -> Option<u32> {
        let name = name(self.level, &self.model.strings.endpoint(peer))?;
        let row = self.names.row(&name, side)?;
        let at = row as usize;
        if self.places.len() <= at {
            self.places.resize(at + 1, NONE);
        }
        let place = self.places.get_mut(at)?;
        if *place == NONE {
            *place = u32::try_from(self.briefs.len()).ok()?;
            self.briefs.push(Brief::new(row, peer));
        }
        Some(*place)
    }
}

/// By what a peer is told apart from others; `None` for what has no name.
pub(super) fn name<'a>(level: Level, endpoint: &Endpoint<'a>) -> Option<Cow<'a, [u8]>> {
    let name = match level {
        Level::Address => address(endpoint),
        Level::Host if endpoint.name.is_empty() => address(endpoint),
        Level::Host => Cow::Borrowed(endpoint.name),
        Level::Domain => match String::from_utf8_lossy(endpoint.name) {
            Cow::Borrowed(name) => Cow::Borrowed(organisation(name).as_bytes()),
            Cow::Owned(name) => Cow::Owned(organisation(&name).as_bytes().to_vec()),
        },
    };
    (!name.is_empty()).then_some(name)
}

fn address<'a>(endpoint: &Endpoint<'a>) -> Cow<'a, [u8]> {
    match endpoint.address() {
        // Written in one way only, unless it has a tag before it.
        Some(IpAddr::V4(_)) if endpoint.ip.first().is_some_and(u8::is_ascii_digit) => {
            Cow::Borrowed(endpoint.ip)
        }
        Some(address) => Cow::Owned(address.to_canonical().to_string().into_bytes()),
        None => Cow::Owned(endpoint.ip.to_ascii_lowercase()),
    }
}

/// The posture of these contacts, without its name.
pub(super) fn posture(
    model: &Model,
    contacts: impl Iterator<Item = Contact>,
    range: (u32, u32),
) -> Posture {
    let mut posture = Posture {
        direction: Direction::Out,
        name: Clean::default(),
        addresses: Addresses::None,
        first: 0,
        last: 0,
        tally: Tally::default(),
        refused: 0,
        waits: 0,
        latest: Grade::Unknown,
        newest: None,
        runs: Vec::new(),
        trend: Trend::Steady,
        members: Vec::new(),
        differs: false,
        standings: Vec::new(),
        range,
    };
    let mut runs = Runs::default();
    let mut last_peer = Symbol::NONE;
    for (at, contact) in (0_u32..).zip(contacts) {
        if at == 0 {
            posture.first = contact.time;
            if contact.side == Side::In {
                posture.direction = Direction::In;
            }
        }
        posture.last = contact.time;
        match contact.what {
            What::Wait => posture.waits += 1,
            What::Refusal => posture.refused += 1,
            What::Delivery => posture.tally.add(contact.grade),
        }
        if contact.peer != last_peer && posture.addresses != Addresses::Several {
            last_peer = contact.peer;
            posture.add_address(&model.strings.endpoint(contact.peer));
        }
        if contact.what != What::Wait && !matches!(contact.grade, Grade::Unknown | Grade::Local) {
            let session = model.sessions.get(contact.session);
            let version = session.and_then(|own| own.version);
            posture.latest = contact.grade;
            posture.newest = posture.newest.max(version);
            runs.take(at, &contact, version);
        }
    }
    (posture.runs, posture.trend) = runs.finish();
    posture
}

impl Posture {
    fn add_address(&mut self, endpoint: &Endpoint<'_>) {
        let Some(new) = endpoint.address().map(|address| address.to_canonical()) else {
            return;
        };
        self.addresses = match self.addresses {
            Addresses::None => Addresses::One(new),
            Addresses::One(known) if known == new => Addresses::One(known),
            _ => Addresses::Several,
        };
    }
}
