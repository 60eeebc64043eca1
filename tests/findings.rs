//! Findings, evidence and checks by the real binary: what they say, and that every number can be had again.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CASE: [&str; 6] = [
    "assets/demo/mainlog",
    "assets/demo/reply.eml",
    "--tz",
    "Europe/Berlin",
    "--host",
    "userserver",
];

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hopgrade"))
        .args(args)
        .env_clear()
        .envs([("TZ", "UTC"), ("COLUMNS", "100")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn good(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn on_case(args: &[&str]) -> String {
    good(&[args, &CASE].concat())
}

fn rows(ndjson: &str) -> Vec<Value> {
    let lines = ndjson.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Pseudonyms differ from run to run.
fn settled(text: &str) -> String {
    let mut parts = text.split("p-");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let token = part.get(..6).filter(|token| {
            token.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && part.as_bytes()[6..].starts_with(b"@")
        });
        out += if token.is_some() { "p-xxxxxx" } else { "p-" };
        out += &part[token.map_or(0, str::len)..];
    }
    out
}

/// The rows of a command as a text prints it.
fn printed(command: &str) -> Vec<Value> {
    let program = Path::new(env!("CARGO_BIN_EXE_hopgrade"));
    let own = program.parent().unwrap().display();
    let path = format!("{own}:{}", std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-c", command])
        .env("PATH", path)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    rows(&String::from_utf8(output.stdout).unwrap())
}

/// Counts as the text says one should.
fn counted(rows: &[Value], unit: &str, reasons: &[Value]) -> usize {
    let passes = |row: &&Value| {
        let own = row["reasons"].as_array().unwrap();
        reasons.is_empty() || reasons.iter().any(|reason| own.contains(reason))
    };
    let told: Vec<&Value> = rows.iter().filter(passes).collect();
    if unit != "attempt" {
        return told.len();
    }
    let (with, without): (Vec<&Value>, Vec<&Value>) =
        told.into_iter().partition(|row| row["attempt"].is_u64());
    let key = |row: &Value| ["host", "queue_id", "attempt"].map(|name| row[name].to_string());
    let distinct: HashSet<[String; 3]> = with.into_iter().map(key).collect();
    distinct.len() + without.len()
}

/// A log with every finding about peers that one host can make.
const EVERY: &str = r#"2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe <= anna@example.org H=mail.example.org [192.0.2.1] P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no S=100
2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe => bo@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9] X=TLS1.2:RC4-SHA:128 CV=no C="250 OK"
2024-05-01 10:00:02 1s2AbC-000000001aB-1cDe => cy@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9] C="250 OK"
2024-05-01 10:00:03 1s2AbC-000000001aB-1cDe => di@example.net R=dnslookup T=remote_smtp H=filter.example.net [10.0.0.9] C="250 OK"
2024-05-01 10:00:04 1s2AbC-000000001aB-1cDe Completed
2024-05-01 10:01:00 1s2AbD-000000001aB-1cDe <= anna@example.org H=mail.example.org [192.0.2.1] P=esmtp S=100
2024-05-01 10:01:01 1s2AbD-000000001aB-1cDe == bo@example.com R=dnslookup T=remote_smtp defer (-38) H=mx.example.com [192.0.2.20]: a TLS session is required, but the server did not offer TLS support
2024-05-01 10:01:02 1s2AbD-000000001aB-1cDe => cy@example.com R=scan T=remote_smtp H=localhost [127.0.0.1]:10024 C="250 OK"
2024-05-01 10:11:01 1s2AbD-000000001aB-1cDe == bo@example.com R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host for 'example.com'
2024-05-01 10:41:01 1s2AbD-000000001aB-1cDe == bo@example.com R=dnslookup T=remote_smtp defer (-38) H=mx.example.com [192.0.2.20]: a TLS session is required, but the server did not offer TLS support
2024-05-01 10:45:00 1s2AbD-000000001aB-1cDe => bo@example.com R=inner T=remote_smtp H=filter.example.net [10.0.0.9] C="250 OK"
2024-05-01 10:50:00 1s2AbE-000000001aB-1cDe <= anna@example.org H=mail.example.org [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=100
2024-05-01 10:50:01 1s2AbE-000000001aB-1cDe ** bo@strict.example R=dnslookup T=remote_smtp H=mx.strict.example [192.0.2.30]: SMTP error from remote mail server after MAIL FROM:<anna@example.org>: 530 5.7.0 Must issue a STARTTLS command first
"#;

/// A log in which a host becomes worse in every way, between good days: clear, old TLS, refused, one message
/// for two. And one that hands mail in worse than before, once alone and then for good.
fn decline_log() -> String {
    let mx = "H=mx.example.net [192.0.2.9]";
    let to = |user: &str| format!("{user}@example.net R=dnslookup T=remote_smtp {mx}");
    let why = "a TLS session is required, but the server did not offer TLS support";
    let (good, old) = (
        "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes",
        "X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no",
    );
    let mut log = String::new();
    let mut line = |day: usize, second: usize, text: &str| {
        let id = format!("1s2A{day:02}-000000001aB-1cDe");
        let _ = writeln!(log, "2024-05-{day:02} 10:00:{second:02} {id} {text}");
    };
    for (day, tls) in (1..).zip([good, good, old, good, "", "", old, "R", "R", good, good]) {
        if tls == "R" {
            line(day, 1, &format!("{mx}: {why}"));
            for user in ["bo", "cy"] {
                let outcome = to(user).replace(" H=", " defer (-38) H=");
                line(day, 2, &format!("== {outcome}: {why}"));
            }
        } else {
            line(day, 1, &format!("=> {} {tls} C=\"250 OK\"", to("bo")));
            line(day, 1, &format!("-> {} {tls} C=\"250 OK\"", to("cy")));
        }
    }
    for (day, tls) in (12..).zip([good, good, "", good, old, old, ""]) {
        let word = if tls.is_empty() { "esmtp" } else { "esmtps" };
        let from = "<= a@example.com H=mail.example.com [198.51.100.7]";
        line(day, 1, &format!("{from} P={word} {tls} S=900"));
    }
    log
}

/// More messages than are named one by one. Each has a recipient whom two hosts barred before a third one took the mail
/// in clear, and another who waits for a host that does not answer, or has mail in clear, too.
fn crowd_log() -> String {
    let why = "a TLS session is required, but the server did not offer TLS support";
    let never = "retry time not reached for any host";
    let mut log = String::new();
    for nth in 0..30 {
        let mut line = |hour: u32, text: &str| {
            let id = format!("1s2A{nth:02}-000000001aB-1cDe");
            let _ = writeln!(log, "2024-05-01 {hour:02}:{nth:02}:00 {id} {text}");
        };
        let bo = "== bo@example.com R=dnslookup T=remote_smtp defer";
        let cy = "== cy@example.net R=dnslookup T=remote_smtp defer";
        line(10, &format!("H=mx1.example.com [192.0.2.1]: {why}"));
        line(
            10,
            &format!("{bo} (-38) H=mx2.example.com [192.0.2.2]: {why}"),
        );
        line(11, &format!("{bo} (-53): {never} for 'example.com'"));
        line(
            12,
            &format!("{bo} (-38) H=mx1.example.com [192.0.2.1]: {why}"),
        );
        for hour in [13, 14] {
            line(hour, &format!("{bo} (-53): {never} for 'example.com'"));
        }
        line(
            13,
            &format!("{cy} (110) H=mx.example.net [192.0.2.7]: Connection timed out"),
        );
        line(14, &format!("{cy} (-53): {never} for 'example.net'"));
        let to = |who: &str| format!("=> {who} R=dnslookup T=remote_smtp H=");
        line(
            15,
            &(to("bo@example.com") + "mx3.example.com [192.0.2.3] C=\"250 OK\""),
        );
        if nth % 2 == 0 {
            line(
                15,
                &(to("cy@example.net") + "mx2.example.net [192.0.2.8] C=\"250 OK\""),
            );
        }
    }
    // What tells that this log would state TLS.
    log + "2024-05-01 16:00:00 1s2AbE-000000001aB-1cDe <= anna@example.org H=mail.example.org [192.0.2.9] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=100\n"
}

#[test]
fn a_host_is_told_of_its_own_recipients_alone() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    fs::write(&log, crowd_log()).unwrap();
    let log = log.to_str().unwrap();
    let told = good(&["evidence", "--format", "ndjson", "--full", log]);
    let told = rows(&told);
    let met = |host: &str| {
        let about = |row: &&Value| row["summary"].as_str().unwrap().contains(host);
        let found = told
            .iter()
            .find(|row| row["rule"] == "tls-refused" && about(row));
        let found = &found.unwrap()["met"];
        ["waits", "clear"].map(|name| found[name].as_u64().unwrap())
    };
    // The first attempt at mx1 names nobody: the line behind it tells for whom it was.
    assert_eq!(met("mx1.example.com"), [60, 30]);
    assert_eq!(met("mx2.example.com"), [30, 30]);
    let hosts = rows(&good(&["export", "hosts", "--format", "ndjson", log]));
    let waits = |host: &str| {
        let own = hosts.iter().find(|row| row["name"] == host).unwrap();
        own["waits"].as_u64().unwrap()
    };
    let hosts = ["mx1.example.com", "mx2.example.com", "mx.example.net"];
    assert_eq!(hosts.map(waits), [60, 30, 30]);
}

#[test]
fn a_command_that_counts_more_says_so() {
    let more = "also count what other findings about the same host tell";
    assert!(!text_of(&crowd_log(), &["--lang", "en"]).contains(more));
    let invalid = "2024-05-01 16:00:01 1s2AbF-000000001aB-1cDe == di@example.com R=dnslookup T=remote_smtp defer (-37) H=mx2.example.com [192.0.2.2]: TLS session: (certificate verification failed): certificate invalid\n";
    let text = text_of(&(crowd_log() + invalid), &["--lang", "en"]);
    assert_eq!(text.matches(more).count(), 1, "{text}");
}

#[test]
fn a_decline_counts_what_was_worse_and_only_that() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    fs::write(&log, decline_log()).unwrap();
    let asked = ["export", "findings", "--where", "regressed"];
    let found = rows(&good(&[&asked[..], &[log.to_str().unwrap()]].concat()));
    let told = found.iter().map(|row| {
        let word = |name: &str| row[name].as_str().unwrap();
        let lines = row["evidence"].as_array().unwrap().len();
        (
            word("direction"),
            word("unit"),
            row["count"].as_u64().unwrap(),
            lines,
        )
    });
    // Out: five connections from day 5 to day 9, of two lines, or three where they are refused. In: two.
    assert_eq!(
        told.collect::<Vec<_>>(),
        [("out", "attempt", 5, 12), ("in", "arrival", 2, 2)]
    );
}

#[test]
fn every_number_can_be_had_again_by_the_command_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let every = dir.path().join("it's a log");
    fs::write(&every, EVERY).unwrap();
    let every = every.to_str().unwrap();
    let decline = dir.path().join("decline");
    fs::write(&decline, decline_log()).unwrap();
    let decline = decline.to_str().unwrap();
    let crowd = dir.path().join("crowd");
    fs::write(&crowd, crowd_log()).unwrap();
    let crowd = crowd.to_str().unwrap();
    let mut rules = HashSet::new();
    for inputs in [
        &["assets/demo/mainlog", "assets/demo/reply.eml"][..],
        &["demo:refused"],
        &["demo:three-days"],
        &["demo:improved"],
        &["demo:rc4"],
        &["demo:downgrade"],
        &["demo:spelling"],
        &["assets/showcase/mainlog", "assets/showcase/answer.eml"],
        &["tests/logs/postfix.log", "--year", "2024"],
        &[every],
        &[decline],
        &[crowd],
    ] {
        let asked = ["evidence", "--format", "ndjson", "--tz", "Europe/Berlin"];
        let output = run(&[&asked, inputs].concat());
        // Of the spelling there is nothing to say.
        assert_eq!(output.status.success(), inputs != ["demo:spelling"]);
        for finding in rows(&String::from_utf8(output.stdout).unwrap()) {
            let own = |name: &str| finding[name].as_str().unwrap().to_owned();
            rules.insert(own("rule"));
            let found = printed(&own("command"));
            if own("unit") == "header" {
                assert!(!found.is_empty(), "{finding}");
                continue;
            }
            let reasons = finding["reasons"].as_array().unwrap();
            let number = counted(&found, &own("unit"), reasons);
            assert_eq!(finding["count"], number, "{finding}");
            // One row of the facts for each; of a decline that counts attempts, one for each delivery.
            if own("rule") != "regressed" {
                assert_eq!(finding["facts_total"], number, "{finding}");
            }
            let met = &finding["met"];
            for name in ["waits", "clear", "clear_inside", "untold"]
                .into_iter()
                .filter(|_| met.is_object())
            {
                let command = met[format!("{name}_command")].as_str().unwrap();
                assert_eq!(met[name], printed(command).len(), "{finding}");
            }
        }
    }
    for rule in [
        "tls-refused",
        "sent-clear",
        "sent-clear-inside",
        "received-clear",
        "old-tls",
        "broken-tls",
        "downgrade",
        "regressed",
        "peer-requires-tls",
        "hop-old-tls",
    ] {
        assert!(rules.contains(rule), "{rule} in {rules:?}");
    }
}

