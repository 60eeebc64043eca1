use super::super::tests::{of_message, text_of};
use super::*;
use crate::tls::{Statement, Trouble, Verify};

#[test]
fn reads_every_field() {
    let fact = of_message(
        "=> b@example.net (c@example.org) <a@example.org> F=<s@example.org> Q=slow P=<s@example.org> R=dnslookup T=remote_smtp \
         S=1895 H=mx.example.net DS [192.0.2.1]:25 I=[192.0.2.2]:52951 PS=ese X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=dane \
         DN=\"O=Lab, Inc,CN=mx\" L C=\"250 2.0.0 Ok: queued as SINK4E96\" QT=0.496s DT=0.241s",
    );
    assert_eq!(fact.kind, Kind::Delivery);
    assert_eq!(fact.flag, Some(Flag::Delivered));
    assert_eq!(fact.direction, Some(Direction::Out));
    assert_eq!(text_of(fact.address), "b@example.net");
    assert_eq!(text_of(fact.parent_address), "a@example.org");
    assert_eq!(text_of(fact.sender), "s@example.org");
    assert_eq!(text_of(fact.router), "dnslookup");
    assert_eq!(text_of(fact.transport), "remote_smtp");
    assert_eq!(fact.size, Some(1895));
    assert_eq!(text_of(fact.peer.name), "mx.example.net");
    assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
    assert_eq!(fact.peer.port, Some(25));
    assert!(!fact.peer.reused);
    let tls = fact.tls.expect("a statement");
    assert_eq!(text_of(tls.version), "TLS1.3");
    assert_eq!(tls.verify, Some(Verify::Dane));
    assert_eq!(text_of(fact.peer_queue_id()), "SINK4E96");
    assert_eq!(text_of(fact.enhanced_status), "2.0.0");
    assert_eq!(text_of(fact.text), "250 2.0.0 Ok: queued as SINK4E96");
    assert!(!fact.ambiguous);
}

/// Such a line names no recipient: its text is none.
#[test]
fn a_message_that_is_dropped_as_a_whole() {
    for text in [
        "discarded (system filter)",
        "blackhole (RCPT ACL discarded recipients)",
        "blackhole (DATA ACL discarded recipients): a virus: (Worm) from <b@example.net>",
        "blackhole *no more of this*",
        "/dev/null <system-filter> T=**bypassed**",
    ] {
        let line = format!("=> {text}");
        let fact = of_message(&line);
        assert_eq!(fact.kind, Kind::Discarded, "{text}");
        assert_eq!((fact.address, fact.parent_address), (&b""[..], &b""[..]));
        assert_eq!(text_of(fact.text), text);
        assert_eq!(fact.direction, Some(Direction::Local), "{text}");
    }
    // A sender may choose such a recipient.
    let forged = "=> blackhole (RCPT ACL discarded recipients)@example.org <\"blackhole (RCPT ACL discarded recipients)\"@example.org> R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.1]";
    let fact = of_message(forged);
    assert_eq!(
        (fact.kind, fact.peer.ip),
        (Kind::Delivery, &b"192.0.2.1"[..])
    );
}

#[test]
fn local_discarded_and_suppressed() {
    for (line, kind, address) in [
        (
            "=> inbox <a@example.org> R=local T=maildir",
            Kind::Delivery,
            "inbox",
        ),
        (
            "=> |/bin/sh -c \"cat >x\" <a@example.org> R=local T=pipe",
            Kind::Delivery,
            "|/bin/sh -c \"cat >x\"",
        ),
        (
            "-> b@example.org R=lmtp T=dovecot_lmtp C=\"250 2.0.0 Saved\"",
            Kind::Delivery,
            "b@example.org",
        ),
        (
            "=> discarded <discarded@example.org> R=local T=maildir",
            Kind::Delivery,
            "discarded",
        ),
        (
            "=> :blackhole: <a@example.org> R=aliases",
            Kind::Discarded,
            ":blackhole:",
        ),
        (
            "=> discarded <a@example.org> R=filter",
            Kind::Discarded,
            "discarded",
        ),
        (
            "=> /dev/null <a@example.org> R=aliases T=**bypassed**",
            Kind::Discarded,
            "/dev/null",
        ),
        (
            "=> blackhole <a@example.org> R=local T=maildir",
            Kind::Delivery,
            "blackhole",
        ),
        (
            "=> /var/mail/kept <system-filter> T=address_file",
            Kind::Delivery,
            "/var/mail/kept",
        ),
        (
            "*> a@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.1]:-1 C=\"delivery bypassed by -N option\"",
            Kind::Delivery,
            "a@example.net",
        ),
    ] {
        let fact = of_message(line);
        assert_eq!(
            (fact.kind, text_of(fact.address)),
            (kind, address),
            "{line}"
        );
        assert_eq!(fact.direction, Some(Direction::Local), "{line}");
        assert_eq!(fact.tls, None, "{line}");
        assert!(!fact.ambiguous, "{line}");
    }
}

