//! Which lines are legs, on which the content of a message crossed a network: those of attempts that failed after it
//! was sent among them, those of clients that handed nothing in not. And which messages came over a leg that is not shown.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

use hopgrade::insight::Timeline;
use hopgrade::model::{AsOf, GradeBook, Model, Status};
use hopgrade::parse::Kind;
use hopgrade::text::Lang;
use hopgrade::tls::{Grade, Profile, TlsState};

use TlsState::{No, NotStated, Yes};

fn model_of(text: &str) -> Model {
    common::model_of(&[text])
}

/// Grade of the last message, with a `~` where a leg is not shown, and its first line.
fn last_told(model: &Model) -> (String, String) {
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(model, profile, AsOf::Event);
    let last = model.messages.len() - 1;
    let story = Timeline::of(model, &grades, last, Lang::En).unwrap();
    let hidden = if story.grade.incomplete { "~" } else { "" };
    let grade = format!("{}{hidden}", story.grade.grade.letter());
    (grade, story.headline.as_str().to_owned())
}

/// What the lines about outbound connections of the last message say of TLS.
fn tls_out(model: &Model) -> Vec<TlsState> {
    let message = model.messages.get(model.messages.len() - 1).unwrap();
    let attempts = model.events_of(message).filter(|event| {
        let about = matches!(event.kind, Kind::Session | Kind::Arrival);
        !about && !event.peer.is_none()
    });
    attempts.map(|event| model.tls_state(&event)).collect()
}

const EXIM: &str = "1vumAA-000000001aB-1cDe";

/// A log of Exim: a message that comes over TLS and one line about each attempt to pass it on.
fn exim(attempts: &[&str]) -> Model {
    let arrival = "<= a@example.org H=client.example.org [192.0.2.9] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=900";
    let lines = [&[arrival], attempts].concat();
    let lines = (0..).zip(lines);
    let lines = lines.map(|(at, line)| format!("2026-03-05 08:00:{at:02} {EXIM} {line}\n"));
    model_of(&lines.collect::<String>())
}

#[test]
fn what_exim_sent_before_it_was_refused_crossed_the_network() {
    let to = "b@example.net R=dnslookup T=remote_smtp";
    let mx = "H=mx.example.net [198.51.100.4]";
    let x = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
    let refused = "SMTP error from remote mail server after end of data: 554 5.7.1 no";
    let session = "TLS session: (SSL_connect): error:0A000102:SSL routines::unsupported protocol";
    let delivered = format!("=> {to} H=mx2.example.net [198.51.100.5] {x} C=\"250 OK\"");
    for (attempts, grade, states) in [
        (vec![format!("** {to} {mx}: {refused}")], "F", vec![No]),
        (vec![format!("** {to} {mx} {x}: {refused}")], "A", vec![Yes]),
        (vec![format!("** {to} {mx} : {refused}")], "F", vec![No]),
        // Such lines never state TLS.
        (
            vec![format!(
                "== {to} defer (-46) {mx}: SMTP error from remote mail server after end of data: 451 4.7.1 later"
            )],
            "A~",
            vec![NotStated],
        ),
        (
            vec![format!(
                "== {to} defer (110): Connection timed out {mx}: SMTP timeout after sending data block (8192 bytes written)"
            )],
            "A~",
            vec![NotStated],
        ),
        (
            vec![
                format!("{mx}: Remote host closed connection in response to end of data"),
                delivered.clone(),
            ],
            "A~",
            vec![NotStated, Yes],
        ),
        // Exim up to 4.84.
        (
            vec![format!(
                "** {to}: SMTP error from remote mail server after end of data: host mx.example.net [198.51.100.4]: 554 no"
            )],
            "A~",
            vec![NotStated],
        ),
        // Nothing was sent yet.
        (
            vec![format!(
                "** {to} {mx}: SMTP error from remote mail server after RCPT TO:<b@example.net>: 550 after end of data: no"
            )],
            "A",
            vec![NotStated],
        ),
        (
            vec![
                format!("{mx}: Remote host closed connection in response to DATA"),
                delivered,
            ],
            "A",
            vec![NotStated, Yes],
        ),
        // The line before says that it goes on in clear.
        (
            vec![
                format!("{session}: delivering unencrypted to {mx} (not in hosts_require_tls)"),
                format!("== {to} defer (-46) {mx}: {refused}"),
            ],
            "F~",
            vec![No, NotStated],
        ),
        (
            vec![
                format!("{session}: delivering unencrypted to {mx} (not in hosts_require_tls)"),
                format!(
                    "== {to} defer (-44) {mx}: SMTP error from remote mail server after RCPT TO:<b@example.net>: 450 later"
                ),
            ],
            "A",
            vec![NotStated, NotStated],
        ),
    ] {
        let attempts: Vec<&str> = attempts.iter().map(String::as_str).collect();
        let model = exim(&attempts);
        let told = last_told(&model).0;
        assert_eq!((&*told, tls_out(&model)), (grade, states), "{attempts:?}");
    }
}

