//! Warnings and errors, and lines about messages without effect.

use crate::parse::bytes::{from, near, split_once, to};
use crate::parse::{Direction, Fact, Peer, Turn};

use super::daemon::Daemon;
use super::host;
use super::queue_id;

/// Parses `warning: ...` and similar lines; false for lines without such a level. A queue ID or the client in
/// the warning is set: `warning: QID: ...`, `warning: HOST: SASL ...`.
#[inline]
pub(super) fn leveled<'a>(
    fact: &mut Fact<'a>,
    daemon: Daemon,
    dialogue: &'a [u8],
    text: &'a [u8],
) -> bool {
    after_level(text).is_some_and(|body| {
        about(fact, daemon, dialogue, body);
        true
    })
}

/// Recognises that the master starts or reads its settings again; false for other lines.
pub(super) fn restart(fact: &mut Fact<'_>, body: &[u8]) -> bool {
    let restarts = [&b"daemon started -- "[..], b"reload -- "];
    let is_one = restarts.iter().any(|start| body.starts_with(start));
    if is_one {
        fact.turn = Turn::Restarts;
    }
    is_one
}

/// Sets what a warning is about.
fn about<'a>(fact: &mut Fact<'a>, daemon: Daemon, dialogue: &'a [u8], body: &'a [u8]) {
    let (id, body) = queue_id::split(body);
    fact.queue_id = id.unwrap_or_default();
    if daemon == Daemon::Smtp && body.starts_with(b"TLS library problem: ") {
        // The cause of the failed handshake on the line before.
        fact.direction = Some(Direction::Out);
        fact.turn = Turn::Remarks;
        fact.dialogue = dialogue;
    }
    if daemon == Daemon::Smtpd
        && let Some(peer) = client(body)
    {
        fact.peer = peer;
        fact.direction = Some(Direction::In);
    }
}

/// Text after `warning: ` and similar levels.
#[inline]
fn after_level(text: &[u8]) -> Option<&[u8]> {
    let end = near(to(text, 8), b':')?;
    let known = matches!(
        to(text, end),
        b"warning" | b"error" | b"fatal" | b"panic" | b"debug"
    );
    from(text, end + 1).strip_prefix(b" ").filter(|_| known)
}

/// Client in a warning of smtpd.
fn client(body: &[u8]) -> Option<Peer<'_>> {
    if let Some(named) = host::named(body).filter(|named| named.rest.starts_with(b": ")) {
        return Some(named.peer);
    }
    if let Some(unproved) = body.strip_prefix(b"hostname ") {
        // Its host name could not be verified.
        let (_, address) = split_once(unproved, b" does not resolve to address ")?;
        let ip = split_once(address, b": ").map_or(address, |(ip, _)| ip);
        return is_address(ip).then_some(Peer {
            ip,
            ..Peer::default()
        });
    }
    let named = match body.strip_prefix(b"non-SMTP command from ") {
        Some(named) => named,
        None => split_once(split_once(body, b" limit exceeded: ")?.1, b" from ")?.1,
    };
    host::named(named).map(|named| named.peer)
}

fn is_address(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<std::net::IpAddr>().is_ok())
}

/// True for lines with a queue ID that have no effect on the message.
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

#[cfg(test)]
mod tests {
    use super::super::tests::neighbours;
    use super::*;

    #[test]
    fn a_level_is_one_of_five_words() {
        const LEVELS: [&[u8]; 5] = [b"warning: ", b"error: ", b"fatal: ", b"panic: ", b"debug: "];
        let more = [
            b"warnings: x".as_slice(),
            b"C27A5D8: removed",
            b"connect from x",
        ];
        let all = LEVELS.iter().chain(&more);
        for text in all.flat_map(|text| neighbours(&[*text, b"a: b"].concat())) {
            let expected = LEVELS.iter().find_map(|level| text.strip_prefix(*level));
            assert_eq!(after_level(&text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_client_that_a_warning_is_about() {
        for (text, name, ip) in [
            (
                "hostname mail.example.org does not resolve to address 192.0.2.44: No address",
                "",
                "192.0.2.44",
            ),
            (
                "Connection rate limit exceeded: 31 from mail.example.org[192.0.2.1] for service smtp",
                "mail.example.org",
                "192.0.2.1",
            ),
            (
                "mail.example.org[2001:db8::1]: SASL LOGIN authentication failed",
                "mail.example.org",
                "2001:db8::1",
            ),
        ] {
            let peer = client(text.as_bytes()).unwrap();
            assert_eq!(
                (peer.name, peer.ip),
                (name.as_bytes(), ip.as_bytes()),
                "{text}"
            );
        }
        for text in [
            "hostname x does not resolve to address evil.example.org",
            "something else from mail.example.org[192.0.2.1]",
            "",
        ] {
            assert_eq!(client(text.as_bytes()), None, "{text}");
        }
    }
}
