//! Contacts by peer.

use hashbrown::HashMap;

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
        let mut ranges = vec![(0, 0); groups.peers.len()];
        let grouped = by_place(&self.all, &places, &mut ranges);
        let named = groups.peers.into_iter().map(|peer| {
            let key = key(level, &model.strings.endpoint(peer));
            key.unwrap_or_default()
        });
        let all = named.zip(ranges).map(|(name, (start, end))| {
            let own = grouped.get(start as usize..end as usize);
            posture(model, name, (start, end), own.unwrap_or_default())
        });
        Postures {
            level,
            all: all.collect(),
            events: grouped.iter().map(|contact| contact.event).collect(),
        }
    }
}

/// The contacts, those of one place together and otherwise as they were. They are copied: what lies together
/// is read fast.
fn by_place(all: &[Contact], places: &[u32], ranges: &mut [(u32, u32)]) -> Vec<Contact> {
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
    let Some(filler) = all.first() else {
        return Vec::new();
    };
    let mut grouped = vec![*filler; start as usize];
    for (contact, place) in all.iter().zip(places) {
        if let Some((_, end)) = ranges.get_mut(*place as usize)
            && let Some(slot) = grouped.get_mut(*end as usize)
        {
            *slot = *contact;
            *end += 1;
        }
    }
    grouped
}

/// The groups of one level, in the order of their first contacts.
struct Groups {
    level: Level,
    /// Group of each peer, by symbol.
    of_peer: Vec<u32>,
    by_key: HashMap<Vec<u8>, u32>,
    /// Place of each group, outbound and inbound.
    places: Vec<[u32; 2]>,
    /// A peer of each place.
    peers: Vec<Symbol>,
}

impl Groups {
    fn new(model: &Model, level: Level) -> Self {
        Self {
            level,
            of_peer: vec![NEW; model.strings.peers.len() as usize],
            by_key: HashMap::new(),
            places: Vec::new(),
            peers: Vec::new(),
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
            *place = u32::try_from(self.peers.len()).unwrap_or(NONE);
            self.peers.push(contact.peer);
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

fn posture(model: &Model, name: Vec<u8>, range: (u32, u32), contacts: &[Contact]) -> Posture {
    let (first, last) = (contacts.first(), contacts.last());
    let inbound = first.is_some_and(|first| first.inbound);
    let mut posture = Posture {
        direction: if inbound {
            Direction::In
        } else {
            Direction::Out
        },
        name: Clean::line(name),
        addresses: Addresses::None,
        first: first.map_or(0, |contact| contact.time),
        last: last.map_or(0, |contact| contact.time),
        tally: Tally::default(),
        refused: 0,
        waits: 0,
        latest: Grade::Unknown,
        newest: None,
        runs: Vec::new(),
        trend: super::Trend::Steady,
        members: Vec::new(),
        differs: false,
        standings: Vec::new(),
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
        if contact.peer != last_peer && posture.addresses != Addresses::Several {
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
