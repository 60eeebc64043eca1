//! smtpd: connections and their messages.

use crate::parse::bytes::{find, from};
use crate::parse::{Content, Direction, Fact, Kind, Turn};
use crate::tls::Statement;

use super::counts::Counts;
use super::host;
use super::tls_line;

/// Parses connects, disconnects and messages, which are nearly all lines; false for others.
#[inline]
pub(super) fn connection<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], body: &'a [u8]) -> bool {
    if let Some(client) = body.strip_prefix(b"client=") {
        arrival(fact, dialogue, client);
    } else if let Some(client) = body.strip_prefix(b"connect from ") {
        turn(fact, dialogue, Turn::Opens, client);
    } else if let Some(client) = body.strip_prefix(b"disconnect from ") {
        let counts = Counts::read(turn(fact, dialogue, Turn::Closes, client));
        fact.tls = counts.secured_all_mail().then(Statement::default);
        if counts.lack_content() {
            fact.turn = Turn::ClosesEmpty;
        }
    } else {
        return false;
    }
    true
}

/// Parses other lines; false for unknown ones.
pub(super) fn read<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], body: &'a [u8]) -> bool {
    tls_line::read(fact, dialogue, body)
        || interrupted(fact, dialogue, body)
        || tls_note(fact, body)
}

/// Sets the client; returns the text after the host.
fn turn<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], turn: Turn, client: &'a [u8]) -> &'a [u8] {
    fact.kind = Kind::Session;
    fact.direction = Some(Direction::In);
    fact.turn = turn;
    fact.dialogue = dialogue;
    match host::named(client) {
        Some(named) => {
            fact.peer = named.peer;
            named.rest
        }
        None => b"",
    }
}

/// `client=HOST[, sasl_method=...][, orig_client=...]`. Without a queue ID (`smtpd_proxy_filter`) the message
/// goes to a content filter first, whose own connection puts it into the queue.
fn arrival<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], client: &'a [u8]) {
    let rest = turn(fact, dialogue, Turn::Carries, client);
    if !fact.queue_id.is_empty() {
        fact.kind = Kind::Arrival;
    }
    fact.text = rest.strip_prefix(b", ").unwrap_or(rest);
    if fact.kind == Kind::Arrival && is_passed_on(rest) {
        fact.content = Content::PassedOn;
    }
}

/// Whether the client is a filter that names the one before it, which is not this host itself.
fn is_passed_on(attributes: &[u8]) -> bool {
    // The last attribute.
    let Some(at) = memchr::memmem::rfind(attributes, b", orig_client=") else {
        return false;
    };
    let client = host::named(from(attributes, at + b", orig_client=".len()));
    client.is_none_or(|client| {
        let ip = client.peer.ip;
        !(ip.starts_with(b"127.") || ip == b"::1")
    })
}

/// Lines about an interrupted connection. The disconnect line still follows.
fn interrupted<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], body: &'a [u8]) -> bool {
    const ENDS: [&[u8]; 3] = [
        b"lost connection after ",
        b"timeout after ",
        b"too many errors after ",
    ];
    const OTHERS: [&[u8]; 3] = [
        b"improper command pipelining after ",
        b"connect abort",
        b"disconnecting ",
    ];
    let stage = ENDS.iter().find_map(|start| body.strip_prefix(*start));
    if stage.is_none() && !OTHERS.iter().any(|start| body.starts_with(start)) {
        return false;
    }
    fact.kind = Kind::Session;
    fact.direction = Some(Direction::In);
    if let Some(stage) = stage {
        fact.turn = broken_off(stage);
        fact.dialogue = dialogue;
    }
    if let Some(named) = find(body, b" from ").and_then(|at| host::named(from(body, at + 6))) {
        fact.peer = named.peer;
    }
    true
}

/// Parses the stage: `RCPT from ...`, `DATA (1234 bytes) from ...`.
fn broken_off(stage: &[u8]) -> Turn {
    let content = stage.strip_prefix(b"DATA (");
    let content = content.or_else(|| stage.strip_prefix(b"BDAT ("));
    match content {
        Some(size) if !size.starts_with(b"0 ") => Turn::BreaksOffInContent,
        // After that, the message may have been taken in.
        _ if stage.starts_with(b"END-OF-MESSAGE ") => Turn::Alone,
        _ => Turn::BreaksOff,
    }
}

fn tls_note<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    let named = if tls_line::is_note(body) {
        tls_line::host_of_note(body)
    } else if tls_line::is_certificate(body) {
        host::named(body)
    } else {
        return false;
    };
    if let Some(named) = named {
        fact.peer = named.peer;
        fact.direction = Some(Direction::In);
    }
    true
}

#[cfg(test)]
mod tests;
