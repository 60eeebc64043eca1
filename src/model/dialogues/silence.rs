//! What may be concluded where a line says nothing of TLS.

use crate::model::event::Silence;
use crate::model::partial::Step;
use crate::model::{Event, Origin};
use crate::parse::{Direction, Mta};

use super::SLACK_MS;

/// An inbound connection is seldom older than this when it hands over its first message.
const EARLY_MS: i64 = 10 * 60 * 1000;

/// Whether the writer says that a leg without a session was in clear, as far as it has been read.
pub(super) fn is_clear(event: &Event, origin: &Origin) -> bool {
    match event.absence() {
        Silence::Clear => true,
        Silence::Telling => origin.told_outbound || origin.mta == Mta::OpenSmtpd,
        Silence::Mute | Silence::Early => false,
    }
}

/// What absence means on a connection whose beginning was not seen: it may have begun, and told of TLS,
/// before the log does.
pub(super) fn unopened(event: &Event, step: Step, mta: Mta, since: i64, arrived: bool) -> Silence {
    let outbound = event.direction() == Some(Direction::Out);
    let younger = |open_for: i64| event.time() - open_for - SLACK_MS >= since;
    match (mta, outbound, step.open_for) {
        // These two write a line when a connection begins.
        (Mta::OpenSmtpd, _, _) | (Mta::Postfix, false, _) => Silence::Mute,
        // A connection that carries a message on was made when the queue held it, unless it was made for
        // another one; then Postfix tells of TLS when it takes the connection up again.
        (_, true, _) if arrived && !event.is_reused() => Silence::Telling,
        (_, true, Some(open_for)) if younger(i64::from(open_for)) => Silence::Telling,
        (_, true, Some(_)) => Silence::Mute,
        _ if younger(EARLY_MS) => Silence::Telling,
        (Mta::Sendmail, false, _) => Silence::Early,
        _ => Silence::Mute,
    }
}
