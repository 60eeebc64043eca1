//! What a message's events add up to: counts and status.

use hashbrown::HashMap;

use crate::parse::{Flag, Kind};

use super::attempts::Attempts;
use super::fetch::{AT_ONCE, fetch};
use super::marks::Mark;
use super::{Event, Message, Model, Status, Strings, Symbol, shares};

/// So many events of a message are fetched before they are looked at: most messages have no more.
const MOST_FETCHED: usize = 64;
/// A message has several events to fetch.
const MESSAGES_AT_ONCE: usize = AT_ONCE / 4;

/// The last word on one recipient.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    Deferred,
    Failed,
    Discarded,
}

/// What we refused before we took a message in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Refused {
    No,
    /// For one recipient.
    Recipient,
    /// All of it.
    Whole,
}

/// An envelope recipient, and the address that it became: the same without an alias.
type Address = (Symbol, Symbol);

/// Counts and judges messages, one after the other; a list of its own for each would cost time.
#[derive(Default)]
pub(super) struct Judging {
    attempts: Attempts,
    fates: Fates,
}

/// What the events of a message add up to.
#[derive(Clone, Copy)]
pub(super) struct Tally {
    pub attempts: u16,
    pub waits: u16,
    pub recipients: u16,
    pub status: Status,
}

impl Judging {
    /// Counts and judges a message by its events, in log order.
    pub(super) fn judge(
        &mut self,
        strings: &Strings,
        message: &Message,
        events: impl Iterator<Item = Event>,
    ) -> Tally {
        let Self { attempts, fates } = self;
        attempts.clear();
        fates.clear();
        let (mut removed, mut held) = (false, false);
        let mut refused = Refused::No;
        for event in events {
            attempts.take(strings, &event);
            match event.kind {
                Kind::Removed => removed = true,
                Kind::Rejection if event.address.is_none() => refused = Refused::Whole,
                Kind::Rejection => refused = refused.max(Refused::Recipient),
                Kind::Frozen => held = true,
                kind => {
                    // Exim fails whom a person cancels, and tells the sender.
                    removed &= kind != Kind::Failure;
                    if let Some(fate) = fate(kind, event.flag()) {
                        fates.take(strings, &event, fate);
                    }
                }
            }
        }
        // Postfix tells of a client before it has taken the message in, and of the size once it has. Sendmail tells
        // both before a milter has the last word.
        let sized = message.size > 0 && refused < Refused::Whole;
        let taken = message.has_arrival() && (held || message.is_completed() || sized);
        if taken {
            refused = Refused::No;
        }
        Tally {
            attempts: attempts.count,
            waits: attempts.waits,
            recipients: u16::try_from(fates.recipients()).unwrap_or(u16::MAX),
            status: judge(message, fates, removed, refused),
        }
    }
}

/// The last word on each address of a message. An alias stands for several, and one of them
/// delivered says nothing of the others.
#[derive(Default)]
struct Fates {
    /// Most messages have a handful: looking through them beats hashing.
    few: Vec<(Address, Fate)>,
    /// Mailing lists have thousands.
    many: HashMap<Address, Fate>,
    /// Those of the many that were put off since the message was given up last.
    waiting: Vec<Address>,
    /// The message was given up as a whole when none was known to wait.
    given_up: bool,
}

impl Fates {
    const FEW: usize = 16;

