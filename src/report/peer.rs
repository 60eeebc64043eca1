//! Which remote host a row names, and how it is written.

use crate::insight::findings::{Finding, SubjectKind};
use crate::insight::posture::Posture;
use crate::model::{Cidr, Endpoint, Hop, Message, Model, parse_ip};
use crate::parse::Direction;
use crate::query::{Expr, Query, Term, TextField};
use crate::text::{Clean, clean};

use super::mask::{Mask, looks_like_client};

/// The name of a posture as it may be shown: of a person's computer, no more than its network under a mask.
pub fn name(posture: &Posture, mask: Option<&Mask>) -> String {
    let ip = posture.ip().map(|ip| ip.to_string()).unwrap_or_default();
    Peer::of_posture(posture, &ip).shown(mask)
}

/// A remote host.
pub struct Peer<'a> {
    name: &'a [u8],
    ip: &'a [u8],
    /// What it called itself.
    helo: &'a [u8],
    /// It handed mail to us: a person's own computer, perhaps.
    inbound: bool,
}

impl<'a> Peer<'a> {
    /// The remote host of a message's latest leg: the one mail went to, else the one it came from.
    pub fn of_message(model: &'a Model, message: &Message) -> Option<Self> {
        let mut found = None;
        for event in model
            .events_of(message)
            .filter(|event| !event.peer.is_none())
        {
            if event.direction() == Some(Direction::Out) || found.is_none() {
                found = Some(event);
            }
        }
        let event = found?;
        let Endpoint { ip, name, helo } = model.strings.endpoint(event.peer);
        let inbound = event.direction() != Some(Direction::Out);
        Some(Self {
            name,
            ip,
            helo,
            inbound,
        })
    }

    /// The host that handed a loaded mail to the host where it was read. A name that nobody confirmed counts as what it
    /// called itself.
    pub fn of_hop(hop: &'a Hop) -> Self {
        let (name, helo): (&[u8], &[u8]) = if hop.is_name_hearsay() {
            (b"", &hop.from_name)
        } else {
            (&hop.from_name, &hop.from_helo)
        };
        Self {
            name,
            ip: &hop.from_ip,
            helo,
            inbound: true,
        }
    }

    /// The host of a posture, whose only address is `ip`; empty where it has none or several.
    pub fn of_posture(posture: &'a Posture, ip: &'a str) -> Self {
        // A host without a name is listed by its address.
        let name = posture.name.as_bytes();
        let is_address = parse_ip(name).is_some();
        Self {
            name: if is_address { b"" } else { name },
            ip: if is_address { name } else { ip.as_bytes() },
            helo: b"",
            inbound: posture.direction == Direction::In,
        }
    }

    /// The host that a finding is about; `None` where it is about headers.
    pub fn of_finding(finding: &'a Finding) -> Option<Self> {
        let name = finding.subject.as_bytes();
        let is_address = parse_ip(name).is_some();
        let ip = finding.addresses.first().map_or("", |ip| ip);
        (finding.kind == SubjectKind::Host).then_some(Self {
            name: if is_address { b"" } else { name },
            ip: if is_address { name } else { ip.as_bytes() },
            helo: b"",
            inbound: finding.direction == Some(Direction::In),
        })
    }

    /// Name, else address, else HELO.
    fn label(&self) -> &'a [u8] {
        let parts = [self.name, self.ip, self.helo];
        parts
            .into_iter()
            .find(|part| !part.is_empty())
            .unwrap_or_default()
    }

    /// True when the mask has to hide it.
    pub fn is_person(&self) -> bool {
        self.inbound && looks_like_client(&clean(self.name), &clean(self.ip))
    }

    /// As it is shown; of a person's computer, no more than its network under a mask.
    pub fn shown(&self, mask: Option<&Mask>) -> String {
        match mask.filter(|_| self.is_person()) {
            Some(mask) => mask.ip(&clean(self.ip)),
            None => Clean::line(self.label()).into(),
        }
    }

    /// The filter that finds the rows of this host; `None` when the row does not name it.
    pub fn filter(&self) -> Option<Query> {
        let name = if self.name.is_empty() {
            self.helo
        } else {
            self.name
        };
        let term = if self.name.is_empty() && !self.ip.is_empty() {
            let ip = parse_ip(self.ip)?;
            Term::Ip(Cidr::new(ip, if ip.is_ipv4() { 32 } else { 128 })?)
        } else {
            let text = TextField::Host.equals(&clean(name)).ok()?;
            Term::Text {
                field: TextField::Host,
                text,
            }
        };
        (!self.label().is_empty()).then(|| Query::from(Expr::Term(term)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Evidence;
    use crate::tls::Network;

    #[test]
    fn a_hop_whose_name_nobody_confirmed_goes_by_its_address() {
        let mut hop = Hop {
            from_name: b"mx.bank.example".to_vec(),
            from_ip: b"198.51.100.66".to_vec(),
            evidence: Evidence::Own,
            network: Network::Outside,
            ..Hop::default()
        };
        let told = |hop: &Hop| {
            let peer = Peer::of_hop(hop);
            (
                peer.shown(None),
                peer.filter().unwrap().to_string(),
                peer.is_person(),
            )
        };
        let (ip, name) = ("198.51.100.66", "mx.bank.example");
        assert_eq!(told(&hop), (ip.to_owned(), format!("ip={ip}"), true));
        hop.is_name_confirmed = true;
        assert_eq!(told(&hop), (name.to_owned(), format!("host={name}"), false));
    }
}
