use super::*;
use crate::insight::Timeline;
use crate::model::sample::{self, leg};
use crate::model::{AsOf, GradeBook};
use crate::parse::{Fact, Outcome, Turn, exim};
use crate::tls::{Profile, Statement};

/// A model of files of the facts given.
fn model(files: &[&[Fact<'_>]]) -> Model {
    let outcomes = files
        .iter()
        .map(|facts| facts.iter().cloned().map(Outcome::Fact).collect());
    let outcomes: Vec<Vec<Outcome<'_>>> = outcomes.collect();
    let files: Vec<(&str, &[Outcome<'_>])> = outcomes
        .iter()
        .map(|own| ("mail.log", own.as_slice()))
        .collect();
    sample::model(&files)
}

fn delivery() -> Fact<'static> {
    leg(b"postfix/smtp", Kind::Delivery)
}

fn arrival() -> Fact<'static> {
    leg(b"postfix/smtpd", Kind::Arrival)
}

fn with_tls(fact: &Fact<'static>) -> Fact<'static> {
    Fact {
        tls: Some(Statement {
            version: b"TLSv1.3",
            cipher: b"TLS_AES_256_GCM_SHA384",
            ..Statement::default()
        }),
        ..fact.clone()
    }
}

fn told(model: &Model) -> Vec<String> {
    let sentences = Coverage::of(model).sentences(Lang::En);
    sentences.iter().map(ToString::to_string).collect()
}

#[test]
fn default_postfix_is_told_its_settings() {
    let model = model(&[&[arrival(), delivery()], &[delivery()]]);
    assert_eq!(
        told(&model),
        [
            "This log does not say whether TLS was used for 2 deliveries by postfix/smtp on mx1. \
             smtp_tls_loglevel = 1 would log it; from Postfix 3.11 on, smtp_log_tls_feature_status = yes as well.",
            "This log does not say whether TLS was used for one arrival by postfix/smtpd on mx1. \
             smtpd_tls_loglevel = 1 would log it; smtpd_tls_received_header = yes would write it into the headers.",
        ]
    );
}

#[test]
fn where_tls_is_shown_nothing_is_said() {
    // In another file of the same program, too.
    let session = Fact {
        queue_id: b"",
        kind: Kind::Session,
        turn: Turn::Secured,
        ..with_tls(&delivery())
    };
    let shown = model(&[&[session, delivery()], &[delivery()]]);
    assert_eq!(told(&shown), Vec::<String>::new());
    assert!(Coverage::of(&shown).is_empty());
    assert_eq!(Coverage::of(&shown).line(80), None);
}

#[test]
fn each_direction_has_its_own_setting() {
    let inbound = model(&[&[with_tls(&arrival()), delivery()]]);
    assert_eq!(told(&inbound).len(), 1);
    assert!(told(&inbound)[0].contains("smtp_tls_loglevel"));
    let outbound = model(&[&[arrival(), with_tls(&delivery())]]);
    assert_eq!(told(&outbound).len(), 1);
    assert!(told(&outbound)[0].contains("smtpd_tls_loglevel"));
}

#[test]
fn what_is_no_leg_or_could_be_forged_asks_for_no_setting() {
    let local = Fact {
        direction: Some(Direction::Local),
        ..leg(b"postfix/local", Kind::Delivery)
    };
    let forged = Fact {
        ambiguous: true,
        ..delivery()
    };
    let deferred = leg(b"postfix/smtp", Kind::Deferral);
    let nothing = model(&[&[local, forged, deferred]]);
    assert_eq!(told(&nothing), Vec::<String>::new());
}

#[test]
fn every_mail_system_has_its_own_setting() {
    for (mta, program, parts) in [
        (
            Mta::Exim,
            &b""[..],
            &["by exim", "log_selector = +tls_cipher", "+tls_peerdn"][..],
        ),
        (
            Mta::Sendmail,
            b"sm-mta",
            &["by sm-mta on mx1", "LogLevel = 9 or more"],
        ),
        (
            Mta::Postfix,
            b"postfix-out/lmtp",
            &["by postfix-out/lmtp on mx1", "lmtp_tls_loglevel = 1"],
        ),
    ] {
        let own = |fact| Fact {
            mta,
            program,
            ..fact
        };
        let told = told(&model(&[&[own(delivery())]]));
        assert_eq!(told.len(), 1);
        for part in parts {
            assert!(told[0].contains(part), "{part}: {told:?}");
        }
    }
    let own = Fact {
        mta: Mta::OpenSmtpd,
        absence: crate::parse::Absence::Mute,
        ..delivery()
    };
    assert_eq!(told(&model(&[&[own]])), Vec::<String>::new());
}

#[test]
fn one_setting_for_both_directions_is_told_once() {
    let own = |fact| Fact {
        mta: Mta::Sendmail,
        program: b"sm-mta",
        ..fact
    };
    let told = told(&model(&[&[
        own(arrival()),
        own(delivery()),
        own(delivery()),
    ]]));
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("for 2 deliveries and one arrival by sm-mta"),
        "{told:?}"
    );
}

#[test]
fn a_line_takes_the_room_there_is() {
    let model = model(&[&[arrival(), delivery(), delivery()]]);
    let coverage = Coverage::of(&model);
    assert_eq!(
        coverage.line(120).unwrap(),
        "TLS not stated for 2 deliveries (smtp_tls_loglevel = 1), one arrival (smtpd_tls_loglevel = 1)"
    );
    assert_eq!(
        coverage.line(80).unwrap(),
        "TLS not stated; see smtp_tls_loglevel, smtpd_tls_loglevel"
    );
    assert_eq!(
        coverage.line(40).unwrap(),
        "TLS not stated for 2 deliveries"
    );
    assert_eq!(
        coverage.line(5).unwrap(),
        "TLS not stated; see smtp_tls_loglevel"
    );
}

#[test]
fn a_message_tells_of_its_own_legs() {
    let other = Fact {
        queue_id: b"4f9K0x2aaa",
        ..delivery()
    };
    let model = model(&[&[arrival(), delivery(), other]]);
    let profile = std::sync::Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Event);
    let story = Timeline::of(&model, &grades, 1, Lang::En).unwrap();
    let told = story.coverage.sentences(Lang::En);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("for one delivery by postfix/smtp on mx1."),
        "{told:?}"
    );
    let mut both = Timeline::of(&model, &grades, 0, Lang::En).unwrap().coverage;
    both.join(&story.coverage);
    assert!(
        both.sentences(Lang::En)
            .iter()
            .any(|own| own.contains("2 deliveries"))
    );
}

#[test]
fn an_exim_log_without_cipher_names_the_selector() {
    let line = b"2026-02-24 08:00:01 1vum00-000000-00 => bo@example.net R=r T=t H=mx.example.net [192.0.2.7]";
    let Outcome::Fact(fact) = exim::line(line) else {
        panic!("an Exim line");
    };
    let told = told(&model(&[&[fact]]));
    assert!(
        told[0].contains("one delivery by exim. log_selector"),
        "{told:?}"
    );
}
