//! Messages that a client began and did not hand in.
//!
//! Postfix names the client of a message when it takes the first recipient. Address probes end there, and a connection
//! may break off: then nothing came in, and the line about the client is a note. Where the log does not show that, the
//! line stays an arrival.

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
            if self.events.get(number).is_some_and(|own| same(&own)) {
                self.withdraw(number);
            }
        }
        verdict
    }

    /// A connection broke off. Its latest message was not handed in, unless it was begun and handed in before that.
    pub(super) fn broke_off(&mut self, event: &Event, key: Key) {
        let dialogue = self.dialogue(key, event.time());
        let Some(&begun) = dialogue.arrivals.last() else {
            return;
        };
        let message = self.events.get(begun).map(|begun| begun.message);
        let is_it = match event.message {
            Event::NO_MESSAGE => message.is_some_and(|message| self.would_be_known(message)),
            named => message == Some(named),
        };
        if is_it {
            self.withdraw(begun);
        }
    }

    /// Whether this log tells more of the messages that are handed in. Their further lines may stand in another file.
    fn would_be_known(&self, message: u32) -> bool {
        let host = self.messages.get(message).map(|own| own.host);
        let before = message.saturating_sub(LOOKED_THROUGH)..message;
        let others = before.filter_map(|number| self.messages.get(number));
        let mut others = others.filter(|other| Some(other.host) == host && other.has_arrival());
        others.any(|other| self.was_handed_in(other))
    }

    /// Whether the lines so far tell more of a message than what its client asked for. Not asked of
    /// [`Message::message_id`], which a later line of the same chunk may have set.
    fn was_handed_in(&self, message: &Message) -> bool {
        let mut events = self.events_of(message);
        events.any(|event| event.direction() != Some(Direction::In))
    }

    /// Turns an arrival into a note, unless the log shows that the message was handed in.
    fn withdraw(&mut self, arrival: u32) {
        let Some(event) = self.events.get(arrival) else {
            return;
        };
        let message = self.messages.get(event.message);
        if event.kind == Kind::Arrival && message.is_some_and(|own| !self.was_handed_in(own)) {
            self.events.change(arrival, Event::withdraw);
            self.amend(arrival);
            self.mark_stale(event.message);
        }
    }
}
