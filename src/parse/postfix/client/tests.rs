use super::super::tests::{fact, s};
use super::*;

#[test]
fn why_a_server_was_passed_over() {
    for (text, kind, trouble, turn) in [
        (
            "TLS is required, but was not offered by host mx.example.net[192.0.2.1]",
            Kind::TlsRefused,
            Some(Trouble::StarttlsNotSupported),
            Turn::Closes,
        ),
        (
            "TLS is required, but host mx.example.net[192.0.2.1] refused to start TLS: 454 x",
            Kind::TlsRefused,
            Some(Trouble::StarttlsFailed),
            Turn::Closes,
        ),
        (
            "host mx.example.net[192.0.2.1] said: 450 4.2.0 later (in reply to RCPT TO command)",
            Kind::Note,
            None,
            Turn::Carries,
        ),
        (
            "host mx.example.net[192.0.2.1] refused to talk to me: 421 x",
            Kind::Note,
            None,
            Turn::Closes,
        ),
        (
            "lost connection with mx.example.net[192.0.2.1] while sending RCPT TO",
            Kind::Note,
            None,
            Turn::Closes,
        ),
        (
            "conversation with mx.example.net[192.0.2.1] timed out while sending MAIL FROM",
            Kind::Note,
            None,
            Turn::Closes,
        ),
        (
            "enabling PIX workarounds: disable_esmtp for mx.example.net[192.0.2.1]:25",
            Kind::Note,
            None,
            Turn::Alone,
        ),
        (
            "TLSRPT: status=failure, domain=example.net, receiving_mx=mx.example.net[192.0.2.1], \
             failure_type=starttls-not-supported",
            Kind::Note,
            None,
            Turn::Alone,
        ),
    ] {
        let line = format!("C27A5D8: {text}");
        let fact = fact("postfix/smtp", &line);
        assert_eq!(
            (fact.kind, fact.trouble, fact.turn),
            (kind, trouble, turn),
            "{text}"
        );
        assert_eq!(
            (s(fact.peer.ip), fact.direction),
            ("192.0.2.1", Some(Direction::Out)),
            "{text}"
        );
        assert_eq!((s(fact.queue_id), s(fact.text)), ("C27A5D8", text));
    }
    let handshake = fact(
        "postfix/smtp",
        "C27A5D8: Cannot start TLS: handshake failure",
    );
    assert_eq!(
        (handshake.kind, handshake.turn),
        (Kind::TlsFailed, Turn::Failed)
    );
    assert!(handshake.peer.is_empty());
    let certificate = fact("postfix/smtp", "C27A5D8: Server certificate not verified");
    assert_eq!(
        (certificate.kind, certificate.turn),
        (Kind::TlsFailed, Turn::Closes)
    );
}

#[test]
fn lines_about_a_server() {
    for text in [
        "connect to mx.example.net[192.0.2.1]:25: Connection refused",
        "server certificate verification failed for mx.example.net[192.0.2.1]:25: num=62:hostname mismatch",
        "certificate verification failed for mx.example.net[192.0.2.1]:25: untrusted issuer /CN=x to y[192.0.2.66]:25",
        "setting up TLS connection to mx.example.net[192.0.2.1]:25",
    ] {
        let fact = fact("postfix/smtp", text);
        let turn = if text.starts_with("connect ") {
            Turn::Alone
        } else {
            Turn::Remarks
        };
        assert_eq!(
            (fact.kind, fact.turn, fact.trouble),
            (Kind::Note, turn, None),
            "{text}"
        );
        assert_eq!(
            (s(fact.peer.name), s(fact.peer.ip)),
            ("mx.example.net", "192.0.2.1"),
            "{text}"
        );
        assert_eq!(fact.direction, Some(Direction::Out));
    }
    let offered = fact("postfix/smtp", "Host offered STARTTLS: [mx.example.net]");
    assert_eq!(
        (offered.kind, s(offered.peer.name)),
        (Kind::Note, "mx.example.net")
    );
}
