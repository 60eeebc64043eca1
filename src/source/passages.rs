//! Reads lines of loaded files again, for callers that want many of them.
//!
//! Lines are wanted nearly in file order: the lines of one message lie between those of others. So a few
//! passages are cached. A passage begins as the lines between two marks of the index; where a caller reads on
//! after it, the next passage is longer. The file stays open until another file is wanted.

use std::path::PathBuf;

use super::passage::{LineSource, Passage};
use super::{SourceError, TextStore};

/// Maximum number of cached passages.
const MAX_PASSAGES: usize = 16;

/// Maximum size of all cached passages in bytes. A single passage may be larger: its lines may be long.
const MAX_BYTES: usize = 4 << 20;

/// Maximum number of bytes read ahead.
const MAX_AHEAD_BYTES: usize = 64 << 10;

/// Reader of lines with a cache of passages.
pub struct Passages<'a> {
    store: &'a TextStore,
    /// Number and handle of the file that was read last.
    open: Option<(u32, LineSource<'a>)>,
    /// Cached passages with their file numbers, the most recently used first.
    cached: Vec<(u32, Passage)>,
}

impl<'a> Passages<'a> {
    /// A reader of the files of `store`. Reads nothing yet.
    pub const fn new(store: &'a TextStore) -> Self {
        Self {
            store,
            open: None,
            cached: Vec::new(),
        }
    }

    /// Text from `line` (from 1) on: the whole line, and at least `least` bytes unless the text ends earlier.
    /// Fails when the line can no longer be read.
    pub fn text_at(&mut self, file: u32, line: u32, least: usize) -> Result<&[u8], SourceError> {
        let is = |cached: &(u32, Passage)| cached.0 == file && cached.1.has(line, least);
        match self.cached.iter().position(is) {
            Some(0) => {}
            Some(nth) => {
                let newer = self.cached.get_mut(..=nth);
                newer.unwrap_or_default().rotate_right(1);
            }
            None => self.read(file, line, least)?,
        }
        let passage = self.cached.first().map(|(_, passage)| passage);
        let text = passage.and_then(|passage| passage.text_at(line));
        text.ok_or_else(|| match self.store.file(file) {
            Some(text) => text.missing(line),
            None => no_file(line),
        })
    }

    /// Reads the passage of `line` and puts it first in the cache.
    fn read(&mut self, file: u32, line: u32, least: usize) -> Result<(), SourceError> {
        let text = self.store.file(file).ok_or_else(|| no_file(line))?;
        let mut before = self.cached.iter().filter(|cached| cached.0 == file);
        let before = before.find(|cached| cached.1.leads_to(line));
        let ahead = before.map_or(0, |(_, passage)| passage.bytes().min(MAX_AHEAD_BYTES));
        let mut passage = self.room();
        let source = match self.open.take() {
            Some((open, source)) if open == file => source,
            _ => text.source()?,
        };
        let mut read = passage.read(text, &source, line, least.max(ahead));
        if ahead > least && read.is_err() {
            // The line may be readable even if the text after it is not.
            read = passage.read(text, &source, line, least);
        }
        self.open = Some((file, source));
        read?;
        self.cached.insert(0, (file, passage));
        Ok(())
    }

    /// An empty passage, with the buffer of the least recently used one when the cache is full.
    fn room(&mut self) -> Passage {
        let mut room = Passage::default();
        let taken = |cached: &[(u32, Passage)]| {
            cached
                .iter()
                .map(|(_, passage)| passage.bytes())
                .sum::<usize>()
        };
        while self.cached.len() >= MAX_PASSAGES || taken(&self.cached) > MAX_BYTES {
            room = self.cached.pop().unwrap_or_default().1;
        }
        if room.room() > MAX_BYTES / MAX_PASSAGES {
            // Buffers of long lines are not kept: such lines are few.
            room = Passage::default();
        }
        room
    }
}

fn no_file(line: u32) -> SourceError {
    let path = PathBuf::new();
    SourceError::NoLine { path, line }
}

#[cfg(test)]
mod tests;
