//! Reads a line again, for what an event does not hold.

use crate::model::{Event, Lines, Model};
use crate::parse::Fact;
use crate::source::SourceError;

/// Fetches an event's line and hands `with` the facts on it. See [`Lines::recall`].
pub fn recall<T>(
    model: &Model,
    event: &Event,
    with: impl FnOnce(&Fact<'_>) -> T,
) -> Result<Option<T>, SourceError> {
    Lines::new(model).recall(event, with)
}
