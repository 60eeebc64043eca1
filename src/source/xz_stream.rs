//! One xz stream.
//!
//! The reader of the library needs each xz chunk whole, and would lose up to MiB of text at the end of a
//! truncated file. Its push interface decodes all bytes that are there.

use std::io::{self, BufRead, Read};

use lzma_rust2::{Action, Status, XzStream};

/// Memory limit of the decoder in KiB. A dictionary of more is no log's, and a header of a few bytes could ask
/// for gigabytes.
const MEMORY_KIB: u32 = 512 << 10;

/// Reader of one stream.
pub(super) struct XzMember<S> {
    source: S,
    stream: XzStream,
    ended: bool,
}

impl<S: BufRead> XzMember<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            stream: XzStream::new_mem_limit(false, MEMORY_KIB),
            ended: false,
        }
    }

    pub(super) fn into_inner(self) -> S {
        self.source
    }
}

impl<S: BufRead> Read for XzMember<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buf.is_empty() {
            let input = self.source.fill_buf()?;
            let torn = input.is_empty();
            let action = if torn { Action::Finish } else { Action::Run };
            let step = self.stream.process(input, buf, action)?;
            self.source.consume(step.bytes_consumed);
            self.ended = step.status == Status::StreamEnd;
            if step.bytes_produced > 0 {
                return Ok(step.bytes_produced);
            }
            if torn && !self.ended {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}
