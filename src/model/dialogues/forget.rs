//! Conversations that may still go on when the oldest is forgotten.

use super::{Dialogue, Dialogues, Failed, Failures};
use crate::model::forget::MovingStrings;
use crate::model::{Event, Symbol};

/// A message that was forgotten: no other is the same.
const FORGOTTEN: u32 = Event::NO_MESSAGE - 1;

impl Dialogues {
    /// The conversations that were heard of since then, in milliseconds since 1970-01-01 UTC. `events` and
    /// `messages` give the new numbers of old ones.
    pub(in crate::model) fn since_then(
        &self,
        then: i64,
        events: &[u32],
        messages: &[u32],
        strings: &mut MovingStrings<'_>,
    ) -> Self {
        let open = self.open.iter().filter(|(_, own)| own.seen >= then);
        let open = open.map(|(key, own)| (key, own.moved(events, messages, strings)));
        let open = open.collect();
        let logs = self.logs.iter();
        let logs = logs.map(|(host, log)| (strings.word(*host), *log));
        let logs = logs.collect();
        let loans = self.loans.moved(strings);
        Self {
            open,
            logs,
            loans,
            // Told again by the events.
            failures: Failures::default(),
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
            failed: match self.failed {
                Failed::With(failed) => Failed::With(peer(failed)),
                other => other,
            },
            from: (peer(self.from.0), self.from.1),
            untaken: moved(&self.untaken),
            remarks: moved(&self.remarks),
            carried: moved(&self.carried),
            opening: self
                .opening
                .as_ref()
                .map(|(event, line)| (strings.event(event), *line)),
            ..*self
        }
    }
}
