//! Questions about rows, and their answers: typing and loading never wait for them.

use std::collections::VecDeque;
use std::sync::Arc;

use crossterm::event::KeyEvent;

use super::{Answer, App, Effect, Question};
use crate::query::eval::Table;
use crate::ui::Action;
use crate::ui::keymap::{Found, Key};

/// Tables that are costly to ask for: their rows are worked out of all events.
const COSTLY: [Table; 3] = [Table::Hosts, Table::Findings, Table::Overview];

/// The questions under way, and the keys that wait for their answers.
#[derive(Default)]
pub(super) struct Asked {
    /// Number of the newest question: only its answer is taken.
    ticket: u64,
    /// An answer is under way.
    waiting: bool,
    /// Percent of the lines that the answer under way has read again.
    reading: Option<u8>,
    /// [`Model::generation`](crate::model::Model::generation) that was asked about.
    generation: u64,
    /// The rows on screen answer another question than the newest: keys about them have to wait.
    anew: bool,
    /// The table of the last question under way.
    last: Option<Table>,
    /// Tables whose rows answer an older question: they are asked for when they are shown.
    due: Vec<Table>,
    /// Keys typed ahead, about rows that are not there yet.
    ahead: VecDeque<KeyEvent>,
    /// The view of mails was opened because nothing else had been loaded yet, not by a key.
    guessed: bool,
}

impl Asked {
    /// Numbers questions on from where `other` was.
    pub(super) const fn go_on_from(&mut self, other: &Self) {
        self.ticket = other.ticket;
    }
}

impl App {
    /// True while something moves by itself: loading, or an answer under way.
    pub fn is_busy(&self) -> bool {
        self.awaits_answer()
            || self.awaits_evidence()
            || self.preview_is_due()
            || !self.setup.progress.is_done()
            || self.asked.generation != self.generation()
    }

    /// A key was pressed: the view on screen is the one that is wanted from now on.
    pub(super) const fn stay(&mut self) {
        self.asked.guessed = false;
    }

    /// True while an answer is under way.
    pub const fn awaits_answer(&self) -> bool {
        self.asked.waiting
    }

    /// How far the answer under way is, in percent, where it reads lines again.
    pub const fn reading(&self) -> Option<u8> {
        self.asked.reading
    }

    pub(super) fn read_so_far(&mut self, ticket: u64, percent: u8) -> Vec<Effect> {
        if ticket == self.asked.ticket {
            self.asked.reading = Some(percent);
        }
        Vec::new()
    }

    fn generation(&self) -> u64 {
        self.model().generation
    }

    pub(super) fn tick(&mut self) -> Vec<Effect> {
        if let Some(news) = self.setup.progress.following.take_news().pop() {
            self.toast = Some(news);
        }
        let mut effects = self.renew_preview();
        if !self.asked.waiting && self.asked.generation != self.generation() {
            effects.extend(self.refresh());
        }
        effects
    }

    /// Asks another question: the rows on screen are no answer to it.
    pub(super) fn ask_all(&mut self) -> Vec<Effect> {
        self.asked.anew = true;
        self.refresh()
    }

    /// Asks for the rows of every table as the model is now; for those of costly tables only on screen.
    pub(super) fn refresh(&mut self) -> Vec<Effect> {
        let (due, asked): (Vec<Table>, Vec<Table>) = Table::ALL
            .into_iter()
            .partition(|table| COSTLY.contains(table) && *table != self.table);
        self.asked.due = due;
        self.ask(&asked)
    }

    /// Asks for the rows of the table on screen if they answer an older question.
    pub(super) fn ask_if_due(&mut self) -> Vec<Effect> {
        if self.asked.due.contains(&self.table) {
            self.ask_alone()
        } else {
            Vec::new()
        }
    }

    /// Asks for the rows on screen in another order.
    pub(super) fn ask_for_order(&mut self) -> Vec<Effect> {
        if COSTLY.contains(&self.table) {
            self.ask_alone()
        } else {
            self.ask_all()
        }
    }

    /// Asks for the rows of the table on screen alone; where other answers are under way, for those of all tables.
    pub(super) fn ask_alone(&mut self) -> Vec<Effect> {
        self.asked.anew = true;
        if self.asked.waiting {
            return self.refresh();
        }
        let table = self.table;
        self.asked.due.retain(|due| *due != table);
        self.ask(&[table])
    }

