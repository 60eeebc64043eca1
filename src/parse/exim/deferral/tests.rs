use super::super::tests::{of_message, text_of};
use super::*;
use crate::parse::Direction;
use crate::tls::Trouble;

const NOT_OFFERED: &str = "a TLS session is required, but the server did not offer TLS support";

#[test]
fn every_release_writes_it_differently() {
    for (line, errno, port) in [
        (format!("== a@b R=r T=t defer (-38) H=mx.b [192.0.2.1]: {NOT_OFFERED}"), Some(-38), None),
        (
            format!("== a@b R=r T=t defer (-38) H=mx.b [192.0.2.1]:25 I=[192.0.2.2]:1 DT=0.011s: {NOT_OFFERED}"),
            Some(-38),
            Some(25),
        ),
        (
            format!("== a@b R=r T=t defer H=mx.b DS [192.0.2.1]:25 I=[192.0.2.2]:1 DT=0.001s: {NOT_OFFERED}"),
            None,
            Some(25),
        ),
        (
            "== a@b R=r T=t defer (-38): a TLS session is required for mx.b [192.0.2.1], but the server did not offer TLS support"
                .to_owned(),
            Some(-38),
            None,
        ),
    ] {
        let fact = of_message(&line);
        assert_eq!(fact.kind, Kind::Deferral, "{line}");
        assert_eq!(fact.flag, Some(Flag::Deferred), "{line}");
        assert_eq!(fact.direction, Some(Direction::Out), "{line}");
        assert_eq!(fact.trouble, Some(Trouble::StarttlsNotSupported), "{line}");
        assert_eq!((text_of(fact.peer.name), text_of(fact.peer.ip)), ("mx.b", "192.0.2.1"), "{line}");
        assert_eq!((fact.errno, fact.peer.port), (errno, port), "{line}");
    }
}

#[test]
fn waits_are_told_by_their_text() {
    for line in [
        "== a@b R=r T=t defer (-53): retry time not reached for any host for 'b'",
        "== a@b R=r T=t defer (-54): retry time not reached for any host for 'b'",
        "== a@b R=r T=t defer (-54) DT=0.000s: retry time not reached for any host for 'b'",
        "== a@b R=r T=t defer DT=0.000s: retry time not reached for any host for 'b'",
        "== a@b R=local T=maildir defer (-52): retry time not reached",
        "== a@b routing defer (-51): retry time not reached",
        "== a@b routing defer DT=0.000s: retry time not reached",
        "== a@b R=r defer (-1): forced defer",
        "== a@b R=r defer (-36): host lookup for x did not complete (DNS timeout?)",
        "== a@b defer (-23): domain is held",
        "== a@b defer (-35): hold_domains lookup deferred",
        "== a@b R=r T=t defer (0): connection limit reached for all hosts",
        "== a@b R=r T=t defer (-54): SMTP delivery explicitly queued",
        "== a@b R=r T=t defer (0): all hosts for 'b' have been failing for a long time and retry time not reached",
        "== a@b R=r T=t defer (-36): DANE error: tlsa lookup DEFER",
        "== a@b R=r T=t defer (-56)",
        "== a@b R=r T=t defer (-27): Failed to expand return path",
    ] {
        let fact = of_message(line);
        assert_eq!(fact.kind, Kind::RetryWait, "{line}");
        assert_eq!((fact.trouble, fact.direction), (None, None), "{line}");
        assert!(!fact.ambiguous, "{line}");
    }
}

#[test]
fn attempts() {
    for (line, direction, ip, text) in [
        (
            "== a@b R=r T=t defer (111): Connection refused",
            Some(Direction::Out),
            "",
            "Connection refused",
        ),
        (
            "== a@b R=r T=t defer (Connection refused) DT=0.000s",
            Some(Direction::Out),
            "",
            "Connection refused",
        ),
        (
            "== a@b R=r T=t defer (111): Connection refused DT=0s",
            Some(Direction::Out),
            "",
            "Connection refused",
        ),
        (
            "== a@b R=r T=t defer (110): Connection timed out H=mx [192.0.2.1]: SMTP timeout after end of data",
            Some(Direction::Out),
            "192.0.2.1",
            "SMTP timeout after end of data",
        ),
        (
            "== a@b R=r T=t defer (110): Connection timed out: SMTP timeout while connected to mx [192.0.2.1] after EHLO x",
            Some(Direction::Out),
            "192.0.2.1",
            "SMTP timeout while connected to mx [192.0.2.1] after EHLO x",
        ),
        (
            "== a@b R=r T=t defer (-44): SMTP error from remote mail server after RCPT TO:<a@b>: host mx [192.0.2.1]: 451 4.7.1 later",
            Some(Direction::Out),
            "192.0.2.1",
            "SMTP error from remote mail server after RCPT TO:<a@b>: host mx [192.0.2.1]: 451 4.7.1 later",
        ),
        (
            "== a@b R=r T=t defer (-42): authentication required but authentication attempt(s) failed",
            Some(Direction::Out),
            "",
            "authentication required but authentication attempt(s) failed",
        ),
        (
            "== a@b R=local T=maildir defer (-22): mailbox is full (MTA-imposed quota exceeded)",
            Some(Direction::Local),
            "",
            "mailbox is full (MTA-imposed quota exceeded)",
        ),
        (
            "== a@b R=local T=appendfile defer (13): Permission denied: creating lock file",
            Some(Direction::Local),
            "",
            "creating lock file",
        ),
        (
            "== a@b R=local T=lmtp defer (111): Connection refused: failed to connect to socket /run/lmtp",
            Some(Direction::Local),
            "",
            "failed to connect to socket /run/lmtp",
        ),
        (
            "== a@b R=local T=lmtp defer (-1): LMTP timeout after initial connection",
            Some(Direction::Local),
            "",
            "LMTP timeout after initial connection",
        ),
        ("== a@b R=r T=t defer (-1)", None, "", ""),
        ("== a@b R=r T=t defer (0)", None, "", ""),
    ] {
        let fact = of_message(line);
        assert_eq!(fact.kind, Kind::Deferral, "{line}");
        assert_eq!(fact.direction, direction, "{line}");
        assert_eq!(text_of(fact.peer.ip), ip, "{line}");
        assert_eq!(text_of(fact.text), text, "{line}");
    }
}

