use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::ingest::{Follow, Options, Progress};
use crate::model::{Message, Model, Status, Zone};

/// A directory of logs, and the loader that follows them.
struct Host {
    dir: tempfile::TempDir,
    loader: Option<Loader>,
}

const ARRIVAL: &str = "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org H=h.example.org [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 S=300\n";
const DEFERRAL: &str = "2020-02-25 04:55:04 1j69ZJ-0001iL-S3 == b@example.net R=r T=t defer (111): Connection refused\n";
const DELIVERY: &str =
    "2020-02-25 04:57:00 1j69ZJ-0001iL-S3 => b@example.net R=r T=t H=mx.example.net [192.0.2.7]\n";
const COMPLETED: &str = "2020-02-25 04:57:00 1j69ZJ-0001iL-S3 Completed\n";
const OTHER: &str = "2020-02-25 05:00:00 1j69aa-0001iL-S4 <= c@example.org U=c P=local S=400\n";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

impl Host {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            loader: None,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let mut log = File::options();
        let mut log = log.append(true).create(true).open(self.path(name)).unwrap();
        log.write_all(text.as_ref()).unwrap();
    }

    fn load(&mut self, names: &[&str], follow: Follow) {
        let options = Options {
            zone: Zone::parse("UTC").unwrap(),
            follow,
            ..Options::default()
        };
        let progress = Arc::new(Progress::default());
        progress.following.set(follow == Follow::Now);
        let loader = Loader::new(Arc::default(), progress, Arc::default(), options);
        let inputs = names.iter().map(|name| Input::File(self.path(name)));
        loader.run(inputs.collect::<Vec<_>>().into());
        self.loader = Some(loader);
    }

    fn loader(&self) -> &Loader {
        self.loader.as_ref().unwrap()
    }

    fn look(&self) -> bool {
        self.loader().look()
    }

    fn news(&self) -> Vec<String> {
        self.loader().progress.following.take_news()
    }

    fn model<T>(&self, with: impl FnOnce(&Model) -> T) -> T {
        self.loader().write(|model| with(model))
    }

    fn messages(&self) -> Vec<(Status, u32)> {
        let of = |message: &Message| (message.status(), message.events);
        self.model(|model| model.messages.iter().map(of).collect())
    }

    /// The lines of a message's events as they stand in the logs.
    fn lines(&self, message: u32) -> Vec<String> {
        self.model(|model| {
            let events = model.events_of(model.messages.get(message).unwrap());
            let lines = events.map(|event| {
                let line = model.record(model.file_number(&event), model.events.line(&event));
                line.map_or_else(
                    |error| error.to_string(),
                    |line| String::from_utf8(line).unwrap() + "\n",
                )
            });
            lines.collect()
        })
    }

    fn files(&self) -> Vec<u32> {
        self.model(|model| model.files.iter().map(|file| file.lines).collect())
    }
}

#[test]
fn new_lines_join_messages_of_the_same_file() {
    let mut host = Host::new();
    host.write(
        "mainlog",
        &(ARRIVAL.to_owned() + DEFERRAL + &DELIVERY[..40]),
    );
    host.load(&["mainlog"], Follow::Now);
    assert_eq!(host.messages(), [(Status::Deferred, 2)]);
    assert!(!host.look(), "half a line is none");
    host.write("mainlog", &DELIVERY[40..]);
    host.write("mainlog", COMPLETED);
    assert!(host.look());
    assert_eq!(host.messages(), [(Status::Delivered, 4)]);
    assert_eq!(host.files(), [4]);
    assert_eq!(host.lines(0), [ARRIVAL, DEFERRAL, DELIVERY, COMPLETED]);
    assert!(!host.look());
}

#[test]
fn a_rotated_log_is_finished_first() {
    let mut host = Host::new();
    host.write("mainlog", ARRIVAL);
    host.load(&["mainlog"], Follow::Now);
    fs::rename(host.path("mainlog"), host.path("mainlog.1")).unwrap();
    assert!(!host.look());
    host.write("mainlog.1", DEFERRAL);
    host.write("mainlog", DELIVERY.to_owned() + COMPLETED);
    assert!(host.look());
    assert_eq!(
        host.news(),
        ["mainlog was rotated; the new file is followed"]
    );
    assert_eq!(host.messages(), [(Status::Delivered, 4)]);
    assert_eq!(host.files(), [2, 2]);
    // The name of the first file means another one by now, and its text is had back all the same.
    assert_eq!(host.lines(0), [ARRIVAL, DEFERRAL, DELIVERY, COMPLETED]);
    host.write("mainlog", OTHER);
    assert!(host.look());
    assert_eq!(host.files(), [2, 3]);
    assert!(host.news().is_empty());
}

#[test]
fn a_rotated_part_is_not_read_again_under_its_new_name() {
    let mut host = Host::new();
    host.write("mainlog.1", OTHER);
    host.write("mainlog", ARRIVAL);
    host.load(&["mainlog.1", "mainlog"], Follow::Now);
    fs::rename(host.path("mainlog.1"), host.path("mainlog.2")).unwrap();
    fs::rename(host.path("mainlog"), host.path("mainlog.1")).unwrap();
    host.write("mainlog", DELIVERY);
    assert!(host.look());
    assert!(!host.look());
    assert_eq!(host.files(), [1, 1, 1]);
    assert_eq!(host.news().len(), 1);
}

