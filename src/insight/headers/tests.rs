use super::*;
use crate::model::Trust;
use crate::model::chain::evaluate;
use crate::parse::message;

fn find(text: &str) -> Vec<HeaderFinding> {
    let facts = message::parse(text.as_bytes());
    let hops: Vec<_> = facts.received().collect();
    let chain = evaluate(&hops, &Trust::default(), |_| false);
    findings(&facts, &chain, Lang::En)
}

/// Rule and subject of every finding.
fn ids(text: &str) -> Vec<(&'static str, Subject)> {
    find(text)
        .iter()
        .map(|finding| (finding.id, finding.subject))
        .collect()
}

fn has(text: &str, id: &str) -> bool {
    ids(text).iter().any(|(found, _)| *found == id)
}

const EXCERPT: &str = "Received: from mailout02.example.de ([192.0.2.17])\n\
    \tby userserver with esmtps (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)\n\
    \t(Exim 4.93)\n\tid ---\n\tfor unsere@adresse; Tue, 25 Feb 2020 13:26:31 +0100\n\
    Received: from fwd37.aul.example.de (fwd37.aul.example.de [172.20.27.137])\n\
    \tby mailout02.example.de (Postfix) with SMTP id ---\n\
    \tfor <unsere@adresse>; Tue, 25 Feb 2020 13:26:31 +0100 (CET)\n\
    Received: from mail.example.org (SU1DYkZrrhdrbk+8MoWoNLfFvJAGt3hYNV-3h42o51p2@[192.0.2.129]) by fwd37.example.de\n\
    \twith (TLSv1:ECDHE-RSA-AES256-SHA encrypted)\n\tesmtp id ---; Tue, 25 Feb 2020 13:26:30 +0100\n\
    From: Engineering ************* <postmaster@rx.example.de>\n\
    Date: Tue, 25 Feb 2020 13:26:31 +0100\n\
    X-Mailer: Forte Agent 6.00/32.1186\n\
    Content-Type: text/plain; charset=ISO-8859-1\n";

#[test]
fn the_bundled_case() {
    assert_eq!(
        ids(EXCERPT),
        [
            ("H05", Subject::Hop(2)),
            ("H08", Subject::Hop(1)),
            ("H10", Subject::Message),
            ("H11", Subject::Message),
        ]
    );
    let found = find(EXCERPT);
    let token = found.iter().find(|finding| finding.id == "H08").unwrap();
    assert_eq!(token.quote, b"SU1DYkZrrhdrbk+8MoWoNLfFvJAGt3hYNV-3h42o51p2");
    assert_eq!(
        token.summary,
        "A user name or account token of 44 characters stands before the client's address."
    );
}

#[test]
fn absence_counts_only_in_a_whole_header() {
    assert!(!has("Subject: x\n", "H01") && !has("Subject: x\n", "H02"));
    let whole = find("Subject: x\n\n");
    let summaries: Vec<_> = whole.iter().map(|finding| &*finding.summary).collect();
    assert_eq!(
        summaries,
        [
            "The message has no Message-ID.",
            "The message has no From field.",
            "The message has no Date field."
        ]
    );
}

#[test]
fn identity() {
    for id in [
        "<a@b>",
        "<\"x y\"@b>",
        "a@b",
        "<a>",
        "<@b>",
        "<a@>",
        "<a b@c>",
    ] {
        let malformed = id != "<a@b>";
        assert_eq!(
            has(&format!("Message-ID: {id}\n"), "H01"),
            malformed,
            "{id}"
        );
    }
    assert!(has("Message-ID: <a@b>\nMessage-Id: <a@b>\n", "H01"));
    assert!(has("Date: gestern\n", "H02") && has("From: a@b\nFrom: c@d\n", "H02"));
    let at = |date: &str| {
        format!("Received: from a by b; Tue, 25 Feb 2020 13:26:31 +0100\nDate: {date}\n")
    };
    assert!(!has(&at("Tue, 25 Feb 2020 12:26:40 +0000"), "H03"));
    assert!(has(&at("Tue, 25 Feb 2020 12:36:31 +0000"), "H03"));
    assert!(has(&at("Sun, 23 Feb 2020 12:26:31 +0000"), "H03"));
}

