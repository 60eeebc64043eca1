//! The state of the explorer, and how it changes: `update` does no I/O and asks for it by effects.

mod command;
mod detail;
mod filter;
mod list;
mod overlay;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::ingest::Progress;
use crate::model::{AsOf, GradeBook, Model, Zone};
use crate::query::Query;
use crate::query::eval::{Sort, Table};
use crate::report::mask::Mask;
use crate::tls::Profile;

use super::keymap::{Found, Key, Scope};
use super::{Action, Keymap, Theme};

pub use detail::{Detail, DetailState, RawLine};
pub use filter::FilterBar;
pub use list::ListState;
pub use overlay::{Overlay, matching};

/// A list below this width gives its place to the detail instead of sharing it.
pub const WIDE: u16 = 120;

/// What the explorer is told once, at its start.
pub struct Setup {
    /// The model, filled by the loader meanwhile.
    pub model: Arc<RwLock<Model>>,
    /// How far the loader is.
    pub progress: Arc<Progress>,
    /// Profiles to step through, at least one; the first is in use.
    pub profiles: Vec<Arc<Profile>>,
    /// By the rules of which day.
    pub as_of: AsOf,
    /// Zone of the times on screen.
    pub zone: Zone,
    /// Themes to step through, at least one, with their names; the first is in use.
    pub themes: Vec<(String, Theme)>,
    /// Keys.
    pub keymap: Keymap,
    /// Hides people; used when masking is on.
    pub mask: Mask,
    /// Masking at the start.
    pub masked: bool,
    /// Filter at the start.
    pub filter: String,
    /// Filters of earlier sessions.
    pub history: crate::query::History,
    /// How the same data is had again from a shell.
    pub replay: Replay,
}

/// How the explorer's data is had again from a shell.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// The command that shows the bundled case; `None` where inputs were given and can be exported.
    pub demo: Option<&'static str>,
    /// Options that decide what the inputs mean, with their values.
    pub options: Vec<(&'static str, String)>,
    /// The inputs, as given on the command line.
    pub inputs: Vec<String>,
}

/// What comes to the explorer.
pub enum Event {
    /// A key.
    Key(KeyEvent),
    /// Pasted text.
    Paste(String),
    /// A new size.
    Resize(u16, u16),
    /// Time passed; comes only while something is under way.
    Tick,
    /// The rows that a question asked for.
    Answer(Answer),
    /// A detail that was asked for.
    Detail(Box<Detail>),
    /// Something to tell in the message line.
    Say(String),
}

/// What the explorer asks to have done.
#[derive(Debug)]
pub enum Effect {
    /// Select and order rows.
    Ask(Question),
    /// Build the detail of a row.
    Open(Table, u32),
    /// Copy something of some rows.
    Copy(CopyWhat, Table, Vec<u32>),
    /// Copy the filter as a command line.
    CopyFilter(Table, String),
    /// Write the last copy to a file.
    Write(String),
    /// Keep a filter for later sessions.
    Remember(String),
    /// Stop loading.
    CancelLoad,
    /// Hand the terminal back for a while.
    Suspend,
    /// Leave.
    Quit,
}

/// What is copied of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyWhat {
    /// A sentence.
    Row,
    /// Queue ID or Message-ID.
    Id,
    /// Raw lines.
    Raw,
    /// Timeline or chain.
    Story,
}

/// Which rows, in which order.
#[derive(Clone, Debug)]
pub struct Question {
    /// Counts up: the newest question is the one that matters.
    pub ticket: u64,
    /// Of which table.
    pub table: Table,
    /// Selected by.
    pub query: Arc<Query>,
    /// In this order.
    pub sort: Sort,
    /// Graded by.
    pub profile: Arc<Profile>,
    /// By the rules of which day.
    pub as_of: AsOf,
}

/// The rows that a question asked for.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Of which question.
    pub ticket: u64,
    /// Of which table.
    pub table: Table,
    /// The rows.
    pub rows: Arc<[u32]>,
    /// Rows of the table in all.
    pub total: u32,
    /// The grades by which it was answered.
    pub grades: Arc<GradeBook>,
    /// The state of the model it holds for.
    pub generation: u64,
}

/// The explorer.
pub struct App {
    /// What it was told at its start.
    pub setup: Setup,
    /// Grades of the newest answer.
    pub grades: Arc<GradeBook>,
    /// The table on screen.
    pub table: Table,
    /// The list of log messages.
    pub messages: ListState,
    /// The list of loaded mails.
    pub chains: ListState,
    /// The filter.
    pub filter: FilterBar,
    /// The open detail.
    pub detail: Option<DetailState>,
    /// What lies over everything.
    pub overlay: Option<Overlay>,
    /// The message line; goes away with the next key.
    pub toast: Option<String>,
    /// The beginning of a longer key.
    pub pending: Vec<Key>,
    /// Columns and lines of the terminal.
    pub size: (u16, u16),
    /// Masking.
    pub masked: bool,
    ticket: u64,
    waiting: bool,
    asked_generation: u64,
    profile: usize,
    theme: usize,
    /// The next detail opens on its raw lines.
    raw_next: bool,
}

