//! Frames around log entries: syslog in its traditional, ISO and RFC 5424 forms, and what journalctl
//! writes.
//!
//! A line-shaped frame is told line by line, so a file may mix them; records of several lines are told once a
//! file. A record whose frame is known but names no program (`last message repeated 3 times`, `-- MARK --`)
//! is an entry of no program. Where a frame tells no time (journalctl `-o cat`, `-o short-monotonic`, a nil
//! time stamp of RFC 5424) there is no entry.
//!
//! | file | frames |
//! |---|---|
//! | `line` | which of the line-shaped frames a line has |
//! | `time` | the time stamps of these frames |
//! | `plain` | `host tag[pid]: text` behind them, as nearly every line has it |
//! | `tag` | the same in all its forms |
//! | `rfc5424` | `<22>1 2026-11-23T07:33:40Z host app procid msgid [data] text` |
//! | `json` | journalctl `-o json`, `json-pretty`, `json-seq`, `json-sse` |
//! | `export` | journalctl `-o export` |
//! | `verbose` | journalctl `-o verbose` |

mod cat;
mod detect;
mod export;
mod fields;
mod json;
mod line;
mod plain;
mod rfc5424;
mod tag;
mod time;
mod verbose;

pub use cat::looks_like_cat;
pub(super) use line::usual;
pub(super) use plain::names;

use super::Entry;
use super::bytes::to;

/// A record that has not ended after so many bytes is cut: at its last line end before that, else there.
const MAX_RECORD_BYTES: usize = 1 << 20;

/// How records follow each other in a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// One a line.
    #[default]
    Lines,
    /// journalctl `-o export`: fields up to an empty line; a field that is no text is preceded by its length.
    Export,
    /// journalctl `-o json-pretty`: from `{` to `}`, each at the start of a line.
    JsonPretty,
    /// journalctl `-o verbose`: a line with the time, then one indented line or more for each field.
    Verbose,
}

impl Framing {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Lines, Self::Export, Self::JsonPretty, Self::Verbose];

    /// Bytes that must be there to tell where the first record ends, as far as `text` tells, which begins with at
    /// least a line of it. A log that ends earlier has no more of it.
    pub fn looks_at(self, text: &[u8]) -> usize {
        self.record_end(text).unwrap_or(2 * text.len())
    }

    /// Bytes of the first whole record at the start of `text`, its line end included; `None` when its end is
    /// not in `text`. At the end of a file, what is left is the last record.
    ///
    /// A record of several lines that has not ended after 1 MiB (a core dump in the journal) ends with the last
    /// line that ends before that. What follows is then looked at as if a record began there.
    pub fn record_end(self, text: &[u8]) -> Option<usize> {
        let end = match self {
            Self::Lines => return line_end(text),
            Self::Export => export::record_end,
            Self::JsonPretty => json::record_end,
            Self::Verbose => verbose::record_end,
        };
        let most = to(text, MAX_RECORD_BYTES);
        end(most).or_else(|| {
            (text.len() >= MAX_RECORD_BYTES)
                .then(|| memchr::memrchr(b'\n', most).map_or(most.len(), |at| at + 1))
        })
    }

    /// Takes one record, without its last line end, out of its frame. `None`: it has none that is known. The entry borrows from the record
    /// or, where values had to be decoded, from `scratch`, whose old content is dropped.
    pub fn open<'a>(self, record: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Entry<'a>> {
        match self {
            Self::Lines => line::open(record, scratch),
            Self::Export => export::open(record),
            // Somebody put it together from several. What a peer said is indented or escaped in these two,
            // so a line of its own is none of its.
            _ if memchr::memchr(b'\n', record).is_none() => line::open(record, scratch),
            Self::JsonPretty => json::open(record, scratch),
            Self::Verbose => verbose::open(record, scratch),
        }
    }

    /// The first record of `text` without its line end, and what follows it.
    pub fn split(self, text: &[u8]) -> (&[u8], &[u8]) {
        let end = self.record_end(text).unwrap_or(text.len());
        let (record, rest) = text.split_at_checked(end).unwrap_or((text, b""));
        (record.strip_suffix(b"\n").unwrap_or(record), rest)
    }

    /// Tells from the beginning of a text how its records follow each other; `None` where it holds no frame
    /// that is known. The text may begin and end in the middle of a record.
    pub fn detect(head: &[u8]) -> Option<Self> {
        detect::framing(head)
    }
}

/// The place after the first newline.
fn line_end(text: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', text).map(|at| at + 1)
}

#[cfg(test)]
mod tests;
