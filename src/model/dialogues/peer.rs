//! Compares the remote hosts of two lines.

use crate::model::{Endpoint, Strings, Symbol};
use crate::parse::near;

/// Whether two peers are the same host: equal addresses, or equal names where one of them has no address. Old
/// releases of Sendmail write a long name as `start...end`.
pub(in crate::model) fn same_peer(strings: &Strings, a: Symbol, b: Symbol) -> bool {
    if a == b {
        return true;
    }
    match (ip(strings, a), ip(strings, b)) {
        (b"", _) | (_, b"") => {
            let (a, b) = (strings.endpoint(a).name, strings.endpoint(b).name);
            !a.is_empty() && (a == b || is_shortened(a, b) || is_shortened(b, a))
        }
        (a, b) => a == b,
    }
}

/// Address of a peer. Only this part is unpacked, because it mostly decides the comparison.
fn ip(strings: &Strings, peer: Symbol) -> &[u8] {
    let text = strings.peers.get(peer);
    let end = near(text, Endpoint::SEPARATOR);
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// Whether `short` is `name` with `...` in place of its middle.
fn is_shortened(short: &[u8], name: &[u8]) -> bool {
    let mut gaps = memchr::memmem::find_iter(short, b"...");
    gaps.next().is_some_and(|at| {
        let (start, end) = (short.get(..at), short.get(at + 3..));
        start.is_some_and(|start| !start.is_empty() && name.starts_with(start))
            && end.is_some_and(|end| !end.is_empty() && name.ends_with(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Peer;

    #[test]
    fn an_address_tells_more_than_a_name() {
        let mut strings = Strings::default();
        let mut peer = |name: &str, ip: &str, helo: &str| {
            let peer = Peer {
                name: name.as_bytes(),
                ip: ip.as_bytes(),
                helo: helo.as_bytes(),
                ..Peer::default()
            };
            let mut packed = Vec::new();
            Endpoint::pack(&peer, &mut packed);
            strings.peers.intern(&packed)
        };
        let full = peer("mx.example.net", "192.0.2.1", "mx");
        let (named, addressed) = (peer("mx.example.net", "", ""), peer("", "192.0.2.1", ""));
        let renamed = peer("other.example.net", "192.0.2.1", "");
        let moved = peer("mx.example.net", "192.0.2.11", "");
        let (cut_off, greeting) = (peer("mx...net", "", ""), peer("", "", "mx.example.net"));
        for (other, same) in [
            (full, true),
            (named, true),
            (addressed, true),
            (renamed, true),
            (moved, false),
            (cut_off, true),
            (greeting, false),
            (Symbol::NONE, false),
        ] {
            assert_eq!(same_peer(&strings, full, other), same, "{other:?}");
            assert_eq!(same_peer(&strings, other, full), same, "{other:?}");
        }
        assert!(!same_peer(&strings, named, addressed));
        assert!(!same_peer(&strings, greeting, Symbol::NONE));
    }
}
