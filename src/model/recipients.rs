//! The envelope recipients of a message, wherever its log names them.

use std::collections::HashSet;

use crate::parse::{Fact, Kind, Mta};

use super::{Event, Message, Model, address_list};

/// What a line says of recipients beside its event.
#[derive(Clone, Debug, Default)]
pub struct OnLine {
    /// The line takes the message in.
    arrival: bool,
    address: Vec<u8>,
    list: Vec<u8>,
}

impl OnLine {
    /// What a line says.
    pub fn of(fact: &Fact<'_>) -> Self {
        Self {
            arrival: fact.kind == Kind::Arrival,
            address: fact.address.to_vec(),
            list: fact.recipients.to_vec(),
        }
    }

    /// An arrival lists recipients; any other line names one.
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
    /// Every envelope recipient once: those that the arrival lists, those that lines name as it is taken in
    /// (OpenSMTPD), those of whom an outcome is told. A message that was refused or held has those for whom it was.
    /// `read` fetches the line of an event.
    pub fn recipients_of(
        &self,
        message: &Message,
        mut read: impl FnMut(&Event) -> Option<OnLine>,
    ) -> Vec<Vec<u8>> {
        let mut all = Distinct::default();
        if let Some(line) = self.events.get(message.arrival).and_then(|own| read(&own)) {
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

    /// A line that names a recipient and says nothing else: OpenSMTPD writes one for each.
    fn names_only(&self, event: &Event) -> bool {
        let writer = self.origin_of(event).map(|origin| origin.mta);
        event.kind == Kind::Note
            && writer == Some(Mta::OpenSmtpd)
            && self.remark(event).text.is_none()
    }
}

/// Events that say what became of a recipient.
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
