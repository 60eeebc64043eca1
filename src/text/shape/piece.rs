//! Placeholders of the tokens of a line.

use std::net::IpAddr;

use super::words;

/// Units directly after a number.
const UNITS: [&[u8]; 12] = [
    b"s", b"ms", b"us", b"m", b"h", b"d", b"k", b"K", b"kB", b"KB", b"MB", b"%",
];

/// Marks at which a token is split, in this order.
const MARKS: [u8; 10] = *b"/%:+~#&$^\\";

/// Tag of an IPv6 address literal (RFC 5321, 4.1.3).
const IPV6: &[u8] = b"IPv6:";

/// Appends the placeholder of a token.
pub(super) fn push_token(out: &mut String, token: &[u8]) {
    // Marks at the end belong to the sentence or a list.
    let end = token.iter().rposition(|byte| !b".:".contains(byte));
    let (token, marks) = token
        .split_at_checked(end.map_or(0, |end| end + 1))
        .unwrap_or((b"", token));
    if token.contains(&b'@') {
        push_address(out, token);
    } else if !token.is_empty() {
        push_part(out, token);
    }
    out.extend(marks.iter().map(|&mark| char::from(mark)));
}

/// Appends the placeholder of an address and a word before it: `rcpt:anna@example.org`. A local part may
/// contain a colon, so the word must be a common one.
fn push_address(out: &mut String, token: &[u8]) {
    let mark = token.iter().position(|&byte| byte == b':');
    let (word, _) = token
        .split_at_checked(mark.unwrap_or(0))
        .unwrap_or_default();
    if words::is_common(word) {
        push_part(out, word);
        out.push(':');
    }
    out.push_str("<addr>");
}

/// Appends the placeholder of a token other than an address.
fn push_part(out: &mut String, part: &[u8]) {
    if let Some(placeholder) = known(part) {
        out.push_str(placeholder);
        return;
    }
    let (tag, address) = part.split_at_checked(IPV6.len()).unwrap_or((b"", part));
    if tag.eq_ignore_ascii_case(IPV6) && known(address) == Some("<ip>") {
        out.push_str("IPv6:<ip>");
        return;
    }
    if let Some(unit) = unit(part) {
        out.push_str("<n>");
        out.push_str(unit);
        return;
    }
    let Some(mark) = MARKS.into_iter().find(|mark| part.contains(mark)) else {
        return push_name(out, part);
    };
    let sides = || part.split(|&byte| byte == mark);
    // In an address of unknown form, even a common word is part of it.
    let is_hextet = |side: &[u8]| side.len() <= 4 && side.iter().all(u8::is_ascii_hexdigit);
    let of_address = mark == b':' && sides().count() > 2;
    for (nth, side) in sides().enumerate() {
        if nth > 0 {
            out.push(char::from(mark));
        }
        if side.is_empty() {
            continue;
        }
        if of_address && is_hextet(side) && !is_number(side) {
            out.push_str("<id>");
        } else {
            push_part(out, side);
        }
    }
}

/// Appends a word, host, ID or mark.
fn push_name(out: &mut String, name: &[u8]) {
    let mark = |byte: &u8| matches!(byte, b'-' | b'_' | b'.');
    if name.iter().all(mark) || is_common(name) {
        out.push_str(&String::from_utf8_lossy(name));
    } else if name.contains(&b'.') {
        out.push_str("<host>");
    } else if name.iter().any(u8::is_ascii_digit) {
        out.push_str("<id>");
    } else {
        out.push_str("<word>");
    }
}

/// True for a common word, or several joined: `non-delivery`.
fn is_common(name: &[u8]) -> bool {
    let mut parts = name.split(|byte| matches!(byte, b'-' | b'_'));
    words::is_common(name) || parts.all(words::is_common)
}

/// Placeholder of a part known by its form.
fn known(part: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(part).ok()?;
    if is_clock(part) {
        Some("<time>")
    } else if is_date(part) {
        Some("<date>")
    } else if is_ip(text) {
        Some("<ip>")
    } else if is_number(part) {
        Some("<n>")
    } else {
        None
    }
}

fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// True for digits, with dots between them and an optional sign: `4.7.1`, `-38`, `0.25`, `+0100`.
fn is_number(part: &[u8]) -> bool {
    let signed = part.strip_prefix(b"-").or_else(|| part.strip_prefix(b"+"));
    let part = signed.unwrap_or(part);
    part.split(|&byte| byte == b'.')
        .all(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

fn unit(part: &[u8]) -> Option<&str> {
    let unit = UNITS.into_iter().find(|unit| {
        let number = part.strip_suffix(*unit);
        number.is_some_and(is_number)
    });
    std::str::from_utf8(unit?).ok()
}

/// True for `08:00:01` with an optional fraction.
pub(super) fn is_clock(word: &[u8]) -> bool {
    let (clock, fraction) = word.split_at_checked(8).unwrap_or((word, b""));
    let form = fits(clock, b"00:00:00");
    form && match fraction.split_first() {
        None => true,
        Some((mark, digits)) => {
            matches!(mark, b'.' | b',') && digits.iter().all(u8::is_ascii_digit)
        }
    }
}

/// True for `2026-02-24` with an optional time and offset after `T`.
pub(super) fn is_date(word: &[u8]) -> bool {
    let (date, time) = word.split_at_checked(10).unwrap_or((word, b""));
    let form = fits(date, b"0000-00-00");
    let marks = |byte: &u8| byte.is_ascii_digit() || b":.+-Z".contains(byte);
    form && time
        .split_first()
        .is_none_or(|(mark, rest)| *mark == b'T' && rest.iter().all(marks))
}

/// True when a text has a digit for each zero of the form, and its marks elsewhere.
fn fits(text: &[u8], form: &[u8]) -> bool {
    let same = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        mark => byte == mark,
    };
    text.len() == form.len() && text.iter().zip(form).all(same)
}
