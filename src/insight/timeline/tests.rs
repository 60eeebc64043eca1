use super::*;
use crate::model::AsOf;
use crate::model::sample::{self, leg};
use crate::parse::{Fact, Outcome, Peer};
use crate::tls::{Profile, Statement};

fn told(facts: &[Fact<'static>]) -> Timeline {
    let outcomes: Vec<Outcome<'_>> = facts.iter().cloned().map(Outcome::Fact).collect();
    let model = sample::model(&[("mail.log", &outcomes)]);
    let profile = std::sync::Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Event);
    Timeline::of(&model, &grades, 0, Lang::En).unwrap()
}

fn line(kind: Kind, text: &'static [u8]) -> Fact<'static> {
    Fact {
        text,
        direction: None,
        peer: Peer::default(),
        ..leg(b"postfix/qmgr", kind)
    }
}

fn titles(story: &Timeline) -> Vec<&str> {
    story.steps.iter().map(|step| step.title.as_str()).collect()
}

#[test]
fn no_step_is_without_words() {
    let story = told(&[
        leg(b"postfix/smtpd", Kind::Arrival),
        line(Kind::Note, b""),
        line(Kind::Note, b"sender delay notification: 4f9K0x3zzz"),
        line(Kind::Frozen, b"placed on hold"),
        line(Kind::Thawed, b"released from hold"),
        line(Kind::Removed, b"removed"),
    ]);
    assert_eq!(
        titles(&story),
        [
            "received from mx.example.net [192.0.2.7]",
            "sender delay notification: 4f9K0x3zzz",
            "held: no further attempts until it is released",
            "released",
            "removed",
        ]
    );
    assert!(story.steps[2..].iter().all(|step| step.notes.is_empty()));
}

#[test]
fn a_message_of_which_only_the_envelope_is_told() {
    let story = told(&[Fact {
        direction: Some(Direction::In),
        peer: leg(b"sm-mta", Kind::Arrival).peer,
        mta: Mta::Sendmail,
        ..line(Kind::Note, b"")
    }]);
    assert_eq!(
        titles(&story),
        ["only its envelope was named by mx.example.net [192.0.2.7]; no message is shown"]
    );
    assert_eq!(
        story.headline.as_str(),
        "No message was taken in, as far as these files tell."
    );
}

#[test]
fn whom_it_waited_for_is_given_up_with_it() {
    let story = told(&[
        leg(b"postfix/smtp", Kind::Deferral),
        Fact {
            address: b"",
            ..line(Kind::Failure, b"expired, returned to sender")
        },
    ]);
    let last = story.steps.last().unwrap();
    assert_eq!(
        last.title.as_str(),
        "given up: all recipients who still waited have failed"
    );
    assert_eq!(last.notes[0].as_str(), "expired, returned to sender");
}

#[test]
fn an_optional_handshake_that_fails_is_no_requirement() {
    let failed = |mta| {
        told(&[Fact {
            mta,
            trouble: Some(Trouble::HandshakeFailed),
            ..leg(b"smtp", Kind::Deferral)
        }])
    };
    for mta in [Mta::Postfix, Mta::Sendmail, Mta::OpenSmtpd] {
        let story = failed(mta);
        let headline = story.headline.as_str();
        assert!(headline.starts_with("We tried TLS; "), "{headline}");
        assert!(!story.steps[0].notes[0].contains("required"));
    }
    let story = failed(Mta::Exim);
    assert!(story.headline.starts_with("We required TLS; "));
    assert!(story.steps[0].notes[0].contains("required"));
}

#[test]
fn a_backslash_of_postfix_stays() {
    let text = br"host mx.example.net[192.0.2.7] said: 550 5.7.1 DOMAIN\nobody (in reply to RCPT TO command)";
    let story = told(&[Fact {
        text,
        ..leg(b"postfix/smtp", Kind::Failure)
    }]);
    let notes = &story.steps[0].notes;
    assert!(
        notes.iter().any(|note| note.contains(r"DOMAIN\nobody")),
        "{notes:?}"
    );
}

#[test]
fn a_text_that_names_no_reason_is_explained() {
    let told = |mta| {
        let story = told(&[Fact {
            mta,
            direction: None,
            peer: Peer::default(),
            text: b"Network error on destination MXs",
            ..leg(b"smtpd", Kind::Deferral)
        }]);
        story.steps[0].notes.clone()
    };
    let notes = told(Mta::OpenSmtpd);
    assert_eq!(notes.len(), 2);
    assert!(notes[1].contains("lines about the connections tell why"));
    assert_eq!(told(Mta::Postfix).len(), 1);
}

#[test]
fn an_alias_is_told_with_the_addresses_that_it_stands_for() {
    let to = |kind, address: &'static [u8], parent: &'static [u8]| Fact {
        direction: Some(Direction::Out),
        address,
        parent_address: parent,
        ..leg(b"postfix/smtp", kind)
    };
    let arrival = leg(b"postfix/smtpd", Kind::Arrival);
    let all = [
        arrival,
        to(Kind::Delivery, b"anna@example.net", b"list@example.org"),
        to(Kind::Delivery, b"List@example.org", b"list@example.org"),
        to(Kind::Delivery, b"cleo@example.net", b""),
        to(Kind::Failure, b"bert@example.net", b"list@example.org"),
    ];
    let story = told(&all);
    // All of it over one connection: nobody had an outcome before.
    assert_eq!(story.steps.len(), 2, "{:?}", titles(&story));
    let notes: Vec<&str> = story.steps[1].notes.iter().map(Clean::as_str).collect();
    let wanted = [
        "delivered to list@example.org (as anna@example.net), cleo@example.net",
        "failed for list@example.org (as bert@example.net)",
    ];
    assert!(wanted.iter().all(|note| notes.contains(note)), "{notes:?}");

    let one = [&all[..2], &all[4..]].concat();
    let headline = told(&one).headline;
    let wanted = "Delivered to some of the addresses that its recipient stands for, not to others.";
    assert!(headline.as_str().contains(wanted), "{headline:?}");
}

/// Nothing is said of recipients there: they are told under the new ID.
#[test]
fn what_is_queued_again_goes_on() {
    for (text, title) in [
        (
            &b"requeued"[..],
            "put into the queue again: it goes on under a new ID",
        ),
        (b"removed", "completed: no recipient is left"),
    ] {
        let arrival = leg(b"postfix/smtpd", Kind::Arrival);
        let story = told(&[arrival, line(Kind::Completion, text)]);
        assert_eq!(titles(&story).last(), Some(&title));
    }
}

#[test]
fn a_message_refused_as_a_whole_names_nobody() {
    for (address, title) in [
        (&b""[..], "refused"),
        (b"bo@example.net", "refused bo@example.net"),
    ] {
        let refused = Fact {
            address,
            ..line(Kind::Rejection, b"550 5.7.1 no")
        };
        let story = told(&[leg(b"postfix/smtpd", Kind::Arrival), refused]);
        assert_eq!(titles(&story).last(), Some(&title));
    }
}

#[test]
fn a_message_dropped_as_a_whole_names_nobody() {
    let dropped = Fact {
        address: b"",
        ..line(Kind::Discarded, b"discarded (system filter)")
    };
    let story = told(&[leg(b"exim", Kind::Arrival), dropped]);
    let last = story.steps.last().unwrap();
    assert_eq!(last.title.as_str(), "dropped for all recipients");
    assert_eq!(last.notes.len(), 1, "{:?}", last.notes);
    let copy = Fact {
        address: b"",
        ..line(Kind::Discarded, b"/dev/null <system-filter> T=**bypassed**")
    };
    let kept = line(Kind::Delivery, b"");
    let story = told(&[leg(b"exim", Kind::Arrival), copy, kept]);
    assert!(titles(&story).contains(&"one copy dropped"), "{story:?}");
}

#[test]
fn a_host_passed_over_says_why_beside_its_tls() {
    let text =
        b"host mx.example.net[192.0.2.7] said: 450 4.2.0 later (in reply to RCPT TO command)";
    let session = Statement {
        version: b"TLSv1.3",
        cipher: b"TLS_AES_256_GCM_SHA384",
        bits: Some(256),
        group: b"",
        resumed: None,
        verify: None,
    };
    let story = told(&[Fact {
        text,
        tls: Some(session),
        ..leg(b"postfix/smtp", Kind::Note)
    }]);
    let notes: Vec<&str> = story.steps[0].notes.iter().map(Clean::as_str).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("TLS 1.3"), "{notes:?}");
    assert_eq!(notes[1].as_bytes(), text);
}

