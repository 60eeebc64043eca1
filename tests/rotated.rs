//! Files that are read at the same time give what they give one after the other.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use hopgrade::ingest::{self, Follow, Loaded, Options};
use hopgrade::model::{Model, Zone};
use hopgrade::source::{Given, Input, SourceError};

const CHUNK: usize = 16 << 10;

fn options(jobs: usize) -> Options {
    Options {
        zone: Zone::parse("UTC").unwrap(),
        jobs,
        chunk_bytes: CHUNK,
        ..Options::default()
    }
}

/// One of several parts of a log, of several chunks. Each message arrives in one part and ends in the next.
fn part(number: u32, messages: u32) -> String {
    let mut text = String::new();
    for nth in 0..messages {
        let stamp = format!(
            "2026-03-{:02} {:02}:{:02}:{:02}",
            number + 1,
            nth / 3600 % 24,
            nth / 60 % 60,
            nth % 60
        );
        let id = |part: u32| format!("1vw{part:03}-{nth:06}-00");
        let _ = writeln!(
            text,
            "{stamp} {} <= a{nth}@example.org H=mx{nth}.example.net [192.0.2.{}] P=esmtps \
             X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S={nth} id={nth}.{number}@example.org",
            id(number),
            nth % 250
        );
        if number > 0 {
            let _ = writeln!(
                text,
                "{stamp} {} => b@example.com R=r T=t H=mx.example.com [198.51.100.7] C=\"250 OK\"\n\
                 {stamp} {} Completed",
                id(number - 1),
                id(number - 1)
            );
        }
    }
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

/// Seven parts, large and small, packed and not.
fn rotated(dir: &Path) -> Vec<PathBuf> {
    let write = |name: &str, bytes: Vec<u8>| {
        let path = dir.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let text = |number, messages| part(number, messages).into_bytes();
    vec![
        write("mainlog.6.gz", gzip(&text(0, 800))),
        write("mainlog.5", text(1, 700)),
        write("mainlog.4.gz", gzip(&text(2, 20))),
        write("mainlog.3.gz", gzip(&text(3, 30))),
        write("mainlog.2.gz", gzip(&text(4, 800))),
        write("mainlog.1", text(5, 2)),
        write("mainlog", text(6, 800)),
    ]
}

/// All that depends on the order in which lines were joined.
fn dump(model: &Model) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let events = model.events.iter().map(|event| {
        format!(
            "{} {} {} {} {:?} {:?} {} {}",
            model.file_of(&event).unwrap().path.display(),
            model.events.line(&event),
            event.time(),
            event.message,
            event.kind,
            model.tls_state(&event),
            text(model.strings.addresses.get(event.address)),
            text(model.strings.peers.get(event.peer)),
        )
    });
    let messages = model.messages.iter().map(|message| {
        let numbers: Vec<u32> = model.event_numbers_of(message).collect();
        format!(
            "{} {:?} {numbers:?}",
            text(&model.queue_id(message)),
            message.status()
        )
    });
    let files = model
        .files
        .iter()
        .map(|file| format!("{} {} {:?}", file.path.display(), file.lines, file.newest));
    events.chain(messages).chain(files).collect()
}

/// Loads the files one by one in their order, which nothing can run ahead of.
fn one_by_one(paths: &[PathBuf]) -> Vec<Model> {
    let load = |path: &PathBuf| ingest::load(vec![Input::File(path.clone())], options(1)).model;
    paths.iter().map(load).collect()
}

fn load(paths: &[PathBuf], options: Options) -> Loaded {
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::File).collect();
    ingest::load(inputs, options)
}

/// Loads logs that could be followed afterwards.
fn load_to_follow(paths: &[PathBuf], jobs: usize) -> Loaded {
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::File).collect();
    let options = Options {
        follow: Follow::OnRequest,
        ..options(jobs)
    };
    let mut running = ingest::start(inputs, options);
    while !running.progress.is_done() {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(running.progress.following.logs(), 3);
    running.progress.cancel();
    running.wait();
    let model = std::mem::take(&mut *running.model.write().unwrap());
    let errors = std::mem::take(&mut *running.errors.lock().unwrap());
    Loaded { model, errors }
}

fn errors(loaded: &Loaded) -> Vec<String> {
    loaded.errors.iter().map(ToString::to_string).collect()
}

