//! What is known of every message, in a form that is gone through quickly.

use hashbrown::HashMap;

use crate::model::{Event, Message, Model, Status, Sums, Taken};
use crate::parse::Kind;
use crate::query::Member;
use crate::tls::TlsState;

use super::events::is_leg_or_refusal;
use super::packed::Packed;
use super::{Bits, Breaks};

/// Messages in a piece, which is packed as one. Tests have several pieces as well.
const PIECE: usize = if cfg!(test) { 3 } else { 1 << 14 };

/// Pieces that are unpacked at a time.
const OPEN: usize = if cfg!(test) { 2 } else { 32 };

/// What the events of each message add up to. It grows with the model.
#[derive(Debug, Default)]
pub(super) struct Columns {
    taken: Taken,
    pieces: Pieces,
}

#[derive(Debug, Default)]
struct Pieces {
    packed: Vec<Piece>,
    /// Those that are being changed, by number.
    open: Vec<(usize, Vec<Sum>)>,
}

/// What the events of a message add up to.
#[derive(Clone, Copy, Debug)]
struct Sum {
    /// Times of the first and the last event, in milliseconds since 1970-01-01 UTC: none is older.
    first: u64,
    last: u64,
    traits: u32,
}

/// The traits of a message: one bit for each kind of its events, and above them one for each state of TLS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits(u32);

/// The number of the first bit of a state.
const STATES: u8 = 16;

const _: () = assert!(
    <Kind as Member>::ALL.len() <= STATES as usize
        && <TlsState as Member>::ALL.len() + STATES as usize <= u32::BITS as usize
);

impl Traits {
    /// Of any of some kinds.
    pub(super) fn of_kinds(kinds: impl IntoIterator<Item = Kind>) -> Self {
        let bits = kinds.into_iter().map(|kind| 1 << kind.index());
        Self(bits.fold(0, |all, bit: u32| all | bit))
    }

    /// True for none.
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Of any of some states of TLS.
    pub(super) fn of_states(states: impl IntoIterator<Item = TlsState>) -> Self {
        let bits = states
            .into_iter()
            .map(|state| 1 << (STATES + state.index()));
        Self(bits.fold(0, |all, bit: u32| all | bit))
    }
}

impl Sum {
    /// Without any event there are no traits.
    const NONE: Self = Self {
        first: u64::MAX,
        last: 0,
        traits: 0,
    };

    fn add(&mut self, model: &Model, event: &Event) {
        let time = event.time().unsigned_abs();
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        self.traits |= Traits::of_kinds([event.kind]).0;
        if is_leg_or_refusal(model, event) {
            self.traits |= Traits::of_states([model.tls_state(event)]).0;
        }
    }
}

/// Some successive messages.
#[derive(Debug)]
struct Piece {
    /// How many milliseconds a time counts: most logs have whole seconds.
    unit: u64,
    firsts: Packed,
    /// From the first event to the last.
    spans: Packed,
    /// The distinct traits, few as they are.
    traits: Vec<u32>,
    /// Which of them each message has.
    own_traits: Packed,
}

impl Piece {
    fn of(sums: &[Sum]) -> Self {
        let times = || {
            let all = sums.iter();
            all.map(|sum| (sum.first.min(sum.last), sum.last))
        };
        let whole = |time: u64| time.is_multiple_of(1000);
        let unit = if times().all(|(first, last)| whole(first) && whole(last)) {
            1000
        } else {
            1
        };
        let mut traits = Vec::new();
        let mut places = HashMap::new();
        let own_traits = Packed::of(sums.iter().map(|sum| {
            *places.entry(sum.traits).or_insert_with(|| {
                traits.push(sum.traits);
                traits.len() as u64 - 1
            })
        }));
        traits.shrink_to_fit();
        Self {
            unit,
            firsts: Packed::of(times().map(|(first, _)| first / unit)),
            spans: Packed::of(times().map(|(first, last)| (last - first) / unit)),
            traits,
            own_traits,
        }
    }

    /// Times of the first and the last event, in a unit that is a part of its own.
    fn times(&self, unit: u64) -> impl Iterator<Item = (u64, u64)> {
        let times = self.firsts.iter().zip(self.spans.iter());
        let factor = self.unit / unit;
        times.map(move |(first, span)| (first * factor, (first + span) * factor))
    }

    /// Of each message what `of` gives for its traits.
    fn by_traits<T: Copy>(&self, of: impl Fn(u32) -> T) -> impl Iterator<Item = Option<T>> {
        let all: Vec<T> = self.traits.iter().map(|traits| of(*traits)).collect();
        let own = self.own_traits.iter();
        own.map(move |at| usize::try_from(at).ok().and_then(|at| all.get(at).copied()))
    }

    fn sums(&self) -> Vec<Sum> {
        let traits = self.by_traits(|traits| traits);
        let sums = self.times(1).zip(traits).map(|((first, last), traits)| {
            let traits = traits.filter(|traits| *traits != 0);
            traits.map_or(Sum::NONE, |traits| Sum {
                first,
                last,
                traits,
            })
        });
        sums.collect()
    }

    fn heap_bytes(&self) -> usize {
        self.firsts.heap_bytes()
            + self.spans.heap_bytes()
            + self.own_traits.heap_bytes()
            + self.traits.capacity() * size_of::<u32>()
    }
}

