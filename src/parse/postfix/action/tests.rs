use super::super::tests::{fact, neighbours, s};
use super::*;

#[test]
fn refused_recipient() {
    let fact = fact(
        "postfix/submission/smtpd",
        "NOQUEUE: reject: RCPT from c.example.net[192.0.2.1]: 554 5.7.1 <b@example.org>: Relay access denied; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<c>",
    );
    assert_eq!(
        (fact.kind, fact.direction),
        (Kind::Rejection, Some(Direction::In))
    );
    assert_eq!((fact.turn, s(fact.dialogue)), (Turn::Carries, "42"));
    assert_eq!(
        (s(fact.peer.name), s(fact.peer.ip), s(fact.peer.helo)),
        ("c.example.net", "192.0.2.1", "c")
    );
    assert_eq!(
        (s(fact.sender), s(fact.address)),
        ("a@example.net", "b@example.org")
    );
    assert_eq!(
        (s(fact.protocol), s(fact.enhanced_status)),
        ("ESMTP", "5.7.1")
    );
    assert_eq!(
        s(fact.text),
        "554 5.7.1 <b@example.org>: Relay access denied"
    );
    assert_eq!((s(fact.queue_id), fact.trouble), ("", None));
}

#[test]
fn kinds() {
    for (program, text, kind) in [
        (
            "smtpd",
            "NOQUEUE: reject: CONNECT from unknown[192.0.2.1]: 450 4.7.25 no; proto=SMTP",
            Kind::Rejection,
        ),
        (
            "smtpd",
            "NOQUEUE: reject_warning: RCPT from unknown[192.0.2.1]: 553 5.7.1 no; from=<> to=<b> proto=SMTP helo=<c>",
            Kind::Note,
        ),
        (
            "smtpd",
            "C27A5D8: reject: DATA from unknown[192.0.2.1]: 550 5.5.3 <DATA>: no; from=<> proto=ESMTP helo=<c>",
            Kind::Rejection,
        ),
        (
            "smtpd",
            "NOQUEUE: discard: RCPT from unknown[192.0.2.1]: <b>: x; from=<a> to=<b> proto=SMTP helo=<c>",
            Kind::Discarded,
        ),
        (
            "smtpd",
            "NOQUEUE: hold: RCPT from unknown[192.0.2.1]: <b>: x; from=<a> to=<b> proto=SMTP helo=<c>",
            Kind::Note,
        ),
        (
            "smtpd",
            "NOQUEUE: filter: RCPT from unknown[192.0.2.1]: <b>: x; from=<a> to=<b> proto=SMTP helo=<c>",
            Kind::Note,
        ),
        (
            "smtpd",
            "NOQUEUE: milter-reject: MAIL from unknown[192.0.2.1]: 451 4.7.1 later; from=<a> proto=SMTP helo=<c>",
            Kind::Rejection,
        ),
        (
            "smtpd",
            "proxy-reject: END-OF-MESSAGE: ; from=<a> to=<b> proto=ESMTP helo=<c>",
            Kind::Rejection,
        ),
        (
            "cleanup",
            "C27A5D8: milter-reject: END-OF-MESSAGE from unknown[192.0.2.1]: 5.7.1 spam; from=<a> to=<b> proto=SMTP helo=<c>",
            Kind::Rejection,
        ),
        (
            "cleanup",
            "C27A5D8: milter-discard: END-OF-MESSAGE from unknown[192.0.2.1]: x; from=<a> to=<b> proto=SMTP helo=<c>",
            Kind::Discarded,
        ),
        (
            "cleanup",
            "C27A5D8: hold: header X: y from unknown[192.0.2.1]; from=<a> to=<b> proto=SMTP helo=<c>: why",
            Kind::Frozen,
        ),
        (
            "cleanup",
            "C27A5D8: redirect: body y from local; from=<a> to=<b>: c@example.org",
            Kind::Note,
        ),
        (
            "cleanup",
            "C27A5D8: warning: header X: y from local; from=<a> to=<b>",
            Kind::Note,
        ),
        (
            "postscreen",
            "NOQUEUE: reject: RCPT from [192.0.2.1]:4711: 550 5.7.1 no; from=<a>, to=<b>, proto=ESMTP, helo=<c>",
            Kind::Rejection,
        ),
    ] {
        let program = format!("postfix/{program}");
        assert_eq!(fact(&program, text).kind, kind, "{text}");
    }
}