#[test]
fn what_a_certificate_check_says_is_lost_on_reused_connections() {
    let x = "X=TLS1.2:ECDHE-RSA-AES128-SHA:128";
    for (line, verify) in [
        (
            format!("=> a@b R=r T=t H=m [192.0.2.1] {x} CV=no"),
            Some(Verify::Unverified),
        ),
        (
            format!("=> a@b R=r T=t H=m [192.0.2.1] {x} CV=yes"),
            Some(Verify::Verified),
        ),
        (format!("=> a@b R=r T=t H=m [192.0.2.1]* {x} CV=no"), None),
        (
            format!("=> a@b R=r T=t H=m [192.0.2.1]:25* {x} CV=yes"),
            Some(Verify::Verified),
        ),
        (format!(">> a@b R=r T=t H=m [192.0.2.1] {x} CV=no"), None),
    ] {
        let fact = of_message(&line);
        assert_eq!(fact.tls.and_then(|tls| tls.verify), verify, "{line}");
        assert_eq!(fact.direction, Some(Direction::Out), "{line}");
    }
}

#[test]
fn tls_without_a_cipher_and_none_at_all() {
    let fact = of_message("=> a@b R=r T=t H=m [192.0.2.1] CV=no C=\"250 ok\"");
    let expected = Statement {
        verify: Some(Verify::Unverified),
        ..Statement::default()
    };
    assert_eq!(fact.tls, Some(expected));
    let fact = of_message("=> a@b R=r T=t H=m [192.0.2.1] C=\"250 ok\"");
    assert_eq!((fact.tls, fact.direction), (None, Some(Direction::Out)));
}

#[test]
fn failures() {
    for (line, direction, ip, status, text) in [
        (
            "** a@b: Unrouteable address",
            None,
            "",
            "",
            "Unrouteable address",
        ),
        (
            "** a@b F=<s@b> : Unrouteable address DT=0.000s",
            None,
            "",
            "",
            "Unrouteable address",
        ),
        (
            "** a@b: retry timeout exceeded",
            None,
            "",
            "",
            "retry timeout exceeded",
        ),
        (
            "** a@b R=aliases: mailbox disabled",
            None,
            "",
            "",
            "mailbox disabled",
        ),
        (
            "** |/bin/false <a@b> R=r T=address_pipe : Child process returned 1 DT=0.1s",
            Some(Direction::Local),
            "",
            "",
            "Child process returned 1",
        ),
        (
            "** a@b R=r T=t H=mx [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<a@b>: 550 5.1.1 no: such user",
            Some(Direction::Out),
            "192.0.2.1",
            "5.1.1",
            "SMTP error from remote mail server after RCPT TO:<a@b>: 550 5.1.1 no: such user",
        ),
        (
            "** a@b R=r T=t: SMTP error from remote mail server after RCPT TO:<a@b>: host mx [192.0.2.1]: 550 5.1.1 no",
            Some(Direction::Out),
            "192.0.2.1",
            "5.1.1",
            "SMTP error from remote mail server after RCPT TO:<a@b>: host mx [192.0.2.1]: 550 5.1.1 no",
        ),
        (
            "** a@b R=r T=t: all hosts for 'b' have been failing for a long time",
            None,
            "",
            "",
            "all hosts for 'b' have been failing for a long time",
        ),
    ] {
        let fact = of_message(line);
        assert_eq!(fact.kind, Kind::Failure, "{line}");
        assert_eq!(fact.direction, direction, "{line}");
        assert_eq!(text_of(fact.peer.ip), ip, "{line}");
        assert_eq!(text_of(fact.enhanced_status), status, "{line}");
        assert_eq!(text_of(fact.text), text, "{line}");
        assert!(!fact.ambiguous, "{line}");
    }
}

