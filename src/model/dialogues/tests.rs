mod stating;

use super::*;
use crate::model::{Clock, FileInfo, Partial, Zone};
use crate::parse::{Absence, Fact, Framing, Outcome, Peer, Reader, Stamp};
use crate::source::{ChunkReader, FileText};
use crate::tls::{Statement, TlsState, Trouble, Version};
use std::path::Path;

const TLS12: Statement<'static> = Statement {
    version: b"TLSv1.2",
    cipher: b"ECDHE-RSA-AES256-GCM-SHA384",
    bits: Some(256),
    group: b"",
    resumed: None,
    verify: None,
};
const BARE: Statement<'static> = Statement {
    version: b"",
    cipher: b"",
    bits: None,
    group: b"",
    resumed: None,
    verify: None,
};

fn peer(name: &'static str) -> Peer<'static> {
    Peer {
        name: name.as_bytes(),
        ip: b"192.0.2.1",
        ..Peer::default()
    }
}

/// A Postfix line; `second` counts from an arbitrary time.
fn line(
    second: i64,
    program: &'static str,
    pid: &'static str,
    kind: Kind,
    turn: Turn,
) -> Fact<'static> {
    let out = program == "postfix/smtp";
    Fact {
        stamp: Stamp {
            civil: 1_600_000_000 + second,
            ..Stamp::default()
        },
        mta: Mta::Postfix,
        host: b"mx",
        program: program.as_bytes(),
        dialogue: pid.as_bytes(),
        turn,
        kind,
        open_for: out.then_some(500),
        direction: Some(if out { Direction::Out } else { Direction::In }),
        peer: peer(if out {
            "mx.example.net"
        } else {
            "client.example.org"
        }),
        ..Fact::default()
    }
}

fn smtpd(second: i64, kind: Kind, turn: Turn) -> Fact<'static> {
    line(second, "postfix/smtpd", "7", kind, turn)
}

fn smtp(second: i64, kind: Kind, turn: Turn) -> Fact<'static> {
    line(second, "postfix/smtp", "8", kind, turn)
}

#[expect(clippy::needless_pass_by_value, reason = "facts are built from facts")]
fn of(queue_id: &'static str, fact: Fact<'static>) -> Fact<'static> {
    Fact {
        queue_id: queue_id.as_bytes(),
        address: if fact.kind == Kind::Arrival {
            b""
        } else {
            b"b@example.net"
        },
        ..fact
    }
}

#[expect(clippy::needless_pass_by_value, reason = "facts are built from facts")]
fn with(tls: Statement<'static>, fact: Fact<'static>) -> Fact<'static> {
    Fact {
        tls: Some(tls),
        ..fact
    }
}

