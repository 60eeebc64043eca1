//! Entries whose tag is just `postfix`, since RFC 5424 has no slash in program names and some relays cut them
//! there. The text shows which program wrote them.

use crate::parse::bytes::{contains, from, split_once};

use super::daemon::Daemon;
use super::queue_id;

/// Program that writes such lines.
pub(super) fn daemon(text: &[u8]) -> Daemon {
    match queue_id::split(text) {
        (Some(b""), body) if body.starts_with(b"reject: RCPT from [") => Daemon::Postscreen,
        (Some(b""), _) => Daemon::Smtpd,
        (Some(_), body) => of_message(body),
        (None, text) => of_connection(text),
    }
}

fn of_message(body: &[u8]) -> Daemon {
    const BEGINNINGS: [(&[u8], Daemon); 15] = [
        (b"client=", Daemon::Smtpd),
        (b"reject: ", Daemon::Smtpd),
        (b"message-id=", Daemon::Cleanup),
        (b"resent-message-id=", Daemon::Cleanup),
        (b"milter-", Daemon::Cleanup),
        (b"from=", Daemon::Queue),
        (b"removed", Daemon::Queue),
        (b"skipped, ", Daemon::Queue),
        (b"uid=", Daemon::Pickup),
        (b"sender ", Daemon::Bounce),
        (b"postmaster ", Daemon::Bounce),
        (b"placed on hold", Daemon::Postsuper),
        (b"released from hold", Daemon::Postsuper),
        (b"requeued", Daemon::Postsuper),
        (b"host ", Daemon::Smtp),
    ];
    if body.starts_with(b"to=") {
        return of_delivery(body);
    }
    let known = BEGINNINGS
        .iter()
        .find(|(beginning, _)| body.starts_with(beginning));
    known.map_or(Daemon::Smtp, |(_, daemon)| *daemon)
}

/// By the relay: a host with a port is reached by SMTP, a socket by LMTP, and everything else is on this host.
fn of_delivery(body: &[u8]) -> Daemon {
    let Some((_, relay)) = split_once(body, b">, relay=") else {
        return Daemon::Other;
    };
    if contains(relay, b">, relay=") {
        // Forged by an address or a reply: the smtp parser makes it ambiguous.
        return Daemon::Smtp;
    }
    let end = relay.iter().position(|byte| *byte == b',');
    let relay = relay.get(..end.unwrap_or(relay.len())).unwrap_or_default();
    match relay {
        b"none" if contains(body, b"(delivery temporarily suspended: ") => Daemon::Error,
        b"none" => Daemon::Smtp,
        b"local" | b"virtual" => Daemon::Mailbox,
        _ if relay.ends_with(b"]") => Daemon::Lmtp,
        _ if contains(relay, b"]:") => Daemon::Smtp,
        _ => Daemon::Mailbox,
    }
}

fn of_connection(text: &[u8]) -> Daemon {
    const SERVER: [&[u8]; 10] = [
        b"connect from ",
        b"disconnect from ",
        b"lost connection after ",
        b"timeout after ",
        b"too many errors after ",
        b"improper command pipelining after ",
        b"SSL_accept error from ",
        b"setting up TLS connection from ",
        b"warning: non-SMTP command from ",
        b"warning: hostname ",
    ];
    const CLIENT: [&[u8]; 6] = [
        b"connect to ",
        b"SSL_connect error to ",
        b"setting up TLS connection to ",
        b"Host offered STARTTLS",
        b"certificate verification failed for ",
        b"server certificate verification failed for ",
    ];
    const SCREEN: [&[u8]; 7] = [
        b"CONNECT from [",
        b"PASS ",
        b"PREGREET ",
        b"HANGUP after ",
        b"DISCONNECT [",
        b"ALLOWLISTED ",
        b"WHITELISTED ",
    ];
    let begins = |known: &[&[u8]]| known.iter().any(|known| text.starts_with(known));
    let established = split_once(text, b"TLS connection ").map(|(_, rest)| {
        let rest = rest.strip_prefix(b"established ").unwrap_or(rest);
        rest.strip_prefix(b"reused ").unwrap_or(rest)
    });
    // The level is one word; a name after it may come from a remote host.
    let is_tls_line = text
        .iter()
        .position(|byte| *byte == b' ')
        .is_some_and(|at| from(text, at + 1).starts_with(b"TLS connection "))
        || text.starts_with(b"TLS connection ");
    match established.filter(|_| is_tls_line) {
        Some(rest) if rest.starts_with(b"from ") => return Daemon::Smtpd,
        Some(rest) if rest.starts_with(b"to ") => return Daemon::Smtp,
        _ => {}
    }
    if text.starts_with(b"CONNECT to [") {
        Daemon::Tlsproxy
    } else if begins(&SERVER) {
        Daemon::Smtpd
    } else if begins(&CLIENT) {
        Daemon::Smtp
    } else if begins(&SCREEN) {
        Daemon::Postscreen
    } else {
        Daemon::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_tell_who_wrote_them() {
        for (text, expected) in [
            ("connect from client.example.org[192.0.2.1]", Daemon::Smtpd),
            (
                "Anonymous TLS connection established from x.example.org[192.0.2.1]: TLSv1.3 with",
                Daemon::Smtpd,
            ),
            (
                "Trusted TLS connection reused to mx.example.net[192.0.2.2]:25: TLSv1.3 with",
                Daemon::Smtp,
            ),
            ("C27A5D8: client=x.example.org[192.0.2.1]", Daemon::Smtpd),
            (
                "NOQUEUE: reject: RCPT from x[192.0.2.1]: 554",
                Daemon::Smtpd,
            ),
            (
                "NOQUEUE: reject: RCPT from [192.0.2.1]:4711: 550",
                Daemon::Postscreen,
            ),
            ("C27A5D8: message-id=<a@example.org>", Daemon::Cleanup),
            ("C27A5D8: removed", Daemon::Queue),
            ("C27A5D8: uid=0 from=<root>", Daemon::Pickup),
            (
                "C27A5D8: to=<a@example.org>, relay=mx.example.org[192.0.2.2]:25, delay=1, x",
                Daemon::Smtp,
            ),
            (
                "C27A5D8: to=<\"a>, relay=none\"@example.org>, relay=virtual, delay=1, x",
                Daemon::Smtp,
            ),
            (
                "C27A5D8: to=<a@example.org>, relay=mx.example.org[private/lmtp], delay=1",
                Daemon::Lmtp,
            ),
            (
                "C27A5D8: to=<a@example.org>, relay=spamfilter, x",
                Daemon::Mailbox,
            ),
            ("C27A5D8: to=<a@example.org>, relay=none, x", Daemon::Smtp),
            (
                "C27A5D8: to=<a@example.org>, relay=none, x (delivery temporarily suspended: y)",
                Daemon::Error,
            ),
            ("PASS NEW [192.0.2.1]:4711", Daemon::Postscreen),
            ("CONNECT to [192.0.2.1]:25", Daemon::Tlsproxy),
            ("daemon started -- version 3.11.7", Daemon::Other),
        ] {
            assert_eq!(daemon(text.as_bytes()), expected, "{text}");
        }
    }
}
