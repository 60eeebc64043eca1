//! Every rule, with what it finds and what it must not find.

mod downgrades;
mod met;

use std::collections::HashSet;
use std::sync::Arc;

use super::*;
use crate::model::sample::hosts::Sample;
use crate::model::{AsOf, FileInfo, Mail, Trust};
use crate::parse::message::parse;
use crate::source::FileText;
use crate::tls::{Profile, TlsState};

const GOOD: &str = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";

fn judged(model: &Model, as_of: AsOf) -> Vec<Finding> {
    let profile = Arc::new(Profile::named("default").unwrap());
    all(model, &GradeBook::of(model, profile, as_of))
}

fn found(model: &Model) -> Vec<Finding> {
    judged(model, AsOf::Event)
}

/// Findings in a log of 2024: its lines without their time stamps, a second apart.
fn in_log(lines: &[&str]) -> Vec<Finding> {
    let stamped = (0..)
        .zip(lines)
        .map(|(second, line)| format!("2024-05-01 10:00:{second:02} {line}\n"));
    let text: String = stamped.collect();
    found(&Sample::default().exim("mx1", &text).0)
}

/// Findings about a header.
fn in_header(header: &str) -> Vec<Finding> {
    let mut model = Model::default();
    let path = std::path::Path::new("message.eml");
    model.add_file(FileInfo::new(path, None), FileText::kept(path));
    model.add_mail(Mail::new(parse(header.as_bytes()), &Trust::default(), &[]));
    found(&model)
}

fn rules_of(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|own| own.rule.id.as_str()).collect()
}

fn one<'a>(found: &'a [Finding], rule: &str) -> &'a Finding {
    let mut own = found.iter().filter(|own| own.rule.id == rule);
    let first = own.next();
    let names = rules_of(found);
    assert!(own.next().is_none(), "{rule} more than once in {names:?}");
    first.unwrap_or_else(|| panic!("no {rule} in {names:?}"))
}

fn delivery(id: &str, host: &str, tls: &str) -> String {
    format!("{id} => bo@example.net R=dnslookup T=remote_smtp H={host} {tls} C=\"250 OK\"")
}

fn arrival(id: &str, host: &str, tls: &str) -> String {
    let word = if tls.is_empty() { "esmtp" } else { "esmtps" };
    format!("{id} <= anna@example.org H={host} P={word} {tls} S=100")
}

const MX: &str = "mx.example.net [192.0.2.9]";
const ONE: &str = "1s2AbC-000000001aB-1cDe";
const TWO: &str = "1s2AbD-000000001aB-1cDe";

/// The same message has the same IDs wherever it is read, and no two messages share one.
#[test]
fn messages_without_a_message_id_are_told_apart() {
    let came = "Received: from mail.example.net (mail.example.net [203.0.113.7]) by mx.example.org with ESMTPS id 1; Wed, 1 May 2024 10:00:00 +0000\n";
    let written = "From: a@example.net\nTo: b@example.org\nDate: Wed, 1 May 2024 10:00:00 +0000\nSubject: one\n\n";
    let id = |header: &str| {
        let found = in_header(header);
        one(&found, "header-message-id").id.clone()
    };
    let whole = format!("{came}{written}");
    let own = id(&whole);
    assert_eq!(own, id(&format!("{whole}other words\n")));
    let mut ids = HashSet::from([own]);
    for (from, to) in [
        ("id 1", "id 2"),
        ("a@", "c@"),
        ("b@", "d@"),
        ("one", "two"),
        ("Date: Wed, 1", "Date: Thu, 2"),
        (came, ""),
    ] {
        assert!(ids.insert(id(&whole.replace(from, to))), "{to}");
    }
}

