//! The lines behind rows, as they stand in the log.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

use super::export::PIECE;
use super::mask::Mask;
use super::pieces;
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
    files.dedup();
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(*file));
    lines.sort_by_key(|(file, line)| (files.iter().position(|own| own == file), *line));
    // A line may state several facts.
    lines.dedup();
    lines
}

/// The lines of a row, and whether they stand apart from those of other rows.
fn of_row(model: &Model, row: RowId) -> (Vec<Place>, bool) {
    match row {
        RowId::Message(number) => {
            let message = model.messages.get(number);
            let lines = message.map(|message| of_message(model, message));
            (lines.unwrap_or_default(), true)
        }
        RowId::Mail(number) => {
            let mail = model.mails.get(number as usize).into_iter();
            let lines = mail
                .flat_map(|mail| (mail.first_line..=mail.last_line).map(|line| (mail.file, line)));
            (lines.collect(), true)
        }
        RowId::Event(number) => {
            let event = model.events.get(number);
            let line = event.map(|event| (model.file_number(&event), model.events.line(&event)));
            (line.into_iter().collect(), false)
        }
        RowId::Hop(..) | RowId::Posture(_) | RowId::Finding(_) | RowId::Line(_) => {
            (Vec::new(), false)
        }
    }
}

/// Writes the lines behind rows of messages or events. Those of a message stand together, with an empty line behind
/// them; of a loaded mail it is the header. Gives the first line that could not be had any more, if any.
pub fn write(
    model: &Model,
    rows: &[RowId],
    mask: Option<&Mask>,
    out: &mut dyn Write,
) -> io::Result<Option<SourceError>> {
    let before = [None].into_iter();
    let before = before.chain(rows.chunks(PIECE).map(|rows| rows.last().copied()));
    let parts = before.zip(rows.chunks(PIECE));
    let make = |(before, rows): (Option<RowId>, &[RowId]), out: &mut dyn Write| {
        let mut writer = Writer {
            lines: Lines::new(model),
            mask,
            out,
            last: before.and_then(|row| of_row(model, row).0.pop()),
            lost: None,
        };
        for row in rows {
            writer.add(of_row(model, *row))?;
        }
        Ok(writer.lost)
    };
    let lost = pieces::write(parts.collect(), make, out)?;
    Ok(lost.into_iter().flatten().next())
}

struct Writer<'a> {
    lines: Lines<'a>,
    mask: Option<&'a Mask>,
    out: &'a mut dyn Write,
    /// A line may state several facts: then it stands there once.
    last: Option<Place>,
    lost: Option<SourceError>,
}

impl Writer<'_> {
    fn add(&mut self, (places, apart): (Vec<Place>, bool)) -> io::Result<()> {
        for place in places {
            self.line(place)?;
        }
        if apart { writeln!(self.out) } else { Ok(()) }
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
