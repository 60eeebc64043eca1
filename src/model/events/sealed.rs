//! Events that are over, each in as few bits as the largest numbers around it need.

use crate::model::{Chunked, Event, Symbol};
use crate::parse::Kind;

/// Bits of a word.
const WORD: usize = u64::BITS as usize;

/// The events of a block: as many as a word has bits, so that a block takes a word for each bit of an event.
pub(super) type Block = [Event; WORD];

/// How many those are.
pub(super) const BLOCK: u32 = u64::BITS;

/// What is kept of an event, each as a number. Those of one line of this table fit in a word together, whatever they
/// are.
///
/// ```text
/// seconds kind bits clock
/// origin session peer
/// message address
/// remark
/// ```
const COLUMNS: usize = 10;

/// Lines of that table.
const GROUPS: usize = 4;

/// The line of each column.
const IN_GROUP: [usize; COLUMNS] = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3];

type Row = [u32; COLUMNS];

/// Blocks of events, without the numbers of those that come next.
#[derive(Clone, Debug, Default)]
pub(super) struct Sealed {
    /// Whole blocks, each in one piece: its head, then the events, without gaps between them.
    pieces: Vec<Vec<u64>>,
    /// Where each block begins, in words.
    places: Chunked<u32>,
}

/// Words of one piece.
const PIECE: usize = 1 << 14;

/// What the events of a block have in common.
#[derive(Clone, Copy)]
struct Head {
    /// The least time.
    seconds: u32,
    /// The highest message; 0 where all are of none.
    message: u32,
    /// Bits of each column.
    widths: [u32; COLUMNS],
}

impl Head {
    /// Words that it takes.
    const WORDS: usize = 2;
    /// Bits of a width. None is more than 32.
    const WIDTH: u32 = 6;

    fn words(&self) -> [u64; Self::WORDS] {
        let bases = u64::from(self.seconds) << 32 | u64::from(self.message);
        let widths = self.widths.iter();
        let widths = widths.fold(0, |all, width| all << Self::WIDTH | u64::from(*width));
        [bases, widths]
    }

    #[expect(clippy::cast_possible_truncation, reason = "parts of words are meant")]
    fn read(words: &[u64]) -> Self {
        let word = |at: usize| words.get(at).copied().unwrap_or(0);
        let (bases, packed) = (word(0), word(1));
        let mut widths = [0; COLUMNS];
        for (column, width) in (0_u32..).zip(widths.iter_mut().rev()) {
            *width = (packed >> (column * Self::WIDTH)) as u32 & ((1 << Self::WIDTH) - 1);
        }
        Self {
            seconds: (bases >> 32) as u32,
            message: bases as u32,
            widths,
        }
    }

    /// Of some events.
    fn of(events: &[Event]) -> Self {
        let seconds = events.iter().map(|event| event.seconds).min();
        let messages = events.iter().map(|event| event.message);
        let messages = messages.filter(|message| *message != Event::NO_MESSAGE);
        Self {
            seconds: seconds.unwrap_or(0),
            message: messages.max().unwrap_or(0),
            widths: [0; COLUMNS],
        }
    }

    /// Bits of an event; at the same time words of a block.
    fn width(&self) -> usize {
        self.widths.iter().sum::<u32>() as usize
    }

    fn row(&self, event: &Event) -> Row {
        [
            event.seconds - self.seconds,
            event.kind as u32,
            event.bits.into(),
            // Most logs have no milliseconds: what differs then stands at the end.
            event.clock.rotate_left(Event::FLAG_BITS).into(),
            event.origin.into(),
            event.session.into(),
            event.peer.0,
            // Most are of messages that came in lately.
            match event.message {
                Event::NO_MESSAGE => 0,
                message => self.message - message + 1,
            },
            event.address.0,
            event.remark,
        ]
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "they were not wider before"
    )]
    fn event(&self, row: &Row) -> Event {
        let [
            seconds,
            kind,
            bits,
            clock,
            origin,
            session,
            peer,
            message,
            address,
            remark,
        ] = *row;
        Event {
            seconds: self.seconds.wrapping_add(seconds),
            kind: Kind::ALL.get(kind as usize).copied().unwrap_or_default(),
            bits: bits as u8,
            clock: (clock as u16).rotate_right(Event::FLAG_BITS),
            origin: origin as u16,
            session: session as u16,
            peer: Symbol(peer),
            message: match message {
                0 => Event::NO_MESSAGE,
                behind => self.message.wrapping_sub(behind - 1),
            },
            address: Symbol(address),
            remark,
            ..Event::default()
        }
    }
}

/// How the events of a block are packed.
struct Layout {
    head: Head,
    /// By how much each column is moved in its group.
    shifts: [u32; COLUMNS],
    /// Bits of each group.
    groups: [u32; GROUPS],
}

