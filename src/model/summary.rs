//! Sums up the events of a message: counts and status.

use hashbrown::HashMap;

use crate::parse::{Flag, Kind};

use super::attempts::Attempts;
use super::marks::Mark;
use super::prefetch::{BATCH, prefetch};
use super::{Event, Message, Model, Status, Strings, Symbol, shares};

/// Number of events of each message that are prefetched: most messages have fewer.
const MAX_PREFETCHED: usize = 64;
/// Number of messages whose events are prefetched together: a message has several.
const MESSAGE_BATCH: usize = BATCH / 4;

/// Latest outcome for one address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    Deferred,
    Failed,
    Discarded,
}

/// Scope of the rejections before a message was taken in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rejected {
    Nothing,
    Recipient,
    Whole,
}

/// An envelope recipient, and the final address that it expanded to; both are equal without an alias.
type Address = (Symbol, Symbol);

/// Sums up one message after another. Holds the buffers: allocating them for each message costs time.
#[derive(Default)]
pub(super) struct Tallier {
    attempts: Attempts,
    fates: Fates,
}

#[derive(Clone, Copy)]
pub(super) struct Tally {
    pub attempts: u16,
    pub waits: u16,
    pub recipients: u16,
    pub status: Status,
    /// TLS with a next host failed: what that means is known when the whole message is.
    pub tls_failed: bool,
}

impl Tallier {
    /// Sums up a message from its events, in log order.
    pub(super) fn tally(
        &mut self,
        strings: &Strings,
        message: &Message,
        events: impl Iterator<Item = Event>,
    ) -> Tally {
        let Self { attempts, fates } = self;
        attempts.clear();
        fates.clear();
        let (mut removed, mut held, mut tls_failed) = (false, false, false);
        let mut rejected = Rejected::Nothing;
        for event in events {
            attempts.take(strings, &event);
            match event.kind {
                Kind::Removed => removed = true,
                Kind::Rejection if event.address.is_none() => rejected = Rejected::Whole,
                Kind::Rejection => rejected = rejected.max(Rejected::Recipient),
                Kind::Frozen => held = true,
                Kind::TlsFailed => tls_failed = true,
                kind => {
                    // A delivery that an administrator cancels fails, with a bounce to the sender: no removal.
                    removed &= kind != Kind::Failure;
                    if let Some(fate) = fate(kind, event.flag()) {
                        fates.take(strings, &event, fate);
                    }
                }
            }
        }
        // An arrival alone does not prove that the message was taken in. Postfix logs the client before, and the size
        // after it took the message in. Sendmail logs both before a milter may still reject the message.
        let has_size = message.size > 0 && rejected < Rejected::Whole;
        let taken_in = message.has_arrival() && (held || message.is_completed() || has_size);
        if taken_in {
            rejected = Rejected::Nothing;
        }
        Tally {
            attempts: attempts.count,
            waits: attempts.waits,
            recipients: u16::try_from(fates.recipients()).unwrap_or(u16::MAX),
            status: status(message, fates, removed, rejected),
            tls_failed,
        }
    }
}

/// Latest outcome for each final address of a message. The addresses of one alias are separate: one of them may be
/// delivered while another fails.
#[derive(Default)]
struct Fates {
    /// The first addresses: for the handful of most messages, a linear search is faster than hashing.
    few: Vec<(Address, Fate)>,
    /// All further addresses: mailing lists have thousands.
    many: HashMap<Address, Fate>,
    /// Addresses in `many` that were deferred since the whole message failed last.
    deferred: Vec<Address>,
    /// True when the whole message failed while no address was deferred.
    failed_whole: bool,
}

impl Fates {
    const FEW: usize = 16;

    fn take(&mut self, strings: &Strings, event: &Event, fate: Fate) {
        let (recipient, address) = (strings.recipient(event), event.address);
        if address.is_none() && fate == Fate::Failed {
            self.failed_whole |= !self.fail_deferred();
            return;
        }
        if recipient != address {
            // The alias itself may have been deferred before it was expanded.
            self.forget_deferral((recipient, recipient));
        }
        self.set((recipient, address), fate);
    }

