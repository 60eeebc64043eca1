//! What the main screens look like: their text, and where which look is.

use insta::assert_snapshot;

use crate::model::sample::{self, default_postfix};
use crate::parse::{Fact, Kind, Mta, Outcome};

use super::stage::{DEMO, SHOWCASE, Stage, Stager, looks_of, model};
use crate::ui::theme::Name;

fn showcase(columns: u16, lines: u16) -> Stage {
    Stager::of(model(&SHOWCASE)).size(columns, lines).raise()
}

#[test]
fn messages_in_a_wide_terminal() {
    let mut stage = showcase(120, 34);
    stage.press("j j j j m j m k");
    assert_snapshot!(stage.screen());
}

#[test]
fn messages_in_the_usual_small_terminal() {
    assert_snapshot!(showcase(80, 24).screen());
}

#[test]
fn how_messages_look() {
    let keys = "j j j j m j m k";
    for (name, theme) in [("dark", Name::Dark), ("mono", Name::Mono)] {
        let mut stage = Stager::of(model(&SHOWCASE))
            .size(80, 24)
            .theme(theme)
            .raise();
        stage.press(keys);
        assert_snapshot!(
            format!("how_messages_look_{name}"),
            looks_of(&stage.buffer())
        );
    }
}

#[test]
fn a_timeline_beside_its_list() {
    let mut stage = showcase(120, 40);
    stage.write("/to:kanzlei").press("enter enter");
    assert_snapshot!(stage.screen());
    assert_snapshot!(
        "a_timeline_beside_its_list_looks",
        looks_of(&stage.buffer())
    );
}

#[test]
fn the_case_everything_is_measured_by() {
    let mut stage = Stager::of(model(&DEMO)).size(80, 30).raise();
    stage.press("enter");
    assert_snapshot!("demo_timeline", stage.screen());
    stage.press("esc 3 enter");
    assert_snapshot!("demo_chain", stage.screen());
    stage.press("r");
    assert_snapshot!("demo_raw_headers", stage.screen());
}

#[test]
fn one_journey_seen_by_log_and_headers() {
    let mut stage = showcase(120, 40);
    stage.press("3 enter");
    assert_snapshot!(stage.screen());
    assert_snapshot!("one_journey_looks", looks_of(&stage.buffer()));
}

#[test]
fn several_recipients_and_wide_letters() {
    let mut stage = showcase(80, 40);
    stage.write("/例え").press("enter enter");
    assert_snapshot!(stage.screen());
}

#[test]
fn help_to_its_end() {
    let mut stage = showcase(80, 24);
    stage.press("?");
    assert_snapshot!("help_begins", stage.screen());
    stage.press("G");
    assert_snapshot!("help_ends", stage.screen());
    stage.resize(40, 10);
    assert_snapshot!("help_in_a_tiny_terminal", stage.screen());
}

#[test]
fn palette() {
    let mut stage = showcase(80, 24);
    stage.write(":copy").press("down");
    assert_snapshot!(stage.screen());
}

#[test]
fn nothing_to_show() {
    let empty = || Stager::of(model(&[])).size(60, 12);
    assert_snapshot!("nothing_loaded", empty().raise().screen());
    assert_snapshot!("nothing_yet", empty().loading().raise().screen());
    let mut stage = Stager::of(model(&SHOWCASE))
        .size(60, 12)
        .filter("to:nemo")
        .raise();
    assert_snapshot!("nothing_passes_the_filter", stage.screen());
    stage.press("3");
    assert_snapshot!("no_mail_passes_the_filter", stage.screen());
    stage.resize(30, 5);
    assert_snapshot!("too_small", stage.screen());
}

#[test]
fn lines_that_were_not_understood() {
    let log = "2026-02-24 08:00:00 1vum00-000000-00 <= anna@example.org U=anna P=local S=100\n\
               2026-02-24 08:00:01 1vum00-000000-00 %% a mark nobody knows\n\
               no line of a log at all\n";
    let mut stage = Stager::of(model(&[("mainlog", log)])).size(80, 12).raise();
    assert_snapshot!("some_lines_not_understood", stage.screen());
    stage.press("U");
    assert_snapshot!("lines_not_understood", stage.screen());
    stage.press("j");
    let scrolled = stage.screen();
    assert!(
        scrolled.contains("mainlog:3") && !scrolled.contains("1  not a line"),
        "{scrolled}"
    );
    stage.press("esc M U");
    let masked = stage.screen();
    assert!(masked.contains("  no line of a log at all"), "{masked}");
}

#[test]
fn counts_of_what_was_not_understood_come_first() {
    let odd = Outcome::NotUnderstood("odd");
    let outcomes = [
        odd.clone(),
        Outcome::NotUnderstood("rare"),
        odd,
        Outcome::Foreign,
    ];
    let model = sample::model(&[("mail.log", &outcomes)]);
    let mut stage = Stager::of(model).size(120, 14).raise();
    stage.press("U");
    assert_snapshot!(stage.screen());
}

