//! Contacts by peer.

use std::collections::HashMap;

use super::contacts::{Contact, Contacts, What};
use super::runs::Runs;
use super::{Addresses, Level, Posture, Postures, Tally};
use crate::model::{Endpoint, Model, Symbol, organisation};
use crate::parse::Direction;
use crate::text::Clean;
use crate::tls::Grade;

/// No group.
const NONE: u32 = u32::MAX;
/// Not yet asked.
const NEW: u32 = u32::MAX - 1;

impl Contacts {
    /// The posture of every address.
    pub fn addresses(&self, model: &Model) -> Postures {
        self.by(model, Level::Address)
    }

    /// The posture of every host.
    pub fn hosts(&self, model: &Model) -> Postures {
        self.by(model, Level::Host)
    }

    pub(super) fn by(&self, model: &Model, level: Level) -> Postures {
        let mut groups = Groups::new(model, level);
        let places: Vec<u32> = self
            .all
            .iter()
            .map(|one| groups.place(model, one))
            .collect();
        let mut ranges = vec![(0, 0); groups.names.len()];
        let sorted = by_place(&places, &mut ranges);
        let of = |&(start, end): &(u32, u32)| {
            let numbers = sorted.get(start as usize..end as usize);
            let numbers = numbers.unwrap_or_default().iter();
            numbers.filter_map(|at| self.all.get(*at as usize))
        };
        let named = groups.names.into_iter().zip(&ranges);
        let all = named.map(|(name, range)| posture(model, name, *range, of(range)));
        Postures {
            level,
            all: all.collect(),
            events: of(&(0, u32::try_from(sorted.len()).unwrap_or(u32::MAX)))
                .map(|contact| contact.event)
                .collect(),
        }
    }
}

/// The numbers of the contacts, those of one place together and otherwise as they were.
fn by_place(places: &[u32], ranges: &mut [(u32, u32)]) -> Vec<u32> {
    for place in places {
        if let Some((_, count)) = ranges.get_mut(*place as usize) {
            *count += 1;
        }
    }
    let mut start = 0;
    for range in &mut *ranges {
        let count = range.1;
        *range = (start, start);
        start += count;
    }
    let mut sorted = vec![0; start as usize];
    for (number, place) in (0_u32..).zip(places) {
        if let Some((_, end)) = ranges.get_mut(*place as usize)
            && let Some(slot) = sorted.get_mut(*end as usize)
        {
            *slot = number;
            *end += 1;
        }
    }
    sorted
}

/// The groups of one level, in the order of their first contacts.
struct Groups {
    level: Level,
    /// Group of each peer, by symbol.
    of_peer: Vec<u32>,
    by_key: HashMap<Vec<u8>, u32>,
    /// Place of each group, outbound and inbound.
    places: Vec<[u32; 2]>,
    names: Vec<Vec<u8>>,
}

impl Groups {
    fn new(model: &Model, level: Level) -> Self {
        Self {
            level,
            of_peer: vec![NEW; model.strings.peers.len() as usize],
            by_key: HashMap::new(),
            places: Vec::new(),
            names: Vec::new(),
        }
    }

    /// The place of a contact; [`NONE`] where its peer has none at this level.
    fn place(&mut self, model: &Model, contact: &Contact) -> u32 {
        let group = self.group(model, contact.peer);
        let side = usize::from(contact.inbound);
        let Some(place) = self
            .places
            .get_mut(group as usize)
            .and_then(|both| both.get_mut(side))
        else {
            return NONE;
        };
        if *place == NONE {
            *place = u32::try_from(self.names.len()).unwrap_or(NONE);
            let endpoint = model.strings.endpoint(contact.peer);
            self.names
                .push(key(self.level, &endpoint).unwrap_or_default());
        }
        *place
    }

    fn group(&mut self, model: &Model, peer: Symbol) -> u32 {
        let known = self.of_peer.get(peer.0 as usize).copied().unwrap_or(NONE);
        if known != NEW {
            return known;
        }
        let group = key(self.level, &model.strings.endpoint(peer)).map_or(NONE, |key| {
            let next = u32::try_from(self.places.len()).unwrap_or(NONE);
            *self.by_key.entry(key).or_insert_with(|| {
                self.places.push([NONE; 2]);
                next
            })
        });
        if let Some(known) = self.of_peer.get_mut(peer.0 as usize) {
            *known = group;
        }
        group
    }
}

/// By what a peer is told apart from others.
pub(super) fn key(level: Level, endpoint: &Endpoint<'_>) -> Option<Vec<u8>> {
    let address = || match endpoint.address() {
        Some(address) => address.to_canonical().to_string().into_bytes(),
        None => endpoint.ip.to_ascii_lowercase(),
    };
    let key = match level {
        Level::Address => address(),
        Level::Host if endpoint.name.is_empty() => address(),
        Level::Host => endpoint.name.to_vec(),
        Level::Domain => {
            let name = String::from_utf8_lossy(endpoint.name);
            organisation(&name).as_bytes().to_vec()
        }
    };
    (!key.is_empty()).then_some(key)
}

fn posture<'a>(
    model: &Model,
    name: Vec<u8>,
    range: (u32, u32),
    contacts: impl Iterator<Item = &'a Contact> + Clone,
) -> Posture {
    let times = contacts.clone().map(|contact| contact.time);
    let inbound = contacts.clone().next().is_some_and(|first| first.inbound);
    let mut posture = Posture {
        direction: if inbound {
            Direction::In
        } else {
            Direction::Out
        },
        name: Clean::line(name),
        addresses: Addresses::None,
        first: times.clone().next().unwrap_or_default(),
        last: times.last().unwrap_or_default(),
        tally: Tally::default(),
        refused: 0,
        waits: 0,
        latest: Grade::Unknown,
        newest: None,
        runs: Vec::new(),
        trend: super::Trend::Steady,
        members: Vec::new(),
        differs: false,
        range,
    };
    let mut runs = Runs::default();
    let mut last_peer = Symbol::NONE;
    for (at, contact) in (0_u32..).zip(contacts) {
        let version = model
            .sessions
            .get(contact.session)
            .and_then(|own| own.version);
        match contact.what {
            What::Wait => posture.waits += 1,
            What::Refusal => posture.refused += 1,
            What::Delivery => posture.tally.add(contact.grade),
        }
        if contact.peer != last_peer {
            last_peer = contact.peer;
            posture.add_address(&model.strings.endpoint(contact.peer));
        }
        if contact.what != What::Wait && !matches!(contact.grade, Grade::Unknown | Grade::Local) {
            posture.latest = contact.grade;
            posture.newest = posture.newest.max(version);
            runs.take(at, contact, version);
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
