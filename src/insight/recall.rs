//! Reads a line again, for what an event does not hold.

use crate::model::{Event, Model};
use crate::parse::{Fact, Outcome};
use crate::source::SourceError;

/// Fetches an event's line and hands `with` the facts on it.
///
/// Fails when the line cannot be had any more; gives `None` when it is no longer understood, which
/// can only happen when the file changed underneath.
pub fn recall<T>(
    model: &Model,
    event: &Event,
    with: impl FnOnce(&Fact<'_>) -> T,
) -> Result<Option<T>, SourceError> {
    let line = model.line(event.file, event.line)?;
    let Some(reader) = model.file_of(event).and_then(|file| file.reader) else {
        return Ok(None);
    };
    match reader.read(&line, &mut Vec::new()) {
        Outcome::Fact(fact) => Ok(Some(with(&fact))),
        _ => Ok(None),
    }
}
