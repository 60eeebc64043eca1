//! Texts for others about the rows: a submission to an authority, or a note to a postmaster.

use std::sync::Arc;

use super::overview::NO_HOST;
use super::{App, Effect};
use crate::query::eval::Table;
use crate::report::evidence::Addressee;
use crate::report::shell::Replay;
use crate::text::{Clean, Lang};
use crate::tls::Profile;
use crate::ui::Action;
use crate::ui::peers::Peers;

/// What is to be written about which rows.
#[derive(Clone, Debug)]
pub struct Order {
    /// Table of the rows.
    pub table: Table,
    /// The rows.
    pub rows: Vec<u32>,
    /// The hosts behind rows of hosts.
    pub peers: Arc<Peers>,
    /// The rows have these numbers since the older half was forgotten so often.
    pub renewals: u32,
    /// Judged by.
    pub profile: Arc<Profile>,
    /// For whom.
    pub addressee: Addressee,
    /// In which language.
    pub lang: Lang,
    /// How the same is had again from a shell.
    pub replay: Replay,
    /// To be read first, not copied.
    pub preview: bool,
}

/// An order, and what came of it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The order.
    pub order: Order,
    /// The text, or why there is none.
    pub written: Result<Written, Missing>,
}

/// A text for others. People in it are pseudonyms.
#[derive(Clone, Debug)]
pub struct Written {
    /// The text.
    pub text: Clean,
    /// So many findings are told.
    pub findings: usize,
    /// So many places are for a person to fill in.
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
    pub(super) fn write_for(&mut self, addressee: Addressee, preview: bool) -> Vec<Effect> {
        let (table, rows, peers) = match self.told_of() {
            Ok(told_of) => told_of,
            Err(why_not) => return self.say(why_not),
        };
        let renewals = self.model().renewals;
        self.have_written(Order {
            table,
            rows,
            peers,
            renewals,
            profile: self.profile(),
            addressee,
            lang: self.lang,
            replay: self.replay_of_findings(),
            preview,
        })
    }

    /// What a text is about: rows, and the postures behind them where they are hosts.
    fn told_of(&self) -> Result<(Table, Vec<u32>, Arc<Peers>), &'static str> {
        if self.table == Table::Overview {
            let chosen = self.worst_row().zip(self.outlook.as_ref());
            let (row, outlook) = chosen.ok_or(NO_HOST)?;
            return Ok((Table::Hosts, vec![row], Arc::clone(&outlook.peers)));
        }
        let rows = self.subjects();
        if rows.is_empty() {
            return Err("there is no row to copy");
        }
        Ok((self.table, rows, Arc::clone(&self.peers)))
    }

    pub(super) fn have_written(&mut self, order: Order) -> Vec<Effect> {
        self.letters += 1;
        vec![Effect::Letter(order)]
    }

    /// True while a text is being written.
    pub const fn awaits_letter(&self) -> bool {
        self.letters > 0
    }

    /// Takes what was written.
    pub(super) fn take_letter(&mut self, letter: Letter) -> Vec<Effect> {
        self.letters = self.letters.saturating_sub(1);
        match letter.written {
            Ok(written) if letter.order.preview => {
                self.show_preview(letter.order, written);
                Vec::new()
            }
            Ok(written) => {
                self.has_copy = true;
                let name = written.told(letter.order.addressee);
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

impl Written {
    /// What it is, and what is still to be done: `evidence of 2 findings, people pseudonymised, 9 places to fill in`.
    pub fn told(&self, addressee: Addressee) -> String {
        let what = match addressee {
            Addressee::Authority => "evidence",
            Addressee::Postmaster => "note",
        };
        let findings = self.told_findings();
        let blanks = match self.blanks {
            0 => String::new(),
            1 => ", one place to fill in".to_owned(),
            count => format!(", {count} places to fill in"),
        };
        format!("{what} of {findings}, pseudonymised{blanks}")
    }
    /// `one finding`.
    pub fn told_findings(&self) -> String {
        match self.findings {
            1 => "one finding".to_owned(),
            count => format!("{count} findings"),
        }
    }
}
