//! Parses time stamps as in logs: a civil time, optionally with a fraction and an offset.

use std::cell::Cell;
use std::ops::Range;

use super::Stamp;

/// Days from 1970-01-01 to a date of the Gregorian calendar, from year 1 on.
///
/// Years are counted from 1 March, so that the leap day is the last day of its year, and the days before a
/// month are `(153 m + 2) / 5`.
const fn days(year: u32, month: u32, day: u32) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let since_year_0 = year * 365 + leap_days + (153 * month + 2) / 5 + day - 1;
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    since_year_0 as i64 - 719_468
}

const fn month_length(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// Plausible times of mail logs, in seconds since 1970-01-01 00:00:00. A clock that was never set starts in 1970,
/// which is 1969-12-31 in zones west of Greenwich. Events store seconds in 32 bits, up to 2105.
const PLAUSIBLE: Range<i64> = -86_400..4_291_747_200;

/// Seconds since 1970-01-01 00:00:00 of a civil date (`[year, month, day]`) and time (`[hour, minute, second]`),
/// counted as if it were UTC. `None` for a date or time that does not exist, or before 1969-12-31 or after 2105.
/// Second 60 is valid, as a leap second.
pub fn civil(date: [u32; 3], time: [u32; 3]) -> Option<i64> {
    let [year, month, day] = date;
    let [hour, minute, second] = time;
    let real = year > 0
        && (1..=12).contains(&month)
        && day >= 1
        && (day <= 28 || day <= month_length(year, month))
        && hour < 24
        && minute < 60
        && second <= 60;
    let seconds =
        || days(year, month, day) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    real.then(seconds).filter(|civil| PLAUSIBLE.contains(civil))
}

/// Value of two decimal digits.
#[inline]
pub fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

thread_local! {
    /// The minute parsed last, and its value. Most lines of a log have the same minute as the line before.
    static MINUTE: Cell<(([u64; 2], usize), i64)> = const { Cell::new((([0; 2], 0), 0)) };
}

/// Seconds since 1970-01-01 of a minute written in 8 to 16 bytes, counted as if it were UTC. Calls `read` if it
/// is not the minute parsed last.
#[inline]
pub(super) fn minute_once<const N: usize>(
    text: &[u8; N],
    read: impl FnOnce() -> Option<i64>,
) -> Option<i64> {
    // First and last eight bytes (which may overlap), and the length; length 0 for none.
    let halves = [*text.first_chunk()?, *text.last_chunk()?];
    let key = (halves.map(u64::from_le_bytes), N);
    let (known, civil) = MINUTE.get();
    if known == key {
        return Some(civil);
    }
    let civil = read()?;
    MINUTE.set((key, civil));
    Some(civil)
}

/// Parses `2026-11-23 07:33`, with a space or a `T`.
fn read_minute(text: &[u8; 16]) -> Option<i64> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b' ' | b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
    ] = *text
    else {
        return None;
    };
    let (century, year) = (two_digits(y1, y2)?, two_digits(y3, y4)?);
    let date = [
        century * 100 + year,
        two_digits(m1, m2)?,
        two_digits(d1, d2)?,
    ];
    civil(date, [two_digits(h1, h2)?, two_digits(n1, n2)?, 0])
}

/// Parses a stamp at the start of `text`; returns it and the rest.
///
/// The forms are those of RFC 3339 and their relatives in logs: `2026-11-23T06:52:18.075428+00:00`,
/// `2026-11-23 07:33:36.425 +0000`, `2026-11-23 07:33:36`, `...Z`. The offset may stand after one
/// space (Exim's `log_timezone`) and may lack its colon.
pub fn iso(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let (civil, mut rest) = second(text)?;
    let mut stamp = Stamp {
        civil,
        ..Stamp::default()
    };
    // Most stamps end here.
    if has_more(rest) {
        (stamp.millis, rest) = fraction(rest);
        (stamp.offset, rest) = offset(rest);
    }
    Some((stamp, rest))
}

