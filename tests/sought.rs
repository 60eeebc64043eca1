//! Whoever asks one question has only what can answer it loaded, and gets the answer that all of the log gives.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "generator/mod.rs"]
mod generator;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use generator::Kind as Log;
use hopgrade::ingest::{self, Options, Sought};
use hopgrade::model::{AsOf, GradeBook, Zone};
use hopgrade::query::Query;
use hopgrade::query::eval::Index;
use hopgrade::report::Format;
use hopgrade::report::rows::{Facts, Kind};
use hopgrade::source::Input;
use hopgrade::tls::Profile;

/// The rows that a filter selects, and how many events were loaded for them.
fn answer(files: &[PathBuf], table: Kind, query: &Query, sought: Option<Sought>) -> (String, u32) {
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        chunk_bytes: 40_000,
        jobs: 2,
        sought,
        ..Options::default()
    };
    let inputs: Vec<Input> = files.iter().cloned().map(Input::File).collect();
    let loaded = ingest::load(inputs, options);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let profile = Arc::new(Profile::named("default").unwrap());
    let grades = GradeBook::of(&loaded.model, profile, AsOf::Event);
    let facts = Facts::new(&loaded.model, &grades, "");
    let zone = Zone::parse("UTC").unwrap();
    let rows = facts.select(table, query, zone, &Index::default());
    let mut out = Vec::new();
    Format::Ndjson
        .write(table.table(&facts, rows), &mut out)
        .unwrap();
    assert!(facts.take_failure().is_none());
    (String::from_utf8(out).unwrap(), loaded.model.events.len())
}

fn sought(query: &Query) -> Sought {
    let mut sought = Sought::new(&query.needles().unwrap()).unwrap();
    sought.least_bytes = 0;
    sought
}

/// Both ways give the same rows; how many events each loaded.
fn compare(files: &[PathBuf], filter: &str) -> (u32, u32, usize) {
    let query = Query::parse(filter).unwrap();
    let mut told = (0, 0, 0);
    for table in [Kind::Messages, Kind::Events] {
        let (expected, all) = answer(files, table, &query, None);
        let (rows, some) = answer(files, table, &query, Some(sought(&query)));
        assert!(
            rows == expected,
            "{filter} {table:?}:\n{rows}\ninstead of\n{expected}"
        );
        told = (all, some, told.2 + rows.lines().count());
    }
    told
}

/// A generated log as a main log and two rotated ones: most messages lie in one, retried ones in several.
fn rotated(dir: &Path, log: Log, seed: u64) -> Vec<PathBuf> {
    let text = generator::log(log, 300_000, seed);
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let names = ["mainlog.2", "mainlog.1", "mainlog"];
    let files = names.iter().zip(lines.chunks(lines.len().div_ceil(3)));
    files
        .map(|(name, lines)| {
            let path = dir.join(name);
            fs::write(&path, lines.concat()).unwrap();
            path
        })
        .collect()
}

#[test]
fn the_rows_are_those_of_the_whole_log() {
    for (log, seed) in [(Log::EximOld, 1), (Log::Exim, 2)] {
        let dir = tempfile::tempdir().unwrap();
        let files = rotated(dir.path(), log, seed);
        let all = answer(&files, Kind::Messages, &Query::default(), None).0;
        let messages: Vec<serde_json::Value> = all
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let text = |at: usize, column: &str| messages[at][column].as_str().unwrap_or("").to_owned();
        let mut rows = 0;
        for at in (0..messages.len()).step_by(messages.len() / 4) {
            let id = text(at, "queue_id");
            let recipients = messages[at]["recipients"].as_array().unwrap();
            let Some(recipient) = recipients.first().and_then(|one| one.as_str()) else {
                continue;
            };
            let domain = recipient.rsplit('@').next().unwrap();
            for filter in [
                format!("id:{id}"),
                format!("id={id}"),
                format!("addr:{}", recipient.to_uppercase()),
                format!("to={recipient} OR id:{id}"),
                format!("domain:{domain} -grade:A"),
                format!("addr:{recipient} status:delivered"),
                format!("host:{domain} kind:delivery"),
            ] {
                let (whole, part, found) = compare(&files, &filter);
                // Of others comes what stands before it is known what the log tells of TLS.
                assert!(part < whole || filter.starts_with("domain"), "{filter}");
                rows += found;
            }
        }
        assert!(rows > 100, "{rows}");
        let nothing = compare(&files, "id:nosuchid");
        assert_eq!(nothing.2, 0);
    }
}

