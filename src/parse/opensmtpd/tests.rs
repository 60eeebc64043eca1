use super::*;
use crate::parse::{Absence, Direction, Peer, Turn};
use crate::tls::{Trouble, Verify};

const S: &str = "6012f8a37ab8dbed";

fn outcome(text: &str) -> Outcome<'static> {
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    entry(&Entry {
        host: b"mx",
        program: b"smtpd",
        pid: b"289",
        text: text.as_bytes(),
        ..Entry::default()
    })
}

/// The fact of a line, given without its frame. Leaks the line: a test's life is short.
fn fact(text: &str) -> Fact<'static> {
    match outcome(text) {
        Outcome::Fact(fact) => fact,
        other => panic!("{other:?}: {text}"),
    }
}

fn of_session(rest: &str) -> Fact<'static> {
    fact(&format!("{S} {rest}"))
}

fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// A host that is known by its address: the name beside it in a line is reverse DNS that nobody checked.
fn address(ip: &str) -> Peer<'_> {
    Peer {
        ip: ip.as_bytes(),
        ..Peer::default()
    }
}

#[test]
fn programs() {
    assert!(claims(b"smtpd") && claims(b"opensmtpd"));
    assert!(!claims(b"postfix/smtpd") && !claims(b"smtpd-filter") && !claims(b""));
}

#[test]
fn a_client_connects_in_every_form() {
    for text in [
        format!("{S} smtp connected address=192.0.2.7 host=h.example.org"),
        format!("{S} smtp event=connected address=192.0.2.7 host=h.example.org"),
        format!("smtp-in: New session {S} from host h.example.org [192.0.2.7]"),
    ] {
        let read = fact(&text);
        assert_eq!(
            (read.kind, read.turn),
            (Kind::Session, Turn::Opens),
            "{text}"
        );
        assert_eq!(read.direction, Some(Direction::In));
        assert_eq!(text_of(read.dialogue), S);
        assert_eq!(read.peer, address("192.0.2.7"));
    }
    for text in [
        format!("{S} smtp connected address=local host=mx.example.org"),
        format!("smtp-in: New session {S} from host mx.example.org [local]"),
    ] {
        let read = fact(&text);
        assert_eq!(
            (read.direction, read.peer.is_empty()),
            (Some(Direction::Local), true)
        );
    }
    let v6 = of_session("smtp connected address=[2001:db8::1] host=<unknown>");
    assert_eq!(
        (v6.peer.name, v6.peer.ip),
        (b"".as_slice(), b"2001:db8::1".as_slice())
    );
}

#[test]
fn a_message_arrives_in_every_form() {
    for (text, sender, recipients, ip) in [
        (
            format!("{S} smtp message msgid=c9adb6bb size=485 nrcpt=1 proto=ESMTP"),
            "",
            "",
            "",
        ),
        (
            format!(
                "{S} smtp event=message msgid=c9adb6bb from=<a@example.org> to=<b@example.net> size=485 ndest=1 proto=ESMTP"
            ),
            "a@example.org",
            "b@example.net",
            "",
        ),
        (
            format!(
                "{S} smtp event=message address=192.0.2.7 host=h.example.org msgid=c9adb6bb from=<> to=<b@example.net> size=485 ndest=1 proto=ESMTP"
            ),
            "<>",
            "b@example.net",
            "192.0.2.7",
        ),
        (
            format!(
                "smtp-in: Accepted message c9adb6bb on session {S}: from=<a@example.org>, to=<b@example.net>, size=485, ndest=1, proto=ESMTP"
            ),
            "a@example.org",
            "b@example.net",
            "",
        ),
        (
            format!(
                "smtp-in: Accepted message c9adb6bb on session {S}: from=<a@example.org>, size=485, nrcpts=1, proto=ESMTP"
            ),
            "a@example.org",
            "",
            "",
        ),
    ] {
        let read = fact(&text);
        assert_eq!(
            (read.kind, read.turn),
            (Kind::Arrival, Turn::Carries),
            "{text}"
        );
        assert_eq!(
            (text_of(read.queue_id), text_of(read.dialogue)),
            ("c9adb6bb", S)
        );
        assert_eq!((read.size, read.protocol), (Some(485), b"ESMTP".as_slice()));
        assert_eq!(
            (text_of(read.sender), text_of(read.recipients)),
            (sender, recipients)
        );
        assert_eq!(text_of(read.peer.ip), ip);
        assert_eq!((read.tls, read.absence), (None, Absence::Telling));
    }
    let local = of_session(
        "smtp event=message address=local host=mx msgid=c9adb6bb from=<a@h> to=<b@h> size=1 ndest=1 proto=ESMTP",
    );
    assert_eq!(
        (local.direction, local.turn),
        (Some(Direction::Local), Turn::Alone)
    );
    let envelope = of_session(
        "smtp envelope evpid=c9adb6bb9ec04310 from=<a@example.org> to=<\"x> y=\"@example.net>",
    );
    assert_eq!(
        (envelope.kind, text_of(envelope.queue_id)),
        (Kind::Note, "c9adb6bb")
    );
    assert_eq!(
        (text_of(envelope.sender), text_of(envelope.address)),
        ("a@example.org", "\"x> y=\"@example.net")
    );
}