#[test]
fn rotated_logs_are_joined_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let paths = rotated(dir.path());
    let alone = one_by_one(&paths);
    let wanted = dump(&load(&paths, options(1)).model);
    let events: u32 = alone.iter().map(|model| model.events.len()).sum();
    assert!(events > 6000);
    for jobs in [1, 4] {
        for follow in [false, true] {
            let loaded = if follow {
                load_to_follow(&paths, jobs)
            } else {
                load(&paths, options(jobs))
            };
            assert!(loaded.errors.is_empty(), "{:?}", errors(&loaded));
            let model = &loaded.model;
            assert!(
                dump(model) == wanted,
                "{jobs} threads, followed: {follow}: it differs"
            );
            assert_eq!(model.events.len(), events);
            for ((file, path), alone) in (0..).zip(&paths).zip(&alone) {
                let own = &model.files[file as usize];
                assert_eq!((&own.path, own.lines), (path, alone.files[0].lines));
                for line in [1, own.lines / 2, own.lines] {
                    assert_eq!(
                        model.record(file, line).unwrap(),
                        alone.record(0, line).unwrap()
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_torn_is_named_with_its_line_and_the_rest_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let paths = rotated(dir.path());
    let torn = &paths[4];
    let whole = std::fs::read(torn).unwrap();
    std::fs::write(torn, &whole[..whole.len() * 2 / 3]).unwrap();
    let wanted = load(&paths, options(1));
    let lines = wanted.model.files[4].lines;
    assert!(lines > 500 && lines < 2400);
    for jobs in [1, 4] {
        let loaded = load(&paths, options(jobs));
        assert!(matches!(
            loaded.errors.as_slice(),
            [SourceError::Read { path, line, .. }] if path == torn && *line == lines
        ));
        assert!(dump(&loaded.model) == dump(&wanted.model));
        assert_eq!(loaded.model.files.len(), paths.len());
        assert_eq!(loaded.model.files[6].lines, 2400);
    }
}

/// What a checksum shows to be wrong is wrong at the end only: all of the text before it is there.
#[test]
fn a_wrong_checksum_costs_no_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mainlog.1.gz");
    let mut packed = gzip(part(0, 3000).as_bytes());
    let end = packed.len();
    packed[end - 6] ^= 1;
    std::fs::write(&path, packed).unwrap();
    let loaded = load(&[path], options(2));
    assert_eq!(loaded.model.files[0].lines, 3000);
    assert!(matches!(
        loaded.errors.as_slice(),
        [SourceError::Read { line: 3000, .. }]
    ));
}

#[test]
fn errors_copies_and_messages_among_logs_stay_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut paths = rotated(dir.path());
    let mut write = |at: usize, name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        paths.insert(at, path);
    };
    write(1, "picture", b"\x89PNG\r\n\x1a\nnothing");
    write(3, "mail.eml", b"From: a@example.org\nSubject: x\n\nbody\n");
    write(4, "copy-of-mainlog.5", part(1, 700).as_bytes());
    write(6, "none", b"");
    write(7, "copy.eml", b"From: a@example.org\nSubject: x\n\nbody\n");
    paths.push(dir.path().join("missing"));
    let wanted = load(&paths, options(1));
    let told = errors(&wanted);
    let names = [
        "picture",
        "copy-of-mainlog.5",
        "none",
        "copy.eml",
        "missing",
    ];
    assert_eq!(told.len(), names.len(), "{told:#?}");
    for (error, name) in told.iter().zip(names) {
        assert!(error.contains(name), "{error}");
    }
    assert_eq!(wanted.model.mails.len(), 1);
    for jobs in [2, 4] {
        let loaded = load(&paths, options(jobs));
        assert_eq!(errors(&loaded), told);
        assert!(dump(&loaded.model) == dump(&wanted.model));
    }
}

#[test]
fn thousands_of_small_messages_stay_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let cur = dir.path().join("cur");
    for name in ["cur", "new", "tmp"] {
        std::fs::create_dir(dir.path().join(name)).unwrap();
    }
    for nth in 0..500 {
        let body = "x\n".repeat(nth % 50 * 100);
        let text = format!(
            "Received: from a ([192.0.2.1]) by b with esmtps (TLS1.3) id {nth}; \
             Sun, 1 Mar 2026 10:00:00 +0000\nFrom: a@example.org\nSubject: {nth}\n\n{body}"
        );
        std::fs::write(cur.join(format!("{nth:06}.host:2,S")), text).unwrap();
    }
    for jobs in [1, 4] {
        let given = Given::Paths(vec![dir.path().to_owned()]);
        let loaded = ingest::load(given, options(jobs));
        assert!(loaded.errors.is_empty(), "{:?}", errors(&loaded));
        let model = &loaded.model;
        assert_eq!(model.mails.len(), 500);
        for (nth, mail) in (0..).zip(&model.mails) {
            assert_eq!((mail.file, mail.subject()), (nth, &*nth.to_string()));
        }
        let plain = 500 * size_of::<hopgrade::model::Mail>();
        assert!(model.heap_bytes() > plain + 500 * 100);
    }
}

/// A load that is ended in the middle of many logs ends soon, and keeps what was joined.
#[test]
fn a_load_of_many_logs_can_be_ended() {
    let dir = tempfile::tempdir().unwrap();
    let paths = rotated(dir.path());
    let (reader, writer) = std::io::pipe().unwrap();
    let pipe = PathBuf::from(format!(
        "/proc/self/fd/{}",
        std::os::fd::AsRawFd::as_raw_fd(&reader)
    ));
    if !pipe.exists() {
        return;
    }
    let mut inputs: Vec<Input> = paths.iter().take(2).cloned().map(Input::File).collect();
    inputs.push(Input::File(pipe));
    inputs.extend(paths.iter().skip(2).cloned().map(Input::File));
    let lines = u64::from(800_u32 + 3 * 700);
    let mut load = ingest::start(inputs, options(2));
    let begun = Instant::now();
    // The pipe never says anything; what comes before it is joined meanwhile.
    while load.progress.lines() < lines && begun.elapsed() < Duration::from_mins(2) {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(load.progress.lines(), lines);
    load.progress.cancel();
    load.wait();
    assert!(begun.elapsed() < Duration::from_mins(2));
    assert!(load.error_texts().is_empty());
    assert_eq!(load.model.read().unwrap().files.len(), 2);
    drop(writer);
}
