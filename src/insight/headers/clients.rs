//! Hosts that handed a message on, by the names that headers give them: what a sentence may quote of a person's
//! computer.

use super::hosts::is_inner_name;
use super::plain;
use crate::model::{Hop, parse_ip};
use crate::text::Clean;

/// The host that handed a message to the writer of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name in the DNS; empty where the header has none.
    pub name: Clean,
    /// What it called itself; may be empty.
    pub helo: Clean,
    /// Its address; may be empty.
    pub ip: Clean,
}

impl Client {
    /// That of a hop.
    pub fn of(hop: &Hop) -> Self {
        Self {
            name: Clean::line(&hop.from_name),
            helo: Clean::line(&hop.from_helo),
            ip: Clean::line(&hop.from_ip),
        }
    }

    /// Those that are named in one of these texts.
    pub fn named_in(hops: &[Hop], texts: &[&str]) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for client in hops.iter().map(Self::of) {
            let stands = |name: &Clean| {
                let parts = [name.as_str(), &in_sentence(name)];
                let named = |part: &str| texts.iter().any(|text| text.contains(part));
                !name.is_empty() && parts.into_iter().any(named)
            };
            let named = [&client.name, &client.helo].into_iter().any(stands);
            if named && !found.contains(&client) {
                found.push(client);
            }
        }
        found
    }
}

/// A name as sentences about headers quote it: a long one is cut off.
pub fn in_sentence(name: &str) -> String {
    plain(name.as_bytes())
}

/// True for a name that says nothing outside of its own network, as people's computers call themselves: without a
/// dot, or below a top-level name that only inner networks have.
pub fn is_private_name(name: &str) -> bool {
    is_host_name(name) && (!name.contains('.') || is_inner_name(name.as_bytes()))
}

/// True for the name of one host among others: no address, nor a word that any host may use of itself.
pub fn is_host_name(name: &str) -> bool {
    let is_word = matches!(name, "" | "unknown" | "localhost" | "localhost.localdomain");
    !is_word && !name.starts_with('[') && parse_ip(name.as_bytes()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_name_tells_nothing_elsewhere() {
        for name in ["Annas-MacBook", "pc-anna.corp", "anna.fritz.lan."] {
            assert!(is_private_name(name), "{name}");
        }
        for name in [
            "",
            "unknown",
            "localhost",
            "mx.example.org",
            "[192.0.2.1]",
            "2001:db8::1",
        ] {
            assert!(!is_private_name(name), "{name}");
        }
    }
}