#[test]
fn tls_in_every_form() {
    for (text, direction, version, cipher, bits) in [
        (
            format!("{S} smtp tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256"),
            Direction::In,
            "TLSv1.3",
            "TLS_AES_256_GCM_SHA384",
            256,
        ),
        (
            format!("{S} mta tls ciphers=TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256:128"),
            Direction::Out,
            "TLSv1.2",
            "ECDHE-RSA-AES128-GCM-SHA256",
            128,
        ),
        (
            format!(
                "{S} smtp event=starttls address=192.0.2.7 host=h.example.org ciphers=\"version=TLSv1.2, cipher=AES128-SHA, bits=128\""
            ),
            Direction::In,
            "TLSv1.2",
            "AES128-SHA",
            128,
        ),
        (
            format!("{S} mta event=starttls ciphers=version=TLSv1.2, cipher=AES128-SHA, bits=128"),
            Direction::Out,
            "TLSv1.2",
            "AES128-SHA",
            128,
        ),
        (
            format!(
                "smtp-in: Started TLS on session {S}: version=TLSv1.2, cipher=EDH-RSA-DES-CBC3-SHA, bits=112"
            ),
            Direction::In,
            "TLSv1.2",
            "EDH-RSA-DES-CBC3-SHA",
            112,
        ),
        (
            format!(
                "smtp-out: Started TLS on session {S}: version=TLSv1/SSLv3, cipher=AES256-SHA, bits=256"
            ),
            Direction::Out,
            "TLSv1/SSLv3",
            "AES256-SHA",
            256,
        ),
    ] {
        let read = fact(&text);
        let tls = read.tls.expect("TLS");
        assert_eq!(
            (read.turn, read.direction),
            (Turn::Secured, Some(direction)),
            "{text}"
        );
        assert_eq!(
            (text_of(tls.version), text_of(tls.cipher), tls.bits),
            (version, cipher, Some(bits))
        );
        assert_eq!(text_of(read.dialogue), S);
    }
    assert!(matches!(
        outcome(&format!("{S} smtp tls ciphers=TLSv1.3")),
        Outcome::NotUnderstood(_)
    ));
}

#[test]
fn certificates_are_notes() {
    for (text, verify) in [
        (
            "mta cert-check result=\"unverified\" fingerprint=\"SHA256:00\"",
            Some(Verify::Unverified),
        ),
        (
            "mta cert-check result=\"valid\" fingerprint=\"SHA256:00\"",
            Some(Verify::Verified),
        ),
        (
            "mta event=server-cert-check result=\"success\"",
            Some(Verify::Trusted),
        ),
        (
            "smtp cert-check result=\"no certificate presented\"",
            Some(Verify::Anonymous),
        ),
        (
            "smtp cert-check result=\"unchecked\" fingerprint=\"SHA256:00\"",
            None,
        ),
    ] {
        let read = of_session(text);
        assert_eq!(read.kind, Kind::Note);
        assert_eq!(read.tls.and_then(|stated| stated.verify), verify, "{text}");
        let turn = if verify.is_some() {
            Turn::Verified
        } else {
            Turn::Alone
        };
        assert_eq!(read.turn, turn, "{text}");
    }
    let classic = fact(&format!(
        "smtp-out: Server certificate verification failed on session {S}"
    ));
    assert_eq!((classic.kind, classic.turn), (Kind::Note, Turn::Verified));
    let verify = classic.tls.and_then(|stated| stated.verify);
    assert_eq!(verify, Some(Verify::Unverified));
}