#[test]
fn a_log_that_was_cut_begins_anew_and_what_was_loaded_stays() {
    let mut host = Host::new();
    host.write("mainlog", ARRIVAL.to_owned() + DEFERRAL);
    host.load(&["mainlog"], Follow::Now);
    File::create(host.path("mainlog")).unwrap();
    assert!(host.look());
    assert_eq!(
        host.news(),
        ["mainlog was cut; it is read from its beginning"]
    );
    assert_eq!(host.messages(), [(Status::Deferred, 2)]);
    host.write("mainlog", DELIVERY);
    assert!(host.look());
    assert_eq!(host.files(), [2, 1]);
    let lines = host.lines(0);
    assert!(
        lines[0].contains("changed since it was loaded"),
        "{lines:?}"
    );
    assert_eq!(lines[2], DELIVERY);
}

#[test]
fn a_log_that_is_not_there_yet_is_waited_for() {
    let mut host = Host::new();
    host.write("rejectlog", "");
    host.load(&["mainlog", "rejectlog"], Follow::Now);
    assert_eq!(host.loader().progress.following.logs(), 2);
    assert!(!host.look());
    host.write("mainlog", &ARRIVAL[..10]);
    assert!(!host.look(), "too little to tell what it is");
    host.write("mainlog", &ARRIVAL[10..]);
    assert!(host.look());
    host.write("rejectlog", OTHER);
    assert!(host.look());
    assert_eq!(host.messages().len(), 2);
    host.write("mainlog", DELIVERY);
    assert!(host.look());
    assert_eq!(host.lines(0), [ARRIVAL, DELIVERY]);
}

#[test]
fn several_logs_grow_in_turn() {
    let mut host = Host::new();
    host.write("a", ARRIVAL);
    host.write("b", OTHER);
    host.load(&["a", "b"], Follow::Now);
    for _ in 0..3 {
        host.write("a", DEFERRAL);
        host.look();
        host.write("b", COMPLETED);
        host.look();
    }
    assert_eq!(host.files(), [4, 4]);
    assert_eq!(
        host.lines(0)
            .iter()
            .filter(|line| *line == COMPLETED)
            .count(),
        3
    );
}

#[test]
fn what_was_loaded_to_the_end_can_be_followed_later() {
    let mut host = Host::new();
    host.write("mainlog", ARRIVAL.to_owned() + DEFERRAL.trim_end());
    host.load(&["mainlog"], Follow::OnRequest);
    assert_eq!(host.messages(), [(Status::Deferred, 2)]);
    host.write("mainlog", format!("\n{DELIVERY}"));
    assert!(host.look());
    assert_eq!(host.lines(0), [ARRIVAL, DEFERRAL, DELIVERY]);
    assert_eq!(host.files(), [3]);
}

#[test]
fn of_a_log_and_its_copies_the_log_is_followed() {
    for copies in [
        &["mainlog.1"][..],
        &["mainlog.old"],
        &["mainlog.bak"],
        &["mainlog.2.gz", "mainlog.1.gz"],
        &["mainlog.2.gz", "mainlog.1", "mainlog.bak"],
    ] {
        for follow in [Follow::Now, Follow::OnRequest] {
            let mut host = Host::new();
            host.write("mainlog", ARRIVAL);
            for copy in copies {
                if copy.contains(".gz") {
                    fs::write(host.path(copy), gzip(ARRIVAL.as_bytes())).unwrap();
                } else {
                    host.write(copy, ARRIVAL);
                }
            }
            let names = copies.iter().copied().chain(["mainlog"]);
            host.load(&names.collect::<Vec<_>>(), follow);
            assert_eq!(host.files(), [1], "{copies:?}");
            host.write("mainlog", DELIVERY);
            assert!(host.look(), "{copies:?}");
            assert_eq!(host.lines(0), [ARRIVAL, DELIVERY], "{copies:?}");
        }
    }
}

#[test]
fn messages_and_packed_logs_do_not_grow() {
    let mut host = Host::new();
    fs::write(
        host.path("a.eml"),
        "Received: from a by b; Tue, 25 Feb 2020 04:55:03 +0000\nSubject: x\n\nbody\n",
    )
    .unwrap();
    fs::write(host.path("mainlog.2.gz"), gzip(ARRIVAL.as_bytes())).unwrap();
    host.load(&["mainlog.2.gz", "a.eml"], Follow::Now);
    assert_eq!(host.messages().len(), 1);
    assert_eq!(host.loader().progress.following.logs(), 0);
}

#[test]
fn however_a_log_comes_it_says_the_same() {
    let text = include_str!("../../../assets/showcase/mainlog");
    let mut whole = Host::new();
    whole.write("mainlog", text);
    whole.load(&["mainlog"], Follow::Never);
    for step in [97, 1000, 4001] {
        let mut host = Host::new();
        host.load(&["mainlog"], Follow::Now);
        for piece in text.as_bytes().chunks(step) {
            host.write("mainlog", piece);
            host.look();
        }
        assert_eq!(host.files(), whole.files());
        assert_eq!(host.messages(), whole.messages());
        for message in 0..u32::try_from(whole.messages().len()).unwrap() {
            assert_eq!(host.lines(message), whole.lines(message));
        }
    }
}

#[test]
fn a_split_entry_that_comes_in_two_is_one() {
    let piece = |text: &str| format!("Feb 25 04:55:03 mx exim[77]: {text}\n");
    let arrival = ARRIVAL.get(20..).unwrap().trim_end();
    let delivery = DELIVERY.get(20..).unwrap().trim_end();
    let mut host = Host::new();
    host.write("mail.log", piece(arrival));
    host.load(&["mail.log"], Follow::Now);
    host.write("mail.log", piece(&format!("[1/2] {}", &delivery[..50])));
    assert!(!host.look());
    host.write("mail.log", piece(&format!("[2/2] {}", &delivery[50..])));
    for _ in 0..5 {
        host.look();
    }
    assert_eq!(host.files(), [3]);
    assert_eq!(host.messages(), [(Status::Delivered, 2)]);
}
