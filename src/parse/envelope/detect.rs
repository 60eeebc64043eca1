//! How the records of a text follow each other, told from its beginning.

use super::Framing;
use super::tag::is_severity;
use crate::parse::Entry;
use crate::parse::bytes::{from, to};

/// So many records are looked at.
const RECORDS: usize = 200;

/// One record in so many must have a frame: texts of several lines and lines of other logs stand between.
const SHARE: usize = 3;

/// What the first records show.
#[derive(Default)]
struct Tally {
    proved: usize,
    bare: usize,
}

/// The framing whose records have frames. Lines are asked before the two whose records may as well be lines.
pub(super) fn framing(head: &[u8]) -> Option<Framing> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let order = [
        Framing::Export,
        Framing::Lines,
        Framing::Verbose,
        Framing::JsonPretty,
    ];
    order.into_iter().find(|framing| {
        let tally = tally(*framing, head);
        tally.proved > 0 && tally.proved * SHARE >= tally.proved + tally.bare
    })
}

fn tally(framing: Framing, head: &[u8]) -> Tally {
    let mut tally = Tally::default();
    let mut scratch = Vec::new();
    let mut rest = head;
    for nth in 0..RECORDS {
        if rest.is_empty() {
            break;
        }
        let whole = framing.record_end(rest);
        let end = whole.unwrap_or(rest.len());
        let record = to(rest, end);
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        rest = from(rest, end);
        match framing.open(record, &mut scratch) {
            Some(entry) if proves(&entry) => tally.proved += 1,
            // A time and no program: anybody's.
            Some(_) => {}
            None if says_nothing(record) => {}
            // Cut off at the beginning or the end.
            None if nth == 0 || whole.is_none() => {}
            None => tally.bare += 1,
        }
    }
    tally
}

/// A program is named, and it is not a level of gravity that stands before it in the place of the host, as in
/// other programs' own logs.
fn proves(entry: &Entry<'_>) -> bool {
    let of_another_kind = entry.pid.is_empty() && is_severity(entry.host);
    !entry.program.is_empty() && !of_another_kind
}

/// Empty lines, and what journalctl and log rotation write between records: `-- Boot 4d5f... --`, `-- Journal
/// begins at ...`, `Nov 23 00:00:00 host newsyslog[1]: logfile turned over`.
fn says_nothing(record: &[u8]) -> bool {
    let record = record.trim_ascii();
    record.is_empty() || record.starts_with(b"-- ") || record == b"logfile turned over"
}