    /// The overview is cut to the width of the screen: another width is another question.
    pub(super) fn recut(&mut self) -> Vec<Effect> {
        if self.overview.is_none() {
            return Vec::new();
        }
        if self.table == Table::Overview {
            return self.ask_alone();
        }
        self.put_off(Table::Overview);
        Vec::new()
    }

    /// Has the rows of a table asked for when they are shown.
    pub(super) fn put_off(&mut self, table: Table) {
        if !self.asked.due.contains(&table) {
            self.asked.due.push(table);
        }
    }

    fn ask(&mut self, tables: &[Table]) -> Vec<Effect> {
        self.asked.waiting = true;
        self.asked.reading = None;
        if tables.contains(&Table::Messages) {
            self.asked.generation = self.generation();
        }
        self.asked.ticket += 1;
        self.asked.last = tables.last().copied();
        let questions = tables
            .iter()
            .map(|table| Effect::Ask(self.question(*table)));
        questions.collect()
    }

    /// Holds back a key that was typed ahead of the rows that it is about. Keys that ask for nothing on screen are
    /// never held. True when it was held.
    pub(super) fn hold_back(&mut self, key: KeyEvent) -> bool {
        if !self.asked.anew {
            return false;
        }
        let found = self.setup.keymap.find(self.scope(), &[Key::from(key)]);
        let Found::Action(Action::CancelLoad | Action::Quit | Action::Suspend | Action::Back) =
            found
        else {
            self.asked.ahead.push_back(key);
            return true;
        };
        self.asked.ahead.clear();
        false
    }

    fn question(&self, table: Table) -> Question {
        Question {
            ticket: self.asked.ticket,
            table,
            query: self.filter.query(),
            sort: self.list_of(table).sort,
            level: self.level,
            columns: self.chart_columns(),
            profile: self.profile(),
            as_of: self.setup.as_of,
        }
    }

    pub(super) fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        if answer.ticket != self.asked.ticket {
            return Vec::new();
        }
        let height = self.height_of(answer.table);
        let first_rows = self.messages.total == 0 && self.chains.total == 0;
        if let Some(overview) = answer.overview {
            self.look_at(overview);
        }
        let list = self.list_of_mut(answer.table);
        list.take(answer.rows, answer.total, height);
        list.not_searched = answer.not_searched;
        let regraded = !Arc::ptr_eq(&self.grades, &answer.grades);
        self.grades = answer.grades;
        self.note = self.note.take().map(|_| Arc::clone(&answer.coverage));
        self.coverage = answer.coverage;
        let has_peers = answer.peers.is_some();
        if let Some(peers) = answer.peers {
            self.peers = peers;
        }
        let has_findings = answer.findings.is_some();
        if let Some(findings) = answer.findings {
            self.findings = findings;
        }
        if self.asked.last == Some(answer.table) {
            self.asked.waiting = false;
            self.asked.reading = None;
            self.asked.anew = false;
            let only_mails = self.messages.total == 0 && self.chains.total > 0;
            if first_rows && only_mails {
                self.table = Table::Chains;
                self.asked.guessed = true;
            } else if !only_mails && std::mem::take(&mut self.asked.guessed) {
                self.table = Table::Messages;
            }
        }
        // New grades also come with everything that was loaded since; a host's come with its posture.
        let anew = match self.detail_table() {
            Some(Table::Hosts) => has_peers,
            Some(Table::Findings) => has_findings,
            _ => regraded,
        };
        let mut effects: Vec<Effect> = self.reopen().filter(|_| anew).into_iter().collect();
        effects.extend(self.keys_ahead());
        effects
    }

    /// Takes a key up when these effects are done.
    pub(super) fn then(&mut self, mut effects: Vec<Effect>, key: KeyEvent) -> Vec<Effect> {
        self.asked.ahead.push_front(key);
        effects.extend(self.keys_ahead());
        effects
    }

    /// Takes up the first key that was held back.
    pub(super) fn take_up(&mut self) -> Vec<Effect> {
        let Some(key) = self.asked.ahead.pop_front() else {
            return Vec::new();
        };
        let mut effects = self.press(key);
        // The next key may be about what this one opens.
        effects.extend(self.keys_ahead());
        effects
    }

    fn keys_ahead(&self) -> Option<Effect> {
        (!self.asked.anew && !self.asked.ahead.is_empty()).then_some(Effect::TakeUp)
    }
}
