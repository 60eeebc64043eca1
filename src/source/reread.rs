//! Text of a compressed file that is not held in memory: the file is decompressed a second time when a line of
//! it is first wanted.

use std::fs::File;
use std::io::{self, Read};
use std::sync::OnceLock;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::open::text_again;
use super::packed_chunk::{PackedChunk, Packer};
use super::{ChunkIndex, LineSet};

/// Packed text of the chunks of one file, filled on first use.
#[derive(Default)]
pub(super) struct RereadText {
    /// Set on first use; `None` when the file no longer holds the loaded text.
    texts: OnceLock<Option<Vec<PackedChunk>>>,
    /// Lines that were kept when others were forgotten, and the number of the last line at that time. Lines
    /// after it came later and are all kept.
    only: Option<(LineSet, u32)>,
}

impl RereadText {
    /// Drops the text, because the list of chunks has changed.
    pub(super) fn renew(&mut self) {
        self.texts = OnceLock::new();
    }

    /// Forgets all lines up to `last` but `lines`.
    pub(super) fn keep(&mut self, lines: &LineSet, last: u32) {
        self.renew();
        self.only = Some((lines.clone(), last));
    }

    /// Packed text of `chunks`, read with `open` on first use. `None` when the file no longer holds these chunks.
    pub(super) fn texts<E>(
        &self,
        chunks: &[ChunkIndex],
        open: impl FnOnce() -> Result<File, E>,
    ) -> Result<Option<&[PackedChunk]>, E> {
        if self.texts.get().is_none() {
            let file = open()?;
            self.texts.get_or_init(|| self.read(file, chunks).ok());
        }
        Ok(self.texts.get().and_then(Option::as_deref))
    }

    fn read(&self, file: File, chunks: &[ChunkIndex]) -> io::Result<Vec<PackedChunk>> {
        let mut text = ChunkSource {
            source: text_again(file)?,
            at: 0,
        };
        thread::scope(|scope| {
            let (out, texts) = sync_channel(1);
            // Decompression runs on its own thread, packing on this one.
            scope.spawn(move || {
                let mut texts = chunks.iter().map(|chunk| text.chunk(chunk));
                texts.all(|text| text.is_ok() & out.send(text).is_ok())
            });
            let mut packer = Packer::default();
            let texts = texts.into_iter().zip(chunks).map(|(text, chunk)| {
                let text = packer.pack(&text?);
                Ok(match &self.only {
                    Some((lines, last)) if chunk.first_line <= *last => text.only(chunk, lines),
                    _ => text,
                })
            });
            texts.collect()
        })
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let texts = self.texts.get().and_then(Option::as_deref);
        texts
            .into_iter()
            .flatten()
            .map(PackedChunk::heap_bytes)
            .sum()
    }
}

/// Decompressed text, read in order.
struct ChunkSource<R> {
    source: R,
    /// Offset of the next byte in the decompressed text.
    at: u64,
}

impl<R: Read> ChunkSource<R> {
    /// Text of `chunk`; the text before it is skipped. Fails when the lines of the chunk are not those of the load.
    fn chunk(&mut self, chunk: &ChunkIndex) -> io::Result<Vec<u8>> {
        let before = chunk.offset.saturating_sub(self.at);
        io::copy(&mut self.source.by_ref().take(before), &mut io::sink())?;
        let mut text = vec![0; chunk.bytes as usize];
        self.source.read_exact(&mut text)?;
        self.at = chunk.offset + u64::from(chunk.bytes);
        if chunk.fits(&text) {
            Ok(text)
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }
}
