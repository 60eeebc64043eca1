//! Lines about the connection of a client that start with words: connected, closed, lost, refused, TLS errors,
//! authentication failures, protocol errors.

use memchr::memmem;

use crate::parse::{Direction, Fact, Kind};
use crate::tls::Trouble;

use super::detail::is_error_after_handshake;
use super::errors;
use super::fields::{Field, Fields};
use super::host;
use super::inbound::{self, TlsFields};
use crate::parse::bytes::{angle, from, path, split_once, word};

/// Parses the line; false for other lines.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    match text.first() {
        Some(b'S') => {
            connection(fact, text) || protocol_error(fact, text) || authentication(fact, text)
        }
        Some(b'T') => tls_error(fact, text) || authentication(fact, text),
        Some(b'r' | b't') => {
            rejected(fact, text) || connection(fact, text) || authentication(fact, text)
        }
        Some(b'n') if lookup(fact, text) => true,
        _ => connection(fact, text) || authentication(fact, text) || command(fact, text),
    }
}

/// Beginnings of lines that name a host after ` from `.
const CONNECTIONS: [&[u8]; 11] = [
    b"SMTP connection",
    b"SMTP call",
    b"SMTP command timeout on connection",
    b"SMTP command timeout on TLS connection",
    b"SMTP data timeout (message abandoned) on connection",
    b"SMTP data timeout (message abandoned) on TLS connection",
    b"no MAIL in SMTP connection",
    b"unexpected disconnection while reading SMTP command",
    b"refused connection",
    b"Connection",
    b"connection",
];

fn connection<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    if let Some(rest) = text.strip_prefix(b"SMTP connection lost after final dot") {
        fact.kind = Kind::Session;
        client_after(fact, rest, b" H=");
        return true;
    }
    let from_host = CONNECTIONS
        .iter()
        .filter(|beginning| beginning.first() == text.first())
        .filter_map(|beginning| text.strip_prefix(*beginning))
        .find_map(|rest| {
            let rest = match rest.strip_prefix(b" Ci=") {
                Some(number) => word(number).1,
                None => rest,
            };
            rest.strip_prefix(b" from ")
        });
    let Some(from_host) = from_host else {
        return false;
    };
    fact.kind = Kind::Session;
    let Some((client, rest)) = host::client(from_host, host::AFTER_FROM) else {
        inbound::connected(fact, &host::Client::default());
        return true;
    };
    inbound::connected(fact, &client);
    if text.starts_with(b"no MAIL in ") {
        secured(fact, &client, rest);
        return true;
    }
    if let Some(Field::Tag(b"F", sender)) = Fields::new(rest).next() {
        fact.sender = sender;
    }
    true
}

/// Parses the TLS session in `D=time [A=login] [X=] [CV=] [DN=""] [SNI=] C=commands`. Other lines about a connection have
/// none.
fn secured<'a>(fact: &mut Fact<'a>, client: &host::Client<'a>, rest: &'a [u8]) {
    let mut session = TlsFields::new(client.ident);
    for field in Fields::new(rest) {
        match field {
            Field::Tag(b"C", _) => break,
            Field::Tag(tag, value) => session.field(tag, value),
            // A login may contain spaces.
            Field::Word(_) if session.past_remote => {}
            Field::Word(_) | Field::Text(_) | Field::Host(_) => break,
        }
    }
    session.state(fact);
}

/// Parses the client after `marker`, which must be at the start of the text.
fn client_after<'a>(fact: &mut Fact<'a>, text: &'a [u8], marker: &[u8]) -> Option<&'a [u8]> {
    client_between(fact, text, marker, host::AFTER_FROM)
}

/// The same, where the client is followed by one of `marks`.
fn client_between<'a>(
    fact: &mut Fact<'a>,
    text: &'a [u8],
    marker: &[u8],
    marks: &[&[u8]],
) -> Option<&'a [u8]> {
    let (client, rest) = host::client(text.strip_prefix(marker)?, marks)?;
    inbound::connected(fact, &client);
    Some(rest)
}

/// `TLS error on connection[ Ci=n] from HOST (where): text`: a failed handshake with a client, or an error of
/// an established session.
fn tls_error<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    if let Some(rest) = text.strip_prefix(b"TLS error on connection") {
        let rest = match rest.strip_prefix(b" Ci=") {
            Some(number) => word(number).1,
            None => rest,
        };
        let Some(detail) = client_between(fact, rest, b" from ", host::AFTER_TLS) else {
            return false;
        };
        let detail = detail.strip_prefix(b" ").unwrap_or(detail);
        if is_error_after_handshake(detail) {
            fact.kind = Kind::Note;
        } else {
            fact.kind = Kind::TlsFailed;
            fact.trouble = Some(errors::session_trouble(detail)).filter(|_| !fact.ambiguous);
        }
        return true;
    }
    if text.starts_with(b"TLS client disconnected cleanly") {
        fact.kind = Kind::TlsFailed;
        fact.trouble = Some(Trouble::HandshakeFailed);
        fact.direction = Some(Direction::In);
        return true;
    }
    for beginning in [
        b"TLS recv error on connection".as_slice(),
        b"TLS send error on connection",
    ] {
        if let Some(rest) = text.strip_prefix(beginning) {
            fact.kind = Kind::Note;
            client_between(fact, rest, b" from ", host::AFTER_TLS);
            return true;
        }
    }
    // `TLS error (SSL_read): ...`
    let after_handshake = text
        .strip_prefix(b"TLS error ")
        .is_some_and(is_error_after_handshake);
    if after_handshake {
        fact.kind = Kind::Note;
    }
    after_handshake
}

