//! Options for the commands that a text shows its reader, so that they count the same again.

use super::args::View;
use crate::ingest::Options;
use crate::report::shell::{Replay, trusted};

/// The options that decide what the inputs mean and how they are graded.
pub(super) fn replay(options: &Options, view: &View, inputs: Vec<String>) -> Replay {
    let year = options.year.iter().map(|year| ("--year", year.to_string()));
    let host = options.host.iter().map(|host| ("--host", host.clone()));
    let input = options.input.iter();
    let input = input.map(|format| ("--input", format.name().to_owned()));
    let inside = options.inner.iter();
    let inside = inside.map(|range| ("--inside", range.to_string()));
    let day = view.as_of.iter().map(|day| ("--as-of", day.to_string()));
    let zone = [("--tz", options.zone.name())].into_iter();
    let all = zone.chain(year).chain(host).chain(input).chain(inside);
    Replay {
        options: all.chain(trusted(&options.trust)).chain(day).collect(),
        masked: view.mask,
        inputs,
    }
}