/// The blocks of a German text that tell a number and how to count it, each checked.
fn recounted(text: &str) -> usize {
    let blocks: Vec<&str> = text.split("\n\n").collect();
    let mut checked = 0;
    for (at, block) in blocks.iter().enumerate() {
        let command = blocks.get(at + 1).unwrap_or(&"").trim();
        if !command.starts_with("hopgrade export events ") {
            continue;
        }
        let told = block.lines().next().unwrap();
        let (unit, number) = if let Some(definition) = block.lines().nth(1) {
            // `tls-refused-mqb70m5p (Warnung): 2`, and below it what is counted.
            let attempts = definition.starts_with("Gezählt sind Verbindungsversuche");
            let unit = if attempts { "attempt" } else { "row" };
            (unit, told.rsplit_once(": ").unwrap().1)
        } else {
            // `Wartezeiten ohne Verbindung (5), ...`
            let behind = told.split_once('(').unwrap().1;
            ("row", behind.split_once(')').unwrap().0)
        };
        let only = blocks.get(at + 2).unwrap_or(&"").trim_end_matches('.');
        let reasons = only.strip_prefix("Es zählen nur Zeilen, deren reasons");
        let reasons = reasons.map_or("", |only| only.split_once(": ").unwrap().1);
        let reasons = reasons.split(", ").filter(|reason| !reason.is_empty());
        let reasons: Vec<Value> = reasons.map(Value::from).collect();
        let found = counted(&printed(command), unit, &reasons);
        assert_eq!(found.to_string(), number, "{block} {command}");
        checked += 1;
    }
    checked
}

#[test]
fn the_numbers_of_the_text_are_those_of_its_commands() {
    assert_eq!(recounted(&on_case(&["evidence", "--lang", "de"])), 3);
    let dir = tempfile::tempdir().unwrap();
    let decline = dir.path().join("decline");
    fs::write(&decline, decline_log()).unwrap();
    let crowd = dir.path().join("crowd");
    fs::write(&crowd, crowd_log()).unwrap();
    for (input, numbers) in [
        (crowd.to_str().unwrap(), 8),
        ("demo:refused", 3),
        ("demo:three-days", 9),
        ("demo:improved", 1),
        ("demo:rc4", 2),
        ("demo:downgrade", 3),
        // Refusals with what else their messages met, clear text, old TLS and declines of both directions.
        (decline.to_str().unwrap(), 9),
    ] {
        let text = good(&["evidence", "--lang", "de", input]);
        assert_eq!(recounted(&text), numbers, "{input}: {text}");
    }
}

/// Opportunistic TLS that fails and the clear delivery after it, TLS 1.1 to another host, a refusal.
const POSTFIX: &str = "\
2026-05-01T10:00:00.000000+02:00 mx1 postfix/smtp[90]: Untrusted TLS connection established to old.example[198.51.100.9]:25: TLSv1.1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)
2026-05-01T10:00:00.100000+02:00 mx1 postfix/smtp[91]: Untrusted TLS connection established to old.example[198.51.100.9]:25: TLSv1.1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)
2026-05-01T10:00:00.500000+02:00 mx1 postfix/smtp[90]: 4ABCDEF001: to=<bo@old.example>, relay=old.example[198.51.100.9]:25, delay=1, delays=0/0/0/1, tls=may, dsn=2.0.0, status=sent (250 OK)
2026-05-01T10:08:00.100000+02:00 mx1 postfix/smtp[110]: SSL_connect error to mx.clear.example[198.51.100.7]:25: -1
2026-05-01T10:08:01.300000+02:00 mx1 postfix/smtp[110]: 4ABCDEF132: to=<bo@clear.example>, relay=mx.clear.example[198.51.100.7]:25, delay=1, delays=0/0/0/1, tls=may?, dsn=4.7.5, status=deferred (Cannot start TLS: handshake failure)
2026-05-01T10:20:01.300000+02:00 mx1 postfix/smtp[120]: 4ABCDEF132: to=<bo@clear.example>, relay=mx.clear.example[198.51.100.7]:25, delay=700, delays=0/0/0/1, tls=may:none, dsn=2.0.0, status=sent (250 OK)
2026-05-01T10:30:00.000000+02:00 mx1 postfix/smtp[130]: 4ABCDEF140: to=<bo@dest.example>, relay=mx.dest.example[198.51.100.8]:25, delay=1, delays=0/0/0/1, tls=!encrypt, dsn=4.7.4, status=deferred (TLS is required, but was not offered by host mx.dest.example[198.51.100.8])
";

