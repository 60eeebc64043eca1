//! `QID: to=<r>[,<r>...], [ctladdr=,] delay=, [xdelay=,] [mailer=,] pri=, [relay=,] [dsn=,] [reply=,] stat=`.
//!
//! The recipients, `ctladdr=`, `reply=` and what follows the status word of `stat=` are remote. `reply=`
//! stands before `stat=` and can imitate it, so the class of `dsn=`, which stands before both, must agree.

use super::address::{List, list, one};
use super::fields::{next, rfind, until_comma};
use super::tls::{More, refusal};
use super::{Parsed, relay};
use crate::parse::bytes::{between, contains, from, split_once, to};
use crate::parse::{Absence, Direction, Fact, Kind, Peer, Turn};
use crate::tls::Trouble;

/// Mailers that move mail on this host (`cf/mailer`, and the internal ones).
const LOCAL: [&[u8]; 13] = [
    b"local",
    b"prog",
    b"*file*",
    b"*include*",
    b"procmail",
    b"cyrus",
    b"cyrusbb",
    b"cyrusv2",
    b"lmtp",
    b"uucp",
    b"mail11",
    b"error",
    b"bitbucket",
];

/// Mailers of the SMTP family.
const NETWORK: [&[u8]; 5] = [b"smtp", b"esmtp", b"smtp8", b"dsmtp", b"relay"];

/// What Sendmail says itself when there was no conversation.
const UNREACHED: [&[u8]; 9] = [
    b"Connection refused",
    b"Connection timed out",
    b"Connection reset",
    b"Operation timed out",
    b"No route to host",
    b"Network is unreachable",
    b"Host is down",
    b"Name server",
    b"Host unknown",
];

#[derive(Default)]
struct Line<'a> {
    mailer: &'a [u8],
    relay: &'a [u8],
    dsn: &'a [u8],
    reply: Option<&'a [u8]>,
    stat: Option<&'a [u8]>,
    contested: bool,
    more: More<'a>,
}

/// Reads what follows `to=`.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8], pid: &'a [u8]) -> Parsed {
    let (list, rest) = recipients(fact, text).ok_or("to= without a delay")?;
    fact.address = list.first;
    fact.recipients = list.several;
    let line = fields(rest);
    let stat = line.stat.ok_or("to= without a status")?;
    fact.transport = line.mailer;
    fact.peer = relay::peer(line.relay);
    fact.enhanced_status = line.dsn;
    fact.kind = kind(stat, &line);
    fact.direction = Some(direction(&line, !fact.peer.ip.is_empty()));
    if fact.peer.ip.is_empty() && is_nowhere(stat) {
        // The domain stands where a host would: nobody was connected to.
        fact.peer = Peer::default();
        fact.direction = None;
    }
    fact.text = match between(stat, b"Sent (", b")") {
        Some(reply) => reply,
        None => line.reply.unwrap_or(stat),
    };
    let refused = line.dsn.first().is_some_and(|class| *class != b'2');
    fact.ambiguous |= line.contested || (fact.kind == Kind::Delivery && refused);
    if fact.direction == Some(Direction::Out) {
        converse(fact, &line, stat, pid);
    }
    Ok(())
}

/// The recipients, and what follows from a comma on.
fn recipients<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Option<(List<'a>, &'a [u8])> {
    if let Some((found, rest)) = list(text) {
        let rest = match rest.strip_prefix(b", ctladdr=") {
            Some(owner) => one(owner).map(|(_, rest)| until_comma(rest).1),
            None => Some(rest),
        };
        if let Some(rest) = rest
            && rest.starts_with(b", delay=")
        {
            return Some((found, rest));
        }
    }
    // Something was cut in the middle: only the end of the line is sure.
    fact.ambiguous = true;
    let at = rfind(text, b", delay=")?;
    let first = to(text, at);
    Some((
        List {
            first,
            several: b"",
        },
        from(text, at),
    ))
}

fn fields(text: &[u8]) -> Line<'_> {
    let mut line = Line::default();
    let mut tail = text;
    loop {
        if let Some(stat) = tail.strip_prefix(b", stat=") {
            line.stat = Some(stat);
            return line;
        }
        if let Some(written) = tail.strip_prefix(b", reply=")
            && let Some((reply, stat)) = split_once(written, b", stat=")
        {
            line.contested = contains(stat, b", stat=");
            line.reply = Some(reply);
            line.stat = Some(stat);
            return line;
        }
        let Some((key, value, rest)) = next(tail) else {
            return line;
        };
        match key {
            b"mailer" => line.mailer = value,
            b"relay" => line.relay = value,
            b"dsn" => line.dsn = value,
            _ => line.more.take(key, value),
        }
        tail = rest;
    }
}

/// The status words are Sendmail's own; a class of `dsn=` that is not theirs is the peer's doing.
fn kind(stat: &[u8], line: &Line<'_>) -> Kind {
    let sent = stat == b"Sent" || stat.starts_with(b"Sent ");
    if line.contested {
        return match line.dsn.first() {
            Some(b'2') => Kind::Delivery,
            Some(b'5') => Kind::Failure,
            _ => Kind::Deferral,
        };
    }
    match stat {
        b"discarded" => Kind::Discarded,
        _ if sent && contains(line.mailer, b"discard") => Kind::Discarded,
        _ if sent => Kind::Delivery,
        b"queued" => Kind::RetryWait,
        _ if stat.starts_with(b"quarantine") => Kind::Frozen,
        _ if stat.starts_with(b"Deferred") || line.dsn.first() == Some(&b'4') => Kind::Deferral,
        _ => Kind::Failure,
    }
}

/// No host of the domain was found.
fn is_nowhere(stat: &[u8]) -> bool {
    let reason = stat.strip_prefix(b"Deferred: ").unwrap_or(stat);
    reason.starts_with(b"Host unknown") || reason.starts_with(b"Name server: ")
}

fn direction(line: &Line<'_>, address: bool) -> Direction {
    let network = !LOCAL.contains(&line.mailer) && (NETWORK.contains(&line.mailer) || address);
    if network {
        Direction::Out
    } else {
        Direction::Local
    }
}

/// What the conversation with the next host has to do with the line.
fn converse<'a>(fact: &mut Fact<'a>, line: &Line<'a>, stat: &'a [u8], pid: &'a [u8]) {
    let reason = stat.strip_prefix(b"Deferred: ").unwrap_or(stat);
    let unreached = UNREACHED.iter().any(|start| reason.starts_with(start));
    let talked = !fact.peer.ip.is_empty() && fact.kind != Kind::RetryWait && !unreached;
    if !talked || fact.ambiguous {
        fact.absence = Absence::Mute;
    }
    if talked {
        fact.dialogue = pid;
        fact.turn = Turn::Carries;
    }
    if !fact.ambiguous {
        fact.tls = line.more.statement(Direction::Out);
    }
    if fact.kind != Kind::Delivery {
        fact.trouble = match line.reply {
            // The peer's own words: it can demand TLS, not refuse it in our name.
            Some(reply) => refusal(reply).filter(|it| *it == Trouble::PeerRequiresTls),
            None => refusal(stat),
        };
    }
}