/// A model of these lines, with `per_chunk` lines in each chunk.
fn model_of(facts: &[Fact<'static>], per_chunk: usize) -> Model {
    let mut model = Model::default();
    let reader = Reader::framed(Framing::Lines);
    let file = model.add_file(
        FileInfo::new(Path::new("mail.log"), Some(reader)),
        FileText::kept(Path::new("mail.log")),
    );
    let mut clock = Clock::new(Zone::parse("UTC").unwrap());
    let mut first_line = 1;
    for facts in facts.chunks(per_chunk) {
        let text = "x\n".repeat(facts.len());
        let mut chunk = ChunkReader::new(text.as_bytes())
            .next(Vec::new())
            .unwrap()
            .unwrap();
        chunk.index.first_line = first_line;
        first_line += chunk.index.lines;
        let mut part = Partial::new(b"");
        for (number, fact) in (0..).zip(facts) {
            part.take(&Outcome::Fact(fact.clone()), b"x", number, &mut clock);
        }
        model.merge(file, &chunk, &part);
    }
    model.finish_file(file);
    model
}

/// TLS state and version of each arrival and delivery. Asserts that they do not depend on the size of chunks.
fn tls_states(facts: &[Fact<'static>]) -> Vec<(TlsState, Option<Version>)> {
    let legs = |model: &Model| {
        let legs = model
            .events
            .iter()
            .filter(|event| matches!(event.kind, Kind::Arrival | Kind::Delivery));
        legs.map(|event| {
            let session = model.session(&event);
            (
                model.tls_state(&event),
                session.and_then(|session| session.version),
            )
        })
        .collect::<Vec<_>>()
    };
    let whole = model_of(facts, facts.len());
    let expected = legs(&whole);
    for per_chunk in 1..facts.len() {
        let model = model_of(facts, per_chunk);
        assert_eq!(legs(&model), expected, "{per_chunk} lines in a chunk");
        let kinds = |model: &Model| {
            model
                .events
                .iter()
                .map(|event| (event.kind, model.events.line(&event), event.message))
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(&model), kinds(&whole), "{per_chunk} lines in a chunk");
    }
    expected
}

const YES: (TlsState, Option<Version>) = (TlsState::Yes, Some(Version::Tls12));
const SOME: (TlsState, Option<Version>) = (TlsState::Yes, None);
const NO: (TlsState, Option<Version>) = (TlsState::No, None);
const NOT_STATED: (TlsState, Option<Version>) = (TlsState::NotStated, None);

#[test]
fn tls_holds_until_the_connection_ends() {
    let facts = [
        smtpd(0, Kind::Session, Turn::Opens),
        with(TLS12, smtpd(1, Kind::Session, Turn::Secured)),
        of("A1B2C3", smtpd(2, Kind::Arrival, Turn::Carries)),
        of("A1B2C4", smtpd(3, Kind::Arrival, Turn::Carries)),
        smtpd(4, Kind::Session, Turn::Closes),
        smtpd(5, Kind::Session, Turn::Opens),
        of("A1B2C5", smtpd(6, Kind::Arrival, Turn::Carries)),
    ];
    assert_eq!(tls_states(&facts), [YES, YES, NO]);
}

#[test]
fn absence_tells_nothing_where_tls_is_never_told() {
    let facts = [
        smtpd(0, Kind::Session, Turn::Opens),
        of("A1B2C3", smtpd(2, Kind::Arrival, Turn::Carries)),
        smtpd(3, Kind::Session, Turn::Closes),
        of("A1B2C3", smtp(60, Kind::Delivery, Turn::Carries)),
    ];
    assert_eq!(tls_states(&facts), [NOT_STATED, NOT_STATED]);
}

#[test]
fn the_end_of_a_connection_may_tell_that_tls_was_used() {
    let facts = [
        smtpd(0, Kind::Session, Turn::Opens),
        of("A1B2C3", smtpd(1, Kind::Arrival, Turn::Carries)),
        with(BARE, smtpd(2, Kind::Session, Turn::Closes)),
        smtpd(3, Kind::Session, Turn::Opens),
        of("A1B2C4", smtpd(4, Kind::Arrival, Turn::Carries)),
        smtpd(5, Kind::Session, Turn::Closes),
    ];
    // The counters of a closing line do not prove that the log states TLS, so the second one is not plaintext.
    assert_eq!(tls_states(&facts), [SOME, NOT_STATED]);
}

/// A proxy tells Postfix of its client (XCLIENT): TLS of the proxy's connection says nothing of that client.
#[test]
fn the_client_of_a_proxy_is_not_judged_by_the_connection_of_the_proxy() {
    let proxy = |fact: Fact<'static>| Fact {
        peer: Peer {
            name: b"localhost",
            ip: b"127.0.0.1",
            ..Peer::default()
        },
        ..fact
    };
    let secured = [
        smtpd(0, Kind::Session, Turn::Opens),
        with(TLS12, smtpd(1, Kind::Session, Turn::Secured)),
        of("A1B2C3", smtpd(2, Kind::Arrival, Turn::Carries)),
        smtpd(3, Kind::Session, Turn::Closes),
    ];
    let proxied = |closes: Fact<'static>| {
        [
            proxy(smtpd(4, Kind::Session, Turn::Opens)),
            of("A1B2C4", smtpd(5, Kind::Arrival, Turn::Carries)),
            closes,
        ]
    };
    for closes in [
        smtpd(6, Kind::Session, Turn::Closes),
        with(BARE, smtpd(6, Kind::Session, Turn::Closes)),
    ] {
        let facts = [&secured[..], &proxied(closes)].concat();
        assert_eq!(tls_states(&facts), [YES, NOT_STATED]);
    }
}

