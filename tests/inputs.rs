//! Whatever the inputs are: everything in them is loaded once, and what is not loaded is said.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hopgrade::ingest::{self, Loaded, Options};
use hopgrade::model::{Mail, Zone};
use hopgrade::source::{Given, Input, SourceError, Stop, Twin};

fn options() -> Options {
    Options {
        zone: Zone::parse("UTC").unwrap(),
        jobs: 2,
        ..Options::default()
    }
}

/// Loads paths as the command line gives them.
fn load(paths: &[PathBuf]) -> Loaded {
    ingest::load(Given::Paths(paths.to_vec()), options())
}

fn errors(loaded: &Loaded) -> Vec<String> {
    loaded.errors.iter().map(ToString::to_string).collect()
}

/// A log of that many messages.
fn log(messages: u32) -> String {
    let mut text = String::new();
    for nth in 0..messages {
        let (minute, second) = (nth / 60 % 60, nth % 60);
        let _ = writeln!(
            text,
            "2026-03-01 10:{minute:02}:{second:02} 1vw000-{nth:06}-00 <= a@example.org U=root P=local S=1"
        );
    }
    text
}

fn mail(subject: &str) -> String {
    format!(
        "Received: from mx.example.net ([192.0.2.1])\n\tby mail.example.org with esmtps (TLS1.3) id x; \
         Sun, 1 Mar 2026 10:00:00 +0000\nFrom: a@example.org\nSubject: {subject}\n\nbody\n"
    )
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn xz(text: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut out = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

type Pack = fn(&[u8]) -> Vec<u8>;

struct Dir(tempfile::TempDir);

impl Dir {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn all(&self) -> [PathBuf; 1] {
        [self.0.path().to_owned()]
    }
}

const FROM: &str = "From a@example.org Sun Mar  1 10:00:00 2026\n";

#[test]
fn twenty_thousand_messages_of_an_mbox() {
    let mut text = String::new();
    for nth in 0..20_000 {
        let body = ">From here\nFrom here on nothing is a separator\n\n".repeat(nth % 40);
        let _ = writeln!(text, "{FROM}{}{body}", mail(&format!("number {nth}")));
    }
    let lines: Vec<&str> = text.lines().collect();
    let dir = Dir::new();
    let plain = dir.write("mbox", &text);
    let packed = dir.write("packed/mbox.gz", gzip(text.as_bytes()));
    for path in [plain, packed] {
        let loaded = load(&[path]);
        assert!(loaded.errors.is_empty(), "{:?}", errors(&loaded));
        let model = &loaded.model;
        assert_eq!((model.files.len(), model.mails.len()), (1, 20_000));
        for (nth, mail) in model.mails.iter().enumerate() {
            assert_eq!(mail.index as usize, nth);
            assert_eq!(mail.subject(), format!("number {nth}"));
            assert_eq!(mail.hops.len(), 1);
        }
        for mail in model.mails.iter().step_by(997) {
            for line in mail.first_line..=mail.last_line {
                let text = model.record(mail.file, line).unwrap();
                assert_eq!(text, lines[line as usize - 1].as_bytes());
            }
            let first = model.record(mail.file, mail.first_line).unwrap();
            assert!(first.starts_with(b"Received: "));
            let last = model.record(mail.file, mail.last_line).unwrap();
            assert!(last.starts_with(b"Subject: "));
        }
    }
}

#[test]
fn every_kind_of_mbox_and_of_line_end() {
    let inner = format!("Hello\n\n{FROM}Subject: inner\n\nbye\n");
    let quoted = inner.replace("\nFrom ", "\n>From ");
    let counted = |body: &str| {
        let head = mail("one").replace(
            "\n\nbody\n",
            &format!("\nContent-Length: {}\n\n", body.len()),
        );
        format!("{FROM}{head}{body}\n{FROM}{}", mail("two"))
    };
    let plain = |body: &str| {
        let head = mail("one").replace("body\n", body);
        format!("{FROM}{head}\n{FROM}{}", mail("two"))
    };
    let kinds = [
        ("mboxo", plain(&quoted)),
        ("mboxrd", plain(&quoted.replace(">From", ">>From"))),
        ("mboxcl", counted(&quoted)),
        ("mboxcl2", counted(&inner)),
    ];
    for (name, text) in kinds {
        let ends = [("\n", text.clone()), ("\r", text.replace('\n', "\r"))];
        for (end, text) in ends {
            let dir = Dir::new();
            let loaded = load(&[dir.write(name, text)]);
            let subjects: Vec<_> = loaded.model.mails.iter().map(Mail::subject).collect();
            assert_eq!(subjects, ["one", "two"], "{name} {end:?}");
            let second = &loaded.model.mails[1];
            let line = loaded.model.record(0, second.last_line).unwrap();
            assert_eq!(line, b"Subject: two", "{name} {end:?}");
        }
    }
}

#[test]
fn an_mbox_can_be_forced() {
    let dir = Dir::new();
    let path = dir.write("x", format!("{}\n{FROM}{}", mail("one"), mail("two")));
    let forced = Options {
        input: Some("mbox".parse().unwrap()),
        ..options()
    };
    assert_eq!(
        ingest::load(vec![Input::File(path.clone())], forced)
            .model
            .mails
            .len(),
        2
    );
    assert_eq!(load(&[path]).model.mails.len(), 1);
}

#[test]
fn a_maildir_with_its_folders() {
    let dir = Dir::new();
    dir.write("cur/1.host,S=9:2,S", mail("read"));
    dir.write(
        "new/2.host",
        format!("{FROM}{}\n{FROM}{}", mail("unread"), mail("part of it")),
    );
    dir.write("tmp/3.host", mail("not delivered"));
    dir.write(".Sent/cur/4.host:2,", mail("sent"));
    dir.write(".Sent/new/5.host", "neither\n");
    dir.write("dovecot-uidlist", "3 V1 N1\n");
    let loaded = load(&dir.all());
    let subjects: Vec<_> = loaded.model.mails.iter().map(Mail::subject).collect();
    assert_eq!(subjects, ["read", "unread", "sent"]);
    let said = errors(&loaded);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].ends_with(".Sent/new/5.host: neither mail log nor message; passed over"));
    assert!(loaded.errors[0].is_harmless());
}

