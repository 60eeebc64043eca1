//! Events that are over, each in as few bits as the largest numbers around it need.

use crate::model::{Chunked, Event, Symbol};
use crate::parse::Kind;

/// The events of a block: as many as a word has bits, so that a block takes a word for each bit of an event.
pub(super) type Block = [Event; BLOCK as usize];

/// How many those are.
pub(super) const BLOCK: u32 = u64::BITS;

/// What is kept of an event, each as a number: seconds, kind, bits, clock, origin, session, peer, message, address,
/// remark.
const COLUMNS: usize = 10;

type Row = [u32; COLUMNS];

/// Blocks of events, without the numbers of those that come next.
///
/// A block begins with its head. Its events follow, one behind the other as a stream of bits, the lowest first. There
/// is room for 32 GiB.
#[derive(Clone, Debug, Default)]
pub(super) struct Sealed {
    /// Each ends with [`REACH`] bytes that are of no block.
    pieces: Vec<Vec<u8>>,
    places: Chunked<Place>,
}

/// Where a block lies, which is within one piece. It is all that must be known to find an event.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Its first word, counted from the beginning of the first piece.
    word: u32,
    /// Bits of an event; at the same time words of all its events.
    width: u8,
    /// How many those could be, and the block still fit.
    room: u8,
}

impl Place {
    /// The piece, and the byte where it is in that.
    const fn split(self) -> (usize, usize) {
        let word = self.word as usize;
        (word / PIECE, word % PIECE * WORD)
    }
}

/// Bytes of a word.
const WORD: usize = size_of::<u64>();

/// Words of one piece.
const PIECE: usize = 1 << 14;

/// So many bytes are looked at to take an event out: those that it takes at most, and a word at its last bit.
const REACH: usize = 40;

/// What the events of a block have in common.
#[derive(Clone, Copy, Default)]
struct Head {
    /// The least time.
    seconds: u32,
    /// The highest message; 0 where all are of none.
    message: u32,
    /// Bits of each column.
    widths: [u8; COLUMNS],
    /// The bit of an event at which each column begins.
    starts: [u8; COLUMNS],
}

impl Head {
    /// Bytes that it takes.
    const BYTES: usize = 4 * WORD;
    /// Where in them the widths stand.
    const WIDTHS: usize = WORD;
    /// Where the beginnings of the columns stand.
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
            .for_each(|(byte, own)| *byte = own);
        bytes
    }

    /// Of some events, for which no column is wide enough yet.
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

    /// Makes the columns so wide, and gives the bits of an event.
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
}

/// A block that was looked up.
pub(super) struct Opened<'a> {
    /// See [`Head::bytes`].
    head: &'a [u8; Head::BYTES],
    /// From the first event on.
    events: &'a [u8],
    /// Bits of an event.
    width: u8,
}