const PLAIN: &str = "mx.example.net[198.51.100.4]";

/// A log of Postfix whose client states TLS: a message of this host and some lines about its way.
fn postfix(lines: &[&str]) -> Model {
    let earlier = "smtp[9]: Trusted TLS connection established to mx3.example.net[198.51.100.6]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n\
        smtp[9]: C27A5D7: to=<b@example.net>, relay=mx3.example.net[198.51.100.6]:25, delay=1, delays=0.1/0/0.2/0.1, dsn=2.0.0, status=sent (250 OK)\n\
        pickup[5]: C27A5D8: uid=0 from=<a@example.org>\n\
        cleanup[6]: C27A5D8: message-id=<m@example.org>\n\
        qmgr[7]: C27A5D8: from=<a@example.org>, size=900, nrcpt=1 (queue active)";
    let lines = earlier.lines().chain(lines.iter().copied());
    let frame = |line: &str| {
        let line = line.trim_start();
        format!("2026-03-05T08:00:01.000000+00:00 mx1 postfix/{line}\n")
    };
    model_of(&lines.map(frame).collect::<String>())
}

fn to(policy: &str, status: &str) -> String {
    format!(
        "smtp[9]: C27A5D8: to=<b@example.net>, relay={PLAIN}:25, delay=1, delays=0.1/0/0.2/0.1,{policy} dsn=4.7.1, status={status}"
    )
}

#[test]
fn what_postfix_sent_before_it_was_refused_crossed_the_network() {
    let later = format!("host {PLAIN} said: 451 4.7.1 later (in reply to end of DATA command)");
    let early = format!(
        "host {PLAIN} said: 450 4.7.1 (in reply to end of DATA command) (in reply to RCPT TO command)"
    );
    let secured = format!(
        "smtp[9]: Trusted TLS connection established to {PLAIN}:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
    );
    let deferred = |why: &str| to("", &format!("deferred ({why})"));
    let clear = "It was sent in clear to mx.example.net, like a postcard. Still queued.";
    let unknown =
        "The log does not say whether TLS was used. Still queued. At least one leg is not shown.";
    let local = "It has not crossed a network so far. Still queued.";
    for (lines, grade, states, headline) in [
        (vec![deferred(&later)], "F", vec![No], clear),
        (
            vec![to("", &format!("bounced ({later})"))],
            "F",
            vec![No],
            "It was sent in clear to mx.example.net, like a postcard. Delivery failed for one recipient.",
        ),
        (
            vec![deferred(&format!(
                "lost connection with {PLAIN} while sending end of data -- message may be sent more than once"
            ))],
            "F",
            vec![No],
            clear,
        ),
        (
            vec![deferred(&format!(
                "conversation with {PLAIN} timed out while sending message body"
            ))],
            "F",
            vec![No],
            clear,
        ),
        (
            vec![secured.clone(), deferred(&later)],
            "A",
            vec![Yes],
            "Encrypted with current protocol and suite on every leg that is shown. Still queued.",
        ),
        (
            vec![to(" tls=may:none,", &format!("deferred ({later})"))],
            "F",
            vec![No],
            clear,
        ),
        (
            vec![to(" tls=may?,", &format!("deferred ({later})"))],
            "?~",
            vec![NotStated],
            unknown,
        ),
        // Nothing was sent yet.
        (vec![deferred(&early)], "L", vec![NotStated], local),
        (
            vec![deferred(&format!(
                "lost connection with {PLAIN} while sending DATA command"
            ))],
            "L",
            vec![NotStated],
            local,
        ),
        // A host that was passed over: how old the connection was is not told.
        (
            vec![format!("smtp[9]: C27A5D8: {later}")],
            "?~",
            vec![NotStated],
            "The log does not say whether TLS was used. Taken in; nothing more is in these files. At least one leg is not shown.",
        ),
        (
            vec![
                secured,
                format!(
                    "smtp[9]: C27A5D8: lost connection with {PLAIN} while sending message body"
                ),
            ],
            "A",
            vec![Yes],
            "Encrypted with current protocol and suite on every leg that is shown. Taken in; nothing more is in these files.",
        ),
    ] {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let model = postfix(&lines);
        let (told, first_line) = last_told(&model);
        let found = (&*told, tls_out(&model), &*first_line);
        assert_eq!(found, (grade, states, headline), "{lines:?}");
    }
}

