//! Lines of 5.x, those of them that later releases kept, and lines without a session.

use super::fields::{Fields, ip, relay, target};
use super::session::arrived;
use super::words::{before_aliases, checked, closed, failed, refused, result, secured, sent};
use super::{NO_SESSION, Parsed, identifier, message_of, of_session};
use crate::parse::bytes::{from, split_once};
use crate::parse::{Absence, Direction, Fact, Kind, Turn};

/// Parses a line that does not start with a session ID. Unknown lines are notes.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Parsed {
    if let Some(rest) = text.strip_prefix(b"smtp-in: ") {
        return inbound(fact, rest);
    }
    if let Some(rest) = text.strip_prefix(b"smtp-out: ") {
        outbound(fact, rest);
    } else if let Some(rest) = text.strip_prefix(b"relay: ") {
        return delivery(fact, rest, true).ok_or("relay");
    } else if let Some(rest) = text.strip_prefix(b"delivery: ") {
        return delivery(fact, rest, false).ok_or("delivery");
    }
    Ok(())
}

fn inbound<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Parsed {
    if let Some(rest) = text.strip_prefix(b"Accepted message ") {
        fact.direction = Some(Direction::In);
        return accepted(fact, rest).ok_or("smtp-in: Accepted message");
    }
    let known = [
        b"New session ".as_slice(),
        b"Started TLS on session ",
        b"Failed command on session ",
        b"Closing session ",
        b"Received disconnect from session ",
        b"Disconnecting session ",
    ];
    let found = known
        .into_iter()
        .find_map(|start| Some((start, identifier::<16>(text.strip_prefix(start)?)?)));
    let Some((start, (session, rest))) = found else {
        return Ok(());
    };
    of_session(fact, session);
    fact.direction = Some(Direction::In);
    let detail = rest.strip_prefix(b": ").unwrap_or_default();
    match start {
        b"New session " => {
            fact.kind = Kind::Session;
            fact.turn = Turn::Opens;
            client(fact, rest.strip_prefix(b" from host ").unwrap_or_default());
        }
        b"Started TLS on session " => {
            return secured(fact, detail).ok_or("smtp-in: Started TLS");
        }
        b"Failed command on session " => failed_command(fact, detail),
        _ => closed(fact, detail),
    }
    Ok(())
}

/// Parses the address in `name [ip]`.
fn client<'a>(fact: &mut Fact<'a>, text: &'a [u8]) {
    if let Some((_, address)) = split_once(text, b" [")
        && let Some(address) = address.strip_suffix(b"]")
    {
        fact.peer.ip = ip(address);
        if address == b"local" {
            fact.direction = Some(Direction::Local);
        }
    }
}

/// Parses `M on session S: from=<s>, [to=<r>, ]size=N, nrcpts|ndest=N, proto=P`.
fn accepted<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Option<()> {
    let (id, rest) = identifier::<8>(text)?;
    let (session, rest) = identifier::<16>(rest.strip_prefix(b" on session ")?)?;
    of_session(fact, session);
    let mut fields = Fields(rest.strip_prefix(b": ")?);
    fact.sender = fields.address(b"from=")?;
    fact.recipients = fields.address(b"to=").unwrap_or_default();
    let size = fields.word(b"size=")?;
    let _ = fields.word(b"nrcpts=").or_else(|| fields.word(b"ndest="))?;
    arrived(fact, id, size, fields.last(b"proto=")?);
    Some(())
}

/// Parses `"COMMAND" => REPLY`.
fn failed_command<'a>(fact: &mut Fact<'a>, text: &'a [u8]) {
    const BETWEEN: &[u8] = b"\" => ";
    let rest = text.strip_prefix(b"\"").unwrap_or(text);
    match memchr::memmem::rfind(rest, BETWEEN) {
        Some(at) => refused(
            fact,
            rest.get(..at).unwrap_or_default(),
            from(rest, at + BETWEEN.len()),
        ),
        None => refused(fact, rest, b""),
    }
}

fn outbound<'a>(fact: &mut Fact<'a>, text: &'a [u8]) {
    if let Some(rest) = text.strip_prefix(b"Connecting to ") {
        connecting(fact, rest);
        return;
    }
    let known = [
        b"Started TLS on session ".as_slice(),
        b"Server certificate verification succeeded on session ",
        b"Server certificate verification failed on session ",
        b"Error on session ",
        b"TLS Error on session ",
        b"Closing session ",
        b"Connected on session ",
    ];
    let found = known
        .into_iter()
        .find_map(|start| Some((start, identifier::<16>(text.strip_prefix(start)?)?)));
    let Some((start, (session, rest))) = found else {
        return;
    };
    of_session(fact, session);
    fact.direction = Some(Direction::Out);
    fact.kind = Kind::Session;
    let detail = rest.strip_prefix(b": ").unwrap_or_default();
    match start {
        b"Started TLS on session " => {
            let _ = secured(fact, detail);
        }
        b"Server certificate verification succeeded on session " => checked(fact, b"success"),
        b"Server certificate verification failed on session " => checked(fact, b"failure"),
        b"Closing session " => fact.turn = Turn::Closes,
        b"Connected on session " => {}
        // ` after 2 messages sent: REASON`: the session was successful.
        _ if detail.is_empty() => {}
        _ => failed(fact, detail),
    }
}

/// Parses `smtp+tls://IP:PORT (NAME) on session S...`.
fn connecting<'a>(fact: &mut Fact<'a>, text: &'a [u8]) {
    if let Some((address, rest)) = split_once(text, b" (")
        && let Some((_, rest)) = split_once(rest, b") on session ")
        && let Some((session, _)) = identifier::<16>(rest)
    {
        of_session(fact, session);
        fact.kind = Kind::Session;
        fact.direction = Some(Direction::Out);
        fact.turn = Turn::Opens;
        fact.peer = target(address);
    }
}

/// Parses `RESULT for E: [session=S, ]from=<s>, to=<r>, [rcpt=<o>, ][source=A, ][relay=A (H), ]... delay=D,
/// stat=...`. The queue writes it without a host for envelopes that expired or were removed.
fn delivery<'a>(fact: &mut Fact<'a>, text: &'a [u8], network: bool) -> Option<()> {
    let (word, rest) = split_once(text, b" for ")?;
    let (id, rest) = identifier::<16>(rest)?;
    let mut fields = Fields(rest.strip_prefix(b": ")?);
    let session = fields.word(b"session=").unwrap_or(NO_SESSION);
    fact.queue_id = message_of(id);
    fact.sender = null_sender(fields.address(b"from=")?);
    fact.address = fields.address(b"to=")?;
    let parent = fields.address(b"rcpt=").unwrap_or_default();
    if network {
        let _ = fields.until(b"source=", b"relay=");
        if let Some(host) = fields.until(b"relay=", b"delay=") {
            fact.peer = relay(host);
        }
    } else {
        let _ = fields.word(b"user=");
        fact.transport = fields.word(b"method=").unwrap_or(b"mda");
    }
    let _ = fields.word(b"delay=")?;
    fact.text = fields.last(b"stat=")?;
    fact.kind = result(word)?;
    before_aliases(fact, parent);
    if network {
        sent(fact, session);
    } else {
        fact.direction = Some(Direction::Local);
        fact.absence = Absence::Mute;
    }
    Some(())
}

/// Some releases write the null sender as `<@>`.
fn null_sender(written: &[u8]) -> &[u8] {
    if written == b"@" { b"<>" } else { written }
}
