//! What lies over the lists: help, the command palette, a file name, lines not understood.

use std::sync::Arc;

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::filter::insert;
use super::{App, Effect, NotUnderstood, Writers};
use crate::ui::Action;
use crate::ui::action::{ACTIONS, ActionInfo};
use crate::ui::keymap::{Found, Key, Scope};
use crate::ui::not_understood;
use crate::ui::views::{help, overlay};

/// Something over the lists that takes all keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The help, and the lines that it is scrolled down by.
    Help(usize),
    /// The list of lines that were not understood.
    NotUnderstood {
        /// Position of the first entry on screen.
        top: usize,
        /// The entries from that one on.
        lines: Arc<[NotUnderstood]>,
    },
    /// The bundled cases, and the place of the selected one.
    Cases(usize),
    /// The hosts that wrote the headers of a mail.
    Writers(Writers),
    /// The command palette.
    Palette {
        /// What was typed.
        input: Input,
        /// Position among the actions that fit.
        selected: usize,
    },
    /// The name of the file to write the last copy to.
    WriteTo {
        /// What was typed.
        input: Input,
        /// Why the file of that name could not be written.
        error: Option<String>,
    },
}

impl Overlay {
    /// The palette, nothing typed yet.
    pub(super) fn palette() -> Self {
        Self::Palette {
            input: Input::default(),
            selected: 0,
        }
    }
}

/// The actions whose name or description has the letters of `typed` in order; closest first.
pub fn matching(typed: &str) -> Vec<&'static ActionInfo> {
    let mut found: Vec<(usize, &ActionInfo)> = ACTIONS
        .iter()
        .filter_map(|info| {
            let text = format!("{} {}", info.name.replace('_', " "), info.help);
            spread(&text, typed).map(|spread| (spread, info))
        })
        .collect();
    found.sort_by_key(|(spread, _)| *spread);
    found.into_iter().map(|(_, info)| info).collect()
}

/// How many letters of `text` lie between the first and the last letter of `typed`; `None` when they
/// are not all there in order.
fn spread(text: &str, typed: &str) -> Option<usize> {
    let mut letters = text
        .char_indices()
        .map(|(at, letter)| (at, letter.to_ascii_lowercase()));
    let mut ends: Option<(usize, usize)> = None;
    for wanted in typed.chars().filter(|letter| !letter.is_whitespace()) {
        let wanted = wanted.to_ascii_lowercase();
        let (at, _) = letters.find(|(_, letter)| *letter == wanted)?;
        ends = Some((ends.map_or(at, |(first, _)| first), at));
    }
    Some(ends.map_or(0, |(first, last)| last - first + first / 8))
}

/// Moves in a list to choose from, whose last position is `last`.
pub(super) fn choose(selected: &mut usize, last: usize, action: Action) {
    *selected = match action {
        Action::Up => selected.saturating_sub(1),
        Action::Down => (*selected + 1).min(last),
        Action::Top | Action::PageUp => 0,
        Action::Bottom | Action::PageDown => last,
        _ => *selected,
    };
}

/// Lines by which an action scrolls a text that is only read; `page` is what a page key scrolls by.
pub(super) const fn scrolls_by(action: Action, page: isize) -> Option<isize> {
    Some(match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::Top => isize::MIN / 2,
        Action::Bottom => isize::MAX / 2,
        _ => return None,
    })
}

/// True for the actions that close a text that is only read, among them those that open one.
pub(super) const fn ends_reading(action: Action) -> bool {
    matches!(
        action,
        Action::Back | Action::Help | Action::NotUnderstood | Action::Evidence | Action::Quit
    )
}

