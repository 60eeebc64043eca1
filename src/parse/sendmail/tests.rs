use super::*;
use crate::parse::{Absence, Direction, Stamp, Turn};
use crate::tls::{Statement, Trouble, Verify};

const ID: &str = "4BQ7Xabc001234";

fn outcome(text: &str) -> Outcome<'static> {
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    entry(&Entry {
        stamp: Stamp::default(),
        host: b"mx",
        program: b"sm-mta",
        pid: b"1234",
        text: text.as_bytes(),
    })
}

/// The fact of a line, given without its frame. Leaks the line: a test's life is short.
fn fact(text: &str) -> Fact<'static> {
    match outcome(text) {
        Outcome::Fact(fact) => fact,
        other => panic!("{other:?}: {text}"),
    }
}

fn of_message(body: &str) -> Fact<'static> {
    let fact = fact(&format!("{ID}: {body}"));
    assert_eq!(text_of(fact.queue_id), ID);
    fact
}

fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn programs() {
    for name in [
        "sendmail",
        "sm-mta",
        "sm-msp-queue",
        "sm-acceptingconnections",
        "sendmail-mta",
    ] {
        assert!(claims(name.as_bytes()), "{name}");
    }
    for name in ["sm-notify", "postfix/sendmail", "smtpd", "exim", ""] {
        assert!(!claims(name.as_bytes()), "{name}");
    }
}

#[test]
fn queue_ids_of_every_release() {
    for id in [
        "4BQ7Xabc001234",
        "xA32R2PQ3529565",
        "e9T8abc12345",
        "JAA01234",
        "AA12345",
        "60118304001118",
    ] {
        let read = fact(&format!("{id}: done; delay=00:00:01, ntries=2"));
        assert_eq!((text_of(read.queue_id), read.kind), (id, Kind::Completion));
    }
    for text in [
        "SYSERR(root): hash map \"x\": missing",
        "STARTTLS: read error=generic",
        "restarting /usr/sbin/sendmail due to signal",
        "12345678: x",
        "6011830400111: x",
        "NOQUEUE: SYSERR(root): x",
    ] {
        let read = fact(text);
        assert!(read.queue_id.is_empty(), "{text}");
        assert_eq!(read.kind, Kind::Note, "{text}");
    }
}

#[test]
fn a_piece_of_a_long_line_is_a_note() {
    for piece in [
        "from=<a@example.org>, size=1, class=0 ...",
        "to=<b@example.net>, stat=Sent",
    ] {
        let read = fact(&format!("{ID}[1]: {piece}"));
        assert_eq!((text_of(read.queue_id), read.kind), (ID, Kind::Note));
        assert!(read.sender.is_empty() && read.address.is_empty());
    }
}

#[test]
fn an_arrival_over_the_network() {
    let read = of_message(
        "from=<a@example.org>, size=287, class=0, nrcpts=2, msgid=<m.1@example.org>, \
         bodytype=8BITMIME, proto=ESMTPS, daemon=MTA-v4, relay=client.example.org [192.0.2.7] (may be forged)",
    );
    assert_eq!(read.kind, Kind::Arrival);
    assert_eq!(read.direction, Some(Direction::In));
    assert_eq!(read.sender, b"a@example.org");
    assert_eq!(read.size, Some(287));
    assert_eq!(read.message_id, b"m.1@example.org");
    assert_eq!(read.protocol, b"ESMTPS");
    assert_eq!(read.peer.name, b"", "it does not lead back");
    assert_eq!(read.peer.ip, b"192.0.2.7");
    assert_eq!(read.tls, Some(Statement::default()));
    assert_eq!(
        (read.turn, read.dialogue),
        (Turn::Carries, b"1234".as_slice())
    );
    assert!(!read.ambiguous);
}

