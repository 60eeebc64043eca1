use super::super::tests::{fact, s};
use super::*;
use crate::tls::Verify;

const HEAD: &str = "C27A5D8: to=<a@example.org>, relay=mx.example.net[192.0.2.1]:25, delay=1.3, delays=0.1/0/1/0.21";

#[test]
fn sent() {
    let fact = fact(
        "postfix/relay/smtp",
        "C27A5D8: to=<a@example.org>, orig_to=<b@example.org>, relay=mx.example.net[2001:db8::1]:25, delay=1.3, delays=0.1/0/1/0.21, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as D27A5D8)",
    );
    assert_eq!(fact.kind, Kind::Delivery);
    assert_eq!(fact.direction, Some(Direction::Out));
    assert_eq!(
        (s(fact.address), s(fact.parent_address)),
        ("a@example.org", "b@example.org")
    );
    assert_eq!(
        (s(fact.peer.name), s(fact.peer.ip)),
        ("mx.example.net", "2001:db8::1")
    );
    assert_eq!(fact.peer.port, Some(25));
    assert_eq!((fact.turn, s(fact.dialogue)), (Turn::Carries, "42"));
    assert_eq!(fact.open_for, Some(1000 + 500 + 210 + 5));
    assert_eq!(
        (s(fact.transport), s(fact.enhanced_status)),
        ("smtp", "2.0.0")
    );
    assert_eq!(s(fact.text), "250 2.0.0 Ok: queued as D27A5D8");
    assert_eq!(s(fact.peer_queue_id()), "D27A5D8");
    assert_eq!(
        (fact.tls, fact.absence, fact.ambiguous),
        (None, Absence::Telling, false)
    );
}

#[test]
fn old_lines_have_fewer_fields() {
    let fact = fact(
        "postfix/smtp",
        "C27A5D8: to=<a@example.org>, relay=mx.example.net[192.0.2.1], delay=3, status=sent (250 Ok)",
    );
    assert_eq!((fact.kind, fact.open_for), (Kind::Delivery, None));
    assert_eq!((s(fact.peer.ip), fact.peer.port), ("192.0.2.1", None));
    assert_eq!(s(fact.enhanced_status), "");
}

#[test]
fn delays_are_bounds() {
    for (delays, millis) in [
        ("0.1/0.2/0.3/0.04", Some(350 + 45)),
        ("1/2/0/0", Some(20)),
        ("1/2/11/0.001", Some(11_502)),
        ("1/2/3", None),
        ("1/2/x/1", None),
        ("1/2/4294967295/1", None),
        ("", None),
    ] {
        assert_eq!(open_for(delays.as_bytes()), millis, "{delays}");
    }
}

const NONE: &str = "C27A5D8: to=<a@example.org>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1";
const OUT: Option<Direction> = Some(Direction::Out);
const LOCAL: Option<Direction> = Some(Direction::Local);

fn assert_kinds(head: &str, rows: &[(&str, &str, Kind, Option<Direction>)]) {
    for (program, rest, kind, direction) in rows {
        let (program, text) = (format!("postfix/{program}"), format!("{head}, {rest}"));
        let fact = fact(&program, &text);
        assert_eq!((fact.kind, fact.direction), (*kind, *direction), "{text}");
        assert_eq!(fact.transport, daemon::name(program.as_bytes()));
    }
}

#[test]
fn kinds_without_a_relay() {
    use Kind::{Deferral, Discarded, Failure, Note, RetryWait};
    let refused = "connect to mx.example.net[192.0.2.1]:25: Connection refused";
    let deferred = format!("status=deferred ({refused})");
    let bounced = format!("status=bounced ({refused})");
    let suspended = format!("status=deferred (delivery temporarily suspended: {refused})");
    let lookup = "status=deferred (Host or domain name not found. Name service error for name=x type=MX: Host not found, try again)";
    assert_kinds(
        NONE,
        &[
            ("smtp", &deferred, Deferral, OUT),
            ("smtp", &bounced, Failure, OUT),
            ("smtp", lookup, RetryWait, None),
            (
                "smtp",
                "status=bounced (Host or domain name not found)",
                Failure,
                None,
            ),
            ("error", &suspended, RetryWait, None),
            (
                "qmgr",
                "status=deferred (mail transport unavailable)",
                RetryWait,
                None,
            ),
            (
                "error",
                "status=bounced (User unknown in virtual alias table)",
                Failure,
                None,
            ),
            ("error", "status=undeliverable (User unknown)", Note, None),
            ("discard", "status=sent (example.org)", Discarded, None),
            ("lmtp", &deferred, Deferral, OUT),
        ],
    );
}