impl Layout {
    #[inline]
    fn of(head: Head) -> Self {
        let (mut shifts, mut groups) = ([0; COLUMNS], [0; GROUPS]);
        for ((group, width), shift) in IN_GROUP.into_iter().zip(head.widths).zip(&mut shifts) {
            *shift = groups[group];
            groups[group] += width;
        }
        Self {
            head,
            shifts,
            groups,
        }
    }

    /// Packs an event, as far as that goes without regard to those before it.
    #[inline]
    fn pack(&self, row: &Row) -> [u64; GROUPS] {
        let mut groups = [0; GROUPS];
        for ((group, own), shift) in IN_GROUP.into_iter().zip(row).zip(self.shifts) {
            groups[group] |= u64::from(*own) << shift;
        }
        groups
    }

    /// The event at a place of the block whose words those are.
    #[inline]
    fn unpack(&self, words: &[u64], place: usize) -> Event {
        let mut at = place * self.head.width();
        let groups = self.groups.map(|width| {
            let group = bits(words, at, width);
            at += width as usize;
            group
        });
        self.head.event(&std::array::from_fn(|column| {
            let group = groups[IN_GROUP[column]] >> self.shifts[column];
            low(group, self.head.widths[column])
        }))
    }
}

/// The lowest bits of a word.
#[expect(clippy::cast_possible_truncation, reason = "no column is wider")]
const fn low(word: u64, width: u32) -> u32 {
    (word & ((1 << width) - 1)) as u32
}

/// So many bits that begin at a place of some words; what is above them does not count.
#[inline]
fn bits(words: &[u64], at: usize, width: u32) -> u64 {
    let (first, shift) = (at / WORD, at % WORD);
    let word = |at: usize| words.get(at).copied().unwrap_or(0);
    if shift + width as usize <= WORD {
        word(first) >> shift
    } else {
        word(first) >> shift | word(first + 1) << (WORD - shift)
    }
}

impl Sealed {
    /// Number of events.
    pub(super) const fn len(&self) -> u32 {
        self.places.len() * BLOCK
    }

    /// An event, but for its number and the one that comes next.
    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<Event> {
        let words = self.words(number / BLOCK)?;
        let (head, events) = words.split_at_checked(Head::WORDS)?;
        Some(Layout::of(Head::read(head)).unpack(events, (number % BLOCK) as usize))
    }

    /// Some bits of where an event is kept.
    pub(super) fn glimpse(&self, number: u32) -> u32 {
        let words = self.words(number / BLOCK).unwrap_or_default();
        let place = (number % BLOCK) as usize * Head::read(words).width();
        low(bits(words, Head::WORDS * WORD + place, 1), 1)
    }

    /// All events of a block, as [`Sealed::get`] gives them.
    pub(super) fn block(&self, block: u32) -> Option<Block> {
        let (head, events) = self.words(block)?.split_at_checked(Head::WORDS)?;
        let layout = Layout::of(Head::read(head));
        Some(std::array::from_fn(|place| layout.unpack(events, place)))
    }

    /// Appends a block.
    pub(super) fn push(&mut self, events: &Block) {
        let words = pack(events);
        let place = self.store(&words);
        self.places.push(place);
    }

