//! Simple queries and small changes of a model.

use std::borrow::Cow;
use std::path::Path;

use crate::parse::{Direction, Kind};
use crate::source::{FileText, SourceError};
use crate::tls::{Network, Session, TlsState};

use super::attempts::Attempts;
use super::dialogues::same_peer;
use super::event::Silence;
use super::network::classify;
use super::ours::Ours;
use super::refusal::{is_refusal, is_stop};
use super::{
    Cidr, Event, FileInfo, Lines, Mail, Message, Model, Origin, QueueKey, Remark, Symbol, Trust,
    shares,
};

/// Number of events of a message among which the outcome of a connection is looked for.
const MAX_OUTCOMES: usize = 200;

impl Model {
    /// An empty model; the networks in `inner` count as inside, the headers that `trust` names are believed.
    pub fn new(inner: Vec<Cidr>, trust: Trust) -> Self {
        Self {
            inner,
            ours: Ours::new(trust),
            ..Self::default()
        }
    }

    /// Adds a file without lines, which [`Model::merge`] adds; gives its number.
    pub fn add_file(&mut self, info: FileInfo, text: FileText) -> u32 {
        self.files.push(FileInfo {
            first_event: self.events.len(),
            ..info
        });
        self.text.add(text)
    }

    /// Adds a loaded mail, whose file was added before.
    pub fn add_mail(&mut self, mut mail: Mail) {
        self.ours.judge(&mut mail);
        let time = mail.time();
        if let Some(file) = self.files.get_mut(mail.file as usize) {
            file.newest = file.newest.max(time);
        }
        self.newest = self.newest.max(time);
        self.mail_bytes += mail.heap_bytes();
        self.mails.push(mail);
        self.generation += 1;
    }

    /// Text of a record, see [`Lines::record`].
    pub fn record(&self, file: u32, line: u32) -> Result<Vec<u8>, SourceError> {
        let mut lines = Lines::new(self);
        lines.record(file, line).map(<[u8]>::to_vec)
    }

    /// Numbers of the messages with a queue ID, on all hosts. A host may have several, because IDs are used again.
    pub fn messages_of_queue_id(&self, id: &[u8]) -> Vec<u32> {
        let Some(key) = QueueKey::find(id, &self.strings.long_ids) else {
            return Vec::new();
        };
        let all = (0_u32..).zip(self.messages.iter());
        all.filter(|(_, message)| message.key == key)
            .map(|(number, _)| number)
            .collect()
    }

    /// Earliest and latest time of a message's events, in milliseconds since 1970-01-01 UTC. These need not be the
    /// first and last event: files may be loaded in any order, and parallel processes log a little out of order.
    pub fn span_of(&self, message: &Message) -> (i64, i64) {
        let mut times = self.events_of(message).map(|event| event.time());
        let first = times.next().unwrap_or_default();
        times.fold((first, first), |(first, last), time| {
            (first.min(time), last.max(time))
        })
    }

    /// Numbers of events that a later chunk changed, in the order of these changes: it gave them a message or a TLS
    /// session, or showed that a connection ended with them. Code that caches what it read from events must read
    /// these again.
    pub fn amended(&self) -> &[u32] {
        &self.amended
    }

    /// Number of times that the events of a file got other years, because a later line proved them.
    pub fn redated(&self) -> u32 {
        self.redated
    }

    /// Notes a change of an event of an earlier chunk, see [`Model::amended`].
    pub(super) fn amend(&mut self, event: u32) {
        if event < self.chunk_start {
            self.amended.push(event);
        }
    }

    /// Earliest and latest time of all events, in milliseconds since 1970-01-01 UTC. Reads every event.
    pub fn times(&self) -> Option<(i64, i64)> {
        let ends = |(a, b): (i64, i64), (first, last): (i64, i64)| (a.min(first), b.max(last));
        let parts = shares::stretches(0..self.events.len(), shares::EVENTS);
        let parts = shares::share(parts, |part| {
            let events = self.events.range(part.start, part.end);
            events
                .map(|event| (event.time(), event.time()))
                .reduce(ends)
        });
        parts.into_iter().flatten().reduce(ends)
    }

    /// Time of the newest event or mail, in milliseconds since 1970-01-01 UTC; 0 without any.
    pub fn newest(&self) -> i64 {
        self.newest.unwrap_or(0)
    }

    /// Queue ID of a message as the mail system wrote it.
    pub fn queue_id(&self, message: &Message) -> Vec<u8> {
        message.key.text(&self.strings.long_ids)
    }

    /// File of an event.
    pub fn file_of(&self, event: &Event) -> Option<&FileInfo> {
        self.files.get(self.origin_of(event)?.file as usize)
    }

