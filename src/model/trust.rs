//! Decides whether one of our own hosts wrote a Received header.
//!
//! A header that names our host as its writer proves nothing: a sender can put forged headers below the one that we
//! add. The proof is our own header above it, which describes the client that handed the message in. Of that, only
//! the address and a name confirmed by forward and reverse DNS count; the HELO name is the client's own claim.
//!
//! A message that did not leave its host needs no such proof: below the header of a mailbox server or of a
//! filter stands what the same host wrote when it took the message in, see [`stays_home`].

use std::net::IpAddr;

use super::chain::{HopLink, address, host, is_alias, is_on_socket, is_same_host};
use super::domain;
use super::network::{Cidr, classify};
use crate::parse::received::{Received, Transport};
use crate::tls::Network;

/// Our ours hosts, whose headers are trusted.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Host names; `.example.org` stands for that domain and all hosts below it.
    pub hosts: Vec<String>,
    /// Networks of our hosts. They match the address of a header's writer, or of a client of one of our hosts.
    pub networks: Vec<Cidr>,
}

impl Trust {
    /// True when nothing is configured. Then the host is trusted that wrote the topmost header: it was written where
    /// the message was delivered.
    pub fn is_default(&self) -> bool {
        self.hosts.is_empty() && self.networks.is_empty()
    }

    /// True when the topmost header of a delivered message is trusted. If hosts are configured, the header must name
    /// one of ours. If only networks are, the header is trusted unless it states a writer's address outside of them;
    /// it seldom states an address.
    pub(super) fn has_topmost(&self, hop: &Received<'_>) -> bool {
        let elsewhere = address(hop.by_ip).is_some() && !self.networks.is_empty();
        self.covers(hop) || self.hosts.is_empty() && !elsewhere
    }

    pub(super) fn covers(&self, hop: &Received<'_>) -> bool {
        self.names(hop.by) || self.contains(address(hop.by_ip))
    }

    /// True when one of our hosts wrote `hop`: `hop` names that host, and `newer`, our header right above, shows that
    /// the same host handed the message in.
    pub(super) fn follows(&self, hop: &Received<'_>, newer: &Received<'_>, link: HopLink) -> bool {
        let client = address(newer.ip);
        let network = classify(client, &[]);
        let is_within = network == Network::Loopback;
        let is_ours = self.contains(client);
        let is_near = is_within || is_ours || network == Network::Inside;
        let is_known = is_near || is_same_host(newer) || self.names(newer.confirmed_name());
        let fits = is_known && link.holds() || is_within || is_ours && tells_no_name(newer);
        // Content filters on our host call it localhost.
        let is_filter = is_within && is_localhost(hop) && !self.is_default();
        self.covers(hop) && fits || is_ours && link.holds() || is_filter
    }

    fn names(&self, name: &[u8]) -> bool {
        let name = host(name).to_ascii_lowercase();
        self.hosts.iter().any(|trusted| {
            let trusted = trusted.to_ascii_lowercase();
            match trusted.strip_prefix('.') {
                Some(domain) => name == domain || name.ends_with(&trusted),
                None => name == trusted,
            }
        })
    }

    fn contains(&self, address: Option<IpAddr>) -> bool {
        let mut networks = self.networks.iter();
        address.is_some_and(|address| networks.any(|network| network.contains(address)))
    }
}

/// True when the writer of `newer` saw for itself that the host which wrote `hop` handed the message in: by the
/// address, or by the name of that address. The name in `hop` is a claim, and so is a HELO: whoever connects can
/// give the name of a bank there and put a header below that the bank is said to have written. `link` is how the two
/// fit.
pub(super) fn witnesses(newer: &Received<'_>, hop: &Received<'_>, link: HopLink) -> bool {
    let (by, client) = (host(hop.by), address(newer.ip));
    if let Some(writer) = address(by.as_bytes()) {
        return client == Some(writer);
    }
    let name = host(newer.confirmed_name());
    let is_loopback = classify(client, &[]) == Network::Loopback;
    let in_domain = || is_alias(&name, &by) || link.holds() && is_sibling(&name, &by);
    is_same(&name, &by) || !is_loopback && in_domain()
}

/// True for hosts of one domain: `mail4.example.org` and `mail.example.org` or `example.org`. The customers of a
/// provider mostly have their names further down.
fn is_sibling(name: &str, by: &str) -> bool {
    let domain = |host: &str| {
        let domain = host.split_once('.').map(|(_, domain)| domain);
        domain.unwrap_or_default().to_ascii_lowercase()
    };
    let in_domain = domain(name) == domain(by) || is_same(&domain(name), by);
    in_domain && domain::same_organisation(name, by)
}

