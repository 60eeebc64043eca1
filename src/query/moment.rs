//! Times in filters. They are stored as written and resolved by a clock and a zone when the filter is evaluated.

mod spelling;

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta,
    TimeZone, Utc,
};

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
}

#[cfg(test)]
mod tests;
