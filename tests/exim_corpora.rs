//! The Exim grammar against real logs: Exim's own test suite, a lab with a tap on the wire, and single
//! lines from the field. Reads `../shared`; where that is absent each test says so and returns.

#![expect(clippy::expect_used, reason = "a helper may fail its test")]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use common::{corpora, files, json, lines, text};
use hopgrade::parse::{Direction, Fact, Flag, Kind, Outcome, exim};
use hopgrade::tls::{Trouble, Verify, Version};
use proptest::prelude::*;
use serde_json::Value;

fn facts(text: &[u8]) -> Vec<Fact<'_>> {
    lines(text)
        .filter_map(|line| match exim::line(line) {
            Outcome::Fact(fact) => Some(fact),
            _ => None,
        })
        .collect()
}

fn exim_logs(corpora: &Path) -> Vec<PathBuf> {
    let mut found = files(&corpora.join("exim-testsuite"), &["/log/", "/rejectlog/"]);
    found.extend(files(&corpora.join("exim-generated-4.96"), &["mainlog"]));
    found.extend(files(&corpora.join("mta-lab/logs"), &["/ex", "/seed493/"]));
    found.extend(files(
        &corpora.join("exim-exporter/test"),
        &["/mainlog", "/rejectlog", "/paniclog"],
    ));
    found
}

/// Prints what is not understood, by reason and folder, so that a person can look at each kind.
#[test]
fn what_is_not_understood_is_free_text() {
    let Some(corpora) = corpora() else { return };
    let mut table: BTreeMap<(String, &str), (usize, String)> = BTreeMap::new();
    let mut all = 0_usize;
    for path in exim_logs(&corpora) {
        let folder = path
            .strip_prefix(&corpora)
            .expect("below the corpora")
            .components()
            .take(2)
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join("/");
        let log = fs::read(&path).expect("a readable log");
        for line in lines(&log) {
            all += 1;
            let reason = match exim::line(line) {
                Outcome::NotUnderstood(reason) => reason,
                Outcome::NotMine => "(not of this grammar)",
                Outcome::Fact(_)
                | Outcome::Continuation
                | Outcome::Foreign
                | Outcome::LinesLost(_) => continue,
            };
            let row = table.entry((folder.clone(), reason)).or_default();
            row.0 += 1;
            if row.1.is_empty() {
                row.1 = text(line);
            }
            let only_words =
                reason == "words of no known kind" || reason == "(not of this grammar)";
            assert!(
                only_words || folder.starts_with("exim-testsuite"),
                "{reason}: {}",
                text(line)
            );
            assert!(
                folder.starts_with("exim-testsuite"),
                "a real log is understood whole: {}",
                text(line)
            );
        }
    }
    println!("of {all} lines:");
    for ((folder, reason), (count, example)) in &table {
        println!(
            "{count:6} {folder:28} {reason:32} {}",
            example.chars().take(100).collect::<String>()
        );
    }
    let lost: usize = table.values().map(|(count, _)| count).sum();
    assert!(lost * 10 < all, "{lost} of {all}");
}

/// One TCP connection as the tap saw it.
struct Hop<'a>(&'a Value);

impl Hop<'_> {
    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    fn version(&self) -> Option<Version> {
        Version::parse(self.text("tls").as_bytes())
    }
}

struct Truth {
    value: Value,
}

impl Truth {
    fn read(corpora: &Path) -> Self {
        Self {
            value: json(&corpora.join("mta-lab/truth.json")),
        }
    }

    fn ip(&self, host: &str) -> &str {
        self.value["hosts"][host].as_str().unwrap_or_default()
    }

    fn scenario(&self, message_id: &str, queue_id: &str) -> Option<&Value> {
        let all = self.value["scenarios"].as_array().expect("a list");
        all.iter()
            .find(|one| one["queue_id"] == queue_id)
            .or_else(|| all.iter().find(|one| one["message_id"] == message_id))
    }
}

const LAB: [(&str, bool); 3] = [("ex493o", true), ("ex496", false), ("ex4100", false)];

