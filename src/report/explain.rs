//! A message in words, English or German: as text for a terminal or the clipboard, as Markdown, as a page of HTML, and as JSON for programs.

mod html;
mod markdown;
mod ndjson;
mod parts;
#[cfg(test)]
mod tests;
mod text;

use crate::insight::{ChainStory, JourneyStory, Timeline};
use crate::model::{GradeBook, Zone};
use crate::text::Lang;

/// What is told of a message.
#[derive(Clone, Copy, Debug)]
pub struct Stories<'a> {
    /// By our logs, one for each queue entry.
    pub timelines: &'a [Timeline],
    /// By all our logs together.
    pub journeys: &'a [JourneyStory],
    /// By headers.
    pub chains: &'a [ChainStory],
    /// Their language: what stands around them is in the same.
    pub lang: Lang,
}

/// What our logs and the headers of others tell of a message, as aligned text. Times are those of
/// `zone`.
pub fn text(stories: Stories<'_>, zone: Zone, grades: &GradeBook) -> String {
    text::write(&parts::all(stories, zone, grades), stories.lang)
}

/// The same as Markdown.
pub fn markdown(stories: Stories<'_>, zone: Zone, grades: &GradeBook) -> String {
    markdown::write(&parts::all(stories, zone, grades), stories.lang)
}

/// The same as one HTML file, fit for printing.
pub fn html(stories: Stories<'_>, zone: Zone, grades: &GradeBook) -> String {
    html::write(parts::all(stories, zone, grades), stories.lang)
}

/// The same for programs: one JSON object for each story, in the order of the text. Times are UTC. Names and words of
/// the format are the same in every language; a program that is to rely on the stories asks for English ones.
pub fn ndjson(stories: Stories<'_>, _: Zone, grades: &GradeBook) -> String {
    ndjson::write(stories, grades)
}