    fn take(&mut self, strings: &Strings, event: &Event, fate: Fate) {
        let (recipient, address) = (strings.recipient(event), event.address);
        if address.is_none() && fate == Fate::Failed {
            self.given_up |= !self.fail_the_rest();
            return;
        }
        if recipient != address {
            // Put off before it was known what the alias stands for.
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
                self.waiting.push(address);
            }
        }
    }

    /// A message that was given up as a whole has failed for all who still waited; false when none did.
    fn fail_the_rest(&mut self) -> bool {
        let Self {
            few, many, waiting, ..
        } = self;
        let mut some = false;
        let mut fail = |fate: &mut Fate| {
            if *fate == Fate::Deferred {
                *fate = Fate::Failed;
                some = true;
            }
        };
        for (_, fate) in few {
            fail(fate);
        }
        for address in waiting.drain(..) {
            if let Some(fate) = many.get_mut(&address) {
                fail(fate);
            }
        }
        some
    }

    fn forget_deferral(&mut self, address: Address) {
        let known = |known: &Address, fate: Fate| *known == address && fate == Fate::Deferred;
        if let Some(at) = self.few.iter().position(|(own, fate)| known(own, *fate)) {
            self.few.swap_remove(at);
        } else if self.many.get(&address) == Some(&Fate::Deferred) {
            self.many.remove(&address);
        }
    }

    fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            // Not emptied: all its room would be gone through for each of the next messages.
            self.many = HashMap::default();
        }
        self.waiting.clear();
        self.given_up = false;
    }

    /// Distinct envelope recipients.
    fn recipients(&self) -> usize {
        let untold = usize::from(self.given_up && self.told()[Fate::Failed as usize] == 0);
        if self.few.len() < 2 && self.many.is_empty() {
            return self.few.len() + untold;
        }
        let few = self.few.iter().map(|((recipient, _), _)| *recipient);
        let many = self.many.keys().map(|(recipient, _)| *recipient);
        let mut all: Vec<Symbol> = few.chain(many).collect();
        all.sort_unstable();
        all.dedup();
        all.len() + untold
    }

    /// How many addresses have each fate, in the order of the fates. A message that was given up has failed for
    /// somebody, even where no line tells for whom.
    fn counts(&self) -> [usize; 4] {
        let mut counts = self.told();
        let failed = &mut counts[Fate::Failed as usize];
        if self.given_up && *failed == 0 {
            *failed = 1;
        }
        counts
    }

    /// How many addresses that are told of have each fate.
    fn told(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        let few = self.few.iter().map(|(_, fate)| fate);
        for fate in few.chain(self.many.values()) {
            counts[*fate as usize] += 1;
        }
        counts
    }
}

impl Model {
    /// Counts and judges the messages of a chunk that begin in it; the others wait for [`Model::settle`].
    pub(super) fn summarise_new(&mut self, numbers: &[u32], events_before: u32) {
        let mut judging = std::mem::take(&mut self.judging);
        let mut numbers = numbers.to_vec();
        // Several messages of a part may turn out to be one.
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            match self.messages.get(number) {
                Some(message) if message.first < events_before => self.outdate(number),
                _ => self.summarise_with(&mut judging, number),
            }
        }
        self.judging = judging;
    }

    /// Notes that a message has got events that it does not count yet.
    pub(super) fn outdate(&mut self, number: u32) {
        if let Some(message) = self.messages.get_mut(number)
            && !message.has(Mark::Stale)
        {
            message.mark(Mark::Stale, true);
            self.stale.push(number);
        }
    }

    /// Counts and judges the messages that have got new events.
    pub fn settle(&mut self) {
        let stale = std::mem::take(&mut self.stale);
        let threads = shares::threads(stale.len(), shares::MESSAGES);
        let parts = stale.chunks(stale.len().div_ceil(threads).max(1));
        let tallies = shares::share(parts.collect(), |numbers| self.tallies(numbers));
        for (number, tally) in tallies.into_iter().flatten() {
            if let Some(message) = self.messages.get_mut(number) {
                message.count(tally);
            }
        }
        self.generation += 1;
    }

    /// What the events of each of these messages add up to.
    fn tallies(&self, numbers: &[u32]) -> Vec<(u32, Tally)> {
        let mut judging = Judging::default();
        let mut tallies = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(MESSAGES_AT_ONCE) {
            self.fetch_events(some);
            tallies.extend(some.iter().filter_map(|&number| {
                let message = self.messages.get(number)?;
                let events = self.events_of(message);
                Some((number, judging.judge(&self.strings, message, events)))
            }));
        }
        tallies
    }

    /// Fetches the events of some messages: the first one of each, then the second one of each, and so on.
    fn fetch_events(&self, numbers: &[u32]) {
        let messages = numbers.iter().map(|number| self.messages.get(*number));
        let mut at: Vec<u32> = messages
            .map(|own| own.map_or(Event::LAST, |own| own.first))
            .collect();
        for _ in 0..MOST_FETCHED {
            fetch(at.iter().map(|at| self.events.glimpse(*at)));
            at.retain_mut(|at| {
                *at = self.events.next(*at);
                *at != Event::LAST
            });
        }
    }

    /// Counts and judges one message anew, after its events changed.
    pub(super) fn summarise(&mut self, number: u32) {
        // Taken from the model and given back, for the events are the model's, too.
        let mut judging = std::mem::take(&mut self.judging);
        self.summarise_with(&mut judging, number);
        self.judging = judging;
    }

    fn summarise_with(&mut self, judging: &mut Judging, number: u32) {
        let Some(message) = self.messages.get(number).copied() else {
            return;
        };
        let tally = judging.judge(&self.strings, &message, self.events_of(&message));
        if let Some(message) = self.messages.get_mut(number) {
            message.count(tally);
        }
    }

    /// The events of a message in log order.
    pub fn events_of(&self, message: &Message) -> impl Iterator<Item = Event> {
        let mut at = message.first;
        std::iter::from_fn(move || {
            let event = self.events.get(at)?;
            at = event.next;
            Some(event)
        })
    }

    /// The numbers of a message's events in log order.
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
        // Nothing was sent (`-N`), nor will be.
        Kind::Delivery if matches!(flag, Some(Flag::Suppressed)) => Some(Fate::Discarded),
        Kind::Delivery => Some(Fate::Delivered),
        Kind::Deferral | Kind::RetryWait => Some(Fate::Deferred),
        Kind::Failure => Some(Fate::Failed),
        Kind::Discarded => Some(Fate::Discarded),
        _ => None,
    }
}

