//! What lies over the lists: help, the command palette, a file name, lines not understood.

use std::sync::Arc;

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{App, Effect, RawLine};
use crate::ui::Action;
use crate::ui::action::{ACTIONS, ActionInfo};
use crate::ui::keymap::{Found, Key, Scope};
use crate::ui::views::help;

/// Something over the lists that takes all keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The help, scrolled down by so many lines.
    Help(usize),
    /// Lines that were not understood.
    NotUnderstood {
        /// Position of the first one on screen.
        top: usize,
        /// Those on screen: why, where, and what stands there.
        lines: Arc<[(&'static str, RawLine)]>,
    },
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

impl App {
    pub(super) fn overlay_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if key.code == KeyCode::Esc || (control && key.code == KeyCode::Char('c')) {
            self.overlay = None;
            return Vec::new();
        }
        match self.overlay {
            Some(Overlay::Help(_) | Overlay::NotUnderstood { .. }) => self.page_key(key),
            Some(Overlay::Palette { .. }) => self.palette_key(key),
            Some(Overlay::WriteTo { .. }) => self.file_key(key),
            None => Vec::new(),
        }
    }

    /// Keys of what is only read: those that scroll a detail, those that end it.
    fn page_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let found = self.setup.keymap.find(Scope::Detail, &[Key::from(key)]);
        let page = isize::try_from(self.detail_height().saturating_sub(2)).unwrap_or(1);
        match found {
            Found::Action(Action::Up) => self.scroll_page(-1),
            Found::Action(Action::Down) => self.scroll_page(1),
            Found::Action(Action::PageUp) => self.scroll_page(-page),
            Found::Action(Action::PageDown) => self.scroll_page(page),
            Found::Action(Action::Top) => self.scroll_page(isize::MIN / 2),
            Found::Action(Action::Bottom) => self.scroll_page(isize::MAX / 2),
            Found::Action(Action::Back | Action::Help | Action::NotUnderstood | Action::Quit) => {
                self.overlay = None;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn scroll_page(&mut self, by: isize) -> Vec<Effect> {
        let height = self.detail_height();
        match self.overlay {
            Some(Overlay::Help(top)) => {
                let last = help::lines(self).len().saturating_sub(height);
                self.overlay = Some(Overlay::Help(top.saturating_add_signed(by).min(last)));
                Vec::new()
            }
            Some(Overlay::NotUnderstood { top, .. }) => {
                let last = self
                    .model()
                    .not_understood
                    .len()
                    .saturating_sub(self.list_room());
                self.list_not_understood(top.saturating_add_signed(by).min(last))
            }
            _ => Vec::new(),
        }
    }

    /// Lines of a list below its title.
    pub fn list_room(&self) -> usize {
        self.detail_height().saturating_sub(1).max(1)
    }

    /// Has the lines read that were not understood, from the one at position `top` on.
    pub(super) fn list_not_understood(&self, top: usize) -> Vec<Effect> {
        vec![Effect::ListNotUnderstood {
            top,
            most: self.list_room(),
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
