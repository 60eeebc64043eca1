//! Collects the envelope recipients of a message from all its lines.

use std::collections::HashSet;

use crate::parse::{Fact, Kind, Mta};

use super::{Event, Message, Model, address_list};

/// Recipients on a line, which its event does not hold.
#[derive(Clone, Debug, Default)]
pub struct OnLine {
    arrival: bool,
    address: Vec<u8>,
    /// Recipients of an arrival, separated by spaces.
    list: Vec<u8>,
}

impl OnLine {
    /// The recipients on a line.
    pub fn of(fact: &Fact<'_>) -> Self {
        Self {
            arrival: fact.kind == Kind::Arrival,
            address: fact.address.to_vec(),
            list: fact.recipients.to_vec(),
        }
    }

    /// The recipients: those in the list of an arrival, or the one of any other line; may be empty.
    fn names(&self) -> impl Iterator<Item = &[u8]> {
        let (listed, named) = if self.arrival {
            (self.list.as_slice(), b"".as_slice())
        } else {
            (b"".as_slice(), self.address.as_slice())
        };
        address_list(listed, b' ').chain([named])
    }
}

impl Model {
    /// Distinct envelope recipients of a message, from the list of its arrival, from OpenSMTPD's lines for single
    /// recipients, and from outcomes. If there are none, those of rejections and of holds. `read` reads the line of
    /// an event.
    pub fn recipients_of(
        &self,
        message: &Message,
        mut read: impl FnMut(&Event) -> Option<OnLine>,
    ) -> Vec<Vec<u8>> {
        let mut all = Distinct::default();
        let arrival = self.events.get(message.arrival);
        if let Some(line) = arrival.and_then(|arrival| read(&arrival)) {
            line.names().for_each(|name| all.add(name));
        }
        for event in self.events_of(message) {
            if names_recipient(event.kind) {
                all.add(self.strings.addresses.get(self.strings.recipient(&event)));
            } else if self.names_only(&event)
                && let Some(line) = read(&event)
            {
                line.names().for_each(|name| all.add(name));
            }
        }
        if all.names.is_empty() {
            let events = self.events_of(message);
            let stopped = |event: &Event| matches!(event.kind, Kind::Rejection | Kind::Frozen);
            for event in events.filter(stopped) {
                all.add(self.strings.addresses.get(self.strings.recipient(&event)));
            }
        }
        all.names
    }

    /// Whether an event is OpenSMTPD's line that names a recipient as the message comes in.
    fn names_only(&self, event: &Event) -> bool {
        let writer = self.origin_of(event).map(|origin| origin.mta);
        event.kind == Kind::Note
            && writer == Some(Mta::OpenSmtpd)
            && self.remark(event).text.is_none()
    }
}

/// Whether events of this kind are an outcome for a recipient.
pub const fn names_recipient(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Delivery | Kind::Deferral | Kind::RetryWait | Kind::Failure | Kind::Discarded
    )
}

#[derive(Default)]
struct Distinct {
    names: Vec<Vec<u8>>,
    seen: HashSet<Vec<u8>>,
}

impl Distinct {
    fn add(&mut self, name: &[u8]) {
        if !name.is_empty() && self.seen.insert(name.to_vec()) {
            self.names.push(name.to_vec());
        }
    }
}
