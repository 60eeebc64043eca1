//! `to=<...>, ... status=...`: result of one attempt for one recipient.
//!
//! ```text
//! to=<final>[, orig_to=<original>], relay=HOST:port|service|none[, conn_use=n], delay=s[, delays=a/b/c/d]
//!     [, tls=policy][, dsn=x.y.z], status=word (reason)
//! ```
//!
//! Remote text can be in the addresses and in the reason. When text like `relay=` and `status=` is repeated
//! after the first ones, either may be forged, and the line is ambiguous.

use crate::parse::bytes::{find, from, near, number, split_field, to, word};
use crate::parse::{Absence, Content, Direction, Fact, Kind, Turn};
use crate::tls::Trouble;

use super::Parsed;
use super::daemon::{self, Daemon};
use super::fields::bracketed_before;
use super::host;
use super::reason;
use super::tls_status::TlsStatus;

/// Fields between the addresses and the reason; empty when absent.
#[derive(Clone, Copy, Debug, Default)]
struct DeliveryFields<'a> {
    relay: &'a [u8],
    uses: u32,
    delays: &'a [u8],
    tls: Option<TlsStatus>,
    status: &'a [u8],
}

/// Parses the text of a line.
pub(super) fn read<'a>(
    fact: &mut Fact<'a>,
    daemon: Daemon,
    dialogue: &'a [u8],
    body: &'a [u8],
) -> Parsed {
    let rest = addresses(fact, body).ok_or("delivery without an address")?;
    let line = fields(fact, rest).ok_or("delivery without a status")?;
    fact.ambiguous = repeats_fields(fact.text);
    fact.transport = daemon::name(fact.program);
    let over_network = relay(fact, daemon, &line);
    classify(fact, daemon, &line);
    if fact.direction == Some(Direction::Out) && over_network {
        fact.turn = Turn::Carries;
        fact.dialogue = dialogue;
        fact.open_for = open_for(line.delays);
    }
    set_tls(fact, &line);
    Ok(())
}

/// Parses `to=` and `orig_to=`; returns the text after `relay=`.
fn addresses<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> Option<&'a [u8]> {
    let ends = |after: &[u8]| after.starts_with(b", relay=") || after.starts_with(b", orig_to=");
    let (address, rest) = address(body.strip_prefix(b"to=")?, ends)?;
    fact.address = address;
    let rest = match rest.strip_prefix(b", orig_to=") {
        Some(original) => {
            let (original, rest) = self::address(original, |after| after.starts_with(b", relay="))?;
            fact.parent_address = original;
            rest
        }
        None => rest,
    };
    rest.strip_prefix(b", relay=")
}

/// Parses an address in brackets or, as in rewritten logs, without.
#[inline]
fn address(text: &[u8], ends: impl Fn(&[u8]) -> bool) -> Option<(&[u8], &[u8])> {
    if text.starts_with(b"<") {
        return bracketed_before(text, ends).map(|field| (field.inner, field.rest));
    }
    let end = memchr::memchr_iter(b',', text).find(|at| ends(from(text, *at)))?;
    Some((to(text, end), from(text, end)))
}

/// Parses from the value of `relay=` on. The reason becomes the text of the fact.
fn fields<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Option<DeliveryFields<'a>> {
    let mut line = DeliveryFields::default();
    let (relay, mut rest) = split_field(text)?;
    line.relay = relay;
    loop {
        if let Some(status) = rest.strip_prefix(b"status=") {
            let (status, reason) = word(status);
            line.status = status;
            let reason = reason.strip_prefix(b" (").unwrap_or(reason);
            // The last parenthesis is missing where syslog cut the line.
            fact.text = reason.strip_suffix(b")").unwrap_or(reason);
            return Some(line);
        }
        let (field, next) = split_field(rest)?;
        let equals = near(field, b'=')?;
        let value = from(field, equals + 1);
        match to(field, equals) {
            b"conn_use" => line.uses = number(value)?,
            b"delays" => line.delays = value,
            b"tls" => {
                fact.tls_policy = value;
                line.tls = Some(TlsStatus::read(value));
            }
            b"dsn" => fact.enhanced_status = value,
            _ => {}
        }
        rest = next;
    }
}

/// True when the reason looks like the rest of a line after a forged address.
fn repeats_fields(reason: &[u8]) -> bool {
    find(reason, b">, relay=").is_some_and(|at| find(from(reason, at), b", status=").is_some())
}

