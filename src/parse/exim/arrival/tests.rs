use super::super::tests::{of_message, text_of};
use super::*;
use crate::tls::{Statement, Verify};

fn version(fact: &Fact<'_>) -> String {
    let tls = fact.tls.unwrap_or_default();
    String::from_utf8_lossy(tls.version).into_owned()
}

#[test]
fn reads_every_field() {
    let fact = of_message(
        "<= anna@example.org H=mail.example.org (helo.example.org) [192.0.2.1]:39813 I=[192.0.2.2]:25 P=esmtpsa L.- \
         X=TLS1.3:ECDHE_X25519__AES_256_GCM:256:X25519 CV=yes DN=\"O=Lab, Inc,CN=a b\" SNI=mx.example.org \
         A=plain:anna K S=529 M8S=0 DKIM=example.org RT=0.002s Q=slow id=x.y@example.org \
         T=\"Er sagte \\\"ja\\\" <= => X=TLS1.0:fake:1\" from <anna@example.org> for b@example.org c@example.org",
    );
    assert_eq!(fact.kind, Kind::Arrival);
    assert_eq!(fact.flag, Some(Flag::Arrived));
    assert_eq!(fact.direction, Some(Direction::In));
    assert_eq!(text_of(fact.sender), "anna@example.org");
    assert_eq!(text_of(fact.peer.name), "mail.example.org");
    assert_eq!(text_of(fact.peer.helo), "helo.example.org");
    assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
    assert_eq!(fact.peer.port, Some(39813));
    assert_eq!(text_of(fact.protocol), "esmtpsa");
    assert_eq!(fact.size, Some(529));
    assert_eq!(text_of(fact.message_id), "x.y@example.org");
    assert_eq!(
        text_of(fact.subject),
        "Er sagte \\\"ja\\\" <= => X=TLS1.0:fake:1"
    );
    assert_eq!(text_of(fact.recipients), "b@example.org c@example.org");
    let tls = fact.tls.expect("a statement");
    assert_eq!(text_of(tls.version), "TLS1.3");
    assert_eq!(text_of(tls.cipher), "ECDHE_X25519__AES_256_GCM");
    assert_eq!(tls.bits, Some(256));
    assert_eq!(text_of(tls.group), "X25519");
    assert_eq!(tls.verify, Some(Verify::Verified));
    assert!(!fact.ambiguous);
}

#[test]
fn local_submission_and_bounces() {
    let fact = of_message(
        "<= <> R=1j69ZJ-0001iL-S2 U=exim P=local S=1806 id*=E1j69ZJ-0001iL-S3@mail.example.org",
    );
    assert_eq!(fact.direction, Some(Direction::Local));
    assert_eq!(text_of(fact.sender), "<>");
    assert_eq!(text_of(fact.reference), "1j69ZJ-0001iL-S2");
    assert_eq!(
        text_of(fact.message_id),
        "E1j69ZJ-0001iL-S3@mail.example.org"
    );
    assert_eq!(fact.tls, None);
    let fact = of_message("<= \"spaced user\"@example.org U=spaced user P=local S=1");
    assert_eq!(text_of(fact.sender), "\"spaced user\"@example.org");
    assert_eq!(text_of(fact.protocol), "local");
    let fact = of_message("(= a@example.org H=[192.0.2.1] P=smtp S=1");
    assert_eq!(fact.flag, Some(Flag::FakeReject));
    assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
}

#[test]
fn every_form_of_the_host() {
    for (host, name, helo, ip, port) in [
        ("[192.0.2.1]", "", "", "192.0.2.1", None),
        ("[2001:db8::1]:25", "", "", "2001:db8::1", Some(25)),
        ("a.example [192.0.2.1]", "a.example", "", "192.0.2.1", None),
        ("(b) [192.0.2.1]", "", "b", "192.0.2.1", None),
        (
            "([192.0.2.9]) [192.0.2.1]:1",
            "",
            "[192.0.2.9]",
            "192.0.2.1",
            Some(1),
        ),
        (
            "a ([192.0.2.9]) [192.0.2.1]",
            "a",
            "[192.0.2.9]",
            "192.0.2.1",
            None,
        ),
        (
            "a (b (c) d) [192.0.2.1] I=[192.0.2.2]:25 TFO*",
            "a",
            "b (c) d",
            "192.0.2.1",
            None,
        ),
        (
            "a (b) [192.0.2.1]:1 I=[192.0.2.2] U=root",
            "a",
            "b",
            "192.0.2.1",
            Some(1),
        ),
        (
            "a (b) [192.0.2.1]:1 I=[192.0.2.2]:25 Ci=9",
            "a",
            "b",
            "192.0.2.1",
            Some(1),
        ),
    ] {
        let fact = of_message(&format!("<= x@example.org H={host} P=smtp S=1"));
        let peer = fact.peer;
        assert_eq!(
            (
                text_of(peer.name),
                text_of(peer.helo),
                text_of(peer.ip),
                peer.port
            ),
            (name, helo, ip, port),
            "{host}"
        );
        assert!(!fact.ambiguous, "{host}");
    }
}

