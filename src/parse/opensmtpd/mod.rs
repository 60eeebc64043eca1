//! OpenSMTPD, through syslog, in its three forms:
//!
//! - from 6.6 on: `SESSION smtp|mta|mda EVENT key=value ...`;
//! - 6.0 to 6.4: the same with `event=EVENT`, and `address=` and `host=` on every inbound line from 6.1 on;
//! - 5.x: sentences, `smtp-in: Accepted message ID on session SESSION: from=<>, ...`.
//!
//! A session ID (16 hexadecimal digits, random) is the conversation; a message ID (8) is the first half of the
//! ID of each of its envelopes. The line about TLS is written for every session that has it.
//!
//! Remote words stand in addresses, in `command="..."`, in the reply behind `stat=`, in errors and in host
//! names. Neither quotes nor spaces in them are escaped, so fields are read in the order in which OpenSMTPD
//! writes them, and what is remote ends only where the line does or before a field of its own.

mod classic;
mod fields;
mod session;
mod words;

use super::bytes::{from, to};
use super::{Entry, Fact, Kind, Outcome};

/// What became of a line: understood, or why not.
type Parsed = Result<(), &'static str>;

/// The session of envelopes for which no connection was made.
const NO_SESSION: &[u8] = b"0000000000000000";

/// Whether entries of a program of that name are its own.
pub fn claims(program: &[u8]) -> bool {
    matches!(program, b"smtpd" | b"opensmtpd")
}

/// Reads one entry.
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

/// So many hexadecimal digits, and what follows them.
fn identifier<const LENGTH: usize>(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let id = text.get(..LENGTH)?;
    let rest = from(text, LENGTH);
    let whole = id.iter().all(u8::is_ascii_hexdigit)
        && !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    whole.then_some((id, rest))
}

/// The message ID inside an envelope ID.
fn message_of(envelope: &[u8]) -> &[u8] {
    to(envelope, 8)
}

/// Ties the line to its conversation.
fn of_session<'a>(fact: &mut Fact<'a>, id: &'a [u8]) {
    if id != NO_SESSION {
        fact.dialogue = id;
    }
}

#[cfg(test)]
mod tests;
