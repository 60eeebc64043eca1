//! All strings of a model, by what they mean, so that a question about hosts looks at hosts only.

use std::net::IpAddr;

use crate::parse::{Peer, near};

use super::{Event, Interner, Remark, Remarks, Symbol};

/// Every distinct string of the loaded logs.
#[derive(Debug, Default)]
pub struct Strings {
    /// Envelope senders and recipients.
    pub addresses: Interner,
    /// Remote hosts, see [`Endpoint`].
    pub peers: Interner,
    /// Error texts and reasons.
    pub texts: Interner,
    /// Few and short: protocol words, log hosts.
    pub words: Interner,
    /// Message-IDs, one entry for each arrival (not deduplicated).
    pub message_ids: Interner,
    /// Queue IDs that fit no number.
    pub long_ids: Interner,
    /// What is made of texts and addresses, and little else.
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
            &self.message_ids,
            &self.long_ids,
        ]
        .iter()
        .map(|strings| strings.heap_bytes())
        .sum::<usize>()
            + self.remarks.heap_bytes()
    }

    /// Forgets all strings but keeps the room they took.
    pub(super) fn clear(&mut self) {
        let all = [
            &mut self.addresses,
            &mut self.peers,
            &mut self.texts,
            &mut self.words,
            &mut self.message_ids,
            &mut self.long_ids,
        ];
        all.into_iter().for_each(Interner::clear);
        self.remarks.clear();
    }

    /// What an event says besides when, who, whom and how.
    pub fn remark(&self, event: &Event) -> Remark {
        self.remarks.get(event.remark)
    }

    /// The envelope recipient that an event is about.
    pub fn recipient(&self, event: &Event) -> Symbol {
        match self.remark(event).parent {
            Symbol::NONE => event.address,
            parent => parent,
        }
    }

    /// The remote host of a symbol of [`Strings::peers`].
    pub fn endpoint(&self, peer: Symbol) -> Endpoint<'_> {
        Endpoint::unpack(self.peers.get(peer))
    }
}

/// Between the parts of an interned remote host. The grammars of the MTAs escape control characters
/// in host names, and an IP address holds none.
const SEPARATOR: u8 = 0x1f;

/// A remote host: its address, its name and what it called itself.
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
    /// What stands between the parts of an interned remote host.
    pub const SEPARATOR: u8 = SEPARATOR;

    /// Writes a peer into `out` in the form in which it is interned.
    pub fn pack(peer: &Peer<'_>, out: &mut Vec<u8>) {
        out.clear();
        if peer.is_empty() {
            return;
        }
        out.extend_from_slice(peer.ip);
        out.push(SEPARATOR);
        let name = out.len();
        out.extend_from_slice(peer.name);
        for byte in &mut out[name..] {
            let lower = byte.to_ascii_lowercase();
            *byte = if lower == SEPARATOR { b'?' } else { lower };
        }
        while out.last() == Some(&b'.') {
            out.pop();
        }
        out.push(SEPARATOR);
        out.extend_from_slice(peer.helo);
    }

    /// Reads a peer in the form in which it is interned.
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

    /// The best name to show: host name, else IP, else HELO.
    pub fn label(&self) -> &'a [u8] {
        [self.name, self.ip, self.helo]
            .into_iter()
            .find(|part| !part.is_empty())
            .unwrap_or_default()
    }

    /// The address as a number.
    pub fn address(&self) -> Option<IpAddr> {
        parse_ip(self.ip)
    }
}

/// Reads an IP address as logs write it (also `IPv6:…`).
pub fn parse_ip(text: &[u8]) -> Option<IpAddr> {
    if let Some(address) = dotted(text) {
        return Some(address);
    }
    let text = std::str::from_utf8(text).ok()?;
    let text = text
        .strip_prefix("IPv6:")
        .or_else(|| text.strip_prefix("ipv6:"))
        .unwrap_or(text);
    text.parse().ok()
}

/// `192.0.2.1`: the form that hundreds of thousands of hosts have, and that a library takes its time for.
fn dotted(text: &[u8]) -> Option<IpAddr> {
    let mut parts = [0_u8; 4];
    let mut rest = text;
    for (nth, part) in parts.iter_mut().enumerate() {
        let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit());
        let length = digits.count();
        let (digits, after) = rest.split_at_checked(length)?;
        // Whether a 0 may stand in front is for the library to say.
        if digits.is_empty() || length > 1 && digits.first() == Some(&b'0') {
            return None;
        }
        let value = digits
            .iter()
            .fold(0, |value, digit| value * 10 + u16::from(digit - b'0'));
        *part = u8::try_from(value).ok()?;
        rest = if nth == 3 {
            after
        } else {
            after.strip_prefix(b".")?
        };
    }
    rest.is_empty().then(|| IpAddr::from(parts))
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
    fn ipv6_with_and_without_its_tag() {
        assert_eq!(parse_ip(b"IPv6:2001:db8::1"), parse_ip(b"2001:db8::1"));
        assert!(parse_ip(b"2001:db8::1").is_some());
        assert_eq!(parse_ip(b"not an address"), None);
    }
}
