//! The lines behind a row, read again as they were written.

use crate::insight::findings::{Finding, Place};
use crate::insight::posture::{Posture, Postures};
use crate::model::{Mail, Message, Model};
use crate::report::log_lines;
use crate::text::Clean;

use super::app::RawLine;

/// Most lines that are read again for a host (its latest ones) or for a finding (its first ones).
const MOST: usize = 500;

/// The line with this number, counted from 1, of the file with this number.
pub(super) fn line(model: &Model, file: u32, number: u32) -> RawLine {
    let path = model.path(file);
    let name = path.file_name().unwrap_or(path.as_os_str());
    let text = model.record(file, number);
    RawLine {
        file: Clean::line(name.as_encoded_bytes()),
        number,
        text: text
            .map(Clean::block)
            .map_err(|error| Clean::line(error.to_string())),
    }
}

/// All log lines of a message.
pub(super) fn of_message(model: &Model, message: &Message) -> Vec<RawLine> {
    lines(model, log_lines::of_message(model, message))
}

/// The latest log lines that tell of contacts with a host.
pub(super) fn of_posture(model: &Model, postures: &Postures, posture: &Posture) -> Vec<RawLine> {
    let numbers = postures.events_of(posture).iter().rev().take(MOST).rev();
    let events = numbers.filter_map(|number| model.events.get(*number));
    let places = events.map(|event| (model.file_number(&event), model.events.line(&event)));
    lines(model, places)
}

/// The header of a loaded mail.
pub(super) fn of_mail(model: &Model, mail: &Mail) -> Vec<RawLine> {
    let numbers = mail.first_line..=mail.last_line;
    lines(model, numbers.map(|number| (mail.file, number)))
}

/// The first log lines that a finding rests on, or the header of its mail.
pub(super) fn of_finding(model: &Model, finding: &Finding) -> Vec<RawLine> {
    match finding.place {
        Place::Mail(row, _) => {
            let mail = model.mails.get(row as usize);
            mail.map(|mail| of_mail(model, mail)).unwrap_or_default()
        }
        Place::Events(_) => lines(model, finding.lines(model).into_iter().take(MOST)),
    }
}

/// Lines by the number of their file and their own.
fn lines(model: &Model, places: impl IntoIterator<Item = (u32, u32)>) -> Vec<RawLine> {
    let places = places.into_iter();
    places
        .map(|(file, number)| line(model, file, number))
        .collect()
}
