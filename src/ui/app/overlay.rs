//! What lies over the lists: help, the command palette, a file name, lines not understood.

use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::EventHandler;

use super::{App, Effect};
use crate::ui::Action;
use crate::ui::action::{ACTIONS, ActionInfo};

/// Something over the lists that takes all keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The help, scrolled down by so many lines.
    Help(usize),
    /// Lines that were not understood, scrolled down by so many lines.
    NotUnderstood(usize),
    /// The command palette.
    Palette {
        /// What was typed.
        input: tui_input::Input,
        /// Position among the actions that fit.
        selected: usize,
    },
    /// The name of the file to write the last copy to.
    WriteTo(tui_input::Input),
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
        match self.overlay.as_mut() {
            Some(Overlay::Help(top) | Overlay::NotUnderstood(top)) => {
                let page = usize::from(self.size.1.saturating_sub(4)).max(1);
                match key.code {
                    KeyCode::Down | KeyCode::Char('j') => *top += 1,
                    KeyCode::Up | KeyCode::Char('k') => *top = top.saturating_sub(1),
                    KeyCode::PageDown | KeyCode::Char(' ') => *top += page,
                    KeyCode::PageUp | KeyCode::Char('b') => *top = top.saturating_sub(page),
                    KeyCode::Home | KeyCode::Char('g') => *top = 0,
                    KeyCode::Char('q' | '?' | 'U') | KeyCode::F(1) | KeyCode::Enter => {
                        self.overlay = None;
                    }
                    _ => {}
                }
                self.clamp_overlay();
                Vec::new()
            }
            Some(Overlay::Palette { .. }) => self.palette_key(key),
            Some(Overlay::WriteTo(input)) => {
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
            None => Vec::new(),
        }
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

    /// An overlay does not scroll past its last page.
    fn clamp_overlay(&mut self) {
        let lines = match self.overlay {
            Some(Overlay::Help(_)) => crate::ui::views::help::lines(self).len(),
            Some(Overlay::NotUnderstood(_)) => self.model().not_understood.len(),
            _ => return,
        };
        let page = usize::from(self.size.1.saturating_sub(4));
        if let Some(Overlay::Help(top) | Overlay::NotUnderstood(top)) = self.overlay.as_mut() {
            *top = (*top).min(lines.saturating_sub(page));
        }
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
