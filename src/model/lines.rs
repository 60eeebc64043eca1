//! Reads the lines of events again from the text store.

use crate::parse::{Fact, Framing, Outcome, Reader, Scratch};
use crate::source::{Passages, SourceError};

use super::{Event, Message, Model};

/// A reader for lines of a model. Fast for reading mostly forward.
pub struct Lines<'a> {
    model: &'a Model,
    passages: Passages<'a>,
    scratch: Scratch,
}

impl<'a> Lines<'a> {
    /// A reader for the lines of `model`.
    pub const fn new(model: &'a Model) -> Self {
        Self {
            model,
            passages: Passages::new(&model.text),
            scratch: Scratch::new(),
        }
    }

    /// Parses the line of an event and calls `with` with its facts.
    ///
    /// # Errors
    /// When the line cannot be read any more. `None` when it is no longer understood: the file has changed.
    pub fn recall<T>(
        &mut self,
        event: &Event,
        with: impl FnOnce(&Fact<'_>) -> T,
    ) -> Result<Option<T>, SourceError> {
        let line = self.model.events.line(event);
        self.fact(self.model.file_number(event), line, with)
    }

    /// Size of a message in bytes; `None` when unknown. A size of 4 GiB or more is read from the first line that
    /// states it, or is [`Message::LARGE`] if that line cannot be read any more.
    pub fn size_of(&mut self, message: &Message) -> Option<u64> {
        let stored = (message.size > 0).then(|| u64::from(message.size))?;
        if message.size < Message::LARGE {
            return Some(stored);
        }
        let mut events = self.model.events_of(message);
        let read = events.find_map(|event| self.recall(&event, |fact| fact.size).ok()??);
        Some(read.unwrap_or(stored))
    }

    fn fact<T>(
        &mut self,
        file: u32,
        line: u32,
        with: impl FnOnce(&Fact<'_>) -> T,
    ) -> Result<Option<T>, SourceError> {
        let Some(reader) = self.reader(file) else {
            return Ok(None);
        };
        let mut scratch = std::mem::take(&mut self.scratch);
        let text = self.text_from(file, line, |text| reader.looks_at(text))?;
        let (record, ahead) = reader.framing.split(text);
        let result = match reader.read(record, ahead, &mut scratch) {
            Outcome::Fact(fact) => Some(with(&fact)),
            _ => None,
        };
        self.scratch = scratch;
        Ok(result)
    }

    /// Text of the record that begins on a line, without its line end. Some files have records of several lines.
    ///
    /// # Errors
    /// When the record cannot be read any more.
    pub fn record(&mut self, file: u32, line: u32) -> Result<&[u8], SourceError> {
        let reader = self.reader(file);
        let framing = reader.map_or(Framing::default(), |reader| reader.framing);
        let text = self.text_from(file, line, |text| framing.looks_at(text))?;
        let (record, _) = framing.split(text);
        Ok(record.strip_suffix(b"\r").unwrap_or(record))
    }

    fn reader(&self, file: u32) -> Option<Reader> {
        self.model.files.get(file as usize)?.reader
    }

    /// Text from a line on. Reads more until `looks_at`, called with the text so far, asks for no more bytes.
    fn text_from(
        &mut self,
        file: u32,
        line: u32,
        looks_at: impl Fn(&[u8]) -> usize,
    ) -> Result<&[u8], SourceError> {
        let (mut least, mut had) = (0, 0);
        loop {
            let text = self.passages.text_at(file, line, least)?;
            let looked_at = looks_at(text);
            // Nothing more was read: the file has ended.
            if looked_at <= text.len() || text.len() <= had {
                break;
            }
            (least, had) = (looked_at, text.len());
        }
        self.passages.text_at(file, line, least)
    }
}

/// Splits a list of addresses at `separator`, but not inside a quoted local part.
pub fn address_list(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |&byte| {
        let literal = std::mem::take(&mut escaped);
        match byte {
            b'"' if !literal => quoted = !quoted,
            b'\\' if !literal => escaped = quoted,
            _ => {}
        }
        byte == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::FileInfo;
    use super::*;
    use crate::source::{ChunkReader, FileText};

    /// A model with the text of one file, and no events.
    fn model(reader: Reader, text: &str) -> Model {
        let mut model = Model::default();
        let path = Path::new("log");
        let file = model.add_file(FileInfo::new(path, Some(reader)), FileText::kept(path));
        let mut chunks = ChunkReader::new(text.as_bytes());
        while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
            model.text.file_mut(file).unwrap().push(&chunk);
        }
        model
    }

    #[test]
    fn a_record_of_several_lines_is_whole_wherever_it_begins() {
        let record = |n: usize| format!("{{\n{}}}\n", format!("\t\"{n}\": 1,\n").repeat(n));
        // The last record lacks its end.
        let text: String = (1..150).map(record).collect();
        let text = text.strip_suffix("\n}\n").unwrap();
        let model = model(Reader::framed(Framing::JsonPretty), text);
        let mut lines = Lines::new(&model);
        let mut line = 1;
        for n in 1..150 {
            let written = record(n);
            let written = if n < 149 {
                written.trim_end()
            } else {
                written.strip_suffix("\n}\n").unwrap()
            };
            assert_eq!(lines.record(0, line).unwrap(), written.as_bytes(), "{n}");
            line += n as u32 + 2;
        }
    }

    #[test]
    fn the_pieces_of_an_entry_are_found_lines_behind_it() {
        let frame = "Feb 24 08:00:00 mx exim[7]: ";
        let other = "Feb 24 08:00:00 mx cron[9]: nothing\n".repeat(30);
        let split = format!(
            "{frame}[1/2] 2026-02-24 08:00:00 1vumAA-000001-00 ** bo@example.org R=r T=t: so i\n{other}\
             {frame}[2/2] t is\n{other}"
        );
        let model = model(Reader::framed(Framing::Lines), &split.repeat(20));
        let mut lines = Lines::new(&model);
        for nth in 0..20 {
            let line = 1 + nth * 62;
            let text = lines.fact(0, line, |fact| fact.text.to_vec()).unwrap();
            assert_eq!(text.as_deref(), Some(&b"so it is"[..]), "line {line}");
        }
    }

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
