//! What became of a message of the laboratory.

use serde_json::Value;

use crate::common::cell;
use crate::table::Tally;

/// What a table may say where the laboratory saw that outcome.
fn accepted(scenario: &Value) -> &'static [&'static str] {
    match (cell(scenario, "outcome"), cell(scenario, "expected")) {
        ("bounced", _) => &["failed"],
        ("delivered+bounced", _) => &["partial", "failed"],
        // Where it saw nothing delivered that should have been, it had looked for a file by a Message-ID that
        // was a hostile one.
        ("delivered", _) | (_, "delivered") => &["delivered"],
        (_, "discarded") => &["discarded"],
        (_, "discarded or frozen") => &["discarded", "failed", "deferred", "queued"],
        _ => &["deferred", "queued"],
    }
}

/// A person removed, held or cancelled the message after the laboratory had looked at it.
pub fn is_administered(log: &str, queue_id: &str) -> bool {
    let about = |line: &&str| line.contains(queue_id);
    let by_hand = |line: &str| line.contains(" by root") || line.contains("postsuper[");
    log.lines().filter(about).any(by_hand)
}

pub fn compare(tally: &mut Tally, scenario: &Value, message: Option<&Value>, administered: bool) {
    let id = cell(scenario, "id");
    let Some(message) = message else {
        tally.missed(format!("{id}: no such message"));
        return;
    };
    let status = cell(message, "status");
    let wanted = if administered {
        // RFC 5424 cuts Postfix's program names: who removed it is not told there.
        &["discarded", "deferred", "queued", "unknown"][..]
    } else {
        accepted(scenario)
    };
    if wanted.contains(&status) {
        tally.right();
    } else {
        tally.wrong(format!("{id}: {status}, wanted {wanted:?}"));
    }
}

/// Scenarios in which a peer wrote what looks like fields of the log.
pub fn is_forged(scenario: &Value) -> bool {
    let id = cell(scenario, "id");
    ["forged", "quoted", "junkhelo", "lie", "subject"]
        .iter()
        .any(|word| id.contains(word))
}

/// Sender and peer are those of the laboratory, whatever was made to look like them.
pub fn compare_forged(tally: &mut Tally, scenario: &Value, message: &Value) {
    let id = cell(scenario, "id");
    let plain = |text: &str| text.replace(['"', '\\'], "");
    let sender = plain(cell(message, "sender"));
    let wanted = plain(cell(scenario, "sender"));
    tally.compare(|| format!("{id} sender"), &wanted, &sender);
    let peer = cell(message, "peer");
    let ours = [
        "client.absender.example",
        "laptop.absender.example",
        "127.0.0.71",
    ];
    tally.compare(
        || format!("{id} peer"),
        if ours.contains(&peer) { peer } else { ours[0] },
        peer,
    );
}
