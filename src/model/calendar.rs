//! Finds the year of stamps without one, as traditional syslog writes them: `Feb 25 04:55:03`.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::parse::Stamp;

use super::{Clock, Zone};

const DAY: i64 = 86_400;

/// Largest step back between two lines, in seconds: relays delay lines by days, not by months. A larger step means
/// the next year.
const MAX_STEP_BACK: i64 = 31 * DAY;

/// First year that an event time can hold.
const FIRST_YEAR: i32 = 1970;

/// Finds the years of the stamps of one file, in file order.
///
/// Each stamp gets the year in which it is nearest to the stamp before. So the year changes once at New Year, even
/// where lines of parallel programs interleave. If that is a large step back, and the file's last write leaves time
/// for it, the stamp is a year later, after a long pause. The year of the first stamp is a guess until the last write
/// is known: no line is later than that.
#[derive(Clone, Debug)]
pub struct Calendar {
    clock: Clock,
    /// Year of the last line, if the user gave it.
    given: Option<i32>,
    /// Civil time of the last write plus tolerance: no line is later.
    limit: i64,
    /// Year and civil time of the line before.
    last: Option<(i32, i64)>,
    /// Day of the line before counted in 1972, and the number of days from there to the real one.
    day: (i64, i64),
    /// Cache for lines of the same second: civil time counted in 1972, and UTC seconds.
    second: (i64, i64),
    /// True when a 29 February was seen.
    leap: bool,
    /// Number of years by which the first line can be moved back.
    room: i32,
    /// Cache of [`Self::earlier`]: UTC seconds, years, and result.
    moved: (i64, i32, i64),
}

impl Calendar {
    /// For a file with its last write at `written`, in seconds since 1970-01-01 UTC.
    pub fn new(zone: Zone, written: i64, given: Option<i32>) -> Self {
        Self {
            clock: Clock::new(zone),
            given,
            limit: limit(zone, written),
            last: None,
            day: (i64::MIN, 0),
            second: (i64::MIN, 0),
            leap: false,
            room: 0,
            moved: (0, 0, 0),
        }
    }

    /// Notes a later write to the file, in seconds since 1970-01-01 UTC.
    pub(super) fn written_until(&mut self, written: i64) {
        self.limit = self.limit.max(limit(self.clock.zone(), written));
    }

    /// Drops the given year: it is the year of the last line so far, and says nothing about further lines.
    pub(super) const fn forget_given(&mut self) {
        self.given = None;
    }

    /// UTC seconds of a civil time counted in 1972, and the number of years by which all lines before it must be moved
    /// back. Only a 29 February proves that. One that would move the file before 1970 is ignored, because then the
    /// lines are not in order. So even a forged file is moved at most once for each year since 1970.
    pub(super) fn place(&mut self, civil: i64) -> (i64, i32) {
        if civil == self.second.0 {
            return (self.second.1, 0);
        }
        let day = civil.div_euclid(DAY);
        let mut too_young = 0;
        if day != self.day.0 {
            let date = DateTime::<Utc>::from_timestamp(civil, 0).unwrap_or_default();
            let date = date.date_naive();
            let wanted = self.year_of(date, civil.rem_euclid(DAY));
            let year = year_with_day(wanted, date);
            if self.last.is_none() {
                self.room = year - FIRST_YEAR;
            } else if (1..=self.room).contains(&(wanted - year)) {
                too_young = wanted - year;
                self.room -= too_young;
            }
            self.leap |= (date.month(), date.day()) == (2, 29);
            self.day = (day, days_into(year, date) - day);
            self.last = Some((year, 0));
        }
        let real = civil + self.day.1 * DAY;
        self.last = self.last.map(|(year, _)| (year, real));
        let stamp = Stamp {
            civil: real,
            ..Stamp::default()
        };
        self.second = (civil, self.clock.utc_seconds(&stamp));
        (self.second.1, too_young)
    }

