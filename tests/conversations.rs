//! What a log says of TLS where a conversation is seen in part, goes on elsewhere or looks like another.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

use common::model_of;
use hopgrade::insight::posture::{Contacts, Names};
use hopgrade::model::{AsOf, Event, GradeBook, Model, Status};
use hopgrade::parse::{Direction, Kind};
use hopgrade::tls::{Grade, Profile, TlsState};

/// What a model says of TLS for each arrival and delivery.
fn told(model: &Model) -> Vec<TlsState> {
    let events = model.events.iter();
    let legs = events.filter(|event| matches!(event.kind, Kind::Arrival | Kind::Delivery));
    legs.map(|event| model.tls_state(&event)).collect()
}

fn tls(files: &[&str]) -> Vec<TlsState> {
    told(&model_of(files))
}

/// Lines of one host, each with its time behind midnight.
fn log(host: &str, lines: &[(&str, &str)]) -> String {
    let frame = |(time, text): &(&str, &str)| format!("2026-03-05T{time}+00:00 {host} {text}\n");
    lines.iter().map(frame).collect()
}

const CLIENT: &str = "client.example.org[192.0.2.9]";
const TLS13: &str = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
const MX: &str =
    "relay=mx.example.net[198.51.100.4]:25, delay=1.2, delays=0.1/0/0.2/0.1, dsn=2.0.0";

use TlsState::{No, NotStated, Refused, Yes};

#[test]
fn hosts_that_use_the_same_numbers_are_apart() {
    let secured =
        format!("postfix/smtpd[7]: Anonymous TLS connection established from {CLIENT}: {TLS13}");
    let opened = format!("postfix/smtpd[7]: connect from {CLIENT}");
    let arrived = format!("postfix/smtpd[7]: 4A1B2C3D: client={CLIENT}");
    let closed = format!(
        "postfix/smtpd[7]: disconnect from {CLIENT} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
    );
    let a = log("a", &[("10:00:00", &opened), ("10:00:01", &secured)])
        + &log(
            "b",
            &[
                ("10:00:02", &opened),
                ("10:00:03", &arrived),
                ("10:00:03", &closed),
            ],
        )
        + &log("a", &[("10:00:04", &arrived), ("10:00:05", &closed)]);
    let model = model_of(&[&a]);
    assert_eq!(told(&model), [NotStated, Yes]);
    assert_eq!(model.messages.len(), 2);
}

/// Commands that a client tries without TLS where it is required: one connection with two of them, and one with one.
#[test]
fn a_client_that_does_not_use_tls_is_refused_once_a_connection() {
    let opened = format!("postfix/smtpd[7]: connect from {CLIENT}");
    let closed = format!(
        "postfix/smtpd[7]: disconnect from {CLIENT} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
    );
    let refused = |to| {
        format!(
            "postfix/smtpd[7]: NOQUEUE: reject: RCPT from {CLIENT}: 450 4.7.1 Session encryption is required; from=<a@example.org> to=<{to}> proto=ESMTP helo=<client.example.org>"
        )
    };
    let (one, other) = (refused("b@example.net"), refused("c@example.net"));
    let model = model_of(&[&log(
        "a",
        &[
            ("10:00:00", &opened),
            ("10:00:01", &one),
            ("10:00:01", &other),
            ("10:00:02", &closed),
            ("10:05:00", &opened),
            ("10:05:01", &one),
            ("10:05:02", &closed),
        ],
    )]);
    // One row for each connection, so that counting the rows counts the refusals.
    let rejections = || {
        model
            .events
            .iter()
            .filter(|event| event.kind == Kind::Rejection)
    };
    let told: Vec<_> = rejections().map(|event| model.tls_state(&event)).collect();
    assert_eq!(told, [Refused, NotStated, Refused]);
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Day("2026-08-01".parse().unwrap()));
    let letters: Vec<_> = rejections()
        .map(|event| grades.event(&model, &event))
        .collect();
    assert_eq!(letters, [Grade::Refused, Grade::Unknown, Grade::Refused]);
    let contacts = Contacts::of(&model, |_| true);
    let hosts = contacts.hosts(&model, &grades, &mut Names::default());
    let found: Vec<_> = hosts
        .briefs()
        .iter()
        .map(|own| (own.direction(), own.refused))
        .collect();
    assert_eq!(found, [(Direction::In, 2)]);
}

