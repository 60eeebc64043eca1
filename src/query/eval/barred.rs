//! The events about recipients whose mail some hosts did not get for want of TLS.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::model::{Barred, shares};

use super::events::EventTest;
use super::{Bits, Scene};

impl Scene<'_> {
    /// The test whether one of these hosts stopped what an event is about. An event from `first` on may be about what
    /// was stopped before.
    /// `None` when cancelled.
    pub(super) fn barred_test(&self, hosts: Arc<Bits>, first: u32) -> Option<EventTest<'_>> {
        let model = self.model;
        let messages: Vec<u32> = if first > 0 && !hosts.is_empty() {
            self.messages_from(first)
        } else {
            let mut stopped = Bits::empty(model.messages.len());
            self.by_stops(&hosts, &mut stopped)?;
            stopped.ones().collect()
        };
        let barred = shares::each(&messages, |&number| {
            let message = model.messages.get(number).into_iter();
            let stops = message.flat_map(|own| model.stops(own));
            let stops = stops.filter(|stop| hosts.has(stop.host.0));
            (number, stops.collect::<Barred>())
        });
        let barred: HashMap<u32, Barred> = barred.into_iter().collect();
        Some(Box::new(move |event| {
            let own = barred.get(&event.message);
            own.is_some_and(|own| own.concerns(model, event))
                || hosts.has(event.peer.0) && model.lacked_tls(event)
        }))
    }
}
