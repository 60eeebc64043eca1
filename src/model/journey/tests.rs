//! Journeys over two and three hosts, and messages that only seem to be one journey.

use super::super::sample::hosts::Sample;
use super::*;
use crate::parse::{Fact, Mta};

/// Journey of the first message with a queue ID: host, queue ID and proof of each leg.
fn journey(model: &Model, id: &str) -> Vec<String> {
    let number = model.messages_of_queue_id(id.as_bytes())[0];
    let legs = model.journey_of(number);
    let name = |number: u32| {
        let message = model.messages.get(number).unwrap();
        let host = model.strings.words.get(message.host);
        let id = model.queue_id(message);
        format!(
            "{}/{}",
            String::from_utf8_lossy(host),
            String::from_utf8_lossy(&id)
        )
    };
    let lines = legs.iter().map(|leg| match leg.from {
        None => name(leg.message),
        Some((from, proof)) => {
            format!(
                "{} <{proof:?}- {}",
                name(leg.message),
                name(legs[from].message)
            )
        }
    });
    lines.collect()
}

const GATE: &str = "1vuaAA-000001-00";
const MAIL: &str = "1vubBB-000002-00";

/// Log of `gate`, which hands a message to `peer` and gets `reply`.
fn gate(peer: &str, reply: &str) -> String {
    format!(
        "2026-02-24 08:00:00 {GATE} <= a@example.net H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 S=1000 id=one@example.net\n\
         2026-02-24 08:00:05 {GATE} => b@example.org R=r T=t H={peer} C=\"{reply}\"\n\
         2026-02-24 08:00:05 {GATE} Completed\n"
    )
}

/// Log of `mail`, where that message comes in from `peer`.
fn mail(time: &str, peer: &str, message_id: &str) -> String {
    format!(
        "2026-02-24 {time} {MAIL} <= a@example.net H={peer} P=esmtp S=1300 id={message_id}\n\
         2026-02-24 {time} {MAIL} => b <b@example.org> R=local T=maildir\n\
         2026-02-24 {time} {MAIL} Completed\n"
    )
}

fn linked_by_id() -> Vec<String> {
    vec![
        format!("gate.example.org/{GATE}"),
        format!("mail.example.org/{MAIL} <QueueId- gate.example.org/{GATE}"),
    ]
}

fn linked_by_message_id() -> Vec<String> {
    vec![
        format!("gate.example.org/{GATE}"),
        format!("mail.example.org/{MAIL} <MessageId- gate.example.org/{GATE}"),
    ]
}

fn pair(gate: &str, mail: &str) -> Model {
    let sample = Sample::default().exim("gate.example.org", gate);
    sample.exim("mail.example.org", mail).0
}

#[test]
fn the_reply_names_the_next_queue_entry() {
    let model = pair(
        &gate("mail.example.org [192.0.2.3]", &format!("250 OK id={MAIL}")),
        &mail(
            "08:00:04",
            "gate.example.org [192.0.2.2]",
            "one@example.net",
        ),
    );
    assert_eq!(journey(&model, GATE), linked_by_id());
    assert_eq!(journey(&model, MAIL), linked_by_id(), "from its end, too");
}

#[test]
fn an_alias_of_the_next_host_is_no_contradiction() {
    let model = pair(
        &gate("mx.kunde.example [192.0.2.3]", &format!("250 OK id={MAIL}")),
        &mail(
            "08:00:04",
            "gate.example.org [192.0.2.2]",
            "one@example.net",
        ),
    );
    assert_eq!(journey(&model, MAIL), linked_by_id());
}

#[test]
fn without_an_id_in_the_reply_message_id_and_time_tell() {
    let model = pair(
        &gate("mail.example.org [192.0.2.3]", "250 OK"),
        &mail(
            "08:00:04",
            "gate.example.org [192.0.2.2]",
            "one@example.net",
        ),
    );
    assert_eq!(journey(&model, GATE), linked_by_message_id());
    assert_eq!(journey(&model, MAIL), linked_by_message_id());
}

