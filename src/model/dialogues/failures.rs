//! With which hosts TLS failed for a message before.

use hashbrown::HashMap;

use crate::model::marks::Mark;
use crate::model::refusal::is_tls_failure;
use crate::model::{Event, Model, Symbol};

use super::same_peer;

/// With so many hosts TLS may fail for one message; further ones are not kept in mind.
const MOST: usize = 1024;

/// What the messages tell of it about which that was asked: each asks again for every recipient.
#[derive(Debug, Default)]
pub(super) struct Failures(HashMap<u32, Told>);

/// What one message tells.
#[derive(Debug)]
struct Told {
    /// The last event that was looked at; [`Event::LAST`] before the first.
    upto: u32,
    hosts: Vec<Symbol>,
}

impl Failures {
    /// Bytes held on the heap, but for the hosts of single messages.
    pub(super) fn heap_bytes(&self) -> usize {
        self.0.allocation_size()
    }
}

impl Model {
    /// Whether TLS with the same host failed for this message before.
    pub(super) fn failed_before(&mut self, event: &Event) -> bool {
        let message = self.messages.get(event.message);
        let Some(message) = message.filter(|message| message.has(Mark::TlsFailed)) else {
            return false;
        };
        let told = self.dialogues.failures.0.entry(event.message);
        let Told { upto, hosts } = told.or_insert_with(|| Told {
            upto: Event::LAST,
            hosts: Vec::new(),
        });
        let mut next = match *upto {
            Event::LAST => message.first,
            known => self.events.next(known),
        };
        while let Some(before) = self.events.get(next) {
            (*upto, next) = (next, before.next);
            if is_tls_failure(before.kind, self.strings.remark(&before).trouble)
                && hosts.len() < MOST
                && !hosts.contains(&before.peer)
            {
                hosts.push(before.peer);
            }
        }
        let mut hosts = hosts.iter();
        hosts.any(|host| same_peer(&self.strings, *host, event.peer))
    }
}