const SENDMAIL: &str = "\
May  1 10:00:01 mx1 sm-mta[101]: STARTTLS=client, relay=mx.b.example., version=TLSv1, verify=FAIL, cipher=AES128-SHA, bits=128/128
May  1 10:00:02 mx1 sm-mta[101]: 6AN6skPR000100: to=<y@b.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=1, relay=mx.b.example. [198.51.100.1], dsn=2.0.0, stat=Sent (ok)
";

/// Three refusals that name no message, and the message for which they were, which then goes in clear elsewhere.
const OPENSMTPD: &str = "\
2025-01-01T11:00:01+01:00 mx1 smtpd[10]: 1111456789abcdef mta connecting address=smtp+tls://198.51.100.5:25 host=mx.example.net
2025-01-01T11:00:01+01:00 mx1 smtpd[10]: 1111456789abcdef mta error reason=TLS required but not supported by remote host
2025-01-01T12:00:01+01:00 mx1 smtpd[10]: 2111456789abcdef mta connecting address=smtp+tls://198.51.100.5:25 host=mx.example.net
2025-01-01T12:00:01+01:00 mx1 smtpd[10]: 2111456789abcdef mta error reason=TLS required but not supported by remote host
2025-01-01T13:00:01+01:00 mx1 smtpd[10]: 3111456789abcdef mta connecting address=smtp+tls://198.51.100.5:25 host=mx.example.net
2025-01-01T13:00:01+01:00 mx1 smtpd[10]: 3111456789abcdef mta error reason=TLS required but not supported by remote host
2025-01-01T15:05:02+01:00 mx1 smtpd[10]: 4123456789abcdef mta connecting address=smtp+notls://198.51.100.6:25 host=mx2.example.net
2025-01-01T15:05:02+01:00 mx1 smtpd[10]: 4123456789abcdef mta connected
2025-01-01T15:05:02+01:00 mx1 smtpd[10]: 4123456789abcdef mta delivery evpid=0a0b0c0111111111 from=<a@example.org> to=<b@example.net> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.6 (mx2.example.net)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 ok\"
";

/// Clear deliveries to a server and old TLS of a client. Whoever has their addresses gave them the name of a bank.
const NAMED_BY_STRANGERS: &str = "\
2025-01-01T10:00:00+01:00 mx1 smtpd[10]: 0123456789abcdef smtp connected address=198.51.100.66 host=mail.bank.example
2025-01-01T10:00:00+01:00 mx1 smtpd[10]: 0123456789abcdef smtp tls ciphers=TLSv1:ECDHE-RSA-AES256-SHA:256
2025-01-01T10:00:00+01:00 mx1 smtpd[10]: 0123456789abcdef smtp message msgid=0a0b0c01 size=1000 nrcpt=1 proto=ESMTP
2025-01-01T10:00:00+01:00 mx1 smtpd[10]: 0123456789abcdef smtp envelope evpid=0a0b0c0111111111 from=<a@example.org> to=<b@example.net>
2025-01-01T10:00:01+01:00 mx1 smtpd[10]: 1123456789abcdef mta connecting address=smtp://198.51.100.67:25 host=mx.bank.example
2025-01-01T10:00:01+01:00 mx1 smtpd[10]: 1123456789abcdef mta connected
2025-01-01T10:00:02+01:00 mx1 smtpd[10]: 1123456789abcdef mta delivery evpid=0a0b0c0111111111 from=<a@example.org> to=<b@example.net> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.67 (mx.bank.example)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 ok\"
";

/// Two messages that have the same queue ID one after the other.
const REUSED: &str = "\
May  1 10:00:00 mx1 postfix/pickup[40]: C27A5D8: uid=0 from=<root>
May  1 10:00:00 mx1 postfix/qmgr[42]: C27A5D8: from=<root@mx1.example>, size=100, nrcpt=1 (queue active)
May  1 10:00:01 mx1 postfix/smtp[43]: C27A5D8: to=<bo@example.com>, relay=mx.example.com[203.0.113.1]:25, delay=0.5, delays=0.1/0/0.2/0.2, dsn=5.7.4, status=bounced (TLS is required, but was not offered by host mx.example.com[203.0.113.1])
May  1 10:00:01 mx1 postfix/qmgr[42]: C27A5D8: removed
May  1 11:00:00 mx1 postfix/pickup[40]: C27A5D8: uid=0 from=<root>
May  1 11:00:00 mx1 postfix/qmgr[42]: C27A5D8: from=<root@mx1.example>, size=100, nrcpt=1 (queue active)
May  1 11:00:01 mx1 postfix/smtp[43]: C27A5D8: to=<cy@example.com>, relay=mx.example.com[203.0.113.1]:25, delay=0.5, delays=0.1/0/0.2/0.2, dsn=4.7.4, status=deferred (TLS is required, but was not offered by host mx.example.com[203.0.113.1])
";

/// A text about a log, of which all paths are `LOG`.
fn text_of(log: &str, args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, log).unwrap();
    let path = path.to_str().unwrap();
    let asked = ["evidence", "--tz", "UTC", "--year", "2026", "--full"];
    good(&[&asked[..], args, &[path]].concat()).replace(path, "LOG")
}

#[test]
fn nobody_is_blamed_for_a_name_that_others_gave_to_their_address() {
    for to in ["authority", "postmaster"] {
        let text = text_of(NAMED_BY_STRANGERS, &["--lang", "en", "--to", to]);
        let told = text.lines().filter(|line| line.contains("bank.example"));
        // A line of the log is quoted as it is.
        let told: Vec<&str> = told.filter(|line| !line.contains("smtpd[10]:")).collect();
        assert!(told.is_empty(), "{to}: {told:?}");
        assert!(text.contains("198.51.100.66") && text.contains("198.51.100.67"));
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, NAMED_BY_STRANGERS).unwrap();
    let path = path.to_str().unwrap();
    let export = |table: &str, filter: &str| good(&["export", table, path, "--where", filter]);
    for host in ["198.51.100.66", "198.51.100.67"] {
        let filter = format!("ip={host}");
        let found = rows(&export("hosts", &filter));
        assert_eq!(found.len(), 1, "{host}");
        assert_eq!(
            (&found[0]["name"], &found[0]["ip"]),
            (&host.into(), &host.into())
        );
    }
    assert_eq!(export("domains", "domain:bank.example"), "");
    let found = rows(&export("findings", ""));
    let subjects = found
        .iter()
        .map(|found| (&found["rule"], &found["subject"]));
    let subjects: Vec<_> = subjects
        .map(|(rule, host)| format!("{rule} {host}"))
        .collect();
    let wanted = [
        "\"old-tls\" \"198.51.100.66\"",
        "\"sent-clear\" \"198.51.100.67\"",
    ];
    assert_eq!(subjects, wanted);
}

/// Old TLS by the header of our own host, which names the client in several ways.
#[test]
fn nobody_is_blamed_for_a_name_that_a_client_gave_to_our_server() {
    const BANK: &str = "mail.bank.example";
    let opensmtpd =
        "by mx.example.net (OpenSMTPD) with ESMTPS id 0a0b0c01 (TLSv1:ECDHE-RSA-AES256-SHA:256:NO)";
    let postfix = "(using TLSv1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)) by mx.example.net (Postfix) with ESMTPS id 4F9K0x2zzz";
    for (from, by, confirmed) in [
        (format!("{BANK} ({BANK} [198.51.100.66])"), opensmtpd, ""),
        (format!("{BANK} (unknown [198.51.100.66])"), postfix, ""),
        (format!("x.example ({BANK} [198.51.100.66])"), postfix, BANK),
    ] {
        let mail = format!(
            "Received: from {from}\n\t{by};\n\tThu, 1 Jan 2026 10:00:00 +0100\n\
             From: a@example.org\nTo: b@example.net\nDate: Thu, 1 Jan 2026 10:00:00 +0100\n\
             Message-ID: <x@example.org>\n\nx\n"
        );
        let text = text_of(&mail, &["--lang", "en", "--where", "hop-old-tls"]);
        let peer = format!("{confirmed} [198.51.100.66]");
        let told = format!("the message came from {} with TLS 1.0", peer.trim_start());
        assert!(text.contains(&told), "{from}: {text}");
        assert_eq!(text.contains(BANK), confirmed == BANK, "{from}: {text}");
    }
}

