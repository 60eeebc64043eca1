//! journalctl `-o export`, the format of systemd-journal-remote and systemd-journal-gatewayd.
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

/// A field or an empty line, and its length in bytes.
struct Field<'a> {
    name: &'a [u8],
    value: &'a [u8],
    bytes: usize,
}

/// The field at the start; `None` when its end is missing. A line in neither form is a field without a name,
/// which is ignored.
fn field(text: &[u8]) -> Option<Field<'_>> {
    let end = memchr(b'\n', text)?;
    let line = to(text, end);
    let bytes = end + 1;
    if let Some(equals) = memchr(b'=', line) {
        return Some(Field {
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
                return Some(Field {
                    name: line,
                    value: to(rest, length),
                    bytes: bytes + 8 + length + 1,
                });
            }
            // The length is wrong: the value does not end there.
            Some(_) => {}
            None => return None,
        }
    }
    Some(Field {
        name: b"",
        value: line,
        bytes,
    })
}

/// Index after the empty line that ends the record. An empty line without fields before it is a record of its own.
pub(super) fn record_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let field = field(from(text, at))?;
        at += field.bytes;
        if field.bytes == 1 {
            return Some(at);
        }
    }
}

/// Parses a record, with or without its empty line.
pub(super) fn open(record: &[u8]) -> Option<Entry<'_>> {
    let mut fields = Fields::default();
    let mut rest = record;
    while let Some(field) = field(rest) {
        if let Some(slot) = fields.slot(field.name) {
            *slot = Some(field.value);
        }
        rest = from(rest, field.bytes);
    }
    // The last line of a file may lack its line end.
    if let Some(equals) = memchr(b'=', rest)
        && !rest.contains(&b'\n')
        && let Some(slot) = fields.slot(to(rest, equals))
    {
        *slot = Some(from(rest, equals + 1));
    }
    fields.entry(None)
}
