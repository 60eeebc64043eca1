//! The facts of one chunk, gathered apart from all others; [`super::Model::merge`] joins them in order.

mod peers;
mod plain;

use std::borrow::Cow;
use std::hash::BuildHasher;

use hashbrown::HashMap;

use crate::parse::stamp::is_unreal;
use crate::parse::{Direction, Fact, Kind, Mta, Outcome, Turn};
use crate::tls::Trouble;

use super::intern::HASHER;
use super::line_runs::LineRuns;
use super::marks::Mark;
use super::message::Begin;
use super::origin::{Kept, LATELY, place};
use super::slots::Slots;
use super::summary::Judging;
use super::{
    Clock, Event, Message, MessageId, Origin, Protocols, QueueKey, Remark, Statements, Strings,
    Symbol, TlsShown, address_list,
};

use peers::Peers;
use plain::Phrases;

/// What one chunk of a log says. Symbols, messages, origins and line numbers are its own: lines count
/// from 0.
#[derive(Default)]
pub struct Partial {
    pub(super) strings: Strings,
    pub(super) statements: Statements,
    pub(super) events: Vec<Event>,
    /// The words of [`Protocols::OTHER`], by message: the model may have room for them.
    pub(super) other_protocols: HashMap<u32, Box<[u8]>>,
    /// Those of the events.
    pub(super) lines: LineRuns,
    pub(super) messages: Vec<Message>,
    pub(super) origins: Vec<Origin>,
    /// The parts that events play in conversations, by event.
    pub(super) steps: Vec<Step>,
    /// What ties messages together, by event.
    pub(super) links: Vec<(u32, QueueKey, Tie)>,
    pub(super) not_understood: Vec<(u32, &'static str)>,
    /// Lines of programs that move no mail.
    pub(super) foreign: u32,
    /// Each rejection, to find its copy in the reject log.
    pub(super) rejections: Vec<Rejection>,
    /// A line names no year.
    pub(super) yearless: bool,
    /// The latest message of each queue entry, by [`Message::hash`].
    latest: Slots,
    /// The message that was joined last: lines of one message often follow each other.
    joined: u32,
    /// Label of the host, for lines that name none.
    host: Vec<u8>,
    /// Who an origin is, by its number.
    writers: Vec<Writer>,
    /// Their numbers, by [`Writer::bits`].
    known: Slots,
    /// Origins of lines before, each where [`place`] has it: programs take turns, but they are few.
    lately: [u16; LATELY],
    phrases: Phrases,
    peers: Peers,
    scratch: Vec<u8>,
    judging: Judging,
}

/// Who an origin is, with its names at hand: they are compared for each line.
struct Writer {
    mta: Mta,
    host: Box<[u8]>,
    program: Box<[u8]>,
    /// Of host and program.
    hash: u64,
    /// The host whose messages it tells of.
    label: Symbol,
}

impl Writer {
    /// By what it is found.
    fn bits(fact: &Fact<'_>) -> u32 {
        Slots::bits(HASHER.hash_one((fact.host, fact.program)))
    }

    fn is(&self, fact: &Fact<'_>) -> bool {
        // A log without frames names neither host nor program: nothing to compare.
        let same = |own: &[u8], written: &[u8]| {
            own.len() == written.len() && (own.is_empty() || own == written)
        };
        self.mta == fact.mta && same(&self.program, fact.program) && same(&self.host, fact.host)
    }
}

/// The part that an event plays in a conversation with a peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// The event, by its number in the part.
    pub event: u32,
    /// Hash of host, program and what tells their conversations apart.
    pub dialogue: u64,
    pub turn: Turn,
    /// For how long at most the conversation had been open, in milliseconds.
    pub open_for: Option<u32>,
}

/// A rejection, which Exim writes to its reject log as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rejection {
    /// The event, by its number in the part.
    pub event: u32,
    /// Hash of what it says.
    pub hash: u64,
    /// Main log and reject log go to the same place: a syslog.
    pub twin: bool,
}