#[test]
fn a_name_that_may_be_forged_names_nobody() {
    for text in [
        "STARTTLS=server, relay=bank.example [192.0.2.66] (may be forged), version=TLSv1.2, verify=NOT, cipher=AES128-SHA, bits=128/128",
        "ruleset=check_rcpt, arg1=<b@example.net>, relay=bank.example [192.0.2.66] (may be forged), reject=550 5.7.1 no",
        "NOQUEUE: connect from bank.example [192.0.2.66] (may be forged)",
        "bank.example [192.0.2.66] (may be forged): EXPN root [rejected]",
    ] {
        let forged = fact(text).peer;
        assert_eq!(
            (forged.name, forged.ip),
            (&b""[..], &b"192.0.2.66"[..]),
            "{text}"
        );
        let stated = text.replace(" (may be forged)", "");
        assert_eq!(fact(&stated).peer.name, b"bank.example", "{stated}");
    }
}

#[test]
fn arrivals_of_other_releases() {
    let old = of_message(
        "from=<>, size=99, class=0, pri=30099, nrcpts=1, msgid=<x@example.org>, proto=SMTP, relay=IDENT:joe@h.example.org [192.0.2.8]",
    );
    assert_eq!(old.sender, b"<>");
    assert_eq!(old.peer.name, b"h.example.org");
    assert_eq!((old.tls, old.absence), (None, Absence::Telling));
    let older = of_message(
        "from=<a@example.org>, size=99, class=0, pri=1, nrcpts=1, msgid=<x@example.org>, received from h.example.org (192.0.2.8)",
    );
    assert_eq!(older.peer.ip, b"192.0.2.8");
    let literal = of_message(
        "from=a@example.org, size=9, class=0, nrcpts=1, msgid=m@h, proto=ESMTP, daemon=MTA, relay=[IPv6:2001:db8::1]",
    );
    assert_eq!(literal.sender, b"a@example.org");
    assert_eq!(literal.message_id, b"m@h");
    assert_eq!(
        (literal.peer.name, literal.peer.ip),
        (b"".as_slice(), b"2001:db8::1".as_slice())
    );
}

#[test]
fn a_local_submission_has_no_network() {
    let read = of_message(
        "from=joe, size=98, class=0, nrcpts=1, msgid=<m@h>, proto=ESMTPS, relay=joe@localhost",
    );
    assert_eq!(
        (read.kind, read.direction),
        (Kind::Arrival, Some(Direction::Local))
    );
    assert_eq!((read.tls, read.turn), (None, Turn::Alone));
    let loopback = of_message(
        "from=<joe@h>, size=98, class=0, nrcpts=1, msgid=<m@h>, proto=ESMTP, daemon=MTA, relay=localhost [127.0.0.1]",
    );
    assert_eq!(loopback.direction, Some(Direction::In));
}

#[test]
fn a_transaction_that_brought_nothing_is_no_arrival() {
    for fields in [
        "size=0, class=0, nrcpts=0, proto=ESMTP",
        "size=0, class=0, nrcpts=1, proto=ESMTPS",
    ] {
        let read = of_message(&format!(
            "from=<a@example.org>, {fields}, daemon=MTA, relay=h.example.org [192.0.2.7]"
        ));
        assert_eq!(
            (read.kind, read.tls, read.turn),
            (Kind::Note, None, Turn::Alone)
        );
        assert_eq!(read.peer.ip, b"192.0.2.7");
    }
}