    /// Puts other events in the place of those of a block.
    pub(super) fn replace(&mut self, block: u32, events: &Block) {
        let words = pack(events);
        let (Some(&place), Some(before)) = (self.places.get(block), self.words(block)) else {
            return;
        };
        let taken = before
            .get(..Head::WORDS)
            .map_or(0, |head| Head::read(head).width());
        let place = if words.len() <= Head::WORDS + taken {
            let (piece, start) = split(place);
            let piece = self.pieces.get_mut(piece);
            let own = piece.and_then(|piece| piece.get_mut(start..start + words.len()));
            if let Some(own) = own {
                own.copy_from_slice(&words);
            }
            place
        } else {
            // What it took before stays unused: hardly any grows.
            self.store(&words)
        };
        if let Some(own) = self.places.get_mut(block) {
            *own = place;
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let words = self.pieces.iter().map(Vec::capacity).sum::<usize>();
        words * size_of::<u64>() + self.places.heap_bytes()
    }

    /// From the first word of a block on.
    #[inline]
    fn words(&self, block: u32) -> Option<&[u64]> {
        let (piece, start) = split(*self.places.get(block)?);
        self.pieces.get(piece)?.get(start..)
    }

    fn store(&mut self, words: &[u64]) -> u32 {
        if self
            .pieces
            .last()
            .is_none_or(|piece| piece.len() + words.len() > PIECE)
        {
            // The first one grows as needed.
            let room = if self.pieces.is_empty() { 0 } else { PIECE };
            self.pieces.push(Vec::with_capacity(room));
        }
        let before = self.pieces.len() - 1;
        let own = &mut self.pieces[before];
        let place = before * PIECE + own.len();
        own.extend_from_slice(words);
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

/// The piece of a place, and where in it.
const fn split(place: u32) -> (usize, usize) {
    (place as usize / PIECE, place as usize % PIECE)
}

/// The words of a block.
fn pack(events: &Block) -> Vec<u64> {
    let mut head = Head::of(events);
    let rows = events.each_ref().map(|event| head.row(event));
    let mut all = [0; COLUMNS];
    for row in &rows {
        for (all, own) in all.iter_mut().zip(row) {
            *all |= own;
        }
    }
    head.widths = all.map(|all: u32| u32::BITS - all.leading_zeros());
    let mut words = Vec::with_capacity(Head::WORDS + head.width());
    words.extend(head.words());
    let layout = Layout::of(head);
    let (mut word, mut filled) = (0, 0);
    for row in &rows {
        for (group, width) in layout.pack(row).into_iter().zip(layout.groups) {
            word |= group << filled;
            filled += width;
            if filled >= u64::BITS {
                words.push(word);
                filled -= u64::BITS;
                word = group.checked_shr(width - filled).unwrap_or(0);
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(n: u32) -> Event {
        let wild = n.wrapping_mul(0x9e37_79b1);
        Event {
            seconds: 1_700_000_000 + n / 7,
            kind: Kind::ALL[n as usize % Kind::ALL.len()],
            bits: (wild >> 24) as u8,
            clock: (wild >> 16) as u16,
            origin: 3 + (n / 9) as u16,
            session: (n % 5) as u16,
            peer: Symbol(wild >> 12),
            message: if n.is_multiple_of(3) {
                Event::NO_MESSAGE
            } else {
                1_000_000 - n
            },
            address: Symbol(n % 2 * wild),
            remark: n % 4,
            ..Event::default()
        }
    }

    /// Of which every column is as wide as it can be.
    fn widest(n: u32) -> Event {
        let all = n.is_multiple_of(2);
        let number = if all { u32::MAX } else { 0 };
        Event {
            seconds: number,
            kind: Kind::ALL[if all { Kind::ALL.len() - 1 } else { 0 }],
            bits: number as u8,
            clock: number as u16,
            origin: number as u16,
            session: number as u16,
            peer: Symbol(number),
            message: [Event::NO_MESSAGE, Event::NO_MESSAGE - 1, 0][n as usize % 3],
            address: Symbol(number),
            remark: number,
            ..Event::default()
        }
    }

    fn assert_same(one: Option<Event>, other: Event) {
        assert_eq!(format!("{one:?}"), format!("{:?}", Some(other)));
    }

    fn block(event: impl Fn(u32) -> Event) -> Block {
        std::array::from_fn(|place| event(place as u32))
    }

    #[test]
    fn events_come_back_as_they_were() {
        let mut sealed = Sealed::default();
        let mut wanted = Vec::new();
        for n in 0..2_000 {
            let events = match n % 3 {
                0 => block(|place| event(n * 64 + place)),
                1 => block(widest),
                _ => block(|_| Event::default()),
            };
            sealed.push(&events);
            wanted.extend(events);
        }
        assert_eq!(sealed.len() as usize, wanted.len());
        assert!(sealed.pieces.len() > 1);
        for (number, wanted) in (0..).zip(&wanted) {
            assert_same(sealed.get(number), *wanted);
        }
        for (number, wanted) in (0..).zip(wanted.chunks(WORD)) {
            for (own, wanted) in sealed.block(number).unwrap().into_iter().zip(wanted) {
                assert_same(Some(own), *wanted);
            }
        }
        assert!(sealed.get(sealed.len()).is_none() && sealed.block(2_000).is_none());
    }

    #[test]
    fn events_that_are_alike_take_next_to_nothing() {
        let mut sealed = Sealed::default();
        sealed.push(&block(|_| Event {
            seconds: 1_700_000_000,
            message: 5_000_000,
            kind: Kind::Arrival,
            ..Event::default()
        }));
        // The message, for which none stands at 0.
        assert_eq!(sealed.pieces[0].len(), Head::WORDS + 1);
    }

    #[test]
    fn a_block_is_replaced_whether_it_grows_or_not() {
        let mut sealed = Sealed::default();
        for _ in 0..3 {
            sealed.push(&block(event));
        }
        let length = sealed.pieces[0].len();
        sealed.replace(1, &block(|_| Event::default()));
        assert_eq!(sealed.pieces[0].len(), length);
        sealed.replace(0, &block(widest));
        sealed.replace(3, &block(widest));
        assert!(sealed.pieces[0].len() > length);
        for place in 0..64 {
            assert_same(sealed.get(place), widest(place));
            assert_same(sealed.get(64 + place), Event::default());
            assert_same(sealed.get(128 + place), event(place));
        }
    }
}
