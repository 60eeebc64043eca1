//! Merges the facts of one chunk into the model.

use crate::parse::Kind;
use crate::source::Chunk;

use super::dialogues::Verdict;
use super::marks::Mark;
use super::partial::Partial;
use super::prefetch::BATCH;
use super::{
    Event, Link, Message, Model, ProtocolId, Protocols, Remark, RemarkId, SessionId, Symbol,
};

/// Translation from a part to the model: each list holds the model's symbol or number at the index of the part's.
struct Maps {
    addresses: Vec<Symbol>,
    peers: Vec<Symbol>,
    remarks: Vec<RemarkId>,
    words: Vec<Symbol>,
    protocols: Vec<ProtocolId>,
    /// Domains of Message-IDs, with the `@`.
    id_tails: Vec<Symbol>,
    origins: Vec<u16>,
    sessions: Vec<SessionId>,
    messages: Vec<u32>,
    /// True when a message that had an arrival gets another one.
    arrives_again: bool,
}

/// A rejection that is remembered, because the reject log may hold a copy.
#[derive(Clone, Copy)]
pub(super) struct KnownRejection {
    /// Number of the file that holds it.
    pub file: u32,
    /// Seconds since 1970-01-01 UTC; earlier than the rejection where its line names no year.
    pub seconds: u32,
}

impl Model {
    /// Merges one chunk. The chunks of a file must come in order, file after file, with [`Model::finish_file`]
    /// after the last chunk of each.
    pub fn merge(&mut self, file: u32, chunk: &Chunk, part: &Partial) {
        if let Some(text) = self.text.file_mut(file) {
            text.push(chunk);
        }
        let events_before = self.events.len();
        self.chunk_start = events_before;
        let copies = self.copied_rejections(file, part);
        let mut maps = self.maps(file, part);
        self.merge_messages(part, &mut maps);
        let first_line = chunk.index.first_line;
        let plain = copies.is_empty() && part.steps.is_empty() && part.gaps.is_empty();
        if plain && !part.yearless && !maps.arrives_again {
            self.append_events(file, first_line, part, &maps);
        } else {
            self.merge_events(file, first_line, part, &maps, &copies);
            self.summarise_new(&maps.messages, events_before);
        }
        if let Some(info) = self.files.get_mut(file as usize) {
            info.lines += chunk.index.lines;
            info.foreign += part.foreign;
            info.copies += u32::try_from(copies.len()).unwrap_or(u32::MAX);
        }
        self.take_not_understood(file, first_line, &part.not_understood);
        self.merged += 1;
        self.refresh_newest();
        self.generation += 1;
    }

    /// Calls [`Model::settle`] after 1, 2, 4, 8... chunks, for views of a model that is still loading. After each
    /// chunk would take quadratic time: a message that is retried for days has events in hundreds of chunks.
    pub fn settle_at_times(&mut self) {
        if self.merged.is_power_of_two() {
            self.settle();
        }
    }

    /// Closes a file after its last chunk: settles years, unused connections and the counts of messages.
    pub fn finish_file(&mut self, file: u32) {
        self.settle_years(file);
        self.keep_openings(file);
        self.settle();
    }

    /// Settles years and counts of a file that may still grow. `written` is the time of the last write to it, in
    /// seconds since 1970-01-01 UTC.
    pub fn pause_file(&mut self, file: u32, written: i64) {
        let info = self.files.get_mut(file as usize);
        if let Some(calendar) = info.and_then(|info| info.calendar.as_mut()) {
            calendar.written_until(written);
        }
        self.settle_years(file);
        let info = self.files.get_mut(file as usize);
        if let Some(calendar) = info.and_then(|info| info.calendar.as_mut()) {
            calendar.forget_given();
        }
        self.settle();
    }

    pub(super) fn refresh_newest(&mut self) {
        self.newest = self.files.iter().filter_map(|file| file.newest).max();
    }