#[test]
fn remote_words_in_an_arrival_are_no_fields() {
    let quoted = of_message(
        "from=<\"x, size=1, proto=ESMTPS, relay=y [192.0.2.1]\"@example.org>, size=5, class=0, nrcpts=1, msgid=<m@h>, proto=ESMTP, daemon=MTA, relay=h.example.org [192.0.2.7]",
    );
    assert_eq!(
        (quoted.size, quoted.protocol),
        (Some(5), b"ESMTP".as_slice())
    );
    assert_eq!((quoted.tls, quoted.ambiguous), (None, false));
    assert_eq!(quoted.peer.ip, b"192.0.2.7");
    for msgid in [
        "<m@h>, proto=ESMTPS, daemon=MTA, relay=good.example.org [192.0.2.1]",
        "<m, proto=ESMTPS, daemon=MTA, relay=good.example.org [192.0.2.1]",
        "m, tls_verify=OK, tls_version=TLSv1.3, cipher=X, proto=ESMTPS",
        "<m@h>, proto=ESMTPS",
    ] {
        let read = of_message(&format!(
            "from=<a@example.org>, size=5, class=0, nrcpts=1, msgid={msgid}, proto=ESMTP, daemon=MTA, relay=h.example.org [192.0.2.7]"
        ));
        assert!(read.ambiguous, "{msgid}");
        assert_eq!((read.tls, read.absence), (None, Absence::Mute), "{msgid}");
        assert_eq!(read.peer.ip, b"192.0.2.7", "{msgid}");
    }
    let imitated = of_message(
        "from=<a@example.org>, size=5, class=0, nrcpts=1, msgid=<m@h>, tls_verify=OK, tls_version=TLSv1.3, cipher=X, proto=ESMTP, daemon=MTA, relay=h.example.org [192.0.2.7]",
    );
    assert_eq!(
        (imitated.tls, imitated.message_id),
        (None, b"m@h".as_slice())
    );
    // Cut at 200 and 100 bytes.
    let cut = of_message(&format!(
        "from=<{}, size=5, class=0, nrcpts=1, msgid=<{}, proto=ESMTP, daemon=MTA, relay=h.example.org [192.0.2.7]",
        "a".repeat(199),
        "b".repeat(99)
    ));
    assert!(cut.ambiguous && cut.message_id.is_empty());
    assert_eq!((cut.size, cut.protocol), (Some(5), b"ESMTP".as_slice()));
}

#[test]
fn a_delivery() {
    let read = of_message(
        "to=<b@example.net>, ctladdr=<a@example.org> (1000/1000), delay=00:00:02, xdelay=00:00:01, mailer=esmtp, \
         pri=30287, relay=mx.example.net. [192.0.2.9], dsn=2.0.0, stat=Sent (2.0.0 Ok: queued as ABCD, stat=Deferred)",
    );
    assert_eq!(
        (read.kind, read.direction),
        (Kind::Delivery, Some(Direction::Out))
    );
    assert_eq!(read.address, b"b@example.net");
    assert!(read.recipients.is_empty());
    assert_eq!(read.transport, b"esmtp");
    assert_eq!(
        (read.peer.name, read.peer.ip),
        (b"mx.example.net".as_slice(), b"192.0.2.9".as_slice())
    );
    assert_eq!(read.enhanced_status, b"2.0.0");
    assert_eq!(
        text_of(read.text),
        "2.0.0 Ok: queued as ABCD, stat=Deferred"
    );
    assert_eq!(
        (read.turn, read.dialogue),
        (Turn::Carries, b"1234".as_slice())
    );
    assert!(!read.ambiguous && read.tls.is_none());
}

#[test]
fn several_recipients_stand_on_one_line() {
    let list = "<b@example.net>,<\"c, d\"@example.net>,e";
    let read = of_message(&format!(
        "to={list}, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.net [192.0.2.9], dsn=2.0.0, stat=Sent (ok)"
    ));
    assert_eq!(read.address, b"b@example.net");
    assert_eq!(text_of(read.recipients), list);
}

#[test]
fn what_became_of_a_recipient() {
    for (fields, kind, direction, turn) in [
        (
            "mailer=local, pri=1, dsn=2.0.0, stat=Sent",
            Kind::Delivery,
            Direction::Local,
            Turn::Alone,
        ),
        (
            "mailer=esmtp, pri=1, stat=queued",
            Kind::RetryWait,
            Direction::Out,
            Turn::Alone,
        ),
        (
            "mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=4.3.0, reply=451 4.3.0 later, stat=Deferred: 451 4.3.0 later",
            Kind::Deferral,
            Direction::Out,
            Turn::Carries,
        ),
        (
            "mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=4.0.0, stat=Deferred: Connection refused by mx.example.net.",
            Kind::Deferral,
            Direction::Out,
            Turn::Alone,
        ),
        (
            "mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=5.1.1, reply=550 5.1.1 no, stat=User unknown",
            Kind::Failure,
            Direction::Out,
            Turn::Carries,
        ),
        (
            "mailer=relay, pri=1, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (x Message accepted for delivery)",
            Kind::Delivery,
            Direction::Out,
            Turn::Carries,
        ),
    ] {
        let read = of_message(&format!(
            "to=<b@example.net>, delay=00:00:02, xdelay=00:00:00, {fields}"
        ));
        assert_eq!(
            (read.kind, read.direction, read.turn),
            (kind, Some(direction), turn),
            "{fields}"
        );
    }
}