/// Every arrival and delivery of the lab states what was on the wire, forged fields or not.
#[test]
fn lab_statements_equal_the_wire() {
    let Some(corpora) = corpora() else { return };
    let truth = Truth::read(&corpora);
    for (mta, openssl) in LAB {
        let log = fs::read(corpora.join("mta-lab/logs").join(mta).join("mainlog")).expect("a log");
        let own = format!("mail.{mta}.example");
        let mut scenarios: HashMap<String, &Value> = HashMap::new();
        let (mut arrivals, mut deliveries, mut with_tls) = (0, 0, 0);
        for fact in facts(&log) {
            let inbound = fact.kind == Kind::Arrival && fact.direction == Some(Direction::In);
            let outbound = matches!(fact.kind, Kind::Delivery | Kind::Failure)
                && fact.direction == Some(Direction::Out);
            let queue_id = text(fact.queue_id);
            if !inbound && !outbound {
                continue;
            }
            let known = scenarios.get(&queue_id).copied();
            let Some(scenario) =
                known.or_else(|| truth.scenario(&text(fact.message_id), &queue_id))
            else {
                continue;
            };
            scenarios.insert(queue_id.clone(), scenario);
            let near = if inbound { "server" } else { "client" };
            let far = if inbound { "client" } else { "server" };
            let hops = scenario["hops"].as_array().expect("a list");
            let hop = hops
                .iter()
                .map(Hop)
                .rfind(|hop| {
                    hop.text(near) == own && truth.ip(hop.text(far)).as_bytes() == fact.peer.ip
                })
                .or_else(|| {
                    hops.iter()
                        .map(Hop)
                        .find(|hop| inbound && hop.text("server") == own)
                });
            let id = scenario["id"].as_str().unwrap_or_default();
            let Some(hop) = hop else {
                assert!(
                    fact.kind == Kind::Failure,
                    "{mta} {id}: no hop for {fact:?}"
                );
                continue;
            };
            assert!(!fact.ambiguous, "{mta} {id} {queue_id}");
            let stated = fact.tls.and_then(|tls| Version::parse(tls.version));
            // A failure before STARTTLS names no session.
            if fact.kind == Kind::Failure && fact.tls.is_none() {
                continue;
            }
            assert_eq!(
                stated,
                hop.version(),
                "{mta} {id} {queue_id} {}",
                hop.text("tls")
            );
            assert_eq!(fact.tls.is_some(), hop.version().is_some(), "{mta} {id}");
            if let Some(tls) = fact.tls {
                with_tls += 1;
                if openssl {
                    assert_eq!(text(tls.cipher), hop.text("cipher"), "{mta} {id}");
                }
                if !tls.group.is_empty() && !hop.text("group").is_empty() {
                    assert!(
                        text(tls.group).eq_ignore_ascii_case(hop.text("group")),
                        "{mta} {id}"
                    );
                }
            }
            if inbound {
                arrivals += 1;
            } else {
                deliveries += 1;
            }
        }
        println!("{mta}: {arrivals} arrivals, {deliveries} deliveries, {with_tls} with TLS");
        assert!(arrivals >= 60 && deliveries >= 25 && with_tls >= 30);
    }
}

/// Each refusal and downgrade of the lab happened on the wire, and each one on the wire is stated.
#[test]
fn lab_refusals_and_downgrades_equal_the_wire() {
    let Some(corpora) = corpora() else { return };
    let truth = Truth::read(&corpora);
    for (mta, _) in LAB {
        let log = fs::read(corpora.join("mta-lab/logs").join(mta).join("mainlog")).expect("a log");
        let facts = facts(&log);
        let (mut refused, mut sent_in_clear) = (0, 0);
        for fact in &facts {
            let Some(scenario) = truth.scenario("", &text(fact.queue_id)) else {
                continue;
            };
            let hops: Vec<Hop<'_>> = scenario["hops"]
                .as_array()
                .expect("a list")
                .iter()
                .map(Hop)
                .filter(|hop| truth.ip(hop.text("server")).as_bytes() == fact.peer.ip)
                .collect();
            let offered = |hop: &Hop<'_>| hop.0["starttls_offered"] == true;
            match (fact.kind, fact.trouble) {
                (Kind::TlsRefused, Some(Trouble::StarttlsNotSupported)) => {
                    assert!(hops.iter().any(|hop| !offered(hop)), "{mta} {fact:?}");
                    refused += 1;
                }
                (Kind::TlsRefused, Some(Trouble::StarttlsFailed)) => {
                    let answered = |hop: &Hop<'_>| hop.text("starttls_reply").starts_with('4');
                    assert!(hops.iter().any(answered), "{mta} {fact:?}");
                    refused += 1;
                }
                (Kind::TlsDowngrade, Some(_)) => {
                    let failed = |hop: &Hop<'_>| hop.text("handshake") == "failed";
                    let clear = |hop: &Hop<'_>| hop.text("handshake").is_empty();
                    assert!(
                        hops.iter().any(failed) && hops.iter().any(clear),
                        "{mta} {fact:?}"
                    );
                    sent_in_clear += 1;
                }
                (Kind::TlsRefused | Kind::TlsDowngrade, other) => panic!("{mta}: {other:?}"),
                (Kind::RetryWait, trouble) => assert_eq!(trouble, None),
                _ => {}
            }
        }
        println!("{mta}: {refused} refused, {sent_in_clear} downgraded");
        assert!(refused >= 4 && sent_in_clear >= 2);
    }
}

