//! Frame of a line (time stamp, `[pid]`, message ID), and lines without one.
//!
//! ```text
//! line      = timestamp SP [ "[" pid "]" SP ] [ msgid SP ] rest
//! timestamp = YYYY-MM-DD SP HH:MM:SS [ "." mmm ] [ SP (+|-)HHMM ]
//! ```

use memchr::memchr;

use crate::parse::{Piece, Stamp, bytes, stamp};

use crate::parse::bytes::{Set, angle, from, to};

/// Parses the time stamp and the space after it. Other logs have a `T` in it.
pub(super) fn stamped(line: &[u8]) -> Option<(Stamp, &[u8])> {
    if line.get(10) != Some(&b' ') {
        return None;
    }
    let (stamp, rest) = stamp::iso(line)?;
    match rest {
        [] => Some((stamp, rest)),
        [b' ', rest @ ..] => Some((stamp, rest)),
        _ => None,
    }
}

/// Removes `[pid] ` (log selector `+pid`). An IP address in brackets is no pid.
pub(super) fn without_pid(rest: &[u8]) -> &[u8] {
    let Some(inner) = rest.strip_prefix(b"[") else {
        return rest;
    };
    match memchr(b']', to(inner, 11)) {
        Some(end) if end > 0 && to(inner, end).iter().all(u8::is_ascii_digit) => {
            from(inner, end + 1).strip_prefix(b" ").unwrap_or(rest)
        }
        _ => rest,
    }
}

/// Splits off the message ID; empty when the line has none.
///
/// Exim has two forms, both in base 62: 6-6-2 (16 characters, up to 4.96) and 6-11-4 (23 characters, from 4.97).
#[inline]
pub(super) fn message_id(rest: &[u8]) -> (&[u8], &[u8]) {
    let id = to(rest, message_id_length(rest));
    let after = if id.is_empty() { 0 } else { id.len() + 1 };
    (id, from(rest, after))
}

/// Length of the message ID at the start of a text; 0 for none. A number is returned in a register, unlike two
/// slices.
fn message_id_length(rest: &[u8]) -> usize {
    if begins_with_id::<16>(rest, 13) {
        16
    } else if begins_with_id::<23>(rest, 18) {
        23
    } else {
        0
    }
}

fn begins_with_id<const LENGTH: usize>(rest: &[u8], second_dash: usize) -> bool {
    let Some((id, after)) = rest.split_first_chunk::<LENGTH>() else {
        return false;
    };
    let ends = matches!(after.first(), None | Some(b' '));
    if !ends || id.get(6) != Some(&b'-') || id.get(second_dash) != Some(&b'-') {
        return false;
    }
    // Without an early exit, so that several bytes are tested at once.
    let letters = id
        .iter()
        .map(|byte| u8::from(BASE_62.has(*byte)))
        .sum::<u8>();
    usize::from(letters) + 2 == LENGTH
}

const BASE_62: Set = Set::of(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/// Meaning of a syslog piece mark for the line after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A whole entry, or the whole first line of one.
    Whole,
    /// The first piece of a line that was split by length; the end is missing.
    Cut,
    /// A later piece of an entry.
    Later,
}

/// Removes the mark that Exim puts before each syslog piece of a long entry: `[1/3] ` when split by length,
/// `[1\3] ` when split at line ends.
#[inline]
pub(super) fn piece(line: &[u8]) -> (Part, &[u8]) {
    match line
        .first()
        .filter(|first| **first == b'[')
        .and_then(|_| mark(line))
    {
        Some(mark) => {
            let part = match (mark.number, mark.by_length) {
                (1, true) => Part::Cut,
                (1, false) => Part::Whole,
                _ => Part::Later,
            };
            (part, mark.rest)
        }
        None => (Part::Whole, line),
    }
}

/// A piece that was split by length, with its number.
pub(super) fn length_piece(line: &[u8]) -> Option<Piece<'_>> {
    let mark = mark(line)?;
    mark.by_length.then_some(Piece {
        number: mark.number,
        of: mark.of,
        text: mark.rest,
    })
}

struct Mark<'a> {
    number: u32,
    of: u32,
    by_length: bool,
    rest: &'a [u8],
}

fn mark(line: &[u8]) -> Option<Mark<'_>> {
    let inner = line.strip_prefix(b"[")?;
    let end = memchr(b']', to(inner, 9))?;
    let mark = to(inner, end);
    let slash = memchr::memchr2(b'/', b'\\', mark)?;
    let (number, total) = (to(mark, slash), from(mark, slash + 1));
    Some(Mark {
        number: bytes::number(number)?,
        of: bytes::number(total)?,
        by_length: mark.get(slash) == Some(&b'/'),
        rest: from(inner, end + 1).strip_prefix(b" ")?,
    })
}

