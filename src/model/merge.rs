//! Joins the facts of one chunk to the model.

use crate::parse::Kind;
use crate::source::Chunk;

use super::dialogues::Verdict;
use super::fetch::AT_ONCE;
use super::marks::Mark;
use super::partial::Partial;
use super::{
    Event, Link, Message, Model, ProtocolId, Protocols, Remark, RemarkId, SessionId, Symbol,
};

/// From the symbols of a part to those of the model.
struct Maps {
    addresses: Vec<Symbol>,
    peers: Vec<Symbol>,
    remarks: Vec<RemarkId>,
    words: Vec<Symbol>,
    protocols: Vec<ProtocolId>,
    /// What Message-IDs end with.
    id_tails: Vec<Symbol>,
    origins: Vec<u16>,
    sessions: Vec<SessionId>,
    messages: Vec<u32>,
    /// A message is told to be taken in that was taken in before.
    taken_again: bool,
}

/// A rejection, of which a copy may come.
#[derive(Clone, Copy)]
pub(super) struct KnownRejection {
    /// The file in which it stands.
    pub file: u32,
    /// Seconds since 1970-01-01 UTC, no later than it came.
    pub seconds: u32,
}

impl Model {
    /// Joins one chunk. Chunks of a file must come in order, files one after the other, and
    /// [`Model::finish_file`] after the last.
    pub fn merge(&mut self, file: u32, chunk: &Chunk, part: &Partial) {
        if let Some(text) = self.text.file_mut(file) {
            text.push(chunk);
        }
        let events_before = self.events.len();
        self.settled = events_before;
        let copies = self.copied_rejections(file, part);
        let mut maps = self.maps(file, part);
        self.join_messages(part, &mut maps);
        let first_line = chunk.index.first_line;
        let plain = copies.is_empty() && part.steps.is_empty();
        if plain && !part.yearless && !maps.taken_again {
            self.append_events(file, first_line, part, &maps);
        } else {
            self.join_events(file, first_line, part, &maps, &copies);
            self.summarise_new(&maps.messages, events_before);
        }
        if let Some(info) = self.files.get_mut(file as usize) {
            info.lines += chunk.index.lines;
            info.foreign += part.foreign;
            info.copies += u32::try_from(copies.len()).unwrap_or(u32::MAX);
        }
        self.take_not_understood(file, first_line, &part.not_understood);
        self.merged += 1;
        self.look_for_newest();
        self.generation += 1;
    }

    /// Settles what was joined, for those who look on, but seldom: the events of old messages are far apart in
    /// memory, and a message that is retried for days is in hundreds of chunks. Walking through it at each would
    /// take quadratic time.
    pub fn settle_at_times(&mut self) {
        if self.merged.is_power_of_two() {
            self.settle();
        }
    }

    /// Closes a file after its last chunk: what only its end tells is settled.
    pub fn finish_file(&mut self, file: u32) {
        self.settle_years(file);
        self.keep_openings(file);
        self.settle();
    }

    /// Settles what can be told while a file may still grow, which was written to until `written`, in
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

    pub(super) fn look_for_newest(&mut self) {
        self.newest = self.files.iter().filter_map(|file| file.newest).max();
    }

