//! One zstd frame (RFC 8878), block by block.
//!
//! The decoder holds back the text of its window, up to several MiB, until the frame ends, and would lose it
//! where the file is truncated. So each block is read whole before it is decoded, and an empty last block is
//! fed to the decoder to end a truncated frame.

use std::io::{self, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::peeked::Peeked;

/// An empty last block, followed by four zero bytes in place of a checksum.
const EMPTY_LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// First byte of the magic number of a skippable frame; the lower four bits vary.
const SKIPPABLE: u8 = 0x50;

pub(super) struct ZstdFrame<S> {
    source: S,
    decoder: FrameDecoder,
    checksum: bool,
    /// Whether the frame is a skippable one, which holds no text.
    skippable: bool,
    block: Vec<u8>,
    failure: Option<io::Error>,
}

impl<R: Read> ZstdFrame<Peeked<R>> {
    /// Reads the frame header, or skips a skippable frame.
    pub(super) fn open(mut source: Peeked<R>) -> io::Result<Self> {
        let head = source.peek(8)?;
        let skippable = head.first().is_some_and(|byte| byte & 0xf0 == SKIPPABLE);
        let checksum = head.get(4).is_some_and(|descriptor| descriptor & 4 != 0);
        let mut frame = Self {
            source,
            decoder: FrameDecoder::new(),
            checksum,
            skippable,
            block: Vec::new(),
            failure: None,
        };
        if skippable {
            frame.skip()?;
        } else {
            let header = frame.decoder.init(&mut frame.source);
            header.map_err(io::Error::other)?;
        }
        Ok(frame)
    }

    fn skip(&mut self) -> io::Result<()> {
        let mut head = [0; 8];
        self.source.read_exact(&mut head)?;
        let [.., a, b, c, d] = head;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
        if skipped < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl<S: Read> ZstdFrame<S> {
    pub(super) fn into_inner(self) -> S {
        self.source
    }

    /// Reads one block whole into `block`: three header bytes, the content and, after the last block, the checksum.
    fn read_block(&mut self) -> io::Result<()> {
        let mut head = [0; 3];
        self.source.read_exact(&mut head)?;
        let [a, b, c] = head;
        let header = u32::from_le_bytes([a, b, c, 0]);
        // A block of type 1 (RLE) stores one byte, whatever its size.
        let content = if header >> 1 & 3 == 1 { 1 } else { header >> 3 };
        let checksum = if self.checksum && header & 1 == 1 {
            4
        } else {
            0
        };
        let length = u64::from(content) + checksum;
        self.block.clear();
        self.block.extend_from_slice(&head);
        let read = self
            .source
            .by_ref()
            .take(length)
            .read_to_end(&mut self.block)?;
        if (read as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn decode_block(&mut self) -> io::Result<()> {
        self.read_block()?;
        let one = BlockDecodingStrategy::UptoBlocks(1);
        let decoded = self.decoder.decode_blocks(self.block.as_slice(), one);
        decoded.map(|_| ()).map_err(io::Error::other)
    }
}

impl<S: Read> Read for ZstdFrame<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.skippable || buf.is_empty() {
            return Ok(0);
        }
        loop {
            let read = self.decoder.read(buf)?;
            if read > 0 {
                return Ok(read);
            }
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if self.decoder.is_finished() {
                return Ok(0);
            }
            if let Err(failure) = self.decode_block() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                let ended = self.decoder.decode_blocks(&EMPTY_LAST_BLOCK[..], one);
                if ended.is_err() {
                    return Err(failure);
                }
                self.failure = Some(failure);
            }
        }
    }
}
