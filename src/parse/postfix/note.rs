//! Warnings and worse, and the message lines that are only worth keeping.

use crate::parse::{Direction, Fact, Turn};

use super::daemon::Daemon;
use super::host;
use super::queue_id;

/// Reads `warning: ...` and the like; false when the line has no such level. A queue ID or the client that the
/// warning is about is noted: `warning: QID: ...`, `warning: HOST: SASL ...`.
pub(super) fn leveled<'a>(
    fact: &mut Fact<'a>,
    daemon: Daemon,
    dialogue: &'a [u8],
    text: &'a [u8],
) -> bool {
    const LEVELS: [&[u8]; 5] = [b"warning: ", b"error: ", b"fatal: ", b"panic: ", b"debug: "];
    let Some(body) = LEVELS.iter().find_map(|level| text.strip_prefix(*level)) else {
        return false;
    };
    let (id, body) = queue_id::split(body);
    fact.queue_id = id.unwrap_or_default();
    if daemon == Daemon::Smtp && body.starts_with(b"TLS library problem: ") {
        // Why the handshake failed of which the line before tells.
        fact.direction = Some(Direction::Out);
        fact.turn = Turn::Remarks;
        fact.dialogue = dialogue;
    }
    if daemon == Daemon::Smtpd {
        let client = host::named(body).filter(|named| named.rest.starts_with(b": "));
        let client = client.or_else(|| {
            let rest = body.strip_prefix(b"non-SMTP command from ")?;
            host::named(rest)
        });
        if let Some(named) = client {
            fact.peer = named.peer;
            fact.direction = Some(Direction::In);
        }
    }
    true
}

/// Beginnings of lines with a queue ID that change nothing for the message.
pub(super) fn is_known(body: &[u8]) -> bool {
    const STARTS: [&[u8]; 25] = [
        b"enabling PIX ",
        b"breaking line > ",
        b"host ",
        b"lost connection with ",
        b"conversation with ",
        b"connect to ",
        b"SMTPUTF8 ",
        b"REQUIRETLS ",
        b"Sender requested REQUIRETLS",
        b"sender requested REQUIRETLS",
        b"TLS ",
        b"Cannot ",
        b"Server certificate ",
        b"message has been queued ",
        b"message requires ",
        b"message size ",
        b"mail for ",
        b"expanded ",
        b"filtered ",
        b"milter ",
        b"queue file ",
        b"uid=",
        b"client certificate ",
        b"wrong ",
        b"local data error ",
    ];
    STARTS.iter().any(|start| body.starts_with(start))
}