#[test]
fn clocks_may_differ_by_minutes_and_the_order_stays() {
    for time in ["07:52:30", "08:07:00"] {
        let model = pair(
            &gate("mail.example.org [192.0.2.3]", &format!("250 OK id={MAIL}")),
            &mail(time, "gate.example.org [192.0.2.2]", "one@example.net"),
        );
        assert_eq!(journey(&model, MAIL), linked_by_id(), "{time}");
    }
}

#[test]
fn the_same_ids_at_another_time_are_another_message() {
    for time in ["05:00:00", "09:00:00"] {
        for reply in [&format!("250 OK id={MAIL}"), "250 OK"] {
            let model = pair(
                &gate("mail.example.org [192.0.2.3]", reply),
                &mail(time, "gate.example.org [192.0.2.2]", "one@example.net"),
            );
            assert_eq!(journey(&model, GATE).len(), 1, "{time} {reply}");
            assert_eq!(journey(&model, MAIL).len(), 1, "{time} {reply}");
        }
    }
}

#[test]
fn hosts_that_contradict_are_not_linked() {
    for reply in [&format!("250 OK id={MAIL}"), "250 OK"] {
        let model = pair(
            &gate("mx.far.example [198.51.100.3]", reply),
            &mail(
                "08:00:04",
                "out.near.example [198.51.100.9]",
                "one@example.net",
            ),
        );
        assert_eq!(journey(&model, GATE).len(), 1, "{reply}");
        assert_eq!(journey(&model, MAIL).len(), 1, "{reply}");
    }
}

#[test]
fn a_forged_reply_names_somebody_elses_message() {
    let model = pair(
        &gate(
            "mx.evil.example [198.51.100.3]",
            &format!("250 OK id={MAIL}"),
        ),
        &mail(
            "08:00:04",
            "other.example.com [198.51.100.9]",
            "two@example.com",
        ),
    );
    assert_eq!(journey(&model, MAIL).len(), 1);
}

#[test]
fn a_reply_that_names_another_entry_speaks_against_an_equal_message_id() {
    let model = pair(
        &gate("mail.example.org [192.0.2.3]", "250 OK id=1vubBB-000009-00"),
        &mail(
            "08:00:04",
            "gate.example.org [192.0.2.2]",
            "one@example.net",
        ),
    );
    assert_eq!(journey(&model, MAIL).len(), 1);
}

#[test]
fn a_much_larger_message_is_another_one() {
    let larger = mail(
        "08:00:04",
        "gate.example.org [192.0.2.2]",
        "one@example.net",
    )
    .replace("S=1300", "S=90000");
    let model = pair(&gate("mail.example.org [192.0.2.3]", "250 OK"), &larger);
    assert_eq!(journey(&model, MAIL).len(), 1);
}

/// Two hosts use the same short queue ID at the same time, and one uses it again.
#[test]
fn a_short_queue_id_is_that_of_the_host_that_was_named() {
    let arrival = |id: &str, time: &str, host: &str| {
        format!("2026-02-24 {time} {id} <= a@example.net H={host} P=esmtp S=1300\n")
    };
    let id = "4F1A2B3C";
    let again = arrival(
        "1vuc00-000000-00",
        "07:45:00",
        "gate.example.org [192.0.2.2]",
    ) + "2026-02-24 07:45:01 1vuc00-000000-00 Completed\n"
        + &arrival(
            "1vuc00-000000-00",
            "08:00:04",
            "gate.example.org [192.0.2.2]",
        );
    let other = arrival(
        "1vuc00-000000-00",
        "08:00:05",
        "out.example.com [198.51.100.1]",
    );
    let ids = [("1vuc00-000000-00", id)];
    let model = Sample::default()
        .exim(
            "gate.example.org",
            &gate(
                "mail.example.org [192.0.2.3]",
                "250 2.0.0 Ok: queued as 4F1A2B3C",
            ),
        )
        .foreign(Mta::Postfix, "other.example.com", &ids, &other)
        .foreign(Mta::Postfix, "mail", &ids, &again)
        .0;
    let legs = model.journey_of(0);
    let [_, next] = legs[..] else {
        panic!("{legs:?}")
    };
    let next = model.messages.get(next.message).unwrap();
    assert_eq!(model.strings.words.get(next.host), b"mail");
    assert_eq!(model.span_of(next).0 % 3_600_000, 4_000, "the later one");
    // Without the log of the named host, no other host is taken for it.
    let model = Sample::default()
        .exim(
            "gate.example.org",
            &gate(
                "mail.example.org [192.0.2.3]",
                "250 2.0.0 Ok: queued as 4F1A2B3C",
            ),
        )
        .foreign(Mta::Postfix, "other.example.com", &ids, &other)
        .0;
    assert_eq!(model.journey_of(0).len(), 1);
}

