//! Parses dates of mail headers: RFC 5322 section 3.3, its obsolete forms, and malformed dates of real mail.
//!
//! Parts are recognised by their form, not by their position, because real mail leaves out the weekday, the seconds
//! or the zone, and has two-digit years, `29-Jan-2023`, the order of `asctime` (`Sun Nov 13 15:38:52 2005`) or ISO
//! 8601. A number that may be a day or a month (`01/02/2023`) is not accepted.

mod zone;

use super::Stamp;
use chrono::NaiveDate;
use zone::offset;

/// Maximum length of a date in bytes.
const LONGEST: usize = 120;

/// Maximum number of unknown words before the time (`Tue, \xc2\xf1, 29 Jan 2023`).
const STRAY_WORDS: usize = 3;

/// Parses the date at the start of `text`. The offset is `None` when the zone is missing or ambiguous; `-0000`
/// (RFC 5322: local zone not stated) counts as UTC.
pub fn parse(text: &[u8]) -> Option<Stamp> {
    parse_prefix(text).map(|(stamp, _)| stamp)
}

/// Like [`parse`], and returns the length of the date in bytes.
pub(super) fn parse_prefix(text: &[u8]) -> Option<(Stamp, usize)> {
    let text = text.get(..LONGEST).unwrap_or(text);
    let mut parts = Parts::default();
    let mut stray = 0;
    let mut used = 0;
    for (word, end) in words(text) {
        match parts.take(word) {
            Taken::Yes => used = end,
            Taken::Last => {
                used = end;
                break;
            }
            Taken::No if parts.clock.is_none() && stray < STRAY_WORDS => stray += 1,
            Taken::No => break,
        }
    }
    Some((parts.stamp()?, used))
}

/// True for a word that can only begin a date: `Tue,` or `2018-04-22`.
pub(super) fn starts_date(word: &[u8]) -> bool {
    let weekday = word.len() == 4 && word.ends_with(b",") && is_weekday(word);
    weekday || (word.len() == 10 && ymd(word).is_some())
}

/// Words between white space and commas, each with the offset of its end. A comment or a semicolon ends the date.
fn words(text: &[u8]) -> impl Iterator<Item = (&[u8], usize)> {
    let separator = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.iter().position(|byte| !separator(byte))?;
        let rest = text.get(start..)?;
        if matches!(rest.first(), Some(b'(' | b';')) {
            return None;
        }
        let length = rest
            .iter()
            .position(|byte| separator(byte) || matches!(byte, b'(' | b';'))
            .unwrap_or(rest.len());
        at = start + length;
        Some((rest.get(..length)?, at))
    })
}

enum Taken {
    Yes,
    /// Yes, and it is the last part.
    Last,
    No,
}

#[derive(Clone, Copy)]
struct Clock {
    seconds: i64,
    millis: u16,
}

#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    clock: Option<Clock>,
    zone: Option<i32>,
}

impl Parts {
    fn take(&mut self, word: &[u8]) -> Taken {
        if self.take_iso(word) || self.take_hyphened(word) {
            return Taken::Yes;
        }
        match word.first() {
            Some(b'+' | b'-') => self.take_zone(word),
            Some(byte) if byte.is_ascii_digit() => self.take_number(word),
            Some(byte) if byte.is_ascii_alphabetic() => self.take_name(word),
            _ => Taken::No,
        }
    }

    fn date_known(&self) -> bool {
        self.year.is_some() && self.month.is_some() && self.day.is_some()
    }

