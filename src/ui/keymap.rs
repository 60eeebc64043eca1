//! Which key does what: one table, from which footer, help and documentation are made.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Action;
use super::action::UnknownAction;

/// Where a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// In lists and details.
    Everywhere,
    /// In a list.
    List,
    /// In a detail.
    Detail,
    /// In the overview.
    Overview,
}

/// The keys as shipped; several keys for one action are alternatives, the first is shown in the footer.
pub const DEFAULT_KEYS: &[(Scope, &str, Action)] = &[
    (Scope::Everywhere, "down", Action::Down),
    (Scope::Everywhere, "j", Action::Down),
    (Scope::Everywhere, "up", Action::Up),
    (Scope::Everywhere, "k", Action::Up),
    (Scope::Everywhere, "pgdn", Action::PageDown),
    (Scope::Everywhere, "space", Action::PageDown),
    (Scope::Everywhere, "ctrl-d", Action::PageDown),
    (Scope::Everywhere, "pgup", Action::PageUp),
    (Scope::Everywhere, "b", Action::PageUp),
    (Scope::Everywhere, "ctrl-u", Action::PageUp),
    (Scope::Everywhere, "g", Action::Top),
    (Scope::Everywhere, "home", Action::Top),
    (Scope::Everywhere, "G", Action::Bottom),
    (Scope::Everywhere, "end", Action::Bottom),
    (Scope::List, "enter", Action::Open),
    (Scope::List, "l", Action::Open),
    (Scope::List, "right", Action::Open),
    (Scope::Detail, "enter", Action::Open),
    (Scope::Overview, "enter", Action::Open),
    (Scope::Overview, "left", Action::Earlier),
    (Scope::Overview, "h", Action::Earlier),
    (Scope::Overview, "right", Action::Later),
    (Scope::Overview, "l", Action::Later),
    (Scope::Detail, "h", Action::SameHost),
    (Scope::Everywhere, "esc", Action::Back),
    (Scope::Detail, "left", Action::Back),
    (Scope::Detail, "backspace", Action::Back),
    (Scope::Everywhere, "J", Action::NextRow),
    (Scope::Everywhere, "ctrl-n", Action::NextRow),
    (Scope::Everywhere, "K", Action::PreviousRow),
    (Scope::Everywhere, "ctrl-p", Action::PreviousRow),
    (Scope::Everywhere, "tab", Action::NextView),
    (Scope::Everywhere, "backtab", Action::PreviousView),
    (Scope::Everywhere, "1", Action::Messages),
    (Scope::Everywhere, "2", Action::Hosts),
    (Scope::Everywhere, "3", Action::Chains),
    (Scope::Everywhere, "4", Action::Findings),
    (Scope::Everywhere, "5", Action::Overview),
    (Scope::Everywhere, "/", Action::Filter),
    (Scope::Everywhere, "ctrl-l", Action::ClearFilter),
    (Scope::Everywhere, "n", Action::NextBad),
    (Scope::Everywhere, "N", Action::PreviousBad),
    (Scope::Everywhere, "s", Action::Sort),
    (Scope::Everywhere, "S", Action::Reverse),
    (Scope::Everywhere, "d", Action::Domains),
    (Scope::Everywhere, "m", Action::Mark),
    (Scope::Everywhere, "u", Action::Unmark),
    (Scope::Everywhere, "r", Action::Raw),
    (Scope::Everywhere, "o", Action::Joined),
    (Scope::Everywhere, "e", Action::Evidence),
    (Scope::Everywhere, "H", Action::SameHost),
    (Scope::List, "h", Action::SameHost),
    (Scope::Everywhere, "?", Action::Help),
    (Scope::Everywhere, "f1", Action::Help),
    (Scope::Everywhere, "C", Action::Cases),
    (Scope::Everywhere, "f", Action::Follow),
    (Scope::Everywhere, "U", Action::NotUnderstood),
    (Scope::Everywhere, "t", Action::Trust),
    (Scope::Everywhere, "P", Action::Profile),
    (Scope::Everywhere, "M", Action::Mask),
    (Scope::Everywhere, "T", Action::Theme),
    (Scope::Everywhere, "L", Action::Language),
    (Scope::Everywhere, "y y", Action::CopyRow),
    (Scope::Everywhere, "y i", Action::CopyId),
    (Scope::Everywhere, "y r", Action::CopyRaw),
    (Scope::Everywhere, "y t", Action::CopyStory),
    (Scope::Everywhere, "y e", Action::CopyEvidence),
    (Scope::Everywhere, "y n", Action::CopyNote),
    (Scope::Everywhere, "y f", Action::CopyFilter),
    (Scope::Everywhere, "w", Action::WriteCopy),
    (Scope::Everywhere, ":", Action::Palette),
    (Scope::Everywhere, "ctrl-c", Action::CancelLoad),
    (Scope::Everywhere, "ctrl-z", Action::Suspend),
    (Scope::Everywhere, "q", Action::Quit),
];

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }
}

