//! Detects the framing of a text from its beginning.

use super::Framing;
use super::tag::is_severity;
use crate::parse::Entry;
use crate::parse::bytes::{from, to};

/// Maximum number of records that are tested.
const RECORDS: usize = 200;

/// One record in this many must have a frame. Texts of several lines and lines of other logs may be in between.
const SHARE: usize = 3;

/// Counts of the first records.
#[derive(Default)]
struct Tally {
    framed: usize,
    unframed: usize,
}

/// Framing whose records have frames. Lines are tried before the two formats whose records may also be read as lines.
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
        tally.framed > 0 && tally.framed * SHARE >= tally.framed + tally.unframed
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
            Some(entry) if names_program(&entry) => tally.framed += 1,
            // A time without a program may be of any log.
            Some(_) => {}
            None if is_separator(record) => {}
            // The first and the last record may be cut.
            None if nth == 0 || whole.is_none() => {}
            None => tally.unframed += 1,
        }
    }
    tally
}

/// True for a named program. False where the host is a severity, as in logs of programs that write it after the time.
fn names_program(entry: &Entry<'_>) -> bool {
    let of_another_kind = entry.pid.is_empty() && is_severity(entry.host);
    !entry.program.is_empty() && !of_another_kind
}

/// True for empty lines and for what journalctl and log rotation write between records: `-- Boot 4d5f... --`,
/// `-- Journal begins at ...`, `Nov 23 00:00:00 host newsyslog[1]: logfile turned over`.
fn is_separator(record: &[u8]) -> bool {
    let record = record.trim_ascii();
    record.is_empty() || record.starts_with(b"-- ") || record == b"logfile turned over"
}
