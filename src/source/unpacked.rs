//! The text of a packed file that nobody kept: when it is wanted after all, the file is read again, once.

use std::fs::File;
use std::io::{self, Read};
use std::sync::OnceLock;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::kept::{Kept, Packer};
use super::open::text_again;
use super::{ChunkIndex, LineSet};

/// The text of the chunks of such a file.
#[derive(Default)]
pub(super) struct Unpacked {
    /// Once it was asked for; nothing where the file is no longer what it was.
    texts: OnceLock<Option<Vec<Kept>>>,
    /// The lines that were not forgotten, if some were, and the last one that could have been: those behind it came
    /// later.
    only: Option<(LineSet, u32)>,
}

impl Unpacked {
    /// Of further chunks as well, or of fewer.
    pub(super) fn renew(&mut self) {
        self.texts = OnceLock::new();
    }

    /// Forgets all lines up to `last` but these.
    pub(super) fn keep(&mut self, lines: &LineSet, last: u32) {
        self.renew();
        self.only = Some((lines.clone(), last));
    }

    /// The texts of some chunks, of which `open` gives the file; nothing where they are not in it.
    pub(super) fn texts<E>(
        &self,
        chunks: &[ChunkIndex],
        open: impl FnOnce() -> Result<File, E>,
    ) -> Result<Option<&[Kept]>, E> {
        if self.texts.get().is_none() {
            let file = open()?;
            self.texts.get_or_init(|| self.read(file, chunks).ok());
        }
        Ok(self.texts.get().and_then(Option::as_deref))
    }

    fn read(&self, file: File, chunks: &[ChunkIndex]) -> io::Result<Vec<Kept>> {
        let mut text = Text {
            source: text_again(file)?,
            at: 0,
        };
        thread::scope(|scope| {
            let (out, texts) = sync_channel(1);
            // One thread unpacks while the other packs.
            scope.spawn(move || {
                let mut texts = chunks.iter().map(|chunk| text.chunk(chunk));
                texts.all(|text| text.is_ok() & out.send(text).is_ok())
            });
            let mut packer = Packer::default();
            let kept = texts.into_iter().zip(chunks).map(|(text, chunk)| {
                let text = packer.pack(&text?);
                Ok(match &self.only {
                    Some((lines, last)) if chunk.first_line <= *last => text.only(chunk, lines),
                    _ => text,
                })
            });
            kept.collect()
        })
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let texts = self.texts.get().and_then(Option::as_deref);
        texts.into_iter().flatten().map(Kept::heap_bytes).sum()
    }
}

/// A text that is read in order.
struct Text<R> {
    source: R,
    /// Offset of what comes next.
    at: u64,
}

impl<R: Read> Text<R> {
    /// The text of a chunk.
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
