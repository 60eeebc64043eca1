//! Recipients that only stand on the line of an arrival: nothing was heard of them yet.

use crate::model::{Event, Interner, Lines, Model, Symbol, address_list};
use crate::parse::Kind;

use super::{Bits, Breaks};

/// The recipients that arrivals of unfinished messages list. Their lines are read once.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Events that were asked.
    events: u32,
    /// The distinct addresses.
    addresses: Interner,
    /// Which of them a message lists.
    pairs: Vec<(Symbol, u32)>,
}

/// Events between two looks at whether to end early. Tests look in the midst as well.
const BETWEEN_LOOKS: u32 = if cfg!(test) { 3 } else { 1 << 12 };

impl Listed {
    /// Reads what the model has got since the last call; `None` when ended early. What is read then stays read.
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
        // A line that cannot be had any more lists nobody.
        let _ = lines.recall(event, |fact| {
            for address in address_list(fact.recipients, b' ') {
                if !address.is_empty() {
                    let address = self.addresses.intern(address);
                    self.pairs.push((address, event.message));
                }
            }
        });
    }

    /// The distinct addresses.
    pub(super) const fn addresses(&self) -> &Interner {
        &self.addresses
    }

    /// Takes the messages in that list one of these addresses, as far as they are unfinished now.
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

/// True for the arrival of a message that is not finished: a finished one lists nobody of whom nothing was heard,
/// and is never unfinished again.
fn is_open(model: &Model, event: &Event) -> bool {
    event.kind == Kind::Arrival
        && model
            .messages
            .get(event.message)
            .is_some_and(|message| !message.is_completed())
}