    fn set(&mut self, address: Address, fate: Fate) {
        if let Some(known) = self.few.iter_mut().find(|(known, _)| *known == address) {
            known.1 = fate;
        } else if self.few.len() < Self::FEW && !self.many.contains_key(&address) {
            self.few.push((address, fate));
        } else {
            let known = self.many.insert(address, fate);
            if fate == Fate::Deferred && known != Some(fate) {
                self.deferred.push(address);
            }
        }
    }

    /// Turns all deferred addresses into failed ones, because the whole message failed; false when there are none.
    fn fail_deferred(&mut self) -> bool {
        let Self {
            few,
            many,
            deferred,
            ..
        } = self;
        let mut any = false;
        let mut fail = |fate: &mut Fate| {
            if *fate == Fate::Deferred {
                *fate = Fate::Failed;
                any = true;
            }
        };
        for (_, fate) in few {
            fail(fate);
        }
        for address in deferred.drain(..) {
            if let Some(fate) = many.get_mut(&address) {
                fail(fate);
            }
        }
        any
    }

    fn forget_deferral(&mut self, address: Address) {
        let wanted = (address, Fate::Deferred);
        if let Some(at) = self.few.iter().position(|known| *known == wanted) {
            self.few.swap_remove(at);
        } else if self.many.get(&address) == Some(&Fate::Deferred) {
            self.many.remove(&address);
        }
    }

    fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            // Replaced: clearing a large table would take as long for each of the next messages.
            self.many = HashMap::default();
        }
        self.deferred.clear();
        self.failed_whole = false;
    }

    /// Number of distinct envelope recipients, with one that no line names where [`Self::counts`] adds one.
    fn recipients(&self) -> usize {
        let unnamed =
            usize::from(self.failed_whole && self.named_counts()[Fate::Failed as usize] == 0);
        if self.few.len() < 2 && self.many.is_empty() {
            return self.few.len() + unnamed;
        }
        let few = self.few.iter().map(|((recipient, _), _)| *recipient);
        let many = self.many.keys().map(|(recipient, _)| *recipient);
        let mut all: Vec<Symbol> = few.chain(many).collect();
        all.sort_unstable();
        all.dedup();
        all.len() + unnamed
    }

    /// Number of addresses by fate, in the order of [`Fate`]. A message that failed as a whole has at least one failed
    /// address, even where no line names it.
    fn counts(&self) -> [usize; 4] {
        let mut counts = self.named_counts();
        let failed = &mut counts[Fate::Failed as usize];
        if self.failed_whole && *failed == 0 {
            *failed = 1;
        }
        counts
    }

    /// Number of addresses on log lines, by fate.
    fn named_counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        let few = self.few.iter().map(|(_, fate)| fate);
        for fate in few.chain(self.many.values()) {
            counts[*fate as usize] += 1;
        }
        counts
    }
}

