//! Hosts with which TLS failed for a message before.

use hashbrown::HashMap;

use crate::model::marks::Mark;
use crate::model::refusal::is_tls_failure;
use crate::model::{Event, Model, Symbol};

use super::same_peer;

/// Number of failing hosts remembered for one message.
const MAX_HOSTS: usize = 1024;

/// Failing hosts of messages, by message number. A cache: each recipient of a message asks for the same hosts.
#[derive(Debug, Default)]
pub(super) struct Failures(HashMap<u32, FailingHosts>);

#[derive(Debug)]
struct FailingHosts {
    /// Last event of the message that was scanned; [`Event::LAST`] before the first.
    scanned_to: u32,
    hosts: Vec<Symbol>,
}

impl Failures {
    /// Bytes held on the heap, without the host lists.
    pub(super) fn heap_bytes(&self) -> usize {
        self.0.allocation_size()
    }
}

impl Model {
    /// Whether TLS with the peer of `event` failed for its message before.
    pub(super) fn failed_before(&mut self, event: &Event) -> bool {
        let message = self.messages.get(event.message);
        let Some(message) = message.filter(|message| message.has(Mark::TlsFailed)) else {
            return false;
        };
        let entry = self.dialogues.failures.0.entry(event.message);
        let FailingHosts { scanned_to, hosts } = entry.or_insert_with(|| FailingHosts {
            scanned_to: Event::LAST,
            hosts: Vec::new(),
        });
        let mut next = match *scanned_to {
            Event::LAST => message.first,
            last => self.events.next(last),
        };
        while let Some(before) = self.events.get(next) {
            (*scanned_to, next) = (next, before.next);
            if is_tls_failure(before.kind, self.strings.remark(&before).trouble)
                && hosts.len() < MAX_HOSTS
                && !hosts.contains(&before.peer)
            {
                hosts.push(before.peer);
            }
        }
        let mut hosts = hosts.iter();
        hosts.any(|host| same_peer(&self.strings, *host, event.peer))
    }
}
