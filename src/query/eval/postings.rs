//! Which messages use a string, a TLS session or a number: lists that grow with the model.

use crate::model::{Event, Model};
use crate::parse::Kind;

use super::{Bits, Breaks};

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Addresses: the symbol, doubled; odd on arrivals. A sender that its message names is left out.
    Addresses,
    /// Remote hosts.
    Peers,
    /// Error texts.
    Texts,
    /// TLS sessions: the number, doubled; odd on lines that may be forged.
    Sessions,
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
    pub(super) const ALL: [Self; 6] = [
        Self::Addresses,
        Self::Peers,
        Self::Texts,
        Self::Sessions,
        Self::Errors,
        Self::Files,
    ];

    /// The keys of an event.
    fn keys(self, model: &Model, event: &Event) -> [u32; 2] {
        let known = |key: u32, number: u32| if number == 0 { NONE } else { key };
        match self {
            Self::Addresses => {
                let arrives = event.kind == Kind::Arrival;
                let sender = || model.messages.get(event.message).map(|own| own.sender);
                let key = |symbol: u32| known(symbol << 1 | u32::from(arrives), symbol);
                if arrives && sender() == Some(event.address) {
                    [NONE, key(model.remark(event).parent.0)]
                } else {
                    [key(event.address.0), key(model.remark(event).parent.0)]
                }
            }
            Self::Peers => [known(event.peer.0, event.peer.0), NONE],
            Self::Texts => {
                let text = model.remark(event).text.0;
                [known(text, text), NONE]
            }
            Self::Sessions => {
                let number = u32::from(event.session);
                let key = number << 1 | u32::from(event.is_ambiguous());
                [known(key, number), NONE]
            }
            Self::Errors => {
                let number = u32::from(model.remark(event).errno.cast_unsigned());
                [known(number, number), NONE]
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
    first: u32,
    /// Ascending; a key with many messages stands here several times.
    keys: Vec<u32>,
    /// How many messages each of them has: most have one.
    lengths: Vec<u8>,
    messages: Vec<u32>,
}

impl Postings {
    pub(super) const fn new(family: Family) -> Self {
        Self {
            family,
            pieces: Vec::new(),
            events: 0,
            amended: Piece {
                first: 0,
                keys: Vec::new(),
                lengths: Vec::new(),
                messages: Vec::new(),
            },
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
    pub(super) fn collect(&self, wanted: &dyn Fn(u32) -> bool, into: &mut Bits) {
        for piece in self.pieces.iter().chain([&self.amended]) {
            let mut rest = piece.messages.as_slice();
            for (&key, &length) in piece.keys.iter().zip(&piece.lengths) {
                let (list, after) = rest.split_at(rest.len().min(length.into()));
                if wanted(key) {
                    for &message in list {
                        into.set(message);
                    }
                }
                rest = after;
            }
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let pieces = self.pieces.iter().chain([&self.amended]);
        let bytes = pieces.map(|piece| {
            let numbers = piece.keys.capacity() + piece.messages.capacity();
            numbers * size_of::<u32>() + piece.lengths.capacity()
        });
        bytes.sum()
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
            for key in family.keys(model, event) {
                let pair = u64::from(key) << 32 | u64::from(event.message);
                if key != NONE && pairs.last() != Some(&pair) {
                    pairs.push(pair);
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Some(Self::of_pairs(first, &pairs))
    }

    /// Of keys with messages, in order.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "splits a pair into its halves, and a list into short ones"
    )]
    fn of_pairs(first: u32, pairs: &[u64]) -> Self {
        let key = |pair: &u64| (pair >> 32) as u32;
        let lists = || {
            let whole = pairs.chunk_by(move |a, b| key(a) == key(b));
            whole.flat_map(|list| list.chunks(u8::MAX.into()))
        };
        let count = lists().count();
        let mut piece = Self {
            first,
            keys: Vec::with_capacity(count),
            lengths: Vec::with_capacity(count),
            messages: pairs.iter().map(|pair| *pair as u32).collect(),
        };
        for list in lists() {
            piece.keys.extend(list.first().map(key));
            piece.lengths.push(list.len() as u8);
        }
        piece
    }
}