impl Model {
    /// Sums up the messages that begin in the current chunk; others of the chunk wait for [`Model::settle`].
    pub(super) fn summarise_new(&mut self, numbers: &[u32], events_before: u32) {
        let mut tallier = std::mem::take(&mut self.tallier);
        let mut numbers = numbers.to_vec();
        // Several messages of a part may be one in the model.
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            match self.messages.get(number) {
                Some(message) if message.first < events_before => self.mark_stale(number),
                _ => self.summarise_with(&mut tallier, number),
            }
        }
        self.tallier = tallier;
    }

    /// Notes that counts and status of a message do not include its latest events.
    pub(super) fn mark_stale(&mut self, number: u32) {
        if let Some(message) = self.messages.get_mut(number)
            && !message.has(Mark::Stale)
        {
            message.mark(Mark::Stale, true);
            self.stale.push(number);
        }
    }

    /// Sums up the messages whose counts and status are out of date.
    pub fn settle(&mut self) {
        let stale = std::mem::take(&mut self.stale);
        let threads = shares::threads(stale.len(), shares::MESSAGES);
        let parts = stale.chunks(stale.len().div_ceil(threads).max(1));
        let tallies = shares::share(parts.collect(), |numbers| self.tallies(numbers));
        for (number, tally) in tallies.into_iter().flatten() {
            self.set_tally(number, tally);
        }
        self.generation += 1;
    }

    fn tallies(&self, numbers: &[u32]) -> Vec<(u32, Tally)> {
        let mut tallier = Tallier::default();
        let mut all = Vec::with_capacity(numbers.len());
        for batch in numbers.chunks(MESSAGE_BATCH) {
            self.prefetch_events(batch);
            all.extend(batch.iter().filter_map(|&number| {
                let message = self.messages.get(number)?;
                let events = self.events_of(message);
                Some((number, tallier.tally(&self.strings, message, events)))
            }));
        }
        all
    }

    /// Prefetches the events of some messages: the first event of each, then the second of each, and so on.
    fn prefetch_events(&self, numbers: &[u32]) {
        let messages = numbers.iter().map(|number| self.messages.get(*number));
        let mut at: Vec<u32> = messages
            .map(|message| message.map_or(Event::LAST, |message| message.first))
            .collect();
        for _ in 0..MAX_PREFETCHED {
            prefetch(at.iter().map(|at| self.events.prefetch_bits(*at)));
            at.retain_mut(|at| {
                *at = self.events.next(*at);
                *at != Event::LAST
            });
        }
    }

    pub(super) fn summarise(&mut self, number: u32) {
        // Moved out of the model, which is borrowed for the events.
        let mut tallier = std::mem::take(&mut self.tallier);
        self.summarise_with(&mut tallier, number);
        self.tallier = tallier;
    }

    fn summarise_with(&mut self, tallier: &mut Tallier, number: u32) {
        let Some(message) = self.messages.get(number).copied() else {
            return;
        };
        let tally = tallier.tally(&self.strings, &message, self.events_of(&message));
        self.set_tally(number, tally);
    }

    fn set_tally(&mut self, number: u32, tally: Tally) {
        if let Some(message) = self.messages.get_mut(number) {
            message.set_tally(tally);
        }
        if tally.tls_failed {
            self.judge_failures(number);
        }
    }

    /// Events of a message, in log order.
    pub fn events_of(&self, message: &Message) -> impl Iterator<Item = Event> {
        let mut at = message.first;
        std::iter::from_fn(move || {
            let event = self.events.get(at)?;
            at = event.next;
            Some(event)
        })
    }

    /// Numbers of a message's events, in log order.
    pub fn event_numbers_of(&self, message: &Message) -> impl Iterator<Item = u32> {
        let mut at = message.first;
        std::iter::from_fn(move || {
            let number = (at < self.events.len()).then_some(at)?;
            at = self.events.next(number);
            Some(number)
        })
    }
}

const fn fate(kind: Kind, flag: Option<Flag>) -> Option<Fate> {
    match kind {
        // With option `-N`, Exim logs deliveries without sending anything.
        Kind::Delivery if matches!(flag, Some(Flag::Suppressed)) => Some(Fate::Discarded),
        Kind::Delivery => Some(Fate::Delivered),
        Kind::Deferral | Kind::RetryWait => Some(Fate::Deferred),
        Kind::Failure => Some(Fate::Failed),
        Kind::Discarded => Some(Fate::Discarded),
        _ => None,
    }
}

