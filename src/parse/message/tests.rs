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

/// The header that every bounce of these tests returns.
const ORIGINAL: &str = "Return-Path: <carl@example.org>\n\
    Received: from a.example ([192.0.2.1]) by mx.example.net with ESMTPS\n\
    \t(version=TLS1_2, cipher=TLS_A) id 1; Tue, 25 Feb 2020 13:26:31 +0100\n\
    Message-ID: <original@example.org>\n\
    Subject: =?utf-8?Q?=C3=BC?=\n";

fn report(part: &str, body: &str) -> String {
    format!(
        "Received: from b by c; x\nFrom: x@example.net\n\
         Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"X Y\"\n\n\
         preamble\n--X Y\nContent-Type: text/plain\n\nIt did not work.\n\
         --X Y\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; c\n\n\
         --X Y\n{part}\n\n{body}\n--X Y--\nReceived: from nobody by nowhere\n"
    )
}

#[test]
fn what_may_return_a_message_is_told_from_its_header() {
    for (header, may) in [
        (
            "Subject: x\nReturn-Path: <a@example.org>\nAuto-Submitted: no\n",
            false,
        ),
        (
            "From: Anna <anna@example.org>\nContent-Type: text/plain\n",
            false,
        ),
        ("Subject: x\n\nReturn-Path: <>\n", false),
        ("Return-Path: <>\n", true),
        ("return-path:\n <>\n", true),
        ("Auto-Submitted: auto-replied\n", true),
        ("From: Mailer-Daemon@example.org\n", true),
        ("Content-Type: Multipart/Report;\n boundary=x\n", true),
        ("X-Failed-Recipients: a@example.org\n", true),
        ("Subject: x\rTo: y\r", true),
        (
            "Received: by a with ESMTPS (cipher=3DX)\nSubject: x\n",
            true,
        ),
    ] {
        assert_eq!(parse(header.as_bytes()).may_return, may, "{header:?}");
    }
}

fn back(bounce: &str) -> MessageFacts {
    returned(bounce.as_bytes())
        .unwrap_or_else(|| panic!("{bounce}"))
        .facts
}

#[test]
fn a_report_returns_a_message_or_its_header() {
    for kind in [
        "message/rfc822",
        "Text/RFC822-Headers; charset=us-ascii",
        "message/global-headers",
    ] {
        let bounce = report(
            &format!("Content-Type: {kind}"),
            &format!("{ORIGINAL}\nbody"),
        );
        let facts = back(&bounce);
        assert_eq!(
            (facts.hops.len(), facts.message_id.as_str()),
            (1, "original@example.org")
        );
        assert_eq!(facts.subject.as_deref(), Some("ü"));
        assert!(!facts.mended);
        // The own chain stays the chain.
        assert_eq!(parse(bounce.as_bytes()).hops, [b"from b by c; x"]);
        for end in ["\r\n", "\r"] {
            assert_eq!(back(&bounce.replace('\n', end)).hops, facts.hops, "{end:?}");
        }
    }
}

#[test]
fn the_lines_of_a_returned_header_are_known() {
    let bounce = report("Content-Type: message/rfc822", &format!("{ORIGINAL}\nbody"));
    let found = returned(bounce.as_bytes()).unwrap();
    let lines: Vec<&str> = bounce.lines().collect();
    assert_eq!(
        lines[found.lines.start as usize],
        "Return-Path: <carl@example.org>"
    );
    assert_eq!(lines[found.lines.end as usize], "");
    assert_eq!(lines[found.lines.end as usize + 1], "body");
}

#[test]
fn encoded_and_damaged_headers_are_undone() {
    let encoded = ORIGINAL
        .replace('=', "=3D")
        .replace("TLS_A)", "TLS=\n_A)")
        .replace("id 1;", "id 1;=20");
    let declared = "Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable";
    for (part, mended) in [
        (declared, false),
        ("Content-Type: text/rfc822-headers", true),
    ] {
        let facts = back(&report(part, &encoded));
        assert_eq!(facts.mended, mended);
        assert_eq!(facts.subject.as_deref(), Some("ü"));
        let hop = facts.received().next().unwrap();
        assert_eq!(hop.statement.unwrap().cipher, b"TLS_A");
    }
    let base64 = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64";
    let body = "UmVjZWl2ZWQ6IGZyb20gYSBieSBiIHdpdGggRVNNVFBTIGlkIDE7IHgKU3ViamVjdDogeAo=";
    assert_eq!(
        back(&report(base64, body)).hops,
        [b"from a by b with ESMTPS id 1; x"]
    );
}

