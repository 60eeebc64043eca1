//! Which lines are Postfix's, and what becomes of them as a whole.

use super::*;
use crate::parse::{Absence, Direction, Turn};

pub(super) use crate::parse::bytes::tests::neighbours;

/// Reads a text of a program with process number 42.
pub(super) fn fact<'a>(program: &'a str, text: &'a str) -> Fact<'a> {
    match outcome(program, text) {
        Outcome::Fact(fact) => fact,
        other => panic!("{other:?}: {text}"),
    }
}

pub(super) fn outcome<'a>(program: &'a str, text: &'a str) -> Outcome<'a> {
    entry(&Entry {
        host: b"mail",
        program: program.as_bytes(),
        pid: b"42",
        text: text.as_bytes(),
        ..Entry::default()
    })
}

/// Bytes as text, for messages that can be read.
pub(super) fn s(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn tags() {
    for tag in [
        "postfix/smtpd",
        "postfix/submission/smtpd",
        "postfix-out/smtp",
        "mx1/qmgr",
        "mx.1/relay/smtp",
        "postfix/postfix-script",
        "postfix/master",
        "postfix",
    ] {
        assert!(claims(tag.as_bytes()), "{tag}");
    }
    for tag in [
        "smtpd",
        "smtp",
        "sendmail",
        "exim",
        "postfix/",
        "dovecot/lmtp-login",
        "a/b",
        "",
    ] {
        assert!(!claims(tag.as_bytes()), "{tag}");
    }
}

#[test]
fn a_forced_program_is_known_by_its_own_name() {
    let fact = fact("smtpd", "connect from unknown[192.0.2.1]");
    assert_eq!(fact.turn, Turn::Opens);
    assert!(matches!(
        outcome("cron", "connect from unknown[192.0.2.1]"),
        Outcome::Foreign
    ));
}

#[test]
fn a_master_that_reads_its_settings() {
    for text in [
        "daemon started -- version 3.7.11, configuration /etc/postfix",
        "reload -- version 3.8.4, configuration /etc/postfix",
    ] {
        for program in ["postfix/master", "postfix"] {
            let fact = fact(program, text);
            assert_eq!(
                (fact.kind, fact.turn),
                (Kind::Note, Turn::Restarts),
                "{text}"
            );
        }
    }
    let fact = fact("postfix/master", "terminating on signal 15");
    assert_eq!((fact.kind, fact.turn), (Kind::Note, Turn::Alone));
}

#[test]
fn notes() {
    for (program, text) in [
        (
            "postfix/anvil",
            "statistics: max connection rate 1/60s for (smtp:192.0.2.1) at Oct 26 18:13:50",
        ),
        (
            "postfix/smtp",
            "warning: TLS library problem: error:0A00010B:SSL routines::wrong version number:",
        ),
        ("postfix/smtpd", "discarding EHLO keywords: CHUNKING"),
        ("postfix/qmgr", "warning: something new"),
        ("postfix/postsuper", "Deleted: 1 message"),
        (
            "postfix/tlsmgr",
            "open smtpd TLS cache btree:/var/lib/postfix/smtpd_scache",
        ),
        ("postfix/smtpd", ""),
    ] {
        let fact = fact(program, text);
        assert_eq!(fact.kind, Kind::Note, "{text}");
        let remark = text.starts_with("warning: TLS library problem: ");
        let turn = if remark { Turn::Remarks } else { Turn::Alone };
        assert_eq!(fact.turn, turn, "{text}");
        assert_eq!(s(fact.text), text);
    }
}

#[test]
fn warnings_name_their_message_or_client() {
    let of_message = fact(
        "postfix/cleanup",
        "warning: C27A5D8: virtual_alias_maps map lookup problem",
    );
    assert_eq!(s(of_message.queue_id), "C27A5D8");
    let login = fact(
        "postfix/smtpd",
        "warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: x",
    );
    assert_eq!(s(login.peer.ip), "192.0.2.9");
    assert_eq!(login.direction, Some(Direction::In));
}

#[test]
fn a_message_line_of_no_known_kind_is_told() {
    for text in [
        "C27A5D8: frobnicated",
        "C27A5D8: to=<a@example.org>, relay=none",
        "C27A5D8: to=x",
    ] {
        assert!(
            matches!(outcome("postfix/smtp", text), Outcome::NotUnderstood(_)),
            "{text}"
        );
    }
}

#[test]
fn what_others_wrote_states_nothing() {
    let tls = "Trusted TLS connection established to mx.example.net[192.0.2.1]:25: TLSv1.3 with cipher X (256/256 bits)";
    for (program, text) in [
        (
            "postfix/smtp",
            format!("C27A5D8: host mx.example.net[192.0.2.1] said: 550 {tls}"),
        ),
        ("postfix/cleanup", format!("C27A5D8: message-id=<{tls}>")),
        (
            "postfix/cleanup",
            format!(
                "C27A5D8: warning: header Subject: {tls} from unknown[192.0.2.3]; from=<a> to=<b> proto=SMTP helo=<c>"
            ),
        ),
        (
            "postfix/smtpd",
            format!("improper command pipelining after EHLO from unknown[192.0.2.3]: {tls}"),
        ),
        (
            "postfix/smtpd",
            format!(
                "NOQUEUE: reject: RCPT from unknown[192.0.2.3]: 554 5.7.1 <{tls}>: no; from=<a> to=<b> proto=SMTP helo=<{tls}>"
            ),
        ),
        ("postfix/tlsproxy", tls.to_owned()),
        ("postfix/master", tls.to_owned()),
        (
            "postfix/qmgr",
            format!("C27A5D8: from=<{tls}>, size=1, nrcpt=1 (queue active)"),
        ),
    ] {
        let fact = fact(program, &text);
        assert_eq!(fact.tls, None, "{text}");
        assert_ne!(fact.turn, Turn::Secured, "{text}");
        assert_ne!(fact.absence, Absence::Clear, "{text}");
    }
}