#[test]
fn a_domain_without_hosts_is_no_host() {
    for (dsn, stat, kind) in [
        (
            "5.1.2",
            "Host unknown (Name server: nowhere.example: host not found)",
            Kind::Failure,
        ),
        (
            "4.4.3",
            "Deferred: Name server: nowhere.example: host name lookup failure",
            Kind::Deferral,
        ),
    ] {
        let read = of_message(&format!(
            "to=<b@nowhere.example>, delay=00:00:02, mailer=esmtp, pri=1, relay=nowhere.example, dsn={dsn}, stat={stat}"
        ));
        assert_eq!(
            (read.kind, read.direction, read.turn),
            (kind, None, Turn::Alone)
        );
        assert!(read.peer.is_empty(), "{stat}");
    }
}

#[test]
fn remote_words_in_a_delivery_are_no_fields() {
    let address = "<\"x, delay=00:00:00, mailer=esmtp, relay=y [192.0.2.1], dsn=2.0.0, stat=Sent (\"@example.net>";
    let read = of_message(&format!(
        "to={address}, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=5.1.1, stat=User unknown"
    ));
    assert_eq!((read.kind, read.ambiguous), (Kind::Failure, false));
    assert_eq!(read.peer.ip, b"192.0.2.9");
    let reply = of_message(
        "to=<b@example.net>, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=5.1.1, reply=550 x, stat=Sent (ok), stat=User unknown",
    );
    assert_eq!(
        (reply.kind, reply.ambiguous, reply.absence),
        (Kind::Failure, true, Absence::Mute)
    );
    let class = of_message(
        "to=<b@example.net>, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=5.1.1, stat=Sent (ok)",
    );
    assert!(class.ambiguous);
    assert!(matches!(
        outcome(&format!("{ID}: to=<b@example.net>, delay=00:00:02")),
        Outcome::NotUnderstood(_)
    ));
}

#[test]
fn why_tls_was_not_had() {
    for (stat, trouble) in [
        (
            "Deferred: 454 4.7.0 encryption too weak 0 less than 128",
            Some(Trouble::StarttlsNotSupported),
        ),
        (
            "Deferred: 403 4.7.0 TLS handshake failed.",
            Some(Trouble::HandshakeFailed),
        ),
        (
            "Deferred: 403 4.7.0 authentication required",
            Some(Trouble::ValidationFailure),
        ),
        (
            "Deferred: 403 4.7.0 authentication failed",
            Some(Trouble::ValidationFailure),
        ),
        (
            "Deferred: 454 4.7.0 not authenticated",
            Some(Trouble::ValidationFailure),
        ),
        (
            "Deferred: 403 4.7.0 no authentication requested",
            Some(Trouble::ValidationFailure),
        ),
        (
            "Deferred: 403 4.7.0 authentication failure TEMP",
            Some(Trouble::StarttlsFailed),
        ),
        (
            "Deferred: 403 4.7.0 other side does not support STARTTLS",
            Some(Trouble::StarttlsNotSupported),
        ),
        (
            "Deferred: 403 4.7.0 encryption too weak 128 less than 256",
            Some(Trouble::TooWeak),
        ),
        ("Deferred: 435 4.7.8 authentication failed", None),
        (
            "Deferred: 451 4.3.0 TLS handshake failed or not",
            Some(Trouble::HandshakeFailed),
        ),
        ("Deferred: 451 4.3.0 later", None),
        ("Deferred: Connection timed out with mx", None),
    ] {
        let read = of_message(&format!(
            "to=<b@example.net>, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=4.7.0, stat={stat}"
        ));
        assert_eq!(
            (read.kind, read.trouble),
            (Kind::Deferral, trouble),
            "{stat}"
        );
    }
    let demanded = of_message(
        "to=<b@example.net>, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=5.7.0, reply=530 5.7.0 Must issue a STARTTLS command first, stat=Service unavailable",
    );
    assert_eq!(demanded.trouble, Some(Trouble::PeerRequiresTls));
    let imitated = of_message(
        "to=<b@example.net>, delay=00:00:02, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=4.7.0, reply=454 4.7.0 TLS handshake failed, stat=Deferred: 454 4.7.0 TLS handshake failed",
    );
    assert_eq!(imitated.trouble, None);
}

