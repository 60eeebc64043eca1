//! Themes in a user's words: names, and styles such as `bold light-red on #202020`.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use thiserror::Error;

use super::{Name, Theme};
use crate::tls::Grade;

/// Why a theme of a user's making cannot be had.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ThemeError {
    /// There is no such theme.
    #[error("no theme is called {0:?}; there are dark, light, colour-blind and mono")]
    Name(String),
    /// There is no such role.
    #[error("no role is called {0:?}; there are {roles} and grade_a to grade_f, grade_s, grade_r, \
             grade_l, grade_unknown", roles = Theme::ROLES.join(", "))]
    Role(String),
    /// The style of a role is not a string.
    #[error("the style of {0:?} has to be a string such as \"bold red\"")]
    NoString(String),
    /// A word of a style is neither an attribute nor a colour.
    #[error(
        "{word:?} in the style of {role:?} is no colour (red, light-red, #d55e00, 166, default) \
         and no attribute (bold, dim, italic, underlined, reversed, plain)"
    )]
    Word {
        /// The role whose style it is.
        role: String,
        /// The word.
        word: String,
    },
}

impl FromStr for Name {
    type Err = ThemeError;

    fn from_str(name: &str) -> Result<Self, ThemeError> {
        let american = name.replace("color", "colour");
        let found = Self::ALL.into_iter().find(|each| each.as_str() == american);
        found.ok_or_else(|| ThemeError::Name(name.to_owned()))
    }
}

impl Theme {
    /// Replaces the styles of single roles: `error = "bold red"`, `grade_f = "white on red"`.
    ///
    /// # Errors
    /// At the first entry that names no role or is no style; earlier entries are in force then.
    pub fn override_with(&mut self, table: &toml::Table) -> Result<(), ThemeError> {
        for (role, value) in table {
            let text = value
                .as_str()
                .ok_or_else(|| ThemeError::NoString(role.clone()))?;
            let style = style(text).map_err(|word| ThemeError::Word {
                role: role.clone(),
                word: word.to_owned(),
            })?;
            *self
                .place(role)
                .ok_or_else(|| ThemeError::Role(role.clone()))? = style;
        }
        Ok(())
    }

    fn place(&mut self, role: &str) -> Option<&mut Style> {
        match role.strip_prefix("grade_") {
            Some("unknown") => self.grade_mut(Grade::Unknown),
            Some(letter) => self.grade_mut(Grade::from_letter(letter.parse().ok()?)?),
            None => self.role_mut(role),
        }
    }
}

/// A style in words; the word that is none is the error.
fn style(text: &str) -> Result<Style, &str> {
    let mut style = Style::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        style = match word {
            "plain" => style,
            "bold" => style.add_modifier(Modifier::BOLD),
            "dim" => style.add_modifier(Modifier::DIM),
            "italic" => style.add_modifier(Modifier::ITALIC),
            "underlined" => style.add_modifier(Modifier::UNDERLINED),
            "reversed" => style.add_modifier(Modifier::REVERSED),
            "on" => style.bg(colour(words.next().unwrap_or(word))?),
            _ => style.fg(colour(word)?),
        };
    }
    Ok(style)
}

fn colour(word: &str) -> Result<Color, &str> {
    match word {
        "default" => Ok(Color::Reset),
        _ => word.parse().map_err(|_| word),
    }
}