#[test]
fn a_refusal_counts_attempts_and_waits() {
    let refused = "a TLS session is required, but the server did not offer TLS support";
    let defer =
        format!("{ONE} == bo@example.net R=dnslookup T=remote_smtp defer (-38) H={MX}: {refused}");
    let wait = format!(
        "{ONE} == bo@example.net R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host for 'example.net'"
    );
    let found = in_log(&[&format!("{ONE} H={MX}: {refused}"), &defer, &wait, &wait]);
    let own = one(&found, "tls-refused");
    assert_eq!((own.count, own.waits, own.clear), (1, 2, 0));
    assert_eq!(own.tls, ["starttls-not-supported"]);
    assert_eq!(own.subject.as_str(), "mx.example.net");
    assert_eq!(
        own.summary(Lang::De),
        "TLS war vorgeschrieben und kam mit mx.example.net nicht zustande: ein Verbindungsversuch, \
         2 Wartezeiten ohne Verbindung, nichts im Klartext an die betroffenen Empfänger gesendet."
    );
    let busy = format!(
        "{ONE} == bo@example.net R=dnslookup T=remote_smtp defer (-44) H={MX}: SMTP error from remote mail server after RCPT TO:<bo@example.net>: 451 later"
    );
    assert!(in_log(&[&busy]).is_empty());
}

#[test]
fn a_certificate_that_does_not_pass_is_another_finding() {
    let defer = |text: &str| {
        format!("{ONE} == bo@example.net R=dnslookup T=remote_smtp defer (-37) H={MX}: {text}")
    };
    let found = in_log(&[&defer("DANE error: tlsa lookup DEFER")]);
    assert!(
        !rules_of(&found).contains(&"tls-refused"),
        "{:?}",
        rules_of(&found)
    );
    let postfix = crate::parse::Fact {
        trouble: Some(crate::tls::Trouble::ValidationFailure),
        ..crate::model::sample::leg(b"postfix/smtp", crate::parse::Kind::Deferral)
    };
    let model = crate::model::sample::model(&[("a", &[crate::parse::Outcome::Fact(postfix)])]);
    let found = judged(&model, AsOf::Event);
    assert_eq!(rules_of(&found), ["certificate-refused"]);
    let passed = in_log(&[&delivery(ONE, MX, GOOD)]);
    assert!(passed.is_empty());
}

/// What was optional was refused by nobody; that nothing was sent is told all the same.
#[test]
fn a_handshake_that_fails_is_told_whether_tls_was_required_or_not() {
    for (optional, state, grade) in [
        (true, TlsState::NotStated, Grade::Unknown),
        (false, TlsState::Refused, Grade::Refused),
    ] {
        let fact = crate::parse::Fact {
            trouble: Some(crate::tls::Trouble::HandshakeFailed),
            tls_optional: optional,
            ..crate::model::sample::leg(b"postfix/smtp", crate::parse::Kind::Deferral)
        };
        let model = crate::model::sample::model(&[("a", &[crate::parse::Outcome::Fact(fact)])]);
        let event = model.events.iter().next().unwrap();
        assert_eq!(model.tls_state(&event), state);
        let found = judged(&model, AsOf::Event);
        assert_eq!(rules_of(&found), ["handshake-failed"]);
        assert_eq!((found[0].count, found[0].grade), (1, grade));
        let summary = found[0].summary(Lang::En);
        assert!(!summary.contains("required"), "{summary}");
        assert_eq!(found[0].recount(&model).reasons, ["handshake-failed"]);
    }
}

#[test]
fn clear_text_is_told_by_where_it_went() {
    let sealed = delivery(TWO, "sealed.example.net [192.0.2.12]", GOOD);
    let outside = delivery(ONE, MX, "");
    let inside = delivery(ONE, "filter.example.net [10.0.0.5]", "");
    let home = delivery(ONE, "localhost [127.0.0.1]", "");
    let found = in_log(&[&sealed, &outside, &outside, &inside, &home]);
    assert_eq!(rules_of(&found), ["sent-clear", "sent-clear-inside"]);
    assert_eq!(found[0].count, 2);
    assert_eq!(found[0].severity, Severity::Violation);
    let near = delivery(ONE, "nas.example.net [fe80::5%eth0]", "");
    assert_eq!(rules_of(&in_log(&[&sealed, &near])), ["sent-clear-inside"]);
    // A log that never tells of TLS says nothing by its silence.
    assert!(in_log(&[&outside]).is_empty());
}

#[test]
fn a_peer_that_can_do_tls_is_told_when_it_does_not() {
    let host = "mail.example.com [198.51.100.4]";
    let (sealed, plain) = (arrival(ONE, host, GOOD), arrival(TWO, host, ""));
    let found = in_log(&[&plain, &sealed]);
    let own = one(&found, "received-clear");
    assert_eq!((own.count, own.direction), (1, Some(Direction::In)));
    assert_eq!(own.peer.as_str(), "mail.example.com [198.51.100.4]");
    let other = arrival(ONE, "sealed.example.com [198.51.100.5]", GOOD);
    assert!(in_log(&[&plain, &other]).is_empty());
}

