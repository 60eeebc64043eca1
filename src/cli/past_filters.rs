//! The filters of earlier sessions, in a file of the user's.

use std::env;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::query::History;

/// Filters that are kept.
const MOST: usize = 200;

/// Where they are kept; nowhere without a home.
pub(super) struct PastFilters {
    path: Option<PathBuf>,
}

impl PastFilters {
    /// `$XDG_STATE_HOME/hopgrade/filters`, by default below `~/.local/state` (XDG Base Directory
    /// Specification 0.8).
    pub(super) fn open() -> Self {
        let absolute = |name| {
            env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let state = absolute("XDG_STATE_HOME");
        let state = state.or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
        Self {
            path: state.map(|state| state.join("hopgrade/filters")),
        }
    }

    /// What is there; nothing where the file cannot be read.
    pub(super) fn history(&self) -> History {
        let text = self
            .path
            .as_ref()
            .and_then(|path| fs::read_to_string(path).ok());
        History::from_lines(&text.unwrap_or_default(), MOST)
    }

    /// Takes a filter and keeps it. Reads the file anew, for another session may have written to it.
    pub(super) fn keeper(self) -> Box<dyn FnMut(&str)> {
        Box::new(move |filter| {
            let mut history = self.history();
            history.push(filter);
            if let Some(path) = &self.path {
                // A history that cannot be kept is no reason to disturb anybody.
                let _ = save(path, &history.to_lines());
            }
        })
    }
}

/// Filters name people, so the file is for its owner's eyes.
fn save(path: &Path, text: &str) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_there_in_the_next_session_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hopgrade/filters");
        let past = || PastFilters {
            path: Some(path.clone()),
        };
        past().keeper()("grade>=C");
        past().keeper()("to:example.org");
        let history = past().history();
        let kept: Vec<&str> = history.newest_first().collect();
        assert_eq!(kept, ["to:example.org", "grade>=C"]);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn without_a_home_nothing_is_kept() {
        let past = PastFilters { path: None };
        assert_eq!(past.history().newest_first().count(), 0);
        past.keeper()("grade>=C");
    }
}
