//! `hopgrade export`: the tables, their columns and forms.

use std::fs;

use serde_json::Value;

use super::program::{
    ID, LOG, MAIL, ODD_LOG, column, good, hostile_log, refused, rows, run, run_with, text, write,
};

#[test]
fn the_case_has_two_attempts_and_five_waits() {
    let events = rows(&good(&["export", "events", LOG, "--tz", "Europe/Berlin"]));
    let told: Vec<(&str, &str, Option<u64>)> = events
        .iter()
        .map(|event| {
            let word = |name: &str| event[name].as_str().unwrap();
            (word("time"), word("kind"), event["attempt"].as_u64())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("2020-02-25T03:55:03.000Z", "tls_refused", Some(1)),
            ("2020-02-25T03:55:03.000Z", "deferral", Some(1)),
            ("2020-02-25T04:55:03.000Z", "retry_wait", None),
            ("2020-02-25T05:55:03.000Z", "retry_wait", None),
            ("2020-02-25T06:55:03.000Z", "retry_wait", None),
            ("2020-02-25T07:55:03.000Z", "retry_wait", None),
            ("2020-02-25T08:55:03.000Z", "retry_wait", None),
            ("2020-02-25T09:55:03.000Z", "tls_refused", Some(2)),
            ("2020-02-25T09:55:03.000Z", "deferral", Some(2)),
        ]
    );
    for event in events.iter().filter(|event| event["attempt"].is_u64()) {
        assert_eq!(event["grade"], "R");
        assert_eq!(event["tls"], "refused");
        assert_eq!(event["peer_ip"], "194.25.134.67");
    }
    assert_eq!(events[1]["errno"], -38);
    assert_eq!(events[2]["errno"], -53);
    assert_eq!(events[1]["router"], "dnslookup");
}

#[test]
fn the_case_is_one_message_still_deferred() {
    let messages = rows(&good(&["export", "messages", LOG, "--tz", "Europe/Berlin"]));
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    for (name, value) in [
        ("queue_id", Value::from(ID)),
        ("status", "deferred".into()),
        ("attempts", 2.into()),
        ("waits", 5.into()),
        ("grade", "R".into()),
        ("claimed", Value::Null),
        ("events", 9.into()),
        ("recipients", vec!["tosa@rx.t-online.de"].into()),
        ("first", "2020-02-25T03:55:03.000Z".into()),
        ("last", "2020-02-25T09:55:03.000Z".into()),
        ("file", LOG.into()),
        ("line", 1.into()),
    ] {
        assert_eq!(message[name], value, "{name}");
    }
}

#[test]
fn the_answer_came_over_three_hops() {
    let hops = rows(&good(&["export", "hops", MAIL]));
    assert_eq!(column(&hops, "grade"), ["C", "E", "A"]);
    assert_eq!(column(&hops, "tls"), ["yes", "no", "yes"]);
    assert_eq!(column(&hops, "tls_version")[0], "TLS1.0");
    assert_eq!(column(&hops, "evidence")[2], "own");
    assert_eq!(column(&hops, "hop"), [1, 2, 3]);
    let strict = rows(&good(&["export", "hops", MAIL, "--profile", "bsi"]));
    assert_eq!(column(&strict, "grade")[1], "F");
    let message = rows(&good(&["export", "messages", MAIL]));
    assert_eq!(
        (&message[0]["grade"], &message[0]["claimed"]),
        (&"A".into(), &"E".into())
    );
    assert_eq!(message[0]["source"], "header");
}

