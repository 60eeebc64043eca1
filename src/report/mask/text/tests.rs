use super::super::Mask;

const MASK: Mask = Mask::new([7; 16]);

/// A line in which `{` and `}` enclose what must be masked; all the rest must stay as it is.
fn check(marked: &str) {
    let line = marked.replace(['{', '}'], "");
    let masked = MASK.text(&line);
    let told = format!("{line}\nis\n{masked}");
    let pieces: Vec<&str> = marked.split(['{', '}']).collect();
    let mut rest = masked.strip_prefix(pieces[0]).expect(&told);
    for secret_and_kept in pieces[1..].chunks(2) {
        let [secret, kept] = *secret_and_kept else {
            panic!("{marked}")
        };
        let end = if kept.is_empty() {
            Some(rest.len())
        } else {
            rest.find(kept)
        };
        let (shown, behind) = rest.split_at(end.expect(&told));
        assert!(!shown.is_empty() && !shown.contains(secret), "{told}");
        rest = &behind[kept.len()..];
    }
    assert_eq!(rest, "", "{told}");
    assert_eq!(MASK.text(&masked), masked, "masked once more");
}

#[test]
fn mail_servers_keep_their_addresses() {
    for line in [
        // Postfix
        "relay=mx.example.net[198.51.100.7]:25, delay=1, status=sent (250 OK)",
        "relay=10.0.0.9[10.0.0.9]:24, delay=1",
        "status=deferred (TLS is required, but was not offered by host mx.example.net[198.51.100.7])",
        "status=bounced (host dyn-mx.example.net[198.51.100.7] said: 550 no)",
        "connect to mx.example.net[2001:db8::7]:25: Connection refused",
        "conversation with pool1.example.net[198.51.100.7] timed out",
        "Trusted TLS connection established to mx.example.net[198.51.100.7]:25: TLSv1.3",
        "client=mx.example.org[192.0.2.1]",
        // Exim
        "=> H=mx.example.net [198.51.100.7]:25 I=[192.0.2.1]:41234",
        // Sendmail
        "relay=mx.example.net. [IPv6:2001:db8::7], dsn=2.0.0",
        "relay=dsl.example.net. [198.51.100.7], dsn=2.0.0",
        // OpenSMTPD
        r#"source="192.0.2.1" relay="198.51.100.7 (mx.example.net)" delay=1s"#,
        "mta connecting address=smtp+tls://198.51.100.7:25 host=mx.example.net",
        // Received
        "Received: from mx.example.org (mx.example.org [192.0.2.1])",
        "Received: from mx.example.org ([192.0.2.1])",
    ] {
        check(line);
    }
}

#[test]
fn clients_keep_only_their_network() {
    for line in [
        // Postfix
        "client={p5b0.dip0}.provider.example[{203.0.113.177}], sasl_method=PLAIN",
        "connect from unknown[{203.0.113.177}]",
        "client=unknown[{2001:db8:1:2::3}]:50012",
        "lost connection after AUTH from {203.0.113.177}[{203.0.113.177}]",
        // Exim
        "H={p5b0.dip0}.provider.example ({annas-laptop}) [{203.0.113.177}]",
        // Sendmail
        "STARTTLS=server, relay={p5b0.dip0}.provider.example [{203.0.113.177}] (may be forged)",
        "relay=[IPv6:{2001:db8:1:2::3}], version=TLSv1.3",
        // Received
        "Received: from {annas-laptop} ({p5b0.dip0}.provider.example [{203.0.113.177}])",
        "Received: from {p5b0.dip0}.provider.example ([{203.0.113.177}])",
    ] {
        check(line);
    }
}

#[test]
fn a_tag_is_no_part_of_the_address_behind_it() {
    for line in [
        "S=1000 id={abc}@example.org for {anna}@example.net",
        "S=1000 id*={abc}@example.org",
        "msgid={abc}@example.org, proto=ESMTP",
        "message-id={abc}@example.org",
        "ruleset=check_mail, arg1={anna}@example.org, relay={anna}@localhost",
        "from={anna}@example.org, to={bo}@example.net,{carla}@example.net, delay=1",
        "envelope-from={anna}@example.org",
        // No tags: the sender as others rewrote it.
        "F=<{prvs=123=anna}@example.org> P=<{SRS0=x=y=example.org=anna}@example.net>",
        "{bounce-anna=example.org}@example.net",
    ] {
        check(line);
    }
}