/// The press of a key as a terminal would tell it.
#[cfg(test)]
impl From<Key> for KeyEvent {
    fn from(key: Key) -> Self {
        Self::new(key.code, key.modifiers)
    }
}

impl Key {
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        // Letters and back-tab carry their shift in the code already.
        let implied = matches!(code, KeyCode::Char(_) | KeyCode::BackTab);
        let modifiers = if implied {
            modifiers - KeyModifiers::SHIFT
        } else {
            modifiers
        };
        Self { code, modifiers }
    }
}

/// Text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// A key name nobody knows.
    #[error("unknown key {0:?}: write a character, enter, esc, tab, f1, ctrl-d or \"y i\"")]
    Key(String),
    /// An action name nobody knows.
    #[error(transparent)]
    Action(#[from] UnknownAction),
    /// One key for two actions where both work.
    #[error("the key {key:?} is given to both {first} and {second}")]
    Twice {
        /// The key.
        key: String,
        /// An action.
        first: &'static str,
        /// Another.
        second: &'static str,
    },
    /// A key that begins a longer one.
    #[error("the key {0:?} is also the beginning of a longer one")]
    Prefix(String),
}

/// Keys that are no character: as a configuration writes them, and as a person reads them.
const NAMED: [(&str, &str, KeyCode); 15] = [
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("tab", "Tab", KeyCode::Tab),
    ("backtab", "Shift-Tab", KeyCode::BackTab),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("space", "Space", KeyCode::Char(' ')),
    ("up", "↑", KeyCode::Up),
    ("down", "↓", KeyCode::Down),
    ("left", "←", KeyCode::Left),
    ("right", "→", KeyCode::Right),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("pgup", "PgUp", KeyCode::PageUp),
    ("pgdn", "PgDn", KeyCode::PageDown),
    ("del", "Del", KeyCode::Delete),
];

impl FromStr for Key {
    type Err = KeymapError;

    fn from_str(text: &str) -> Result<Self, KeymapError> {
        let unknown = || KeymapError::Key(text.to_owned());
        let (modifiers, name) = match text.strip_prefix("ctrl-") {
            Some(name) => (KeyModifiers::CONTROL, name),
            None => match text.strip_prefix("alt-") {
                Some(name) => (KeyModifiers::ALT, name),
                None => (KeyModifiers::NONE, text),
            },
        };
        if let Some((.., code)) = NAMED.iter().find(|(known, ..)| *known == name) {
            return Ok(Self::new(*code, modifiers));
        }
        let function = name
            .strip_prefix('f')
            .and_then(|number| number.parse().ok());
        if let Some(number) = function {
            return Ok(Self::new(KeyCode::F(number), modifiers));
        }
        let mut chars = name.chars();
        match (chars.next(), chars.next()) {
            (Some(only), None) => Ok(Self::new(KeyCode::Char(only), modifiers)),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("Ctrl-")?;
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("Alt-")?;
        }
        if let Some((_, shown, _)) = NAMED.iter().find(|(.., known)| *known == self.code) {
            return f.write_str(shown);
        }
        match self.code {
            KeyCode::Char(c) if self.modifiers.contains(KeyModifiers::CONTROL) => {
                write!(f, "{}", c.to_ascii_uppercase())
            }
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            _ => f.write_str("?"),
        }
    }
}