/// True when the writer of `newer` got the message from an inner address, of a client without a login, and `hop`
/// names a host of the organisation as its writer. Inner hosts seldom have a name in the DNS, and nobody but the
/// organisation itself is named by their word.
pub(super) fn is_neighbour(newer: &Received<'_>, hop: &Received<'_>, organisation: &str) -> bool {
    let network = classify(address(newer.ip), &[]);
    let is_near = matches!(network, Network::Inside | Network::Loopback);
    is_near && !has_login(newer) && domain::same_organisation(organisation, &host(hop.by))
}

/// True when the host `home` wrote `hop` and handed the message to itself: `newer`, the header of that host
/// right above, says that a program on it did so. `link` is how the two fit.
///
/// Only programs of the host reach its sockets, so that the name that one of them gave is a name of the host.
/// From a loopback address a proxy may hand on what strangers say: then the client has to call itself as its
/// host is called, and must not have logged in, as people do.
pub(super) fn stays_home(
    home: &str,
    hop: &Received<'_>,
    newer: &Received<'_>,
    link: HopLink,
) -> bool {
    let is_home = is_same(&host(hop.by), home);
    if newer.doubts.ambiguous {
        return false;
    }
    if newer.ip.is_empty() {
        let is_local = newer.transport == Transport::Local;
        return is_on_socket(newer) && (is_home || link == HopLink::Name) || is_local && is_home;
    }
    let is_within = classify(address(newer.ip), &[]) == Network::Loopback;
    is_within && !has_login(newer) && greets_as(newer, home) && (is_home || is_localhost(hop))
}

/// True for a client that calls itself `home` or localhost, or gives no name.
fn greets_as(hop: &Received<'_>, home: &str) -> bool {
    let greeting = if hop.helo.is_empty() {
        hop.name
    } else {
        hop.helo
    };
    let name = host(greeting);
    name.is_empty()
        || is_same(&name, home)
        || is_local_name(&name)
        || classify(address(name.as_bytes()), &[]) == Network::Loopback
}

/// True for `ESMTPA` and the like (RFC 3848), or where a login is told.
fn has_login(hop: &Received<'_>) -> bool {
    !hop.auth.is_empty()
        || hop
            .with
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case(&b'a'))
}

/// True for a header that names its client by address only.
fn tells_no_name(hop: &Received<'_>) -> bool {
    let names = [hop.rdns, hop.name, hop.helo].map(host);
    let is_name = |name: &str| !name.is_empty() && name.parse::<IpAddr>().is_err();
    !names.iter().any(|name| is_name(name))
}

fn is_localhost(hop: &Received<'_>) -> bool {
    is_local_name(&host(hop.by))
}

/// True for two names of one host, of which none is empty.
pub(super) fn is_same(name: &str, other: &str) -> bool {
    !name.is_empty() && name.eq_ignore_ascii_case(other)
}

