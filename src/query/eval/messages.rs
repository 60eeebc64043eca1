//! Which log messages pass a term.

use std::sync::Arc;

use crate::model::{Lines, Message, Status};
use crate::query::{Edge, Moment, NumberField, Term, TextField, TextMatch};

use super::columns::Traits;
use super::postings::Family;
use super::strings::{self, Strings};
use super::sweep::Sweep;
use super::{Bits, Scene};

/// Messages between two looks at whether the evaluation was cancelled.
const BETWEEN_LOOKS: u32 = 1 << 14;

impl Scene<'_> {
    /// The messages that pass a single test; `None` when cancelled.
    pub(super) fn messages_where(&self, term: &Term) -> Option<Arc<Bits>> {
        let generation = self.model.generation;
        if let Some(known) = self.index.known(generation, term) {
            return Some(known);
        }
        let messages = Arc::new(self.ask_messages(term)?);
        // Other grades may hold the next time.
        if !matches!(term, Term::Grade(_)) {
            self.index.learn(generation, term, &messages);
        }
        Some(messages)
    }

    fn ask_messages(&self, term: &Term) -> Option<Bits> {
        let mut any = Bits::empty(self.model.messages.len());
        match term {
            Term::Anywhere(text) => self.anywhere(term, text, &mut any)?,
            Term::Text { field, text } => self.by_text(term, *field, text, &mut any)?,
            Term::Grade(set) => {
                any = Bits::of(self.model.messages.len(), |number| {
                    set.contains(self.grades.message(number).grade)
                });
            }
            Term::Version(set) => {
                let sessions =
                    self.sessions(|s| s.version.is_some_and(|version| set.contains(version)));
                self.by_session(&sessions, false, &mut any)?;
            }
            Term::Tls(set) => self.by_traits(Traits::of_states(set.members()), &mut any)?,
            Term::Status(set) => self.by_status(|status| set.contains(status), &mut any),
            Term::Kind(set) => {
                self.by_traits(Traits::of_kinds(set.members()), &mut any)?;
            }
            Term::Ip(range) => {
                let peers = self.networks(*range);
                self.by_key(Family::Peers, &peers, &mut any)?;
            }
            Term::Code(code) => {
                let texts = self.codes(*code);
                self.by_key(Family::Texts, &texts, &mut any)?;
                any.unite(&self.messages_of(&*self.events_by_line(term)?));
            }
            Term::Number { field, cmp, value } => match field {
                NumberField::Errno => {
                    // A key is an error number of sixteen bits.
                    let number = |key: u32| u16::try_from(key).unwrap_or(0).cast_signed();
                    let fits = |key| cmp.holds(&i64::from(number(key)), value);
                    let numbers = Bits::of(u32::from(u16::MAX) + 1, fits);
                    self.by_key(Family::Errors, &numbers, &mut any)?;
                }
                NumberField::Size => {
                    let mut lines = Lines::new(self.model);
                    // Only who asks about such a size needs to know by how much one is larger.
                    let asks_about_large = *value >= i64::from(Message::LARGE);
                    let size = |m: &Message| match m.size {
                        0 => None,
                        Message::LARGE if asks_about_large => lines.size_of(m),
                        size => Some(size.into()),
                    };
                    self.by_size(size, |size| cmp.holds(&size, value), &mut any)?;
                }
                NumberField::Attempts => {
                    self.by_message(|m| cmp.holds(&i64::from(m.attempts), value), &mut any);
                }
            },
            Term::Delay { cmp, millis } => {
                self.by_span(|first, last| cmp.holds(&(last - first), millis), &mut any)?;
            }
            Term::Time { edge, moment } => self.by_time(*edge, *moment, &mut any)?,
        }
        Some(any)
    }

    fn by_text(
        &self,
        term: &Term,
        field: TextField,
        text: &TextMatch,
        any: &mut Bits,
    ) -> Option<()> {
        match field {
            TextField::Id => self.by_id(term, text, any)?,
            TextField::From => self.by_sender(&*self.found(Strings::Senders, text)?, any),
            TextField::To => {
                self.by_address(&*self.found(Strings::Addresses, text)?, false, any)?;
                self.by_listed(Strings::Listed, text, any)?;
            }
            TextField::Addr => {
                let addresses = self.found(Strings::Addresses, text)?;
                self.by_sender(&addresses, any);
                self.by_address(&addresses, true, any)?;
                self.by_listed(Strings::Listed, text, any)?;
            }
            TextField::Domain => {
                let addresses = self.found(Strings::AddressDomains, text)?;
                self.by_sender(&addresses, any);
                self.by_address(&addresses, true, any)?;
                self.by_listed(Strings::ListedDomains, text, any)?;
                let hosts = self.found(Strings::HostDomains, text)?;
                self.by_key(Family::Peers, &hosts, any)?;
            }
            TextField::Host => {
                let hosts = self.found(Strings::Hosts, text)?;
                self.by_key(Family::Peers, &hosts, any)?;
            }
            TextField::Cipher => self.by_session(&self.ciphers(text), false, any)?,
            TextField::Text => {
                let texts = self.found(Strings::Texts, text)?;
                self.by_key(Family::Texts, &texts, any)?;
                any.unite(&self.messages_of(&*self.events_by_line(term)?));
                any.unite(&self.messages_of(&*self.arrivals_by_line(term)?));
            }
            TextField::File => {
                let files = self.files(text);
                self.by_key(Family::Files, &files, any)?;
            }
        }
        Some(())
    }

    /// Messages of which a text finds anything that is shown. Where something is found of every message, the rest
    /// need not be asked: few letters are in no word for a state or a kind.
    fn anywhere(&self, term: &Term, text: &TextMatch, any: &mut Bits) -> Option<()> {
        let all = |any: &Bits| any.count() == self.model.messages.len();
        self.by_status(|status| text.matches(status.name().as_bytes()), any);
        self.by_traits(Traits::of_kinds(strings::kinds(text)), any)?;
        if all(any) {
            return Some(());
        }
        let addresses = self.found(Strings::Addresses, text)?;
        self.by_sender(&addresses, any);
        self.by_address(&addresses, true, any)?;
        self.by_listed(Strings::Listed, text, any)?;
        self.by_session(&self.ciphers(text), true, any)?;
        if all(any) {
            return Some(());
        }
        let (peers, texts) = (
            self.found(Strings::Peers, text)?,
            self.found(Strings::Texts, text)?,
        );
        self.by_key(Family::Peers, &peers, any)?;
        self.by_key(Family::Texts, &texts, any)?;
        self.by_id(term, text, any)
    }

    fn by_key(&self, family: Family, wanted: &Bits, any: &mut Bits) -> Option<()> {
        if wanted.is_empty() {
            return Some(());
        }
        self.index
            .collect(family, self.model, self.breaks, wanted, any)
    }

    /// By the addresses of events.
    fn by_address(&self, addresses: &Bits, arrivals: bool, any: &mut Bits) -> Option<()> {
        self.by_key(Family::Addresses, addresses, any)?;
        if arrivals {
            self.by_key(Family::Arrivals, addresses, any)?;
        }
        Some(())
    }

    fn by_session(&self, sessions: &Bits, ambiguous: bool, any: &mut Bits) -> Option<()> {
        self.by_key(Family::Sessions, sessions, any)?;
        if ambiguous {
            self.by_key(Family::Forged, sessions, any)?;
        }
        Some(())
    }

    /// By recipients of whom nothing was heard yet.
    fn by_listed(&self, of: Strings, text: &TextMatch, any: &mut Bits) -> Option<()> {
        let mut listed = self.index.listed.borrow_mut();
        listed.catch_up(self.model, self.breaks)?;
        drop(listed);
        let addresses = self.found(of, text)?;
        let listed = self.index.listed.borrow();
        listed.collect(self.model, &addresses, any);
        Some(())
    }

    /// By envelope sender.
    fn by_sender(&self, addresses: &Bits, any: &mut Bits) {
        if addresses.is_empty() {
            return;
        }
        let mut facts = self.index.facts.borrow_mut();
        facts.catch_up(self.model);
        facts.collect_senders(addresses, any);
    }

    fn by_status(&self, wanted: impl Fn(Status) -> bool, any: &mut Bits) {
        let wanted: Vec<Status> = (Status::ALL.into_iter())
            .filter(|own| wanted(*own))
            .collect();
        if wanted.is_empty() {
            return;
        }
        let mut facts = self.index.facts.borrow_mut();
        facts.catch_up(self.model);
        facts.collect_statuses(&wanted, any);
    }

    fn by_traits(&self, traits: Traits, any: &mut Bits) -> Option<()> {
        if traits.is_empty() {
            return Some(());
        }
        let mut columns = self.index.columns.borrow_mut();
        columns.catch_up(self.model, self.breaks)?;
        columns.collect(traits, any);
        Some(())
    }

    fn by_time(&self, edge: Edge, moment: Moment, any: &mut Bits) -> Option<()> {
        self.by_span(self.in_time(edge, moment), any)
    }

    /// By the times of the first and the last event.
    fn by_span(&self, fits: impl Fn(i64, i64) -> bool, any: &mut Bits) -> Option<()> {
        let mut columns = self.index.columns.borrow_mut();
        columns.catch_up(self.model, self.breaks)?;
        for (number, (first, last)) in (0..self.model.messages.len()).zip(columns.times()) {
            if fits(first.cast_signed(), last.cast_signed()) {
                any.set(number);
            }
        }
        Some(())
    }

    /// `size` may have to read lines again.
    fn by_size(
        &self,
        mut size: impl FnMut(&Message) -> Option<u64>,
        fits: impl Fn(i64) -> bool,
        any: &mut Bits,
    ) -> Option<()> {
        for (number, message) in (0_u32..).zip(self.model.messages.iter()) {
            if number.is_multiple_of(BETWEEN_LOOKS) || message.size == Message::LARGE {
                self.breaks.go_on()?;
            }
            let size = size(message).map(|size| i64::try_from(size).unwrap_or(i64::MAX));
            if size.is_some_and(&fits) {
                any.set(number);
            }
        }
        Some(())
    }

    fn by_message(&self, fits: impl Fn(&Message) -> bool, any: &mut Bits) {
        for (number, message) in (0_u32..).zip(self.model.messages.iter()) {
            if fits(message) {
                any.set(number);
            }
        }
    }

    /// By queue ID or Message-ID, as far as they are not in `any` already. No ID repeats: they are asked one by one.
    fn by_id(&self, term: &Term, text: &TextMatch, any: &mut Bits) -> Option<()> {
        let mut rest = match self.index.among(self.model.generation, term) {
            Some(wider) => Bits::clone(&wider),
            None => Bits::full(self.model.messages.len()),
        };
        rest.subtract(any);
        any.unite(&self.ids(text, &rest)?);
        Some(())
    }

    /// Those of some messages whose queue ID or Message-ID a text finds; `None` when cancelled.
    pub(super) fn ids(&self, text: &TextMatch, among: &Bits) -> Option<Bits> {
        let strings = &self.model.strings;
        let ids = &strings.message_ids;
        let mut found = Bits::empty(self.model.messages.len());
        let mut sweep = Sweep::new(text, self.model.messages.len());
        let in_one = text.heeds_parts(b'\t');
        let tails_found = self.tails(text);
        for (nth, number) in (0_u32..).zip(among.ones()) {
            if nth.is_multiple_of(BETWEEN_LOOKS) {
                self.breaks.go_on()?;
            }
            let Some(message) = self.model.messages.get(number) else {
                continue;
            };
            let (head, tail) = ids.halves(message.message_id);
            let tail = match &tails_found {
                Some(tails) if tails.has(tail.0) => {
                    found.set(number);
                    continue;
                }
                Some(_) => b"",
                None => ids.tails().get(tail),
            };
            let write_id = |line: &mut Vec<u8>| {
                line.extend_from_slice(head);
                line.extend_from_slice(tail);
            };
            sweep.take_written(number, |line| {
                message.key.write(&strings.long_ids, line);
                if in_one {
                    line.push(b'\t');
                    write_id(line);
                }
            });
            if !in_one && !message.message_id.is_none() {
                sweep.take_written(number, write_id);
            }
        }
        found.unite(&sweep.finish());
        Some(found)
    }

    /// What Message-IDs end with, if a text finds it; `None` where a text may find something in both halves of an ID:
    /// those are asked as a whole.
    fn tails(&self, text: &TextMatch) -> Option<Bits> {
        let tails = self.model.strings.message_ids.tails();
        text.heeds_parts(b'@').then(|| {
            let mut sweep = Sweep::new(text, tails.len());
            for (symbol, tail) in (0..).zip(tails.iter()).skip(1) {
                sweep.take(symbol, tail);
            }
            sweep.finish()
        })
    }

    /// Files by their path.
    pub(super) fn files(&self, text: &TextMatch) -> Bits {
        let files = &self.model.files;
        Bits::of(u32::try_from(files.len()).unwrap_or(u32::MAX), |number| {
            let file = files.get(number as usize);
            file.is_some_and(|file| text.matches(file.path.as_os_str().as_encoded_bytes()))
        })
    }

    /// The messages of a set of events.
    pub(super) fn messages_of(&self, events: &Bits) -> Bits {
        let mut messages = Bits::empty(self.model.messages.len());
        for event in events.ones().filter_map(|at| self.model.events.get(at)) {
            messages.set(event.message);
        }
        messages
    }
}
