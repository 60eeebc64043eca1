use super::super::tests::{fact, of_connection, of_message, text_of};
use super::*;

const NOT_OFFERED: &str = "a TLS session is required, but the server did not offer TLS support";

#[test]
fn tls_details() {
    let refused = (Kind::TlsRefused, Some(Trouble::StarttlsNotSupported));
    let handshake = (Kind::TlsFailed, Some(Trouble::HandshakeFailed));
    let validation = (Kind::TlsFailed, Some(Trouble::ValidationFailure));
    let downgrade = (Kind::TlsDowngrade, Some(Trouble::HandshakeFailed));
    for (line, expected) in [
        (format!("H=mx.b [192.0.2.1]: {NOT_OFFERED}"), refused),
        (format!("H=mx.b DS [192.0.2.1]:25: {NOT_OFFERED}"), refused),
        (
            "a TLS session is required for mx.b [192.0.2.1], but the server did not offer TLS support".to_owned(),
            refused,
        ),
        (
            "H=mx.b [192.0.2.1]: a TLS session is required, but an attempt to start TLS failed".to_owned(),
            (Kind::TlsRefused, Some(Trouble::StarttlsFailed)),
        ),
        (
            "TLS session: (gnutls_handshake): A packet was lost: delivering unencrypted to H=mx.b [192.0.2.1] (not in hosts_require_tls)"
                .to_owned(),
            downgrade,
        ),
        (
            "TLS session: (certificate verification failed): certificate invalid: delivering unencrypted to H=mx.b [192.0.2.1] (not in hosts_require_tls)"
                .to_owned(),
            (Kind::TlsDowngrade, Some(Trouble::ValidationFailure)),
        ),
        (
            "TLS session failure: delivering unencrypted to mx.b [192.0.2.1] (not in hosts_require_tls)".to_owned(),
            downgrade,
        ),
        (
            "TLS session: (tls lib connect fn): timed out: callout unencrypted to mx.b [192.0.2.1] (not in hosts_require_tls)"
                .to_owned(),
            handshake,
        ),
        (
            "DANE attempt failed; TLS connection to mx.b [192.0.2.1]: (certificate verification failed): x".to_owned(),
            validation,
        ),
        (
            "DANE attempt failed; trying CA-root TLS to mx.b [192.0.2.1] (not in hosts_require_dane)".to_owned(),
            validation,
        ),
        (
            "H=mx.b [192.0.2.1]: DANE error: tlsa lookup DEFER".to_owned(),
            (Kind::TlsFailed, Some(Trouble::DnssecInvalid)),
        ),
        ("H=mx.b [192.0.2.1] TLS error on connection (SSL_connect): error: x".to_owned(), handshake),
        ("TLS error on connection to mx.b [192.0.2.1] (SSL_connect): error: x".to_owned(), handshake),
        (
            "H=mx.b [192.0.2.1] TLS error on connection (recv): The TLS connection was non-properly terminated.".to_owned(),
            (Kind::Note, None),
        ),
    ] {
        let fact = of_message(&line);
        assert_eq!((fact.kind, fact.trouble), expected, "{line}");
        assert_eq!((text_of(fact.peer.name), text_of(fact.peer.ip)), ("mx.b", "192.0.2.1"), "{line}");
        assert_eq!(fact.direction, Some(Direction::Out), "{line}");
        assert_eq!(fact.tls, None, "{line}");
    }
}