#[test]
fn what_a_log_does_not_say_of_tls_is_said_once() {
    let silent = || sample::model(&[("mail.log", &default_postfix())]);
    let mut stage = Stager::of(silent()).size(120, 30).raise();
    let note = "TLS not stated for one delivery (smtp_tls_loglevel = 1), one arrival (smtpd_tls_loglevel = 1)";
    assert!(stage.screen().contains(note), "{}", stage.screen());
    let rows = |screen: &str| screen.lines().take(26).collect::<Vec<_>>().join("\n");
    let before = rows(&stage.screen());
    stage.press("j");
    assert!(
        stage.screen().contains(note),
        "moving about does not put it away"
    );
    stage.press("enter");
    assert_snapshot!("a_message_of_default_postfix", stage.screen());
    stage.press("esc esc");
    assert!(
        !stage.screen().contains("TLS not stated"),
        "{}",
        stage.screen()
    );
    assert_eq!(rows(&stage.screen()), before, "nothing moves");
    assert_eq!(stage.toast(), "");
    stage.press("s s esc");
    assert!(!stage.screen().contains("TLS not stated"));
    let small = Stager::of(silent()).size(80, 24).raise().screen();
    let line = small.lines().nth(22).unwrap();
    assert_eq!(
        line,
        " TLS not stated; see smtp_tls_loglevel, smtpd_tls_loglevel   Esc hides this"
    );
    let loading = Stager::of(silent()).loading().raise().screen();
    assert!(!loading.contains("TLS not stated"), "{loading}");
}

#[test]
fn several_hosts_and_mail_systems_stand_above() {
    let other = Fact {
        mta: Mta::Sendmail,
        host: b"mx2",
        ..sample::leg(b"sm-mta", Kind::Delivery)
    };
    let mut outcomes = default_postfix();
    outcomes.push(Outcome::Fact(other));
    let model = sample::model(&[("mail.log", &outcomes)]);
    let screen = Stager::of(model).size(140, 14).raise().screen();
    let head = screen.lines().next().unwrap();
    assert!(
        head.contains("2 hosts") && head.contains("postfix, sendmail"),
        "{head}"
    );
}

/// Logs of other servers than Exim, with what they tell in their own way.
const OTHERS: [(&str, &str, &str); 3] = [
    (
        "postfix",
        include_str!("../../../tests/logs/postfix.log"),
        "4XkQ3c1Rj2z1bC",
    ),
    (
        "sendmail",
        include_str!("../../../tests/logs/sendmail.log"),
        "01OA51cd000311",
    ),
    (
        "opensmtpd",
        include_str!("../../../tests/logs/opensmtpd.log"),
        "0a0b0c0d",
    ),
];

#[test]
fn every_server_in_the_usual_small_terminal() {
    for (name, log, id) in OTHERS {
        let mut stage = Stager::of(model(&[("mail.log", log)])).size(80, 24).raise();
        assert_snapshot!(format!("{name}_messages_small"), stage.screen());
        stage.write(&format!("/id:{id}")).press("enter enter");
        assert_snapshot!(format!("{name}_message_small"), stage.screen());
        stage.press("r");
        assert_snapshot!(format!("{name}_raw_small"), stage.screen());
    }
}

#[test]
fn every_server_in_a_wide_terminal() {
    for (name, log, id) in OTHERS {
        let mut stage = Stager::of(model(&[("mail.log", log)]))
            .size(120, 40)
            .raise();
        assert_snapshot!(format!("{name}_messages_wide"), stage.screen());
        stage.write(&format!("/id:{id}")).press("enter enter");
        assert_snapshot!(format!("{name}_message_wide"), stage.screen());
    }
    let all: Vec<(&str, &str)> = OTHERS.iter().map(|(name, log, _)| (*name, *log)).collect();
    let mut stage = Stager::of(model(&all)).size(120, 40).raise();
    assert_snapshot!("servers_together", stage.screen());
    stage.write("/id:4XkQ5d8Tk3z1bD").press("enter enter");
    assert_snapshot!("a_message_held_and_bounced", stage.screen());
}

/// A bounce with the headers of what it returns.
const BOUNCE: &str = "\
Return-Path: <>
Received: from mx.example.net (mx.example.net [192.0.2.20])
\tby mail.example.org (Postfix) with ESMTPS id 4XkQ7g1Wm5z1bH
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tfor <anna@example.org>; Mon, 24 Feb 2020 10:00:02 +0100
From: MAILER-DAEMON@mx.example.net
To: anna@example.org
Subject: Undelivered Mail
Message-ID: <bounce@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_b\"

--=_b
Content-Type: text/plain

It was not delivered.

--=_b
Content-Type: message/rfc822

Received: from laptop (laptop.example.org [192.0.2.77])
\tby mx.example.net (Postfix) with ESMTP id 4XkQ7f0Wm4z1bG
\tfor <bo@example.net>; Mon, 24 Feb 2020 09:59:58 +0100
From: anna@example.org
To: bo@example.net
Subject: Offer
Message-ID: <offer@example.org>

Hello
--=_b--
";

#[test]
fn a_returned_message_is_told_as_such() {
    let mut stage = Stager::of(model(&[("bounce.eml", BOUNCE)]))
        .size(80, 24)
        .raise();
    assert_snapshot!("returned_in_the_list", stage.screen());
    stage.press("j enter");
    assert_snapshot!("returned_message", stage.screen());
    stage.press("esc");
    stage.press("y y");
    let copied = stage.copied().concat();
    assert!(copied.contains(" (returned in a bounce), "), "{copied}");
}