#[test]
fn tls_lines() {
    let server = fact(
        "STARTTLS=server, relay=x, version=SSLv3@client.example.org [192.0.2.7], version=TLSv1.3, verify=NOT, cipher=TLS_AES_256_GCM_SHA384, bits=256/256",
    );
    assert_eq!(
        (server.kind, server.turn, server.direction),
        (Kind::Session, Turn::Secured, Some(Direction::In))
    );
    assert_eq!(
        (server.peer.name, server.peer.ip),
        (b"client.example.org".as_slice(), b"192.0.2.7".as_slice())
    );
    let tls = server.tls.expect("TLS");
    assert_eq!(
        (tls.version, tls.cipher, tls.bits, tls.verify),
        (
            b"TLSv1.3".as_slice(),
            b"TLS_AES_256_GCM_SHA384".as_slice(),
            Some(256),
            None
        )
    );
    for (word, verify) in [
        ("OK", Some(Verify::Trusted)),
        ("TRUSTED", Some(Verify::Dane)),
        ("FAIL", Some(Verify::Unverified)),
        ("NO", Some(Verify::Anonymous)),
        ("NOT", None),
    ] {
        let client = fact(&format!(
            "STARTTLS=client, relay=mx.example.net., version=TLSv1/SSLv3, verify={word}, cipher=AES128-SHA, bits=128/128"
        ));
        assert_eq!(
            (client.direction, client.dialogue),
            (Some(Direction::Out), b"1234".as_slice())
        );
        assert_eq!(client.peer.name, b"mx.example.net");
        assert_eq!(client.tls.expect("TLS").verify, verify, "{word}");
    }
}

#[test]
fn tls_failures_and_talk_about_tls() {
    let server = fact(
        "STARTTLS=server, error: accept failed=-1, reason=no shared cipher, SSL_error=1, errno=0, retry=-1, relay=client.example.org [192.0.2.7]",
    );
    assert_eq!(
        (server.kind, server.turn, server.trouble),
        (
            Kind::TlsFailed,
            Turn::Failed,
            Some(Trouble::HandshakeFailed)
        )
    );
    assert_eq!(server.peer.ip, b"192.0.2.7");
    let client = fact(
        "STARTTLS=client, error: connect failed=-1, reason=certificate verify failed, SSL_error=1, errno=0, retry=-1",
    );
    assert_eq!(
        (client.direction, client.trouble),
        (Some(Direction::Out), Some(Trouble::ValidationFailure))
    );
    for text in [
        "STARTTLS=client: file /etc/mail/key.pem unsafe: Permission denied",
        "STARTTLS=client, error: SSL_CTX_check_private_key failed(/etc/mail/key.pem): 0",
        "STARTTLS=client, cert-subject=/CN=x, version=TLSv1.3, cipher=X, cert-issuer=/CN=y",
        "STARTTLS=client, relay=mx.example.net, warning=DANE configured in DNS but no STARTTLS available",
        "STARTTLS=read, info: fds=7/4, err=2",
        "STARTTLS: read error=generic, version=TLSv1.3, cipher=X",
        "STARTTLS=client, relay=mx, version=TLSv1.3",
    ] {
        let read = fact(text);
        assert_eq!(
            (read.kind, read.turn, read.tls),
            (Kind::Note, Turn::Alone, None),
            "{text}"
        );
    }
}

