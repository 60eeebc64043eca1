use std::fmt::Write;
use std::sync::Arc;

use super::*;
use crate::model::sample::hosts::Sample;
use crate::model::{AsOf, GradeBook};
use crate::tls::Profile;

const A13: &str = " X=TLS1.3:TLS_AES_256_GCM_SHA384:256";
const A12: &str = " X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256";
const OLD_SPELLING: &str = " X=TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256";
const C12: &str = " X=TLS1.2:AES256-SHA:256";
const PLAIN: &str = "";

#[derive(Default)]
struct Log {
    text: String,
    lines: u32,
}

impl Log {
    fn id(&mut self) -> String {
        self.lines += 1;
        format!("1v0000-{:06}-00", self.lines)
    }

    fn arrival(mut self, time: &str, x: &str) -> Self {
        let id = self.id();
        let from = "a@example.net H=mx.example.net [192.0.2.7] P=esmtps";
        let _ = writeln!(self.text, "{time} {id} <= {from}{x} S=300");
        self
    }

    fn delivery(mut self, time: &str, x: &str) -> Self {
        let id = self.id();
        let to = "bo@example.com R=r T=t H=mx.example.com [192.0.2.9]";
        let _ = writeln!(self.text, "{time} {id} => {to}{x}");
        self
    }

    fn refusal(mut self, time: &str) -> Self {
        let id = self.id();
        let why = "a TLS session is required, but the server did not offer TLS support";
        let host = "H=mx.refused.example [192.0.2.8]";
        let _ = writeln!(self.text, "{time} {id} {host}: {why}");
        let to = "bo@refused.example R=r T=t";
        let _ = writeln!(self.text, "{time} {id} == {to} defer (-38) {host}: {why}");
        let _ = writeln!(
            self.text,
            "{time} {id} == {to} defer (-53): retry time not reached for any host"
        );
        self
    }

    fn failed_handshake(mut self, time: &str) -> Self {
        let id = self.id();
        let why = "TLS session: (SSL_connect): error:0A000410:SSL routines::sslv3 alert handshake failure";
        let host = "H=mx.failed.example [192.0.2.6]";
        let to = "bo@failed.example R=r T=t";
        let _ = writeln!(self.text, "{time} {id} {host}: {why}");
        let _ = writeln!(self.text, "{time} {id} == {to} defer (-37) {host}: {why}");
        self
    }

    fn refused_certificate(mut self, time: &str) -> Self {
        let id = self.id();
        let why = "TLS session: (certificate verification failed): certificate invalid";
        let host = "H=mx.untrusted.example [192.0.2.5]";
        let to = "bo@untrusted.example R=r T=t";
        let _ = writeln!(self.text, "{time} {id} {host}: {why}");
        let _ = writeln!(self.text, "{time} {id} == {to} defer (-37) {host}: {why}");
        self
    }

    fn figures(&self) -> Figures {
        let model = match self.text.as_str() {
            "" => Model::default(),
            text => Sample::default().exim("gate", text).0,
        };
        let day = AsOf::Day("2026-08-01".parse().unwrap());
        let grades = GradeBook::of(&model, Arc::new(Profile::named("default").unwrap()), day);
        Figures::of(&model, &grades, &Contacts::of(&model, |_| true))
    }
}

fn utc() -> Zone {
    Zone::parse("UTC").unwrap()
}

fn told(shares: &[Share]) -> Vec<String> {
    let shares = shares.iter();
    shares
        .map(|own| format!("{} {} {}", own.grade, own.name, own.count))
        .collect()
}

#[test]
fn every_contact_is_in_the_slot_of_its_minute() {
    let log = Log::default()
        .arrival("2026-01-01 10:00:00", A13)
        .delivery("2026-01-01 10:00:59", PLAIN)
        .delivery("2026-01-01 10:01:00", A13)
        .refusal("2026-01-01 10:03:30");
    let figures = log.figures();
    let histogram = figures.histogram(utc(), 60);
    assert_eq!((histogram.step, histogram.slots.len()), (Step::FINEST, 4));
    let counts: Vec<u32> = histogram.slots.iter().map(Slot::all).collect();
    assert_eq!(counts, [2, 1, 0, 1]);
    let first = &histogram.slots[0];
    assert_eq!((first.arrivals(), first.deliveries()), (1, 1));
    assert_eq!((first.of(Grade::A), first.of(Grade::F)), (1, 1));
    // One attempt on two lines, and a wait that was none.
    let last = &histogram.slots[3];
    assert_eq!((last.of(Grade::Refused), last.deliveries()), (1, 0));
    assert_eq!((figures.all(), histogram.highest()), (4, 2));
}

#[test]
fn the_step_grows_until_the_slots_fit() {
    let log = Log::default()
        .delivery("2026-01-01 00:00:00", A13)
        .delivery("2026-01-02 12:00:00", A13)
        .delivery("2026-02-10 12:00:00", A13);
    let figures = log.figures();
    let of = |most: usize| {
        let histogram = figures.histogram(utc(), most);
        assert_eq!(histogram.slots.iter().map(Slot::all).sum::<u32>(), 3);
        (histogram.step, histogram.slots.len())
    };
    assert_eq!(of(100_000), (Step::FINEST, 40 * 1440 + 721));
    assert_eq!(of(200), (Step::Minutes(360), 163));
    assert_eq!(of(162), (Step::Day, 41));
    assert_eq!(of(40), (Step::Week, 7));
    assert_eq!(of(6), (Step::Month, 2));
    assert_eq!(of(1), (Step::Year, 1));
}