/// A log without Message-IDs (OpenSMTPD) before one with them.
#[test]
fn who_handed_it_over_is_found_without_a_message_id() {
    let bare = gate(
        "mail.example.org [192.0.2.3]",
        "250 2.0.0 Ok: queued as 4F1A2B3C",
    );
    let model = Sample::default()
        .foreign(
            Mta::OpenSmtpd,
            "gate.example.org",
            &[(GATE, "a14de6b0")],
            &bare.replace(" id=one@example.net", ""),
        )
        .foreign(
            Mta::Postfix,
            "mail.example.org",
            &[(MAIL, "4F1A2B3C")],
            &mail(
                "08:00:05",
                "gate.example.org [192.0.2.2]",
                "one@example.net",
            ),
        )
        .0;
    assert_eq!(
        journey(&model, "4F1A2B3C"),
        [
            "gate.example.org/a14de6b0",
            "mail.example.org/4F1A2B3C <QueueId- gate.example.org/a14de6b0"
        ]
    );
}

#[test]
fn several_recipients_make_a_tree_in_order_of_time() {
    let gate = format!(
        "2026-02-24 08:00:00 {GATE} <= a@example.net H=mx.example.net [192.0.2.1] P=esmtp S=1000 id=one@example.net\n\
         2026-02-24 08:00:05 {GATE} => b@example.org R=r T=t H=mail.example.org [192.0.2.3] C=\"250 OK id={MAIL}\"\n\
         2026-02-24 08:00:05 {GATE} -> d@example.org R=r T=t H=mail.example.org [192.0.2.3] C=\"250 OK id={MAIL}\"\n\
         2026-02-24 08:00:02 {GATE} => c@example.com R=r T=t H=mx.example.com [192.0.2.4] C=\"250 OK\"\n\
         2026-02-24 08:00:05 {GATE} Completed\n"
    );
    let com = "2026-02-24 08:00:01 1vudDD-000004-00 <= a@example.net H=gate.example.org [192.0.2.2] P=esmtp S=1300 id=one@example.net\n\
               2026-02-24 08:00:09 1vudDD-000004-00 => c@example.com R=r T=t H=store.example.com [192.0.2.5] C=\"250 OK id=1vueEE-000005-00\"\n";
    let store = "2026-02-24 08:00:08 1vueEE-000005-00 <= a@example.net H=mx.example.com [192.0.2.4] P=esmtp S=1500 id=one@example.net\n\
                 2026-02-24 08:00:09 1vueEE-000005-00 => c <c@example.com> R=local T=maildir\n";
    let model = Sample::default()
        .exim("store.example.com", store)
        .exim(
            "mail.example.org",
            &mail(
                "08:00:04",
                "gate.example.org [192.0.2.2]",
                "one@example.net",
            ),
        )
        .exim("mx.example.com", com)
        .exim("gate.example.org", &gate)
        .0;
    let expected = [
        format!("gate.example.org/{GATE}"),
        format!("mx.example.com/1vudDD-000004-00 <MessageId- gate.example.org/{GATE}"),
        format!("mail.example.org/{MAIL} <QueueId- gate.example.org/{GATE}"),
        "store.example.com/1vueEE-000005-00 <QueueId- mx.example.com/1vudDD-000004-00".to_owned(),
    ];
    for id in [GATE, MAIL, "1vudDD-000004-00", "1vueEE-000005-00"] {
        assert_eq!(journey(&model, id), expected, "{id}");
    }
}

