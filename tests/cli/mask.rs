//! `--mask`: nobody is named.

use serde_json::Value;

use super::program::{good, hostile_log, rows, write};

#[test]
fn a_masked_output_names_no_person() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", &hostile_log());
    let id = "1s2AbC-000000001aB-1cDe";
    for args in [
        &["export", "messages", "--mask", &log][..],
        &["export", "events", "--mask", &log],
        &["explain", id, "--mask", &log],
        &["explain", id, "--mask", "--format", "markdown", &log],
        &["explain", id, "--mask", "--format", "html", &log],
        &["explain", id, "--mask", "--format", "ndjson", &log],
        &["--mask", "--where", "grade=A", &log],
    ] {
        let told = good(args);
        for person in ["=cmd", "bo@", "HYPERLINK", "x@example.org", "192.0.2.77"] {
            // A pseudonym may happen to end like the name.
            let mut places = told.match_indices(person).map(|(at, _)| &told[..at]);
            let whole = places.any(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()));
            assert!(!whole, "{args:?}: {person} in {told}");
        }
    }
    let rows = rows(&good(&["export", "messages", "--mask", &log]));
    assert!(
        rows[0]["recipients"][0]
            .as_str()
            .unwrap()
            .ends_with("@example.net")
    );
    assert_eq!(rows[0]["subject"], Value::Null);
}

/// A mail whose people are named in every way that headers know, most of them without an address.
const NAMED_MAIL: &str = "\
From secrethelper Tue Feb 25 10:00:00 2026
Return-Path: <anna/secret>
Delivered-To: berthidden
X-Original-To: hiddenalias
Received: from mx.example.org (mx.example.org [192.0.2.1])
\tby mail.example.net (Postfix) with ESMTP id ABC for <berthidden>;
\tTue, 25 Feb 2026 10:00:00 +0000
From: Anna Secret
To: Hidden, Bert <berthidden@example.net>, Carl Quiet,
\tDora Silent (secretly)
Cc: Hidden friends: berthidden@example.net, Carl Quiet;
Resent-From: Anna Secret <anna@example.org>
Subject: Quiet
Message-ID: <1@example.org>
Date: Tue, 25 Feb 2026 10:00:00 +0000

Quiet.
";

/// Its people have no domain.
const LOCAL_LOG: &str = "\
2026-02-24 10:00:00 1vuoAA-000001-00 <= annasecret U=annasecret P=local S=900
2026-02-24 10:00:01 1vuoAA-000001-00 => berthidden <berthidden@example.org> R=local_user T=maildir_home
2026-02-24 10:00:01 1vuoAA-000001-00 ** carlquiet: Unknown user
2026-02-24 10:00:02 1vuoAA-000001-00 => dorasilent R=relay T=remote_smtp H=mx.example.net [198.51.100.7]:25
2026-02-24 10:00:02 1vuoAA-000001-00 Completed
";

#[test]
fn a_name_without_an_address_is_masked_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let mail = write(dir.path(), "a.mbox", NAMED_MAIL.as_bytes());
    let log = write(dir.path(), "mainlog", LOCAL_LOG.as_bytes());
    let names = [
        "anna", "bert", "carl", "dora", "secret", "hidden", "quiet", "silent",
    ];
    for (input, id) in [(&mail, "1@example.org"), (&log, "1vuoAA-000001-00")] {
        for args in [
            &["explain", id, "--mask", input][..],
            &["explain", id, "--mask", "--format", "html", input],
            &["export", "messages", "--mask", input],
            &["export", "messages", "--mask", "--format", "lines", input],
            &["export", "events", "--mask", input],
            &["export", "hops", "--mask", input],
            &["--mask", input],
        ] {
            let told = good(args).to_lowercase();
            for name in names {
                assert!(!told.contains(name), "{args:?}: {name} in {told}");
            }
        }
    }
    let (anna, bert) = ("Anna Secret", "berthidden");
    let story = good(&["explain", "1@example.org", &mail]);
    assert!(story.contains(&format!("{anna} → {bert}")), "{story}");
    let story = good(&["explain", "1@example.org", "--mask", &mail]);
    let title = story.lines().next().unwrap();
    assert_eq!(title.matches("p-").count(), 2, "{title}");
}
