//! Bit-packed events in blocks of 64: each column is as wide as its largest value in the block.

use crate::model::{Chunked, Event, Symbol};
use crate::parse::Kind;

/// The events of one block.
pub(super) type Block = [Event; BLOCK as usize];

/// Number of events of a block: the bits of a word, so that a block takes one word for each bit of an event.
pub(super) const BLOCK: u32 = u64::BITS;

/// Number of columns: seconds, kind, bits, clock, origin, session, peer, message, address, remark.
const COLUMNS: usize = 10;

type Row = [u32; COLUMNS];

/// Packed blocks, without the event numbers of [`Event::next`].
///
/// A block is its head and then a stream of bits, event after event, lowest bit first. There is room for 32 GiB.
#[derive(Clone, Debug, Default)]
pub(super) struct Sealed {
    /// Blocks. Each piece ends with [`REACH`] zero bytes, so that the last event can be read with full words.
    pieces: Vec<Vec<u8>>,
    /// Positions of the blocks, by block index.
    blocks: Chunked<BlockPosition>,
}

/// Position of a block, which lies within one piece. Enough to find an event without reading the head first.
#[derive(Clone, Copy, Debug)]
struct BlockPosition {
    /// Index of the first word, counted over all pieces.
    word: u32,
    /// Number of bits of one event, which is also the number of words of all events.
    width: u8,
    /// Largest `width` for which the block fits at this position.
    capacity: u8,
}

impl BlockPosition {
    /// Index of the piece, and byte offset within it.
    const fn split(self) -> (usize, usize) {
        let word = self.word as usize;
        (word / PIECE, word % PIECE * WORD)
    }
}

const WORD: usize = size_of::<u64>();

const PIECE: usize = 1 << 14;

/// Number of bytes read to unpack an event: the longest event, and a word that begins at its last bit.
const REACH: usize = 40;

/// Head of a block: base values and column layout.
#[derive(Clone, Copy, Default)]
struct Head {
    /// Lowest seconds of the block; the column holds the difference.
    seconds: u32,
    /// Highest message number of the block; the column holds the difference plus 1, or 0 for no message.
    message: u32,
    /// Number of bits of each column.
    widths: [u8; COLUMNS],
    /// First bit of each column within an event.
    starts: [u8; COLUMNS],
}

impl Head {
    const BYTES: usize = 4 * WORD;
    /// Offset of the widths in an encoded head.
    const WIDTHS: usize = WORD;
    /// Offset of the starts in an encoded head.
    const STARTS: usize = Self::WIDTHS + COLUMNS;

    fn bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let parts = (self.seconds.to_le_bytes().into_iter())
            .chain(self.message.to_le_bytes())
            .chain(self.widths)
            .chain(self.starts);
        bytes
            .iter_mut()
            .zip(parts)
            .for_each(|(byte, part)| *byte = part);
        bytes
    }

    /// Base values of some events; the column layout is set by [`Self::widen`].
    fn of(events: &Block) -> Self {
        let seconds = events.iter().map(|event| event.seconds).min();
        let messages = events.iter().map(|event| event.message);
        let messages = messages.filter(|message| *message != Event::NO_MESSAGE);
        Self {
            seconds: seconds.unwrap_or(0),
            message: messages.max().unwrap_or(0),
            ..Self::default()
        }
    }

    /// Sets the widths of the columns; gives the number of bits of an event.
    fn widen(&mut self, widths: [u8; COLUMNS]) -> u8 {
        self.widths = widths;
        let mut all = 0;
        for (start, width) in self.starts.iter_mut().zip(widths) {
            *start = all;
            all += width;
        }
        all
    }

    fn row(&self, event: &Event) -> Row {
        [
            event.seconds - self.seconds,
            event.kind as u32,
            event.bits.into(),
            // Most logs have no milliseconds: rotated, the mark is in the low bits and the column is narrow.
            event.clock.rotate_left(Event::FLAG_BITS).into(),
            event.origin.into(),
            event.session.into(),
            event.peer.0,
            // Most events belong to one of the latest messages.
            match event.message {
                Event::NO_MESSAGE => 0,
                message => self.message - message + 1,
            },
            event.address.0,
            event.remark,
        ]
    }
}

/// A block in its packed form, for reading.
pub(super) struct Opened<'a> {
    /// Encoded head, see [`Head::bytes`].
    head: &'a [u8; Head::BYTES],
    events: &'a [u8],
    /// Number of bits of an event.
    width: u8,
}

