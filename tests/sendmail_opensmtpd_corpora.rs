//! The grammars of Sendmail and OpenSMTPD on what these servers really wrote, against what a tap on the wire
//! saw, and on mutations of it.
//!
//! Reads `../shared/corpora`; says so and passes when it is absent.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use hopgrade::parse::{Absence, Direction, Entry, Fact, Grammar, Kind, Mta, Outcome, Stamp, Turn};
use hopgrade::tls::Version;
use proptest::prelude::*;
use serde_json::Value;

fn corpora() -> Option<PathBuf> {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    if corpora.is_dir() {
        return Some(corpora);
    }
    eprintln!("skipped: ../shared is absent");
    None
}

/// Takes `Mon DD HH:MM:SS [<facility>] host program[pid]: text` apart.
fn unframed(line: &str) -> Option<Entry<'_>> {
    let rest = line.get(16..)?;
    let rest = match rest.strip_prefix('<') {
        Some(rest) => rest.split_once("> ")?.1,
        None => rest,
    };
    let (host, rest) = rest.split_once(' ')?;
    let (tag, text) = rest.split_once(": ")?;
    let (program, pid) = tag.strip_suffix(']')?.split_once('[')?;
    Some(Entry {
        stamp: Stamp::default(),
        host: host.as_bytes(),
        program: program.as_bytes(),
        pid: pid.as_bytes(),
        text: text.as_bytes(),
    })
}

fn grammar(program: &[u8]) -> Option<&'static Grammar> {
    [Mta::Sendmail, Mta::OpenSmtpd]
        .into_iter()
        .filter_map(Grammar::of)
        .find(|grammar| (grammar.claims)(program))
}

fn understood(line: &str) -> Fact<'_> {
    let entry = unframed(line).unwrap_or_else(|| panic!("no frame: {line}"));
    let grammar = grammar(entry.program).unwrap_or_else(|| panic!("not claimed: {line}"));
    match grammar.read_entry(&entry) {
        Outcome::Fact(fact) => fact,
        other => panic!("{other:?}: {line}"),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A session as the log names it: version and suite.
type Named = Option<(Version, String)>;

/// Facts of one log, each with the session of its conversation: the rules that the facts are made for.
fn attributed<'a>(log: &'a str) -> Vec<(Fact<'a>, Named)> {
    let mut open: HashMap<(Option<Direction>, &'a [u8]), Named> = HashMap::new();
    let mut facts = Vec::new();
    for line in log.lines() {
        let fact = understood(line);
        let key = (fact.direction, fact.dialogue);
        match fact.turn {
            Turn::Secured => {
                let tls = fact.tls.unwrap();
                let version = Version::parse(tls.version);
                open.insert(key, version.map(|version| (version, text(tls.cipher))));
            }
            Turn::Opens | Turn::Failed | Turn::Closes | Turn::Restarts => {
                open.remove(&key);
            }
            Turn::Carries
            | Turn::Alone
            | Turn::Remarks
            | Turn::Verified
            | Turn::Lends
            | Turn::Lent
            | Turn::NotLent
            | Turn::ClosesEmpty
            | Turn::BreaksOff
            | Turn::BreaksOffInContent => {}
        }
        let session = match fact.turn {
            Turn::Carries => open.get(&key).cloned().flatten(),
            _ => None,
        };
        facts.push((fact, session));
    }
    facts
}

/// The connections of a scenario in one role: peer and session.
fn wire(scenario: &Value, role: &str) -> Vec<(String, Named)> {
    let peer = if role == "inbound" {
        "client"
    } else {
        "server"
    };
    let hops = scenario["hops"].as_array().unwrap();
    hops.iter()
        .filter(|hop| hop["role"] == role)
        .map(|hop| {
            let version = Version::parse(hop["tls"].as_str().unwrap().as_bytes());
            let cipher = hop["cipher"].as_str().unwrap_or_default().to_owned();
            let name = hop[peer].as_str().unwrap().to_owned();
            (name, version.map(|version| (version, cipher)))
        })
        .collect()
}

fn hold_against_the_wire(mta: &str) -> Option<(u32, u32)> {
    let lab = corpora()?.join("mta-lab");
    let log = std::fs::read_to_string(lab.join(format!("syslog/{mta}.traditional.log"))).unwrap();
    let truth: Value =
        serde_json::from_slice(&std::fs::read(lab.join("truth.json")).unwrap()).unwrap();
    let facts = attributed(&log);
    let (mut arrivals, mut deliveries) = (0, 0);
    for scenario in truth["scenarios"].as_array().unwrap() {
        let Some(id) = scenario["queue_id"]
            .as_str()
            .filter(|_| scenario["mta"] == mta)
        else {
            continue;
        };
        let name = scenario["id"].as_str().unwrap();
        let of_message: Vec<_> = facts
            .iter()
            .filter(|(fact, _)| text(fact.queue_id) == id)
            .collect();
        assert!(!of_message.is_empty(), "{name}");
        for (fact, session) in of_message {
            assert!(!fact.ambiguous, "{name}: {fact:?}");
            match (fact.kind, fact.direction) {
                (Kind::Arrival, Some(Direction::In)) => {
                    arrivals += 1;
                    let (client, wire) = wire(scenario, "inbound").pop().unwrap();
                    assert_eq!(*session, wire, "{name}");
                    if mta == "sm817" {
                        assert_eq!(text(fact.peer.name), client, "{name}");
                        assert_eq!(fact.tls.is_some(), wire.is_some(), "{name}");
                        assert_eq!(
                            Some(text(fact.sender).as_str()),
                            scenario["sender"].as_str()
                        );
                    }
                }
                (Kind::Delivery, Some(Direction::Out)) => {
                    deliveries += 1;
                    let hops = wire(scenario, "outbound");
                    let peer = name_of(fact, &truth["hosts"]);
                    let ours = hops
                        .iter()
                        .rfind(|(server, _)| server.ends_with(parent(&peer)));
                    let (_, wire) = ours.unwrap_or_else(|| panic!("{name}: {peer}"));
                    assert_eq!(session, wire, "{name}");
                    assert_ne!(fact.absence, Absence::Clear, "{name}");
                }
                _ => {}
            }
        }
    }
    Some((arrivals, deliveries))
}

/// Name of the remote host. OpenSMTPD's lines tell its address; the lab knows whose that is.
fn name_of(fact: &Fact<'_>, hosts: &Value) -> String {
    let ip = text(fact.peer.ip);
    let mut known = hosts.as_object().unwrap().iter();
    match fact.peer.name {
        b"" => known
            .find(|(_, address)| **address == *ip)
            .unwrap()
            .0
            .clone(),
        name => text(name),
    }
}

/// `mx-e.host.example` is another name of `mail.host.example`.
fn parent(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, parent)| parent)
}

