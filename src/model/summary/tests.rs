use super::*;
use crate::model::intern::Interner;
use crate::model::{Clock, Partial, QueueKey, Symbol, Zone, sample};
use crate::parse::{Direction, Fact, Mta, Outcome, exim};
use crate::source::ChunkReader;

fn join(model: &mut Model, text: &str) {
    let chunk = ChunkReader::new(text.as_bytes()).next(Vec::new());
    let mut part = Partial::new(b"");
    let mut clock = Clock::new(Zone::parse("UTC").unwrap());
    for (number, line) in (0..).zip(text.lines().map(str::as_bytes)) {
        part.take(&exim::line(line), line, number, &mut clock);
    }
    model.merge(0, &chunk.unwrap().unwrap(), &part);
}

/// A part cannot know that its two are one: the arrival could belong to a message of an earlier chunk.
#[test]
fn two_messages_of_a_part_are_one_where_the_arrival_comes_second() {
    let mut model = Model::default();
    join(
        &mut model,
        "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 >> b@example.net R=r T=t H=mx.example.net [192.0.2.1]\n\
         2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n\
         2020-02-25 04:55:04 1j69ZJ-0001iL-S3 Completed\n",
    );
    assert_eq!(model.messages.len(), 1);
    let message = model.messages.get(0).unwrap();
    let lines = model
        .events_of(message)
        .map(|event| model.events.line(&event));
    assert_eq!(lines.collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(message.events, 3);
}

#[test]
fn a_message_may_be_told_to_come_in_for_each_of_very_many_recipients() {
    let mut model = Model::default();
    let mut clock = Clock::new(Zone::parse("UTC").unwrap());
    let mut part = Partial::new(b"mx");
    for line in 0..40_000 {
        let fact = Fact {
            mta: Mta::OpenSmtpd,
            kind: if line == 0 {
                Kind::Deferral
            } else {
                Kind::Arrival
            },
            queue_id: b"12345678",
            address: b"b@example.net",
            direction: Some(Direction::Out),
            ..Fact::default()
        };
        part.take(&Outcome::Fact(fact), b"x", line, &mut clock);
    }
    let chunk = ChunkReader::new(&b"x\n"[..]).next(Vec::new());
    model.merge(0, &chunk.unwrap().unwrap(), &part);
    assert_eq!(model.messages.len(), 1);
    let message = model.messages.get(0).unwrap();
    assert_eq!((message.events, message.recipients), (40_000, 1));
    assert_eq!(message.status(), Status::Deferred);
}

#[test]
fn a_message_that_is_given_up_has_no_recipient_more() {
    let message = Message::new(
        QueueKey::new(b"4f9K0x2zzz", &mut Interner::default()),
        Symbol::NONE,
    );
    let event = |kind, recipient| Event {
        kind,
        address: Symbol(recipient),
        ..Event::default()
    };
    let given_up = event(Kind::Failure, 0);
    let (sent, expired) = (event(Kind::Delivery, 1), event(Kind::Failure, 2));
    for (events, counted) in [
        (vec![sent, expired, given_up], (Status::Partial, 2)),
        (vec![given_up, sent, expired], (Status::Partial, 2)),
        (vec![expired, given_up], (Status::Failed, 1)),
        // The failed recipient is named in another log.
        (vec![sent, given_up], (Status::Partial, 2)),
        (vec![given_up], (Status::Failed, 1)),
    ] {
        let what = format!("{events:?}");
        let tally = Tallier::default().tally(&Strings::default(), &message, events.into_iter());
        assert_eq!((tally.status, tally.recipients), counted, "{what}");
    }
}

#[test]
fn what_a_milter_refuses_at_its_end_was_never_taken_in() {
    let taken = |address| Fact {
        mta: Mta::Sendmail,
        queue_id: b"4BQ7Xabc001234",
        kind: Kind::Arrival,
        direction: Some(Direction::In),
        size: Some(100),
        address,
        ..Fact::default()
    };
    let of = |kind, address| Fact {
        kind,
        ..taken(address)
    };
    let arrival = taken(b"".as_slice());
    let whole = of(Kind::Rejection, b"");
    let one = of(Kind::Rejection, b"a@example.net");
    let failure = of(Kind::Failure, b"b@example.net");
    for (facts, status) in [
        (
            vec![arrival.clone(), whole, failure.clone()],
            Status::Rejected,
        ),
        (vec![arrival.clone(), one.clone(), failure], Status::Failed),
        (vec![arrival, one], Status::Queued),
    ] {
        let lines: Vec<_> = facts.into_iter().map(Outcome::Fact).collect();
        let model = sample::model(&[("log", &lines)]);
        assert_eq!(model.messages.get(0).map(Message::status), Some(status));
    }
}

#[test]
fn what_was_not_sent_is_not_delivered() {
    let mut model = Model::default();
    join(
        &mut model,
        "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n\
         2020-02-25 04:55:04 1j69ZJ-0001iL-S3 *> b@example.net R=r T=t H=mx.example.net [192.0.2.1] \
             C=\"delivery bypassed by -N option\"\n\
         2020-02-25 04:55:04 1j69ZJ-0001iL-S3 Completed\n",
    );
    let found = model
        .messages
        .get(0)
        .map(|message| (message.status(), message.recipients));
    assert_eq!(found, Some((Status::Discarded, 1)));
}

#[test]
fn what_a_person_cancels_fails_and_what_a_person_removes_is_gone() {
    let arrival = "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n";
    let completed = "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 Completed\n";
    let failed = "1j69ZJ-0001iL-S3 ** b@example.net";
    let waiting = "1j69ZJ-0001iL-S3 == b@example.net";
    for (then, status) in [
        (
            format!(
                "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 cancelled by root\n\
                     2020-02-25 05:00:00 {failed}: delivery cancelled by administrator\n"
            ),
            Status::Failed,
        ),
        (
            "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 cancelled by timeout_frozen_after\n".to_owned(),
            Status::Failed,
        ),
        (
            format!(
                "2020-02-25 04:55:04 {waiting} R=r T=t defer (111): Connection refused\n\
                 2020-02-25 05:00:00 1j69ZJ-0001iL-S3 cancelled by root\n"
            ),
            Status::Failed,
        ),
        (
            format!(
                "2020-02-25 04:55:04 {failed} R=r T=t: refused\n\
                     2020-02-25 05:00:00 1j69ZJ-0001iL-S3 removed by root\n"
            ),
            Status::Discarded,
        ),
    ] {
        let mut model = Model::default();
        join(&mut model, &format!("{arrival}{then}{completed}"));
        assert_eq!(model.messages.get(0).map(Message::status), Some(status));
    }
}

#[test]
fn events_of_later_chunks_count_once_settled() {
    let mut model = Model::default();
    let status = |model: &Model| model.messages.get(0).map(|m| (m.status(), m.recipients));
    join(
        &mut model,
        "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n\
         2020-02-25 04:55:04 1j69ZJ-0001iL-S3 == b@example.net R=r T=t defer (111): Connection refused\n",
    );
    assert_eq!(status(&model), Some((Status::Deferred, 1)));
    join(&mut model, "2020-02-25 04:56:00 Start queue run: pid=1\n");
    join(
        &mut model,
        "2020-02-25 04:57:00 1j69ZJ-0001iL-S3 => b@example.net R=r T=t H=mx.example.net [192.0.2.1]\n\
         2020-02-25 04:57:00 1j69ZJ-0001iL-S3 Completed\n",
    );
    model.settle();
    assert_eq!(status(&model), Some((Status::Delivered, 1)));
}

/// Who was dropped was not delivered to.
#[test]
fn only_deliveries_count_as_delivered() {
    const ID: &str = "1xVOL8-000000001Zq-1qeL";
    let a_tls = "defer (-38) H=mx.example.net [192.0.2.9]: a TLS session is required, but the server did not offer TLS support";
    let one = "=> u <u@example.org> R=local_user T=mail_spool";
    let waits = format!("== w@example.net R=dnslookup T=remote_smtp {a_tls}");
    let waits_by_list =
        format!("== w@example.net <list@example.org> R=dnslookup T=remote_smtp {a_tls}");
    let marked = "address <w@example.net> marked delivered by root";
    let dropped = "=> :blackhole: <w@example.org> R=system_aliases";
    for (lines, counted) in [
        (vec![one, &waits, "removed by root"], (Status::Partial, 2)),
        // The other recipient is named in another log.
        (vec![one, "removed by root"], (Status::Partial, 2)),
        (vec!["removed by root"], (Status::Discarded, 0)),
        (vec![one, &waits, "cancelled by root"], (Status::Partial, 2)),
        (vec![one, &waits, marked], (Status::Partial, 2)),
        (vec![one, &waits_by_list, marked], (Status::Partial, 2)),
        (vec![one, dropped], (Status::Partial, 2)),
        (vec![dropped], (Status::Discarded, 1)),
        (vec![&waits, marked], (Status::Discarded, 1)),
        (vec![&waits, "removed by root"], (Status::Discarded, 1)),
        (
            vec![
                one,
                "*> w@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9] C=\"delivery bypassed by -N option\"",
            ],
            (Status::Partial, 2),
        ),
        // One of the addresses of a recipient is none.
        (
            vec![one, "=> :blackhole: <u@example.org> R=system_aliases"],
            (Status::Delivered, 1),
        ),
        (
            vec![
                one,
                &waits,
                "=> w@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]",
            ],
            (Status::Delivered, 2),
        ),
    ] {
        let begins = "<= s@example.com H=mail.example.com [192.0.2.7] P=esmtp S=900";
        let all = [begins]
            .into_iter()
            .chain(lines.iter().copied())
            .chain(["Completed"]);
        let all: Vec<String> = all
            .map(|line| format!("2026-11-25 10:04:00 {ID} {line}\n"))
            .collect();
        let all = all.concat();
        let mut model = Model::default();
        join(&mut model, &all);
        let message = model.messages.get(0).unwrap();
        assert_eq!((message.status(), message.recipients), counted, "{all}");
    }
}
