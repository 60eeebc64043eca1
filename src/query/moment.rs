//! Times in filters. They are stored as written and resolved by a clock and a zone when the filter is evaluated.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta,
    TimeZone, Utc,
};

use super::error::{QueryError, cite};
use super::value::{Read, Unread, read_duration, show_duration};

/// A time as written by the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Milliseconds before now, not negative; 0 for `now`.
    Ago(i64),
    /// Today, the whole day.
    Today,
    /// Yesterday, the whole day.
    Yesterday,
    /// A time of today, in the display zone.
    Clock(NaiveTime, Unit),
    /// A civil time in the display zone.
    Civil(NaiveDateTime, Unit),
    /// A civil time with an offset from UTC.
    Fixed(NaiveDateTime, FixedOffset, Unit),
}

/// Precision of a time as written. `until` includes the whole unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A day.
    Day,
    /// A minute.
    Minute,
    /// A second.
    Second,
    /// A millisecond.
    Milli,
}

/// Time span in milliseconds since 1970-01-01 UTC, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First millisecond in the span.
    pub start: i64,
    /// First millisecond after the span.
    pub end: i64,
}

/// Time zone of civil times; implemented by every zone of chrono.
pub trait Zone {
    /// Offset in force at a time of UTC.
    fn at_utc(&self, utc: &NaiveDateTime) -> FixedOffset;
    /// Offsets at which a civil time exists: one, two, or none.
    fn at_civil(&self, civil: &NaiveDateTime) -> MappedLocalTime<FixedOffset>;
}

impl<T: TimeZone> Zone for T {
    fn at_utc(&self, utc: &NaiveDateTime) -> FixedOffset {
        self.offset_from_utc_datetime(utc).fix()
    }

    fn at_civil(&self, civil: &NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        self.offset_from_local_datetime(civil)
            .map(|offset| offset.fix())
    }
}

/// Current time and zone, by which relative and civil times are resolved.
///
/// The caller chooses `now`: the system clock while a log is followed, otherwise the newest event, so that
/// `since:-2h` selects the last two hours of the data.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    /// Current time in milliseconds since 1970-01-01 UTC.
    pub now: i64,
    /// Display zone.
    pub zone: &'a dyn Zone,
}

impl Clock<'_> {
    fn today(&self) -> NaiveDate {
        let now = DateTime::from_timestamp_millis(self.now).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let utc = now.naive_utc();
        let civil = utc
            .checked_add_offset(self.zone.at_utc(&utc))
            .unwrap_or(utc);
        civil.date()
    }

    /// First and last instant of a civil time, in milliseconds since 1970-01-01 UTC. A time skipped by a clock
    /// change is resolved to the instant of the change.
    fn instants(&self, civil: NaiveDateTime) -> (i64, i64) {
        let at = |civil: NaiveDateTime, offset: FixedOffset| {
            civil.and_utc().timestamp_millis() - i64::from(offset.local_minus_utc()) * 1000
        };
        match self.zone.at_civil(&civil) {
            MappedLocalTime::Single(offset) => (at(civil, offset), at(civil, offset)),
            MappedLocalTime::Ambiguous(first, last) => {
                let (first, last) = (at(civil, first), at(civil, last));
                (first.min(last), first.max(last))
            }
            MappedLocalTime::None => {
                let (civil, offset) = self.after_gap(civil);
                (at(civil, offset), at(civil, offset))
            }
        }
    }

    /// First whole minute after a skipped time that exists. No zone has skipped more than a day.
    fn after_gap(&self, civil: NaiveDateTime) -> (NaiveDateTime, FixedOffset) {
        let into_minute = civil.and_utc().timestamp_millis().rem_euclid(60_000);
        let minute = civil - TimeDelta::milliseconds(into_minute);
        (1..=1500)
            .filter_map(|later| minute.checked_add_signed(TimeDelta::minutes(later)))
            .find_map(|later| Some((later, self.zone.at_civil(&later).earliest()?)))
            .unwrap_or((civil, self.zone.at_utc(&civil)))
    }

    fn civil_span(&self, civil: NaiveDateTime, unit: Unit) -> Span {
        let (start, _) = self.instants(civil);
        let last = civil.checked_add_signed(unit.length() - TimeDelta::milliseconds(1));
        let last = last.unwrap_or(civil);
        let end = match self.zone.at_civil(&last) {
            MappedLocalTime::None => self.instants(last).0,
            _ => self.instants(last).1 + 1,
        };
        Span { start, end }
    }
}

impl Unit {
    fn length(self) -> TimeDelta {
        match self {
            Self::Day => TimeDelta::days(1),
            Self::Minute => TimeDelta::minutes(1),
            Self::Second => TimeDelta::seconds(1),
            Self::Milli => TimeDelta::milliseconds(1),
        }
    }
}

impl Moment {
    /// Time span that the moment stands for. `since` selects times from its start on, `until` times before its end.
    pub fn span(self, clock: &Clock<'_>) -> Span {
        match self {
            Self::Ago(millis) => {
                let start = clock.now.saturating_sub(millis);
                Span {
                    start,
                    end: start.saturating_add(1),
                }
            }
            Self::Today => clock.civil_span(clock.today().and_time(NaiveTime::MIN), Unit::Day),
            Self::Yesterday => {
                let today = clock.today();
                let day = today.pred_opt().unwrap_or(today);
                clock.civil_span(day.and_time(NaiveTime::MIN), Unit::Day)
            }
            Self::Clock(time, unit) => clock.civil_span(clock.today().and_time(time), unit),
            Self::Civil(civil, unit) => clock.civil_span(civil, unit),
            Self::Fixed(civil, offset, unit) => {
                let fixed = Clock {
                    now: clock.now,
                    zone: &offset,
                };
                fixed.civil_span(civil, unit)
            }
        }
    }