    /// Year in which a day is nearest to the line before; the next year if that is a large step back.
    fn year_of(&self, date: NaiveDate, time: i64) -> i32 {
        let Some((year, last)) = self.last else {
            return self.given.unwrap_or_else(|| self.latest_year(date, time));
        };
        let moment = |year: i32| days_into(year, date) * DAY + time;
        let near = [year, year + 1, year - 1];
        let nearest = near
            .into_iter()
            .min_by_key(|year| (moment(*year) - last).abs());
        let nearest = nearest.unwrap_or(year);
        let is_far_back = last - moment(nearest) > MAX_STEP_BACK;
        if is_far_back && moment(nearest + 1) <= self.latest() {
            nearest + 1
        } else {
            nearest
        }
    }

    /// Latest possible civil time of a line, as far as it is known.
    fn latest(&self) -> i64 {
        let end = self
            .given
            .and_then(|year| NaiveDate::from_ymd_opt(year + 1, 1, 1));
        end.map_or(self.limit, |end| days_since_epoch(end) * DAY - 1)
    }

    /// Latest year in which a day and time are not after the limit.
    fn latest_year(&self, date: NaiveDate, time: i64) -> i32 {
        let limit = DateTime::<Utc>::from_timestamp(self.limit, 0).unwrap_or_default();
        let year = limit.year();
        if days_into(year, date) * DAY + time > self.limit {
            year - 1
        } else {
            year
        }
    }

    /// Number of years by which all lines of the file must be moved back, now that its end is known.
    pub(super) fn too_young(&self) -> i32 {
        let Some((year, last)) = self.last else {
            return 0;
        };
        let years = self.given.map_or_else(
            || {
                let end = DateTime::<Utc>::from_timestamp(last, 0).unwrap_or_default();
                let latest = self.latest_year(end.date_naive(), last.rem_euclid(DAY));
                (year - latest).max(0)
            },
            |given| year - given,
        );
        // A file with a 29 February can only be moved by multiples of four years.
        if self.leap && self.given.is_none() {
            (years + 3).div_euclid(4) * 4
        } else {
            years
        }
    }

    /// Notes that all lines so far were moved back.
    pub(super) fn moved(&mut self, years: i32) {
        if years == 0 {
            return;
        }
        if let Some((year, last)) = self.last {
            self.room -= years;
            let year = year - years;
            let moment = DateTime::<Utc>::from_timestamp(last, 0).unwrap_or_default();
            let date = moment.date_naive();
            let days = days_into(year_with_day(year, date), date);
            self.last = Some((year, days * DAY + last.rem_euclid(DAY)));
            // The caches hold for the old year.
            self.day = (i64::MIN, 0);
            self.second = (i64::MIN, 0);
        }
    }

    /// The same civil time some years earlier, both in seconds since 1970-01-01 UTC.
    pub(super) fn earlier(&mut self, seconds: i64, years: i32) -> i64 {
        if (self.moved.0, self.moved.1) != (seconds, years) {
            self.moved = (seconds, years, self.compute_earlier(seconds, years));
        }
        self.moved.2
    }

    fn compute_earlier(&mut self, seconds: i64, years: i32) -> i64 {
        let zone = self.clock.zone();
        let local = zone.local(seconds * 1000).naive_local();
        // 29 February moves to a leap year, never to another day.
        let year = year_with_day(local.year() - years, local.date());
        let date = local.date().with_year(year);
        let civil = date.map_or(local, |date| date.and_time(local.time()));
        let stamp = Stamp {
            civil: civil.and_utc().timestamp(),
            ..Stamp::default()
        };
        self.clock.utc_seconds(&stamp)
    }
}

/// Latest possible civil time of a line, from the last write to the file. One day of tolerance for wrong clocks and
/// zones.
fn limit(zone: Zone, written: i64) -> i64 {
    let local = zone.local(written.saturating_mul(1000)).naive_local();
    local.and_utc().timestamp() + DAY
}

/// Days from 1970-01-01 to the month and day of `date` in a year. 29 February is 1 March in a year without it.
fn days_into(year: i32, date: NaiveDate) -> i64 {
    let real = NaiveDate::from_ymd_opt(year, date.month(), date.day());
    let real = real.or_else(|| NaiveDate::from_ymd_opt(year, 3, 1));
    real.map_or(0, days_since_epoch)
}

