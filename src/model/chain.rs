//! Judges the Received headers of one message as evidence.
//!
//! A Received header is proof only if one of our own hosts wrote it. The next one below is a statement of the host
//! that connected to us. All headers below that may be forged.

use super::domain;
use super::trust::{Trust, is_local_name, is_neighbour, is_same, stays_home, witnesses};
use crate::parse::received::{Received, Transport};
use std::borrow::Cow;
use std::net::IpAddr;

/// Tolerated difference between the clocks of two hosts, in seconds.
pub const CLOCK_SLACK: i64 = 300;

/// Value of a hop as evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// Written by one of our own hosts.
    Own,
    /// Written by the host that connected to us, or by hosts of its organisation right before it.
    Peer,
    /// Possibly forged.
    #[default]
    Unverified,
    /// Contradicts itself.
    Inconsistent,
}

impl Evidence {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Peer => "peer",
            Self::Unverified => "unverified",
            Self::Inconsistent => "inconsistent",
        }
    }
}

/// Match between the writer of a hop and the client that the next newer hop names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HopLink {
    /// The names are equal.
    Name,
    /// First label and organisation are equal: `fwd37.example.org` and `fwd37.mx.example.org`. Or one name is the
    /// label alone: `fwd37`.
    Domain,
    /// The addresses are equal.
    Address,
    /// The message did not leave the host: loopback, a local program.
    SameHost,
    /// One of the two hops does not name the host.
    Untold,
    /// The hosts differ.
    Broken,
}

impl HopLink {
    /// True when the two hops are about the same host.
    pub const fn holds(self) -> bool {
        matches!(
            self,
            Self::Name | Self::Domain | Self::Address | Self::SameHost
        )
    }
}

/// Reason why a hop cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contradiction {
    /// Protocol version, cipher suite and key length do not exist together.
    ImpossibleSession,
    /// The clauses of the header contradict each other.
    Ambiguous,
}

/// The verdict on one hop, from its position in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedHop {
    /// Seconds since the next older hop; negative when a clock is wrong. `None` for the oldest hop, and where a date
    /// or its zone is missing.
    pub delay: Option<i64>,
    /// Match with the next newer hop; `None` for the newest.
    pub link: Option<HopLink>,
    /// Value as evidence.
    pub evidence: Evidence,
    /// Contradictions found in the header.
    pub contradictions: Vec<Contradiction>,
}

/// Verdicts on the hops of one message, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// One verdict for each Received header.
    pub hops: Vec<JudgedHop>,
}

impl Chain {
    /// Index of the oldest hop that one of our own hosts wrote; `None` when there is none. The trust line runs below.
    pub fn trust_line(&self) -> Option<usize> {
        self.hops
            .iter()
            .position(|hop| hop.evidence == Evidence::Own)
    }
}