/// Addresses of the hosts with which TLS failed for a message; empty where the log does not say.
fn failing(model: &Model) -> Vec<String> {
    let failed = model.events.iter();
    let failed =
        failed.filter(|event| event.kind == Kind::TlsFailed && event.message != Event::NO_MESSAGE);
    let ip = |event: Event| model.strings.endpoint(event.peer).ip;
    failed
        .map(|event| String::from_utf8_lossy(ip(event)).into_owned())
        .collect()
}

/// Where Postfix reuses connections, the client names no host with which TLS failed, but the proxy does.
#[test]
fn a_handshake_that_the_proxy_saw_fail_is_not_laid_to_another_host() {
    let proxy = |text: &str| format!("postfix/tlsproxy[20]: {text}");
    let opens = |ip| proxy(&format!("CONNECT to [{ip}]:25"));
    let fails = |ip| {
        proxy(&format!(
            "TLS handshake failed for service=smtp peer=[{ip}]:25"
        ))
    };
    let (one, other) = ("198.51.100.1", "198.51.100.2");
    let named = |id: &str, ip| {
        format!(
            "postfix/smtp[7]: {id}: to=<b@example.net>, relay=mx.example.net[{ip}]:25, delay=1, delays=0/0/1/0, dsn=4.7.5, status=deferred (Cannot start TLS: handshake failure)"
        )
    };
    let nameless = "postfix/smtp[8]: 4A1B2C3D: Cannot start TLS: handshake failure".to_owned();
    let before = format!(
        "postfix/smtp[8]: Trusted TLS connection established to mx.example.net[198.51.100.4]:25: {TLS13}"
    );
    let carried =
        format!("postfix/smtp[8]: 4A1B2C3C: to=<b@example.net>, {MX}, status=sent (250 ok)");
    for (lines, expected) in [
        (vec![opens(one), fails(one)], one),
        // The other one is told by the line that names it.
        (
            vec![
                opens(one),
                fails(one),
                opens(other),
                fails(other),
                named("4A1B2C3E", other),
            ],
            one,
        ),
        (vec![opens(one), fails(one), opens(other), fails(other)], ""),
        // A client of ours, which connected to us.
        (
            vec![proxy("CONNECT from [198.51.100.1]:4711"), fails(one)],
            "",
        ),
        (vec![], ""),
    ] {
        let begin = [before.clone(), carried.clone()];
        let lines = [&begin[..], &lines, std::slice::from_ref(&nameless)].concat();
        let lines: Vec<(&str, &str)> = lines.iter().map(|line| ("10:00:01", &**line)).collect();
        let model = model_of(&[&log("a", &lines)]);
        assert_eq!(failing(&model), [expected], "{lines:#?}");
    }
    let early = [
        ("10:00:01", opens(one)),
        ("10:00:01", fails(one)),
        ("10:00:09", nameless),
    ];
    let early = early.each_ref().map(|(time, line)| (*time, &**line));
    assert_eq!(failing(&model_of(&[&log("a", &early)])), [""]);
}

