use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::super::text_store::tests::{fill, filled, gzip};
use super::*;
use crate::source::{FileText, LineSet};

/// Lines of all lengths: empty ones, one longer than any passage, and a last one without its end.
fn text() -> Vec<u8> {
    let mut text = Vec::new();
    for n in 0..9_500_usize {
        match n {
            77 | 78 | 9_000 => writeln!(text).unwrap(),
            500 => writeln!(text, "{n} {}", "long ".repeat(60_000)).unwrap(),
            _ => writeln!(text, "{n} {}", "x".repeat(n * 7919 % 311)).unwrap(),
        }
    }
    text.extend_from_slice(b"the last one");
    text
}

/// Pseudo-random number of the next line.
fn wander(from: u32, lines: u32) -> u32 {
    from.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % lines + 1
}

fn lines(word: &str) -> String {
    (0..9_000).fold(String::new(), |all, n| all + word + &format!(" {n}\n"))
}

struct Log {
    dir: tempfile::TempDir,
}

impl Log {
    fn of(text: impl AsRef<[u8]>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = Self { dir };
        fs::write(log.path(), text).unwrap();
        log
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("mainlog")
    }

    /// It is read again under its name, and as an open file.
    fn stores(&self) -> [TextStore; 2] {
        let text = fs::read(self.path()).unwrap();
        let open = Arc::new(File::open(self.path()).unwrap());
        [
            fill(FileText::on_disk(&self.path()).unwrap(), &text),
            fill(FileText::open(&self.path(), open), &text),
        ]
    }
}

fn is_changed(text: &Result<&[u8], SourceError>) -> bool {
    matches!(text, Err(SourceError::Changed { .. }))
}

#[test]
fn every_line_is_had_again_in_whatever_order() {
    let text = text();
    let (log, packed) = (Log::of(&text), Log::of(gzip(&text)));
    let [on_disk, open] = log.stores();
    let stores = [
        on_disk,
        open,
        fill(FileText::packed(&packed.path()).unwrap(), &text),
        fill(FileText::kept(Path::new("-")), &text),
    ];
    let lines: Vec<&[u8]> = text.split_inclusive(|&b| b == b'\n').collect();
    let starts: Vec<usize> = lines
        .iter()
        .scan(0, |at, line| Some(std::mem::replace(at, *at + line.len())))
        .collect();
    let last = lines.len() as u32;
    let forward = 1..=last;
    let backward = (1..=last).rev().step_by(3);
    let to_and_fro = (1..last / 2)
        .step_by(9)
        .flat_map(|n| [n, last + 1 - n, n + 900, n / 2 + 1]);
    let anyhow = (0..1_000).scan(1, |at, _| {
        *at = wander(*at, last);
        Some(*at)
    });
    let all: Vec<u32> = forward
        .chain(backward)
        .chain(to_and_fro)
        .chain(anyhow)
        .collect();
    for store in &stores {
        let mut passages = Passages::new(store);
        for (nth, line) in all.iter().enumerate() {
            let bytes = [0, 0, 300, 0, 90_000, 0, 0][nth % 7];
            let own = passages.text_at(0, *line, bytes).unwrap();
            let start = starts[*line as usize - 1];
            let bytes = bytes.max(lines[*line as usize - 1].len());
            assert!(own.len() >= bytes.min(text.len() - start), "line {line}");
            assert!(own == &text[start..start + own.len()], "line {line}");
            assert!(passages.cached.len() <= MAX_PASSAGES);
            let taken = passages.cached.iter().map(|own| own.1.bytes());
            let largest = taken.clone().max().unwrap_or(0);
            assert!(taken.sum::<usize>() <= MAX_BYTES + largest);
        }
        for none in [0, last + 1, u32::MAX] {
            let text = passages.text_at(0, none, 0);
            assert!(matches!(text, Err(SourceError::NoLine { .. })));
        }
        assert!(passages.text_at(1, 1, 0).is_err(), "there is one file");
    }
}

#[test]
fn a_line_that_was_cut_is_not_joined_with_the_next() {
    let text = [b"before\n", &b"y".repeat(3 << 20)[..], b"\nafter\nlast\n"].concat();
    let log = Log::of(&text);
    let kept = fill(FileText::kept(Path::new("-")), &text);
    let stores = log.stores();
    for store in stores.iter().chain([&kept]) {
        let mut passages = Passages::new(store);
        for line in [1, 2, 3, 4, 3, 2, 1] {
            let own = passages.text_at(0, line, 4 << 20).unwrap();
            match line {
                1 => assert!(own.starts_with(b"before\n")),
                2 => assert!(own.len() < 2 << 20 && own.iter().all(|&b| b == b'y')),
                3 => assert_eq!(own, b"after\nlast\n"),
                _ => assert_eq!(own, b"last\n"),
            }
        }
    }
}