#[test]
fn what_is_no_mail_in_a_directory_is_passed_over() {
    let dir = Dir::new();
    for nth in 0..5 {
        dir.write(
            &format!("pictures/{nth}.png"),
            format!("\x7fPNG\r\n\x1a\n{nth}"),
        );
    }
    dir.write("note.zip", b"PK\x03\x04zip");
    dir.write("2020/03/a.eml", mail("deep"));
    let loaded = load(&dir.all());
    assert_eq!(loaded.model.mails.len(), 1);
    let said = errors(&loaded);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].ends_with("note.zip: neither mail log nor message; passed over, like 5 more files")
    );
    assert!(loaded.errors.iter().all(SourceError::is_harmless));

    let named = load(&[dir.path("pictures/0.png"), dir.path("note.zip")]);
    let said = errors(&named);
    assert!(
        said[0].contains("0.png: not a mail log or message"),
        "{said:?}"
    );
    assert!(said[1].contains("note.zip: is a zip archive"), "{said:?}");
    assert!(!named.errors.iter().any(SourceError::is_harmless));
}

#[test]
fn one_file_given_twice_is_read_once() {
    let dir = Dir::new();
    let main = dir.write("mainlog", log(100));
    let link = dir.path("link");
    symlink(&main, &link).unwrap();
    let hard = dir.path("hard");
    fs::hard_link(&main, &hard).unwrap();
    let dotted = dir.0.path().join(".").join("mainlog");
    let loaded = load(&[main.clone(), dotted, link, hard]);
    assert_eq!(loaded.model.events.len(), 100);
    assert_eq!(loaded.errors.len(), 3);
    for error in &loaded.errors {
        assert!(
            matches!(error, SourceError::Twin { twin: Twin::File, other, .. } if *other == main)
        );
    }
    let said = errors(&loaded);
    assert!(
        said[0].ends_with("mainlog: is given twice; left out"),
        "{said:?}"
    );
    let same = format!("link: is the same file as {}; left out", main.display());
    assert!(said[1].ends_with(&same), "{said:?}");
}

#[test]
fn a_copy_is_read_once_and_another_file_is_not_left_out() {
    let dir = Dir::new();
    // More than the beginning that is looked at first.
    let text = log(2000);
    let main = dir.write("mainlog.1", &text);
    let packed = dir.write("mainlog.1.gz", gzip(text.as_bytes()));
    let copy = dir.write("kept", &text);
    let loaded = load(&[packed.clone(), main.clone(), copy.clone()]);
    assert_eq!(loaded.model.events.len(), 2000);
    let said = errors(&loaded);
    let expected = format!(
        "{}: holds the same text as {}; left out",
        packed.display(),
        main.display()
    );
    assert_eq!(said[0], expected);
    assert_eq!(said.len(), 2);

    // One byte at the end makes another file of it.
    let other = dir.write("other", format!("{}2\n", text.strip_suffix("1\n").unwrap()));
    let loaded = load(&[main.clone(), other]);
    assert_eq!(loaded.model.files.len(), 2);
    assert!(loaded.errors.is_empty());

    // A torn copy is read, for what it has.
    let half = dir.write("torn.gz", &gzip(text.as_bytes())[..2000]);
    let loaded = load(&[main, half]);
    assert_eq!(loaded.model.files.len(), 2);
    assert!(errors(&loaded)[0].contains("torn.gz: reading stopped after line"));
}

