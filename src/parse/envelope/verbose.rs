//! journalctl `-o verbose`.
//!
//! ```text
//! Mon 2026-11-23 07:34:23.006692 UTC [s=b755...;i=4;...]
//!     SYSLOG_IDENTIFIER=postfix/smtp
//!     MESSAGE=first line of a text
//!             second line, under the first
//! ```
//! What is no text reads `[123B blob data]`; it stays so. Releases before 200 indent by a tab.

use memchr::{memchr, memchr_iter};

use super::fields::{Fields, is_name};
use super::{line_end, time};
use crate::parse::bytes::{from, to};
use crate::parse::{Entry, Stamp};

const INDENT: usize = 4;

/// The place of the next line that is not indented.
pub(super) fn record_end(text: &[u8]) -> Option<usize> {
    memchr_iter(b'\n', text)
        .map(|at| at + 1)
        .find(|next| matches!(text.get(*next), Some(byte) if !matches!(byte, b' ' | b'\t')))
}

/// The line with the time. Its zone is that of the reader of the journal, not of the host.
fn heading(line: &[u8]) -> Option<Stamp> {
    let (stamp, cursor) = time::with_weekday(line)?;
    cursor.starts_with(b"[s=").then_some(stamp)
}

/// A line with a field: its name, its value, and how deep further lines of the value are indented.
fn field(line: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let (bare, indent) = match line.strip_prefix(b"    ") {
        Some(bare) => (bare, INDENT),
        None => (line.strip_prefix(b"\t")?, 1),
    };
    let equals = memchr(b'=', bare)?;
    let name = to(bare, equals);
    is_name(name).then(|| (name, from(bare, equals + 1), indent + equals + 1))
}

/// Reads a record. The lines of a text are put together in the scratch.
pub(super) fn open<'a>(record: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Entry<'a>> {
    scratch.clear();
    let end = line_end(record)?;
    let written = heading(to(record, end))?;
    let mut fields = Fields::default();
    // How deep the lines of the text are indented, while they follow each other.
    let mut deep = None;
    for line in from(record, end).split(|byte| *byte == b'\n') {
        if let Some((name, value, depth)) = field(line) {
            deep = None;
            if let Some(slot) = fields.slot(name) {
                *slot = Some(value);
                if name == b"MESSAGE" {
                    scratch.extend_from_slice(value);
                    deep = Some(depth);
                }
            }
        } else if let Some(depth) = deep
            && let Some((indent, more)) = line.split_at_checked(depth)
            && indent.iter().all(|byte| *byte == b' ')
        {
            scratch.push(b'\n');
            scratch.extend_from_slice(more);
        }
    }
    let entry = fields.entry(Some(written))?;
    Some(Entry {
        text: scratch.as_slice(),
        ..entry
    })
}
