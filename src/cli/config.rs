//! What a user has set for good: keys, colours, theme, language, in one TOML file.
//!
//! ```toml
//! theme = "light"
//! lang = "de"             # of texts to send
//!
//! [keys]                 # actions as the help names them; several keys are alternatives
//! quit = ["ctrl-q", "f10"]
//!
//! [colours]              # single roles and grades of every theme
//! grade_f = "bold white on red"
//! ```

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::args::LangName;
use super::failure::Failure;
use super::xdg::config_home;
use crate::ui::theme::{Depth, Name, Theme, ThemeError};
use crate::ui::{Keymap, KeymapError};

/// The settings; every one may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    theme: Option<String>,
    /// Language of texts to send.
    pub(super) lang: Option<LangName>,
    #[serde(default)]
    keys: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    colours: toml::Table,
    /// Where it was read from, for messages.
    #[serde(skip)]
    path: PathBuf,
}

/// What is wrong with the file.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The text is no TOML, or sets something that cannot be set.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A key or an action is wrong.
    #[error(transparent)]
    Keys(#[from] KeymapError),
    /// A theme or a colour is wrong.
    #[error(transparent)]
    Theme(#[from] ThemeError),
}

impl Config {
    /// Reads `hopgrade/config.toml` in [`config_home`]. No file: nothing is set.
    pub(super) fn read() -> Result<Self, Failure> {
        config_home().map_or_else(
            || Ok(Self::default()),
            |home| Self::of(&home.join("hopgrade/config.toml")),
        )
    }

    fn of(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(path, error)),
        };
        let config: Self = toml::from_str(&text).map_err(|error| wrong(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            ..config
        })
    }

    /// The keys as shipped, with the changes.
    pub(super) fn keymap(&self) -> Result<Keymap, Failure> {
        Keymap::new(&self.keys).map_err(|error| wrong(&self.path, error))
    }

    /// The theme asked for, else the one set, else the one that the terminal tells; then the others.
    pub(super) fn themes(&self, asked: Option<Name>) -> Result<Vec<(String, Theme)>, Failure> {
        let variable = |name: &str| env::var(name).ok();
        let set = self
            .theme
            .as_ref()
            .map(|name| name.parse::<Name>())
            .transpose();
        let set = set.map_err(|error| wrong(&self.path, error))?;
        let first = asked.or(set).unwrap_or_else(|| Name::from_env(variable));
        let others = Name::ALL.into_iter().filter(|name| *name != first);
        let depth = Depth::from_env(variable);
        let dress = |name: Name| {
            let mut theme = Theme::named(name, depth);
            let changed = theme.override_with(&self.colours);
            changed.map_err(|error| wrong(&self.path, error))?;
            Ok((name.to_string(), theme))
        };
        [first].into_iter().chain(others).map(dress).collect()
    }
}

fn wrong(path: &Path, why: impl Into<ConfigError>) -> Failure {
    Failure::Config {
        path: path.to_owned(),
        source: why.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{Action, Scope};

    fn config(text: &str) -> Result<Config, Failure> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        fs::write(&path, text).unwrap();
        Config::of(&path)
    }

    #[test]
    fn keys_and_colours_are_changed() {
        let text =
            "theme = \"light\"\n[keys]\nquit = [\"ctrl-q\"]\n[colours]\ngrade_f = \"bold\"\n";
        let config = config(text).unwrap();
        let keymap = config.keymap().unwrap();
        assert_eq!(keymap.keys_of(Scope::List, Action::Quit), ["Ctrl-Q"]);
        let themes = config.themes(None).unwrap();
        assert_eq!(
            (themes[0].0.as_str(), themes.len()),
            ("light", Name::ALL.len())
        );
        assert_eq!(config.themes(Some(Name::Mono)).unwrap()[0].0, "mono");
    }

    #[test]
    fn mistakes_name_the_file_and_the_place() {
        let error = config("[keys]\nquit = \"x\"\n").unwrap_err().to_string();
        assert!(
            error.contains("config.toml") && error.contains("line 2"),
            "{error}"
        );
        assert!(config("colour = 1\n").is_err());
        assert!(config("lang = \"fr\"\n").is_err());
        assert!(matches!(
            config("lang = \"de\"\n").unwrap().lang,
            Some(LangName::De)
        ));
        let clash = config("[keys]\nquit = [\"j\"]\n").unwrap();
        assert!(clash.keymap().unwrap_err().to_string().contains("down"));
        let theme = config("theme = \"neon\"\n").unwrap();
        assert!(theme.themes(None).unwrap_err().to_string().contains("neon"));
    }

    #[test]
    fn no_file_sets_nothing() {
        let config = Config::of(Path::new("/nonexistent/config.toml")).unwrap();
        assert!(config.keymap().is_ok());
    }
}
