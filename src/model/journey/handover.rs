//! Matches a delivery on one host with the queue entry of the next host.

use std::rc::Rc;

use hashbrown::{HashMap, HashSet};

use super::super::{Event, Lines, Message, MessageId, Model, QueueKey, Symbol};
use super::hosts::{Agreement, agreement, is_from_itself, through_filter};
use super::window::fits;
use crate::parse::{Direction, Flag, Kind};

/// Proof that two queue entries are one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The reply of the next host names the queue ID.
    QueueId,
    /// The host put the message into its queue again, and logs the old queue ID.
    Requeued,
    /// The Message-IDs are equal; times, hosts, envelope and size fit.
    MessageId,
}

/// Length in bytes from which a queue ID is unique: Exim's, Sendmail's and the long ones of Postfix. Postfix uses
/// its short IDs again within minutes.
const UNIQUE_ID: usize = 14;
/// Largest number of messages whose equal Message-ID is a proof: some programs use one ID for all their mails.
const MAX_SAME_ID: usize = 64;
/// Number of delivery lines that are read to find the origin of a message without a Message-ID.
const MAX_READ: usize = 256;
/// Number of bytes of header fields that a host may add or remove.
const HEADER: u64 = 16 << 10;

/// Finds the handovers of one journey, and caches what it reads for that.
pub(super) struct Handovers<'a> {
    model: &'a Model,
    lines: Lines<'a>,
    /// Deliveries to other hosts, by message number.
    deliveries: HashMap<u32, Rc<[Delivery<'a>]>>,
    /// Next queue entries, by message number.
    after: HashMap<u32, Vec<(u32, Proof)>>,
    same_id: HashMap<MessageId<'a>, Rc<SameId>>,
    /// Messages with a queue ID, on any host.
    with_key: HashMap<QueueKey, Vec<u32>>,
    /// All words of the model: few, and the host labels are among them.
    hosts: Vec<Symbol>,
    /// New numbers of messages that were put into the queue again, by old number.
    requeued_as: HashMap<u32, Vec<u32>>,
    /// Old number of a message that was put into the queue again, by new number.
    requeued_from: HashMap<u32, u32>,
}

#[derive(Default)]
struct SameId {
    messages: Vec<u32>,
    /// Sender and receiver of each handover among them.
    handovers: Vec<(u32, u32)>,
}

#[derive(Clone, Copy)]
struct Delivery<'a> {
    number: u32,
    message: &'a Message,
    event: Event,
    reply_id: ReplyId,
}

/// Queue ID in the reply of the next host.
#[derive(Clone, Copy, Default)]
struct ReplyId {
    /// Key of the ID; `None` when it cannot be one of the loaded logs.
    key: Option<QueueKey>,
    /// Length in bytes; 0 when the reply names no ID.
    length: usize,
}

