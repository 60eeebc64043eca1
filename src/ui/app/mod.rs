//! The state of the explorer, and how it changes: `update` does no I/O and asks for it by effects.

mod asking;
mod cases;
mod command;
mod detail;
mod evidence;
mod filter;
mod finding;
mod list;
mod message;
mod moves;
mod overlay;
mod overview;
mod preview;
mod renewal;
mod runs;
mod way_back;
mod writers;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::ingest::Progress;
use crate::insight::Coverage;
use crate::insight::findings::FindingStory;
use crate::insight::posture::{Level, PostureStory};
use crate::model::{AsOf, GradeBook, Model, Trust, Zone};
use crate::query::eval::{Sort, Table};
use crate::report::finding::FindingText;
use crate::report::mask::Mask;
use crate::report::posture::PostureText;
use crate::report::shell::Replay;
use crate::text::Lang;
use crate::tls::Profile;

use super::findings::Findings;
use super::keymap::{Found, Key, Scope};
use super::overview::Overview;
use super::peers::Peers;
use super::{Action, Keymap, Theme};

use asking::Asked;
pub use cases::{Case, Cases};
pub use detail::{Detail, DetailState, NotUnderstood, RawLine};
pub use evidence::{EvidenceAnswer, EvidenceRequest, EvidenceText, Missing, Purpose, language};
pub use filter::FilterBar;
pub use list::ListState;
pub use message::{Answer, CopyWhat, Effect, Event, Question};
pub use overlay::{Overlay, matching};
pub use overview::Below;
pub use preview::Preview;
use way_back::ReturnPoint;
pub use writers::{Believed, Writers};

/// Message where a filter would name a person's computer under a mask.
const MASKED: &str = "this host is masked: a filter would tell its name";

/// A list below this width gives its place to the detail instead of sharing it.
pub const WIDE: u16 = 120;

/// From this number of lines on one of them may stay empty.
const SPACIOUS: u16 = 28;

/// What the explorer is told once, at its start.
#[derive(Clone)]
pub struct Setup {
    /// The model, filled by the loader meanwhile.
    pub model: Arc<RwLock<Model>>,
    /// How far the loader is.
    pub progress: Arc<Progress>,
    /// Profiles to step through, at least one; the first is in use.
    pub profiles: Vec<Arc<Profile>>,
    /// The day whose rules grade.
    pub as_of: AsOf,
    /// The day whose rules findings are found by: nobody is blamed by a rule that came later.
    pub as_of_findings: AsOf,
    /// Zone of the times on screen.
    pub zone: Zone,
    /// Themes to step through, at least one, with their names; the first is in use.
    pub themes: Vec<(String, Theme)>,
    /// Keys.
    pub keymap: Keymap,
    /// Language of texts to send.
    pub lang: Lang,
    /// Hides people; used when masking is on, and in every text to send.
    pub mask: Mask,
    /// Masking at the start.
    pub masked: bool,
    /// Filter at the start.
    pub filter: String,
    /// Filters of earlier sessions.
    pub history: crate::query::History,
    /// The options and inputs that give the same data from a shell.
    pub replay: Replay,
    /// The bundled cases, where one of them is shown.
    pub cases: Cases,
    /// What the message line says first.
    pub notice: Option<String>,
}

/// The explorer.
pub struct App {
    /// What it was told at its start.
    pub setup: Setup,
    /// Grades of the newest answer.
    pub grades: Arc<GradeBook>,
    /// What the logs do not say of TLS, by the newest answer; `None` once the note was closed.
    note: Option<Arc<Coverage>>,
    /// What the logs do not say of TLS, whether the note was closed or not.
    pub coverage: Arc<Coverage>,
    /// Number of inputs that were not read and whose note was closed.
    left_out_seen: usize,
    /// The table on screen.
    pub table: Table,
    /// The list of log messages.
    pub messages: ListState,
    /// The list of remote hosts, or of their domains.
    pub hosts: ListState,
    /// The list of loaded mails.
    pub chains: ListState,
    /// The list of findings.
    pub finds: ListState,
    /// By what hosts are told apart.
    pub level: Level,
    /// The findings behind the rows of findings, by the newest answer.
    pub findings: Arc<Findings>,
    /// The postures behind the rows of hosts, by the newest answer.
    pub peers: Arc<Peers>,
    /// The stretches of time of the overview.
    pub slots: ListState,
    /// What the overview shows, by the newest answer.
    pub overview: Option<Arc<Overview>>,
    /// The place in the overview below the stretches of time.
    pub below: Below,
    /// The filter.
    pub filter: FilterBar,
    /// The open detail.
    pub detail: Option<DetailState>,
    /// What lies over everything.
    pub overlay: Option<Overlay>,
    /// A text to send that is being read; over the lists, and below an overlay.
    pub preview: Option<Preview>,
    /// The message line; goes away with the next key.
    pub toast: Option<String>,
    /// The keys pressed so far of a longer one.
    pub pending: Vec<Key>,
    /// Columns and lines of the terminal.
    pub size: (u16, u16),
    /// Masking.
    pub masked: bool,
    /// Language of texts to send.
    pub lang: Lang,
    /// Hosts whose headers are believed, once a key has said which.
    trust: Option<Trust>,
    /// Number of texts to send that are being written.
    evidence_under_way: usize,
    asked: Asked,
    profile: usize,
    theme: usize,
    /// The next detail opens on its raw lines.
    raw_next: bool,
    /// Something was copied that can be written to a file.
    has_copy: bool,
    return_points: Vec<ReturnPoint>,
}