    /// Rejections that the reject log holds as well, in another file or in the same syslog: positions within
    /// `part`.
    fn copied_rejections(&mut self, file: u32, part: &Partial) -> Vec<u32> {
        let mut copies = Vec::new();
        let mut before = self.rejections.len();
        let info = self.files.get(file as usize);
        let newest = info.and_then(|info| info.newest).unwrap_or_default() / 1000;
        for rejection in &part.rejections {
            let event = part.events.get(rejection.event as usize);
            // The year of a line that names none is not known yet.
            let seconds = match event.filter(|event| !event.is_yearless()) {
                Some(event) => event.seconds,
                None => u32::try_from(newest).unwrap_or(u32::MAX),
            };
            let own = KnownRejection { file, seconds };
            let known = self.rejections.entry(rejection.hash).or_insert(own).file;
            let first = self.rejections.len() > before;
            before = self.rejections.len();
            if known != file {
                copies.push(rejection.event);
            } else if rejection.twin && !first {
                // Each second one is a copy.
                self.rejections.remove(&rejection.hash);
                before = self.rejections.len();
                copies.push(rejection.event);
            }
        }
        copies
    }

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
            taken_again: false,
        };
        self.classify_new_peers();
        for own in part.origins.all() {
            let number = self.origin_for(super::Origin {
                file,
                host: at(&maps.words, own.host),
                program: at(&maps.words, own.program),
                ..*own
            });
            maps.origins.push(number);
        }
        maps
    }

    /// The number of an origin in the model, with what a part shows of it.
    fn origin_for(&mut self, own: super::Origin) -> u16 {
        let known = self.known_origin(&own);
        let number = known.unwrap_or_else(|| self.new_origin(own));
        if let Some(origin) = self.origins.get_mut(number) {
            origin.show(own.shows);
        }
        if let Some(info) = self.files.get_mut(own.file as usize) {
            info.mta.get_or_insert(own.mta);
        }
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    fn known_origin(&self, own: &super::Origin) -> Option<usize> {
        let known = self.by_writer.find(own.bits(), |number| {
            let known = self.origins.get(number as usize);
            known.is_some_and(|known| known.writer() == own.writer())
        });
        known.map(|number| number as usize)
    }

    fn new_origin(&mut self, mut own: super::Origin) -> usize {
        let number = self.origins.len();
        if number >= super::Origin::APART {
            own = own.mixed();
            if let Some(known) = self.known_origin(&own) {
                if let Some(origin) = self.origins.get_mut(known).filter(|_| own.mixed) {
                    origin.mixed = true;
                    origin.shows = own.shows;
                }
                return known;
            }
        }
        if number == usize::from(u16::MAX) {
            return number - 1;
        }
        self.origins.push(own);
        let place = u32::try_from(number).unwrap_or(u32::MAX);
        self.by_writer.insert(own.bits(), place);
        number
    }

    fn join_messages(&mut self, part: &Partial, maps: &mut Maps) {
        for messages in part.messages.chunks(AT_ONCE) {
            let words = &maps.words;
            let keys = messages.iter();
            self.fetch(keys.map(|message| (at(words, message.host), message.key)));
            self.join_some(part, messages, maps);
        }
    }

    fn join_some(&mut self, part: &Partial, messages: &[Message], maps: &mut Maps) {
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
                // An arrival knows better than what was rejected under the same ID before it, but a further one
                // does not.
                let anew = message.has_arrival() && !known.has_arrival();
                maps.taken_again |= message.has_arrival() && !anew;
                if anew {
                    // From here on the ID is taken; the number comes when its events are joined.
                    known.arrival = events;
                }
                let sender = at(&maps.addresses, message.sender);
                let of_envelope = message.size > 0 && known.size == 0;
                if !sender.is_none() && (anew || known.sender.is_none() || of_envelope) {
                    known.sender = sender;
                }
                if message.protocol != 0 && (anew || known.protocol == 0) {
                    let other = u32::try_from(maps.messages.len()).ok();
                    let other = other.and_then(|nth| part.other_protocols.get(&nth));
                    known.protocol = match (message.protocol, other) {
                        (Protocols::OTHER, Some(word)) => self.strings.protocols.number(word),
                        (own, _) => {
                            let number = maps.protocols.get(usize::from(own));
                            number.copied().unwrap_or(Protocols::OTHER)
                        }
                    };
                }
                if message.size > 0 && (anew || known.size == 0) {
                    known.size = message.size;
                }
                if !message.message_id.is_none() && (anew || known.message_id.is_none()) {
                    let (ids, of_part) = (&mut self.strings.message_ids, &part.strings.message_ids);
                    known.message_id = ids.carry_over(of_part, message.message_id, &maps.id_tails);
                }
            }
            maps.messages.push(number);
        }
    }

    /// Joins events that stand for themselves: their order in each message is that of the part.
    fn append_events(&mut self, file: u32, first_line: u32, part: &Partial, maps: &Maps) {
        let base = self.events.len();
        let here = |at: u32| if at == Event::LAST { at } else { base + at };
        let mut newest = i64::MIN;
        let lines = (&part.lines, first_line);
        self.events.append(&part.events, lines, |own| {
            let event = Event {
                next: here(own.next),
                ..carried_over(own, maps)
            };
            newest = newest.max(event.time());
            event
        });
        for (own, &number) in part.messages.iter().zip(&maps.messages) {
            let Some(message) = self.messages.get_mut(number) else {
                continue;
            };
            let before = std::mem::replace(&mut message.last, here(own.last));
            message.events += own.events;
            if own.has_arrival() {
                message.arrival = here(own.arrival);
            }
            if before == Event::LAST {
                message.first = here(own.first);
                if own.has(Mark::Stale) {
                    self.summarise(number);
                } else {
                    message.count(own.tally());
                }
                continue;
            }
            self.events.set_next(before, here(own.first));
            self.outdate(number);
        }
        for (at, key, tie) in &part.links {
            let other = key.carried_over(&part.strings.long_ids, &mut self.strings.long_ids);
            let own = part.events.get(*at as usize).map(|event| event.message);
            let message = own.and_then(|own| maps.messages.get(own as usize));
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

    fn join_events(
        &mut self,
        file: u32,
        first_line: u32,
        part: &Partial,
        maps: &Maps,
        copies: &[u32],
    ) {
        let (mut copies, mut steps, mut links) = (copies, &*part.steps, &*part.links);
        for (nth, own) in (0_u32..).zip(&part.events) {
            let step = next_if(&mut steps, |step| step.event == nth);
            if next_if(&mut copies, |copy| *copy == nth).is_some() {
                continue;
            }
            let mut event = carried_over(own, maps);
            let line = first_line + part.lines.line(nth);
            self.date(file, &mut event);
            let arrives = self.arrives(&mut event);
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
            for taken in &evidence {
                self.link(event.message, *taken, false);
            }
            if downgrade {
                let told = Event {
                    kind: Kind::TlsDowngrade,
                    ..event
                };
                let told = self.events.push(told, line);
                self.link(event.message, told, false);
            }
            let joined = self.events.push(event, line);
            self.link(event.message, joined, arrives);
            // Those of events that were dropped.
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
    }

    /// Whether the event is the arrival of its message. OpenSMTPD up to 6.x takes a message in once for each
    /// recipient: further ones say no more than whom.
    fn arrives(&self, event: &mut Event) -> bool {
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
            event.kind = Kind::Note;
            // That of an arrival is the sender.
            event.address = Symbol::NONE;
        }
        !again
    }

    /// Appends an event to the list of a message.
    fn link(&mut self, number: u32, event: u32, arrives: bool) {
        let Some(message) = self.messages.get_mut(number) else {
            return;
        };
        let before = message.last;
        if before == Event::LAST {
            message.first = event;
        }
        message.last = event;
        message.events += 1;
        if arrives {
            message.arrival = event;
        }
        self.events.set_next(before, event);
        self.events.change(event, |event| event.message = number);
        self.amend(event);
    }
}

/// Takes the first of a list off it, if it is the one.
fn next_if<'a, T>(list: &mut &'a [T], is: impl Fn(&T) -> bool) -> Option<&'a T> {
    let (first, rest) = list.split_first().filter(|(first, _)| is(first))?;
    *list = rest;
    Some(first)
}

fn carried_over(event: &Event, maps: &Maps) -> Event {
    let message = match event.message {
        Event::NO_MESSAGE => Event::NO_MESSAGE,
        own => maps
            .messages
            .get(own as usize)
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
