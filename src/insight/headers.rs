//! Header hygiene: objective findings H01 to H15 about one message.
//!
//! An excerpt is not a header: what is missing from it is never a finding. Summaries are plain words
//! on one line, with untrusted text made harmless; [`HeaderFinding::quote`] is the raw text and has to
//! be sanitised by whoever shows it.

mod clients;
mod format;
mod hosts;
mod identity;
mod path;
mod privacy;
#[cfg(test)]
mod tests;

use super::Severity;
use crate::model::chain::Chain;
use crate::parse::message::MessageFacts;
use crate::parse::received::Received;
use crate::text::{Lang, clean, truncate_end};
pub use clients::{Client, in_sentence, is_host_name, is_private_name};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The message as a whole.
    Message,
    /// One hop, counted from 1, the oldest.
    Hop(usize),
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderFinding {
    /// `H01` to `H15`, stable.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// One line.
    pub summary: String,
    /// The text that it rests on, raw; empty where something is missing.
    pub quote: Vec<u8>,
}

/// All findings about a message, by rule, then by hop, in a language.
///
/// `chain` is what [`crate::model::chain::evaluate`] made of the hops of `facts`.
pub fn findings(facts: &MessageFacts, chain: &Chain, lang: Lang) -> Vec<HeaderFinding> {
    let hops: Vec<Received<'_>> = facts.received().collect();
    let case = Case {
        facts,
        chain,
        hops: &hops,
        lang,
    };
    let mut found = Findings::default();
    identity::find(&case, &mut found);
    path::find(&case, &mut found);
    hosts::find(&case, &mut found);
    privacy::find(&case, &mut found);
    format::find(&case, &mut found);
    found.0.sort_by_key(|finding| finding.id);
    found.0
}

/// What the rules look at.
struct Case<'a> {
    facts: &'a MessageFacts,
    chain: &'a Chain,
    hops: &'a [Received<'a>],
    lang: Lang,
}

impl<'a> Case<'a> {
    /// The hops with their subjects, oldest first.
    fn numbered(&self) -> impl Iterator<Item = (Subject, &'a Received<'a>)> + use<'a> {
        self.hops
            .iter()
            .enumerate()
            .map(|(index, hop)| (Subject::Hop(index + 1), hop))
    }

    /// The hops that we did not write: their text left the site where it was written.
    fn foreign(&self) -> impl Iterator<Item = (Subject, &'a Received<'a>)> + use<'a> {
        let own = self.chain.trust_line().unwrap_or(self.hops.len());
        self.numbered().take(own)
    }
}

/// The findings so far.
#[derive(Default)]
struct Findings(Vec<HeaderFinding>);

impl Findings {
    fn info(&mut self, id: &'static str, subject: Subject, summary: String, quote: &[u8]) {
        self.add(id, Severity::Info, subject, summary, quote);
    }

    fn warning(&mut self, id: &'static str, subject: Subject, summary: String, quote: &[u8]) {
        self.add(id, Severity::Warning, subject, summary, quote);
    }

    fn add(
        &mut self,
        id: &'static str,
        severity: Severity,
        subject: Subject,
        summary: String,
        quote: &[u8],
    ) {
        self.0.push(HeaderFinding {
            id,
            severity,
            subject,
            summary,
            quote: quote.to_vec(),
        });
    }
}

/// A stranger's text for a summary: made harmless, cut to a readable length.
fn plain(text: &[u8]) -> String {
    const LONGEST: usize = 60;
    let start = text.get(..LONGEST * 4).unwrap_or(text);
    truncate_end(&clean(start), LONGEST).into_owned()
}