/// Sets peer and direction; true when the relay has a network address.
fn relay<'a>(fact: &mut Fact<'a>, daemon: Daemon, line: &DeliveryFields<'a>) -> bool {
    let named = host::named(line.relay);
    let over_network = named.is_some_and(|named| !named.peer.ip.is_empty());
    match daemon {
        Daemon::Mailbox | Daemon::Discard => {
            if let Some(named) = named.filter(|_| over_network) {
                fact.peer = named.peer;
            }
            let tried = line.relay != b"none" || reason::connect_to(fact.text).is_some();
            fact.direction = tried.then_some(Direction::Local);
        }
        // A renamed smtp service is recognised by the address of its relay. LMTP uses a socket on this host, or
        // the network.
        _ => {
            let client = matches!(daemon, Daemon::Smtp | Daemon::Lmtp);
            if let Some(named) = named.filter(|_| over_network) {
                fact.peer = named.peer;
                fact.direction = Some(Direction::Out);
            } else if client && let Some(peer) = reason::connect_to(fact.text) {
                fact.peer = peer;
                fact.direction = Some(Direction::Out);
            } else if named.is_some() || (daemon == Daemon::Lmtp && line.relay != b"none") {
                fact.direction = Some(Direction::Local);
            }
        }
    }
    fact.peer.reused = line.uses >= 2;
    over_network
}

fn classify(fact: &mut Fact<'_>, daemon: Daemon, line: &DeliveryFields<'_>) {
    fact.kind = match line.status {
        b"sent" | b"delivered" | b"relayed" | b"expanded" if daemon == Daemon::Discard => {
            Kind::Discarded
        }
        b"sent" | b"delivered" | b"relayed" | b"expanded" => Kind::Delivery,
        b"deferred" | b"SOFTBOUNCE" if fact.direction.is_some() => Kind::Deferral,
        b"deferred" | b"SOFTBOUNCE" => Kind::RetryWait,
        b"bounced" | b"expired" | b"failed" => Kind::Failure,
        // Address verification: no mail was sent.
        _ => Kind::Note,
    };
    let client = matches!(daemon, Daemon::Smtp | Daemon::Lmtp);
    if client
        && matches!(fact.kind, Kind::Deferral | Kind::RetryWait | Kind::Failure)
        && !fact.ambiguous
    {
        fact.trouble = reason::trouble(fact.text);
        fact.tls_optional = fact.trouble.is_some() && TlsStatus::is_optional(fact.tls_policy);
    }
}

/// Sets the TLS session and the meaning of its absence.
fn set_tls(fact: &mut Fact<'_>, line: &DeliveryFields<'_>) {
    if fact.direction != Some(Direction::Out) {
        fact.absence = Absence::Mute;
        return;
    }
    let is_attempt = matches!(fact.kind, Kind::Deferral | Kind::Failure);
    let was_sent = is_attempt && reason::is_after_content(fact.text);
    fact.content = Content::sent_if(was_sent);
    let has_dialogue = fact.kind == Kind::Delivery || was_sent || reason::is_answer(fact.text);
    fact.absence = match line.tls {
        _ if fact.ambiguous || !has_dialogue => Absence::Mute,
        Some(status) => {
            let (tls, absence) = status.stated();
            fact.tls = tls;
            absence
        }
        None => Absence::Telling,
    };
    let ours = fact
        .trouble
        .filter(|trouble| *trouble != Trouble::PeerRequiresTls);
    if ours.is_some() || fact.kind == Kind::Note {
        fact.tls = None;
    }
}

/// Upper limit of the age of the connection in milliseconds: connection set-up and transmission (`c` and `d` of
/// `a/b/c/d`), each rounded by Postfix.
fn open_for(delays: &[u8]) -> Option<u32> {
    let mut parts = delays.split(|byte| *byte == b'/').skip(2);
    let (setup, sending) = (millis(parts.next()?)?, millis(parts.next()?)?);
    setup.checked_add(sending)
}

/// Upper limit of a rounded time such as `0.21`, in milliseconds: half of its last digit is added.
fn millis(text: &[u8]) -> Option<u32> {
    let dot = near(text, b'.').unwrap_or(text.len());
    let (seconds, fraction) = (to(text, dot), from(text, dot + 1));
    let whole = number::<u32>(seconds)?.checked_mul(1000)?;
    let (value, slack) = match fraction.len() {
        // A time of `0` is below the resolution, by default 0.01 s.
        0 if whole == 0 => (0, 10),
        0 => (0, 500),
        1 => (number::<u32>(fraction)? * 100, 50),
        2 => (number::<u32>(fraction)? * 10, 5),
        _ => (number::<u32>(to(fraction, 3))?, 1),
    };
    whole.checked_add(value + slack)
}

#[cfg(test)]
mod tests;