#[test]
fn a_log_that_a_link_names_as_its_own_copy_is_read() {
    let dir = Dir::new();
    let main = dir.write("mainlog", log(10));
    let link = dir.path("mainlog.1");
    symlink(&main, &link).unwrap();
    let loaded = load(&[link, main.clone()]);
    assert_eq!(loaded.model.events.len(), 10);
    assert_eq!(loaded.errors.len(), 1);
    assert_eq!(loaded.model.files[0].path, main);
}

#[test]
fn of_a_log_and_its_older_copy_the_longer_one_is_read() {
    let dir = Dir::new();
    for (older, newer) in [(10, 100), (3000, 4000)] {
        let copy = dir.write("copy", log(older));
        let main = dir.write("mainlog", log(newer));
        for order in [[copy.clone(), main.clone()], [main.clone(), copy.clone()]] {
            let loaded = load(&order);
            assert_eq!(loaded.model.events.len(), newer);
            let said = errors(&loaded);
            let expected = format!(
                "{}: holds only the beginning of {}; left out",
                copy.display(),
                main.display()
            );
            assert_eq!(said, [expected]);
            assert!(loaded.errors[0].is_harmless());
        }
    }
}

#[test]
fn copies_of_messages_are_counted() {
    let dir = Dir::new();
    for (nth, end) in ["", ".bak", ".save", "~"].iter().enumerate() {
        dir.write(&format!("one.eml{end}"), mail("one"));
        dir.write(&format!("other{nth}.eml"), mail(&format!("other {nth}")));
    }
    // The same text under a name that has nothing to do with it may have come another way.
    dir.write("unlike", mail("one"));
    let loaded = load(&dir.all());
    assert_eq!(loaded.model.mails.len(), 6);
    let said = errors(&loaded);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("one.eml.bak: holds the same text as"),
        "{said:?}"
    );
    assert!(
        said[0].ends_with("one.eml; left out, like 2 more files"),
        "{said:?}"
    );
}

#[test]
fn a_torn_archive_is_said_and_what_was_read_is_kept() {
    let text = log(20_000);
    let codecs: [(&str, Pack); 4] = [("gz", gzip), ("xz", xz), ("bz2", bzip2), ("zst", zstd)];
    for (end, pack) in codecs {
        let dir = Dir::new();
        let packed = pack(text.as_bytes());
        let torn = dir.write(&format!("torn.{end}"), &packed[..packed.len() * 3 / 4]);
        let whole = dir.write("mainlog", log(3).replace("1vw000", "1vw111"));
        let loaded = load(&[torn, whole]);
        let read = loaded.model.files[0].lines;
        assert!(
            (8000..20_000).contains(&read),
            "{end}: {read} {:?}",
            errors(&loaded)
        );
        assert!(loaded.model.events.len() > 8000, "{end}");
        let said = errors(&loaded);
        assert_eq!(said.len(), 1, "{said:?}");
        let expected = format!("torn.{end}: reading stopped after line {read}: ");
        assert!(said[0].contains(&expected), "{said:?}");
        assert!(said[0].ends_with("; what was read is kept"), "{said:?}");
        assert_eq!(
            loaded.model.record(0, 7000).unwrap(),
            text.lines().nth(6999).unwrap().as_bytes()
        );
    }
    // A small one, of which not even the beginning is whole.
    let dir = Dir::new();
    let packed = gzip(log(500).as_bytes());
    let loaded = load(&[dir.write("small.gz", &packed[..packed.len() - 6])]);
    assert_eq!(loaded.model.events.len(), 500);
    assert!(errors(&loaded)[0].contains("small.gz: reading stopped after line 500: "));
}

#[test]
fn a_bomb_ends_in_a_message() {
    let dir = Dir::new();
    let mut bomb = gzip(log(10).as_bytes());
    bomb.extend(gzip(&vec![0; 40 << 20]));
    let loaded = load(&[dir.write("bomb.gz", bomb), dir.write("a.eml", mail("one"))]);
    assert_eq!(
        (loaded.model.events.len(), loaded.model.mails.len()),
        (10, 1)
    );
    let said = errors(&loaded);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("bomb.gz: reading stopped after line 1"),
        "{said:?}"
    );
    assert!(said[0].contains("a line of more than 32 MiB"), "{said:?}");
}

