//! `<=` and `(=`: a message was accepted.
//!
//! ```text
//! sender [R=id] [DS] [H=host] [U=ident] [Ci=] P=proto [L] [SPF] [X=] [CV=] [DN=""] [SNI=] [A=] ... S=size
//!        ... [id=] [T="subject"] [from <sender>] [for recipient ...]
//! ```
//!
//! Remote words stand in the sender (quoted where needed), the HELO name (any byte where junk is
//! accepted), the RFC 1413 ident, the certificate name, SNI, the authenticated ID, the Message-ID, the
//! subject and the recipients. Nothing remote stands between `P=` and `CV=`, so the question is only
//! which ` P=` is Exim's own: the one from which the line can be read to its end without meeting
//! another one outside of quotes. When two can, the line is ambiguous.

use memchr::memchr_iter;

use crate::parse::{Direction, Fact, Flag, Kind};

use super::Parsed;
use super::host::{self, Caller};
use super::tail::{Fit, Tail};
use super::tls;
use crate::parse::bytes::{angle, from, near, quoted_end, to, word};

/// More ` P=` than this on one line are somebody's game, and the line is ambiguous.
const MOST_CANDIDATES: usize = 8;

/// Reads what follows the mark. `cut`: the end of the line is elsewhere.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8], flag: Flag, cut: bool) -> Parsed {
    let (sender, rest) = sender(text).ok_or("arrival without a sender")?;
    fact.kind = Kind::Arrival;
    fact.flag = Some(flag);
    fact.sender = sender;
    let rest = reference(fact, rest);
    let rest = rest.strip_prefix(b" DS").unwrap_or(rest);
    let remote = rest.starts_with(b" H=");
    let (choice, start) = choose(rest);
    let caller = caller(to(rest, start), remote);
    fact.peer = caller.peer;
    fact.direction = match &choice {
        _ if remote => Some(Direction::In),
        Choice::One(_) => Some(Direction::Local),
        Choice::Many | Choice::None => None,
    };
    // A host without an address was cut off, and what looks like fields may be inside the HELO name.
    fact.ambiguous = caller.contested || cut || (remote && caller.peer.ip.is_empty());
    match choice {
        Choice::One(tail) => {
            fill(fact, &tail);
            // Every whole line has its `S=`; without it, what stood before may be cut off as well.
            fact.ambiguous |= !tail.sized;
        }
        Choice::Many | Choice::None => fact.ambiguous = true,
    }
    // No local submission speaks TLS.
    if fact.ambiguous || fact.direction == Some(Direction::Local) {
        fact.tls = None;
    }
    Ok(())
}

/// The sender: `<>`, a quoted local part that may hold anything, or one word.
fn sender(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let local = if text.starts_with(b"\"") {
        quoted_end(text)?
    } else {
        0
    };
    let (_, rest) = word(from(text, local));
    let sender = to(text, text.len() - rest.len());
    (!sender.is_empty()).then_some((sender, rest))
}

/// ` R=id`: the message that this one is about.
fn reference<'a>(fact: &mut Fact<'a>, rest: &'a [u8]) -> &'a [u8] {
    match rest.strip_prefix(b" R=") {
        Some(value) => {
            let (id, rest) = word(value);
            fact.reference = id;
            rest
        }
        None => rest,
    }
}

enum Choice<'a> {
    One(Tail<'a>),
    Many,
    None,
}

/// Finds the ` P=` that is Exim's own. The place is that of its space.
fn choose(rest: &[u8]) -> (Choice<'_>, usize) {
    let mut best: Option<(Fit, Tail<'_>, usize)> = None;
    let mut contested = false;
    let mut candidates = 0_usize;
    for equals in memchr_iter(b'P', rest).map(|at| at + 1) {
        if rest.get(equals) != Some(&b'=') || !to(rest, equals).ends_with(b" P") {
            continue;
        }
        candidates += 1;
        if candidates > MOST_CANDIDATES {
            return (Choice::Many, equals - 2);
        }
        let Some((fit, tail)) = Tail::read(from(rest, equals + 1)) else {
            continue;
        };
        match &best {
            Some((known, _, _)) if *known > fit => {}
            Some((known, _, _)) if *known == fit => contested = true,
            _ => {
                contested = false;
                best = Some((fit, tail, equals - 2));
            }
        }
    }
    match best {
        Some((_, _, at)) if contested => (Choice::Many, at),
        Some((_, tail, at)) => (Choice::One(tail), at),
        None if candidates > 0 => (Choice::Many, rest.len()),
        None => (Choice::None, rest.len()),
    }
}

/// The caller of ` H=... `, or none for a local submission (` U=login`).
fn caller(segment: &[u8], remote: bool) -> Caller<'_> {
    if remote {
        host::whole_caller(from(segment, 3))
    } else {
        Caller::default()
    }
}

fn fill<'a>(fact: &mut Fact<'a>, tail: &Tail<'a>) {
    fact.protocol = tail.protocol;
    fact.size = tail.size;
    fact.message_id = tail.message_id;
    fact.subject = tail.subject;
    fact.recipients = tail.recipients;
    fact.ambiguous |= tail.ambiguous;
    fact.tls = tls::inbound(tail.protocol, tail.cipher, tail.verified);
}

/// Whether the recipients of ` for a b c` are whole addresses.
pub(super) fn are_addresses(mut list: &[u8]) -> bool {
    loop {
        let local = match list.first() {
            None => return false,
            Some(b'"') => match quoted_end(list) {
                Some(end) => end,
                None => return false,
            },
            Some(b'<') => match angle(list) {
                Some((_, rest)) => list.len() - rest.len(),
                None => return false,
            },
            Some(_) => 0,
        };
        let (address, rest) = word(from(list, local));
        if near(address, b'"').is_some() {
            return false;
        }
        match rest.strip_prefix(b" ") {
            Some(next) => list = next,
            None => return true,
        }
    }
}

#[cfg(test)]
mod tests;