impl Rejection {
    fn of(fact: &Fact<'_>, text: &[u8], event: u32) -> Self {
        let twin = fact.mta == Mta::Exim && !fact.program.is_empty();
        let hash = if twin {
            // The frames of the two differ.
            let line = (fact.host, fact.program, fact.dialogue, fact.stamp.civil);
            HASHER.hash_one((line, fact.queue_id, fact.peer.ip, fact.address, fact.text))
        } else {
            HASHER.hash_one(text)
        };
        Self { event, hash, twin }
    }
}

/// How a line ties its message to another queue entry of the same host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Its message is a bounce of the other.
    BounceOf,
    /// The other is a notification that its message caused.
    Notified,
}

impl Partial {
    /// An empty part of a log of the host with that label (empty: none).
    pub fn new(host: &[u8]) -> Self {
        Self {
            host: host.to_vec(),
            ..Self::default()
        }
    }

    /// Empties it for another part of the same log, but keeps the room it took: a chunk's worth of fresh memory
    /// would have to be cleared by the system each time.
    pub fn clear(&mut self) {
        self.strings.clear();
        self.statements.clear();
        self.events.clear();
        self.lines.clear();
        self.messages.clear();
        self.origins.clear();
        self.writers.clear();
        self.known.clear();
        self.steps.clear();
        self.links.clear();
        self.not_understood.clear();
        self.foreign = 0;
        self.yearless = false;
        self.rejections.clear();
        self.other_protocols.clear();
        self.latest.clear();
        self.phrases.clear();
        self.peers.clear();
    }

    /// Makes room for a text of so many bytes, where it has none yet: growing step by step costs more.
    pub fn expect(&mut self, bytes: usize) {
        if self.events.capacity() > 0 {
            return;
        }
        let (lines, messages) = (bytes / 160, bytes / 320);
        self.events.reserve(lines);
        self.messages.reserve(messages);
        self.latest.expect(messages);
        self.strings.addresses.expect(messages);
        self.strings.peers.expect(messages);
        self.strings.message_ids.expect(messages / 2);
        self.phrases.expect(messages / 2);
    }

    /// Takes one record, which a grammar has read. `line` is that of its beginning and counts from 0 within
    /// the chunk.
    pub fn take(&mut self, outcome: &Outcome<'_>, text: &[u8], line: u32, clock: &mut Clock) {
        match outcome {
            Outcome::Fact(fact) => self.take_fact(fact, text, line, clock),
            Outcome::Continuation => {}
            Outcome::Foreign => self.foreign += 1,
            Outcome::NotMine if text.is_empty() => {}
            Outcome::NotMine if is_unreal(text) => {
                let reason = "a date or time that no mail log has";
                self.not_understood.push((line, reason));
            }
            Outcome::NotMine => {
                let reason = "not a line of this log format";
                self.not_understood.push((line, reason));
            }
            Outcome::NotUnderstood(reason) => self.not_understood.push((line, reason)),
        }
    }

    fn take_fact(&mut self, fact: &Fact<'_>, text: &[u8], line: u32, clock: &mut Clock) {
        let event = self.event(fact, clock);
        let at = self.next_event();
        if fact.kind == Kind::Rejection {
            self.rejections.push(Rejection::of(fact, text, at));
        }
        if fact.kind == Kind::Arrival || fact.recipients.is_empty() {
            self.push(fact, event, line);
            return;
        }
        // One line about several recipients (Sendmail) is one event for each.
        for recipient in recipient_list(fact.recipients) {
            let recipient = whole_address(fact.mta, recipient);
            let address = self.strings.addresses.intern(&recipient);
            self.push(fact, Event { address, ..event }, line);
        }
    }

