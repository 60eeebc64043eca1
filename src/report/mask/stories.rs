//! The mask over stories.

use super::Mask;
use crate::insight::posture::PostureStory;
use crate::insight::{ChainStory, JourneyStory, Label, Timeline};
use crate::text::Clean;

impl Mask {
    /// The story of a logged message.
    pub fn timeline(&self, story: &mut Timeline) {
        self.clean(&mut story.headline);
        for step in &mut story.steps {
            self.clean(&mut step.title);
            step.notes.iter_mut().for_each(|note| self.clean(note));
        }
        self.labels(&mut story.labels);
    }

    /// The story of a journey: hosts of ours and queue IDs, which are kept.
    pub fn journey(&self, story: &mut JourneyStory) {
        for station in &mut story.stations {
            self.clean(&mut station.host);
            station.notes.iter_mut().for_each(|note| self.clean(note));
        }
        for reference in &mut story.references {
            self.clean(&mut reference.text);
        }
    }

    /// The story of a loaded mail.
    pub fn chain(&self, story: &mut ChainStory) {
        let ends: Vec<String> = story
            .title
            .split(" → ")
            .map(|end| self.mailboxes(end))
            .collect();
        story.title = Clean::line(ends.join(" → "));
        self.clean(&mut story.headline);
        for rung in &mut story.rungs {
            self.clean(&mut rung.from);
            rung.findings.iter_mut().for_each(|own| self.clean(own));
        }
        story.findings.iter_mut().for_each(|own| self.clean(own));
        self.labels(&mut story.labels);
    }

    /// The story of a posture; names of hosts are masked where they are shown.
    pub fn posture(&self, story: &mut PostureStory) {
        for (text, _) in &mut story.refusals {
            self.clean(text);
        }
    }

    /// What a person wrote goes; the rest is free text.
    fn labels(&self, labels: &mut Vec<Label>) {
        labels.retain(|label| label.name != "Subject");
        for label in labels {
            self.clean(&mut label.value);
        }
    }

    fn clean(&self, text: &mut Clean) {
        *text = Clean::line(self.text(text));
    }
}
