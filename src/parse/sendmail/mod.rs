//! Sendmail 8.6 to 8.18, logged through syslog: `QID: from=...`, `QID: to=...`, and lines without a message
//! about TLS, rulesets and connections.
//!
//! One process serves one connection of a client, and delivers over one or more connections, so the process
//! number identifies the connection. `STARTTLS=server` precedes the `from=` of messages received over it,
//! `STARTTLS=client` the `to=` of messages sent over it. Both need a `LogLevel` above 8; the default is 9.
//!
//! Fields are separated by `, ` and not quoted. Remote text can be in the addresses, in `msgid=`, in ident and
//! host name of an inbound `relay=`, in `reply=` and in `stat=`. So fields are parsed in the order in which
//! Sendmail writes them, and not searched.

mod address;
mod arrival;
mod connection;
mod delivery;
mod fields;
mod relay;
mod ruleset;
mod tls;

use super::bytes::{from, to};
use super::{Entry, Fact, Kind, Outcome};

/// `Err` has the reason why a line was not understood.
type Parsed = Result<(), &'static str>;

/// Program names of the daemon and its companions (`-L`) on BSD, Debian and Red Hat. `sm-notify` belongs to NFS.
const PROGRAMS: [&[u8]; 6] = [
    b"sendmail-",
    b"sm-mta",
    b"sm-msp",
    b"sm-client",
    b"sm-que",
    b"sm-acceptingconnections",
];

/// True for programs of Sendmail.
pub fn claims(program: &[u8]) -> bool {
    program == b"sendmail" || PROGRAMS.iter().any(|name| program.starts_with(name))
}

/// Reads one entry of a syslog or journal.
pub fn entry<'a>(entry: &Entry<'a>) -> Outcome<'a> {
    let mut fact = entry.fact();
    let body = match queue_id(entry.text) {
        Some((id, body)) => {
            fact.queue_id = id;
            body
        }
        None => entry.text.strip_prefix(b"NOQUEUE: ").unwrap_or(entry.text),
    };
    match body_of(&mut fact, entry, body) {
        Ok(()) => Outcome::Fact(fact),
        Err(reason) => Outcome::NotUnderstood(reason),
    }
}

fn body_of<'a>(fact: &mut Fact<'a>, entry: &Entry<'a>, body: &'a [u8]) -> Parsed {
    if !fact.queue_id.is_empty() {
        if let Some(rest) = body.strip_prefix(b"from=") {
            return arrival::read(fact, rest, entry.pid);
        }
        if let Some(rest) = body.strip_prefix(b"to=") {
            return delivery::read(fact, rest, entry.pid);
        }
    }
    if let Some(rest) = body.strip_prefix(b"STARTTLS=") {
        tls::line(fact, body, rest, entry.pid);
    } else if let Some(rest) = body.strip_prefix(b"ruleset=") {
        ruleset::read(fact, body, rest, entry.pid);
    } else {
        connection::read(fact, body, entry.pid);
    }
    Ok(())
}

/// Splits `QID: body`.
///
/// From 8.12 on an ID is eight letters and digits of the time, followed by six or more digits of the process number
/// (`6AN7XfuZ001118`; digits only in some seconds, `50105301001004`); before, two to seven characters and five digits
/// (`AA12345`, `e9T8abc12345`). A line too long for syslog is logged in pieces, `QID[1]: ... ...`, which may be cut
/// within a field.
fn queue_id(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
    let id = to(text, end);
    if !is_queue_id(id) {
        return None;
    }
    let rest = from(text, end);
    if let Some(body) = rest.strip_prefix(b": ") {
        return Some((id, body));
    }
    // Pieces are not parsed but become notes.
    let number = rest.strip_prefix(b"[")?;
    let digits = number.iter().take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    let whole = digits > 0 && from(number, digits).starts_with(b"]: ");
    whole.then_some((id, rest))
}

fn is_queue_id(id: &[u8]) -> bool {
    let digits = id
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    // Shorter IDs begin with a letter.
    (7..=24).contains(&id.len()) && digits >= 5 && (digits < id.len() || digits >= 14)
}

/// Makes the line a note.
fn note<'a>(fact: &mut Fact<'a>, body: &'a [u8]) {
    fact.kind = Kind::Note;
    fact.text = body;
}

#[cfg(test)]
mod tests;
