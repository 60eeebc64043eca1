//! H04 delays, H12 protocol words, H13 breaks of the chain.

use super::identity::span;
use super::{Case, Findings, Subject, plain};
use crate::model::chain::{CLOCK_SLACK, HopLink};
use crate::model::same_organisation;
use crate::parse::received::{Received, Transport, Writer};
use crate::text::{Lang, fill};
use std::collections::HashMap;

/// A hop slower than this is worth a word, in seconds.
const SLOW: i64 = 3600;

/// Exim refuses a message with more Received headers (`received_headers_max`).
const MOST_HOPS: usize = 30;

pub(super) fn find(case: &Case<'_>, found: &mut Findings) {
    delays(case, found);
    for (subject, hop) in case.numbered() {
        protocol_word(subject, hop, case.lang, found);
    }
    breaks(case, found);
    duplicates(case, found);
    if case.hops.len() > MOST_HOPS {
        let template = case.lang.pick(
            "The message has {count} Received headers.",
            "Die Nachricht hat {count} Received-Header.",
        );
        let summary = fill(template, &[("count", &case.hops.len().to_string())]);
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
        let template = if delay < -CLOCK_SLACK {
            case.lang.pick(
                "A clock is wrong: this hop lies {span} before the hop before it.",
                "Eine Uhr geht falsch: Dieser Hop liegt {span} vor dem Hop davor.",
            )
        } else if delay > SLOW {
            case.lang.pick(
                "The message took {span} to this hop, of {total} in all.",
                "Die Nachricht brauchte {span} bis zu diesem Hop, von insgesamt {total}.",
            )
        } else {
            continue;
        };
        let (own, total) = (span(delay.abs()), span(total.max(delay)));
        let summary = fill(template, &[("span", &own), ("total", &total)]);
        found.info("H04", subject, summary, hop.by);
    }
}

/// RFC 3848 and its registry. Old and private software writes other words: a hint, no proof.
fn protocol_word(subject: Subject, hop: &Received<'_>, lang: Lang, found: &mut Findings) {
    let transfer = matches!(
        hop.transport,
        Transport::Smtp | Transport::Lmtp | Transport::Other
    );
    if hop.with.is_empty() || !transfer || hop.writer == Writer::Microsoft || hop.is_registered() {
        return;
    }
    let template = lang.pick(
        "The protocol word '{word}' is not in the IANA registry.",
        "Das Protokollwort „{word}“ steht nicht im Register der IANA.",
    );
    let summary = fill(template, &[("word", &plain(hop.with))]);
    found.info("H12", subject, summary, hop.with);
}

/// Hosts of one organisation often have one name inside and another outside.
fn breaks(case: &Case<'_>, found: &mut Findings) {
    let hops = case.chain.hops.iter().zip(case.numbered());
    for ((judged, (subject, hop)), newer) in hops.zip(case.hops.iter().skip(1)) {
        let by = plain(hop.by);
        let names = [newer.rdns, newer.name, newer.helo].map(plain);
        let is_near = names.iter().any(|name| same_organisation(name, &by));
        if judged.link != Some(HopLink::Broken) || is_near {
            continue;
        }
        let template = case.lang.pick(
            "The next header names another host than {by} as the one that handed the message over: a second name of \
             it, a hop that is not shown, or a header that is not true.",
            "Der nächste Header nennt einen anderen Host als {by} als einliefernden: ein zweiter Name von ihm, ein \
             nicht gezeigter Hop oder ein unwahrer Header.",
        );
        found.info("H13", subject, fill(template, &[("by", &by)]), hop.by);
    }
}

fn duplicates(case: &Case<'_>, found: &mut Findings) {
    let mut seen = HashMap::new();
    for (index, raw) in case.facts.hops.iter().enumerate() {
        let number = index + 1;
        let first = *seen.entry(raw).or_insert(number);
        if first != number {
            let template = case.lang.pick(
                "This Received header repeats that of hop {first}.",
                "Dieser Received-Header wiederholt den von Hop {first}.",
            );
            let summary = fill(template, &[("first", &first.to_string())]);
            found.warning("H13", Subject::Hop(number), summary, raw);
        }
    }
}
