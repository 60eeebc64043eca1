//! The log messages that match a term.

use std::sync::Arc;

use crate::model::{Lines, Message, Status};
use crate::query::{Edge, Moment, NumberField, Term, TextField, TextMatch};

use super::batch_search::BatchSearch;
use super::columns::Traits;
use super::postings::PostingKey;
use super::strings::{self, Strings};
use super::{Bits, Scene};

/// Messages between two checks for cancellation.
const BETWEEN_LOOKS: u32 = 1 << 14;

impl Scene<'_> {
    /// Messages that match a single term; `None` when ended early.
    pub(super) fn messages_where(&self, term: &Term) -> Option<Arc<Bits>> {
        let generation = self.model.generation;
        if let Some(messages) = self.index.cached_messages(generation, term) {
            return Some(messages);
        }
        let messages = Arc::new(self.find_messages(term)?);
        // Not cached for grades, which may change while the model does not.
        if !matches!(term, Term::Grade(_)) {
            self.index.cache_messages(generation, term, &messages);
        }
        Some(messages)
    }

    fn find_messages(&self, term: &Term) -> Option<Bits> {
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
                self.by_key(PostingKey::Sessions, &sessions, &mut any)?;
            }
            Term::Tls(set) => self.by_traits(Traits::of_states(set.members()), &mut any)?,
            Term::Status(set) => self.by_status(|status| set.contains(status), &mut any),
            Term::Kind(set) => {
                self.by_traits(Traits::of_kinds(set.members()), &mut any)?;
            }
            Term::Ip(range) => {
                let peers = self.networks(*range);
                self.by_key(PostingKey::Peers, &peers, &mut any)?;
            }
            Term::Code(code) => {
                let texts = self.codes(*code);
                self.by_key(PostingKey::Texts, &texts, &mut any)?;
                any.unite(&self.messages_of(&*self.events_by_line(term)?));
            }
            Term::Number { field, cmp, value } => match field {
                NumberField::Errno => {
                    // Keys are 16-bit error numbers.
                    let number = |key: u32| u16::try_from(key).unwrap_or(0).cast_signed();
                    let fits = |key| cmp.holds(&i64::from(number(key)), value);
                    let numbers = Bits::of(u32::from(u16::MAX) + 1, fits);
                    self.by_key(PostingKey::Errors, &numbers, &mut any)?;
                }
                NumberField::Size => {
                    let mut lines = Lines::new(self.model);
                    // Sizes stored as LARGE are read from the line, but only for terms about sizes in that range.
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
                let addresses = self.found(Strings::Addresses, text)?;
                self.by_key(PostingKey::Addresses, &addresses, any)?;
                self.by_listed(Strings::Listed, text, any)?;
            }
            TextField::Addr => {
                let addresses = self.found(Strings::Addresses, text)?;
                self.by_sender(&addresses, any);
                self.by_address(&addresses, any)?;
                self.by_listed(Strings::Listed, text, any)?;
            }
            TextField::Domain => {
                let addresses = self.found(Strings::AddressDomains, text)?;
                self.by_sender(&addresses, any);
                self.by_address(&addresses, any)?;
                self.by_listed(Strings::ListedDomains, text, any)?;
                let hosts = self.found(Strings::HostDomains, text)?;
                self.by_key(PostingKey::Peers, &hosts, any)?;
            }
            TextField::Host => {
                let hosts = self.found(Strings::Hosts, text)?;
                self.by_key(PostingKey::Peers, &hosts, any)?;
            }
            TextField::Barred => self.by_stops(&*self.found(Strings::Hosts, text)?, any)?,
            TextField::Cipher => self.by_key(PostingKey::Sessions, &self.ciphers(text), any)?,
            TextField::Text => {
                let texts = self.found(Strings::Texts, text)?;
                self.by_key(PostingKey::Texts, &texts, any)?;
                any.unite(&self.messages_of(&*self.events_by_line(term)?));
                any.unite(&self.messages_of(&*self.arrivals_by_line(term)?));
            }
            TextField::File => {
                let files = self.files(text);
                self.by_key(PostingKey::Files, &files, any)?;
            }
        }
        Some(())
    }

    /// Messages of which anything shown matches a text. Ends as soon as every message matches, which a few
    /// common letters do without a search of all strings.
    fn anywhere(&self, term: &Term, text: &TextMatch, any: &mut Bits) -> Option<()> {
        let all = |any: &Bits| any.count() == self.model.messages.len();
        self.by_status(|status| text.matches(status.name().as_bytes()), any);
        self.by_traits(Traits::of_kinds(strings::kinds(text)), any)?;
        if all(any) {
            return Some(());
        }
        let addresses = self.found(Strings::Addresses, text)?;
        self.by_sender(&addresses, any);
        self.by_address(&addresses, any)?;
        self.by_listed(Strings::Listed, text, any)?;
        let sessions = self.ciphers(text);
        self.by_key(PostingKey::Sessions, &sessions, any)?;
        self.by_key(PostingKey::Forged, &sessions, any)?;
        if all(any) {
            return Some(());
        }
        let (peers, texts) = (
            self.found(Strings::Peers, text)?,
            self.found(Strings::Texts, text)?,
        );
        self.by_key(PostingKey::Peers, &peers, any)?;
        self.by_key(PostingKey::Texts, &texts, any)?;
        self.by_id(term, text, any)
    }

    fn by_key(&self, family: PostingKey, wanted: &Bits, any: &mut Bits) -> Option<()> {
        if wanted.is_empty() {
            return Some(());
        }
        self.index
            .collect(family, self.model, self.breaks, wanted, any)
    }

    /// Messages with an attempt at one of the hosts that ended for want of TLS.
    pub(super) fn by_stops(&self, hosts: &Bits, any: &mut Bits) -> Option<()> {
        let model = self.model;
        let mut among = Bits::empty(model.messages.len());
        self.by_key(PostingKey::Peers, hosts, &mut among)?;
        for (nth, number) in (0_u32..).zip(among.ones()) {
            if nth.is_multiple_of(BETWEEN_LOOKS) {
                self.breaks.go_on()?;
            }
            let message = model.messages.get(number).into_iter();
            let mut events = message.flat_map(|own| model.events_of(own));
            if events.any(|event| hosts.has(event.peer.0) && model.lacked_tls(&event)) {
                any.set(number);
            }
        }
        Some(())
    }

    /// Messages with an event, arrivals included, of one of the addresses.
    fn by_address(&self, addresses: &Bits, any: &mut Bits) -> Option<()> {
        self.by_key(PostingKey::Addresses, addresses, any)?;
        self.by_key(PostingKey::Arrivals, addresses, any)
    }

    /// Messages with a matching recipient of whom nothing was logged yet.
    fn by_listed(&self, of: Strings, text: &TextMatch, any: &mut Bits) -> Option<()> {
        let mut listed = self.index.listed.borrow_mut();
        listed.catch_up(self.model, self.breaks)?;
        drop(listed);
        let addresses = self.found(of, text)?;
        let listed = self.index.listed.borrow();
        listed.collect(self.model, &addresses, any);
        Some(())
    }

    /// Messages with a matching envelope sender.
    fn by_sender(&self, addresses: &Bits, any: &mut Bits) {
        if addresses.is_empty() {
            return;
        }
        let mut columns = self.index.message_columns.borrow_mut();
        columns.catch_up(self.model);
        columns.collect_senders(addresses, any);
    }

    fn by_status(&self, wanted: impl Fn(Status) -> bool, any: &mut Bits) {
        let wanted: Vec<Status> = (Status::ALL.into_iter())
            .filter(|status| wanted(*status))
            .collect();
        if wanted.is_empty() {
            return;
        }
        let mut columns = self.index.message_columns.borrow_mut();
        columns.catch_up(self.model);
        columns.collect_statuses(&wanted, any);
    }

    fn by_traits(&self, traits: Traits, any: &mut Bits) -> Option<()> {
        if traits.is_empty() {
            return Some(());
        }
        let mut columns = self.index.event_columns.borrow_mut();
        columns.catch_up(self.model, self.breaks)?;
        columns.collect(traits, any);
        Some(())
    }

    fn by_time(&self, edge: Edge, moment: Moment, any: &mut Bits) -> Option<()> {
        self.by_span(self.in_time(edge, moment), any)
    }

    /// Messages whose first and last event pass a test of their times.
    fn by_span(&self, fits: impl Fn(i64, i64) -> bool, any: &mut Bits) -> Option<()> {
        let mut columns = self.index.event_columns.borrow_mut();
        columns.catch_up(self.model, self.breaks)?;
        for (number, (first, last)) in (0..self.model.messages.len()).zip(columns.times()) {
            if fits(first.cast_signed(), last.cast_signed()) {
                any.set(number);
            }
        }
        Some(())
    }

    /// `size` may read lines again, for messages of [`Message::LARGE`].
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

    /// Messages not yet in `any` whose queue ID or Message-ID matches. IDs do not repeat, so they are tested
    /// one by one.
    fn by_id(&self, term: &Term, text: &TextMatch, any: &mut Bits) -> Option<()> {
        let mut rest = match self
            .index
            .messages_of_wider_term(self.model.generation, term)
        {
            Some(wider) => Bits::clone(&wider),
            None => Bits::full(self.model.messages.len()),
        };
        rest.subtract(any);
        any.unite(&self.ids(text, &rest)?);
        Some(())
    }

    /// Messages of `among` whose queue ID or Message-ID matches a text; `None` when cancelled.
    pub(super) fn ids(&self, text: &TextMatch, among: &Bits) -> Option<Bits> {
        let strings = &self.model.strings;
        let ids = &strings.message_ids;
        let mut found = Bits::empty(self.model.messages.len());
        let mut search = BatchSearch::new(text, self.model.messages.len());
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
            search.add_written(number, |line| {
                message.key.write(&strings.long_ids, line);
                if in_one {
                    line.push(b'\t');
                    write_id(line);
                }
            });
            if !in_one && !message.message_id.is_none() {
                search.add_written(number, write_id);
            }
        }
        found.unite(&search.finish());
        Some(found)
    }

    /// Matching tails of Message-IDs. `None` where a match may span both halves of an ID, which is then tested
    /// as a whole.
    fn tails(&self, text: &TextMatch) -> Option<Bits> {
        let tails = self.model.strings.message_ids.tails();
        text.heeds_parts(b'@').then(|| {
            let mut search = BatchSearch::new(text, tails.len());
            for (symbol, tail) in (0..).zip(tails.iter()).skip(1) {
                search.add(symbol, tail);
            }
            search.finish()
        })
    }

    /// Numbers of the files whose path matches.
    pub(super) fn files(&self, text: &TextMatch) -> Bits {
        let files = &self.model.files;
        Bits::of(u32::try_from(files.len()).unwrap_or(u32::MAX), |number| {
            let file = files.get(number as usize);
            file.is_some_and(|file| text.matches(file.path.as_os_str().as_encoded_bytes()))
        })
    }

    /// Messages of a set of events.
    pub fn messages_of(&self, events: &Bits) -> Bits {
        let mut messages = Bits::empty(self.model.messages.len());
        for event in events.ones().filter_map(|at| self.model.events.get(at)) {
            messages.set(event.message);
        }
        messages
    }
}