#[test]
fn old_and_broken_tls() {
    let found = in_log(&[
        &delivery(ONE, MX, OLD),
        &arrival(TWO, "c.example.com [198.51.100.4]", RC4),
    ]);
    let (older, broken) = (one(&found, "old-tls"), one(&found, "broken-tls"));
    assert_eq!(older.tls, ["TLS 1.0 ECDHE-RSA-AES256-SHA"]);
    assert_eq!(
        (older.severity, older.direction),
        (Severity::Violation, Some(Direction::Out))
    );
    assert_eq!(
        (broken.grade, broken.direction),
        (Grade::D, Some(Direction::In))
    );
    let cited = |own: &Finding| {
        own.references
            .iter()
            .map(|one| one.id.clone())
            .collect::<Vec<_>>()
    };
    assert!(
        cited(older).contains(&"rfc8996".to_owned()),
        "{:?}",
        cited(older)
    );
    assert!(
        cited(broken).contains(&"rfc7465".to_owned()),
        "{:?}",
        cited(broken)
    );
    let both = in_log(&[&delivery(ONE, MX, "X=TLS1.0:RC4-SHA:128 CV=no")]);
    let prohibits_rc4 = |rule: &str| cited(one(&both, rule)).contains(&"rfc7465".to_owned());
    assert!(prohibits_rc4("broken-tls") && !prohibits_rc4("old-tls"));
    assert!(
        in_log(&[&delivery(
            ONE,
            MX,
            "X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no"
        )])
        .is_empty()
    );
}

/// Findings in a log of May 2024 with a message a day to one host, each with the TLS that is given.
fn day_by_day(all: &[&str]) -> Vec<Finding> {
    let lines = (1..).zip(all).map(|(day, tls)| {
        let id = format!("1s2A{day:02}-000000001aB-1cDe");
        format!("2024-05-{day:02} 10:00:00 {}\n", delivery(&id, MX, tls))
    });
    let other = delivery(TWO, "sealed.example.net [192.0.2.12]", GOOD);
    let text = format!("{}2024-05-31 10:00:00 {other}\n", lines.collect::<String>());
    found(&Sample::default().exim("mx1", &text).0)
}

const OLD: &str = "X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no";
const RC4: &str = "X=TLS1.2:RC4-SHA:128 CV=no";

#[test]
fn a_peer_that_became_worse_is_told_with_before_and_after() {
    let found = day_by_day(&[GOOD, GOOD, OLD, OLD, OLD]);
    let own = one(&found, "regressed");
    assert_eq!(
        (own.count, own.unit, own.grade),
        (3, Unit::Delivery, Grade::C)
    );
    assert_eq!(own.severity, Severity::Warning);
    assert_eq!(
        own.summary(Lang::De),
        "TLS an mx.example.net ist schlechter geworden, bis 2. Mai 2024 TLS 1.3 (A aktuell), \
         ab 3. Mai 2024 TLS 1.0 (C veraltet): 3 Zustellungen."
    );
    assert!(own.references.iter().any(|one| one.id == "rfc8996"));
    let filter = |own: &Finding| own.recount(&Model::default()).filter;
    let told = filter(own);
    assert!(told.contains(" since:2024-05-03T"), "{told}");
    for time in [None, Some(i64::MAX)] {
        let timeless = Finding {
            first: time,
            last: time,
            ..own.clone()
        };
        let told = filter(&timeless);
        assert!(
            !told.contains("since:") && !told.contains("until:"),
            "{told}"
        );
    }
    let longer = day_by_day(&[GOOD, GOOD, OLD, OLD, OLD, OLD]);
    assert_eq!(one(&longer, "regressed").id, own.id);
    assert_eq!(one(&longer, "regressed").count, 4);
}

