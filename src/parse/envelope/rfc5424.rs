//! RFC 5424: `<22>1 2026-11-23T07:33:40.075428Z host app procid msgid [data] text`.

use super::time;
use crate::parse::Entry;
use crate::parse::bytes::{from, quoted_end, word};

/// Parses a line from its version number on. `None` for a nil time stamp, since an entry needs a time.
pub(super) fn open(line: &[u8]) -> Option<Entry<'_>> {
    let (stamp, rest) = time::with_t(line.strip_prefix(b"1 ")?)?;
    let (host, rest) = part(rest)?;
    let (program, rest) = part(rest)?;
    let (pid, rest) = part(rest)?;
    let (_msgid, rest) = part(rest)?;
    let rest = after_data(rest)?;
    let text = rest.strip_prefix(b" ").unwrap_or(rest);
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    // rsyslog keeps the space after a traditional tag.
    let text = text.strip_prefix(b" ").unwrap_or(text);
    Some(Entry {
        stamp,
        host,
        program,
        pid,
        text,
    })
}

/// A word of the header, empty for `-`, and the rest.
fn part(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (part, rest) = word(rest);
    let rest = rest.strip_prefix(b" ")?;
    match part {
        b"" => None,
        b"-" => Some((b"", rest)),
        _ => Some((part, rest)),
    }
}

/// Text after the structured data: `-`, or elements `[id name="value" ...]` without spaces in between. In
/// values `"`, `\` and `]` are escaped by a backslash, but some programs do not escape `]`.
fn after_data(rest: &[u8]) -> Option<&[u8]> {
    let mut behind = rest.strip_prefix(b"-").unwrap_or(rest);
    while let Some(element) = behind.strip_prefix(b"[") {
        behind = after_element(element)?;
    }
    let some = behind.len() < rest.len();
    some.then_some(behind)
        .filter(|behind| matches!(behind.first(), None | Some(b' ')))
}

fn after_element(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        rest = from(rest, memchr::memchr2(b'"', b']', rest)?);
        match rest {
            [b']', behind @ ..] => return Some(behind),
            _ => rest = from(rest, quoted_end(rest)?),
        }
    }
}
