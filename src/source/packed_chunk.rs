//! Text held in memory: blocks of LZ4, each compressed by itself.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, Weak};

use lz4_flex::block::{
    CompressTable, DecompressError, compress_into_with_table, decompress_size_prepended,
    get_maximum_output_size,
};

use super::blank::blank;
use super::{ChunkIndex, LineSet};

/// Uncompressed size of a block in bytes: unpacking one takes well under a millisecond.
const BLOCK_BYTES: usize = 64 << 10;

/// Length of the size prefix of a block, in bytes.
const LENGTH_BYTES: usize = 4;

/// Text of one chunk, compressed. A block is empty when it was forgotten.
#[derive(Clone, Debug)]
pub(super) struct PackedChunk {
    blocks: Arc<[Box<[u8]>]>,
}

impl PackedChunk {
    /// Appends the bytes `part` of the text to `out`; fewer where the text ends or a forgotten block begins.
    pub(super) fn append_to(
        &self,
        out: &mut Vec<u8>,
        part: Range<usize>,
    ) -> Result<(), DecompressError> {
        let blocks = self.blocks.iter().enumerate();
        let blocks = blocks.take(part.end.div_ceil(BLOCK_BYTES));
        let blocks = blocks.skip(part.start / BLOCK_BYTES);
        for (nth, _) in blocks.take_while(|(_, block)| !block.is_empty()) {
            let from = part.start.saturating_sub(nth * BLOCK_BYTES);
            let to = part.end.saturating_sub(nth * BLOCK_BYTES);
            self.with_block(nth, |block| {
                let to = to.min(block.len());
                out.extend_from_slice(block.get(from..to).unwrap_or_default());
            })?;
        }
        Ok(())
    }

    /// Calls `with` on the text of a block. The block unpacked last is cached, since lines are mostly asked for
    /// in order.
    fn with_block(&self, nth: usize, with: impl FnOnce(&[u8])) -> Result<(), DecompressError> {
        CACHED_BLOCK.with_borrow_mut(|cached| {
            let blocks = Arc::downgrade(&self.blocks);
            let known = cached.as_ref().filter(|known| known.is(&blocks, nth));
            if known.is_none() {
                let block = self.blocks.get(nth).map_or(&[][..], |block| block);
                let text = decompress_size_prepended(block)?;
                *cached = Some(CachedBlock { blocks, nth, text });
            }
            with(cached.as_ref().map_or(&[], |block| &block.text));
            Ok(())
        })
    }

    /// The chunk without unwanted text: blocks without a line of `lines` become empty, and in the other blocks
    /// unwanted lines are blanked. Unchanged when more than half of the lines are wanted, since it would save little.
    pub(super) fn only(self, chunk: &ChunkIndex, lines: &LineSet) -> Self {
        let (wanted, count) = wanted(self.blocks.len(), chunk, lines);
        if count > chunk.lines / 2 {
            return self;
        }
        let mut text = Vec::with_capacity(chunk.bytes as usize);
        for (nth, (block, wanted)) in (1..).zip(self.blocks.iter().zip(&wanted)) {
            if *wanted {
                text.extend(decompress_size_prepended(block).unwrap_or_default());
            }
            text.resize((nth * BLOCK_BYTES).min(chunk.bytes as usize), b' ');
        }
        blank(chunk, &mut text, lines);
        let mut packer = Packer::default();
        let texts = text.chunks(BLOCK_BYTES).zip(wanted);
        let blocks = texts.map(|(text, wanted)| {
            if wanted {
                packer.block(text)
            } else {
                Box::default()
            }
        });
        Self {
            blocks: blocks.collect(),
        }
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let blocks = self
            .blocks
            .iter()
            .map(|block| block.len() + size_of_val(block));
        blocks.sum()
    }
}

/// Cached block, and which one it is. `Weak` does not keep the chunk alive, but keeps its address from being
/// reused, so that no other chunk is taken for it.
struct CachedBlock {
    blocks: Weak<[Box<[u8]>]>,
    nth: usize,
    text: Vec<u8>,
}

impl CachedBlock {
    fn is(&self, blocks: &Weak<[Box<[u8]>]>, nth: usize) -> bool {
        self.nth == nth && self.blocks.ptr_eq(blocks)
    }
}

thread_local! {
    static CACHED_BLOCK: RefCell<Option<CachedBlock>> = const { RefCell::new(None) };
}

/// For each block of a chunk whether it holds one of `lines`, and how many of `lines` are in the chunk.
fn wanted(blocks: usize, chunk: &ChunkIndex, lines: &LineSet) -> (Vec<bool>, u32) {
    let mut wanted = vec![false; blocks];
    let mut count = 0;
    for line in lines.within(chunk.first_line, chunk.after().saturating_sub(1)) {
        count += 1;
        let start = chunk.seek(line).0 as usize / BLOCK_BYTES;
        let end = (chunk.end_of(line) as usize).div_ceil(BLOCK_BYTES);
        for wanted in wanted.iter_mut().take(end).skip(start) {
            *wanted = true;
        }
    }
    (wanted, count)
}

