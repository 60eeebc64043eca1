//! What a text says of lines that are not in its numbers any more.

use std::sync::Arc;

use super::*;
use crate::model::sample::hosts::Sample;
use crate::model::{Forgotten, GradeBook};
use crate::tls::Profile;

const LOG: &str = "\
2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe => bo@example.net R=r T=t H=mx.example.net [192.0.2.9] X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no C=\"250 OK\"
";

fn text(forgotten: Forgotten, lang: Lang, addressee: Addressee) -> String {
    let mut model = Sample::default().exim("mx1", LOG).0;
    model.forgotten = forgotten;
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Event);
    let facts = Facts::new(&model, &grades, "");
    let found = crate::insight::findings::all(&model, &grades);
    let case = Case {
        facts: &facts,
        findings: &found.iter().collect::<Vec<_>>(),
        sources: &[],
        lang,
        zone: Zone::parse("UTC").unwrap(),
        mask: None,
        replay: &Replay::default(),
    };
    case.text(addressee, Form::Text)
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