#[test]
fn the_end_of_a_connection_with_another_host_says_nothing() {
    let other = Peer {
        ip: b"192.0.2.2",
        ..peer("other.example.org")
    };
    let closes = Fact {
        peer: other,
        ..with(BARE, smtpd(2, Kind::Session, Turn::Closes))
    };
    let facts = [
        smtpd(0, Kind::Session, Turn::Opens),
        of("A1B2C3", smtpd(1, Kind::Arrival, Turn::Carries)),
        closes,
    ];
    assert_eq!(tls_states(&facts), [NOT_STATED]);
}

#[test]
fn a_connection_older_than_the_log_is_not_judged_by_silence() {
    let facts = [
        of("A1B2C3", smtpd(0, Kind::Arrival, Turn::Carries)),
        smtpd(1, Kind::Session, Turn::Closes),
        smtpd(2, Kind::Session, Turn::Opens),
        with(TLS12, smtpd(3, Kind::Session, Turn::Secured)),
        of("A1B2C4", smtpd(4, Kind::Arrival, Turn::Carries)),
        Fact {
            open_for: Some(30_000),
            ..of("A1B2C9", smtp(10, Kind::Delivery, Turn::Carries))
        },
        with(TLS12, smtp(100, Kind::Session, Turn::Secured)),
        of("A1B2C4", smtp(101, Kind::Delivery, Turn::Carries)),
        Fact {
            open_for: Some(30_000),
            ..of("A1B2C5", smtp(200, Kind::Delivery, Turn::Carries))
        },
    ];
    assert_eq!(tls_states(&facts), [NOT_STATED, YES, NOT_STATED, YES, NO]);
}

#[test]
fn a_delivery_process_sets_up_tls_for_each_message() {
    let far = Fact {
        peer: Peer {
            name: b"other.example.com",
            ip: b"192.0.2.9",
            ..Peer::default()
        },
        ..smtp(1003, Kind::Delivery, Turn::Carries)
    };
    let facts = [
        smtpd(0, Kind::Session, Turn::Opens),
        with(TLS12, smtp(1000, Kind::Session, Turn::Secured)),
        of("A1B2C3", smtp(1001, Kind::Delivery, Turn::Carries)),
        of("A1B2C3", smtp(1002, Kind::Delivery, Turn::Carries)),
        of("A1B2C3", far),
        of("A1B2C4", smtp(1004, Kind::Delivery, Turn::Carries)),
        with(
            BARE,
            of("A1B2C4", smtp(1005, Kind::Delivery, Turn::Carries)),
        ),
        Fact {
            absence: Absence::Mute,
            ..of("A1B2C6", smtp(1006, Kind::Delivery, Turn::Carries))
        },
    ];
    assert_eq!(tls_states(&facts), [YES, YES, NO, NO, SOME, NOT_STATED]);
}

#[test]
fn the_line_about_tls_is_evidence_of_the_first_message_it_holds_for() {
    let facts = [
        smtpd(0, Kind::Session, Turn::Opens),
        with(TLS12, smtpd(1, Kind::Session, Turn::Secured)),
        of("A1B2C3", smtpd(2, Kind::Arrival, Turn::Carries)),
        of("A1B2C4", smtpd(3, Kind::Arrival, Turn::Carries)),
    ];
    let model = model_of(&facts, 2);
    let lines = |number| {
        let message = model.messages.get(number).unwrap();
        model
            .events_of(message)
            .map(|event| model.events.line(&event))
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(0), [2, 3]);
    assert_eq!(lines(1), [4]);
}

