//! What grades go by: a profile, and the day whose rules hold.

use std::fmt;
use std::sync::Arc;

use chrono::{NaiveDate, Utc};

use super::args::View;
use crate::model::{AsOf, Zone};
use crate::tls::Profile;

/// The day whose rules hold, as `--as-of` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RulesOf {
    /// Today, as the zone has it.
    Today,
    /// Each event's own day.
    Event,
    /// One day for all.
    Day(NaiveDate),
}

impl RulesOf {
    /// Reads `today`, `event`, `2020-02-25`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "today" => Ok(Self::Today),
            "event" => Ok(Self::Event),
            day => day
                .parse()
                .map(Self::Day)
                .map_err(|_| "give a date such as 2020-02-25, event, or today".to_owned()),
        }
    }

    fn as_of(self, zone: Zone) -> AsOf {
        match self {
            Self::Today => {
                let now = Utc::now().timestamp_millis();
                AsOf::Day(zone.local(now).date_naive())
            }
            Self::Event => AsOf::Event,
            Self::Day(day) => AsOf::Day(day),
        }
    }
}

/// As [`RulesOf::parse`] reads it.
impl fmt::Display for RulesOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Today => f.write_str("today"),
            Self::Event => f.write_str("event"),
            Self::Day(day) => day.fmt(f),
        }
    }
}

/// How a command grades.
pub(super) struct Judging {
    pub(super) profile: Arc<Profile>,
    rules: RulesOf,
}

impl Judging {
    /// As asked for; where nothing was said, by the rules of today.
    pub(super) fn of_today(view: &View) -> Self {
        Self::new(view, RulesOf::Today)
    }

    /// As asked for; where nothing was said, by the rules of each event's own day: so somebody is told to act.
    pub(super) fn of_event(view: &View) -> Self {
        Self::new(view, RulesOf::Event)
    }

    fn new(view: &View, usual: RulesOf) -> Self {
        Self {
            profile: Arc::clone(&view.profile),
            rules: view.as_of.unwrap_or(usual),
        }
    }

    /// The day in a zone. A program that runs past midnight has to ask again.
    pub(super) fn as_of(&self, zone: Zone) -> AsOf {
        self.rules.as_of(zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in ["today", "event", "2020-02-25"] {
            assert_eq!(RulesOf::parse(text).unwrap().to_string(), text);
        }
        assert!(RulesOf::parse("yesterday").is_err());
    }

    #[test]
    fn today_is_the_day_of_the_zone() {
        let day = |zone| match RulesOf::Today.as_of(Zone::parse(zone).unwrap()) {
            AsOf::Day(day) => day,
            AsOf::Event => panic!("today is a day"),
        };
        // Between them there is always midnight.
        assert_ne!(day("+14:00"), day("-12:00"));
    }
}
