//! Since when each writer states TLS with next hosts.
//!
//! A missing TLS line proves plaintext only where the writer would have written one. What it writes depends on its
//! settings, which hold until they are read again, and on nothing being lost on the way to the log.

use hashbrown::HashMap;

use crate::model::forget::MovingStrings;
use crate::model::{Origin, Symbol};

use super::dialogue::SLACK_MS;

/// Number of silent legs of a writer that are remembered until its first TLS line. A process of Postfix serves 100.
const MAX_SILENT: usize = 200;

/// What is known of each program of each host.
#[derive(Debug, Default)]
pub(super) struct Stating(HashMap<(Symbol, Symbol), Writer>);

#[derive(Debug)]
enum Writer {
    /// No TLS line so far. Conversation and number of the events without one.
    Silent(Vec<(u64, u32)>),
    /// Time of the first TLS line, in milliseconds since 1970-01-01 UTC.
    Since(i64),
}

impl Stating {
    /// Notes a TLS line of a writer. Gives the numbers of earlier legs that went without: those of the same process,
    /// which has read its settings once.
    pub(super) fn states(&mut self, writer: &Origin, dialogue: u64, time: i64) -> Vec<u32> {
        let known = self.0.entry((writer.host, writer.program));
        let known = known.or_insert(Writer::Since(time));
        let Writer::Silent(legs) = known else {
            return Vec::new();
        };
        let own = legs.iter().filter(|(of, _)| *of == dialogue);
        let own = own.map(|(_, number)| *number).collect();
        *known = Writer::Since(time);
        own
    }

    /// Whether a writer stated TLS when the connection of a leg without it began. Remembers the leg if no TLS line
    /// is known yet.
    pub(super) fn covers(
        &mut self,
        writer: &Origin,
        (dialogue, number): (u64, u32),
        began: i64,
    ) -> bool {
        let known = self.0.entry((writer.host, writer.program));
        match known.or_insert_with(|| Writer::Silent(Vec::new())) {
            Writer::Since(since) => began + SLACK_MS >= *since,
            Writer::Silent(legs) => {
                if legs.len() < MAX_SILENT {
                    legs.push((dialogue, number));
                }
                false
            }
        }
    }

    /// From here on nothing is known of the writers of a host.
    pub(super) fn forget(&mut self, host: Symbol) {
        self.0.retain(|(known, _), _| *known != host);
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.0.allocation_size()
    }

    /// The same in a smaller model. What is not settled yet stays unknown.
    pub(super) fn moved(&self, strings: &mut MovingStrings<'_>) -> Self {
        let moved = self.0.iter().filter_map(|((host, program), known)| {
            let Writer::Since(since) = known else {
                return None;
            };
            let writer = (strings.word(*host), strings.word(*program));
            Some((writer, Writer::Since(*since)))
        });
        Self(moved.collect())
    }
}