impl Opened<'_> {
    /// An event of the block, and the number of the one that comes next.
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "they were not wider before"
    )]
    pub(super) fn get(&self, number: u32, next: u32) -> Event {
        let [s0, s1, s2, s3, m0, m1, m2, m3, ..] = *self.head;
        let first = u32::from_le_bytes([s0, s1, s2, s3]);
        let highest = u32::from_le_bytes([m0, m1, m2, m3]);
        let at = self.place(number);
        let bytes = self.events.get(at / 8..).and_then(<[u8]>::first_chunk);
        let bytes = bytes.unwrap_or(&[0; REACH]);
        let column = |column: usize| {
            let start = usize::from(self.head[Head::STARTS + column]);
            self::number(bytes, at % 8 + start, self.head[Head::WIDTHS + column])
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

    /// The bit at which an event begins.
    #[inline]
    fn place(&self, number: u32) -> usize {
        (number % BLOCK) as usize * usize::from(self.width)
    }

    /// All of them.
    pub(super) fn all(&self) -> Block {
        let mut all = [Event::default(); BLOCK as usize];
        for (number, own) in (0..).zip(&mut all) {
            *own = self.get(number, Event::LAST);
        }
        all
    }
}

/// The number that begins at a bit and has so many, at most 32.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "that is at most 32 bits")]
fn number(bytes: &[u8; REACH], at: usize, width: u8) -> u32 {
    // No event reaches further: a word is left behind it, which the compiler sees in this way.
    let byte = at / 8 % (REACH - WORD);
    let word = bytes[byte..].first_chunk();
    let word = word.map_or(0, |word| u64::from_le_bytes(*word));
    (word >> (at % 8) & ((1 << width) - 1)) as u32
}

impl Sealed {
    /// Number of events.
    pub(super) const fn len(&self) -> u32 {
        self.places.len() * BLOCK
    }

    /// An event; `next` is the number of the one that comes next.
    #[inline]
    pub(super) fn get(&self, number: u32, next: u32) -> Option<Event> {
        Some(self.block(number / BLOCK)?.get(number, next))
    }

    /// Some bits of where an event is kept.
    pub(super) fn glimpse(&self, number: u32) -> u32 {
        self.block(number / BLOCK).map_or(0, |block| {
            let event = block.events.get(block.place(number) / 8);
            u32::from(event.copied().unwrap_or(0) ^ block.head[0])
        })
    }

    /// A block, from which events can be taken.
    #[inline]
    pub(super) fn block(&self, block: u32) -> Option<Opened<'_>> {
        let place = self.places.get(block)?;
        let (piece, start) = place.split();
        let bytes = self.pieces.get(piece)?.get(start..)?;
        let (head, events) = bytes.split_first_chunk()?;
        Some(Opened {
            head,
            events,
            width: place.width,
        })
    }

    /// Appends a block.
    pub(super) fn push(&mut self, events: &Block) {
        let (bytes, width) = pack(events);
        let word = self.store(&bytes);
        self.places.push(Place {
            word,
            width,
            room: width,
        });
    }

    /// Puts other events in the place of those of a block.
    pub(super) fn replace(&mut self, block: u32, events: &Block) {
        let Some(before) = self.places.get(block).copied() else {
            return;
        };
        let (bytes, width) = pack(events);
        let (piece, start) = before.split();
        let own = self.pieces.get_mut(piece).filter(|_| width <= before.room);
        let place = match own.and_then(|piece| piece.get_mut(start..start + bytes.len())) {
            Some(own) => {
                own.copy_from_slice(&bytes);
                Place { width, ..before }
            }
            // What it took before stays unused: hardly any grows.
            None => Place {
                word: self.store(&bytes),
                width,
                room: width,
            },
        };
        if let Some(own) = self.places.get_mut(block) {
            *own = place;
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.pieces.iter().map(Vec::capacity).sum::<usize>() + self.places.heap_bytes()
    }

    fn store(&mut self, bytes: &[u8]) -> u32 {
        let full = |piece: &Vec<u8>| piece.len() + bytes.len() > PIECE * WORD + REACH;
        if self.pieces.last().is_none_or(full) {
            // The first one grows as needed.
            let room = if self.pieces.is_empty() {
                0
            } else {
                PIECE * WORD + REACH
            };
            self.pieces.push(Vec::with_capacity(room));
        }
        let before = self.pieces.len() - 1;
        let own = &mut self.pieces[before];
        own.truncate(own.len().saturating_sub(REACH));
        let place = before * PIECE + own.len() / WORD;
        own.extend_from_slice(bytes);
        own.extend_from_slice(&[0; REACH]);
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

/// Bytes of a block whose events have so many bits.
const fn length(width: u8) -> usize {
    Head::BYTES + width as usize * WORD
}

/// The bytes of a block, and the bits of an event in it.
fn pack(events: &Block) -> (Vec<u8>, u8) {
    let mut head = Head::of(events);
    let mut all = [0; COLUMNS];
    for event in events {
        for (all, own) in all.iter_mut().zip(head.row(event)) {
            *all |= own;
        }
    }
    let width = head.widen(all.map(width));
    let mut bytes = Vec::with_capacity(length(width));
    bytes.extend_from_slice(&head.bytes());
    let mut bits = Bits::default();
    for event in events {
        let row = head.row(event);
        // Two at a time: together they fit in a word.
        for (two, widths) in row.as_chunks().0.iter().zip(head.widths.as_chunks().0) {
            let ([low, high], [first, second]) = (*two, *widths);
            let both = u64::from(low) | u64::from(high) << first;
            bits.put(both, u32::from(first + second), &mut bytes);
        }
    }
    (bytes, width)
}

/// Bits of a number.
#[expect(clippy::cast_possible_truncation, reason = "that is at most 32")]
const fn width(number: u32) -> u8 {
    (u32::BITS - number.leading_zeros()) as u8
}

/// Bits that make no whole word yet.
#[derive(Default)]
struct Bits {
    word: u64,
    filled: u32,
}

impl Bits {
    /// Adds so many bits, the only ones of `bits`, and writes a word that is full.
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

    /// But for the number.
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
            for (own, wanted) in events.into_iter().zip(wanted) {
                assert_same(Some(own), *wanted);
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
        // The message: 0 would be none.
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
