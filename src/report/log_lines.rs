//! The lines behind rows, as they stand in the log.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

use super::export::PIECE;
use super::mask::Mask;
use super::pieces;
use super::rows::RowId;
use crate::model::{Lines, Mail, Message, Model};
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

/// The lines of a row, and whether they stand apart from the lines of other rows.
fn of_row(model: &Model, row: RowId) -> (Vec<Place>, bool) {
    match row {
        RowId::Message(number) => {
            let message = model.messages.get(number);
            let lines = message.map(|message| of_message(model, message));
            (lines.unwrap_or_default(), true)
        }
        RowId::Event(number) => {
            let event = model.events.get(number);
            let line = event.map(|event| (model.file_number(&event), model.events.line(&event)));
            (line.into_iter().collect(), false)
        }
        _ => (Vec::new(), false),
    }
}

fn mail_of(model: &Model, row: RowId) -> Option<&Mail> {
    match row {
        RowId::Mail(number) => model.mails.get(number as usize),
        _ => None,
    }
}

/// Writes the lines behind rows of messages or events. The lines of a message stand together, with an empty line
/// behind them; for a loaded mail its header is written. Gives the first line that could not be had any more, if any.
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
            match mail_of(model, *row) {
                Some(mail) => writer.header(mail)?,
                None => writer.add(of_row(model, *row))?,
            }
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

    /// The header of a mail at once: the mask has to see where a folded field ends.
    fn header(&mut self, mail: &Mail) -> io::Result<()> {
        let mut header = String::new();
        for line in mail.first_line..=mail.last_line {
            if let Some(text) = self.text((mail.file, line)) {
                header += &text;
                header.push('\n');
            }
        }
        header.pop();
        self.write(&header)?;
        writeln!(self.out)
    }

    fn line(&mut self, place: Place) -> io::Result<()> {
        if self.last.replace(place) == Some(place) {
            return Ok(());
        }
        match self.text(place) {
            Some(text) => self.write(&text),
            None => Ok(()),
        }
    }

    /// A line, fit to be shown; `None` when it cannot be had any more.
    fn text(&mut self, place: Place) -> Option<String> {
        match self.lines.record(place.0, place.1) {
            Ok(text) => Some(clean_block(text).into_owned()),
            Err(error) => {
                self.lost.get_or_insert(error);
                None
            }
        }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let text = match self.mask {
            Some(mask) => Cow::Owned(mask.text(text)),
            None => Cow::Borrowed(text),
        };
        writeln!(self.out, "{text}")
    }
}
