//! The logs that tests and benches are measured on stay the same, and the program understands them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeSet;

use generator::Kind;
use hopgrade::ingest::{self, Options};
use hopgrade::model::{Message, Model, Status, Zone};
use hopgrade::parse;
use hopgrade::source::Input;
use sha2::{Digest, Sha256};

const MEGABYTE: u64 = 1_000_000;

fn load(text: Vec<u8>) -> Model {
    let bytes = Vec::leak(text);
    let name = "mainlog";
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        year: Some(2026),
        ..Options::default()
    };
    let loaded = ingest::load(vec![Input::Bundled { name, bytes }], options);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded.model
}

/// Whoever changes the generator gives up every figure that was measured on its logs.
#[test]
fn a_log_is_the_same_everywhere() {
    let digests = Kind::ALL.map(|(_, kind)| {
        let digest = Sha256::digest(generator::log(kind, MEGABYTE, 1));
        digest
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    });
    assert_eq!(
        digests,
        [
            "96f7b164de50e731fa9d250dacdea82b0efbfb0c1c65230d734320d95f6249f7",
            "1bcd5aea23064bd5cb5165b523566c21a7c7fd9cee83910293f92021b3bd06c2",
            "f8ff8fb8603f5ccaee83f7a5aac82db148cc16a95ef84f1e82639531ffa8ead7",
        ]
    );
}

#[test]
fn another_seed_is_another_log_and_a_longer_one_begins_alike() {
    let log = |bytes, seed| generator::log(Kind::Exim, bytes, seed);
    let short = log(20_000, 1);
    assert!((20_000..21_000).contains(&short.len()) && short.ends_with(b"\n"));
    assert!(log(40_000, 1).starts_with(&short));
    assert!(!log(40_000, 2).starts_with(&short));
}

#[test]
fn every_line_is_understood_and_everything_happens() {
    for (_, kind) in Kind::ALL {
        let text = generator::log(kind, MEGABYTE / 2, 1);
        let arrivals = match kind {
            Kind::Postfix => count(&text, ": client="),
            _ => count(&text, " <= "),
        };
        let model = load(text);
        assert!(
            model.not_understood.is_empty(),
            "{:?}",
            model.not_understood
        );
        let seen: Vec<_> = model.events.iter().map(|event| event.kind).collect();
        let arrivals_seen = seen.iter().filter(|kind| **kind == parse::Kind::Arrival);
        assert_eq!(arrivals_seen.count(), arrivals);
        for wanted in [
            parse::Kind::Delivery,
            parse::Kind::Deferral,
            parse::Kind::Failure,
            parse::Kind::Rejection,
            parse::Kind::Completion,
        ] {
            assert!(seen.contains(&wanted), "{kind:?}: no {wanted:?}");
        }
        // Postfix tells of a refusal in the reason of a deferral.
        let refuses = kind == Kind::Postfix || seen.contains(&parse::Kind::TlsRefused);
        assert!(refuses, "{kind:?}: no refusal");
        let versions: BTreeSet<_> = (model.events.iter())
            .filter_map(|event| model.session(&event)?.version)
            .collect();
        assert!(versions.len() >= 4, "{kind:?}: {versions:?}");
        let fates: Vec<_> = model.messages.iter().map(Message::status).collect();
        for wanted in [Status::Delivered, Status::Deferred, Status::Failed] {
            assert!(fates.contains(&wanted), "{kind:?}: none is {wanted:?}");
        }
    }
}

/// How often something stands in a text.
fn count(text: &[u8], wanted: &str) -> usize {
    memchr::memmem::find_iter(text, wanted).count()
}