#[test]
fn what_went_in_clear_after_tls_failed_is_a_downgrade_though_it_was_refused() {
    let failed = format!("smtp[9]: SSL_connect error to {PLAIN}:25: -1");
    let cannot = to("", "deferred (Cannot start TLS: handshake failure)");
    let refused = to(
        "",
        &format!("bounced (host {PLAIN} said: 554 5.7.1 no (in reply to end of DATA command))"),
    );
    let model = postfix(&[&failed, &cannot, &refused]);
    let message = model.messages.get(model.messages.len() - 1).unwrap();
    let mut events = model.events_of(message);
    let downgrade = events.find(|event| event.kind == Kind::TlsDowngrade);
    assert_eq!(model.tls_state(&downgrade.unwrap()), No);
}

const CLIENT: &str = "client.example.org[192.0.2.9]";

/// Lines of Postfix's server and what belongs to it, each at its own second.
fn server(lines: &[String]) -> String {
    let frame = |(at, line): (usize, &String)| {
        format!("2026-03-05T08:00:{at:02}.000000+00:00 mx1 postfix/{line}\n")
    };
    lines.iter().enumerate().map(frame).collect()
}

/// A message that comes in over TLS, with all its lines.
fn handed_in() -> Vec<String> {
    vec![
        format!("smtpd[1]: connect from {CLIENT}"),
        format!(
            "smtpd[1]: Anonymous TLS connection established from {CLIENT}: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
        ),
        format!("smtpd[1]: C27A5D1: client={CLIENT}"),
        "cleanup[6]: C27A5D1: message-id=<m@example.org>".to_owned(),
        "qmgr[7]: C27A5D1: from=<a@example.org>, size=900, nrcpt=1 (queue active)".to_owned(),
        format!(
            "smtpd[1]: disconnect from {CLIENT} ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7"
        ),
    ]
}

/// A connection in clear on which a message is begun, with the lines that follow.
fn begun(rest: &[&str]) -> Vec<String> {
    let mut lines = vec![
        format!("smtpd[2]: connect from {CLIENT}"),
        format!("smtpd[2]: C27A5D2: client={CLIENT}"),
    ];
    lines.extend(rest.iter().map(|line| line.replace("CLIENT", CLIENT)));
    lines
}

/// Kind of the line that names the client of the last message, its status and grade.
fn last_began(model: &Model) -> (Kind, Status, String) {
    let message = model.messages.get(model.messages.len() - 1).unwrap();
    let first = model.events_of(message).next().unwrap();
    (first.kind, message.status(), last_told(model).0)
}

/// Asserts how the last message began, for the lines of a connection behind those of an earlier message, in one file
/// and cut between the lines.
fn began_as(rest: &[&str], told: &(Kind, Status, String)) {
    let text = server(&[handed_in(), begun(rest)].concat());
    assert_eq!(&last_began(&model_of(&text)), told, "{rest:?}");
    let (at, _) = text.match_indices('\n').nth(7).unwrap();
    let files = text.split_at(at + 1);
    if !files.1.is_empty() {
        let model = common::model_of(&[files.0, files.1]);
        assert_eq!(&last_began(&model), told, "{rest:?}");
    }
}