#[derive(Clone, Debug)]
struct Binding {
    scope: Scope,
    keys: Vec<Key>,
    action: Action,
}

/// What a key press leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// An action.
    Action(Action),
    /// The beginning of a longer key: wait for the next press.
    More,
    /// Nothing.
    Nothing,
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Keymap {
    /// The keys as shipped, with those of `changes` (action name to keys) in place of the shipped keys
    /// of the same action.
    pub fn new(changes: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        let mut bindings = Vec::new();
        let mut rebound = Vec::new();
        for (name, keys) in changes {
            let action: Action = name.parse()?;
            rebound.push(action);
            for keys in keys {
                bindings.push(Binding {
                    scope: shipped_scope(action),
                    keys: parse_keys(keys)?,
                    action,
                });
            }
        }
        for (scope, keys, action) in DEFAULT_KEYS {
            if !rebound.contains(action) {
                bindings.push(Binding {
                    scope: *scope,
                    keys: parse_keys(keys)?,
                    action: *action,
                });
            }
        }
        let keymap = Self { bindings };
        keymap.check()?;
        Ok(keymap)
    }

    fn check(&self) -> Result<(), KeymapError> {
        for (nth, one) in self.bindings.iter().enumerate() {
            for other in &self.bindings[nth + 1..] {
                let meet = one.scope == other.scope
                    || one.scope == Scope::Everywhere
                    || other.scope == Scope::Everywhere;
                if !meet || one.action == other.action {
                    continue;
                }
                if one.keys == other.keys {
                    return Err(KeymapError::Twice {
                        key: show(&one.keys),
                        first: one.action.info().name,
                        second: other.action.info().name,
                    });
                }
                if one.keys.starts_with(&other.keys) || other.keys.starts_with(&one.keys) {
                    let short = if one.keys.len() < other.keys.len() {
                        one
                    } else {
                        other
                    };
                    return Err(KeymapError::Prefix(show(&short.keys)));
                }
            }
        }
        Ok(())
    }

    /// What the pressed keys mean in a scope.
    pub fn find(&self, scope: Scope, pressed: &[Key]) -> Found {
        let mut begins = false;
        for binding in self.in_scope(scope) {
            if binding.keys == pressed {
                return Found::Action(binding.action);
            }
            begins |= binding.keys.starts_with(pressed);
        }
        if begins { Found::More } else { Found::Nothing }
    }

    /// The keys of an action where it works, as one reads them; the first is the main one.
    pub fn keys_of(&self, scope: Scope, action: Action) -> Vec<String> {
        let bound = self
            .in_scope(scope)
            .filter(|binding| binding.action == action);
        bound.map(|binding| show(&binding.keys)).collect()
    }

    /// What to press first for an action: its main key, or the beginning of it.
    pub fn first_press(&self, scope: Scope, action: Action) -> Option<String> {
        let mut bound = self
            .in_scope(scope)
            .filter(|binding| binding.action == action);
        bound.find_map(|binding| binding.keys.first().map(ToString::to_string))
    }

    /// What can follow the keys pressed so far: the rest of the key and its action.
    pub fn continuations(&self, scope: Scope, pressed: &[Key]) -> Vec<(String, Action)> {
        let longer = self.in_scope(scope).filter(|binding| {
            binding.keys.len() > pressed.len() && binding.keys.starts_with(pressed)
        });
        longer
            .map(|binding| (show(&binding.keys[pressed.len()..]), binding.action))
            .collect()
    }

    fn in_scope(&self, scope: Scope) -> impl Iterator<Item = &Binding> {
        let works =
            move |binding: &&Binding| binding.scope == scope || binding.scope == Scope::Everywhere;
        self.bindings.iter().filter(works)
    }
}

