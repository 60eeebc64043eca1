//! Whether what one host says of the other agrees with who that is.

use super::super::dialogues::same_peer;
use super::super::{Endpoint, Event, Message, Model, parse_ip, same_organisation};

/// How the label of a log's host and a remote host on a line of another log go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    /// The same host by its name, its address, or the first label of its name.
    Same,
    /// Two names of one organisation: an MX record seldom names a host as it names itself.
    Near,
    /// One of the two is not named.
    Unknown,
    /// Two names that have nothing to do with each other.
    Other,
}

/// What two hosts' words about one handover are worth together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// At least one names the other, and nothing speaks against it.
    Named,
    /// One names the other, the other one is called something else by it: an alias, perhaps.
    Half,
    /// Neither says enough.
    Silent,
    /// They speak of somebody else.
    Contradicted,
}

/// Sets what the sending host says of the next one (`delivery`) against what the next one says
/// (`arrival`, where its log shows one).
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

/// True when mail came back from where it went: a content filter takes it from one queue entry and hands
/// it in again as another.
pub(super) fn through_filter(model: &Model, delivery: &Event, arrival: &Event) -> bool {
    let both = [delivery.peer, arrival.peer].map(|peer| model.strings.endpoint(peer));
    !arrival.peer.is_none()
        && (same_peer(&model.strings, delivery.peer, arrival.peer) || both.iter().all(is_loopback))
}

/// True when a message came in over the machine's own loopback address.
pub(super) fn is_from_itself(model: &Model, arrival: &Event) -> bool {
    is_loopback(&model.strings.endpoint(arrival.peer))
}

/// The machine itself. Other addresses of `127.0.0.0/8` are given to separate servers.
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
            Some(own) if own == address => Likeness::Same,
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

/// Without the brackets around an address, and without a dot at its end.
fn bare(name: &[u8]) -> &[u8] {
    let name = name.strip_prefix(b"[").unwrap_or(name);
    let name = name.strip_suffix(b"]").unwrap_or(name);
    name.strip_suffix(b".").unwrap_or(name)
}