    /// `2018-04-22` and `2018-04-22T02:54:17.5+02:00`.
    fn take_iso(&mut self, word: &[u8]) -> bool {
        let Some((date, rest)) = word.split_at_checked(10) else {
            return false;
        };
        let Some((year, month, day)) = ymd(date) else {
            return false;
        };
        (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        if let Some(time) = rest.strip_prefix(b"T") {
            let end = time
                .iter()
                .position(|byte| matches!(byte, b'Z' | b'+' | b'-'))
                .unwrap_or(time.len());
            let (time, zone) = time.split_at(end);
            self.clock = clock(time);
            self.zone = offset(zone);
        }
        true
    }

    /// `29-Jan-2023`.
    fn take_hyphened(&mut self, word: &[u8]) -> bool {
        let mut parts = word.splitn(3, |byte| *byte == b'-');
        let (Some(d), Some(m), Some(y)) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let (Some(d), Some(m), Some(y)) = (day(d), month(m), year(y)) else {
            return false;
        };
        (self.day, self.month, self.year) = (Some(d), Some(m), Some(y));
        true
    }

    fn take_zone(&mut self, word: &[u8]) -> Taken {
        if self.clock.is_none() {
            return Taken::No;
        }
        // The zone may be joined to the text after it: `+0000: Received:from ...`.
        self.zone = offset(word.strip_suffix(b":").unwrap_or(word));
        if self.date_known() {
            Taken::Last
        } else {
            Taken::Yes
        }
    }

    fn take_number(&mut self, word: &[u8]) -> Taken {
        if word.contains(&b':') {
            return self.take_clock(word);
        }
        if self.day.is_none()
            && let Some(number) = day(word)
        {
            self.day = Some(number);
            return Taken::Yes;
        }
        match year(word) {
            Some(number) if self.year.is_none() => {
                self.year = Some(number);
                Taken::Yes
            }
            _ => Taken::No,
        }
    }

    fn take_clock(&mut self, word: &[u8]) -> Taken {
        if self.clock.is_some() {
            return Taken::No;
        }
        let word = match word.strip_suffix(b"Z") {
            Some(rest) => {
                self.zone = Some(0);
                rest
            }
            None => word,
        };
        self.clock = clock(word);
        if self.clock.is_some() {
            Taken::Yes
        } else {
            Taken::No
        }
    }

    fn take_name(&mut self, word: &[u8]) -> Taken {
        if self.month.is_none()
            && let Some(number) = month(word)
        {
            self.month = Some(number);
            return Taken::Yes;
        }
        if self.clock.is_none() {
            return if is_weekday(word) {
                Taken::Yes
            } else {
                Taken::No
            };
        }
        if self.take_half_day(word) {
            return Taken::Yes;
        }
        match offset(word) {
            Some(seconds) if self.zone.is_none() => {
                self.zone = Some(seconds);
                if self.date_known() {
                    Taken::Last
                } else {
                    Taken::Yes
                }
            }
            _ => Taken::No,
        }
    }

    /// `AM` or `PM` after a clock of twelve hours.
    fn take_half_day(&mut self, word: &[u8]) -> bool {
        const HALF: i64 = 12 * 3600;
        let afternoon = word.eq_ignore_ascii_case(b"pm");
        let Some(clock) = &mut self.clock else {
            return false;
        };
        if !afternoon && !word.eq_ignore_ascii_case(b"am") {
            return false;
        }
        if clock.seconds < HALF + 3600 {
            clock.seconds = clock.seconds % HALF + if afternoon { HALF } else { 0 };
        }
        true
    }

    fn stamp(&self) -> Option<Stamp> {
        let clock = self.clock?;
        let midnight = NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?)?
            .and_hms_opt(0, 0, 0)?
            .and_utc()
            .timestamp();
        Some(Stamp {
            civil: midnight + clock.seconds,
            millis: clock.millis,
            offset: self.zone,
            yearless: false,
        })
    }
}

fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        text.iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')),
    )
}

fn day(text: &[u8]) -> Option<u32> {
    number(text).filter(|day| text.len() <= 2 && (1..=31).contains(day))
}

/// Years of two and three digits are those of RFC 5322 section 4.3.
fn year(text: &[u8]) -> Option<i32> {
    let value = i32::try_from(number(text)?).ok()?;
    match text.len() {
        2 if value < 50 => Some(value + 2000),
        2 | 3 => Some(value + 1900),
        4 => Some(value),
        _ => None,
    }
}

fn ymd(word: &[u8]) -> Option<(i32, u32, u32)> {
    let (y, rest) = word.split_at_checked(4)?;
    let [b'-', m1, m2, b'-', d1, d2] = *rest else {
        return None;
    };
    let month = number(&[m1, m2]).filter(|month| (1..=12).contains(month))?;
    Some((year(y)?, month, day(&[d1, d2])?))
}

