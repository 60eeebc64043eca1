//! `--where`: it finds what the tables show.

use super::program::{LOG, MAIL, column, good, refused, rows, run_with, text, write};

#[test]
fn a_filter_selects_and_a_sort_orders() {
    let count = |filter: &str| {
        good(&["export", "events", "--where", filter, LOG])
            .lines()
            .count()
    };
    assert_eq!(count("kind:retry_wait"), 5);
    assert_eq!(count("-kind:retry_wait"), 4);
    assert_eq!(count("grade=R errno=-38"), 2);
    assert_eq!(count("kind:delivery"), 0);
    let hops = |filter: &str| {
        good(&["export", "hops", "--where", filter, MAIL])
            .lines()
            .count()
    };
    assert_eq!(hops("grade>=C"), 2);
    let sorted = |order: &str| {
        let events = rows(&good(&["export", "events", "--sort", order, LOG]));
        let lines = column(&events, "line");
        lines
            .into_iter()
            .map(|line| line.as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(sorted("line:desc"), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(sorted("attempt:desc"), [8, 9, 1, 2, 3, 4, 5, 6, 7]);
    let told = refused(&["export", "events", "--sort", "colour", LOG]);
    assert!(
        told.contains("\"colour\"") && told.contains("peer_name"),
        "{told}"
    );
}

/// A filter finds what the table shows.
#[test]
fn a_mail_is_found_by_the_status_of_its_row() {
    let unknown = ["export", "messages", "--where", "status:unknown", MAIL];
    let found = rows(&good(&unknown));
    assert_eq!(column(&found, "status"), ["unknown"]);
    let delivered = ["export", "messages", "--where", "status:delivered", MAIL];
    assert_eq!(good(&delivered), "");
}

#[test]
fn filters_find_what_other_servers_write() {
    let logs = ["postfix", "sendmail", "opensmtpd"].map(|own| format!("tests/logs/{own}.log"));
    for (filter, expected) in [
        ("to:dora", "0e0f0a0b 4XkQ5d8Tk3z1bD"),
        ("to:nobody", "01OA91ef000321"),
        ("addr:jürgen", "01OA01ab000301"),
        ("kind:tls_downgrade", "0a0b0c0d 4XkQ3c1Rj2z1bC"),
        ("kind:frozen", "4XkQ5d8Tk3z1bD"),
        // The name that OpenSMTPD writes beside this address is one that nobody checked.
        ("host:old.example.com", "01OA51cd000311 4XkQ3c1Rj2z1bC"),
        ("ip:192.0.2.30", "01OA51cd000311 0a0b0c0d 4XkQ3c1Rj2z1bC"),
        // What Postfix marks tls=may? was not required, so it is no refusal.
        ("tls:refused", "01OA51cd000311 4XkQ5d8Tk3z1bD"),
        // Postfix and Sendmail write it in a field of its own, not in the text.
        ("code:4.7.5", "4XkQ3c1Rj2z1bC 4XkQ5d8Tk3z1bD"),
        ("code:5.1.2", "01OA51cd000311"),
        ("text:\"hostname mismatch\"", "4XkQ5d8Tk3z1bD"),
        ("from:<>", "4XkQ6f0Vl4z1bG"),
        ("domain:nowhere.example", "01OA51cd000311"),
    ] {
        let mut args = vec!["export", "messages", "--format", "ndjson", "--year", "2020"];
        args.extend(["--where", filter]);
        args.extend(logs.iter().map(String::as_str));
        let rows = good(&args);
        let ids = rows.lines().map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            row["queue_id"].as_str().unwrap().to_owned()
        });
        let mut ids: Vec<String> = ids.collect();
        ids.sort_unstable();
        assert_eq!(ids.join(" "), expected, "{filter}");
    }
}

/// What a message row shows of each selected message: its queue ID.
fn selected(log: &str, table: &str, filter: &str) -> Vec<String> {
    let found = rows(&good(&["export", table, log, "--where", filter]));
    column(&found, "queue_id")
        .into_iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_filter_finds_what_only_the_line_says() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(
        dir.path(),
        "mainlog",
        b"2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org H=mx.example.org [192.0.2.7] P=esmtp S=10 \
          T=\"Gr\\303\\274\\303\\237e\" for b@example.net\n\
          2024-05-01 10:00:01 1s2AbC-000001-aB => b@example.net R=r T=remote_smtp H=mx.example.net [192.0.2.9] \
          C=\"250 2.6.0 stored as 4711\"\n\
          2024-05-01 10:00:01 1s2AbC-000001-aB Completed\n\
          2024-05-01 10:00:02 1s2AbD-000001-aB <= c@example.org H=mx.example.org [192.0.2.7] P=esmtp S=10 \
          for d@example.com\n",
    );
    let (first, second) = ("1s2AbC-000001-aB", "1s2AbD-000001-aB");
    for (filter, wanted) in [
        ("text:\"stored as\"", first),
        ("text:Gr\u{fc}\u{df}e", first),
        ("code:2.6.0", first),
        ("-code:2.6.0", second),
        ("to:d@example.com", second),
        ("domain=example.com", second),
        ("d@example.com", second),
    ] {
        assert_eq!(selected(&log, "messages", filter), [wanted], "{filter}");
    }
    assert_eq!(selected(&log, "events", "text:4711"), [first]);
    assert_eq!(selected(&log, "events", "code=2.6.0"), [first]);
    // A bare word is looked for in the ID, too.
    assert_eq!(selected(&log, "events", second), [second]);
}

#[test]
fn every_value_of_tls_that_events_show_can_be_asked_for() {
    let args = ["export", "events", LOG];
    let all = rows(&good(&args));
    for state in ["refused", "not_stated", "no", "yes"] {
        let shown = column(&all, "tls").into_iter().filter(|tls| **tls == state);
        let filter = format!("tls={state}");
        let found = rows(&good(&[args.as_slice(), &["--where", &filter]].concat()));
        assert_eq!(found.len(), shown.count(), "{state}");
    }
}

/// Exim rejects a message after its content came in, and logs no arrival. In Postfix the arrival comes before.
#[test]
fn a_message_that_is_rejected_has_the_grade_of_the_leg_on_which_it_came() {
    let log = "\
        2024-05-01 10:00:00 1s2AbC-000001-aB H=a.example [192.0.2.7] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 F=<a@a.example> rejected after DATA: no\n\
        2024-05-01 10:00:01 1s2AbD-000001-aB H=b.example [192.0.2.8] X=TLS1.0:ECDHE-RSA-AES256-SHA:256 F=<b@b.example> rejected after DATA: no\n\
        2024-05-01 10:00:02 1s2AbE-000001-aB U=root F=<root@c.example> rejected by non-SMTP ACL: no\n\
        2024-05-01 10:00:03 1s2AbF-000001-aB H=d.example [192.0.2.9] F=<d@d.example> rejected after DATA: no\n";
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), "mainlog", log.as_bytes());
    let all = rows(&good(&["export", "messages", &path]));
    assert_eq!(column(&all, "grade"), ["A", "C", "L", "?"]);
    assert_eq!(column(&all, "status"), ["rejected"; 4]);
    for (grade, wanted) in [("A", "1s2AbC"), ("C", "1s2AbD"), ("L", "1s2AbE")] {
        let found = selected(&path, "messages", &format!("grade={grade}"));
        assert_eq!(found, [format!("{wanted}-000001-aB")], "{grade}");
    }
}

#[test]
fn the_filter_knows_the_grades_that_the_rows_show() {
    // Loopback without a TLS statement, in a log that shows none.
    let log = "2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org H=localhost [127.0.0.1] P=esmtp S=9\n\
               2024-05-01 10:00:01 1s2AbC-000001-aB => b@example.net R=r T=t H=localhost [::1] C=\"250 ok\"\n";
    for filter in ["grade=L", "-grade=?"] {
        let args = ["export", "events", "--where", filter, "-"];
        let found = rows(&text(&run_with(&args, log.as_bytes()).stdout));
        assert_eq!(column(&found, "grade"), ["L", "L"], "{filter}");
    }
    let found = rows(&text(
        &run_with(&["export", "messages", "-"], log.as_bytes()).stdout,
    ));
    assert_eq!(column(&found, "grade"), ["L"]);
    assert_eq!(column(&found, "incomplete"), [false]);
}
