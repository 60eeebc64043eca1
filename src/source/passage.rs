//! A passage of a text that is read again: whole lines, and where each of them begins.

use std::fs::File;
use std::iter;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use lz4_flex::block::DecompressError;
use memchr::memchr_iter;

use super::kept::Kept;
use super::{ChunkIndex, FileText, SourceError};

/// How the text of a file is had again.
pub(super) enum Again<'a> {
    /// From the file, which is open.
    File(Arc<File>),
    /// From what is kept of each chunk.
    Kept(&'a [Kept]),
}

/// Whole lines that follow each other.
#[derive(Default)]
pub(super) struct Passage {
    /// Number of the first line.
    first: u32,
    /// The lines; before those of a file the byte that stands before them there.
    text: Vec<u8>,
    /// Where each line begins in the text, and where the last one ends. One that is no longer there takes no bytes.
    starts: Vec<u32>,
    /// Nothing follows.
    at_end: bool,
}

impl Passage {
    /// Bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + size_of_val(&*self.starts)
    }

    /// Bytes it has room for, in the text alone.
    pub(super) const fn room(&self) -> usize {
        self.text.capacity()
    }

    /// Whether it has that line and at least so many bytes from there on, or all there are.
    pub(super) fn has(&self, line: u32, least: usize) -> bool {
        let nth = line.wrapping_sub(self.first) as usize;
        let start = self.starts.get(nth).map(|start| *start as usize);
        nth < self.lines()
            && (self.at_end || start.is_some_and(|own| own + least <= self.text.len()))
    }

    /// Whether somebody who wants that line reads on behind it: not further than it is long.
    pub(super) fn leads_to(&self, line: u32) -> bool {
        (line.wrapping_sub(self.first) as usize) < 2 * self.lines()
    }

    fn lines(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The text from one of its lines on; `None` where that is no longer there.
    pub(super) fn text_at(&self, line: u32) -> Option<&[u8]> {
        let nth = line.wrapping_sub(self.first) as usize;
        let (start, end) = (*self.starts.get(nth)?, *self.starts.get(nth + 1)?);
        self.text.get(start as usize..).filter(|_| start < end)
    }

    /// Takes up the lines between the marks before and behind a line, and whole lines of at least so many bytes
    /// behind them. After an error it is of no use.
    pub(super) fn read(
        &mut self,
        file: &FileText,
        again: &Again<'_>,
        line: u32,
        mut further: usize,
    ) -> Result<(), SourceError> {
        self.starts.clear();
        // The text is not: what is read takes the place of what was there.
        let (mut filled, mut next) = (0, line);
        let mut chunks = file.chunks_from(line)?.peekable();
        while let Some((nth, chunk)) = chunks.next() {
            let (start, skip) = chunk.seek(next);
            let own = chunk.end_of(next);
            let part = start..chunk.mark_behind(own, further);
            if filled == 0 {
                self.first = line - skip;
            }
            let begin = match again {
                Again::File(open) => {
                    let begin = self.append_read(open, chunk, &part, filled);
                    begin.ok_or_else(|| file.changed())?
                }
                Again::Kept(texts) => {
                    let begin = self.append_kept(texts.get(nth), &part, filled);
                    begin.map_err(|error| file.unpacked(error))?
                }
            };
            self.index(chunk, &part, begin);
            filled = self.text.len();
            let torn = filled < begin + part.len();
            self.at_end = torn || part.end == chunk.bytes && chunks.peek().is_none();
            further = further.saturating_sub((part.end - own) as usize);
            if torn || further == 0 {
                break;
            }
            next = chunk.after();
        }
        Ok(())
    }

    /// Puts a part of a chunk behind the first bytes of the text, from the file; gives where it begins. `None` where
    /// other lines begin in it than before: the file was written anew, or is shorter.
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
        let begins = groups.all(|(own, _)| is_border(begin + (own.start - part.start) as usize));
        let ends = part.end == chunk.bytes || is_border(self.text.len());
        (begins && ends).then_some(begin)
    }

    /// The same from what is kept of the chunk: less of it where the rest was forgotten.
    fn append_kept(
        &mut self,
        text: Option<&Kept>,
        part: &Range<u32>,
        filled: usize,
    ) -> Result<usize, DecompressError> {
        self.text.truncate(filled);
        let part = part.start as usize..part.end as usize;
        text.map_or(Ok(()), |text| text.append_to(&mut self.text, part))?;
        Ok(filled)
    }

    /// Notes where the lines of a part of a chunk begin, which itself begins at `begin` in the text.
    fn index(&mut self, chunk: &ChunkIndex, part: &Range<u32>, begin: usize) {
        // Behind the lines of the part before stands where they end.
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