impl App {
    /// An explorer of a terminal of that size.
    pub fn new(setup: Setup, size: (u16, u16)) -> Self {
        let profile = Arc::clone(&setup.profiles[0]);
        Self {
            grades: Arc::new(GradeBook::new(profile, setup.as_of)),
            table: Table::Messages,
            messages: ListState::new(Sort::newest_first()),
            chains: ListState::new(Sort::newest_first()),
            filter: FilterBar::new(&setup.filter, setup.history.clone()),
            detail: None,
            overlay: None,
            toast: None,
            pending: Vec::new(),
            size,
            masked: setup.masked,
            ticket: 0,
            waiting: false,
            asked_generation: 0,
            profile: 0,
            theme: 0,
            raw_next: false,
            setup,
        }
    }

    /// The first questions to ask.
    pub fn start(&mut self) -> Vec<Effect> {
        self.ask_all()
    }

    /// Takes what happened; gives what is to be done.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key(key) => self.key(key),
            Event::Paste(text) => self.paste(&text),
            Event::Resize(columns, lines) => {
                self.size = (columns, lines);
                self.keep_in_view();
                Vec::new()
            }
            Event::Tick => self.tick(),
            Event::Answer(answer) => self.answer(answer),
            Event::Detail(detail) => {
                self.show(*detail);
                Vec::new()
            }
            Event::Say(text) => {
                self.toast = Some(text);
                Vec::new()
            }
        }
    }

    fn key(&mut self, event: KeyEvent) -> Vec<Effect> {
        self.toast = None;
        if self.overlay.is_some() {
            return self.overlay_key(event);
        }
        if self.filter.is_editing() {
            return self.filter_key(event);
        }
        self.pending.push(Key::from(event));
        match self.setup.keymap.find(self.scope(), &self.pending) {
            Found::More => Vec::new(),
            Found::Action(action) => {
                self.pending.clear();
                self.act(action)
            }
            Found::Nothing => {
                self.pending.clear();
                Vec::new()
            }
        }
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        if self.overlay.is_none() && !self.filter.is_editing() {
            self.filter.edit();
        }
        let mut effects = Vec::new();
        for letter in text.chars() {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            effects = self.key(key);
        }
        effects
    }

    /// Where keys are looked up now.
    pub fn scope(&self) -> Scope {
        if self.detail.is_some() {
            Scope::Detail
        } else {
            Scope::List
        }
    }

    /// The theme in use.
    pub fn theme(&self) -> &Theme {
        &self.setup.themes[self.theme].1
    }

    /// The profile in use.
    pub fn profile(&self) -> Arc<Profile> {
        Arc::clone(&self.setup.profiles[self.profile])
    }

    /// The mask, when masking is on.
    pub fn mask(&self) -> Option<&Mask> {
        self.masked.then_some(&self.setup.mask)
    }

    /// The model, for reading. The loader holds it for a few milliseconds at a time.
    pub fn model(&self) -> RwLockReadGuard<'_, Model> {
        self.setup
            .model
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The list on screen.
    pub fn list(&self) -> &ListState {
        match self.table {
            Table::Messages => &self.messages,
            Table::Chains => &self.chains,
        }
    }

    fn list_mut(&mut self) -> &mut ListState {
        match self.table {
            Table::Messages => &mut self.messages,
            Table::Chains => &mut self.chains,
        }
    }

    /// True while something moves by itself: loading, or an answer under way.
    pub fn is_busy(&self) -> bool {
        self.waiting || !self.setup.progress.is_done() || self.asked_generation != self.generation()
    }

    fn generation(&self) -> u64 {
        self.model().generation
    }

    fn tick(&mut self) -> Vec<Effect> {
        if self.waiting || self.asked_generation == self.generation() {
            return Vec::new();
        }
        self.ask_all()
    }

    /// Asks for the rows of every table anew.
    fn ask_all(&mut self) -> Vec<Effect> {
        self.waiting = true;
        self.asked_generation = self.generation();
        self.ticket += 1;
        [Table::Messages, Table::Chains]
            .map(|table| Effect::Ask(self.question(table)))
            .into()
    }

    fn question(&self, table: Table) -> Question {
        let list = match table {
            Table::Messages => &self.messages,
            Table::Chains => &self.chains,
        };
        Question {
            ticket: self.ticket,
            table,
            query: self.filter.query(),
            sort: list.sort,
            profile: self.profile(),
            as_of: self.setup.as_of,
        }
    }

    fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        if answer.ticket != self.ticket {
            return Vec::new();
        }
        let height = self.list_height();
        let first_rows = self.messages.total == 0 && self.chains.total == 0;
        let list = match answer.table {
            Table::Messages => &mut self.messages,
            Table::Chains => &mut self.chains,
        };
        list.take(answer.rows, answer.total, height);
        self.grades = answer.grades;
        if answer.table == Table::Chains {
            // The chains are asked for last.
            self.waiting = false;
            if first_rows && self.messages.total == 0 && self.chains.total > 0 {
                self.table = Table::Chains;
            }
        }
        Vec::new()
    }

    /// Does what an action says.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        command::act(self, action)
    }

    /// Lines that a list has for its rows.
    pub fn list_height(&self) -> usize {
        // Header, filter, column heads; message line, footer.
        usize::from(self.size.1.saturating_sub(5)).max(1)
    }

    fn keep_in_view(&mut self) {
        let height = self.list_height();
        self.messages.keep_in_view(height);
        self.chains.keep_in_view(height);
    }
}