/// True when a text begins in the form of a stamp, but with a date or time that does not exist or is implausible.
pub fn is_unreal(text: &[u8]) -> bool {
    let shape = b"0000-00-00 00:00:00";
    let alike = |(byte, shown): (&u8, &u8)| match shown {
        b'0' => byte.is_ascii_digit(),
        b' ' => matches!(byte, b' ' | b'T'),
        mark => byte == mark,
    };
    let head = text.get(..shape.len());
    head.is_some_and(|head| head.iter().zip(shape).all(alike)) && iso(text).is_none()
}

/// Parses a stamp without fraction and offset, and the space after it; returns the civil time and the rest.
/// Returning a number is much faster than returning a [`Stamp`].
pub(super) fn bare_second(text: &[u8]) -> Option<(i64, &[u8])> {
    let (civil, rest) = second(text)?;
    let behind = rest.strip_prefix(b" ").filter(|_| !has_more(rest))?;
    Some((civil, behind))
}

/// Parses a date and a time with seconds; returns the civil time and the rest.
#[inline]
fn second(text: &[u8]) -> Option<(i64, &[u8])> {
    let (minute, rest) = text.split_first_chunk::<16>()?;
    let ([colon, s1, s2], rest) = rest.split_first_chunk::<3>()?;
    let second = two_digits(*s1, *s2).filter(|second| *second <= 60)?;
    if *colon != b':' {
        return None;
    }
    let civil = minute_once(minute, || read_minute(minute))? + i64::from(second);
    Some((civil, rest))
}

/// True when a fraction or an offset may follow a second.
fn has_more(rest: &[u8]) -> bool {
    !matches!(rest, [b' ', next, ..] if !matches!(next, b'+' | b'-'))
}

/// Parses `HH:MM:SS` with an optional fraction; returns hour, minute and second, milliseconds, and the rest.
pub(super) fn clock(text: &[u8]) -> Option<([u32; 3], u16, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<8>()?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *digits else {
        return None;
    };
    let time = [
        two_digits(h1, h2)?,
        two_digits(m1, m2)?,
        two_digits(s1, s2)?,
    ];
    let (millis, rest) = fraction(rest);
    Some((time, millis, rest))
}

/// Stamp of a time in microseconds since 1970-01-01 UTC, truncated to milliseconds. `None` outside of `PLAUSIBLE`.
pub(super) fn since_1970(micros: u64) -> Option<Stamp> {
    let civil = i64::try_from(micros / 1_000_000).ok()?;
    let millis = u16::try_from(micros % 1_000_000 / 1000).ok()?;
    PLAUSIBLE.contains(&civil).then_some(Stamp {
        civil,
        millis,
        offset: Some(0),
        yearless: false,
    })
}

/// Milliseconds of `.425`, `,425` or `.075428`, truncated, and the rest.
pub(super) fn fraction(text: &[u8]) -> (u16, &[u8]) {
    let [b'.' | b',', digits @ ..] = text else {
        return (0, text);
    };
    let length = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if length == 0 {
        return (0, text);
    }
    let digit = |at: usize| {
        let byte = if at < length { digits.get(at) } else { None };
        byte.map_or(0, |byte| u16::from(byte - b'0'))
    };
    let millis = digit(0) * 100 + digit(1) * 10 + digit(2);
    (millis, digits.get(length..).unwrap_or_default())
}

