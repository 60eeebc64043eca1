//! The lines behind rows, as they stand in the log.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

use super::mask::Mask;
use super::rows::RowId;
use crate::model::{Lines, Message, Model};
use crate::source::SourceError;
use crate::text::clean_block;

/// A line: number of its file, and its own.
type Place = (u32, u32);

/// The lines of a message, each once: file by file as they were loaded, within a file as it is written.
pub fn of_message(model: &Model, message: &Message) -> Vec<Place> {
    let events = model.events_of(message);
    let mut lines: Vec<Place> = events
        .map(|event| (model.file_number(&event), model.events.line(&event)))
        .collect();
    let mut files: Vec<u32> = lines.iter().map(|(file, _)| *file).collect();
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(*file));
    lines.sort_by_key(|(file, line)| (files.iter().position(|own| own == file), *line));
    // A line may state several facts.
    lines.dedup();
    lines
}

/// Writes the lines behind rows of messages or events. Those of a message stand together, with an empty line behind
/// them; of a loaded mail it is the header. Gives the first line that could not be had any more, if any.
pub fn write(
    model: &Model,
    rows: impl IntoIterator<Item = RowId>,
    mask: Option<&Mask>,
    out: &mut dyn Write,
) -> io::Result<Option<SourceError>> {
    let mut writer = Writer {
        lines: Lines::new(model),
        mask,
        out,
        last: None,
        lost: None,
    };
    for row in rows {
        match row {
            RowId::Message(number) => {
                let message = model.messages.get(number);
                let lines = message.map(|message| of_message(model, message));
                writer.block(lines.unwrap_or_default())?;
            }
            RowId::Mail(number) => {
                let mail = model.mails.get(number as usize);
                let lines = mail.into_iter().flat_map(|mail| {
                    (mail.first_line..=mail.last_line).map(|line| (mail.file, line))
                });
                writer.block(lines)?;
            }
            RowId::Event(number) => {
                if let Some(event) = model.events.get(number) {
                    writer.line((model.file_number(&event), model.events.line(&event)))?;
                }
            }
            RowId::Hop(..) | RowId::Posture(_) | RowId::Finding(_) | RowId::Line(_) => {}
        }
    }
    Ok(writer.lost)
}

struct Writer<'a> {
    lines: Lines<'a>,
    mask: Option<&'a Mask>,
    out: &'a mut dyn Write,
    last: Option<Place>,
    lost: Option<SourceError>,
}

impl Writer<'_> {
    fn block(&mut self, lines: impl IntoIterator<Item = Place>) -> io::Result<()> {
        for place in lines {
            self.line(place)?;
        }
        writeln!(self.out)
    }

    fn line(&mut self, place: Place) -> io::Result<()> {
        if self.last.replace(place) == Some(place) {
            return Ok(());
        }
        match self.lines.record(place.0, place.1) {
            Ok(text) => {
                let mut text = clean_block(text);
                if let Some(mask) = self.mask {
                    text = Cow::Owned(mask.text(&text));
                }
                self.out.write_all(text.as_bytes())?;
                self.out.write_all(b"\n")
            }
            Err(error) => {
                self.lost.get_or_insert(error);
                Ok(())
            }
        }
    }
}