fn judge(message: &Message, fates: &Fates, removed: bool, refused: Refused) -> Status {
    let [delivered, deferred, failed, discarded] = fates.counts();
    if delivered > 0 {
        // Once completed, whoever was only deferred before was delivered under another address.
        let waiting = deferred > 0 && !message.is_completed();
        return if failed > 0 || waiting {
            Status::Partial
        } else {
            Status::Delivered
        };
    }
    // Exim says that it completed what a person removed, Postfix does not.
    if deferred > 0 && !message.is_completed() && !removed {
        return Status::Deferred;
    }
    if removed || discarded > 0 && failed == 0 {
        return Status::Discarded;
    }
    // Sendmail names the recipients of what it refused as a whole: theirs is no failure of their own.
    if failed > 0 && refused < Refused::Whole {
        return Status::Failed;
    }
    if refused > Refused::No {
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
        // More than are looked through, each given up and put off again before the next one comes.
        for nth in 1..=20_000 {
            fates.set(address(nth), Fate::Deferred);
            assert!(fates.fail_the_rest());
            assert!(!fates.fail_the_rest());
        }
        assert_eq!(fates.counts(), [0, 0, 20_000, 0]);
        for nth in 1..=20_000 {
            fates.set(address(nth), Fate::Deferred);
        }
        fates.set(address(19_000), Fate::Delivered);
        fates.forget_deferral(address(18_000));
        assert!(fates.fail_the_rest());
        assert_eq!(fates.counts(), [1, 0, 19_998, 0]);
        fates.clear();
        assert!(!fates.fail_the_rest());
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
            // Who had not got it another log tells.
            (vec![sent, given_up], (Status::Partial, 2)),
            (vec![given_up], (Status::Failed, 1)),
        ] {
            let what = format!("{events:?}");
            let tally = Judging::default().judge(&Strings::default(), &message, events.into_iter());
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
        let told = model
            .messages
            .get(0)
            .map(|own| (own.status(), own.recipients));
        assert_eq!(told, Some((Status::Discarded, 1)));
    }

    #[test]
    fn what_a_person_cancels_fails_and_what_a_person_removes_is_gone() {
        let arrival = "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org U=a P=local S=300\n";
        let completed = "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 Completed\n";
        let failed = "1j69ZJ-0001iL-S3 ** b@example.net";
        for (then, status) in [
            (
                format!(
                    "2020-02-25 05:00:00 1j69ZJ-0001iL-S3 cancelled by root\n\
                     2020-02-25 05:00:00 {failed}: delivery cancelled by administrator\n"
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
