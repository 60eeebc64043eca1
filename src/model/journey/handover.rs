//! Who handed a message to whom: a delivery on one host, and the queue entry that it became on the next.

use std::rc::Rc;

use hashbrown::{HashMap, HashSet};

use super::super::{Event, Lines, Message, MessageId, Model, QueueKey, Symbol};
use super::hosts::{Agreement, agreement, is_from_itself, through_filter};
use super::window::fits;
use crate::parse::{Direction, Flag, Kind};

/// What shows that two queue entries are one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The next host's reply names the queue ID that it gave.
    QueueId,
    /// The host put the message into its queue again and names the ID that it had.
    Requeued,
    /// The Message-IDs are equal, and times, hosts, envelope and size go together.
    MessageId,
}

/// From this length on a queue ID is no other message's by chance: Exim's, Sendmail's and the long ones
/// of Postfix. The short ones of Postfix are used again within minutes.
const LONG_ID: usize = 14;
/// A Message-ID that more messages share says nothing: some programs write the same into every mail.
const MOST_ALIKE: usize = 64;
/// Lines that are read to find out which of them handed over a message without a Message-ID.
const MOST_READ: usize = 256;
/// Header lines that a hop adds or takes away, in bytes.
const HEADER: u64 = 16 << 10;

/// Answers questions about handovers for as long as somebody looks at one journey.
pub(super) struct Handovers<'a> {
    model: &'a Model,
    lines: Lines<'a>,
    sent: HashMap<u32, Rc<[Sent<'a>]>>,
    after: HashMap<u32, Vec<(u32, Proof)>>,
    /// By Message-ID.
    alike: HashMap<MessageId<'a>, Rc<Alike>>,
    /// By queue ID: the messages that have it, on whatever host.
    holders: HashMap<QueueKey, Vec<u32>>,
    /// Every word that may be the label of a host: these are few.
    hosts: Vec<Symbol>,
    /// What entries that were put into the queue again became.
    became: HashMap<u32, Vec<u32>>,
    /// What an entry was before it was put into the queue again.
    was: HashMap<u32, u32>,
}

/// The messages that share a Message-ID.
#[derive(Default)]
struct Alike {
    messages: Vec<u32>,
    /// Who handed which to whom.
    pairs: Vec<(u32, u32)>,
}

/// A delivery to another host.
#[derive(Clone, Copy)]
struct Sent<'a> {
    number: u32,
    message: &'a Message,
    event: Event,
    named: Named,
}

/// The queue ID in a reply.
#[derive(Clone, Copy, Default)]
struct Named {
    /// As a key; none where no message of the logs has it.
    key: Option<QueueKey>,
    /// Its length; 0 where the reply names none.
    length: usize,
}

