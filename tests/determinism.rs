//! A log or an mbox says the same however it is cut into chunks and on however many threads it is read.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;
#[path = "common/servers.rs"]
mod servers;

use std::fmt::Write as _;
use std::path::Path;

use hopgrade::ingest::{self, Options};
use hopgrade::model::{Model, Zone};
use hopgrade::source::Input;
use servers::{Entry, entries};

/// Everything that may be asked of a model, a line each.
fn dump(model: &Model) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let strings = &model.strings;
    let events = (0..model.events.len()).map(|number| {
        let event = model.events.get(number).unwrap();
        format!(
            "event {number} {} line {} of {} {:?} {:?} {:?} tls {:?} {:?} {:?} {:?} {:?} {:?} {} {}",
            event.time(),
            model.events.line(&event),
            event.message,
            event.kind,
            event.direction(),
            event.absence(),
            model.tls_state(&event),
            model.session(&event),
            model.remark(&event).trouble,
            text(strings.addresses.get(event.address)),
            text(strings.addresses.get(model.remark(&event).parent)),
            text(strings.peers.get(event.peer)),
            text(strings.texts.get(model.remark(&event).text)),
            event.is_ambiguous(),
        )
    });
    let messages = model.messages.iter().map(|message| {
        let events: Vec<u32> = model.event_numbers_of(message).collect();
        format!(
            "message {} on {} {:?} {} from {} {} {} {} {} {} arrived {} {events:?}",
            text(&model.queue_id(message)),
            text(strings.words.get(message.host)),
            message.status(),
            message.is_completed(),
            text(strings.addresses.get(message.sender)),
            text(&strings.message_ids.get(message.message_id).text()),
            message.size,
            text(strings.protocols.get(message.protocol)),
            message.attempts,
            message.recipients,
            message.arrival,
        )
    });
    let links = model.links.iter().map(|link| format!("{link:?}"));
    let unread = (model.not_understood.iter())
        .map(|line| format!("{} {} {}", line.file, line.line, line.reason));
    let origins = model.origins.iter().map(|own| {
        let (host, program) = (strings.words.get(own.host), strings.words.get(own.program));
        format!(
            "origin {} {} {} {:?}",
            own.file,
            text(host),
            text(program),
            own.shows
        )
    });
    let files = (model.files.iter()).map(|file| {
        format!(
            "file {} {} {} {:?}",
            file.lines, file.copies, file.foreign, file.newest
        )
    });
    let mails = model.mails.iter().map(|mail| format!("mail {mail:?}"));
    let all = events.chain(messages).chain(links).chain(unread);
    let all = all.chain(mails);
    all.chain(origins).chain(files).collect()
}

fn load(path: &Path, chunk_bytes: usize, jobs: usize) -> Model {
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        year: Some(2026),
        jobs,
        chunk_bytes,
        ..Options::default()
    };
    ingest::load(vec![Input::File(path.to_owned())], options).model
}

/// Loads a file in many ways; gives what it says.
fn the_same_in_every_way(path: &Path, sizes: &[usize]) -> Vec<String> {
    let wanted = dump(&load(path, 4 << 20, 1));
    for (nth, &size) in sizes.iter().enumerate() {
        let jobs = nth % 4 + 1;
        let found = dump(&load(path, size, jobs));
        for (wanted, found) in wanted.iter().zip(&found) {
            assert_eq!(
                found,
                wanted,
                "{} by {size} bytes with {jobs} threads",
                path.display()
            );
        }
        assert_eq!(found.len(), wanted.len(), "{} by {size}", path.display());
    }
    wanted
}

const SIZES: [usize; 8] = [300, 301, 449, 1000, 2011, 5000, 20_000, 65_536];

const BEFORE_NEW_YEAR: u64 = 20 * 60;

/// The log in frames of traditional syslog.
fn traditional(entries: &[Entry]) -> String {
    let mut log = String::new();
    for Entry(at, host, program, pid, text) in entries {
        let (day, second) = match at.checked_sub(BEFORE_NEW_YEAR) {
            Some(after) => ("Jan  1", after),
            None => ("Dec 31", 86_400 - BEFORE_NEW_YEAR + at),
        };
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let _ = writeln!(
            log,
            "{day} {hour:02}:{minute:02}:{second:02} {host} {program}[{pid}]: {text}"
        );
    }
    log
}

