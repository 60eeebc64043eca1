//! The steps by which time is cut: whole minutes, hours, days on the clock of a zone.

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::model::Zone;

/// The length of a slot. Its edges stand where a clock in the zone shows a whole multiple of it: a day is
/// from midnight to midnight, be it 23, 24 or 25 hours long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many minutes: a divisor of an hour, or so many whole hours that they divide a day.
    Minutes(u32),
    /// A day.
    Day,
    /// From Monday to Monday.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Step {
    /// Every step in use, the shortest first.
    pub const ALL: [Self; 10] = [
        Self::FINEST,
        Self::Minutes(5),
        Self::Minutes(15),
        Self::Minutes(60),
        Self::Minutes(180),
        Self::Minutes(360),
        Self::Day,
        Self::Week,
        Self::Month,
        Self::COARSEST,
    ];

    /// The shortest.
    pub const FINEST: Self = Self::Minutes(1);
    /// The longest.
    pub const COARSEST: Self = Self::Year;

    /// `15 min`, `3 h`, `1 day`.
    pub fn words(self) -> String {
        match self {
            Self::Minutes(minutes) if minutes.is_multiple_of(60) => format!("{} h", minutes / 60),
            Self::Minutes(minutes) => format!("{minutes} min"),
            Self::Day => "1 day".to_owned(),
            Self::Week => "1 week".to_owned(),
            Self::Month => "1 month".to_owned(),
            Self::Year => "1 year".to_owned(),
        }
    }

    /// The edges from the last one that is not after `first` to the first one after `last`; `None` where
    /// there are more than `most` slots between them. All in milliseconds since 1970-01-01 UTC.
    pub(super) fn edges(
        self,
        zone: Zone,
        (first, last): (i64, i64),
        most: usize,
    ) -> Option<Vec<i64>> {
        let mut edges = vec![self.edge_at(zone, first)];
        let mut edge = edges.first().copied()?;
        while edge <= last {
            if edges.len() > most {
                return None;
            }
            edge = self.edge_after(zone, edge);
            edges.push(edge);
        }
        Some(edges)
    }

    /// The last edge that is not after a moment.
    fn edge_at(self, zone: Zone, time: i64) -> i64 {
        let local = zone.local(time);
        let civil = local.naive_local();
        let begun = self.begin(civil);
        // Within an hour that the clock shows twice only the way back from the moment itself is right.
        let straight = time - (civil - begun).num_milliseconds();
        if zone.local(straight).naive_local() == begun {
            straight
        } else {
            zone.utc_millis(begun)
        }
    }

    /// The edge that follows an edge.
    fn edge_after(self, zone: Zone, edge: i64) -> i64 {
        let civil = zone.local(edge).naive_local();
        if let Self::Minutes(minutes) = self {
            // An hour that the clock passes over or shows twice is no reason to lose count.
            let straight = edge + i64::from(minutes) * 60_000;
            let there = zone.local(straight).naive_local();
            if self.begin(there) == there {
                return straight;
            }
        }
        let after = zone.utc_millis(self.next(self.begin(civil)));
        // Where a zone skips the edge itself, the change of the clock was the edge.
        if after > edge { after } else { edge + 60_000 }
    }

    /// Where the slot of a civil time begins.
    fn begin(self, civil: NaiveDateTime) -> NaiveDateTime {
        let date = civil.date();
        let begun = match self {
            Self::Minutes(minutes) => {
                let minute = civil.hour() * 60 + civil.minute();
                let into = minute - minute % minutes.max(1);
                return midnight(date) + TimeDelta::minutes(i64::from(into));
            }
            Self::Day => Some(date),
            Self::Week => Some(date.week(chrono::Weekday::Mon).first_day()),
            Self::Month => date.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1),
        };
        midnight(begun.unwrap_or(date))
    }

    /// Where the slot ends that begins at a civil time.
    fn next(self, begun: NaiveDateTime) -> NaiveDateTime {
        let next = match self {
            Self::Minutes(minutes) => begun.checked_add_signed(TimeDelta::minutes(minutes.into())),
            Self::Day => begun.checked_add_signed(TimeDelta::days(1)),
            Self::Week => begun.checked_add_signed(TimeDelta::days(7)),
            Self::Month => begun.checked_add_months(Months::new(1)),
            Self::Year => begun.checked_add_months(Months::new(12)),
        };
        next.unwrap_or(begun)
    }
}

