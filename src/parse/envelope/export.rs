//! journalctl `-o export`, what systemd-journal-remote and the gateway speak.
//!
//! ```text
//! record = 1*field LF
//! field  = name "=" value LF                        a value that is text without a line end
//!        | name LF length value LF                  any other; length: 8 bytes, little endian
//! ```
//! Source: systemd, "Journal Export Formats".

use memchr::memchr;

use super::fields::{Fields, is_name};
use crate::parse::Entry;
use crate::parse::bytes::{from, to};

/// A field, or an empty line, and how many bytes it takes.
struct Piece<'a> {
    name: &'a [u8],
    value: &'a [u8],
    bytes: usize,
}

/// The field at the start; `None` when its end is not there. A line that is neither form is a field without
/// a name: it belongs to the record and says nothing.
fn piece(text: &[u8]) -> Option<Piece<'_>> {
    let end = memchr(b'\n', text)?;
    let line = to(text, end);
    let bytes = end + 1;
    if let Some(equals) = memchr(b'=', line) {
        return Some(Piece {
            name: to(line, equals),
            value: from(line, equals + 1),
            bytes,
        });
    }
    if is_name(line) {
        let (length, rest) = from(text, bytes).split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        match rest.get(length) {
            Some(b'\n') => {
                return Some(Piece {
                    name: line,
                    value: to(rest, length),
                    bytes: bytes + 8 + length + 1,
                });
            }
            // No value ends there: that was no length.
            Some(_) => {}
            None => return None,
        }
    }
    Some(Piece {
        name: b"",
        value: line,
        bytes,
    })
}

/// The place after the empty line that ends the record. Its own is an empty line with no field before it.
pub(super) fn record_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let piece = piece(from(text, at))?;
        at += piece.bytes;
        if piece.bytes == 1 {
            return Some(at);
        }
    }
}

/// Reads a record, with or without its empty line.
pub(super) fn open(record: &[u8]) -> Option<Entry<'_>> {
    let mut fields = Fields::default();
    let mut rest = record;
    while let Some(piece) = piece(rest) {
        if let Some(slot) = fields.slot(piece.name) {
            *slot = Some(piece.value);
        }
        rest = from(rest, piece.bytes);
    }
    // The last line of a file may lack its end.
    if let Some(equals) = memchr(b'=', rest)
        && !rest.contains(&b'\n')
        && let Some(slot) = fields.slot(to(rest, equals))
    {
        *slot = Some(from(rest, equals + 1));
    }
    fields.entry(None)
}
