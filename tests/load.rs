//! Loading gives the same model whatever the number of threads and however the text is packed.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use hopgrade::ingest::{self, Loaded, Options};
use hopgrade::model::{Model, Status, Zone};
use hopgrade::source::Input;

/// A log of a little over two chunks: messages whose lines lie far apart, and IDs of both forms.
fn log() -> String {
    let mut text = String::new();
    let mut line = 0_u32;
    while text.len() < 9 << 20 {
        let (day, second) = (1 + line / 86_400, line % 86_400);
        let stamp = format!(
            "2026-03-{day:02} {:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        );
        let number = line / 4;
        let id = queue_id(number);
        let rest = match line % 4 {
            0 => format!(
                "{id} <= a{n}@example.org H=mx{n}.example.net [192.0.2.{n}] P=esmtps \
                 X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=1234 id=m{number}@example.org",
                n = number % 200
            ),
            1 => format!(
                "{id} == b@example.com R=dnslookup T=remote_smtp defer (110): Connection timed out"
            ),
            2 => format!(
                "{id} => b@example.com R=dnslookup T=remote_smtp H=mx.example.com [198.51.100.7] \
                 X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes C=\"250 OK id={number}\""
            ),
            // The last line of a message comes 4,000 lines later, in another chunk for many.
            _ => match number.checked_sub(1000) {
                Some(old) => format!("{} Completed", queue_id(old)),
                None => "Start queue run: pid=77".to_owned(),
            },
        };
        let _ = writeln!(text, "{stamp} {rest}");
        line += 1;
    }
    text
}

fn queue_id(number: u32) -> String {
    let start = number % 4096;
    if number.is_multiple_of(2) {
        format!("1vw{start:03X}-{number:06}-00")
    } else {
        format!("1vw{start:03X}-{number:011}-0000")
    }
}

/// Everything a reader could notice about a model.
fn dump(model: &Model) -> Vec<String> {
    let events = model.events.iter().map(|event| {
        format!(
            "{} {} {} {:?} {} {} {:?}",
            event.time(),
            model.events.line(&event),
            event.message,
            event.kind,
            String::from_utf8_lossy(model.strings.addresses.get(event.address)),
            String::from_utf8_lossy(model.strings.peers.get(event.peer)),
            model.session(&event).map(|session| session.cipher.clone()),
        )
    });
    let messages = model.messages.iter().map(|message| {
        let numbers: Vec<u32> = model.event_numbers_of(message).collect();
        format!(
            "{} {:?} {} {} {numbers:?}",
            String::from_utf8_lossy(&model.queue_id(message)),
            message.status(),
            message.attempts,
            message.waits
        )
    });
    events.chain(messages).collect()
}

fn load(path: PathBuf, jobs: usize) -> Loaded {
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        jobs,
        ..Options::default()
    };
    ingest::load(vec![Input::File(path)], options)
}

#[test]
fn threads_and_compression_change_nothing() {
    let text = log();
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("mainlog");
    std::fs::write(&plain, &text).unwrap();
    let packed = dir.path().join("mainlog.gz");
    let mut gz = flate2::write::GzEncoder::new(
        std::fs::File::create(&packed).unwrap(),
        flate2::Compression::fast(),
    );
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap();

    let one = load(plain.clone(), 1);
    assert!(one.errors.is_empty() && one.model.not_understood.is_empty());
    let wanted = dump(&one.model);
    assert!(wanted.len() > 60_000);
    let completed = one
        .model
        .messages
        .iter()
        .filter(|m| m.status() == Status::Delivered)
        .count();
    assert!(completed > 10_000, "{completed}");
    for (path, jobs) in [(plain, 4), (packed.clone(), 1), (packed, 3)] {
        let other = load(path.clone(), jobs);
        assert!(
            dump(&other.model) == wanted,
            "{} with {jobs} threads differs",
            path.display()
        );
        let line = other.model.record(0, 40_000).unwrap();
        assert_eq!(line, text.lines().nth(39_999).unwrap().as_bytes());
    }
}

#[test]
fn a_bad_input_is_named_and_the_rest_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        Input::File(path)
    };
    let inputs = vec![
        write("mainlog", b"2026-03-01 00:00:00 1vw000-000000-00 <= a@example.org U=root P=local S=1\nno log line\n"),
        write("empty", b""),
        write("picture.png", b"\x89PNG\r\n\x1a\nnothing"),
        write("torn.gz", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]),
        Input::File(dir.path().join("missing")),
        write("mail.eml", b"From: a@example.org\r\nSubject: x\r\n\r\nbody\r\n"),
    ];
    let loaded = ingest::load(
        inputs,
        Options {
            zone: Zone::parse("UTC").unwrap(),
            ..Options::default()
        },
    );
    assert_eq!(loaded.model.messages.len(), 1);
    assert_eq!(loaded.model.mails.len(), 1);
    assert_eq!(loaded.model.not_understood.len(), 1);
    let errors: Vec<String> = loaded.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 4, "{errors:#?}");
    for (error, name) in errors
        .iter()
        .zip(["empty", "picture.png", "torn.gz", "missing"])
    {
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn the_reject_log_is_not_counted_twice() {
    let rejected = "2026-03-01 00:00:07 H=mail.example.net [192.0.2.1] F=<a@example.net> rejected RCPT <b@example.org>: unknown user\n";
    let dir = tempfile::tempdir().unwrap();
    let main = dir.path().join("mainlog");
    let reject = dir.path().join("rejectlog");
    std::fs::write(&main, format!("{rejected}{rejected}")).unwrap();
    let headers = "Envelope-from: <a@example.net>\nEnvelope-to: <b@example.org>\n";
    std::fs::write(&reject, format!("{rejected}{headers}{rejected}")).unwrap();
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        ..Options::default()
    };
    let loaded = ingest::load(vec![Input::File(main), Input::File(reject)], options);
    assert_eq!(loaded.model.events.len(), 2);
    assert_eq!(loaded.model.files[1].copies, 2);
}