fn status(message: &Message, fates: &Fates, removed: bool, rejected: Rejected) -> Status {
    let [delivered, deferred, failed, discarded] = fates.counts();
    if delivered > 0 {
        // Addresses that are still deferred in a completed message were delivered under another address.
        let waiting = deferred > 0 && !message.is_completed();
        return if failed > 0 || waiting {
            Status::Partial
        } else {
            Status::Delivered
        };
    }
    // Exim logs the completion of a message that an administrator removed, Postfix does not.
    if deferred > 0 && !message.is_completed() && !removed {
        return Status::Deferred;
    }
    if removed || discarded > 0 && failed == 0 {
        return Status::Discarded;
    }
    // Sendmail logs a failure for each recipient of a message that it rejected as a whole: these do not count.
    if failed > 0 && rejected < Rejected::Whole {
        return Status::Failed;
    }
    if rejected > Rejected::Nothing {
        return Status::Rejected;
    }
    if message.has_arrival() && !message.is_completed() {
        Status::Queued
    } else {
        Status::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::intern::Interner;
    use crate::model::{Clock, Partial, QueueKey, Zone, sample};
    use crate::parse::{Direction, Fact, Mta, Outcome, exim};
    use crate::source::ChunkReader;

    fn join(model: &mut Model, text: &str) {
        let chunk = ChunkReader::new(text.as_bytes()).next(Vec::new());
        let mut part = Partial::new(b"");
        let mut clock = Clock::new(Zone::parse("UTC").unwrap());
        for (number, line) in (0..).zip(text.lines().map(str::as_bytes)) {
            part.take(&exim::line(line), line, number, &mut clock);
        }
        model.merge(0, &chunk.unwrap().unwrap(), &part);
    }

    /// A part cannot know that its two are one: the arrival could belong to a message of an earlier chunk.
    #[test]
    fn two_messages_of_a_part_are_one_where_the_arrival_comes_second() {
        let mut model = Model::default();
        join(
            &mut model,
            "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 >> b@example.net R=r T=t H=mx.example.net [192.0.2.1]\n\
             2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n\
             2020-02-25 04:55:04 1j69ZJ-0001iL-S3 Completed\n",
        );
        assert_eq!(model.messages.len(), 1);
        let message = model.messages.get(0).unwrap();
        let lines = model
            .events_of(message)
            .map(|event| model.events.line(&event));
        assert_eq!(lines.collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(message.events, 3);
    }

    #[test]
    fn a_message_may_be_told_to_come_in_for_each_of_very_many_recipients() {
        let mut model = Model::default();
        let mut clock = Clock::new(Zone::parse("UTC").unwrap());
        let mut part = Partial::new(b"mx");
        for line in 0..40_000 {
            let fact = Fact {
                mta: Mta::OpenSmtpd,
                kind: if line == 0 {
                    Kind::Deferral
                } else {
                    Kind::Arrival
                },
                queue_id: b"12345678",
                address: b"b@example.net",
                direction: Some(Direction::Out),
                ..Fact::default()
            };
            part.take(&Outcome::Fact(fact), b"x", line, &mut clock);
        }
        let chunk = ChunkReader::new(&b"x\n"[..]).next(Vec::new());
        model.merge(0, &chunk.unwrap().unwrap(), &part);
        assert_eq!(model.messages.len(), 1);
        let message = model.messages.get(0).unwrap();
        assert_eq!((message.events, message.recipients), (40_000, 1));
        assert_eq!(message.status(), Status::Deferred);
    }

    #[test]
    fn who_waits_fails_with_the_message_however_often_it_is_given_up() {
        let mut fates = Fates::default();
        let address = |nth| (Symbol(nth), Symbol(nth));
        // Enough to use the table. Each one is deferred before the whole message fails again.
        for nth in 1..=20_000 {
            fates.set(address(nth), Fate::Deferred);
            assert!(fates.fail_deferred());
            assert!(!fates.fail_deferred());
        }
        assert_eq!(fates.counts(), [0, 0, 20_000, 0]);
        for nth in 1..=20_000 {
            fates.set(address(nth), Fate::Deferred);
        }
        fates.set(address(19_000), Fate::Delivered);
        fates.forget_deferral(address(18_000));
        assert!(fates.fail_deferred());
        assert_eq!(fates.counts(), [1, 0, 19_998, 0]);
        fates.clear();
        assert!(!fates.fail_deferred());
    }

    #[test]
    fn a_message_that_is_given_up_has_no_recipient_more() {
        let message = Message::new(
            QueueKey::new(b"4f9K0x2zzz", &mut Interner::default()),
            Symbol::NONE,
        );
        let event = |kind, recipient| Event {
            kind,
            address: Symbol(recipient),
            ..Event::default()
        };
        let given_up = event(Kind::Failure, 0);
        let (sent, expired) = (event(Kind::Delivery, 1), event(Kind::Failure, 2));
        for (events, counted) in [
            (vec![sent, expired, given_up], (Status::Partial, 2)),
            (vec![given_up, sent, expired], (Status::Partial, 2)),
            (vec![expired, given_up], (Status::Failed, 1)),
            // The failed recipient is named in another log.
            (vec![sent, given_up], (Status::Partial, 2)),
            (vec![given_up], (Status::Failed, 1)),
        ] {
            let what = format!("{events:?}");
            let tally = Tallier::default().tally(&Strings::default(), &message, events.into_iter());
            assert_eq!((tally.status, tally.recipients), counted, "{what}");
        }
    }

    #[test]
    fn what_a_milter_refuses_at_its_end_was_never_taken_in() {
        let taken = |address| Fact {
            mta: Mta::Sendmail,
            queue_id: b"4BQ7Xabc001234",
            kind: Kind::Arrival,
            direction: Some(Direction::In),
            size: Some(100),
            address,
            ..Fact::default()
        };
        let of = |kind, address| Fact {
            kind,
            ..taken(address)
        };
        let arrival = taken(b"".as_slice());
        let whole = of(Kind::Rejection, b"");
        let one = of(Kind::Rejection, b"a@example.net");
        let failure = of(Kind::Failure, b"b@example.net");
        for (facts, status) in [
            (
                vec![arrival.clone(), whole, failure.clone()],
                Status::Rejected,
            ),
            (vec![arrival.clone(), one.clone(), failure], Status::Failed),
            (vec![arrival, one], Status::Queued),
        ] {
            let lines: Vec<_> = facts.into_iter().map(Outcome::Fact).collect();
            let model = sample::model(&[("log", &lines)]);
            assert_eq!(model.messages.get(0).map(Message::status), Some(status));
        }
    }

    #[test]
    fn what_was_not_sent_is_not_delivered() {
        let mut model = Model::default();
        join(
            &mut model,
            "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n\
             2020-02-25 04:55:04 1j69ZJ-0001iL-S3 *> b@example.net R=r T=t H=mx.example.net [192.0.2.1] \
             C=\"delivery bypassed by -N option\"\n\
             2020-02-25 04:55:04 1j69ZJ-0001iL-S3 Completed\n",
        );
        let found = model
            .messages
            .get(0)
            .map(|message| (message.status(), message.recipients));
        assert_eq!(found, Some((Status::Discarded, 1)));
    }

    #[test]
    fn what_a_person_cancels_fails_and_what_a_person_removes_is_gone() {
        let arrival = "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n";
        let completed = "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 Completed\n";
        let failed = "1j69ZJ-0001iL-S3 ** b@example.net";
        let waiting = "1j69ZJ-0001iL-S3 == b@example.net";
        for (then, status) in [
            (
                format!(
                    "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 cancelled by root\n\
                     2020-02-25 05:00:00 {failed}: delivery cancelled by administrator\n"
                ),
                Status::Failed,
            ),
            (
                "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 cancelled by timeout_frozen_after\n"
                    .to_owned(),
                Status::Failed,
            ),
            (
                format!(
                    "2020-02-25 04:55:04 {waiting} R=r T=t defer (111): Connection refused\n\
                     2020-02-25 05:00:00 1j69ZJ-0001iL-S3 cancelled by root\n"
                ),
                Status::Failed,
            ),
            (
                format!(
                    "2020-02-25 04:55:04 {failed} R=r T=t: refused\n\
                     2020-02-25 05:00:00 1j69ZJ-0001iL-S3 removed by root\n"
                ),
                Status::Discarded,
            ),
        ] {
            let mut model = Model::default();
            join(&mut model, &format!("{arrival}{then}{completed}"));
            assert_eq!(model.messages.get(0).map(Message::status), Some(status));
        }
    }

    #[test]
    fn events_of_later_chunks_count_once_settled() {
        let mut model = Model::default();
        let status = |model: &Model| model.messages.get(0).map(|m| (m.status(), m.recipients));
        join(
            &mut model,
            "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n\
             2020-02-25 04:55:04 1j69ZJ-0001iL-S3 == b@example.net R=r T=t defer (111): Connection refused\n",
        );
        assert_eq!(status(&model), Some((Status::Deferred, 1)));
        join(&mut model, "2020-02-25 04:56:00 Start queue run: pid=1\n");
        join(
            &mut model,
            "2020-02-25 04:57:00 1j69ZJ-0001iL-S3 => b@example.net R=r T=t H=mx.example.net [192.0.2.1]\n\
             2020-02-25 04:57:00 1j69ZJ-0001iL-S3 Completed\n",
        );
        model.settle();
        assert_eq!(status(&model), Some((Status::Delivered, 1)));
    }
}
