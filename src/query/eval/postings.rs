//! Inverted index from strings, TLS sessions and numbers to the messages that use them; grows with the model.

use crate::model::{Event, Model};
use crate::parse::Kind;

use super::packed::Ascending;
use super::{Bits, Breaks};

/// Kind of key of an inverted index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PostingKey {
    /// Addresses of events other than arrivals.
    Addresses,
    /// Addresses of arrivals, except the sender of the message, which [`super::columns`] has.
    Arrivals,
    /// Remote hosts.
    Peers,
    /// Error texts.
    Texts,
    /// TLS sessions, except on lines that may be forged.
    Sessions,
    /// TLS sessions on lines that may be forged.
    Forged,
    /// Exim error numbers.
    Errors,
    /// Files.
    Files,
}

/// No key.
const NONE: u32 = u32::MAX;

/// Maximum number of events in a segment: sorting them takes about 50 ms. Small in tests, so that they have
/// several segments.
const SEGMENT_EVENTS: u32 = if cfg!(test) { 16 } else { 1 << 20 };

/// Events between two checks for cancellation.
const BETWEEN_LOOKS: u32 = 1 << 16;

impl PostingKey {
    pub(super) const ALL: [Self; 8] = [
        Self::Addresses,
        Self::Arrivals,
        Self::Peers,
        Self::Texts,
        Self::Sessions,
        Self::Forged,
        Self::Errors,
        Self::Files,
    ];

    /// Keys of an event; [`NONE`] for no key.
    fn keys(self, model: &Model, event: &Event) -> [u32; 2] {
        let known = |number: u32| if number == 0 { NONE } else { number };
        let arrives = event.kind == Kind::Arrival;
        match self {
            Self::Addresses if !arrives => {
                [event.address.0, model.remark(event).parent.0].map(known)
            }
            Self::Arrivals if arrives => {
                let message = model.messages.get(event.message);
                let sender = message.is_some_and(|message| message.sender == event.address);
                let address = if sender { 0 } else { event.address.0 };
                [address, model.remark(event).parent.0].map(known)
            }
            Self::Sessions if !event.is_ambiguous() => [known(event.session.into()), NONE],
            Self::Forged if event.is_ambiguous() => [known(event.session.into()), NONE],
            Self::Addresses | Self::Arrivals | Self::Sessions | Self::Forged => [NONE; 2],
            Self::Peers => [known(event.peer.0), NONE],
            Self::Texts => [known(model.remark(event).text.0), NONE],
            Self::Errors => {
                let number = model.remark(event).errno.cast_unsigned();
                [known(number.into()), NONE]
            }
            Self::Files => [model.file_number(event), NONE],
        }
    }
}

/// Inverted index of one kind of key.
///
/// It is split into segments, each for a range of events. New events only cause the last, small segments to be
/// rebuilt.
#[derive(Debug)]
pub(super) struct Postings {
    key: PostingKey,
    segments: Vec<Segment>,
    /// Number of events indexed.
    events: u32,
    /// Index of the events that changed after they were indexed.
    amended: Segment,
    /// Number of such changes that are in `amended`.
    amendments: usize,
}

/// Inverted index of a range of events.
#[derive(Debug, Default)]
struct Segment {
    /// Number of the first event.
    first: u32,
    /// Smallest message number.
    least: u32,
    /// Number of lower bits of a pair that hold the message number, less `least`.
    shift: u32,
    /// Pairs of key and message number in ascending order, the key in the upper bits.
    pairs: Ascending,
}

impl Postings {
    pub(super) fn new(key: PostingKey) -> Self {
        Self {
            key,
            segments: Vec::new(),
            events: 0,
            amended: Segment::default(),
            amendments: 0,
        }
    }

    pub(super) const fn key(&self) -> PostingKey {
        self.key
    }

    /// True for the kinds of keys that a single word is looked for in.
    pub(super) const fn is_for_words(&self) -> bool {
        !matches!(self.key, PostingKey::Errors | PostingKey::Files)
    }

