//! A cache of recent remote hosts: a log names a few of them again and again.

use crate::model::{Endpoint, Interner, Symbol};
use crate::parse::{Peer, near, same};

/// Symbols of recent remote hosts, by [`recent_slot`].
#[derive(Clone, Debug)]
pub(super) struct Peers {
    recent: [Symbol; RECENT],
    packed: Vec<u8>,
}

const RECENT: usize = 1 << RECENT_BITS;
const RECENT_BITS: u32 = 9;

impl Default for Peers {
    fn default() -> Self {
        Self {
            recent: [Symbol::NONE; RECENT],
            packed: Vec::new(),
        }
    }
}

impl Peers {
    /// The symbol of a remote host, which is added to `all` if it is new.
    #[inline]
    pub(super) fn intern(&mut self, peer: &Peer<'_>, all: &mut Interner) -> Symbol {
        if peer.is_empty() {
            return Symbol::NONE;
        }
        let slot = recent_slot(peer);
        let recent = self.recent[slot];
        if is_packed(all.get(recent), peer) {
            return recent;
        }
        Endpoint::pack(peer, &mut self.packed);
        let symbol = all.intern(&self.packed);
        // A part with a separator could compare equal to two parts of another host.
        let is_split = |part| near(part, Endpoint::SEPARATOR).is_some();
        if !is_split(peer.ip) && !is_split(peer.helo) {
            self.recent[slot] = symbol;
        }
        symbol
    }

    pub(super) fn clear(&mut self) {
        self.recent = [Symbol::NONE; RECENT];
    }
}

/// Cache slot of a remote host: by the last bytes of the address, or of the name where the address is short.
fn recent_slot(peer: &Peer<'_>) -> usize {
    let end = peer.ip.last_chunk().or_else(|| peer.name.last_chunk());
    let end = end.map_or(0, |end| u64::from_le_bytes(*end));
    let lengths = peer.ip.len() << 16 | peer.name.len() << 8 | peer.helo.len();
    let mixed = (end ^ lengths as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (u64::BITS - RECENT_BITS)) as usize % RECENT
}

/// Whether `packed` is the interned form of a remote host. Never true for another host. False for a name with
/// capital letters, which is interned in lower case: the full lookup finds it.
fn is_packed(packed: &[u8], peer: &Peer<'_>) -> bool {
    let (ip, name) = (peer.ip.len(), peer.name.len());
    let part = |from: usize, to: usize| packed.get(from..to).unwrap_or_default();
    let helo = packed.get(ip + name + 2..);
    helo.is_some_and(|helo| same(helo, peer.helo))
        && packed.get(ip) == Some(&Endpoint::SEPARATOR)
        && packed.get(ip + name + 1) == Some(&Endpoint::SEPARATOR)
        && same(part(0, ip), peer.ip)
        && same(part(ip + 1, ip + name + 1), peer.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_hosts_have_the_symbols_of_the_interner() {
        let (mut peers, mut all, mut plain) =
            (Peers::default(), Interner::default(), Interner::default());
        let names = [
            "",
            "mx.example.net",
            "MX.example.net",
            "mx.example.net.",
            "a\x1fb",
            "n",
        ];
        let ips = [
            "",
            "192.0.2.1",
            "192.0.2.2",
            "fe80::1%\x1fn",
            "192.0.2.1\x1fmx.example.net",
        ];
        let helos = ["", "A", "a", "A\x1fB", "n\x1fA"];
        let mut packed = Vec::new();
        for _ in 0..3 {
            let both = names.iter().flat_map(|name| ips.map(|ip| (*name, ip)));
            for (name, ip) in both {
                for helo in helos {
                    let peer = Peer {
                        name: name.as_bytes(),
                        ip: ip.as_bytes(),
                        helo: helo.as_bytes(),
                        ..Peer::default()
                    };
                    Endpoint::pack(&peer, &mut packed);
                    let expected = plain.intern(&packed);
                    for _ in 0..2 {
                        assert_eq!(peers.intern(&peer, &mut all), expected, "{peer:?}");
                    }
                }
            }
        }
    }
}
