//! H05 inner addresses and names, H06 HELO, H07 missing reverse DNS.

use super::{Case, Findings, Subject, plain};
use crate::model::classify;
use crate::parse::received::{Received, Transport};
use crate::text::{Lang, fill};
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
        inner(subject, hop, case.lang, found);
    }
    for (subject, hop) in case.numbered() {
        if hop.transport == Transport::Smtp && !is_loopback(hop) {
            helo(subject, hop, case.lang, found);
            reverse_dns(subject, hop, case.lang, found);
        }
    }
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn is_loopback(hop: &Received<'_>) -> bool {
    address(hop.ip).is_some_and(|ip| ip.is_loopback())
}

fn inner(subject: Subject, hop: &Received<'_>, lang: Lang, found: &mut Findings) {
    let network = classify(address(hop.ip), &[]);
    if matches!(network, Network::Inside | Network::Loopback) {
        let template = lang.pick(
            "The header shows the inner address {ip}.",
            "Der Header zeigt die interne Adresse {ip}.",
        );
        let summary = fill(template, &[("ip", &plain(hop.ip))]);
        found.info("H05", subject, summary, hop.ip);
    }
    let names = [hop.rdns, hop.helo, hop.name, hop.by];
    if let Some(name) = names.into_iter().find(|name| is_inner_name(name)) {
        let template = lang.pick(
            "The header shows the inner name {name}.",
            "Der Header zeigt den internen Namen {name}.",
        );
        let summary = fill(template, &[("name", &plain(name))]);
        found.info("H05", subject, summary, name);
    }
}

pub(super) fn is_inner_name(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let top = memchr::memrchr(b'.', name).and_then(|dot| name.get(dot + 1..));
    top.is_some_and(|top| {
        INNER_TOPS
            .iter()
            .any(|inner| inner.eq_ignore_ascii_case(top))
    })
}

/// RFC 5321 sections 2.3.5 and 4.1.4.
fn helo(subject: Subject, hop: &Received<'_>, lang: Lang, found: &mut Findings) {
    let helo = hop.helo;
    if helo.is_empty() {
        return;
    }
    let same = |one: &[u8], other: &[u8]| {
        let dotless = |name| <[u8]>::strip_suffix(name, b".").unwrap_or(name).to_vec();
        dotless(one).eq_ignore_ascii_case(&dotless(other))
    };
    let template = if helo.starts_with(b"[") || address(helo).is_some() {
        lang.pick(
            "The HELO {helo} is an address.",
            "Das HELO {helo} ist eine Adresse.",
        )
    } else if helo.eq_ignore_ascii_case(b"unknown") {
        lang.pick(
            "The HELO {helo} says 'unknown'.",
            "Das HELO {helo} nennt keinen Namen.",
        )
    } else if memchr::memchr(b'.', helo).is_none() {
        lang.pick(
            "The HELO {helo} is no full host name.",
            "Das HELO {helo} ist kein vollständiger Hostname.",
        )
    } else if same(helo, hop.by) {
        lang.pick(
            "The HELO {helo} is the name of the receiving host.",
            "Das HELO {helo} ist der Name des empfangenden Hosts.",
        )
    } else if !hop.rdns.is_empty() && !same(helo, hop.rdns) {
        lang.pick(
            "The HELO {helo} differs from the reverse DNS name {rdns}.",
            "Das HELO {helo} weicht vom Reverse-DNS-Namen {rdns} ab.",
        )
    } else {
        return;
    };
    let values = [("helo", &*plain(helo)), ("rdns", &*plain(hop.rdns))];
    let summary = fill(template, &values);
    found.info("H06", subject, summary, helo);
}

fn reverse_dns(subject: Subject, hop: &Received<'_>, lang: Lang, found: &mut Findings) {
    if hop.no_rdns {
        let template = lang.pick(
            "No confirmed reverse DNS name is shown for the address {ip}.",
            "Zur Adresse {ip} ist kein bestätigter Reverse-DNS-Name angegeben.",
        );
        let summary = fill(template, &[("ip", &plain(hop.ip))]);
        found.info("H07", subject, summary, hop.ip);
    }
}
