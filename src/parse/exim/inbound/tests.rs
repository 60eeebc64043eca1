use super::super::tests::{of_connection, of_message, text_of};
use super::*;

#[test]
fn rejections() {
    for (line, sender, address, status) in [
        (
            "H=mail.a (helo) [192.0.2.1]:1 I=[192.0.2.2]:25 F=<s@a> rejected RCPT <r@b>: unknown user",
            "s@a",
            "r@b",
            "",
        ),
        (
            "H=[192.0.2.1] F=<> temporarily rejected RCPT <r@b>: 450 4.7.1 later",
            "<>",
            "r@b",
            "4.7.1",
        ),
        (
            "H=a [192.0.2.1] F=<s@a> A=plain:x rejected RCPT <r@b>",
            "s@a",
            "r@b",
            "",
        ),
        (
            "H=a [192.0.2.1] F=s@a rejected RCPT r@b: relay not permitted",
            "s@a",
            "r@b",
            "",
        ),
        (
            "H=a [192.0.2.1] F=<\"a b\"@c> rejected RCPT <\"d: e\"@b>: no",
            "\"a b\"@c",
            "\"d: e\"@b",
            "",
        ),
        (
            "H=a [192.0.2.1] F=<s@a> rejected after DATA: spam",
            "s@a",
            "",
            "",
        ),
        ("H=a [192.0.2.1] rejected MAIL <s@a>: no", "s@a", "", ""),
        ("H=a [192.0.2.1] rejected EHLO or HELO x: no", "", "", ""),
        (
            "H=a [192.0.2.1] temporarily rejected connection in \"connect\" ACL: later",
            "",
            "",
            "",
        ),
        ("H=a [192.0.2.1]:1 dropped by 'connect' ACL: no", "", "", ""),
        (
            "F=<s@a> H=(x) [192.0.2.1] P=smtp rejected by local_scan(): no",
            "s@a",
            "",
            "",
        ),
        (
            "H=a [192.0.2.1] U=root F=<s@a> rejected RCPT <r@b>: no",
            "s@a",
            "r@b",
            "",
        ),
    ] {
        for fact in [of_message(line), of_connection(line)] {
            assert_eq!(fact.kind, Kind::Rejection, "{line}");
            assert_eq!(fact.direction, Some(Direction::In), "{line}");
            assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
            assert_eq!(
                (text_of(fact.sender), text_of(fact.address)),
                (sender, address),
                "{line}"
            );
            assert_eq!(text_of(fact.enhanced_status), status, "{line}");
            assert!(!fact.ambiguous && fact.tls.is_none(), "{line}");
        }
    }
}

#[test]
fn local_clients() {
    for line in [
        "U=root F=<s@a> rejected RCPT <r@b>: no",
        "U=spaced user F=<s@a> rejected RCPT <r@b>: no",
        "F=<s@a> rejected by non-SMTP ACL: no",
    ] {
        let fact = of_connection(line);
        assert_eq!(
            (fact.kind, fact.direction),
            (Kind::Rejection, Some(Direction::Local)),
            "{line}"
        );
        assert_eq!(text_of(fact.sender), "s@a", "{line}");
    }
}

#[test]
fn sessions_of_rejected_clients() {
    let x = "X=TLS1.2:ECDHE-RSA-AES128-SHA:128";
    let fact = of_connection(&format!(
        "H=a (b) [192.0.2.1] {x} CV=no SNI=c F=<s@a> rejected RCPT <r@b>: no"
    ));
    let tls = fact.tls.expect("a statement");
    assert_eq!(
        (text_of(tls.version), tls.bits, tls.verify),
        ("TLS1.2", Some(128), None)
    );
    let fact = of_connection("H=a (b) [192.0.2.1] CV=no SNI=c F=<s@a> rejected RCPT <r@b>: no");
    assert!(fact.tls.is_some_and(|tls| tls.version.is_empty()));
    // After an ident, a login or a certificate name the client may have written the fields itself.
    for line in [
        format!("H=a (b) [192.0.2.1] U=x {x} F=<s@a> rejected RCPT <r@b>: no"),
        format!("H=a (b) [192.0.2.1] F=<s@a> A=plain:x {x} rejected RCPT <r@b>: no"),
        format!("H=a (b) [192.0.2.1] CV=no DN=\"CN=x\" {x} F=<s@a> rejected RCPT <r@b>: no"),
        format!("H=a (b) [192.0.2.1] X=TLS1.0:a:1 {x} F=<s@a> rejected RCPT <r@b>: no"),
        format!(
            "H=a (b) [192.0.2.9] {x} F=<> rejected RCPT <c@d>: x) [192.0.2.1] F=<s@a> rejected RCPT <r@b>: no"
        ),
    ] {
        let fact = of_connection(&line);
        assert!(fact.ambiguous && fact.tls.is_none(), "{line}");
    }
    for line in [
        format!("H=a (b {x}) [192.0.2.1] F=<s@a> rejected RCPT <r@b>: no"),
        format!("H=a (b) [192.0.2.1] F=<\"{x}\"@a> rejected RCPT <r@b>: no"),
        format!("H=a (b) [192.0.2.1] F=<s@a> rejected RCPT <r@b>: {x}"),
        format!("H=a (b) [192.0.2.1] F=<s@a> rejected RCPT <\"{x}\"@b>: no"),
    ] {
        let fact = of_connection(&line);
        assert!(!fact.ambiguous && fact.tls.is_none(), "{line}");
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
    }
}

#[test]
fn other_lines_about_a_client() {
    for (line, kind, sender, address) in [
        ("H=a [192.0.2.1] Warning: text", Kind::Note, "", ""),
        (
            "H=a [192.0.2.1] sender verify fail for <s@a>: Unrouteable",
            Kind::Note,
            "s@a",
            "",
        ),
        (
            "H=a [192.0.2.1] incomplete transaction (QUIT) from <s@a> for r@b",
            Kind::Session,
            "s@a",
            "",
        ),
        (
            "H=a [192.0.2.1] F=<s@a> RCPT <r@b>: discarded by RCPT ACL",
            Kind::Discarded,
            "s@a",
            "r@b",
        ),
        ("H=a [192.0.2.1] some other words", Kind::Note, "", ""),
    ] {
        let fact = of_connection(line);
        assert_eq!(fact.kind, kind, "{line}");
        assert_eq!(
            (text_of(fact.sender), text_of(fact.address)),
            (sender, address),
            "{line}"
        );
        assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
    }
}
