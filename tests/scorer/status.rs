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

/// What a table may say where a person removed, held or cancelled the message after the laboratory had looked at it.
pub fn by_hand(log: &str, queue_id: &str) -> Option<&'static [&'static str]> {
    let about = || log.lines().filter(|line| line.contains(queue_id));
    if about().any(|line| line.contains(" cancelled by root")) {
        // The sender gets a bounce (`exim -Mg`).
        return Some(&["failed"]);
    }
    let touched = |line: &str| line.contains(" by root") || line.contains("postsuper[");
    // RFC 5424 cuts Postfix's program names: who removed it is not told there.
    about()
        .any(touched)
        .then_some(&["discarded", "deferred", "queued", "unknown"])
}

/// Compares the status of a message. `by_hand`: what may be said instead where a person changed it afterwards.
pub fn compare(
    tally: &mut Tally,
    scenario: &Value,
    message: Option<&Value>,
    by_hand: Option<&'static [&'static str]>,
) {
    let id = cell(scenario, "id");
    let Some(message) = message else {
        tally.missed(format!("{id}: no such message"));
        return;
    };
    let status = cell(message, "status");
    let wanted = by_hand.unwrap_or_else(|| accepted(scenario));
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
