//! Connections of a message to which further lines may belong, indexed by host.

use std::hash::BuildHasher;

use hashbrown::HashMap;

use crate::model::dialogues::same_peer;
use crate::model::intern::HASHER;
use crate::model::{Endpoint, Strings, Symbol};

use super::Connection;

/// Connections in the order in which they began.
///
/// Most messages go to a few hosts, and a linear search is enough. A mailing list may go to thousands: then an index
/// by address and name gives the candidates.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Connections; `None` for ended ones, which are removed while there is no index.
    all: Vec<Option<Connection>>,
    /// Indexes into `all` by the hash of a [`Key`]; empty while there are few connections.
    index: HashMap<u64, Vec<u32>>,
    /// Indexes into `all` of the connections that may be to the selected host, in order.
    candidates: Vec<u32>,
}

/// Key of the index. Covers all the ways in which [`same_peer`] may hold.
#[derive(Hash)]
enum Key<'a> {
    Address(&'a [u8]),
    Name(&'a [u8]),
    NameAlone(&'a [u8]),
    /// All hosts with a shortened name, see [`same_peer`].
    Shortened,
    Any,
}

impl<'a> Key<'a> {
    /// Keys under which a connection to the host is stored.
    fn stored(host: &Endpoint<'a>) -> [Option<Self>; 4] {
        let (address, name) = match *host {
            Endpoint { ip: b"", name, .. } => (None, Self::NameAlone(name)),
            Endpoint { ip, name, .. } => (Some(Self::Address(ip)), Self::Name(name)),
        };
        let shortened = is_shortened(host).then_some(Self::Shortened);
        [address, Some(name), shortened, Some(Self::Any)]
    }

    /// Keys that find all connections that may be to the host.
    fn searched(host: &Endpoint<'a>) -> [Option<Self>; 4] {
        let exact = match *host {
            Endpoint { ip: b"", name, .. } => Self::Name(name),
            Endpoint { ip, .. } => Self::Address(ip),
        };
        let any = is_shortened(host).then_some(Self::Any);
        [
            Some(exact),
            Some(Self::NameAlone(host.name)),
            Some(Self::Shortened),
            any,
        ]
    }

    fn hash(&self) -> u64 {
        HASHER.hash_one(self)
    }
}

fn is_shortened(host: &Endpoint<'_>) -> bool {
    memchr::memmem::find(host.name, b"...").is_some()
}

impl Open {
    /// Number of connections up to which there is no index.
    const FEW: usize = 8;
    /// Number of connections under one key. The oldest are dropped, which affects many hosts of one name only.
    const MAX_PER_KEY: usize = 64;

    /// Selects the connections that may be to a host, for [`Self::find`] and [`Self::begin`].
    pub(super) fn select(&mut self, strings: &Strings, peer: Symbol) {
        let Self {
            all,
            index,
            candidates,
        } = self;
        candidates.clear();
        let end = u32::try_from(all.len()).unwrap_or(u32::MAX);
        if index.is_empty() {
            candidates.extend(0..end);
            return;
        }
        for key in Key::searched(&strings.endpoint(peer)).iter().flatten() {
            if let Some(known) = index.get_mut(&key.hash()) {
                known.retain(|at| is_open(all, *at));
                candidates.extend_from_slice(known);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
    }

    /// The first selected connection that `is_wanted`.
    pub(super) fn find(
        &mut self,
        mut is_wanted: impl FnMut(&Connection) -> bool,
    ) -> Option<&mut Connection> {
        let mut candidates = self.candidates.iter().map(|at| *at as usize);
        let at = candidates.find(
            |at| matches!(self.all.get(*at), Some(Some(connection)) if is_wanted(connection)),
        )?;
        self.all.get_mut(at)?.as_mut()
    }

    /// Adds a connection to the selected host and ends all others to that host.
    pub(super) fn begin(&mut self, strings: &Strings, new: Connection) {
        for at in &self.candidates {
            if let Some(known) = self.all.get_mut(*at as usize) {
                known.take_if(|known| same_peer(strings, known.peer, new.peer));
            }
        }
        if self.index.is_empty() {
            self.all.retain(Option::is_some);
        }
        self.all.push(Some(new));
        let first = match self.all.len() {
            ..=Self::FEW if self.index.is_empty() => return,
            _ if self.index.is_empty() => 0,
            number => number - 1,
        };
        for at in first..self.all.len() {
            self.add_to_index(strings, at);
        }
    }

    fn add_to_index(&mut self, strings: &Strings, at: usize) {
        let Self { all, index, .. } = self;
        let (Some(Some(connection)), Ok(number)) = (all.get(at), u32::try_from(at)) else {
            return;
        };
        for key in Key::stored(&strings.endpoint(connection.peer))
            .iter()
            .flatten()
        {
            let known = index.entry(key.hash()).or_default();
            if known.len() == Self::MAX_PER_KEY {
                known.retain(|at| is_open(all, *at));
            }
            if known.len() == Self::MAX_PER_KEY {
                known.remove(0);
            }
            known.push(number);
        }
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        if !self.index.is_empty() {
            // Replaced: clearing a large table would take as long for each of the next messages.
            self.index = HashMap::default();
        }
    }
}

fn is_open(all: &[Option<Connection>], at: u32) -> bool {
    matches!(all.get(at as usize), Some(Some(_)))
}
