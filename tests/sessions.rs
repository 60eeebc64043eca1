//! What logs say of a TLS session on lines besides the one that states it: connections that Sendmail keeps open or a
//! ruleset gives up, certificates that OpenSMTPD checks, servers that old releases of Postfix name without an address.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::process::Command;

use serde_json::Value;

const AES256: &str = "ECDHE-RSA-AES256-GCM-SHA384, bits=256/256";
const SENT: &str = "dsn=2.0.0, stat=Sent (ok)";

/// The lines of one process, a second apart.
fn log(lines: &[String]) -> String {
    let frame = |(second, line): (usize, &String)| {
        format!(
            "Nov 25 10:{:02}:{:02} mx sm-mta[101]: {line}\n",
            second / 60,
            second % 60
        )
    };
    lines.iter().enumerate().map(frame).collect()
}

fn secured(host: &str, verify: &str, cipher: &str) -> String {
    format!("STARTTLS=client, relay={host}., version=TLSv1.2, verify={verify}, cipher={cipher}")
}

/// The outcome for a recipient of the message with a number.
fn to(message: u32, host: &str, ip: u32, outcome: &str) -> String {
    format!(
        "3APA00aB{message:06}: to=<bo@example.net>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=121234, relay={host}. [192.0.2.{ip}], {outcome}"
    )
}

