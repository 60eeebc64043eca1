//! Messages that a client began and did not hand in.
//!
//! Postfix names the client of a message when it takes the first recipient. Address probes end there, and a connection
//! may break off: then nothing was taken in, and the line about the client is a note. Where the log does not show that,
//! the line stays an arrival.

use crate::model::partial::Step;
use crate::model::{Event, Message, Model};
use crate::parse::{Direction, Kind, Mta};

use super::open::Key;
use super::{Verdict, same_peer};

/// Number of messages before one among which another is looked for that shows what a message leaves in this log.
const LOOKED_THROUGH: u32 = 200;

impl Model {
    /// Ends a conversation in which no message was handed in.
    pub(super) fn closed_empty(
        &mut self,
        event: &mut Event,
        step: Step,
        key: Key,
        mta: Mta,
    ) -> Verdict {
        let begun = self.dialogues.open.get(key).arrivals.clone();
        let verdict = self.closed(event, step, key, mta);
        for number in begun {
            // The line about another connection, where lines are lost.
            let same = |own: &Event| same_peer(&self.strings, own.peer, event.peer);
            let own = self.events.get(number).filter(same);
            if let Some(own) = own.filter(|own| !self.was_handed_in(own.message)) {
                self.withdraw(&own, false);
            }
        }
        verdict
    }

    /// A connection broke off. Its latest message was not handed in, unless that was done before.
    pub(super) fn broke_off(&mut self, event: &Event, key: Key) {
        let Some(begun) = self.begun(event, key) else {
            return;
        };
        let is_it = event.message != Event::NO_MESSAGE || self.would_be_known(begun.message);
        if is_it && !self.was_handed_in(begun.message) {
            self.withdraw(&begun, false);
        }
    }

    /// A connection broke off within the content of its latest message, of which other lines may tell by then.
    pub(super) fn broke_off_in_content(&mut self, event: &Event, key: Key) {
        if let Some(begun) = self.begun(event, key) {
            self.withdraw(&begun, true);
        }
    }

    /// The latest arrival on a connection that breaks off with `event`.
    fn begun(&mut self, event: &Event, key: Key) -> Option<Event> {
        let dialogue = self.dialogue(key, event.time());
        let begun = *dialogue.arrivals.last()?;
        let begun = self.events.get(begun)?;
        let is_it = event.message == Event::NO_MESSAGE || event.message == begun.message;
        // The line may be about another connection, where lines are lost.
        let is_it = is_it && same_peer(&self.strings, begun.peer, event.peer);
        is_it.then_some(begun)
    }

    /// Whether this log tells more of the messages that are handed in. Their further lines may stand in another file.
    fn would_be_known(&self, message: u32) -> bool {
        let host = self.messages.get(message).map(|own| own.host);
        let before = message.saturating_sub(LOOKED_THROUGH)..message;
        let others = before.filter_map(|number| self.messages.get(number));
        let mut others = others.filter(|other| Some(other.host) == host && other.has_arrival());
        others.any(|other| self.tells_more_of(other))
    }

    fn was_handed_in(&self, message: u32) -> bool {
        let message = self.messages.get(message);
        message.is_none_or(|message| self.tells_more_of(message))
    }

    /// Whether the lines so far tell more of a message than what its client asked for. Not asked of
    /// [`Message::message_id`], which a later line of the same chunk may have set.
    fn tells_more_of(&self, message: &Message) -> bool {
        let mut events = self.events_of(message);
        events.any(|event| event.direction() != Some(Direction::In))
    }

    fn withdraw(&mut self, arrival: &Event, carried_content: bool) {
        if arrival.kind == Kind::Arrival {
            let withdraw = |event: &mut Event| event.withdraw(carried_content);
            self.events.change(arrival.number, withdraw);
            self.amend(arrival.number);
            self.mark_stale(arrival.message);
        }
    }
}