/// Judges the hops of one message, oldest first. `impossible` tells for the index of a hop whether its session is a
/// [`Contradiction::ImpossibleSession`]; the caller has the suite tables.
///
/// A hop that is later than the next newer one is no contradiction but a finding (H04): in one of twenty honest
/// messages a clock or zone is wrong by more than [`CLOCK_SLACK`].
pub fn evaluate(hops: &[Received<'_>], trust: &Trust, impossible: impl Fn(usize) -> bool) -> Chain {
    let ours = hops.last().is_some_and(|newest| trust.has_topmost(newest));
    walk(hops, trust, ours, impossible)
}

/// Judges the hops of a message inside a bounce. Anybody can write a bounce, so that the newest header is not
/// trusted either: only hops of hosts that `trust` names are evidence.
pub fn evaluate_returned(
    hops: &[Received<'_>],
    trust: &Trust,
    impossible: impl Fn(usize) -> bool,
) -> Chain {
    let ours = hops.last().is_some_and(|newest| trust.covers(newest));
    walk(hops, trust, ours, impossible)
}

/// Judges the hops from the newest to the oldest.
fn walk(
    hops: &[Received<'_>],
    trust: &Trust,
    is_newest_ours: bool,
    impossible: impl Fn(usize) -> bool,
) -> Chain {
    let newest = hops.last().filter(|_| is_newest_ours);
    let mut section = newest.map_or(Section::Unverified, |newest| Section::Own(host(newest.by)));
    let mut judged: Vec<JudgedHop> = Vec::with_capacity(hops.len());
    for (index, hop) in hops.iter().enumerate().rev() {
        let newer = hops.get(index + 1);
        let older = index.checked_sub(1).and_then(|older| hops.get(older));
        let link = newer.map(|newer| link(hop, newer));
        if let Some((newer, link)) = newer.zip(link) {
            section = section.next(hop, newer, link, trust);
        }
        let contradictions = contradictions(hop, impossible(index));
        let evidence = match section {
            Section::Own(_) => Evidence::Own,
            _ if !contradictions.is_empty() => Evidence::Inconsistent,
            Section::Peer(_) => Evidence::Peer,
            Section::Unverified => Evidence::Unverified,
        };
        if evidence == Evidence::Inconsistent {
            section = Section::Unverified;
        }
        judged.push(JudgedHop {
            delay: older.and_then(|older| delay(older, hop)),
            link,
            evidence,
            contradictions,
        });
    }
    judged.reverse();
    Chain { hops: judged }
}

/// Section of the chain that a hop belongs to, from the newest hop down.
enum Section<'a> {
    /// Our hosts, with the name of the one that wrote the last header. A filter that calls itself localhost is on
    /// the host of the header above.
    Own(Cow<'a, str>),
    /// Hosts of this organisation, which delivered to us.
    Peer(String),
    Unverified,
}

impl<'a> Section<'a> {
    /// Section of `hop`, the next older one after `newer`.
    fn next(
        self,
        hop: &'a Received<'_>,
        newer: &Received<'_>,
        link: HopLink,
        trust: &Trust,
    ) -> Self {
        let by = host(hop.by);
        let handed_over = |organisation: &str| {
            link == HopLink::SameHost
                || witnesses(newer, hop, link)
                || link.holds() && is_neighbour(newer, hop, organisation)
        };
        match self {
            Self::Own(home)
                if stays_home(&home, hop, newer, link) || trust.follows(hop, newer, link) =>
            {
                Self::Own(if is_local_name(&by) { home } else { by })
            }
            // Names one of our hosts, but came from somebody else.
            Self::Own(home) if is_same(&by, &home) || trust.covers(hop) => Self::Unverified,
            Self::Own(home) if handed_over(&home) => {
                Self::Peer(domain::organisation(&by).to_owned())
            }
            Self::Peer(peer) if domain::same_organisation(&peer, &by) && handed_over(&peer) => {
                Self::Peer(peer)
            }
            _ => Self::Unverified,
        }
    }
}

fn contradictions(hop: &Received<'_>, impossible: bool) -> Vec<Contradiction> {
    [
        (impossible, Contradiction::ImpossibleSession),
        (hop.doubts.ambiguous, Contradiction::Ambiguous),
    ]
    .into_iter()
    .filter_map(|(found, contradiction)| found.then_some(contradiction))
    .collect()
}

fn delay(older: &Received<'_>, newer: &Received<'_>) -> Option<i64> {
    Some(newer.date?.utc()? - older.date?.utc()?)
}

/// Compares the writer of the older hop with the client that the newer hop names.
fn link(older: &Received<'_>, newer: &Received<'_>) -> HopLink {
    let by = host(older.by);
    let names = [newer.rdns, newer.name, newer.helo].map(host);
    let mut names = names.iter().filter(|name| !name.is_empty());
    let by_address = address(older.by_ip);
    if !by.is_empty() && names.clone().any(|name| name.eq_ignore_ascii_case(&by)) {
        HopLink::Name
    } else if by_address.is_some() && by_address == address(newer.ip) {
        HopLink::Address
    } else if is_same_host(newer) && by.eq_ignore_ascii_case(&host(newer.by)) {
        HopLink::SameHost
    } else if names.clone().any(|name| is_alias(name, &by)) {
        HopLink::Domain
    } else if by.is_empty() || (names.next().is_none() && newer.ip.is_empty()) {
        HopLink::Untold
    } else {
        HopLink::Broken
    }
}

/// True for a hop whose client is on the same host.
pub(super) fn is_same_host(hop: &Received<'_>) -> bool {
    let no_client = hop.name.is_empty() && hop.ip.is_empty();
    no_client
        || is_on_socket(hop)
        || hop.transport == Transport::Local
        || address(hop.ip).is_some_and(|address| address.is_loopback())
}

/// True for LMTP without an address: its client came over a socket of the host. It has a name all the same,
/// the one that it gave.
pub(super) fn is_on_socket(hop: &Received<'_>) -> bool {
    hop.transport == Transport::Lmtp && hop.ip.is_empty()
}

/// Whether the first labels are equal, and the organisations too unless one name has no domain.
pub(super) fn is_alias(name: &str, by: &str) -> bool {
    let label = |host: &str| {
        host.split('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let is_address = |host: &str| host.parse::<IpAddr>().is_ok();
    let short = |host: &str| !host.is_empty() && !host.contains('.');
    let in_one_domain = name.contains('.') && domain::same_organisation(name, by);
    (in_one_domain || short(name) || short(by))
        && label(name) == label(by)
        && !is_address(name)
        && !is_address(by)
}

/// A host name without trailing dot, port and brackets.
pub(super) fn host(name: &[u8]) -> Cow<'_, str> {
    let name = name.strip_prefix(b"[").unwrap_or(name);
    let name = name.strip_suffix(b"]").unwrap_or(name);
    let name = name.strip_suffix(b".").unwrap_or(name);
    let one_colon = memchr::memchr_iter(b':', name).count() == 1;
    let end = if one_colon {
        memchr::memchr(b':', name)
    } else {
        None
    };
    String::from_utf8_lossy(name.get(..end.unwrap_or(name.len())).unwrap_or_default())
}

pub(super) fn address(ip: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(ip).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::received::parse;

    const SEED: [&str; 3] = [
        "from mail.t-online-team.de (T0k3n@[194.25.187.129]) by fwd37.t-online.de with \
         (TLSv1:ECDHE-RSA-AES256-SHA encrypted) esmtp id ---; Tue, 25 Feb 2020 13:26:30 +0100",
        "from fwd37.aul.t-online.de (fwd37.aul.t-online.de [172.20.27.137]) by mailout02.t-online.de \
         (Postfix) with SMTP id ---; Tue, 25 Feb 2020 13:26:31 +0100 (CET)",
        "from mailout02.t-online.de ([194.25.134.17]) by userserver with esmtps (TLSv1.2:A:256) \
         (Exim 4.93) id ---; Tue, 25 Feb 2020 13:26:31 +0100",
    ];

    fn judge(headers: &[&str], trust: &Trust) -> Chain {
        let hops: Vec<_> = headers
            .iter()
            .map(|header| parse(header.as_bytes()))
            .collect();
        evaluate(&hops, trust, |_| false)
    }

    fn evidence(headers: &[&str], trust: &Trust) -> Vec<Evidence> {
        judge(headers, trust)
            .hops
            .iter()
            .map(|hop| hop.evidence)
            .collect()
    }

    fn trusting(hosts: &[&str], networks: &[&str]) -> Trust {
        Trust {
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            networks: networks.iter().map(|text| text.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn the_bundled_case() {
        let chain = judge(&SEED, &Trust::default());
        let links: Vec<_> = chain.hops.iter().map(|hop| hop.link).collect();
        assert_eq!(links, [Some(HopLink::Domain), Some(HopLink::Name), None]);
        let delays: Vec<_> = chain.hops.iter().map(|hop| hop.delay).collect();
        assert_eq!(delays, [None, Some(1), Some(0)]);
        assert_eq!(
            evidence(&SEED, &Trust::default()),
            [Evidence::Peer, Evidence::Peer, Evidence::Own]
        );
        assert_eq!(chain.trust_line(), Some(2));
    }

    #[test]
    fn trust_is_contiguous_from_the_top() {
        let all = trusting(&["userserver", ".t-online.de"], &[]);
        assert_eq!(evidence(&SEED, &all), [Evidence::Own; 3]);
        let gap = trusting(&["userserver", "FWD37.t-online.de"], &[]);
        assert_eq!(
            evidence(&SEED, &gap),
            [Evidence::Peer, Evidence::Peer, Evidence::Own]
        );
        let elsewhere = trusting(&["mx.example.org"], &[]);
        let chain = judge(&SEED, &elsewhere);
        assert_eq!(chain.trust_line(), None, "we did not write any of these");
        let by_address = [
            "from a.example ([192.0.2.9]) by b.example; 1 Mar 2025 10:00:00 +0000",
            "from b.example (b.example [192.0.2.8]) by c.example ([198.51.100.7]) (Postfix) with ESMTP; \
             1 Mar 2025 10:00:00 +0000",
        ];
        let network = trusting(&[], &["198.51.100.0/24"]);
        assert_eq!(
            evidence(&by_address, &network),
            [Evidence::Peer, Evidence::Own]
        );
    }

    #[test]
    fn what_does_not_link_is_unverified_and_so_is_all_below() {
        let forged = [
            "from laptop ([192.0.2.77]) by mail.bank.example with esmtpsa; Mon, 23 Nov 2026 01:02:01 +0100",
            "from mail.bank.example (mail.bank.example [192.0.2.10]) by mx.absender.example with ESMTPS; \
             Mon, 23 Nov 2026 01:02:03 +0100",
            "from client.example ([127.0.0.71]) by mail.example with esmtp (Exim 4.96); \
             Mon, 23 Nov 2026 07:33:48 +0000",
        ];
        let chain = judge(&forged, &Trust::default());
        assert_eq!(
            evidence(&forged, &Trust::default()),
            [Evidence::Unverified, Evidence::Unverified, Evidence::Own]
        );
        assert_eq!(chain.hops.get(1).unwrap().link, Some(HopLink::Broken));
        assert!(chain.hops.iter().all(|hop| hop.contradictions.is_empty()));
    }

    #[test]
    fn a_wrong_clock_is_no_contradiction() {
        let late = [
            "from a.example by b.example; 1 Mar 2025 10:10:00 +0000",
            "from b.example ([192.0.2.2]) by c.example (Exim 4.96); 1 Mar 2025 10:20:00 +0000",
            "from c.example ([192.0.2.3]) by d.example (Exim 4.96); 1 Mar 2025 10:00:00 +0000",
        ];
        let chain = judge(&late, &Trust::default());
        let newest = chain.hops.get(2).unwrap();
        assert_eq!(newest.delay, Some(-1200));
        assert!(chain.hops.iter().all(|hop| hop.contradictions.is_empty()));
        let moved = late.map(|header| header.replace(".example", ".mx.example"));
        let moved = [0, 1, 2].map(|at| moved[at].as_str());
        assert_eq!(
            evidence(&moved, &Trust::default()),
            [Evidence::Peer, Evidence::Peer, Evidence::Own]
        );
    }

    #[test]
    fn what_a_bounce_returns_is_believed_only_where_we_wrote_it() {
        let returned = |trust: &Trust| -> Vec<Evidence> {
            let hops: Vec<_> = SEED.iter().map(|header| parse(header.as_bytes())).collect();
            let chain = evaluate_returned(&hops, trust, |_| false);
            chain.hops.iter().map(|hop| hop.evidence).collect()
        };
        assert_eq!(returned(&Trust::default()), [Evidence::Unverified; 3]);
        assert_eq!(
            returned(&trusting(&["elsewhere.example"], &[])),
            [Evidence::Unverified; 3]
        );
        assert_eq!(
            returned(&trusting(&["userserver"], &[])),
            [Evidence::Peer, Evidence::Peer, Evidence::Own]
        );
    }

    #[test]
    fn contradictions_end_the_trust() {
        let hops: Vec<_> = SEED.iter().map(|header| parse(header.as_bytes())).collect();
        let chain = evaluate(&hops, &Trust::default(), |hop| hop == 0);
        let oldest = chain.hops.first().unwrap();
        assert_eq!(oldest.contradictions, [Contradiction::ImpossibleSession]);
        assert_eq!(oldest.evidence, Evidence::Inconsistent);
    }

    #[test]
    fn links_within_one_host_and_by_address() {
        let headers = [
            "from a.example (a.example [192.0.2.1]) by mx.example (Postfix) with ESMTP",
            "from localhost (localhost [127.0.0.1]) by mx.example (Postfix) with ESMTP",
            "by mx.example (Postfix) id 1",
            "from [192.0.2.5] by 192.0.2.6 with SMTP",
            "from odd ([192.0.2.6]) by last.example with SMTP",
        ];
        let links: Vec<_> = judge(&headers, &Trust::default())
            .hops
            .iter()
            .map(|hop| hop.link)
            .collect();
        assert_eq!(
            links,
            [
                Some(HopLink::SameHost),
                Some(HopLink::SameHost),
                Some(HopLink::Broken),
                Some(HopLink::Address),
                None
            ]
        );
        assert!(judge(&[], &Trust::default()).hops.is_empty());
    }
}