/// A list server takes one message in and sends copies out, all with one Message-ID.
#[test]
fn copies_of_a_mailing_list_are_siblings_and_not_their_original() {
    let list = "\
2026-02-24 08:00:00 1vulAA-000001-00 <= a@example.net H=gate.example.org [192.0.2.2] P=esmtp S=1000 id=one@example.net
2026-02-24 08:00:01 1vulAA-000001-00 => talk@lists.example.org R=lmtp T=lmtp H=localhost [127.0.0.1]
2026-02-24 08:00:01 1vulAA-000001-00 Completed
2026-02-24 08:00:02 1vulBB-000002-00 <= talk-bounces@lists.example.org H=localhost [127.0.0.1] P=esmtp S=2000 id=one@example.net
2026-02-24 08:00:03 1vulBB-000002-00 => b@example.org R=r T=t H=mail.example.org [192.0.2.3] C=\"250 OK\"
2026-02-24 08:00:03 1vulBB-000002-00 => c@example.com R=r T=t H=mx.example.com [192.0.2.4] C=\"250 OK\"
2026-02-24 08:00:03 1vulBB-000002-00 Completed
";
    let copy = |id: &str, to: &str, time: &str| {
        format!(
            "2026-02-24 {time} {id} <= talk-bounces@lists.example.org H=lists.example.org [192.0.2.8] P=esmtp S=2200 id=one@example.net\n\
             2026-02-24 {time} {id} => {to} R=local T=maildir\n"
        )
    };
    let model = Sample::default()
        .exim("lists.example.org", list)
        .exim("mail.example.org", &copy(MAIL, "b@example.org", "08:00:03"))
        .exim(
            "mx.example.com",
            &copy("1vudDD-000004-00", "c@example.com", "08:00:02"),
        )
        .0;
    assert_eq!(
        journey(&model, "1vulAA-000001-00"),
        ["lists.example.org/1vulAA-000001-00"]
    );
    let out = "lists.example.org/1vulBB-000002-00";
    assert_eq!(
        journey(&model, MAIL),
        [
            out.to_owned(),
            format!("mx.example.com/1vudDD-000004-00 <MessageId- {out}"),
            format!("mail.example.org/{MAIL} <MessageId- {out}"),
        ]
    );
}

#[test]
fn a_resend_is_another_journey() {
    for (minutes, apart) in [("03", "soon"), ("59", "later")] {
        let again = |text: &str, id: &str, new: &str| {
            text.replace(id, new)
                .replace("08:00:", &format!("08:{minutes}:"))
        };
        let first = (
            gate("mail.example.org [192.0.2.3]", "250 OK"),
            mail(
                "08:00:04",
                "gate.example.org [192.0.2.2]",
                "one@example.net",
            ),
        );
        let (gate_id, mail_id) = ("1vufFF-000006-00", "1vugGG-000007-00");
        let model = pair(
            &(again(&first.0, GATE, gate_id) + &first.0),
            &(first.1.clone() + &again(&first.1, MAIL, mail_id)),
        );
        assert_eq!(journey(&model, MAIL), linked_by_message_id(), "{apart}");
        assert_eq!(
            journey(&model, gate_id),
            [
                format!("gate.example.org/{gate_id}"),
                format!("mail.example.org/{mail_id} <MessageId- gate.example.org/{gate_id}")
            ],
            "{apart}"
        );
    }
}

