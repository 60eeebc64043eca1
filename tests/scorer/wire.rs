//! What the tap saw: the TCP connections of the laboratory, and which of them a line of a log can be about.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use crate::common::{cell, json};

/// One TCP connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// `MTA/name` of the scenario during which it was open.
    pub scenario: String,
    pub client: String,
    pub server: String,
    /// `None`: no TLS session came about.
    pub version: Option<&'static str>,
    /// OpenSSL's name.
    pub cipher: String,
    pub group: String,
    /// A handshake was begun and failed: nothing can have been sent over it.
    pub handshake_failed: bool,
    /// The server did not offer STARTTLS, or answered it with an error.
    pub tls_denied: bool,
    /// Seconds since 1970.
    pub opened: f64,
    pub closed: f64,
}

impl Connection {
    /// A mail went over it if over any: no handshake stood in the way.
    pub fn can_carry(&self) -> bool {
        !self.handshake_failed
    }
}

/// `TLSv1.0` of the tap as CONTRACT.md writes it.
fn version(tap: &str) -> Option<&'static str> {
    match tap {
        "TLSv1.3" => Some("TLS1.3"),
        "TLSv1.2" => Some("TLS1.2"),
        "TLSv1.1" => Some("TLS1.1"),
        "TLSv1.0" => Some("TLS1.0"),
        "none" => None,
        other => panic!("the tap saw {other:?}"),
    }
}

pub struct Truth {
    value: Value,
    connections: Vec<Connection>,
    by_queue_id: HashMap<(String, String), usize>,
}

impl Truth {
    pub fn read(lab: &Path) -> Self {
        let value = json(&lab.join("truth.json"));
        let scenarios = value["scenarios"].as_array().expect("a list");
        let numbered = scenarios.iter().enumerate();
        let by_queue_id = numbered.filter_map(|(number, scenario)| {
            let queue_id = scenario["queue_id"].as_str()?;
            let mta = cell(scenario, "mta").to_owned();
            Some(((mta, queue_id.to_owned()), number))
        });
        let mut truth = Self {
            connections: Vec::new(),
            by_queue_id: by_queue_id.collect(),
            value,
        };
        truth.connections = truth.all_connections();
        truth
    }

    fn all_connections(&self) -> Vec<Connection> {
        let hops = self.scenarios().iter().flat_map(|scenario| {
            let hops = scenario["hops"].as_array().expect("a list");
            hops.iter().map(move |hop| (cell(scenario, "id"), hop))
        });
        hops.map(|(scenario, hop)| {
            let answer = cell(hop, "starttls_reply");
            Connection {
                scenario: scenario.to_owned(),
                client: self.ip(cell(hop, "client")).to_owned(),
                server: self.ip(cell(hop, "server")).to_owned(),
                version: version(cell(hop, "tls")),
                cipher: cell(hop, "cipher").to_owned(),
                group: cell(hop, "group").to_owned(),
                handshake_failed: hop["handshake"] == "failed",
                tls_denied: hop["starttls_offered"] != true
                    || answer.starts_with('4')
                    || answer.starts_with('5'),
                opened: hop["t0"].as_f64().expect("a time"),
                closed: hop["t1"].as_f64().unwrap_or(f64::INFINITY),
            }
        })
        .collect()
    }

    pub fn scenarios(&self) -> &Vec<Value> {
        self.value["scenarios"].as_array().expect("a list")
    }

    pub fn of_queue_id(&self, mta: &str, queue_id: &str) -> Option<&Value> {
        let key = (mta.to_owned(), queue_id.to_owned());
        let number = self.by_queue_id.get(&key)?;
        self.scenarios().get(*number)
    }

    pub fn of_id(&self, id: &str) -> Option<&Value> {
        self.scenarios()
            .iter()
            .find(|scenario| scenario["id"] == id)
    }

    /// The address of a host by any of its names.
    pub fn ip(&self, host: &str) -> &str {
        self.value["hosts"][host].as_str().unwrap_or_default()
    }

    /// The address is of a host that only receives, and does so in the same way each time.
    pub fn is_receiver(&self, ip: &str) -> bool {
        let hosts = self.value["hosts"].as_object().expect("an object");
        hosts.iter().any(|(name, address)| {
            address == ip && (name.starts_with("rx.") || name == "mail.absender.example")
        })
    }

    /// The connections between two hosts.
    pub fn between(&self, client: &str, server: &str) -> Vec<&Connection> {
        let both = |one: &&Connection| one.client == client && one.server == server;
        self.connections.iter().filter(both).collect()
    }

    /// Those into a server, from whichever host.
    pub fn of_server(&self, server: &str) -> Vec<&Connection> {
        let into = |one: &&Connection| one.server == server;
        self.connections.iter().filter(into).collect()
    }

    /// Those between two hosts that were open within a span of time. Lines are written up to a second after the end.
    pub fn open_at(&self, client: &str, server: &str, from: f64, to: f64) -> Vec<&Connection> {
        let mut found = self.between(client, server);
        found.retain(|one| one.opened - 0.1 <= to && from <= one.closed + 1.0);
        found
    }
}
