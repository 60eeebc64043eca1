//! One gzip member.
//!
//! flate2's own reader loses the bytes it has decoded when the same call then fails, so it would have to be
//! called with small buffers. This one loses nothing and decodes a whole chunk in one call.

use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// Base-2 logarithm of the window size; 15 is the largest in RFC 1951.
const WINDOW_BITS: u8 = 15;

pub(super) struct GzipMember<S> {
    source: S,
    /// Inflates the text, reads the header and verifies the trailer.
    inflate: Decompress,
    ended: bool,
    /// Error to return on the next call, after the bytes decoded before it.
    failure: Option<io::Error>,
}

impl<S: BufRead> GzipMember<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            inflate: Decompress::new_gzip(WINDOW_BITS),
            ended: false,
            failure: None,
        }
    }

    pub(super) fn into_inner(self) -> S {
        self.source
    }
}

impl<S: BufRead> Read for GzipMember<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buf.is_empty() {
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            let input = self.source.fill_buf()?;
            let torn = input.is_empty();
            let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, buf, FlushDecompress::None);
            let consumed = self.inflate.total_in() - taken;
            let produced = self.inflate.total_out() - given;
            self.source
                .consume(usize::try_from(consumed).unwrap_or(usize::MAX));
            match status {
                Ok(status) => self.ended = status == Status::StreamEnd,
                Err(error) => self.failure = Some(error.into()),
            }
            if produced > 0 {
                return Ok(usize::try_from(produced).unwrap_or(usize::MAX));
            }
            if torn && !self.ended && self.failure.is_none() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}
