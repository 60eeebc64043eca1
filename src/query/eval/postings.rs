//! Which messages use a string, a TLS session or a number: lists that grow with the model.

use crate::model::{Event, Model};
use crate::parse::Kind;

use super::packed::Ascending;
use super::{Bits, Breaks};

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Addresses, but for those of arrivals.
    Addresses,
    /// Addresses of arrivals, as far as the message does not name them as its sender.
    Arrivals,
    /// Remote hosts.
    Peers,
    /// Error texts.
    Texts,
    /// TLS sessions.
    Sessions,
    /// TLS sessions on lines that may be forged.
    Forged,
    /// Exim's error numbers.
    Errors,
    /// Files.
    Files,
}

/// No key.
const NONE: u32 = u32::MAX;

/// Events in one piece at most: as much as is sorted in some fifty milliseconds. Tests have several pieces as well.
const LARGEST: u32 = if cfg!(test) { 16 } else { 1 << 20 };

/// Events between two looks at whether to stop.
const BETWEEN_LOOKS: u32 = 1 << 16;

impl Family {
    /// Every family.
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

    /// The keys of an event.
    fn keys(self, model: &Model, event: &Event) -> [u32; 2] {
        let known = |number: u32| if number == 0 { NONE } else { number };
        let arrives = event.kind == Kind::Arrival;
        match self {
            Self::Addresses if !arrives => {
                [event.address.0, model.remark(event).parent.0].map(known)
            }
            Self::Arrivals if arrives => {
                let message = model.messages.get(event.message);
                let sender = message.is_some_and(|own| own.sender == event.address);
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

/// The lists of one family.
///
/// They are kept in pieces, each of a stretch of events, so that what comes later makes none of them anew but the
/// last, small ones.
#[derive(Debug)]
pub(super) struct Postings {
    family: Family,
    pieces: Vec<Piece>,
    /// Events listed.
    events: u32,
    /// Of events that changed after they were listed.
    amended: Piece,
    /// So many amendments are listed.
    amendments: usize,
}

/// The lists of a stretch of events.
#[derive(Debug, Default)]
struct Piece {
    /// The first of these events.
    first: u32,
    /// The least message.
    least: u32,
    /// Bits of a pair that tell by how much its message is above the least.
    shift: u32,
    /// Keys, each with one of its messages.
    pairs: Ascending,
}

impl Postings {
    pub(super) fn new(family: Family) -> Self {
        Self {
            family,
            pieces: Vec::new(),
            events: 0,
            amended: Piece::default(),
            amendments: 0,
        }
    }

    /// What is listed.
    pub(super) const fn family(&self) -> Family {
        self.family
    }

    /// True for what a word asks for.
    pub(super) const fn is_usual(&self) -> bool {
        !matches!(self.family, Family::Errors | Family::Files)
    }

    /// Lists what the model has got since the last call; `None` when ended early. What is done then stays done.
    pub(super) fn catch_up(&mut self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        while self.events < model.events.len() {
            let end = model.events.len().min(self.events.saturating_add(LARGEST));
            // A piece that is not much larger than the news is made again with them: so there are few.
            let mut first = self.events;
            let mut kept = self.pieces.len();
            for piece in self.pieces.iter().rev() {
                if end - piece.first > LARGEST || first - piece.first > 2 * (end - first) {
                    break;
                }
                first = piece.first;
                kept -= 1;
            }
            let piece = Piece::of(self.family, model, first..end, first, breaks)?;
            self.pieces.truncate(kept);
            self.pieces.push(piece);
            self.events = end;
            breaks.rest()?;
        }
        let amended = model.amended();
        if self.amendments < amended.len() {
            self.amended = Piece::of(self.family, model, amended.iter().copied(), 0, breaks)?;
            self.amendments = amended.len();
        }
        Some(())
    }

    /// Takes the messages of all wanted keys in.
    pub(super) fn collect(&self, wanted: &Bits, into: &mut Bits) {
        for piece in self.pieces.iter().chain([&self.amended]) {
            piece.collect(wanted, into);
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let pieces = self.pieces.iter().chain([&self.amended]);
        pieces.map(|piece| piece.pairs.heap_bytes()).sum()
    }
}

impl Piece {
    /// Lists some events; `None` when cancelled.
    fn of(
        family: Family,
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
            for key in family.keys(model, &event) {
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

    /// Of keys, each with one of its messages, in order.
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

    /// Takes the messages of all wanted keys in.
    fn collect(&self, wanted: &Bits, into: &mut Bits) {
        let key = |pair: u64| low(pair >> self.shift);
        // Both go upwards, the blocks and the wanted keys.
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

/// The lower half.
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
            let piece = Piece::of_pairs(0, packed.collect());
            let mut keys = Bits::empty(3000);
            wanted.into_iter().chain(few).for_each(|key| keys.set(key));
            let mut found = Bits::empty(5000);
            piece.collect(&keys, &mut found);
            let mut plain = Bits::empty(5000);
            for (_, message) in pairs.iter().filter(|(key, _)| keys.has(*key)) {
                plain.set(*message);
            }
            prop_assert_eq!(found, plain);
        }
    }
}
