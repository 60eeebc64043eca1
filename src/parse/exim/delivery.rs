//! `=>`, `->`, `>>`, `*>`: a recipient was delivered. `**`: a recipient failed.
//!
//! ```text
//! final [(parents)] [<original>] [F=<>] [Q=] [P=<>] [R=router] T=transport [S=] [H=host] [PS=] [X=] [CV=]
//!       [DN=""] [A=] ... [C="reply"] [QT=] [DT=]            and on failures  [:] text [DT=]
//! ```
//!
//! Remote text can be in the addresses (chosen by the sender of the mail), in the certificate name of the
//! server and in its reply. Certificate name and reply come after all fields that matter for TLS. A recipient
//! that imitates fields is recognised by its repetition in quotes ([`fields::repeats_fields`]), by a repeated
//! field, and by a field in the wrong order.

use crate::parse::{Absence, Content, Direction, Fact, Flag, Kind};

use super::Parsed;
use super::address;
use super::errors::{self, Contact};
use super::fields::{self, Field, Fields};
use super::tls;
use super::x;
use crate::parse::bytes::number;
use crate::parse::reply;

/// What Exim writes in place of a recipient for what the system filter decides: `/dev/null <system-filter>`.
const SYSTEM_FILTER: &[u8] = b"system-filter";

/// Set of the fields parsed so far, as the bits below.
#[derive(Clone, Copy, Debug, Default)]
struct Seen(u8);

const ROUTER: u8 = 1;
const TRANSPORT: u8 = 2;
const HOST: u8 = 4;
const CIPHER: u8 = 8;
const VERIFY: u8 = 16;
/// A field that comes after all TLS fields.
const PAST_TLS: u8 = 32;

impl Seen {
    const fn any(self, fields: u8) -> bool {
        self.0 & fields != 0
    }

    /// Adds a field; true when it was in the set already.
    const fn again(&mut self, field: u8) -> bool {
        let again = self.any(field);
        self.0 |= field;
        again
    }
}

/// Parses the text after the mark. `cut`: the end of the line is missing.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8], flag: Flag, cut: bool) -> Parsed {
    let failed = flag == Flag::Failed;
    let address = address::read(text, failed);
    if address.final_recipient.is_empty() {
        return Err("delivery without an address");
    }
    fact.kind = if failed {
        Kind::Failure
    } else {
        Kind::Delivery
    };
    fact.flag = Some(flag);
    fact.address = address.final_recipient;
    fact.parent_address = address.original;
    fact.ambiguous = cut || address.ambiguous || fields::repeats_fields(address.rest);
    let contact = outgoing(fact, address.rest, flag);
    if failed {
        failure(fact, contact);
    } else {
        delivered(fact, contact, flag);
        let by_filter = fact.kind == Kind::Discarded && fact.parent_address == SYSTEM_FILTER;
        let as_a_whole = fact.transport.is_empty() && drops_message(text);
        if flag == Flag::Delivered && (by_filter || as_a_whole) {
            fact.kind = Kind::Discarded;
            fact.address = b"";
            fact.parent_address = b"";
            fact.text = text;
        }
    }
    // Local deliveries do not use TLS, so apparent TLS fields are not Exim's.
    if fact.ambiguous || fact.direction == Some(Direction::Local) {
        fact.tls = None;
    }
    Ok(())
}

/// Parses the fields; returns whether the line names a remote host. A local transport with a host list shows
/// `H=name` without an address. At the end of a line this may also be a cut host.
fn outgoing<'a>(fact: &mut Fact<'a>, rest: &'a [u8], flag: Flag) -> Contact {
    let mut seen = Seen::default();
    let mut cipher = None;
    let mut verify = None;
    let mut last_field = None;
    for field in Fields::new(rest) {
        last_field = Some(field);
        match field {
            Field::Host(peer) => {
                fact.ambiguous |= seen.any(PAST_TLS) || seen.again(HOST);
                fact.peer = peer;
            }
            Field::Tag(b"X", value) => {
                fact.ambiguous |= seen.any(PAST_TLS) || !seen.any(HOST) || seen.again(CIPHER);
                cipher = Some(value);
            }
            Field::Tag(b"CV", value) => {
                fact.ambiguous |= seen.any(PAST_TLS) || !seen.any(HOST) || seen.again(VERIFY);
                verify = Some(value);
            }
            Field::Tag(tag, value) => routing(fact, &mut seen, tag, value),
            Field::Text(text) => {
                fact.text = fields::without_delivery_time(text);
                break;
            }
            Field::Word(_) => {}
        }
    }
    let verify_lost = fact.peer.reused || flag == Flag::Cutthrough;
    fact.tls = tls::outbound(cipher, verify, verify_lost);
    fact.ambiguous |= seen.any(HOST) && !seen.any(TRANSPORT);
    if seen.any(HOST) && !seen.any(PAST_TLS) {
        fact.ambiguous |= last_field.is_some_and(|last_field| is_cut_off(last_field, rest));
        if let Some(Field::Tag(b"X", raw)) = last_field {
            fact.tls = fact.tls.map(|tls| x::as_last_word(tls, raw));
        }
    }
    match last_field {
        _ if !fact.peer.ip.is_empty() => Contact::Remote,
        Some(Field::Host(_)) => Contact::Unknown,
        _ => Contact::Local,
    }
}