/// The log as `journalctl -o export` prints it.
fn export(entries: &[Entry]) -> String {
    let mut log = String::new();
    for (nth, Entry(at, host, program, pid, text)) in entries.iter().enumerate() {
        let micros = (1_767_224_400 + at) * 1_000_000 + nth as u64;
        let _ = write!(
            log,
            "__CURSOR=s=1;i={nth}\n__REALTIME_TIMESTAMP={micros}\n_HOSTNAME={host}\n\
             SYSLOG_IDENTIFIER={program}\n_PID={pid}\nMESSAGE={text}\n\n"
        );
    }
    log
}

#[test]
fn a_mixed_log_over_new_year() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mail.log");
    std::fs::write(&path, traditional(&entries(60))).unwrap();
    let told = the_same_in_every_way(&path, &SIZES);
    let messages = told
        .iter()
        .filter(|line| line.starts_with("message "))
        .count();
    // Sixty of each server, and the notifications.
    assert!(messages >= 4 * 60, "{messages}");
    let stated = told.iter().filter(|line| line.contains("tls Yes")).count();
    let clear = told.iter().filter(|line| line.contains("tls No ")).count();
    assert!(stated > 150 && clear > 50, "{stated} and {clear}");
}

#[test]
fn a_journal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.export");
    std::fs::write(&path, export(&entries(60))).unwrap();
    let told = the_same_in_every_way(&path, &SIZES);
    let messages = told
        .iter()
        .filter(|line| line.starts_with("message "))
        .count();
    assert!(messages >= 4 * 60, "{messages}");
}

/// Messages with bodies of all lengths, with what looks like messages in them, and with bounces among them.
fn mbox() -> String {
    const FROM: &str = "From a@example.org Mon Jan  1 00:00:00 2024\n";
    let mut text = String::new();
    for n in 0..60_usize {
        let header = format!(
            "Return-Path: <{}>\nReceived: from a.example ([192.0.2.1])\n\tby b.example with ESMTPS\n\t\
             (TLSv1.{}:ECDHE-RSA-AES256-GCM-SHA384:256) id {n}; Mon, 1 Jan 2024 00:00:{n:02} +0000\n\
             Message-ID: <{n}@example.org>\nSubject: {n}\n",
            if n % 7 == 0 { "" } else { "a@example.org" },
            n % 4,
        );
        let inner = format!("{FROM}{header}\nlook\n");
        let body = match n % 6 {
            0 => format!("--- Below this line is a copy\n\n{header}\nthe end\n"),
            1 => "a short line\n".repeat(n * n),
            2 => format!("{}\u{fc}\n", "x".repeat(n * 2_000)),
            3 => format!("From here on\n>{inner}\n\nFrom x\n"),
            _ => format!("\n{inner}\n\nbye\n"),
        };
        text.push_str(FROM);
        text.push_str(&header);
        if n % 6 == 4 {
            // True for one half of them.
            let _ = writeln!(text, "Content-Length: {}", body.len() - n % 4 * 3);
        }
        let _ = write!(text, "\n{body}\n");
    }
    text
}

#[test]
fn an_mbox() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [("mbox", mbox()), ("crlf", mbox().replace('\n', "\r\n"))] {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let told = the_same_in_every_way(&path, &[1, 17, 64, 100, 300, 1000, 5000, 65_536]);
        let mails: Vec<&String> = told.iter().filter(|it| it.starts_with("mail ")).collect();
        let returned = mails.iter().filter(|it| it.contains("returned: true"));
        assert!(mails.len() > 70 && returned.count() > 0, "{}", mails.len());
    }
}

/// Later pieces behind very long lines of others: what is looked at ahead must not hang on where a chunk ends.
#[test]
fn pieces_far_apart() {
    let mut all = Vec::new();
    for n in 0..20 {
        let id = format!("1vwBAA-{n:06}-00");
        let mut say = |pid, text| all.push(Entry(n, "e.example.org", "exim", pid, text));
        say(
            700 + n,
            format!(
                "[1/2] {id} => b@example.com R=r T=t H=mx.example.com [198.51.100.4] X=TLS1.2:ECDHE-"
            ),
        );
        for _ in 0..n {
            say(1, format!("Warning: {}", "x".repeat(6_000)));
        }
        say(700 + n, "[2/2] RSA-AES256-GCM-SHA384:256 CV=yes".to_owned());
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mail.log");
    std::fs::write(&path, traditional(&all)).unwrap();
    the_same_in_every_way(&path, &SIZES);
}

#[test]
fn the_logs_of_real_servers() {
    let Some(corpora) = common::corpora() else {
        return;
    };
    let lab = corpora.join("mta-lab");
    let logs = common::files(&lab, &["/syslog/", "/journald/", "/logs/"]);
    assert!(logs.len() > 20);
    for path in logs {
        the_same_in_every_way(&path, &[400, 3000, 30_000]);
    }
}
