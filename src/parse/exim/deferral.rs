//! `==`: a delivery was deferred.
//!
//! ```text
//! addr [Q=] [R=] T=transport | R=router | routing   up to 4.99: " defer (N)[: system error]"
//!                                                   from 4.100: " defer[ (system error)]"
//!      [ H=host ...] [DT=] [: text]
//! ```
//!
//! [`Kind::Deferral`] is a delivery that was attempted, [`Kind::RetryWait`] one that was not: the retry time
//! was not reached, routing or a look-up was deferred, the domain is held, or a limit was reached. The text
//! decides; the number is used only without a text, because its meaning differs between releases. DANE look-ups
//! precede the connection, so a deferral by them is a wait.

use crate::parse::{Absence, Content, Fact, Flag, Kind};

use super::Parsed;
use super::address;
use super::errors::{self, Contact};
use super::fields::{self, Field, Fields};
use crate::parse::bytes::{from, number, to};
use crate::parse::reply;

/// Parses the text after the mark.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8], cut: bool) -> Parsed {
    let address = address::read(text, false);
    if address.final_recipient.is_empty() {
        return Err("deferral without an address");
    }
    fact.flag = Some(Flag::Deferred);
    fact.address = address.final_recipient;
    fact.parent_address = address.original;
    fact.ambiguous = cut || address.ambiguous || fields::repeats_fields(address.rest);
    let rest = until_defer(fact, address.rest).ok_or("deferral without the word defer")?;
    after_defer(fact, rest)
}

/// Parses the text after the word `defer`.
pub(super) fn after_defer<'a>(fact: &mut Fact<'a>, rest: &'a [u8]) -> Parsed {
    let (code, rest) = code(rest).ok_or("deferral cut off in its number")?;
    fact.errno = code.number;
    let (system_error, rest) = if code.system_error.is_empty() && code.positive {
        system_error(rest)
    } else {
        (code.system_error, rest)
    };
    details(fact, rest);
    classify(fact, system_error);
    Ok(())
}

/// Parses the fields before the word `defer`; returns the text after it.
fn until_defer<'a>(fact: &mut Fact<'a>, rest: &'a [u8]) -> Option<&'a [u8]> {
    let mut fields = Fields::new(rest);
    while let Some(field) = fields.next() {
        match field {
            Field::Word(b"defer") => return Some(fields.rest()),
            Field::Tag(b"R", value) => {
                fact.ambiguous |= !fact.router.is_empty();
                fact.router = value;
            }
            Field::Tag(b"T", value) => {
                fact.ambiguous |= !fact.transport.is_empty();
                fact.transport = value;
            }
            Field::Host(_) => fact.ambiguous = true,
            _ => {}
        }
    }
    None
}

#[derive(Clone, Copy, Debug, Default)]
struct Code<'a> {
    number: Option<i16>,
    /// Whether the text of a system error follows. True for a positive or unreadable number.
    positive: bool,
    /// Text of the system error, which 4.100 writes in the parentheses.
    system_error: &'a [u8],
}

/// Parses ` (-38)`, ` (111)` or ` (Connection refused)`.
fn code(rest: &[u8]) -> Option<(Code<'_>, &[u8])> {
    let Some(inner) = rest.strip_prefix(b" (") else {
        return Some((Code::default(), rest));
    };
    let end = memchr::memchr(b')', inner)?;
    let (inside, after) = (to(inner, end), from(inner, end + 1));
    let digits = inside.strip_prefix(b"-").unwrap_or(inside);
    let number = number::<i16>(digits).map(|n| if digits.len() < inside.len() { -n } else { n });
    // The text of a system error in the parentheses is never followed by a message.
    let spelled = number.is_none() && !after.starts_with(b": ");
    let code = Code {
        number,
        positive: number.is_none_or(|n| n > 0) && !spelled,
        system_error: if spelled { inside } else { b"" },
    };
    Some((code, after))
}

/// Parses `: Connection refused` after a positive number, up to the next field or text.
fn system_error(rest: &[u8]) -> (&[u8], &[u8]) {
    let Some(text) = rest.strip_prefix(b": ") else {
        return (b"", rest);
    };
    let mut at = 0;
    while let Some(space) = fields::space(text, at) {
        let next = from(text, space + 1);
        if to(text, space).ends_with(b":") {
            return (to(text, space - 1), from(text, space - 1));
        }
        if next.starts_with(b"H=") || next.starts_with(b"DT=") {
            return (to(text, space), from(text, space));
        }
        at = space + 1;
    }
    (text, b"")
}

/// Parses ` H=host I=[ip] DT=1s: text`.
fn details<'a>(fact: &mut Fact<'a>, rest: &'a [u8]) {
    for field in Fields::new(rest) {
        match field {
            Field::Host(peer) => fact.peer = peer,
            Field::Text(text) => fact.text = text,
            Field::Tag(..) | Field::Word(_) => {}
        }
    }
}

fn classify<'a>(fact: &mut Fact<'a>, system_error: &'a [u8]) {
    let text = fact.text;
    let waits = errors::is_wait(text) || fact.transport.is_empty();
    if !waits
        && fact.peer.ip.is_empty()
        && let Some(peer) = errors::host_in_text(text)
    {
        fact.peer = peer;
    }
    let contact = if waits {
        Contact::None
    } else if !fact.peer.ip.is_empty() {
        Contact::Remote
    } else {
        errors::contact(text, system_error, fact.errno)
    };
    fact.direction = contact.direction();
    fact.kind = if contact == Contact::None {
        Kind::RetryWait
    } else {
        Kind::Deferral
    };
    if fact.kind == Kind::Deferral {
        let reply = reply::of_error(text);
        fact.enhanced_status = reply.enhanced_status;
        fact.trouble = errors::trouble(text, reply.text)
            .filter(|_| contact == Contact::Remote && !fact.ambiguous);
        let was_sent = contact == Contact::Remote && errors::is_after_content(text);
        fact.content = Content::sent_if(was_sent);
        // A line of this mark never states TLS.
        fact.absence = Absence::Mute;
    }
    if text.is_empty() {
        fact.text = system_error;
    }
}

#[cfg(test)]
mod tests;
