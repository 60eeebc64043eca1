use super::*;
use crate::tls::TlsState;
use proptest::prelude::*;

/// An excerpt like the bundled case: cut ids, no blank line.
const EXCERPT: &str = "Received: from mailout.example.org ([192.0.2.17])\n\
    \tby userserver with esmtps (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)\n\
    \t(Exim 4.93)\n\
    \tid ---\n\
    \tfor bob@example.net; Tue, 25 Feb 2020 13:26:31 +0100\n\
    Received: from fwd.example.org (fwd.example.org [10.20.27.137])\n\
    \tby mailout.example.org (Postfix) with SMTP id ---; Tue, 25 Feb 2020 13:26:31 +0100 (CET)\n\
    From: =?utf-8?Q?M=C3=BCller?= <postmaster@rx.example.org>\n\
    Date: Tue, 25 Feb 2020 13:26:31 +0100\n\
    X-Mailer: Forte Agent 6.00/32.1186\n\
    Content-Type: text/plain; charset=ISO-8859-1\n";

#[test]
fn an_excerpt_tells_what_it_has() {
    let facts = parse(EXCERPT.as_bytes());
    assert!(!facts.complete);
    assert_eq!(facts.fields, 6);
    let states: Vec<_> = facts.received().map(|hop| hop.tls).collect();
    assert_eq!(states, [TlsState::No, TlsState::Yes], "oldest first");
    assert_eq!(
        facts.from,
        [Mailbox {
            name: "Müller".to_owned(),
            address: "postmaster@rx.example.org".to_owned()
        }]
    );
    assert_eq!(facts.charsets, ["iso-8859-1"]);
    assert_eq!(
        facts.software.first().unwrap().value,
        "Forte Agent 6.00/32.1186"
    );
    assert_eq!(facts.date.unwrap().offset, Some(3600));
    assert_eq!(facts.message_id, "");
}

#[test]
fn line_ends_and_lost_indentation_change_nothing() {
    let facts = parse(EXCERPT.as_bytes());
    let unindented = EXCERPT.replace("\n\t", "\n");
    assert_eq!(parse(unindented.as_bytes()).hops, facts.hops);
    for end in ["\r\n", "\r"] {
        let other = parse(EXCERPT.replace('\n', end).as_bytes());
        assert_eq!(
            (other.hops, other.from, other.charsets),
            (
                facts.hops.clone(),
                facts.from.clone(),
                facts.charsets.clone()
            )
        );
    }
}

#[test]
fn a_whole_message() {
    let facts = parse(
        b"Return-Path: <>\r\nDelivered-To: bob@example.net\r\nX-Originating-IP: [192.0.2.9]\r\n\
          X-Authenticated-Sender: carl\r\nSubject: a =?iso-8859-1?Q?=FC?=\r\n b\r\nSubject: second\r\n\
          To: a@b, C <c@d>\r\nMessage-ID: <x@y>\r\nX-Odd: \xe9\r\n\
          Content-Type: multipart/mixed; boundary=XX\r\n\r\n\
          --XX\r\nContent-Type: text/plain; charset=\"Windows-1252\"\r\n\r\n\xe4\r\n\
          --XX\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>\r\n--XX--\r\n",
    );
    assert!(facts.complete && facts.eight_bit_body);
    assert_eq!(facts.subject.as_deref(), Some("a ü b"));
    assert_eq!(facts.counts.subject, 2);
    assert_eq!(facts.to.len(), 2);
    assert_eq!(facts.message_id, "x@y");
    assert_eq!(facts.return_path.as_deref(), Some(""));
    assert_eq!(facts.delivered_to, ["bob@example.net"]);
    assert_eq!(facts.clients.first().unwrap().value, "[192.0.2.9]");
    assert_eq!(facts.accounts.first().unwrap().value, "carl");
    assert_eq!(facts.charsets, ["windows-1252", "utf-8"]);
    assert_eq!(facts.eight_bit_fields, ["X-Odd"]);
}

#[test]
fn what_is_no_message_has_no_fields() {
    for text in [&b""[..], b"\n\n", b"hello\n", b"\x00\xff\r\r\n"] {
        assert_eq!(parse(text).fields, 0);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        parse(&bytes);
    }

    #[test]
    fn damaged_messages_are_read_without_harm(
        cut in 0..EXCERPT.len(),
        at in 0..EXCERPT.len(),
        noise in proptest::collection::vec(any::<u8>(), 0..8),
        body in proptest::collection::vec(proptest::sample::select(&b"-X\r\nContent-Type: multipart/x; boundary=X\n\n"[..]), 0..200),
    ) {
        let mut bytes = EXCERPT.as_bytes().get(cut..).unwrap_or_default().to_vec();
        let at = at.min(bytes.len());
        bytes.splice(at..at, noise);
        bytes.extend(body);
        let facts = parse(&bytes);
        prop_assert_eq!(facts.received().len(), facts.hops.len());
    }
}