/// Compresses chunks. Its buffers are reused between calls.
#[derive(Default)]
pub struct Packer {
    table: CompressTable,
    buffer: Vec<u8>,
}

impl Packer {
    pub(super) fn pack(&mut self, text: &[u8]) -> PackedChunk {
        let blocks = text.chunks(BLOCK_BYTES).map(|block| self.block(block));
        PackedChunk {
            blocks: blocks.collect(),
        }
    }

    /// Packs only the blocks that hold one of `lines`.
    pub(super) fn pack_lines(
        &mut self,
        text: &[u8],
        chunk: &ChunkIndex,
        lines: &LineSet,
    ) -> PackedChunk {
        let blocks = text.chunks(BLOCK_BYTES);
        let (wanted, _) = wanted(blocks.len(), chunk, lines);
        let block = |(text, wanted)| {
            if wanted {
                self.block(text)
            } else {
                Box::default()
            }
        };
        PackedChunk {
            blocks: blocks.zip(wanted).map(block).collect(),
        }
    }

    fn block(&mut self, text: &[u8]) -> Box<[u8]> {
        self.buffer
            .resize(LENGTH_BYTES + get_maximum_output_size(BLOCK_BYTES), 0);
        let Some((length, packed)) = self.buffer.split_at_mut_checked(LENGTH_BYTES) else {
            return Box::default();
        };
        // The buffer is large enough for any block.
        let written = compress_into_with_table(text, packed, &mut self.table).unwrap_or(0);
        let size = u32::try_from(text.len()).unwrap_or(u32::MAX);
        length.copy_from_slice(&size.to_le_bytes());
        self.buffer
            .get(..LENGTH_BYTES + written)
            .unwrap_or_default()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Chunk;
    use super::*;

    fn part(kept: &PackedChunk, part: Range<usize>) -> Vec<u8> {
        let mut text = b"before".to_vec();
        kept.append_to(&mut text, part).unwrap();
        text.strip_prefix(b"before").unwrap().to_vec()
    }

    #[test]
    fn any_range_comes_back() {
        let text: Vec<u8> = (0..200_000_u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect();
        let mut packer = Packer::default();
        packer.pack(&text[..70_000]);
        let kept = packer.pack(&text);
        assert!(kept.heap_bytes() < text.len());
        for (start, end) in [
            (0, 0),
            (0, 10),
            (65_530, 65_540),
            (65_536, 131_072),
            (1, text.len()),
            (text.len() - 3, text.len() + 9),
            (text.len() + 5, text.len() + 9),
        ] {
            let wanted = &text[start.min(text.len())..end.min(text.len())];
            assert!(part(&kept, start..end) == wanted, "{start} to {end}");
        }
        assert!(part(&packer.pack(b""), 0..1).is_empty());
    }

    #[test]
    fn a_block_that_stays_open_is_only_that_of_its_own_text() {
        let mut packer = Packer::default();
        let text = |byte: u8| vec![byte; 2 * BLOCK_BYTES];
        let [a, b] = [b'a', b'b'].map(|byte| packer.pack(&text(byte)));
        for (kept, byte) in [(&a, b'a'), (&b, b'b'), (&a, b'a')] {
            for start in [0, 5, BLOCK_BYTES - 1, BLOCK_BYTES, 7] {
                assert_eq!(part(kept, start..start + 2), [byte; 2]);
            }
        }
        // New texts may be allocated at the addresses of the dropped ones.
        drop((a, b));
        for byte in b'c'..b'z' {
            let kept = packer.pack(&text(byte));
            assert_eq!(part(&kept, 7..9), [byte; 2]);
        }
    }

    #[test]
    fn blocks_of_no_wanted_line_are_not_packed() {
        let text: Vec<u8> = (0..60_000)
            .flat_map(|n| format!("line {n}\n").into_bytes())
            .collect();
        let chunk = Chunk::whole(text.clone()).index;
        let mut lines = LineSet::default();
        lines.insert(40_000, 40_001);
        let mut packer = Packer::default();
        let some = packer.pack_lines(&text, &chunk, &lines);
        assert!(some.heap_bytes() * 3 < packer.pack(&text).heap_bytes());
        let (start, end) = (chunk.seek(40_000).0 as usize, chunk.end_of(40_000) as usize);
        assert_eq!(part(&some, start..end), &text[start..end]);
        assert!(part(&some, 0..100).is_empty());
    }
}
