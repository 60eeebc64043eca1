//! How much of the inputs the numbers of a text are about.

use serde_json::json;

use super::super::moment;
use super::texts::Texts;
use crate::ingest::{Progress, Stage};
use crate::model::Forgotten;
use crate::text::fill;

/// How much of the inputs was read when a text was written.
#[derive(Clone, Debug, Default)]
pub struct Extent {
    /// How far the load was.
    pub stage: Stage,
    /// Inputs that were not read, or not to their end, and why, as sentences in English.
    pub lost: Vec<String>,
}

impl Extent {
    /// What a load has read by now. Asked before the model is, it never says too much.
    pub fn of(progress: &Progress) -> Self {
        Self {
            stage: progress.stage(),
            lost: progress.lost(),
        }
    }

    /// The names of what is to be said of the part that was read: texts of a submission and of a note.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let stage = match self.stage {
            Stage::GoingOn => Some("loading"),
            Stage::Stopped => Some("stopped"),
            Stage::Ended => None,
        };
        let lost = (!self.lost.is_empty()).then_some("lost");
        stage.into_iter().chain(lost)
    }

    /// Paragraphs of a submission; `masked` hides people in the names of files.
    pub(super) fn told(&self, texts: &Texts, masked: impl Fn(&str) -> String) -> Vec<String> {
        let inputs: Vec<String> = self.lost.iter().map(|why| masked(why)).collect();
        let inputs = inputs.join("\n");
        let names = self.names();
        names
            .map(|name| fill(&texts.say(name), &[("inputs", &inputs)]))
            .collect()
    }

    /// Lines of a note.
    pub(super) fn noted(&self, texts: &Texts) -> String {
        let lines = self.names().map(|name| texts.note(name) + "\n");
        lines.collect()
    }

    /// What the numbers leave out, each with a code of its own; nothing where they are about all of the inputs.
    pub(super) fn missing(
        &self,
        forgotten: &Forgotten,
        masked: impl Fn(&str) -> String,
    ) -> Vec<serde_json::Value> {
        let room = forgotten.span.map(|(first, last)| {
            json!({
                "why": "memory-limit",
                "lines": forgotten.lines,
                "messages": forgotten.messages,
                "mails": forgotten.mails,
                "first": moment::exact(first),
                "last": moment::exact(last),
            })
        });
        let read = self.names().map(|why| match why {
            "lost" => {
                let inputs: Vec<String> = self.lost.iter().map(|why| masked(why)).collect();
                json!({ "why": why, "inputs": inputs })
            }
            why => json!({ "why": why }),
        });
        room.into_iter().chain(read).collect()
    }
}
