//! The Postfix grammar against real lines: labelled ones, a lab with a tap on the wire, lines from the field.
//! Reads `../shared`; where that is absent each test says so and returns.

#![expect(clippy::expect_used, reason = "a helper may fail its test")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use hopgrade::parse::{Absence, Direction, Entry, Fact, Kind, Outcome, Turn, postfix};
use hopgrade::tls::Trouble;
use proptest::prelude::*;
use serde_json::Value;

fn corpora() -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
    if path.is_dir() {
        return Some(path.to_path_buf());
    }
    eprintln!("skipped: ../shared is absent");
    None
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
}

/// Takes `Mon DD HH:MM:SS host tag[pid]: text` or the same with an ISO stamp apart.
fn unframed(line: &[u8]) -> Option<Entry<'_>> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let words = if line.first()?.is_ascii_digit() { 1 } else { 3 };
    let mut rest = line;
    for _ in 0..words {
        rest = rest.trim_ascii_start();
        let end = rest.iter().position(|byte| *byte == b' ')?;
        rest = rest.get(end..)?;
    }
    let rest = rest.trim_ascii_start();
    let end = rest.iter().position(|byte| *byte == b' ')?;
    let (host, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
    let end = rest.windows(2).position(|pair| pair == b": ")?;
    let (tag, text) = (rest.get(..end)?, rest.get(end + 2..)?);
    let open = tag
        .iter()
        .position(|byte| *byte == b'[')
        .unwrap_or(tag.len());
    let pid = tag.get(open..)?;
    let pid = pid.strip_prefix(b"[").unwrap_or(pid);
    Some(Entry {
        host,
        program: tag.get(..open)?,
        pid: pid.strip_suffix(b"]").unwrap_or(pid),
        text,
        ..Entry::default()
    })
}