#[test]
fn kinds_over_the_network() {
    use Kind::{Deferral, Delivery, Failure, Note};
    assert_kinds(
        HEAD,
        &[
            (
                "smtp",
                "dsn=4.2.0, status=deferred (host mx.example.net[192.0.2.1] said: 450 4.2.0 later)",
                Deferral,
                OUT,
            ),
            (
                "smtp",
                "dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.1] said: 550 5.1.1 no)",
                Failure,
                OUT,
            ),
            (
                "smtp",
                "dsn=4.0.0, status=expired (host mx.example.net[192.0.2.1] said: 450 x)",
                Failure,
                OUT,
            ),
            (
                "smtp",
                "dsn=5.0.0, status=SOFTBOUNCE (host mx.example.net[192.0.2.1] said: 550 x)",
                Deferral,
                OUT,
            ),
            (
                "smtp",
                "dsn=2.1.5, status=deliverable (250 2.1.5 Ok)",
                Note,
                OUT,
            ),
            (
                "lmtp",
                "dsn=2.0.0, status=sent (250 2.0.0 Saved)",
                Delivery,
                OUT,
            ),
        ],
    );
}

#[test]
fn kinds_on_this_host() {
    let local = "C27A5D8: to=<a@example.org>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0";
    let socket = "C27A5D8: to=<a@example.org>, relay=mx.example.org[private/dovecot-lmtp], delay=1, delays=1/0/0/0, dsn=2.0.0";
    let saved = "status=sent (250 2.0.0 Saved)";
    assert_kinds(
        local,
        &[
            (
                "local",
                "status=sent (delivered to mailbox)",
                Kind::Delivery,
                LOCAL,
            ),
            (
                "local",
                "status=deferred (cannot open mailbox)",
                Kind::Deferral,
                LOCAL,
            ),
        ],
    );
    assert_kinds(
        socket,
        &[
            ("lmtp", saved, Kind::Delivery, LOCAL),
            ("smtp", saved, Kind::Delivery, LOCAL),
        ],
    );
}

/// The LMTP client speaks over a path on this host, or over a network like the SMTP client; what it says of TLS counts
/// there.
#[test]
fn lmtp_over_a_network_is_a_leg() {
    let head = "C27A5D8: to=<a@example.org>, relay=store.example.net[203.0.113.44]:24, delay=1, delays=0/0/0/1";
    let text = format!("{head}, dsn=2.0.0, status=sent (250 2.0.0 Saved)");
    let sent = fact("postfix/lmtp", &text);
    assert_eq!((sent.direction, sent.absence), (OUT, Absence::Telling));
    assert_eq!(
        (sent.turn, s(sent.peer.ip)),
        (Turn::Carries, "203.0.113.44")
    );
    let tls = fact(
        "postfix/lmtp",
        "Trusted TLS connection established to store.example.net[203.0.113.44]:24: TLSv1 with cipher RC4-SHA (128/128 bits)",
    );
    assert_eq!((tls.direction, tls.turn), (OUT, Turn::Secured));
    let path = fact(
        "postfix/lmtp",
        "C27A5D8: host mx.example.org[private/dovecot-lmtp] said: 450 4.2.0 later",
    );
    assert_eq!(path.direction, LOCAL);
}

#[test]
fn a_refused_connection_names_the_host() {
    let fact = fact(
        "postfix/smtp",
        "C27A5D8: to=<a@example.org>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.net[192.0.2.1]:25: Connection refused)",
    );
    assert_eq!(
        (s(fact.peer.name), s(fact.peer.ip), fact.peer.port),
        ("mx.example.net", "192.0.2.1", Some(25))
    );
    assert_eq!((fact.turn, fact.absence), (Turn::Alone, Absence::Mute));
}

#[test]
fn tls_policy() {
    let sent = "dsn=2.0.0, status=sent (250 Ok)";
    for (tls, stated, absence) in [
        ("tls=may:none", None, Absence::Clear),
        ("tls=none", None, Absence::Clear),
        ("tls=may", Some(None), Absence::Mute),
        ("tls=dane", Some(Some(Verify::Dane)), Absence::Mute),
        ("tls=may?", None, Absence::Mute),
    ] {
        let text = format!("{HEAD}, {tls}, {sent}");
        let fact = fact("postfix/smtp", &text);
        assert_eq!(
            (fact.tls.map(|tls| tls.verify), fact.absence),
            (stated, absence),
            "{text}"
        );
    }
    let local = fact(
        "postfix/virtual",
        "C27A5D8: to=<a@example.org>, relay=virtual, delay=0, delays=0/0/0/0, tls=none, dsn=2.0.0, status=sent (delivered to maildir)",
    );
    assert_eq!(
        (local.direction, local.absence),
        (Some(Direction::Local), Absence::Mute)
    );
}

#[test]
fn a_reused_connection() {
    let head = HEAD.replace("delay=1.3", "conn_use=3, delay=1.3");
    let text = format!("{head}, dsn=2.0.0, status=sent (250 Ok)");
    let fact = fact("postfix/smtp", &text);
    assert!(fact.peer.reused);
    assert_eq!((fact.tls, fact.absence), (None, Absence::Telling));
}