#[test]
fn every_table_has_the_columns_of_the_contract_in_order() {
    let tls = "tls tls_version cipher cipher_iana bits group resumed verify grade reasons";
    let messages = "source host mta queue_id message_id first last sender recipients size subject \
        status arrival_protocol peer attempts waits grade claimed incomplete events file line";
    let events = format!(
        "time host mta queue_id kind flag attempt direction address parent_address router transport \
         peer_name peer_helo peer_ip peer_port peer_queue_id protocol {tls} errno enhanced_status size \
         text ambiguous file line"
    );
    let hops = format!(
        "file message message_id hop from_name from_helo from_ip by with transport {tls} queue_id for \
         time delay_seconds evidence raw"
    );
    let dir = tempfile::tempdir().unwrap();
    let odd = write(dir.path(), "odd", ODD_LOG.as_bytes());
    for (table, columns, log) in [
        ("messages", messages, LOG),
        ("events", &events, LOG),
        ("hops", &hops, LOG),
        ("not-understood", "file line reason shape text", &odd),
    ] {
        let expected: Vec<&str> = columns.split_whitespace().collect();
        let csv = good(&["export", table, "--format", "csv", log, MAIL]);
        let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        assert_eq!(head, expected, "{table}");
        let ndjson = good(&["export", table, log, MAIL]);
        let mut at = 0;
        for name in expected {
            let key = format!("\"{name}\":");
            at += ndjson[at..]
                .find(&key)
                .unwrap_or_else(|| panic!("{table}: {key}"))
                + key.len();
        }
    }
}

#[test]
fn postures_of_the_case() {
    for (table, name) in [("hosts", "rx.t-online.de"), ("domains", "t-online.de")] {
        let rows = rows(&good(&["export", table, "--format", "ndjson", LOG]));
        assert_eq!(rows.len(), 1);
        let cells = [
            "direction",
            "name",
            "deliveries",
            "refused",
            "waits",
            "latest",
            "trend",
        ];
        let cells = cells.map(|name| rows[0][name].clone());
        let expected = serde_json::json!(["out", name, 0, 2, 5, "R", "steady"]);
        assert_eq!(Value::from(cells.to_vec()), expected);
    }
    let csv = good(&["export", "domains", "--format", "csv", LOG]);
    assert_eq!(csv.lines().count(), 2);
}

#[test]
fn a_spreadsheet_runs_no_formula() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", &hostile_log());
    let csv = good(&["export", "messages", "--format", "csv", &log]);
    assert!(csv.contains(",'=cmd@example.org,"), "{csv}");
    assert!(csv.contains(",'=HYPERLINK(1)"), "{csv}");
    assert!(csv.ends_with("\r\n"));
    let events = good(&["export", "events", "--format", "csv", &log]);
    assert!(events.contains(",'=>,"), "{events}");
    let numbers = good(&["export", "events", "--format", "csv", LOG]);
    assert!(
        numbers.contains(",-38,"),
        "a number is no formula: {numbers}"
    );
}

/// Two messages larger than 4 GiB, and one smaller.
const LARGE_LOG: &str = "\
2026-02-24 10:00:00 1vuoAA-000001-00 <= anna@example.org H=mx.example.org [192.0.2.1] P=esmtp S=5368709120
2026-02-24 10:00:00 1vuoAA-000001-00 Completed
2026-02-24 10:00:01 1vuoBA-000002-00 <= anna@example.org H=mx.example.org [192.0.2.1] P=esmtp S=9663676416 id=2@example.org
2026-02-24 10:00:01 1vuoBA-000002-00 Completed
2026-02-24 10:00:02 1vuoCA-000003-00 <= anna@example.org H=mx.example.org [192.0.2.1] P=esmtp S=4294967294
2026-02-24 10:00:02 1vuoCA-000003-00 Completed
";

#[test]
fn a_size_over_four_gibibytes_is_the_same_everywhere() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", LARGE_LOG.as_bytes());
    let sizes = |args: &[&str]| -> Vec<u64> {
        let rows = rows(&good(&[&["export"], args, &[&*log]].concat()));
        rows.iter().filter_map(|row| row["size"].as_u64()).collect()
    };
    let all = [5_368_709_120, 9_663_676_416, 4_294_967_294];
    assert_eq!(sizes(&["events"]), all);
    assert_eq!(sizes(&["messages"]), all);
    for (filter, expected) in [
        ("size>4500M", &all[..2]),
        ("size>6000M", &all[1..2]),
        ("size<5000M", &all[2..]),
        ("size=5368709120", &all[..1]),
        ("size>1M", &all),
        ("size<1M", &[]),
    ] {
        assert_eq!(
            sizes(&["messages", "--where", filter]),
            expected,
            "{filter}"
        );
    }
    let told = good(&["explain", "1vuoBA-000002-00", &log]);
    assert!(told.contains("9.7 GB"), "{told}");
}

