//! The filter line: edited text, what it means, its history.

use std::sync::{Arc, PoisonError};

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use tui_input::InputRequest;
use tui_input::backend::crossterm::EventHandler;

use crate::insight::findings;
use crate::query::eval::Table;
use crate::query::{
    Completion, FIELDS, History, NothingSeen, Query, QueryError, UnfitFilter, ValueSource, complete,
};

use super::way_back::{Leaving, ReturnPoint};
use super::{App, Effect};
use crate::ui::completion_values::SeenValues;

/// Fails for a filter that asks for what no row on screen has; `None` where any filter fits.
type Fit = Option<fn(&Query) -> Result<(), UnfitFilter>>;

/// The filter line.
#[derive(Clone, Debug)]
pub struct FilterBar {
    /// The text being edited, with its cursor.
    pub input: tui_input::Input,
    /// Why the text is no filter; the last good one stays in force.
    pub error: Option<QueryError>,
    /// Completions, while Tab steps through them.
    pub completions: Vec<Completion>,
    /// Position of the completion that was put in.
    pub chosen: usize,
    query: Arc<Query>,
    editing: bool,
    history: History,
}

impl FilterBar {
    pub(super) fn new(text: &str, history: History) -> Self {
        let mut new = Self {
            input: tui_input::Input::new(text.to_owned()),
            error: None,
            completions: Vec::new(),
            chosen: 0,
            query: Arc::new(Query::default()),
            editing: false,
            history,
        };
        new.reparse(None);
        new
    }

    /// The filter in force.
    pub fn query(&self) -> Arc<Query> {
        Arc::clone(&self.query)
    }

    /// The text on the line.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// True while the line is edited.
    pub const fn is_editing(&self) -> bool {
        self.editing
    }

    /// Keeps a filter in the history.
    pub(super) fn remember(&mut self, text: &str) {
        self.history.push(text);
    }

    /// Sets the text; true when the filter in force changed.
    pub(super) fn set(&mut self, text: &str) -> bool {
        self.input = tui_input::Input::new(text.to_owned());
        self.reparse(None)
    }

    /// Reads the text anew; true when the filter in force changed.
    ///
    /// While it is being typed, a term that is not finished counts for nothing: neither `grade>` nor
    /// `gra`, which may become a field, empties the list before its value is there. What does not fit the rows
    /// that are looked at is an error.
    fn reparse(&mut self, fit: Fit) -> bool {
        let parsed = Query::parse(self.text()).and_then(|query| {
            let fits = fit.map_or(Ok(()), |fit| fit(&query));
            fits.map_err(|unfit| unfit.within(self.text()))?;
            Ok(query)
        });
        let in_force = match &parsed {
            Ok(_) if self.editing && ends_in_field_name(self.text()) => self.finished(fit),
            Ok(query) => Some(query.clone()),
            Err(error) if self.editing && error.incomplete => self.finished(fit),
            Err(_) => None,
        };
        self.error = parsed.err();
        let Some(query) = in_force else {
            return false;
        };
        let changed = query != *self.query;
        self.query = Arc::new(query);
        changed
    }

    /// The filter without the term that is being typed.
    fn finished(&self, fit: Fit) -> Option<Query> {
        let text = self.text();
        let spaces = text.rmatch_indices(char::is_whitespace);
        let mut ends = spaces.map(|(end, _)| end).chain([0]);
        let whole = ends.find_map(|end| Query::parse(&text[..end]).ok());
        whole.filter(|query| fit.is_none_or(|fit| fit(query).is_ok()))
    }

    /// The error to show: none while what is being typed may still become right.
    pub fn shown_error(&self) -> Option<&QueryError> {
        self.error
            .as_ref()
            .filter(|error| !(error.incomplete && self.is_editing()))
    }

    /// A key that changes the text or walks through the history.
    fn type_key(&mut self, key: KeyEvent) {
        self.completions.clear();
        let shown = self.text().to_owned();
        let text = match key.code {
            KeyCode::Up => self.history.up(&shown),
            KeyCode::Down => self.history.down(),
            _ => {
                self.input.handle_event(&TermEvent::Key(key));
                return;
            }
        };
        if let Some(text) = text {
            self.input = tui_input::Input::new(text.to_owned());
        }
    }