#[test]
fn the_line_that_tells_of_tls_is_cited_and_quoted() {
    let old = text_of(POSTFIX, &["--lang", "en", "--where", "old-tls"]);
    assert!(old.contains("Source: LOG:1, LOG:3\n"), "{old}");
    for (log, rule, quoted) in [
        (
            POSTFIX,
            "old-tls",
            "smtp[90]: Untrusted TLS connection established to old",
        ),
        (
            POSTFIX,
            "downgrade",
            "status=deferred (Cannot start TLS: handshake failure)",
        ),
        (
            SENDMAIL,
            "old-tls",
            "STARTTLS=client, relay=mx.b.example., version=TLSv1,",
        ),
    ] {
        let note = text_of(log, &["--to", "postmaster", "--where", rule]);
        assert!(note.contains(quoted), "{note}");
        assert!(note.contains(" to=<"), "{note}");
        assert!(!note.contains("smtp[91]"), "{note}");
    }
}

#[test]
fn a_log_that_names_no_message_says_nothing_of_messages() {
    let text = text_of(OPENSMTPD, &["--lang", "de"]);
    let refused = "3 Verbindungsversuche, bei welchen Nachrichten, sagt das Protokoll nicht. [";
    assert!(text.contains(refused), "{text}");
    assert!(!text.contains("nichts von diesen"), "{text}");
    let local = "Ortszeit: 2025-01-01 13:00:01 +0100 (Zone aus der Protokollzeile)\n";
    assert!(text.contains(local), "{text}");
    let note = ["--to", "postmaster", "--where", "tls-refused"];
    let note = text_of(OPENSMTPD, &note);
    assert!(
        note.contains("Our queue IDs: none, these lines name no message\n"),
        "{note}"
    );
}

/// A person's computer is not named, so the command cannot find it.
#[test]
fn a_command_that_is_masked_says_so() {
    let log = |host: &str| {
        format!(
            "2024-05-02 10:00:00 1s2Rxx-00000001Ckw-0hJp <= anna@example.org H={host} P=esmtpsa X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no A=plain:anna S=100\n"
        )
    };
    let text_of = |log: &str, args: &[&str]| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        fs::write(&path, log).unwrap();
        let asked = ["evidence", "--tz", "UTC", "--lang", "en"];
        good(&[&asked[..], args, &[path.to_str().unwrap()]].concat())
    };
    let client = log("p5b0e1234.dip0.provider.example (laptop) [91.14.18.52]:50123");
    let server = log("mail.example.net [192.0.2.10]:50123");
    let told = "\n\nThis command is pseudonymised and counts nothing as it stands here. ";
    assert!(text_of(&client, &[]).contains(told));
    assert!(!text_of(&client, &["--full"]).contains(told));
    assert!(!text_of(&server, &[]).contains(told));
    for (log, args, masked) in [
        (&client, &["--format", "ndjson"][..], true),
        (&client, &["--format", "ndjson", "--full"], false),
        (&server, &["--format", "ndjson"], false),
    ] {
        assert_eq!(
            rows(&text_of(log, args))[0]["command_masked"],
            masked,
            "{log}"
        );
    }
}

/// A refusal in the hour that comes twice, and one in broad daylight.
#[test]
fn an_hour_that_comes_twice_is_told() {
    let refused = "H=mx.example.com [203.0.113.1]: a TLS session is required, but the server did not offer TLS support";
    let log = |time: &str| {
        format!("{time} 1t4rOM-00000001Ckw-0hJp == bo@example.com R=r T=t defer (-38) {refused}\n")
    };
    let text_of = |log: &str, args: &[&str]| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        fs::write(&path, log).unwrap();
        let asked = ["evidence", "--tz", "Europe/Berlin", "--lang", "en"];
        good(&[&asked[..], args, &[path.to_str().unwrap()]].concat())
    };
    let (twice, once) = (log("2024-10-27 02:05:00"), log("2024-10-27 03:05:00"));
    let told = "02:05:00 +0200 (zone assumed; this time came twice, for the clocks were set back; the first is taken)\n";
    let text = text_of(&twice, &[]);
    assert!(text.contains(told), "{text}");
    assert!(text.contains("All days are those of UTC.\n"), "{text}");
    assert!(text_of(&once, &[]).contains("03:05:00 +0100 (zone assumed)\n"));
    let unsure = "Of some of these times the hour is not certain";
    let note = ["--to", "postmaster"];
    assert!(text_of(&twice, &note).contains(unsure));
    assert!(!text_of(&once, &note).contains(unsure));
    let found = |log: &str| rows(&text_of(log, &["--format", "ndjson"]));
    assert_eq!(found(&twice)[0]["facts"][0]["caveat"], "repeated");
    assert_eq!(found(&once)[0]["facts"][0]["caveat"], Value::Null);
}

#[test]
fn the_text_says_how_attempts_are_told_apart() {
    let text = text_of(OPENSMTPD, &["--lang", "en", "--where", "tls-refused"]);
    let definition =
        "distinct combinations of host, queue_id and attempt, and each row without an attempt, in";
    assert!(
        text.contains("(warning): 3\nCounted are connection attempts: "),
        "{text}"
    );
    assert!(text.contains(definition), "{text}");
    let text = text_of(REUSED, &["--lang", "en"]);
    let told = "2 messages had the queue ID C27A5D8 one after the other, beginning with LOG:1, LOG:5; the attempts of each count by themselves.";
    assert!(text.contains("(warning): 2\n"), "{text}");
    assert!(text.contains(told), "{text}");
    let waits = "kind=retry_wait host=mx.example.com barred=mx.example.com'";
    assert!(text.contains(waits), "{text}");
    let note = text_of(REUSED, &["--lang", "en", "--to", "postmaster"]);
    assert!(note.contains("Our queue IDs: C27A5D8\n"), "{note}");
    let found = rows(&text_of(REUSED, &["--format", "ndjson"]));
    let reused = serde_json::json!([{ "queue_id": "C27A5D8", "begins": ["LOG:1", "LOG:5"] }]);
    assert_eq!(found[0]["reused"], reused);
    let found = rows(&text_of(OPENSMTPD, &["--format", "ndjson"]));
    assert!(
        found
            .iter()
            .all(|own| own["reused"] == serde_json::json!([]))
    );
}

#[test]
fn what_was_required_is_said_of_refusals_alone() {
    let found = rows(&text_of(POSTFIX, &["--format", "ndjson"]));
    let of = |rule: &str| {
        let mut own = found.iter().filter(|own| own["rule"] == rule);
        own.next().unwrap_or_else(|| panic!("{rule} in {found:?}"))
    };
    assert_eq!(of("tls-refused")["count"], 1);
    let failed = &of("handshake-failed")["facts"][0];
    assert_eq!(failed["result"], "handshake_failed");
    let told = text_of(POSTFIX, &["--lang", "en"]);
    assert!(
        told.contains(": TLS handshake failed, nothing sent"),
        "{told}"
    );
    for (lang, required, result) in [
        (
            "en",
            "our server required TLS",
            "TLS required, not had, nothing sent",
        ),
        (
            "de",
            "verlangte der eigene Server TLS",
            "TLS verlangt, nicht zustande gekommen",
        ),
    ] {
        let whole = text_of(POSTFIX, &["--lang", lang]);
        let (_, measures) = whole.split_once("\n9. ").unwrap();
        let (measures, _) = measures.split_once("\n10. ").unwrap();
        assert!(
            measures.contains(required) && measures.contains(result),
            "{measures}"
        );
        assert_eq!(whole.matches(&format!(": {result}")).count(), 1, "{whole}");
        let failed = text_of(POSTFIX, &["--lang", lang, "--where", "handshake-failed"]);
        assert!(
            !failed.contains(required) && !failed.contains(result),
            "{failed}"
        );
    }
}

#[test]
fn the_table_of_findings_names_the_reasons_that_count() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    // One attempt refused, another one whose handshake failed: to the same host, by the same filter.
    let more = POSTFIX
        .replace("clear.example", "dest.example")
        .replace("198.51.100.7", "198.51.100.8");
    fs::write(&path, more.replace("tls=may?", "tls=encrypt?")).unwrap();
    let path = path.to_str().unwrap();
    let mut checked = 0;
    for finding in rows(&good(&["export", "findings", path])) {
        let own = |name: &str| finding[name].as_str().unwrap();
        let command = ["export", own("recount_table"), "--as-of", "event"];
        let filter = ["--where", own("recount_filter"), path];
        let found = rows(&good(&[&command[..], &filter[..]].concat()));
        let reasons = finding["recount_reasons"].as_array().unwrap();
        assert_eq!(
            finding["count"],
            counted(&found, own("unit"), reasons),
            "{finding}"
        );
        checked += usize::from(!reasons.is_empty());
    }
    assert_eq!(checked, 2);
}

