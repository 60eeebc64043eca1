//! Evidence: what findings rest on, as a text that one can send. A submission to a data-protection
//! authority, or a short note to the postmaster on the other side.
//!
//! Facts come before judgements; what others state is marked as their statement; every number names the
//! command that counts it again. The texts are data under `assets/evidence`.

mod complaint;
mod extent;
mod facts;
mod grounds;
mod local;
mod note;
mod object;
mod rows;
mod source;
#[cfg(test)]
mod tests;
mod texts;

use super::document::{self, Form};
use super::mask::Mask;
use super::rows::Facts;
use super::shell::Replay;
use super::{moment, place};
use crate::insight::findings::{Condition, Finding, SubjectKind};
use crate::insight::headers::Client;
use crate::model::{AsOf, Zone};
use crate::text::Lang;

pub use extent::Extent;
pub use object::{FACT_KEYS, KEYS};
pub use source::Source;
use texts::texts;

/// Facts listed one by one; the command that lists all is named.
const SHOWN: usize = 50;

/// The class of what stands in our own log.
const OWN_LOG: &str = "own_log";

/// To whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// A data-protection authority.
    Authority,
    /// The postmaster on the other side.
    Postmaster,
}

impl Addressee {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Authority, Self::Postmaster];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Postmaster => "postmaster",
        }
    }

    /// True for what concerns the addressee. A postmaster is not told what is found in headers, which others
    /// wrote as well, nor that his server demands TLS of us.
    pub fn is_told(self, finding: &Finding) -> bool {
        match self {
            Self::Authority => true,
            Self::Postmaster => {
                finding.kind == SubjectKind::Host && finding.rule.when != Condition::PeerRequiresTls
            }
        }
    }
}

/// What an evidence text is made from.
pub struct Case<'a> {
    /// What was loaded, and its grades.
    pub facts: &'a Facts<'a>,
    /// The findings to tell.
    pub findings: &'a [&'a Finding],
    /// How much of the inputs was read.
    pub extent: &'a Extent,
    /// The loaded files by number.
    pub sources: &'a [Source],
    /// The language.
    pub lang: Lang,
    /// Zone of the local times.
    pub zone: Zone,
    /// People become pseudonyms; `None` leaves them.
    pub mask: Option<&'a Mask>,
    /// How the same is read again.
    pub replay: &'a Replay,
}

/// How many places of a text are for a person to fill in.
pub fn blanks(text: &str, lang: Lang) -> usize {
    text.matches(&format!("[{}: ", texts(lang).blank)).count()
}

impl Case<'_> {
    /// The text in one of its forms.
    pub fn text(&self, addressee: Addressee, form: Form) -> String {
        let texts = texts(self.lang);
        let blocks = match addressee {
            Addressee::Authority => complaint::blocks(self, texts),
            Addressee::Postmaster => note::blocks(self, texts),
        };
        document::write(&blocks, form, self.lang.tag(), &texts.blank)
    }

    fn masked(&self, text: &str) -> String {
        self.mask
            .map_or_else(|| text.to_owned(), |mask| mask.text(text))
    }

    fn summary(&self, finding: &Finding) -> String {
        self.summary_in(finding, self.lang)
    }

    fn summary_in(&self, finding: &Finding, lang: Lang) -> String {
        self.mask
            .map_or_else(|| finding.summary(lang), |mask| mask.summary(finding, lang))
    }

    /// The name of a host, which may be one of these.
    fn without_clients(&self, name: &str, clients: &[Client]) -> String {
        self.mask.map_or_else(
            || name.to_owned(),
            |mask| mask.without_clients(name, clients),
        )
    }

    /// A text of headers, which may name these hosts.
    fn masked_naming(&self, text: &str, clients: &[Client]) -> String {
        self.mask
            .map_or_else(|| text.to_owned(), |mask| mask.text_naming(text, clients))
    }

    /// The command that lists what was counted.
    fn command(&self, table: &str, filter: &str, about: &Finding) -> String {
        let Some(mask) = self.mask else {
            return self.replay.export(table, filter);
        };
        let replay = Replay {
            inputs: self
                .replay
                .inputs
                .iter()
                .map(|own| mask.path(own))
                .collect(),
            ..self.replay.clone()
        };
        replay.export(table, &mask.recount(filter, about))
    }

    /// True where the mask takes something out of the command for a filter: it does not find the same as it stands.
    fn hides(&self, filter: &str, about: &Finding) -> bool {
        self.mask.is_some_and(|mask| {
            let mut inputs = self.replay.inputs.iter();
            mask.recount(filter, about) != filter || inputs.any(|own| mask.path(own) != *own)
        })
    }

    fn place(&self, line: (u32, u32)) -> String {
        self.path(&place::line(self.facts.model, line))
    }

    /// The path of a file, or a line of it.
    fn path(&self, path: &str) -> String {
        self.mask
            .map_or_else(|| path.to_owned(), |mask| mask.path(path))
    }

    /// Where lines stand, each after a comma.
    fn places(&self, lines: &[(u32, u32)]) -> String {
        let places: Vec<String> = lines.iter().map(|&line| self.place(line)).collect();
        places.join(", ")
    }

    fn hash(&self, file: u32) -> Option<&str> {
        self.sources.get(file as usize)?.sha256.as_deref()
    }

    /// The day of the rules, where it is one for all.
    fn day(&self) -> Option<String> {
        match self.facts.grades.as_of() {
            AsOf::Day(day) => Some(day.to_string()),
            AsOf::Event => None,
        }
    }
}