#[test]
fn sessions_end() {
    for (text, kind, turn) in [
        (
            format!("{S} smtp disconnected reason=quit"),
            Kind::Session,
            Turn::Closes,
        ),
        (
            format!("{S} smtp event=closed reason=quit"),
            Kind::Session,
            Turn::Closes,
        ),
        (
            format!("{S} smtp disconnected reason=\"io-error: read failed: handshake failed\""),
            Kind::Session,
            Turn::Closes,
        ),
        (
            format!(
                "{S} smtp disconnected reason=\"io-error: handshake failed: error:0A0000C1:SSL routines::no shared cipher\""
            ),
            Kind::TlsFailed,
            Turn::Failed,
        ),
        (
            format!("{S} smtp disconnected  reason=no-client-cert"),
            Kind::TlsFailed,
            Turn::Failed,
        ),
        (
            format!("smtp-in: Closing session {S}"),
            Kind::Session,
            Turn::Closes,
        ),
        (
            format!("smtp-in: Disconnecting session {S}: session timeout"),
            Kind::Session,
            Turn::Closes,
        ),
        (
            format!("{S} mta disconnected reason=quit messages=1"),
            Kind::Session,
            Turn::Closes,
        ),
        (
            format!("{S} mta closing reason=tls-failure"),
            Kind::TlsFailed,
            Turn::Failed,
        ),
    ] {
        let read = fact(&text);
        assert_eq!((read.kind, read.turn), (kind, turn), "{text}");
        assert_eq!(text_of(read.dialogue), S);
    }
}

#[test]
fn outbound_troubles() {
    for (text, kind, trouble, turn) in [
        (
            format!("{S} mta error reason=TLS required but not supported by remote host"),
            Kind::TlsRefused,
            Some(Trouble::StarttlsNotSupported),
            Turn::Failed,
        ),
        (
            format!("{S} mta error reason=STARTTLS rejected: 454 no"),
            Kind::TlsRefused,
            Some(Trouble::StarttlsFailed),
            Turn::Failed,
        ),
        (
            format!("{S} mta error reason=IO Error: handshake failed: error:0A000126"),
            Kind::TlsFailed,
            Some(Trouble::HandshakeFailed),
            Turn::Failed,
        ),
        (
            format!(
                "{S} mta error reason=IO Error: handshake failed: error:0A000086:SSL routines::certificate verify failed"
            ),
            Kind::TlsFailed,
            Some(Trouble::ValidationFailure),
            Turn::Failed,
        ),
        (
            format!("{S} mta error reason=BANNER rejected: 554 IO Error: handshake failed"),
            Kind::Session,
            None,
            Turn::Alone,
        ),
        (
            format!(
                "smtp-out: Error on session {S}: opportunistic TLS failed, downgrading to plain"
            ),
            Kind::TlsFailed,
            Some(Trouble::HandshakeFailed),
            Turn::Failed,
        ),
        (
            format!("smtp-out: TLS Error on session {S}: TLS failed, downgrading to plain"),
            Kind::TlsFailed,
            Some(Trouble::HandshakeFailed),
            Turn::Failed,
        ),
        (
            format!(
                "smtp-out: Error on session {S} after 1 message sent: IO Error: handshake failed"
            ),
            Kind::Session,
            None,
            Turn::Alone,
        ),
        (
            format!(
                "smtp-out: Error on session {S}: AUTH rejected: opportunistic TLS failed, downgrading to plain"
            ),
            Kind::Session,
            None,
            Turn::Alone,
        ),
    ] {
        let read = fact(&text);
        assert_eq!(
            (read.kind, read.trouble, read.turn),
            (kind, trouble, turn),
            "{text}"
        );
        assert_eq!(
            (read.direction, text_of(read.dialogue)),
            (Some(Direction::Out), S)
        );
    }
}

