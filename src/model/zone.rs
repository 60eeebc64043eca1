//! Time zones: converts the civil times of logs to UTC, and UTC to civil times for display.

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use crate::parse::Stamp;

/// Zone of stamps without an offset, and of displayed times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// An IANA zone.
    Named(Tz),
    /// A fixed offset from UTC.
    Fixed(FixedOffset),
}

/// How often a civil time occurs in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurs {
    /// As all but two hours of the year do.
    Once,
    /// Clocks were set back, and show an hour again.
    Twice,
    /// Clocks were set forward, and pass an hour over.
    Never,
}

/// A text that is neither an IANA name nor an offset.
#[derive(Debug, thiserror::Error)]
#[error(
    "unknown time zone {0:?}: give an IANA name such as Europe/Berlin, or an offset such as +01:00"
)]
pub struct ZoneError(String);

impl Zone {
    /// Reads an IANA name (`Europe/Berlin`, case ignored), `UTC`, or an offset (`+01:00`, `-0530`).
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let text = text.trim();
        if let Ok(tz) = Tz::from_str_insensitive(text) {
            return Ok(Self::Named(tz));
        }
        let offset = text.parse::<FixedOffset>();
        offset
            .map(Self::Fixed)
            .map_err(|_| ZoneError(text.to_owned()))
    }

    /// Name of the zone: `Europe/Berlin` or `+01:00`.
    pub fn name(&self) -> String {
        match self {
            Self::Named(tz) => tz.name().to_owned(),
            Self::Fixed(offset) => offset.to_string(),
        }
    }

    /// Civil time in this zone.
    pub fn local(&self, utc_millis: i64) -> DateTime<FixedOffset> {
        let utc = DateTime::<Utc>::from_timestamp_millis(utc_millis).unwrap_or_default();
        match self {
            Self::Named(tz) => utc.with_timezone(tz).fixed_offset(),
            Self::Fixed(offset) => utc.with_timezone(offset),
        }
    }

    /// How often a civil time occurs in this zone.
    pub fn occurs(&self, civil: NaiveDateTime) -> Occurs {
        match self {
            Self::Fixed(_) => Occurs::Once,
            Self::Named(tz) => match tz.offset_from_local_datetime(&civil) {
                MappedLocalTime::Single(_) => Occurs::Once,
                MappedLocalTime::Ambiguous(..) => Occurs::Twice,
                MappedLocalTime::None => Occurs::Never,
            },
        }
    }

    /// Offset from UTC of a civil time in this zone, in seconds.
    ///
    /// When clocks go back, the civil times of one hour occur twice: the first occurrence counts. When they go forward,
    /// the skipped hour is read with the offset before it.
    pub fn offset_of(&self, civil: NaiveDateTime) -> i32 {
        match self {
            Self::Fixed(offset) => offset.local_minus_utc(),
            Self::Named(tz) => {
                let found = tz.offset_from_local_datetime(&civil).earliest();
                let found = found.or_else(|| {
                    tz.offset_from_local_datetime(&(civil - TimeDelta::hours(3)))
                        .earliest()
                });
                found.map_or(0, |offset| offset.fix().local_minus_utc())
            }
        }
    }

    /// Milliseconds since 1970-01-01 UTC of a civil time in this zone.
    pub fn utc_millis(&self, civil: NaiveDateTime) -> i64 {
        civil.and_utc().timestamp_millis() - i64::from(self.offset_of(civil)) * 1000
    }
}

/// Number of seconds of civil time with one offset: zones change their offsets at quarter hours only.
const BUCKET: i64 = 900;

/// Converts stamps to UTC. Caches the latest offset, because logs are in order.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: Zone,
    /// First second of the bucket of the latest stamp, in civil time. `offset` holds for that bucket.
    bucket: i64,
    offset: i32,
}

impl Clock {
    /// A clock for stamps without an offset of their own.
    pub const fn new(zone: Zone) -> Self {
        Self {
            zone,
            bucket: i64::MIN,
            offset: 0,
        }
    }

    /// Zone of stamps without an offset of their own.
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// Seconds since 1970-01-01 UTC. For a stamp without a year, its civil time counted in 1972.
    pub fn utc_seconds(&mut self, stamp: &Stamp) -> i64 {
        if stamp.yearless {
            return stamp.civil;
        }
        if let Some(offset) = stamp.offset {
            return stamp.civil - i64::from(offset);
        }
        // Before the first stamp, `bucket` is `i64::MIN`, and the difference wraps around to a negative number.
        if !(0..BUCKET).contains(&stamp.civil.wrapping_sub(self.bucket)) {
            let bucket = stamp.civil.div_euclid(BUCKET) * BUCKET;
            let civil = DateTime::<Utc>::from_timestamp(bucket, 0).unwrap_or_default();
            self.offset = self.zone.offset_of(civil.naive_utc());
            self.bucket = bucket;
        }
        stamp.civil - i64::from(self.offset)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn civil(month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2020, month, day)
            .unwrap()
            .and_hms_opt(hour, minute, 3)
            .unwrap()
    }

    fn seconds(zone: &str, at: NaiveDateTime) -> i64 {
        let stamp = Stamp {
            civil: at.and_utc().timestamp(),
            millis: 0,
            ..Stamp::default()
        };
        Clock::new(Zone::parse(zone).unwrap()).utc_seconds(&stamp)
    }

    #[test]
    fn civil_time_becomes_utc() {
        assert_eq!(
            seconds("Europe/Berlin", civil(2, 25, 4, 55)),
            civil(2, 25, 3, 55).and_utc().timestamp()
        );
        assert_eq!(
            seconds("europe/berlin", civil(7, 1, 12, 0)),
            civil(7, 1, 10, 0).and_utc().timestamp()
        );
        assert_eq!(
            seconds("+0530", civil(2, 25, 5, 30)),
            civil(2, 25, 0, 0).and_utc().timestamp()
        );
        assert!(
            Zone::parse("Mars/Olympus")
                .unwrap_err()
                .to_string()
                .contains("Mars/Olympus")
        );
    }

    #[test]
    fn the_hour_that_happens_twice_and_the_one_that_never_does() {
        assert_eq!(
            seconds("Europe/Berlin", civil(10, 25, 2, 30)),
            civil(10, 25, 0, 30).and_utc().timestamp()
        );
        assert_eq!(
            seconds("Europe/Berlin", civil(3, 29, 2, 30)),
            civil(3, 29, 1, 30).and_utc().timestamp()
        );
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        for (at, occurs) in [
            (civil(10, 25, 1, 59), Occurs::Once),
            (civil(10, 25, 2, 30), Occurs::Twice),
            (civil(10, 25, 3, 0), Occurs::Once),
            (civil(3, 29, 2, 30), Occurs::Never),
        ] {
            assert_eq!(berlin.occurs(at), occurs, "{at}");
            assert_eq!(Zone::parse("+0100").unwrap().occurs(at), Occurs::Once);
        }
    }

    #[test]
    fn an_offset_on_the_line_wins() {
        let stamp = Stamp {
            civil: 3600,
            millis: 0,
            offset: Some(3600),
            ..Stamp::default()
        };
        assert_eq!(
            Clock::new(Zone::parse("America/New_York").unwrap()).utc_seconds(&stamp),
            0
        );
    }
}
