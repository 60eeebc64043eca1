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
mod rows;
mod source;
#[cfg(test)]
mod tests;
mod texts;

use std::io::{self, Write};

use serde_json::json;

use super::document::{self, Form};
use super::mask::Mask;
use super::rows::Facts;
use super::shell::Replay;
use super::{moment, place};
use crate::insight::findings::{Condition, Finding, Reused, SubjectKind};
use crate::insight::headers::Client;
use crate::model::{AsOf, Zone};
use crate::text::{Lang, clean};
use crate::tls::{Verify, Version};

pub use extent::Extent;
use facts::Fact;
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

    /// One JSON object for each finding, with its facts: codes, the same in every language, and one sentence in
    /// English as in the table of findings.
    pub fn ndjson(&self, out: &mut dyn Write) -> io::Result<()> {
        for finding in self.findings {
            let alone = Case {
                findings: &[finding],
                ..*self
            };
            let (facts, total) = facts::of(&alone);
            let facts: Vec<_> = facts.iter().map(|fact| self.object(fact)).collect();
            let recount = finding.recount(self.facts.model);
            let rules: Vec<serde_json::Value> = finding
                .references
                .iter()
                .map(|rule| json!({ "id": rule.id, "since": rule.in_force_from.to_string() }))
                .collect();
            let object = json!({
                "id": finding.id,
                "rule": finding.rule.id,
                "severity": finding.severity.name(),
                "summary": self.summary_in(finding, Lang::En),
                "attested": finding.evidence.name(),
                "count": finding.count,
                "unit": finding.unit.name(),
                "command": self.command(recount.table, &recount.filter, finding),
                "command_masked": self.hides(&recount.filter, finding),
                "reasons": recount.reasons,
                "reused": self.reused(&recount.reused),
                "met": self.met(finding),
                "missing": self.missing(),
                "rules": rules,
                "facts": facts,
                "facts_total": total,
            });
            writeln!(out, "{object}")?;
        }
        Ok(())
    }

    fn object(&self, fact: &Fact<'_>) -> serde_json::Value {
        let session = fact.session;
        let cipher = session.map(|own| clean(own.cipher.as_bytes()));
        let iana = session.map(|own| own.cipher_iana().collect::<Vec<_>>());
        json!({
            "time": moment::exact(fact.time),
            "local": fact.local.time,
            "zone": fact.local.zone,
            "caveat": fact.local.caveat,
            "direction": fact.direction,
            "queue_id": fact.queue_id,
            "peer": fact.peer,
            "result": fact.outcome,
            "tls_version": session.and_then(|own| own.version).map(Version::name),
            "cipher": cipher.filter(|cipher| !cipher.is_empty()),
            "cipher_iana": iana.unwrap_or_default(),
            "bits": session.and_then(|own| own.bits),
            "verify": session.and_then(|own| own.verify).map(Verify::name),
            "verbatim": fact.verbatim,
            "source": self.place(fact.line),
            "sha256": self.hash(fact.line.0),
            "lines": fact.lines.iter().map(|&line| self.place(line)).collect::<Vec<_>>(),
            "class": OWN_LOG,
        })
    }

    /// Queue IDs of several messages, and where each of these begins.
    fn reused(&self, reused: &[Reused]) -> Vec<serde_json::Value> {
        let begins = |own: &Reused| -> Vec<String> {
            let lines = own.begins.iter();
            lines.map(|&line| self.place(line)).collect()
        };
        let all = reused.iter();
        all.map(|own| json!({ "queue_id": own.queue_id.as_str(), "begins": begins(own) }))
            .collect()
    }

    /// What else the same messages met, and how to count it.
    fn met(&self, finding: &Finding) -> Option<serde_json::Value> {
        let met = finding.recount_met(self.facts.model)?;
        let command = |filter: &str| self.command("events", filter, finding);
        Some(json!({
            "waits": finding.waits,
            "waits_command": command(&met.waits),
            "clear": finding.clear,
            "clear_command": command(&met.clear),
            "clear_inside": finding.clear_inside,
            "clear_inside_command": command(&met.clear_inside),
            "with_siblings": met.with_siblings,
        }))
    }

    /// What no number here counts.
    fn missing(&self) -> Vec<serde_json::Value> {
        let forgotten = &self.facts.model.forgotten;
        self.extent.missing(forgotten, |text| self.masked(text))
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
