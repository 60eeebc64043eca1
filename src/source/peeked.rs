//! A buffered reader that can be peeked a given number of bytes ahead.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest number of bytes read at a time.
pub(super) const BUFFER_BYTES: usize = 256 << 10;

/// Buffers `inner` and counts the bytes read from it.
pub(super) struct Peeked<R> {
    inner: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Peeked<R> {
    /// A buffer of `capacity` bytes, within 64 bytes and [`BUFFER_BYTES`].
    pub(super) fn new(inner: R, capacity: usize) -> Self {
        Self {
            inner,
            buffer: vec![0; capacity.clamp(64, BUFFER_BYTES)].into_boxed_slice(),
            start: 0,
            end: 0,
            taken: Arc::default(),
        }
    }

    /// Shared counter of the bytes read from `inner` so far.
    pub(super) fn taken(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.taken)
    }

    /// The next bytes, not consumed: at least `length` of them (at most 64), fewer only at the end of the input.
    pub(super) fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        while self.end - self.start < length && self.read_more()? > 0 {}
        Ok(self.ready())
    }

    fn ready(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    fn read_more(&mut self) -> io::Result<usize> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = loop {
            match self.inner.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += read;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: Read> BufRead for Peeked<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.read_more()?;
        }
        Ok(self.ready())
    }

    fn consume(&mut self, amount: usize) {
        self.start = (self.start + amount).min(self.end);
    }
}

impl<R: Read> Read for Peeked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        // A read as large as the buffer goes past it, which saves a copy.
        if self.start == self.end && buf.len() >= self.buffer.len() {
            let read = self.inner.read(buf)?;
            self.taken.fetch_add(read as u64, Ordering::Relaxed);
            return Ok(read);
        }
        let ready = self.fill_buf()?;
        let length = ready.len().min(buf.len());
        let (Some(from), Some(to)) = (ready.get(..length), buf.get_mut(..length)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow(&'static [u8]);

    impl Read for Slow {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let length = 1.min(buf.len());
            self.0.read(&mut buf[..length])
        }
    }

    #[test]
    fn looks_ahead_and_takes_nothing() {
        let mut peeked = Peeked::new(Slow(b"0123456789"), 0);
        assert_eq!(peeked.peek(4).unwrap(), b"0123");
        peeked.consume(2);
        assert_eq!(peeked.peek(4).unwrap(), b"2345");
        assert_eq!(peeked.peek(60).unwrap(), b"23456789");
        let mut rest = String::new();
        peeked.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "23456789");
        assert_eq!(peeked.taken().load(Ordering::Relaxed), 10);
        assert!(peeked.peek(1).unwrap().is_empty());
    }
}
