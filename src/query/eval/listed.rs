//! Recipients that only the line of an arrival names, since nothing has happened to them yet.

use crate::model::{Event, Interner, Lines, Model, Symbol, address_list};
use crate::parse::Kind;

use super::{Bits, Breaks};

/// Recipients listed by the arrivals of unfinished messages. The lines are read once.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Number of events read.
    events: u32,
    /// Distinct addresses.
    addresses: Interner,
    /// Pairs of an address and the message that lists it.
    pairs: Vec<(Symbol, u32)>,
}

/// Events between two checks whether to end early. Small in tests, so that they end in the middle.
const BETWEEN_LOOKS: u32 = if cfg!(test) { 3 } else { 1 << 12 };

impl Listed {
    /// Reads the arrivals that the model has gained since the last call; `None` when ended early, which keeps
    /// what was read.
    pub(super) fn catch_up(&mut self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        let mut lines = Lines::new(model);
        while self.events < model.events.len() {
            breaks.go_on()?;
            let end = model.events.len().min(self.events + BETWEEN_LOOKS);
            for number in self.events..end {
                let event = model.events.get(number);
                if let Some(event) = event.filter(|event| is_open(model, event)) {
                    self.read(&mut lines, &event);
                }
            }
            self.events = end;
            breaks.rest()?;
        }
        Some(())
    }

    fn read(&mut self, lines: &mut Lines<'_>, event: &Event) {
        // A line that can no longer be read lists nobody.
        let _ = lines.recall(event, |fact| {
            for address in address_list(fact.recipients, b' ') {
                if !address.is_empty() {
                    let address = self.addresses.intern(address);
                    self.pairs.push((address, event.message));
                }
            }
        });
    }

    pub(super) const fn addresses(&self) -> &Interner {
        &self.addresses
    }

    /// Adds the messages that list one of the `addresses` and are still unfinished to `into`.
    pub(super) fn collect(&self, model: &Model, addresses: &Bits, into: &mut Bits) {
        for &(address, message) in &self.pairs {
            let open = || {
                model
                    .messages
                    .get(message)
                    .is_some_and(|own| !own.is_completed())
            };
            if addresses.has(address.0) && open() {
                into.set(message);
            }
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.addresses.heap_bytes() + self.pairs.capacity() * size_of::<(Symbol, u32)>()
    }
}

/// True for the arrival of an unfinished message. Everything has happened to the recipients of a finished one,
/// which stays finished.
fn is_open(model: &Model, event: &Event) -> bool {
    event.kind == Kind::Arrival
        && model
            .messages
            .get(event.message)
            .is_some_and(|message| !message.is_completed())
}
