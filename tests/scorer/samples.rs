//! Lines that others collected for their own programs: which host, when, which session.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::common::{all_files, cell, export, json, json_lines, text};
use crate::table::Row;

/// Exports the events of some lines; the event of each line.
fn events_of(lines: &[&str]) -> Result<Vec<Option<Value>>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sample.log");
    fs::write(&path, lines.join("\n") + "\n").expect("a file");
    let mut events = vec![None; lines.len()];
    for event in export("events", &["--tz", "UTC"], &[&path])? {
        let line = event["line"].as_u64().expect("a number");
        let at = usize::try_from(line).expect("a small number") - 1;
        events[at].get_or_insert(event);
    }
    Ok(events)
}

/// Hosts and times that fail2ban finds in its sample lines. It fills in the year 2005 where none stands.
pub fn fail2ban(corpora: &Path) -> Vec<Row> {
    let names = [
        "exim",
        "exim-spam",
        "postfix",
        "sendmail-auth",
        "sendmail-reject",
    ];
    names.map(|name| fail2ban_file(corpora, name)).into()
}

fn fail2ban_file(corpora: &Path, name: &str) -> Row {
    let mut row = Row::new("fail2ban", name);
    let samples = json(&corpora.join(format!("fail2ban/{name}.json")));
    let samples = samples.as_array().expect("a list");
    let lines: Vec<&str> = samples.iter().map(|one| cell(one, "line")).collect();
    let events = match events_of(&lines) {
        Ok(events) => events,
        Err(reason) => return row.unread(reason),
    };
    // With an offset in the line it tells the time of its own zone.
    let zoned = Regex::new(r"\d [+-]\d{4} |\d[+-]\d\d:\d\d |Z ").expect("a pattern");
    for (sample, event) in samples.iter().zip(&events) {
        let wanted = cell(&sample["fail2ban"], "host");
        // Where it finds none in its usual mode, it may ignore a host that the line does name.
        let Ok(wanted) = wanted.parse::<std::net::IpAddr>() else {
            continue;
        };
        let line = cell(sample, "line");
        let what = || line.chars().take(90).collect::<String>();
        let Some(event) = event else {
            row.main.missed(what());
            continue;
        };
        row.main
            .compare(what, &wanted.to_string(), cell(event, "peer_ip"));
        let time = cell(&sample["fail2ban"], "time");
        if time.len() != 19 || zoned.is_match(line) {
            continue;
        }
        let from = if line.contains(time.get(..4).unwrap_or(time)) {
            0
        } else {
            5
        };
        let got = cell(event, "time").get(from..19).unwrap_or_default();
        row.aside("time")
            .compare(what, time.get(from..19).unwrap_or(time), got);
    }
    row
}