impl App {
    /// An explorer of a terminal of that size.
    pub fn new(setup: Setup, size: (u16, u16)) -> Self {
        let profile = Arc::clone(&setup.profiles[0]);
        Self {
            grades: Arc::new(GradeBook::new(profile, setup.as_of)),
            note: Some(Arc::default()),
            coverage: Arc::default(),
            left_out_seen: 0,
            table: Table::Messages,
            messages: ListState::new(Sort::fresh(Table::Messages)),
            hosts: ListState::new(Sort::fresh(Table::Hosts)),
            chains: ListState::new(Sort::fresh(Table::Chains)),
            finds: ListState::new(Sort::fresh(Table::Findings)),
            level: Level::Host,
            findings: Arc::default(),
            peers: Arc::default(),
            slots: ListState::new(Sort::newest_first()),
            overview: None,
            below: Below::default(),
            filter: FilterBar::new(&setup.filter, setup.history.clone()),
            detail: None,
            overlay: None,
            preview: None,
            toast: setup.notice.clone(),
            pending: Vec::new(),
            size,
            masked: setup.masked,
            lang: setup.lang,
            trust: None,
            evidence_under_way: 0,
            asked: Asked::default(),
            profile: 0,
            theme: 0,
            raw_next: false,
            has_copy: false,
            return_points: Vec::new(),
            setup,
        }
    }

    /// An explorer that follows `other` on the same terminal: no late answer to that one is taken for its own.
    pub(super) fn after(other: &Self, setup: Setup) -> Self {
        let mut app = Self::new(setup, other.size);
        app.asked.go_on_from(&other.asked);
        app
    }

    /// The first questions to ask.
    pub fn start(&mut self) -> Vec<Effect> {
        self.ask_all()
    }

