//! `QID: from=<sender>, size=, class=, [pri=,] nrcpts=, [msgid=,] [bodytype=,] [proto=,] [daemon=,] relay=`.
//!
//! The sender, the Message-ID (any text of the header, cut after 100 bytes) and the ident in `relay=` are
//! remote text. If one of them contains `proto=` or `relay=`, the line is ambiguous.

use super::address::one;
use super::fields::{next, repeated, rfind, until_comma};
use super::tls::{ExtraTlsFields, implies_tls};
use super::{Parsed, relay};
use crate::parse::bytes::{angle, from, number, to};
use crate::parse::{Absence, Direction, Fact, Kind, Turn};
use crate::tls::Statement;

/// Parses the text after `from=`.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8], pid: &'a [u8]) -> Parsed {
    let (sender, rest) = sender(fact, text).ok_or("from= without a size")?;
    fact.sender = if sender == b"NONE" { b"" } else { sender };
    let mut extra_tls = ExtraTlsFields::default();
    let recipients = fill(fact, rest, &mut extra_tls);
    let direction = relay_of(fact, rest);
    fact.direction = direction;
    // Sendmail also logs transactions without a message: all recipients refused, or the client gone.
    let nothing = recipients == Some(0) || (fact.size == Some(0) && fact.message_id.is_empty());
    if nothing && direction == Some(Direction::In) {
        fact.kind = Kind::Note;
        fact.size = None;
        return Ok(());
    }
    fact.kind = Kind::Arrival;
    if direction == Some(Direction::In) {
        fact.dialogue = pid;
        fact.turn = Turn::Carries;
        set_tls(fact, &extra_tls);
    }
    Ok(())
}

/// Sender, and the rest from `, size=` on.
fn sender<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    if let Some((sender, rest)) = one(text)
        && rest.starts_with(b", size=")
    {
        fact.ambiguous = !text.starts_with(b"<") && repeated(text, b", size=");
        return Some((sender, rest));
    }
    fact.ambiguous = true;
    let at = rfind(text, b", size=")?;
    Some((to(text, at), from(text, at)))
}

/// Parses the fields up to `relay=`; returns the number of recipients.
fn fill<'a>(
    fact: &mut Fact<'a>,
    text: &'a [u8],
    extra_tls: &mut ExtraTlsFields<'a>,
) -> Option<u32> {
    let mut recipients = None;
    let mut tail = text;
    loop {
        if let Some(written) = tail.strip_prefix(b", msgid=") {
            tail = message_id(fact, written);
        }
        let Some((key, value, rest)) = next(tail) else {
            return recipients;
        };
        match key {
            b"size" => fact.size = number(value),
            b"nrcpts" => recipients = number(value),
            b"proto" => fact.protocol = value,
            b"relay" => return recipients,
            // These fields come after `proto=`; before it, they may be part of a Message-ID.
            _ if !fact.protocol.is_empty() => extra_tls.take(key, value),
            _ => {}
        }
        tail = rest;
    }
}

/// Parses the Message-ID; returns the rest. It does not end at commas or brackets, but before `proto=` or
/// another field that follows it.
fn message_id<'a>(fact: &mut Fact<'a>, written: &'a [u8]) -> &'a [u8] {
    fact.ambiguous |= repeated(written, b", proto=") || repeated(written, b", relay=");
    let end = rfind(written, b", proto=").or_else(|| rfind(written, b", relay="));
    let end = end.unwrap_or(written.len());
    let whole = to(written, end);
    match angle(whole) {
        Some((id, _)) => fact.message_id = id,
        None if !whole.starts_with(b"<") => fact.message_id = until_comma(whole).0,
        // It was cut or never closed.
        None => {}
    }
    from(written, end)
}

/// Client: the last `relay=`, or `received from` of releases before 8.7.
fn relay_of<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Option<Direction> {
    let written = [b", relay=".as_slice(), b", received from "]
        .into_iter()
        .find_map(|tag| rfind(text, tag).map(|at| from(text, at + tag.len())))?;
    if relay::is_local(written) {
        return Some(Direction::Local);
    }
    fact.peer = relay::peer(written);
    Some(Direction::In)
}

fn set_tls<'a>(fact: &mut Fact<'a>, extra_tls: &ExtraTlsFields<'a>) {
    if fact.ambiguous {
        fact.absence = Absence::Mute;
        return;
    }
    let named = implies_tls(fact.protocol).then(Statement::default);
    fact.tls = extra_tls.statement(Direction::In).or(named);
    if fact.tls.is_none() && extra_tls.none() {
        fact.absence = Absence::Clear;
    }
}