#[test]
fn clear_text_is_a_downgrade_only_where_tls_failed_with_that_host() {
    let failed = "postfix/smtp[8]: 4A1B2C3D: Cannot start TLS: handshake failure".to_owned();
    let sent = format!(
        "postfix/smtp[8]: 4A1B2C3D: to=<b@example.net>, {}, status=sent (250 ok)",
        MX.replace("dsn", "tls=may:none, dsn")
    );
    let with = |host| format!("postfix/smtp[8]: SSL_connect error to {host}:25: -1");
    let by_proxy = |ip| {
        [
            "CONNECT to [{}]:25",
            "TLS handshake failed for service=smtp peer=[{}]:25",
        ]
        .map(|text| format!("postfix/tlsproxy[20]: {}", text.replace("{}", ip)))
    };
    for (before, downgrade) in [
        (vec![with("mx.example.net[198.51.100.4]")], true),
        (vec![with("mx1.example.net[198.51.100.1]")], false),
        (by_proxy("198.51.100.4").to_vec(), true),
        (by_proxy("198.51.100.1").to_vec(), false),
        // Nobody knows: Postfix may go on with the same host or with the next one.
        (vec![], false),
    ] {
        let lines = [&before[..], &[failed.clone(), sent.clone()]].concat();
        let lines: Vec<(&str, &str)> = lines.iter().map(|line| ("10:00:01", &**line)).collect();
        let model = model_of(&[&log("a", &lines)]);
        let found = model
            .events
            .iter()
            .any(|event| event.kind == Kind::TlsDowngrade);
        assert_eq!(found, downgrade, "{lines:#?}");
        assert_eq!(told(&model), [No], "{lines:#?}");
    }
}

#[test]
fn a_message_to_two_domains_of_one_host_of_which_one_is_to_go_in_clear() {
    let secured = format!(
        "postfix/smtp[8]: Trusted TLS connection established to mx.example.net[198.51.100.4]:25: {TLS13}"
    );
    let sent =
        |to: &str| format!("postfix/smtp[8]: 4A1B2C3D: to=<{to}>, {MX}, status=sent (250 ok)");
    let text = log(
        "a",
        &[
            (
                "10:00:00.100000",
                "postfix/qmgr[1]: 4A1B2C3D: from=<a@example.org>, size=300, nrcpt=2 (queue active)",
            ),
            ("10:00:01.100000", &secured),
            ("10:00:01.300000", &sent("b@example.net")),
            ("10:00:02.400000", &sent("c@example.com")),
        ],
    );
    let states = tls(&[&text]);
    assert_eq!(states[0], Yes);
    assert_ne!(states[1], Yes);
}

#[test]
fn a_later_try_of_the_same_process_in_clear() {
    let secured = format!(
        "postfix/smtp[8]: Trusted TLS connection established to mx.example.net[198.51.100.4]:25: {TLS13}"
    );
    let text = log(
        "a",
        &[
            (
                "09:00:00",
                &format!("postfix/smtpd[7]: connect from {CLIENT}"),
            ),
            (
                "09:00:00",
                &format!("postfix/smtpd[7]: 4A1B2C3D: client={CLIENT}"),
            ),
            ("10:00:01", &secured),
            (
                "10:00:01",
                &format!(
                    "postfix/smtp[8]: 4A1B2C3D: to=<b@example.net>, {MX}, status=deferred (host mx.example.net[198.51.100.4] said: 451 later (in reply to RCPT TO command))"
                ),
            ),
            (
                "10:05:02",
                &format!(
                    "postfix/smtp[8]: 4A1B2C3D: to=<b@example.net>, {MX}, status=sent (250 ok)"
                ),
            ),
        ],
    );
    assert_eq!(tls(&[&text]), [NotStated, No]);
}

