//! What a text says of lines that are not in its numbers any more.

use std::sync::Arc;

use super::*;
use crate::ingest::Stage;
use crate::model::sample::hosts::Sample;
use crate::model::{Forgotten, GradeBook};
use crate::tls::Profile;

const LOG: &str = "\
2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe => bo@example.net R=r T=t H=mx.example.net [192.0.2.9] X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no C=\"250 OK\"
";

fn text(forgotten: Forgotten, lang: Lang, addressee: Addressee) -> String {
    text_of(LOG, forgotten, lang, addressee)
}

fn text_of(log: &str, forgotten: Forgotten, lang: Lang, addressee: Addressee) -> String {
    let write = |case: &Case<'_>| case.text(addressee, Form::Text);
    written_of(log, forgotten, &Extent::default(), lang, write)
}

/// What is written of all findings in a log.
fn written_of(
    log: &str,
    forgotten: Forgotten,
    extent: &Extent,
    lang: Lang,
    write: impl Fn(&Case<'_>) -> String,
) -> String {
    let mut model = Sample::default().exim("mx1", log).0;
    model.forgotten = forgotten;
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Event);
    let facts = Facts::new(&model, &grades, "");
    let found = crate::insight::findings::all(&model, &grades);
    let case = Case {
        facts: &facts,
        findings: &found.iter().collect::<Vec<_>>(),
        extent,
        sources: &[],
        lang,
        zone: Zone::parse("UTC").unwrap(),
        mask: None,
        replay: &Replay::default(),
    };
    write(&case)
}