#[test]
fn tls_without_a_cipher_is_tls_of_unknown_strength() {
    for fields in [
        "P=esmtps S=1",
        "P=smtps CV=no S=1",
        "P=esmtpsa CV=no A=plain:a S=1",
        "P=essmtp S=1",
    ] {
        let fact = of_message(&format!("<= a@example.org H=a [192.0.2.1] {fields}"));
        assert_eq!(fact.tls, Some(Statement::default()), "{fields}");
    }
    let fact = of_message("<= a@example.org H=a [192.0.2.1] P=esmtp S=1");
    assert_eq!(fact.tls, None);
    assert!(!fact.ambiguous);
}

/// What the peer may write, and where. None of these was TLS.
const FORGED: &str = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";

#[test]
fn forged_fields_of_a_clear_session_are_never_believed() {
    for line in [
        // Sender.
        format!("<= \"a {FORGED} b\"@x.example H=a [192.0.2.1] P=esmtp S=1 id=a@b"),
        format!(
            "<= \"a H=b [192.0.2.9] P=esmtps {FORGED} S=1\"@x.example H=a [192.0.2.1] P=esmtp S=1"
        ),
        format!("<= \"a\\\" P=esmtps {FORGED} S=1 id=\\\"\"@x.example H=a [192.0.2.1] P=esmtp S=1"),
        // HELO name.
        format!("<= a@x.example H=a (b {FORGED}) [192.0.2.1] P=esmtp S=1 id=a@b"),
        format!(
            "<= a@x.example H=a (b) [192.0.2.9] P=esmtps {FORGED} S=1 id=a@b (c) [192.0.2.1] P=esmtp S=1 id=a@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 T=\"(c) [192.0.2.1] P=esmtp S=1 id=a@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 id=\"(c) [192.0.2.1] P=esmtp S=1 id=\"a\"@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 T=\"c) [192.0.2.1] P=esmtp S=1 T=\" FOO\" for a@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 DN=\"c) [192.0.2.1] P=esmtp S=1 T=\"x\" for a@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 for \"c) [192.0.2.1] P=esmtp S=1 id=\"a\"@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 from <\"c) [192.0.2.1] P=esmtp S=1 id=\"a\"@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 A=c) [192.0.2.1] P=esmtp S=1"
        ),
        // RFC 1413 ident.
        format!(
            "<= a@x.example H=a [192.0.2.1] U=x P=esmtps {FORGED} S=1 id=a@b P=esmtp S=1 id=c@d"
        ),
        format!(
            "<= a@x.example H=a [192.0.2.1] U=x P=esmtps {FORGED} S=1 T=\" P=esmtp S=1 T=\"x\""
        ),
        // Message-ID, subject, recipients, raw sender.
        format!("<= a@x.example H=a [192.0.2.1] P=esmtp S=1 id=\"x P=esmtps {FORGED} S=1 y\"@b"),
        format!("<= a@x.example H=a [192.0.2.1] P=esmtp S=1 id=\"x {FORGED} y\"@b"),
        format!("<= a@x.example H=a [192.0.2.1] P=esmtp S=1 T=\"x P=esmtps {FORGED} S=1\""),
        format!(
            "<= a@x.example H=a [192.0.2.1] P=esmtp S=1 T=\"\\\" P=esmtps {FORGED} S=1 for\" from <> for a@b"
        ),
        format!(
            "<= a@x.example H=a [192.0.2.1] P=esmtp S=1 from <\"P=esmtps {FORGED} S=1\"@b> for a@b"
        ),
        format!(
            "<= a@x.example H=a [192.0.2.1] P=esmtp S=1 for \"a P=esmtps {FORGED} S=1 for b\"@c d@e"
        ),
        format!("<= a@x.example H=a [192.0.2.1] P=esmtp S=1 for \"a {FORGED}\"@c"),
        // Authenticated ID.
        format!("<= a@x.example H=a [192.0.2.1] P=esmtpa A=plain:joe {FORGED} S=1"),
        format!("<= a@x.example H=a [192.0.2.1] P=esmtpa A=plain:joe P=esmtps {FORGED} S=1"),
    ] {
        let fact = of_message(&line);
        assert_eq!(fact.tls, None, "{line}");
        if !fact.ambiguous {
            assert_eq!(text_of(fact.peer.ip), "192.0.2.1", "{line}");
            assert!(
                fact.protocol.starts_with(b"esmtp") && fact.protocol != b"esmtps",
                "{line}"
            );
        }
    }
}

