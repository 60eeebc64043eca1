//! An append-only byte buffer in pieces, which never moves its bytes.

const PIECE: usize = 1 << 20;

/// Number of pieces that 32-bit positions can address.
const MAX_PIECES: usize = 1 << 12;

/// Bytes of many strings by position, 4 GiB at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Arena {
    pieces: Vec<Vec<u8>>,
}

impl Arena {
    /// Reserves room for `bytes` in the first piece, if there is one.
    pub(super) fn expect(&mut self, bytes: usize) {
        if let Some(piece) = self.pieces.first_mut() {
            piece.reserve(bytes.min(PIECE));
        }
    }

    /// Position of the next byte, and the piece to whose end the caller may add up to `bytes` bytes. `None` when the
    /// arena is full. `bytes` may not exceed the size of a piece.
    #[inline]
    pub(super) fn room(&mut self, bytes: usize) -> Option<(u32, &mut Vec<u8>)> {
        let fits = |piece: &Vec<u8>| piece.len() + bytes <= PIECE;
        if !self.pieces.last().is_some_and(fits) {
            self.add_piece()?;
        }
        let before = self.pieces.len() - 1;
        let piece = self.pieces.last_mut()?;
        let position = u32::try_from(before * PIECE + piece.len()).ok()?;
        Some((position, piece))
    }

    #[cold]
    fn add_piece(&mut self) -> Option<()> {
        let before = self.pieces.len();
        // The first piece grows as needed, so that a small log does not cost a full piece.
        let room = if before == 0 { 0 } else { PIECE };
        (before < MAX_PIECES).then(|| self.pieces.push(Vec::with_capacity(room)))
    }

    /// Bytes from a position to the end of its piece.
    #[inline]
    pub(super) fn from(&self, position: u32) -> &[u8] {
        let position = position as usize;
        let piece = self.pieces.get(position / PIECE);
        let behind = piece.and_then(|piece| piece.get(position % PIECE..));
        behind.unwrap_or_default()
    }

    /// Removes all bytes but keeps the allocation of the first piece.
    pub(super) fn clear(&mut self) {
        self.pieces.truncate(1);
        if let Some(piece) = self.pieces.first_mut() {
            piece.clear();
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.pieces.iter().map(Vec::capacity).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_in_a_piece_begins_the_next() {
        let mut arena = Arena::default();
        let mut add = |bytes: usize, byte: u8| {
            let (place, piece) = arena.room(bytes).unwrap();
            piece.resize(piece.len() + bytes, byte);
            place as usize
        };
        let places = [
            add(PIECE - 3, 1),
            add(3, 2),
            add(1, 3),
            add(PIECE, 4),
            add(0, 5),
        ];
        assert_eq!(places, [0, PIECE - 3, PIECE, 2 * PIECE, 3 * PIECE]);
        let from = |place: usize| arena.from(place as u32);
        assert_eq!(from(PIECE - 3), [2, 2, 2]);
        assert_eq!(from(PIECE), [3]);
        assert_eq!(from(2 * PIECE), vec![4; PIECE]);
        assert!(from(3 * PIECE).is_empty() && from(9 * PIECE).is_empty());
        arena.clear();
        assert_eq!(arena.room(1).map(|(place, _)| place), Some(0));
        assert!(arena.heap_bytes() >= PIECE - 3);
    }
}