/// A log of Postfix that took TLS 1.3 from a host, and mail in clear later on; one mail it refused.
const SENDER: &str = "
2025-07-01T10:00:00+00:00 mx postfix/smtpd[11]: connect from a.example[198.51.100.7]
2025-07-01T10:00:00+00:00 mx postfix/smtpd[11]: Anonymous TLS connection established from a.example[198.51.100.7]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
2025-07-01T10:00:00+00:00 mx postfix/smtpd[11]: 4YkLmN1b2Cz3xX: client=a.example[198.51.100.7]
2025-07-01T10:00:01+00:00 mx postfix/smtpd[11]: disconnect from a.example[198.51.100.7] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7
2025-07-01T11:00:00+00:00 mx postfix/smtpd[11]: connect from a.example[198.51.100.7]
2025-07-01T11:00:00+00:00 mx postfix/smtpd[11]: 4YkLmN1b2Cz3xB: client=a.example[198.51.100.7]
2025-07-01T11:00:01+00:00 mx postfix/smtpd[11]: 4YkLmN1b2Cz3xC: client=a.example[198.51.100.7]
2025-07-01T11:00:02+00:00 mx postfix/smtpd[11]: disconnect from a.example[198.51.100.7] ehlo=1 mail=2 rcpt=2 data=2 quit=1 commands=8
2025-07-01T11:20:00+00:00 mx postfix/submission/smtpd[16]: connect from a.example[198.51.100.7]
2025-07-01T11:20:00+00:00 mx postfix/submission/smtpd[16]: NOQUEUE: reject: MAIL from a.example[198.51.100.7]: 530 5.7.0 Must issue a STARTTLS command first; from=<s@a.example> proto=ESMTP helo=<a.example>
2025-07-01T11:20:01+00:00 mx postfix/submission/smtpd[16]: disconnect from a.example[198.51.100.7] ehlo=1 mail=0/1 quit=1 commands=2/3
";

/// The findings in a log, each counted again by its filter: rule, subject, unit, number.
fn counted_again(log: &str) -> Vec<(String, String, String, u64)> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, log).unwrap();
    let path = path.to_str().unwrap();
    let found = rows(&good(&["export", "findings", path]));
    let told = found.iter().map(|finding| {
        let own = |name: &str| finding[name].as_str().unwrap();
        let filter = own("recount_filter");
        let again = rows(&good(&["export", "events", "--where", filter, path]));
        let reasons = finding["recount_reasons"].as_array().unwrap();
        let number = counted(&again, own("unit"), reasons);
        assert_eq!(finding["count"], number, "{finding}");
        let [rule, subject, unit] = ["rule", "subject", "unit"].map(|name| own(name).to_owned());
        (rule, subject, unit, finding["count"].as_u64().unwrap())
    });
    told.collect()
}

fn is_told(found: &[(String, String, String, u64)], rule: &str, subject: &str) -> (String, u64) {
    let own = |one: &&(String, String, String, u64)| one.0 == rule && one.1 == subject;
    let own = found.iter().find(own);
    let own = own.unwrap_or_else(|| panic!("no {rule} of {subject} in {found:?}"));
    (own.2.clone(), own.3)
}

/// Several messages came in on one connection: they are no attempts, and the refusal is no message.
#[test]
fn what_was_taken_in_counts_beside_what_was_refused() {
    let found = counted_again(SENDER);
    let told = is_told(&found, "regressed", "a.example");
    assert_eq!(told, ("contact".to_owned(), 3));
    let refused = SENDER
        .lines()
        .filter(|line| !line.contains("4YkLmN1b2Cz3xB"));
    let refused = refused.filter(|line| !line.contains("4YkLmN1b2Cz3xC"));
    let refused: Vec<&str> = refused.collect();
    let refused = refused.join("\n");
    let again = "\n2025-07-01T11:40:00+00:00 mx postfix/submission/smtpd[17]: NOQUEUE: reject: MAIL from a.example[198.51.100.7]: 530 5.7.0 Must issue a STARTTLS command first; from=<s@a.example> proto=ESMTP helo=<a.example>\n";
    let found = counted_again(&(refused + again));
    let told = is_told(&found, "regressed", "a.example");
    assert_eq!(told, ("attempt".to_owned(), 2));
}

/// The name of an address is not always found: then it is another host, whatever it greeted us with.
#[test]
fn a_host_without_a_name_is_counted_apart_from_one_of_its_address() {
    let exim = |id: u32, host: &str| {
        format!(
            "2025-07-01 10:00:00 1s2Ab{id}-000000001aB-1cDe <= s@a.example H={host} [198.51.100.7] P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no S=100\n"
        )
    };
    let hosts = ["a.example", "(a.example)", "(other)", "a.example (other)"];
    let exim: String = (0..)
        .zip(hosts)
        .map(|(nth, host)| exim(nth, host))
        .collect();
    let postfix = |id: u32, host: &str| {
        format!(
            "2025-07-01T10:00:00+00:00 mx postfix/smtpd[1{id}]: connect from {host}[198.51.100.7]
2025-07-01T10:00:00+00:00 mx postfix/smtpd[1{id}]: Anonymous TLS connection established from {host}[198.51.100.7]: TLSv1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)
2025-07-01T10:00:00+00:00 mx postfix/smtpd[1{id}]: 4YkLmN1b2Cz3x{id}: client={host}[198.51.100.7]\n"
        )
    };
    let hosts = ["a.example", "unknown", "unknown", "a.example"];
    let postfix: String = (2..)
        .zip(hosts)
        .map(|(nth, host)| postfix(nth, host))
        .collect();
    for log in [exim, postfix] {
        let found = counted_again(&log);
        for subject in ["a.example", "198.51.100.7"] {
            let told = is_told(&found, "old-tls", subject);
            assert_eq!(told, ("arrival".to_owned(), 2), "{subject}");
        }
    }
}

/// What the recipients of one host met is not that of another host of its address.
#[test]
fn what_was_met_with_a_host_without_a_name_is_counted_apart() {
    let why = "a TLS session is required, but the server did not offer TLS support";
    let smtp = "R=dnslookup T=remote_smtp";
    let message = |id: &str, host: &str, waits: usize| {
        let wait = format!(
            "2025-07-01 10:30:00 {id} == bo@example.net {smtp} defer (-53): retry time not reached for any host\n"
        );
        format!(
            "2025-07-01 10:00:00 {id} == bo@example.net {smtp} defer (-38) H={host}: {why}\n{}2025-07-01 12:00:00 {id} => bo@example.net {smtp} H=mx.example.com [192.0.2.10] C=\"250 OK\"\n",
            wait.repeat(waits)
        )
    };
    let log = "2025-07-01 09:00:00 1s2Aa0-000000001aB-1cDe => cy@example.com R=r T=t H=mx.example.com [192.0.2.10] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes\n".to_owned()
        + &message("1s2Aa1-000000001aB-1cDe", "mx.example.net [192.0.2.9]", 1)
        + &message("1s2Aa2-000000001aB-1cDe", "[192.0.2.9]", 2);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, &log).unwrap();
    let path = path.to_str().unwrap();
    let found = rows(&good(&["evidence", "--format", "ndjson", "--full", path]));
    let refused = found.iter().filter(|own| own["rule"] == "tls-refused");
    let told = refused.map(|own| {
        let met = &own["met"];
        for name in ["waits", "clear"] {
            let command = met[format!("{name}_command")].as_str().unwrap();
            assert_eq!(met[name], printed(command).len(), "{own}");
        }
        [&met["waits"], &met["clear"]].map(|number| number.as_u64().unwrap())
    });
    let mut told: Vec<[u64; 2]> = told.collect();
    told.sort_unstable();
    assert_eq!(told, [[1, 1], [2, 1]]);
}