#[test]
fn old_bounces_return_it_as_text() {
    for announcement in [
        "------ This is a copy of the message, including all the headers. ------\n",
        "--- Below this line is a copy of the message.\n",
        "   ----- Original message follows -----\n",
        "--- The header of the original message is following. ---\n",
        "Original message headers:\n",
        "A message that you sent was returned.\n\n  to: bob@example.net\n    unknown\n",
    ] {
        for mark in [
            "Return-Path: <>",
            "X-Failed-Recipients: bob@example.net",
            "Auto-Submitted: auto-replied",
        ] {
            let bounce = format!(
                "{mark}\nReceived: from b by c; x\n\nSorry.\n\n{announcement}\n{ORIGINAL}\nbody\n"
            );
            let found = returned(bounce.as_bytes()).unwrap();
            assert_eq!(found.facts.message_id, "original@example.org", "{bounce}");
            let lines: Vec<&str> = bounce.lines().collect();
            assert_eq!(
                lines[found.lines.start as usize],
                "Return-Path: <carl@example.org>"
            );
        }
    }
    let exchange = report(
        "Content-Type: text/plain",
        &format!("Original message headers:\n\n{ORIGINAL}"),
    );
    assert_eq!(back(&exchange).message_id, "original@example.org");
}

#[test]
fn broken_bounces_return_it_too() {
    let bare =
        report("Subject: x", "").replace("--X Y\nSubject: x\n", &format!("--X Y\n{ORIGINAL}"));
    assert_eq!(back(&bare).message_id, "original@example.org");
    let other_boundary =
        report("Content-Type: message/rfc822", ORIGINAL).replace("\"X Y\"", "\"Z\"");
    assert_eq!(back(&other_boundary).message_id, "original@example.org");
    let glued = format!("From: <>\n\n   ----- Unsent message follows -----\n{ORIGINAL}\nbody\n");
    assert_eq!(back(&glued).message_id, "original@example.org");
}

#[test]
fn what_a_person_forwards_is_not_returned() {
    let attached = report("Content-Type: message/rfc822", ORIGINAL).replace(
        "multipart/report; report-type=delivery-status",
        "multipart/mixed",
    );
    assert_eq!(returned(attached.as_bytes()), None);
    let quoted = format!("From: a@example.org\n\n-- Original message --\n\n{ORIGINAL}");
    assert_eq!(returned(quoted.as_bytes()), None);
    let nothing = "Return-Path: <>\n\nSubject: x\nTo: y\n\nSorry: no.\n";
    assert_eq!(returned(nothing.as_bytes()), None);
    assert_eq!(returned(b""), None);
}

/// Up to a megabyte of what could be searched for again and again. Were any of it quadratic, this test would not
/// end.
#[test]
fn hostile_repetition_stays_linear() {
    let pieces = [
        "(",
        ")",
        ";",
        "=\n",
        "=3D",
        "= ",
        "\n\t",
        "\n ",
        "--X\n",
        "--X\n\n",
        "a: b\n",
        "\n\na: b\n",
        "--\nReceived: a\n",
        "Received: from a by b\n",
        "by b with ESMTP ",
        "(a) ",
        "(TLS) ",
        "\"",
        "<",
        "[",
        "; 1 Mar 2025 10:00:00 +0000 ",
        "TLS a=b ",
        "de/crypted with ",
        "(envelope from ",
        "Content-Type: multipart/mixed; boundary=X\n\n--X\n",
    ];
    for piece in pieces {
        for start in [
            "Return-Path: <>\nReceived: ",
            "Return-Path: <>\n\n",
            "Content-Type: multipart/report; boundary=X\n\n--X\nContent-Type: text/plain\n\n",
            "Content-Type: multipart/report; boundary=X\n\n--X\nContent-Type: message/rfc822\n\nReceived: ",
            "",
        ] {
            let mut bytes = start.as_bytes().to_vec();
            let length = if ["(", ";", "\n\t"].contains(&piece) {
                1 << 20
            } else {
                1 << 17
            };
            bytes.extend(piece.bytes().cycle().take(length));
            let facts = parse(&bytes);
            let hops = facts
                .received()
                .filter(|hop| hop.by.len() > bytes.len())
                .count();
            assert_eq!(hops, 0);
            if let Some(found) = returned(&bytes) {
                assert!(found.lines.end as usize <= bytes.len());
            }
        }
    }
}

const BOUNCE: [&str; 18] = [
    "Return-Path: <>\n",
    "\n",
    "\r\n",
    "\r",
    "--X",
    "--X\n",
    "--X--\n",
    "=3D",
    "=\n",
    "=20\n",
    "Content-Type: multipart/report; boundary=X\n",
    "Content-Type: message/rfc822\n",
    "Content-Type: text/plain\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "Content-Transfer-Encoding: base64\n",
    "Received: from a by b; x\n",
    "Subject: x\n",
    "\u{e9} ",
];

proptest! {
    #[test]
    fn any_bounce_is_read_without_harm(
        pieces in proptest::collection::vec(proptest::sample::select(&BOUNCE[..]), 0..40),
        noise in proptest::collection::vec(any::<u8>(), 0..8),
        at in 0..200_usize,
    ) {
        let mut bytes = pieces.concat().into_bytes();
        let at = at.min(bytes.len());
        bytes.splice(at..at, noise);
        let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
        if let Some(found) = returned(&bytes) {
            prop_assert!(found.facts.fields > 0);
            prop_assert!(found.lines.start <= found.lines.end && found.lines.end as usize <= ends);
        }
        prop_assert_eq!(parse(&bytes).received().len(), parse(&bytes).hops.len());
    }

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