/// Every log with Postfix lines in a traditional or ISO frame.
fn logs(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = [
        "mta-lab/logs/pf37/postfix.log",
        "mta-lab/logs/pf37q/postfix.log",
        "mta-lab/syslog/pf311.traditional.log",
        "mta-lab/syslog/pf311.iso.log",
        "mta-lab/journald/journalctl.short",
        "mta-lab/journald/journalctl.short-iso",
        "fail2ban/fail2ban/tests/files/logs/postfix",
    ]
    .iter()
    .map(|name| root.join(name))
    .collect();
    for folder in fs::read_dir(root.join("crowdsec/.tests")).expect("a folder") {
        for file in fs::read_dir(folder.expect("an entry").path()).expect("a folder") {
            let path = file.expect("an entry").path();
            if path.extension().is_some_and(|kind| kind == "log") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_line_from_the_field_is_understood() {
    let Some(root) = corpora() else { return };
    let (mut read, mut odd) = (0_usize, Vec::new());
    for path in logs(&root) {
        let log = fs::read(&path).expect("a readable log");
        for line in lines(&log) {
            let Some(entry) = unframed(line).filter(|entry| postfix::claims(entry.program)) else {
                continue;
            };
            read += 1;
            match postfix::entry(&entry) {
                Outcome::Fact(fact) => assert!(
                    fact.kind != Kind::Delivery || fact.direction.is_some(),
                    "{}",
                    text(line)
                ),
                outcome => odd.push(format!("{outcome:?}: {}", text(line))),
            }
        }
    }
    assert!(
        odd.is_empty(),
        "{} of {read}:\n{}",
        odd.len(),
        odd.join("\n")
    );
    assert!(read > 3000, "{read}");
}

/// The program that a labelled line comes from, by the name of its case; `None` for parts of lines.
fn program(case: &Value) -> Option<String> {
    let pattern = case["pattern"].as_str()?;
    let parts = ["COMMAND_COUNTER", "DELAYS", "RELAY", "TLS_FEATURES"];
    if parts.iter().any(|part| pattern.contains(part)) {
        return None;
    }
    let name = pattern.strip_prefix("^%{POSTFIX_")?;
    let name = name
        .split('}')
        .next()?
        .to_ascii_lowercase()
        .replace('_', "-");
    Some(format!("postfix/{name}"))
}

/// What a fact has of a labelled field; `None` where it has no such field.
fn field(fact: &Fact<'_>, name: &str) -> Option<String> {
    let tls = fact.tls.unwrap_or_default();
    let number = |number: Option<u16>| number.map(|number| number.to_string()).unwrap_or_default();
    Some(match name {
        "postfix_queueid" => text(fact.queue_id),
        "postfix_client_hostname" | "postfix_relay_hostname" => text(fact.peer.name),
        "postfix_client_ip" | "postfix_relay_ip" => text(fact.peer.ip),
        "postfix_client_port" | "postfix_relay_port" => number(fact.peer.port),
        "postfix_status_code_enhanced" => text(fact.enhanced_status),
        "postfix_bounce_queueid" => text(fact.notification),
        "postfix_message-id" => text(fact.message_id),
        "postfix_from" => text(fact.sender),
        "postfix_tls_version" => text(tls.version),
        "postfix_tls_cipher" => text(tls.cipher),
        "postfix_tls_cipher_size" => number(tls.bits),
        "postfix_tls_key_exchange" => text(tls.group),
        "postfix_tls_trustlevel" => tls
            .verify
            .map(|verify| verify.name().to_owned())
            .unwrap_or_default(),
        _ => return None,
    })
}

/// The label as a fact holds it.
fn label(name: &str, value: &Value) -> String {
    let value = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match (name, value.as_str()) {
        ("postfix_queueid", "NOQUEUE") | (_, "unknown") => String::new(),
        ("postfix_tls_cipher_size", bits) => bits.split('/').next().unwrap_or_default().to_owned(),
        ("postfix_tls_trustlevel", "Untrusted") => "unverified".to_owned(),
        ("postfix_tls_trustlevel", level) => level.to_ascii_lowercase(),
        ("postfix_message-id", id) => id.trim_start_matches('<').trim_end_matches('>').to_owned(),
        _ => value,
    }
}

fn key_values(fact: &Fact<'_>, data: &str, line: &str) -> usize {
    let mut checked = 0;
    for part in data.split([' ', ',']).filter(|part| !part.is_empty()) {
        let Some((key, value)) = part.split_once('=') else {
            continue;
        };
        let bare = value.trim_start_matches('<').trim_end_matches('>');
        let own = match key {
            "to" => text(fact.address),
            "orig_to" => text(fact.parent_address),
            "from" => text(fact.sender),
            "helo" => text(fact.peer.helo),
            "proto" => text(fact.protocol),
            "dsn" => text(fact.enhanced_status),
            "client" => format!("{}[{}]", text(fact.peer.name), text(fact.peer.ip)),
            "relay" if value.contains("]:") => format!(
                "{}[{}]:{}",
                text(fact.peer.name),
                text(fact.peer.ip),
                fact.peer.port.unwrap_or_default()
            ),
            _ => continue,
        };
        checked += 1;
        assert_eq!(
            own,
            if bare.is_empty() { "<>" } else { bare },
            "{key} of {line}"
        );
    }
    checked
}

#[test]
fn labelled_lines() {
    let Some(root) = corpora() else { return };
    let cases = fs::read_to_string(root.join("postfix-cases.jsonl")).expect("readable cases");
    let mut checked = 0_usize;
    for case in cases.lines() {
        let case: Value = serde_json::from_str(case).expect("JSON");
        let Some(program) = program(&case) else {
            continue;
        };
        let line = case["line"].as_str().expect("a line");
        assert!(postfix::claims(program.as_bytes()), "{program}");
        let entry = Entry {
            program: program.as_bytes(),
            pid: b"1",
            text: line.as_bytes(),
            ..Entry::default()
        };
        let outcome = postfix::entry(&entry);
        let Outcome::Fact(fact) = outcome else {
            panic!("{outcome:?}: {line}")
        };
        for (name, value) in case["expected"].as_object().expect("labels") {
            if program.ends_with("anvil") {
                continue;
            }
            if let Some(own) = field(&fact, name) {
                checked += 1;
                assert_eq!(own, label(name, value), "{name} of {line}");
            }
            if name == "postfix_keyvalue_data" {
                checked += key_values(&fact, value.as_str().expect("text"), line);
            }
            let said = [
                "postfix_smtp_response",
                "postfix_local_response",
                "postfix_pipe_response",
                "postfix_error_response",
                "postfix_status_message",
            ];
            if said.contains(&name.as_str()) {
                checked += 1;
                assert!(
                    text(fact.text).contains(value.as_str().expect("text")),
                    "{name} of {line}"
                );
            }
        }
        assert_kind(&fact, &case);
    }
    assert!(checked > 200, "{checked}");
}

fn assert_kind(fact: &Fact<'_>, case: &Value) {
    let labels = &case["expected"];
    let kind = match (
        labels["postfix_status"].as_str(),
        labels["postfix_action"].as_str(),
    ) {
        (Some("sent"), _) => Kind::Delivery,
        (Some("bounced" | "expired"), _) => Kind::Failure,
        (_, Some("reject")) => Kind::Rejection,
        (Some("undeliverable-but-not-cached"), _) | (_, Some("reject_warning" | "filter")) => {
            Kind::Note
        }
        _ => return,
    };
    assert_eq!(fact.kind, kind, "{case}");
}

/// What a model would keep of one process: the session that holds for the lines that follow.
#[derive(Default)]
struct Dialogue {
    session: Option<(String, String)>,
    carried: Option<String>,
}

/// The version that holds for a line, by turns alone: the plainest model that is right.
fn follow(open: &mut HashMap<(String, String), Dialogue>, fact: &Fact<'_>) -> Option<String> {
    let dialogue = open
        .entry((text(fact.program), text(fact.dialogue)))
        .or_default();
    match fact.turn {
        Turn::Opens | Turn::Failed | Turn::Closes | Turn::ClosesEmpty | Turn::Restarts => {
            *dialogue = Dialogue::default();
        }
        Turn::Secured => {
            let version = fact.tls.map(|tls| text(tls.version)).unwrap_or_default();
            *dialogue = Dialogue {
                session: Some((text(fact.peer.ip), version)),
                carried: None,
            };
        }
        Turn::Carries => {
            let id = text(fact.queue_id);
            let other = dialogue
                .carried
                .as_ref()
                .is_some_and(|carried| *carried != id);
            if fact.direction == Some(Direction::Out) && other {
                dialogue.session = None;
            }
            dialogue.carried = Some(id);
            let session = dialogue.session.as_ref()?;
            return (session.0 == text(fact.peer.ip)).then(|| session.1.clone());
        }
        Turn::Alone
        | Turn::Remarks
        | Turn::Verified
        | Turn::Lends
        | Turn::Lent
        | Turn::NotLent
        | Turn::BreaksOff
        | Turn::BreaksOffInContent => {}
    }
    None
}

/// The versions that the tap saw for a message, by direction and server.
fn wire(truth: &Value, id: &str, mta: &str, fact: &Fact<'_>) -> Vec<String> {
    let own = format!("mail.{mta}.example");
    let scenarios = truth["scenarios"].as_array().expect("scenarios");
    let hops = scenarios
        .iter()
        .filter(|scenario| scenario["mta"] == mta && scenario["queue_id"] == id)
        .flat_map(|scenario| scenario["hops"].as_array().expect("hops"));
    hops.filter(|hop| match fact.direction {
        Some(Direction::In) => hop["server"] == own && hop["role"] == "inbound",
        _ => hop["client"] == own && hop["server"] == text(fact.peer.name).as_str(),
    })
    .map(|hop| match hop["tls"].as_str() {
        // Postfix writes the name of OpenSSL.
        Some("TLSv1.0") => "TLSv1".to_owned(),
        seen => seen.unwrap_or("none").to_owned(),
    })
    .collect()
}

#[test]
fn turns_lead_to_what_was_on_the_wire() {
    let Some(root) = corpora() else { return };
    let truth = fs::read(root.join("mta-lab/truth.json")).expect("readable truth");
    let truth: Value = serde_json::from_slice(&truth).expect("JSON");
    for (mta, path, tells) in [
        ("pf37", "mta-lab/logs/pf37/postfix.log", true),
        ("pf37q", "mta-lab/logs/pf37q/postfix.log", false),
        ("pf311", "mta-lab/syslog/pf311.traditional.log", true),
    ] {
        let log = fs::read(root.join(path)).expect("a readable log");
        let mut open = HashMap::new();
        let (mut compared, mut encrypted) = (0_usize, 0_usize);
        for line in lines(&log) {
            let Some(entry) = unframed(line).filter(|entry| postfix::claims(entry.program)) else {
                continue;
            };
            let Outcome::Fact(fact) = postfix::entry(&entry) else {
                continue;
            };
            let session = follow(&mut open, &fact);
            if !matches!(fact.kind, Kind::Delivery | Kind::Arrival) {
                continue;
            }
            let wire = wire(&truth, &text(fact.queue_id), mta, &fact);
            if wire.is_empty() {
                continue;
            }
            compared += 1;
            let line = text(line);
            if let Some(version) = &session {
                encrypted += 1;
                assert!(wire.contains(version), "{version}, not {wire:?}: {line}");
            } else if fact.tls.is_some() {
                assert!(wire.iter().all(|tls| tls != "none"), "{wire:?}: {line}");
            } else if fact.absence == Absence::Clear || (tells && fact.absence == Absence::Telling)
            {
                assert!(wire.iter().any(|tls| tls == "none"), "{wire:?}: {line}");
            }
        }
        assert!(compared > 40, "{mta}: {compared}");
        assert_eq!(encrypted > 20, tells, "{mta}: {encrypted}");
    }
}

#[test]
fn what_was_refused_was_not_sent() {
    let Some(root) = corpora() else { return };
    let log = fs::read(root.join("mta-lab/logs/pf37/postfix.log")).expect("a readable log");
    let mut troubles = HashMap::new();
    for line in lines(&log) {
        let Some(entry) = unframed(line) else {
            continue;
        };
        if let Outcome::Fact(fact) = postfix::entry(&entry)
            && let Some(trouble) = fact.trouble
        {
            assert!(fact.tls.is_none(), "{}", text(line));
            *troubles.entry((fact.kind, trouble)).or_insert(0_usize) += 1;
        }
    }
    for expected in [
        (Kind::Deferral, Trouble::StarttlsNotSupported),
        (Kind::Deferral, Trouble::StarttlsFailed),
        (Kind::Deferral, Trouble::HandshakeFailed),
        (Kind::Deferral, Trouble::ValidationFailure),
        (Kind::TlsRefused, Trouble::StarttlsNotSupported),
        (Kind::TlsFailed, Trouble::HandshakeFailed),
    ] {
        assert!(
            troubles.contains_key(&expected),
            "{expected:?} in {troubles:?}"
        );
    }
}

const PROGRAMS: [&str; 12] = [
    "postfix/smtpd",
    "postfix/smtp",
    "postfix/lmtp",
    "postfix/cleanup",
    "postfix/qmgr",
    "postfix/pickup",
    "postfix/bounce",
    "postfix/local",
    "postfix/postscreen",
    "postfix/tlsproxy",
    "postfix/postsuper",
    "postfix/error",
];

const SEEDS: [&str; 10] = [
    "C27A5D8: to=<a@example.org>, orig_to=<b@example.org>, relay=mx.example.net[192.0.2.1]:25, conn_use=2, delay=1.2, delays=0.1/0/1/0.1, tls=may:none, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4711)",
    "C27A5D8: from=<a@example.org>, size=497, nrcpt=1 (queue active)",
    "C27A5D8: client=c.example.org[192.0.2.1], sasl_method=PLAIN",
    "Trusted TLS connection established to mx.example.net[192.0.2.1]:25 to sni.example: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange ECDHE (P-256) server-signature RSA-PSS (2048 bits)",
    "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 554 5.7.1 <a>: no; from=<\"a> b\"@example.org> to=<c@example.org> proto=ESMTP helo=<d>",
    "disconnect from c.example.org[192.0.2.1] ehlo=2 starttls=1/2 mail=1 quit=1 commands=5",
    "C27A5D8: host mx.example.net[192.0.2.1] said: 530 5.7.0 Must issue a STARTTLS command first (in reply to MAIL FROM command)",
    "C27A5D8: reject: header X: y from local; from=<a> to=<b> proto=ESMTP helo=<c>: 5.7.1 no",
    "C27A5D8: sender non-delivery notification: D27A5D8",
    "warning: C27A5D8: unknown[192.0.2.1]: something",
];

fn within(line: &[u8], part: &[u8]) -> bool {
    let (whole, part_range) = (line.as_ptr_range(), part.as_ptr_range());
    part.is_empty() || (part_range.start >= whole.start && part_range.end <= whole.end)
}

fn stays_in_the_line(line: &[u8]) -> Result<(), TestCaseError> {
    for program in PROGRAMS {
        let entry = Entry {
            program: program.as_bytes(),
            pid: b"",
            text: line,
            ..Entry::default()
        };
        let Outcome::Fact(fact) = postfix::entry(&entry) else {
            continue;
        };
        let tls = fact.tls.unwrap_or_default();
        let parts = [
            fact.queue_id,
            fact.sender,
            fact.address,
            fact.parent_address,
            fact.peer.name,
            fact.peer.ip,
            fact.peer.helo,
            fact.protocol,
            fact.enhanced_status,
            fact.message_id,
            fact.notification,
            fact.text,
            tls.version,
            tls.cipher,
            tls.group,
        ];
        for part in parts {
            prop_assert!(within(line, part), "{:?}", text(part));
        }
        prop_assert!(!fact.ambiguous || fact.tls.is_none());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        stays_in_the_line(&line)?;
    }

    #[test]
    fn mutated_lines(
        seed in 0..SEEDS.len(),
        other in 0..SEEDS.len(),
        cut in any::<prop::sample::Index>(),
        paste in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        at in any::<prop::sample::Index>(),
    ) {
        let (seed, other) = (SEEDS[seed].as_bytes(), SEEDS[other].as_bytes());
        let mut line = seed[..cut.index(seed.len())].to_vec();
        line.extend_from_slice(&other[paste.index(other.len())..]);
        line.extend_from_slice(&seed[cut.index(seed.len())..]);
        let at = at.index(line.len());
        line[at] = byte;
        stays_in_the_line(&line)?;
    }
}