fn days_since_epoch(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

/// The year, or for 29 February the latest leap year up to it.
fn year_with_day(year: i32, date: NaiveDate) -> i32 {
    let has = |year: &i32| NaiveDate::from_ymd_opt(*year, date.month(), date.day()).is_some();
    (year - 8..=year).rev().find(has).unwrap_or(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_1972(text: &str) -> i64 {
        let text = format!("1972-{text}Z");
        DateTime::parse_from_rfc3339(&text).unwrap().timestamp()
    }

    fn utc(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    }

    /// The times of a file's lines, as they are once its end is known.
    fn read(written: &str, given: Option<i32>, lines: &[&str]) -> Vec<String> {
        let zone = Zone::parse("UTC").unwrap();
        let mut calendar = Calendar::new(zone, utc(written), given);
        let mut times: Vec<i64> = Vec::new();
        for line in lines {
            let (time, too_young) = calendar.place(in_1972(line));
            for before in &mut times {
                *before = calendar.earlier(*before, too_young);
            }
            times.push(time);
        }
        let years = calendar.too_young();
        let times = times
            .into_iter()
            .map(|time| calendar.earlier(time, years) * 1000);
        let text = times.map(|time| zone.local(time).format("%Y-%m-%d %H:%M:%S").to_string());
        text.collect()
    }

    #[test]
    fn the_file_was_written_after_its_last_line() {
        assert_eq!(
            read("2026-11-26T12:00:00Z", None, &["11-25T04:55:03"]),
            ["2026-11-25 04:55:03"]
        );
        assert_eq!(
            read("2026-11-26T12:00:00Z", None, &["12-25T04:55:03"]),
            ["2025-12-25 04:55:03"]
        );
    }

    #[test]
    fn the_year_turns_once_however_lines_interleave() {
        let lines = [
            "12-31T23:59:58",
            "01-01T00:00:00",
            "12-31T23:59:59",
            "01-01T00:00:01",
            "02-01T00:00:00",
        ];
        assert_eq!(
            read("2026-02-01T00:00:05Z", None, &lines),
            [
                "2025-12-31 23:59:58",
                "2026-01-01 00:00:00",
                "2025-12-31 23:59:59",
                "2026-01-01 00:00:01",
                "2026-02-01 00:00:00",
            ]
        );
    }

    #[test]
    fn a_log_of_several_years_ends_when_it_was_written() {
        let lines = [
            "03-01T00:00:00",
            "08-01T00:00:00",
            "12-01T00:00:00",
            "04-01T00:00:00",
            "09-01T00:00:00",
            "01-15T00:00:00",
            "05-01T00:00:00",
        ];
        let times = read("2026-05-01T00:00:09Z", None, &lines);
        assert_eq!(times[0], "2024-03-01 00:00:00");
        assert_eq!(times[6], "2026-05-01 00:00:00");
    }

    #[test]
    fn a_leap_day_is_only_in_leap_years() {
        let lines = ["02-28T23:00:00", "02-29T23:00:00", "03-01T01:00:00"];
        assert_eq!(
            read("2026-11-26T12:00:00Z", None, &lines),
            [
                "2024-02-28 23:00:00",
                "2024-02-29 23:00:00",
                "2024-03-01 01:00:00"
            ]
        );
        assert_eq!(
            read("2026-01-05T12:00:00Z", None, &["02-29T23:00:00"]),
            ["2024-02-29 23:00:00"]
        );
    }

    #[test]
    fn a_leap_day_before_a_long_silence() {
        let lines = ["02-29T10:00:00", "12-31T23:59:59", "01-01T00:00:00"];
        let wanted = [
            "2024-02-29 10:00:00",
            "2024-12-31 23:59:59",
            "2025-01-01 00:00:00",
        ];
        for (written, given) in [
            ("2025-01-02T00:00:00Z", None),
            ("2026-01-02T00:00:00Z", None),
            ("2026-11-26T12:00:00Z", Some(2025)),
        ] {
            assert_eq!(read(written, given, &lines), wanted, "{written} {given:?}");
        }
    }

    #[test]
    fn a_leap_day_never_becomes_another_day() {
        assert_eq!(
            read(
                "2026-11-26T12:00:00Z",
                Some(2025),
                &["02-29T10:00:00", "03-01T10:00:00"]
            ),
            ["2024-02-29 10:00:00", "2025-03-01 10:00:00"]
        );
        assert_eq!(
            read("2026-11-26T12:00:00Z", Some(2025), &["02-29T10:00:00"]),
            ["2024-02-29 10:00:00"]
        );
    }

    #[test]
    fn a_silence_of_more_than_half_a_year_is_no_way_back() {
        let lines = ["02-10T10:00:00", "11-20T23:59:59"];
        for (written, given) in [
            ("2025-11-21T00:00:00Z", None),
            ("2026-11-26T12:00:00Z", Some(2025)),
        ] {
            let times = read(written, given, &lines);
            assert_eq!(times, ["2025-02-10 10:00:00", "2025-11-20 23:59:59"]);
        }
        // Months in the wrong order: there is no time left for another year.
        let lines = ["11-01T00:00:00", "11-28T00:00:00", "10-01T00:00:00"];
        let times = read("2025-11-28T01:00:00Z", None, &lines);
        assert_eq!(times[0], "2025-11-01 00:00:00");
        assert_eq!(times[2], "2025-10-01 00:00:00");
    }

    #[test]
    fn a_given_year_is_that_of_the_last_line() {
        let lines = ["12-31T23:00:00", "01-01T01:00:00"];
        assert_eq!(
            read("2026-11-26T12:00:00Z", Some(2019), &lines),
            ["2018-12-31 23:00:00", "2019-01-01 01:00:00"]
        );
    }

    #[test]
    fn a_log_may_grow_for_months() {
        let zone = Zone::parse("UTC").unwrap();
        let mut calendar = Calendar::new(zone, utc("2025-11-26T12:00:00Z"), None);
        let year = |seconds: i64| zone.local(seconds * 1000).year();
        assert_eq!(year(calendar.place(in_1972("11-26T11:00:00")).0), 2025);
        for (written, line) in [
            ("2025-12-31T23:00:00Z", "12-31T23:00:00"),
            ("2026-03-01T00:00:00Z", "03-01T00:00:00"),
        ] {
            let (seconds, _) = calendar.place(in_1972(line));
            calendar.written_until(utc(written));
            assert_eq!(calendar.too_young(), 0);
            assert_eq!(seconds, utc(written));
        }
    }

    #[test]
    fn a_second_that_comes_again_is_dated_as_before_until_it_is_moved() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let mut calendar = Calendar::new(zone, utc("2026-11-26T12:00:00Z"), Some(2019));
        let line = in_1972("10-01T02:00:00");
        for _ in 0..2 {
            assert_eq!(calendar.place(line), (utc("2019-10-01T00:00:00Z"), 0));
        }
        calendar.place(in_1972("12-31T23:00:00"));
        let next = in_1972("01-01T01:00:00");
        for _ in 0..2 {
            assert_eq!(calendar.place(next), (utc("2020-01-01T00:00:00Z"), 0));
        }
        calendar.moved(calendar.too_young());
        for _ in 0..2 {
            assert_eq!(calendar.place(next), (utc("2019-01-01T00:00:00Z"), 0));
        }
    }

    #[test]
    fn lines_after_those_that_were_moved_are_in_the_same_year() {
        let mut calendar = Calendar::new(
            Zone::parse("UTC").unwrap(),
            utc("2026-11-26T12:00:00Z"),
            Some(2019),
        );
        calendar.place(in_1972("12-31T23:00:00"));
        calendar.place(in_1972("01-01T01:00:00"));
        let years = calendar.too_young();
        assert_eq!(years, 1);
        calendar.moved(years);
        assert_eq!(calendar.too_young(), 0);
        assert_eq!(
            calendar.place(in_1972("01-01T02:00:00")).0,
            utc("2019-01-01T02:00:00Z")
        );
    }
}