#[test]
fn the_second_half_of_a_log() {
    let text = log(
        "a",
        &[
            (
                "10:00:01",
                &format!("postfix/smtpd[7]: 4A1B2C3D: client={CLIENT}"),
            ),
            (
                "10:00:01",
                "postfix/qmgr[1]: 4A1B2C3D: from=<a@example.org>, size=300, nrcpt=1 (queue active)",
            ),
            (
                "10:00:01",
                &format!(
                    "postfix/smtp[8]: 4A1B2C30: to=<b@example.net>, {MX}, status=sent (250 ok)"
                ),
            ),
            (
                "10:00:03",
                &format!("postfix/smtpd[9]: connect from {CLIENT}"),
            ),
            (
                "10:00:03",
                &format!(
                    "postfix/smtpd[9]: Anonymous TLS connection established from {CLIENT}: {TLS13}"
                ),
            ),
            (
                "10:00:04",
                &format!("postfix/smtpd[9]: 4A1B2C3E: client={CLIENT}"),
            ),
            (
                "10:00:05",
                &format!(
                    "postfix/smtp[6]: Trusted TLS connection established to mx.example.net[198.51.100.4]:25: {TLS13}"
                ),
            ),
            (
                "10:00:05",
                &format!(
                    "postfix/smtp[6]: 4A1B2C3E: to=<b@example.net>, {MX}, status=sent (250 ok)"
                ),
            ),
        ],
    );
    assert_eq!(tls(&[&text]), [NotStated, NotStated, Yes, Yes]);
}

/// The same process number stands for another process there.
#[test]
fn a_connection_does_not_go_on_in_another_stretch_of_time() {
    let opened = format!("postfix/smtpd[7]: connect from {CLIENT}");
    let secured =
        format!("postfix/smtpd[7]: Anonymous TLS connection established from {CLIENT}: {TLS13}");
    let arrived = |id: &str| format!("postfix/smtpd[7]: {id}: client={CLIENT}");
    let later = log(
        "a",
        &[
            ("20:00:00", &opened),
            ("20:00:00", &secured),
            ("20:00:01", &arrived("4A1B2C3D")),
        ],
    );
    let earlier = log("a", &[("08:00:00", &arrived("4A1B2C3E"))]);
    assert_eq!(tls(&[&later, &earlier]), [Yes, NotStated]);
    let goes_on = log("a", &[("20:00:02", &arrived("4A1B2C3F"))]);
    assert_eq!(tls(&[&later, &goes_on]), [Yes, Yes]);
}

#[test]
fn a_queue_runner_that_comes_to_another_address_of_the_same_name() {
    let sent = |id: &str, ip: &str| {
        format!(
            "sm-mta[9]: {id}: to=<b@example.net>, delay=00:00:20, xdelay=00:00:01, mailer=esmtp, pri=300, relay=mx.example.net. [{ip}], dsn=2.0.0, stat=Sent (ok)"
        )
    };
    let text = log(
        "a",
        &[
            (
                "09:00:00",
                "sm-mta[5]: 6259a0Ab000005: from=<a@example.org>, size=300, class=0, nrcpts=1, msgid=<1@example.org>, proto=ESMTP, daemon=MTA, relay=client.example.org [192.0.2.9]",
            ),
            (
                "09:00:00",
                "sm-mta[5]: 6259a0Ab000006: from=<a@example.org>, size=300, class=0, nrcpts=1, msgid=<2@example.org>, proto=ESMTP, daemon=MTA, relay=client.example.org [192.0.2.9]",
            ),
            (
                "09:30:00",
                "sm-mta[9]: STARTTLS=client, relay=mx.example.net., version=TLSv1.2, verify=FAIL, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256",
            ),
            ("09:30:01", &sent("6259a0Ab000005", "198.51.100.4")),
            ("09:30:05", &sent("6259a0Ab000006", "198.51.100.5")),
        ],
    );
    let states = tls(&[&text]);
    assert_eq!(states[2], Yes);
    assert_ne!(states[3], Yes);
}

#[test]
fn opensmtpd_in_the_middle_of_a_session() {
    let text = log(
        "a",
        &[
            (
                "10:00:00",
                "smtpd[2]: 6012f8a37ab8dbed smtp message msgid=c9adb6bb size=485 nrcpt=1 proto=ESMTP",
            ),
            (
                "10:00:00",
                "smtpd[2]: 6012f8a37ab8dbed smtp envelope evpid=c9adb6bb9ec04310 from=<a@example.org> to=<b@example.net>",
            ),
            (
                "10:00:01",
                "smtpd[2]: 6012f8a37ab8dbee mta delivery evpid=c9adb6bb9ec04310 from=<a@example.org> to=<b@example.net> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.4 (mx.example.net)\" delay=1s result=\"Ok\" stat=\"250 ok\"",
            ),
        ],
    );
    assert_eq!(tls(&[&text]), [NotStated, NotStated]);
}