#[test]
fn the_way() {
    let hop = |from: &str, by: &str, rest: &str, time: &str| {
        format!("Received: from {from} by {by} {rest}; Tue, 25 Feb 2020 {time} +0000\n")
    };
    let slow = hop("b.example", "c.example", "", "12:00:01")
        + &hop("a.example", "b.example", "", "10:00:00");
    assert_eq!(ids(&slow), [("H04", Subject::Hop(2))]);
    let clock = hop("b.example", "c.example", "", "09:00:00")
        + &hop("a.example", "b.example", "", "10:00:00");
    assert!(has(&clock, "H04"));
    let broken = hop("x.example", "c.example", "", "10:00:00")
        + &hop("a.example", "b.example", "", "10:00:00");
    assert_eq!(ids(&broken), [("H13", Subject::Hop(1))]);
    // One name inside and another outside.
    let two_names = hop("mout.b.example", "c.example", "", "10:00:00")
        + &hop("a.example", "mail.b.example", "", "10:00:00");
    assert!(!has(&two_names, "H13"));
    let same = hop("b.example", "b.example", "", "10:00:00");
    assert!(has(&same.repeat(2), "H13") && !has(&same, "H13"));
    let many: String = (0..31)
        .map(|number| {
            hop(
                "b.example",
                "b.example",
                &format!("id {number}"),
                "10:00:00",
            )
        })
        .collect();
    assert_eq!(ids(&many), [("H13", Subject::Message)]);
    assert!(has(
        &hop("a.example", "b.example", "with NNFMP", "10:00:00"),
        "H12"
    ));
    for word in ["ESMTPS", "local", "Microsoft SMTP Server", "HTTP"] {
        let header = hop(
            "a.example",
            "b.example",
            &format!("with {word}"),
            "10:00:00",
        );
        assert!(!has(&header, "H12"), "{word}");
    }
}

#[test]
fn hosts() {
    let top = "Received: from mid.example by own.example with ESMTP\n";
    let below = |from: &str| format!("{top}Received: from {from} by mid.example with ESMTP\n");
    for (from, id) in [
        ("pc.example.org (pc.example.org [10.1.2.3])", "H05"),
        ("pc.corp.lan (pc.corp.lan [192.0.2.3])", "H05"),
        ("pc (pc.example.org [192.0.2.3])", "H06"),
        ("[192.0.2.3] (pc.example.org [192.0.2.3])", "H06"),
        ("a.example (b.example [192.0.2.3])", "H06"),
        ("mid.example (b.example [192.0.2.3])", "H06"),
        ("a.example (unknown [192.0.2.3])", "H07"),
    ] {
        assert!(has(&below(from), id), "{from}");
    }
    assert!(ids(&below("a.example (a.example [192.0.2.3])")).is_empty());
    let own =
        "Received: from pc.example.org (pc.example.org [10.1.2.3]) by own.example with ESMTP\n";
    assert!(!has(own, "H05"), "our own header did not leave the site");
}

#[test]
fn people() {
    let hop = |from: &str| format!("Received: from {from} by b.example with ESMTPA\n");
    assert!(has(
        &hop("a (a [192.0.2.1]) (Authenticated sender: carl)"),
        "H08"
    ));
    assert!(has("X-Authenticated-Sender: carl\n", "H08"));
    assert!(has("X-Originating-IP: [192.0.2.9]\n", "H09"));
    assert!(has("User-Agent: Mutt/2.2.9\n", "H10") && !has("X-Mailer: Mail\n", "H10"));
}

#[test]
fn form() {
    assert!(has(
        "Content-Type: text/plain; charset=windows-1252\n",
        "H11"
    ));
    assert!(!has("Content-Type: text/plain; charset=utf-8\n\nä", "H11"));
    assert!(has("From: a@b\n\nä", "H11") && has("Subject: ä\n", "H11"));
    assert!(has(&format!("Subject: {}\n", "x".repeat(990)), "H14"));
    assert!(!has(&format!("Subject: {}\n", "x".repeat(989)), "H14"));
    assert!(has("Subject: a\rb\nTo: c\n", "H14") && has("Subject: a\r\nTo: c\n", "H14"));
}

#[test]
fn summaries_are_harmless() {
    let hostile = "User-Agent: x1\u{1b}[2J\u{202e}\u{9b}31m\nX-Originating-IP: \u{7}\n";
    for finding in find(hostile) {
        assert!(
            !finding.summary.chars().any(char::is_control),
            "{finding:?}"
        );
        assert!(!finding.summary.contains('\u{202e}'), "{finding:?}");
    }
    assert_eq!(plain(&[b'x'; 100]).chars().count(), 60);
}

#[test]
fn mended_damage_is_told() {
    assert!(has(
        "Subject: a\nReceived: from a by b with ESMTPS (version=3DTLS1_2) id 1; x\n",
        "H15"
    ));
    assert!(has(
        "X: a=b\nReceived: from a by b with ESMTPS (version=3DTLS1_2) id 1; x\n",
        "H15"
    ));
    assert!(!has(
        "Received: from a by b with ESMTPS (version=TLS1_2) id 1; x\n",
        "H15"
    ));
}
