//! Reads lines again for somebody who wants many of them: a passage of the text at a time.
//!
//! Lines are wanted nearly in the order in which they stand, but not quite: those of a message lie between those of
//! others. So a few passages are held. One begins as the lines between two marks of the index; where somebody reads
//! on behind it, the next one is longer. A file stays open until lines of another one are wanted.

use std::path::PathBuf;

use super::passage::{Again, Passage};
use super::{SourceError, TextStore};

/// So many passages are held at most: a few places where lines are wanted, and what lies between them.
const MOST: usize = 16;

/// The room they may take in all, in bytes. One alone may take more: its lines may be long.
const ROOM: usize = 4 << 20;

/// So many bytes are read behind a line at most because somebody reads on.
const MOST_AHEAD: usize = 64 << 10;

/// Gives the lines of loaded files again.
pub struct Passages<'a> {
    store: &'a TextStore,
    /// The file that was read last.
    open: Option<(u32, Again<'a>)>,
    /// With their files; the one that was used last comes first.
    held: Vec<(u32, Passage)>,
}

impl<'a> Passages<'a> {
    /// Of the files of `store`. Nothing is read yet.
    pub const fn new(store: &'a TextStore) -> Self {
        Self {
            store,
            open: None,
            held: Vec::new(),
        }
    }

    /// The text from a line on, which counts from 1: all of that line, and at least so many bytes unless the text
    /// ends earlier. Fails when the line cannot be had any more.
    pub fn text_at(&mut self, file: u32, line: u32, least: usize) -> Result<&[u8], SourceError> {
        let is = |own: &(u32, Passage)| own.0 == file && own.1.has(line, least);
        match self.held.iter().position(is) {
            Some(0) => {}
            Some(nth) => {
                let newer = self.held.get_mut(..=nth);
                newer.unwrap_or_default().rotate_right(1);
            }
            None => self.read(file, line, least)?,
        }
        let passage = self.held.first().map(|(_, passage)| passage);
        let text = passage.and_then(|own| own.text_at(line));
        text.ok_or_else(|| match self.store.file(file) {
            Some(text) => text.missing(line),
            None => no_file(line),
        })
    }

    /// Reads the passage of a line, which comes first then.
    fn read(&mut self, file: u32, line: u32, least: usize) -> Result<(), SourceError> {
        let text = self.store.file(file).ok_or_else(|| no_file(line))?;
        let mut before = self.held.iter().filter(|own| own.0 == file);
        let before = before.find(|own| own.1.leads_to(line));
        let ahead = before.map_or(0, |own| own.1.bytes().min(MOST_AHEAD));
        let mut passage = self.room();
        let again = match self.open.take() {
            Some((own, again)) if own == file => again,
            _ => text.again()?,
        };
        let mut read = passage.read(text, &again, line, least.max(ahead));
        if ahead > least && read.is_err() {
            // The line may be there though what follows is not.
            read = passage.read(text, &again, line, least);
        }
        self.open = Some((file, again));
        read?;
        self.held.insert(0, (file, passage));
        Ok(())
    }

    /// Room for another passage: that of those which were not used for the longest time, once all is taken.
    fn room(&mut self) -> Passage {
        let mut room = Passage::default();
        let taken = |held: &[(u32, Passage)]| held.iter().map(|own| own.1.bytes()).sum::<usize>();
        while self.held.len() >= MOST || taken(&self.held) > ROOM {
            room = self.held.pop().unwrap_or_default().1;
        }
        if room.room() > ROOM / MOST {
            // Of long lines, which are few.
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
