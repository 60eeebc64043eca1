//! postscreen, tlsproxy, dnsblog: who knocks, before there is a session that carries mail.
//!
//! tlsproxy sets up TLS for the SMTP client, and repeats its lines about that where the client's log level is one that
//! asks for them; they are kept as they stand and state nothing.

use crate::parse::bytes::{contains, find, from, split_once, word};
use crate::parse::{Direction, Fact, Kind, Turn};

use super::daemon::Daemon;
use super::host;

/// Reads the body of the line; false when it is of no known kind.
pub(super) fn read<'a>(fact: &mut Fact<'a>, daemon: Daemon, body: &'a [u8]) -> bool {
    let read = match daemon {
        Daemon::Postscreen => knock(fact, body),
        Daemon::Tlsproxy => proxied(fact, body),
        _ => listed(fact, body),
    };
    if read {
        fact.kind = Kind::Session;
    }
    read
}

/// `CONNECT from [IP]:port to [IP]:port`, `PASS NEW [IP]:port`, `DNSBL rank 3 for [IP]:port`, `PREGREET 14 after 0.08 from
/// [IP]:port: words`, `COMMAND TIME LIMIT from [IP]:port after HELO`: the first address that follows Postfix's own words.
fn knock<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    let (first, _) = word(body);
    let capitals = first.len() > 2
        && first
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || *byte == b'-');
    let Some(at) = find(body, b"[").filter(|_| capitals) else {
        return false;
    };
    if let Some(named) = host::named(from(body, at)) {
        fact.peer = named.peer;
        fact.direction = Some(Direction::In);
    }
    true
}

/// `CONNECT from|to [IP]:port`, `DISCONNECT [IP]:port`, `TLS handshake failed for service=smtp peer=[IP]:25`, and what the
/// TLS library says of a connection.
fn proxied<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    let marks: [(&[u8], Option<Direction>); 4] = [
        (b" from ", Some(Direction::In)),
        (b" to ", Some(Direction::Out)),
        (b" peer=", None),
        (b"DISCONNECT ", None),
    ];
    for (mark, direction) in marks {
        if let Some((_, after)) = split_once(body, mark)
            && let Some(named) = host::named(after)
        {
            fact.peer = named.peer;
            fact.direction = direction;
            if direction == Some(Direction::Out) {
                fact.turn = lending(body);
            }
            return true;
        }
    }
    false
}

/// The part of a line on a connection that the SMTP client asked for.
fn lending(body: &[u8]) -> Turn {
    if body.starts_with(b"CONNECT to ") {
        Turn::Lends
    } else if contains(body, b"TLS connection established to ") {
        Turn::Lent
    } else {
        Turn::Alone
    }
}

/// `addr IP listed by domain D as IP`.
fn listed<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    let Some(rest) = body.strip_prefix(b"addr ") else {
        return false;
    };
    let (ip, rest) = word(rest);
    if !rest.starts_with(b" listed by ") && !rest.starts_with(b" blocked by ") {
        return false;
    }
    fact.peer.ip = ip;
    fact.direction = Some(Direction::In);
    true
}

#[cfg(test)]
mod tests;