#[test]
fn troubles() {
    let at = "== a@b R=r T=t defer (-37) H=mx [192.0.2.1]: ";
    for (text, trouble) in [
        (
            "TLS session: (SSL_connect): error:0A000126:SSL routines::unexpected eof",
            Trouble::HandshakeFailed,
        ),
        (
            "TLS session: (gnutls_handshake): rxd alert: Handshake failed",
            Trouble::HandshakeFailed,
        ),
        (
            "TLS session: (SSL_connect): error:0A000086:SSL routines::certificate verify failed",
            Trouble::ValidationFailure,
        ),
        (
            "TLS session: (certificate verification failed): certificate invalid",
            Trouble::ValidationFailure,
        ),
        (
            "TLS session: (certificate status check failed)",
            Trouble::ValidationFailure,
        ),
        (
            "a TLS session is required, but an attempt to start TLS failed",
            Trouble::StarttlsFailed,
        ),
        (
            "SMTP error from remote mail server after MAIL FROM:<x@y>: 530 5.7.0 Must issue a STARTTLS command first",
            Trouble::PeerRequiresTls,
        ),
    ] {
        let fact = of_message(&format!("{at}{text}"));
        assert_eq!(fact.trouble, Some(trouble), "{text}");
    }
    let old = of_message("== a@b R=r T=t defer (-37): failure while setting up TLS session");
    assert_eq!(
        (old.trouble, old.direction),
        (Some(Trouble::HandshakeFailed), Some(Direction::Out))
    );
}

#[test]
fn a_reply_imitates_nothing() {
    for reply in [
        format!("451 4.7.1 later: {NOT_OFFERED}"),
        NOT_OFFERED.to_owned(),
        "451 retry time not reached for any host".to_owned(),
        "451 x: H=good.example [192.0.2.9] X=TLS1.3:A:256 Completed".to_owned(),
        "451 TLS session: (certificate verification failed)".to_owned(),
    ] {
        for place in ["H=mx [192.0.2.1]: ", ": "] {
            let line = format!(
                "== a@b R=r T=t defer (-44) {place}SMTP error from remote mail server after RCPT TO:<a@b>: {reply}"
            )
            .replace(") : ", "): ");
            let fact = of_message(&line);
            assert_eq!(fact.kind, Kind::Deferral, "{line}");
            assert_eq!(fact.trouble, None, "{line}");
            assert_ne!(fact.peer.ip, b"192.0.2.9", "{line}");
            assert_eq!(fact.tls, None, "{line}");
        }
    }
}

#[test]
fn a_recipient_imitates_nothing() {
    let real = "R=dnslookup T=remote_smtp defer (-44) H=mx [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<x>: 451 4.7.1 later";
    for local in [
        "a R=r T=t defer (-53): retry time not reached for any host for 'x'".to_owned(),
        format!("a R=r T=t defer (-38) H=h [192.0.2.9]: {NOT_OFFERED}"),
        "a routing defer (-51): retry time not reached".to_owned(),
        "a defer (-23): domain is held".to_owned(),
        format!("a <\"b z> R=r T=t defer (-38) H=h [192.0.2.9]: {NOT_OFFERED}"),
    ] {
        let escaped = local.replace('"', "\\\"");
        let fact = of_message(&format!(
            "== {local}@x.example <\"{escaped}\"@x.example> {real}"
        ));
        assert!(fact.ambiguous, "{local}");
        assert_eq!(fact.trouble, None, "{local}");
    }
}

#[test]
fn masked_numbers_of_the_test_suite() {
    let fact = of_message(
        "== a@b R=r T=t defer (dd): Connection timed out H=mx [192.0.2.1]: SMTP timeout after x",
    );
    assert_eq!(fact.errno, None);
    assert_eq!(text_of(fact.text), "SMTP timeout after x");
    let fact = of_message("== a@b R=r T=t defer (dd): Network Error");
    assert_eq!(
        (fact.kind, fact.direction),
        (Kind::Deferral, Some(Direction::Out))
    );
}