/// Hosts that crowdsec's parsers find, named in its tests' assertions.
pub fn crowdsec(corpora: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    let source = Regex::new(r#"source_ip"[\])]+ == "([^"]+)"|"([^"]+)" in .*GetSources"#);
    let source = source.expect("a pattern");
    let root = corpora.join("crowdsec/.tests");
    let logs = all_files(&root);
    for log in logs
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
    {
        let folder = log.parent().expect("a folder");
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut row = Row::new("crowdsec", name);
        let mut hosts: BTreeSet<String> = BTreeSet::new();
        for asserts in ["parser.assert", "scenario.assert"] {
            let asserts = fs::read(folder.join(asserts)).unwrap_or_default();
            let asserts = text(&asserts);
            for found in source.captures_iter(&asserts) {
                let host = found.get(1).or_else(|| found.get(2));
                hosts.extend(host.map(|host| host.as_str().to_owned()));
            }
        }
        let bytes = fs::read(log).expect("a log");
        let lines = text(&bytes);
        let lines: Vec<&str> = lines.lines().filter(|line| !line.is_empty()).collect();
        match events_of(&lines) {
            Ok(events) => {
                for (line, event) in lines.iter().zip(&events) {
                    let host = hosts
                        .iter()
                        .find(|host| line.contains(&format!("[{host}]")));
                    let Some(host) = host else { continue };
                    let event = event.as_ref().unwrap_or(&Value::Null);
                    let what = || line.chars().take(90).collect::<String>();
                    row.main.compare(what, host, cell(event, "peer_ip"));
                }
                rows.push(row);
            }
            Err(reason) => rows.push(row.unread(reason)),
        }
    }
    rows
}

/// Single lines from the field: the session and the message that each names.
pub fn snippets(corpora: &Path) -> Vec<Row> {
    let all = json_lines(&corpora.join("log-snippets.jsonl"));
    let kinds = ["exim", "postfix", "sendmail"];
    kinds.map(|mta| snippets_of(mta, &all)).into()
}

fn snippets_of(mta: &str, all: &[Value]) -> Row {
    let mut row = Row::new("log-snippets.jsonl", mta);
    let session = Regex::new(
        r"X=(?P<a>[^: ]+):(?P<b>[^: ]+):|version=(?P<c>[^,]+), .*cipher=(?P<d>[^,]+),|: (?P<e>TLSv[0-9.]+) with cipher (?P<f>\S+)",
    )
    .expect("a pattern");
    let queue_id = Regex::new(
        r"(?:^|\] )(?:[0-9-]+ [0-9:]+ )?(\w{6}-\w{6,11}-\w{2,4}|\w{14}) ?(?::|<=|=>|==|H=)",
    )
    .expect("a pattern");
    let lines: Vec<&str> = all
        .iter()
        .filter(|one| one["mta"] == mta)
        .map(|one| cell(one, "line"))
        // A mail queue's listing and a line without its time are no log lines.
        .filter(|line| !line.starts_with("Mon Mar 30") && !line.starts_with("TLS error"))
        .collect();
    let events = match events_of(&lines) {
        Ok(events) => events,
        Err(reason) => return row.unread(reason),
    };
    for (line, event) in lines.iter().zip(&events) {
        let what =
            |column: &str| format!("{column} of {}", line.chars().take(90).collect::<String>());
        let Some(event) = event else {
            row.main.missed(what("all"));
            continue;
        };
        if let Some(found) = queue_id.captures(line) {
            let got = cell(event, "queue_id");
            row.main.compare(|| what("queue_id"), &found[1], got);
        }
        let Some(found) = session.captures(line) else {
            let tls = cell(event, "tls");
            row.main.compare(
                || what("tls"),
                "not yes",
                if tls == "yes" { tls } else { "not yes" },
            );
            continue;
        };
        let part = |names: [&str; 3]| {
            let part = names.iter().find_map(|name| found.name(name));
            part.map_or("", |part| part.as_str())
        };
        let version = match part(["a", "c", "e"]) {
            "TLSv1" | "TLS1" | "TLS1.0" => "TLS1.0".to_owned(),
            // It names a family of suites, not a version; but some suites can be used by one version only.
            "TLSv1/SSLv3" if part(["b", "d", "f"]).contains("-GCM-") => "TLS1.2".to_owned(),
            "TLSv1/SSLv3" => String::new(),
            other => other.replace("TLSv", "TLS"),
        };
        row.main
            .compare(|| what("tls_version"), &version, cell(event, "tls_version"));
        row.main.compare(
            || what("cipher"),
            part(["b", "d", "f"]),
            cell(event, "cipher"),
        );
    }
    row
}

/// What eximstats says of the log in the tests of `exim_exporter`.
pub fn exporter(corpora: &Path) -> Row {
    let mut row = Row::new("exim-exporter", "eximstats");
    let folder = corpora.join("exim-exporter");
    let events = match export("events", &["--tz", "UTC"], &[folder.join("test/mainlog")]) {
        Ok(events) => events,
        Err(reason) => return row.unread(reason),
    };
    let report = fs::read_to_string(folder.join("mainlog.eximstats.txt")).expect("the report");
    let cells = |name: &str| -> Vec<String> {
        let line = report
            .lines()
            .find(|line| line.trim_start().starts_with(name));
        let cells = line.expect("a line").split_whitespace().skip(1);
        cells.map(str::to_owned).collect()
    };
    let marked = |mark: &str| events.iter().filter(|event| event["flag"] == mark).count();
    let arrivals = events.iter().filter(|event| event["flag"] == "<=");
    let bytes: u64 = arrivals
        .map(|event| event["size"].as_u64().unwrap_or(0))
        .sum();
    let (received, delivered) = (cells("Received"), cells("Delivered"));
    let addresses = marked("=>") + marked("->");
    for (what, wanted, got) in [
        ("arrivals", &received[1], marked("<=").to_string()),
        ("volume", &received[0], format!("{}KB", bytes / 1024)),
        ("deliveries", &delivered[1], marked("=>").to_string()),
        ("addresses", &delivered[2], addresses.to_string()),
    ] {
        row.main.compare(|| what.to_owned(), wanted, &got);
    }
    row
}

/// The claims of the README beside the logs that a real Exim 4.96 wrote.
pub fn generated(corpora: &Path) -> Row {
    let mut row = Row::new("exim-generated-4.96", "README");
    for (name, version) in [
        ("t1", "TLS1.3"),
        ("t2_tls12", "TLS1.2"),
        ("t5_rsa_cbc", "TLS1.2"),
        ("t7_opportunistic", "TLS1.3"),
        ("t8_all_selectors", "TLS1.3"),
        ("t12_rich", "TLS1.3"),
    ] {
        let log = corpora
            .join("exim-generated-4.96")
            .join(name)
            .join("cli.mainlog");
        let events = match export("events", &["--tz", "UTC"], &[log]) {
            Ok(events) => events,
            Err(reason) => return row.unread(reason),
        };
        let of = |address: &str| {
            let about = move |event: &&Value| event["address"] == address;
            events.iter().filter(about).collect::<Vec<_>>()
        };
        for address in ["user1@tls.test", "user4@tls.test", "extra@tls.test"] {
            let delivery = of(address)
                .into_iter()
                .find(|event| event["kind"] == "delivery");
            let got = delivery.map_or("", |event| cell(event, "tls_version"));
            row.main
                .compare(|| format!("{name} {address}"), version, got);
        }
        let told = |address: &str| {
            let told = of(address)
                .into_iter()
                .filter(|event| !event["flag"].is_null());
            let told = told.map(|event| {
                format!(
                    "{} {} {}",
                    cell(event, "kind"),
                    cell(event, "tls"),
                    event["errno"]
                )
            });
            told.collect::<Vec<_>>().join(", ")
        };
        let plain = if name == "t7_opportunistic" {
            "delivery no null"
        } else {
            "deferral refused -38, retry_wait not_applicable -54"
        };
        row.main
            .compare(|| format!("{name} user2"), plain, &told("user2@plain.test"));
        let dead = "deferral not_stated 111, retry_wait not_applicable -54";
        row.main
            .compare(|| format!("{name} user3"), dead, &told("user3@dead.test"));
    }
    row
}