    /// Indexes the events that the model has gained since the last call; `None` when ended early, which keeps
    /// complete segments.
    pub(super) fn catch_up(&mut self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        while self.events < model.events.len() {
            let end = model
                .events
                .len()
                .min(self.events.saturating_add(SEGMENT_EVENTS));
            // Segments not much larger than the new events are rebuilt together with them, which keeps their
            // number small.
            let mut first = self.events;
            let mut unchanged = self.segments.len();
            for segment in self.segments.iter().rev() {
                if end - segment.first > SEGMENT_EVENTS || first - segment.first > 2 * (end - first)
                {
                    break;
                }
                first = segment.first;
                unchanged -= 1;
            }
            let segment = Segment::of(self.key, model, first..end, first, breaks)?;
            self.segments.truncate(unchanged);
            self.segments.push(segment);
            self.events = end;
            breaks.rest()?;
        }
        let amended = model.amended();
        if self.amendments < amended.len() {
            self.amended = Segment::of(self.key, model, amended.iter().copied(), 0, breaks)?;
            self.amendments = amended.len();
        }
        Some(())
    }

    /// Adds the messages of all `wanted` keys to `into`.
    pub(super) fn collect(&self, wanted: &Bits, into: &mut Bits) {
        for segment in self.segments.iter().chain([&self.amended]) {
            segment.collect(wanted, into);
        }
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let segments = self.segments.iter().chain([&self.amended]);
        segments.map(|segment| segment.pairs.heap_bytes()).sum()
    }
}

impl Segment {
    /// Indexes some events, of which `first` is the first; `None` when cancelled.
    fn of(
        kind: PostingKey,
        model: &Model,
        events: impl Iterator<Item = u32>,
        first: u32,
        breaks: Breaks<'_>,
    ) -> Option<Self> {
        let mut pairs: Vec<u64> = Vec::new();
        for number in events {
            if number.is_multiple_of(BETWEEN_LOOKS) {
                breaks.go_on()?;
            }
            let Some(event) = model.events.get(number) else {
                continue;
            };
            if event.message == Event::NO_MESSAGE {
                continue;
            }
            for key in kind.keys(model, &event) {
                let pair = u64::from(key) << 32 | u64::from(event.message);
                if key != NONE && pairs.last() != Some(&pair) {
                    pairs.push(pair);
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Some(Self::of_pairs(first, pairs))
    }

    /// A segment of sorted pairs, with the key in the upper and the message number in the lower 32 bits.
    fn of_pairs(first: u32, mut pairs: Vec<u64>) -> Self {
        let messages = || pairs.iter().map(|pair| low(*pair));
        let least = messages().min().unwrap_or(0);
        let most = messages().max().unwrap_or(0);
        let shift = u32::BITS - (most - least).leading_zeros();
        for pair in &mut pairs {
            *pair = *pair >> u32::BITS << shift | u64::from(low(*pair) - least);
        }
        Self {
            first,
            least,
            shift,
            pairs: Ascending::of(&pairs),
        }
    }

    /// Adds the messages of all `wanted` keys to `into`.
    fn collect(&self, wanted: &Bits, into: &mut Bits) {
        let key = |pair: u64| low(pair >> self.shift);
        // Blocks and wanted keys are both ascending.
        let mut next = wanted.from(0);
        let pairs = self.pairs.within(|first, end| {
            if next.is_some_and(|next| next < key(first)) {
                next = wanted.from(key(first));
            }
            next.is_some_and(|next| next <= key(end))
        });
        let mask = (1 << self.shift) - 1;
        for pair in pairs {
            if wanted.has(key(pair)) {
                into.set(self.least + low(pair & mask));
            }
        }
    }
}

/// Lower 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "that is the purpose")]
const fn low(pair: u64) -> u32 {
    pair as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_piece_gives_the_messages_of_the_wanted_keys(
            mut pairs in prop::collection::vec((prop_oneof![0..4_u32, 0..3000_u32], 7..5000_u32), 0..500),
            wanted in prop::collection::vec(0..3000_u32, 0..20),
            few in prop::collection::vec(0..4_u32, 0..2),
        ) {
            pairs.sort_unstable();
            let packed = pairs.iter().map(|(key, message)| u64::from(*key) << 32 | u64::from(*message));
            let segment = Segment::of_pairs(0, packed.collect());
            let mut keys = Bits::empty(3000);
            wanted.into_iter().chain(few).for_each(|key| keys.set(key));
            let mut found = Bits::empty(5000);
            segment.collect(&keys, &mut found);
            let mut plain = Bits::empty(5000);
            for (_, message) in pairs.iter().filter(|(key, _)| keys.has(*key)) {
                plain.set(*message);
            }
            prop_assert_eq!(found, plain);
        }
    }
}
