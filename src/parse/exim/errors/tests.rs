use super::*;

#[test]
fn hosts_in_old_texts() {
    for text in [
        "SMTP error from remote mail server after RCPT TO:<a@b>: host mx.b [192.0.2.1]: 550 no",
        "SMTP error from remote mailer after initial connection: host mx.b [192.0.2.1]: 550 no",
        "SMTP timeout while connected to mx.b [192.0.2.1] after EHLO x",
        "Connection timed out: SMTP timeout while connected to mx.b [192.0.2.1] after EHLO x",
        "Remote host mx.b [192.0.2.1] closed connection in response to x",
        "Malformed SMTP reply (an empty line) from mx.b [192.0.2.1] in response to x",
        "Malformed SMTP reply from mx.b [192.0.2.1] in response to x: y",
        "a TLS session is required for mx.b [192.0.2.1], but the server did not offer TLS support",
    ] {
        let peer = host_in_text(text.as_bytes()).expect(text);
        assert_eq!(
            (peer.name, peer.ip),
            (b"mx.b".as_slice(), b"192.0.2.1".as_slice()),
            "{text}"
        );
    }
    for text in [
        "SMTP error from remote mail server after RCPT TO:<a@b>: 550 host mx.b [192.0.2.1]: x",
        "Malformed SMTP reply in response to x: from mx.b [192.0.2.1] in response to x",
        "mx.b [192.0.2.1]",
        "",
    ] {
        assert!(host_in_text(text.as_bytes()).is_none(), "{text}");
    }
}

#[test]
fn only_the_whole_text_says_that_tls_was_refused() {
    for (text, trouble) in [
        (
            "a TLS session is required, but the server did not offer TLS support",
            Some(Trouble::StarttlsNotSupported),
        ),
        (
            "a TLS session is required for mx [192.0.2.1], but an attempt to start TLS failed",
            Some(Trouble::StarttlsFailed),
        ),
        (
            "a TLS session is required, but the server did not offer TLS support@x",
            None,
        ),
        ("a TLS session is required, but", None),
        (
            "a TLS session is required for mx, but an attempt to start TLS failed",
            None,
        ),
    ] {
        assert_eq!(trouble_of(text), trouble, "{text}");
    }
}

fn trouble_of(text: &str) -> Option<Trouble> {
    trouble(text.as_bytes(), b"")
}

#[test]
fn dane() {
    for (text, expected) in [
        ("DANE error: tlsa lookup DEFER", Trouble::DnssecInvalid),
        (
            "DANE error: TLSA lookup for mx not DNSSEC",
            Trouble::DnssecInvalid,
        ),
        ("DANE error: mx lookup not DNSSEC", Trouble::DnssecInvalid),
        ("DANE error: tlsa lookup FAIL", Trouble::TlsaInvalid),
        ("DANE error: No usable TLSA records", Trouble::TlsaInvalid),
    ] {
        assert_eq!(trouble_of(text), Some(expected), "{text}");
    }
}

#[test]
fn a_peer_demands_tls_only_by_its_reply_code() {
    assert!(demands_tls(
        b"530 5.7.0 Must issue a STARTTLS command first"
    ));
    assert!(demands_tls(b"530 must issue starttls"));
    assert!(!demands_tls(
        b"550 5.7.0 Must issue a STARTTLS command first"
    ));
    assert!(!demands_tls(b"530 5.7.0 Authentication required"));
    assert!(!demands_tls(b""));
}

#[test]
fn texts_about_what_was_sent_already() {
    for (text, sent) in [
        (
            "SMTP error from remote mail server after end of data: 554 no",
            true,
        ),
        (
            "SMTP error from remote mail server after pipelined end of data: 550 no",
            true,
        ),
        (
            "SMTP error from remote mail server after sending data block: 500 no",
            true,
        ),
        (
            "SMTP error from remote mailer after end of data: host mx.b [192.0.2.1]: 554 no",
            true,
        ),
        ("PRDR error after end of data: 550 no", true),
        ("SMTP timeout after end of data (1234 bytes written)", true),
        (
            "SMTP timeout while connected to mx.b [192.0.2.1] after end of data (9 bytes written)",
            true,
        ),
        (
            "Connection timed out: SMTP timeout while connected to mx.b [192.0.2.1] after end of data",
            true,
        ),
        ("LMTP timeout after end of data (9 bytes written)", true),
        (
            "Remote host closed connection in response to end of data",
            true,
        ),
        (
            "Remote host mx.b [192.0.2.1] closed connection in response to sending data block",
            true,
        ),
        (
            "Malformed SMTP reply (an empty line) from mx.b [192.0.2.1] in response to end of data",
            true,
        ),
        (
            "SMTP error from remote mail server after DATA: 554 no",
            false,
        ),
        (
            "SMTP error from remote mail server after RCPT TO:<a@b>: 554 after end of data",
            false,
        ),
        (
            "Remote host closed connection in response to pipelined DATA",
            false,
        ),
        ("Connection reset by peer", false),
        ("554 after end of data", false),
        ("", false),
    ] {
        assert_eq!(is_after_content(text.as_bytes()), sent, "{text}");
    }
}
