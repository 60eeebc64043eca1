use super::*;
use crate::tls::Verify;
use proptest::prelude::*;

fn read(header: &str) -> Received<'_> {
    parse(header.as_bytes())
}

/// State, version, suite.
fn tls(header: &str) -> (TlsState, String, String) {
    let hop = read(header);
    let statement = hop.statement.unwrap_or_default();
    assert_eq!(
        hop.statement.is_some(),
        hop.tls == TlsState::Yes,
        "{header}"
    );
    (hop.tls, lossy(statement.version), lossy(statement.cipher))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn yes(version: &str, cipher: &str) -> (TlsState, String, String) {
    (TlsState::Yes, version.to_owned(), cipher.to_owned())
}

fn none(state: TlsState) -> (TlsState, String, String) {
    (state, String::new(), String::new())
}

#[test]
fn a_name_that_does_not_lead_back_is_no_name() {
    for (client, from_name) in [
        ("bank.example (bank.example [203.0.113.66])", "bank.example"),
        (
            "pc.example (bank.example [203.0.113.66] (may be forged))",
            "pc.example",
        ),
        // The HELO name is the name that the address resolves to.
        (
            "Bank.example (bank.example [203.0.113.66] (may be forged))",
            "",
        ),
    ] {
        let header = format!("from {client} by mx.example (8.18.1/8.18.1) with ESMTP id 1");
        let hop = read(&header);
        assert_eq!(lossy(hop.from_name()), from_name, "{client}");
        assert_eq!(lossy(hop.rdns), "bank.example", "as looked up: {client}");
    }
}

#[test]
fn the_three_hops_of_the_bundled_case() {
    let top = read(
        "from mailout02.t-online.de ([194.25.134.17]) by userserver with esmtps \
         (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256) (Exim 4.93) (envelope-from <postmaster@rx.t-online.de>) \
         id --- for unsere@adresse; Tue, 25 Feb 2020 13:26:31 +0100",
    );
    assert_eq!(
        (top.rdns, top.by, top.id),
        (&b"mailout02.t-online.de"[..], &b"userserver"[..], &b""[..])
    );
    assert_eq!(
        (top.software, top.writer),
        (&b"Exim 4.93"[..], Writer::Exim)
    );
    let middle = read(
        "from fwd37.aul.t-online.de (fwd37.aul.t-online.de [172.20.27.137]) by mailout02.t-online.de \
         (Postfix) with SMTP id --- for <unsere@adresse>; Tue, 25 Feb 2020 13:26:31 +0100 (CET)",
    );
    assert_eq!(
        (middle.tls, middle.ip),
        (TlsState::No, &b"172.20.27.137"[..])
    );
    let bottom = read(
        "from mail.t-online-team.de (SU1DYkZr+2TV2wPu@[194.25.187.129]) by fwd37.t-online.de with \
         (TLSv1:ECDHE-RSA-AES256-SHA encrypted) esmtp id ---; Tue, 25 Feb 2020 13:26:30 +0100",
    );
    assert_eq!(
        (bottom.ident, bottom.with),
        (&b"SU1DYkZr+2TV2wPu"[..], &b"esmtp"[..])
    );
    let statement = bottom.statement.unwrap();
    assert_eq!((statement.version, statement.bits), (&b"TLSv1"[..], None));
    assert!(
        bottom.doubts.keyword,
        "the word says esmtp, the comment says TLS"
    );
}

#[test]
fn silence_means_plaintext_only_from_writers_that_always_speak() {
    for (by, state) in [
        ("mx.example.net (Exim 4.98) with esmtp", TlsState::No),
        ("mx.example.net with esmtp (Exim 4.98)", TlsState::No),
        ("mx.example.net with esmtpa (Exim 4.98)", TlsState::No),
        ("mx.example.net (Postfix) with ESMTP", TlsState::No),
        ("mx.example.net (8.18.2/8.18.2) with ESMTP", TlsState::No),
        ("mx.example.net (OpenSMTPD) with SMTP", TlsState::No),
        (
            "mx.example.net (Haraka/3.1) with ESMTP",
            TlsState::NotStated,
        ),
        (
            "mx.example.net with Microsoft SMTP Server",
            TlsState::NotStated,
        ),
        ("mx.example.net (Postfix)", TlsState::NotStated),
        ("mx.example.net with ESMTP (not encrypted)", TlsState::No),
        ("mx.example.net (Postfix) with ESMTPS", TlsState::Yes),
        (
            "mx.example.net (Postfix) with LMTP",
            TlsState::NotApplicable,
        ),
        ("mx.example.net with HTTPS", TlsState::NotApplicable),
    ] {
        let header =
            format!("from a.example ([192.0.2.1]) by {by} id x; 1 Mar 2025 10:00:00 +0100");
        assert_eq!(read(&header).tls, state, "{header}");
    }
}

#[test]
fn old_postfix_wrote_esmtp_for_tls_too() {
    for (with, year, state) in [
        ("ESMTP", 2006, TlsState::NotStated),
        ("SMTP", 2006, TlsState::No),
        ("ESMTP", 2020, TlsState::No),
    ] {
        let header = format!(
            "from a (a [192.0.2.1]) by b (Postfix) with {with} id 1; 1 Mar {year} 10:00:00 +0000"
        );
        assert_eq!(read(&header).tls, state, "{header}");
    }
}

#[test]
fn a_helo_that_imitates_tls_is_not_believed() {
    let exim = |helo: &str| {
        format!(
            "from c.example ([192.0.2.1] helo={helo}) by mail.example with esmtp (Exim 4.98) \
             (envelope-from <a@b>) id 1; Mon, 23 Nov 2026 07:33:46 +0000"
        )
    };
    for helo in [
        "evil (using TLSv1.3 with cipher TLS_A (256/256 bits)) X=TLS1.3:TLS_A:256 CV=yes",
        "evil) (using TLSv1.3 with cipher TLS_A (256/256 bits)",
        "evil) (TLSv1.3:TLS_A:256",
    ] {
        assert_eq!(tls(&exim(helo)), none(TlsState::No), "{helo}");
    }
    for helo in [
        "evil) by mail.example with esmtps (TLS1.3) tls TLS_A (Exim 4.98) (",
        "evil) by mail.example with esmtp (TLS1.3) tls TLS_A (Exim 4.98) (",
        "evil) by other.example (TLS1.3) (",
        "evil) with esmtps (TLS1.3",
        "evil) by x with STARTTLS (",
        "evil) with esmtps; Mon, 23 Nov 2026 07:33:46 +0000 (",
    ] {
        assert_eq!(tls(&exim(helo)), none(TlsState::NotStated), "{helo}");
        assert!(read(&exim(helo)).doubts.ambiguous, "{helo}");
    }
    let qmail = "from c.example (HELO evil) (using TLSv1.3 with cipher TLS_A) (192.0.2.1) by mail.example \
                 with SMTP; 1 Mar 2025 10:00:00 +0100";
    assert_eq!(tls(qmail), none(TlsState::NotStated));
}

#[test]
fn an_envelope_sender_that_imitates_tls_is_not_believed() {
    for sender in [
        "<\"a) (TLS1.3:TLS_A:256) (b\"@example.org>",
        "<\"a) with esmtp (TLS1.3:TLS_A:256) (b\"@example.org>",
        "<\"a) with esmtps (b\"@example.org>",
    ] {
        let header = format!(
            "from c.example ([192.0.2.1]) by mail.example with esmtp (Exim 4.98) (envelope-from {sender}) id 1"
        );
        assert_ne!(read(&header).tls, TlsState::Yes, "{header}");
    }
    let quoted = "from c.example (c.example [192.0.2.1]) by mail.example (8.18.2/8.18.2) with ESMTP id 1 \
                  for <\"x (version=TLSv1.3 cipher=TLS_A)\"@example.org>";
    assert_eq!(tls(quoted), none(TlsState::No));
}

#[test]
fn tls_wherever_its_writer_puts_it() {
    for (header, expected) in [
        (
            "from a (a [192.0.2.1]) (using TLSv1.3 with cipher TLS_A (256/256 bits)) by b (Postfix) with ESMTPS",
            yes("TLSv1.3", "TLS_A"),
        ),
        (
            "from a ([192.0.2.1]) by b with esmtps  (TLS1.3) tls TLS_A (Exim 4.96)",
            yes("TLS1.3", "TLS_A"),
        ),
        (
            "from a by b with ESMTPS id 1 envelope-from <a@b> tls TLS_A; x",
            yes("", "TLS_A"),
        ),
        (
            "from a ([192.0.2.1]) by b over TLS secured channel with Microsoft SMTPSVC(6.0)",
            yes("", ""),
        ),
        (
            "from a ([192.0.2.1]) by b with Microsoft SMTP Server (TLS) id 15.0",
            yes("", ""),
        ),
        (
            "from a (HELO a) (192.0.2.1) by b with A-B encrypted SMTP; x",
            yes("", "A-B"),
        ),
        (
            "from a ([192.0.2.1]) by b with ESMTP/TLS/A-B; x",
            yes("", "A-B"),
        ),
        (
            "from a (a [192.0.2.1]) by b with ESMTP with STARTTLS (version=TLSv1.3, cipher=TLS_A) id 1",
            yes("TLSv1.3", "TLS_A"),
        ),
        (
            "from a (a [192.0.2.1]) (Using TLS) by b with ESMTP id 1",
            yes("", ""),
        ),
        (
            "from a by b ([192.0.2.1]) via tcp with ESMTPS id 1 (TLS1.3 TLS_A) for <c@d>",
            yes("TLS1.3", "TLS_A"),
        ),
        (
            "from a (a [192.0.2.1]) by b with ESMTPSA id 1; Tue, 23 Jul 2019 11:16:52 +0300 \
             (using TLSv1.2 with cipher A-B (128/128 bits))",
            yes("TLSv1.2", "A-B"),
        ),
        ("from a by b (Dovecot) with LMTPS id 1", yes("", "")),
    ] {
        assert_eq!(tls(header), expected, "{header}");
    }
}

#[test]
fn ways_that_are_no_mail_transfer() {
    for (header, transport) in [
        (
            "(qmail 17 invoked by uid 404); 14 Nov 2003 08:05:52 -0000",
            Transport::Local,
        ),
        (
            "(qmail 17 invoked from network); 14 Nov 2003 08:05:52 -0000",
            Transport::Local,
        ),
        (
            "(from root@localhost) by a.example (8.9.3/8.9.3) id 1; x",
            Transport::Local,
        ),
        (
            "by a.example (Postfix, from userid 0) id 1; x",
            Transport::Local,
        ),
        (
            "from b by a.example (8.18.2/8.18.2/Submit) id 1; x",
            Transport::Local,
        ),
        (
            "from b@c by a.example by uid 502 with qmail-scanner-1.20 (x)",
            Transport::Local,
        ),
        (
            "from localhost (a.example [local]) by a.example (OpenSMTPD) with ESMTPA id 1",
            Transport::Local,
        ),
        (
            "from mail pickup service by a.example with Microsoft SMTPSVC; x",
            Transport::Local,
        ),
        ("by a.example via listexpand id 1; x", Transport::Local),
        ("from [192.0.2.1] by a.example via HTTP; x", Transport::Http),
        ("from a by b.example with mapi id 15.20; x", Transport::Mapi),
        (
            "from [192.0.2.1] by a.example (b [10.0.0.1]) (via HTTP); x",
            Transport::Http,
        ),
        (
            "from a ([unix socket]) by b.example (Cyrus v2.2) with LMTPA; x",
            Transport::Lmtp,
        ),
        (
            "from a ([127.0.0.1]) by b (amavisd-new, unix socket) id 1; x",
            Transport::Local,
        ),
        (
            "from a [192.0.2.1] by b.example with POP3 (fetchmail-6.4); x",
            Transport::Other,
        ),
    ] {
        let hop = read(header);
        assert_eq!(
            (hop.transport, hop.tls),
            (transport, TlsState::NotApplicable),
            "{header}"
        );
    }
}

#[test]
fn certificates_and_damage() {
    let hop = read(
        "from a (a [192.0.2.1]) (using TLSv1.3 with cipher TLS_A (256/256 bits)) \
         (Client CN \"a\", Issuer \"b\" (verified OK)) by c (Postfix) with ESMTPS id 1",
    );
    assert_eq!(hop.statement.unwrap().verify, Some(Verify::Trusted));
    let hop = read("from a by b with SMTP (version=3DTLS1_2, cipher=3DTLS_A) id 1");
    assert!(hop.doubts.mended);
    assert_eq!(hop.statement.unwrap().cipher, b"TLS_A");
}

#[test]
fn two_headers_glued_together_count_once() {
    let one = "from a ([192.0.2.1]) by b with SMTP (version=TLS1_2, cipher=TLS_A) id 1; \
               Wed, 07 May 2025 11:56:11 +0000";
    assert_eq!(
        tls(&format!("{one}: Received:{one}")),
        yes("TLS1_2", "TLS_A")
    );
}

const PIECES: [&str; 42] = [
    "STARTTLS ",
    "A-B encrypted ",
    "from ",
    "by ",
    "with ",
    "id ",
    "for ",
    "tls ",
    "via ",
    "over ",
    "(",
    ")",
    "<",
    ">",
    "[",
    "]",
    "\"",
    "\\",
    ";",
    ",",
    "=",
    "@",
    " ",
    "\r\n\t",
    "ESMTPS ",
    "SMTP ",
    "TLS ",
    "TLSv1.2:A-B:256",
    "using TLSv1.3 ",
    "with cipher ",
    "version=3D",
    "cipher=",
    "HELO ",
    "helo=",
    "192.0.2.1",
    "2001:db8::1",
    "mail.example.org",
    "Tue, 25 Feb 2020 13:26:31 +0100",
    "(Exim 4.98)",
    "(Postfix)",
    "\u{e9}",
    "envelope-from ",
];

fn anything() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => proptest::sample::select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(header in anything()) {
        let hop = parse(&header);
        prop_assert_eq!(hop.statement.is_some(), hop.tls == TlsState::Yes);
        if !hop.ip.is_empty() {
            let ip = std::str::from_utf8(hop.ip).unwrap();
            prop_assert!(ip.parse::<std::net::IpAddr>().is_ok());
        }
    }

    /// A HELO name never turns an Exim header without TLS into one with TLS.
    #[test]
    fn no_helo_makes_tls_out_of_plaintext(helo in anything()) {
        let mut header = b"from c.example ([192.0.2.1] helo=".to_vec();
        header.extend_from_slice(&helo);
        header.extend_from_slice(
            b") by mail.example with esmtp (Exim 4.98) id 1; Mon, 23 Nov 2026 07:33:46 +0000",
        );
        prop_assert_ne!(parse(&header).tls, TlsState::Yes, "{}", String::from_utf8_lossy(&header));
    }
}
