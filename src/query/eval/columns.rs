//! Per-message values in columns: first and last time, traits, sender and status.

use hashbrown::HashMap;

use crate::model::{Event, Message, Model, ModelCursor, Status, Sums};
use crate::parse::Kind;
use crate::query::Member;
use crate::tls::TlsState;

use super::events::is_leg_or_refusal;
use super::packed::Packed;
use super::{Bits, Breaks};

/// Messages in a block, which is packed as a unit. Small in tests, so that they have several blocks.
const BLOCK: usize = if cfg!(test) { 3 } else { 1 << 14 };

/// Number of blocks that are unpacked at a time.
const OPEN_BLOCKS: usize = if cfg!(test) { 2 } else { 32 };

/// Aggregated events of each message. Grows with the model.
#[derive(Debug, Default)]
pub(super) struct EventColumns {
    cursor: ModelCursor,
    blocks: Blocks,
}

#[derive(Debug, Default)]
struct Blocks {
    packed: Vec<Block>,
    /// Unpacked blocks that are being changed, with their numbers.
    open: Vec<(usize, Vec<Sum>)>,
}

/// Aggregated events of one message.
#[derive(Clone, Copy, Debug)]
struct Sum {
    /// Times of the first and the last event, in milliseconds since 1970-01-01 UTC. Logs are never older than that.
    first: u64,
    last: u64,
    traits: u32,
}

/// Traits of a message: one bit for each kind of its events and, from [`FIRST_STATE_BIT`] on, one for each TLS state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits(u32);

/// Number of the first bit of a TLS state.
const FIRST_STATE_BIT: u8 = 16;

const _: () = assert!(
    <Kind as Member>::ALL.len() <= FIRST_STATE_BIT as usize
        && <TlsState as Member>::ALL.len() + FIRST_STATE_BIT as usize <= u32::BITS as usize
);

impl Traits {
    /// Traits with the bits of `kinds`.
    pub(super) fn of_kinds(kinds: impl IntoIterator<Item = Kind>) -> Self {
        let bits = kinds.into_iter().map(|kind| 1 << kind.index());
        Self(bits.fold(0, |all, bit: u32| all | bit))
    }

    /// True when no bit is set.
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Traits with the bits of `states`.
    pub(super) fn of_states(states: impl IntoIterator<Item = TlsState>) -> Self {
        let bits = states
            .into_iter()
            .map(|state| 1 << (FIRST_STATE_BIT + state.index()));
        Self(bits.fold(0, |all, bit: u32| all | bit))
    }
}

