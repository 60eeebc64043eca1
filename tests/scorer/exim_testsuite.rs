//! The logs of Exim's own test suite: arrivals and deliveries as eximstats counts them.

use std::collections::HashMap;
use std::path::Path;

use crate::common::{cell, export, json};
use crate::table::Row;

pub const RELEASES: [&str; 3] = ["exim-4_70", "exim-4.96", "exim-4.99.1"];

/// eximstats counts the lines with a message ID and the mark `<=` or `=>`: further addresses (`->`),
/// cutthrough (`>>`), suppressed (`*>`) and faked rejections (`(=`) do not count, a discarded recipient
/// (`=> :blackhole:`) does. It prints no totals (null) for a log without either.
pub fn score(corpora: &Path, release: &str) -> Row {
    let mut row = Row::new("exim-testsuite", release);
    let folder = corpora.join("exim-testsuite").join(release);
    // The suite masks times and hosts, so that some of its logs cannot be known for what they are.
    let events = match export(
        "events",
        &["--tz", "UTC", "--input", "exim"],
        &[folder.join("log")],
    ) {
        Ok(events) => events,
        Err(reason) => return row.unread(reason),
    };
    let mut counts: HashMap<&str, [u64; 2]> = HashMap::new();
    for event in &events {
        let log = cell(event, "file").rsplit('/').next().unwrap_or_default();
        let counts = counts.entry(log).or_default();
        match cell(event, "flag") {
            "<=" => counts[0] += 1,
            "=>" => counts[1] += 1,
            _ => {}
        }
    }
    let mut total = [0, 0];
    for (log, wanted) in json(&folder.join("counts.json"))
        .as_object()
        .expect("an object")
    {
        let wanted = ["arrivals", "deliveries"].map(|name| wanted[name].as_u64().unwrap_or(0));
        let found = counts.get(log.as_str()).copied().unwrap_or_default();
        total = [total[0] + found[0], total[1] + found[1]];
        if found == wanted {
            row.main.right();
        } else {
            let fault = format!("log {log}: arrivals, deliveries {found:?}, wanted {wanted:?}");
            row.main.wrong(fault);
        }
    }
    row.note = format!("logs; {} arrivals, {} deliveries", total[0], total[1]);
    row
}