#[test]
fn tls_fields_of_other_builds() {
    let clear = of_message(
        "from=<a@example.org>, size=5, class=0, nrcpts=1, msgid=<m@h>, proto=ESMTP, daemon=MTA, tls_verify=NONE, tls_version=NONE, cipher=NONE, auth=NONE, relay=h.example.org [192.0.2.7]",
    );
    assert_eq!((clear.tls, clear.absence), (None, Absence::Clear));
    for (cipher, kept) in [("AES256-SHA", "AES256-SHA"), ("ECDHE-RSA-AES128-SHA", "")] {
        let sent = of_message(&format!(
            "to=<b@example.net>, delay=00:00:00, xdelay=00:00:00, mailer=esmtp, tls_verify=OK, tls_version=TLSv1.2, cipher={cipher}, pri=1, relay=mx.example.net. [192.0.2.9], dsn=2.0.0, stat=Sent (ok)"
        ));
        let tls = sent.tls.expect("TLS");
        assert_eq!(
            (text_of(tls.version), text_of(tls.cipher)),
            ("TLSv1.2", kept)
        );
    }
    let lingering = of_message(
        "to=<b@example.net>, delay=00:00:00, mailer=esmtp, tls_verify=NONE, tls_version=TLSv1.2, cipher=AES256-SHA, pri=1, relay=mx.example.net. [192.0.2.9], dsn=2.0.0, stat=Sent (ok)",
    );
    assert_eq!((lingering.tls, lingering.absence), (None, Absence::Telling));
}

#[test]
fn rulesets() {
    let ours = fact(
        "ruleset=tls_server, arg1=NONE, relay=mx.example.net, reject=454 4.7.0 encryption too weak 0 less than 128",
    );
    assert_eq!(
        (ours.kind, ours.direction, ours.turn),
        (Kind::TlsRefused, Some(Direction::Out), Turn::Failed)
    );
    assert_eq!(
        (ours.trouble, ours.peer.name),
        (
            Some(Trouble::StarttlsNotSupported),
            b"mx.example.net".as_slice()
        )
    );
    for (verify, reply, trouble) in [
        ("FAIL", "authentication failed", Trouble::ValidationFailure),
        ("NO", "not authenticated", Trouble::ValidationFailure),
        (
            "OK",
            "encryption too weak 128 less than 256",
            Trouble::TooWeak,
        ),
        (
            "TEMP",
            "encryption too weak 0 less than 128",
            Trouble::StarttlsFailed,
        ),
        (
            "NONE",
            "other side does not support STARTTLS",
            Trouble::StarttlsNotSupported,
        ),
    ] {
        let text = format!(
            "ruleset=tls_server, arg1={verify}, relay=mx.example.net, reject=403 4.7.0 {reply}"
        );
        let read = fact(&text);
        assert_eq!(
            (read.kind, read.trouble),
            (Kind::TlsRefused, Some(trouble)),
            "{text}"
        );
    }
    // The first does without STARTTLS, the second could not look its policy up: nobody was refused.
    for text in [
        "ruleset=try_tls, arg1=mx.example.net, relay=mx.example.net, reject=550 5.7.1 do not try TLS with mx.example.net [192.0.2.9]",
        "ruleset=tls_server, arg1=OK, relay=mx.example.net, reject=451 4.3.0 Temporary system failure. Please try again later.",
    ] {
        let read = fact(text);
        assert_eq!(
            (read.kind, read.turn, read.trouble),
            (Kind::Note, Turn::Alone, None),
            "{text}"
        );
    }
    let theirs = of_message(
        "ruleset=check_rcpt, arg1=<\"x, relay=y, reject=\"@example.org>, relay=h.example.org [192.0.2.7], reject=550 5.7.1 <x>... Relaying denied, reject=no",
    );
    assert_eq!(
        (theirs.kind, theirs.enhanced_status),
        (Kind::Rejection, b"5.7.1".as_slice())
    );
    assert_eq!(
        text_of(theirs.address),
        "\"x, relay=y, reject=\"@example.org"
    );
    assert_eq!(
        (theirs.peer.ip, theirs.turn),
        (b"192.0.2.7".as_slice(), Turn::Carries)
    );
    let unused = Some(Trouble::StarttlsNotUsed);
    for (reply, trouble) in [
        ("403 4.7.0 encryption too weak 0 less than 112", unused),
        ("403 4.7.0 encryption too weak 56 less than 112", None),
        ("403 4.7.0 authentication required", None),
        ("530 5.7.0 Must issue a STARTTLS command first", unused),
    ] {
        let text = format!("ruleset=tls_client, arg1=NONE, relay=[192.0.2.7], reject={reply}");
        let client = fact(&text);
        assert_eq!(
            (client.kind, client.trouble),
            (Kind::Rejection, trouble),
            "{reply}"
        );
        assert_eq!(client.direction, Some(Direction::In));
    }
    let early = fact(
        "ruleset=check_relay, arg1=[192.0.2.7], arg2=192.0.2.7, relay=[192.0.2.7], reject=421 4.3.2 Too many open connections.",
    );
    assert_eq!(
        (early.kind, early.turn, early.peer.ip),
        (Kind::Rejection, Turn::Alone, b"192.0.2.7".as_slice())
    );
    assert_eq!(
        of_message("ruleset=check_mail, arg1=<a@example.org>, relay=[192.0.2.7], discard").kind,
        Kind::Discarded
    );
    assert_eq!(
        of_message("ruleset=check_eom, arg1=x, relay=[192.0.2.7], quarantine=odd").kind,
        Kind::Frozen
    );
}

