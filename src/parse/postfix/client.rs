//! smtp and lmtp: lines about a server, other than those about a recipient.

use crate::parse::bytes::split_once;
use crate::parse::{Absence, Content, Direction, Fact, Kind, Turn};
use crate::tls::Trouble;

use super::daemon::Daemon;
use super::host;
use super::reason;
use super::tls_line;

/// Parses the text of a line; false for unknown lines.
pub(super) fn read<'a>(
    fact: &mut Fact<'a>,
    daemon: Daemon,
    dialogue: &'a [u8],
    body: &'a [u8],
) -> bool {
    let read = of_report(fact, body)
        || if fact.queue_id.is_empty() {
            tls_line::read(fact, dialogue, body) || of_server(fact, dialogue, body)
        } else {
            of_attempt(fact, dialogue, body)
        };
    // LMTP uses the network if there is an address or TLS, else a socket on this host.
    let is_local = fact.peer.ip.is_empty() && fact.trouble.is_none() && fact.tls.is_none();
    if daemon == Daemon::Lmtp && is_local && fact.direction == Some(Direction::Out) {
        fact.direction = Some(Direction::Local);
    }
    read
}

/// `TLSRPT: status=..., domain=..., receiving_mx=HOST[IP]`: a handshake is entered in the reports of RFC 8460 (Postfix
/// 3.10). Other lines tell what became of it.
fn of_report<'a>(fact: &mut Fact<'a>, body: &'a [u8]) -> bool {
    let Some(report) = body.strip_prefix(b"TLSRPT: status=") else {
        return false;
    };
    if let Some((_, server)) = split_once(report, b", receiving_mx=") {
        fact.peer = host::named(server)
            .map(|named| named.peer)
            .unwrap_or_default();
        fact.direction = Some(Direction::Out);
    }
    true
}

/// Lines without a message: `connect to H[IP]:25: Connection refused`, `Host offered STARTTLS: [H]`.
fn of_server<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], body: &'a [u8]) -> bool {
    if let Some(name) = body.strip_prefix(b"Host offered STARTTLS: [") {
        fact.peer.name = name.strip_suffix(b"]").unwrap_or(name);
    } else if tls_line::is_note(body) {
        let named = tls_line::host_of_note(body);
        fact.peer = named.map(|named| named.peer).unwrap_or_default();
        fact.turn = Turn::Remarks;
        fact.dialogue = dialogue;
    } else if let Some((peer, _)) = reason::host(body) {
        fact.peer = peer;
    } else {
        return false;
    }
    fact.direction = Some(Direction::Out);
    true
}

/// Lines with a message: why the server was given up. The `status=` line follows for the next server.
fn of_attempt<'a>(fact: &mut Fact<'a>, dialogue: &'a [u8], body: &'a [u8]) -> bool {
    let host = reason::host(body);
    let about_tls = reason::is_about_tls(body);
    if body.starts_with(b"enabling PIX ")
        && let Some((_, server)) = split_once(body, b" for ")
    {
        fact.direction = Some(Direction::Out);
        fact.peer = host::named(server)
            .map(|named| named.peer)
            .unwrap_or_default();
        return true;
    }
    if host.is_none() && !about_tls {
        return false;
    }
    fact.direction = Some(Direction::Out);
    let peer = host
        .map(|(peer, _)| peer)
        .or_else(|| reason::last_host(body).filter(|_| about_tls));
    fact.peer = peer.unwrap_or_default();
    let trouble = reason::trouble(body);
    fact.trouble = trouble;
    fact.kind = match trouble {
        Some(Trouble::StarttlsNotSupported | Trouble::StarttlsFailed) => Kind::TlsRefused,
        Some(Trouble::HandshakeFailed | Trouble::ValidationFailure) => Kind::TlsFailed,
        _ => Kind::Note,
    };
    fact.content = Content::sent_if(reason::is_after_content(body));
    if host.is_none_or(|(_, is_closed)| is_closed) {
        // The next connection, even to the same server, may be in clear.
        fact.turn = if trouble == Some(Trouble::HandshakeFailed) {
            Turn::Failed
        } else {
            Turn::Closes
        };
        fact.dialogue = dialogue;
    } else if reason::is_answer(body) {
        fact.turn = Turn::Carries;
        fact.dialogue = dialogue;
        fact.absence = Absence::Mute;
    }
    true
}

#[cfg(test)]
mod tests;
