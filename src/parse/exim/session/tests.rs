use super::super::tests::{of_connection, of_message, text_of};
use super::*;

#[test]
fn connections() {
    for line in [
        "SMTP connection from [192.0.2.1]:39203 I=[192.0.2.2]:2525 (TCP/IP connection count = 1)",
        "SMTP connection from a.example (b) [192.0.2.1]:39203 I=[192.0.2.2]:2525 D=0.038s closed by QUIT",
        "SMTP connection Ci=9 from a.example [192.0.2.1] lost D=0.001s",
        "SMTP connection from (b) [192.0.2.1] lost while reading message data (header)",
        "SMTP connection lost after final dot H=[192.0.2.1] P=smtps",
        "no MAIL in SMTP connection from a.example [192.0.2.1]:39203 D=1s C=EHLO,QUIT",
        "unexpected disconnection while reading SMTP command from a.example [192.0.2.1] D=0s",
        "SMTP command timeout on TLS connection from [192.0.2.1]",
        "SMTP data timeout (message abandoned) on connection from (b) [192.0.2.1] F=<s@a>",
        "SMTP call from a.example [192.0.2.1]:1 I=[192.0.2.2]:25 dropped: too many nonmail commands (last was \"RSET\")",
        "refused connection from [192.0.2.1] (host_reject_connection)",
        "Connection from [192.0.2.1] refused: too many connections",
        "SMTP protocol error in \"STARTTLS\" H=a (b) [192.0.2.1] STARTTLS command used when not advertised",
        "SMTP syntax error in \"x\\\"y\" H=(b) [192.0.2.1] unrecognized command",
    ] {
        for fact in [of_connection(line), of_message(line)] {
            assert_eq!((fact.kind, fact.trouble), (Kind::Session, None), "{line}");
            assert_eq!(fact.direction, Some(Direction::In), "{line}");
            assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
            assert!(fact.tls.is_none() && !fact.ambiguous, "{line}");
        }
    }
    let local = of_connection("SMTP connection from root D=0.002s closed by QUIT");
    assert_eq!(
        (local.kind, local.direction),
        (Kind::Session, Some(Direction::Local))
    );
}

#[test]
fn a_connection_without_a_message_states_its_session() {
    const X: &str = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256";
    for rest in [
        format!("(b) [192.0.2.1] D=3.1s {X} C=EHLO,STARTTLS,EHLO,QUIT"),
        format!("a.example (b) [192.0.2.1]:39203 I=[192.0.2.2]:25 Ci=9 D=1s {X} CV=no C=EHLO"),
        format!("[192.0.2.1] D=1s {X} CV=yes DN=\"CN=X=TLS1.0:x:1\" SNI=a.example"),
    ] {
        let line = format!("no MAIL in SMTP connection from {rest}");
        let fact = of_connection(&line);
        assert_eq!(
            fact.tls.map(|tls| tls.version),
            Some(&b"TLS1.3"[..]),
            "{line}"
        );
        assert_eq!(
            (fact.kind, fact.ambiguous),
            (Kind::Session, false),
            "{line}"
        );
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
    }
    // A client chooses what it logs in as, before the session or in place of one.
    for login in [
        "A=plain:joe",
        "A=plain:joe X=TLS1.0:x:1",
        "A=plain:joe D=1s",
    ] {
        let line = format!("no MAIL in SMTP connection from [192.0.2.1] D=1s {login} {X} C=AUTH");
        let fact = of_connection(&line);
        assert!(fact.tls.is_none() && fact.ambiguous, "{line}");
    }
}

