//! Times in exports (UTC) and for people (in the zone they chose).

use chrono::{DateTime, Datelike, FixedOffset, SecondsFormat};

use crate::model::Zone;
use crate::text::Lang;

/// Stands where there is no time, or one that no calendar reaches.
pub(super) const NONE: &str = "no time";

/// [`NONE`] in a language.
pub(super) const fn none(lang: Lang) -> &'static str {
    lang.pick(NONE, "keine Zeit")
}

/// RFC 3339 in UTC with milliseconds: `2020-02-25T03:55:03.000Z`; `no time` for one that no calendar reaches.
pub fn rfc3339(utc_millis: i64) -> String {
    exact(utc_millis).unwrap_or_else(|| NONE.to_owned())
}

/// RFC 3339 in UTC with milliseconds; `None` for a time that no calendar reaches.
pub(super) fn exact(utc_millis: i64) -> Option<String> {
    let time = DateTime::from_timestamp_millis(utc_millis)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Date and time in UTC, where that is said beside it: `2020-02-25 03:55:03`.
pub(super) fn utc(utc_millis: i64) -> String {
    in_utc(utc_millis, "%Y-%m-%d %H:%M:%S")
}

/// The day in UTC: `2020-02-25`.
pub(super) fn utc_day(utc_millis: i64) -> String {
    in_utc(utc_millis, "%Y-%m-%d")
}

fn in_utc(utc_millis: i64, format: &str) -> String {
    DateTime::from_timestamp_millis(utc_millis)
        .map_or_else(|| NONE.to_owned(), |time| time.format(format).to_string())
}

/// Date, time and offset: `2020-02-25 04:55:03 +0100`.
pub(super) fn full(zone: Zone, utc_millis: i64) -> String {
    shown(zone, utc_millis, "%Y-%m-%d %H:%M:%S %z")
}

/// Date and time, where the zone stands beside it: `2020-02-25 04:55:03`.
pub(super) fn plain(zone: Zone, utc_millis: i64) -> String {
    shown(zone, utc_millis, "%Y-%m-%d %H:%M:%S")
}

/// The day: `Tue 2020-02-25`, `Di 2020-02-25`.
pub(super) fn day(zone: Zone, utc_millis: i64, lang: Lang) -> String {
    const GERMAN: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
    let Some(local) = civil(zone, utc_millis) else {
        return none(lang).to_owned();
    };
    match lang {
        Lang::En => local.format("%a %Y-%m-%d").to_string(),
        Lang::De => {
            let weekday = GERMAN.get(local.weekday().num_days_from_monday() as usize);
            format!("{} {}", weekday.unwrap_or(&""), local.format("%Y-%m-%d"))
        }
    }
}

/// The time of the day: `04:55:03 +0100`.
pub(super) fn clock(zone: Zone, utc_millis: i64, lang: Lang) -> String {
    civil(zone, utc_millis).map_or_else(
        || none(lang).to_owned(),
        |local| local.format("%H:%M:%S %z").to_string(),
    )
}

fn shown(zone: Zone, utc_millis: i64, format: &str) -> String {
    civil(zone, utc_millis)
        .map_or_else(|| NONE.to_owned(), |local| local.format(format).to_string())
}

/// A moment in a zone; `None` for one that no calendar reaches.
fn civil(zone: Zone, utc_millis: i64) -> Option<DateTime<FixedOffset>> {
    DateTime::from_timestamp_millis(utc_millis)?;
    Some(zone.local(utc_millis))
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
        assert_eq!(day(zone, moment, Lang::En), "Tue 2020-02-25");
        assert_eq!(day(zone, moment, Lang::De), "Di 2020-02-25");
        assert_eq!(utc_day(moment), "2020-02-25");
        assert_eq!(clock(zone, moment, Lang::De), "04:55:03 +0100");
    }

    #[test]
    fn what_no_calendar_reaches_is_no_time() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        for moment in [i64::MAX, i64::MIN] {
            assert_eq!(exact(moment), None);
            let told = [
                rfc3339(moment),
                utc(moment),
                utc_day(moment),
                full(zone, moment),
                plain(zone, moment),
                day(zone, moment, Lang::En),
                clock(zone, moment, Lang::En),
            ];
            assert_eq!(told, [NONE; 7]);
            let german = [day(zone, moment, Lang::De), clock(zone, moment, Lang::De)];
            assert_eq!(german, ["keine Zeit"; 2]);
        }
    }
}
