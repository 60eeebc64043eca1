//! Lines in a usual form: what their words say is worked out once in each part.

use crate::model::message::Begin;
use crate::model::{Clock, Endpoint, Event, Interner, Remark, Symbol};
use crate::parse::{Form, Kind, Plain, Words};

use super::{Partial, is_tls_failure};

/// The words of a part's lines in a usual form, with what they say.
#[derive(Default)]
pub(super) struct Phrases {
    texts: Interner,
    /// By the symbol of the words, without the empty ones.
    told: Vec<Told>,
}

/// What words say, whatever line they stand in.
#[derive(Clone, Copy)]
struct Told {
    form: Form,
    /// An event without time, line, message and address.
    event: Event,
    /// What [`Event::remark`] stands for.
    remark: Remark,
    /// Protocol of an arrival, among the words of the part.
    protocol: Symbol,
    /// TLS with a next host failed.
    tls_failed: bool,
}

impl Phrases {
    fn get(&self, words: Words<'_>) -> Option<Told> {
        let symbol = self.texts.find(words.text)?;
        let told = self.told.get((symbol.0 as usize).checked_sub(1)?)?;
        (told.form == words.form).then_some(*told)
    }

    /// Keeps what words say, unless the same stand in another form already.
    fn keep(&mut self, words: Words<'_>, told: Told) {
        let next = self.told.len() + 1;
        if self.texts.intern(words.text).0 as usize == next {
            self.told.push(told);
        }
    }

    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.told.clear();
    }
}

impl Partial {
    /// Takes one line in a usual form; false, with nothing taken, where it has to be weighed. `line` is as for
    /// [`Partial::take`].
    pub fn take_plain(&mut self, plain: &Plain<'_>, line: u32, clock: &mut Clock) -> bool {
        let Some(told) = self.told(plain.words) else {
            return false;
        };
        let mut event = told.event;
        event.line = line;
        event.set_time(clock.utc_seconds(&plain.stamp), plain.stamp.millis);
        event.set_flag(plain.flag);
        let strings = &mut self.strings;
        event.address = strings.addresses.intern(plain.address);
        if !plain.parent_address.is_empty() && plain.parent_address != plain.address {
            event.remark = strings.remarks.intern(Remark {
                parent: strings.addresses.intern(plain.parent_address),
                ..told.remark
            });
        }
        let arrives = plain.words.form == Form::Arrival;
        if arrives {
            Endpoint::pack(&plain.peer, &mut self.scratch);
            event.peer = strings.peers.intern(&self.scratch);
        }
        let begins = if arrives { Begin::IfTaken } else { Begin::No };
        let at = self.next_event();
        event.message = self.message_of(plain.queue_id, begins, event.origin);
        self.link(event.message, at);
        let message = &mut self.messages[event.message as usize];
        message.completed |= event.kind == Kind::Completion;
        message.tls_failed |= told.tls_failed;
        if arrives {
            message.arrival = at;
            message.sender = event.address;
            message.protocol = told.protocol;
            message.message_id = self.strings.message_ids.append(plain.message_id);
            let size = plain.size.unwrap_or(0);
            message.size = u32::try_from(size).unwrap_or(u32::MAX);
        }
        self.events.push(event);
        true
    }

    /// What the words say; `None` where a line that holds them has to be weighed.
    fn told(&mut self, words: Words<'_>) -> Option<Told> {
        if let Some(told) = self.phrases.get(words) {
            return Some(told);
        }
        let fact = words.read()?;
        let (mut event, remark) = self.said(&fact);
        event.remark = self.strings.remarks.intern(remark);
        let told = Told {
            form: words.form,
            event,
            remark,
            protocol: self.strings.words.intern(fact.protocol),
            tls_failed: is_tls_failure(fact.kind, fact.trouble),
        };
        self.phrases.keep(words, told);
        Some(told)
    }
}