#[test]
fn header_check() {
    let fact = fact(
        "postfix/cleanup",
        "C27A5D8: reject: header Subject: from x[192.0.2.66]; from unknown[192.0.2.1]; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<c>: 5.7.1 no such words",
    );
    assert_eq!((s(fact.queue_id), fact.kind), ("C27A5D8", Kind::Rejection));
    assert_eq!(
        (s(fact.peer.ip), s(fact.enhanced_status)),
        ("192.0.2.1", "5.7.1")
    );
    assert_eq!(
        (s(fact.sender), s(fact.text)),
        ("a@example.net", "5.7.1 no such words")
    );
    assert_eq!(fact.turn, Turn::Alone);
}

#[test]
fn our_own_demand_for_tls_is_a_rejection() {
    for text in [
        "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 450 4.7.1 Session encryption is required; from=<a> to=<b> proto=ESMTP helo=<c>",
        "NOQUEUE: reject: MAIL from unknown[192.0.2.1]: 530 5.7.0 Must issue a STARTTLS command first; proto=ESMTP helo=<c>",
    ] {
        let fact = fact("postfix/smtpd", text);
        let unused = Some(Trouble::StarttlsNotUsed);
        assert_eq!(
            (fact.kind, fact.trouble),
            (Kind::Rejection, unused),
            "{text}"
        );
    }
    // Words of a client, an action that lets it pass, and a line that the client imitates.
    for text in [
        "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 450 4.7.1 <Session encryption is required@example.org>: no; from=<a> to=<b> proto=ESMTP helo=<c>",
        "NOQUEUE: reject_warning: RCPT from unknown[192.0.2.1]: 450 4.7.1 Session encryption is required; from=<a> to=<b> proto=ESMTP helo=<c>",
        "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 450 4.7.1 Session encryption is required; from=<a> to=<b> proto=SMTP helo=<x; from=<c> to=<d> proto=SMTP helo=<e>>",
    ] {
        assert_eq!(fact("postfix/smtpd", text).trouble, None, "{text}");
    }
}

#[test]
fn a_helo_name_that_imitates_the_trailer_hides_who_it_was() {
    let fact = fact(
        "postfix/smtpd",
        "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 554 5.7.1 no; from=<a> to=<b> proto=SMTP helo=<x; from=<c> to=<d> proto=SMTP helo=<e>>",
    );
    assert!(fact.ambiguous);
    assert_eq!(
        (s(fact.sender), s(fact.address), s(fact.peer.helo)),
        ("", "", "")
    );
    assert_eq!(s(fact.peer.ip), "192.0.2.1");
}

#[test]
fn an_action_is_what_stands_before_the_first_colon_and_space() {
    let all = [
        "reject: RCPT from a[192.0.2.1]: 554 x; from=<a> to=<b> proto=SMTP helo=<c>",
        "milter-quarantine: END-OF-MESSAGE from a[192.0.2.1]: x: y",
        "milter-quarantinex: END-OF-MESSAGE from a[192.0.2.1]: x",
        "info: header X: y from local; from=<a>",
        "from=<a>, size=1, nrcpt=1 (queue active)",
        "removed",
        "reject:",
    ];
    for text in all.iter().flat_map(|text| neighbours(text.as_bytes())) {
        let action = crate::parse::bytes::split_once(&text, b": ").map(|(action, _)| action);
        let known = action.is_some_and(|action| kind(action, true).is_some());
        let mut fact = Fact {
            queue_id: b"C27A5D8",
            ..Fact::default()
        };
        assert_eq!(
            read(&mut fact, Daemon::Smtpd, b"42", &text),
            known,
            "{text:?}"
        );
    }
}
