//! Copies strings from one model to the next. Only strings that are asked for are copied, each once.

use crate::model::{
    Event, Interner, MessageIds, ProtocolId, Protocols, QueueKey, Remark, Remarks, Strings, Symbol,
};

/// Copies the strings of one interner.
struct Moving<'a> {
    from: &'a Interner,
    to: Interner,
    /// New symbols, by old symbol; none for a string that was not copied yet.
    copied: Vec<Symbol>,
}

impl<'a> Moving<'a> {
    fn new(from: &'a Interner) -> Self {
        Self {
            from,
            to: Interner::default(),
            copied: vec![Symbol::NONE; from.len() as usize],
        }
    }

    fn get(&mut self, old: Symbol) -> Symbol {
        let Some(new) = self.copied.get_mut(old.0 as usize) else {
            return Symbol::NONE;
        };
        if new.is_none() {
            *new = self.to.intern(self.from.get(old));
        }
        *new
    }
}

/// Copies the strings of a model; each method gives the new symbol or number of an old one.
pub(in crate::model) struct MovingStrings<'a> {
    from: &'a Strings,
    addresses: Moving<'a>,
    peers: Moving<'a>,
    texts: Moving<'a>,
    words: Moving<'a>,
    protocols: Protocols,
    message_ids: MessageIds,
    long_ids: Interner,
    remarks: Remarks,
}

impl<'a> MovingStrings<'a> {
    pub(super) fn new(from: &'a Strings) -> Self {
        Self {
            from,
            addresses: Moving::new(&from.addresses),
            peers: Moving::new(&from.peers),
            texts: Moving::new(&from.texts),
            words: Moving::new(&from.words),
            protocols: Protocols::default(),
            message_ids: MessageIds::default(),
            long_ids: Interner::default(),
            remarks: Remarks::default(),
        }
    }

    pub(super) fn address(&mut self, old: Symbol) -> Symbol {
        self.addresses.get(old)
    }

    pub(in crate::model) fn peer(&mut self, old: Symbol) -> Symbol {
        self.peers.get(old)
    }

    pub(in crate::model) fn word(&mut self, old: Symbol) -> Symbol {
        self.words.get(old)
    }

    pub(super) fn protocol(&mut self, old: ProtocolId) -> ProtocolId {
        match old {
            Protocols::OTHER => old,
            _ => self.protocols.number(self.from.protocols.get(old)),
        }
    }

    /// Copied without a lookup: each Message-ID is asked for once.
    pub(super) fn message_id(&mut self, old: Symbol) -> Symbol {
        self.message_ids.add(self.from.message_ids.get(old))
    }

    pub(super) fn key(&mut self, old: QueueKey) -> QueueKey {
        old.carried_over(&self.from.long_ids, &mut self.long_ids)
    }

    /// The event with new symbols. Its message and its next event still have the old numbers.
    pub(in crate::model) fn event(&mut self, old: &Event) -> Event {
        let remark = self.from.remark(old);
        let remark = Remark {
            text: self.texts.get(remark.text),
            parent: self.addresses.get(remark.parent),
            ..remark
        };
        Event {
            address: self.addresses.get(old.address),
            peer: self.peers.get(old.peer),
            remark: self.remarks.intern(remark),
            ..*old
        }
    }

    pub(super) fn into_strings(self) -> Strings {
        Strings {
            addresses: self.addresses.to,
            peers: self.peers.to,
            texts: self.texts.to,
            words: self.words.to,
            protocols: self.protocols,
            message_ids: self.message_ids,
            long_ids: self.long_ids,
            remarks: self.remarks,
        }
    }
}
