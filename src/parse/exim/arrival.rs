//! `<=` and `(=`: a message was accepted.
//!
//! ```text
//! sender [R=id] [DS] [H=host] [U=ident] [Ci=] P=proto [L] [SPF] [X=] [CV=] [DN=""] [SNI=] [A=] ... S=size
//!        ... [id=] [T="subject"] [from <sender>] [for recipient ...]
//! ```
//!
//! Remote text can be in the sender (quoted where needed), the HELO name (any byte where junk is accepted), the
//! RFC 1413 ident, the certificate name, SNI, the authenticated ID, the Message-ID, the subject and the
//! recipients. There is none between `P=` and `CV=`, so it only has to be found out which ` P=` is Exim's: the
//! one from which the line can be parsed to its end without another one outside of quotes. With two such ` P=`
//! the line is ambiguous.

use memchr::memchr_iter;

use crate::parse::{Direction, Fact, Flag, Kind};

use super::Parsed;
use super::host::{self, Client};
use super::tail::{Fit, Tail};
use super::tls;
use crate::parse::bytes::{angle, from, near, quoted_end, to, word};

/// Maximum number of ` P=`; a line with more is ambiguous.
const MOST_CANDIDATES: usize = 8;

/// Parses the text after the mark. `cut`: the end of the line is missing.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8], flag: Flag, cut: bool) -> Parsed {
    let (sender, rest) = sender(text).ok_or("arrival without a sender")?;
    fact.kind = Kind::Arrival;
    fact.flag = Some(flag);
    fact.sender = sender;
    let rest = reference(fact, rest);
    let rest = rest.strip_prefix(b" DS").unwrap_or(rest);
    let remote = rest.starts_with(b" H=");
    let (choice, start) = choose(rest);
    let client = client(to(rest, start), remote);
    fact.peer = client.peer;
    fact.direction = match &choice {
        _ if remote => Some(Direction::In),
        Choice::One(_) => Some(Direction::Local),
        Choice::Many | Choice::None => None,
    };
    // A host without an address was cut, and apparent fields may be part of its HELO name.
    fact.ambiguous = client.ambiguous || cut || (remote && client.peer.ip.is_empty());
    match choice {
        Choice::One(tail) => {
            fill(fact, &tail);
            // Every complete line has `S=`. Without it, fields before it may be missing as well.
            fact.ambiguous |= !tail.sized;
        }
        Choice::Many | Choice::None => fact.ambiguous = true,
    }
    // Local submissions do not use TLS.
    if fact.ambiguous || fact.direction == Some(Direction::Local) {
        fact.tls = None;
    }
    Ok(())
}

/// Sender: `<>`, a quoted local part with any content, or one word.
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

/// ` R=id`: the message that this bounce is about.
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

/// Finds the ` P=` of Exim, and the index of its space.
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

/// Client of ` H=... `, or none for a local submission (` U=login`).
fn client(segment: &[u8], remote: bool) -> Client<'_> {
    if remote {
        host::whole_client(from(segment, 3))
    } else {
        Client::default()
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

/// True when the recipients of ` for a b c` are complete addresses.
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
