//! The language of texts for people, where nobody names one.

use std::env;

use super::args::LangName;
use crate::text::Lang;

/// The language asked for, or that of the locale.
pub(super) fn lang(asked: Option<LangName>) -> Lang {
    match asked {
        Some(LangName::En) => Lang::En,
        Some(LangName::De) => Lang::De,
        None => of_locale(|name| env::var(name).ok()),
    }
}

/// What POSIX asks first decides; a variable that is set to nothing is not set.
fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Lang {
    let mut names = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
    let locale = names.find_map(|name| variable(name).filter(|value| !value.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("de")) {
        Lang::De
    } else {
        Lang::En
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        for (set, expected) in [
            (&[][..], Lang::En),
            (&[("LANG", "de_DE.UTF-8")], Lang::De),
            (&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")], Lang::En),
            (&[("LANG", "en_US"), ("LC_MESSAGES", "de_AT")], Lang::De),
            (&[("LANG", "de"), ("LC_ALL", "")], Lang::De),
            (&[("LANG", "fr_FR.UTF-8")], Lang::En),
        ] {
            let variable = |asked: &str| {
                let found = set.iter().find(|(name, _)| *name == asked);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(of_locale(variable), expected, "{set:?}");
        }
    }
}