fn downgrades(facts: &[Fact<'static>]) -> Vec<u32> {
    tls_states(facts);
    let model = model_of(facts, 3);
    let events = model.events.iter();
    let found = events.filter(|event| event.kind == Kind::TlsDowngrade);
    found.map(|event| model.events.line(&event)).collect()
}

#[test]
fn sent_in_clear_after_tls_failed_with_the_same_host() {
    let secured = with(TLS12, smtp(0, Kind::Session, Turn::Secured));
    let failed = Fact {
        trouble: Some(Trouble::HandshakeFailed),
        ..of("A1B2C3", smtp(1000, Kind::Deferral, Turn::Carries))
    };
    let later = of("A1B2C3", smtp(2000, Kind::Delivery, Turn::Carries));
    let elsewhere = Fact {
        peer: Peer {
            name: b"mx2.example.net",
            ip: b"192.0.2.2",
            ..Peer::default()
        },
        ..later.clone()
    };
    assert_eq!(
        downgrades(&[secured.clone(), failed.clone(), later.clone()]),
        [3]
    );
    assert_eq!(
        downgrades(&[secured.clone(), failed.clone(), elsewhere]),
        [] as [u32; 0]
    );
    let in_tls = with(TLS12, smtp(1999, Kind::Session, Turn::Secured));
    assert_eq!(
        downgrades(&[secured.clone(), failed.clone(), in_tls, later.clone()]),
        [] as [u32; 0]
    );
    // A log that never states TLS does not prove plaintext.
    assert_eq!(downgrades(&[failed, later.clone()]), [] as [u32; 0]);
    let at_once = smtp(1999, Kind::TlsFailed, Turn::Failed);
    assert_eq!(downgrades(&[secured, at_once, later]), [3]);
}

#[test]
fn a_failure_is_kept_in_mind_over_very_many_lines_of_a_message() {
    let secured = with(TLS12, smtp(0, Kind::Session, Turn::Secured));
    let later = of("A1B2C3", smtp(2000, Kind::Delivery, Turn::Carries));
    let other = Peer {
        name: b"mx2.example.net",
        ip: b"192.0.2.2",
        ..Peer::default()
    };
    let elsewhere = Fact {
        peer: other,
        ..later.clone()
    };
    let failed = |peer: &Peer<'static>| Fact {
        trouble: Some(Trouble::HandshakeFailed),
        peer: *peer,
        ..of("A1B2C3", smtp(1000, Kind::Deferral, Turn::Carries))
    };
    let mut facts = vec![secured, failed(&later.peer)];
    facts.resize(20_000, elsewhere.clone());
    facts.extend([later.clone(), elsewhere.clone(), failed(&other), elsewhere]);
    let model = model_of(&facts, 3_000);
    let events = model.events.iter();
    let found = events.filter(|event| event.kind == Kind::TlsDowngrade);
    let lines = found.map(|event| model.events.line(&event));
    assert_eq!(lines.collect::<Vec<_>>(), [20_001, 20_004]);
}

#[test]
fn a_queue_id_used_again_is_another_message() {
    let named = |second: i64, id: &'static str| Fact {
        message_id: id.as_bytes(),
        dialogue: b"",
        ..of(
            "A1B2C3",
            line(second, "postfix/cleanup", "", Kind::Note, Turn::Alone),
        )
    };
    let end = |second| {
        let fact = line(second, "postfix/qmgr", "", Kind::Completion, Turn::Alone);
        of(
            "A1B2C3",
            Fact {
                dialogue: b"",
                ..fact
            },
        )
    };
    let facts = [
        smtpd(0, Kind::Session, Turn::Opens),
        of("A1B2C3", smtpd(1, Kind::Arrival, Turn::Carries)),
        named(2, "one@example.org"),
        end(3),
        // Postfix's own messages have no arrival.
        named(4, "two@example.org"),
        end(5),
        of("A1B2C3", smtpd(6, Kind::Arrival, Turn::Carries)),
        named(7, "three@example.org"),
    ];
    for per_chunk in 1..=facts.len() {
        let model = model_of(&facts, per_chunk);
        let ids: Vec<Vec<u8>> = model
            .messages
            .iter()
            .map(|message| model.strings.message_ids.get(message.message_id).text())
            .collect();
        assert_eq!(
            ids,
            [
                &b"one@example.org"[..],
                b"two@example.org",
                b"three@example.org"
            ]
        );
    }
}