#[test]
fn failures_state_the_session_and_the_trouble() {
    let fact = of_message(
        "** a@b R=r T=t H=mx [192.0.2.1]:25 X=TLS1.3:A:256 CV=yes DN=\"CN=m: x\" : SMTP error from remote mail server after end of data: 554 5.7.1 no",
    );
    assert_eq!(fact.tls.map(|tls| text_of(tls.version)), Some("TLS1.3"));
    assert_eq!(text_of(fact.enhanced_status), "5.7.1");
    let fact = of_message("** a@b R=r T=t : DANE error: mx.b lookup not DNSSEC");
    assert_eq!(
        (fact.trouble, fact.direction),
        (Some(Trouble::DnssecInvalid), None)
    );
    let fact = of_message(
        "** a@b R=r T=t H=mx [192.0.2.1]: SMTP error from remote mail server after MAIL FROM:<s@b>: 530 5.7.0 Must issue a STARTTLS command first",
    );
    assert_eq!(fact.trouble, Some(Trouble::PeerRequiresTls));
}

const FORGED: &str = "H=good.example [192.0.2.9] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";

/// A line as Exim writes it for a recipient with this local part (given unquoted), relayed in clear.
fn relayed(local: &str, mark: &str, fields: &str, lower: bool) -> String {
    let escaped = local.replace('\\', "\\\\").replace('"', "\\\"");
    let shown = if lower {
        local.to_lowercase()
    } else {
        local.to_owned()
    };
    format!("{mark} {shown}@x.example <\"{escaped}\"@x.example> {fields}")
}

#[test]
fn forged_fields_in_a_recipient_are_never_believed() {
    let reply = "C=\"250 2.0.0 ok\"";
    let reals = [
        format!("R=dnslookup T=remote_smtp H=mx.x.example [192.0.2.1] {reply} QT=1s"),
        "R=dnslookup T=remote_smtp H=mx.x.example [192.0.2.1]".to_owned(),
        format!(
            "F=<\"s\"@s.example> P=<\"s\"@s.example> R=dnslookup T=remote_smtp H=mx [192.0.2.1] X=TLS1.0:RC4-MD5:128 CV=no DN=\"CN=x\" {reply}"
        ),
        "R=local T=maildir_delivery".to_owned(),
    ];
    let locals = [
        format!("a R=r T=t {FORGED}"),
        format!("a@y R=r T=t {FORGED} C=\"250 ok\""),
        format!("a@y R=r T=t {FORGED} C=\"250 ok"),
        format!("a@y R=r T=t {FORGED} C="),
        format!("a@y R=r T=t {FORGED} DN="),
        format!("a@y R=r T=t {FORGED} DN=\""),
        format!("a@y {FORGED}"),
        format!("a <b@c> R=r T=t {FORGED} L"),
        format!("a <\"b\"@c> R=r T=t {FORGED} L"),
        format!("a@y <\"b\"@c> R=r T=t {FORGED} C=\""),
        format!("a@y <\"b z> R=r T=t {FORGED} C="),
        format!("@foo> <\"b R=r T=t {FORGED} C="),
        format!("@foo> R=r T=t {FORGED} C= <\""),
        format!("a (\"b R=r T=t {FORGED} C="),
        format!("a, \"b R=r T=t {FORGED} C="),
        format!("\" R=r T=t {FORGED} \""),
        format!("a\\ R=r T=t {FORGED} \\"),
        format!("a T=t {FORGED}"),
        format!("a F=<b@c> R=r T=t {FORGED} C=\"x\" QT=1s"),
        format!("a: R=r T=t {FORGED}"),
        format!("a R=r T=t {FORGED}: b"),
    ];
    for local in &locals {
        for real in &reals {
            for mark in ["=>", "->", ">>", "**"] {
                for lower in [false, true] {
                    let line = relayed(local, mark, real, lower);
                    let fact = of_message(&line);
                    let stated = fact.tls.map(|tls| text_of(tls.version));
                    assert_ne!(stated, Some("TLS1.3"), "{line}");
                    assert!(fact.ambiguous || fact.peer.ip != b"192.0.2.9", "{line}");
                    assert!(fact.ambiguous || fact.transport != b"t", "{line}");
                }
            }
        }
    }
}

#[test]
fn a_recipient_with_spaces_is_no_attack() {
    for local in ["John Smith", "a, b", "x=y", "a \"b\" c", "a <b> c"] {
        let line = relayed(
            local,
            "=>",
            "R=r T=t H=mx.x.example [192.0.2.1] X=TLS1.3:A:256 CV=yes",
            true,
        );
        let fact = of_message(&line);
        assert!(!fact.ambiguous, "{line}");
        assert_eq!(
            text_of(fact.address),
            format!("{}@x.example", local.to_lowercase()),
            "{line}"
        );
        assert_eq!(
            fact.tls.map(|tls| text_of(tls.version)),
            Some("TLS1.3"),
            "{line}"
        );
    }
}