#[test]
fn notifications_point_to_their_message() {
    for text in [
        "DSN: User unknown",
        "return to sender: Host unknown",
        "postmaster notify: x",
    ] {
        let read = of_message(&format!("4BQ7Xabd001234: {text}"));
        assert_eq!(
            (read.kind, read.notification),
            (Kind::Note, b"4BQ7Xabd001234".as_slice())
        );
        assert_eq!(text_of(read.text), text);
    }
    let digits = fact("60118304001118: 60118305001118: DSN: User unknown");
    assert_eq!(digits.notification, b"60118305001118");
}

#[test]
fn a_message_is_given_up_for_its_age() {
    for (text, kind) in [
        (
            "return to sender: Cannot send message for 5 days",
            Kind::Failure,
        ),
        ("DSN: Cannot send message for 5 days", Kind::Failure),
        ("DSN: delivery time expired 3600s", Kind::Failure),
        (
            "sender notify: Warning: could not send message for past 4 hours",
            Kind::Note,
        ),
        (
            "DSN: User unknown: Cannot send message for 5 days",
            Kind::Note,
        ),
    ] {
        let read = of_message(&format!("4BQ7Xabd001234: {text}"));
        assert_eq!((read.kind, text_of(read.text)), (kind, text));
        assert_eq!(read.notification, b"4BQ7Xabd001234");
    }
}

#[test]
fn a_message_is_refused_at_its_end() {
    let milter = of_message("Milter: data, reject=554 5.7.1 Not today");
    assert_eq!(milter.kind, Kind::Rejection);
    assert_eq!(text_of(milter.text), "554 5.7.1 Not today");
    assert_eq!(text_of(milter.enhanced_status), "5.7.1");
    assert_eq!(milter.address, b"");
    for text in [
        "Milter: to=<b@example.net>, reject=554 5.7.1 Not you",
        "Milter: to=b@example.net, reject=554 5.7.1 Not you",
        "ruleset=check_compat, arg1=<a@example.org>, arg2=<b@example.net>, relay=[192.0.2.7], reject=554 5.7.1 No",
    ] {
        let read = of_message(text);
        assert_eq!(
            (read.kind, text_of(read.address)),
            (Kind::Rejection, "b@example.net"),
            "{text}"
        );
    }
    for (stat, kind) in [
        ("Not today", Kind::Failure),
        ("discarded", Kind::Discarded),
        ("quarantined", Kind::Frozen),
    ] {
        let read = of_message(&format!(
            "to=<b@example.net>, delay=00:00:00, pri=30100, stat={stat}"
        ));
        assert_eq!((read.kind, text_of(read.address)), (kind, "b@example.net"));
    }
}