#[test]
fn we_connect() {
    for text in [
        format!("{S} mta connecting address=smtp+tls://192.0.2.9:2525 host=mx.example.net"),
        format!("{S} mta event=connecting address=smtp+tls://192.0.2.9:2525 host=mx.example.net"),
        format!("smtp-out: Connecting to tls://192.0.2.9:2525 (mx.example.net) on session {S}..."),
    ] {
        let read = fact(&text);
        assert_eq!(
            (read.turn, read.direction),
            (Turn::Opens, Some(Direction::Out)),
            "{text}"
        );
        let port = Some(2525);
        let peer = Peer {
            port,
            ..address("192.0.2.9")
        };
        assert_eq!(read.peer, peer);
        assert_eq!(text_of(read.dialogue), S);
    }
    let v6 = of_session("mta connecting address=smtp://[2001:db8::1]:25 host=mx.example.net");
    assert_eq!(
        (v6.peer.ip, v6.peer.port),
        (b"2001:db8::1".as_slice(), Some(25))
    );
    assert_eq!(of_session("mta connected").turn, Turn::Alone);
}

#[test]
fn deliveries_in_every_form() {
    for text in [
        format!(
            "{S} mta delivery evpid=0947b0cf0a80d493 from=<a@example.org> to=<b@example.net> rcpt=<o@example.net> source=\"192.0.2.1\" relay=\"192.0.2.9 (mx.example.net)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 Ok\""
        ),
        format!(
            "{S} mta event=delivery evpid=0947b0cf0a80d493 from=<a@example.org> to=<b@example.net> rcpt=<o@example.net> source=\"192.0.2.1\" relay=\"192.0.2.9 (mx.example.net)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 Ok\""
        ),
        format!(
            "relay: Ok for 0947b0cf0a80d493: session={S}, from=<a@example.org>, to=<b@example.net>, rcpt=<o@example.net>, source=192.0.2.1, relay=192.0.2.9 (mx.example.net), delay=1s, stat=250 2.0.0 Ok"
        ),
    ] {
        let read = fact(&text);
        assert_eq!(
            (read.kind, read.direction, read.turn),
            (Kind::Delivery, Some(Direction::Out), Turn::Carries),
            "{text}"
        );
        assert_eq!(
            (text_of(read.queue_id), text_of(read.dialogue)),
            ("0947b0cf", S)
        );
        assert_eq!(
            (text_of(read.address), text_of(read.parent_address)),
            ("b@example.net", "o@example.net")
        );
        assert_eq!(read.peer, address("192.0.2.9"));
        assert_eq!(
            (text_of(read.text), read.enhanced_status),
            ("250 2.0.0 Ok", b"2.0.0".as_slice())
        );
        assert_eq!((read.tls, read.absence), (None, Absence::Telling));
    }
    let early = fact(
        "relay: TempFail for 0947b0cf0a80d493: from=<a@example.org>, to=<b@example.net>, relay=192.0.2.9 (mx.example.net) delay=1s, stat=451 later",
    );
    assert_eq!(
        (early.kind, early.peer.ip, early.absence),
        (Kind::Deferral, b"192.0.2.9".as_slice(), Absence::Mute)
    );
    let none = fact(
        "0000000000000000 mta delivery evpid=4b2dbaf95a0cebc5 from=<a@example.org> to=<x@nowhere.example> rcpt=<-> source=\"-\" relay=\"nowhere.example\" delay=0s result=\"PermFail\" stat=\"Domain does not exist\"",
    );
    assert_eq!(
        (none.kind, none.turn, none.absence),
        (Kind::Failure, Turn::Alone, Absence::Mute)
    );
    assert!(none.dialogue.is_empty() && none.parent_address.is_empty());
    // The relay is a domain: no connection was made.
    assert!(none.peer.is_empty() && none.direction.is_none());
}

#[test]
fn local_deliveries_and_the_queue() {
    for (text, kind) in [
        (format!("{S} mda delivery evpid=0947b0cf0a80d493 from=<> to=<b@example.net> rcpt=<b@example.net> user=b delay=0s result=Ok stat=Delivered"), Kind::Delivery),
        (format!("{S} mda event=delivery evpid=0947b0cf0a80d493 from=<> to=<b@example.net> user=b method=lmtp delay=0s result=TempFail stat=Error (x)"), Kind::Deferral),
        ("delivery: Ok for 0947b0cf0a80d493: from=<>, to=<b@example.net>, user=b, method=maildir, delay=0s, stat=Delivered".to_owned(), Kind::Delivery),
        ("delivery: Expire for 0947b0cf0a80d493: from=<@>, to=<b@example.net>, rcpt=<->, delay=4d, stat=Envelope expired".to_owned(), Kind::Failure),
    ] {
        let read = fact(&text);
        assert_eq!((read.kind, read.direction, read.turn), (kind, Some(Direction::Local), Turn::Alone), "{text}");
        assert_eq!((text_of(read.queue_id), text_of(read.sender)), ("0947b0cf", "<>"));
        assert!(read.parent_address.is_empty(), "{text}");
    }
}

