//! All strings of a model, in one interner for each meaning, so that a search for hosts reads only hosts.

use std::net::IpAddr;

use crate::parse::{Peer, near};

use super::{Event, Interner, MessageIds, Protocols, Remark, Remarks, Symbol};

/// Distinct strings of the loaded logs.
#[derive(Debug, Default)]
pub struct Strings {
    /// Envelope senders and recipients.
    pub addresses: Interner,
    /// Remote hosts, see [`Endpoint`].
    pub peers: Interner,
    /// Error texts and reasons.
    pub texts: Interner,
    /// Log hosts and programs.
    pub words: Interner,
    /// Protocol words of arrivals.
    pub protocols: Protocols,
    /// Message-IDs, one entry for each arrival.
    pub message_ids: MessageIds,
    /// Queue IDs too long for a [`super::QueueKey`].
    pub long_ids: Interner,
    /// Remarks, which refer to `texts` and `addresses`.
    pub remarks: Remarks,
}

impl Strings {
    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        [
            &self.addresses,
            &self.peers,
            &self.texts,
            &self.words,
            &self.long_ids,
        ]
        .iter()
        .map(|strings| strings.heap_bytes())
        .sum::<usize>()
            + self.protocols.heap_bytes()
            + self.message_ids.heap_bytes()
            + self.remarks.heap_bytes()
    }

    /// Removes all strings but keeps the allocations.
    pub(super) fn clear(&mut self) {
        let all = [
            &mut self.addresses,
            &mut self.peers,
            &mut self.texts,
            &mut self.words,
            &mut self.long_ids,
        ];
        all.into_iter().for_each(Interner::clear);
        self.protocols.clear();
        self.message_ids.clear();
        self.remarks.clear();
    }

    /// The remark of an event.
    pub fn remark(&self, event: &Event) -> Remark {
        self.remarks.get(event.remark)
    }

    /// Envelope recipient of an event: the address before alias expansion.
    pub fn recipient(&self, event: &Event) -> Symbol {
        match self.remark(event).parent {
            Symbol::NONE => event.address,
            parent => parent,
        }
    }

    pub(super) fn address(&self, peer: Symbol) -> Option<IpAddr> {
        let text = self.peers.get(peer);
        parse_ip(text.get(..near(text, SEPARATOR)?)?)
    }

    /// The remote host of a symbol of [`Strings::peers`].
    pub fn endpoint(&self, peer: Symbol) -> Endpoint<'_> {
        Endpoint::unpack(self.peers.get(peer))
    }
}

/// Byte between the parts of an interned remote host. The grammars escape control characters in host names, and an
/// IP address has none.
const SEPARATOR: u8 = 0x1f;

/// Number of bytes of a host name that are turned into lower case at once.
const PIECE: usize = 16;

/// A remote host: address, name and HELO.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// IP address text without brackets; may be empty.
    pub ip: &'a [u8],
    /// Host name; may be empty.
    pub name: &'a [u8],
    /// HELO; may be empty.
    pub helo: &'a [u8],
}

impl<'a> Endpoint<'a> {
    /// Byte between the parts of an interned remote host.
    pub const SEPARATOR: u8 = SEPARATOR;

    /// Writes the interned form of a peer into `out`: address, name in lower case without final dots, HELO.
    pub fn pack(peer: &Peer<'_>, out: &mut Vec<u8>) {
        out.clear();
        if peer.is_empty() {
            return;
        }
        out.extend_from_slice(peer.ip);
        out.push(SEPARATOR);
        let name = out.len();
        out.extend_from_slice(peer.name);
        while out.last() == Some(&b'.') {
            out.pop();
        }
        let end = out.len();
        // In pieces of fixed size, which the compiler turns into vector instructions.
        out.extend_from_slice(&[0; PIECE]);
        for piece in out[name..].as_chunks_mut::<PIECE>().0 {
            for byte in piece {
                let lower = byte.to_ascii_lowercase();
                *byte = if lower == SEPARATOR { b'?' } else { lower };
            }
        }
        out.truncate(end);
        out.push(SEPARATOR);
        out.extend_from_slice(peer.helo);
    }

    /// Reads the interned form of a peer.
    pub fn unpack(text: &'a [u8]) -> Self {
        let part = |text: &'a [u8]| {
            let end = near(text, SEPARATOR).unwrap_or(text.len());
            let (part, rest) = text.split_at_checked(end).unwrap_or_default();
            (part, rest.get(1..).unwrap_or_default())
        };
        let (ip, rest) = part(text);
        let (name, helo) = part(rest);
        Self { ip, name, helo }
    }

    /// Name to show: the host name, else the IP address, else the HELO.
    pub fn label(&self) -> &'a [u8] {
        [self.name, self.ip, self.helo]
            .into_iter()
            .find(|part| !part.is_empty())
            .unwrap_or_default()
    }

    /// The IP address, parsed.
    pub fn address(&self) -> Option<IpAddr> {
        parse_ip(self.ip)
    }
}

