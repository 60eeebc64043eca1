//! OpenSMTPD, logged through syslog in three forms:
//!
//! - from 6.6 on: `SESSION smtp|mta|mda EVENT key=value ...`;
//! - 6.0 to 6.4: the same with `event=EVENT`, and `address=` and `host=` on every inbound line from 6.1 on;
//! - 5.x: sentences, `smtp-in: Accepted message ID on session SESSION: from=<>, ...`.
//!
//! The session ID (16 random hexadecimal digits) identifies the connection; the message ID (8 digits) is the
//! first half of the ID of each of its envelopes. Every session with TLS has a line about it.
//!
//! Remote text can be in addresses, in `command="..."`, in the reply after `stat=`, in errors and in host
//! names. Quotes and spaces in it are not escaped, so fields are parsed in the order in which OpenSMTPD writes
//! them; remote text ends at the end of the line or before a field of OpenSMTPD.
//!
//! A remote host is known by its address only. The name beside it (`host=`, and the one behind the relay) is the
//! reverse DNS of that address, of servers as well as of clients. OpenSMTPD writes it whether the name resolves to the
//! address or not, and does not log which: whoever owns an address can give it any name there.

mod classic;
mod fields;
mod session;
mod words;

use super::bytes::{from, to};
use super::{Entry, Fact, Kind, Outcome};

/// `Err` has the reason why a line was not understood.
type Parsed = Result<(), &'static str>;

/// Session ID of envelopes without a connection.
const NO_SESSION: &[u8] = b"0000000000000000";

/// True for programs of OpenSMTPD.
pub fn claims(program: &[u8]) -> bool {
    matches!(program, b"smtpd" | b"opensmtpd")
}

/// Reads one entry of a syslog or journal.
pub fn entry<'a>(entry: &Entry<'a>) -> Outcome<'a> {
    let mut fact = entry.fact();
    fact.kind = Kind::Note;
    fact.text = entry.text;
    let parsed = match identifier::<16>(entry.text) {
        Some((id, rest)) if rest.starts_with(b" ") => session::read(&mut fact, id, from(rest, 1)),
        _ => classic::read(&mut fact, entry.text),
    };
    match parsed {
        Ok(()) => Outcome::Fact(fact),
        Err(reason) => Outcome::NotUnderstood(reason),
    }
}

/// `LENGTH` hexadecimal digits, and the rest.
fn identifier<const LENGTH: usize>(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let id = text.get(..LENGTH)?;
    let rest = from(text, LENGTH);
    let whole = id.iter().all(u8::is_ascii_hexdigit)
        && !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    whole.then_some((id, rest))
}

/// Message ID of an envelope ID.
fn message_of(envelope: &[u8]) -> &[u8] {
    to(envelope, 8)
}

/// Sets the session of the line.
fn of_session<'a>(fact: &mut Fact<'a>, id: &'a [u8]) {
    if id != NO_SESSION {
        fact.dialogue = id;
    }
}

#[cfg(test)]
mod tests;