#[test]
fn remarks_on_tls_belong_to_the_message_that_it_was_set_up_for() {
    let nameless = |fact: Fact<'static>| Fact {
        peer: Peer::default(),
        ..fact
    };
    let remark = |second| Fact {
        text: b"why",
        ..smtp(second, Kind::Note, Turn::Remarks)
    };
    let log = [
        // One remark before the line about its session, one after the line about its failed handshake.
        remark(1),
        with(TLS12, smtp(1, Kind::Session, Turn::Secured)),
        of("ABCDEF1", smtp(2, Kind::Delivery, Turn::Carries)),
        smtp(10, Kind::TlsFailed, Turn::Failed),
        nameless(remark(10)),
        of("ABCDEF2", smtp(11, Kind::Deferral, Turn::Carries)),
        // The next message gets none of them.
        of("ABCDEF3", smtp(20, Kind::Deferral, Turn::Carries)),
    ];
    for per_chunk in 1..=log.len() {
        let model = model_of(&log, per_chunk);
        let lines = |message: u32| {
            let message = model.messages.get(message).unwrap();
            let mut lines: Vec<u32> = model
                .events_of(message)
                .map(|event| model.events.line(&event))
                .collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(lines(0), [1, 2, 3]);
        assert_eq!(lines(1), [4, 5, 6]);
        assert_eq!(lines(2), [7]);
        let named = model
            .events
            .iter()
            .find(|event| model.events.line(event) == 5)
            .unwrap();
        assert_eq!(
            model.strings.endpoint(named.peer).name,
            b"mx.example.net",
            "the host of the failure"
        );
    }
}

/// A host that refused the recipient, or cut the connection off, took the TLS line; what is said of the next host is about another connection.
#[test]
fn tls_of_a_host_that_was_passed_over_is_of_the_message_it_was_set_up_for() {
    let other = |fact: Fact<'static>| Fact {
        peer: Peer {
            ip: b"192.0.2.2",
            ..peer("mx2.example.net")
        },
        ..fact
    };
    let passed_over = |turn| {
        let fact = Fact {
            absence: Absence::Mute,
            ..smtp(1, Kind::Note, turn)
        };
        Some(of("ABCDEF1", fact))
    };
    let failed = of("ABCDEF2", other(smtp(20, Kind::TlsFailed, Turn::Failed)));
    let rest = [
        of("ABCDEF1", other(smtp(2, Kind::Delivery, Turn::Carries))),
        other(smtp(20, Kind::TlsFailed, Turn::Failed)),
        failed,
        of("ABCDEF2", other(smtp(20, Kind::Deferral, Turn::Carries))),
    ];
    let secured = with(TLS12, smtp(1, Kind::Session, Turn::Secured));
    for (passed_over, expected) in [
        (passed_over(Turn::Carries), [vec![1, 2, 3], vec![4, 5, 6]]),
        (passed_over(Turn::Closes), [vec![1, 2, 3], vec![4, 5, 6]]),
        // Nothing says for which message it was: it is of none.
        (None, [vec![2], vec![3, 4, 5]]),
    ] {
        let log: Vec<_> = [secured.clone()]
            .into_iter()
            .chain(passed_over)
            .chain(rest.clone())
            .collect();
        for per_chunk in 1..=log.len() {
            let model = model_of(&log, per_chunk);
            let lines = [0, 1].map(|message| {
                let message = model.messages.get(message).unwrap();
                let events = model.events_of(message);
                let mut lines: Vec<u32> = events.map(|event| model.events.line(&event)).collect();
                lines.sort_unstable();
                lines
            });
            assert_eq!(lines, expected);
        }
    }
}

