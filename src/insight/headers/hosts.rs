//! H05 inner addresses and names, H06 HELO, H07 missing reverse DNS.

use super::{Case, Findings, Subject, plain};
use crate::model::classify;
use crate::parse::received::{Received, Transport};
use crate::tls::Network;
use std::net::IpAddr;

/// Top-level names that only inner networks use (RFC 6762 appendix G, RFC 8375, ICANN's `.internal`).
const INNER_TOPS: [&[u8]; 9] = [
    b"local",
    b"localdomain",
    b"lan",
    b"intern",
    b"internal",
    b"intranet",
    b"corp",
    b"home",
    b"private",
];

pub(super) fn find(case: &Case<'_>, found: &mut Findings) {
    for (subject, hop) in case.foreign() {
        inner(subject, hop, found);
    }
    for (subject, hop) in case.numbered() {
        if hop.transport == Transport::Smtp && !is_loopback(hop) {
            helo(subject, hop, found);
            reverse_dns(subject, hop, found);
        }
    }
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn is_loopback(hop: &Received<'_>) -> bool {
    address(hop.ip).is_some_and(|ip| ip.is_loopback())
}

fn inner(subject: Subject, hop: &Received<'_>, found: &mut Findings) {
    let network = classify(address(hop.ip), &[]);
    if matches!(network, Network::Inside | Network::Loopback) {
        let summary = format!("The header shows the inner address {}.", plain(hop.ip));
        found.info("H05", subject, summary, hop.ip);
    }
    let names = [hop.rdns, hop.helo, hop.name, hop.by];
    if let Some(name) = names.into_iter().find(|name| is_inner_name(name)) {
        let summary = format!("The header shows the inner name {}.", plain(name));
        found.info("H05", subject, summary, name);
    }
}

fn is_inner_name(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let top = memchr::memrchr(b'.', name).and_then(|dot| name.get(dot + 1..));
    top.is_some_and(|top| {
        INNER_TOPS
            .iter()
            .any(|inner| inner.eq_ignore_ascii_case(top))
    })
}

/// RFC 5321 sections 2.3.5 and 4.1.4.
fn helo(subject: Subject, hop: &Received<'_>, found: &mut Findings) {
    let helo = hop.helo;
    if helo.is_empty() {
        return;
    }
    let same = |one: &[u8], other: &[u8]| {
        let dotless = |name| <[u8]>::strip_suffix(name, b".").unwrap_or(name).to_vec();
        dotless(one).eq_ignore_ascii_case(&dotless(other))
    };
    let what = if helo.starts_with(b"[") || address(helo).is_some() {
        "is an address".to_owned()
    } else if helo.eq_ignore_ascii_case(b"unknown") {
        "says 'unknown'".to_owned()
    } else if memchr::memchr(b'.', helo).is_none() {
        "is no full host name".to_owned()
    } else if same(helo, hop.by) {
        "is the name of the receiving host".to_owned()
    } else if !hop.rdns.is_empty() && !same(helo, hop.rdns) {
        format!("differs from the reverse DNS name {}", plain(hop.rdns))
    } else {
        return;
    };
    let summary = format!("The HELO {} {what}.", plain(helo));
    found.info("H06", subject, summary, helo);
}

fn reverse_dns(subject: Subject, hop: &Received<'_>, found: &mut Findings) {
    if hop.no_rdns {
        let summary = format!("The address {} has no reverse DNS name.", plain(hop.ip));
        found.info("H07", subject, summary, hop.ip);
    }
}
