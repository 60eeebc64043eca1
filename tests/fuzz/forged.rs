//! Targets: nothing that only a peer said is ever taken for a statement about TLS.
//!
//! A line that a mail system wrote is read twice: with harmless words of the peer, and with imitations of what
//! mail systems write about TLS. The second reading says of TLS what the first says, or nothing at all.

use hopgrade::parse::received;
use hopgrade::parse::{Entry, Fact, Grammar, Kind, Mta, Outcome, Turn};
use hopgrade::tls::{TlsState, Trouble};

use crate::forged_lines::{EXIM, Entries, HEADERS, OPENSMTPD, POSTFIX, SENDMAIL};
use crate::mails::check_received;
use crate::random::Random;
use crate::remote::{Place, Template, hostile};
use crate::target::{Budget, seed};

/// One filling with harmless words, and one in which one to all places are hostile.
fn readings(random: &mut Random, template: Template) -> (String, String, bool) {
    let places = template.places();
    let only = random.below(places.len());
    let all = random.one_in(3);
    let words: Vec<String> = places.iter().map(|_| hostile(random)).collect();
    let is_hostile = |nth: usize| all || nth == only;
    let replies = (0..places.len()).any(|nth| is_hostile(nth) && places[nth] == Place::Reply);
    let harmless = template.filled(|_| "harmless".to_owned());
    let forged = template.filled(|nth| {
        if is_hostile(nth) {
            words[nth].clone()
        } else {
            "harmless".to_owned()
        }
    });
    (harmless, forged, replies)
}

fn run(mta: Mta, name: &str, entries: Entries) {
    let grammar = Grammar::of(mta).expect("a grammar");
    let mut random = Random::new(seed());
    let mut budget = Budget::new(4000);
    while budget.spend() {
        let (program, template) = *random.pick(entries);
        let (harmless, forged, replies) = readings(&mut random, template);
        let entry = |text| entry(program, text);
        let base = grammar.read_entry(&entry(&harmless));
        let Outcome::Fact(base) = &base else {
            panic!("{name}: {base:?}: {harmless}");
        };
        match grammar.read_entry(&entry(&forged)) {
            Outcome::Fact(fact) => compare(base, &fact, replies, &forged),
            Outcome::NotMine
            | Outcome::NotUnderstood(_)
            | Outcome::Continuation
            | Outcome::Foreign
            | Outcome::LinesLost(_) => {}
        }
    }
    budget.report(name);
}

fn entry<'a>(program: &'a str, text: &'a str) -> Entry<'a> {
    Entry {
        host: b"host",
        program: program.as_bytes(),
        pid: b"42",
        text: text.as_bytes(),
        ..Entry::default()
    }
}

/// Panics where the second reading states what the first does not.
fn compare(base: &Fact<'_>, fact: &Fact<'_>, replies: bool, text: &str) {
    if fact.ambiguous {
        assert!(
            fact.tls.is_none() && fact.turn != Turn::Secured,
            "ambiguous, yet states TLS: {text}"
        );
        return;
    }
    assert_eq!(fact.tls, base.tls, "TLS: {text}");
    assert_eq!(fact.turn, base.turn, "turn: {text}");
    assert_eq!(fact.absence, base.absence, "absence: {text}");
    assert_eq!(fact.direction, base.direction, "direction: {text}");
    assert_eq!(fact.queue_id, base.queue_id, "queue ID: {text}");
    assert_eq!(fact.peer.ip, base.peer.ip, "address: {text}");
    assert_eq!(fact.peer.reused, base.peer.reused, "reuse: {text}");
    // The peer may say that it wants TLS.
    let demanded = replies && fact.trouble == Some(Trouble::PeerRequiresTls);
    assert!(
        demanded || fact.trouble == base.trouble,
        "{:?}: {text}",
        fact.trouble
    );
    let about_tls = |kind| {
        matches!(
            kind,
            Kind::TlsRefused | Kind::TlsFailed | Kind::TlsDowngrade
        )
    };
    let same = if replies {
        about_tls(fact.kind) == about_tls(base.kind)
    } else {
        fact.kind == base.kind
    };
    assert!(same, "{:?}, not {:?}: {text}", fact.kind, base.kind);
}

#[test]
fn exim() {
    run(Mta::Exim, "forged_exim", EXIM);
}

#[test]
fn postfix() {
    run(Mta::Postfix, "forged_postfix", POSTFIX);
}

#[test]
fn sendmail() {
    run(Mta::Sendmail, "forged_sendmail", SENDMAIL);
}

#[test]
fn opensmtpd() {
    run(Mta::OpenSmtpd, "forged_opensmtpd", OPENSMTPD);
}

#[test]
fn received_headers() {
    let mut random = Random::new(seed());
    let mut budget = Budget::new(4000);
    while budget.spend() {
        let template = *random.pick(HEADERS);
        let (harmless, forged, _) = readings(&mut random, template);
        let base = received::parse(harmless.as_bytes());
        let hop = received::parse(forged.as_bytes());
        check_received(forged.as_bytes(), &hop);
        let mute = matches!(hop.tls, TlsState::NotStated | TlsState::NotApplicable);
        assert!(
            mute || hop.tls == base.tls,
            "{:?}, not {:?}: {forged}",
            hop.tls,
            base.tls
        );
        // What is known of the session may be less, but not other.
        if let (Some(told), Some(true_one)) = (hop.statement, base.statement) {
            let parts = [
                (told.version, true_one.version),
                (told.cipher, true_one.cipher),
                (told.group, true_one.group),
            ];
            for (told, true_one) in parts {
                assert!(told.is_empty() || told == true_one, "{forged}");
            }
            assert!(
                told.bits.is_none_or(|bits| Some(bits) == true_one.bits),
                "{forged}"
            );
        }
    }
    budget.report("forged_received_headers");
}