#[test]
fn waits_are_laid_to_the_attempt_for_their_recipient() {
    const ANNA: &[u8] = b"anna@example.net";
    const BO: &[u8] = b"bo@example.com";
    let to = |kind, address: &'static [u8], name: &'static [u8]| Fact {
        address,
        text: if address == ANNA {
            b"later: net"
        } else {
            b"later: com"
        },
        direction: Some(Direction::Out),
        peer: Peer {
            name,
            ..Peer::default()
        },
        ..leg(b"postfix/smtp", kind)
    };
    let wait = |address| to(Kind::RetryWait, address, b"");
    let story = told(&[
        wait(BO),
        wait(ANNA),
        wait(BO),
        to(Kind::Deferral, ANNA, b"mx.example.net"),
        to(Kind::Delivery, BO, b"mx.example.com"),
        wait(ANNA),
        wait(ANNA),
        to(Kind::Deferral, BO, b"mx.example.com"),
        wait(ANNA),
        wait(BO),
        wait(ANNA),
    ]);
    let waits = story
        .steps
        .iter()
        .filter(|step| step.title.contains("wait"));
    let waits: Vec<(&str, &str)> = waits
        .map(|step| (step.title.as_str(), step.notes[0].as_str()))
        .collect();
    let none = "no connection made";
    let wanted = [
        (format!("2 waits, {none}"), "later: com"),
        (format!("one wait, {none}"), "later: net"),
        (
            format!("2 waits, {none} (because of attempt 1)"),
            "later: net",
        ),
        (
            format!("2 waits, {none} (because of attempt 1)"),
            "later: net",
        ),
        (
            format!("one wait, {none} (because of attempt 3)"),
            "later: com",
        ),
    ];
    let wanted: Vec<(&str, &str)> = wanted
        .iter()
        .map(|(title, note)| (title.as_str(), *note))
        .collect();
    assert_eq!(waits, wanted);
}

#[test]
fn waits_of_local_users_for_no_host_are_told_together() {
    let wait = |address| Fact {
        address,
        ..line(Kind::RetryWait, b"mail transport unavailable")
    };
    let story = told(&[wait(b"anna"), wait(b"bo")]);
    assert_eq!(titles(&story), ["2 waits, no connection made"]);
    assert_eq!(story.steps[0].notes.len(), 1);
}

#[test]
fn no_time_lies_between_waits_beside_each_other() {
    let step = |time, until| Step {
        time,
        until,
        gap: None,
        grading: None,
        title: Clean::line("a step"),
        notes: Vec::new(),
        local_users: Vec::new(),
        events: Vec::new(),
    };
    let mut steps = [
        step(10, None),
        step(20, Some(60)),
        step(25, Some(50)),
        step(70, None),
        step(65, None),
    ];
    set_gaps(&mut steps);
    assert_eq!(
        steps.map(|step| step.gap),
        [None, Some(10), Some(0), Some(10), Some(-5)]
    );
}