    /// Puts the next completion in, or the one before.
    fn complete(&mut self, by: isize, seen: &dyn ValueSource) {
        // The only way to go on was gone already: now what comes behind it.
        if self.completions.len() <= 1 {
            self.completions = complete(self.text(), self.cursor(), seen);
            self.chosen = 0;
        } else {
            let last = self.completions.len() - 1;
            self.chosen = match (by, self.chosen) {
                (1, chosen) if chosen >= last => 0,
                (-1, 0) => last,
                (by, chosen) => chosen.saturating_add_signed(by),
            };
        }
        let Some(completion) = self.completions.get(self.chosen).cloned() else {
            return;
        };
        let start = completion.replace.start;
        let mut text = self.text().to_owned();
        text.replace_range(start..self.cursor().max(start), &completion.text);
        let cursor = text[..start + completion.text.len()].chars().count();
        self.input = tui_input::Input::new(text).with_cursor(cursor);
    }

    /// Where the cursor is, in bytes.
    fn cursor(&self) -> usize {
        let before = self.text().chars().take(self.input.cursor());
        before.map(char::len_utf8).sum()
    }
}

impl App {
    pub(super) fn filter_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return self.accept_filter(),
            KeyCode::Esc => return self.abandon_filter(),
            KeyCode::Char('c') if control => return self.abandon_filter(),
            KeyCode::Tab => self.complete_filter(1),
            KeyCode::BackTab => self.complete_filter(-1),
            _ => self.filter.type_key(key),
        }
        self.reread_filter()
    }

    fn complete_filter(&mut self, by: isize) {
        let shared = Arc::clone(&self.setup.model);
        let model = shared.read().unwrap_or_else(PoisonError::into_inner);
        // Values out of the data would tell who people are.
        let seen: &dyn ValueSource = if self.masked {
            &NothingSeen
        } else {
            &SeenValues(&model)
        };
        self.filter.complete(by, seen);
    }

    /// Begins to edit the filter, with the list in sight.
    pub(super) fn edit_filter(&mut self) {
        if !self.filter.editing {
            self.leave(Leaving::ForList);
            self.detail = None;
            self.filter.editing = true;
            self.filter.history.reset();
        }
    }

    /// Text that was pasted.
    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        if self.paste_over(text) || self.preview.is_some() {
            return Vec::new();
        }
        self.edit_filter();
        self.filter.completions.clear();
        insert(&mut self.filter.input, text);
        self.reread_filter()
    }

    fn reread_filter(&mut self) -> Vec<Effect> {
        let fit: Fit = match self.table {
            Table::Findings => Some(findings::check),
            _ => None,
        };
        if self.filter.reparse(fit) {
            self.ask_all()
        } else {
            Vec::new()
        }
    }

    fn accept_filter(&mut self) -> Vec<Effect> {
        if let Some(error) = self.filter.error.as_mut() {
            // Enter is the end of typing: now say what is missing, too.
            error.incomplete = false;
            return Vec::new();
        }
        if self.is_where_it_was() {
            return self.abandon_filter();
        }
        self.filter.editing = false;
        self.filter.completions.clear();
        let text = self.filter.text().trim().to_owned();
        // A new question: the ways back lead through answers to others. Only a detail that was open is come back to.
        let before = self.return_points.pop();
        self.return_points.clear();
        self.return_points
            .extend(before.filter(ReturnPoint::has_detail));
        self.filter.history.push(&text);
        let mut effects = self.reread_filter();
        // A filter names people: under the mask none is kept.
        if !self.masked {
            effects.push(Effect::Remember(text));
        }
        effects
    }

    fn abandon_filter(&mut self) -> Vec<Effect> {
        self.filter.editing = false;
        self.filter.completions.clear();
        self.return_to_last()
    }

    pub(super) fn set_filter(&mut self, text: &str) -> Vec<Effect> {
        if self.filter.set(text) {
            self.ask_all()
        } else {
            Vec::new()
        }
    }
}

/// Puts text in at the cursor.
pub(super) fn insert(input: &mut tui_input::Input, text: &str) {
    for letter in text.chars() {
        input.handle(InputRequest::InsertChar(letter));
    }
}

/// True when the last word is the name of a field or the beginning of one.
fn ends_in_field_name(text: &str) -> bool {
    let word = text.rsplit([' ', '(']).next().unwrap_or_default();
    let word = word.trim_start_matches(['-', '!']).to_ascii_lowercase();
    !word.is_empty() && FIELDS.iter().any(|info| info.name.starts_with(&word))
}