    /// Parses `now`, `today`, `yesterday`, `-2h`, `10:30`, `2020-02-25`, `2020-02-25 04:55`,
    /// `2020-02-25T04:55:03.123+01:00`, `…Z`.
    pub(super) fn read(text: &str) -> Read<Self> {
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

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;
    use chrono_tz::Pacific::Apia;

    use super::*;

    fn utc(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp_millis()
    }

    fn span(text: &str, zone: &dyn Zone) -> Span {
        let clock = Clock {
            now: utc("2020-02-25T10:00:00Z"),
            zone,
        };
        let moment = Moment::read(text).unwrap_or_else(|unread| panic!("{text}: {unread:?}"));
        moment.span(&clock)
    }

    fn assert_span(text: &str, zone: &dyn Zone, start: &str, end: &str) {
        let (start, end) = (utc(start), utc(end));
        assert_eq!(span(text, zone), Span { start, end }, "{text}");
    }

    #[test]
    fn a_time_is_as_long_as_it_is_exact() {
        for (text, start, end) in [
            ("2020-02-25", "2020-02-24T23:00:00Z", "2020-02-25T23:00:00Z"),
            ("today", "2020-02-24T23:00:00Z", "2020-02-25T23:00:00Z"),
            ("yesterday", "2020-02-23T23:00:00Z", "2020-02-24T23:00:00Z"),
            (
                "2020-02-25 04:55",
                "2020-02-25T03:55:00Z",
                "2020-02-25T03:56:00Z",
            ),
            (
                "2020-02-25T04:55:03",
                "2020-02-25T03:55:03Z",
                "2020-02-25T03:55:04Z",
            ),
            ("04:55", "2020-02-25T03:55:00Z", "2020-02-25T03:56:00Z"),
            (
                "2020-02-25T03:55:03Z",
                "2020-02-25T03:55:03Z",
                "2020-02-25T03:55:04Z",
            ),
            (
                "2020-02-25 03:55:03.250 -0100",
                "2020-02-25T04:55:03.250Z",
                "2020-02-25T04:55:03.251Z",
            ),
            ("-2h", "2020-02-25T08:00:00Z", "2020-02-25T08:00:00.001Z"),
            ("now", "2020-02-25T10:00:00Z", "2020-02-25T10:00:00.001Z"),
        ] {
            assert_span(text, &Berlin, start, end);
        }
    }

    #[test]
    fn clock_changes_neither_lose_nor_invent_time() {
        // Berlin skips 02:00 to 03:00 on 29 March 2020 and has it twice on 25 October.
        for (text, start, end) in [
            (
                "2020-03-29 02:30",
                "2020-03-29T01:00:00Z",
                "2020-03-29T01:00:00Z",
            ),
            ("2020-03-29", "2020-03-28T23:00:00Z", "2020-03-29T22:00:00Z"),
            (
                "2020-10-25 02:30",
                "2020-10-25T00:30:00Z",
                "2020-10-25T01:31:00Z",
            ),
            ("2020-10-25", "2020-10-24T22:00:00Z", "2020-10-25T23:00:00Z"),
        ] {
            assert_span(text, &Berlin, start, end);
        }
        // Samoa had no 30 December 2011.
        assert_span(
            "2011-12-30",
            &Apia,
            "2011-12-30T10:00:00Z",
            "2011-12-30T10:00:00Z",
        );
    }

    #[test]
    fn times_print_as_they_read() {
        for text in [
            "now",
            "today",
            "yesterday",
            "-2h",
            "-1d12h",
            "-250ms",
            "10:30",
            "10:30:05",
            "10:30:05.120",
            "2020-02-25",
            "2020-02-25T04:55",
            "2020-02-25T04:55:03Z",
            "2020-02-25T04:55:03.007+05:30",
        ] {
            assert_eq!(Moment::read(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_unfinished_time_is_told_from_a_wrong_one() {
        for text in [
            "",
            "-",
            "-2",
            "-1h3",
            "2",
            "2020",
            "2020-02-2",
            "2020-02-25T",
            "2020-02-25T04",
            "10:",
            "tod",
            "2020-02-25T04:55+01:",
        ] {
            let unread =
                Moment::read(text).map_or_else(|unread| unread, |m| panic!("{text}: {m:?}"));
            assert!(unread.unfinished, "{text}");
        }
        for (text, hint) in [
            ("2020-02-30", "no such day"),
            ("25:00", "no such day or time"),
            ("2h", "did you mean -2h?"),
            ("-2x", "ms, s, m, h, d or w"),
            ("--2h", "two hours before now"),
            ("monday", "write 2020-02-25"),
            ("2020-02-25T04:55:60", "no such day or time"),
            ("2020-02-25T04:55+99:00", "no such day or time"),
        ] {
            let unread =
                Moment::read(text).map_or_else(|unread| unread, |m| panic!("{text}: {m:?}"));
            assert!(!unread.unfinished, "{text}");
            assert!(unread.hint.unwrap().contains(hint), "{text}");
        }
    }
}