    fn next_event(&self) -> u32 {
        u32::try_from(self.events.len()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, fact: &Fact<'_>, mut event: Event, line: u32) {
        let at = self.next_event();
        if fact.turn != Turn::Alone {
            self.steps.push(Step {
                event: at,
                dialogue: self.dialogue(fact, event.origin),
                turn: fact.turn,
                open_for: fact.open_for,
            });
        }
        if !fact.queue_id.is_empty() {
            event.message = self.message_of(fact.queue_id, Begin::of(fact), event.origin);
            self.link(event.message, at);
            self.fill(event.message, fact, &event, at);
            self.tie(at, fact.reference, Tie::BounceOf);
            self.tie(at, fact.notification, Tie::Notified);
        }
        self.lines.push(at, line);
        self.events.push(event);
    }

    /// What tells a conversation from all others.
    fn dialogue(&self, fact: &Fact<'_>, origin: u16) -> u64 {
        let writer = self.writers.get(usize::from(origin));
        // One process of Sendmail takes a message in and sends it on.
        let way = fact.direction == Some(Direction::Out);
        HASHER.hash_one((writer.map_or(0, |own| own.hash), fact.dialogue, way))
    }

    fn tie(&mut self, at: u32, other: &[u8], tie: Tie) {
        if !other.is_empty() {
            let key = QueueKey::new(other, &mut self.strings.long_ids);
            self.links.push((at, key, tie));
        }
    }

    fn event(&mut self, fact: &Fact<'_>, clock: &mut Clock) -> Event {
        let address = if fact.kind == Kind::Arrival {
            fact.sender
        } else {
            fact.address
        };
        let address = &*whole_address(fact.mta, address);
        // A local delivery often names the envelope recipient twice. Mostly none is written, which is told by its
        // length: to compare two slices that point nowhere costs hundreds of cycles on some processors.
        let parent = fact.parent_address;
        let parent = if !parent.is_empty() && parent == address {
            b""
        } else {
            parent
        };
        let (mut event, mut remark) = (Event::default(), Remark::default());
        self.said(fact, &mut event, &mut remark);
        let strings = &mut self.strings;
        remark.parent = strings.addresses.intern(parent);
        event.remark = strings.remarks.intern(remark);
        event.address = strings.addresses.intern(address);
        event.set_time(clock.utc_seconds(&fact.stamp), fact.stamp.millis);
        event.set_flag(fact.flag);
        if fact.stamp.yearless {
            event.set_yearless();
            self.yearless = true;
        }
        event
    }

    /// Fills in what a fact says besides when and of whom, and what the remark of the event is.
    fn said(&mut self, fact: &Fact<'_>, event: &mut Event, remark: &mut Remark) {
        let origin = self.origin(fact);
        let strings = &mut self.strings;
        let peer = self.peers.intern(&fact.peer, &mut strings.peers);
        // What repeats is kept; the rest (replies, connection lines) is read again when it is looked at.
        let keeps_text = match fact.kind {
            Kind::Arrival | Kind::Delivery | Kind::Completion => false,
            Kind::Session | Kind::Note => !fact.queue_id.is_empty() || fact.turn == Turn::Remarks,
            _ => true,
        };
        if keeps_text {
            remark.text = strings.texts.intern(fact.text);
        }
        remark.errno = fact.errno.unwrap_or(0);
        remark.trouble = fact.trouble;
        remark.optional = fact.tls_optional;
        event.peer = peer;
        event.origin = origin;
        event.session = (self.statements).intern(fact.tls.as_ref(), &mut self.scratch);
        event.kind = fact.kind;
        event.bits = Event::pack_bits(fact.direction, fact.ambiguous, fact.peer.reused);
        event.set_absence(fact.absence.into());
    }

    /// The origin of a fact: mostly one of those met lately.
    fn origin(&mut self, fact: &Fact<'_>) -> u16 {
        let is = |own: &Writer| own.is(fact);
        let place = place(fact);
        let lately = usize::from(self.lately[place]);
        let number = if self.writers.get(lately).is_some_and(is) {
            lately
        } else {
            let is = |number| self.writers.get(number as usize).is_some_and(is);
            let known = self.known.find(Writer::bits(fact), is);
            known.map_or_else(|| self.new_origin(fact), |number| number as usize)
        };
        self.lately[place] = u16::try_from(number).unwrap_or(u16::MAX);
        if fact.turn != Turn::Closes
            && let Some(origin) = self.origins.get_mut(number)
        {
            origin.show(TlsShown::of(fact));
        }
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    fn new_origin(&mut self, fact: &Fact<'_>) -> usize {
        let words = &mut self.strings.words;
        let host = words.intern(fact.host);
        self.origins.push(Origin {
            file: 0,
            host,
            program: words.intern(fact.program),
            mta: fact.mta,
            shows: TlsShown::default(),
            told_outbound: false,
            kept: Kept::default(),
            mixed: false,
        });
        self.writers.push(Writer {
            mta: fact.mta,
            host: fact.host.into(),
            program: fact.program.into(),
            hash: HASHER.hash_one((fact.host, fact.program)),
            label: if host.is_none() {
                words.intern(&self.host)
            } else {
                host
            },
        });
        let number = self.origins.len() - 1;
        let place = u32::try_from(number).unwrap_or(u32::MAX);
        self.known.insert(Writer::bits(fact), place);
        number
    }

    /// The number of the message to which a line of that origin belongs.
    fn message_of(&mut self, queue_id: &[u8], begins: Begin, origin: u16) -> u32 {
        let key = QueueKey::new(queue_id, &mut self.strings.long_ids);
        let writer = self.writers.get(usize::from(origin));
        let host = writer.map_or(Symbol::NONE, |own| own.label);
        let is_joined = |message: &Message| message.is(host, key);
        if begins == Begin::No
            && self
                .messages
                .get(self.joined as usize)
                .is_some_and(is_joined)
        {
            return self.joined;
        }
        let hash = Message::hash(host, key);
        let before = self.latest.find(hash, |number| {
            let message = self.messages.get(number as usize);
            message.is_some_and(|message| message.is(host, key))
        });
        // Whether a line that may begin a message does begin one is told by what came before it, perhaps in
        // another chunk: so it begins one here, and the model may join the two.
        let known = match begins {
            Begin::No => before,
            Begin::IfOver | Begin::IfTaken => None,
        };
        self.joined = known.unwrap_or_else(|| {
            self.messages.push(Message::begun(key, host, begins));
            let number = u32::try_from(self.messages.len() - 1).unwrap_or(u32::MAX);
            match before {
                Some(before) => self.latest.replace(hash, before, number),
                None => self.latest.insert(hash, number),
            }
            number
        });
        self.joined
    }

    /// Notes what a line says of its message as a whole.
    fn fill(&mut self, number: u32, fact: &Fact<'_>, event: &Event, at: u32) {
        let strings = &mut self.strings;
        let message = &mut self.messages[number as usize];
        message.mark(Mark::Completed, fact.kind == Kind::Completion);
        message.mark(Mark::TlsFailed, is_tls_failure(fact.kind, fact.trouble));
        let tells = match fact.kind {
            Kind::Arrival => {
                message.arrival = at;
                true
            }
            // Others than Exim tell of one message on several lines.
            Kind::Note => fact.mta != Mta::Exim,
            // What Postfix holds or refuses for its content it may tell no more of.
            Kind::Rejection => !message.has_arrival() || fact.mta == Mta::Postfix,
            Kind::Frozen | Kind::Discarded => fact.mta == Mta::Postfix,
            _ => false,
        };
        if !tells {
            return;
        }
        if message.sender.is_none() && !fact.sender.is_empty() {
            message.sender = if fact.kind == Kind::Arrival {
                event.address
            } else {
                let sender = whole_address(fact.mta, fact.sender);
                strings.addresses.intern(&sender)
            };
        }
        if message.message_id.is_none() && !fact.message_id.is_empty() {
            message.message_id = strings.message_ids.add(MessageId::of(fact.message_id));
        }
        if let (0, Some(size)) = (message.size, fact.size) {
            message.size = u32::try_from(size).unwrap_or(u32::MAX);
        }
        // Asked for in any case: which words find room must not depend on where a part begins.
        let protocol = strings.protocols.number(fact.protocol);
        if message.protocol == 0 {
            message.protocol = protocol;
            if protocol == Protocols::OTHER {
                self.other_protocols.insert(number, fact.protocol.into());
            }
        }
    }

    fn link(&mut self, number: u32, at: u32) {
        let message = &mut self.messages[number as usize];
        if message.last == Event::LAST {
            message.first = at;
        } else if let Some(last) = self.events.get_mut(message.last as usize) {
            last.next = at;
        }
        message.last = at;
        message.events += 1;
    }

    /// Which TLS statements the writer of lines without a frame makes, as far as this part shows.
    pub fn shown_without_frames(&self) -> TlsShown {
        let own = |origin: &&Origin| origin.program.is_none() && origin.host.is_none();
        let mut shown = TlsShown::default();
        for origin in self.origins.iter().filter(own) {
            shown.merge(origin.shows);
        }
        shown
    }

    /// Counts and judges the messages that come in with this part, once it is complete: hardly any of them goes on
    /// behind it. The model does it for all others.
    pub fn judge(&mut self) {
        // What conversations tell of an event is known when they are joined, and so is its year.
        if !self.steps.is_empty() || self.yearless {
            return;
        }
        for message in &mut self.messages {
            if message.has_arrival() {
                let mut at = message.first;
                let events = std::iter::from_fn(|| {
                    let event = *self.events.get(at as usize)?;
                    at = event.next;
                    Some(event)
                });
                let tally = self.judging.judge(&self.strings, message, events);
                message.count(tally);
            }
        }
    }

    /// Lines counted as not understood so far.
    pub fn not_understood(&self) -> usize {
        self.not_understood.len()
    }
}

/// An address as it was before Sendmail escaped the whole line. In Exim's lines a backslash may be the address's
/// own.
fn whole_address(mta: Mta, address: &[u8]) -> Cow<'_, [u8]> {
    if mta == Mta::Sendmail {
        mta.unescape(address)
    } else {
        Cow::Borrowed(address)
    }
}

/// The addresses of `<a@example.org>,<b@example.org>`.
fn recipient_list(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    address_list(text, b',').map(|part| {
        let part = part.trim_ascii();
        let inner = part.strip_prefix(b"<").unwrap_or(part);
        inner.strip_suffix(b">").unwrap_or(inner)
    })
}

/// True when a TLS handshake or STARTTLS itself failed on the way to a next host.
pub(super) const fn is_tls_failure(kind: Kind, trouble: Option<Trouble>) -> bool {
    match (kind, trouble) {
        (Kind::TlsFailed, _) => true,
        (Kind::Deferral | Kind::Failure | Kind::Note | Kind::TlsRefused, Some(trouble)) => {
            matches!(
                trouble,
                Trouble::StarttlsFailed | Trouble::HandshakeFailed | Trouble::ValidationFailure
            )
        }
        _ => false,
    }
}

/// True when an event with this remark means that nothing was sent because TLS was not had.
pub(super) fn is_stop(kind: Kind, remark: impl FnOnce() -> Remark) -> bool {
    match kind {
        Kind::TlsRefused => true,
        Kind::Deferral | Kind::Failure => {
            let trouble = remark().trouble;
            trouble.is_some_and(|trouble| trouble != Trouble::PeerRequiresTls)
        }
        _ => false,
    }
}

/// The same, unless the line says that TLS was not required.
pub(super) fn is_refusal(kind: Kind, remark: impl Fn() -> Remark) -> bool {
    is_stop(kind, &remark) && !remark().optional
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_recipients_of_one_line() {
        let list = br#"<a@example.org>, "b, c"@example.org,<"d\",e"@example.org>,f"#;
        let parts: Vec<&[u8]> = recipient_list(list).collect();
        assert_eq!(
            parts,
            [
                &b"a@example.org"[..],
                br#""b, c"@example.org"#,
                br#""d\",e"@example.org"#,
                b"f"
            ]
        );
    }
}
