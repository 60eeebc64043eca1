//! The meaning of a missing TLS statement.

use crate::model::event::Silence;
use crate::model::partial::Step;
use crate::model::{Event, Origin};
use crate::parse::{Direction, Mta};

use super::dialogue::SLACK_MS;

/// Usual age limit, in milliseconds, of an inbound connection that hands over its first message.
const EARLY_MS: i64 = 10 * 60 * 1000;

/// Whether an outbound leg without a TLS session was plaintext, by the lines read so far.
pub(super) fn was_plaintext(event: &Event, origin: &Origin) -> bool {
    match event.absence() {
        Silence::Clear => true,
        Silence::Telling => origin.states_outbound || origin.mta == Mta::OpenSmtpd,
        Silence::Mute | Silence::Early => false,
    }
}

/// Meaning of a missing TLS statement on a connection without an opening line. Its TLS line may be older than
/// the log, which has no gap since `log_start`. `arrived`: the log shows how the message came in.
pub(super) fn absence_without_opening(
    event: &Event,
    step: Step,
    mta: Mta,
    log_start: i64,
    arrived: bool,
) -> Silence {
    let outbound = event.direction() == Some(Direction::Out);
    let younger = |open_for: i64| event.time() - open_for - SLACK_MS >= log_start;
    match (mta, outbound, step.open_for) {
        // Both programs log the opening of every connection, so this one is older than the log.
        (Mta::OpenSmtpd, _, _) | (Mta::Postfix, false, _) => Silence::Mute,
        // An outbound connection is opened after the message arrived. One that was opened for an earlier message
        // is marked as reused, and Postfix logs its TLS again then.
        (_, true, _) if arrived && !event.is_reused() => Silence::Telling,
        (_, true, Some(open_for)) if younger(i64::from(open_for)) => Silence::Telling,
        (_, true, Some(_)) => Silence::Mute,
        _ if younger(EARLY_MS) => Silence::Telling,
        (Mta::Sendmail, false, _) => Silence::Early,
        _ => Silence::Mute,
    }
}