/// Nothing tells for which of the two the first host was tried: no text says that both were.
#[test]
fn a_delivery_that_may_be_concerned_is_not_said_to_be() {
    let line = |rest: &str| format!("2025-07-01 09:00:00 1s2Aa0-000000001aB-1cDe {rest}\n");
    let why = "a TLS session is required, but the server did not offer TLS support";
    let to = |who: &str| format!("=> {who} R=dnslookup T=remote_smtp");
    let log = line(&format!("H=mx1.example.net [192.0.2.9]: {why}"))
        + &line(&(to("bo@example.com") + " H=mx.example.com [192.0.2.10] C=\"250 OK\""))
        + &line(&(to("cy@example.org") + " H=mx.example.org [192.0.2.20] C=\"250 OK\""))
        + &line(&(to("di@example.org") + " H=filter.example.org [10.0.0.9] C=\"250 OK\""))
        + "2025-07-01 16:00:00 1s2AbE-000000001aB-1cDe => ed@third.example R=r T=t H=mx.third.example [192.0.2.11] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes\n";
    let own = ["--where", "tls-refused", "--lang", "en"];
    let text = text_of(&log, &own);
    for told in [
        "3 deliveries in clear of which the log does not say whether they were to recipients",
        "Deliveries in clear (2), 0 of them to the recipients concerned; of 2 the log",
        "Deliveries in clear over an inner network (1), 0 of them to the recipients concerned; of 1",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let note = text_of(&log, &[&own[..], &["--to", "postmaster"]].concat());
    assert!(
        !note.contains("deliveries in clear to the recipients concerned"),
        "{note}"
    );
}

/// Exim tells of the connection, once for all recipients, and before it is known whether any is taken.
#[test]
fn a_connection_that_went_on_in_clear_counts_where_something_was_sent() {
    let host = "H=mx.example.com [203.0.113.1]";
    let goes_on = format!(
        "TLS session: (SSL_connect): timed out: delivering unencrypted to {host} (not in hosts_require_tls)"
    );
    let to = |who: &str| format!("{who}@example.com R=dnslookup T=remote_smtp");
    let (b, c) = (to("b"), to("c"));
    let answer = "SMTP error from remote mail server after RCPT TO:<b@example.com>: 451 4.7.1 no";
    let log = format!(
        "2024-05-02 10:00:00 1s2Rxw-00000001Ckw-0hJp => {} H=mx.example.net [203.0.113.8] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes
2024-05-02 10:05:07 1s2Rxz-00000001Ckw-0hJp {goes_on}
2024-05-02 10:05:08 1s2Rxz-00000001Ckw-0hJp == {b} defer (-44) {host}: {answer}
2024-05-02 10:15:07 1s2Rxz-00000001Ckw-0hJp {goes_on}
2024-05-02 10:15:08 1s2Rxz-00000001Ckw-0hJp => {b} {host} C=\"250 ok\"
2024-05-02 10:15:08 1s2Rxz-00000001Ckw-0hJp -> {c} {host} C=\"250 ok\"\n",
        to("z").replace(".com", ".net")
    );
    let found = counted_again(&log);
    let told = |rule: &str| is_told(&found, rule, "mx.example.com");
    assert_eq!(told("downgrade"), ("attempt".to_owned(), 1));
    assert_eq!(told("sent-clear"), ("delivery".to_owned(), 2));
}

#[test]
fn one_attempt_on_several_lines_is_one_row() {
    let whole = good(&["evidence", "--lang", "en", "demo:refused"]);
    assert!(
        whole.contains("* No. 2\n") && !whole.contains("* No. 3\n"),
        "{whole}"
    );
    let downgrades = good(&["evidence", "--lang", "en", "demo:downgrade"]);
    assert!(
        downgrades.contains("* No. 3\n") && !downgrades.contains("* No. 4\n"),
        "{downgrades}"
    );
}

/// The next host took what the first one could not: of that one the log says no more than that TLS failed.
#[test]
fn a_host_that_was_passed_over_is_counted() {
    let secured = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
    let taken = "delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)";
    let postfix = |lines: &[String]| {
        let stamped = (10..).zip(lines);
        let lines = stamped.map(|(second, line)| {
            format!("2024-05-01T10:00:{second}+00:00 mx1 postfix/smtp[10]: {line}\n")
        });
        lines.collect::<String>()
    };
    let first = "mx.example.net[192.0.2.9]:25";
    let second = "mx2.example.net[192.0.2.10]:25";
    let failed = [
        format!("SSL_connect error to {first}: -1"),
        "warning: TLS library problem: error:0A000102:SSL routines::unsupported protocol:ssl/statem/statem_lib.c:1:".to_owned(),
        "4VTzPW0bWgz9s1L: Cannot start TLS: handshake failure".to_owned(),
    ];
    let sealed = |id: &str| {
        [
            format!("Untrusted TLS connection established to {second}: {secured}"),
            format!("{id}: to=<bo@example.net>, relay={second}, {taken}"),
        ]
    };
    let passed_over = postfix(&[&failed[..], &sealed("4VTzPW0bWgz9s1L")].concat());
    let exim = r#"
2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe H=mx.example.net [192.0.2.9]: TLS session: (SSL_connect): error:0A000102:SSL routines::unsupported protocol
2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe => bo@example.net R=dnslookup T=remote_smtp H=mx2.example.net [192.0.2.10] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes C="250 OK"
2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe Completed
"#;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let log = path.to_str().unwrap();
    for text in [exim, &passed_over] {
        fs::write(&path, text).unwrap();
        let found = rows(&good(&["export", "findings", log]));
        let [own] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(own["rule"], "handshake-failed");
        assert_eq!(own["count"], 1);
        let filter = own["recount_filter"].as_str().unwrap();
        let reasons = own["recount_reasons"].as_array().unwrap();
        let again = rows(&good(&["export", "events", "--where", filter, log]));
        assert_eq!(counted(&again, "attempt", reasons), 1, "{filter}");
        let hosts = rows(&good(&["export", "hosts", log]));
        let told = hosts.iter().map(|host| {
            let [refused, sent] = ["refused", "deliveries"].map(|name| host[name].as_u64());
            (host["name"].as_str(), refused, sent)
        });
        let wanted = [
            (Some("mx.example.net"), Some(1), Some(0)),
            (Some("mx2.example.net"), Some(0), Some(1)),
        ];
        assert_eq!(told.collect::<Vec<_>>(), wanted);
    }
    // The same host took it after all, in clear.
    let clear = format!("4VTzPW0bWgz9s1L: to=<bo@example.net>, relay={first}, {taken}");
    let other = sealed("4VTzPX0bWgz9s1M");
    fs::write(&path, postfix(&[&other[..], &failed, &[clear]].concat())).unwrap();
    let found = rows(&good(&["export", "findings", log]));
    let of = |rule: &str| found.iter().filter(|own| own["rule"] == rule).count();
    assert_eq!(
        (of("downgrade"), of("handshake-failed")),
        (1, 0),
        "{found:?}"
    );
}

#[test]
fn the_case_is_told() {
    let found = rows(&on_case(&["export", "findings"]));
    let told: Vec<(&str, &str, u64)> = found
        .iter()
        .map(|row| {
            let word = |name: &str| row[name].as_str().unwrap();
            (
                word("rule"),
                word("attested"),
                row["count"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("tls-refused", "own", 2),
            ("hop-old-tls", "peer", 1),
            ("hop-clear-inside", "peer", 1),
            ("chain-gap", "peer", 1),
            ("header-account", "peer", 1),
            ("header-inner-name", "peer", 1),
            ("header-software", "unverified", 1),
            ("header-charset", "unverified", 1),
        ]
    );
    let summary = found[0]["summary"].as_str().unwrap();
    assert!(
        summary.contains("2 connection attempts, 5 waits"),
        "{summary}"
    );
    assert!(summary.contains("nothing sent in clear to the recipients concerned"));
}

#[test]
fn only_rules_of_the_day_are_cited() {
    let own_day = on_case(&["evidence", "--lang", "de"]);
    assert!(own_day.contains("DSGVO Art. 32") && own_day.contains("DSGVO Art. 4 Nr. 2"));
    for later in ["Orientierungshilfe", "RFC 8996", "RFC 9325"] {
        assert!(!own_day.contains(later), "{later}");
    }
    let today = on_case(&["evidence", "--lang", "de", "--as-of", "today"]);
    for (later, since) in [
        ("Orientierungshilfe", "2021-06-16"),
        ("RFC 8996", "2021-03-01"),
    ] {
        let at = today.find(later).unwrap();
        assert!(today[at..].contains(since), "{later}");
    }
    assert!(today.contains("am Tag eines Ereignisses noch nicht galten"));
}

#[test]
fn the_texts_in_both_languages() {
    for lang in ["de", "en"] {
        for to in ["authority", "postmaster"] {
            let text = on_case(&["evidence", "--lang", lang, "--to", to]);
            insta::assert_snapshot!(format!("evidence_{to}_{lang}"), settled(&text));
        }
    }
    for format in ["markdown", "html"] {
        let text = on_case(&["evidence", "--lang", "de", "--format", format]);
        insta::assert_snapshot!(format!("evidence_{format}"), settled(&text));
    }
}

#[test]
fn every_finding_about_peers_in_both_languages() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("every.log");
    fs::write(&log, EVERY).unwrap();
    for lang in ["de", "en"] {
        for to in ["authority", "postmaster"] {
            let asked = ["evidence", "--lang", lang, "--to", to];
            let text = good(&[&asked[..], &[log.to_str().unwrap()]].concat());
            let text = settled(&text).replace(dir.path().to_str().unwrap(), "DIR");
            insta::assert_snapshot!(format!("evidence_every_{to}_{lang}"), text);
        }
    }
}

#[test]
fn people_are_masked_unless_asked_otherwise() {
    let token = "SU1DYkZrrhdrbk";
    for to in ["authority", "postmaster"] {
        for format in ["text", "markdown", "html", "ndjson"] {
            let text = on_case(&["evidence", "--to", to, "--format", format]);
            assert!(
                !text.contains("tosa@") && !text.contains(token),
                "{to} {format}"
            );
        }
    }
    let full = on_case(&["evidence", "--to", "postmaster", "--full"]);
    assert!(full.contains("tosa@rx.t-online.de"));
    let one = ["--finding", "tls-refused-mqb70m5p"];
    let one = on_case(&[&["evidence", "--format", "ndjson"], &one[..]].concat());
    assert_eq!(rows(&one).len(), 1);
}

#[test]
fn the_machine_form_holds_codes_and_speaks_no_language() {
    const RESULTS: [&str; 6] = [
        "yes",
        "no",
        "refused",
        "handshake_failed",
        "not_stated",
        "not_applicable",
    ];
    let mut facts = 0;
    let mut versions = 0;
    for case in ["demo:refused", "demo:rc4", "demo:downgrade"] {
        let of = |lang| {
            // Pseudonyms are other ones each time.
            let args = ["evidence", "--format", "ndjson", "--full", "--lang", lang];
            String::from_utf8(run(&[&args[..], &[case]].concat()).stdout).unwrap()
        };
        let text = of("de");
        assert_eq!(text, of("en"));
        for finding in rows(&text) {
            for fact in finding["facts"].as_array().unwrap() {
                let code = |name: &str| fact[name].as_str().unwrap().to_owned();
                assert!(RESULTS.contains(&&*code("result")), "{fact}");
                assert_eq!(code("class"), "own_log");
                assert!(["in", "out"].contains(&&*code("direction")), "{fact}");
                assert_eq!(
                    fact["tls_version"].is_string(),
                    code("result") == "yes",
                    "{fact}"
                );
                versions += usize::from(fact["tls_version"].is_string());
                facts += 1;
            }
        }
    }
    assert!(facts > versions && versions > 0, "{facts} {versions}");
}

#[test]
fn pseudonyms_of_one_key_can_be_compared() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    let key = key.to_str().unwrap();
    let keyed = || on_case(&["evidence", "--to", "postmaster", "--key", key]);
    let first = keyed();
    assert!(first.contains("@rx.t-online.de") && !first.contains("tosa@"));
    assert_eq!(first, keyed());
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(key).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    fs::write(key, "no key").unwrap();
    let spoilt = run(&[&["evidence", "--key", key], &CASE[..]].concat());
    assert_eq!(spoilt.status.code(), Some(2));
}

/// A log whose hosts, senders and replies are a stranger's.
const HOSTILE: &[u8] = b"2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe <= <b>anna@example.org H=mail.example.org [192.0.2.1] P=esmtps X=TLS1.0:AES256-SHA:256 CV=no S=100\n\
2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe => bo@example.net R=r T=t H=<script>.example.net [192.0.2.9] X=TLS1.0:\x1b[2J\xee\x80\x80:256 C=\"250 \x1b]0;x\x07 </td>\xee\x80\x81\"\n\
2024-05-01 10:00:02 1s2AbC-000000001aB-1cDe => cy@example.net R=r T=t H=\x1b[31m|x|.example.net [192.0.2.8] C=\"250 <img src=x>\"\n\
2024-05-01 10:00:03 1s2AbC-000000001aB-1cDe == di@example.net R=r T=t defer (-38) H=*x*.example.net [192.0.2.7]: a TLS session is required, but the server did not offer TLS support\n";

#[test]
fn a_stranger_writes_neither_markup_nor_controls_nor_blanks() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    fs::write(&log, HOSTILE).unwrap();
    let log = log.to_str().unwrap();
    for format in ["text", "markdown", "html", "ndjson"] {
        for to in ["authority", "postmaster"] {
            let asked = [
                "evidence", "--full", "--lang", "en", "--format", format, "--to", to,
            ];
            let text = good(&[&asked[..], &[log]].concat());
            let bad =
                |c: char| c.is_control() && c != '\n' || ('\u{e000}'..='\u{f8ff}').contains(&c);
            assert!(!text.contains(bad), "{format} {to}: {text}");
            if format == "html" {
                for markup in ["<script", "<img", "</td>\\", "<b>"] {
                    assert!(!text.contains(markup), "{to}: {markup}");
                }
            }
            if format != "ndjson" && to == "authority" {
                assert_eq!(text.matches("PLEASE FILL IN").count(), 11, "{format}");
            }
        }
    }
}