/// A content filter takes a message over the loopback address and hands it in again.
#[test]
fn a_filter_loop_is_one_journey() {
    let (one, two) = ("1vuhHH-000008-00", "1vuhHH-000009-00");
    let log = |reply: &str, from: &str| {
        format!(
            "2026-02-24 08:00:00 {one} <= a@example.net H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 S=1000 id=one@example.net\n\
             2026-02-24 08:00:01 {two} <= a@example.net H={from} P=esmtp S=1400 id=one@example.net\n\
             2026-02-24 08:00:01 {one} => b@example.org R=r T=t H=127.0.0.1 [127.0.0.1] C=\"{reply}\"\n\
             2026-02-24 08:00:01 {one} Completed\n\
             2026-02-24 08:00:02 {two} => b <b@example.org> R=local T=maildir\n"
        )
    };
    let looped = |proof: &str, host: &str| {
        [
            format!("{host}/{one}"),
            format!("{host}/{two} <{proof}- {host}/{one}"),
        ]
    };
    let localhost = "localhost [127.0.0.1]";
    for host in ["mail.example.org", ""] {
        let exact = log(
            &format!("250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {two}"),
            localhost,
        );
        let model = Sample::default().exim(host, &exact).0;
        assert_eq!(journey(&model, two), looped("QueueId", host));
        let own_id = log("250 2.0.0 Ok: queued as SINKBC8D", localhost);
        let model = Sample::default().exim(host, &own_id).0;
        assert_eq!(journey(&model, two), looped("MessageId", host));
        // The original sender sends the message again, directly.
        let resent = log(
            "250 2.0.0 Ok: queued as SINKBC8D",
            "mx.example.net [192.0.2.1]",
        );
        let model = Sample::default().exim(host, &resent).0;
        assert_eq!(journey(&model, two).len(), 1);
    }
}

#[test]
fn a_mail_loop_ends() {
    let there = gate("mail.example.org [192.0.2.3]", &format!("250 OK id={MAIL}")).replace(
        "H=mx.example.net [192.0.2.1]",
        "H=mail.example.org [192.0.2.3]",
    );
    let back = format!(
        "2026-02-24 08:00:04 {MAIL} <= a@example.net H=gate.example.org [192.0.2.2] P=esmtp S=1300 id=one@example.net\n\
         2026-02-24 08:00:04 {MAIL} => b@example.org R=r T=t H=gate.example.org [192.0.2.2] C=\"250 OK id={GATE}\"\n"
    );
    let model = pair(&there, &back);
    assert_eq!(journey(&model, GATE).len(), 2);
    assert_eq!(journey(&model, MAIL).len(), 2);
}

#[test]
fn a_message_id_that_everything_shares_says_nothing() {
    let others = (0..100).map(|number| {
        format!(
            "2026-02-24 08:00:00 1vuiII-{number:06}-00 <= a@example.net U=a P=local S=1000 id=one@example.net\n"
        )
    });
    let log = gate("mail.example.org [192.0.2.3]", "250 OK") + &others.collect::<Vec<_>>().concat();
    let model = pair(
        &log,
        &mail(
            "08:00:04",
            "gate.example.org [192.0.2.2]",
            "one@example.net",
        ),
    );
    assert_eq!(journey(&model, MAIL).len(), 1);
}

#[test]
fn a_message_in_the_queue_again_is_the_same_message() {
    let log = format!(
        "2026-02-24 07:00:00 {GATE} <= x@example.net U=x P=local S=300\n\
         2026-02-24 07:00:01 {GATE} Completed\n\
         2026-02-24 08:00:00 {GATE} <= a@example.net U=a P=local S=300\n\
         2026-02-24 08:00:01 {GATE} Completed\n\
         2026-02-24 08:00:01 {MAIL} <= a@example.net U=a P=local S=300\n\
         2026-02-24 08:00:02 {MAIL} => b@example.org R=r T=t H=mx.example.org [192.0.2.1]\n\
         2026-02-24 08:00:02 {MAIL} Completed\n"
    );
    let sample = Sample::default().add("mx", &log, |line, fact| Fact {
        former_id: if line == 4 { GATE.as_bytes() } else { b"" },
        ..fact
    });
    let model = sample.0;
    let entries = model.messages_of_queue_id(GATE.as_bytes());
    let after = model.messages_of_queue_id(MAIL.as_bytes())[0];
    assert_eq!(entries.len(), 2, "the ID was used before");
    let legs = |number: u32| -> Vec<(u32, Option<Proof>)> {
        let legs = model.journey_of(number).into_iter();
        legs.map(|leg| (leg.message, leg.from.map(|(_, proof)| proof)))
            .collect()
    };
    let whole = [(entries[1], None), (after, Some(Proof::Requeued))];
    assert_eq!(legs(after), whole);
    assert_eq!(legs(entries[1]), whole);
    assert_eq!(legs(entries[0]), [(entries[0], None)]);
    assert!(model.notices_of(after).is_empty() && model.notices_of(entries[1]).is_empty());
}