/// The story of the seed, replayed by a real Exim under a shifted clock.
#[test]
fn the_seed_is_told_right() {
    let Some(corpora) = corpora() else { return };
    let log = fs::read(corpora.join("mta-lab/logs/seed493/mainlog")).expect("a log");
    let facts = facts(&log);
    let first: Vec<&Fact<'_>> = facts
        .iter()
        .filter(|fact| fact.queue_id == b"1j6RJH-0002HK-0C")
        .collect();
    let kinds: Vec<Kind> = first.iter().take(10).map(|fact| fact.kind).collect();
    let mut expected = vec![Kind::Arrival, Kind::TlsRefused, Kind::Deferral];
    expected.extend([Kind::RetryWait; 5]);
    expected.extend([Kind::TlsRefused, Kind::Deferral]);
    assert_eq!(kinds, expected);
    for fact in &first {
        match fact.kind {
            Kind::TlsRefused | Kind::Deferral => {
                assert_eq!(fact.trouble, Some(Trouble::StarttlsNotSupported));
                assert_eq!(fact.peer.ip, b"127.0.2.51");
                assert_eq!(fact.direction, Some(Direction::Out));
            }
            _ => assert_eq!(fact.trouble, None),
        }
    }
}

fn generated(corpora: &Path, name: &str) -> Vec<u8> {
    let path = corpora
        .join("exim-generated-4.96")
        .join(name)
        .join("cli.mainlog");
    fs::read(path).expect("a log")
}

/// The claims of that folder's README.
#[test]
fn generated_logs_say_what_was_built() {
    let Some(corpora) = corpora() else { return };
    for (name, version, cipher) in [
        ("t1", Version::Tls13, "AES_256_GCM"),
        ("t2_tls12", Version::Tls12, ""),
        ("t5_rsa_cbc", Version::Tls12, "RSA__AES_128_CBC__SHA1"),
        ("t8_all_selectors", Version::Tls13, ""),
        ("t12_rich", Version::Tls13, ""),
    ] {
        let log = generated(&corpora, name);
        let facts = facts(&log);
        for address in ["user1@tls.test", "user4@tls.test", "extra@tls.test"] {
            let delivered = facts
                .iter()
                .find(|fact| fact.kind == Kind::Delivery && fact.address == address.as_bytes())
                .expect("a delivery");
            let tls = delivered.tls.expect("a statement");
            assert_eq!(
                Version::parse(tls.version),
                Some(version),
                "{name} {address}"
            );
            assert!(text(tls.cipher).contains(cipher), "{name} {address}");
            assert!(delivered.peer_queue_id().len() == 16, "{name} {address}");
        }
        deferrals(&facts, name, "user2@plain.test", Some(-38), Some(-54));
        deferrals(&facts, name, "user3@dead.test", Some(111), Some(-54));
    }
    let log = generated(&corpora, "t7_opportunistic");
    let plain = facts(&log)
        .into_iter()
        .find(|fact| fact.kind == Kind::Delivery && fact.address == b"user2@plain.test")
        .expect("a delivery in clear");
    assert_eq!(plain.tls, None);
    assert_eq!(plain.direction, Some(Direction::Out));
}

