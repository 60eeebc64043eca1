use super::super::tests::{fact, s};
use super::*;
use crate::parse::Turn;

#[test]
fn postscreen() {
    for text in [
        "CONNECT from [192.0.2.1]:4711 to [192.0.2.2]:25",
        "PASS NEW [192.0.2.1]:4711",
        "ALLOWLISTED [192.0.2.1]:4711",
        "WHITELIST VETO [192.0.2.1]:4711",
        "DNSBL rank 3 for [192.0.2.1]:4711",
        "PREGREET 14 after 0.08 from [192.0.2.1]:4711: EHLO [192.0.2.66]",
        "HANGUP after 0 from [192.0.2.1]:4711 in tests before SMTP handshake",
        "COMMAND TIME LIMIT from [192.0.2.1]:4711 after HELO",
        "NON-SMTP COMMAND from [192.0.2.1]:4711 after CONNECT: GET",
        "DISCONNECT [192.0.2.1]:4711",
    ] {
        let fact = fact("postfix/postscreen", text);
        assert_eq!(
            (fact.kind, fact.turn, fact.direction),
            (Kind::Session, Turn::Alone, Some(Direction::In)),
            "{text}"
        );
        assert_eq!(
            (s(fact.peer.ip), fact.peer.port),
            ("192.0.2.1", Some(4711)),
            "{text}"
        );
    }
    let cache = fact(
        "postfix/postscreen",
        "cache btree:/x full cleanup: retained=242 dropped=7 entries",
    );
    assert_eq!(cache.kind, Kind::Note);
}

#[test]
fn tlsproxy_states_nothing() {
    for (text, turn) in [
        ("CONNECT to [192.0.2.1]:25", Turn::Lends),
        ("CONNECT from [192.0.2.1]:25", Turn::Alone),
        ("DISCONNECT [192.0.2.1]:25", Turn::Alone),
        (
            "TLS handshake failed for service=smtp peer=[192.0.2.1]:25",
            Turn::NotLent,
        ),
        (
            "Trusted TLS connection established to mx.example.net[192.0.2.1]:25: TLSv1.3 with cipher X (256/256 bits)",
            Turn::Lent,
        ),
        (
            "SSL_accept error from [192.0.2.1]:25: lost connection",
            Turn::Alone,
        ),
    ] {
        let fact = fact("postfix/tlsproxy", text);
        assert_eq!(
            (fact.kind, fact.turn, fact.tls),
            (Kind::Session, turn, None),
            "{text}"
        );
        assert_eq!(s(fact.peer.ip), "192.0.2.1", "{text}");
    }
}

#[test]
fn block_lists() {
    let fact = fact(
        "postfix/dnsblog",
        "addr 192.0.2.1 listed by domain bl.example.org as 127.0.0.2",
    );
    assert_eq!((fact.kind, s(fact.peer.ip)), (Kind::Session, "192.0.2.1"));
}