    /// Text of an event's remark, with the escapes of its mail system undone. Untrusted bytes.
    pub fn unescaped_text(&self, event: &Event) -> Cow<'_, [u8]> {
        let text = self.strings.texts.get(self.remark(event).text);
        let mta = self.origin_of(event).map(|origin| origin.mta);
        mta.map_or(Cow::Borrowed(text), |mta| mta.unescape(text))
    }

    /// Remark of an event.
    pub fn remark(&self, event: &Event) -> Remark {
        self.strings.remark(event)
    }

    /// Writer of an event.
    pub fn origin_of(&self, event: &Event) -> Option<&Origin> {
        self.origins.get(usize::from(event.origin))
    }

    /// Number of an event's file.
    pub fn file_number(&self, event: &Event) -> u32 {
        self.origin_of(event).map_or(0, |origin| origin.file)
    }

    /// Path of a file, as given.
    pub fn path(&self, file: u32) -> &Path {
        self.files
            .get(file as usize)
            .map_or(Path::new(""), |info| &info.path)
    }

    /// Network of a remote host.
    pub fn network(&self, peer: Symbol) -> Network {
        self.networks
            .get(peer.0 as usize)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn classify_new_peers(&mut self) {
        for peer in u32::try_from(self.networks.len()).unwrap_or(u32::MAX)..self.strings.peers.len()
        {
            let address = self.strings.address(Symbol(peer));
            self.networks.push(classify(address, &self.inner));
        }
    }

    /// TLS state of an event. A missing TLS statement means plaintext only if the line says so, or if its writer
    /// states TLS elsewhere in the file. A line that the peer could have forged states nothing.
    pub fn tls_state(&self, event: &Event) -> TlsState {
        if is_refusal(event, || self.remark(event)) {
            return TlsState::Refused;
        }
        let direction = match event.direction() {
            None | Some(Direction::Local) => return TlsState::NotApplicable,
            Some(direction) => direction,
        };
        match event.kind {
            Kind::TlsDowngrade if self.was_sent_after(event) => TlsState::No,
            Kind::TlsDowngrade => TlsState::NotStated,
            _ if event.is_ambiguous() => TlsState::NotStated,
            _ if event.session != 0 => TlsState::Yes,
            _ if event.is_leg() && self.is_plaintext(event, direction) => TlsState::No,
            _ => TlsState::NotStated,
        }
    }

    /// Whether nothing was sent because there was no TLS: TLS was required, or the delivery was deferred without that.
    pub fn was_stopped(&self, event: &Event) -> bool {
        is_stop(event, || self.remark(event))
    }

    /// Whether the message was sent over the connection that goes on in clear after `downgrade`. Exim tells that it
    /// goes on before the peer has taken a recipient: if the peer refuses all of them, the message is not sent.
    fn was_sent_after(&self, downgrade: &Event) -> bool {
        let first = std::iter::once(downgrade.number);
        let later = std::iter::successors(Some(downgrade.next), |&at| Some(self.events.next(at)));
        let numbers = first.chain(later.take_while(|&at| at < self.events.len()));
        let mut attempts = Attempts::default();
        let events = numbers.filter_map(|number| self.events.get(number));
        let mut numbered = events
            .take(MAX_OUTCOMES)
            .map(|event| (attempts.take(&self.strings, &event), event));
        let connection = numbered.next().map_or(0, |(attempt, _)| attempt);
        numbered.any(|(attempt, event)| {
            let is_same = attempt > 0 && attempt == connection;
            is_same && event.is_leg() && event.session == 0
        })
    }

    /// Whether two events have the same remote host.
    pub fn is_same_peer(&self, one: &Event, other: &Event) -> bool {
        same_peer(&self.strings, one.peer, other.peer)
    }

    /// Whether an event without a TLS session was plaintext.
    fn is_plaintext(&self, event: &Event, direction: Direction) -> bool {
        let shows = self
            .origin_of(event)
            .map(|origin| origin.shows)
            .unwrap_or_default();
        match event.absence() {
            Silence::Telling => shows.settles(direction),
            Silence::Clear => true,
            Silence::Mute => false,
            Silence::Early => direction == Direction::In && shows.word,
        }
    }

    /// TLS session of an event, unless the peer could have forged the line.
    pub fn session(&self, event: &Event) -> Option<&Session> {
        if event.is_ambiguous() {
            None
        } else {
            self.sessions.get(event.session)
        }
    }

    /// Bytes held on the heap, including text that is kept in memory because it cannot be read again.
    pub fn heap_bytes(&self) -> usize {
        self.strings.heap_bytes()
            + self.text.heap_bytes()
            + self.mail_bytes
            + self.files.capacity() * size_of::<FileInfo>()
            + self.links.capacity() * size_of::<super::Link>()
            + self.dialogues.heap_bytes()
            + self.events.heap_bytes()
            + self.messages.heap_bytes()
            + self.by_key.heap_bytes()
            + self.by_writer.heap_bytes()
            + self.rejections.allocation_size()
            + self.networks.capacity()
            + self.amended.capacity() * size_of::<u32>()
            + self.not_understood.capacity() * size_of::<super::NotUnderstood>()
            + self.mails.capacity() * size_of::<Mail>()
    }
}