#[test]
fn a_lone_line_is_read_with_little_else_and_many_with_what_follows() {
    let log = Log::of(lines("one"));
    for store in &log.stores() {
        let mut passages = Passages::new(store);
        let bytes = |passages: &Passages<'_>| passages.cached[0].1.bytes();
        passages.text_at(0, 5_000, 0).unwrap();
        assert!(bytes(&passages) < 2_000);
        for line in 1..1_500 {
            passages.text_at(0, line, 0).unwrap();
        }
        assert!(bytes(&passages) > 10_000);
        let held = passages.cached.len();
        assert!(held < 10, "{held} passages");
        passages.text_at(0, 8_000, 0).unwrap();
        assert!(bytes(&passages) < 2_000);
    }
}

#[test]
fn lines_behind_those_that_were_forgotten_keep_their_numbers() {
    let text = lines("one");
    let mut some = LineSet::default();
    // In one block; even the ends of the lines between them were blanked.
    for line in [3, 600, 602, 8_990] {
        some.insert(line, line);
    }
    let mut store = fill(FileText::kept(Path::new("-")), text.as_bytes());
    store.keep(&[some]);
    let mut passages = Passages::new(&store);
    for line in [3, 600, 602, 8_990, 602, 3] {
        let own = passages.text_at(0, line, 30_000).unwrap();
        let wanted = format!("one {}\n", line - 1);
        assert!(own.starts_with(wanted.as_bytes()), "line {line}");
    }
}

#[test]
fn a_file_that_shrinks_between_two_reads_is_noticed() {
    let log = Log::of(lines("one"));
    for store in &log.stores() {
        let whole = lines("one");
        fs::write(log.path(), &whole).unwrap();
        let mut passages = Passages::new(store);
        assert!(passages.text_at(0, 1, 0).unwrap().starts_with(b"one 0\n"));
        let file = File::options().write(true).open(log.path()).unwrap();
        file.set_len(whole.len() as u64 / 2).unwrap();
        assert!(is_changed(&passages.text_at(0, 8_000, 0)));
        let lost = (1..9_000).find(|line| is_changed(&passages.text_at(0, *line, 0)));
        assert!((4_400..4_600).contains(&lost.unwrap()), "{lost:?}");
        // What is there still, or was read before, is given.
        assert!(passages.text_at(0, 2, 0).unwrap().starts_with(b"one 1\n"));
        assert!(
            passages
                .text_at(0, 900, 0)
                .unwrap()
                .starts_with(b"one 899\n")
        );
        file.set_len(0).unwrap();
        assert!(is_changed(&Passages::new(store).text_at(0, 1, 0)));
    }
}

#[test]
fn a_file_that_is_written_anew_between_two_reads_is_noticed() {
    let log = Log::of(lines("one"));
    for store in &log.stores() {
        fs::write(log.path(), lines("one")).unwrap();
        let mut passages = Passages::new(store);
        passages.text_at(0, 1, 0).unwrap();
        fs::write(log.path(), lines("other")).unwrap();
        for line in [100, 900, 9_000] {
            assert!(is_changed(&passages.text_at(0, line, 0)), "line {line}");
        }
        // Within a longer passage as well: no line begins any more at one of the marks in it.
        let moved = lines("one").replacen("639\n", "\n639", 1);
        fs::write(log.path(), moved).unwrap();
        let mut passages = Passages::new(store);
        assert!(is_changed(&passages.text_at(0, 500, 4_000)));
        assert!(
            passages
                .text_at(0, 500, 0)
                .unwrap()
                .starts_with(b"one 499\n")
        );
    }
}

#[test]
fn a_file_that_gets_another_name_between_two_reads_is_read_on() {
    let log = Log::of(lines("one"));
    for store in &log.stores() {
        let mut passages = Passages::new(store);
        passages.text_at(0, 1, 0).unwrap();
        let old = log.dir.path().join("mainlog.1");
        fs::rename(log.path(), &old).unwrap();
        fs::write(log.path(), "another log\n").unwrap();
        let own = passages.text_at(0, 8_000, 0).unwrap();
        assert!(own.starts_with(b"one 7999\n"));
        fs::rename(&old, log.path()).unwrap();
    }
}

#[test]
fn lines_of_several_files_do_not_get_mixed_up() {
    let [a, b] = ["one", "two"].map(|word| Log::of(lines(word)));
    let mut store = TextStore::default();
    for log in [&a, &b] {
        let text = fs::read(log.path()).unwrap();
        store.add(filled(FileText::on_disk(&log.path()).unwrap(), &text));
    }
    let mut passages = Passages::new(&store);
    for line in 1..2_000 {
        for (file, word) in (0..).zip(["one", "two"]) {
            let own = passages.text_at(file, line, 0).unwrap();
            assert!(own.starts_with(format!("{word} {}\n", line - 1).as_bytes()));
        }
    }
}