/// Offset of `Z`, `+01:00`, `+0100` or ` +0100` in seconds, and the rest.
fn offset(text: &[u8]) -> (Option<i32>, &[u8]) {
    if let [b'Z', rest @ ..] = text {
        return (Some(0), rest);
    }
    let signed = text.strip_prefix(b" ").unwrap_or(text);
    if !matches!(signed, [b'+' | b'-', ..]) {
        return (None, text);
    }
    let (sign, h, m, rest) = match signed {
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, rest @ ..]
        | [sign @ (b'+' | b'-'), h1, h2, m1, m2, rest @ ..] => {
            (*sign, two_digits(*h1, *h2), two_digits(*m1, *m2), rest)
        }
        _ => return (None, text),
    };
    match (h, m) {
        (Some(hours @ 0..24), Some(minutes @ 0..60))
            if matches!(rest.first(), None | Some(b' ')) =>
        {
            let seconds = i32::try_from(hours * 3600 + minutes * 60).unwrap_or_default();
            (Some(if sign == b'-' { -seconds } else { seconds }), rest)
        }
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(i64, u16, Option<i32>, &str)> {
        let (stamp, rest) = iso(text.as_bytes())?;
        let rest = std::str::from_utf8(rest).expect("the rest of a text");
        Some((stamp.civil, stamp.millis, stamp.offset, rest))
    }

    #[test]
    fn reads_every_form() {
        let second = 1_582_602_903;
        for (text, expected) in [
            ("2020-02-25 03:55:03 x", (second, 0, None, " x")),
            ("2020-02-25 03:55:03.304 x", (second, 304, None, " x")),
            ("2020-02-25 03:55:03.3 x", (second, 300, None, " x")),
            ("2020-02-25 03:55:03 +0100 x", (second, 0, Some(3600), " x")),
            (
                "2020-02-25 03:55:03.425 -0230 [1] x",
                (second, 425, Some(-9000), " [1] x"),
            ),
            (
                "2020-02-25T03:55:03.075428+00:00 host",
                (second, 75, Some(0), " host"),
            ),
            ("2020-02-25T03:55:03Z", (second, 0, Some(0), "")),
            ("2020-02-25 03:55:03", (second, 0, None, "")),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_offset_stays_in_the_rest() {
        for rest in [" +010 x", " +9900 x", " +0100x", "+01", " -", ".x"] {
            let text = format!("2020-02-25 03:55:03{rest}");
            assert_eq!(read(&text), Some((1_582_602_903, 0, None, rest)), "{text}");
        }
    }

    #[test]
    fn no_calendar_shows_it() {
        for text in [
            "0000-01-01 00:00:00",
            "2021-02-29 00:00:00",
            "1900-02-29 00:00:00",
            "2020-13-01 00:00:00",
            "2020-00-01 00:00:00",
            "2020-04-31 00:00:00",
            "2020-01-01 24:00:00",
            "2020-01-01 00:60:00",
            "2020-01-01 00:00:61",
            "2020-01-01 00:00:0",
            "2020/01/01 00:00:00",
            "x020-01-01 00:00:00",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn years_without_mail_are_no_times() {
        for (text, civil) in [
            ("1969-12-31 00:00:00", Some(-86_400)),
            ("1970-01-01 00:00:12", Some(12)),
            ("2105-12-31 23:59:59", Some(4_291_747_199)),
            ("1969-12-30 23:59:59", None),
            ("1601-01-01 00:00:00", None),
            ("2106-01-01 00:00:00", None),
            ("9999-12-31 23:59:59", None),
        ] {
            assert_eq!(read(text).map(|read| read.0), civil, "{text}");
        }
        assert!(since_1970(4_291_747_199_999_999).is_some());
        assert!(since_1970(4_291_747_200_000_000).is_none());
    }

    #[test]
    fn a_stamp_that_means_no_moment_is_known_as_one() {
        for text in [
            "9999-12-31 23:59:59 x",
            "0000-00-00T00:00:00",
            "2026-02-30 01:00:00",
        ] {
            assert!(is_unreal(text.as_bytes()), "{text}");
        }
        for text in [
            "2026-02-28 01:00:00 x",
            "2026-02-30 01:00",
            "20260-2-30 01:00:00",
            "",
        ] {
            assert!(!is_unreal(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn days_follow_each_other_for_three_thousand_years() {
        let mut expected = days(1, 1, 1);
        assert_eq!(expected, -719_162);
        for year in 1..3600 {
            for month in 1..=12 {
                for day in 1..=month_length(year, month) {
                    assert_eq!(days(year, month, day), expected, "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
        assert_eq!(days(1970, 1, 1), 0);
    }
}
