//! The connections of a message that may still be written about, found by their hosts.

use std::hash::BuildHasher;

use hashbrown::HashMap;

use crate::model::dialogues::same_peer;
use crate::model::intern::HASHER;
use crate::model::{Endpoint, Strings, Symbol};

use super::Connection;

/// Connections in the order in which they began.
///
/// Most messages go to one host or a few, and all of them are looked at. A list may go to thousands: then those are
/// looked at that have the address of a host, or its name.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// `None` for those that are over. As long as they are few, there are none.
    all: Vec<Option<Connection>>,
    /// Where in `all` stand those that have something in common, by a hash of that; empty while they are few.
    places: HashMap<u64, Vec<u32>>,
    /// Where those stand that may be with the host that is looked for, in order.
    near: Vec<u32>,
}

/// What connections are found by.
#[derive(Hash)]
enum Key<'a> {
    Address(&'a [u8]),
    /// The name of a host that has an address as well.
    Name(&'a [u8]),
    /// The name of a host of which no address is told.
    NameAlone(&'a [u8]),
    /// The name lacks its middle, see [`same_peer`].
    Cut,
    /// Every host.
    Any,
}

impl<'a> Key<'a> {
    /// By what a connection is found.
    fn of(host: &Endpoint<'a>) -> [Option<Self>; 4] {
        let (address, name) = match *host {
            Endpoint { ip: b"", name, .. } => (None, Self::NameAlone(name)),
            Endpoint { ip, name, .. } => (Some(Self::Address(ip)), Self::Name(name)),
        };
        let cut = is_cut(host).then_some(Self::Cut);
        [address, Some(name), cut, Some(Self::Any)]
    }

    /// What those have in common that may be with a host.
    fn sought(host: &Endpoint<'a>) -> [Option<Self>; 4] {
        let own = match *host {
            Endpoint { ip: b"", name, .. } => Self::Name(name),
            Endpoint { ip, .. } => Self::Address(ip),
        };
        let any = is_cut(host).then_some(Self::Any);
        [
            Some(own),
            Some(Self::NameAlone(host.name)),
            Some(Self::Cut),
            any,
        ]
    }

    fn hash(&self) -> u64 {
        HASHER.hash_one(self)
    }
}

/// See [`same_peer`].
fn is_cut(host: &Endpoint<'_>) -> bool {
    memchr::memmem::find(host.name, b"...").is_some()
}

impl Open {
    /// So many are all looked at.
    const FEW: usize = 8;
    /// Of those with one name, and where a name lacks its middle, the latest are looked at.
    const MOST: usize = 64;

    /// Looks for those that may be with a host.
    pub(super) fn look(&mut self, strings: &Strings, peer: Symbol) {
        let Self { all, places, near } = self;
        near.clear();
        let end = u32::try_from(all.len()).unwrap_or(u32::MAX);
        if places.is_empty() {
            near.extend(0..end);
            return;
        }
        for key in Key::sought(&strings.endpoint(peer)).iter().flatten() {
            if let Some(known) = places.get_mut(&key.hash()) {
                known.retain(|at| is_open(all, *at));
                near.extend_from_slice(known);
            }
        }
        near.sort_unstable();
        near.dedup();
    }

    /// The first one of those that were looked for that is the wanted one.
    pub(super) fn find(
        &mut self,
        mut is: impl FnMut(&Connection) -> bool,
    ) -> Option<&mut Connection> {
        let mut near = self.near.iter().map(|at| *at as usize);
        let at = near.find(|at| matches!(self.all.get(*at), Some(Some(own)) if is(own)))?;
        self.all.get_mut(at)?.as_mut()
    }

    /// Adds one, whose host was looked for; all others with that host are over.
    pub(super) fn begin(&mut self, strings: &Strings, new: Connection) {
        for at in &self.near {
            if let Some(own) = self.all.get_mut(*at as usize) {
                own.take_if(|own| same_peer(strings, own.peer, new.peer));
            }
        }
        if self.places.is_empty() {
            self.all.retain(Option::is_some);
        }
        self.all.push(Some(new));
        let first = match self.all.len() {
            ..=Self::FEW if self.places.is_empty() => return,
            _ if self.places.is_empty() => 0,
            number => number - 1,
        };
        for at in first..self.all.len() {
            self.note(strings, at);
        }
    }

    /// Notes where one stands.
    fn note(&mut self, strings: &Strings, at: usize) {
        let Self { all, places, .. } = self;
        let (Some(Some(own)), Ok(place)) = (all.get(at), u32::try_from(at)) else {
            return;
        };
        for key in Key::of(&strings.endpoint(own.peer)).iter().flatten() {
            let known = places.entry(key.hash()).or_default();
            if known.len() == Self::MOST {
                known.retain(|at| is_open(all, *at));
            }
            if known.len() == Self::MOST {
                known.remove(0);
            }
            known.push(place);
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        if !self.places.is_empty() {
            // Not emptied: all its room would be gone through for each of the next messages.
            self.places = HashMap::default();
        }
    }
}

fn is_open(all: &[Option<Connection>], at: u32) -> bool {
    matches!(all.get(at as usize), Some(Some(_)))
}