#[test]
fn only_the_latest_decline_is_told_whole() {
    let there_and_back = day_by_day(&[GOOD, GOOD, OLD, OLD, "", "", GOOD, GOOD]);
    let own = one(&there_and_back, "regressed");
    assert_eq!((own.count, own.grade), (4, Grade::F));
    assert_eq!(own.severity, Severity::Violation);
    assert_eq!(
        own.summary(Lang::En),
        "TLS to mx.example.net became worse, until 2 May 2024 TLS 1.3 (A current), \
         from 3 May 2024 TLS 1.0 (C deprecated), from 5 May 2024 no TLS (F plain), \
         from 7 May 2024 TLS 1.3 (A current): 4 deliveries."
    );
    let again = day_by_day(&[GOOD, GOOD, OLD, OLD, GOOD, GOOD, RC4, RC4]);
    let later = one(&again, "regressed");
    assert_eq!((later.count, later.grade), (2, Grade::D));
    assert_ne!(later.id, own.id);
}

#[test]
fn what_happened_on_one_day_is_told_with_its_time() {
    let other = delivery(
        "1s2A09-000000001aB-1cDe",
        "sealed.example.net [192.0.2.12]",
        GOOD,
    );
    let ids = ["1s2A01", "1s2A02", "1s2A03"].map(|id| format!("{id}-000000001aB-1cDe"));
    let found = in_log(&[
        &other,
        &delivery(&ids[0], MX, GOOD),
        &delivery(&ids[1], MX, ""),
        &delivery(&ids[2], MX, ""),
    ]);
    assert_eq!(
        one(&found, "regressed").summary(Lang::En),
        "TLS to mx.example.net became worse, until 1 May 2024 10:00:01 UTC TLS 1.3 (A current), \
         from 1 May 2024 10:00:02 UTC no TLS (F plain): 2 deliveries."
    );
}