fn deferrals(facts: &[Fact<'_>], name: &str, address: &str, first: Option<i16>, then: Option<i16>) {
    let found: Vec<(Kind, Option<i16>)> = facts
        .iter()
        .filter(|fact| fact.flag == Some(Flag::Deferred) && fact.address == address.as_bytes())
        .map(|fact| (fact.kind, fact.errno))
        .collect();
    assert_eq!(
        found,
        [(Kind::Deferral, first), (Kind::RetryWait, then)],
        "{name} {address}"
    );
}

#[test]
fn reused_and_cutthrough_connections_say_nothing_of_the_certificate() {
    let Some(corpora) = corpora() else { return };
    let mut unsaid = 0;
    for (mta, _) in LAB {
        let log = fs::read(corpora.join("mta-lab/logs").join(mta).join("mainlog")).expect("a log");
        for fact in facts(&log) {
            if fact.peer.reused || fact.flag == Some(Flag::Cutthrough) {
                let verify = fact.tls.and_then(|tls| tls.verify);
                assert_ne!(verify, Some(Verify::Unverified));
                unsaid += usize::from(verify.is_none());
            }
        }
    }
    assert!(unsaid >= 3);
}

#[test]
fn masked_suites_load_without_being_understood() {
    let Some(corpora) = corpora() else { return };
    let mut masked = 0;
    for release in ["exim-4.96", "exim-4.99.1"] {
        for path in files(
            &corpora.join("exim-testsuite").join(release).join("log"),
            &[""],
        ) {
            let log = fs::read(&path).expect("a log");
            for fact in facts(&log) {
                if let Some(tls) = fact.tls
                    && tls.version == b"TLS1.x"
                {
                    assert_eq!(Version::parse(tls.version), None);
                    assert_eq!(tls.bits, None);
                    masked += 1;
                }
            }
        }
    }
    assert!(masked > 200, "{masked}");
}

/// Single lines from the field, with what each one must state.
#[test]
fn lines_from_the_field() {
    let Some(corpora) = corpora() else { return };
    let snippets = fs::read_to_string(corpora.join("log-snippets.jsonl")).expect("a file");
    let mut seen = 0;
    for row in snippets.lines() {
        let row: Value = serde_json::from_str(row).expect("JSON");
        if row["mta"] != "exim" {
            continue;
        }
        let line = row["line"].as_str().expect("a line");
        match exim::line(line.as_bytes()) {
            Outcome::Fact(fact) => {
                seen += 1;
                assert!(!fact.ambiguous, "{line}");
                assert_eq!(fact.tls.is_some(), line.contains(" X="), "{line}");
            }
            Outcome::NotMine => assert!(line.starts_with("TLS error"), "{line}"),
            other => panic!("{other:?}: {line}"),
        }
    }
    assert!(seen >= 14, "{seen}");
}

/// Hosts that fail2ban finds in its own sample lines: the peer, never a forged name.
#[test]
fn fail2ban_agrees_on_the_host() {
    let Some(corpora) = corpora() else { return };
    let mut agreed = 0;
    for name in ["exim.json", "exim-spam.json"] {
        let rows = json(&corpora.join("fail2ban").join(name));
        for row in rows.as_array().expect("a list") {
            let line = row["line"].as_str().expect("a line");
            let (Outcome::Fact(fact), Some(host)) = (
                exim::line(line.as_bytes()),
                row["fail2ban"]["host"].as_str(),
            ) else {
                continue;
            };
            if fact.peer.ip.is_empty() {
                continue;
            }
            assert_eq!(text(fact.peer.ip), host, "{line}");
            agreed += 1;
        }
    }
    println!("{agreed} lines");
    assert!(agreed >= 48, "{agreed}");
}

#[test]
fn logs_are_detected() {
    let Some(corpora) = corpora() else { return };
    for path in exim_logs(&corpora) {
        let name = path.to_string_lossy().into_owned();
        let real =
            name.contains("mta-lab") || name.contains("generated") || name.contains("exporter");
        if !real {
            continue;
        }
        let log = fs::read(&path).expect("a log");
        let score = exim::detect(lines(&log).take(200));
        assert!(score >= 50, "{name}: {score}");
        // From the middle of a line on.
        let middle = &log[log.len() / 2..];
        let score = exim::detect(lines(middle).take(200));
        assert!(score >= 30 || middle.len() < 300, "{name}: {score}");
    }
    for path in files(&corpora.join("mta-lab/logs"), &["/pf37"]) {
        let log = fs::read(&path).expect("a log");
        assert_eq!(exim::detect(lines(&log).take(200)), 0);
    }
}

fn sample_lines() -> Vec<Vec<u8>> {
    let Some(corpora) = corpora() else {
        return vec![b"2020-02-25 04:55:03 1j69ZJ-0001iL-S3 Completed".to_vec()];
    };
    let mut found = Vec::new();
    for path in exim_logs(&corpora) {
        let log = fs::read(&path).expect("a log");
        found.extend(lines(&log).step_by(7).map(<[u8]>::to_vec));
    }
    found
}

/// Every slice of a fact lies inside its line.
fn within(line: &[u8], fact: &Fact<'_>) {
    let start = line.as_ptr() as usize;
    let end = start + line.len();
    let tls = fact.tls.unwrap_or_default();
    for part in [
        fact.queue_id,
        fact.sender,
        fact.address,
        fact.parent_address,
        fact.recipients,
        fact.router,
        fact.transport,
        fact.peer.name,
        fact.peer.helo,
        fact.peer.ip,
        fact.peer_queue_id(),
        fact.protocol,
        fact.enhanced_status,
        fact.message_id,
        fact.reference,
        fact.subject,
        fact.text,
        tls.version,
        tls.cipher,
        tls.group,
    ] {
        let at = part.as_ptr() as usize;
        assert!(part.is_empty() || (at >= start && at + part.len() <= end));
    }
    assert!(!fact.ambiguous || fact.tls.is_none());
}

fn check(line: &[u8]) {
    if let Outcome::Fact(fact) = exim::line(line) {
        within(line, &fact);
    }
    let entry = hopgrade::parse::Entry {
        text: line,
        ..hopgrade::parse::Entry::default()
    };
    if let Outcome::Fact(fact) = exim::entry(&entry) {
        within(line, &fact);
    }
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn any_bytes_are_read_without_a_panic(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&line);
    }

    #[test]
    fn any_rest_behind_a_frame_is_read_without_a_panic(
        mark in prop::sample::select(vec!["<= ", "(= ", "=> ", "-> ", ">> ", "*> ", "** ", "== ", ""]),
        parts in proptest::collection::vec(
            prop::sample::select(vec![
                " ", "a@b", "\"", "\\", "<", ">", "(", ")", "[", "]", "[192.0.2.1]", ":", ": ", "*", " H=", " P=",
                " X=TLS1.3:A:256", " CV=", " DN=\"", " C=\"", " T=", " R=", " F=<", " defer", " (-38)", " id=", " for ",
                " from <", " U=", " S=1", "\u{fc}", "rejected RCPT ", " DT=1s", ") [192.0.2.2] P=esmtp",
            ]),
            0..30,
        ),
    ) {
        let line = format!("2020-02-25 04:55:03 1j69ZJ-0001iL-S3 {mark}{}", parts.concat());
        check(line.as_bytes());
        let line = format!("2020-02-25 04:55:03 {}", parts.concat());
        check(line.as_bytes());
    }
}