/// A compressed log is read twice, and not for a third time.
#[test]
fn of_a_packed_log_the_lines_that_were_not_passed_over_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mainlog.1.gz");
    let text = generator::log(Log::EximOld, 3_000_000, 3);
    let text = String::from_utf8(text).unwrap();
    let mut out = GzEncoder::new(fs::File::create(&path).unwrap(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let middle = lines.len() / 2;
    let arrival = lines[middle..].iter().find(|line| line.contains(" <= "));
    let id = arrival.unwrap().split(' ').nth(2).unwrap();
    let query = Query::parse(&format!("id:{id}")).unwrap();
    let files = std::slice::from_ref(&path);
    compare(files, &format!("id:{id}"));
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        chunk_bytes: 200_000,
        sought: Some(sought(&query)),
        ..Options::default()
    };
    let model = ingest::load(vec![Input::File(path.clone())], options).model;
    fs::remove_file(path).unwrap();
    let events = (model.events.iter()).filter(|event| model.events.line(event) as usize > middle);
    let mut found = 0;
    for event in events {
        let number = model.events.line(&event);
        let line = model.record(0, number).unwrap();
        assert_eq!(line, lines[number as usize - 1].as_bytes());
        found += 1;
    }
    assert!(found > 0);
    assert!(model.text.heap_bytes() < text.len() / 6);
}

/// Plaintext is plaintext only where the writer is seen to tell of TLS, perhaps at the very end.
#[test]
fn what_a_log_shows_of_tls_counts_wherever_it_stands() {
    let dir = tempfile::tempdir().unwrap();
    let out = |time: u32, id: &str, address: &str, tls: &str| {
        format!(
            "2026-02-24 {:02}:{:02}:{:02} 1vumAA-{id}-00 => {address} R=r T=remote_smtp H=mx.example.net [192.0.2.1]{tls} C=\"250 ok\"\n",
            time / 3600,
            time / 60 % 60,
            time % 60
        )
    };
    let mut log = String::new();
    for nth in 0..3000 {
        log += &out(
            nth,
            &format!("{nth:06}"),
            &format!("user{nth}@example.org"),
            "",
        );
    }
    let path = dir.path().join("mainlog");
    let grade = |log: &str| {
        fs::write(&path, log).unwrap();
        let (_, _, rows) = compare(std::slice::from_ref(&path), "addr:user7@example.org");
        assert_eq!(rows, 2);
        let query = Query::parse("addr:user7@example.org").unwrap();
        let row = answer(
            std::slice::from_ref(&path),
            Kind::Events,
            &query,
            Some(sought(&query)),
        )
        .0;
        let row: serde_json::Value = serde_json::from_str(&row).unwrap();
        row["tls"].as_str().unwrap().to_owned()
    };
    assert_eq!(grade(&log), "not_stated");
    log += &out(
        4000,
        "009999",
        "b@example.org",
        " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes",
    );
    assert_eq!(grade(&log), "no");
}

/// A rejection stands in the reject log as well, and counts once; lines in other frames are not passed over.
#[test]
fn logs_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let rejected = "2026-02-24 08:00:00 H=mx.example.net [192.0.2.1] F=<a@example.org> rejected RCPT <b@example.com>: no\n";
    let tls = "2026-02-24 08:00:01 1vumAA-000001-00 <= c@example.org H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=300\n";
    let main = dir.path().join("mainlog");
    fs::write(&main, tls.repeat(600) + rejected).unwrap();
    let reject = dir.path().join("rejectlog");
    let header =
        "Envelope-from: <a@example.org>\nEnvelope-to: <b@example.com>\nF From: <a@example.org>\n";
    fs::write(&reject, rejected.to_owned() + header).unwrap();
    let syslog = dir.path().join("mail.log");
    fs::write(
        &syslog,
        "2026-02-24T08:00:05+00:00 mail exim[1]: 2026-02-24 08:00:05 1vumAA-000002-00 => b@example.com R=r T=t\n",
    )
    .unwrap();
    let (whole, part, rows) = compare(&[main.clone(), reject.clone()], "addr:b@example.com");
    assert_eq!(rows, 1);
    assert!(part < whole, "{part} of {whole}");
    let (whole, part, rows) = compare(&[main, reject, syslog], "addr:b@example.com");
    assert_eq!((whole, rows), (part, 3));
}

/// A bare word is found in an error text as it was before Exim escaped it: no line holds it so.
#[test]
fn what_stands_on_no_line_is_not_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let tls = "2026-02-24 08:00:01 1vumAA-000001-00 <= c@example.org H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=300\n";
    let odd = "2026-02-24 08:00:02 1vumAA-000002-00 == b@example.com R=r T=t defer (-46): mailbox of d\\100example.com is full\n";
    let path = dir.path().join("mainlog");
    fs::write(&path, tls.repeat(600) + odd).unwrap();
    let query = Query::parse("d@example.com").unwrap();
    let files = std::slice::from_ref(&path);
    let (rows, _) = answer(files, Kind::Messages, &query, None);
    assert_eq!(rows.lines().count(), 1, "{rows}");
    assert!(query.needles().is_none());
}