#[test]
fn remote_words_are_no_fields() {
    let reply = of_session(
        "mta delivery evpid=0947b0cf0a80d493 from=<a@example.org> to=<b@example.net> rcpt=<-> source=\"192.0.2.1\" relay=\"192.0.2.9 (mx.example.net)\" delay=1s result=\"PermFail\" stat=\"550 x\" result=\"Ok\" stat=\"250 ok\"",
    );
    assert_eq!(
        (reply.kind, text_of(reply.text)),
        (Kind::Failure, "550 x\" result=\"Ok\" stat=\"250 ok")
    );
    let recipient = of_session(
        "mta delivery evpid=0947b0cf0a80d493 from=<a@example.org> to=<\"b> rcpt=<-> result=Ok\"@example.net> rcpt=<-> source=\"192.0.2.1\" relay=\"192.0.2.9 (mx.example.net)\" delay=1s result=\"TempFail\" stat=\"451 no\"",
    );
    assert_eq!(
        (recipient.kind, text_of(recipient.address)),
        (Kind::Deferral, "\"b> rcpt=<-> result=Ok\"@example.net")
    );
    let command = of_session(
        "smtp failed-command command=\"EHLO x\" result=\"250 ok\" smtp tls ciphers=TLSv1.3:X:256 y\" result=\"501 5.5.4 no\"",
    );
    assert_eq!(
        (command.kind, command.tls, text_of(command.text)),
        (Kind::Rejection, None, "501 5.5.4 no")
    );
    assert_eq!(command.enhanced_status, b"5.5.4");
    let hello = of_session("smtp mta delivery evpid=0947b0cf0a80d493 from=<> to=<b> rcpt=<->");
    assert_eq!(hello.kind, Kind::Note);
}

#[test]
fn refused_commands() {
    for text in [
        format!(
            "{S} smtp failed-command command=\"rcpt to:<b@example.net>\" result=\"550 Invalid recipient: <b@example.net>\""
        ),
        format!(
            "{S} smtp event=failed-command address=192.0.2.7 host=h command=\"RCPT TO:<b@example.net>\" result=\"550 Invalid recipient\""
        ),
        format!(
            "smtp-in: Failed command on session {S}: \"RCPT TO:<b@example.net>\" => 550 Invalid recipient"
        ),
    ] {
        let read = fact(&text);
        assert_eq!(
            (read.kind, text_of(read.address)),
            (Kind::Rejection, "b@example.net"),
            "{text}"
        );
        assert!(read.text.starts_with(b"550 Invalid"));
        assert_eq!((read.turn, text_of(read.dialogue)), (Turn::Carries, S));
    }
    let mail =
        of_session("smtp failed-command command=\"MAIL FROM:<>\" result=\"451 4.3.0 later\"");
    assert_eq!((mail.sender, mail.trouble), (b"<>".as_slice(), None));
    for (want, trouble) in [
        ("a STARTTLS", Some(Trouble::StarttlsNotUsed)),
        ("an AUTH", None),
    ] {
        let must = format!("530 5.5.1 Invalid command: Must issue {want} command first");
        let mail = format!("smtp failed-command command=\"MAIL FROM:<>\" result=\"{must}\"");
        assert_eq!(of_session(&mail).trouble, trouble, "{want}");
    }
    assert_eq!(
        of_session("smtp authentication user=joe result=permfail").kind,
        Kind::Rejection
    );
    assert_eq!(
        of_session("smtp authentication user=joe address=192.0.2.7 host=h result=ok").kind,
        Kind::Session
    );
}

#[test]
fn other_talk_is_a_note() {
    for text in [
        "info: OpenSMTPD 7.9.0-portable starting",
        "smtp-out: Disabling route 192.0.2.1 <-> 192.0.2.9 (mx.example.net) for 15s",
        "smtp-out: No valid route for [connector:x]",
        "warn: table-proc: pipe closed",
        "6012f8a37ab8dbed",
        "6012f8a37ab8dbed smtp",
        "",
    ] {
        assert_eq!(fact(text).kind, Kind::Note, "{text}");
    }
}
