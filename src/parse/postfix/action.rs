//! Actions of access rules, header checks, milters and proxies: `reject: RCPT from ...`.
//!
//! ```text
//! action: STAGE from HOST: reply; from=<s> to=<r> proto=P helo=<h>                  smtpd, postscreen, milters
//! action: header|body TEXT from HOST|local; from=<s> to=<r> proto=P helo=<h>[: text]    cleanup
//! ```

use crate::parse::bytes::{find, from, near, to};
use crate::parse::{Direction, Fact, Kind, Peer, Turn};
use crate::tls::Trouble;

use super::daemon::Daemon;
use super::fields;
use super::host;
use super::reason;

/// Length of `milter-quarantine`.
const LONGEST_ACTION: usize = 17;

/// Parses the text of a line; false for other lines.
pub(super) fn read<'a>(
    fact: &mut Fact<'a>,
    daemon: Daemon,
    dialogue: &'a [u8],
    body: &'a [u8],
) -> bool {
    let Some(end) = near(to(body, LONGEST_ACTION + 1), b':') else {
        return false;
    };
    let kind = kind(to(body, end), !fact.queue_id.is_empty());
    let (Some(kind), Some(rest)) = (kind, from(body, end).strip_prefix(b": ")) else {
        return false;
    };
    let parts = fields::split(rest);
    fact.kind = kind;
    fact.text = parts.head;
    fact.ambiguous = parts.ambiguous;
    let trailer = parts.trailer;
    fact.sender = trailer.sender;
    fact.address = trailer.recipient;
    fact.protocol = trailer.protocol;
    if is_content(rest) {
        content(fact, parts.head);
        if !trailer.text.is_empty() {
            fact.text = trailer.text;
        }
        fact.enhanced_status = status(trailer.text);
    } else {
        command(fact, parts.head);
        if kind == Kind::Rejection && !fact.ambiguous && reason::demands_tls(fact.text) {
            fact.trouble = Some(Trouble::StarttlsNotUsed);
        }
    }
    fact.peer.helo = trailer.helo;
    if fact.direction == Some(Direction::In) && daemon == Daemon::Smtpd {
        fact.turn = Turn::Carries;
        fact.dialogue = dialogue;
    }
    true
}

/// Kind of fact for an action. Only an existing message can be held.
fn kind(action: &[u8], has_message: bool) -> Option<Kind> {
    Some(match action {
        b"reject" | b"milter-reject" | b"proxy-reject" => Kind::Rejection,
        b"discard" | b"milter-discard" => Kind::Discarded,
        b"hold" | b"milter-hold" | b"quarantine" | b"milter-quarantine" if has_message => {
            Kind::Frozen
        }
        b"hold" | b"milter-hold" | b"reject_warning" | b"warn" | b"warning" | b"filter"
        | b"redirect" | b"bcc" | b"prepend" | b"replace" | b"info" | b"strip" | b"ignore"
        | b"delay" | b"trigger" | b"permit" | b"pass" | b"milter-accept" | b"milter-tempfail"
        | b"proxy-accept" | b"milter-quarantine" | b"quarantine" => Kind::Note,
        _ => return None,
    })
}

/// True for lines of header and body checks, which begin with text of the message.
fn is_content(rest: &[u8]) -> bool {
    [
        b"header ".as_slice(),
        b"body ",
        b"mime-header ",
        b"nested-header ",
        b"content ",
    ]
    .iter()
    .any(|start| rest.starts_with(start))
}

/// Parses `header Subject: words from HOST`. The sender controls the words; the host comes last.
fn content<'a>(fact: &mut Fact<'a>, head: &'a [u8]) {
    let Some(at) = memchr::memmem::rfind(head, b" from ") else {
        return;
    };
    let origin = from(head, at + b" from ".len());
    if origin == b"local" {
        fact.direction = Some(Direction::Local);
    } else if let Some(named) = host::named(origin)
        && named.rest.is_empty()
    {
        from_client(fact, named.peer);
    }
}

/// Parses `RCPT from HOST: 554 5.7.1 words`.
fn command<'a>(fact: &mut Fact<'a>, head: &'a [u8]) {
    let Some(at) = find(head, b" from ").filter(|at| is_stage(to(head, *at))) else {
        return;
    };
    let Some(named) = host::named(from(head, at + b" from ".len())) else {
        return;
    };
    from_client(fact, named.peer);
    if let Some(reply) = named.rest.strip_prefix(b": ") {
        fact.text = reply;
        fact.enhanced_status = status(reply);
    }
}

/// True for an SMTP command or another stage, as named by Postfix.
fn is_stage(text: &[u8]) -> bool {
    !text.is_empty()
        && text
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_' | b'.' | b' '))
}

fn from_client<'a>(fact: &mut Fact<'a>, peer: Peer<'a>) {
    fact.peer = peer;
    fact.direction = Some(Direction::In);
}

/// Enhanced status code after the reply code or, from milters, without one.
fn status(reply: &[u8]) -> &[u8] {
    if let Some(status) = crate::parse::reply::status(reply) {
        return status;
    }
    let end = reply
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b'.')
        .unwrap_or(reply.len());
    let status = to(reply, end);
    let whole = matches!(status.first(), Some(b'2' | b'4' | b'5'))
        && status.split(|byte| *byte == b'.').count() == 3
        && status
            .split(|byte| *byte == b'.')
            .all(|part| (1..=3).contains(&part.len()));
    if whole { status } else { b"" }
}

#[cfg(test)]
mod tests;
