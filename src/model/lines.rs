//! Reads the lines of events again, in order, a stretch of text at a time.

use crate::parse::{Fact, Framing, Outcome, Scratch};
use crate::source::SourceError;

use super::{Event, Model};

/// Lines read ahead when lines are asked for in order: some 150 kB, so that opening the file or a
/// compressed block again costs nothing beside parsing.
const AHEAD: u32 = 1024;

/// The lines of a model for one reader who mostly goes forward.
pub struct Lines<'a> {
    model: &'a Model,
    file: u32,
    /// Number of the first line of `text`.
    first: u32,
    text: Vec<u8>,
    /// Where each line of `text` begins, and where the last one ends.
    starts: Vec<usize>,
    /// The file ends where `text` does.
    at_end: bool,
    scratch: Scratch,
}

impl<'a> Lines<'a> {
    /// Over the lines of `model`.
    pub const fn new(model: &'a Model) -> Self {
        Self {
            model,
            file: 0,
            first: 0,
            text: Vec::new(),
            starts: Vec::new(),
            at_end: false,
            scratch: Scratch::new(),
        }
    }

    /// Hands `with` the facts on an event's line. Fails when the line cannot be had any more; `None` when it is
    /// no longer understood, which can only happen when the file changed underneath.
    pub fn recall<T>(
        &mut self,
        event: &Event,
        with: impl FnOnce(&Fact<'_>) -> T,
    ) -> Result<Option<T>, SourceError> {
        let Some(reader) = self.model.file_of(event).and_then(|file| file.reader) else {
            return Ok(None);
        };
        let mut scratch = std::mem::take(&mut self.scratch);
        let text = self.text_from(
            self.model.file_number(event),
            self.model.events.line(event),
            reader.looks_ahead(),
        )?;
        let (record, ahead) = reader.framing.split(text);
        let told = match reader.read(record, ahead, &mut scratch) {
            Outcome::Fact(fact) => Some(with(&fact)),
            _ => None,
        };
        self.scratch = scratch;
        Ok(told)
    }

    /// The record that begins on a line, as it was written, see [`Model::record`].
    pub fn record(&mut self, file: u32, line: u32) -> Result<&[u8], SourceError> {
        let reader = self.model.files.get(file as usize);
        let reader = reader.and_then(|file| file.reader);
        let (framing, ahead) = reader.map_or_else(
            || (Framing::default(), 0),
            |reader| (reader.framing, reader.looks_ahead()),
        );
        let text = self.text_from(file, line, ahead)?;
        let (record, _) = framing.split(text);
        Ok(record.strip_suffix(b"\r").unwrap_or(record))
    }

    /// The text from a line on, at least so many further lines of it if there are as many.
    fn text_from(&mut self, file: u32, line: u32, further: u32) -> Result<&[u8], SourceError> {
        let last = line.saturating_add(further);
        let goes_on = self.holds(file, line) && (last < self.after() || self.at_end);
        if !goes_on {
            self.fetch(file, line, further)?;
        }
        let nth = line.saturating_sub(self.first) as usize;
        let start = self.starts.get(nth).copied().unwrap_or(self.text.len());
        Ok(self.text.get(start..).unwrap_or_default())
    }

    fn holds(&self, file: u32, line: u32) -> bool {
        file == self.file && line >= self.first && line < self.after()
    }

    /// The line after the last one of `text`.
    fn after(&self) -> u32 {
        let lines = self.starts.len().saturating_sub(1);
        self.first
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX))
    }

    fn fetch(&mut self, file: u32, line: u32, further: u32) -> Result<(), SourceError> {
        let near = line < self.after().saturating_add(AHEAD) && line >= self.first;
        let goes_on = file == self.file && near && !self.starts.is_empty();
        let more = if goes_on { AHEAD } else { 0 };
        let missing = || SourceError::NoLine {
            path: self.model.path(file).to_owned(),
            line,
        };
        let text = self.model.text.file(file).ok_or_else(missing)?;
        let more = more.max(further);
        (self.first, self.text) = text.lines_from(line, more)?;
        self.at_end = line.saturating_add(more) >= text.lines();
        self.file = file;
        self.starts.clear();
        self.starts.push(0);
        self.starts
            .extend(memchr::memchr_iter(b'\n', &self.text).map(|at| at + 1));
        if self.text.last().is_some_and(|&last| last != b'\n') {
            self.starts.push(self.text.len());
        }
        Ok(())
    }
}

/// The addresses of a list on a line: splits at what stands between them, but not in a quoted local part.
pub fn address_list(text: &[u8], between: u8) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |&byte| {
        let literal = std::mem::take(&mut escaped);
        match byte {
            b'"' if !literal => quoted = !quoted,
            b'\\' if !literal => escaped = quoted,
            _ => {}
        }
        byte == between && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_list_is_split_outside_quotes() {
        let text = br#"a@example.org "b c\" d"@example.org e@example.org"#;
        let split: Vec<&[u8]> = address_list(text, b' ').collect();
        assert_eq!(
            split,
            [
                &b"a@example.org"[..],
                br#""b c\" d"@example.org"#,
                b"e@example.org"
            ]
        );
    }
}
