use super::*;

#[test]
fn troubles_of_policies() {
    for (text, expected) in [
        (
            "TLSA lookup error for mx.example.net:25",
            Some(Trouble::DnssecInvalid),
        ),
        ("non DNSSEC destination", Some(Trouble::DnssecInvalid)),
        ("no TLSA records found", Some(Trouble::TlsaInvalid)),
        (
            "REQUIRETLS Failure: sender requested REQUIRETLS, but TLS service was not offered by host mx.example.net[192.0.2.1]",
            Some(Trouble::StarttlsNotSupported),
        ),
        (
            "REQUIRETLS Failure: sender requested REQUIRETLS, but host mx.example.net[192.0.2.1] refused to start TLS: 454 x",
            Some(Trouble::StarttlsFailed),
        ),
        (
            "REQUIRETLS Failure: sender requested REQUIRETLS, but no trusted server certificate was found. The last attempted server was mx.example.net[192.0.2.1]",
            Some(Trouble::ValidationFailure),
        ),
        (
            "REQUIRETLS Failure: sender requested REQUIRETLS, but no server was found that supports REQUIRETLS",
            None,
        ),
        ("client TLS configuration problem", None),
        (
            "connect to mx.example.net[192.0.2.1]:25: Connection refused",
            None,
        ),
    ] {
        assert_eq!(trouble(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn only_a_refusal_can_demand_tls() {
    let said = |reply: &str| {
        let text =
            format!("host mx.example.net[192.0.2.1] said: {reply} (in reply to MAIL FROM command)");
        trouble(text.as_bytes())
    };
    let demands = Some(Trouble::PeerRequiresTls);
    assert_eq!(
        said("530 5.7.0 Must issue a STARTTLS command first"),
        demands
    );
    assert_eq!(said("530 Must issue a STARTTLS command first."), demands);
    assert_eq!(said("450 4.7.1 Session encryption is required"), demands);
    assert_eq!(said("250 2.0.0 Must issue a STARTTLS command first"), None);
    assert_eq!(
        said("550 5.7.1 your server said: Must issue a STARTTLS command first"),
        None
    );
    assert_eq!(said("530"), None);
    assert_eq!(said("530 5.7.0"), None);
}

#[test]
fn hosts() {
    for (text, over) in [
        ("host mx.example.net[192.0.2.1] said: 450 x", false),
        (
            "host mx.example.net[192.0.2.1] refused to talk to me: 554 x",
            true,
        ),
        (
            "lost connection with mx.example.net[192.0.2.1] while sending RCPT TO",
            true,
        ),
    ] {
        let (peer, is_over) = host(text.as_bytes()).expect(text);
        assert_eq!(
            (peer.ip, is_over),
            (b"192.0.2.1".as_slice(), over),
            "{text}"
        );
    }
    assert_eq!(host(b"host mx.example.net[192.0.2.1] offers x"), None);
}

#[test]
fn reasons_about_what_was_sent_already() {
    let mx = "mx.example.net[192.0.2.1]";
    for (text, sent) in [
        (
            format!("host {mx} said: 554 no (in reply to end of DATA command)"),
            true,
        ),
        (
            format!("host {mx} said: 554 no (in reply to DATA command)"),
            false,
        ),
        (
            format!(
                "host {mx} said: 554 (in reply to end of DATA command) (in reply to RCPT TO command)"
            ),
            false,
        ),
        (
            format!("host {mx} said: 554 a reply that was cut off"),
            false,
        ),
        (
            format!(
                "lost connection with {mx} while sending end of data -- message may be sent more than once"
            ),
            true,
        ),
        (
            format!("lost connection with {mx} while sending message body"),
            true,
        ),
        (
            format!(
                "conversation with {mx} timed out while sending end of data -- message may be sent more than once"
            ),
            true,
        ),
        (
            format!("lost connection with {mx} while sending DATA command"),
            false,
        ),
        (
            format!("conversation with {mx} timed out while receiving the initial server greeting"),
            false,
        ),
        (
            "lost connection while sending message body".to_owned(),
            false,
        ),
        (String::new(), false),
    ] {
        assert_eq!(is_after_content(text.as_bytes()), sent, "{text}");
    }
}
