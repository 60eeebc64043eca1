//! Reads the lines of events again.

use crate::parse::{Fact, Framing, Outcome, Reader, Scratch};
use crate::source::{Passages, SourceError};

use super::{Event, Message, Model};

/// The lines of a model for one reader who mostly goes forward.
pub struct Lines<'a> {
    model: &'a Model,
    passages: Passages<'a>,
    scratch: Scratch,
}

impl<'a> Lines<'a> {
    /// Over the lines of `model`.
    pub const fn new(model: &'a Model) -> Self {
        Self {
            model,
            passages: Passages::new(&model.text),
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
        let line = self.model.events.line(event);
        self.fact(self.model.file_number(event), line, with)
    }

    /// Size of a message in bytes; `None` when not known. One that a message does not hold is read from the first of
    /// its lines that names one; where that cannot be had any more, it is what a message holds at most.
    pub fn size_of(&mut self, message: &Message) -> Option<u64> {
        let kept = (message.size > 0).then(|| u64::from(message.size))?;
        if message.size < Message::LARGE {
            return Some(kept);
        }
        let mut events = self.model.events_of(message);
        let named = events.find_map(|event| self.recall(&event, |fact| fact.size).ok()??);
        Some(named.unwrap_or(kept))
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
        let told = match reader.read(record, ahead, &mut scratch) {
            Outcome::Fact(fact) => Some(with(&fact)),
            _ => None,
        };
        self.scratch = scratch;
        Ok(told)
    }

    /// The record of a loaded file that begins on a line, as it was written, without its line end: that line, or
    /// several where the file holds records of several. Fails when it cannot be had any more.
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

    /// The text from a line on: as much of it as `looks_at` wants, which is given what was read so far.
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
            // Of a text that has ended no more can be had.
            if looked_at <= text.len() || text.len() <= had {
                break;
            }
            (least, had) = (looked_at, text.len());
        }
        self.passages.text_at(file, line, least)
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
    use std::path::Path;

    use super::super::FileInfo;
    use super::*;
    use crate::source::{ChunkReader, FileText};

    /// A file whose lines were read, and of which nothing is known but its text.
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
        // The last one has lost its end.
        let text: String = (1..150).map(record).collect();
        let text = text.strip_suffix("\n}\n").unwrap();
        let model = model(Reader::framed(Framing::JsonPretty), text);
        let mut lines = Lines::new(&model);
        let mut line = 1;
        for n in 1..150 {
            let own = record(n);
            let own = if n < 149 {
                own.trim_end()
            } else {
                own.strip_suffix("\n}\n").unwrap()
            };
            assert_eq!(lines.record(0, line).unwrap(), own.as_bytes(), "{n}");
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
            let told = lines.fact(0, line, |fact| fact.text.to_vec()).unwrap();
            assert_eq!(told.as_deref(), Some(&b"so it is"[..]), "line {line}");
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