#[test]
fn a_line_of_a_year_without_mail_is_counted_and_dates_nothing() {
    let dir = Dir::new();
    let never_set = log(1).replace("2026-03-01", "1970-01-01");
    let odd = ["1601-01-01", "9999-12-31"].map(|day| log(1).replace("2026-03-01", day));
    let loaded = load(&[dir.write("mainlog", log(2) + &odd.concat() + &never_set)]);
    let model = &loaded.model;
    let mut days: Vec<i64> = model
        .events
        .iter()
        .map(|event| event.time() / 86_400_000)
        .collect();
    days.sort_unstable();
    assert_eq!(days, [0, 20_513, 20_513]);
    let reason = "a date or time that no mail log has";
    assert_eq!(model.reasons.most_frequent(), [(reason, 2)]);
    assert_eq!(model.not_understood[1].line, 4);
}

#[test]
fn utf_16_is_read() {
    let dir = Dir::new();
    let wide = |text: &str| -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let text = log(300).replace('\n', "\r\n");
    let loaded = load(&[
        dir.write("mainlog", wide(&text)),
        dir.write("a.eml", wide(&mail("größer"))),
    ]);
    assert!(loaded.errors.is_empty(), "{:?}", errors(&loaded));
    assert_eq!(loaded.model.events.len(), 300);
    let line = loaded.model.record(0, 300).unwrap();
    assert_eq!(line, log(300).lines().last().unwrap().as_bytes());
    assert_eq!(loaded.model.mails[0].hops.len(), 1);
    let unmarked = dir.write("unmarked", &wide(&text)[2..]);
    let said = errors(&load(&[unmarked]));
    assert!(
        said[0].contains("is UTF-16 text without a byte order mark"),
        "{said:?}"
    );
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_loaded() {
    let dir = Dir::new();
    let good = dir.write("mainlog", log(3));
    let gone = dir.path("gone");
    let socket = dir.path("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let closed = dir.write("closed", log(4));
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
    let is_root = fs::File::open(&closed).is_ok();
    let loaded = load(&[gone.clone(), socket.clone(), good, closed.clone()]);
    let said = errors(&loaded);
    let names = |path: &Path| {
        said.iter()
            .any(|text| text.starts_with(&format!("{}: ", path.display())))
    };
    assert!(names(&gone) && names(&socket), "{said:?}");
    // Who is root reads everything; the log of four messages holds the one of three.
    assert_eq!(loaded.model.events.len(), if is_root { 4 } else { 3 });
    assert!(is_root || names(&closed), "{said:?}");
}

#[test]
fn a_named_pipe_is_read_like_a_file() {
    let dir = Dir::new();
    let pipe = dir.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no mkfifo");
        return;
    }
    let to = pipe.clone();
    let writing = std::thread::spawn(move || fs::write(to, format!("{FROM}{}", mail("piped"))));
    let loaded = ingest::load(vec![Input::File(pipe)], options());
    writing.join().unwrap().unwrap();
    assert!(loaded.errors.is_empty(), "{:?}", errors(&loaded));
    assert_eq!(loaded.model.mails[0].subject(), "piped");
}

#[test]
fn a_load_that_waits_for_a_pipe_can_be_ended() {
    let dir = Dir::new();
    let pipe = dir.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no mkfifo");
        return;
    }
    let mut running = ingest::start(vec![Input::File(pipe)], options());
    running.progress.cancel();
    running.wait();
    assert!(running.progress.is_done());
}

#[test]
fn parts_of_a_rotation_are_read_in_time_order() {
    let dir = Dir::new();
    for name in [
        "mainlog",
        "mainlog.1",
        "mainlog.2.gz",
        "mainlog.10.gz",
        "rejectlog",
        "rejectlog.1",
    ] {
        dir.write(name, "");
    }
    let never: Stop = Arc::new(|| false);
    let (inputs, _) = Given::Paths(dir.all().to_vec()).expand(&never);
    let names: Vec<_> = inputs
        .iter()
        .map(|input| {
            input
                .path()
                .unwrap()
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        names,
        [
            "mainlog.10.gz",
            "mainlog.2.gz",
            "mainlog.1",
            "mainlog",
            "rejectlog.1",
            "rejectlog"
        ]
    );
}