#[test]
fn other_details_are_notes_with_the_peer() {
    for line in [
        "H=mx.b [192.0.2.1] Connection refused",
        "H=mx.b [192.0.2.1]:25 Connection refused",
        "H=mx.b [192.0.2.1]: Connection timed out",
        "H=mx.b [192.0.2.1]: SMTP timeout after EHLO x",
        "H=mx.b [192.0.2.1]:25: Remote host closed connection in response to EHLO x",
        "H=mx.b [192.0.2.1] SMTP error from remote mail server after RCPT TO:<a@b>: 451 4.7.1 later",
        "mx.b [192.0.2.1] Connection refused",
        "SMTP error from remote mail server after RCPT TO:<a@b>: host mx.b [192.0.2.1]: 451 4.7.1 later",
        "Remote host mx.b [192.0.2.1] closed connection in response to x",
    ] {
        let fact = of_message(line);
        assert_eq!((fact.kind, fact.trouble), (Kind::Note, None), "{line}");
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
        assert_eq!(fact.direction, Some(Direction::Out), "{line}");
    }
    let status = of_message(
        "H=mx.b [192.0.2.1]: SMTP error from remote mail server after end of data: 452 4.3.1 full",
    );
    assert_eq!(text_of(status.enhanced_status), "4.3.1");
}

#[test]
fn complaints_that_prove_no_failure() {
    let fact = of_message(
        "[192.0.2.1] SSL verify error: depth=0 error=certificate has expired cert=/CN=x",
    );
    assert_eq!(
        (fact.kind, fact.trouble, fact.direction),
        (Kind::Note, None, Some(Direction::Out))
    );
    assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
    let fact =
        of_connection("[192.0.2.1] SSL verify error: certificate name mismatch: DN=\"x\" H=\"y\"");
    assert_eq!(
        (fact.kind, fact.direction),
        (Kind::Note, Some(Direction::In))
    );
}

#[test]
fn what_others_write_is_no_refusal() {
    for line in [
        // The reply of a server.
        format!(
            "H=mx.b [192.0.2.1]: SMTP error from remote mail server after x: 451 {NOT_OFFERED}"
        ),
        // The HELO name of a client, on a line about its message.
        format!(
            "H=mx.b (x) [192.0.2.9]: {NOT_OFFERED}) [192.0.2.1] F=<a@b> rejected after DATA: no"
        ),
        format!("H=(x) [192.0.2.9]: {NOT_OFFERED}"),
        format!("H=mx.b [192.0.2.1] F=<a@b> rejected after DATA: {NOT_OFFERED}"),
        format!("H=mx.b [192.0.2.1] Warning: {NOT_OFFERED}"),
        NOT_OFFERED.to_owned(),
    ] {
        let fact = of_message(&line);
        assert_ne!(fact.kind, Kind::TlsRefused, "{line}");
        assert_eq!(fact.trouble, None, "{line}");
    }
    let text = "TLS session: (x): delivering unencrypted to H=mx.b [192.0.2.1] (not in hosts_require_tls) x";
    assert_eq!(of_message(text).kind, Kind::TlsFailed);
}

/// Nothing was sent, and nothing would have been.
#[test]
fn a_callout_that_goes_on_in_clear_sends_no_message() {
    for text in [
        "TLS session failure: callout unencrypted to mx.b [192.0.2.1] (not in hosts_require_tls)",
        "TLS session: (x): callout unencrypted to mx.b [192.0.2.1] (not in hosts_require_tls)",
    ] {
        let fact = fact(&format!("2020-02-25 04:55:03 {text}"));
        assert_eq!(
            (fact.kind, fact.trouble, fact.direction),
            (
                Kind::TlsFailed,
                Some(Trouble::HandshakeFailed),
                Some(Direction::Out)
            ),
            "{text}"
        );
        assert!(fact.tls_optional, "{text}");
        assert_eq!(
            (fact.peer.name, fact.peer.ip),
            (&b"mx.b"[..], &b"192.0.2.1"[..])
        );
    }
}

#[test]
fn a_callout_can_be_refused_without_a_message() {
    let fact = fact(&format!(
        "2020-02-25 04:55:03 H=mx.b [192.0.2.1]: {NOT_OFFERED}"
    ));
    assert_eq!(
        (fact.kind, fact.direction),
        (Kind::TlsRefused, Some(Direction::Out))
    );
}