#[test]
fn a_note_is_short_plain_and_about_hosts() {
    let note = on_case(&["evidence", "--to", "postmaster", "--lang", "de"]);
    assert!(note.is_ascii());
    assert!(note.trim().lines().count() < 25, "{note}");
    assert!(!note.contains("DSGVO"));
    let chain = ["evidence", "--to", "postmaster", "--where", "chain-gap"];
    let nobody = run(&[&chain[..], &CASE].concat());
    assert_eq!(nobody.status.code(), Some(2));
}

#[test]
fn filters_and_orders_of_findings() {
    let selected = on_case(&[
        "export",
        "findings",
        "--where",
        "host:t-online.de since:2020-02-25",
    ]);
    assert_eq!(rows(&selected).len(), 1);
    let by_rule = on_case(&["export", "findings", "--where", "header-charset OR grade=R"]);
    assert_eq!(rows(&by_rule).len(), 2);
    let sorted = rows(&on_case(&["export", "findings", "--sort", "rule"]));
    assert_eq!(sorted[0]["rule"], "chain-gap");
    let unfit = run(&[&["export", "findings", "--where", "size>1"], &CASE[..]].concat());
    assert_eq!(unfit.status.code(), Some(2));
    let unknown = run(&[&["evidence", "--finding", "x"], &CASE[..]].concat());
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn a_check_tells_what_is_new() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let state = state.to_str().unwrap();
    let check = |more: &[&str]| {
        let output = run(&[&["check", "--state", state], more, &CASE[..]].concat());
        let lines = String::from_utf8(output.stdout).unwrap().lines().count();
        (output.status.code().unwrap(), lines)
    };
    assert_eq!(check(&["--fail-on", "violation"]), (0, 0));
    assert_eq!(check(&["--since", "2020-02-26"]), (0, 0));
    assert_eq!(check(&["--where", "tls-refused"]), (3, 1));
    assert_eq!(check(&[]), (3, 4));
    assert_eq!(check(&[]), (0, 0));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    fs::write(state, "something else\n").unwrap();
    assert_eq!(check(&[]).0, 2);
    assert_eq!(fs::read_to_string(state).unwrap(), "something else\n");
}

/// Told as a warning, it is told again when it has become a violation; a file of before says nothing of that.
#[test]
fn a_check_tells_what_matters_more_than_it_did() {
    let to = "=> bo@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]";
    let day = |day: u32, tls: &str| {
        format!("2024-05-{day:02} 10:00:00 1s2A{day:02}-000000001aB-1cDe {to} {tls} C=\"250 OK\"\n")
    };
    let good = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
    let old = "X=TLS1.1:ECDHE-RSA-AES256-SHA:256 CV=no";
    let broken = "X=TLS1.2:RC4-SHA:128 CV=no";
    let worse = day(1, good) + &day(2, old) + &day(3, old);
    let bad = worse.clone() + &day(4, broken) + &day(5, broken);
    let dir = tempfile::tempdir().unwrap();
    let [log, state] = ["log", "state"].map(|name| dir.path().join(name));
    let check = |text: &str, least: &str| {
        fs::write(&log, text).unwrap();
        let [log, state] = [&log, &state].map(|path| path.to_str().unwrap());
        let asked = [
            "--where",
            "regressed",
            "--fail-on",
            least,
            "--state",
            state,
            log,
        ];
        let output = run(&[&["check"][..], &asked].concat());
        let told = String::from_utf8(output.stdout).unwrap();
        let severities = told.lines().filter_map(|line| line.split('\t').next());
        severities.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(check(&worse, "warning"), ["warning"]);
    let first = fs::read_to_string(&state).unwrap();
    assert_eq!(check(&bad, "violation"), ["violation"]);
    for text in [&bad, &worse, &bad] {
        assert_eq!(check(text, "warning"), [""; 0]);
    }
    fs::write(&state, first.replace(" warning", "")).unwrap();
    assert_eq!(check(&bad, "warning"), [""; 0]);
    fs::write(&state, first.replace(" warning", " much")).unwrap();
    assert_eq!(check(&bad, "warning"), [""; 0], "is no state");
    assert!(fs::read_to_string(&state).unwrap().contains(" much"));
}

#[test]
fn the_time_of_a_check_only_narrows_its_filter() {
    let check = |more: &[&str]| {
        let output = run(&[&["check"], more, &CASE[..]].concat());
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), stdout.lines().count(), stderr)
    };
    let found = |more: &[&str]| check(more).1;
    assert_eq!(found(&["--since", "2020-02-25 04:55"]), 5);
    assert_eq!(
        found(&["--since", "2020-02-25", "--where", "nosuch OR tls-refused"]),
        1
    );
    assert_eq!(
        found(&["--since", "2020-02-26", "--where", "nosuch OR tls-refused"]),
        0
    );
    // What is more than a time would let findings in that --where leaves out.
    for since in ["2000-01-01 OR grade>=C", "foo bar", "2000-01-01)", ""] {
        let (status, found, told) = check(&["--since", since, "--where", "host:nosuch"]);
        assert_eq!((status, found), (Some(2), 0), "{since}");
        let first = told.lines().next().unwrap();
        assert!(
            first.contains("--since") && first.contains("is not a time"),
            "{told}"
        );
        assert!(
            !told.contains("--where") && !told.contains("since:"),
            "{told}"
        );
    }
}

