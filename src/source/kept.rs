//! Text that cannot be read twice, as blocks that are compressed each by itself.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, Weak};

use lz4_flex::block::{
    CompressTable, DecompressError, compress_into_with_table, decompress_size_prepended,
    get_maximum_output_size,
};

use super::blank::blank;
use super::{ChunkIndex, LineSet};

/// Bytes of text in one block: small enough that opening one takes well under a millisecond.
const BLOCK_BYTES: usize = 64 << 10;

/// Bytes before a compressed block that tell its length.
const LENGTH_BYTES: usize = 4;

/// The text of one chunk, compressed; a block without bytes was forgotten.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    blocks: Arc<[Box<[u8]>]>,
}

impl Kept {
    /// Puts a part of the text, given in bytes, behind `out`: less of it where it ends earlier or the rest was
    /// forgotten.
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

    /// Opens a block, unless it is the one that was opened last: lines are mostly asked for one after the other.
    fn with_block(&self, nth: usize, with: impl FnOnce(&[u8])) -> Result<(), DecompressError> {
        OPENED.with_borrow_mut(|opened| {
            let own = Arc::downgrade(&self.blocks);
            let known = opened.as_ref().filter(|known| known.is(&own, nth));
            if known.is_none() {
                let block = self.blocks.get(nth).map_or(&[][..], |block| block);
                let text = decompress_size_prepended(block)?;
                *opened = Some(Opened {
                    blocks: own,
                    nth,
                    text,
                });
            }
            with(opened.as_ref().map_or(&[], |own| &own.text));
            Ok(())
        })
    }

    /// The text of the chunk as far as these lines want it: blocks in which none of them stands go, and where few
    /// are wanted, nothing else is left in the others.
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

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let blocks = self
            .blocks
            .iter()
            .map(|block| block.len() + size_of_val(block));
        blocks.sum()
    }
}

/// A block that was opened, and of what. The text it is of may be gone, but nothing else is taken for it.
struct Opened {
    blocks: Weak<[Box<[u8]>]>,
    nth: usize,
    text: Vec<u8>,
}

impl Opened {
    fn is(&self, blocks: &Weak<[Box<[u8]>]>, nth: usize) -> bool {
        self.nth == nth && self.blocks.ptr_eq(blocks)
    }
}

thread_local! {
    static OPENED: RefCell<Option<Opened>> = const { RefCell::new(None) };
}

/// In which blocks of a chunk some lines stand, and how many of them there are.
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

/// Compresses chunks, with room that is used again.
#[derive(Default)]
pub struct Packer {
    table: CompressTable,
    room: Vec<u8>,
}

impl Packer {
    pub(super) fn pack(&mut self, text: &[u8]) -> Kept {
        let blocks = text.chunks(BLOCK_BYTES).map(|block| self.block(block));
        Kept {
            blocks: blocks.collect(),
        }
    }

    /// Only the blocks in which some lines stand.
    pub(super) fn pack_lines(&mut self, text: &[u8], chunk: &ChunkIndex, lines: &LineSet) -> Kept {
        let blocks = text.chunks(BLOCK_BYTES);
        let (wanted, _) = wanted(blocks.len(), chunk, lines);
        let block = |(text, wanted)| {
            if wanted {
                self.block(text)
            } else {
                Box::default()
            }
        };
        Kept {
            blocks: blocks.zip(wanted).map(block).collect(),
        }
    }

    fn block(&mut self, text: &[u8]) -> Box<[u8]> {
        self.room
            .resize(LENGTH_BYTES + get_maximum_output_size(BLOCK_BYTES), 0);
        let Some((length, packed)) = self.room.split_at_mut_checked(LENGTH_BYTES) else {
            return Box::default();
        };
        // No block is larger than the room is made for.
        let written = compress_into_with_table(text, packed, &mut self.table).unwrap_or(0);
        let size = u32::try_from(text.len()).unwrap_or(u32::MAX);
        length.copy_from_slice(&size.to_le_bytes());
        self.room
            .get(..LENGTH_BYTES + written)
            .unwrap_or_default()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Chunk;
    use super::*;

    fn part(kept: &Kept, part: Range<usize>) -> Vec<u8> {
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
        // Where the old texts lay in memory new ones may lie.
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
