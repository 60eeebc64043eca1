use std::fmt::Write as _;

use super::*;

const FROM: &str = "From a@example.org Mon Jan  1 00:00:00 2024\n";

/// First and last line of each header block, and its text.
type Found = (u32, u32, Vec<u8>);

/// First and last line of each header block, and its Subject.
fn split(text: &str) -> Vec<(u32, u32, String)> {
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let whole = split_by(&[all.concat()]);
    // However the text is cut into whole lines, the messages are the same.
    for cut in 1..all.len() {
        let (one, other) = all.split_at(cut);
        assert_eq!(whole, split_by(&[one.concat(), other.concat()]), "{cut}");
    }
    for lines in 1..=3 {
        let parts: Vec<String> = all.chunks(lines).map(<[&str]>::concat).collect();
        assert_eq!(whole, split_by(&parts), "{lines}");
    }
    let subject = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("Subject: "));
        line.unwrap_or_default().to_owned()
    };
    whole
        .iter()
        .map(|(first, last, bytes)| (*first, *last, subject(bytes)))
        .collect()
}

fn split_by(parts: &[String]) -> Vec<Found> {
    let mut splitter = Splitter::new();
    let mut found = Vec::new();
    let take = |lines: &[u8], pieces: Vec<Piece>, found: &mut Vec<Found>| {
        let pieces = pieces.iter();
        found.extend(pieces.map(|piece| {
            let bytes = piece.bytes(lines).to_vec();
            (piece.first_line, piece.last_line, bytes)
        }));
    };
    let (mut offset, mut number) = (0, 1);
    for part in parts {
        let pieces = splitter.take(part.as_bytes(), number, offset);
        take(part.as_bytes(), pieces, &mut found);
        offset += part.len() as u64;
        number += part.lines().count() as u32;
    }
    take(b"", splitter.end(offset), &mut found);
    found
}

fn subjects(text: &str) -> Vec<String> {
    split(text)
        .into_iter()
        .map(|(_, _, subject)| subject)
        .collect()
}

#[test]
fn lines_of_the_header_blocks() {
    let text = format!("{FROM}Received: x\nSubject: one\n\nbody\n\n{FROM}Subject: two\n\nbody\n");
    let expected = [(2, 3, "one".to_owned()), (8, 8, "two".to_owned())];
    assert_eq!(split(&text), expected);
    assert_eq!(split(&text.replace('\n', "\r\n")), expected);
    // Nothing but headers, no body, no last line end.
    let bare = format!("\n{FROM}Subject: one\n\n{FROM}Subject: two");
    assert_eq!(
        split(&bare),
        [(3, 3, "one".to_owned()), (6, 6, "two".to_owned())]
    );
    assert!(split("").is_empty());
}

#[test]
fn quoted_lines_are_text() {
    // mboxo and mboxrd.
    let text = format!(
        "{FROM}Subject: one\n\n>{FROM}Subject: no\n\n>>{FROM}Subject: no\n\n{FROM}Subject: two\n\n"
    );
    assert_eq!(subjects(&text), ["one", "two"]);
}

#[test]
fn a_sentence_is_no_separator() {
    let text = format!(
        "{FROM}Subject: one\n\nHello\n\nFrom here on it is text\nX: y\n\n{FROM}no header behind it\n\n{FROM}\n\
         not{FROM}Subject: no\nX\n{FROM}Subject: no\n\n{FROM}Subject: two\n\n{FROM}"
    );
    assert_eq!(subjects(&text), ["one", "two"]);
}

/// A message with a body that holds what looks like a message, and with a Content-Length that is off.
fn counted(subject: &str, off: i64, behind: &str) -> String {
    let body = format!("Look:\n\n{FROM}Subject: inner\n\nbye\n");
    let length = i64::try_from(body.len()).unwrap() + off;
    format!("{FROM}Subject: {subject}\nContent-Length: {length}\n\n{body}{behind}")
}

