//! The events about recipients whose mail some hosts did not get for want of TLS.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::model::{Barred, shares};

use super::events::EventTest;
use super::{Bits, Scene};

impl Scene<'_> {
    /// The test whether one of these hosts stopped what an event is about. An event from `first` on may be about what
    /// was stopped before.
    pub(super) fn barred_test(&self, hosts: Arc<Bits>, first: u32) -> EventTest<'_> {
        let model = self.model;
        let messages = if hosts.is_empty() {
            Vec::new()
        } else if first > 0 {
            self.messages_from(first)
        } else {
            self.messages_stopped_at(&hosts)
        };
        let barred = shares::each(&messages, |&number| {
            let message = model.messages.get(number).into_iter();
            let stops = message.flat_map(|own| model.stops(own));
            let stops = stops.filter(|stop| hosts.has(stop.host.0));
            (number, stops.collect::<Barred>())
        });
        let barred: HashMap<u32, Barred> = barred.into_iter().collect();
        Box::new(move |event| {
            let own = barred.get(&event.message);
            own.is_some_and(|own| own.concerns(model, event))
                || hosts.has(event.peer.0) && model.lacked_tls(event)
        })
    }

    /// Messages with an attempt at one of the hosts that ended for want of TLS.
    fn messages_stopped_at(&self, hosts: &Bits) -> Vec<u32> {
        let model = self.model;
        let parts = shares::stretches(0..model.events.len(), shares::EVENTS);
        let found = shares::share(parts, |part| {
            let events = model.events.range(part.start, part.end);
            let stops = events.filter(|event| hosts.has(event.peer.0) && model.lacked_tls(event));
            stops.map(|event| event.message).collect::<Vec<_>>()
        });
        let mut messages = found.concat();
        messages.sort_unstable();
        messages.dedup();
        messages
    }
}
