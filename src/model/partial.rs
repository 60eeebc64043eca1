//! Collects the events and messages of one chunk, without knowledge of other chunks.
//!
//! - `messages`: assigns lines to messages
//! - `origins`, `peers`: find the writer and the remote host of a line
//! - `plain`: the fast path for lines in a usual form

mod messages;
mod origins;
mod peers;
mod plain;

use std::borrow::Cow;
use std::hash::BuildHasher;

use hashbrown::HashMap;

use crate::parse::stamp::is_unreal;
use crate::parse::{Content, Direction, Fact, Kind, Mta, Outcome, Turn};

use super::intern::HASHER;
use super::line_runs::LineRuns;
use super::message::Begin;
use super::slots::Slots;
use super::summary::Tallier;
use super::{
    Clock, Event, Message, QueueKey, Remark, Statements, Strings, Symbol, TlsShown, address_list,
};

use origins::Origins;
use peers::Peers;
use plain::Templates;

/// Events and messages of one chunk of a log. Its symbols and numbers hold within the part; lines count from 0.
#[derive(Default)]
pub struct Partial {
    pub(super) strings: Strings,
    pub(super) statements: Statements,
    pub(super) events: Vec<Event>,
    /// Protocol words of messages with [`Protocols::OTHER`], by message number: the model may have room for them.
    pub(super) other_protocols: HashMap<u32, Box<[u8]>>,
    pub(super) lines: LineRuns,
    pub(super) messages: Vec<Message>,
    pub(super) origins: Origins,
    /// Roles of events in conversations, in the order of the events.
    pub(super) steps: Vec<Step>,
    /// Event number, other queue ID and relation of lines that name another queue entry, in the order of the events.
    pub(super) links: Vec<(u32, QueueKey, Tie)>,
    /// Line and reason of lines that were not understood.
    pub(super) not_understood: Vec<(u32, &'static str)>,
    /// Number of lines of programs that move no mail.
    pub(super) foreign: u32,
    /// Where lines of a host were lost: number of the event behind, and host.
    pub(super) gaps: Vec<(u32, Symbol)>,
    /// Rejections, of which the reject log may hold copies.
    pub(super) rejections: Vec<Rejection>,
    /// True when a line names no year.
    pub(super) yearless: bool,
    /// Number of the latest message of each queue ID, by [`Message::hash`].
    latest: Slots,
    /// Message of the line before: lines of one message often follow each other.
    last_message: u32,
    templates: Templates,
    peers: Peers,
    scratch: Vec<u8>,
    tallier: Tallier,
}

/// Role of an event in a conversation with a peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Number of the event in the part.
    pub event: u32,
    /// Hash that identifies the conversation.
    pub dialogue: u64,
    pub turn: Turn,
    /// Upper limit of the conversation's age, in milliseconds.
    pub open_for: Option<u32>,
}

/// A rejection, which Exim writes to its reject log as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rejection {
    /// Number of the event in the part.
    pub event: u32,
    /// Hash of the line.
    pub hash: u64,
    /// True for Exim in syslog, where the copy from the reject log comes in the same file.
    pub twin: bool,
}

impl Rejection {
    fn of(fact: &Fact<'_>, text: &[u8], event: u32) -> Self {
        let twin = fact.mta == Mta::Exim && !fact.program.is_empty();
        let hash = if twin {
            // The syslog frames of the two lines differ, so only the content is hashed.
            let line = (fact.host, fact.program, fact.dialogue, fact.stamp.civil);
            HASHER.hash_one((line, fact.queue_id, fact.peer.ip, fact.address, fact.text))
        } else {
            HASHER.hash_one(text)
        };
        Self { event, hash, twin }
    }
}

/// Relation of a line's message to another queue entry of the same host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// The message is a bounce of the other one.
    BounceOf,
    /// The other one is a notification about the message.
    Notified,
    /// The message had the other queue ID before it was put into the queue again.
    WasBefore,
}

