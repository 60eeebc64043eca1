//! Times as filters spell them: read and printed.

use std::fmt;
use std::str::FromStr;

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

use super::{Moment, Unit};
use crate::query::error::{QueryError, cite};
use crate::query::value::{Read, Unread, read_duration, show_duration};

impl Moment {
    /// Parses `now`, `today`, `yesterday`, `-2h`, `10:30`, `2020-02-25`, `2020-02-25 04:55`,
    /// `2020-02-25T04:55:03.123+01:00`, `…Z`.
    pub(in crate::query) fn read(text: &str) -> Read<Self> {
        const WORDS: [(&str, Moment); 3] = [
            ("now", Moment::Ago(0)),
            ("today", Moment::Today),
            ("yesterday", Moment::Yesterday),
        ];
        for (word, moment) in WORDS {
            if word.eq_ignore_ascii_case(text) {
                return Ok(moment);
            }
            if word
                .get(..text.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(text))
            {
                return Err(Unread::unfinished());
            }
        }
        if let Some(ago) = text.strip_prefix('-') {
            return read_ago(ago);
        }
        match read_stamp(text) {
            Some(moment) => Ok(moment),
            None => Err(bad_moment(text)),
        }
    }
}

/// Parses a time as after `since:` in a filter, but without quotes.
impl FromStr for Moment {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        Self::read(text).map_err(|unread| {
            let message = format!("{} is not a time", cite(text));
            let hint = unread
                .hint
                .unwrap_or_else(|| "for example 2020-02-25 or -2h".to_owned());
            QueryError::new(0..text.len(), message)
                .hint(hint)
                .incomplete(unread.unfinished)
        })
    }
}

/// Parses a duration, which needs its unit: `-2` may become `-2h`.
fn read_ago(text: &str) -> Read<Moment> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() < 12 {
        return Err(Unread::unfinished());
    }
    match read_duration(text)? {
        millis @ 0.. => Ok(Moment::Ago(millis)),
        _ => Err(Unread::hinted("-2h is two hours before now")),
    }
}

fn read_stamp(text: &str) -> Option<Moment> {
    if let Some((time, unit)) = read_time(text) {
        return Some(Moment::Clock(time, unit));
    }
    let (date, rest) = text.split_at_checked(10)?;
    let date = read_date(date)?;
    if rest.is_empty() {
        return Some(Moment::Civil(date.and_time(NaiveTime::MIN), Unit::Day));
    }
    let rest = rest
        .strip_prefix(['T', 't'])
        .unwrap_or_else(|| rest.trim_start());
    let (time, offset) = split_offset(rest);
    let (time, unit) = read_time(time)?;
    let civil = date.and_time(time);
    match offset {
        None => Some(Moment::Civil(civil, unit)),
        Some(offset) => Some(Moment::Fixed(civil, read_offset(offset)?, unit)),
    }
}

fn read_date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let year = i32::try_from(digits(year, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, digits(month, 2)?, digits(day, 2)?)
}

/// Parses `10:30`, `10:30:05` or `10:30:05.123`.
fn read_time(text: &str) -> Option<(NaiveTime, Unit)> {
    let mut parts = text.splitn(3, ':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let Some(seconds) = parts.next() else {
        return Some((NaiveTime::from_hms_opt(hour, minute, 0)?, Unit::Minute));
    };
    match seconds.split_once(['.', ',']) {
        None => {
            let time = NaiveTime::from_hms_opt(hour, minute, digits(seconds, 2)?)?;
            Some((time, Unit::Second))
        }
        Some((second, milli)) => {
            let (second, milli) = (digits(second, 2)?, digits(milli, 3)?);
            let time = NaiveTime::from_hms_milli_opt(hour, minute, second, milli)?;
            Some((time, Unit::Milli))
        }
    }
}

/// Parses exactly `len` digits.
fn digits(text: &str, len: usize) -> Option<u32> {
    let right = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| right)
}

/// Splits a time from its offset.
fn split_offset(text: &str) -> (&str, Option<&str>) {
    match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (text[..at].trim_end(), Some(&text[at..])),
        None => (text, None),
    }
}

/// Parses `Z`, `+01:00`, `+0100` or `+01`.
fn read_offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("z") {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = match rest.len() {
        2 => (rest, "00"),
        4 => rest.split_at_checked(2)?,
        _ => rest.split_once(':')?,
    };
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    let right = hours < 24 && minutes < 60;
    FixedOffset::east_opt(if sign == "-" { -seconds } else { seconds }).filter(|_| right)
}

fn bad_moment(text: &str) -> Unread {
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    let unfinished = SHAPES
        .iter()
        .any(|(shape, stops)| begins(shape, stops, text));
    let hint = if !unfinished && read_duration(text).is_ok() {
        format!("did you mean -{text}?")
    } else if digit && !unfinished {
        "there is no such day or time; write 2020-02-25 or \"2020-02-25 04:55\"".into()
    } else {
        "write 2020-02-25, \"2020-02-25 04:55\", 10:30, -2h, today or yesterday".into()
    };
    Unread {
        unfinished,
        hint: Some(hint),
    }
}

/// Forms of times, and the lengths at which a prefix of the form is a complete time itself.
const SHAPES: [(&str, &[usize]); 4] = [
    ("dddd-dd-ddTdd:dd:dd.ddd+dd:dd", &[10, 16, 19, 23]),
    ("dddd-dd-ddTdd:dd:dd+dd:dd", &[10, 16, 19]),
    ("dddd-dd-ddTdd:dd+dd:dd", &[10, 16]),
    ("dd:dd:dd.ddd", &[5, 8]),
];

/// True when `text` is a proper prefix of `shape` and has none of the lengths `stops`.
fn begins(shape: &str, stops: &[usize], text: &str) -> bool {
    let fits = |(want, byte): (u8, u8)| match want {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        b'+' => matches!(byte, b'+' | b'-'),
        want => byte == want,
    };
    let shorter = text.len() < shape.len() && !stops.contains(&text.len());
    shorter && shape.bytes().zip(text.bytes()).all(fits)
}

impl fmt::Display for Moment {
    /// Prints the moment as `since:` parses it, with `T` between day and time, so that it needs no quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(0) => f.write_str("now"),
            Self::Ago(millis) => write!(f, "-{}", show_duration(*millis)),
            Self::Today => f.write_str("today"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::Clock(time, unit) => write!(f, "{}", time.format(unit.clock_format())),
            Self::Civil(civil, unit) => write_civil(f, *civil, *unit),
            Self::Fixed(civil, offset, unit) => {
                write_civil(f, *civil, *unit)?;
                match offset.local_minus_utc() {
                    0 => f.write_str("Z"),
                    _ => write!(f, "{offset}"),
                }
            }
        }
    }
}

impl Unit {
    const fn clock_format(self) -> &'static str {
        match self {
            Self::Day | Self::Minute => "%H:%M",
            Self::Second => "%H:%M:%S",
            Self::Milli => "%H:%M:%S%.3f",
        }
    }
}

fn write_civil(f: &mut fmt::Formatter<'_>, civil: NaiveDateTime, unit: Unit) -> fmt::Result {
    write!(f, "{}", civil.format("%Y-%m-%d"))?;
    match unit {
        Unit::Day => Ok(()),
        unit => write!(f, "T{}", civil.format(unit.clock_format())),
    }
}