#[test]
fn exim_entries_whose_pieces_are_lost() {
    let whole = "exim[3]: 1vwBAA-000001-00 => b@example.net R=r T=t H=mx.example.net [198.51.100.4] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes";
    let text = log(
        "a",
        &[
            ("10:00:00", whole),
            (
                "10:00:01",
                "exim[4]: [1/2] 1vwBAA-000002-00 => b@example.net R=r T=t H=mx.example.net [198.51.100.4]",
            ),
            (
                "10:00:02",
                "exim[5]: [1/2] 1vwBAA-000003-00 => b@example.net R=r T=t H=mx.example.net [198.51.100.4] X=TLS1.2:ECD",
            ),
            (
                "10:00:03",
                "exim[5]: [1/2] 1vwBAA-000004-00 => b@example.net R=r T=t H=mx.example.net [198.51.100.4]",
            ),
            (
                "10:00:04",
                "exim[6]: [2/2]  X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes",
            ),
            (
                "10:00:05",
                "exim[5]: [2/3]  X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes",
            ),
        ],
    );
    let model = model_of(&[&text]);
    assert_eq!(told(&model), [Yes, NotStated, NotStated, NotStated]);
}

/// A process that dies says no more; its number may come again.
#[test]
fn a_connection_that_only_opened_is_kept_when_its_number_comes_again() {
    let opened = format!("postfix/smtpd[7]: connect from {CLIENT}");
    let closed = format!(
        "postfix/smtpd[7]: disconnect from {CLIENT} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
    );
    let text = log(
        "a",
        &[
            ("10:00:00", &opened),
            ("10:09:00", &opened),
            ("10:09:01", &closed),
        ],
    );
    let model = model_of(&[&text]);
    let lines: Vec<u32> = model
        .events
        .iter()
        .map(|event| model.events.line(&event))
        .collect();
    assert_eq!(lines, [1, 3]);
}

const MX_HOST: &str = "mx.example.net[198.51.100.4]:25";
const OTHER_MX: &str = "relay=mx.example.com[198.51.100.7]:25, delay=1.2, delays=0.1/0/0.2/0.1";

/// Lines of one host that sends, one soon after the other, in a log that began well before them.
fn sending(lines: &[String]) -> String {
    let frame =
        |(millis, text): (usize, &String)| format!("2026-03-05T10:00:10.{millis}+00:00 a {text}\n");
    let first =
        format!("2026-03-05T10:00:00.100+00:00 a postfix/smtpd[7]: connect from {CLIENT}\n");
    let lines = (100..).step_by(100).zip(lines).map(frame);
    [first].into_iter().chain(lines).collect()
}

fn sent(process: u32, id: &str, relay: &str) -> String {
    format!("postfix/smtp[{process}]: {id}: to=<b@example.net>, {relay}, status=sent (250 ok)")
}

/// Over a connection that was kept.
fn sent_again(process: u32, id: &str) -> String {
    sent(
        process,
        id,
        &MX.replace("delay=1.2", "conn_use=2, delay=1.2"),
    )
}

fn smtp_tls(process: u32, usage: &str) -> String {
    format!("postfix/smtp[{process}]: Trusted TLS connection {usage} to {MX_HOST}: {TLS13}")
}

/// The client tells of them at every log level.
#[test]
fn a_kept_connection_says_nothing_of_the_silence_of_others() {
    let text = sending(&[
        smtp_tls(8, "reused"),
        sent_again(8, "4A1B2C30"),
        sent(9, "4A1B2C31", OTHER_MX),
        sent(8, "4A1B2C32", MX),
    ]);
    assert_eq!(tls(&[&text]), [Yes, NotStated, NotStated]);
}

