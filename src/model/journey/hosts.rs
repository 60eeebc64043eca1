//! Compares what the logs of two hosts say about each other in one handover.

use super::super::dialogues::same_peer;
use super::super::{Endpoint, Event, Message, Model, parse_ip, same_organisation};

/// Match between the host label of one log and a remote host in another log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    /// The same name, address, or first label of the name.
    Same,
    /// Two names of one organisation: the name in an MX record often differs from the host's own name.
    Near,
    /// One of the two has no name.
    Unknown,
    /// Unrelated names.
    Other,
}

/// Whether two logs agree about the hosts of one handover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// At least one host names the other, without a contradiction.
    Named,
    /// One host names the other, which gives another name for it, maybe an alias.
    Half,
    /// Neither host says enough.
    Silent,
    /// The hosts name other hosts.
    Contradicted,
}

/// Compares the `delivery` of the sending host with the `arrival` on the next one, if its log shows one.
pub(super) fn agreement(
    model: &Model,
    (from, delivery): (&Message, &Event),
    (to, arrival): (&Message, Option<&Event>),
) -> Agreement {
    let label = |message: &Message| model.strings.words.get(message.host);
    let (here, there) = (label(from), label(to));
    let peer = arrival.map(|arrival| arrival.peer).unwrap_or_default();
    let sent_to = model.strings.endpoint(delivery.peer);
    let came_from = model.strings.endpoint(peer);
    let filtered = arrival.is_some_and(|arrival| through_filter(model, delivery, arrival));
    let forward = likeness(there, &sent_to);
    let backward = likeness(here, &came_from);
    let one_host = from.host == to.host;
    if filtered && (one_host || !is_loopback(&sent_to)) {
        return Agreement::Named;
    }
    if one_host && !here.is_empty() {
        return match (forward, backward) {
            (Likeness::Same, Likeness::Same) => Agreement::Named,
            _ => Agreement::Contradicted,
        };
    }
    match (forward, backward) {
        (Likeness::Same, Likeness::Other) | (Likeness::Other, Likeness::Same) => Agreement::Half,
        (Likeness::Same, _) | (_, Likeness::Same) => Agreement::Named,
        (Likeness::Other, _) | (_, Likeness::Other) => Agreement::Contradicted,
        (Likeness::Near, _) | (_, Likeness::Near) => Agreement::Named,
        (Likeness::Unknown, Likeness::Unknown) => Agreement::Silent,
    }
}

/// True when a message came back from the host it was sent to: a content filter takes it from one queue entry and
/// hands it in as another.
pub(super) fn through_filter(model: &Model, delivery: &Event, arrival: &Event) -> bool {
    let both = [delivery.peer, arrival.peer].map(|peer| model.strings.endpoint(peer));
    !arrival.peer.is_none()
        && (same_peer(&model.strings, delivery.peer, arrival.peer) || both.iter().all(is_loopback))
}

/// True when a message came in over the loopback address.
pub(super) fn is_from_itself(model: &Model, arrival: &Event) -> bool {
    is_loopback(&model.strings.endpoint(arrival.peer))
}

/// Whether a remote host is the machine itself. Other addresses of `127.0.0.0/8` are often separate servers.
fn is_loopback(endpoint: &Endpoint<'_>) -> bool {
    matches!(endpoint.ip, b"127.0.0.1" | b"::1" | b"IPv6:::1")
        || endpoint.ip.is_empty() && endpoint.name == b"localhost"
}

fn likeness(label: &[u8], endpoint: &Endpoint<'_>) -> Likeness {
    let names = [endpoint.name, endpoint.helo].map(bare);
    let names = names.iter().filter(|name| !name.is_empty());
    let label = bare(label);
    if label.is_empty() {
        return Likeness::Unknown;
    }
    if let Some(address) = parse_ip(label) {
        return match endpoint.address() {
            Some(other) if other == address => Likeness::Same,
            Some(_) => Likeness::Other,
            None => Likeness::Unknown,
        };
    }
    names
        .map(|name| of_names(label, name))
        .min_by_key(|likeness| match likeness {
            Likeness::Same => 0,
            Likeness::Near => 1,
            Likeness::Unknown => 2,
            Likeness::Other => 3,
        })
        .unwrap_or(Likeness::Unknown)
}

fn of_names(label: &[u8], name: &[u8]) -> Likeness {
    if label.eq_ignore_ascii_case(name) {
        return Likeness::Same;
    }
    if parse_ip(name).is_some() {
        return Likeness::Unknown;
    }
    let short = !label.contains(&b'.') || !name.contains(&b'.');
    if short && first_label(label).eq_ignore_ascii_case(first_label(name)) {
        return Likeness::Same;
    }
    let near = match (std::str::from_utf8(label), std::str::from_utf8(name)) {
        (Ok(label), Ok(name)) => !short && same_organisation(label, name),
        _ => false,
    };
    if near {
        Likeness::Near
    } else {
        Likeness::Other
    }
}

fn first_label(name: &[u8]) -> &[u8] {
    name.split(|byte| *byte == b'.').next().unwrap_or(name)
}

fn bare(name: &[u8]) -> &[u8] {
    let name = name.strip_prefix(b"[").unwrap_or(name);
    let name = name.strip_suffix(b"]").unwrap_or(name);
    name.strip_suffix(b".").unwrap_or(name)
}