/// True for `localhost` and names such as `localhost.localdomain`.
pub(super) fn is_local_name(name: &str) -> bool {
    let label = name.split('.').next();
    label.is_some_and(|label| label.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::super::chain::{Evidence, evaluate};
    use super::*;
    use crate::parse::received::parse;

    const OWN: Evidence = Evidence::Own;
    const PEER: Evidence = Evidence::Peer;
    const UNVERIFIED: Evidence = Evidence::Unverified;

    /// Evidence of headers, oldest first, with these hosts and networks trusted.
    fn evidence(trusted: &[&str], headers: &[&str]) -> Vec<Evidence> {
        let mut trust = Trust::default();
        for text in trusted {
            match text.parse() {
                Ok(network) => trust.networks.push(network),
                Err(_) => trust.hosts.push((*text).to_owned()),
            }
        }
        let hops: Vec<_> = headers
            .iter()
            .map(|header| parse(header.as_bytes()))
            .collect();
        let chain = evaluate(&hops, &trust, |_| false);
        chain.hops.iter().map(|hop| hop.evidence).collect()
    }

    #[test]
    fn a_header_in_our_name_below_that_of_a_stranger_is_not_ours() {
        let forged = "from good.example (good.example [203.0.113.9]) by filter.our.example (Postfix) with SMTP id 2";
        for client in [
            "evil.example (evil.example [203.0.113.66])",
            // The HELO is the name of our host.
            "filter.our.example (evil.example [203.0.113.66])",
            "filter.our.example (unknown [203.0.113.66])",
            "localhost (evil.example [203.0.113.66])",
            "evil.example",
            // Another one of our hosts handed the message in and wrote no header.
            "gate.our.example (gate.our.example [198.51.100.7])",
            "laptop (laptop.our.example [10.0.0.5])",
            "[10.0.0.5] (unknown [10.0.0.5])",
        ] {
            let ours = format!("from {client} by mx.our.example (Postfix) with ESMTPS id 1");
            assert_eq!(
                evidence(&[".our.example"], &[forged, &ours]),
                [UNVERIFIED, OWN],
                "{client}"
            );
        }
        // The reverse DNS is the name of our host, but the forward DNS does not confirm it.
        for ours in [
            "from x (filter.our.example [203.0.113.66] (may be forged)) by mx.our.example (8.18.1/8.18.1) with ESMTP id 1",
            "from filter.our.example (HELO x) (203.0.113.66) by mx.our.example with SMTP",
            "from x (filter.our.example [203.0.113.66]) by mx.our.example (OpenSMTPD) with ESMTPS id 1",
        ] {
            assert_eq!(
                evidence(&[".our.example"], &[forged, ours]),
                [UNVERIFIED, OWN],
                "{ours}"
            );
        }
    }

    #[test]
    fn headers_of_our_relays_are_ours_in_every_spelling() {
        let older = "from good.example (good.example [203.0.113.9]) by filter.our.example (Postfix) with SMTP id 2";
        for (trusted, client) in [
            (
                &[".our.example"][..],
                "filter.our.example (filter.our.example [198.51.100.7])",
            ),
            (
                &[".our.example"],
                "filter.our.example (gate.our.example [198.51.100.7])",
            ),
            (&[".our.example"], "filter.our.example (unknown [10.0.0.7])"),
            (&[".our.example"], "filter (filter [10.0.0.7])"),
            (
                &[".our.example"],
                "filter.dmz.our.example (filter.dmz.our.example [10.0.0.7])",
            ),
            (&[".our.example"], "localhost (localhost [127.0.0.1])"),
            (
                &["mx.our.example", "198.51.100.0/24"],
                "filter.our.example (unknown [198.51.100.7])",
            ),
            (
                &[".our.example", "198.51.100.0/24"],
                "[198.51.100.7] (unknown [198.51.100.7])",
            ),
        ] {
            let ours = format!("from {client} by mx.our.example (Postfix) with ESMTPS id 1");
            let found = evidence(trusted, &[older, &ours]);
            assert_eq!(found, [OWN, OWN], "{trusted:?} {client}");
        }
    }

    #[test]
    fn names_and_whole_domains() {
        for (trusted, by, ours) in [
            ("mx.our.example", "MX.our.example", true),
            ("mx.our.example", "a.mx.our.example", false),
            (".our.example", "a.mx.OUR.example.", true),
            (".our.example", "our.example", true),
            (".our.example", "notour.example", false),
        ] {
            let header = format!("from a by {by} with ESMTP");
            let wanted = if ours { OWN } else { UNVERIFIED };
            assert_eq!(evidence(&[trusted], &[&header]), [wanted], "{trusted} {by}");
        }
    }

    #[test]
    fn a_filter_on_the_host_is_ours() {
        let headers = [
            "from good.example (good.example [203.0.113.9]) by mx.our.example (Postfix) with ESMTPS id 1",
            "from mx.our.example ([127.0.0.1]) by localhost (mx.our.example [127.0.0.1]) (amavisd-new, port 10024) with LMTP",
            "from localhost (localhost [127.0.0.1]) by mx.our.example (Postfix) with ESMTP id 2",
        ];
        assert_eq!(evidence(&["mx.our.example"], &headers), [OWN; 3]);
        assert_eq!(evidence(&[], &headers), [OWN; 3], "it says who it is");
        let stranger = headers[2].replace("from localhost", "from evil.example");
        let proxied = [headers[0], headers[1], &stranger];
        let unasked = evidence(&[], &proxied);
        assert_eq!(unasked, [UNVERIFIED, PEER, OWN], "the topmost alone");
    }

    /// What a stranger handed in, as the host wrote it that wrote the header above.
    const TAKEN_IN: &str = "from good.example (good.example [203.0.113.9]) by mx.our.example (Postfix) with ESMTPS id 1";

    #[test]
    fn what_a_host_wrote_before_it_handed_the_message_to_itself_is_its_own() {
        for newest in [
            "from mx.our.example by mx.our.example with LMTP id 2 (envelope-from <a@good.example>)",
            // The mailbox server goes by another name, and a program of its host by that of the header below.
            "from mx.our.example by store.our.example with LMTP id 2",
            "from mx.our.example by store with LMTP id 2",
            "from localhost ([unix socket]) by mx.our.example (Cyrus v2.4.20) with LMTPA",
            "from mx.our.example ([127.0.0.1]) by mx.our.example with LMTP id 2",
            "from localhost (localhost [::1]) by mx.our.example (Postfix) with ESMTP id 2",
            "from [127.0.0.1] (helo=mx.our.example) by mx.our.example with esmtp (Exim 4.96) id 2",
            "from filter by MX.our.example with spam-scanned (Exim 4.96) id 2",
            "by mx.our.example (Postfix, from userid 110) id 2",
        ] {
            for trusted in [&[][..], &[".our.example", "store"]] {
                let found = evidence(trusted, &[TAKEN_IN, newest]);
                assert_eq!(found, [OWN, OWN], "{trusted:?} {newest}");
            }
        }
        let chain = [
            "from pc (unknown [198.51.100.3]) by good.example (Postfix) with ESMTPSA id 7",
            TAKEN_IN,
            "from mx.our.example (localhost [127.0.0.1]) by localhost (amavisd-new, port 10024) with LMTP id 3",
            "from localhost (localhost [127.0.0.1]) by mx.our.example (Postfix) with ESMTP id 2",
            "from mx.our.example by store.our.example with LMTP id 4",
        ];
        assert_eq!(evidence(&[], &chain), [PEER, OWN, OWN, OWN, OWN]);
    }

    #[test]
    fn what_a_stranger_could_have_handed_in_in_our_name_stays_a_claim() {
        for newest in [
            // He greets with our name.
            "from mx.our.example (evil.example [203.0.113.66]) by mx.our.example (Postfix) with ESMTPS id 2",
            "from mx.our.example ([203.0.113.66]) by mx.our.example with LMTP id 2",
            "from mx.our.example (unknown [10.0.0.5]) by mx.our.example (Postfix) with ESMTPS id 2",
            "from localhost (evil.example [203.0.113.66]) by mx.our.example (Postfix) with ESMTPS id 2",
            "from mx.our.example by mx.our.example with ESMTP id 2",
            "by mx.our.example with ESMTPSA id 2",
            // A proxy on our host took his connection.
            "from evil.example (localhost [127.0.0.1]) by mx.our.example (Postfix) with ESMTPS id 2",
            "from mx.our.example (localhost [127.0.0.1]) by mx.our.example (Postfix) with ESMTPSA id 2",
            // His greeting holds a clause.
            "from x by y with LMTP (evil.example [203.0.113.66]) by mx.our.example (Postfix) with ESMTP id 2",
        ] {
            let found = evidence(&[], &[TAKEN_IN, newest]);
            assert_eq!(found, [UNVERIFIED, OWN], "{newest}");
        }
        // It came over a socket, but not from the host that the header names.
        let other = "from good.example ([203.0.113.9]) by elsewhere.example with ESMTPS id 1";
        let newest = "from mx.our.example by mx.our.example with LMTP id 2";
        assert_eq!(evidence(&[], &[other, newest]), [UNVERIFIED, OWN]);
    }

    /// A header in the name of a bank, with which its message went on in clear.
    const BANK: &str = "from pc.bank.example (pc.bank.example [203.0.113.10]) by mail.bank.example (Postfix) with ESMTP id 1";

    #[test]
    fn a_peer_is_the_host_that_was_seen_and_not_the_name_that_it_gave() {
        for client in [
            "mail.bank.example (unknown [198.51.100.66])",
            "mail.bank.example (evil.example [198.51.100.66])",
            "[203.0.113.10] (evil.example [198.51.100.66])",
            // A proxy before our host took his connection.
            "mail.bank.example (localhost [127.0.0.1])",
            "mail.bank.example (unknown [10.0.0.1])",
        ] {
            let own = format!("from {client} by mx.our.example (Postfix) with ESMTPS id 2");
            assert_eq!(evidence(&[], &[BANK, &own]), [UNVERIFIED, OWN], "{client}");
        }
        for own in [
            "from [198.51.100.66] (helo=mail.bank.example) by mx.our.example with esmtps (Exim 4.96) id 2",
            "from evil.example ([198.51.100.66] helo=mail.bank.example) by mx.our.example with esmtps (Exim 4.96) id 2",
            "from mail.bank.example ([198.51.100.66]) by mx.our.example (8.18.1/8.18.1) with ESMTPS id 2",
            "from x (mail.bank.example [198.51.100.66] (may be forged)) by mx.our.example (8.18.1/8.18.1) with ESMTP id 2",
            "from mail.bank.example (198.51.100.66) by mx.our.example with Microsoft SMTP Server id 15.20.1",
            "from mail.bank.example by mx.our.example with SMTP id 2",
        ] {
            assert_eq!(evidence(&[], &[BANK, own]), [UNVERIFIED, OWN], "{own}");
        }
        // An address in the header of a stranger is as good as the name there; one that we saw is he.
        let own =
            "from x (evil.example [198.51.100.66]) by mx.our.example (Postfix) with ESMTPS id 2";
        for (by, worth) in [
            ("mail.bank.example ([198.51.100.66])", UNVERIFIED),
            ("[203.0.113.10]", UNVERIFIED),
            ("[198.51.100.66]", PEER),
        ] {
            let older = format!("from pc ([10.0.0.5]) by {by} with SMTP id 1");
            assert_eq!(evidence(&[], &[&older, own]), [worth, OWN], "{by}");
        }
    }

    #[test]
    fn a_peer_is_known_by_a_name_that_was_looked_up_both_ways() {
        for client in [
            "mail.bank.example (mail.bank.example [192.0.2.1])",
            "outside (mail.bank.example [192.0.2.1])",
            "x (mail.mx.bank.example [192.0.2.1])",
            "mail.bank.example (mail4.bank.example [192.0.2.1])",
        ] {
            let own = format!("from {client} by mx.our.example (Postfix) with ESMTPS id 2");
            assert_eq!(evidence(&[], &[BANK, &own]), [PEER, OWN], "{client}");
        }
        let customer = "from mail.bank.example (p66.dialup.bank.example [192.0.2.1]) by mx.our.example (Postfix) with ESMTP id 2";
        assert_eq!(evidence(&[], &[BANK, customer]), [UNVERIFIED, OWN]);
        let exim =
            "from mail.bank.example ([192.0.2.1]) by mx.our.example with esmtps (Exim 4.96) id 2";
        assert_eq!(evidence(&[], &[BANK, exim]), [PEER, OWN]);
    }

    #[test]
    fn the_peers_own_header_names_a_stranger_as_little() {
        let peer = "from out.bank.example (out.bank.example [192.0.2.2]) by mx.our.example (Postfix) with ESMTPS id 3";
        for (client, with, worth) in [
            (
                "mail.bank.example (mail.bank.example [192.0.2.1])",
                "ESMTP",
                PEER,
            ),
            ("mail.bank.example (unknown [10.0.0.1])", "ESMTP", PEER),
            (
                "mail.bank.example (unknown [10.0.0.1])",
                "ESMTPSA",
                UNVERIFIED,
            ),
            (
                "mail.bank.example (unknown [198.51.100.66])",
                "ESMTP",
                UNVERIFIED,
            ),
            (
                "mail.bank.example (evil.example [198.51.100.66])",
                "ESMTP",
                UNVERIFIED,
            ),
        ] {
            let middle = format!("from {client} by out.bank.example (Postfix) with {with} id 2");
            let found = evidence(&[], &[BANK, &middle, peer]);
            assert_eq!(found, [worth, PEER, OWN], "{client} {with}");
        }
    }

    #[test]
    fn a_network_is_where_our_hosts_hand_messages_in_from() {
        let headers = [
            "from good.example (good.example [203.0.113.9]) by relay.our.example (Postfix) with SMTP id 2",
            "from relay.our.example (relay.our.example [198.51.100.7]) by mx.our.example (Postfix) with ESMTPS id 1",
        ];
        let all = evidence(&["198.51.100.0/24"], &headers);
        assert_eq!(all, [OWN, OWN], "the topmost counts where no host is named");
        let other = evidence(&["192.0.2.0/24"], &headers);
        assert_eq!(other, [PEER, OWN]);
        let by_name = evidence(&["relay.our.example", "198.51.100.0/24"], &headers);
        assert_eq!(by_name, [UNVERIFIED; 2], "the topmost is not named");
        let headers = ["from a.example ([203.0.113.9]) by b.example ([192.0.2.8]) with ESMTP"];
        assert_eq!(evidence(&["198.51.100.0/24"], &headers), [UNVERIFIED]);
    }
}