#[test]
fn forging_a_field_does_not_always_cost_the_grade() {
    for line in [
        format!("<= a@x.example H=a (b {FORGED}) [192.0.2.1] P=esmtp S=1 id=a@b"),
        format!(
            "<= a@x.example H=a (b) [192.0.2.9] P=esmtps {FORGED} S=1 (c) [192.0.2.1] P=esmtp S=1 id=a@b"
        ),
        format!(
            "<= a@x.example H=a [192.0.2.1] P=esmtp S=1 T=\"x P=esmtps {FORGED} S=1\" from <> for a@b"
        ),
        format!("<= a@x.example H=a [192.0.2.1] P=esmtp S=1 id=\"x P=esmtps {FORGED} S=1 y\"@b"),
    ] {
        assert!(!of_message(&line).ambiguous, "{line}");
    }
}

#[test]
fn a_bad_session_is_never_dressed_up() {
    let real = "X=TLS1.0:AES128-SHA:128";
    for line in [
        format!(
            "<= a@x.example H=a [192.0.2.1] P=esmtps {real} CV=no DN=\"CN=x\" {FORGED} S=1 id=a@b"
        ),
        format!(
            "<= a@x.example H=a [192.0.2.1] P=esmtps {real} CV=no SNI=\"x\" {FORGED}\" S=1 id=a@b"
        ),
        format!(
            "<= a@x.example H=a [192.0.2.1] P=esmtps {real} CV=no SNI=x S=1 id=\"a {FORGED}\"@b"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} S=1 T=\"c) [192.0.2.1] P=esmtps {real} CV=no SNI=\"x\"y\" S=1"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} SNI=\"c) [192.0.2.1] P=esmtps {real} CV=no DN=\"x\"y\" S=1"
        ),
        format!(
            "<= a@x.example H=(b) [192.0.2.9] P=esmtps {FORGED} DN=\"c) [192.0.2.1] P=esmtps {real} CV=no DN=\" S=1 DN=\" S=1"
        ),
        format!("<= a@x.example H=a [192.0.2.1] P=esmtpsa {real} A=plain:x {FORGED} S=1"),
        format!("<= a@x.example H=a [192.0.2.1] P=esmtps {real} {FORGED} S=1"),
    ] {
        let fact = of_message(&line);
        assert!(["", "TLS1.0"].contains(&version(&fact).as_str()), "{line}");
    }
    // Two readings: nothing is stated.
    let line = format!("<= a@x.example H=a [192.0.2.1] P=esmtps {real} {FORGED} S=1");
    let fact = of_message(&line);
    assert!(fact.ambiguous && fact.tls.is_none());
}

#[test]
fn a_peer_that_can_be_read_in_two_ways_is_contested() {
    // Either a HELO name with an address, or an ident with one.
    let fact = of_message("<= a@x.example H=a (b) [192.0.2.9] U=c) [192.0.2.1] P=esmtp S=1");
    assert!(fact.ambiguous);
    let fact = of_message("<= a@x.example H=a (b U=c) [192.0.2.1] P=esmtp S=1");
    assert!(!fact.ambiguous);
    assert_eq!(text_of(fact.peer.ip), "192.0.2.1");
}

#[test]
fn no_part_of_a_line_states_more_than_the_whole() {
    for line in [
        "<= a@x.example H=a (b) [192.0.2.1]:25 P=esmtps X=TLS1.2:ECDHE-RSA-AES128-SHA:128 CV=no S=9 id=a@b T=\"x\" for a@b",
        "<= a@x.example H=a [192.0.2.1] P=esmtp S=9 id=a@b",
    ] {
        let whole = of_message(line);
        for cut in "<= a".len()..line.len() {
            let part = of_message(&line[..cut]);
            assert!(part.ambiguous || part.tls == whole.tls, "{}", &line[..cut]);
        }
    }
}

#[test]
fn many_imitations_are_ambiguous() {
    let line = format!(
        "<= a@x.example H=a [192.0.2.1] P=esmtp S=1{}",
        " P=x".repeat(9)
    );
    assert!(of_message(&line).ambiguous);
}

#[test]
fn recipients_are_whole_addresses() {
    for list in ["a@b", "a@b c@d", "\"a b\"@c d@e", "\"a \\\" b\"@c"] {
        assert!(are_addresses(list.as_bytes()), "{list}");
    }
    for list in ["", "a@b ", "b\"@c", "\"a b", "a@b \"@c"] {
        assert!(!are_addresses(list.as_bytes()), "{list}");
    }
}

#[test]
fn what_came_over_no_network_states_no_tls() {
    for line in [
        "<= a@x.example U=u P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 S=9",
        "<= a@x.example U=u P=local X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=9",
    ] {
        let fact = of_message(line);
        assert_eq!(fact.direction, Some(Direction::Local), "{line}");
        assert_eq!(fact.tls, None, "{line}");
    }
}