/// Postfix says of the certificate of all hosts but the last that it did not pass, and names no host.
#[test]
fn a_certificate_that_did_not_pass_is_of_the_session_before() {
    let refused = |queue_id| {
        let fact = smtp(1, Kind::TlsFailed, Turn::Closes);
        let nameless = Fact {
            peer: Peer::default(),
            trouble: Some(Trouble::ValidationFailure),
            ..fact
        };
        of(queue_id, nameless)
    };
    let next = Peer {
        ip: b"192.0.2.2",
        ..peer("mx2.example.net")
    };
    let delivery = Fact {
        peer: next,
        ..of("ABCDEF1", smtp(2, Kind::Delivery, Turn::Carries))
    };
    let secured = with(TLS12, smtp(1, Kind::Session, Turn::Secured));
    let log = [secured, refused("ABCDEF1"), delivery, refused("ABCDEF2")];
    for per_chunk in 1..=log.len() {
        let model = model_of(&log, per_chunk);
        let told = |message: u32| {
            let events = model.events_of(model.messages.get(message).unwrap());
            let host = |event: Event| model.strings.endpoint(event.peer).name.to_vec();
            events
                .map(|event| (model.events.line(&event), host(event)))
                .collect::<Vec<_>>()
        };
        let mut first = told(0);
        first.sort_unstable();
        let (one, other) = (b"mx.example.net".to_vec(), b"mx2.example.net".to_vec());
        assert_eq!(first, [(1, one.clone()), (2, one), (3, other)]);
        // That session is closed: whose certificate this was is not known.
        assert_eq!(told(1), [(4, Vec::new())]);
    }
}

/// A note without a host, such as on missing DNSSEC, may be about a host to which nothing was connected yet.
#[test]
fn a_note_without_a_host_has_no_session() {
    let note = Fact {
        peer: Peer::default(),
        ..smtp(1, Kind::Note, Turn::Closes)
    };
    let secured = with(TLS12, smtp(1, Kind::Session, Turn::Secured));
    let model = model_of(&[secured, of("ABCDEF1", note)], 2);
    let note = model.events.iter().find(|event| event.kind == Kind::Note);
    let note = note.unwrap();
    assert_eq!((note.session, note.peer), (0, Symbol::NONE));
}

/// The refusing line lacks the message (Sendmail) or the host (OpenSMTPD); the conversation has both.
#[test]
fn what_is_refused_for_want_of_tls_is_of_the_message_and_the_host_of_its_connection() {
    let sendmail = |second, kind, turn| Fact {
        mta: Mta::Sendmail,
        program: b"sendmail",
        ..smtp(second, kind, turn)
    };
    let facts = [
        of("A", smtpd(0, Kind::Arrival, Turn::Alone)),
        Fact {
            peer: Peer {
                name: b"MX.example.net",
                ..Peer::default()
            },
            trouble: Some(Trouble::StarttlsNotSupported),
            ..sendmail(1, Kind::TlsRefused, Turn::Failed)
        },
        of("A", sendmail(1, Kind::Deferral, Turn::Carries)),
    ];
    for per_chunk in 1..=3 {
        let model = model_of(&facts, per_chunk);
        let message = model.messages.get(0).unwrap();
        let kinds: Vec<Kind> = model.events_of(message).map(|event| event.kind).collect();
        assert_eq!(kinds, [Kind::Arrival, Kind::TlsRefused, Kind::Deferral]);
        assert_eq!(message.attempts, 1);
    }

    let opensmtpd = |second, kind, turn| Fact {
        mta: Mta::OpenSmtpd,
        program: b"smtpd",
        ..smtp(second, kind, turn)
    };
    let facts = [
        opensmtpd(0, Kind::Session, Turn::Opens),
        Fact {
            peer: Peer::default(),
            trouble: Some(Trouble::StarttlsNotSupported),
            ..opensmtpd(1, Kind::TlsRefused, Turn::Failed)
        },
    ];
    for per_chunk in 1..=2 {
        let model = model_of(&facts, per_chunk);
        let refused = model
            .events
            .iter()
            .find(|event| event.kind == Kind::TlsRefused);
        let host = model.strings.endpoint(refused.unwrap().peer);
        assert_eq!(host.name, b"mx.example.net");
    }
}

#[test]
fn what_is_dropped_takes_no_ties_of_others_with_it() {
    let tied = |fact| Fact {
        reference: b"C",
        ..fact
    };
    let facts = [
        tied(of("A", smtpd(0, Kind::Session, Turn::Opens))),
        tied(of("B", smtpd(1, Kind::Arrival, Turn::Alone))),
    ];
    let model = model_of(&facts, 2);
    assert_eq!(model.links.len(), 1);
}