impl<'a> Handovers<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let words = (0_u32..).zip(model.strings.words.iter());
        let (mut became, mut was) = (HashMap::<u32, Vec<u32>>::new(), HashMap::new());
        for (old, new) in model.requeued() {
            became.entry(old).or_default().push(new);
            was.entry(new).or_insert(old);
        }
        Self {
            model,
            lines: Lines::new(model),
            sent: HashMap::new(),
            after: HashMap::new(),
            alike: HashMap::new(),
            holders: HashMap::new(),
            hosts: words.map(|(number, _)| Symbol(number)).collect(),
            became,
            was,
        }
    }

    /// The messages that a message became on the next hosts.
    pub(super) fn after(&mut self, number: u32) -> Vec<(u32, Proof)> {
        if let Some(known) = self.after.get(&number) {
            return known.clone();
        }
        let mut found: Vec<(u32, Proof)> = Vec::new();
        for next in self.named_by(number) {
            found.push((next, Proof::QueueId));
        }
        for next in self.became.get(&number).into_iter().flatten() {
            found.push((*next, Proof::Requeued));
        }
        for next in self
            .alike(number)
            .pairs
            .iter()
            .filter(|pair| pair.0 == number)
        {
            found.push((next.1, Proof::MessageId));
        }
        let mut seen = HashSet::new();
        found.retain(|(next, _)| seen.insert(*next));
        self.after.insert(number, found.clone());
        found
    }

    /// The message that a message was before, on the host that handed it over.
    pub(super) fn before(&mut self, number: u32) -> Option<u32> {
        if let Some(before) = self.was.get(&number) {
            return Some(*before);
        }
        let arrival = self.arrival(number)?;
        if arrival.direction() != Some(Direction::In) {
            return None;
        }
        let alike = self.alike(number);
        self.first_before(&alike.messages, number).or_else(|| {
            let candidates = self.naming(number, &arrival);
            self.first_before(&candidates, number)
        })
    }

    /// The candidate that became the message; a named queue ID is worth more than a Message-ID.
    fn first_before(&mut self, candidates: &[u32], number: u32) -> Option<u32> {
        let mut by_message_id = None;
        for &candidate in candidates.iter().filter(|own| **own != number) {
            let after = self.after(candidate);
            match after.iter().find(|(next, _)| *next == number) {
                Some((_, Proof::QueueId | Proof::Requeued)) => return Some(candidate),
                Some((_, Proof::MessageId)) => by_message_id = Some(candidate),
                None => {}
            }
        }
        by_message_id
    }

    /// Messages that were delivered about when this one came in, to one of its recipients, with a reply that
    /// names its queue ID: so a log without Message-IDs (OpenSMTPD) is found.
    fn naming(&mut self, number: u32, arrival: &Event) -> Vec<u32> {
        let model = self.model;
        let Some(message) = model.messages.get(number) else {
            return Vec::new();
        };
        let first_host = model.origins.first().map(|origin| origin.host);
        let several_hosts = (model.origins.iter()).any(|own| Some(own.host) != first_host);
        if !several_hosts && !is_from_itself(model, arrival) {
            return Vec::new();
        }
        let to: HashSet<Symbol> = self.recipients(number).collect();
        let about_then = model.events.iter().filter(|event| {
            is_handover(event)
                && fits(arrival.time(), event.time())
                && event.message != number
                && (to.contains(&event.address) || to.contains(&model.strings.recipient(event)))
        });
        let mut found = Vec::new();
        for event in about_then.take(MOST_READ) {
            if self.named(&event).key == Some(message.key) && !found.contains(&event.message) {
                found.push(event.message);
            }
        }
        found
    }

    /// The messages whose queue IDs the next hosts named in their replies.
    fn named_by(&mut self, number: u32) -> Vec<u32> {
        let sent = self.sent(number);
        self.find_holders(&sent);
        let mut found = Vec::new();
        for sent in sent.iter() {
            let key = sent.named.key;
            let holders = key.and_then(|key| self.holders.get(&key));
            let holders = holders.map_or(&[][..], Vec::as_slice).iter();
            let fitting = holders.filter(|next| self.is_named(sent, **next));
            // A short ID may have been used again: the nearest in time is meant.
            let nearness = |next: &&u32| {
                let named = self.agreement(sent, **next) == Agreement::Named;
                (!named, (self.came_in(**next) - sent.event.time()).abs())
            };
            found.extend(fitting.min_by_key(nearness));
        }
        found
    }

    /// Looks up who has the queue IDs that replies name: one walk over all messages for all of them.
    fn find_holders(&mut self, sent: &[Sent<'_>]) {
        let model = self.model;
        let mut wanted = HashSet::new();
        for key in sent.iter().filter_map(|sent| sent.named.key) {
            if self.holders.contains_key(&key) {
                continue;
            }
            self.holders.insert(key, Vec::new());
            if self.hosts.iter().any(|host| model.holds(*host, key)) {
                wanted.insert(key);
            }
        }
        if wanted.is_empty() {
            return;
        }
        for (number, message) in (0_u32..).zip(model.messages.iter()) {
            if wanted.contains(&message.key) {
                self.holders.entry(message.key).or_default().push(number);
            }
        }
    }

    /// Whether a message is the one whose queue ID a reply named.
    fn is_named(&self, sent: &Sent<'_>, next: u32) -> bool {
        let Some(to) = self.model.messages.get(next) else {
            return false;
        };
        let local = self
            .arrival(next)
            .is_some_and(|arrival| arrival.direction() != Some(Direction::In));
        let (here, there) = (self.message_id(sent.message), self.message_id(to));
        let known = !here.is_empty() && !there.is_empty();
        let same_id = known && here == there;
        if next == sent.number
            || local
            || known && !same_id
            || !fits(self.came_in(next), sent.event.time())
        {
            return false;
        }
        match self.agreement(sent, next) {
            Agreement::Named => true,
            Agreement::Half | Agreement::Silent => same_id || sent.named.length >= LONG_ID,
            Agreement::Contradicted => false,
        }
    }

    fn agreement(&self, sent: &Sent<'_>, next: u32) -> Agreement {
        let Some(to) = self.model.messages.get(next) else {
            return Agreement::Contradicted;
        };
        let arrival = self.arrival(next);
        agreement(
            self.model,
            (sent.message, &sent.event),
            (to, arrival.as_ref()),
        )
    }

    /// The messages that share a Message-ID, and which of them became which.
    fn alike(&mut self, number: u32) -> Rc<Alike> {
        let model = self.model;
        let message = model.messages.get(number);
        let id = message.map_or_else(MessageId::default, |message| self.message_id(message));
        if id.is_empty() {
            return Rc::default();
        }
        if let Some(known) = self.alike.get(&id) {
            return Rc::clone(known);
        }
        let all = (0_u32..).zip(model.messages.iter());
        let same = all.filter(|(_, message)| self.message_id(message) == id);
        let messages: Vec<u32> = same
            .map(|(number, _)| number)
            .take(MOST_ALIKE + 1)
            .collect();
        let alike = if messages.len() > MOST_ALIKE {
            Rc::default()
        } else {
            let pairs = self.pairs(&messages);
            Rc::new(Alike { messages, pairs })
        };
        self.alike.insert(id, Rc::clone(&alike));
        alike
    }

    /// Pairs deliveries with the messages they became, the nearest in time first. Who was named by a queue
    /// ID is spoken for.
    fn pairs(&mut self, messages: &[u32]) -> Vec<(u32, u32)> {
        let mut deliveries: Vec<Sent<'_>> = Vec::new();
        for &number in messages {
            deliveries.extend_from_slice(&self.sent(number));
        }
        self.find_holders(&deliveries);
        let mut taken: HashMap<u32, u32> = HashMap::new();
        for &number in messages {
            for next in self.named_by(number) {
                taken.entry(next).or_insert(number);
            }
        }
        let mut possible: Vec<(i64, usize, u32)> = Vec::new();
        for (at, sent) in deliveries.iter().enumerate() {
            for &next in messages {
                if self.may_become(sent, next) {
                    let away = (self.came_in(next) - sent.event.time()).abs();
                    possible.push((away, at, next));
                }
            }
        }
        possible.sort_unstable();
        let (mut pairs, mut done) = (Vec::new(), HashSet::new());
        for (_, at, next) in possible {
            let Some(sent) = deliveries.get(at).filter(|_| !done.contains(&at)) else {
                continue;
            };
            // Further recipients of one connection became the same message.
            if *taken.entry(next).or_insert(sent.number) == sent.number {
                done.insert(at);
                pairs.push((sent.number, next));
            }
        }
        pairs
    }

    /// Whether a delivery may have become a message that shares its Message-ID.
    fn may_become(&self, sent: &Sent<'_>, next: u32) -> bool {
        let (Some(to), Some(arrival)) = (self.model.messages.get(next), self.arrival(next)) else {
            return false;
        };
        let filtered = through_filter(self.model, &sent.event, &arrival);
        // What the reply names is another entry, unless it is that of a filter.
        let named_other = sent.named.length > 0 && sent.named.key != Some(to.key);
        next != sent.number
            && arrival.direction() == Some(Direction::In)
            && fits(arrival.time(), sent.event.time())
            && (!named_other || filtered)
            && self.same_envelope(sent, next, to)
            && sizes_go_together(sent.message.size, to.size)
            && matches!(
                self.agreement(sent, next),
                Agreement::Named | Agreement::Half
            )
    }

    /// Mailing lists change the sender, aliases the recipients.
    fn same_envelope(&self, sent: &Sent<'_>, next: u32, to: &Message) -> bool {
        let text = |symbol| self.model.strings.addresses.get(symbol);
        let (from, then) = (text(sent.message.sender), text(to.sender));
        if !from.is_empty() && !then.is_empty() && !from.eq_ignore_ascii_case(then) {
            return false;
        }
        let recipient = self.model.strings.recipient(&sent.event);
        let own = [sent.event.address, recipient].map(text);
        let mut recipients = self.recipients(next).map(text).peekable();
        recipients.peek().is_none()
            || recipients.any(|there| own.iter().any(|own| own.eq_ignore_ascii_case(there)))
    }

    /// The recipients of a message as it came in and as they became.
    fn recipients(&self, number: u32) -> impl Iterator<Item = Symbol> {
        let message = self.model.messages.get(number);
        let events = message.into_iter().flat_map(|m| self.model.events_of(m));
        let told = events.filter(|event| event.kind != Kind::Arrival);
        told.flat_map(|event| [event.address, self.model.remark(&event).parent])
            .filter(|address| !address.is_none())
    }

    /// The deliveries of a message to other hosts.
    fn sent(&mut self, number: u32) -> Rc<[Sent<'a>]> {
        if let Some(known) = self.sent.get(&number) {
            return Rc::clone(known);
        }
        let model = self.model;
        let mut sent = Vec::new();
        if let Some(message) = model.messages.get(number) {
            for event in model.events_of(message).filter(is_handover) {
                sent.push(Sent {
                    number,
                    message,
                    event,
                    named: self.named(&event),
                });
            }
        }
        let sent: Rc<[Sent<'a>]> = sent.into();
        self.sent.insert(number, Rc::clone(&sent));
        sent
    }

    /// The queue ID in the reply on the line of a delivery.
    fn named(&mut self, delivery: &Event) -> Named {
        let long_ids = &self.model.strings.long_ids;
        let told = self.lines.recall(delivery, |fact| {
            let id = fact.peer_queue_id();
            let key = QueueKey::find(id, long_ids);
            Named {
                key: key.filter(|_| !id.is_empty()),
                length: id.len(),
            }
        });
        told.ok().flatten().unwrap_or_default()
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

/// A delivery to another host.
fn is_handover(event: &Event) -> bool {
    event.kind == Kind::Delivery
        && event.direction() == Some(Direction::Out)
        && event.flag() != Some(Flag::Suppressed)
        && event.message != Event::NO_MESSAGE
        && !event.peer.is_none()
}

/// Header lines come and go on the way, and line ends are counted as one byte or two.
fn sizes_go_together(here: u32, there: u32) -> bool {
    let (here, there) = (u64::from(here), u64::from(there));
    let unknown = here == 0 || there == 0;
    unknown || there <= here / 2 * 3 + HEADER && here <= there / 4 * 5 + HEADER
}
