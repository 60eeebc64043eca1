use super::super::tests::{fact, s};
use super::*;

#[test]
fn sessions() {
    let inbound = fact(
        "postfix/smtpd",
        "Anonymous TLS connection established from c.example.net[192.0.2.1]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256",
    );
    assert_eq!(
        (inbound.kind, inbound.turn, s(inbound.dialogue)),
        (Kind::Session, Turn::Secured, "42")
    );
    assert_eq!(
        (inbound.direction, s(inbound.peer.ip), inbound.peer.port),
        (Some(Direction::In), "192.0.2.1", None)
    );
    let tls = inbound.tls.expect("a statement");
    assert_eq!(
        (s(tls.version), s(tls.cipher), tls.bits),
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", Some(256))
    );
    assert_eq!(
        (s(tls.group), tls.resumed, tls.verify),
        ("X25519", None, Some(Verify::Anonymous))
    );
    let outbound = fact(
        "postfix/smtp",
        "Verified TLS connection reused to mx.example.net[192.0.2.1]:25 to sni.example.net: TLSv1.2 with cipher X (112/168 bits)",
    );
    assert_eq!(
        (outbound.direction, outbound.peer.port, outbound.peer.reused),
        (Some(Direction::Out), Some(25), true)
    );
    let tls = outbound.tls.expect("a statement");
    assert_eq!(
        (tls.bits, s(tls.group), tls.resumed, tls.verify),
        (Some(112), "", None, Some(Verify::Verified))
    );
}

#[test]
fn levels_and_old_forms() {
    for (start, verify) in [
        ("Untrusted TLS", Some(Verify::Unverified)),
        ("Trusted TLS", Some(Verify::Trusted)),
        ("TLS", None),
    ] {
        let text = format!(
            "{start} connection established from unknown[192.0.2.1]: TLSv1 with cipher DHE-RSA-AES256-SHA (256/256 bits)"
        );
        let tls = fact("postfix/smtpd", &text).tls.expect("a statement");
        assert_eq!((tls.verify, s(tls.version)), (verify, "TLSv1"), "{text}");
    }
}

#[test]
fn groups() {
    for (written, group) in [
        ("X25519", "X25519"),
        ("ECDHE (prime256v1)", "prime256v1"),
        ("ECDH (P-256) server-signature ECDSA (P-384)", "P-256"),
        ("DHE (2048 bits)", "2048 bits"),
        (
            "X25519MLKEM768 server-signature RSA-PSS (2048 bits)",
            "X25519MLKEM768",
        ),
    ] {
        assert_eq!(s(super::group(written.as_bytes())), group);
    }
}

#[test]
fn failures() {
    let inbound = fact(
        "postfix/smtpd",
        "SSL_accept error from unknown[192.0.2.1]: lost connection",
    );
    assert_eq!(
        (inbound.kind, inbound.turn, inbound.direction),
        (Kind::TlsFailed, Turn::Failed, Some(Direction::In))
    );
    let outbound = fact(
        "postfix/smtp",
        "SSL_connect error to mx.example.net[192.0.2.1]:25: -1",
    );
    assert_eq!(
        (outbound.kind, outbound.trouble),
        (Kind::TlsFailed, Some(Trouble::HandshakeFailed))
    );
    assert_eq!(
        (s(outbound.peer.ip), outbound.direction),
        ("192.0.2.1", Some(Direction::Out))
    );
}

/// As from 2.2 to 2.5.
#[test]
fn a_server_may_be_named_without_its_address() {
    let read = fact(
        "postfix/smtp",
        "TLS connection established to mx.example.net: TLSv1 with cipher DES-CBC3-SHA (168/168 bits)",
    );
    assert_eq!(
        (read.kind, read.turn, read.direction),
        (Kind::Session, Turn::Secured, Some(Direction::Out))
    );
    assert_eq!((s(read.peer.name), s(read.peer.ip)), ("mx.example.net", ""));
    let tls = read.tls.expect("a statement");
    assert_eq!(
        (s(tls.version), s(tls.cipher), tls.bits),
        ("TLSv1", "DES-CBC3-SHA", Some(168))
    );
    let failed = fact("postfix/smtp", "SSL_connect error to mx.example.net: -1");
    assert_eq!(
        (failed.turn, s(failed.peer.name)),
        (Turn::Failed, "mx.example.net")
    );
    let client = fact(
        "postfix/smtpd",
        "TLS connection established from mx.example.net: TLSv1 with cipher X (1/1 bits)",
    );
    assert_eq!((client.turn, client.tls), (Turn::Alone, None));
}

#[test]
fn what_is_not_whole_states_nothing() {
    for text in [
        "Trusted TLS connection established to mx.example.net[192.0.2.1]:25",
        "Trusted TLS connection established to mx.example.net[192.0.2.1]:25: TLSv1.3",
        "Trusted TLS connection established to mx.example.net[192.0.2.1]:25 to a b: TLSv1.3 with cipher X (1/1 bits)",
        "Fine TLS connection established to mx.example.net[192.0.2.1]:25: TLSv1.3 with cipher X (1/1 bits)",
        "Trusted TLS connection shut down to mx.example.net[192.0.2.1]:25: TLSv1.3 with cipher X (1/1 bits)",
    ] {
        let fact = fact("postfix/smtp", text);
        assert_eq!((fact.tls, fact.turn), (None, Turn::Alone), "{text}");
    }
}