impl Opened<'_> {
    /// Unpacks the event with a number that is in this block; `next` is its [`Event::next`].
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "columns are no wider than the fields that were packed"
    )]
    pub(super) fn get(&self, number: u32, next: u32) -> Event {
        let [s0, s1, s2, s3, m0, m1, m2, m3, ..] = *self.head;
        let first = u32::from_le_bytes([s0, s1, s2, s3]);
        let highest = u32::from_le_bytes([m0, m1, m2, m3]);
        let at = self.first_bit(number);
        let bytes = self.events.get(at / 8..).and_then(<[u8]>::first_chunk);
        let bytes = bytes.unwrap_or(&[0; REACH]);
        let column = |column: usize| {
            let start = usize::from(self.head[Head::STARTS + column]);
            read_bits(bytes, at % 8 + start, self.head[Head::WIDTHS + column])
        };
        Event {
            number,
            seconds: first.wrapping_add(column(0)),
            kind: (Kind::ALL.get(column(1) as usize).copied()).unwrap_or_default(),
            bits: column(2) as u8,
            clock: (column(3) as u16).rotate_right(Event::FLAG_BITS),
            origin: column(4) as u16,
            session: column(5) as u16,
            peer: Symbol(column(6)),
            message: match column(7) {
                0 => Event::NO_MESSAGE,
                behind => highest.wrapping_sub(behind - 1),
            },
            address: Symbol(column(8)),
            remark: column(9),
            next,
        }
    }

    /// First bit of an event within the block.
    #[inline]
    fn first_bit(&self, number: u32) -> usize {
        (number % BLOCK) as usize * usize::from(self.width)
    }

    /// All events of the block, without [`Event::number`] and [`Event::next`].
    pub(super) fn all(&self) -> Block {
        let mut all = [Event::default(); BLOCK as usize];
        for (number, event) in (0..).zip(&mut all) {
            *event = self.get(number, Event::LAST);
        }
        all
    }
}

/// The number of `width` bits, at most 32, that begins at bit `at`.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
fn read_bits(bytes: &[u8; REACH], at: usize, width: u8) -> u32 {
    // The remainder changes nothing, but shows the compiler that a full word follows: no bounds check is needed.
    let byte = at / 8 % (REACH - WORD);
    let word = bytes[byte..].first_chunk();
    let word = word.map_or(0, |word| u64::from_le_bytes(*word));
    (word >> (at % 8) & ((1 << width) - 1)) as u32
}

impl Sealed {
    pub(super) const fn len(&self) -> u32 {
        self.blocks.len() * BLOCK
    }

    /// The event with a number; `next` is its [`Event::next`].
    #[inline]
    pub(super) fn get(&self, number: u32, next: u32) -> Option<Event> {
        Some(self.block(number / BLOCK)?.get(number, next))
    }

    /// Some bits of the head and of the packed event, for prefetching.
    pub(super) fn prefetch_bits(&self, number: u32) -> u32 {
        self.block(number / BLOCK).map_or(0, |block| {
            let event = block.events.get(block.first_bit(number) / 8);
            u32::from(event.copied().unwrap_or(0) ^ block.head[0])
        })
    }

    #[inline]
    pub(super) fn block(&self, block: u32) -> Option<Opened<'_>> {
        let position = self.blocks.get(block)?;
        let (piece, start) = position.split();
        let bytes = self.pieces.get(piece)?.get(start..)?;
        let (head, events) = bytes.split_first_chunk()?;
        Some(Opened {
            head,
            events,
            width: position.width,
        })
    }

    pub(super) fn push(&mut self, events: &Block) {
        let (bytes, width) = pack(events);
        let word = self.store(&bytes);
        self.blocks.push(BlockPosition {
            word,
            width,
            capacity: width,
        });
    }

    pub(super) fn replace(&mut self, block: u32, events: &Block) {
        let Some(before) = self.blocks.get(block).copied() else {
            return;
        };
        let (bytes, width) = pack(events);
        let (piece, start) = before.split();
        let fitting = self
            .pieces
            .get_mut(piece)
            .filter(|_| width <= before.capacity);
        let position = match fitting.and_then(|piece| piece.get_mut(start..start + bytes.len())) {
            Some(stored) => {
                stored.copy_from_slice(&bytes);
                BlockPosition { width, ..before }
            }
            // The bytes of the old block stay unused: hardly any block grows.
            None => BlockPosition {
                word: self.store(&bytes),
                width,
                capacity: width,
            },
        };
        if let Some(stored) = self.blocks.get_mut(block) {
            *stored = position;
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.pieces.iter().map(Vec::capacity).sum::<usize>() + self.blocks.heap_bytes()
    }

    /// Appends the bytes of a block; gives its first word.
    fn store(&mut self, bytes: &[u8]) -> u32 {
        let full = |piece: &Vec<u8>| piece.len() + bytes.len() > PIECE * WORD + REACH;
        if self.pieces.last().is_none_or(full) {
            // The first piece grows as needed, so that a small log does not cost a full piece.
            let room = if self.pieces.is_empty() {
                0
            } else {
                PIECE * WORD + REACH
            };
            self.pieces.push(Vec::with_capacity(room));
        }
        let before = self.pieces.len() - 1;
        let piece = &mut self.pieces[before];
        piece.truncate(piece.len().saturating_sub(REACH));
        let word = before * PIECE + piece.len() / WORD;
        piece.extend_from_slice(bytes);
        piece.extend_from_slice(&[0; REACH]);
        u32::try_from(word).unwrap_or(u32::MAX)
    }
}