fn notices(model: &Model, id: &str) -> Vec<String> {
    let number = model.messages_of_queue_id(id.as_bytes())[0];
    let notices = model.notices_of(number).into_iter().map(|notice| {
        let other = model.queue_id(model.messages.get(notice.other).unwrap());
        let what = if notice.bounce { "bounce" } else { "notice" };
        let way = if notice.is_notice { "of" } else { "as" };
        format!("{what} {way} {}", String::from_utf8_lossy(&other))
    });
    notices.collect()
}

#[test]
fn a_bounce_and_a_bounce_of_a_bounce_point_both_ways() {
    let log = "\
2026-02-24 08:00:00 1vujAA-000001-00 <= a@example.org U=a P=local S=300
2026-02-24 08:00:01 1vujAA-000001-00 ** b@example.net R=r T=t H=mx.example.net [192.0.2.1]: 550 no
2026-02-24 08:00:02 1vujBB-000002-00 <= <> R=1vujAA-000001-00 U=exim P=local S=900
2026-02-24 08:00:02 1vujAA-000001-00 Completed
2026-02-24 08:00:03 1vujBB-000002-00 ** a@example.org R=r T=t: no such user
2026-02-24 08:00:04 1vujCC-000003-00 <= <> R=1vujBB-000002-00 U=exim P=local S=1500
2026-02-24 09:00:00 1vujDD-000004-00 <= <> R=1vujEE-000005-00 U=exim P=local S=900
";
    // Another host has the queue ID as well: that message is not the original.
    let model = Sample::default()
        .exim(
            "other.example.org",
            "2026-02-24 07:00:00 1vujEE-000005-00 <= a@example.org U=a P=local S=300\n",
        )
        .exim("mail.example.org", log)
        .0;
    let (first, second) = ("1vujAA-000001-00", "1vujBB-000002-00");
    assert_eq!(notices(&model, first), [format!("bounce as {second}")]);
    assert_eq!(
        notices(&model, second),
        [
            format!("bounce of {first}"),
            "bounce as 1vujCC-000003-00".to_owned()
        ]
    );
    assert_eq!(
        notices(&model, "1vujCC-000003-00"),
        [format!("bounce of {second}")]
    );
    assert!(notices(&model, "1vujDD-000004-00").is_empty());
    assert!(notices(&model, "1vujEE-000005-00").is_empty());
}

/// Postfix logs the queue ID of a notification with the message that caused it, and uses short IDs again.
#[test]
fn a_notification_is_the_one_made_then() {
    let log = "\
2026-02-24 07:00:00 1vukBB-000002-00 <= x@example.net H=mx.example.net [192.0.2.1] P=esmtp S=300
2026-02-24 07:00:01 1vukBB-000002-00 Completed
2026-02-24 08:00:00 1vukAA-000001-00 <= a@example.net H=mx.example.net [192.0.2.1] P=esmtp S=300
2026-02-24 08:00:01 1vukAA-000001-00 == b@example.org R=r T=t defer (111): Connection refused
2026-02-24 08:00:02 1vukBB-000002-00 <= <> U=x P=local S=900
2026-02-24 08:00:02 1vukAA-000001-00 Message is frozen
";
    let model = Sample::default()
        .add("mail", log, |line, fact| crate::parse::Fact {
            mta: Mta::Postfix,
            notification: if line == 5 { b"1vukBB-000002-00" } else { b"" },
            ..fact
        })
        .0;
    let second = "notice of 1vukAA-000001-00";
    assert_eq!(
        notices(&model, "1vukAA-000001-00"),
        ["notice as 1vukBB-000002-00"]
    );
    let [used_before, notice] = model.messages_of_queue_id(b"1vukBB-000002-00")[..] else {
        panic!("two messages had that ID")
    };
    assert!(model.notices_of(used_before).is_empty());
    assert_eq!(model.notices_of(notice).len(), 1, "{second}");
}
