//! The local time of a fact, and where its zone comes from.

use chrono::FixedOffset;

use super::moment;
use crate::model::Zone;

/// What a clock beside the log showed.
pub(super) struct Local {
    /// Date, time and offset from UTC.
    pub(super) time: String,
    /// Where the zone comes from: a name among the zones of [`super::texts::Texts`].
    pub(super) zone: &'static str,
}

impl Local {
    /// The moment as its line states it, with the offset that stands there, in seconds; on a line that names none,
    /// in the zone as which such lines were read.
    pub(super) fn of(utc_millis: i64, offset: Option<i32>, assumed: Zone) -> Self {
        let stated = offset.and_then(FixedOffset::east_opt).map(Zone::Fixed);
        Self {
            time: moment::full(stated.unwrap_or(assumed), utc_millis),
            zone: if stated.is_some() { "line" } else { "assumed" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_on_the_line_is_shown_as_it_stands_there() {
        let tokyo = Zone::parse("Asia/Tokyo").unwrap();
        let told = |offset| {
            let local = Local::of(1_751_382_001_000, offset, tokyo);
            (local.time, local.zone)
        };
        let stated = ("2025-07-01 10:00:01 -0500".to_owned(), "line");
        assert_eq!(told(Some(-5 * 3600)), stated);
        let assumed = ("2025-07-02 00:00:01 +0900".to_owned(), "assumed");
        assert_eq!(told(None), assumed);
    }
}
