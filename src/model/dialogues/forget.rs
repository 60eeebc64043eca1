//! Moves open conversations to a model that has forgotten its older half.

use super::dialogue::{Dialogue, TlsFailure};
use super::{Dialogues, Failures};
use crate::model::forget::MovingStrings;
use crate::model::{Event, Symbol};

/// Number that stands for a forgotten message. No message has it, so it equals no message of a later line.
const FORGOTTEN: u32 = Event::NO_MESSAGE - 1;

impl Dialogues {
    /// Copy of the conversations with a line at or after `since`, in milliseconds since 1970-01-01 UTC. `events`
    /// and `messages` hold the new number of each old one.
    pub(in crate::model) fn retained(
        &self,
        since: i64,
        events: &[u32],
        messages: &[u32],
        strings: &mut MovingStrings<'_>,
    ) -> Self {
        let open = self.open.iter();
        let open = open.filter(|(_, dialogue)| dialogue.last_seen >= since);
        let open = open.map(|(key, dialogue)| (key, dialogue.moved(events, messages, strings)));
        let open = open.collect();
        let logs = self.logs.iter();
        let logs = logs.map(|(host, log)| (strings.word(*host), *log));
        let logs = logs.collect();
        let proxied = self.proxied.moved(strings);
        let stating = self.stating.moved(strings);
        Self {
            open,
            logs,
            proxied,
            // A cache, filled again from the events.
            failures: Failures::default(),
            stating,
        }
    }
}

impl Dialogue {
    fn moved(&self, events: &[u32], messages: &[u32], strings: &mut MovingStrings<'_>) -> Self {
        let moved = |old: &[u32]| {
            let new = old.iter().filter_map(|old| events.get(*old as usize));
            new.copied().filter(|new| *new != Event::LAST).collect()
        };
        let message = match self.message {
            Event::NO_MESSAGE => Event::NO_MESSAGE,
            old => match messages.get(old as usize) {
                None | Some(&Event::NO_MESSAGE) => FORGOTTEN,
                Some(new) => *new,
            },
        };
        let mut peer = |old: Symbol| strings.peer(old);
        Self {
            message,
            peer: peer(self.peer),
            failure: match self.failure {
                TlsFailure::With(failed) => TlsFailure::With(peer(failed)),
                other => other,
            },
            opener: (peer(self.opener.0), self.opener.1),
            pending: moved(&self.pending),
            remarks: moved(&self.remarks),
            arrivals: moved(&self.arrivals),
            kept: self.kept.moved(strings),
            opening: self
                .opening
                .as_ref()
                .map(|(event, line)| (strings.event(event), *line)),
            ..*self
        }
    }
}
