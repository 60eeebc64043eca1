//! Sendmail, 8.6 to 8.18, through syslog: `QID: from=...`, `QID: to=...`, and lines about TLS, rulesets and
//! connections that name no message.
//!
//! One process serves one connection from a client, and delivers over one or more to others: the process
//! number is the conversation. `STARTTLS=server` stands before the `from=` of the messages that came over it,
//! `STARTTLS=client` before the `to=` of those that went; both at the default `LogLevel` of 9 and only above 8.
//!
//! Fields are separated by `, ` and none is quoted. Remote words stand in the addresses, in `msgid=`, in the
//! ident and host name of an inbound `relay=`, in `reply=` and in `stat=`; fields are read in the order in
//! which Sendmail writes them, never looked for.

mod address;
mod arrival;
mod delivery;
mod fields;
mod relay;
mod ruleset;
mod talk;
mod tls;

use super::bytes::{from, to};
use super::{Entry, Fact, Kind, Outcome};

/// What became of a line: understood, or why not.
type Parsed = Result<(), &'static str>;

/// Names under which the daemon and its siblings log (`-L`): those of the BSDs, Debian and Red Hat.
/// `sm-notify` is of NFS.
const PROGRAMS: [&[u8]; 6] = [
    b"sendmail-",
    b"sm-mta",
    b"sm-msp",
    b"sm-client",
    b"sm-que",
    b"sm-acceptingconnections",
];

/// Whether entries of a program of that name are its own.
pub fn claims(program: &[u8]) -> bool {
    program == b"sendmail" || PROGRAMS.iter().any(|name| program.starts_with(name))
}

/// Reads one entry.
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
        talk::read(fact, body, entry.pid);
    }
    Ok(())
}

/// Splits `QID: body`.
///
/// From 8.12 on an ID is eight letters and digits of the time and six or more digits of the process number
/// (`6AN7XfuZ001118`; for some seconds of the twenties digits alone, `50105301001004`), before that two to seven
/// and five (`AA12345`, `e9T8abc12345`). A line that was too long for syslog is written in pieces,
/// `QID[1]: ... ...`; their fields may be cut anywhere.
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
    // Nothing of a piece is read: it becomes a note.
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
    // Shorter ones begin with a letter.
    (7..=24).contains(&id.len()) && digits >= 5 && (digits < id.len() || digits >= 14)
}

/// A line that is kept for a person to read.
fn note<'a>(fact: &mut Fact<'a>, body: &'a [u8]) {
    fact.kind = Kind::Note;
    fact.text = body;
}

#[cfg(test)]
mod tests;
