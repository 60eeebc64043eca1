//! mta-lab: the story of the design, replayed by a real Exim under a shifted clock.

use std::path::Path;

use crate::common::{cell, export};
use crate::table::Row;

const QUEUE_ID: &str = "1j6RJH-0002HK-0C";

/// One connection at once, then on the 25th, and one each on the 26th, 27th, 28th and 29th; TLS was required
/// and never offered, so that nothing was ever sent.
pub fn score(corpora: &Path) -> Row {
    let mut row = Row::new("mta-lab", "seed493 plain");
    let log = corpora.join("mta-lab/logs/seed493/mainlog");
    let read = |table| export(table, &["--tz", "UTC"], &[&log]);
    let (messages, events) = match (read("messages"), read("events")) {
        (Ok(messages), Ok(events)) => (messages, events),
        (Err(reason), _) | (_, Err(reason)) => return row.unread(reason),
    };
    let message = messages.iter().find(|one| one["queue_id"] == QUEUE_ID);
    for (column, wanted) in [("attempts", 6), ("waits", 6)] {
        let got = message.and_then(|message| message[column].as_u64());
        let got = got.map_or_else(String::new, |count| count.to_string());
        row.main
            .compare(|| column.to_owned(), &wanted.to_string(), &got);
    }
    for event in events.iter().filter(|event| event["queue_id"] == QUEUE_ID) {
        match cell(event, "tls") {
            "yes" | "no" => row
                .main
                .wrong(format!("line {}: {}", event["line"], event["tls"])),
            _ => row.main.right(),
        }
    }
    row
}