impl<'a> Handovers<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let words = (0_u32..).zip(model.strings.words.iter());
        let mut requeued_as = HashMap::<u32, Vec<u32>>::new();
        let mut requeued_from = HashMap::new();
        for (old, new) in model.requeued() {
            requeued_as.entry(old).or_default().push(new);
            requeued_from.entry(new).or_insert(old);
        }
        Self {
            model,
            lines: Lines::new(model),
            deliveries: HashMap::new(),
            after: HashMap::new(),
            same_id: HashMap::new(),
            with_key: HashMap::new(),
            hosts: words.map(|(number, _)| Symbol(number)).collect(),
            requeued_as,
            requeued_from,
        }
    }

    /// The queue entries that received a message, on the next hosts or in the same queue.
    pub(super) fn after(&mut self, number: u32) -> Vec<(u32, Proof)> {
        if let Some(known) = self.after.get(&number) {
            return known.clone();
        }
        let mut found: Vec<(u32, Proof)> = Vec::new();
        for next in self.named_in_replies(number) {
            found.push((next, Proof::QueueId));
        }
        for next in self.requeued_as.get(&number).into_iter().flatten() {
            found.push((*next, Proof::Requeued));
        }
        let same_id = self.same_id(number);
        for (_, next) in same_id.handovers.iter().filter(|pair| pair.0 == number) {
            found.push((*next, Proof::MessageId));
        }
        let mut seen = HashSet::new();
        found.retain(|(next, _)| seen.insert(*next));
        self.after.insert(number, found.clone());
        found
    }

    /// The queue entry that handed a message over, on the previous host or in the same queue.
    pub(super) fn before(&mut self, number: u32) -> Option<u32> {
        if let Some(before) = self.requeued_from.get(&number) {
            return Some(*before);
        }
        let arrival = self.arrival(number)?;
        if arrival.direction() != Some(Direction::In) {
            return None;
        }
        let same_id = self.same_id(number);
        self.first_before(&same_id.messages, number).or_else(|| {
            let candidates = self.delivered_with_id_of(number, &arrival);
            self.first_before(&candidates, number)
        })
    }

    /// The candidate that handed the message over. A queue ID is a better proof than a Message-ID.
    fn first_before(&mut self, candidates: &[u32], number: u32) -> Option<u32> {
        let mut by_message_id = None;
        for &candidate in candidates.iter().filter(|other| **other != number) {
            let after = self.after(candidate);
            match after.iter().find(|(next, _)| *next == number) {
                Some((_, Proof::QueueId | Proof::Requeued)) => return Some(candidate),
                Some((_, Proof::MessageId)) => by_message_id = Some(candidate),
                None => {}
            }
        }
        by_message_id
    }

    /// Messages that were delivered to one of this message's recipients at about the time of its arrival, with its
    /// queue ID in the reply. For logs without Message-IDs (OpenSMTPD).
    fn delivered_with_id_of(&mut self, number: u32, arrival: &Event) -> Vec<u32> {
        let model = self.model;
        let Some(message) = model.messages.get(number) else {
            return Vec::new();
        };
        let first_host = model.origins.first().map(|origin| origin.host);
        let several_hosts = (model.origins.iter()).any(|origin| Some(origin.host) != first_host);
        if !several_hosts && !is_from_itself(model, arrival) {
            return Vec::new();
        }
        let to: HashSet<Symbol> = self.recipients(number).collect();
        let candidates = model.events.iter().filter(|event| {
            is_handover(event)
                && fits(arrival.time(), event.time())
                && event.message != number
                && (to.contains(&event.address) || to.contains(&model.strings.recipient(event)))
        });
        let mut found = Vec::new();
        for event in candidates.take(MAX_READ) {
            if self.reply_id(&event).key == Some(message.key) && !found.contains(&event.message) {
                found.push(event.message);
            }
        }
        found
    }

    /// Messages whose queue IDs the next hosts named in their replies.
    fn named_in_replies(&mut self, number: u32) -> Vec<u32> {
        let deliveries = self.deliveries(number);
        self.look_up_reply_ids(&deliveries);
        let mut found = Vec::new();
        for delivery in deliveries.iter() {
            let key = delivery.reply_id.key;
            let with_key = key.and_then(|key| self.with_key.get(&key));
            let with_key = with_key.map_or(&[][..], Vec::as_slice).iter();
            let fitting = with_key.filter(|next| self.is_named(delivery, **next));
            // A short ID may be used again: the best match is the one whose hosts agree, then the nearest in time.
            let mismatch = |next: &&u32| {
                let hosts_agree = self.agreement(delivery, **next) == Agreement::Named;
                let distance = (self.came_in(**next) - delivery.event.time()).abs();
                (!hosts_agree, distance)
            };
            found.extend(fitting.min_by_key(mismatch));
        }
        found
    }

    /// Finds the messages with the queue IDs in the replies, in one scan of all messages.
    fn look_up_reply_ids(&mut self, deliveries: &[Delivery<'_>]) {
        let model = self.model;
        let mut wanted = HashSet::new();
        let keys = deliveries
            .iter()
            .filter_map(|delivery| delivery.reply_id.key);
        for key in keys {
            if self.with_key.contains_key(&key) {
                continue;
            }
            self.with_key.insert(key, Vec::new());
            if self.hosts.iter().any(|host| model.holds(*host, key)) {
                wanted.insert(key);
            }
        }
        if wanted.is_empty() {
            return;
        }
        for (number, message) in (0_u32..).zip(model.messages.iter()) {
            if wanted.contains(&message.key) {
                self.with_key.entry(message.key).or_default().push(number);
            }
        }
    }

    /// Whether the queue ID in a reply means this message, and not another one with the same ID.
    fn is_named(&self, delivery: &Delivery<'_>, next: u32) -> bool {
        let Some(to) = self.model.messages.get(next) else {
            return false;
        };
        let local = self
            .arrival(next)
            .is_some_and(|arrival| arrival.direction() != Some(Direction::In));
        let (here, there) = (self.message_id(delivery.message), self.message_id(to));
        let known = !here.is_empty() && !there.is_empty();
        let same_id = known && here == there;
        if next == delivery.number
            || local
            || known && !same_id
            || !fits(self.came_in(next), delivery.event.time())
        {
            return false;
        }
        match self.agreement(delivery, next) {
            Agreement::Named => true,
            Agreement::Half | Agreement::Silent => same_id || delivery.reply_id.length >= UNIQUE_ID,
            Agreement::Contradicted => false,
        }
    }

    fn agreement(&self, delivery: &Delivery<'_>, next: u32) -> Agreement {
        let Some(to) = self.model.messages.get(next) else {
            return Agreement::Contradicted;
        };
        let arrival = self.arrival(next);
        agreement(
            self.model,
            (delivery.message, &delivery.event),
            (to, arrival.as_ref()),
        )
    }

    /// The messages that share the Message-ID of a message, and the handovers among them.
    fn same_id(&mut self, number: u32) -> Rc<SameId> {
        let model = self.model;
        let message = model.messages.get(number);
        let id = message.map_or_else(MessageId::default, |message| self.message_id(message));
        if id.is_empty() {
            return Rc::default();
        }
        if let Some(known) = self.same_id.get(&id) {
            return Rc::clone(known);
        }
        let all = (0_u32..).zip(model.messages.iter());
        let same = all.filter(|(_, message)| self.message_id(message) == id);
        let messages: Vec<u32> = same
            .map(|(number, _)| number)
            .take(MAX_SAME_ID + 1)
            .collect();
        let same_id = if messages.len() > MAX_SAME_ID {
            Rc::default()
        } else {
            let handovers = self.handovers(&messages);
            Rc::new(SameId {
                messages,
                handovers,
            })
        };
        self.same_id.insert(id, Rc::clone(&same_id));
        same_id
    }

    /// Pairs deliveries with arrivals among messages that share a Message-ID, the nearest in time first. An arrival
    /// whose queue ID is in a reply belongs to that delivery.
    fn handovers(&mut self, messages: &[u32]) -> Vec<(u32, u32)> {
        let mut deliveries: Vec<Delivery<'_>> = Vec::new();
        for &number in messages {
            deliveries.extend_from_slice(&self.deliveries(number));
        }
        self.look_up_reply_ids(&deliveries);
        // Number of the sending message, by that of the receiving one.
        let mut senders: HashMap<u32, u32> = HashMap::new();
        for &number in messages {
            for next in self.named_in_replies(number) {
                senders.entry(next).or_insert(number);
            }
        }
        let mut possible: Vec<(i64, usize, u32)> = Vec::new();
        for (at, delivery) in deliveries.iter().enumerate() {
            for &next in messages {
                if self.may_become(delivery, next) {
                    let distance = (self.came_in(next) - delivery.event.time()).abs();
                    possible.push((distance, at, next));
                }
            }
        }
        possible.sort_unstable();
        let (mut handovers, mut paired) = (Vec::new(), HashSet::new());
        for (_, at, next) in possible {
            let Some(delivery) = deliveries.get(at).filter(|_| !paired.contains(&at)) else {
                continue;
            };
            // Deliveries to several recipients over one connection have one arrival.
            if *senders.entry(next).or_insert(delivery.number) == delivery.number {
                paired.insert(at);
                handovers.push((delivery.number, next));
            }
        }
        handovers
    }

    /// Whether the arrival of `next`, which shares the Message-ID, may be that of a delivery.
    fn may_become(&self, delivery: &Delivery<'_>, next: u32) -> bool {
        let (Some(to), Some(arrival)) = (self.model.messages.get(next), self.arrival(next)) else {
            return false;
        };
        let filtered = through_filter(self.model, &delivery.event, &arrival);
        // Another queue ID in the reply means another message, unless it is the ID of a content filter.
        let reply_id = delivery.reply_id;
        let named_other = reply_id.length > 0 && reply_id.key != Some(to.key);
        next != delivery.number
            && arrival.direction() == Some(Direction::In)
            && fits(arrival.time(), delivery.event.time())
            && (!named_other || filtered)
            && self.same_envelope(delivery, next, to)
            && sizes_fit(delivery.message.size, to.size)
            && matches!(
                self.agreement(delivery, next),
                Agreement::Named | Agreement::Half
            )
    }

    /// Whether sender and recipient of a delivery fit those of the next message. Unknown ones fit.
    fn same_envelope(&self, delivery: &Delivery<'_>, next: u32, to: &Message) -> bool {
        let text = |symbol| self.model.strings.addresses.get(symbol);
        let (here, there) = (text(delivery.message.sender), text(to.sender));
        if !here.is_empty() && !there.is_empty() && !here.eq_ignore_ascii_case(there) {
            return false;
        }
        let recipient = self.model.strings.recipient(&delivery.event);
        let here = [delivery.event.address, recipient].map(text);
        let mut recipients = self.recipients(next).map(text).peekable();
        recipients.peek().is_none()
            || recipients.any(|there| here.iter().any(|here| here.eq_ignore_ascii_case(there)))
    }

    /// Recipients of a message, before and after alias expansion.
    fn recipients(&self, number: u32) -> impl Iterator<Item = Symbol> {
        let message = self.model.messages.get(number);
        let events = message.into_iter().flat_map(|m| self.model.events_of(m));
        let others = events.filter(|event| event.kind != Kind::Arrival);
        others
            .flat_map(|event| [event.address, self.model.remark(&event).parent])
            .filter(|address| !address.is_none())
    }

    fn deliveries(&mut self, number: u32) -> Rc<[Delivery<'a>]> {
        if let Some(known) = self.deliveries.get(&number) {
            return Rc::clone(known);
        }
        let model = self.model;
        let mut deliveries = Vec::new();
        if let Some(message) = model.messages.get(number) {
            for event in model.events_of(message).filter(is_handover) {
                deliveries.push(Delivery {
                    number,
                    message,
                    event,
                    reply_id: self.reply_id(&event),
                });
            }
        }
        let deliveries: Rc<[Delivery<'a>]> = deliveries.into();
        self.deliveries.insert(number, Rc::clone(&deliveries));
        deliveries
    }

    /// Queue ID in the reply on the line of a delivery. Reads the line.
    fn reply_id(&mut self, delivery: &Event) -> ReplyId {
        let long_ids = &self.model.strings.long_ids;
        let read = self.lines.recall(delivery, |fact| {
            let id = fact.peer_queue_id();
            let key = QueueKey::find(id, long_ids);
            ReplyId {
                key: key.filter(|_| !id.is_empty()),
                length: id.len(),
            }
        });
        read.ok().flatten().unwrap_or_default()
    }

    fn arrival(&self, number: u32) -> Option<Event> {
        let message = self.model.messages.get(number)?;
        self.model.events.get(message.arrival)
    }

    fn came_in(&self, number: u32) -> i64 {
        self.model.came_in(number)
    }

    fn message_id(&self, message: &Message) -> MessageId<'a> {
        self.model.strings.message_ids.get(message.message_id)
    }
}

fn is_handover(event: &Event) -> bool {
    event.kind == Kind::Delivery
        && event.direction() == Some(Direction::Out)
        && event.flag() != Some(Flag::Suppressed)
        && event.message != Event::NO_MESSAGE
        && !event.peer.is_none()
}

/// Whether two sizes in bytes may be of one message. Hosts add and remove header fields, and count line ends as one
/// byte or two. Unknown sizes, 0, fit.
fn sizes_fit(here: u32, there: u32) -> bool {
    let (here, there) = (u64::from(here), u64::from(there));
    let unknown = here == 0 || there == 0;
    unknown || there <= here / 2 * 3 + HEADER && here <= there / 4 * 5 + HEADER
}