/// Real lines with bytes changed, cut and doubled.
#[test]
fn mutated_real_lines_are_read_without_a_panic() {
    let samples = sample_lines();
    let mut runner = proptest::test_runner::TestRunner::new(cases(3000));
    let change = (
        prop::sample::select(samples),
        proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    runner
        .run(&change, |(mut line, bytes, cut, double)| {
            for (at, byte) in bytes {
                if !line.is_empty() {
                    let at = at.index(line.len());
                    line[at] = byte;
                }
            }
            check(&line);
            if !line.is_empty() {
                let doubled = line[double.index(line.len())..].to_vec();
                line.extend(doubled);
                check(&line);
                check(&line[..cut.index(line.len())]);
            }
            Ok(())
        })
        .expect("no line panics");
}

/// Time grows with the length of a line, not with its square.
#[test]
fn long_hostile_lines_are_read_in_linear_time() {
    let frame = "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 ";
    for repeated in [
        " P=",
        " H=(",
        ") [192.0.2.1]",
        "(x) [192.0.2.1] F=<",
        " <\"",
        "\" ",
        " C=\"",
        " DN=\"",
        ": ",
        "\\\"",
        " X=a:b:c",
        " U=x",
        " (",
        "<",
        " for \"",
        " I=[192.0.2.1]:1",
        ") [192.0.2.1] TFO Ci=1",
        " id=\"",
        " defer (",
    ] {
        for start in [
            "<= a@b H=(",
            "=> ",
            "** ",
            "== ",
            "H=(",
            "SMTP connection from (",
            "U=",
            "\" H=",
        ] {
            let line = format!("{frame}{start}{}", repeated.repeat(100_000));
            let begun = std::time::Instant::now();
            check(line.as_bytes());
            let taken = begun.elapsed();
            assert!(taken.as_secs() < 2, "{start}{repeated}: {taken:?}");
        }
    }
}
