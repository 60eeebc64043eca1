use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use super::*;

/// Approximate maximum size of a chunk in bytes.
const MOST: usize = 300;

/// A log of numbered lines, noted in stretches of ten.
struct Log {
    dir: tempfile::TempDir,
    stretches: Vec<Stretch>,
}

fn line(number: u32) -> String {
    format!("line {number} {}\n", "z".repeat(number as usize % 7))
}

fn text(lines: Range<u32>) -> String {
    lines.map(line).collect()
}

impl Log {
    /// Of 200 lines; those stretches of ten are wanted.
    fn new(wanted: &[u32]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stretches = (0..20).map(|nth| Stretch {
            bytes: text(10 * nth + 1..10 * nth + 11).len() as u32,
            lines: 10,
            wanted: wanted.contains(&nth),
        });
        let stretches = stretches.collect();
        let log = Self { dir, stretches };
        fs::write(log.path(), text(1..201)).unwrap();
        log
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("mainlog")
    }

    fn open(&self) -> Stretches {
        let known = identity(&fs::metadata(self.path()).unwrap());
        let open = Stretches::open(&self.path(), known, self.stretches.clone(), MOST);
        open.unwrap().unwrap()
    }
}

/// The chunks to come: the number of the first line, 0 where it is not told, and the text, which stands where the
/// index says.
fn chunks(log: &Log, from: &mut Stretches, all: bool) -> Vec<(u32, String)> {
    let file = fs::read(log.path()).unwrap();
    let mut chunks = Vec::new();
    while let Some(chunk) = from.next(b"left over".to_vec(), all).unwrap() {
        let at = chunk.index.offset as usize;
        assert_eq!(&file[at..][..chunk.text().len()], chunk.text());
        let text = String::from_utf8(chunk.text().to_vec()).unwrap();
        chunks.push((chunk.index.first_line, text));
    }
    chunks
}

#[test]
fn wanted_stretches_come_with_the_numbers_of_their_lines() {
    let log = Log::new(&[0, 3, 4, 5, 6, 19]);
    let chunks = chunks(&log, &mut log.open(), false);
    // Of those that follow each other as many at once as are wanted at once.
    let expected = [1..11, 31..51, 51..71, 191..201].map(|own| (own.start, text(own)));
    assert_eq!(chunks, expected);
}

#[test]
fn what_is_not_wanted_comes_until_all_is_no_longer_asked_for() {
    let log = Log::new(&[1, 2, 17]);
    let mut some = log.open();
    let first = some.next(Vec::new(), true).unwrap().unwrap();
    assert_eq!(first.text(), text(1..21).as_bytes());
    let second = some.next(Vec::new(), true).unwrap().unwrap();
    assert_eq!(second.text(), text(21..41).as_bytes());
    let rest = chunks(&log, &mut some, false);
    let told = rest.last().unwrap();
    assert_eq!(told, &(171, text(171..181)));
    let all = chunks(&log, &mut log.open(), true);
    let whole: String = all.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(whole, text(1..201));
    assert_eq!(all.len(), 10);
}

#[test]
fn little_comes_at_first() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mainlog");
    let line = "z".repeat((16 << 10) - 1) + "\n";
    fs::write(&path, line.repeat(40)).unwrap();
    let own = Stretch {
        bytes: 16 << 10,
        lines: 1,
        wanted: false,
    };
    let known = identity(&fs::metadata(&path).unwrap());
    let some = Stretches::open(&path, known, vec![own; 40], 256 << 10);
    let mut some = some.unwrap().unwrap();
    let sizes = std::iter::from_fn(|| some.next(Vec::new(), true).unwrap());
    let sizes: Vec<usize> = sizes.map(|chunk| chunk.text().len() >> 10).collect();
    assert_eq!(sizes, [32, 64, 128, 256, 160]);
}

#[test]
fn what_was_added_since_is_read_to_its_end() {
    let log = Log::new(&[2]);
    fs::write(log.path(), text(1..300) + "torn").unwrap();
    let chunks = chunks(&log, &mut log.open(), false);
    assert_eq!(chunks[0], (21, text(21..31)));
    assert_eq!(chunks[1].0, 201, "it follows what was passed over");
    assert!(chunks[2..].iter().all(|(line, _)| *line == 0));
    let rest: String = chunks[1..].iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(rest, text(201..300) + "torn");
}

#[test]
fn another_file_and_a_shorter_one_are_not_taken_for_it() {
    let log = Log::new(&[2]);
    let known = identity(&fs::metadata(log.path()).unwrap());
    let open = || Stretches::open(&log.path(), known, log.stretches.clone(), MOST).unwrap();
    assert!(open().is_some());
    fs::write(log.path(), text(1..200)).unwrap();
    assert!(open().is_none());
    fs::rename(log.path(), log.dir.path().join("mainlog.1")).unwrap();
    fs::write(log.path(), text(1..201)).unwrap();
    assert!(open().is_none());
}

#[test]
fn lines_that_are_others_than_those_that_were_counted_do_not_come() {
    let log = Log::new(&[2, 9]);
    let whole = text(1..201);
    let (third, tenth) = (text(1..21).len(), text(1..91).len());
    let anew = [
        // Cut while it is read, before the first of them and within it, or between them.
        (whole[..third].to_owned(), 0),
        (whole[..third + 20].to_owned(), 0),
        (whole[..tenth].to_owned(), 1),
        // Of other lines: one more or less, or they begin or end elsewhere.
        (whole.replacen("line 95 ", "line\n95 ", 1), 1),
        (whole.replacen("line 95 ", "line 95", 1) + " ", 1),
        (
            format!("{}\n", whole.replace("90 zzzzzz\n", "90 zzzzzz ")),
            1,
        ),
        (whole.replace("100 zz\n", "100 zz "), 1),
    ];
    for (text, good) in anew {
        let mut some = log.open();
        fs::write(log.path(), text).unwrap();
        for _ in 0..good {
            assert!(some.next(Vec::new(), false).unwrap().is_some());
        }
        let error = some.next(Vec::new(), false).unwrap_err().to_string();
        assert_eq!(error, "the file was written anew while it was read");
        assert!(some.next(Vec::new(), false).unwrap().is_none());
        fs::write(log.path(), &whole).unwrap();
    }
}