#[test]
fn the_messages_of_other_servers() {
    for server in ["postfix", "sendmail", "opensmtpd"] {
        let log = format!("tests/logs/{server}.log");
        let args = [
            "--tz",
            "UTC",
            "--year",
            "2020",
            "--as-of",
            "2026-08-01",
            &log,
        ];
        for table in ["messages", "events"] {
            let args = [&["export", table, "--format", "csv"], &args[..]].concat();
            insta::assert_snapshot!(format!("export_{server}_{table}"), good(&args));
        }
    }
}

#[test]
fn an_arrival_under_a_known_id_is_another_message() {
    let line = "2024-05-01 10:00:00 1s2AbC-000001-aB <= a@example.org U=root P=local S=10\n";
    let output = run_with(&["export", "messages", "-"], line.repeat(3).as_bytes());
    let rows = rows(&text(&output.stdout));
    assert_eq!(column(&rows, "events"), [1, 1, 1]);
    assert_eq!(column(&rows, "line"), [1, 2, 3]);
}

#[test]
fn an_alias_is_as_far_as_its_addresses() {
    let id = "2024-05-01 10:00:00 1s2AbC-000001-aB";
    let arrival = format!("{id} <= a@example.org U=root P=local S=10\n");
    let to = |mark: &str, name: &str, rest: &str| {
        format!("{id} {mark} {name}@example.net <list@example.org> R=r T=t{rest}\n")
    };
    let (one, late) = (
        to("=>", "one", ""),
        to("==", "two", " defer (-53): retry time"),
    );
    let failed = to("**", "two", ": gone");
    let early = format!("{id} == list@example.org R=r defer (-1): lookup failed\n");
    let end = format!("{id} Completed\n");
    for (lines, wanted) in [
        ([&one, &late].as_slice(), "partial"),
        (&[&late, &one], "partial"),
        (&[&failed, &one, &end], "partial"),
        (&[&one, &failed, &end], "partial"),
        (&[&late], "deferred"),
        (&[&early, &one], "delivered"),
        (&[&late, &one, &to("=>", "two", ""), &end], "delivered"),
    ] {
        let log: String = [&arrival]
            .iter()
            .chain(lines)
            .map(|line| line.as_str())
            .collect();
        let output = run_with(&["export", "messages", "-"], log.as_bytes());
        let rows = rows(&text(&output.stdout));
        assert_eq!(column(&rows, "status"), [wanted], "{log}");
    }
}

#[test]
fn the_lines_behind_rows() {
    let log = fs::read_to_string(LOG).unwrap();
    let of_message: String = log
        .split_inclusive('\n')
        .filter(|line| line.contains(ID))
        .collect();
    let filter = format!("id:{ID}");
    let messages = [
        "export", "messages", "--format", "lines", "--where", &filter, LOG,
    ];
    assert_eq!(good(&messages), format!("{of_message}\n"));
    let events = [
        "export",
        "events",
        "--format",
        "lines",
        "--where",
        "kind:tls_refused OR kind:deferral",
        LOG,
    ];
    let lines = good(&events);
    assert!(!lines.is_empty() && lines.lines().all(|line| of_message.contains(line)));

    // Of a mail it is the header.
    let header = good(&["export", "messages", "--format", "lines", MAIL]);
    let mail = fs::read_to_string(MAIL).unwrap();
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(&header), squeezed(&mail));

    let masked = good(&[
        "export", "messages", "--format", "lines", "--mask", "--where", &filter, LOG,
    ]);
    assert_eq!(masked.lines().count(), of_message.lines().count() + 1);
    assert!(!masked.contains("tosa@"), "{masked}");
    let told = refused(&["export", "hosts", "--format", "lines", LOG]);
    assert!(told.contains("hosts are no log lines"), "{told}");
}

#[test]
fn what_a_log_holds_never_reaches_a_terminal_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let hostile = b"2026-02-24 08:00:00 1vumAA-000001-00 <= a@example.org U=a P=local S=300 T=\"\x1b[2J\xff\"\n";
    let log = write(dir.path(), "mainlog", hostile);
    let lines = run(&["export", "messages", "--format", "lines", &log]).stdout;
    assert!(lines.starts_with(b"2026-02-24 08:00:00 1vumAA-000001-00 <= a@example.org"));
    assert!(!lines.contains(&0x1b) && !lines.contains(&0xff));
}