impl Partial {
    /// An empty part; `host` is the host label of the log, empty for none.
    pub fn new(host: &[u8]) -> Self {
        Self {
            origins: Origins::of_host(host),
            ..Self::default()
        }
    }

    /// Empties the part for another chunk of the same log. Keeps the allocations: the system would have to zero new
    /// memory for each chunk.
    pub fn clear(&mut self) {
        self.strings.clear();
        self.statements.clear();
        self.events.clear();
        self.lines.clear();
        self.messages.clear();
        self.origins.clear();
        self.steps.clear();
        self.links.clear();
        self.not_understood.clear();
        self.foreign = 0;
        self.gaps.clear();
        self.yearless = false;
        self.rejections.clear();
        self.other_protocols.clear();
        self.latest.clear();
        self.templates.clear();
        self.peers.clear();
    }

    /// Reserves room for a text of `bytes` bytes, if the part has no room yet.
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
        self.templates.expect(messages / 2);
    }

    /// Adds one record as its grammar has read it. `line` is its first line, counted from 0 within the chunk.
    pub fn take(&mut self, outcome: &Outcome<'_>, text: &[u8], line: u32, clock: &mut Clock) {
        match outcome {
            Outcome::Fact(fact) => self.take_fact(fact, text, line, clock),
            Outcome::Continuation => {}
            Outcome::Foreign => self.foreign += 1,
            Outcome::LinesLost(host) => {
                self.foreign += 1;
                let host = self.strings.words.intern(host);
                self.gaps.push((self.next_event(), host));
            }
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
        let mut event = self.event(fact, clock);
        let at = self.next_event();
        if fact.kind == Kind::Rejection {
            event.set_ends_connection(fact.trouble.is_some());
            self.rejections.push(Rejection::of(fact, text, at));
        }
        if fact.kind == Kind::Arrival || fact.recipients.is_empty() {
            self.push(fact, event, line);
            return;
        }
        // A line of Sendmail about several recipients becomes an event for each.
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
            self.tie(at, fact.former_id, Tie::WasBefore);
        }
        self.lines.push(at, line);
        self.events.push(event);
    }

    /// Hash that identifies a conversation: host, program, process or session ID, and direction.
    fn dialogue(&self, fact: &Fact<'_>, origin: u16) -> u64 {
        // One process of Sendmail may receive a message and send it on.
        let outbound = fact.direction == Some(Direction::Out);
        HASHER.hash_one((self.origins.hash(origin), fact.dialogue, outbound))
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
        // A local delivery often repeats the envelope recipient. The length is tested first: comparing two empty
        // slices costs hundreds of cycles on some processors.
        let parent = fact.parent_address;
        let parent = if !parent.is_empty() && parent == address {
            b""
        } else {
            parent
        };
        let (mut event, mut remark) = (Event::default(), Remark::default());
        self.fill_event(fact, &mut event, &mut remark);
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

    /// Fills in all fields of an event and its remark but time, mark, message and addresses.
    fn fill_event(&mut self, fact: &Fact<'_>, event: &mut Event, remark: &mut Remark) {
        let strings = &mut self.strings;
        let origin = self.origins.number(fact, &mut strings.words);
        let peer = self.peers.intern(&fact.peer, &mut strings.peers);
        // Texts that repeat are stored; others (replies, connection lines) are read from the line again.
        let keeps_text = match fact.kind {
            Kind::Arrival | Kind::Delivery => false,
            // All other texts say the same as the kind.
            Kind::Completion => fact.text == b"requeued",
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
        event.set_special(fact.content != Content::AsKind);
    }

    /// TLS statements in this part of the writer of lines without a syslog frame.
    pub fn shown_without_frames(&self) -> TlsShown {
        self.origins.shown_without_frames()
    }

    /// Number of lines that were not understood so far.
    pub fn not_understood(&self) -> usize {
        self.not_understood.len()
    }
}

/// Undoes Sendmail's escapes in an address. Exim's lines stay as they are: a backslash may be part of the address.
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