    /// Rejections that are copies of known ones, as indexes into the part's events. Exim writes a rejection to its
    /// main log and to its reject log, which are two files, or one syslog.
    fn copied_rejections(&mut self, file: u32, part: &Partial) -> Vec<u32> {
        let mut copies = Vec::new();
        let mut before = self.rejections.len();
        let info = self.files.get(file as usize);
        let newest = info.and_then(|info| info.newest).unwrap_or_default() / 1000;
        for rejection in &part.rejections {
            let event = part.events.get(rejection.event as usize);
            // A line that names no year gets it later.
            let seconds = match event.filter(|event| !event.is_yearless()) {
                Some(event) => event.seconds,
                None => u32::try_from(newest).unwrap_or(u32::MAX),
            };
            let new = KnownRejection { file, seconds };
            let known = self.rejections.entry(rejection.hash).or_insert(new).file;
            let first = self.rejections.len() > before;
            before = self.rejections.len();
            if known != file {
                copies.push(rejection.event);
            } else if rejection.twin && !first {
                // In one syslog every second one is a copy.
                self.rejections.remove(&rejection.hash);
                before = self.rejections.len();
                copies.push(rejection.event);
            }
        }
        copies
    }

    /// Takes over the strings, sessions and origins of a part. Its messages are added to the maps later.
    fn maps(&mut self, file: u32, part: &Partial) -> Maps {
        let sessions = self.sessions.carry_over(&part.statements, &mut Vec::new());
        let (into, from) = (&mut self.strings, &part.strings);
        let addresses = into.addresses.carry_over(&from.addresses);
        let texts = into.texts.carry_over(&from.texts);
        let remarks = from.remarks.iter().map(|remark| Remark {
            text: at(&texts, remark.text),
            parent: at(&addresses, remark.parent),
            ..remark
        });
        let mut maps = Maps {
            remarks: into.remarks.carry_over(remarks),
            addresses,
            peers: into.peers.carry_over(&from.peers),
            words: into.words.carry_over(&from.words),
            protocols: into.protocols.carry_over(&from.protocols),
            id_tails: into.message_ids.carry_over_tails(&from.message_ids),
            origins: Vec::with_capacity(part.origins.all().len()),
            sessions,
            messages: Vec::with_capacity(part.messages.len()),
            arrives_again: false,
        };
        self.classify_new_peers();
        for origin in part.origins.all() {
            let number = self.origin_for(super::Origin {
                file,
                host: at(&maps.words, origin.host),
                program: at(&maps.words, origin.program),
                ..*origin
            });
            maps.origins.push(number);
        }
        maps
    }

