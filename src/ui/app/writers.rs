//! Whose headers are believed: the hosts that wrote those of a mail, to draw the trust line below one of them.

use crossterm::event::{KeyCode, KeyEvent};

use super::overlay::choose;
use super::{App, Effect, Overlay};
use crate::model::{Evidence, Hop, Mail};
use crate::query::eval::Table;
use crate::text::clean;
use crate::ui::Action;
use crate::ui::keymap::{Found, Key, Scope};

/// Which headers are to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Believed {
    /// Those that were when the program was started.
    AsStarted,
    /// In a mail, the newest ones down to a hop.
    DownTo {
        /// Row of the mail.
        row: u32,
        /// The hop, from 0, the oldest.
        hop: usize,
    },
}

/// The list of the hosts that wrote the headers of a mail. First comes "as started", then the newest header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writers {
    /// Row of the mail.
    pub row: u32,
    /// Its headers.
    pub hops: usize,
    /// Position in the list.
    pub selected: usize,
}

impl Writers {
    /// What the selected line of the list stands for.
    const fn believed(self) -> Believed {
        match self.hops.checked_sub(self.selected) {
            Some(hop) if self.selected > 0 => Believed::DownTo { row: self.row, hop },
            _ => Believed::AsStarted,
        }
    }
}

impl App {
    /// Lists the hosts that wrote the headers of a mail; the one right above the trust line is selected.
    pub(super) fn list_writers(&mut self) -> Vec<Effect> {
        if self.table != Table::Chains {
            let key = self.key(Action::Chains);
            return self.say(&format!(
                "which headers are ours is said for a mail, in the view behind {key}"
            ));
        }
        let opened = self.detail.as_ref().map(|detail| detail.content.row);
        let Some(row) = opened.or_else(|| self.list().selected_row()) else {
            return self.say("there is no mail");
        };
        let hops = |mail: &Mail| (mail.hops.len(), witnessed(mail));
        let hops = self.model().mails.get(row as usize).map(hops);
        match hops {
            Some((hops, selected)) if hops > 0 => {
                let list = Writers {
                    row,
                    hops,
                    selected,
                };
                self.overlay = Some(Overlay::Writers(list));
                Vec::new()
            }
            _ => self.say("there is no Received header"),
        }
    }

    pub(super) fn writers_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Some(Overlay::Writers(list)) = &mut self.overlay else {
            return Vec::new();
        };
        if key.code == KeyCode::Enter {
            let believed = list.believed();
            self.overlay = None;
            return vec![Effect::Believe(believed)];
        }
        match self.setup.keymap.find(Scope::List, &[Key::from(key)]) {
            Found::Action(Action::Back | Action::Trust | Action::Quit) => self.overlay = None,
            Found::Action(action) => choose(&mut list.selected, list.hops, action),
            _ => {}
        }
        Vec::new()
    }

    /// Shows which headers are believed now.
    pub(super) fn take_believed(&mut self, believed: Believed) -> Vec<Effect> {
        let model = self.model();
        let trust = model.trust().clone();
        let outcome = match believed {
            Believed::AsStarted => "the headers are judged as at the start".to_owned(),
            Believed::DownTo { row, hop } => {
                let mail = model.mails.get(row as usize);
                mail.map_or_else(String::new, |mail| outcome_of(mail, hop))
            }
        };
        drop(model);
        self.trust = Some(trust);
        self.say(&outcome);
        self.ask_all()
    }
}

/// Number of headers that our own hosts wrote.
fn witnessed(mail: &Mail) -> usize {
    let hops = mail.hops.iter();
    hops.filter(|hop| hop.evidence == Evidence::Own).count()
}

/// Whether the headers of a mail down to `hop` are witnessed now; if not, which one is not, and why.
fn outcome_of(mail: &Mail, hop: usize) -> String {
    let chosen = mail.hops.get(hop..).unwrap_or_default();
    let is_claim = |hop: &&Hop| hop.evidence != Evidence::Own;
    let Some(claim) = chosen.iter().rev().find(is_claim) else {
        return format!(
            "{} of {} headers are witnessed",
            witnessed(mail),
            mail.hops.len()
        );
    };
    match claim.writer().as_str() {
        "" => "this header does not name its writer: it stays a claim".to_owned(),
        writer => format!(
            "the header above does not show that {} handed the message in: its own stays a claim",
            clean(writer.as_bytes())
        ),
    }
}
