//! Times in exports (UTC) and for people (in the zone they chose).

use chrono::{DateTime, FixedOffset, SecondsFormat};

use crate::model::Zone;

/// RFC 3339 in UTC with milliseconds: `2020-02-25T03:55:03.000Z`.
pub fn rfc3339(utc_millis: i64) -> String {
    let time = DateTime::from_timestamp_millis(utc_millis).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Date and time in UTC, where that is said beside it: `2020-02-25 03:55:03`.
pub(super) fn utc(utc_millis: i64) -> String {
    let time = DateTime::from_timestamp_millis(utc_millis).unwrap_or_default();
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Date, time and offset: `2020-02-25 04:55:03 +0100`.
pub(super) fn full(zone: Zone, utc_millis: i64) -> String {
    shown(zone, utc_millis, "%Y-%m-%d %H:%M:%S %z")
}

/// Date and time, where the zone stands beside it: `2020-02-25 04:55:03`.
pub(super) fn plain(zone: Zone, utc_millis: i64) -> String {
    shown(zone, utc_millis, "%Y-%m-%d %H:%M:%S")
}

/// The day: `Tue 2020-02-25`.
pub(super) fn day(zone: Zone, utc_millis: i64) -> String {
    shown(zone, utc_millis, "%a %Y-%m-%d")
}

/// The time of the day: `04:55:03 +0100`.
pub(super) fn clock(zone: Zone, utc_millis: i64) -> String {
    shown(zone, utc_millis, "%H:%M:%S %z")
}

fn shown(zone: Zone, utc_millis: i64, format: &str) -> String {
    let local: DateTime<FixedOffset> = zone.local(utc_millis);
    local.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_in_every_form() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let moment = 1_582_602_903_000;
        assert_eq!(rfc3339(moment), "2020-02-25T03:55:03.000Z");
        assert_eq!(utc(moment), "2020-02-25 03:55:03");
        assert_eq!(full(zone, moment), "2020-02-25 04:55:03 +0100");
        assert_eq!(plain(zone, moment), "2020-02-25 04:55:03");
        assert_eq!(day(zone, moment), "Tue 2020-02-25");
        assert_eq!(clock(zone, moment), "04:55:03 +0100");
    }
}