#[test]
fn more_years_than_fit_are_still_all_there() {
    let log = Log::default()
        .delivery("1990-01-01 00:00:00", A13)
        .delivery("2026-01-02 12:00:00", A13);
    let histogram = log.figures().histogram(utc(), 10);
    assert_eq!((histogram.step, histogram.slots.len()), (Step::Year, 37));
}

#[test]
fn nothing_has_no_slot() {
    let histogram = Log::default().figures().histogram(utc(), 60);
    assert_eq!((histogram.slots.len(), histogram.highest()), (0, 0));
}

#[test]
fn protection_adds_up_and_spellings_are_one_suite() {
    let log = Log::default()
        .arrival("2026-01-01 10:00:00", A13)
        .delivery("2026-01-01 10:00:01", A12)
        .delivery("2026-01-01 10:00:02", OLD_SPELLING)
        .delivery("2026-01-01 10:00:03", C12)
        .delivery("2026-01-01 10:00:04", PLAIN)
        .refusal("2026-01-01 10:03:30");
    let figures = log.figures();
    assert_eq!(
        told(&figures.protection),
        [
            "A TLS 1.2 2",
            "F no TLS 1",
            "C TLS 1.2 1",
            "A TLS 1.3 1",
            "R TLS required, not had 1",
        ]
    );
    assert_eq!(
        told(&figures.suites),
        [
            "A TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 2",
            "C TLS_RSA_WITH_AES_256_CBC_SHA 1",
            "A TLS_AES_256_GCM_SHA384 1",
        ]
    );
    let sum: u32 = figures.protection.iter().map(|own| own.count).sum();
    assert_eq!(sum, figures.all());
}

#[test]
fn the_headline_tells_what_was_protected() {
    let mut log = Log::default();
    assert_eq!(log.figures().headline(), "Nothing crossed the network.");
    log = log.refusal("2026-01-01 10:00:00");
    assert_eq!(
        log.figures().headline(),
        "Nothing crossed the network; one attempt refused for want of TLS."
    );
    for _ in 0..3 {
        log = log.delivery("2026-01-01 10:00:00", A13);
    }
    log = log.delivery("2026-01-01 10:00:00", PLAIN);
    assert_eq!(
        log.figures().headline(),
        "4 deliveries and arrivals: 75 % well encrypted, 25 % in clear; one attempt refused for want of TLS."
    );
}

/// Whether TLS was required there, nobody says.
#[test]
fn a_handshake_that_failed_is_no_want_of_tls() {
    let log = Log::default().failed_handshake("2026-01-01 10:00:00");
    assert_eq!(
        log.figures().headline(),
        "Nothing crossed the network; one attempt ended in a TLS handshake that failed."
    );
    let log = log
        .refusal("2026-01-01 10:00:00")
        .refusal("2026-01-01 10:01:00");
    let figures = log.figures();
    assert_eq!(
        figures.headline(),
        "Nothing crossed the network; 2 attempts refused for want of TLS, \
         one attempt ended in a TLS handshake that failed."
    );
    assert_eq!(
        told(&figures.protection),
        ["R TLS required, not had 2", "R TLS handshake failed 1"]
    );
}

/// There may have been TLS, so it was not refused for want of it.
#[test]
fn a_certificate_that_does_not_pass_is_no_want_of_tls() {
    let log = Log::default()
        .refused_certificate("2026-01-01 10:00:00")
        .refusal("2026-01-01 10:01:00")
        .refusal("2026-01-01 10:02:00")
        .failed_handshake("2026-01-01 10:03:00");
    let figures = log.figures();
    assert_eq!(
        figures.headline(),
        "Nothing crossed the network; 2 attempts refused for want of TLS, one attempt refused for the certificate or \
         the strength of TLS, one attempt ended in a TLS handshake that failed."
    );
    assert_eq!(
        told(&figures.protection),
        [
            "R TLS required, not had 2",
            "R TLS handshake failed 1",
            "R TLS not as required 1",
        ]
    );
}

/// Some of what was refused had a session, and some had none: the handshakes are counted once.
#[test]
fn handshakes_that_failed_are_taken_out_of_all_that_was_refused() {
    let (refused, clear) = ("TLS required, not had", "no TLS");
    for (failed, wanted) in [
        (0, vec!["R TLS required, not had 5", "F no TLS 7"]),
        (
            2,
            vec![
                "R TLS required, not had 3",
                "F no TLS 7",
                "R TLS handshake failed 2",
            ],
        ),
        (5, vec!["F no TLS 7", "R TLS handshake failed 5"]),
    ] {
        let mut shares = Vec::new();
        for (name, grade, count) in [
            (refused, Grade::Refused, 1),
            (clear, Grade::F, 7),
            (refused, Grade::Refused, 4),
        ] {
            add(&mut shares, Clean::line(name), grade, count);
        }
        tell_apart(&mut shares, "TLS handshake failed", failed);
        assert_eq!(told(&shares), wanted);
    }
}

#[test]
fn a_share_is_neither_nothing_nor_all_unless_it_is() {
    let told = [(0, 9), (1, 9_999), (1, 2), (9_998, 9_999), (9, 9)];
    let told = told.map(|(count, all)| share(count, all));
    assert_eq!(told, ["0 %", "under 1 %", "50 %", "over 99 %", "all"]);
    assert_eq!(percent(1, 9_999), "<1 %");
    assert_eq!(percent(9_998, 9_999), ">99 %");
    assert_eq!(
        (percent(9, 9), percent(1, 3)),
        ("100 %".into(), "33 %".into())
    );
}