/// Where an action works: in lists, in details, or in both.
fn shipped_scope(action: Action) -> Scope {
    let mut scopes = DEFAULT_KEYS
        .iter()
        .filter(|(.., shipped)| *shipped == action)
        .map(|(scope, ..)| *scope);
    let first = scopes.next().unwrap_or(Scope::Everywhere);
    if scopes.all(|scope| scope == first) {
        first
    } else {
        Scope::Everywhere
    }
}

fn parse_keys(text: &str) -> Result<Vec<Key>, KeymapError> {
    let keys: Result<Vec<Key>, _> = text.split_whitespace().map(str::parse).collect();
    keys.and_then(|keys| {
        if keys.is_empty() {
            Err(KeymapError::Key(text.to_owned()))
        } else {
            Ok(keys)
        }
    })
}

fn show(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::super::action::ACTIONS;
    use super::*;

    fn shipped() -> Keymap {
        Keymap::new(&BTreeMap::new()).unwrap()
    }

    fn key(text: &str) -> Key {
        text.parse().unwrap()
    }

    #[test]
    fn no_key_has_two_meanings_and_every_action_has_a_key() {
        let keymap = shipped();
        for info in ACTIONS {
            let anywhere = [Scope::List, Scope::Detail, Scope::Overview];
            let keys = anywhere
                .iter()
                .any(|scope| !keymap.keys_of(*scope, info.action).is_empty());
            assert!(keys, "{} has no key", info.name);
            assert_eq!(info.name.parse::<Action>().unwrap(), info.action);
            assert_eq!(info.action.info().name, info.name);
        }
    }

    #[test]
    fn a_longer_key_waits_for_its_rest() {
        let keymap = shipped();
        assert_eq!(keymap.find(Scope::List, &[key("y")]), Found::More);
        assert_eq!(
            keymap.find(Scope::List, &[key("y"), key("i")]),
            Found::Action(Action::CopyId)
        );
        assert_eq!(
            keymap.find(Scope::List, &[key("y"), key("x")]),
            Found::Nothing
        );
        assert_eq!(keymap.continuations(Scope::List, &[key("y")]).len(), 7);
        let shifted = Key::from(KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT));
        assert_eq!(
            keymap.find(Scope::List, &[shifted]),
            Found::Action(Action::Bottom)
        );
    }

    #[test]
    fn keys_can_be_changed_and_clashes_are_named() {
        let change = |name: &str, keys: &[&str]| {
            let keys = keys.iter().map(|key| (*key).to_owned()).collect();
            Keymap::new(&BTreeMap::from([(name.to_owned(), keys)]))
        };
        let keymap = change("quit", &["ctrl-q", "f10"]).unwrap();
        assert_eq!(keymap.keys_of(Scope::List, Action::Quit), ["Ctrl-Q", "F10"]);
        assert_eq!(keymap.find(Scope::List, &[key("q")]), Found::Nothing);
        // Shipped with one key in lists and another in details.
        let keymap = change("same_host", &["f5"]).unwrap();
        for scope in [Scope::List, Scope::Detail] {
            assert_eq!(keymap.keys_of(scope, Action::SameHost), ["F5"]);
        }
        let clash = change("quit", &["j"]).unwrap_err().to_string();
        assert!(clash.contains("quit") && clash.contains("down"), "{clash}");
        assert!(matches!(
            change("quit", &["y"]),
            Err(KeymapError::Prefix(_))
        ));
        assert!(matches!(
            change("quit", &["hyper-x"]),
            Err(KeymapError::Key(_))
        ));
        assert!(matches!(change("fly", &["x"]), Err(KeymapError::Action(_))));
    }
}