    /// Takes what happened; gives what is to be done.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.take(event);
        self.lay_out();
        self.lay_out_preview();
        effects
    }

    fn take(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key(key) => self.press(key),
            Event::Paste(text) => self.paste(&text),
            Event::Resize(columns, lines) => {
                self.size = (columns, lines);
                self.keep_in_view();
                let mut effects = self.scroll_overlay(0);
                effects.extend(self.recut());
                effects
            }
            Event::Tick => self.tick(),
            Event::Answer(answer) => self.answer(answer),
            Event::Reading { ticket, percent } => self.read_so_far(ticket, percent),
            Event::Detail(detail) => {
                self.show(*detail);
                Vec::new()
            }
            Event::NotUnderstood { top, lines } => {
                self.overlay = Some(Overlay::NotUnderstood { top, lines });
                Vec::new()
            }
            Event::NotWritten { path, error } => {
                self.ask_again(path, error);
                Vec::new()
            }
            Event::Renewed(kept) => self.renew(&kept),
            Event::TakeUp => self.take_up(),
            Event::Evidence(answer) => self.take_evidence(*answer),
            Event::Believed(believed) => self.take_believed(believed),
            Event::Say(text) => self.say(&text),
        }
    }

    fn press(&mut self, event: KeyEvent) -> Vec<Effect> {
        self.toast = None;
        self.stay();
        if let Some(key) = self.behind_esc(event) {
            let effects = self.press(KeyEvent::from(KeyCode::Esc));
            return self.then(effects, key);
        }
        if self.overlay.is_some() {
            return self.overlay_key(event);
        }
        if self.preview.is_some() {
            return self.preview_key(event);
        }
        if self.filter.is_editing() {
            return self.filter_key(event);
        }
        if self.hold_back(event) {
            return Vec::new();
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

    /// The key that came in one packet with Esc: the two look like Alt and that key, which here
    /// means nothing by itself. While the filter is edited it does.
    fn behind_esc(&self, event: KeyEvent) -> Option<KeyEvent> {
        if !event.modifiers.contains(KeyModifiers::ALT) || self.filter.is_editing() {
            return None;
        }
        let pressed = [Key::from(event)];
        let unbound = self.setup.keymap.find(self.scope(), &pressed) == Found::Nothing;
        let key = KeyEvent::new(event.code, event.modifiers - KeyModifiers::ALT);
        unbound.then_some(key)
    }

    /// Where keys are looked up now.
    pub fn scope(&self) -> Scope {
        if self.detail.is_some() {
            Scope::Detail
        } else if self.table == Table::Overview {
            Scope::Overview
        } else {
            Scope::List
        }
    }

    /// What to press for an action, its name where no key does it.
    pub fn key(&self, action: Action) -> String {
        let key = self.setup.keymap.first_press(self.scope(), action);
        key.unwrap_or_else(|| action.info().name.replace('_', " "))
    }

    /// The first input that was not read, and the number of further ones; shown where [`App::note`] is, and before it.
    pub fn left_out(&self) -> Option<(String, usize)> {
        if !self.may_tell() {
            return None;
        }
        let all = self.setup.progress.left_out().into_iter();
        let mut all = all.skip(self.left_out_seen);
        let first = all.next()?;
        Some((first, all.len()))
    }

    fn may_tell(&self) -> bool {
        let over = self.overlay.is_some() || self.preview.is_some();
        let in_list = self.detail.is_none() && !over && self.return_points.is_empty();
        in_list && !self.filter.is_editing() && self.setup.progress.is_done()
    }

    /// What the logs do not say of TLS, while that is to be shown: below the lists, once everything is loaded, until
    /// the note is closed.
    pub fn note(&self) -> Option<&Coverage> {
        let note = self.note.as_deref().filter(|_| self.may_tell());
        note.filter(|coverage| !coverage.is_empty())
    }

    /// The theme in use.
    pub fn theme(&self) -> &Theme {
        &self.setup.themes[self.theme].1
    }

    /// The profile in use.
    pub fn profile(&self) -> Arc<Profile> {
        Arc::clone(&self.setup.profiles[self.profile])
    }

    /// The options and inputs that give what is shown from a shell, graded alike.
    pub fn replay(&self) -> Replay {
        let mut replay = Replay {
            masked: self.masked,
            ..self.setup.replay.clone()
        };
        if let Some(trust) = &self.trust {
            replay = replay.trusting(trust);
        }
        replay.graded_by(&self.profile().name)
    }

    /// The options and inputs for what findings rest on: by the rules of the days on which it happened, unless others
    /// were asked for.
    pub fn replay_of_findings(&self) -> Replay {
        self.replay().with("--as-of", "event")
    }

    /// The story of a posture, as it is told here.
    pub fn posture_text<'a>(&'a self, story: &'a PostureStory) -> PostureText<'a> {
        PostureText {
            story,
            zone: self.setup.zone,
            mask: self.mask(),
        }
    }

    /// The story of a finding, as it is told here; `replay` is the one of findings.
    pub fn finding_text<'a>(&self, story: &'a FindingStory, replay: &'a Replay) -> FindingText<'a> {
        FindingText {
            story,
            zone: self.setup.zone,
            as_of: self.setup.as_of_findings,
            replay,
        }
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
        self.list_of(self.table)
    }

    fn list_mut(&mut self) -> &mut ListState {
        self.list_of_mut(self.table)
    }

    fn list_of(&self, table: Table) -> &ListState {
        match table {
            Table::Messages => &self.messages,
            Table::Hosts => &self.hosts,
            Table::Chains => &self.chains,
            Table::Findings => &self.finds,
            Table::Overview => &self.slots,
        }
    }

    fn list_of_mut(&mut self, table: Table) -> &mut ListState {
        match table {
            Table::Messages => &mut self.messages,
            Table::Hosts => &mut self.hosts,
            Table::Chains => &mut self.chains,
            Table::Findings => &mut self.finds,
            Table::Overview => &mut self.slots,
        }
    }

    /// Does what an action says.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        command::act(self, action)
    }

    /// Lines that a list has for its rows.
    pub fn list_height(&self) -> usize {
        self.height_of(self.table)
    }

    fn height_of(&self, table: Table) -> usize {
        match table {
            // Its rows stand beside each other.
            Table::Overview => self.chart_columns(),
            // All that the detail has but the column heads.
            _ => self.detail_height().saturating_sub(1).max(1),
        }
    }

    /// True when there is a copy to write to a file.
    pub const fn has_copy(&self) -> bool {
        self.has_copy
    }

    fn keep_in_view(&mut self) {
        self.scroll(0);
        for table in Table::ALL {
            let height = self.height_of(table);
            self.list_of_mut(table).keep_in_view(height);
        }
    }
}
