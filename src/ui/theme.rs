//! The look: semantic roles and grades, never bare colours.
//!
//! A role says what a text is; a theme says how that looks. Views ask for roles only. Grades are
//! told by letter, mark and word first: a theme may add colour, none relies on it.

mod builtin;
mod depth;
mod parse;

use std::fmt;

use ratatui::style::Style;

use crate::tls::Grade;

pub use depth::Depth;
pub use parse::ThemeError;

/// One table of roles: the fields, their readers and the names used in a configuration file.
macro_rules! roles {
    ($($(#[doc = $doc:literal])+ $name:ident),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        struct Roles { $($name: Style),+ }

        impl Theme {
            /// The names of all roles but the grades, as a configuration file writes them.
            pub const ROLES: &[&str] = &[$(stringify!($name)),+];

            $($(#[doc = $doc])+ pub const fn $name(&self) -> Style { self.roles.$name })+

            fn role_mut(&mut self, name: &str) -> Option<&mut Style> {
                match name {
                    $(stringify!($name) => Some(&mut self.roles.$name),)+
                    _ => None,
                }
            }
        }
    };
}

roles! {
    /// Ordinary text.
    text,
    /// What stands back: units, ages, column heads, raw lines.
    dim,
    /// The name of the program, of a view, of a section.
    title,
    /// The one accent: the bar beside the selected row, the view that is open.
    accent,
    /// The cells of the selected row, but never its grade badge.
    selection,
    /// The cells of a row that is marked for copying.
    marked,
    /// The part of a text that a search found.
    matched,
    /// A key in the footer or the help.
    key,
    /// Thin lines, among them the trust line.
    rule,
    /// Text that is being typed.
    input,
    /// How far a load has come.
    progress,
    /// What was just done.
    notice,
    /// What may be wrong.
    warning,
    /// What is wrong.
    error,
}

/// How every role and every grade looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    roles: Roles,
    /// In the order of [`Grade::ALL`].
    grades: [Style; Grade::ALL.len()],
}

/// The built-in themes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Name {
    /// The sixteen colours of the terminal, for a dark background.
    #[default]
    Dark,
    /// For a light background.
    Light,
    /// The colours of Okabe and Ito, told apart with every kind of colour vision.
    ColourBlind,
    /// No colour: bold, underlined, reversed, dim.
    Mono,
}

impl Name {
    /// Every theme, as the help lists them.
    pub const ALL: [Self; 4] = [Self::Dark, Self::Light, Self::ColourBlind, Self::Mono];

    /// The name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::ColourBlind => "colour-blind",
            Self::Mono => "mono",
        }
    }

    /// The theme of a terminal nobody chose one for.
    ///
    /// `mono` where `NO_COLOR` is set and not empty (no-color.org) or the terminal is `dumb`;
    /// `light` where `COLORFGBG` tells of a light background; else `dark`.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, test: fn(&str) -> bool| variable(name).is_some_and(|v| test(&v));
        if is("NO_COLOR", |value| !value.is_empty()) || is("TERM", |value| value == "dumb") {
            Self::Mono
        } else if is("COLORFGBG", |value| {
            value.ends_with(";7") || value.ends_with(";15")
        }) {
            Self::Light
        } else {
            Self::Dark
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Theme {
    /// A built-in theme in the colours that a terminal has.
    pub fn named(name: Name, depth: Depth) -> Self {
        match name {
            Name::Dark => builtin::dark(),
            Name::Light => builtin::light(depth),
            Name::ColourBlind => builtin::colour_blind(depth),
            Name::Mono => builtin::mono(),
        }
    }

    /// The badge of a grade: its letter and its mark.
    pub fn grade(&self, grade: Grade) -> Style {
        let place = Grade::ALL.iter().position(|each| *each == grade);
        place
            .and_then(|place| self.grades.get(place))
            .copied()
            .unwrap_or_default()
    }

    fn grade_mut(&mut self, grade: Grade) -> Option<&mut Style> {
        let place = Grade::ALL.iter().position(|each| *each == grade)?;
        self.grades.get_mut(place)
    }
}

#[cfg(test)]
mod tests;