/// So it does of connections that tlsproxy makes for it; tlsproxy tells of them from log level 1 on.
#[test]
fn tls_that_is_lent_says_something_of_others_where_the_lender_tells_of_it() {
    let connects = "postfix/tlsproxy[5]: CONNECT to [198.51.100.4]:25".to_owned();
    let lender = smtp_tls(5, "established").replace("smtp[", "tlsproxy[");
    let others = sent(9, "4A1B2C31", OTHER_MX);
    let established = smtp_tls(8, "established");
    let own = sent(8, "4A1B2C30", MX);
    for (lines, of_others) in [
        (vec![&connects, &established, &own, &others], NotStated),
        (vec![&connects, &lender, &established, &own, &others], No),
        (vec![&established, &own, &others], No),
    ] {
        let lines: Vec<String> = lines.into_iter().cloned().collect();
        assert_eq!(tls(&[&sending(&lines)]), [Yes, of_others], "{lines:#?}");
    }
}

#[test]
fn a_kept_connection_is_in_clear_where_no_line_says_that_its_tls_is_used_again() {
    let text = sending(&[
        smtp_tls(9, "established"),
        sent(9, "4A1B2C31", MX),
        sent_again(8, "4A1B2C32"),
    ]);
    assert_eq!(tls(&[&text]), [Yes, No]);
    // The line may stand before the log begins.
    let first = format!(
        "2026-03-05T10:00:00.050+00:00 a {}\n",
        sent_again(8, "4A1B2C33")
    );
    assert_eq!(tls(&[&(first + &text)]), [NotStated, Yes, No]);
    // Nothing is told where the log level is 0.
    assert_eq!(tls(&[&sending(&[sent_again(8, "4A1B2C32")])]), [NotStated]);
}

/// What is said of a kept connection holds for that one alone: it may be found dead.
#[test]
fn tls_of_a_kept_connection_does_not_hold_for_a_new_one() {
    let text = sending(&[smtp_tls(8, "reused"), sent(8, "4A1B2C30", MX)]);
    assert_eq!(tls(&[&text]), [NotStated]);
    let text = sending(&[smtp_tls(8, "established"), sent_again(8, "4A1B2C30")]);
    assert_eq!(tls(&[&text]), [No]);
}

/// The counts do not say which of two messages came before STARTTLS.
#[test]
fn counts_of_a_connection_with_several_messages() {
    let closed = |counts: &str| {
        let arrived = |id: &str| format!("postfix/smtpd[7]: {id}: client={CLIENT}");
        let disconnect = format!("postfix/smtpd[7]: disconnect from {CLIENT} {counts}");
        let two = counts.contains("mail=2").then(|| arrived("4A1B2C3E"));
        let lines = [arrived("4A1B2C3D")].into_iter().chain(two);
        let lines: Vec<String> = lines.chain([disconnect]).collect();
        tls(&[&sending(&lines)])
    };
    let one = closed("ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7");
    assert_eq!(one, [Yes]);
    let two = closed("ehlo=2 starttls=1 mail=2 rcpt=2 data=2 quit=1 commands=10");
    assert_eq!(two, [NotStated, NotStated]);
    let tried = closed("ehlo=2 starttls=1 mail=1/2 rcpt=1 data=1 rset=1 quit=1 commands=8/9");
    assert_eq!(tried, [NotStated]);
}

/// From Postfix 3.11 on each delivery line may name the policy, whatever the log level; a release before did not.
#[test]
fn the_policy_on_one_delivery_says_nothing_of_others() {
    let stated = MX.replace(", dsn=", ", tls=may, dsn=");
    let text = sending(&[sent(8, "4A1B2C30", OTHER_MX), sent(9, "4A1B2C31", &stated)]);
    assert_eq!(tls(&[&text]), [NotStated, Yes]);
}

