//! Passage: consecutive whole lines of a text that is read again, and the offsets of the lines.

use std::fs::File;
use std::iter;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use lz4_flex::block::DecompressError;
use memchr::memchr_iter;

use super::packed_chunk::PackedChunk;
use super::{ChunkIndex, FileText, SourceError};

/// Where the text of a file is read from.
pub(super) enum LineSource<'a> {
    /// The open file.
    File(Arc<File>),
    /// Packed chunks in memory, by the index of the chunk.
    PackedChunk(&'a [PackedChunk]),
}

/// Consecutive whole lines.
#[derive(Default)]
pub(super) struct Passage {
    /// Number of the first line.
    first: u32,
    /// Text of the lines. Where it was read from a file, the byte before the first line comes first.
    text: Vec<u8>,
    /// Offset in `text` of each line, and of the end of the last one. A forgotten line takes no bytes.
    starts: Vec<u32>,
    /// Whether the passage reaches the end of the text, or the next gap in it.
    at_end: bool,
}

impl Passage {
    /// Size in bytes, of text and offsets.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + size_of_val(&*self.starts)
    }

    /// Capacity of the text buffer in bytes.
    pub(super) const fn room(&self) -> usize {
        self.text.capacity()
    }

    /// Whether the passage holds `line` and at least `least` bytes from there on, or reaches the end of the text.
    pub(super) fn has(&self, line: u32, least: usize) -> bool {
        let nth = line.wrapping_sub(self.first) as usize;
        let start = self.starts.get(nth).map(|start| *start as usize);
        nth < self.lines()
            && (self.at_end || start.is_some_and(|start| start + least <= self.text.len()))
    }

    /// Whether a caller that wants `line` probably reads on after this passage: the line is no further behind
    /// the passage than the passage is long.
    pub(super) fn leads_to(&self, line: u32) -> bool {
        (line.wrapping_sub(self.first) as usize) < 2 * self.lines()
    }

    fn lines(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Text from `line` on; `None` when the passage does not hold the line.
    pub(super) fn text_at(&self, line: u32) -> Option<&[u8]> {
        let nth = line.wrapping_sub(self.first) as usize;
        let (start, end) = (*self.starts.get(nth)?, *self.starts.get(nth + 1)?);
        self.text.get(start as usize..).filter(|_| start < end)
    }

    /// Reads the group of `line` (the lines between two marks of the index) and at least `further` bytes of
    /// whole lines after it. After an error the passage must not be used.
    pub(super) fn read(
        &mut self,
        file: &FileText,
        again: &LineSource<'_>,
        line: u32,
        mut further: usize,
    ) -> Result<(), SourceError> {
        self.starts.clear();
        // `text` is not cleared: bytes read into it replace the old ones.
        let (mut filled, mut next) = (0, line);
        let mut chunks = file.chunks_from(line)?.peekable();
        while let Some((nth, chunk)) = chunks.next() {
            let (start, skip) = chunk.seek(next);
            let group_end = chunk.end_of(next);
            let part = start..chunk.mark_behind(group_end, further);
            if filled == 0 {
                self.first = line - skip;
            }
            let begin = match again {
                LineSource::File(open) => {
                    let begin = self.append_read(open, chunk, &part, filled);
                    begin.ok_or_else(|| file.changed())?
                }
                LineSource::PackedChunk(texts) => {
                    let begin = self.append_packed(texts.get(nth), &part, filled);
                    begin.map_err(|error| file.unpack_error(error))?
                }
            };
            self.index(chunk, &part, begin);
            filled = self.text.len();
            let torn = filled < begin + part.len();
            self.at_end = torn || part.end == chunk.bytes && chunks.peek().is_none();
            further = further.saturating_sub((part.end - group_end) as usize);
            if torn || further == 0 {
                break;
            }
            next = chunk.after();
        }
        Ok(())
    }

    /// Reads a part of a chunk from the file to `filled` in the text; returns the offset of its first line.
    /// `None` when lines do not begin where the index has them: the file was rewritten or truncated.
    fn append_read(
        &mut self,
        open: &File,
        chunk: &ChunkIndex,
        part: &Range<u32>,
        filled: usize,
    ) -> Option<usize> {
        let at = chunk.offset + u64::from(part.start);
        let before = usize::from(filled == 0 && at > 0);
        let begin = filled + before;
        self.text.resize(begin + part.len(), 0);
        let room = self.text.get_mut(filled..)?;
        open.read_exact_at(room, at - before as u64).ok()?;
        let is_border = |at: usize| at == 0 || self.text.get(at - 1) == Some(&b'\n');
        let mut groups = chunk.groups_in(part);
        let begins =
            groups.all(|(group, _)| is_border(begin + (group.start - part.start) as usize));
        let ends = part.end == chunk.bytes || is_border(self.text.len());
        (begins && ends).then_some(begin)
    }

    /// Like `append_read`, from packed text: fewer bytes where the rest was forgotten.
    fn append_packed(
        &mut self,
        text: Option<&PackedChunk>,
        part: &Range<u32>,
        filled: usize,
    ) -> Result<usize, DecompressError> {
        self.text.truncate(filled);
        let part = part.start as usize..part.end as usize;
        text.map_or(Ok(()), |text| text.append_to(&mut self.text, part))?;
        Ok(filled)
    }

    /// Notes the offsets of the lines of a part of a chunk, which begins at `begin` in the text.
    fn index(&mut self, chunk: &ChunkIndex, part: &Range<u32>, begin: usize) {
        // The last offset is the end of the part before.
        self.starts.pop();
        for (group, lines) in chunk.groups_in(part) {
            let place = |at: u32| (begin + (at - part.start) as usize).min(self.text.len());
            let (start, end) = (place(group.start), place(group.end));
            let after = self.starts.len() + lines as usize;
            let text = self.text.get(start..end).unwrap_or_default();
            let starts = memchr_iter(b'\n', text).map(|at| start + at + 1);
            let starts = iter::once(start).chain(starts).take(lines as usize);
            let starts = starts.take_while(|start| *start < end);
            self.starts.extend(starts.map(offset));
            self.starts.resize(after, offset(end));
        }
        self.starts.push(offset(self.text.len()));
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
