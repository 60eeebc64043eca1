//! Lines about a client: they start with `H=host`, `U=login` or `F=sender`, and say that something was
//! rejected, discarded, warned about or broken off.
//!
//! ```text
//! H=host [X=] [CV=] [DN=""] [SNI=] [F=<sender>] [A=] [temporarily ]rejected RCPT <recipient>: text
//! ```

use crate::parse::{Direction, Fact, Kind};

use super::fields::{Field, Fields};
use super::host::{self, Caller};
use super::tls;
use crate::parse::bytes::{angle, contains, from, path, split_once, word};

/// Reads the line; false when it is none of these.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let (caller, mut rest) = if let Some(host) = text.strip_prefix(b"H=") {
        match host::caller(host, host::AFTER_H) {
            Some(found) => found,
            None => return false,
        }
    } else if text.starts_with(b"U=") || text.starts_with(b"F=") {
        (Caller::default(), text)
    } else {
        return false;
    };
    connected(fact, &caller);
    let mut security = Security::new(caller.ident);
    loop {
        let body = rest.strip_prefix(b" ").unwrap_or(rest);
        if action(fact, body) {
            security.state(fact);
            return true;
        }
        if let Some(host) = body.strip_prefix(b"H=")
            && fact.peer.is_empty()
        {
            let Some((caller, after)) = host::caller(host, host::AFTER_H) else {
                break;
            };
            connected(fact, &caller);
            rest = after;
            continue;
        }
        let mut fields = Fields::new(rest);
        let Some(field) = fields.next() else {
            break;
        };
        match field {
            Field::Tag(b"F", value) => {
                security.past = true;
                fact.sender = value;
            }
            Field::Tag(tag, value) => security.field(tag, value),
            // A login may hold spaces.
            Field::Word(_) if text.starts_with(b"U=") => {}
            Field::Word(_) | Field::Text(_) | Field::Host(_) => break,
        }
        rest = fields.rest();
    }
    // Words of no known kind: who connected to whom is not said.
    fact.kind = Kind::Note;
    fact.direction = None;
    true
}

/// Notes who was connected.
pub(super) fn connected<'a>(fact: &mut Fact<'a>, caller: &Caller<'a>) {
    fact.peer = caller.peer;
    fact.ambiguous |= caller.contested;
    fact.direction = Some(if caller.peer.ip.is_empty() {
        Direction::Local
    } else {
        Direction::In
    });
}

/// The TLS fields of a line about a client, and whether they can be believed.
#[derive(Clone, Copy, Debug)]
struct Security<'a> {
    cipher: Option<&'a [u8]>,
    verified: Option<bool>,
    /// An ident came before: the client may have written what follows it.
    ident: bool,
    /// A field of remote words came before.
    past: bool,
    twice: bool,
}

impl<'a> Security<'a> {
    const fn new(ident: bool) -> Self {
        Self {
            cipher: None,
            verified: None,
            ident,
            past: false,
            twice: false,
        }
    }

    fn field(&mut self, tag: &[u8], value: &'a [u8]) {
        match tag {
            b"X" => self.twice |= self.past || self.cipher.replace(value).is_some(),
            b"CV" => self.twice |= self.past || self.verified.replace(value == b"yes").is_some(),
            b"DN" | b"SNI" | b"A" => self.past = true,
            _ => {}
        }
    }

    fn state(self, fact: &mut Fact<'a>) {
        let stated = self.cipher.is_some() || self.verified.is_some();
        fact.ambiguous |= self.twice || (stated && self.ident);
        if !fact.ambiguous && fact.direction != Some(Direction::Local) {
            fact.tls = tls::inbound(b"", self.cipher, self.verified);
        }
    }
}

/// What was done; false when the text does not start with that.
fn action<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    if let Some(refused) = refusal(body) {
        fact.kind = Kind::Rejection;
        rejected(fact, refused);
    } else if body.starts_with(b"dropped by ") {
        fact.kind = Kind::Rejection;
    } else if body.starts_with(b"discarded by ")
        || (body.starts_with(b"RCPT ") && contains(body, b": discarded by "))
    {
        fact.kind = Kind::Discarded;
        recipient(fact, from(body, b"RCPT".len()));
    } else if let Some(rest) = body.strip_prefix(b"sender verify ") {
        fact.kind = Kind::Note;
        if let Some((_, rest)) = split_once(rest, b" for ")
            && let Some((sender, _)) = angle(rest)
        {
            fact.sender = path(rest, sender);
        }
    } else if let Some(rest) = body.strip_prefix(b"incomplete transaction ") {
        fact.kind = Kind::Session;
        if let Some((_, rest)) = split_once(rest, b") from ")
            && let Some((sender, _)) = angle(rest)
        {
            fact.sender = path(rest, sender);
        }
    } else if body.starts_with(b"Warning: ") {
        fact.kind = Kind::Note;
    } else {
        return false;
    }
    fact.text = body;
    true
}

/// What follows `rejected ` or `temporarily rejected `.
pub(super) fn refusal(body: &[u8]) -> Option<&[u8]> {
    let body = body.strip_prefix(b"temporarily ").unwrap_or(body);
    body.strip_prefix(b"rejected ")
}

/// Takes recipient or sender and the status from `RCPT <recipient>: text`, `MAIL <sender>: text`.
fn rejected<'a>(fact: &mut Fact<'a>, refused: &'a [u8]) {
    let (command, rest) = word(refused);
    let after = match command {
        b"RCPT" => recipient(fact, rest),
        b"MAIL" => match rest
            .strip_prefix(b" ")
            .and_then(|path| Some((path, angle(path)?)))
        {
            Some((written, (sender, after))) => {
                fact.sender = path(written, sender);
                after
            }
            None => rest,
        },
        _ => rest,
    };
    if let Some((_, reason)) = split_once(after, b": ") {
        fact.enhanced_status = crate::parse::reply::of_error(reason).enhanced_status;
    }
}

/// ` <recipient>` or, without brackets, up to the colon or space.
fn recipient<'a>(fact: &mut Fact<'a>, rest: &'a [u8]) -> &'a [u8] {
    let Some(path) = rest.strip_prefix(b" ") else {
        return rest;
    };
    let (address, after) = angle(path).unwrap_or_else(|| word(path));
    let bare = address.strip_suffix(b":").unwrap_or(address);
    fact.address = bare;
    if bare.len() < address.len() {
        from(path, bare.len())
    } else {
        after
    }
}

#[cfg(test)]
mod tests;
