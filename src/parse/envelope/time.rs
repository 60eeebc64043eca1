//! Parses the time stamps at the start of single-line frames.

use crate::parse::Stamp;
use crate::parse::bytes::{from, number, to, word};
use crate::parse::stamp::{civil, clock, fraction, iso, minute_once, since_1970, two_digits};

/// Year of stamps without a year; a leap year.
const ANY_YEAR: u32 = 1972;

/// Month as traditional syslog names it, and the rest. journalctl uses the names of the locale, so the German
/// names are included.
fn month(text: &[u8]) -> Option<(u32, &[u8])> {
    let (name, rest) = text.split_first_chunk::<3>()?;
    let number = match name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" | b"Mai" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" | b"Okt" => 10,
        b"Nov" => 11,
        b"Dec" | b"Dez" => 12,
        _ => return Some((3, text.strip_prefix("Mär".as_bytes())?)),
    };
    Some((number, rest))
}

/// Day of `1 ` to `31 `, padded with a space, a zero or not at all, and the rest.
fn day(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [b' ', ones, b' ', rest @ ..] | [ones, b' ', rest @ ..] => {
            Some((two_digits(b'0', *ones)?, rest))
        }
        [tens, ones, b' ', rest @ ..] => Some((two_digits(*tens, *ones)?, rest)),
        _ => None,
    }
}

/// Year, and the rest after a space.
fn year(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let year = number(digits).filter(|year| (1970..2200).contains(year))?;
    Some((year, rest.strip_prefix(b" ")?))
}

/// `Nov 23 07:33:40`, with an optional year before or after the time, and an optional fraction. Source: RFC
/// 3164, 4.1.2; the year is an extension of some devices.
pub(super) fn traditional(text: &[u8]) -> Option<(Stamp, &[u8])> {
    plain(text).or_else(|| any_traditional(text))
}

/// The common form: no year, no fraction, and a day of two characters.
#[inline]
pub(super) fn plain(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let (minute, rest) = text.split_first_chunk::<12>()?;
    let [b':', s1, s2, b' ', rest @ ..] = rest else {
        return None;
    };
    // A digit may begin a year.
    let second = two_digits(*s1, *s2).filter(|second| *second <= 60)?;
    if rest.first().is_none_or(u8::is_ascii_digit) {
        return None;
    }
    let civil = minute_once(minute, || {
        let (month, day) = month(minute)?;
        let [b' ', tens, ones, b' ', h1, h2, b':', m1, m2] = *day else {
            return None;
        };
        let tens = if tens == b' ' { b'0' } else { tens };
        let time = [two_digits(h1, h2)?, two_digits(m1, m2)?, 0];
        civil([ANY_YEAR, month, two_digits(tens, ones)?], time)
    })?;
    let stamp = Stamp {
        civil: civil + i64::from(second),
        millis: 0,
        offset: None,
        yearless: true,
    };
    Some((stamp, rest))
}

fn any_traditional(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let (month, rest) = month(text)?;
    let (day, rest) = day(rest.strip_prefix(b" ")?)?;
    let (before, rest) = match year(rest) {
        Some((year, rest)) => (Some(year), rest),
        None => (None, rest),
    };
    let (time, millis, rest) = clock(rest)?;
    let rest = rest.strip_prefix(b" ")?;
    let (stated, rest) = match (before, year(rest)) {
        // A host may be named 2026, but then there is no second word for the host.
        (None, Some((year, behind))) => (Some(year), behind),
        _ => (before, rest),
    };
    let stamp = Stamp {
        civil: civil([stated.unwrap_or(ANY_YEAR), month, day], time)?,
        millis,
        offset: None,
        yearless: stated.is_none(),
    };
    Some((stamp, rest))
}

/// `2026 Nov 23 07:33:40`: syslog-ng with `ts-format(full)`.
pub(super) fn year_first(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let (year, rest) = year(text)?;
    let (stamp, behind) = traditional(rest).filter(|(stamp, _)| stamp.yearless)?;
    let (month, rest) = month(rest)?;
    let (day, _) = day(rest.strip_prefix(b" ")?)?;
    let of_day = stamp.civil.rem_euclid(86_400);
    let stamp = Stamp {
        civil: civil([year, month, day], [0; 3])? + of_day,
        yearless: false,
        ..stamp
    };
    Some((stamp, behind))
}

/// `2026-11-23T07:33:40.075428+01:00 `. With a space for the `T` it is [`spaced`].
pub(super) fn with_t(text: &[u8]) -> Option<(Stamp, &[u8])> {
    if text.get(10) != Some(&b'T') {
        return None;
    }
    let (stamp, rest) = iso(text)?;
    Some((stamp, rest.strip_prefix(b" ")?))
}

/// `2026-11-23 07:33:40 `. Many programs write it in their own logs, so it proves nothing.
pub(super) fn spaced(text: &[u8]) -> Option<(Stamp, &[u8])> {
    if text.get(10) != Some(&b' ') {
        return None;
    }
    let (stamp, rest) = iso(text)?;
    Some((stamp, rest.strip_prefix(b" ")?))
}

/// Text after `Mon ` or `Mon, `.
fn after_weekday(text: &[u8]) -> Option<&[u8]> {
    let (name, rest) = text.split_first_chunk::<3>()?;
    let known = matches!(
        name,
        b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun"
    );
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    rest.strip_prefix(b" ").filter(|_| known)
}

/// `Mon 2026-11-23 07:34:23.006692 UTC `, journalctl `-o short-full`, or `Mon Nov 23 07:34:23 2026 `, `OpenWrt`.
///
/// Abbreviated zones other than UTC and GMT are ambiguous (CST is in use on three continents) and give no offset.
pub(super) fn with_weekday(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let rest = after_weekday(text)?;
    let Some((stamp, rest)) = iso(rest) else {
        return traditional(rest).filter(|(stamp, _)| !stamp.yearless);
    };
    let rest = rest.strip_prefix(b" ")?;
    if stamp.offset.is_some() {
        return Some((stamp, rest));
    }
    let (zone, behind) = word(rest);
    let offset = match zone {
        b"UTC" | b"GMT" | b"Z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2] => {
            let seconds = i32::try_from(two_digits(*h1, *h2)? * 3600).ok()?;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ if (2..=6).contains(&zone.len()) && zone.iter().all(u8::is_ascii_uppercase) => None,
        // No zone.
        _ => return Some((stamp, rest)),
    };
    Some((Stamp { offset, ..stamp }, behind.strip_prefix(b" ")?))
}

/// `1795419263.006692 `: journalctl `-o short-unix`.
pub(super) fn unix(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let length = text
        .iter()
        .take(12)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if !(9..=11).contains(&length) {
        return None;
    }
    let seconds: u64 = number(to(text, length))?;
    let stamp = since_1970(seconds.checked_mul(1_000_000)?)?;
    let (millis, rest) = fraction(from(text, length));
    Some((Stamp { millis, ..stamp }, rest.strip_prefix(b" ")?))
}