    /// Number of a part's origin in the model, which gets the part's TLS statements.
    fn origin_for(&mut self, new: super::Origin) -> u16 {
        let known = self.known_origin(&new);
        let number = known.unwrap_or_else(|| self.add_origin(new));
        if let Some(origin) = self.origins.get_mut(number) {
            origin.show(new.shows);
        }
        if let Some(info) = self.files.get_mut(new.file as usize) {
            info.mta.get_or_insert(new.mta);
        }
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    fn known_origin(&self, wanted: &super::Origin) -> Option<usize> {
        let known = self.by_writer.find(wanted.hash(), |number| {
            let known = self.origins.get(number as usize);
            known.is_some_and(|known| known.writer() == wanted.writer())
        });
        known.map(|number| number as usize)
    }

    fn add_origin(&mut self, mut new: super::Origin) -> usize {
        let number = self.origins.len();
        if number >= super::Origin::MAX_SINGLE {
            new = new.mixed();
            if let Some(known) = self.known_origin(&new) {
                if let Some(origin) = self.origins.get_mut(known).filter(|_| new.mixed) {
                    origin.mixed = true;
                    origin.shows = new.shows;
                }
                return known;
            }
        }
        if number == usize::from(u16::MAX) {
            return number - 1;
        }
        self.origins.push(new);
        let slot_number = u32::try_from(number).unwrap_or(u32::MAX);
        self.by_writer.insert(new.hash(), slot_number);
        number
    }

    /// Merges the messages of a part, without their events.
    fn merge_messages(&mut self, part: &Partial, maps: &mut Maps) {
        for messages in part.messages.chunks(BATCH) {
            let words = &maps.words;
            let keys = messages.iter();
            self.prefetch_messages(keys.map(|message| (at(words, message.host), message.key)));
            self.merge_batch(part, messages, maps);
        }
    }

    fn merge_batch(&mut self, part: &Partial, messages: &[Message], maps: &mut Maps) {
        for message in messages {
            let key = message
                .key
                .carried_over(&part.strings.long_ids, &mut self.strings.long_ids);
            let host = at(&maps.words, message.host);
            let number = self.message_for(key, host, message.begins());
            let events = self.events.len();
            if let Some(known) = self.messages.get_mut(number) {
                known.mark(Mark::Completed, message.is_completed());
                known.mark(Mark::TlsFailed, message.has(Mark::TlsFailed));
                // The first arrival overrides what a rejection under the same ID said before. A further arrival
                // overrides nothing.
                let first_arrival = message.has_arrival() && !known.has_arrival();
                maps.arrives_again |= message.has_arrival() && !first_arrival;
                if first_arrival {
                    // Any number marks the arrival as known; merging the events sets the right one.
                    known.arrival = events;
                }
                let sender = at(&maps.addresses, message.sender);
                let from_envelope = message.size > 0 && known.size == 0;
                if !sender.is_none() && (first_arrival || known.sender.is_none() || from_envelope) {
                    known.sender = sender;
                }
                if message.protocol != 0 && (first_arrival || known.protocol == 0) {
                    let other = u32::try_from(maps.messages.len()).ok();
                    let other = other.and_then(|nth| part.other_protocols.get(&nth));
                    known.protocol = match (message.protocol, other) {
                        (Protocols::OTHER, Some(word)) => self.strings.protocols.number(word),
                        (protocol, _) => {
                            let number = maps.protocols.get(usize::from(protocol));
                            number.copied().unwrap_or(Protocols::OTHER)
                        }
                    };
                }
                if message.size > 0 && (first_arrival || known.size == 0) {
                    known.size = message.size;
                }
                if !message.message_id.is_none() && (first_arrival || known.message_id.is_none()) {
                    let (ids, from) = (&mut self.strings.message_ids, &part.strings.message_ids);
                    known.message_id = ids.carry_over(from, message.message_id, &maps.id_tails);
                }
            }
            maps.messages.push(number);
        }
    }

    /// Appends the events of a part as they are. Only for parts without conversations, copies and missing years.
    fn append_events(&mut self, file: u32, first_line: u32, part: &Partial, maps: &Maps) {
        let base = self.events.len();
        let rebased = |at: u32| if at == Event::LAST { at } else { base + at };
        let mut newest = i64::MIN;
        let lines = (&part.lines, first_line);
        self.events.append(&part.events, lines, |from_part| {
            let event = Event {
                next: rebased(from_part.next),
                ..carried_over(from_part, maps)
            };
            newest = newest.max(event.time());
            event
        });
        for (from_part, &number) in part.messages.iter().zip(&maps.messages) {
            let Some(message) = self.messages.get_mut(number) else {
                continue;
            };
            let before = std::mem::replace(&mut message.last, rebased(from_part.last));
            message.events += from_part.events;
            if from_part.has_arrival() {
                message.arrival = rebased(from_part.arrival);
            }
            if before == Event::LAST {
                message.first = rebased(from_part.first);
                if from_part.has(Mark::Stale) {
                    self.summarise(number);
                } else {
                    message.set_tally(from_part.tally());
                }
                continue;
            }
            self.events.set_next(before, rebased(from_part.first));
            self.mark_stale(number);
        }
        for (at, key, tie) in &part.links {
            let other = key.carried_over(&part.strings.long_ids, &mut self.strings.long_ids);
            let event = part.events.get(*at as usize);
            let message = event.and_then(|event| maps.messages.get(event.message as usize));
            self.links.push(Link {
                message: message.copied().unwrap_or(Event::NO_MESSAGE),
                other,
                tie: *tie,
            });
        }
        if let Some(info) = self.files.get_mut(file as usize) {
            let newest = (!part.events.is_empty()).then_some(newest);
            info.newest = info.newest.max(newest);
        }
    }

    /// Merges the events of a part one by one: dates them, drops copies, and fills in TLS from conversations.
    fn merge_events(
        &mut self,
        file: u32,
        first_line: u32,
        part: &Partial,
        maps: &Maps,
        copies: &[u32],
    ) {
        let (mut copies, mut steps, mut links) = (copies, &*part.steps, &*part.links);
        let mut gaps = &*part.gaps;
        for (nth, from_part) in (0_u32..).zip(&part.events) {
            let step = next_if(&mut steps, |step| step.event == nth);
            self.note_gaps(&mut gaps, nth, maps);
            if next_if(&mut copies, |copy| *copy == nth).is_some() {
                continue;
            }
            let mut event = carried_over(from_part, maps);
            let line = first_line + part.lines.line(nth);
            self.date(file, &mut event);
            let is_arrival = self.is_first_arrival(&mut event);
            let verdict = match step {
                Some(step) => self.converse(&mut event, line, *step, self.events.len()),
                None => Verdict::KEPT,
            };
            let Verdict::Keep {
                downgrade,
                evidence,
            } = verdict
            else {
                continue;
            };
            for tls_event in &evidence {
                self.link(event.message, *tls_event, false);
            }
            if downgrade {
                let downgrade = Event {
                    kind: Kind::TlsDowngrade,
                    ..event
                };
                let number = self.events.push(downgrade, line);
                self.link(event.message, number, false);
            }
            let number = self.events.push(event, line);
            self.link(event.message, number, is_arrival);
            // Skips the links of events that were dropped.
            while next_if(&mut links, |(at, ..)| *at < nth).is_some() {}
            while let Some((_, key, tie)) = next_if(&mut links, |(at, ..)| *at == nth) {
                let other = key.carried_over(&part.strings.long_ids, &mut self.strings.long_ids);
                self.links.push(Link {
                    message: event.message,
                    other,
                    tie: *tie,
                });
            }
        }
        self.note_gaps(&mut gaps, u32::MAX, maps);
    }

    /// Takes the gaps in the log up to an event of the part.
    fn note_gaps(&mut self, gaps: &mut &[(u32, Symbol)], nth: u32, maps: &Maps) {
        while let Some((_, host)) = next_if(gaps, |(at, _)| *at <= nth) {
            self.dialogues.lines_were_lost(at(&maps.words, *host));
        }
    }

    /// Whether the event is the first arrival of its message. OpenSMTPD up to 6.x logs an arrival for each
    /// recipient: the further ones become notes.
    fn is_first_arrival(&self, event: &mut Event) -> bool {
        if event.kind != Kind::Arrival {
            return false;
        }
        let Some(message) = self.messages.get(event.message) else {
            return false;
        };
        let known = self.events.get(message.arrival);
        let again = known
            .is_some_and(|known| known.kind == Kind::Arrival && known.message == event.message);
        if again {
            event.withdraw(false);
            // The address of an arrival is the sender.
            event.address = Symbol::NONE;
        }
        !again
    }

    fn link(&mut self, number: u32, event: u32, is_arrival: bool) {
        let Some(message) = self.messages.get_mut(number) else {
            return;
        };
        let before = message.last;
        if before == Event::LAST {
            message.first = event;
        }
        message.last = event;
        message.events += 1;
        if is_arrival {
            message.arrival = event;
        }
        self.events.set_next(before, event);
        self.events.change(event, |event| event.message = number);
        self.amend(event);
    }
}

/// Removes the first item from the front of `list` if `wanted` holds for it.
fn next_if<'a, T>(list: &mut &'a [T], wanted: impl Fn(&T) -> bool) -> Option<&'a T> {
    let (first, rest) = list.split_first().filter(|(first, _)| wanted(first))?;
    *list = rest;
    Some(first)
}

/// A part's event with the symbols and numbers of the model; `next` is set later.
fn carried_over(event: &Event, maps: &Maps) -> Event {
    let message = match event.message {
        Event::NO_MESSAGE => Event::NO_MESSAGE,
        number => maps
            .messages
            .get(number as usize)
            .copied()
            .unwrap_or(Event::NO_MESSAGE),
    };
    Event {
        origin: maps
            .origins
            .get(usize::from(event.origin))
            .copied()
            .unwrap_or(0),
        message,
        next: Event::LAST,
        address: at(&maps.addresses, event.address),
        peer: at(&maps.peers, event.peer),
        remark: maps
            .remarks
            .get(event.remark as usize)
            .copied()
            .unwrap_or(0),
        session: maps
            .sessions
            .get(usize::from(event.session))
            .copied()
            .unwrap_or(0),
        ..*event
    }
}

fn at(map: &[Symbol], symbol: Symbol) -> Symbol {
    map.get(symbol.0 as usize).copied().unwrap_or(Symbol::NONE)
}
