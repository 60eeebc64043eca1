//! Texts for others about the rows: a submission to an authority, or a note to a postmaster.

use std::sync::Arc;

use super::overview::NO_HOST;
use super::{App, Effect};
use crate::ingest::Stage;
use crate::query::eval::Table;
use crate::report::evidence::Addressee;
use crate::report::shell::Replay;
use crate::text::{Clean, Lang};
use crate::tls::Profile;
use crate::ui::Action;
use crate::ui::peers::Peers;

/// A text to be written about some rows, to be sent to others.
#[derive(Clone, Debug)]
pub struct EvidenceRequest {
    /// Table of the rows.
    pub table: Table,
    /// The rows.
    pub rows: Vec<u32>,
    /// The hosts behind rows of hosts.
    pub peers: Arc<Peers>,
    /// [`Model::renewals`](crate::model::Model::renewals) when the rows had these numbers.
    pub renewals: u32,
    /// Profile that judges.
    pub profile: Arc<Profile>,
    /// Whom the text is for.
    pub addressee: Addressee,
    /// Language of the text.
    pub lang: Lang,
    /// The options and inputs that give the same data from a shell.
    pub replay: Replay,
    /// What becomes of the text.
    pub purpose: Purpose,
}

/// What becomes of a text for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is shown first.
    Preview,
    /// It takes the place of what is shown, unless that was put away meanwhile.
    Replace,
    /// It is copied at once.
    Copy,
}

/// A request, and what came of it.
#[derive(Clone, Debug)]
pub struct EvidenceAnswer {
    /// The request.
    pub request: EvidenceRequest,
    /// The text, or why there is none.
    pub written: Result<EvidenceText, Missing>,
}

/// A text for others. People in it are pseudonyms.
#[derive(Clone, Debug)]
pub struct EvidenceText {
    /// The text.
    pub text: Clean,
    /// How far the load was when the text was written.
    pub stage: Stage,
    /// Number of findings in the text.
    pub findings: usize,
    /// Number of places that a person has to fill in.
    pub blanks: usize,
}

/// Why no text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The rows are no matter of a finding.
    NoFinding,
    /// There are findings, but none that concerns the addressee.
    NotForThem,
    /// The rows have other numbers by now.
    Forgotten,
}

impl App {
    /// Has a text about the marked rows, or the selected one, written and copied, or shown.
    pub(super) fn write_evidence(&mut self, addressee: Addressee, purpose: Purpose) -> Vec<Effect> {
        let (table, rows, peers) = match self.evidence_subjects() {
            Ok(subjects) => subjects,
            Err(why_not) => return self.say(why_not),
        };
        let renewals = self.model().renewals;
        self.request_evidence(EvidenceRequest {
            table,
            rows,
            peers,
            renewals,
            profile: self.profile(),
            addressee,
            lang: self.lang,
            replay: self.replay_of_findings(),
            purpose,
        })
    }

    /// What a text is about: rows, and the postures behind them where they are hosts.
    fn evidence_subjects(&self) -> Result<(Table, Vec<u32>, Arc<Peers>), &'static str> {
        if self.table == Table::Overview {
            let chosen = self.worst_row().zip(self.overview.as_ref());
            let (row, overview) = chosen.ok_or(NO_HOST)?;
            return Ok((Table::Hosts, vec![row], Arc::clone(&overview.peers)));
        }
        let rows = self.subjects();
        if rows.is_empty() {
            return Err("there is no row to copy");
        }
        Ok((self.table, rows, Arc::clone(&self.peers)))
    }

    pub(super) fn request_evidence(&mut self, request: EvidenceRequest) -> Vec<Effect> {
        self.evidence_under_way += 1;
        vec![Effect::WriteEvidence(request)]
    }

    /// True while a text is being written.
    pub const fn awaits_evidence(&self) -> bool {
        self.evidence_under_way > 0
    }

    /// Takes what was written.
    pub(super) fn take_evidence(&mut self, answer: EvidenceAnswer) -> Vec<Effect> {
        self.evidence_under_way = self.evidence_under_way.saturating_sub(1);
        match answer.written {
            Ok(written) if answer.request.purpose != Purpose::Copy => {
                if answer.request.purpose == Purpose::Preview || self.preview.is_some() {
                    self.show_preview(answer.request, written);
                }
                Vec::new()
            }
            Ok(written) => {
                self.has_copy = true;
                let name = written.describe(answer.request.addressee);
                vec![Effect::CopyText(written.text, name)]
            }
            Err(missing) => {
                let why = self.why_not(missing);
                self.say(&why)
            }
        }
    }

    fn why_not(&self, missing: Missing) -> String {
        match missing {
            Missing::NoFinding => {
                "nothing is found about this: there is no text to send".to_owned()
            }
            Missing::NotForThem => {
                let scope = self.scope();
                let keys = self.setup.keymap.keys_of(scope, Action::CopyEvidence);
                let key = keys.first().map_or("copy_evidence", String::as_str);
                format!(
                    "nothing here is for a postmaster on the other side; {key} copies the evidence"
                )
            }
            Missing::Forgotten => "the oldest was left out just now: please ask again".to_owned(),
        }
    }

    /// The other language for texts to send.
    pub(super) fn next_language(&mut self) -> Vec<Effect> {
        self.lang = match self.lang {
            Lang::En => Lang::De,
            Lang::De => Lang::En,
        };
        let name = language(self.lang);
        self.say(&format!("texts to send are in {name}"))
    }
}

/// The name of a language.
pub const fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::De => "German",
    }
}

impl EvidenceText {
    /// What it is, and what is still to be done: `evidence of 2 findings, people pseudonymised, 9 places to fill in`.
    pub fn describe(&self, addressee: Addressee) -> String {
        let what = match addressee {
            Addressee::Authority => "evidence",
            Addressee::Postmaster => "note",
        };
        let findings = self.describe_findings();
        let blanks = match self.blanks {
            0 => String::new(),
            1 => ", one place to fill in".to_owned(),
            count => format!(", {count} places to fill in"),
        };
        format!("{what} of {findings}, pseudonymised{blanks}")
    }

    /// `one finding`.
    pub fn describe_findings(&self) -> String {
        match self.findings {
            1 => "one finding".to_owned(),
            count => format!("{count} findings"),
        }
    }
}