#[test]
fn what_lies_before_the_last_line_of_a_refusal_counts_as_well() {
    let refused = "a TLS session is required, but the server did not offer TLS support";
    let (first, second) = ("1s2A01-000000001aB-1cDe", "1s2A02-000000001aB-1cDe");
    let defer = |id: &str| {
        format!("{id} == bo@example.net R=dnslookup T=remote_smtp defer (-38) H={MX}: {refused}")
    };
    let lines = [
        delivery("1s2A03-000000001aB-1cDe", MX, GOOD),
        delivery("1s2A04-000000001aB-1cDe", MX, GOOD),
        format!("{first} H={MX}: {refused}"),
        defer(first),
        format!("{second} H={MX}: {refused}"),
        delivery("1s2A05-000000001aB-1cDe", MX, GOOD),
        delivery("1s2A06-000000001aB-1cDe", MX, GOOD),
        delivery("1s2A07-000000001aB-1cDe", MX, ""),
        delivery("1s2A08-000000001aB-1cDe", MX, GOOD),
        defer(second),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let found = in_log(&lines);
    let own = one(&found, "regressed");
    // Two refusals of two lines each, and the single delivery in clear that lies between.
    assert_eq!((own.count, own.unit), (3, Unit::Attempt));
    let Place::Events(events) = &own.place else {
        unreachable!("a finding about a host")
    };
    assert_eq!(events.len(), 5);
}

#[test]
fn what_is_no_decline_is_none() {
    let respelled = "X=TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes";
    let new = "X=TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM:256 CV=yes";
    for steady in [
        &[GOOD, GOOD, OLD, GOOD, GOOD][..],
        &[GOOD, OLD, GOOD, GOOD, OLD, GOOD],
        &[OLD, OLD, GOOD, GOOD],
        &[respelled, respelled, new, new],
        &[OLD, OLD, OLD],
    ] {
        let found = day_by_day(steady);
        assert!(!rules_of(&found).contains(&"regressed"), "{steady:?}");
    }
}

#[test]
fn nobody_is_judged_by_a_later_rule() {
    let old = delivery(
        "1j69ZJ-0001iL-S3",
        MX,
        "X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no",
    );
    let model = Sample::default()
        .exim("mx1", &format!("2020-02-25 04:55:03 {old}\n"))
        .0;
    let cites = |as_of, id: &str| {
        let found = judged(&model, as_of);
        let own = one(&found, "old-tls");
        (own.references.iter().any(|one| one.id == id), own.severity)
    };
    assert_eq!(cites(AsOf::Event, "rfc8996"), (false, Severity::Warning));
    let later = AsOf::Day("2026-11-26".parse().unwrap());
    assert_eq!(cites(later, "rfc8996"), (true, Severity::Violation));
}

#[test]
fn a_peer_that_demands_tls_is_praised() {
    let text = "SMTP error from remote mail server after MAIL FROM:<anna@example.org>: 530 5.7.0 Must issue a STARTTLS command first";
    let failed = format!("{ONE} ** bo@example.net R=dnslookup T=remote_smtp H={MX}: {text}");
    let found = in_log(&[&failed]);
    let own = one(&found, "peer-requires-tls");
    assert_eq!((own.severity, own.count), (Severity::Info, 1));
    let login = text.replace(
        "530 5.7.0 Must issue a STARTTLS command first",
        "530 5.7.0 Log in first",
    );
    let failed = format!("{ONE} ** bo@example.net R=dnslookup T=remote_smtp H={MX}: {login}");
    assert!(in_log(&[&failed]).is_empty());
}

fn hop(from: &str, by: &str, with: &str) -> String {
    format!("Received: from {from} by {by} with {with}; Wed, 1 May 2024 10:00:00 +0000\n")
}

#[test]
fn hops_are_told_by_who_tells_them() {
    let own = hop(
        "b.example.com ([192.0.2.2])",
        "c.example (Exim 4.96)",
        "esmtps (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)",
    );
    let peer = hop(
        "a.example.org ([192.0.2.1])",
        "b.example.com (Postfix)",
        "SMTP id 1",
    );
    let first = hop(
        "z.example.org ([192.0.2.3])",
        "a.example.org",
        "esmtps (TLSv1:RC4-SHA:128)",
    );
    let found = in_header(&format!("{own}{peer}{first}Message-ID: <1@example.org>\n"));
    let clear = one(&found, "hop-clear");
    assert_eq!(clear.evidence, Evidence::Peer);
    assert!(
        clear
            .summary(Lang::De)
            .starts_with("Nach eigener Angabe der Gegenseite")
    );
    let broken = one(&found, "hop-broken-tls");
    assert_eq!(broken.kind, SubjectKind::Hop);
    // Anybody may have written it.
    assert_eq!(
        (broken.evidence, broken.severity),
        (Evidence::Unverified, Severity::Info)
    );
    assert_eq!(clear.severity, Severity::Warning);
    assert!(rules_of(&found).contains(&"hop-old-tls"));
    assert_eq!(one(&found, "chain-gap").evidence, Evidence::Peer);
    let inner = hop(
        "a.example.com ([10.0.0.1])",
        "b.example.com (Postfix)",
        "SMTP id 1",
    );
    let found = in_header(&format!("{own}{inner}"));
    assert!(rules_of(&found).contains(&"hop-clear-inside"));
    assert!(
        !rules_of(&found).contains(&"chain-gap"),
        "TLS came only after it"
    );
    let sealed = in_header(&own);
    assert!(
        sealed.iter().all(|one| one.rule.id.starts_with("header-")),
        "{:?}",
        rules_of(&sealed)
    );
}

#[test]
fn a_hop_that_cannot_be_true_is_told_and_not_graded() {
    let own = hop("b.example ([192.0.2.2])", "c.example", "ESMTP");
    let forged = hop(
        "a ([192.0.2.1])",
        "b.example",
        "ESMTPS (TLSv1.3:AES128-SHA:128)",
    );
    let found = in_header(&format!("{own}{forged}"));
    assert_eq!(one(&found, "hop-inconsistent").grade, Grade::Unknown);
    let honest = hop(
        "a.example ([192.0.2.1])",
        "b.example",
        "ESMTPS (TLSv1.3:TLS_AES_128_GCM_SHA256:128)",
    );
    assert!(!rules_of(&in_header(&format!("{own}{honest}"))).contains(&"hop-inconsistent"));
}

#[test]
fn a_name_that_may_be_forged_is_blamed_for_nothing() {
    let client = "bank.example (bank.example [203.0.113.66] (may be forged))";
    let found = in_header(&hop(client, "mx.example (8.18.1/8.18.1)", "ESMTP"));
    let summary = one(&found, "hop-clear").summary(Lang::En);
    assert!(summary.contains("203.0.113.66"), "{summary}");
    assert!(!summary.contains("bank.example"), "{summary}");
}

#[test]
fn an_excerpt_lacks_nothing() {
    let excerpt = "Received: from a by b.example with ESMTP; x\nX-Mailer: Mill 1.0\n";
    let found = in_header(excerpt);
    let rules = rules_of(&found);
    assert!(rules.contains(&"header-software"));
    assert!(!rules.contains(&"header-message-id") && !rules.contains(&"header-fields"));
    let whole = in_header(&format!("{excerpt}\nText\n"));
    assert!(rules_of(&whole).contains(&"header-message-id"));
    assert!(rules_of(&whole).contains(&"header-fields"));
}

#[test]
fn a_token_is_found_and_never_shown() {
    let top = hop("m.example ([192.0.2.2])", "c.example", "ESMTP");
    let token = "SU1DYkZrrhdrbk";
    let leak = hop(
        &format!("mail.example.org ({token}@[192.0.2.9])"),
        "m.example",
        "ESMTP",
    );
    let found = in_header(&format!("{top}{leak}"));
    let own = one(&found, "header-account");
    for text in [
        own.summary(Lang::En),
        own.summary(Lang::De),
        own.quote.to_string(),
    ] {
        assert!(!text.contains(token), "{text}");
    }
}

#[test]
fn the_id_of_a_finding_is_that_of_the_next_run() {
    let clear = delivery(ONE, MX, "");
    let more = delivery(TWO, "MX.example.net [192.0.2.99]", "");
    let sealed = delivery(TWO, "sealed.example.net [192.0.2.12]", GOOD);
    let ids = |lines: &[&str]| -> HashSet<String> {
        in_log(lines).into_iter().map(|own| own.id).collect()
    };
    let first = ids(&[&sealed, &clear]);
    assert_eq!(first, ids(&[&sealed, &sealed, &more, &clear]));
    assert_ne!(
        first,
        ids(&[&sealed, &delivery(ONE, "my.example.net [192.0.2.9]", "")])
    );
}

#[test]
fn hostile_names_stay_harmless() {
    let host = "x\u{1b}[2J.example.net [192.0.2.9]";
    for own in in_log(&[&delivery(ONE, MX, GOOD), &delivery(ONE, host, "")]) {
        for text in [own.summary(Lang::En), own.subject.to_string()] {
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}

/// Old TLS before the rule against it came, and after.
const TURN: [&str; 2] = [
    "2021-02-27 10:00:00 1lFwgy-0000aA-Aa => a@mx.example R=dnslookup T=remote_smtp H=mx.example [192.0.2.7] X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=yes C=\"250 OK\"",
    "2021-03-02 10:00:00 1lH1gy-0000aB-Aa => a@mx.example R=dnslookup T=remote_smtp H=mx.example [192.0.2.7] X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=yes C=\"250 OK\"",
];

#[test]
fn nobody_violates_a_rule_that_came_later() {
    let found = |lines: &[&str]| -> Vec<Finding> {
        let all = found(&Sample::default().exim("mx1", &(lines.join("\n") + "\n")).0);
        all.into_iter()
            .filter(|own| own.rule.when == Condition::OldTls)
            .collect()
    };
    let both = found(&TURN);
    let [after, before] = both.as_slice() else {
        panic!("{both:#?}")
    };
    assert_eq!(
        [before.severity, after.severity],
        [Severity::Warning, Severity::Violation]
    );
    assert_eq!([before.count, after.count], [1, 1]);
    let cites = |own: &Finding| own.references.iter().any(|rule| rule.id == "rfc8996");
    assert!(cites(after) && !cites(before));
    // Each is found under its name again where the other is not there.
    assert_eq!(found(&TURN[..1])[0].id, before.id);
    assert_eq!(found(&TURN[1..])[0].id, after.id);
    assert_ne!(before.id, after.id);
}

#[test]
fn what_no_rule_forbade_yet_is_no_violation() {
    let clear = delivery(ONE, MX, "");
    let text = |day: &str| {
        let sealed = delivery(TWO, "other.example [192.0.2.9]", GOOD);
        format!("{day} 10:00:00 {clear}\n{day} 10:00:01 {sealed}\n")
    };
    let severity = |day: &str| {
        let found = found(&Sample::default().exim("mx1", &text(day)).0);
        let own = one(&found, "sent-clear");
        (own.severity, own.references.is_empty())
    };
    assert_eq!(severity("2018-05-02"), (Severity::Warning, true));
    assert_eq!(severity("2018-06-02"), (Severity::Violation, false));
}