impl App {
    pub(super) fn overlay_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if key.code == KeyCode::Esc || (control && key.code == KeyCode::Char('c')) {
            self.overlay = None;
            return Vec::new();
        }
        match self.overlay {
            Some(Overlay::Help(_) | Overlay::NotUnderstood { .. }) => self.page_key(key),
            Some(Overlay::Cases(_)) => self.cases_key(key),
            Some(Overlay::Writers(_)) => self.writers_key(key),
            Some(Overlay::Palette { .. }) => self.palette_key(key),
            Some(Overlay::WriteTo { .. }) => self.file_key(key),
            None => Vec::new(),
        }
    }

    /// Keys of a text that is only read: the keys that scroll a detail, and the keys that close it.
    fn page_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let found = self.setup.keymap.find(Scope::Detail, &[Key::from(key)]);
        let Found::Action(action) = found else {
            return Vec::new();
        };
        match scrolls_by(action, self.overlay_page()) {
            Some(by) => return self.scroll_overlay(by),
            None if ends_reading(action) => self.overlay = None,
            None => {}
        }
        Vec::new()
    }

    /// What a page key scrolls by.
    fn overlay_page(&self) -> isize {
        let page = match &self.overlay {
            Some(Overlay::NotUnderstood { lines, .. }) => overlay::fitting(self, lines),
            _ => self.detail_height().saturating_sub(1),
        };
        isize::try_from(page.max(1)).unwrap_or(1)
    }

    pub(super) fn scroll_overlay(&mut self, by: isize) -> Vec<Effect> {
        match self.overlay {
            Some(Overlay::Help(top)) => {
                let last = help::lines(self).len().saturating_sub(self.detail_height());
                self.overlay = Some(Overlay::Help(top.saturating_add_signed(by).min(last)));
                Vec::new()
            }
            Some(Overlay::NotUnderstood { top, .. }) => {
                let count = not_understood::entries(&self.model());
                // To the end means a full screen; step by step one can go further.
                let page = self.overlay_page();
                let shown = if by > page { page.unsigned_abs() } else { 1 };
                let last = count.saturating_sub(shown);
                self.list_not_understood(top.saturating_add_signed(by).min(last))
            }
            _ => Vec::new(),
        }
    }

    /// Has the lines read that were not understood, from the one at position `top` on.
    pub(super) fn list_not_understood(&self, top: usize) -> Vec<Effect> {
        vec![Effect::ListNotUnderstood {
            top,
            most: self.list_height(),
        }]
    }

    fn palette_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Some(Overlay::Palette { input, selected }) = self.overlay.as_mut() else {
            return Vec::new();
        };
        let actions = matching(input.value());
        match key.code {
            KeyCode::Enter => {
                let chosen: Option<Action> = actions.get(*selected).map(|info| info.action);
                self.overlay = None;
                return chosen.map_or_else(Vec::new, |action| self.act(action));
            }
            KeyCode::Down => *selected = (*selected + 1).min(actions.len().saturating_sub(1)),
            KeyCode::Up => *selected = selected.saturating_sub(1),
            _ => {
                input.handle_event(&TermEvent::Key(key));
                *selected = 0;
            }
        }
        Vec::new()
    }

    fn file_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Some(Overlay::WriteTo { input, error }) = self.overlay.as_mut() else {
            return Vec::new();
        };
        *error = None;
        if key.code != KeyCode::Enter {
            input.handle_event(&TermEvent::Key(key));
            return Vec::new();
        }
        let path = input.value().trim().to_owned();
        self.overlay = None;
        if path.is_empty() {
            Vec::new()
        } else {
            vec![Effect::Write(path)]
        }
    }

    /// Takes pasted text if something lies over the lists; true then.
    pub(super) fn paste_over(&mut self, text: &str) -> bool {
        match self.overlay.as_mut() {
            Some(Overlay::Palette { input, selected }) => {
                insert(input, text);
                *selected = 0;
            }
            Some(Overlay::WriteTo { input, .. }) => insert(input, text),
            Some(
                Overlay::Help(_)
                | Overlay::NotUnderstood { .. }
                | Overlay::Cases(_)
                | Overlay::Writers(_),
            ) => {}
            None => return false,
        }
        true
    }

    /// Asks for another file name.
    pub(super) fn ask_again(&mut self, path: String, error: String) {
        self.overlay = Some(Overlay::WriteTo {
            input: path.into(),
            error: Some(error),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_finds_by_letters_in_order() {
        assert_eq!(matching("cpyraw")[0].action, Action::CopyRaw);
        assert_eq!(matching("nextbad")[0].action, Action::NextBad);
        assert_eq!(matching("quit")[0].action, Action::Quit);
        assert_eq!(matching("").len(), ACTIONS.len());
        assert!(matching("xyzzy").is_empty());
    }
}