#[test]
fn troubles() {
    for (text, trouble) in [
        (
            "TLS is required, but was not offered by host mx.example.net[192.0.2.1]",
            Some(Trouble::StarttlsNotSupported),
        ),
        (
            "TLS is required, but host mx.example.net[192.0.2.1] refused to start TLS: 454 4.7.0 x",
            Some(Trouble::StarttlsFailed),
        ),
        ("TLS is required, but our TLS engine is unavailable", None),
        (
            "Cannot start TLS: handshake failure",
            Some(Trouble::HandshakeFailed),
        ),
        (
            "Server certificate not verified",
            Some(Trouble::ValidationFailure),
        ),
        (
            "Server certificate not trusted",
            Some(Trouble::ValidationFailure),
        ),
        (
            "host mx.example.net[192.0.2.1] said: 530 5.7.0 Must issue a STARTTLS command first (in reply to MAIL FROM command)",
            Some(Trouble::PeerRequiresTls),
        ),
        (
            "host mx.example.net[192.0.2.1] said: 450 4.7.1 greylisted, TLS is required, but was not offered by host you[192.0.2.2]",
            None,
        ),
        (
            "host mx.example.net[192.0.2.1] said: 550 5.7.1 see our STARTTLS page",
            None,
        ),
        (
            "lost connection with mx.example.net[192.0.2.1] while performing the EHLO handshake",
            None,
        ),
    ] {
        let line = format!("{HEAD}, tls=!encrypt, dsn=4.7.4, status=deferred ({text})");
        let fact = fact("postfix/smtp", &line);
        assert_eq!(
            (fact.kind, fact.trouble, fact.tls),
            (Kind::Deferral, trouble, None),
            "{text}"
        );
        assert_eq!(fact.absence, Absence::Mute, "{text}");
        assert_eq!(s(fact.text), text);
    }
}

#[test]
fn what_level_may_says_of_a_failed_handshake() {
    for (tls, optional) in [("tls=may?, ", true), ("tls=encrypt?, ", false), ("", false)] {
        let text = format!(
            "{HEAD}, {tls}dsn=4.7.5, status=deferred (Cannot start TLS: handshake failure)"
        );
        let fact = fact("postfix/smtp", &text);
        assert_eq!(fact.trouble, Some(Trouble::HandshakeFailed), "{text}");
        assert_eq!(fact.tls_optional, optional, "{text}");
    }
}

#[test]
fn an_answer_tells_what_the_connection_was() {
    let said = "dsn=4.2.0, status=deferred (host mx.example.net[192.0.2.1] said: 450 4.2.0 later (in reply to RCPT TO command))";
    let text = format!("{HEAD}, tls=may:none, {said}");
    assert_eq!(fact("postfix/smtp", &text).absence, Absence::Clear);
    let text = format!("{HEAD}, {said}");
    assert_eq!(fact("postfix/smtp", &text).absence, Absence::Telling);
}

#[test]
fn a_quoted_recipient_hides_nothing() {
    let address =
        r#""x>, relay=evil.example[192.0.2.66]:25, tls=dane, status=sent (y"@example.org"#;
    let text = format!(
        "C27A5D8: to=<{address}>, relay=mx.example.net[192.0.2.1]:25, delay=1, delays=0/0/0/1, tls=may:none, dsn=2.0.0, status=sent (250 Ok)"
    );
    let fact = fact("postfix/smtp", &text);
    assert_eq!(s(fact.address), address);
    assert_eq!(s(fact.peer.name), "mx.example.net");
    assert_eq!((fact.absence, fact.ambiguous), (Absence::Clear, false));
}

#[test]
fn an_unquoted_one_makes_the_line_ambiguous() {
    let text = "C27A5D8: to=<x>, relay=evil.example[192.0.2.66]:25, delay=1, delays=0/0/0/1, tls=dane, dsn=2.0.0, status=sent (250 y@example.org>, relay=mx.example.net[192.0.2.1]:25, delay=1, delays=0/0/0/1, tls=may:none, dsn=2.0.0, status=sent (250 Ok)";
    let fact = fact("postfix/smtp", text);
    assert!(fact.ambiguous);
    assert_eq!((fact.tls, fact.absence), (None, Absence::Mute));
}

#[test]
fn a_reply_is_only_text() {
    let reply = "250 ok), tls=dane, relay=evil.example[192.0.2.66]:25, status=bounced (no";
    let text = format!("{HEAD}, tls=may:none, dsn=2.0.0, status=sent ({reply})");
    let fact = fact("postfix/smtp", &text);
    assert_eq!((fact.kind, fact.absence), (Kind::Delivery, Absence::Clear));
    assert_eq!((s(fact.peer.name), s(fact.text)), ("mx.example.net", reply));
}