#[test]
fn what_a_client_began_and_did_not_hand_in_is_no_arrival() {
    let nothing = (Kind::Note, Status::Unknown, "?".to_owned());
    let torn = (Kind::Note, Status::Unknown, "F".to_owned());
    let probe = "smtpd[2]: disconnect from CLIENT ehlo=1 mail=1 rcpt=1 quit=1 commands=4";
    let uncounted = "smtpd[2]: disconnect from CLIENT";
    for (rest, told) in [
        (vec![probe], &nothing),
        (
            vec![
                "smtpd[2]: lost connection after RCPT from CLIENT",
                "smtpd[2]: disconnect from CLIENT helo=1 mail=1 rcpt=1 commands=3",
            ],
            &nothing,
        ),
        // Postfix before 3.0 has no counts.
        (
            vec![
                "smtpd[2]: lost connection after RCPT from CLIENT",
                uncounted,
            ],
            &nothing,
        ),
        (
            vec![
                "smtpd[2]: timeout after DATA (0 bytes) from CLIENT",
                "smtpd[2]: disconnect from CLIENT ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4",
            ],
            &nothing,
        ),
        // The content crossed the network in part.
        (
            vec![
                "smtpd[2]: timeout after DATA (12 bytes) from CLIENT",
                "smtpd[2]: disconnect from CLIENT ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4",
            ],
            &torn,
        ),
        (
            vec![
                "cleanup[6]: C27A5D2: message-id=<n@example.org>",
                "smtpd[2]: lost connection after BDAT (8192 bytes) from CLIENT",
                uncounted,
            ],
            &torn,
        ),
        // From 3.11 on the message is named.
        (
            vec!["smtpd[2]: C27A5D2: lost connection after RCPT from CLIENT"],
            &nothing,
        ),
    ] {
        began_as(&rest, told);
    }
    let text = server(&[handed_in(), begun(&[probe])].concat());
    assert_eq!(
        last_told(&model_of(&text)).1,
        "No message was taken in, as far as these files tell."
    );
}

#[test]
fn what_the_log_does_not_show_is_not_concluded() {
    let arrived = (Kind::Arrival, Status::Queued, "F".to_owned());
    let uncounted = "smtpd[2]: disconnect from CLIENT";
    let content = "smtpd[2]: disconnect from CLIENT ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
    for rest in [
        vec!["smtpd[2]: timeout after DATA (12 bytes) from other.example.org[192.0.2.44]"],
        // The log shows content, or does not say.
        vec![content],
        vec!["smtpd[2]: disconnect from CLIENT ehlo=1 mail=1 rcpt=1 bdat=2 quit=1 commands=6"],
        vec![uncounted],
        vec!["smtpd[2]: disconnect from CLIENT ehlo=1 mail=1 rcpt=1 quit=1 comm"],
        vec![
            "smtpd[2]: lost connection after END-OF-MESSAGE from CLIENT",
            uncounted,
        ],
        vec![],
        vec![
            "cleanup[6]: C27A5D2: message-id=<n@example.org>",
            "qmgr[7]: C27A5D2: from=<a@example.org>, size=900, nrcpt=1 (queue active)",
            "smtpd[2]: NOQUEUE: reject: RCPT from CLIENT: 554 5.7.1 no; from=<a@example.org> to=<c@example.net> proto=ESMTP helo=<x>",
            "smtpd[2]: lost connection after RCPT from CLIENT",
            uncounted,
        ],
        // The line about the end is of another connection: some are lost.
        vec!["smtpd[2]: disconnect from other.example.org[192.0.2.44] ehlo=1 quit=1 commands=2"],
    ] {
        began_as(&rest, &arrived);
    }
}

#[test]
fn a_connection_that_breaks_off_within_the_content_is_told() {
    let lost = "smtpd[2]: lost connection after DATA (8192 bytes) from CLIENT";
    let model = model_of(&server(&[handed_in(), begun(&[lost])].concat()));
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&model, profile, AsOf::Event);
    let story = Timeline::of(&model, &grades, model.messages.len() - 1, Lang::En).unwrap();
    let headline = "It was received in clear from client.example.org [192.0.2.9], like a postcard. The connection broke off within its content: it was not taken in.";
    let title = "begun by client.example.org [192.0.2.9] and broken off within its content";
    assert_eq!(story.headline.as_str(), headline);
    assert_eq!(story.steps.len(), 1);
    assert_eq!(story.steps[0].title.as_str(), title);
    assert_eq!(story.grade.grade, Grade::F);
}