/// Reads an IP address as logs write it, also `IPv6:…`. The zone behind one (`fe80::1%eth0`, RFC 4007) is passed over:
/// it says through which link the address is reached.
pub fn parse_ip(text: &[u8]) -> Option<IpAddr> {
    if let Some(address) = dotted(text) {
        return Some(address);
    }
    let text = std::str::from_utf8(text).ok()?;
    let text = text
        .strip_prefix("IPv6:")
        .or_else(|| text.strip_prefix("ipv6:"))
        .unwrap_or(text);
    match text.split_once('%') {
        Some((address, _)) => address.parse().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

/// Parses `192.0.2.1`. Most hosts have this form, and the standard library takes longer for it.
fn dotted(text: &[u8]) -> Option<IpAddr> {
    let (mut address, mut dots) = (0_u32, 0);
    // Value of the digits since the last dot; `None` without digits.
    let mut part = None;
    for byte in text {
        match (byte, part) {
            (b'0'..=b'9', None) => part = Some(u32::from(byte - b'0')),
            // A part with a leading 0 is left to the standard library.
            (b'0'..=b'9', Some(value @ 1..=25)) => {
                part = Some(value * 10 + u32::from(byte - b'0'));
            }
            (b'.', Some(value @ ..=255)) if dots < 3 => {
                (address, dots, part) = (address << 8 | value, dots + 1, None);
            }
            _ => return None,
        }
    }
    let last = part.filter(|value| dots == 3 && *value <= 255)?;
    Some(IpAddr::from((address << 8 | last).to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_reads_addresses_as_the_library_does() {
        for text in [
            "0.0.0.0",
            "1.2.3.4",
            "10.20.30.40",
            "192.0.2.255",
            "255.255.255.255",
            "256.1.1.1",
            "01.2.3.4",
            "1.2.3",
            "1.2.3.",
            "1.2.3.4.",
            "1.2.3.4.5",
            "1..2.3",
            "1.2.3.1000",
            "1.2.3.259",
            "259.2.3.4",
            "00.2.3.4",
            ".1.2.3.4",
            "1.2.3.4x",
            "1.2.3.x",
            "",
            "1",
            "1.2.03.4",
        ] {
            let read = dotted(text.as_bytes());
            assert_eq!(read, text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn an_endpoint_comes_back_in_its_parts() {
        let mut out = Vec::new();
        let peer = Peer {
            name: b"MX.example.net.",
            helo: b"(evil) [192.0.2.9]",
            ip: b"192.0.2.1",
            ..Peer::default()
        };
        Endpoint::pack(&peer, &mut out);
        let mut strings = Strings::default();
        let symbol = strings.peers.intern(&out);
        let endpoint = strings.endpoint(symbol);
        assert_eq!(endpoint.name, b"mx.example.net");
        assert_eq!(endpoint.helo, b"(evil) [192.0.2.9]");
        assert_eq!(endpoint.address(), Some("192.0.2.1".parse().unwrap()));
        assert_eq!(strings.endpoint(Symbol::NONE), Endpoint::default());
    }

    #[test]
    fn names_of_any_length_are_in_lower_case_and_without_dots_behind() {
        let mut out = Vec::new();
        for length in 0..50 {
            for tail in ["", ".", "..."] {
                let name = "Ab.C".chars().cycle().take(length).collect::<String>() + "X" + tail;
                let peer = Peer {
                    name: name.as_bytes(),
                    helo: b"HELO.",
                    ip: b"2001:DB8::1",
                    ..Peer::default()
                };
                Endpoint::pack(&peer, &mut out);
                let endpoint = Endpoint::unpack(&out);
                let wanted = name.trim_end_matches('.').to_ascii_lowercase();
                assert_eq!(endpoint.name, wanted.as_bytes());
                assert_eq!((endpoint.ip, endpoint.helo), (peer.ip, peer.helo));
            }
        }
        let peer = Peer {
            name: b"a\x1fb",
            ..Peer::default()
        };
        Endpoint::pack(&peer, &mut out);
        assert_eq!(Endpoint::unpack(&out).name, b"a?b");
    }

    #[test]
    fn ipv6_with_and_without_its_tag() {
        assert_eq!(parse_ip(b"IPv6:2001:db8::1"), parse_ip(b"2001:db8::1"));
        assert!(parse_ip(b"2001:db8::1").is_some());
        assert_eq!(parse_ip(b"fe80::1%eth0"), parse_ip(b"fe80::1"));
        assert_eq!(parse_ip(b"IPv6:fe80::1%3"), parse_ip(b"fe80::1"));
        for none in ["not an address", "192.0.2.1%eth0", "%eth0"] {
            assert_eq!(parse_ip(none.as_bytes()), None, "{none}");
        }
    }
}
