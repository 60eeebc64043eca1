//! `QID: to=<r>[,<r>...], [ctladdr=,] delay=, [xdelay=,] [mailer=,] pri=, [relay=,] [dsn=,] [reply=,] stat=`.
//!
//! The recipients, `ctladdr=`, `reply=` and the text after the first word of `stat=` are remote text. `reply=`
//! comes before `stat=` and may imitate it, so the class of `dsn=`, which comes before both, must agree.

use super::address::{List, list, one};
use super::fields::{next, rfind, until_comma};
use super::tls::{ExtraTlsFields, refusal};
use super::{Parsed, relay};
use crate::parse::bytes::{between, contains, from, split_once, to};
use crate::parse::{Absence, Direction, Fact, Kind, Peer, Turn};
use crate::tls::Trouble;

/// Mailers that deliver on this host (`cf/mailer`, and internal ones).
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

/// SMTP mailers.
const NETWORK: [&[u8]; 5] = [b"smtp", b"esmtp", b"smtp8", b"dsmtp", b"relay"];

/// Texts of Sendmail about failed connections.
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
struct DeliveryFields<'a> {
    mailer: &'a [u8],
    relay: &'a [u8],
    dsn: &'a [u8],
    reply: Option<&'a [u8]>,
    stat: Option<&'a [u8]>,
    ambiguous: bool,
    extra_tls: ExtraTlsFields<'a>,
}

/// Parses the text after `to=`.
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
    if fact.peer.ip.is_empty() && is_host_unknown(stat) {
        // The relay is a domain: no connection was made.
        fact.peer = Peer::default();
        fact.direction = None;
    }
    fact.text = match between(stat, b"Sent (", b")") {
        Some(reply) => reply,
        None => line.reply.unwrap_or(stat),
    };
    let refused = line.dsn.first().is_some_and(|class| *class != b'2');
    fact.ambiguous |= line.ambiguous || (fact.kind == Kind::Delivery && refused);
    if fact.direction == Some(Direction::Out) {
        set_connection(fact, &line, stat, pid);
    }
    Ok(())
}

/// Recipients, and the rest from a comma on.
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
    // The line was cut in the middle; only its end can be trusted.
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

fn fields(text: &[u8]) -> DeliveryFields<'_> {
    let mut line = DeliveryFields::default();
    let mut tail = text;
    loop {
        if let Some(stat) = tail.strip_prefix(b", stat=") {
            line.stat = Some(stat);
            return line;
        }
        if let Some(written) = tail.strip_prefix(b", reply=")
            && let Some((reply, stat)) = split_once(written, b", stat=")
        {
            line.ambiguous = contains(stat, b", stat=");
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
            _ => line.extra_tls.take(key, value),
        }
        tail = rest;
    }
}

/// Kind by `stat=`, whose first word is Sendmail's. In an ambiguous line `stat=` may come from the peer, so the
/// class of `dsn=` decides.
fn kind(stat: &[u8], line: &DeliveryFields<'_>) -> Kind {
    let sent = stat == b"Sent" || stat.starts_with(b"Sent ");
    if line.ambiguous {
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

/// True when no host of the domain was found.
fn is_host_unknown(stat: &[u8]) -> bool {
    let reason = stat.strip_prefix(b"Deferred: ").unwrap_or(stat);
    reason.starts_with(b"Host unknown") || reason.starts_with(b"Name server: ")
}

fn direction(line: &DeliveryFields<'_>, address: bool) -> Direction {
    let network = !LOCAL.contains(&line.mailer) && (NETWORK.contains(&line.mailer) || address);
    if network {
        Direction::Out
    } else {
        Direction::Local
    }
}

/// Sets the connection, the TLS session, and why TLS failed.
fn set_connection<'a>(
    fact: &mut Fact<'a>,
    line: &DeliveryFields<'a>,
    stat: &'a [u8],
    pid: &'a [u8],
) {
    let reason = stat.strip_prefix(b"Deferred: ").unwrap_or(stat);
    let unreached = UNREACHED.iter().any(|start| reason.starts_with(start));
    let connected = !fact.peer.ip.is_empty() && fact.kind != Kind::RetryWait && !unreached;
    if !connected || fact.ambiguous {
        fact.absence = Absence::Mute;
    }
    if connected {
        fact.dialogue = pid;
        fact.turn = Turn::Carries;
    }
    if !fact.ambiguous {
        fact.tls = line.extra_tls.statement(Direction::Out);
    }
    if fact.kind != Kind::Delivery {
        fact.trouble = match line.reply {
            // The reply is the peer's, which can require TLS but not refuse it on behalf of this host.
            Some(reply) => refusal(reply, None).filter(|it| *it == Trouble::PeerRequiresTls),
            None => refusal(stat, None),
        };
    }
}
