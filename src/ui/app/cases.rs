//! The bundled cases: a list to choose another from.

use crossterm::event::{KeyCode, KeyEvent};

use super::overlay::choose;
use super::{App, Effect, Overlay};
use crate::ui::Action;
use crate::ui::keymap::{Found, Key, Scope};

/// The bundled cases; none where something else is shown.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// All of them.
    pub all: Vec<Case>,
    /// The place of the one that is shown.
    pub open: usize,
}

/// A bundled case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name on the command line.
    pub name: String,
    /// What happened, in a sentence or two.
    pub about: String,
}

impl App {
    pub(super) fn list_cases(&mut self) -> Vec<Effect> {
        let cases = &self.setup.cases;
        if cases.all.is_empty() {
            return self.say("what is shown is no bundled case; `hopgrade demo` shows one");
        }
        self.overlay = Some(Overlay::Cases(cases.open));
        Vec::new()
    }

    pub(super) fn cases_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Some(Overlay::Cases(selected)) = &mut self.overlay else {
            return Vec::new();
        };
        let cases = &self.setup.cases;
        let last = cases.all.len().saturating_sub(1);
        if key.code == KeyCode::Enter {
            let chosen = *selected;
            self.overlay = None;
            let another = chosen != self.setup.cases.open;
            return another
                .then_some(Effect::Case(chosen))
                .into_iter()
                .collect();
        }
        match self.setup.keymap.find(Scope::List, &[Key::from(key)]) {
            Found::Action(Action::Back | Action::Cases | Action::Quit) => self.overlay = None,
            Found::Action(action) => choose(selected, last, action),
            _ => {}
        }
        Vec::new()
    }
}
