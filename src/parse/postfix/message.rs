//! Messages in the queue: cleanup, qmgr, pickup, bounce, postsuper.

use crate::parse::bytes::{find, from, number, split_field, split_once, to};
use crate::parse::{Direction, Fact, Kind};

use super::daemon::Daemon;
use super::fields::{bracketed, bracketed_before};
use super::queue_id;

/// Parses the lines that nearly every message has; false for others.
#[inline]
pub(super) fn usual<'a>(fact: &mut Fact<'a>, daemon: Daemon, body: &'a [u8]) -> bool {
    if fact.queue_id.is_empty() {
        return false;
    }
    if body == b"removed" && daemon == Daemon::Queue {
        fact.kind = Kind::Completion;
        return true;
    }
    if let Some(id) = body
        .strip_prefix(b"message-id=")
        .or_else(|| body.strip_prefix(b"resent-message-id="))
    {
        fact.text = b"";
        if body.starts_with(b"message-id=") {
            fact.message_id = message_id(id);
        }
        return true;
    }
    let sender = body.strip_prefix(b"from=");
    sender.is_some_and(|sender| from_sender(fact, sender))
}

/// Parses the text of a line; false for unknown lines.
pub(super) fn read<'a>(fact: &mut Fact<'a>, daemon: Daemon, body: &'a [u8]) -> bool {
    if usual(fact, daemon, body) {
        return true;
    }
    // A sender without a clear end makes the line an unknown one.
    if fact.queue_id.is_empty() || body.starts_with(b"from=") {
        return false;
    }
    if body.starts_with(b"uid=") {
        return submitted(fact, body);
    }
    if let Some(kind) = lifecycle(daemon, body) {
        fact.kind = kind;
        return true;
    }
    notification(fact, body)
}

/// Text in the brackets. Other text, such as encoded words, is stored unchanged.
fn message_id(written: &[u8]) -> &[u8] {
    written
        .strip_prefix(b"<")
        .and_then(|inner| inner.strip_suffix(b">"))
        .unwrap_or(written)
}

/// Parses `<s>, size=n, nrcpt=n (queue active)` or `<s>, status=expired, returned to sender`.
fn from_sender<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let field = bracketed_before(text, |after| {
        after.starts_with(b", size=") || after.starts_with(b", status=") || after.is_empty()
    });
    let Some(field) = field else {
        return false;
    };
    fact.sender = field.inner;
    if let Some(rest) = field.rest.strip_prefix(b", size=") {
        let (size, _) = split_field(rest).unwrap_or((rest, b""));
        fact.size = number(size);
        fact.text = b"";
    } else if let Some(status) = field.rest.strip_prefix(b", status=") {
        fact.text = status;
        if status.starts_with(b"expired") || status.starts_with(b"force-expired") {
            fact.kind = Kind::Failure;
        }
    }
    true
}

/// pickup: `uid=0 from=<s>`, with ` orig_id=QID` for a message requeued by postsuper.
fn submitted<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    let Some(at) = find(body, b" from=") else {
        return false;
    };
    let Some(field) = bracketed(from(body, at + b" from=".len()), &[b" ", b""]) else {
        return false;
    };
    fact.kind = Kind::Arrival;
    fact.direction = Some(Direction::Local);
    fact.sender = field.inner;
    fact.text = to(body, at);
    let former = field.rest.strip_prefix(b" orig_id=");
    fact.former_id = former
        .filter(|id| queue_id::is_valid(id))
        .unwrap_or_default();
    true
}

fn lifecycle(daemon: Daemon, body: &[u8]) -> Option<Kind> {
    Some(match body {
        b"removed" if daemon == Daemon::Postsuper => Kind::Removed,
        b"removed (discarded)" => Kind::Removed,
        // A requeued message continues under a new ID, given by pickup.
        b"removed" | b"removed (canceled)" | b"requeued" => Kind::Completion,
        b"placed on hold" => Kind::Frozen,
        b"released from hold" => Kind::Thawed,
        b"expired" => Kind::Note,
        _ if body.starts_with(b"skipped, still being delivered") => Kind::Note,
        _ if body.starts_with(b"sender has too many ") || body.starts_with(b"uid=") => Kind::Note,
        _ => return None,
    })
}

/// bounce: `sender non-delivery notification: QID`, and `postmaster ...`, `... delay ...`, `... delivery status ...`.
fn notification<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    let Some((what, id)) = split_once(body, b" notification: ") else {
        return body.ends_with(b" notification failed")
            || find(body, b" notification failed: ").is_some();
    };
    let known = [b"sender ".as_slice(), b"postmaster "]
        .iter()
        .any(|who| what.starts_with(who));
    if known && queue_id::is_valid(id) {
        fact.notification = id;
    }
    known
}

#[cfg(test)]
mod tests;
