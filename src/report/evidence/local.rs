//! The local time of a fact, and where its zone comes from.

use chrono::{DateTime, FixedOffset};

use super::moment;
use super::texts::Texts;
use crate::model::{Occurs, Zone};
use crate::parse::Stamp;

/// What a clock beside the log showed.
pub(super) struct Local {
    /// Date, time and offset from UTC.
    pub(super) time: String,
    /// Where the zone comes from: a name among the zones of [`Texts`].
    pub(super) zone: &'static str,
    /// Why the hour may be another one: a name among the caveats of [`Texts`].
    pub(super) caveat: Option<&'static str>,
}

impl Local {
    /// The moment of a line as its stamp states it, with the offset that stands there; where it names none, in the
    /// zone as which such lines were read.
    pub(super) fn of(utc_millis: i64, stamp: Option<Stamp>, assumed: Zone) -> Self {
        let offset = stamp.and_then(|stamp| stamp.offset);
        let stated = offset.and_then(FixedOffset::east_opt).map(Zone::Fixed);
        let stamp = stamp.filter(|_| stated.is_none());
        Self {
            time: moment::full(stated.unwrap_or(assumed), utc_millis),
            zone: if stated.is_some() { "line" } else { "assumed" },
            caveat: stamp.and_then(|stamp| caveat(utc_millis, stamp, assumed)),
        }
    }

    /// Time, and in brackets what is to be known of it.
    pub(super) fn told(&self, texts: &Texts) -> String {
        let zone = texts.zone(self.zone);
        match self.caveat {
            None => format!("{} ({zone})", self.time),
            Some(caveat) => format!("{} ({zone}; {})", self.time, texts.caveat(caveat)),
        }
    }
}

/// What is uncertain about a civil time that was read in a zone whose clocks are changed.
fn caveat(utc_millis: i64, stamp: Stamp, zone: Zone) -> Option<&'static str> {
    let day = zone.local(utc_millis).date_naive();
    // The day is not always on the line as it stands there; the time is.
    let written = DateTime::from_timestamp(stamp.civil, 0)?.time();
    match zone.occurs(day.and_time(written)) {
        Occurs::Once => None,
        Occurs::Twice => Some("repeated"),
        Occurs::Never => Some("skipped"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(civil: &str, offset: Option<i32>) -> Stamp {
        let civil: chrono::NaiveDateTime = civil.parse().unwrap();
        Stamp {
            civil: civil.and_utc().timestamp(),
            offset,
            ..Stamp::default()
        }
    }

    #[test]
    fn an_offset_on_the_line_is_shown_as_it_stands_there() {
        let tokyo = Zone::parse("Asia/Tokyo").unwrap();
        let told = |stamp| {
            let local = Local::of(1_751_382_001_000, stamp, tokyo);
            (local.time, local.zone)
        };
        let assumed = ("2025-07-02 00:00:01 +0900".to_owned(), "assumed");
        assert_eq!(told(Some(stamp("2025-07-02T00:00:01", None))), assumed);
        assert_eq!(told(None), assumed);
        let stated = ("2025-07-01 10:00:01 -0500".to_owned(), "line");
        let line = stamp("2025-07-01T10:00:01", Some(-5 * 3600));
        assert_eq!(told(Some(line)), stated);
    }

    /// The hours in which clocks are changed.
    #[test]
    fn what_a_clock_shows_twice_or_never_is_told() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let told = |civil: &str, offset| {
            let stamp = stamp(civil, offset);
            let seconds = offset.unwrap_or_else(|| {
                let civil = DateTime::from_timestamp(stamp.civil, 0).unwrap();
                berlin.offset_of(civil.naive_utc())
            });
            let utc_millis = (stamp.civil - i64::from(seconds)) * 1000;
            // Traditional syslog names no year.
            let yearless = Stamp {
                civil: self::stamp(&civil.replace("2024-", "1972-"), None).civil,
                yearless: true,
                ..stamp
            };
            let caveat = Local::of(utc_millis, Some(stamp), berlin).caveat;
            if offset.is_none() {
                assert_eq!(Local::of(utc_millis, Some(yearless), berlin).caveat, caveat);
            }
            caveat
        };
        assert_eq!(told("2024-10-27T01:59:00", None), None);
        assert_eq!(told("2024-10-27T02:05:00", None), Some("repeated"));
        assert_eq!(told("2024-10-27T02:05:00", Some(3600)), None);
        assert_eq!(told("2024-10-27T03:00:00", None), None);
        assert_eq!(told("2024-03-31T02:30:00", None), Some("skipped"));
        assert_eq!(told("2024-03-31T03:30:00", None), None);
    }
}
