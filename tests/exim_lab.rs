//! The model of real Exim logs against what a tap on the wire saw: a statement about TLS is never wrong.
//!
//! Reads `../shared/corpora/mta-lab`; says so and passes when it is absent.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hopgrade::ingest::{self, Options};
use hopgrade::model::{Event, Model, Zone};
use hopgrade::parse::{Direction, Kind};
use hopgrade::source::Input;
use hopgrade::tls::{TlsState, Version};
use serde_json::Value;

fn lab() -> Option<PathBuf> {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/mta-lab");
    if lab.is_dir() {
        return Some(lab);
    }
    eprintln!("skipped: ../shared is absent");
    None
}

fn load(path: &Path) -> Model {
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        ..Options::default()
    };
    let loaded = ingest::load(vec![Input::File(path.to_owned())], options);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded.model
}

/// Peer name and TLS (`None`: plaintext) of each connection that was open.
fn wire(scenario: &Value, role: &str) -> Vec<(String, Option<Version>)> {
    let hops = scenario["hops"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|hop| hop["role"] == role);
    let peer = if role == "inbound" {
        "client"
    } else {
        "server"
    };
    hops.map(|hop| {
        let version = Version::parse(hop["tls"].as_str().unwrap_or_default().as_bytes());
        (hop[peer].as_str().unwrap_or_default().to_owned(), version)
    })
    .collect()
}

#[derive(Default, Debug)]
struct Score {
    right: u32,
    not_stated: u32,
    wrong: Vec<String>,
}

impl Score {
    fn take(&mut self, what: &str, model: &Model, event: &Event, wire: &[Option<Version>]) {
        let version = model.session(event).and_then(|session| session.version);
        let agrees = match model.tls_state(event) {
            TlsState::NotStated => {
                self.not_stated += 1;
                return;
            }
            TlsState::Yes => wire
                .iter()
                .any(|seen| seen.is_some() && (version.is_none() || *seen == version)),
            TlsState::No => wire.contains(&None),
            TlsState::Refused | TlsState::NotApplicable => return,
        };
        if agrees {
            self.right += 1;
        } else {
            self.wrong.push(format!(
                "{what}: {:?} {version:?}, wire {wire:?}",
                model.tls_state(event)
            ));
        }
    }
}

#[test]
fn no_statement_contradicts_the_wire() {
    let Some(lab) = lab() else { return };
    let truth: Value =
        serde_json::from_slice(&std::fs::read(lab.join("truth.json")).unwrap()).unwrap();
    let mut scores = BTreeMap::new();
    for mta in ["ex493o", "ex496", "ex4100"] {
        let model = load(&lab.join("logs").join(mta).join("mainlog"));
        assert!(
            model.not_understood.is_empty(),
            "{mta}: {:?}",
            model.not_understood
        );
        let score: &mut Score = scores.entry(mta).or_default();
        for scenario in truth["scenarios"].as_array().unwrap() {
            let Some(id) = scenario["queue_id"]
                .as_str()
                .filter(|_| scenario["mta"] == mta)
            else {
                continue;
            };
            for number in model.messages_of_queue_id(id.as_bytes()) {
                let message = model.messages.get(number).unwrap();
                for event in model.events_of(message) {
                    let (role, peer) = match (event.kind, event.direction()) {
                        (Kind::Arrival, Some(Direction::In)) => ("inbound", String::new()),
                        (Kind::Delivery, Some(Direction::Out)) => {
                            let name = model.strings.endpoint(event.peer).name;
                            ("outbound", String::from_utf8_lossy(name).into_owned())
                        }
                        _ => continue,
                    };
                    let seen: Vec<_> = wire(scenario, role)
                        .into_iter()
                        .filter(|(name, _)| role == "inbound" || *name == peer)
                        .map(|(_, version)| version)
                        .collect();
                    if seen.is_empty() {
                        // A connection that another scenario opened (reused, or a bounce).
                        continue;
                    }
                    score.take(&format!("{} {role}", scenario["id"]), &model, event, &seen);
                }
            }
        }
    }
    for (mta, score) in &scores {
        eprintln!(
            "{mta:8} right {:4}  not stated {:3}  wrong {}",
            score.right,
            score.not_stated,
            score.wrong.len()
        );
    }
    for (mta, score) in &scores {
        assert!(score.wrong.is_empty(), "{mta}: {:#?}", score.wrong);
        assert!(
            score.right > 80,
            "{mta}: only {} statements compared",
            score.right
        );
    }
}

#[test]
fn forged_fields_are_not_believed() {
    let Some(lab) = lab() else { return };
    let truth: Value =
        serde_json::from_slice(&std::fs::read(lab.join("truth.json")).unwrap()).unwrap();
    let mut checked = 0;
    for mta in ["ex493o", "ex496", "ex4100"] {
        let model = load(&lab.join("logs").join(mta).join("mainlog"));
        let names = [
            "in-quoted-sender",
            "in-quoted-msgid",
            "in-junkhelo",
            "in-forged",
            "in-subject",
            "lie-250",
        ];
        for name in names {
            let id = format!("{mta}/{name}");
            let scenarios = truth["scenarios"].as_array().unwrap();
            let Some(scenario) = scenarios
                .iter()
                .find(|scenario| scenario["id"] == id.as_str())
            else {
                continue;
            };
            let Some(queue_id) = scenario["queue_id"].as_str() else {
                continue;
            };
            for number in model.messages_of_queue_id(queue_id.as_bytes()) {
                let message = model.messages.get(number).unwrap();
                let arrival = model.events.get(message.arrival).unwrap();
                let state = model.tls_state(arrival);
                assert_ne!(state, TlsState::Yes, "{id}: believed a forged field");
                checked += 1;
            }
        }
    }
    assert!(checked >= 12, "only {checked} forged messages looked at");
}

#[test]
fn the_story_of_the_design_replayed_by_a_real_exim() {
    let Some(lab) = lab() else { return };
    let model = load(&lab.join("logs/seed493/mainlog"));
    let number = model.messages_of_queue_id(b"1j6RJH-0002HK-0C")[0];
    let message = model.messages.get(number).unwrap();
    // One connection at once, then on the 25th, and one each on the 26th, 27th, 28th and 29th.
    assert_eq!((message.attempts, message.waits), (6, 6));
    let states: Vec<_> = model
        .events_of(message)
        .map(|event| model.tls_state(event))
        .collect();
    assert!(!states.contains(&TlsState::Yes) && !states.contains(&TlsState::No));
}
