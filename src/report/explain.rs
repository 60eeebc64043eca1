//! A message in words: as text for a terminal or the clipboard, and as Markdown.

mod markdown;
mod parts;
mod text;

use crate::insight::{ChainStory, Timeline};
use crate::model::{GradeBook, Zone};

/// What our logs and the headers of others tell of a message, as aligned text. Times are those of
/// `zone`.
pub fn text(
    timelines: &[Timeline],
    chains: &[ChainStory],
    zone: Zone,
    grades: &GradeBook,
) -> String {
    text::write(&parts::all(timelines, chains, zone, grades))
}

/// The same as Markdown.
pub fn markdown(
    timelines: &[Timeline],
    chains: &[ChainStory],
    zone: Zone,
    grades: &GradeBook,
) -> String {
    markdown::write(&parts::all(timelines, chains, zone, grades))
}
