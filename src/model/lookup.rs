//! Questions the model answers directly.

use std::borrow::Cow;
use std::path::Path;

use crate::parse::{Direction, Kind};
use crate::source::{FileText, SourceError};
use crate::tls::{Network, Session, TlsState};

use super::dialogues::same_peer;
use super::event::Silence;
use super::network::classify;
use super::ours::Ours;
use super::refusal::{is_refusal, is_stop};
use super::{
    Cidr, Event, FileInfo, Lines, Mail, Message, Model, Origin, QueueKey, Remark, Symbol, Trust,
    shares,
};

impl Model {
    /// A model in which these networks count as inside and the headers of these hosts are believed.
    pub fn new(inner: Vec<Cidr>, trust: Trust) -> Self {
        Self {
            inner,
            ours: Ours::new(trust),
            ..Self::default()
        }
    }

    /// Adds a file; its lines come by [`Model::merge`].
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

    /// One record of a loaded file, see [`Lines::record`].
    pub fn record(&self, file: u32, line: u32) -> Result<Vec<u8>, SourceError> {
        let mut lines = Lines::new(self);
        lines.record(file, line).map(<[u8]>::to_vec)
    }

    /// The messages of a queue ID, oldest first: one for each host and stretch of time.
    pub fn messages_of_queue_id(&self, id: &[u8]) -> Vec<u32> {
        let Some(key) = QueueKey::find(id, &self.strings.long_ids) else {
            return Vec::new();
        };
        let all = (0_u32..).zip(self.messages.iter());
        all.filter(|(_, message)| message.key == key)
            .map(|(number, _)| number)
            .collect()
    }

    /// Times of a message's first and last event, in milliseconds since 1970-01-01 UTC. Files may be
    /// loaded in any order, and parallel processes write a little out of order.
    pub fn span_of(&self, message: &Message) -> (i64, i64) {
        let mut times = self.events_of(message).map(|event| event.time());
        let first = times.next().unwrap_or_default();
        times.fold((first, first), |(first, last), time| {
            (first.min(time), last.max(time))
        })
    }

    /// Events that got a message or a TLS session from a later chunk than their own, in the order in which that
    /// happened. Whoever keeps what it read in an event reads these again.
    pub fn amended(&self) -> &[u32] {
        &self.amended
    }

    /// How often lines were dated anew: a later one told that their year was another.
    pub fn redated(&self) -> u32 {
        self.redated
    }

    /// Notes that an event was changed.
    pub(super) fn amend(&mut self, event: u32) {
        if event < self.chunk_start {
            self.amended.push(event);
        }
    }

    /// The first and the last time of all events, in milliseconds since 1970-01-01 UTC. Looks at each.
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

    /// The time of the newest event or mail, in milliseconds since 1970-01-01 UTC; 0 without any.
    pub fn newest(&self) -> i64 {
        self.newest.unwrap_or(0)
    }

    /// The queue ID of a message as the mail system wrote it.
    pub fn queue_id(&self, message: &Message) -> Vec<u8> {
        message.key.text(&self.strings.long_ids)
    }

    /// The file of an event.
    pub fn file_of(&self, event: &Event) -> Option<&FileInfo> {
        self.files.get(self.origin_of(event)?.file as usize)
    }

    /// The text of an event with the escapes of its mail system undone: a stranger's bytes.
    pub fn unescaped_text(&self, event: &Event) -> Cow<'_, [u8]> {
        let text = self.strings.texts.get(self.remark(event).text);
        let mta = self.origin_of(event).map(|origin| origin.mta);
        mta.map_or(Cow::Borrowed(text), |mta| mta.unescape(text))
    }

    /// What an event says besides when, who, whom and how.
    pub fn remark(&self, event: &Event) -> Remark {
        self.strings.remark(event)
    }

    /// Who wrote an event.
    pub fn origin_of(&self, event: &Event) -> Option<&Origin> {
        self.origins.get(usize::from(event.origin))
    }

    /// The number of an event's file.
    pub fn file_number(&self, event: &Event) -> u32 {
        self.origin_of(event).map_or(0, |origin| origin.file)
    }

    /// Path of a file, as given.
    pub fn path(&self, file: u32) -> &Path {
        self.files
            .get(file as usize)
            .map_or(Path::new(""), |info| &info.path)
    }

    /// The network between us and a remote host.
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

    /// What an event says of TLS. Absence of a statement is plaintext only where its writer says so, or was
    /// seen to state TLS elsewhere in the same file; whatever the peer could have forged says nothing.
    pub fn tls_state(&self, event: &Event) -> TlsState {
        if is_refusal(event.kind, || self.remark(event)) {
            return TlsState::Refused;
        }
        let direction = match event.direction() {
            None | Some(Direction::Local) => return TlsState::NotApplicable,
            Some(direction) => direction,
        };
        match event.kind {
            Kind::TlsDowngrade => TlsState::No,
            _ if event.is_ambiguous() => TlsState::NotStated,
            _ if event.session != 0 => TlsState::Yes,
            Kind::Arrival | Kind::Delivery if self.settles(event, direction) => TlsState::No,
            _ => TlsState::NotStated,
        }
    }

    /// Whether nothing was sent because TLS was not had: refused by us, or put off where TLS was not required.
    pub fn was_stopped(&self, event: &Event) -> bool {
        is_stop(event.kind, || self.remark(event))
    }

    /// Whether two events speak of the same remote host.
    pub fn is_same_peer(&self, one: &Event, other: &Event) -> bool {
        same_peer(&self.strings, one.peer, other.peer)
    }

    /// Whether an event without a TLS session was in clear.
    fn settles(&self, event: &Event, direction: Direction) -> bool {
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

    /// The TLS session of an event, unless the line may be forged.
    pub fn session(&self, event: &Event) -> Option<&Session> {
        if event.is_ambiguous() {
            None
        } else {
            self.sessions.get(event.session)
        }
    }

    /// Bytes held on the heap by events, messages, strings, mails and indexes, and by the text that is kept
    /// because it cannot be read again.
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