#[test]
fn a_log_of_the_server_alone_does_not_say_what_was_handed_in() {
    let mut lines = [
        handed_in(),
        begun(&[
            "smtpd[2]: lost connection after RCPT from CLIENT",
            "smtpd[2]: disconnect from CLIENT",
        ]),
    ]
    .concat();
    lines.retain(|line| line.starts_with("smtpd"));
    let (kind, status, _) = last_began(&model_of(&server(&lines)));
    assert_eq!((kind, status), (Kind::Arrival, Status::Queued));
}

#[test]
fn the_counts_of_a_proxied_connection_state_no_tls_for_its_client() {
    let lines = [
        "smtpd[2]: connect from localhost[127.0.0.1]".to_owned(),
        format!("smtpd[2]: C27A5D2: client={CLIENT}"),
        format!(
            "smtpd[2]: disconnect from {CLIENT} ehlo=2 starttls=1 xclient=1 mail=1 rcpt=1 data=1 quit=1 commands=8"
        ),
    ];
    let model = model_of(&server(&lines));
    let arrival = model
        .events
        .iter()
        .find(|event| event.kind == Kind::Arrival);
    assert_eq!(model.tls_state(&arrival.unwrap()), NotStated);
}

#[test]
fn what_a_filter_passes_on_came_over_a_leg_that_is_not_shown() {
    let unknown = "It came from a filter of ours; how it came to that is not shown in this entry. Taken in; nothing more is in these files. At least one leg is not shown.";
    let local = "It has not crossed a network so far. Taken in; nothing more is in these files.";
    let filter = "localhost[127.0.0.1]";
    for (client, grade, headline) in [
        (format!("{filter}, orig_client={CLIENT}"), "?~", unknown),
        (
            format!("{filter}, orig_queue_id=C27A5D0, orig_client=unknown[2001:db8::1]"),
            "?~",
            unknown,
        ),
        (
            format!("{filter}, orig_client=unknown[unknown]"),
            "?~",
            unknown,
        ),
        (filter.to_owned(), "L", local),
        // Submitted on this host.
        (format!("{filter}, orig_client={filter}"), "L", local),
        (format!("{filter}, orig_client=localhost[::1]"), "L", local),
    ] {
        let lines = [
            format!("smtpd[2]: connect from {filter}"),
            format!("smtpd[2]: C27A5D2: client={client}"),
            "cleanup[6]: C27A5D2: message-id=<n@example.org>".to_owned(),
            "qmgr[7]: C27A5D2: from=<a@example.org>, size=900, nrcpt=1 (queue active)".to_owned(),
        ];
        let told = last_told(&model_of(&server(&lines)));
        assert_eq!((&*told.0, &*told.1), (grade, headline), "{client}");
    }
    let lines = [
        format!("smtpd[2]: connect from {filter}"),
        format!("smtpd[2]: C27A5D2: client={filter}, orig_client={CLIENT}"),
        format!("smtpd[2]: disconnect from {filter} ehlo=1 xforward=1 mail=1 rcpt=1 commands=4"),
    ];
    let model = model_of(&server(&lines));
    let nothing = (Kind::Note, Status::Unknown, "?".to_owned());
    assert_eq!(last_began(&model), nothing);
}

/// "Refused" says that nothing was sent. A delivery ends that, also one of which the log does not tell TLS.
#[test]
fn a_message_that_was_refused_and_then_sent_unseen_is_not_refused() {
    let line = |at: &str, rest: &str| format!("2026-03-05T08:{at}+00:00 mx postfix/{rest}\n");
    let queued = line(
        "00:00",
        "qmgr[7]: C27A5D2: from=<a@example.org>, size=300, nrcpt=1 (queue active)",
    );
    let to = "smtp[8]: C27A5D2: to=<b@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, delays=0/0/0/1";
    let refused = line(
        "00:01",
        &format!(
            "{to}, dsn=4.7.4, status=deferred (TLS is required, but was not offered by host mx.example.net[192.0.2.1])"
        ),
    );
    let sent = line("10:01", &format!("{to}, dsn=2.0.0, status=sent (250 Ok)"));
    let grade = |lines: &[&str]| last_told(&model_of(&lines.concat())).0;
    assert_eq!(grade(&[&queued, &refused]), "R");
    assert_eq!(grade(&[&queued, &refused, &sent]), "?~");
}