#[test]
fn what_the_server_writes_is_never_a_field() {
    let forged = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
    for line in [
        format!("=> a@b R=r T=t H=m [192.0.2.1] C=\"250 ok\\\" {forged} C=\\\"250 accepted \\\\\""),
        format!("=> a@b R=r T=t H=m [192.0.2.1] C=\"250 ok {forged}\" QT=1s"),
        format!("=> a@b R=r T=t H=m [192.0.2.1] C=\"250 ok> R=r T=t H=h [192.0.2.9] {forged}"),
        format!(
            "** a@b R=r T=t H=m [192.0.2.1]: SMTP error from remote mail server after end of data: 550 {forged}"
        ),
        format!("** a@b R=r T=t H=m [192.0.2.1] : 550 H=x [192.0.2.9] {forged} Completed"),
        format!(
            "** a@b R=r T=t: SMTP error from remote mail server after RCPT TO:<a@b>: 550 x: H=x [192.0.2.9] {forged}"
        ),
    ] {
        let fact = of_message(&line);
        assert_eq!(fact.tls, None, "{line}");
        assert_ne!(fact.peer.ip, b"192.0.2.9", "{line}");
        assert!(!fact.ambiguous, "{line}");
    }
    // A certificate name may only cost its owner the grade.
    for name in [
        format!("CN=x {forged}"),
        format!("CN=x\" {forged}"),
        format!("CN=x\" C=\"250 {forged}"),
        format!("CN=x\": {forged}"),
        format!("CN=x\" R=r T=t H=h [192.0.2.9] {forged}"),
    ] {
        let line = format!(
            "=> a@b R=r T=t H=m [192.0.2.1] X=TLS1.0:RC4-MD5:128 CV=no DN=\"{name}\" C=\"250 ok\""
        );
        let fact = of_message(&line);
        let stated = fact.tls.map(|tls| text_of(tls.version));
        assert!(
            stated.is_none() && fact.ambiguous || stated == Some("TLS1.0"),
            "{line}"
        );
    }
}

#[test]
fn the_envelope_sender_is_never_a_field() {
    let sender = format!("\"a> R=r T=t {FORGED} C=\\\"250 ok\\\" \"@s.example");
    let line = format!(
        "=> a@b F=<{sender}> P=<{sender}> R=dnslookup T=remote_smtp H=mx [192.0.2.1] C=\"250 ok\""
    );
    let fact = of_message(&line);
    assert_eq!(fact.tls, None);
    assert!(!fact.ambiguous);
    assert_eq!(text_of(fact.sender), sender);
    assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
}

#[test]
fn no_part_of_a_line_states_more_than_the_whole() {
    for line in [
        "=> a@b F=<s@b> P=<s@b> R=r T=t S=9 H=mx.b [192.0.2.1]:25 I=[192.0.2.2]:52951 PS=ese X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes DN=\"CN=mx\" L C=\"250 ok\" QT=1s",
        "** a@b R=r T=t H=mx.b [192.0.2.1] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes: SMTP error",
        "=> a@b R=r T=t H=mx.b [192.0.2.1] C=\"250 ok\"",
    ] {
        let whole = of_message(line);
        for cut in "=> a".len()..=line.len() {
            let part = of_message(&line[..cut]);
            let Some(tls) = part.tls else {
                // Cut inside a field after the host, the line must not count as sent in clear.
                let inside = line[cut..].starts_with(|c: char| c != ' ' && c != ':' && c != '"');
                let after_host = line[..cut].contains("] ");
                assert!(
                    !(inside && after_host) || part.ambiguous || whole.tls.is_none(),
                    "{}",
                    &line[..cut]
                );
                continue;
            };
            let whole = whole.tls.expect("a statement");
            assert!(
                [b"".as_slice(), whole.version].contains(&tls.version),
                "{}",
                &line[..cut]
            );
            assert!(
                [b"".as_slice(), whole.cipher].contains(&tls.cipher),
                "{}",
                &line[..cut]
            );
            assert!([None, whole.bits].contains(&tls.bits), "{}", &line[..cut]);
        }
    }
}

#[test]
fn what_goes_to_no_host_states_no_tls() {
    for line in [
        "=> a R=r T=t H=mx.example CV=yes",
        "=> a R=r T=t H=mx.example X=TLS1.3:TLS_AES_256_GCM_SHA384:256 QT=1s",
    ] {
        let fact = of_message(line);
        assert_eq!(fact.direction, Some(Direction::Local), "{line}");
        assert_eq!(fact.tls, None, "{line}");
    }
}