#[test]
fn a_content_length_that_is_true_counts() {
    // mboxcl2: the length leads to the blank line before the separator, to the separator, or to the end.
    for behind in ["\n", ""] {
        let text = [counted("one", 0, behind), counted("two", 0, behind)].concat();
        assert_eq!(subjects(&text), ["one", "two"], "{behind:?}");
    }
    let text = [counted("one", 1, "\n"), counted("two", 1, "\n")].concat();
    assert_eq!(subjects(&text), ["one", "two"]);
    let body = format!("Look:\n\n{FROM}Subject: inner\n\nbye\n");
    let length = body.len() + body.lines().count();
    let crlf =
        format!("{FROM}Subject: one\nContent-Length: {length}\n\n{body}\n{FROM}Subject: two\n\n");
    assert_eq!(subjects(&crlf.replace('\n', "\r\n")), ["one", "two"]);
}

#[test]
fn a_content_length_ends_the_body_at_its_line_and_not_before() {
    // Up to the end of a Content-Length nothing is a separator, behind it the next one is.
    let body = format!("Look:\n\n{FROM}Subject: inner\n\nbye\n");
    for length in 0..=body.len() + 2 {
        let header = format!("{FROM}Subject: one\nContent-Length: {length}\n\n");
        let found = subjects(&format!("{header}{body}\n{FROM}Subject: two\n\n"));
        let is_whole = [body.len(), body.len() + 1].contains(&length);
        let expected: &[&str] = if is_whole {
            &["one", "two"]
        } else {
            &["one", "inner", "two"]
        };
        assert_eq!(found, expected, "{length}");
    }
}

#[test]
fn a_body_is_kept_up_to_its_limit_wherever_it_is_cut() {
    let line = "x".repeat(999) + "\n";
    let header = "Subject: one\n\n";
    let body = format!("{}From here on\nmore\n{line}", line.repeat(70));
    let text = format!("{FROM}{header}{body}\n{FROM}Subject: two\n\n");
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let whole = split_by(std::slice::from_ref(&text));
    assert_eq!(whole[0].2.len(), header.len() + BODY_BYTES / 1000 * 1000);
    assert_eq!(whole[1].2, b"Subject: two\n\n");
    for lines in [1, 7, 64, 65, 66, 72] {
        let parts: Vec<String> = all.chunks(lines).map(<[&str]>::concat).collect();
        assert_eq!(whole, split_by(&parts), "{lines}");
    }
}

#[test]
fn a_content_length_that_lies_loses_nothing() {
    for off in [-90, -20, -3, 2, 7, 50, 1_000_000, i64::MAX - 1000] {
        let text = [counted("one", off, "\n"), counted("two", 0, "\n")].concat();
        let found = subjects(&text);
        assert_eq!(found.first().map(String::as_str), Some("one"), "{off}");
        assert!(found.contains(&"two".to_owned()), "{off}: {found:?}");
        assert!(found.contains(&"inner".to_owned()), "{off}: {found:?}");
    }
    // Beyond the messages that follow.
    let text = format!(
        "{FROM}Subject: one\nContent-Length: 9999\n\n\n{FROM}Subject: two\n\n\n{FROM}Subject: three\n\n"
    );
    assert_eq!(subjects(&text), ["one", "two", "three"]);
}

#[test]
fn what_waits_for_a_content_length_is_bounded() {
    let mut text = format!("{FROM}Subject: one\nContent-Length: 99999999999\n\n");
    for _ in 0..200 {
        let body = "x".repeat(100_000);
        let _ = write!(text, "\n{FROM}Subject: more\n\n{body}\n");
    }
    let mut splitter = Splitter::new();
    let mut pieces = splitter.take(text.as_bytes(), 1, 0);
    assert!(splitter.held_bytes <= HELD_BYTES);
    pieces.extend(splitter.end(text.len() as u64));
    assert_eq!(pieces.len(), 201);
    let length = |piece: &Piece| piece.bytes(text.as_bytes()).len();
    assert!(pieces.iter().all(|piece| length(piece) < BODY_BYTES + 100));
}