/// True when a line without a frame continues the entry before it.
///
/// That is the case for the lines of a reject log entry (`Envelope-from:`, `Envelope-to:`, header lines after a
/// type letter, their folded lines, `*** truncated ***`, the line of dashes), the indented second line of a
/// warning, and an empty line.
pub(super) fn continues(line: &[u8]) -> bool {
    match line {
        [] | [b' ' | b'\t', ..] => true,
        [b'A'..=b'Z' | b'*', b' ', ..] => is_header(line),
        [b'-', b'-', b'-', b'-', ..] => line.iter().all(|byte| *byte == b'-'),
        _ => is_envelope(line) || line == b"*** truncated ***",
    }
}

/// `F From: ...`: a type letter, a space, the name of a header field and a colon.
fn is_header(line: &[u8]) -> bool {
    let field = from(line, 2);
    memchr(b':', field).is_some_and(|colon| {
        let name = to(field, colon).trim_ascii_end();
        !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
    })
}

fn is_envelope(line: &[u8]) -> bool {
    [b"Envelope-from: ".as_slice(), b"Envelope-to: "]
        .iter()
        .find_map(|prefix| line.strip_prefix(*prefix))
        .is_some_and(|rest| angle(rest).is_some() || rest.starts_with(b"<"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_forms_are_message_ids() {
        for text in ["1j69ZJ-0001iL-S3", "1xVOL4-000000001Zq-1qeL"] {
            assert_eq!(message_id(text.as_bytes()).0, text.as_bytes(), "{text}");
        }
        for text in [
            "1j69ZJ-0001iL-S",
            "1j69ZJ-0001iL-S34",
            "1j69ZJ-0001iLabcd-S3",
            "1j69ZJ_0001iL-S3",
            "1j69Z--0001iL-S3",
            "1j69ZJ-0001i_-S3",
            "1xVOL4-00000001Zq-1qeLx",
            "",
        ] {
            assert_eq!(
                message_id(text.as_bytes()),
                (b"".as_slice(), text.as_bytes()),
                "{text}"
            );
        }
    }

    #[test]
    fn an_id_must_stand_alone() {
        assert_eq!(
            message_id(b"1j69ZJ-0001iL-S3 Completed"),
            (b"1j69ZJ-0001iL-S3".as_slice(), b"Completed".as_slice())
        );
        assert_eq!(message_id(b"1j69ZJ-0001iL-S3").0, b"1j69ZJ-0001iL-S3");
        assert_eq!(message_id(b"1j69ZJ-0001iL-S3x =>").0, b"");
        assert_eq!(message_id(b"1j69ZJ-0001iL-S3:").0, b"");
    }

    #[test]
    fn a_pid_is_digits() {
        assert_eq!(without_pid(b"[4711] x"), b"x");
        for rest in [
            "[192.0.2.1] SSL verify error",
            "[] x",
            "[4711]x",
            "[471",
            "x",
        ] {
            assert_eq!(without_pid(rest.as_bytes()), rest.as_bytes(), "{rest}");
        }
    }

    #[test]
    fn stamps_with_a_t_are_not_of_exim() {
        assert!(stamped(b"2020-02-25 04:55:03 x").is_some());
        assert!(stamped(b"2020-02-25 04:55:03").is_some());
        assert!(stamped(b"2020-02-25T04:55:03 x").is_none());
        assert!(stamped(b"2020-02-25 04:55:03x").is_none());
        assert!(stamped(b"2020-02-25 04:55:03,5x").is_none());
    }

    #[test]
    fn syslog_pieces() {
        assert_eq!(piece(b"[1/3] a"), (Part::Cut, b"a".as_slice()));
        assert_eq!(piece(b"[1\\10] a"), (Part::Whole, b"a".as_slice()));
        assert_eq!(piece(b"[2\\10] a"), (Part::Later, b"a".as_slice()));
        assert_eq!(piece(b"[12/30] a"), (Part::Later, b"a".as_slice()));
        for line in ["[1] a", "[1/] a", "[/2] a", "[1/2]a", "[1.2.3.4] a", "a"] {
            assert_eq!(piece(line.as_bytes()), (Part::Whole, line.as_bytes()));
        }
    }

    #[test]
    fn lines_of_a_reject_entry_continue_it() {
        for line in [
            "",
            "Envelope-from: <a@example.org>",
            "Envelope-from: <\"a b",
            "Envelope-to: <a@example.org>",
            "P Received: from x",
            "\tby y",
            "  Subject: z",
            "* Old: header",
            "F From        : Me <x@y>",
            " Suggested action: either install a certificate",
            "*** truncated ***",
            "------------------------------------",
        ] {
            assert!(continues(line.as_bytes()), "{line}");
        }
        for line in [
            "Envelope-from: a@example.org",
            "A sentence without that",
            "logfile turned over",
            "--- x",
            "---",
            "******** SERVER ********",
            "Nov 23 06:52:18 host exim[1]: x",
        ] {
            assert!(!continues(line.as_bytes()), "{line}");
        }
    }
}