/// Number of bytes of a block whose events have `width` bits.
const fn length(width: u8) -> usize {
    Head::BYTES + width as usize * WORD
}

/// Bytes of a packed block, and the number of bits of one event.
fn pack(events: &Block) -> (Vec<u8>, u8) {
    let mut head = Head::of(events);
    let mut used_bits = [0; COLUMNS];
    for event in events {
        for (used, value) in used_bits.iter_mut().zip(head.row(event)) {
            *used |= value;
        }
    }
    let width = head.widen(used_bits.map(width));
    let mut bytes = Vec::with_capacity(length(width));
    bytes.extend_from_slice(&head.bytes());
    let mut bits = BitWriter::default();
    for event in events {
        let row = head.row(event);
        // Two columns at a time: together they fit in a word.
        for (two, widths) in row.as_chunks().0.iter().zip(head.widths.as_chunks().0) {
            let ([low, high], [first, second]) = (*two, *widths);
            let both = u64::from(low) | u64::from(high) << first;
            bits.put(both, u32::from(first + second), &mut bytes);
        }
    }
    (bytes, width)
}

/// Number of bits that a value needs.
#[expect(clippy::cast_possible_truncation, reason = "at most 32")]
const fn width(number: u32) -> u8 {
    (u32::BITS - number.leading_zeros()) as u8
}

#[derive(Default)]
struct BitWriter {
    word: u64,
    filled: u32,
}

impl BitWriter {
    /// Appends the low `width` bits of `bits`, whose other bits are 0. Writes the word to `out` when it is full.
    #[inline]
    fn put(&mut self, bits: u64, width: u32, out: &mut Vec<u8>) {
        self.word |= bits << self.filled;
        self.filled += width;
        if self.filled >= u64::BITS {
            out.extend_from_slice(&self.word.to_le_bytes());
            self.filled -= u64::BITS;
            self.word = bits.checked_shr(width - self.filled).unwrap_or(0);
        }
    }
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

    /// Events with the largest value in every column.
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

    /// Compares all fields but the number.
    fn assert_same(one: Option<Event>, other: Event) {
        let one = one.map(|one| Event { number: 0, ..one });
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
            assert_same(sealed.get(number, Event::LAST), *wanted);
        }
        for (number, wanted) in (0..).zip(wanted.chunks(BLOCK as usize)) {
            let events = sealed.block(number).unwrap().all();
            for (event, wanted) in events.into_iter().zip(wanted) {
                assert_same(Some(event), *wanted);
            }
        }
        assert!(sealed.get(sealed.len(), Event::LAST).is_none() && sealed.block(2_000).is_none());
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
        // One bit: the message column, where 0 would mean no message.
        assert_eq!(sealed.pieces[0].len(), length(1) + REACH);
    }

    #[test]
    fn the_widest_event_has_no_more_bits_than_a_byte_counts() {
        assert_eq!(pack(&block(widest)).1, 32 * 5 + 16 * 3 + 8 + 4);
    }

    #[test]
    fn a_block_is_replaced_whether_it_grows_or_not() {
        let mut sealed = Sealed::default();
        for _ in 0..3 {
            sealed.push(&block(event));
        }
        let length = sealed.pieces[0].len();
        for _ in 0..3 {
            sealed.replace(1, &block(event));
            sealed.replace(1, &block(|_| Event::default()));
        }
        assert_eq!(sealed.pieces[0].len(), length);
        sealed.replace(0, &block(widest));
        sealed.replace(3, &block(widest));
        assert!(sealed.pieces[0].len() > length);
        for place in 0..64 {
            assert_same(sealed.get(place, Event::LAST), widest(place));
            assert_same(sealed.get(64 + place, Event::LAST), Event::default());
            assert_same(sealed.get(128 + place, Event::LAST), event(place));
        }
    }
}