/// What happened before is neither counted nor told of, but a peer that became worse is found by it.
#[test]
fn a_check_counts_what_happened_since() {
    let to = "R=dnslookup T=remote_smtp";
    let (mx, other) = (
        "H=mx.example.net [192.0.2.9]",
        "H=mx2.example.net [192.0.2.10]",
    );
    let good = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
    let why = "a TLS session is required, but the server did not offer TLS support";
    let mut log = String::new();
    for day in 1..=6 {
        let mut line = |id: u32, text: &str| {
            let _ = writeln!(
                log,
                "2024-05-{day:02} 10:00:00 1s2A{id:02}-000000001aB-1cDe {text}"
            );
        };
        let tls = if day == 1 { good } else { "" };
        line(
            day,
            &format!("=> bo@example.net {to} {mx} {tls} C=\"250 OK\""),
        );
        // One message, refused every day.
        line(
            77,
            &format!("== cy@example.net {to} defer (-38) {other}: {why}"),
        );
        line(
            77,
            &format!("== cy@example.net {to} defer (-53): retry time not reached for any host"),
        );
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, log).unwrap();
    let check = |since: &str| {
        let output = run(&[
            "check",
            "--lang",
            "en",
            "--since",
            since,
            path.to_str().unwrap(),
        ]);
        let told = String::from_utf8(output.stdout).unwrap();
        let fields = told
            .lines()
            .map(|line| line.split('\t').map(str::to_owned).collect());
        let mut told: Vec<Vec<String>> = fields.collect();
        told.sort_by_key(|fields| fields[1].clone());
        told
    };
    let counts = |told: &[Vec<String>]| told.iter().map(|own| own[2].clone()).collect::<Vec<_>>();
    let all = check("2024-05-01");
    assert_eq!(counts(&all), ["5", "5", "6"], "{all:?}");
    let some = check("2024-05-05");
    assert_eq!(counts(&some), ["2", "2", "2"], "{some:?}");
    let ids = |told: &[Vec<String>]| told.iter().map(|own| own[1].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&some), ids(&all));
    let refused = &some[2][4];
    assert!(
        refused.contains("2 connection attempts, 2 waits"),
        "{refused}"
    );
    assert!(check("2024-05-07").is_empty());
}

/// The texts for an authority about one message, in both languages.
fn submissions(name: &str, mail: &str, args: &[&str]) -> [String; 2] {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, mail).unwrap();
    ["en", "de"].map(|lang| {
        let asked = ["evidence", "--lang", lang, path.to_str().unwrap()];
        good(&[&asked, args].concat())
    })
}

#[test]
fn no_third_party_is_accused_by_a_header_in_our_name() {
    let mail = "Received: from evil.example (evil.example [203.0.113.66])\n\
                \tby mx.our.example (Postfix) with ESMTPS id 1; Sat, 2 May 2026 10:00:05 +0200\n\
                Received: from good.example (good.example [203.0.113.9])\n\
                \tby filter.our.example (Postfix) with SMTP id 2; Sat, 2 May 2026 10:00:03 +0200\n\
                Subject: x\n\n";
    let [english, german] = submissions("forged.eml", mail, &["--trust", ".our.example"]);
    assert!(!english.contains("By our own header"), "{english}");
    assert!(
        english.contains("Peers by log and header: not stated\n"),
        "{english}"
    );
    for text in [&english, &german] {
        assert_eq!(text.matches(": V\n").count(), 1, "{text}");
        assert_eq!(text.matches(": K\n").count(), 1, "{text}");
    }
}

#[test]
fn what_did_not_leave_the_host_is_not_in_clear() {
    let mail = "Received: from localhost (localhost [127.0.0.1])\n\
                \tby mx.our.example (Postfix) with SMTP id 1; Sat, 2 May 2026 10:00:05 +0200\n\
                Received: (qmail 1234 invoked by uid 1000); 2 May 2026 07:54:00 -0000\n\
                Received: from a.example (a.example [203.0.113.66])\n\
                \tby b.example (Postfix) with SMTP id 2; Sat, 2 May 2026 9:50:05 +0200\n\
                Subject: x\n\n";
    let [english, german] = submissions("loop.eml", mail, &[]);
    for told in [
        "TLS: within one host, no network (SMTP)\n",
        "TLS: no SMTP connection\n",
        "TLS: in clear (SMTP)\n",
    ] {
        assert_eq!(english.matches(told).count(), 1, "{told}{english}");
    }
    assert!(
        german.contains("innerhalb eines Rechners, kein Netz (SMTP)\n"),
        "{german}"
    );
}

/// What a person's computer is called, by itself and in the DNS, is told nowhere; mail servers are.
#[test]
fn findings_in_headers_name_nobodys_computer_under_a_mask() {
    const MAIL: &str = "\
Received: from mx.example.net (mx.example.net [203.0.113.7])
	by mail.example.com (Postfix) with ESMTPS id B2
	for <bo@example.com>; Thu,  2 May 2024 11:00:05 +0000 (UTC)
Received: from laptop-anna.box.example (pcb007137.dip0.provider.example [203.0.113.55])
	by mx.example.net (Postfix) with ESMTPA id A1
	for <bo@example.com>; Thu,  2 May 2024 11:00:00 +0000 (UTC)
Received: from Annas-MacBook (pc-anna.corp [192.168.178.44])
	by laptop-anna.box.example (Postfix) with ESMTP id A0
	for <bo@example.com>; Thu,  2 May 2024 10:59:00 +0000 (UTC)
From: <anna@example.org>
To: <bo@example.com>
Date: Thu, 02 May 2024 12:59:00 +0200
Message-ID: <1@example.org>

text
";
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), "mail.eml", MAIL);
    for asked in [
        &["evidence", "--lang", "en", &path][..],
        &["evidence", "--lang", "de", &path],
        &["evidence", "--format", "ndjson", &path],
        &["export", "findings", "--mask", &path],
        &["explain", "1@example.org", "--mask", &path],
        &["explain", "1@example.org", "--mask", "--lang", "de", &path],
    ] {
        let text = good(asked);
        for name in ["anna", "Anna", "pcb007137", "203.0.113.55", "178.44"] {
            assert!(!text.contains(name), "{name} by {asked:?} in {text}");
        }
        assert!(text.contains("HELO") && text.contains("p-"), "{text}");
    }
    let text = good(&["evidence", "--lang", "en", &path]);
    assert!(text.contains("mx.example.net [203.0.113.7]"), "{text}");
    assert!(text.contains("The HELO p-"), "{text}");
    let told = run(&["check", "--mask", &path]).stdout;
    let told = String::from_utf8(told).unwrap();
    assert!(
        told.contains("from p-") && !told.contains("pcb007137"),
        "{told}"
    );
}

/// The filter that counts a client's finding again tells no more of it than its sentence.
#[test]
fn a_masked_filter_names_nobodys_computer() {
    const LINE: &str = "2024-05-02 10:00:00 1s2Rxx-00000001Ckw-0hJp <= anna@example.org H=h203-0-113-55.provider.example [203.0.113.55] P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no S=1000\n";
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), "mainlog", LINE);
    let text = good(&["export", "findings", "--mask", &path]);
    assert!(text.contains("host=p-"), "{text}");
    assert!(!text.contains("203-0-113-55"), "{text}");
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A file may be called after somebody: it is so nowhere, and the text says that it was changed there.
#[test]
fn a_path_names_nobody_under_a_mask() {
    const MAIL: &str = "\
Received: from Annas-MacBook (mx.example.net [203.0.113.7])
	by mail.example.com (Postfix) with ESMTP id B2; Thu,  2 May 2024 11:00:05 +0000 (UTC)
From: <anna@example.org>

text
";
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), "anna@example.org.eml", MAIL);
    for asked in [
        &["evidence", "--lang", "en", &path][..],
        &["evidence", "--lang", "de", &path],
        &["evidence", "--format", "ndjson", &path],
        &["export", "findings", "--mask", &path],
        &["export", "hops", "--mask", &path],
        &["export", "messages", "--mask", &path],
    ] {
        let text = good(asked);
        assert!(text.contains("@example.org.eml"), "{text}");
        assert!(!text.contains("anna@"), "{asked:?}: {text}");
    }
    let text = good(&["evidence", "--lang", "en", &path]);
    assert!(
        text.contains("Names in the paths of files are masked"),
        "{text}"
    );
}
