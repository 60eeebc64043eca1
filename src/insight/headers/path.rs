//! H04 delays, H12 protocol words, H13 breaks of the chain.

use super::identity::span;
use super::{Case, Findings, Subject, plain};
use crate::model::chain::{CLOCK_SLACK, Link};
use crate::parse::received::{Received, Transport, Writer};
use std::collections::HashMap;

/// A hop slower than this is worth a word, in seconds.
const SLOW: i64 = 3600;

/// Exim refuses a message with more Received headers (`received_headers_max`).
const MOST_HOPS: usize = 30;

pub(super) fn find(case: &Case<'_>, found: &mut Findings) {
    delays(case, found);
    for (subject, hop) in case.numbered() {
        protocol_word(subject, hop, found);
    }
    breaks(case, found);
    duplicates(case, found);
    if case.hops.len() > MOST_HOPS {
        let summary = format!("The message has {} Received headers.", case.hops.len());
        found.warning("H13", Subject::Message, summary, b"");
    }
}

fn delays(case: &Case<'_>, found: &mut Findings) {
    let hops = || case.chain.hops.iter().zip(case.numbered());
    let total: i64 = hops().filter_map(|(judged, _)| judged.delay).sum();
    for (judged, (subject, hop)) in hops() {
        let Some(delay) = judged.delay else {
            continue;
        };
        let summary = if delay < -CLOCK_SLACK {
            format!(
                "A clock is wrong: this hop lies {} before the hop before it.",
                span(-delay)
            )
        } else if delay > SLOW {
            format!(
                "The message took {} to this hop, of {} in all.",
                span(delay),
                span(total.max(delay))
            )
        } else {
            continue;
        };
        found.info("H04", subject, summary, hop.by);
    }
}

/// RFC 3848 and its registry. Old and private software writes other words: a hint, no proof.
fn protocol_word(subject: Subject, hop: &Received<'_>, found: &mut Findings) {
    let transfer = matches!(
        hop.transport,
        Transport::Smtp | Transport::Lmtp | Transport::Other
    );
    if hop.with.is_empty() || !transfer || hop.writer == Writer::Microsoft || hop.is_registered() {
        return;
    }
    let summary = format!(
        "The protocol word '{}' is not in the IANA registry.",
        plain(hop.with)
    );
    found.info("H12", subject, summary, hop.with);
}

fn breaks(case: &Case<'_>, found: &mut Findings) {
    for (judged, (subject, hop)) in case.chain.hops.iter().zip(case.numbered()) {
        if judged.link == Some(Link::Broken) {
            let summary = format!(
                "The next hop did not get the message from {}: it names another host.",
                plain(hop.by)
            );
            found.info("H13", subject, summary, hop.by);
        }
    }
}

fn duplicates(case: &Case<'_>, found: &mut Findings) {
    let mut seen = HashMap::new();
    for (index, raw) in case.facts.hops.iter().enumerate() {
        let number = index + 1;
        let first = *seen.entry(raw).or_insert(number);
        if first != number {
            let summary = format!("This Received header repeats that of hop {first}.");
            found.warning("H13", Subject::Hop(number), summary, raw);
        }
    }
}