#[test]
fn sendmail_against_the_wire() {
    if let Some(counts) = hold_against_the_wire("sm817") {
        // One arrival for each scenario that has a queue ID.
        assert_eq!(counts, (26, 6));
    }
}

#[test]
fn opensmtpd_against_the_wire() {
    if let Some(counts) = hold_against_the_wire("os79") {
        assert_eq!(counts, (21, 7));
    }
}

#[test]
fn tls_that_was_required_or_failed_is_told() {
    let Some(corpora) = corpora() else { return };
    for (mta, refused, failed) in [("sm817", 2, 4), ("os79", 1, 7)] {
        let path = corpora.join(format!("mta-lab/syslog/{mta}.traditional.log"));
        let log = std::fs::read_to_string(path).unwrap();
        let count = |kind| {
            log.lines()
                .filter(|line| understood(line).kind == kind)
                .count()
        };
        assert_eq!(count(Kind::TlsRefused), refused, "{mta}");
        assert_eq!(count(Kind::TlsFailed), failed, "{mta}");
    }
}

/// Lines of the samples that are of these servers.
fn samples(corpora: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for mta in ["sm817", "os79"] {
        let path = corpora.join(format!("mta-lab/syslog/{mta}.traditional.log"));
        lines.extend(
            std::fs::read_to_string(path)
                .unwrap()
                .lines()
                .map(str::to_owned),
        );
    }
    for file in ["sendmail-auth", "sendmail-reject"] {
        let path = corpora.join(format!("fail2ban/{file}.json"));
        let rows: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        lines.extend(
            rows.as_array()
                .unwrap()
                .iter()
                .map(|row| row["line"].as_str().unwrap().to_owned()),
        );
    }
    let snippets = std::fs::read_to_string(corpora.join("log-snippets.jsonl")).unwrap();
    for row in snippets
        .lines()
        .map(|row| serde_json::from_str::<Value>(row).unwrap())
    {
        if matches!(row["mta"].as_str(), Some("sendmail" | "opensmtpd")) {
            lines.push(row["line"].as_str().unwrap().to_owned());
        }
    }
    lines
}

#[test]
fn every_sample_is_understood() {
    let Some(corpora) = corpora() else { return };
    let lines = samples(&corpora);
    assert!(lines.len() > 380, "{}", lines.len());
    for line in &lines {
        understood(line);
    }
}

