//! A log that changes between the look for what is wanted and the load.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use super::*;
use crate::ingest::Sought;
use crate::model::Zone;

const SHOWN: &str = "2026-02-24 08:00:00 1vumAA-900000-00 <= c@example.org H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=300\n\
    2026-02-24 08:00:00 1vumAA-900000-00 => d@example.net R=r T=remote_smtp H=mx.example.net [192.0.2.1] X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes C=\"250 ok\"\n";

fn arrival(nth: usize) -> String {
    format!("2026-02-24 08:00:00 1vumAA-{nth:06}-00 <= user{nth}@example.org U=a P=local S=300\n")
}

fn completed(nth: usize) -> String {
    format!("2026-02-24 08:00:01 1vumAA-{nth:06}-00 Completed\n")
}

/// Of 6000 messages, which stay for 500 others.
fn log() -> String {
    let lines = (0..6500).map(|nth| {
        let came = (nth < 6000).then(|| arrival(nth));
        let left = nth.checked_sub(500).map(completed);
        came.unwrap_or_default() + &left.unwrap_or_default()
    });
    SHOWN.to_owned() + &lines.collect::<String>()
}

/// A log of which the messages of one address are asked for, looked through and not loaded yet.
struct Looked {
    dir: tempfile::TempDir,
    loader: Loader,
    inputs: Vec<Input>,
    metas: Vec<Option<Metadata>>,
}

impl Looked {
    fn for_user(nth: usize, log: &str) -> Self {
        let mut sought = Sought::new(&[&format!("user{nth}@example.org")]).unwrap();
        sought.least_bytes = 0;
        let options = Options {
            zone: Zone::parse("UTC").unwrap(),
            jobs: 2,
            chunk_bytes: 40_000,
            sought: Some(sought),
            ..Options::default()
        };
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog");
        fs::write(&path, log).unwrap();
        let loader = Loader::new(Arc::default(), Arc::default(), Arc::default(), options);
        let inputs = vec![Input::File(path)];
        let metas = loader.metadata_of(&inputs);
        loader.look_for_sought(&inputs, &metas);
        assert!(loader.opener.wanted.get().is_some());
        Self {
            dir,
            loader,
            inputs,
            metas,
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("mainlog")
    }

    fn append(&self, text: &str) {
        let mut file = File::options().append(true).open(self.path()).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Loads it. Every event stands on the line of the file that it is said to stand on; gives the numbers of those
    /// that name a message, how many lines were read, and what was told.
    fn load(&self, nth: usize) -> (Vec<usize>, usize, Vec<String>) {
        let copies = Copies::look(&self.inputs, &self.metas, None, &self.loader.opener.stop);
        self.loader.read_all(&Inputs {
            all: &self.inputs,
            metas: &self.metas,
            copies: &Mutex::new(copies),
        });
        let model = self.loader.model.read().unwrap();
        let file = fs::read_to_string(self.path()).unwrap();
        let lines: Vec<&str> = file.lines().collect();
        let id = format!("1vumAA-{nth:06}-00");
        let mut found = Vec::new();
        for event in model.events.iter() {
            let number = model.events.line(&event);
            let line = lines[number as usize - 1];
            let message = model.messages.get(event.message).unwrap();
            let own = String::from_utf8(model.queue_id(message)).unwrap();
            assert!(line.contains(&own) && !own.is_empty(), "line {number}");
            assert_eq!(model.record(0, number).unwrap(), line.as_bytes());
            if own == id {
                found.push(number as usize);
            }
        }
        let errors = self.loader.errors.lock().unwrap();
        let errors = errors.iter().map(ToString::to_string).collect();
        (found, self.loader.progress.lines() as usize, errors)
    }
}

/// The numbers of the lines with a text.
fn numbers(log: &str, text: &str) -> Vec<usize> {
    let lines = (1..).zip(log.lines());
    let found = lines.filter(|(_, line)| line.contains(text));
    found.map(|(number, _)| number).collect()
}

#[test]
fn only_a_little_of_a_log_is_read_twice() {
    let log = log();
    for nth in [0, 1, 3000, 5999] {
        let looked = Looked::for_user(nth, &log);
        let (found, read, errors) = looked.load(nth);
        assert_eq!(found, numbers(&log, &format!("-{nth:06}-")));
        assert!(found.len() == 2 && errors.is_empty());
        assert!(read < log.lines().count() / 2, "{read} lines");
    }
}

#[test]
fn what_was_added_meanwhile_is_read() {
    let log = log();
    let (whole, torn) = log.split_at(log.len() - 30);
    let looked = Looked::for_user(1500, whole);
    looked.append(torn);
    looked.append(&(completed(1500) + &arrival(1501) + &completed(1500)));
    let now = fs::read_to_string(looked.path()).unwrap();
    let (found, _, errors) = looked.load(1500);
    assert_eq!(found, numbers(&now, "-001500-"));
    assert!(found.len() == 4 && errors.is_empty());
    // So is the rest of a line that had no end.
    let looked = Looked::for_user(5999, whole);
    looked.append(torn);
    assert_eq!(looked.load(5999).0, numbers(&log, "-005999-"));
}

#[test]
fn a_log_that_was_cut_or_replaced_meanwhile_is_read_as_it_is() {
    let log = log();
    let other = log.split_at(log.len() / 8).1;
    let other = SHOWN.to_owned() + other.split_once('\n').unwrap().1;
    let looked = Looked::for_user(1500, &log);
    fs::write(looked.path(), &other).unwrap();
    let (found, read, errors) = looked.load(1500);
    assert_eq!(found, numbers(&other, "-001500-"));
    assert!(found.len() == 2 && errors.is_empty());
    assert_eq!(read, other.lines().count());
    let looked = Looked::for_user(1500, &log);
    fs::rename(looked.path(), looked.dir.path().join("mainlog.1")).unwrap();
    fs::write(looked.path(), other.repeat(2)).unwrap();
    let (found, _, errors) = looked.load(1500);
    assert_eq!(found, numbers(&other.repeat(2), "-001500-"));
    assert!(found.len() == 4 && errors.is_empty());
}

#[test]
fn a_log_that_was_written_anew_meanwhile_is_told_of() {
    let log = log();
    let looked = Looked::for_user(1500, &log);
    let other = SHOWN.to_owned() + &arrival(7000) + &log[SHOWN.len()..];
    fs::write(looked.path(), &other).unwrap();
    let (_, _, errors) = looked.load(1500);
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].contains("the file was written anew while it was read"),
        "{errors:?}"
    );
}
