//! journalctl `-o verbose`.
//!
//! ```text
//! Mon 2026-11-23 07:34:23.006692 UTC [s=b755...;i=4;...]
//!     SYSLOG_IDENTIFIER=postfix/smtp
//!     MESSAGE=first line of a text
//!             second line, under the first
//! ```
//! Binary values are printed as `[123B blob data]`. systemd before 200 indents by a tab.

use memchr::{memchr, memchr_iter};

use super::fields::{Fields, is_name};
use super::{line_end, time};
use crate::parse::bytes::{from, to};
use crate::parse::{Entry, Stamp};

const INDENT: usize = 4;

/// Index of the next line that is not indented.
pub(super) fn record_end(text: &[u8]) -> Option<usize> {
    memchr_iter(b'\n', text)
        .map(|at| at + 1)
        .find(|next| matches!(text.get(*next), Some(byte) if !matches!(byte, b' ' | b'\t')))
}

/// Parses the line with the time. Its zone is that of the user who ran journalctl, not of the host.
fn heading(line: &[u8]) -> Option<Stamp> {
    let (stamp, cursor) = time::with_weekday(line)?;
    cursor.starts_with(b"[s=").then_some(stamp)
}

/// Parses a line with a field: name, value, and the indentation of further lines of the value.
fn field(line: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let (bare, indent) = match line.strip_prefix(b"    ") {
        Some(bare) => (bare, INDENT),
        None => (line.strip_prefix(b"\t")?, 1),
    };
    let equals = memchr(b'=', bare)?;
    let name = to(bare, equals);
    is_name(name).then(|| (name, from(bare, equals + 1), indent + equals + 1))
}

/// Parses a record. The lines of the text are assembled in `scratch`.
pub(super) fn open<'a>(record: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Entry<'a>> {
    scratch.clear();
    let end = line_end(record)?;
    let written = heading(to(record, end))?;
    let mut fields = Fields::default();
    // Indentation of the lines of the text, while they are read.
    let mut text_indent = None;
    for line in from(record, end).split(|byte| *byte == b'\n') {
        if let Some((name, value, indent_bytes)) = field(line) {
            text_indent = None;
            if let Some(slot) = fields.slot(name) {
                *slot = Some(value);
                if name == b"MESSAGE" {
                    scratch.extend_from_slice(value);
                    text_indent = Some(indent_bytes);
                }
            }
        } else if let Some(indent_bytes) = text_indent
            && let Some((indent, more)) = line.split_at_checked(indent_bytes)
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
