use super::super::tests::{fact, s};
use super::*;

#[test]
fn a_connection_from_its_beginning_to_its_end() {
    let opens = fact("postfix/smtpd", "connect from c.example.net[192.0.2.1]");
    assert_eq!(
        (opens.kind, opens.turn, s(opens.dialogue)),
        (Kind::Session, Turn::Opens, "42")
    );
    assert_eq!(
        (s(opens.peer.name), s(opens.peer.ip)),
        ("c.example.net", "192.0.2.1")
    );
    let arrival = fact(
        "postfix/smtpd",
        "C27A5D8: client=unknown[192.0.2.1]:4711, sasl_method=PLAIN, sasl_username=a",
    );
    assert_eq!((arrival.kind, arrival.turn), (Kind::Arrival, Turn::Carries));
    assert_eq!(
        (s(arrival.queue_id), s(arrival.peer.name), arrival.peer.port),
        ("C27A5D8", "", Some(4711))
    );
    let forwarded = fact(
        "postfix/smtpd",
        "C27A5D8: client=localhost[127.0.0.1], orig_queue_id=D27A5D8, orig_client=c.example.net[192.0.2.1]",
    );
    assert_eq!(
        (s(forwarded.peer.ip), s(forwarded.queue_id)),
        ("127.0.0.1", "C27A5D8")
    );
    for (counts, tls) in [
        (" ehlo=2 starttls=1 mail=1 commands=4", true),
        (" ehlo=2 starttls=1/2 commands=4", true),
        (" ehlo=2 starttls=1 mail=0/1 commands=4/5", true),
        (" ehlo=2 starttls=1 mail=2 commands=5", false),
        (" ehlo=2 starttls=1 mail=1/2 commands=5/6", false),
        (" ehlo=2 starttls=1", false),
        (" ehlo=1 starttls=0/1 commands=1/2", false),
        (" ehlo=1 mail=1 commands=2", false),
        ("", false),
    ] {
        let text = format!("disconnect from unknown[192.0.2.1]{counts}");
        let closes = fact("postfix/smtpd", &text);
        let turn = if counts.contains("commands=") {
            Turn::ClosesEmpty
        } else {
            Turn::Closes
        };
        assert_eq!((closes.kind, closes.turn), (Kind::Session, turn));
        assert_eq!(closes.tls, tls.then(Statement::default), "{counts}");
    }
}

#[test]
fn broken_off_connections_are_not_closed_yet() {
    for (text, turn) in [
        (
            "lost connection after STARTTLS from unknown[192.0.2.1]",
            Turn::BreaksOff,
        ),
        (
            "NOQUEUE: lost connection after DATA (7774180 bytes) from unknown[192.0.2.1]",
            Turn::BreaksOffInContent,
        ),
        (
            "lost connection after DATA (0 bytes) from unknown[192.0.2.1]",
            Turn::BreaksOff,
        ),
        (
            "timeout after CONNECT from unknown[192.0.2.1]",
            Turn::BreaksOff,
        ),
        (
            "too many errors after RCPT from unknown[192.0.2.1]",
            Turn::BreaksOff,
        ),
        // The message may have been taken in.
        (
            "lost connection after END-OF-MESSAGE from unknown[192.0.2.1]",
            Turn::Alone,
        ),
        (
            "improper command pipelining after EHLO from unknown[192.0.2.1]: MAIL FROM:<>",
            Turn::Alone,
        ),
    ] {
        let fact = fact("postfix/smtpd", text);
        assert_eq!(
            (fact.kind, fact.turn, s(fact.peer.ip)),
            (Kind::Session, turn, "192.0.2.1"),
            "{text}"
        );
    }
    let with_message = fact(
        "postfix/smtpd",
        "C27A5D8: lost connection after RCPT from unknown[192.0.2.1]",
    );
    assert_eq!(s(with_message.queue_id), "C27A5D8");
}

#[test]
fn a_message_for_a_filter_is_no_arrival_yet() {
    let fact = fact("postfix/smtpd", "NOQUEUE: client=c.example.net[192.0.2.1]");
    assert_eq!((fact.kind, fact.turn), (Kind::Session, Turn::Carries));
    assert_eq!((s(fact.queue_id), s(fact.peer.ip)), ("", "192.0.2.1"));
}
