//! An append-only list in pieces of fixed size.
//!
//! Growing moves no item: it costs no copy, and never twice the memory as a doubling `Vec` does.

const PIECE: usize = 1 << 14;

/// An append-only list with `u32` indexes.
#[derive(Clone, Debug)]
pub struct Chunked<T> {
    pieces: Vec<Vec<T>>,
    len: u32,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self {
            pieces: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Chunked<T> {
    /// Number of items.
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// True without items.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends an item; gives its index.
    #[inline]
    pub fn push(&mut self, item: T) -> u32 {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(item),
            _ => self.add_piece().push(item),
        }
        self.len += 1;
        self.len - 1
    }

    /// Appends the `item` of each element of `from`.
    pub fn extend<S>(&mut self, from: &[S], mut item: impl FnMut(&S) -> T) {
        let mut rest = from;
        while !rest.is_empty() {
            let piece = match self.pieces.last_mut() {
                Some(piece) if piece.len() < PIECE => piece,
                _ => self.add_piece(),
            };
            let room = rest.len().min(PIECE - piece.len());
            let (fitting, others) = rest.split_at(room);
            piece.extend(fitting.iter().map(&mut item));
            rest = others;
        }
        self.len += u32::try_from(from.len()).unwrap_or(u32::MAX);
    }

    #[cold]
    fn add_piece(&mut self) -> &mut Vec<T> {
        // The first piece grows as needed, so that a small log does not cost a full piece.
        let room = if self.pieces.is_empty() { 0 } else { PIECE };
        self.pieces.push_mut(Vec::with_capacity(room))
    }

    /// Drops all items but keeps the allocation of the first piece.
    pub fn clear(&mut self) {
        self.pieces.truncate(1);
        if let Some(piece) = self.pieces.first_mut() {
            piece.clear();
        }
        self.len = 0;
    }

    /// The item at index `at`.
    pub fn get(&self, at: u32) -> Option<&T> {
        self.pieces
            .get(at as usize / PIECE)?
            .get(at as usize % PIECE)
    }

    /// The item at index `at`, mutable.
    pub fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        self.pieces
            .get_mut(at as usize / PIECE)?
            .get_mut(at as usize % PIECE)
    }

    /// All items in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flatten()
    }

    /// Bytes held on the heap, without what the items hold.
    pub fn heap_bytes(&self) -> usize {
        self.pieces.iter().map(Vec::capacity).sum::<usize>() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_are_as_one_after_the_other() {
        let (mut list, mut singly) = (Chunked::default(), Chunked::default());
        for count in [0, 3, PIECE as u32 - 3, 1, 2 * PIECE as u32 + 5] {
            let from: Vec<u32> = (list.len()..list.len() + count).collect();
            list.extend(&from, |n| n * 2);
            for n in from {
                singly.push(n * 2);
            }
            assert_eq!(list.len(), singly.len());
        }
        assert!(list.iter().eq(singly.iter()));
        assert_eq!(list.pieces.len(), singly.pieces.len());
    }

    #[test]
    fn keeps_order_across_pieces() {
        let mut list = Chunked::default();
        for n in 0..PIECE as u32 * 2 + 3 {
            assert_eq!(list.push(n), n);
        }
        assert_eq!(list.len(), PIECE as u32 * 2 + 3);
        assert_eq!(list.get(PIECE as u32), Some(&(PIECE as u32)));
        assert!(list.iter().copied().eq(0..list.len()));
        assert_eq!(list.get(list.len()), None);
        *list.get_mut(5).unwrap() = 50;
        assert_eq!(list.get(5), Some(&50));
    }
}