/// `rejected ...` at the start of the line: `rejected from <sender> H=host: text`, `rejected EHLO from HOST:
/// text`, `rejected MAIL FROM:<sender> H=host: text`.
fn rejected<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let Some(rejected) = inbound::refusal(text) else {
        return false;
    };
    fact.kind = Kind::Rejection;
    if let Some(written) = rejected.strip_prefix(b"from ") {
        sender_then_host(fact, written);
        return true;
    }
    let (command, rest) = word(rejected);
    if command.eq_ignore_ascii_case(b"MAIL") || command.eq_ignore_ascii_case(b"RCPT") {
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let rest = rest.strip_prefix(b"FROM:").unwrap_or(rest);
        if rest.starts_with(b"from ") {
            client_after(fact, rest, b"from ");
        } else {
            sender_then_host(fact, rest);
        }
    } else {
        client_after(fact, rest, b" from ");
    }
    true
}

/// `<sender> H=host`.
fn sender_then_host<'a>(fact: &mut Fact<'a>, written: &'a [u8]) {
    let Some((sender, rest)) = angle(written) else {
        return;
    };
    fact.sender = path(written, sender);
    client_after(fact, rest, b" H=");
}

/// `NAME authenticator failed for HOST: 535 ...` for a client, and `NAME authenticator failed H=host ...` for
/// Exim as a client.
fn authentication<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let (_, rest) = word(text);
    let Some(rest) = rest.strip_prefix(b" authenticator ") else {
        return false;
    };
    // `NAME authenticator (PLAIN): ...`
    if rest.starts_with(b"(") {
        fact.kind = Kind::Note;
        return true;
    }
    if let Some(host) = rest.strip_prefix(b"failed for ") {
        let host = host.strip_prefix(b"H=").unwrap_or(host);
        fact.kind = Kind::Rejection;
        match host::client(host, host::AFTER_LOGIN) {
            Some((client, _)) => inbound::connected(fact, &client),
            None => inbound::connected(fact, &host::Client::default()),
        }
        return true;
    }
    let host = rest
        .strip_prefix(b"failed H=")
        .or_else(|| rest.strip_prefix(b"cancelled authentication H="));
    if let Some(host) = host {
        fact.kind = Kind::Note;
        fact.peer = host::outbound(host).0;
        fact.direction = Some(Direction::Out);
    }
    host.is_some()
}

/// `SMTP protocol error in "COMMAND" H=host text`. The command comes from the client and its quotes are not
/// escaped: the last `" H=` counts, and with more than one the line is ambiguous.
fn protocol_error<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    const BEGINNINGS: [&[u8]; 4] = [
        b"SMTP protocol error in ",
        b"SMTP syntax error in ",
        b"SMTP protocol synchronization error ",
        b"SMTP protocol violation: synchronization error ",
    ];
    let Some(rest) = BEGINNINGS
        .iter()
        .find_map(|beginning| text.strip_prefix(*beginning))
    else {
        return false;
    };
    fact.kind = Kind::Session;
    if rest.starts_with(b"(")
        && let Some((_, host)) = split_once(rest, b"): rejected connection from H=")
    {
        fact.kind = Kind::Rejection;
        client_after(fact, host, b"");
        return true;
    }
    let mut places = memmem::rfind_iter(rest, b"\" H=");
    if let Some(at) = places.next() {
        client_after(fact, from(rest, at + 4), b"");
        fact.ambiguous |= places.next().is_some();
    }
    true
}

/// Name look-ups for a client: `no host name found for IP address IP`,
/// `no IP address found for host NAME (during SMTP connection from HOST)`.
fn lookup<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    if let Some(ip) = text.strip_prefix(b"no host name found for IP address ") {
        fact.peer.ip = word(ip).0;
        fact.direction = Some(Direction::In);
    } else if text.starts_with(b"no IP address found for host ") {
        let during = b"(during SMTP connection from ";
        if let Some(at) = memmem::rfind(text, during) {
            let host = from(text, at + during.len());
            // The parenthesis closes after the host, a port or an interface.
            client_after(fact, host.strip_suffix(b")").unwrap_or(host), b"");
        }
    } else {
        return false;
    }
    fact.kind = Kind::Note;
    true
}

/// Other commands: `VRFY failed for X H=host`, `ETRN x received from H`, `ignoring AUTH=x from H`.
fn command<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    const BEGINNINGS: [&[u8]; 6] = [
        b"VRFY failed for ",
        b"EXPN ",
        b"ETRN ",
        b"ATRN ",
        b"ignoring AUTH=",
        b"unqualified ",
    ];
    let is = BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning));
    if is {
        fact.kind = Kind::Session;
    }
    is
}

#[cfg(test)]
mod tests;
