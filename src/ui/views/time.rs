//! Times as they are written in lists and details.

use chrono::Datelike;

use crate::ui::App;

/// Cells of a time in a list: `25 Feb 10:55:03` or `2019-02-25 10:55`.
pub(super) const WIDE: usize = 16;
/// Cells of a time in a narrow list: `25 Feb 10:55`.
pub(super) const NARROW: usize = 12;

/// The time of a row in `cells` cells. The day is left out where the row above has the same; of
/// another year than `newest` it is written with its year.
pub(super) fn of_row(
    app: &App,
    newest: i64,
    time: i64,
    above: Option<i64>,
    cells: usize,
) -> String {
    let zone = app.setup.zone;
    let local = zone.local(time);
    let clock = if cells < WIDE { "%H:%M" } else { "%H:%M:%S" };
    let text = if above.is_some_and(|above| zone.local(above).date_naive() == local.date_naive()) {
        local.format(clock).to_string()
    } else if local.year() == zone.local(newest).year() {
        local.format(&format!("%-d %b {clock}")).to_string()
    } else if cells < WIDE {
        local.format("%Y-%m-%d").to_string()
    } else {
        local.format("%Y-%m-%d %H:%M").to_string()
    };
    format!("{text:>cells$}")
}

/// The clock of a moment: `04:55:03`.
pub(super) fn clock(app: &App, time: i64) -> String {
    app.setup.zone.local(time).format("%H:%M:%S").to_string()
}

/// A stretch of time on one clock: `05:55-09:55`, or its beginning where one clock cannot tell it.
pub(super) fn stretch(app: &App, from: i64, until: i64) -> String {
    let (from_local, until_local) = (app.setup.zone.local(from), app.setup.zone.local(until));
    let minutes = "%H:%M";
    let (begins, ends) = (from_local.format(minutes), until_local.format(minutes));
    let same_day = from_local.date_naive() == until_local.date_naive();
    if same_day && begins.to_string() != ends.to_string() {
        format!("{begins}-{ends}")
    } else {
        clock(app, from)
    }
}

/// When a stretch ends, where that is another day than it began: `until Wed 26 Feb 09:55`.
pub(super) fn until_another_day(app: &App, from: i64, until: i64) -> Option<String> {
    let (from, until) = (app.setup.zone.local(from), app.setup.zone.local(until));
    let other_day = from.date_naive() != until.date_naive();
    other_day.then(|| until.format("until %a %-d %b %H:%M").to_string())
}
