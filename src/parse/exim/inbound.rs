//! Lines about a client: they start with `H=host`, `U=login` or `F=sender`, and report a rejection, a discarded
//! message, a warning or an interrupted transaction.
//!
//! ```text
//! H=host [X=] [CV=] [DN=""] [SNI=] [F=<sender>] [A=] [temporarily ]rejected RCPT <recipient>: text
//! ```

use crate::parse::{Direction, Fact, Kind};

use super::fields::{Field, Fields};
use super::host::{self, Client};
use super::tls;
use crate::parse::bytes::{angle, contains, from, path, split_once, word};

/// Parses the line; false for other lines.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let (client, mut rest) = if let Some(host) = text.strip_prefix(b"H=") {
        match host::client(host, host::AFTER_H) {
            Some(found) => found,
            None => return false,
        }
    } else if text.starts_with(b"U=") || text.starts_with(b"F=") {
        (Client::default(), text)
    } else {
        return false;
    };
    connected(fact, &client);
    let mut tls_fields = TlsFields::new(client.ident);
    loop {
        let body = rest.strip_prefix(b" ").unwrap_or(rest);
        if action(fact, body) {
            tls_fields.state(fact);
            return true;
        }
        if let Some(host) = body.strip_prefix(b"H=")
            && fact.peer.is_empty()
        {
            let Some((client, after)) = host::client(host, host::AFTER_H) else {
                break;
            };
            connected(fact, &client);
            rest = after;
            continue;
        }
        let mut fields = Fields::new(rest);
        let Some(field) = fields.next() else {
            break;
        };
        match field {
            Field::Tag(b"F", value) => {
                tls_fields.past_remote = true;
                fact.sender = value;
            }
            Field::Tag(tag, value) => tls_fields.field(tag, value),
            // A login may contain spaces.
            Field::Word(_) if text.starts_with(b"U=") => {}
            Field::Word(_) | Field::Text(_) | Field::Host(_) => break,
        }
        rest = fields.rest();
    }
    // Unknown words do not say who connected to whom.
    fact.kind = Kind::Note;
    fact.direction = None;
    true
}

/// Sets the peer and the direction.
pub(super) fn connected<'a>(fact: &mut Fact<'a>, client: &Client<'a>) {
    fact.peer = client.peer;
    fact.ambiguous |= client.ambiguous;
    fact.direction = Some(if client.peer.ip.is_empty() {
        Direction::Local
    } else {
        Direction::In
    });
}

/// TLS fields of a line about a client, and whether they can be trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct TlsFields<'a> {
    cipher: Option<&'a [u8]>,
    verified: Option<bool>,
    /// Whether an ident came before; the client may have chosen the text after it.
    ident: bool,
    /// Whether a field with remote text came before.
    pub(super) past_remote: bool,
    repeated: bool,
}

impl<'a> TlsFields<'a> {
    pub(super) const fn new(ident: bool) -> Self {
        Self {
            cipher: None,
            verified: None,
            ident,
            past_remote: false,
            repeated: false,
        }
    }

    pub(super) fn field(&mut self, tag: &[u8], value: &'a [u8]) {
        match tag {
            b"X" => self.repeated |= self.past_remote || self.cipher.replace(value).is_some(),
            b"CV" => {
                self.repeated |=
                    self.past_remote || self.verified.replace(value == b"yes").is_some();
            }
            b"DN" | b"SNI" | b"A" => self.past_remote = true,
            _ => {}
        }
    }

    pub(super) fn state(self, fact: &mut Fact<'a>) {
        let stated = self.cipher.is_some() || self.verified.is_some();
        fact.ambiguous |= self.repeated || (stated && self.ident);
        if !fact.ambiguous && fact.direction != Some(Direction::Local) {
            fact.tls = tls::inbound(b"", self.cipher, self.verified);
        }
    }
}

/// Parses what was done; false for other words.
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

/// Text after `rejected ` or `temporarily rejected `.
pub(super) fn refusal(body: &[u8]) -> Option<&[u8]> {
    let body = body.strip_prefix(b"temporarily ").unwrap_or(body);
    body.strip_prefix(b"rejected ")
}

/// Parses recipient or sender, and the status code, of `RCPT <recipient>: text` or `MAIL <sender>: text`.
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

/// Parses ` <recipient>`; without brackets up to a colon or space.
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
