//! All other lines: connections, rejections, milters, notifications. Unknown lines are notes.

use super::fields::{rfind, until_comma};
use super::{note, queue_id, relay};
use crate::parse::bytes::{angle, contains, find, from, path, split_once, to};
use crate::parse::reply::status;
use crate::parse::{Absence, Direction, Fact, Kind, Turn};

/// Texts about a message given up for all remaining recipients: by `Timeout.queuereturn`, and by the sender's
/// deadline (`BY=`).
const GIVEN_UP: [&[u8]; 2] = [b"Cannot send message for ", b"delivery time expired "];

/// Parses a line, without its queue ID.
pub(super) fn read<'a>(fact: &mut Fact<'a>, body: &'a [u8], pid: &'a [u8]) {
    note(fact, body);
    if notification(fact, body) || milter(fact, body) || from_host(fact, body, pid) {
        return;
    }
    if body.starts_with(b"done; ") {
        fact.kind = Kind::Completion;
    } else if body == b"discarded" {
        fact.kind = Kind::Discarded;
    } else if body.starts_with(b"<") {
        refused_recipient(fact, body);
    } else {
        host_first(fact, body);
    }
}

/// `QID2: DSN: ...`, `QID2: return to sender: ...`, `QID2: postmaster notify: ...`: a message caused by this one.
/// That this message was given up because of its age is logged nowhere else; other failures have a `to=` line.
fn notification<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    if fact.queue_id.is_empty() {
        return false;
    }
    let found = queue_id(body).filter(|(_, rest)| !rest.starts_with(b"["));
    if let Some((id, text)) = found {
        fact.notification = id;
        fact.text = text;
        let reason = split_once(text, b": ").map_or(b"".as_slice(), |(_, reason)| reason);
        if GIVEN_UP.iter().any(|start| reason.starts_with(start)) {
            fact.kind = Kind::Failure;
        }
    }
    found.is_some()
}

/// `Milter: to=<r>, reject=550 ...`, `Milter: data, discard`, `milter=NAME, quarantine=REASON`. At higher log
/// levels they are repeated on lines with `action=`.
fn milter<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    if let Some(rest) = body.strip_prefix(b"milter=") {
        if let Some((_, rest)) = split_once(rest, b", ")
            && let Some(reason) = rest.strip_prefix(b"quarantine=")
        {
            fact.kind = Kind::Frozen;
            fact.text = reason;
        }
        return true;
    }
    let Some(rest) = body.strip_prefix(b"Milter: ") else {
        return body.starts_with(b"Milter");
    };
    let rest = if let Some(written) = rest.strip_prefix(b"to=") {
        let (inner, rest) = angle(written).unwrap_or_else(|| until_comma(written));
        fact.address = inner;
        rest
    } else if let Some(written) = rest.strip_prefix(b"from=") {
        let (inner, rest) = angle(written).unwrap_or((b"", written));
        fact.sender = if rest == written {
            b""
        } else {
            path(written, inner)
        };
        rest
    } else {
        rest
    };
    let verdict = [
        b", reject".as_slice(),
        b", discard",
        b", tempfail",
        b", shutdown",
    ]
    .into_iter()
    .filter_map(|mark| find(rest, mark))
    .min();
    let verdict = from(rest, verdict.unwrap_or(rest.len()));
    if verdict.starts_with(b", discard") {
        fact.kind = Kind::Discarded;
    } else if !verdict.is_empty() {
        fact.kind = Kind::Rejection;
        fact.direction = Some(Direction::In);
        fact.absence = Absence::Mute;
        if let Some(reply) = verdict.strip_prefix(b", reject=") {
            fact.text = reply;
            fact.enhanced_status = status(reply).unwrap_or_default();
        }
    }
    true
}

/// `<r>... User unknown`: a refused recipient. It may be an alias of a local message, so the connection is unknown.
fn refused_recipient<'a>(fact: &mut Fact<'a>, body: &'a [u8]) {
    if let Some((inner, rest)) = angle(body)
        && let Some(text) = rest.strip_prefix(b"... ")
    {
        fact.kind = Kind::Rejection;
        fact.direction = Some(Direction::In);
        fact.absence = Absence::Mute;
        fact.address = path(body, inner);
        fact.text = text;
    }
}

/// Lines of words and a host: the words, the text that ends the host, and the kind.
const FROM_HOST: [(&[u8], &[u8], Kind); 7] = [
    (b"connect from ", b"\n", Kind::Session),
    (b"lost input channel from ", b" to ", Kind::Session),
    (
        b"timeout waiting for input from ",
        b" during ",
        Kind::Session,
    ),
    (
        b"unexpected close on connection from ",
        b", ",
        Kind::Session,
    ),
    (b"rejecting commands from ", b" due to ", Kind::Rejection),
    (b"AUTH=server, relay=", b", ", Kind::Session),
    (b"SMTP outgoing connect on ", b"\n", Kind::Session),
];

fn from_host<'a>(fact: &mut Fact<'a>, body: &'a [u8], pid: &'a [u8]) -> bool {
    if body.starts_with(b"AUTH failure (") {
        fact.kind = Kind::Rejection;
        set_client(
            fact,
            rfind(body, b", relay=").map_or(b"", |at| from(body, at + 8)),
        );
        return true;
    }
    let known = FROM_HOST
        .iter()
        .find_map(|(start, end, kind)| Some((*start, *end, *kind, body.strip_prefix(*start)?)));
    let Some((start, end, kind, rest)) = known else {
        return false;
    };
    let host = to(rest, find(rest, end).unwrap_or(rest.len()));
    fact.kind = kind;
    set_client(fact, host);
    // As a client, Sendmail names what it waited for `client greeting`, `client MAIL`.
    let waited = from(rest, host.len());
    if start.starts_with(b"SMTP outgoing") || waited.starts_with(b" during client ") {
        fact.direction = Some(Direction::Out);
    }
    if end == b"\n" {
        fact.dialogue = pid;
        fact.turn = Turn::Opens;
    }
    true
}

/// Lines that begin with a host: the text after it, and the kind.
const AFTER_HOST: [(&[u8], Kind); 3] = [
    (
        b" did not issue MAIL/EXPN/VRFY/ETRN during connection to ",
        Kind::Session,
    ),
    (b": possible SMTP attack: ", Kind::Session),
    (b": probable open proxy: ", Kind::Rejection),
];

fn host_first<'a>(fact: &mut Fact<'a>, body: &'a [u8]) {
    for (mark, kind) in AFTER_HOST {
        if let Some((host, _)) = split_once(body, mark) {
            if mark.starts_with(b" did not issue ") {
                // The ID was reserved for a message that did not come: there is no such queue entry.
                fact.queue_id = b"";
            }
            fact.kind = kind;
            set_client(fact, host);
            return;
        }
    }
    let named = [b"]: ".as_slice(), b" (may be forged): "]
        .into_iter()
        .filter_map(|mark| find(body, mark).map(|at| at + mark.len() - 2))
        .min();
    if let Some(end) = named
        && body.ends_with(b" [rejected]")
        && !contains(to(body, end), b": ")
    {
        fact.kind = Kind::Rejection;
        set_client(fact, to(body, end));
    }
}

fn set_client<'a>(fact: &mut Fact<'a>, host: &'a [u8]) {
    fact.direction = Some(Direction::In);
    fact.peer = relay::peer(host);
    fact.absence = Absence::Mute;
}