#[test]
fn hosts_that_fail2ban_looks_for_are_found() {
    let Some(corpora) = corpora() else { return };
    let mut found = 0;
    for file in ["sendmail-auth", "sendmail-reject"] {
        let path = corpora.join(format!("fail2ban/{file}.json"));
        let rows: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for row in rows.as_array().unwrap() {
            let Some(host) = row["fail2ban"]["host"].as_str() else {
                continue;
            };
            let line = row["line"].as_str().unwrap();
            let ip = text(understood(line).peer.ip);
            assert!(ip.eq_ignore_ascii_case(host), "{ip}: {line}");
            found += 1;
        }
    }
    assert!(found > 40, "{found}");
}

/// Every slice of the fact lies in the text of its entry, or in its process number.
fn assert_borrowed(entry: &Entry<'_>, fact: &Fact<'_>) {
    let within = |whole: &[u8], part: &[u8]| {
        let (whole, part) = (whole.as_ptr_range(), part.as_ptr_range());
        whole.start <= part.start && part.end <= whole.end
    };
    let tls = fact.tls.unwrap_or_default();
    for part in [
        fact.queue_id,
        fact.dialogue,
        fact.sender,
        fact.address,
        fact.parent_address,
        fact.recipients,
        fact.peer.name,
        fact.peer.helo,
        fact.peer.ip,
        fact.protocol,
        fact.enhanced_status,
        fact.message_id,
        fact.notification,
        fact.text,
        tls.version,
        tls.cipher,
    ] {
        let borrowed = part.is_empty() || within(entry.text, part) || within(entry.pid, part);
        assert!(borrowed, "{part:?}");
    }
}

fn read_as_both(raw: &[u8]) {
    for mta in [Mta::Sendmail, Mta::OpenSmtpd] {
        let entry = Entry {
            pid: b"1234",
            text: raw,
            ..Entry::default()
        };
        if let Outcome::Fact(fact) = Grammar::of(mta).unwrap().read_entry(&entry) {
            assert_borrowed(&entry, &fact);
            assert!(!fact.ambiguous || fact.tls.is_none());
        }
    }
}

/// Lines of these servers with reserved names, for mutation where the samples are absent.
const LINES: [&str; 10] = [
    "4BQ7Xabc001234: from=<a@example.org>, size=287, class=0, nrcpts=2, msgid=<m@example.org>, proto=ESMTPS, daemon=MTA, relay=h.example.org [192.0.2.7]",
    "4BQ7Xabc001234: to=<b@example.net>,<c@example.net>, ctladdr=<a@example.org> (1/1), delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.9], dsn=5.1.1, reply=550 5.1.1 no, stat=User unknown",
    "STARTTLS=client, relay=mx.example.net., version=TLSv1.3, verify=OK, cipher=TLS_AES_256_GCM_SHA384, bits=256/256",
    "4BQ7Xabc001234: ruleset=check_rcpt, arg1=<b@example.net>, relay=[192.0.2.7], reject=550 5.7.1 <b@example.net>... no",
    "6012f8a37ab8dbed smtp message msgid=c9adb6bb size=485 nrcpt=1 proto=ESMTP",
    "6012f8a37ab8dbed mta delivery evpid=0947b0cf0a80d493 from=<a@example.org> to=<b@example.net> rcpt=<-> source=\"192.0.2.1\" relay=\"192.0.2.9 (mx.example.net)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 Ok\"",
    "6012f8a37ab8dbed smtp failed-command command=\"RCPT TO:<b@example.net>\" result=\"550 Invalid recipient\"",
    "6012f8a37ab8dbed mta tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256",
    "smtp-in: Accepted message c9adb6bb on session 6012f8a37ab8dbed: from=<a@example.org>, to=<b@example.net>, size=485, ndest=1, proto=ESMTP",
    "relay: Ok for 0947b0cf0a80d493: session=6012f8a37ab8dbed, from=<>, to=<b@example.net>, rcpt=<->, source=-, relay=192.0.2.9 (mx.example.net), delay=1s, stat=250 Ok",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_break_the_reading(raw: Vec<u8>) {
        read_as_both(&raw);
    }

    #[test]
    fn no_mutation_breaks_the_reading(
        which in 0..LINES.len(),
        other in 0..LINES.len(),
        cut in 0_usize..250,
        place in 0_usize..250,
        junk in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut line = LINES[which].as_bytes().to_vec();
        let at = place.min(line.len());
        line.splice(at..at, junk);
        line.truncate(cut.max(at));
        read_as_both(&line);
        // A line inside another: a field that holds what its sender likes.
        let at = place.min(LINES[which].len());
        let mut inside = LINES[which].as_bytes()[..at].to_vec();
        inside.extend_from_slice(LINES[other].as_bytes());
        inside.extend_from_slice(&LINES[which].as_bytes()[at..]);
        read_as_both(&inside);
    }
}
