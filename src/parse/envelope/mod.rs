//! Frames of log entries: the traditional, ISO and RFC 5424 forms of syslog, and the output formats of journalctl.
//!
//! The form of a single-line frame is determined for each line, so a file may mix them; formats with records of
//! several lines are determined once per file. A record whose frame names no program
//! (`last message repeated 3 times`, `-- MARK --`) becomes an entry without a program. A record without a time
//! (journalctl `-o cat`, `-o short-monotonic`, a nil time stamp of RFC 5424) gives no entry.
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
pub(super) use line::common;
pub(super) use plain::names;

use super::Entry;
use super::bytes::to;

/// Maximum size of a record in bytes. A longer one is cut at its last line end before that, or exactly there.
const MAX_RECORD_BYTES: usize = 1 << 20;

/// How the records of a log are separated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// One record per line.
    #[default]
    Lines,
    /// journalctl `-o export`: fields up to an empty line; binary fields are preceded by their length.
    Export,
    /// journalctl `-o json-pretty`: from a line `{` to a line `}`.
    JsonPretty,
    /// journalctl `-o verbose`: a line with the time, followed by one or more indented lines for each field.
    Verbose,
}

impl Framing {
    /// All framings.
    pub const ALL: [Self; 4] = [Self::Lines, Self::Export, Self::JsonPretty, Self::Verbose];

    /// Number of bytes needed to find the end of the first record, as far as `text` shows; `text` begins with
    /// at least one line of it. A log that ends earlier has nothing more.
    pub fn looks_at(self, text: &[u8]) -> usize {
        self.record_end(text).unwrap_or(2 * text.len())
    }

    /// Length of the first record in bytes, with its line end; `None` when its end is not in `text`. At the end
    /// of a file the rest is the last record.
    ///
    /// A record of several lines that has not ended after 1 MiB (such as a core dump in the
    /// journal) is cut, and the text after the cut is read as a new record.
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

    /// Parses the frame of one record, given without its last line end. `None` for an unknown frame. The entry
    /// borrows from the record or, where values have to be decoded, from `scratch`, whose content is dropped.
    pub fn open<'a>(self, record: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Entry<'a>> {
        match self {
            Self::Lines => line::open(record, scratch),
            Self::Export => export::open(record),
            // A single line in a log of these two formats comes from another log. It cannot be forged by a
            // peer, whose text is indented or escaped in them.
            _ if memchr::memchr(b'\n', record).is_none() => line::open(record, scratch),
            Self::JsonPretty => json::open(record, scratch),
            Self::Verbose => verbose::open(record, scratch),
        }
    }

    /// First record of `text` without its line end, and the rest.
    pub fn split(self, text: &[u8]) -> (&[u8], &[u8]) {
        let end = self.record_end(text).unwrap_or(text.len());
        let (record, rest) = text.split_at_checked(end).unwrap_or((text, b""));
        (record.strip_suffix(b"\n").unwrap_or(record), rest)
    }

    /// Detects the framing from the beginning of a text; `None` without any known frame. The text may begin and
    /// end in the middle of a record.
    pub fn detect(head: &[u8]) -> Option<Self> {
        detect::framing(head)
    }
}

/// Length of the first line, with its line end.
fn line_end(text: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', text).map(|at| at + 1)
}

#[cfg(test)]
mod tests;
