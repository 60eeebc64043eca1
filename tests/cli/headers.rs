//! Loaded mails: which of their headers are ours, and what a row tells of a hop.

use serde_json::Value;

use super::program::{column, good, rows, run_with, text, write};

#[test]
fn a_mail_without_a_date_has_no_time() {
    let dir = tempfile::tempdir().unwrap();
    let mail = |number: u8, date: &str| {
        let text = format!(
            "Received: from a.example.org (a.example.org [192.0.2.1])\n\
             \t(using SSLv3 with cipher RC4-MD5 (128/128 bits))\n\
             \tby mail.example.net (Postfix) with ESMTPS id ABC{date}\n\
             From: anna@example.org\nMessage-ID: <{number}@example.org>\n\nx\n"
        );
        write(dir.path(), &format!("{number}.eml"), text.as_bytes())
    };
    let timeless = mail(1, "");
    let told = good(&[&timeless]);
    assert!(told.contains("\n  D x   no time  1@example.org"), "{told}");
    assert!(!told.contains("1970"), "{told}");
    let dated = mail(2, "; Tue, 25 Feb 2026 10:00:00 +0000");
    let told = good(&[&timeless, &dated]);
    let listed: Vec<&str> = told
        .lines()
        .filter(|line| line.starts_with("  D x"))
        .collect();
    assert!(listed[0].contains("2026-02-25 10:00:00  2@"), "{told}");
    assert!(listed[1].contains("no time              1@"), "{told}");
}

#[test]
fn nothing_is_local_while_a_leg_is_not_shown() {
    // No line of this log shows TLS, so the arrival's is not known; the delivery is local.
    let log = "2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org H=mx.example.org [192.0.2.7] P=esmtp S=9\n\
               2024-05-01 10:00:01 1s2AbC-000001-aB => bo <bo@example.net> R=local_user T=local_delivery\n\
               2024-05-01 10:00:01 1s2AbC-000001-aB Completed\n";
    let output = run_with(&["export", "messages", "-"], log.as_bytes());
    let found = rows(&text(&output.stdout));
    assert_eq!(column(&found, "grade"), ["?"]);
    assert_eq!(column(&found, "incomplete"), [true]);
    let story = run_with(&["explain", "1s2AbC-000001-aB", "-"], log.as_bytes());
    assert!(!text(&story.stdout).contains("never crossed a network"));

    let mail = "Received: from bo by host.example.net with local (Exim 4.96) id 1; Tue, 25 Feb 2020 13:26:32 +0100\n\
                Received: from mx.example.org (mx.example.org [192.0.2.7]) by host.example.net (Unknown) with SMTP id 2;\n\
                \tTue, 25 Feb 2020 13:26:31 +0100\nSubject: x\n\n";
    let args = ["export", "messages", "--trust", "host.example.net", "-"];
    let found = rows(&text(&run_with(&args, mail.as_bytes()).stdout));
    assert_eq!(column(&found, "grade"), ["?"]);
}

#[test]
fn the_topmost_header_is_ours_unless_hosts_are_named() {
    let evidence = |trusted: &[&str]| {
        let trusted = trusted.iter().flat_map(|host| ["--trust", host]);
        let args: Vec<&str> = ["export", "hops", "assets/demo/reply.eml"]
            .into_iter()
            .chain(trusted)
            .collect();
        let found = rows(&good(&args));
        column(&found, "evidence")
            .into_iter()
            .cloned()
            .collect::<Vec<Value>>()
    };
    assert_eq!(evidence(&[]), ["peer", "peer", "own"]);
    let not_ours = evidence(&["mailout02.t-online.de"]);
    assert_eq!(not_ours, ["unverified"; 3], "the topmost is not named");
    let named = evidence(&["userserver", "mailout02.t-online.de"]);
    assert_eq!(named, ["peer", "own", "own"]);
    assert_eq!(evidence(&["194.25.134.0/24"]), ["peer", "own", "own"]);
    let mail = "Received: from a.example (a.example [203.0.113.9]) by b.example (Postfix) with SMTP id 1;\n\
                \tTue, 25 Feb 2020 13:26:32 +0100\nMessage-ID: <x@a.example>\n\n";
    let args = ["explain", "x@a.example", "--trust", "c.example", "-"];
    let story = text(&run_with(&args, mail.as_bytes()).stdout);
    assert!(story.contains("None of its headers is ours."), "{story}");
}

#[test]
fn a_hop_within_the_host_is_not_told_as_in_clear() {
    let mail = "Received: from localhost (localhost [127.0.0.1]) by b.example (Postfix) with SMTP id 1;\n\
                \tTue, 25 Feb 2020 13:26:32 +0100\nMessage-ID: <x@a.example>\n\n";
    let story = text(&run_with(&["explain", "x@a.example", "-"], mail.as_bytes()).stdout);
    assert!(story.contains("SMTP within one host"), "{story}");
    assert!(!story.contains("in clear"), "{story}");
}