/// As many messages as a piece has, without any event.
fn blank() -> Vec<Sum> {
    vec![Sum::NONE; PIECE]
}

impl Pieces {
    /// What is summed up for a message, to change it.
    fn sum(&mut self, message: u32) -> Option<&mut Sum> {
        let (number, place) = (message as usize / PIECE, message as usize % PIECE);
        let known = self.open.iter().rposition(|(open, _)| *open == number);
        let at = known.unwrap_or_else(|| self.open(number));
        self.open.get_mut(at)?.1.get_mut(place)
    }

    /// Unpacks a piece; gives where it is.
    fn open(&mut self, number: usize) -> usize {
        if self.open.len() == OPEN {
            self.close();
        }
        let sums = self.packed.get(number).map(Piece::sums);
        let sums = sums.unwrap_or_else(blank);
        self.open.push((number, sums));
        self.open.len() - 1
    }

    /// Packs what was changed.
    fn close(&mut self) {
        for (number, sums) in std::mem::take(&mut self.open) {
            self.cover(number * PIECE);
            if number == self.packed.len() {
                self.packed.push(Piece::of(&sums));
            } else if let Some(piece) = self.packed.get_mut(number) {
                *piece = Piece::of(&sums);
            }
        }
    }

    /// Sees to it that there are so many messages, if only without events.
    fn cover(&mut self, messages: usize) {
        while self.packed.len() * PIECE < messages {
            self.packed.push(Piece::of(&blank()));
        }
    }
}

impl Sums for Pieces {
    fn clear(&mut self) {
        *self = Self::default();
    }

    fn forget(&mut self, message: u32) {
        if let Some(sum) = self.sum(message) {
            *sum = Sum::NONE;
        }
    }

    fn add(&mut self, model: &Model, message: u32, event: &Event) {
        if let Some(sum) = self.sum(message) {
            sum.add(model, event);
        }
    }
}

impl Columns {
    /// Takes in what the model has got since the last call; `None` when cancelled.
    pub(super) fn catch_up(&mut self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        let done = (self.taken).catch_up(model, &mut self.pieces, || breaks.go_on());
        self.pieces.close();
        self.pieces.cover(model.messages.len() as usize);
        done
    }

    /// Times of the first and the last event of each message, as [`Model::span_of`] gives them.
    pub(super) fn times(&self) -> impl Iterator<Item = (u64, u64)> {
        self.times_in(1)
    }

    /// The same in whole seconds, if there are no others.
    pub(super) fn whole_times(&self) -> impl Iterator<Item = (u64, u64)> {
        let units = self.pieces.packed.iter().map(|piece| piece.unit);
        self.times_in(units.min().unwrap_or(1))
    }

    fn times_in(&self, unit: u64) -> impl Iterator<Item = (u64, u64)> {
        let pieces = self.pieces.packed.iter();
        pieces.flat_map(move |piece| piece.times(unit))
    }

    /// Takes the messages in that have any of some traits.
    pub(super) fn collect(&self, wanted: Traits, into: &mut Bits) {
        for (piece, first) in self.pieces.packed.iter().zip((0..).step_by(PIECE)) {
            let wanted = |traits: u32| traits & wanted.0 != 0;
            if !piece.traits.iter().any(|traits| wanted(*traits)) {
                continue;
            }
            for (number, has) in (first..).zip(piece.by_traits(wanted)) {
                if has == Some(true) {
                    into.set(number);
                }
            }
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.pieces.packed.iter().map(Piece::heap_bytes).sum()
    }
}

/// What stands in the messages themselves; taken anew whenever the model changed.
#[derive(Debug, Default)]
pub(super) struct Facts {
    generation: Option<u64>,
    /// Of each message the envelope sender, and below it the status.
    packed: Packed,
}

/// Bits of a status.
const STATUS: u32 = 3;

const _: () = assert!(Status::ALL.len() <= 1 << STATUS);

impl Facts {
    /// Takes in what the messages are now.
    pub(super) fn catch_up(&mut self, model: &Model) {
        if self.generation == Some(model.generation) {
            return;
        }
        self.generation = Some(model.generation);
        let fact = |own: &Message| u64::from(own.sender.0) << STATUS | own.status() as u64;
        self.packed = Packed::of(model.messages.iter().map(fact));
    }

    /// Of each message the envelope sender.
    pub(super) fn senders(&self) -> impl Iterator<Item = u32> {
        let senders = self.packed.iter().map(|fact| fact >> STATUS);
        senders.map(|sender| u32::try_from(sender).unwrap_or(0))
    }

    /// Of each message the status.
    pub(super) fn statuses(&self) -> impl Iterator<Item = u64> {
        self.packed.iter().map(|fact| fact & ((1 << STATUS) - 1))
    }

    /// Takes the messages of some envelope senders in.
    pub(super) fn collect_senders(&self, wanted: &Bits, into: &mut Bits) {
        for (number, sender) in (0..).zip(self.senders()) {
            if wanted.has(sender) {
                into.set(number);
            }
        }
    }

    /// Takes the messages of some statuses in.
    pub(super) fn collect_statuses(&self, wanted: &[Status], into: &mut Bits) {
        let bits = wanted
            .iter()
            .fold(0, |all, status| all | 1_u64 << *status as u32);
        for (number, status) in (0..).zip(self.statuses()) {
            if bits >> status & 1 == 1 {
                into.set(number);
            }
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.packed.heap_bytes()
    }
}