#[test]
fn a_header_without_end_is_cut() {
    let long = "X: y\n".repeat(400_000);
    let text = format!("{FROM}Subject: one\n{long}\nReceived: no\n\n{FROM}Subject: two\n\n");
    let mut splitter = Splitter::new();
    let mut pieces = splitter.take(text.as_bytes(), 1, 0);
    pieces.extend(splitter.end(text.len() as u64));
    assert_eq!(pieces.len(), 2);
    let first = pieces[0].bytes(text.as_bytes());
    assert!(((HEADER_BYTES - 5)..=HEADER_BYTES).contains(&first.len()));
    assert!(first.ends_with(b"\nX: y\n"));
    assert!(pieces[0].is_cut, "it is known that there was more");
    assert!(!pieces[1].is_cut);
}

#[test]
fn half_a_header_field_is_not_kept() {
    let field = "Received: from a\n by b\n with ESMTPS\n";
    for room in 0..=field.len() {
        let before = format!("X: {}\n", "y".repeat(HEADER_BYTES - room - "X: \n".len()));
        let text = format!("{FROM}{before}{field}Subject: one\n\n");
        let mut splitter = Splitter::new();
        let mut pieces = splitter.take(text.as_bytes(), 1, 0);
        pieces.extend(splitter.end(text.len() as u64));
        assert!(pieces[0].is_cut);
        let rest = pieces[0]
            .bytes(text.as_bytes())
            .strip_prefix(before.as_bytes());
        let whole = if room == field.len() { field } else { "" };
        assert_eq!(rest, Some(whole.as_bytes()), "{room}");
    }
}

#[test]
fn the_header_field_in_which_a_text_breaks_off_is_dropped() {
    let text = format!("{FROM}X: y\nReceived: from a\n\tby b with ESMTPS");
    for end in FROM.len() + "X: y\nR".len()..=text.len() {
        let torn = &text.as_bytes()[..end];
        let mut splitter = Splitter::new();
        assert!(splitter.take(torn, 1, 0).is_empty());
        splitter.break_off();
        let pieces = splitter.end(end as u64);
        assert_eq!(pieces[0].bytes(b""), b"X: y\n", "{end}");
    }
    let mut splitter = Splitter::new();
    splitter.take(format!("{FROM}X: y\n\nbody").as_bytes(), 1, 0);
    splitter.break_off();
    assert_eq!(splitter.end(0)[0].bytes(b""), b"X: y\n\nbody");
}

#[test]
fn patches_are_separators_only_among_themselves() {
    let patch = format!("From {} Mon Sep 17 00:00:00 2001\n", "0a".repeat(20));
    let mailed =
        format!("{FROM}Subject: one\n\n{patch}Subject: no\n\n---\n\n{FROM}Subject: two\n\n");
    assert_eq!(subjects(&mailed), ["one", "two"]);
    let series = format!("{patch}Subject: one\n\n---\n\n{patch}Subject: two\n\n");
    assert_eq!(subjects(&series), ["one", "two"]);
}

#[test]
fn mmdf_and_a_file_without_its_first_separator() {
    let mark = "\x01\x01\x01\x01\n";
    let text = format!("{mark}Subject: one\n\nx\n{mark}{mark}{FROM}Subject: two\n\nx\n{mark}");
    assert_eq!(subjects(&text), ["one", "two"]);
    let text = format!("\nSubject: one\n\nx\n\n{FROM}Subject: two\n\n");
    assert_eq!(subjects(&text), ["one", "two"]);
}

#[test]
fn any_bytes() {
    let mut seed = 1_u64;
    let parts = [
        "\n",
        "\r\n",
        FROM,
        "Subject: x\n",
        "Content-Length: 40\n",
        "\x01\x01\x01\x01\n",
        "From ",
        ":",
        "x",
    ];
    for _ in 0..2000 {
        let mut text = String::new();
        for _ in 0..30 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(parts[(seed >> 40) as usize % parts.len()]);
        }
        let found = split(&text);
        assert!(
            found
                .iter()
                .all(|(first, last, _)| 0 < *first && first <= last),
            "{text:?}"
        );
        assert!(found.is_sorted_by(|a, b| a.1 < b.0), "{text:?}");
    }
}
