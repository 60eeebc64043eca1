//! Remote hosts met lately: the lines of a log name a few again and again.

use crate::model::{Endpoint, Interner, Symbol};
use crate::parse::{Peer, near, same};

/// The symbols of remote hosts met lately, each where [`place`] has it.
#[derive(Clone, Debug)]
pub(super) struct Peers {
    lately: [Symbol; LATELY],
    packed: Vec<u8>,
}

const LATELY: usize = 1 << LATELY_BITS;
const LATELY_BITS: u32 = 9;

impl Default for Peers {
    fn default() -> Self {
        Self {
            lately: [Symbol::NONE; LATELY],
            packed: Vec::new(),
        }
    }
}

impl Peers {
    /// The symbol of a remote host, kept in `all` from now on.
    #[inline]
    pub(super) fn intern(&mut self, peer: &Peer<'_>, all: &mut Interner) -> Symbol {
        if peer.is_empty() {
            return Symbol::NONE;
        }
        let place = place(peer);
        let lately = self.lately[place];
        if is(all.get(lately), peer) {
            return lately;
        }
        Endpoint::pack(peer, &mut self.packed);
        let symbol = all.intern(&self.packed);
        // What holds a separator could be taken for two parts.
        let is_split = |part| near(part, Endpoint::SEPARATOR).is_some();
        if !is_split(peer.ip) && !is_split(peer.helo) {
            self.lately[place] = symbol;
        }
        symbol
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.lately = [Symbol::NONE; LATELY];
    }
}

/// By the end of the address, or of the name where that is short.
fn place(peer: &Peer<'_>) -> usize {
    let end = peer.ip.last_chunk().or_else(|| peer.name.last_chunk());
    let end = end.map_or(0, |end| u64::from_le_bytes(*end));
    let lengths = peer.ip.len() << 16 | peer.name.len() << 8 | peer.helo.len();
    let mixed = (end ^ lengths as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (u64::BITS - LATELY_BITS)) as usize % LATELY
}

/// Whether a remote host is interned like that. False at worst where it is: of its name the letters may be capital.
fn is(packed: &[u8], peer: &Peer<'_>) -> bool {
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
    fn whoever_was_met_lately_has_the_symbol_that_all_have() {
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