#[test]
fn other_talk() {
    for (text, kind, ip) in [
        (
            "lost input channel from h.example.org [192.0.2.7] to MTA after rcpt",
            Kind::Session,
            "192.0.2.7",
        ),
        (
            "timeout waiting for input from [192.0.2.7] during server cmd read",
            Kind::Session,
            "192.0.2.7",
        ),
        (
            "rejecting commands from  [192.0.2.7] due to pre-greeting traffic after 0 seconds",
            Kind::Rejection,
            "192.0.2.7",
        ),
        (
            "h.example.org [192.0.2.7]: EXPN root [rejected]",
            Kind::Rejection,
            "192.0.2.7",
        ),
        (
            "AUTH failure (LOGIN): x, user=y, relay=[192.0.2.1], relay=h.example.org [192.0.2.7]",
            Kind::Rejection,
            "192.0.2.7",
        ),
        (
            "[192.0.2.7]: possible SMTP attack: command=AUTH, count=5",
            Kind::Session,
            "192.0.2.7",
        ),
        (
            "connect from h.example.org [192.0.2.7]",
            Kind::Session,
            "192.0.2.7",
        ),
        ("<b@example.net>... User unknown", Kind::Rejection, ""),
        (
            "Milter: to=<b@example.net>, reject=550 5.7.1 no",
            Kind::Rejection,
            "",
        ),
        ("Milter: data, reject=550 5.7.1 no", Kind::Rejection, ""),
        ("Milter: data, discard", Kind::Discarded, ""),
        ("milter=av, quarantine=virus", Kind::Frozen, ""),
        ("Milter add: header: X-A: b, reject=no", Kind::Note, ""),
        (
            "forward /home/b/.forward: World writable directory",
            Kind::Note,
            "",
        ),
        (
            "Authentication-Warning: mx: h [192.0.2.7] didn't use HELO protocol",
            Kind::Note,
            "",
        ),
        ("collect: premature EOM: unexpected close", Kind::Note, ""),
    ] {
        let read = of_message(text);
        assert_eq!(read.kind, kind, "{text}");
        assert_eq!(text_of(read.peer.ip), ip, "{text}");
        assert_eq!(read.tls, None, "{text}");
    }
    assert_eq!(
        fact("NOQUEUE: connect from h.example.org [192.0.2.7]").turn,
        Turn::Opens
    );
}

#[test]
fn a_connection_without_a_message_has_no_queue_entry() {
    let read = fact(&format!(
        "{ID}: h.example.org [192.0.2.7] (may be forged) did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA"
    ));
    assert_eq!((read.kind, read.queue_id), (Kind::Session, &b""[..]));
    assert_eq!(text_of(read.peer.ip), "192.0.2.7");
    assert_eq!(read.direction, Some(Direction::In));
}

#[test]
fn who_waited_tells_the_direction() {
    for (phase, direction) in [
        ("client greeting", Direction::Out),
        ("client DATA status", Direction::Out),
        ("server cmd read", Direction::In),
        ("message collect", Direction::In),
    ] {
        let text = format!("timeout waiting for input from h.example.org. during {phase}");
        let read = of_message(&text);
        assert_eq!(read.direction, Some(direction), "{phase}");
        assert_eq!(text_of(read.peer.name), "h.example.org", "{phase}");
    }
}

#[test]
fn a_message_id_ends_where_the_fields_behind_it_begin() {
    let read = |id: &str| {
        of_message(&format!(
            "from=<a@example.org>, size=9, class=0, nrcpts=1, msgid={id}, proto=ESMTP, daemon=MTA, relay=h.example.org [192.0.2.1]"
        ))
    };
    let plain = read("<m@example.org>");
    assert_eq!(text_of(plain.message_id), "m@example.org");
    for forged in [
        "<m>, tls_version=TLSv1.3, cipher=X, bits=256/256, tls_verify=OK, x=<y>",
        "<m, tls_version=TLSv1.3>, tls_verify=OK",
        "m, tls_version=TLSv1.3",
    ] {
        let fact = read(forged);
        assert_eq!(fact.tls, None, "{forged}");
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{forged}");
    }
}
