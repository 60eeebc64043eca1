//! `ruleset=NAME, arg1=A[, arg2=B][, relay=H], reject=REPLY|discard|quarantine=REASON`.

use super::fields::until_comma;
use super::{note, relay, tls};
use crate::parse::bytes::{angle, contains, find, from, path, to};
use crate::parse::reply::status;
use crate::parse::{Absence, Direction, Fact, Kind, Turn};

/// Rulesets about a server: whether to use STARTTLS, and whether the connection is good enough, also for a recipient.
const OUTBOUND: [&[u8]; 3] = [b"try_tls", b"tls_server", b"tls_rcpt"];

/// Rulesets about a client, before its first command.
const EARLY: [&[u8]; 2] = [b"check_relay", b"srv_features"];

/// Parses the text after `ruleset=`. The first argument is remote text.
pub(super) fn read<'a>(fact: &mut Fact<'a>, body: &'a [u8], rest: &'a [u8], pid: &'a [u8]) {
    note(fact, body);
    let (name, rest) = until_comma(rest);
    let Some((argument, rest)) = rest.strip_prefix(b", arg1=").map(argument) else {
        return;
    };
    let (second, rest) = match rest.strip_prefix(b", arg2=") {
        Some(written) => self::argument(written),
        None => (b"".as_slice(), rest),
    };
    let verdict = match rest.strip_prefix(b", relay=") {
        Some(written) => {
            let end = verdict(written).unwrap_or(written.len());
            fact.peer = relay::peer(to(written, end));
            from(written, end)
        }
        None => rest,
    };
    if let Some(reply) = verdict.strip_prefix(b", reject=") {
        fact.kind = Kind::Rejection;
        fact.text = reply;
        fact.enhanced_status = status(reply).unwrap_or_default();
    } else if let Some(reason) = verdict.strip_prefix(b", quarantine=") {
        fact.kind = Kind::Frozen;
        fact.text = reason;
    } else if verdict == b", discard" {
        fact.kind = Kind::Discarded;
    } else {
        return;
    }
    fact.absence = Absence::Mute;
    if OUTBOUND.contains(&name) {
        of_server(fact, name, argument, pid);
        return;
    }
    fact.direction = Some(Direction::In);
    if fact.kind == Kind::Rejection {
        fact.trouble = tls::refusal_of_client(fact.text, argument);
    }
    match name {
        b"check_rcpt" => fact.address = argument,
        b"check_mail" => fact.sender = argument,
        b"check_compat" => (fact.sender, fact.address) = (argument, second),
        _ => {}
    }
    if !EARLY.contains(&name) {
        fact.dialogue = pid;
        fact.turn = Turn::Carries;
    }
}

/// The verdict of a ruleset about a server, whose first argument is the `{verify}` macro with `tls_server` and the
/// recipient with `tls_rcpt`.
fn of_server<'a>(fact: &mut Fact<'a>, name: &[u8], argument: &[u8], pid: &'a [u8]) {
    fact.direction = Some(Direction::Out);
    if fact.kind != Kind::Rejection {
        return;
    }
    if name == b"try_tls" || is_of_map(fact.text) {
        // With `try_tls`, this host does without STARTTLS: nobody is refused.
        fact.kind = Kind::Note;
        return;
    }
    fact.kind = Kind::TlsRefused;
    if name == b"tls_server" {
        fact.trouble = tls::refusal(fact.text, Some(argument));
        // The connection is given up; the next line of the process has the result for the message.
        fact.dialogue = pid;
        fact.turn = Turn::Failed;
    } else {
        fact.trouble = tls::refusal(fact.text, None);
    }
}

/// Whether the access map, which has the policy, could not be read: that says nothing about the server.
fn is_of_map(text: &[u8]) -> bool {
    contains(text, b"Temporary system failure. Please try again later.")
}

fn argument(text: &[u8]) -> (&[u8], &[u8]) {
    match angle(text) {
        Some((inner, rest)) if rest.starts_with(b", ") => (path(text, inner), rest),
        _ => until_comma(text),
    }
}

/// Index of the verdict.
fn verdict(text: &[u8]) -> Option<usize> {
    let marks = [b", reject=".as_slice(), b", discard", b", quarantine="];
    marks.iter().filter_map(|mark| find(text, mark)).min()
}