/// Sendmail keeps two connections open by default, and uses a kept one without another line about TLS.
#[test]
fn a_kept_connection_has_its_session() {
    let (one, two, three) = ("mx1.example.net", "mx2.example.net", "mx3.example.net");
    let arrivals = (1..=7).map(|message| {
        format!(
            "3APA00aB{message:06}: from=<a@example.org>, size=900, class=0, nrcpts=1, msgid=<{message}@example.org>, relay=pc.example.org [10.0.0.5]"
        )
    });
    let text = log(&arrivals
        .chain([
            secured(one, "OK", AES256),
            to(1, one, 1, SENT),
            secured(two, "OK", "AES256-SHA256, bits=256/256"),
            to(2, two, 2, SENT),
            // Both are kept.
            to(3, one, 1, SENT),
            to(3, two, 2, SENT),
            // The third host has no TLS, and the first one may have been closed for it.
            to(4, three, 3, SENT),
            to(5, two, 2, SENT),
            to(6, one, 1, SENT),
            secured(one, "OK", AES256),
            to(7, one, 1, SENT),
        ])
        .collect::<Vec<_>>());
    let rows = events("kind=delivery", &text).into_iter();
    let told = rows.map(|row| {
        let cipher = row["cipher"].as_str().unwrap_or_default().to_owned();
        (row["tls"].as_str().unwrap().to_owned(), cipher)
    });
    let (aes256, cbc) = ("ECDHE-RSA-AES256-GCM-SHA384", "AES256-SHA256");
    let expected = [
        ("yes", aes256),
        ("yes", cbc),
        ("yes", aes256),
        ("yes", cbc),
        ("no", ""),
        ("yes", cbc),
        ("not_stated", ""),
        ("yes", aes256),
    ];
    let expected = expected.map(|(tls, cipher)| (tls.to_owned(), cipher.to_owned()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

/// Each delivery rests on the line about its own host, whatever else has the same suite.
#[test]
fn the_line_about_tls_is_that_of_the_host() {
    let (one, two) = ("mx1.example.net", "mx2.example.net");
    let old = "AES128-SHA, bits=128/128";
    let text = log(&[
        secured(one, "OK", old),
        to(1, one, 1, SENT),
        secured(two, "OK", old),
        to(2, two, 2, SENT),
        to(3, one, 1, SENT),
    ])
    .replace("TLSv1.2", "TLSv1");
    let object = written(
        &["evidence", "--where", "id:3APA00aB000003"],
        "ndjson",
        &text,
    );
    let object: Value = serde_json::from_str(object.lines().next().unwrap()).unwrap();
    let lines = object["facts"][1]["lines"].as_array().unwrap();
    let ends = lines
        .iter()
        .map(|line| line.as_str().unwrap().rsplit(':').next().unwrap());
    assert_eq!(ends.collect::<Vec<_>>(), ["1", "5"], "{object}");
}

/// A session that was set up and then given up protected nothing, and TLS was offered there.
#[test]
fn a_connection_given_up_for_its_quality_is_no_good_one() {
    let mx = "mx.example.net";
    let given_up = |verify: &str, cipher: &str, reply: &str| {
        [
            secured(mx, verify, cipher),
            format!("ruleset=tls_server, arg1={verify}, relay={mx}, reject=403 4.7.0 {reply}"),
            to(
                1,
                mx,
                9,
                &format!("dsn=4.7.0, stat=Deferred: 403 4.7.0 {reply}"),
            ),
        ]
    };
    let failed = given_up("FAIL", AES256, "authentication failed");
    let weak = given_up(
        "OK",
        "ECDHE-RSA-AES128-GCM-SHA256, bits=128/128",
        "encryption too weak 128 less than 256",
    );
    for (lines, subject, headline) in [
        (
            &failed,
            "the certificate did not pass our check (validation-failure,",
            "We required TLS; mx.example.net showed a certificate that did not pass on one connection.",
        ),
        (
            &weak,
            "the encryption was weaker than we require (too-weak,",
            "We required TLS; with mx.example.net it was weaker than required on one connection.",
        ),
    ] {
        let text = log(lines);
        let note = hopgrade(&["evidence", "--to", "postmaster"], &text);
        assert!(note.contains(subject), "{note}");
        assert!(
            note.contains("Well protected last: no connection"),
            "{note}"
        );
        let complaint = hopgrade(&["evidence", "--to", "authority"], &text);
        let result = "TLS not as required, nothing sent";
        assert!(
            complaint.contains(&format!("Result: {result};")),
            "{complaint}"
        );
        assert!(
            complaint.contains(&format!("\"{result}\" TLS did not have")),
            "{complaint}"
        );
        assert!(!complaint.contains("did not have it"), "{complaint}");
        let told = hopgrade(&["explain", "3APA00aB000001"], &text);
        assert!(told.contains(headline), "{told}");
        let earlier = [secured(mx, "OK", AES256), to(2, mx, 9, SENT)];
        let text = log(&[&earlier[..], &lines[..]].concat());
        let note = hopgrade(&["evidence", "--to", "postmaster"], &text);
        assert!(
            note.contains("Well protected last: 2026-11-25 10:00:01"),
            "{note}"
        );
    }
}

/// One message may be given up by several hosts, each for its own cause.
#[test]
fn every_cause_is_told_with_its_hosts() {
    let refused = |host: &str, ip: u32, reply: &str| {
        to(
            1,
            host,
            ip,
            &format!("dsn=4.7.0, stat=Deferred: 403 4.7.0 {reply}"),
        )
    };
    let text = log(&[
        refused("mx1.example.net", 1, "not authenticated"),
        refused("mx2.example.net", 2, "encryption too weak 0 less than 128"),
        refused("mx3.example.net", 3, "encryption too weak 0 less than 128"),
    ]);
    for (lang, headline) in [
        (
            "en",
            "We required TLS; mx1.example.net showed a certificate that did not pass on one connection; \
             mx2.example.net, mx3.example.net did not offer it on 2 connections. Nothing was sent in clear.",
        ),
        (
            "de",
            "TLS war vorgeschrieben; die Prüfung des Zertifikats von mx1.example.net schlug auf einer Verbindung fehl; \
             es wurde von mx2.example.net, mx3.example.net auf 2 Verbindungen nicht angeboten.",
        ),
    ] {
        let told = hopgrade(&["explain", "--lang", lang, "3APA00aB000001"], &text);
        assert!(told.contains(headline), "{told}");
    }
}

/// The check of a certificate has a line behind that about the session. OpenSMTPD writes of a server without one as if
/// it were a client.
#[test]
fn the_certificate_of_a_server_is_checked_on_a_line_of_its_own() {
    let session = |nth: u32, check: &str| {
        let frame =
            |text: &str| format!("Nov 25 10:00:0{nth} mx smtpd[5]: 5d1e2b3c4a5b6c7{nth} {text}\n");
        let check = if check.is_empty() {
            String::new()
        } else {
            frame(check)
        };
        frame("mta connecting address=smtp://192.0.2.9:25 host=mx.example.net")
            + &frame("mta connected")
            + &frame("mta tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256")
            + &check
            + &frame(&format!(
                "mta delivery evpid=0a0b0c0{nth}11223341 from=<anna@example.org> to=<bo@example.net> rcpt=<-> source=\"192.0.2.1\" relay=\"192.0.2.9 (mx.example.net)\" delay=2s result=\"Ok\" stat=\"250 ok\""
            ))
    };
    let text = session(
        1,
        "mta cert-check result=\"unverified\" fingerprint=\"SHA256:00\"",
    ) + &session(
        2,
        "mta cert-check result=\"valid\" fingerprint=\"SHA256:00\"",
    ) + &session(3, "smtp cert-check result=\"no certificate presented\"")
        + &session(4, "");
    let verified = |kind: &str, expected: &[&str]| {
        let filter = format!("kind={kind} tls=yes");
        let rows = events(&filter, &text).into_iter();
        let told = rows.map(|row| row["verify"].as_str().unwrap_or_default().to_owned());
        assert_eq!(told.collect::<Vec<_>>(), expected, "{kind}");
    };
    let expected = ["unverified", "verified", "anonymous", ""];
    verified("delivery", &expected);
    verified("session", &expected);
    let mut client = text
        .replace(
            "mta connecting address=smtp://192.0.2.9:25",
            "smtp connected address=192.0.2.9",
        )
        .replace("mta tls", "smtp tls");
    for nth in 1..=4 {
        let sent = format!("mta delivery evpid=0a0b0c0{nth}11223341");
        let taken = format!("smtp message msgid=0a0b0c0{nth} size=100 nrcpt=1 proto=ESMTP#");
        client = client.replace(&sent, &taken);
    }
    let client: Vec<String> = client
        .lines()
        .filter(|line| line.contains(" smtp "))
        .map(|line| format!("{}\n", line.split('#').next().unwrap()))
        .collect();
    let client = client.concat();
    let rows = written(
        &["export", "events", "--where", "kind=arrival tls=yes"],
        "ndjson",
        &client,
    );
    assert_eq!(rows.lines().count(), 4, "{rows}");
    assert!(
        rows.lines().all(|row| row.contains("\"verify\":null")),
        "{rows}"
    );
}

/// Postfix 2.2 to 2.5 names a server without its address where it tells of TLS, with it where it tells of the delivery.
#[test]
fn a_session_with_a_host_known_by_name() {
    let line =
        |second: u32, text: &str| format!("Nov 25 10:00:{second:02} mx postfix/smtp[7]: {text}\n");
    let to = |second: u32, id: &str, host: &str| {
        line(
            second,
            &format!(
                "{id}: to=<bo@example.net>, relay={host}:25, delay=1, delays=0.1/0/0.5/0.4, dsn=2.0.0, status=sent (250 ok)"
            ),
        )
    };
    let old = "TLSv1 with cipher DES-CBC3-SHA (168/168 bits)";
    let text = line(0, "setting up TLS connection to mx.example.net")
        + &line(
            0,
            "Unverified: subject_CN=mx.example.net, issuer=Example CA",
        )
        + &line(
            0,
            &format!("TLS connection established to mx.example.net: {old}"),
        )
        + &to(1, "4A1B2C3D", "mx.example.net[192.0.2.9]")
        + &line(
            2,
            &format!("TLS connection established to mx.example.net: {old}"),
        )
        + &to(3, "4A1B2C3E", "mx2.example.net[192.0.2.10]");
    let rows = events("kind=delivery", &text).into_iter();
    let told = rows.map(|row| row["tls_version"].as_str().unwrap_or_default().to_owned());
    assert_eq!(told.collect::<Vec<_>>(), ["TLS1.0", ""]);
}

/// The events of a log that a filter selects.
fn events(filter: &str, text: &str) -> Vec<Value> {
    let rows = written(&["export", "events", "--where", filter], "ndjson", text);
    rows.lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect()
}

/// What the program writes about a log.
fn hopgrade(args: &[&str], text: &str) -> String {
    written(args, "text", text)
}

fn written(args: &[&str], format: &str, text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("maillog");
    fs::write(&path, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hopgrade"))
        .args(args)
        .args(["--year", "2026", "--tz", "UTC", "--format"])
        .arg(format)
        .arg(&path)
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}