/// Refused, held or dropped once its content was seen: no other line names the sender.
#[test]
fn what_cleanup_does_with_a_message() {
    let arrived = format!("postfix/smtpd[7]: 4A1B2C3D: client={CLIENT}");
    let named = "postfix/cleanup[3]: 4A1B2C3D: message-id=<1@example.org>".to_owned();
    let of_header = |action: &str| {
        format!(
            "postfix/cleanup[3]: 4A1B2C3D: {action} from {CLIENT}; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<client.example.org>"
        )
    };
    let recipient = format!(
        "postfix/smtpd[7]: 4A1B2C3D: reject: RCPT from {CLIENT}: 550 5.1.1 <c@example.net>: Recipient address rejected: unknown; from=<a@example.org> to=<c@example.net> proto=ESMTP helo=<client.example.org>"
    );
    let queued =
        "postfix/qmgr[2]: 4A1B2C3D: from=<a@example.org>, size=300, nrcpt=1 (queue active)";
    for (lines, status) in [
        (
            vec![of_header("reject: header Subject: x") + ": 5.7.1 no"],
            Status::Rejected,
        ),
        (
            vec![
                named.clone(),
                of_header("milter-reject: END-OF-MESSAGE") + ": 5.7.1 no",
            ],
            Status::Rejected,
        ),
        (
            vec![recipient.clone(), of_header("hold: header Subject: x")],
            Status::Queued,
        ),
        (
            vec![of_header("discard: header Subject: x")],
            Status::Discarded,
        ),
        (
            vec![
                named.clone(),
                of_header("discard: header Subject: x"),
                "postfix/cleanup[3]: 4A1B2C3D: removed (discarded)".to_owned(),
            ],
            Status::Discarded,
        ),
        // One recipient was refused, the message was taken.
        (vec![recipient, named, queued.to_owned()], Status::Queued),
    ] {
        let lines: Vec<String> = [arrived.clone()].into_iter().chain(lines).collect();
        let model = model_of(&[&sending(&lines)]);
        let message = model.messages.get(0).unwrap();
        assert_eq!(message.status(), status, "{lines:#?}");
        let sender = model.strings.addresses.get(message.sender);
        assert_eq!(sender, b"a@example.org", "{lines:#?}");
        assert!(model.not_understood.is_empty(), "{lines:#?}");
    }
}

/// Sendmail names the host of a failed handshake on the line about the message, not on that about TLS.
#[test]
fn a_handshake_of_sendmail_that_failed_is_not_laid_to_the_host_before() {
    let to = |id: &str, host: &str, ip: &str, rest: &str| {
        format!(
            "sm-mta[9]: {id}: to=<b@example.net>, delay=00:00:20, xdelay=00:00:01, mailer=esmtp, pri=300, relay={host}. [{ip}], {rest}"
        )
    };
    let (good, bad) = ("mx.example.net", "mx.example.com");
    let sent = to(
        "6259a0Ab000005",
        good,
        "198.51.100.4",
        "dsn=2.0.0, stat=Sent (ok)",
    );
    let deferred = to(
        "6259a0Ab000006",
        bad,
        "198.51.100.5",
        "dsn=4.0.0, stat=Deferred: 403 4.7.0 TLS handshake failed.",
    );
    let lines = [
        "sm-mta[9]: STARTTLS=client, relay=mx.example.net., version=TLSv1.2, verify=OK, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256",
        &sent,
        "sm-mta[9]: STARTTLS=client, error: connect failed=-1, reason=sslv3 alert handshake failure, SSL_error=1, errno=0, retry=-1",
        &deferred,
    ];
    let lines: Vec<(&str, &str)> = lines.iter().map(|line| ("10:00:00", *line)).collect();
    let model = model_of(&[&log("a", &lines)]);
    let failed: Vec<_> = (model.events.iter())
        .filter(|event| event.kind == Kind::TlsFailed)
        .map(|event| model.strings.endpoint(event.peer).name.to_vec())
        .collect();
    assert_eq!(failed, [b""]);
}