/// Parses `h:mm`, `hh:mm:ss`, with an optional fraction. A leap second becomes the second before it.
fn clock(word: &[u8]) -> Option<Clock> {
    let (word, fraction) = match memchr::memchr(b'.', word) {
        Some(dot) => (word.get(..dot)?, word.get(dot + 1..)?),
        None => (word, &b""[..]),
    };
    let mut parts = word.split(|byte| *byte == b':');
    let hour = number(parts.next()?).filter(|hour| *hour < 24)?;
    let minute = number(parts.next()?).filter(|minute| *minute < 60)?;
    let second = match parts.next() {
        Some(second) => number(second).filter(|second| *second <= 60)?.min(59),
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    Some(Clock {
        seconds: i64::from(hour * 3600 + minute * 60 + second),
        millis: millis(fraction),
    })
}

fn millis(fraction: &[u8]) -> u16 {
    let mut digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
    (0..3).fold(0, |sum, _| {
        sum * 10 + digits.next().map_or(0, |digit| u16::from(digit - b'0'))
    })
}

fn month(word: &[u8]) -> Option<u32> {
    const MONTHS: [&[u8]; 12] = [
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ];
    let word = word.strip_suffix(b".").unwrap_or(word);
    let index = MONTHS.iter().position(|name| abbreviates(word, name))?;
    u32::try_from(index + 1).ok()
}

fn is_weekday(word: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [
        b"monday",
        b"tuesday",
        b"wednesday",
        b"thursday",
        b"friday",
        b"saturday",
        b"sunday",
    ];
    let word = word
        .strip_suffix(b".")
        .or_else(|| word.strip_suffix(b","))
        .unwrap_or(word);
    DAYS.iter().any(|name| abbreviates(word, name))
}

fn abbreviates(word: &[u8], name: &[u8]) -> bool {
    word.len() >= 3
        && name
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<(i64, Option<i32>)> {
        parse(text.as_bytes()).map(|stamp| {
            (
                stamp.civil - i64::from(stamp.offset.unwrap_or(0)),
                stamp.offset,
            )
        })
    }

    #[test]
    fn reads_the_forms_of_real_mail() {
        let noon = 1_582_633_591; // 2020-02-25 12:26:31 UTC
        for text in [
            "Tue, 25 Feb 2020 13:26:31 +0100",
            " Tue, 25 Feb 2020 13:26:31 +0100 (CET)",
            "25 Feb 2020 13:26:31 +0100",
            "Tue,25 Feb 20 13:26:31 +0100",
            "Tue, 25 February 2020 13:26:31 +01:00",
            "Tue, 25-Feb-2020 13:26:31 +0100",
            "Tue Feb 25 13:26:31 2020 +0100",
            "Tue Feb 25 13:26:31 +0100 2020",
            "Tue Feb 25 13:26:31 CET 2020",
            "Tue, 25 Feb 2020 01:26:31 PM CET",
            "Tue, 25 Feb 2020 13:26:31 GMT+0100",
            "Tuesday, February 25, 2020 13:26:31 +0100",
            "2020-02-25T13:26:31+01:00",
            "2020-02-25 13:26:31.028704749 +0100 CET m=+0.1",
            "Tue, \\xc2\\xf1, 25 Feb 2020 13:26:31 +0100",
        ] {
            assert_eq!(utc(text), Some((noon, Some(3600))), "{text}");
        }
    }

    #[test]
    fn an_untold_zone_is_not_invented() {
        for text in ["Sun Nov 13 15:38:52 2005", "13 Nov 2005 15:38:52 IST"] {
            assert_eq!(utc(text), Some((1_131_896_332, None)), "{text}");
        }
        assert_eq!(
            utc("13 Nov 2005 15:38:52 -0000"),
            Some((1_131_896_332, Some(0)))
        );
        assert_eq!(
            utc("13 Nov 2005 15:38:52 +9900"),
            Some((1_131_896_332, None))
        );
    }

    #[test]
    fn old_years_missing_seconds_and_fractions() {
        assert_eq!(
            utc("1 Feb 22 14:04 +0100"),
            utc("1 Feb 2022 14:04:00 +0100")
        );
        assert_eq!(
            utc("1 Feb 99 4:04:05 GMT"),
            utc("01 Feb 1999 04:04:05 +0000")
        );
        let stamp = parse(b"2018-04-22T02:54:17.028704749Z").unwrap();
        assert_eq!((stamp.millis, stamp.offset), (28, Some(0)));
        assert!(utc("31 Dec 2016 23:59:60 +0000").is_some());
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "now",
            "25 Feb 2020",
            "13:26:31",
            "31 Feb 2020 13:26:31 +0000",
            "25 Feb 2020 25:26:31 +0000",
            "01/02/2023 13:26:31",
            "ESMTP id 44QShF6xj4z1X for <a@example.org>",
            ";;;",
            "1 2 3 4 5 6 7 8 9",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn says_where_the_date_ends() {
        let text = b"Tue, 25 Feb 2020 13:26:31 +0100 (using TLSv1.2 with cipher X)";
        assert_eq!(parse_prefix(text).unwrap().1, 31);
        assert_eq!(
            parse_prefix(b"25 Feb 2020 13:26:31 -0600 id 0.A")
                .unwrap()
                .1,
            26
        );
    }
}
