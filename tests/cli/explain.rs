//! `hopgrade explain`: the story of one message in its forms.

use serde_json::Value;

use super::program::{ID, LOG, good, refused, rows, write};

#[test]
fn an_unknown_id_is_met_with_help() {
    let told = refused(&["explain", "1j69zj", LOG]);
    assert!(told.contains("\"1j69zj\"") && told.contains(ID), "{told}");
    let told = refused(&["explain", "nobody@example.org", LOG]);
    assert!(told.contains("hopgrade export messages"), "{told}");
}

#[test]
fn the_story_of_the_case() {
    let args = [
        "explain",
        ID,
        "--tz",
        "Europe/Berlin",
        "--as-of",
        "2026-08-01",
        LOG,
    ];
    insta::assert_snapshot!("explain_text", good(&args));
    insta::assert_snapshot!(
        "explain_markdown",
        good(&[&args[..], &["--format", "markdown"]].concat())
    );
    insta::assert_snapshot!(
        "explain_html",
        good(&[&args[..], &["--format", "html"]].concat())
    );
}

/// Old Postfix gives the same queue ID again within minutes.
const REUSED: &[u8] = b"\
Jan 10 10:00:00 mx1 postfix/smtpd[11]: 4F0AAB: client=relay.example.net[192.0.2.9]
Jan 10 10:00:00 mx1 postfix/cleanup[12]: 4F0AAB: message-id=<first@example.net>
Jan 10 10:00:00 mx1 postfix/qmgr[13]: 4F0AAB: from=<a@example.net>, size=900, nrcpt=1 (queue active)
Jan 10 10:00:01 mx1 postfix/smtp[14]: 4F0AAB: to=<c@example.com>, relay=mx.example.com[192.0.2.6]:25, delay=1, delays=0/0/1/0, dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.6] said: 550 5.1.1 unknown)
Jan 10 10:00:01 mx1 postfix/bounce[15]: 4F0AAB: sender non-delivery notification: 5D0CCD
Jan 10 10:00:01 mx1 postfix/qmgr[13]: 5D0CCD: from=<>, size=2900, nrcpt=1 (queue active)
Jan 10 10:00:01 mx1 postfix/qmgr[13]: 4F0AAB: removed
Jan 10 10:00:02 mx1 postfix/smtp[14]: 5D0CCD: to=<a@example.net>, relay=relay.example.net[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)
Jan 10 10:00:02 mx1 postfix/qmgr[13]: 5D0CCD: removed
Jan 10 10:05:00 mx1 postfix/smtpd[11]: 4F0AAB: client=relay.example.net[192.0.2.9]
Jan 10 10:05:00 mx1 postfix/cleanup[12]: 4F0AAB: message-id=<second@example.net>
Jan 10 10:05:00 mx1 postfix/qmgr[13]: 4F0AAB: from=<b@example.net>, size=900, nrcpt=1 (queue active)
Jan 10 10:05:01 mx1 postfix/smtp[14]: 4F0AAB: to=<d@example.com>, relay=mx.example.com[192.0.2.6]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)
Jan 10 10:05:01 mx1 postfix/qmgr[13]: 4F0AAB: removed
";

#[test]
fn a_notice_stands_with_the_message_it_is_of_not_with_the_next_of_that_id() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mail.log", REUSED);
    let story = good(&["explain", "4F0AAB", "--year", "2025", &log]);
    let notice = story.find("bounced as 5D0CCD").unwrap();
    let titles: Vec<usize> = story.match_indices("4F0AAB  ").map(|hit| hit.0).collect();
    assert_eq!(titles.len(), 2, "{story}");
    assert!(titles[0] < notice && notice < titles[1], "{story}");

    let form = ["--year", "2025", "--format", "ndjson", &log];
    let stories = rows(&good(&[&["explain", "4F0AAB"][..], &form].concat()));
    let order: Vec<&Value> = stories.iter().map(|story| &story["story"]).collect();
    assert_eq!(order, ["message", "journey", "message"]);

    for (id, bounced) in [("first@example.net", true), ("second@example.net", false)] {
        let story = good(&["explain", id, "--year", "2025", &log]);
        assert_eq!(story.contains("Notices"), bounced, "{story}");
    }
}

#[test]
fn the_story_for_programs() {
    let args = ["explain", "20260223122629.77@telko.example", "--as-of"];
    let files = ["assets/showcase/mainlog", "assets/showcase/answer.eml"];
    let form = ["2026-08-01", "--format", "ndjson"];
    let stories = rows(&good(&[&args[..], &form, &files].concat()));
    let chain = stories.last().unwrap();
    assert_eq!(chain["story"], "chain");
    assert_eq!(chain["as_of"], "2026-08-01");
    let hops = chain["hops"].as_array().unwrap();
    assert_eq!(hops[0]["hop"], 1);
    let graded = hops.iter().all(|hop| hop["grade"].is_string());
    assert!(hops.len() > 1 && graded, "{chain}");

    let stories = rows(&good(&["explain", ID, "--format", "ndjson", LOG]));
    assert_eq!(stories.len(), 1);
    let told = ["story", "queue_id", "grade"].map(|key| stories[0][key].clone());
    assert_eq!(told, ["message", ID, "R"]);
    let step = stories[0]["steps"].as_array().unwrap().iter();
    let folded: Vec<&Value> = step.filter(|step| !step["until"].is_null()).collect();
    assert_eq!(folded.len(), 1, "{}", stories[0]);
    assert!(folded[0]["title"].as_str().unwrap().contains("5 waits"));
}

#[test]
fn log_and_headers_on_one_page() {
    let page = good(&[
        "explain",
        "20260223122629.77@telko.example",
        "--tz",
        "Europe/Berlin",
        "--as-of",
        "2026-08-01",
        "--format",
        "html",
        "assets/showcase/mainlog",
        "assets/showcase/answer.eml",
    ]);
    insta::assert_snapshot!("explain_html_chain", page);
}

#[test]
fn the_stories_of_other_servers() {
    for (server, id) in [
        ("postfix", "4XkQ3c1Rj2z1bC"),
        ("postfix", "4XkQ5d8Tk3z1bD"),
        ("sendmail", "01OA51cd000311"),
        ("opensmtpd", "0a0b0c0d"),
    ] {
        let log = format!("tests/logs/{server}.log");
        let args = [
            "explain",
            id,
            "--tz",
            "UTC",
            "--year",
            "2020",
            "--as-of",
            "2026-08-01",
            &log,
        ];
        insta::assert_snapshot!(format!("explain_{server}_{id}"), good(&args));
        insta::assert_snapshot!(
            format!("explain_{server}_{id}_markdown"),
            good(&[&args[..], &["--format", "markdown"]].concat())
        );
    }
}
