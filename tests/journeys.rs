//! Journeys over several servers of the laboratory, as their syslogs tell them together.
//!
//! Reads `../shared/corpora/mta-lab`; says so and passes when it is absent.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hopgrade::ingest::{self, Options};
use hopgrade::model::{Model, Zone};
use hopgrade::source::Input;
use serde_json::Value;

fn lab() -> Option<PathBuf> {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/mta-lab");
    if lab.is_dir() {
        return Some(lab);
    }
    eprintln!("skipped: ../shared is absent");
    None
}

/// The log of a server, as far as there is one: with the name of the host if possible.
fn log_of(lab: &Path, server: &str) -> Option<PathBuf> {
    [
        format!("syslog/{server}.iso.log"),
        format!("logs/{server}/postfix.log"),
        format!("logs/{server}/mainlog"),
    ]
    .into_iter()
    .map(|path| lab.join(path))
    .find(|path| path.is_file())
}

fn load(lab: &Path, servers: &[&str]) -> Model {
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        year: Some(2026),
        ..Options::default()
    };
    let logs = servers.iter().filter_map(|server| log_of(lab, server));
    let loaded = ingest::load(logs.map(Input::File).collect::<Vec<_>>(), options);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded.model
}

fn scenarios(lab: &Path) -> Vec<Value> {
    let truth = std::fs::read(lab.join("truth.json")).unwrap();
    let mut truth: Value = serde_json::from_slice(&truth).unwrap();
    serde_json::from_value(truth["scenarios"].take()).unwrap()
}

/// The server of a message of the model: `pf37` from the file it was read from.
fn server_of(model: &Model, number: u32) -> String {
    let message = model.messages.get(number).unwrap();
    let first = model.events.get(message.first).unwrap();
    let path = model.path(model.file_number(&first));
    let folder = path.parent().unwrap().file_name().unwrap();
    let name = if folder == "syslog" {
        path.file_name().unwrap()
    } else {
        folder
    };
    let name = name.to_str().unwrap();
    name.split('.').next().unwrap().to_owned()
}

/// Servers of a chain that follow each other without one between them whose log is missing.
fn stretches(lab: &Path, chain: &[&str]) -> Vec<Vec<String>> {
    let mut stretches = vec![Vec::new()];
    for server in chain {
        if log_of(lab, server).is_some() {
            let last = stretches.last_mut().unwrap();
            last.push((*server).to_owned());
        } else {
            stretches.push(Vec::new());
        }
    }
    stretches.retain(|stretch| stretch.len() > 1);
    stretches
}

/// The journey of each message of the model, as the servers it came by; each journey once.
fn journeys(model: &Model) -> BTreeSet<Vec<(String, String)>> {
    let numbers = 0..model.messages.len();
    let journeys = numbers.map(|number| model.journey_of(number));
    let told = journeys.filter(|legs| legs.len() > 1).map(|legs| {
        let legs = legs.into_iter().map(|leg| {
            let message = model.messages.get(leg.message).unwrap();
            let id = String::from_utf8(model.queue_id(message)).unwrap();
            (server_of(model, leg.message), id)
        });
        legs.collect()
    });
    told.collect()
}

#[test]
fn chains_over_several_servers_are_one_journey() {
    let Some(lab) = lab() else { return };
    let mut seen = 0;
    for scenario in scenarios(&lab) {
        let Some(chain) = scenario["chain"].as_array() else {
            continue;
        };
        let chain: Vec<&str> = chain.iter().map(|own| own.as_str().unwrap()).collect();
        let stretches = stretches(&lab, &chain);
        if stretches.is_empty() {
            continue;
        }
        let model = load(&lab, &chain);
        let told = journeys(&model);
        let first = scenario["queue_id"].as_str().unwrap_or_default();
        for stretch in stretches {
            seen += 1;
            let whole = told.iter().find(|journey| {
                let servers = journey.iter().map(|(server, _)| server);
                let begins = stretch[0] != chain[0] || journey[0].1 == first;
                begins && servers.eq(stretch.iter())
            });
            assert!(whole.is_some(), "{}: {told:?}", scenario["id"]);
        }
    }
    assert!(seen > 0, "no scenario passes several logged servers");
}

/// Everything else in the laboratory passes one server: what is joined there is a filter loop, or wrong.
#[test]
fn nothing_else_is_joined() {
    let Some(lab) = lab() else { return };
    let scenarios = scenarios(&lab);
    let servers: BTreeSet<&str> = scenarios
        .iter()
        .map(|own| own["mta"].as_str().unwrap())
        .collect();
    let model = load(&lab, &servers.into_iter().collect::<Vec<_>>());
    for number in 0..model.messages.len() {
        let legs = model.journey_of(number);
        let ids = legs.iter().map(|leg| {
            let message = model.messages.get(leg.message).unwrap();
            model.strings.message_ids.get(message.message_id).text()
        });
        let ids: BTreeSet<Vec<u8>> = ids.filter(|id| !id.is_empty()).collect();
        assert!(ids.len() <= 1, "{ids:?} are not one message");
        let known = |id: &Vec<u8>| {
            let id = std::str::from_utf8(id).unwrap_or_default();
            // Some chains begin at servers of which there is neither a log nor a scenario.
            id.starts_with("chain-") || id.starts_with("filterloop.")
        };
        assert!(
            legs.len() < 2 || ids.iter().all(known),
            "{:?} {:?}",
            ids.iter()
                .map(|id| String::from_utf8_lossy(id))
                .collect::<Vec<_>>(),
            legs.iter()
                .map(|leg| server_of(&model, leg.message))
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_filter_loop_is_one_journey() {
    let Some(lab) = lab() else { return };
    let model = load(&lab, &["pf311"]);
    let looped = ["4jXyPP6S07z1ys", "4jXyPP742Fz1yw"];
    let looped = looped
        .map(|id| ("pf311".to_owned(), id.to_owned()))
        .to_vec();
    assert!(journeys(&model).contains(&looped));
}
