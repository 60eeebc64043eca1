//! The directories of a user by the XDG Base Directory Specification 0.8.

use std::env;
use std::path::PathBuf;

/// `$XDG_CONFIG_HOME`, by default `~/.config`; `None` without a home.
pub(super) fn config_home() -> Option<PathBuf> {
    directory("XDG_CONFIG_HOME", ".config")
}

/// `$XDG_STATE_HOME`, by default `~/.local/state`; `None` without a home.
pub(super) fn state_home() -> Option<PathBuf> {
    directory("XDG_STATE_HOME", ".local/state")
}

fn directory(variable: &str, below_home: &str) -> Option<PathBuf> {
    // The specification has relative paths ignored.
    let absolute = |name| {
        let path = env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))
}
