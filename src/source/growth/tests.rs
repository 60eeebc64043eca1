use std::fs;
use std::io::Write;

use super::*;

const WHOLE: Split = Split {
    lines: 0,
    mark: b"",
};
const PIECES: Split = Split {
    lines: 64,
    mark: b"[1/",
};

struct Log {
    dir: tempfile::TempDir,
    growing: Growing,
}

impl Log {
    fn of(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mainlog");
        fs::write(&path, text).unwrap();
        let growing = Growing::open(&path).unwrap();
        Self { dir, growing }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("mainlog")
    }

    fn write(&self, text: &str) {
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(self.path())
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn added(&mut self, split: Split) -> String {
        text(self.growing.added(split).unwrap())
    }

    fn rest(&mut self) -> String {
        text(self.growing.rest().unwrap())
    }
}

fn text(section: Option<Section>) -> String {
    let mut text = String::new();
    if let Some(mut section) = section {
        section.read_to_string(&mut text).unwrap();
    }
    text
}

#[test]
fn a_line_is_handed_out_when_its_end_is_there() {
    let mut log = Log::of("one\ntw");
    assert_eq!(log.added(WHOLE), "one\n");
    assert_eq!(log.added(WHOLE), "");
    log.write("o");
    assert_eq!(log.added(WHOLE), "");
    log.write("\nthree\nfo");
    let section = log.growing.added(WHOLE).unwrap().unwrap();
    assert_eq!(section.start(), 4);
    assert_eq!(text(Some(section)), "two\nthree\n");
    assert_eq!(log.rest(), "fo");
}

#[test]
fn the_end_of_a_very_long_line_is_found() {
    let mut log = Log::of(&format!("one\n{}", "x".repeat(3 * BLOCK_BYTES)));
    assert_eq!(log.added(WHOLE), "one\n");
    log.write("\nnext");
    let line = log.added(WHOLE);
    assert_eq!(line.len(), 3 * BLOCK_BYTES + 1);
}

#[test]
fn of_a_line_that_was_torn_the_rest_is_passed_over() {
    let mut log = Log::of("one\ntw");
    assert_eq!(log.rest(), "one\ntw");
    log.write("o, whole");
    assert_eq!(log.added(WHOLE), "");
    log.write("\nthree\n");
    assert_eq!(log.added(WHOLE), "three\n");
}

#[test]
fn a_split_entry_is_held_back_for_no_longer_than_a_second() {
    let mut log = Log::of("one\n[1/2] a\nother\n");
    assert_eq!(log.added(PIECES), "one\n");
    log.write("more\n");
    let mut looks = 0;
    let text = loop {
        looks += 1;
        let text = log.added(PIECES);
        if !text.is_empty() {
            break text;
        }
    };
    assert_eq!(text, "[1/2] a\nother\nmore\n");
    assert_eq!(looks, HELD_LOOKS);
    // So many lines behind it the rest cannot come any more.
    log.write("[1/2] b\n");
    assert_eq!(log.added(PIECES), "");
    log.write(&"z\n".repeat(64));
    assert_eq!(log.added(PIECES).lines().count(), 65);
}

#[test]
fn a_renamed_log_is_read_until_the_new_one_has_text() {
    let mut log = Log::of("one\n");
    assert_eq!(log.added(WHOLE), "one\n");
    let old = log.dir.path().join("mainlog.1");
    fs::rename(log.path(), &old).unwrap();
    assert!(matches!(log.growing.look().unwrap(), Fate::Same));
    fs::write(log.path(), "").unwrap();
    fs::write(&old, "one\nlate\n").unwrap();
    assert!(matches!(log.growing.look().unwrap(), Fate::Same));
    assert_eq!(log.added(WHOLE), "late\n");
    log.write("new\n");
    let Fate::Replaced(mut new) = log.growing.look().unwrap() else {
        unreachable!("another file has its name")
    };
    assert_eq!(log.rest(), "");
    assert_ne!(new.identity(), log.growing.identity());
    assert_eq!(text(new.added(WHOLE).unwrap()), "new\n");
}

#[test]
fn a_log_that_was_cut_begins_anew() {
    let mut log = Log::of("one\ntwo\n");
    assert_eq!(log.added(WHOLE), "one\ntwo\n");
    fs::write(log.path(), "").unwrap();
    log.write("new\n");
    assert!(matches!(log.growing.look().unwrap(), Fate::Cut));
    log.growing.restart();
    assert!(matches!(log.growing.look().unwrap(), Fate::Same));
    assert_eq!(log.added(WHOLE), "new\n");
}

#[test]
fn what_is_no_file_cannot_grow() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Growing::open(dir.path()).is_err());
    assert!(Growing::open(&dir.path().join("none")).is_err());
}

#[test]
fn a_log_that_was_cut_and_has_grown_since_is_known_by_its_text() {
    let mut log = Log::of("10:00 one\n10:01 two\n");
    log.added(WHOLE);
    log.write("10:02 three\n");
    assert!(matches!(log.growing.look().unwrap(), Fate::Same));
    log.added(WHOLE);
    fs::write(
        log.path(),
        "11:00 a new text that is longer than the one before it\n",
    )
    .unwrap();
    assert!(matches!(log.growing.look().unwrap(), Fate::Cut));
}
