//! Notices inputs that hold what another input holds, so that nothing is counted twice.
//!
//! One file under two names is known by its inode. Two files with one text are known by the beginning of
//! the text, and then compared to the end: a file is never left out unless all of it stands in another one.
//! A copy of a log that has grown since is the beginning of it. Of a log and its copy the log stays: it may
//! grow.
//!
//! Short logs of different origin can be the same to the letter where a test made them. So text alone settles
//! it only between a few files that a person named; in a directory, and among many, the names must agree too.

use std::collections::HashMap;
use std::fs::Metadata;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use hashbrown::DefaultHashBuilder;

use crate::source::{Input, Stop, Twin, is_older_copy, named_alike, open};

use super::{Forced, Format};

/// With more files than this, a log that is only the beginning of a later one is not looked for: that
/// takes a look into all of them before the first is loaded.
const MANY: usize = 1000;
/// A person who names more files than this has not looked at each.
const NAMED: usize = 32;
/// How much of a text is looked at for its first line.
const GLANCE: usize = 4 << 10;
/// Files with the same first line with which a file is compared.
const COMPARED: usize = 8;

/// What was seen of the inputs so far.
pub(super) struct Copies {
    stop: Stop,
    forced: Option<Forced>,
    /// Each input was named by a person.
    named: bool,
    inodes: HashMap<(u64, u64), PathBuf>,
    /// By the print of the beginning of the text.
    texts: HashMap<u64, Vec<PathBuf>>,
    /// Found before anything was loaded, by number of the input.
    known: HashMap<usize, (PathBuf, Twin)>,
}

impl Copies {
    /// Looks for logs that stand in other logs. `metas` belong to `inputs`.
    pub(super) fn look(
        inputs: &[Input],
        metas: &[Option<Metadata>],
        forced: Option<Forced>,
        stop: &Stop,
    ) -> Self {
        let mut copies = Self {
            stop: Stop::clone(stop),
            forced,
            named: inputs.len() <= NAMED
                && inputs
                    .iter()
                    .all(|input| matches!(input, Input::File(_) | Input::Stdin)),
            inodes: HashMap::new(),
            texts: HashMap::new(),
            known: HashMap::new(),
        };
        let may_grow = |(nth, (input, meta)): (usize, (&Input, &Option<Metadata>))| {
            let regular = meta.as_ref().is_some_and(Metadata::is_file);
            (regular && !matches!(input, Input::Message(_))).then_some(nth)
        };
        let all = inputs.iter().zip(metas).enumerate();
        let numbers: Vec<usize> = all.filter_map(may_grow).collect();
        if (2..=MANY).contains(&numbers.len()) {
            copies.look_into(inputs, &numbers);
        }
        copies
    }

    fn look_into(&mut self, inputs: &[Input], numbers: &[usize]) {
        let mut alike: HashMap<Vec<u8>, Vec<(usize, &Path)>> = HashMap::new();
        for &nth in numbers {
            let path = inputs.get(nth).and_then(Input::path);
            let Some((path, line)) = path.and_then(|path| Some((path, self.first_line(path)?)))
            else {
                continue;
            };
            let others = alike.entry(line).or_default();
            for &(other, other_path) in others.iter().take(COMPARED) {
                let may_be = self.named || named_alike(path, other_path);
                if self.known.contains_key(&other) || !may_be {
                    continue;
                }
                match compare(other_path, path, &self.stop) {
                    Some(Compared::Same) if is_older_copy(other_path, path) => {
                        self.known.insert(other, (path.to_owned(), Twin::Text));
                        continue;
                    }
                    Some(Compared::Same) => {
                        self.known.insert(nth, (other_path.to_owned(), Twin::Text));
                    }
                    Some(Compared::SecondIsPart) => {
                        self.known
                            .insert(nth, (other_path.to_owned(), Twin::Beginning));
                    }
                    Some(Compared::FirstIsPart) => {
                        self.known.insert(other, (path.to_owned(), Twin::Beginning));
                        continue;
                    }
                    None => continue,
                }
                break;
            }
            others.push((nth, path));
        }
    }

    /// The first line of a log or an mbox: other things do not grow.
    fn first_line(&self, path: &Path) -> Option<Vec<u8>> {
        if (self.stop)() {
            return None;
        }
        let mut head = Vec::new();
        let text = open(path, &self.stop).ok()?.reader;
        // Of a torn file there is what was read.
        let _ = text.take(GLANCE as u64).read_to_end(&mut head);
        let format = match self.forced {
            Some(forced) => Some(Format::forced(forced, &head)),
            None => Format::detect(&head),
        };
        if head.is_empty() || matches!(format, None | Some(Format::Message)) {
            return None;
        }
        let end = memchr::memchr(b'\n', &head).unwrap_or(head.len());
        head.truncate(end);
        Some(head)
    }

    /// The input, read earlier or to be read, that holds what this one holds, as far as that can be told
    /// without opening it.
    pub(super) fn before(
        &mut self,
        number: usize,
        path: &Path,
        meta: &Metadata,
    ) -> Option<(PathBuf, Twin)> {
        if !meta.is_file() {
            return None;
        }
        let inode = (meta.dev(), meta.ino());
        if let Some(other) = self.inodes.get(&inode) {
            return Some((other.clone(), Twin::File));
        }
        let twin = self.known.remove(&number);
        if twin.is_none() {
            self.inodes.insert(inode, path.to_owned());
        }
        twin
    }

    /// The input, read earlier, with the same text, whose beginning has that print.
    pub(super) fn with_text(&mut self, path: &Path, print: u64) -> Option<(PathBuf, Twin)> {
        let others = self.texts.entry(print).or_default();
        let named = self.named;
        let may_be = |other: &&PathBuf| named || named_alike(path, other);
        for other in others.iter().filter(may_be).take(COMPARED) {
            match compare(other, path, &self.stop) {
                Some(Compared::Same) => return Some((other.clone(), Twin::Text)),
                Some(Compared::SecondIsPart) => return Some((other.clone(), Twin::Beginning)),
                Some(Compared::FirstIsPart) | None => {}
            }
        }
        others.push(path.to_owned());
        None
    }
}

/// A hash of the beginning of a text, by which copies are found.
pub(super) fn print(head: &[u8]) -> u64 {
    /// A fast hasher will do: files of the same hash are compared byte by byte.
    static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);
    HASHER.hash_one(head)
}

/// How two texts are the same.
enum Compared {
    Same,
    FirstIsPart,
    SecondIsPart,
}

/// Compares two texts to the end, or to the first difference. `None`: they differ, or one cannot be read
/// to its end.
fn compare(first: &Path, second: &Path, stop: &Stop) -> Option<Compared> {
    let text = |path: &Path| {
        Some(BufReader::with_capacity(
            64 << 10,
            open(path, stop).ok()?.reader,
        ))
    };
    let (mut first, mut second) = (text(first)?, text(second)?);
    loop {
        if stop() {
            return None;
        }
        let (one, other) = (first.fill_buf().ok()?, second.fill_buf().ok()?);
        let length = one.len().min(other.len());
        if length == 0 {
            return Some(match (one.is_empty(), other.is_empty()) {
                (true, true) => Compared::Same,
                (true, false) => Compared::FirstIsPart,
                (false, _) => Compared::SecondIsPart,
            });
        }
        if one.get(..length) != other.get(..length) {
            return None;
        }
        first.consume(length);
        second.consume(length);
    }
}