#[test]
fn tls_errors_of_clients() {
    for (line, kind, trouble) in [
        (
            "TLS error on connection from a.example (b) [192.0.2.1]:1 I=[192.0.2.2]:25 (gnutls_handshake): No supported cipher suites have been found.",
            Kind::TlsFailed,
            Some(Trouble::HandshakeFailed),
        ),
        (
            "TLS error on connection from [192.0.2.1] (SSL_accept (TLSv1.3)): error:0A00010B:SSL routines::wrong version number",
            Kind::TlsFailed,
            Some(Trouble::HandshakeFailed),
        ),
        (
            "TLS error on connection Ci=9 from [192.0.2.1] (certificate verification failed): x",
            Kind::TlsFailed,
            Some(Trouble::ValidationFailure),
        ),
        (
            "TLS error on connection from (b) [192.0.2.1] (recv): The TLS connection was non-properly terminated.",
            Kind::Note,
            None,
        ),
        (
            "TLS recv error on connection from a.example [192.0.2.1]: A TLS fatal alert has been received.",
            Kind::Note,
            None,
        ),
    ] {
        let fact = of_connection(line);
        assert_eq!((fact.kind, fact.trouble), (kind, trouble), "{line}");
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
        assert_eq!(fact.direction, Some(Direction::In), "{line}");
    }
    let noise = of_connection(
        "TLS error (SSL_read): error:0A000126:SSL routines::unexpected eof while reading",
    );
    assert_eq!((noise.kind, noise.trouble), (Kind::Note, None));
    let fact = of_connection("TLS client disconnected cleanly (rejected our certificate?)");
    assert_eq!(
        (fact.kind, fact.direction),
        (Kind::TlsFailed, Some(Direction::In))
    );
}

#[test]
fn refusals_that_start_the_line() {
    for (line, sender) in [
        (
            "rejected from <s@a> H=a.example (b) [192.0.2.1]: message too big: read=2 max=1",
            "s@a",
        ),
        (
            "rejected MAIL FROM:<s@a> H=a.example [192.0.2.1]: message too big: size=2 max=1",
            "s@a",
        ),
        (
            "rejected EHLO from [192.0.2.1]: syntactically invalid argument(s): x from y [192.0.2.9]",
            "",
        ),
        ("temporarily rejected MAIL <s@a> H=[192.0.2.1]: no", "s@a"),
        (
            "SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[192.0.2.1]:1 input=\"GET / HTTP/1.1 H=[192.0.2.9]\"",
            "",
        ),
        (
            "plain authenticator failed for a.example (b) [192.0.2.1]: 535 Incorrect authentication data (set_id=[192.0.2.9])",
            "",
        ),
        (
            "plain authenticator failed for H=a.example [192.0.2.1]:1 I=[192.0.2.2]:25: 535 x",
            "",
        ),
    ] {
        let fact = of_connection(line);
        assert_eq!(fact.kind, Kind::Rejection, "{line}");
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
        assert_eq!(text_of(fact.sender), sender, "{line}");
        assert!(!fact.ambiguous, "{line}");
    }
    let ours = of_message("plain authenticator failed H=mx.example [192.0.2.1] 535 x");
    assert_eq!(
        (ours.kind, ours.direction),
        (Kind::Note, Some(Direction::Out))
    );
    assert_eq!(text_of(ours.peer.ip), "192.0.2.1");
}

#[test]
fn a_command_that_imitates_a_host_is_contested() {
    let fact = of_connection(
        "SMTP protocol error in \"auth\" H=(test) [192.0.2.9]\" H=(b) [192.0.2.1] AUTH command used when not advertised",
    );
    assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
    assert!(fact.ambiguous);
    let fact = of_connection(
        "TLS error on connection from a (b) [192.0.2.9] (recv): x) [192.0.2.1] (gnutls_handshake): y",
    );
    assert!(fact.ambiguous && fact.trouble.is_none());
}

#[test]
fn look_ups_for_a_client() {
    for line in [
        "no host name found for IP address 192.0.2.1",
        "no IP address found for host x.example (during SMTP connection from [192.0.2.1])",
        "no IP address found for host x.example (during SMTP connection from a (b) [192.0.2.1]:1 I=[192.0.2.2]:25)",
        "no IP address found for host x(during SMTP connection from [192.0.2.9]) (during SMTP connection from [192.0.2.1])",
    ] {
        let fact = of_connection(line);
        assert_eq!(
            (fact.kind, fact.direction),
            (Kind::Note, Some(Direction::In)),
            "{line}"
        );
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
    }
}