/// True when the last field shows that the line was cut. Then it is unknown whether further fields, such as
/// `X=`, are missing.
fn is_cut_off(last: Field<'_>, rest: &[u8]) -> bool {
    match last {
        Field::Text(_) => false,
        _ if rest.ends_with(b" ") => true,
        Field::Tag(b"I" | b"PRX", value) => !value.contains(&b']'),
        Field::Tag(_, value) => value.is_empty(),
        Field::Word(word) => !matches!(
            word,
            b"K" | b"L" | b"L*" | b"PRDR" | b"TFO" | b"TFO*" | b"TFO**"
        ),
        Field::Host(_) => false,
    }
}

fn routing<'a>(fact: &mut Fact<'a>, seen: &mut Seen, tag: &[u8], value: &'a [u8]) {
    match tag {
        b"R" => {
            fact.ambiguous |= seen.any(HOST) || seen.again(ROUTER);
            fact.router = value;
        }
        b"T" => {
            fact.ambiguous |= seen.any(HOST) || seen.again(TRANSPORT);
            fact.transport = value;
        }
        b"F" => fact.sender = value,
        b"S" => fact.size = number(value),
        b"C" => {
            seen.again(PAST_TLS);
            fact.text = value;
        }
        b"DN" | b"A" | b"QT" | b"DT" => {
            seen.again(PAST_TLS);
        }
        _ => {}
    }
}

fn delivered(fact: &mut Fact<'_>, contact: Contact, flag: Flag) {
    let is_dropped = match fact.address {
        b":blackhole:" | b"discarded" => fact.transport.is_empty(),
        _ => fact.transport == b"**bypassed**",
    };
    if is_dropped && flag == Flag::Delivered {
        fact.kind = Kind::Discarded;
    }
    fact.enhanced_status = reply::status(fact.text).unwrap_or_default();
    // With `-N` nothing is sent, although the line may name a host.
    if flag == Flag::Suppressed {
        fact.direction = Some(Direction::Local);
    } else {
        fact.direction = contact.direction();
    }
}

/// True for what a line tells, without a transport, of a message that was dropped for all its recipients, none of which
/// it names: `discarded (system filter)`, and `blackhole REASON` of an ACL or of `local_scan`.
fn drops_message(text: &[u8]) -> bool {
    let reason = text.strip_prefix(b"blackhole ");
    text == b"discarded (system filter)" || reason.is_some_and(|reason| !reason.starts_with(b"<"))
}

fn failure(fact: &mut Fact<'_>, contact: Contact) {
    let text = fact.text;
    let reply = reply::of_error(text);
    fact.enhanced_status = reply.enhanced_status;
    let remote = contact == Contact::Remote;
    if !remote && let Some(peer) = errors::host_in_text(text) {
        fact.peer = peer;
    }
    fact.trouble = errors::trouble(text, reply.text).filter(|_| !fact.ambiguous);
    let contact = if remote || !fact.peer.ip.is_empty() {
        Contact::Remote
    } else if fact.transport.is_empty() {
        Contact::None
    } else {
        errors::contact(text, b"", None)
    };
    fact.direction = contact.direction();
    let was_sent = contact == Contact::Remote && errors::is_after_content(text);
    fact.content = Content::sent_if(was_sent);
    if !remote {
        // Exim up to 4.84 states neither the host nor TLS in its fields.
        fact.absence = Absence::Mute;
    }
}

#[cfg(test)]
mod tests;
