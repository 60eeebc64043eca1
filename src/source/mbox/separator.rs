//! Recognises the `From ` line before a message of an mbox, in its many forms.

/// Line before and after each message of an MMDF mailbox.
pub(super) const MMDF: &[u8] = b"\x01\x01\x01\x01";

/// Maximum number of words of a sender: `From Anna at example.org  Mon ...`, or a quoted local part with blanks.
const SENDER_WORDS: usize = 8;

const WEEKDAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// True when a text begins like an mbox: a separator followed by a header.
pub fn starts_mbox(head: &[u8]) -> bool {
    let lines = head.split(|&byte| byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut lines = lines.skip_while(|line| line.trim_ascii().is_empty());
    let first = lines.next().unwrap_or_default();
    let Some(next) = lines.next() else {
        return false;
    };
    let next_is_message = is_header_line(next) || is_separator(next);
    next_is_message && (is_separator(first) || first == MMDF)
}

/// True for the first line of a header. ELM and UUCP begin it with the quoted separators of earlier hosts.
pub(super) fn is_header_line(line: &[u8]) -> bool {
    if line.starts_with(b">From ") {
        return true;
    }
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
    let starts_well = name
        .first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_');
    starts_well && name.iter().all(u8::is_ascii_graphic)
}

/// True for `From `, any sender, and a date as programs write it: of asctime, with a zone before or after the
/// year or without a year, of RFC 5322, or of ISO 8601. A sentence such as `From here on ...` has no such date.
pub(super) fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let mut words = rest
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty());
    for _ in 0..=SENDER_WORDS {
        let Some(word) = words.next() else {
            return false;
        };
        let weekday = word.strip_suffix(b",").unwrap_or(word);
        if is_one_of(&WEEKDAYS, weekday) && is_date(words.clone()) {
            return true;
        }
        if is_iso_date(word, words.clone().next()) {
            return true;
        }
    }
    false
}

/// True for the separator of `git format-patch`: the hash of a commit in place of the sender, and a fixed date.
pub(super) fn is_patch(line: &[u8]) -> bool {
    let commit = line.get(5..45).unwrap_or_default();
    commit.len() == 40
        && commit.iter().all(u8::is_ascii_hexdigit)
        && line.get(45..) == Some(b" Mon Sep 17 00:00:00 2001")
}

/// True for the rest of a date after the weekday: month, day and time in any order, with a year or zones among
/// them, and `remote from ...` of UUCP after them.
fn is_date<'a>(words: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut month, mut day, mut time) = (false, false, false);
    for word in words {
        let is_number = word.iter().all(u8::is_ascii_digit);
        if is_one_of(&MONTHS, word) && !month {
            month = true;
        } else if is_number && word.len() <= 2 && !day {
            day = true;
        } else if is_time(word) && !time {
            time = true;
        } else if word == b"remote" && time {
            break;
        } else if !(is_number && matches!(word.len(), 2 | 4) || is_zone(word)) {
            return false;
        }
    }
    month && day && time
}

fn is_one_of(names: &[&[u8]], word: &[u8]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// True for `9:05` or `09:05:03`.
fn is_time(word: &[u8]) -> bool {
    let mut parts = word.split(|&byte| byte == b':');
    let is_part = |part: &[u8]| matches!(part.len(), 1 | 2) && part.iter().all(u8::is_ascii_digit);
    parts.clone().all(is_part) && matches!(parts.by_ref().count(), 2 | 3)
}

/// True for `+0100`, `MET`, `(CEST)`, `GMT+1`.
fn is_zone(word: &[u8]) -> bool {
    let is_inner =
        |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"+-:()".contains(byte);
    let first = word.first().copied().unwrap_or_default();
    let starts_well = first.is_ascii_uppercase() || b"+-(".contains(&first);
    starts_well && word.len() <= 8 && word.iter().all(is_inner)
}

/// True for `2024-05-01T10:00:00Z`, or for a date whose time is the next word.
fn is_iso_date(word: &[u8], next: Option<&[u8]>) -> bool {
    let day = word.get(..10).unwrap_or_default();
    let is_day = day.len() == 10
        && day.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let time = match word.get(10..) {
        Some([]) => next.unwrap_or_default(),
        Some([b'T', time @ ..]) => time,
        _ => return false,
    };
    is_day && is_time(time.get(..8).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_many_programs() {
        for line in [
            "From a@example.org Mon Jan  1 00:00:00 2024",
            "From a@example.org Mon Jan  1 00:00:00 2024\t",
            "From a@example.org Mon Jan  1 00:00 2024",
            "From a@example.org Mon Jan  1 00:00:00 MET 2024",
            "From a@example.org Mon Jan  1 00:00:00 MET DST 2024",
            "From a@example.org Mon Jan  1 00:00:00 2024 +0100",
            "From a@example.org  Mon Jan  1 00:00:00 +0100 2024",
            "From a@example.org Mon Jan 1 9:05:03",
            "From a@example.org Mon, 01 Jan 2024 00:00:00 +0100 (CET)",
            "From a@example.org Mon Jan 01 00:00:00 96 remote from mail.example.net",
            "From - Tue Jan 02 03:04:05 2024",
            "From ???@??? Tue Jan 02 03:04:05 2024",
            "From  Tue Jan 02 03:04:05 2024",
            "From anna at example.org  Tue Jan  2 03:04:05 2024",
            "From \"anna b\"@example.org Tue Jan  2 03:04:05 2024",
            "From MAILER-DAEMON tue jan  2 03:04:05 2024",
            "From a@example.org 2024-01-02T03:04:05Z",
            "From a@example.org 2024-01-02 03:04:05 +0000",
        ] {
            assert!(is_separator(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn sentences() {
        for line in [
            "From here on, nothing is the same.",
            "From Monday on",
            "From a@example.org",
            "From a@example.org Mon Jan 1",
            "From the talk on Mon Jan 1 at 10:00 we learned",
            "From 10:00 to 11:00",
            "From: a@example.org Mon Jan  1 00:00:00 2024",
            ">From a@example.org Mon Jan  1 00:00:00 2024",
            "From",
            "From ",
            "",
        ] {
            assert!(!is_separator(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn beginnings() {
        let separator = "From a@example.org Mon Jan  1 00:00:00 2024";
        assert!(starts_mbox(
            format!("{separator}\nSubject: x\n\n").as_bytes()
        ));
        assert!(starts_mbox(
            format!("\r\n{separator}\r\n>From b Mon Jan\r\n").as_bytes()
        ));
        assert!(starts_mbox(b"\x01\x01\x01\x01\nReceived: x\n"));
        assert!(!starts_mbox(format!("{separator}\n").as_bytes()));
        assert!(!starts_mbox(
            format!("{separator}\n\nSubject: x\n").as_bytes()
        ));
        assert!(!starts_mbox(b"From here on\nSubject: x\n"));
        assert!(!starts_mbox(b"Received: x\nSubject: x\n"));
        assert!(!starts_mbox(b""));
    }
}