#[test]
fn what_was_left_out_for_want_of_memory_is_told() {
    let forgotten = Forgotten {
        lines: 1_200,
        messages: 90,
        mails: 0,
        span: Some((1_714_521_600_000, 1_714_550_000_000)),
    };
    for (lang, left_out, hold) in [
        (Lang::En, "were left out", "hold for what remained"),
        (Lang::De, "weggelassen", "gelten für das Verbliebene"),
    ] {
        let whole = text(Forgotten::default(), lang, Addressee::Authority);
        assert!(!whole.contains("--memory-limit"), "{whole}");
        let told = text(forgotten, lang, Addressee::Authority);
        for part in [
            "--memory-limit none",
            hold,
            "1200",
            "2024-05-01T00:00:00.000Z",
            "2024-05-01T07:53:20.000Z",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let whole = text(Forgotten::default(), lang, Addressee::Postmaster);
        assert!(!whole.contains(left_out), "{whole}");
        let note = text(forgotten, lang, Addressee::Postmaster);
        assert!(note.contains(left_out), "{note}");
        assert!(note.contains("2024-05-01 07:53:20 UTC"), "{note}");
    }
}

#[test]
fn what_was_not_read_is_told() {
    let torn = "old.gz: line 1700: unexpected end of file";
    let extents = [Stage::GoingOn, Stage::Stopped].map(|stage| Extent {
        stage,
        lost: Vec::new(),
    });
    let lost = Extent {
        lost: vec![torn.to_owned()],
        ..Extent::default()
    };
    let [loading, stopped] = &extents;
    for (extent, why, said) in [
        (
            loading,
            "loading",
            [
                "still being read",
                "had been read",
                "noch gelesen",
                "zum Teil gelesen",
            ],
        ),
        (
            stopped,
            "stopped",
            [
                "was stopped",
                "a part of our log",
                "abgebrochen",
                "nur zum Teil",
            ],
        ),
        (
            &lost,
            "lost",
            [
                torn,
                "Not all of our log",
                torn,
                "nicht vollstaendig lesbar",
            ],
        ),
    ] {
        let mut said = said.into_iter();
        for lang in [Lang::En, Lang::De] {
            for addressee in Addressee::ALL {
                let part = said.next().unwrap();
                let write = |case: &Case<'_>| case.text(addressee, Form::Text);
                let told = written_of(LOG, Forgotten::default(), extent, lang, write);
                assert!(told.contains(part), "{part} in {told}");
                let whole = text(Forgotten::default(), lang, addressee);
                assert!(!whole.contains(part), "{part} in {whole}");
            }
        }
        let write = |case: &Case<'_>| {
            let mut out = Vec::new();
            case.ndjson(&mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let told = written_of(LOG, Forgotten::default(), extent, Lang::De, write);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert!(told.as_object().unwrap().keys().eq(KEYS));
        assert!(told["facts"][0].as_object().unwrap().keys().eq(FACT_KEYS));
        assert_eq!(told["missing"][0]["why"], why);
        assert_eq!(told["missing"].as_array().unwrap().len(), 1);
    }
}

/// The first line is all that many a postmaster reads.
#[test]
fn the_subject_of_a_note_is_in_plain_words() {
    let refused = "2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe == bo@example.net R=r T=t defer (-38) \
                   H=mx.example.net [192.0.2.9]: a TLS session is required, but the server did not offer TLS support\n";
    let clear = LOG.replace(" X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no", "");
    let sealed = LOG.replace(
        "TLS1.0:ECDHE-RSA-AES256-SHA",
        "TLS1.3:TLS_AES_256_GCM_SHA384",
    );
    let in_clear = format!(
        "{sealed}{}",
        clear.replace("10:00:00 1s2AbC", "10:00:05 1s2AbD")
    );
    for (log, lang, subject) in [
        (
            refused,
            Lang::En,
            "Subject: TLS with mx.example.net [192.0.2.9]: STARTTLS was not offered \
             (starttls-not-supported, one connection attempt, 2024-05-01 10:00:00 UTC)",
        ),
        (
            refused,
            Lang::De,
            "Betreff: TLS mit mx.example.net [192.0.2.9]: STARTTLS wurde nicht angeboten \
             (starttls-not-supported, ein Verbindungsversuch, 2024-05-01 10:00:00 UTC)",
        ),
        (
            in_clear.as_str(),
            Lang::De,
            "Betreff: TLS mit mx.example.net [192.0.2.9]: Mail ging im Klartext zu Ihnen \
             (eine Zustellung, 2024-05-01 10:00:05 UTC)",
        ),
        (
            LOG,
            Lang::En,
            "Subject: TLS with mx.example.net [192.0.2.9]: TLS 1.0 ECDHE-RSA-AES256-SHA \
             (one delivery, 2024-05-01 10:00:00 UTC)",
        ),
    ] {
        let note = text_of(log, Forgotten::default(), lang, Addressee::Postmaster);
        assert_eq!(note.lines().next(), Some(subject), "{note}");
        assert!(!note.contains(" 0 "), "{note}");
    }
}

/// A host that connects to us is not its own server, and no filter makes a session old.
#[test]
fn a_note_asks_what_the_other_side_can_answer() {
    let note = |log: &str| text_of(log, Forgotten::default(), Lang::En, Addressee::Postmaster);
    let (server, filter, log_of) = ("openssl s_client", "stripped STARTTLS", "its log should");
    let old = note(LOG);
    assert!(
        old.contains(server) && old.contains("on your side"),
        "{old}"
    );
    assert!(!old.contains(filter) && !old.contains(log_of), "{old}");
    let inbound = note(
        "2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe <= anna@example.com H=mail.example.com [192.0.2.9] \
         P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no S=100\n",
    );
    assert!(
        inbound.contains(log_of) && inbound.contains("on your side"),
        "{inbound}"
    );
    assert!(
        !inbound.contains(server) && !inbound.contains(filter),
        "{inbound}"
    );
    let refused = note(
        "2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe == bo@example.net R=r T=t defer (-38) \
         H=mx.example.net [192.0.2.9]: a TLS session is required, but the server did not offer TLS support\n",
    );
    assert!(
        refused.contains(server) && refused.contains(filter),
        "{refused}"
    );
}

/// What may be reported to a postmaster has plain words, in place of the name of a rule.
#[test]
fn every_finding_about_a_host_has_plain_words() {
    for lang in [Lang::En, Lang::De] {
        for name in [
            "downgrade",
            "sent-clear",
            "sent-clear-inside",
            "received-clear",
            "regressed",
            "old-tls",
            "broken-tls",
            "tls-refused",
            "certificate-refused",
            "handshake-failed",
            "too-weak",
        ] {
            let words = texts::texts(lang).note(&format!("what_{name}"));
            assert!(!words.is_empty(), "{name}");
        }
    }
}

/// Several findings of one host in one direction are one matter: one subject, all that was found, a line of each.
#[test]
fn a_host_gets_one_note_for_each_direction() {
    let old = LOG;
    let line = |id: &str, rest: &str| format!("2024-05-01 10:00:05 {id} {rest}\n");
    let clear = line(
        "1s2AbD-000000001aB-1cDe",
        "=> bo@example.net R=r T=t H=mx.example.net [192.0.2.9] C=\"250 OK\"",
    );
    let received = line(
        "1s2AbE-000000001aB-1cDe",
        "<= an@example.net H=mx.example.net [192.0.2.9] P=esmtp S=100",
    );
    let other = line(
        "1s2AbF-000000001aB-1cDe",
        "=> cy@example.com R=r T=t H=mx.example.com [192.0.2.7] C=\"250 OK\"",
    );
    let log = [old, &clear, &received, &other].concat();
    let note = text_of(&log, Forgotten::default(), Lang::En, Addressee::Postmaster);
    let subjects: Vec<&str> = note
        .lines()
        .filter(|line| line.starts_with("Subject: "))
        .collect();
    assert_eq!(subjects.len(), 3, "{note}");
    let (first, _) = note.split_once("\nSubject: ").unwrap();
    for told in [
        "\n  Sent in clear to mx.example.net over a public network: one delivery.\n",
        "\n  TLS below 1.2 to mx.example.net: one delivery, TLS 1.0 ECDHE-RSA-AES256-SHA.\n",
        "\n  2024-05-01 10:00:00 1s2AbC",
        "\n  2024-05-01 10:00:05 1s2AbD",
        "\nWe expect TLS 1.2 or later.\n",
        "\nOur queue IDs: 1s2AbC-000000001aB-1cDe, 1s2AbD-000000001aB-1cDe\n",
    ] {
        assert!(first.contains(told), "{told:?} in {first}");
    }
    assert!(first.lines().count() <= 25, "{first}");
    let alone = text_of(LOG, Forgotten::default(), Lang::En, Addressee::Postmaster);
    let effect = "We expect TLS 1.2 or later. The mail was sent with this encryption.\n";
    assert!(alone.contains(effect), "{alone}");
}

/// The subject speaks of the worst that was found and of all of that; what differs among them has no common word.
#[test]
fn the_subject_of_a_note_is_the_worst() {
    let clear = |nth: u32| {
        format!(
            "2024-05-0{nth} 11:00:00 1s2Ab{nth}-000000001aB-1cDe => bo@example.net R=r T=t \
             H=mx.example.net [192.0.2.9] C=\"250 OK\"\n"
        )
    };
    let log = LOG.to_owned() + &(2..7).map(clear).collect::<String>();
    for (lang, subject, ids) in [
        (
            Lang::En,
            "mail went to you in clear (5 deliveries, 2024-05-02 11:00:00 to 2024-05-06 11:00:00 UTC)",
            "1s2Ab3-000000001aB-1cDe and 3 more\n",
        ),
        (
            Lang::De,
            "Mail ging im Klartext zu Ihnen (5 Zustellungen, 2024-05-02 11:00:00 bis 2024-05-06 11:00:00 UTC)",
            "1s2Ab3-000000001aB-1cDe und 3 weitere\n",
        ),
    ] {
        let note = text_of(&log, Forgotten::default(), lang, Addressee::Postmaster);
        let first = note.lines().next().unwrap();
        assert!(first.ends_with(subject), "{note}");
        assert!(note.contains(ids), "{note}");
    }
    let note = text_of(&log, Forgotten::default(), Lang::En, Addressee::Postmaster);
    assert!(note.contains("\nWe expect TLS 1.2 or later.\n"), "{note}");
}