impl Sum {
    /// Aggregate of no events.
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

/// Packed aggregates of [`BLOCK`] consecutive messages.
#[derive(Debug)]
struct Block {
    /// Milliseconds per unit of time: 1000 where all times are whole seconds, as in most logs, else 1.
    unit: u64,
    firsts: Packed,
    /// Durations from the first event to the last.
    spans: Packed,
    /// Distinct traits, which are few.
    traits: Vec<u32>,
    /// Index into `traits` for each message.
    trait_indexes: Packed,
}

impl Block {
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
        let mut indexes = HashMap::new();
        let trait_indexes = Packed::of(sums.iter().map(|sum| {
            *indexes.entry(sum.traits).or_insert_with(|| {
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
            trait_indexes,
        }
    }

    /// Times of the first and the last event of each message, in `unit` milliseconds, a divisor of `self.unit`.
    fn times(&self, unit: u64) -> impl Iterator<Item = (u64, u64)> {
        let times = self.firsts.iter().zip(self.spans.iter());
        let factor = self.unit / unit;
        times.map(move |(first, span)| (first * factor, (first + span) * factor))
    }

    /// Result of `of` for the traits of each message.
    fn by_traits<T: Copy>(&self, of: impl Fn(u32) -> T) -> impl Iterator<Item = Option<T>> {
        let all: Vec<T> = self.traits.iter().map(|traits| of(*traits)).collect();
        let indexes = self.trait_indexes.iter();
        indexes.map(move |at| usize::try_from(at).ok().and_then(|at| all.get(at).copied()))
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
            + self.trait_indexes.heap_bytes()
            + self.traits.capacity() * size_of::<u32>()
    }
}

/// A block of messages without events.
fn empty_block() -> Vec<Sum> {
    vec![Sum::NONE; BLOCK]
}

impl Blocks {
    /// Aggregate of a message, to be changed; its block is unpacked.
    fn sum(&mut self, message: u32) -> Option<&mut Sum> {
        let (number, index) = (message as usize / BLOCK, message as usize % BLOCK);
        let known = self.open.iter().rposition(|(open, _)| *open == number);
        let at = known.unwrap_or_else(|| self.open(number));
        self.open.get_mut(at)?.1.get_mut(index)
    }

    /// Unpacks a block and returns its index in `open`.
    fn open(&mut self, number: usize) -> usize {
        if self.open.len() == OPEN_BLOCKS {
            self.close();
        }
        let sums = self.packed.get(number).map(Block::sums);
        let sums = sums.unwrap_or_else(empty_block);
        self.open.push((number, sums));
        self.open.len() - 1
    }

    /// Packs all unpacked blocks.
    fn close(&mut self) {
        for (number, sums) in std::mem::take(&mut self.open) {
            self.cover(number * BLOCK);
            if number == self.packed.len() {
                self.packed.push(Block::of(&sums));
            } else if let Some(block) = self.packed.get_mut(number) {
                *block = Block::of(&sums);
            }
        }
    }

    /// Appends blocks without events, up to at least `messages` messages.
    fn cover(&mut self, messages: usize) {
        while self.packed.len() * BLOCK < messages {
            self.packed.push(Block::of(&empty_block()));
        }
    }
}

impl Sums for Blocks {
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

impl EventColumns {
    /// Adds the events that the model has gained since the last call; `None` when cancelled.
    pub(super) fn catch_up(&mut self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        let done = (self.cursor).catch_up(model, &mut self.blocks, || breaks.go_on());
        self.blocks.close();
        self.blocks.cover(model.messages.len() as usize);
        done
    }

    /// Times of the first and the last event of each message in milliseconds, as [`Model::span_of`] gives them.
    pub(super) fn times(&self) -> impl Iterator<Item = (u64, u64)> {
        self.times_in(1)
    }

    /// The same in seconds where all times are whole seconds, else in milliseconds.
    pub(super) fn whole_times(&self) -> impl Iterator<Item = (u64, u64)> {
        let units = self.blocks.packed.iter().map(|block| block.unit);
        self.times_in(units.min().unwrap_or(1))
    }

    fn times_in(&self, unit: u64) -> impl Iterator<Item = (u64, u64)> {
        let blocks = self.blocks.packed.iter();
        blocks.flat_map(move |block| block.times(unit))
    }

    /// Adds the messages that have any of the `wanted` traits to `into`.
    pub(super) fn collect(&self, wanted: Traits, into: &mut Bits) {
        for (block, first) in self.blocks.packed.iter().zip((0..).step_by(BLOCK)) {
            let wanted = |traits: u32| traits & wanted.0 != 0;
            if !block.traits.iter().any(|traits| wanted(*traits)) {
                continue;
            }
            for (number, has) in (first..).zip(block.by_traits(wanted)) {
                if has == Some(true) {
                    into.set(number);
                }
            }
        }
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.blocks.packed.iter().map(Block::heap_bytes).sum()
    }
}

/// Fields of the messages themselves, read again after any change of the model.
#[derive(Debug, Default)]
pub(super) struct MessageColumns {
    generation: Option<u64>,
    /// For each message the symbol of its envelope sender, shifted left by [`STATUS_BITS`], and its status.
    packed: Packed,
}

/// Bits of a status.
const STATUS_BITS: u32 = 3;

const _: () = assert!(Status::ALL.len() <= 1 << STATUS_BITS);

impl MessageColumns {
    /// Reads the fields of all messages, if the model has changed.
    pub(super) fn catch_up(&mut self, model: &Model) {
        if self.generation == Some(model.generation) {
            return;
        }
        self.generation = Some(model.generation);
        let columns = |message: &Message| {
            u64::from(message.sender.0) << STATUS_BITS | message.status() as u64
        };
        self.packed = Packed::of(model.messages.iter().map(columns));
    }

    /// Symbol of the envelope sender of each message.
    pub(super) fn senders(&self) -> impl Iterator<Item = u32> {
        let senders = self.packed.iter().map(|packed| packed >> STATUS_BITS);
        senders.map(|sender| u32::try_from(sender).unwrap_or(0))
    }

    /// Status of each message, as a number.
    pub(super) fn statuses(&self) -> impl Iterator<Item = u64> {
        self.packed
            .iter()
            .map(|packed| packed & ((1 << STATUS_BITS) - 1))
    }

    /// Adds the messages with one of the `wanted` senders to `into`.
    pub(super) fn collect_senders(&self, wanted: &Bits, into: &mut Bits) {
        for (number, sender) in (0..).zip(self.senders()) {
            if wanted.has(sender) {
                into.set(number);
            }
        }
    }

    /// Adds the messages with one of the `wanted` statuses to `into`.
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

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.packed.heap_bytes()
    }
}
