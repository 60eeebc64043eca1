//! The stories of log messages and loaded mails, with people masked where that is wanted.

use super::explain::Stories;
use super::mask::Mask;
use crate::insight::{ChainStory, JourneyStory, Timeline};
use crate::model::{GradeBook, Model};
use crate::text::Lang;

/// What is told of messages and mails that belong together.
#[derive(Clone, Debug)]
pub struct MessageStories {
    /// By our logs, one for each queue entry.
    pub timelines: Vec<Timeline>,
    /// By all our logs together.
    pub journeys: Vec<JourneyStory>,
    /// By headers.
    pub chains: Vec<ChainStory>,
    /// In which language.
    pub lang: Lang,
}

impl MessageStories {
    /// The stories of these messages and mails, by number. People in them are pseudonyms where there is a mask.
    pub fn of(
        model: &Model,
        grades: &GradeBook,
        messages: &[u32],
        mails: &[u32],
        lang: Lang,
        mask: Option<&Mask>,
    ) -> Self {
        let timelines = messages
            .iter()
            .filter_map(|&number| Timeline::of(model, grades, number, lang));
        let chains = mails
            .iter()
            .filter_map(|&number| ChainStory::of(model, grades, number, lang));
        let mut stories = Self {
            timelines: timelines.collect(),
            journeys: JourneyStory::all(model, grades, messages, lang),
            chains: chains.collect(),
            lang,
        };
        if let Some(mask) = mask {
            stories.mask(mask);
        }
        stories
    }

    fn mask(&mut self, mask: &Mask) {
        for story in &mut self.timelines {
            mask.timeline(story);
        }
        for story in &mut self.journeys {
            mask.journey(story);
        }
        for story in &mut self.chains {
            mask.chain(story);
        }
    }

    /// The same, to be explained.
    pub fn as_stories(&self) -> Stories<'_> {
        Stories {
            timelines: &self.timelines,
            journeys: &self.journeys,
            chains: &self.chains,
            lang: self.lang,
        }
    }
}