fn midnight(date: NaiveDate) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    fn utc(text: &str) -> i64 {
        chrono::DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp_millis()
    }

    /// The edges of a stretch as the clock of the zone shows them.
    fn shown(zone: Zone, step: Step, first: &str, last: &str) -> Vec<String> {
        let edges = step.edges(zone, (utc(first), utc(last)), 100).unwrap();
        let clocks = edges.into_iter().map(|edge| zone.local(edge));
        clocks
            .map(|clock| clock.format("%d %H:%M%z").to_string())
            .collect()
    }

    #[test]
    fn slots_begin_on_the_clock_of_the_zone() {
        let zone = Zone::parse("Asia/Kathmandu").unwrap();
        assert_eq!(
            shown(
                zone,
                Step::Minutes(180),
                "2020-02-25T03:55:03Z",
                "2020-02-25T08:00:00Z"
            ),
            ["25 09:00+0545", "25 12:00+0545", "25 15:00+0545"]
        );
        assert_eq!(
            shown(
                zone,
                Step::Week,
                "2020-02-25T03:55:03Z",
                "2020-02-25T03:55:03Z"
            ),
            ["24 00:00+0545", "02 00:00+0545"]
        );
    }

    #[test]
    fn the_hour_that_is_there_twice_has_two_slots() {
        assert_eq!(
            shown(
                berlin(),
                Step::Minutes(60),
                "2020-10-24T23:30:00Z",
                "2020-10-25T02:30:00Z"
            ),
            [
                "25 01:00+0200",
                "25 02:00+0200",
                "25 02:00+0100",
                "25 03:00+0100",
                "25 04:00+0100"
            ]
        );
        // Begun in the second of the two.
        assert_eq!(
            shown(
                berlin(),
                Step::Minutes(15),
                "2020-10-25T01:20:00Z",
                "2020-10-25T01:20:00Z"
            ),
            ["25 02:15+0100", "25 02:30+0100"]
        );
        assert_eq!(
            shown(
                berlin(),
                Step::Minutes(180),
                "2020-10-24T22:30:00Z",
                "2020-10-25T02:30:00Z"
            ),
            ["25 00:00+0200", "25 03:00+0100", "25 06:00+0100"]
        );
    }

    #[test]
    fn the_hour_that_is_not_there_has_none() {
        assert_eq!(
            shown(
                berlin(),
                Step::Minutes(60),
                "2020-03-29T00:30:00Z",
                "2020-03-29T01:30:00Z"
            ),
            ["29 01:00+0100", "29 03:00+0200", "29 04:00+0200"]
        );
        assert_eq!(
            shown(
                berlin(),
                Step::Minutes(180),
                "2020-03-28T23:30:00Z",
                "2020-03-29T01:30:00Z"
            ),
            ["29 00:00+0100", "29 03:00+0200", "29 06:00+0200"]
        );
        // Midnight itself is skipped.
        let beirut = Zone::parse("Asia/Beirut").unwrap();
        assert_eq!(
            shown(
                beirut,
                Step::Day,
                "2020-03-28T10:00:00Z",
                "2020-03-29T10:00:00Z"
            ),
            ["28 00:00+0200", "29 01:00+0300", "30 00:00+0300"]
        );
    }

    #[test]
    fn every_moment_is_in_one_slot_whatever_the_zone() {
        for zone in [
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "Asia/Beirut",
            "America/St_Johns",
            "Pacific/Apia",
        ] {
            let zone = Zone::parse(zone).unwrap();
            for step in Step::ALL {
                let mut time = utc("2011-12-20T00:00:00Z");
                for turn in 1..300 {
                    let edges = step.edges(zone, (time, time), 1).unwrap();
                    let [start, end] = edges[..] else {
                        unreachable!("one slot")
                    };
                    assert!(start <= time && time < end, "{zone:?} {step:?} {time}");
                    // Its last moment belongs to it as well.
                    assert_eq!(step.edge_at(zone, end - 1), start, "{zone:?} {step:?}");
                    time += turn * 613_000;
                }
            }
        }
    }

    #[test]
    fn too_many_slots_are_none() {
        let stretch = (utc("2020-02-25T00:00:00Z"), utc("2020-02-25T00:59:59Z"));
        assert!(Step::FINEST.edges(berlin(), stretch, 59).is_none());
        assert_eq!(Step::FINEST.edges(berlin(), stretch, 60).unwrap().len(), 61);
    }
}
