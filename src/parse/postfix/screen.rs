//! postscreen, tlsproxy and dnsblog: clients before an SMTP session.
//!
//! tlsproxy does TLS for the SMTP client. Its lines about that are repeated by the client itself, so they state
//! no session.

use crate::parse::bytes::{contains, find, from, split_once, word};
use crate::parse::{Direction, Fact, Kind, Turn};

use super::daemon::Daemon;
use super::host;

/// Parses the text of a line; false for unknown lines.
pub(super) fn read<'a>(fact: &mut Fact<'a>, daemon: Daemon, body: &'a [u8]) -> bool {
    let read = match daemon {
        Daemon::Postscreen => postscreen(fact, body),
        Daemon::Tlsproxy => tlsproxy(fact, body),
        _ => dnsblog(fact, body),
    };
    if read {
        fact.kind = Kind::Session;
    }
    read
}

/// `CONNECT from [IP]:port to [IP]:port`, `PASS NEW [IP]:port`, `DNSBL rank 3 for [IP]:port`,
/// `PREGREET 14 after 0.08 from [IP]:port: words`, `COMMAND TIME LIMIT from [IP]:port after HELO`: the client is the
/// first address.
fn postscreen<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
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

/// `CONNECT from|to [IP]:port`, `DISCONNECT [IP]:port`, `TLS handshake failed for service=smtp peer=[IP]:25`,
/// and messages of the TLS library about a connection.
fn tlsproxy<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
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
                fact.turn = turn_of_proxied_client(body);
            } else if body.starts_with(b"TLS handshake failed for ") {
                fact.turn = Turn::NotLent;
            }
            return true;
        }
    }
    false
}

/// Role of a line about a connection made for the SMTP client.
fn turn_of_proxied_client(body: &[u8]) -> Turn {
    if body.starts_with(b"CONNECT to ") {
        Turn::Lends
    } else if contains(body, b"TLS connection established to ") {
        Turn::Lent
    } else {
        Turn::Alone
    }
}

/// `addr IP dnsblog by domain D as IP`.
fn dnsblog<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
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
