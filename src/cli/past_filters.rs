//! The filters of earlier sessions, in a file of the user's.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::xdg::state_home;
use crate::query::History;

/// Number of filters that are kept, the newest.
const MOST: usize = 200;

/// The file of filters; `path` is `None` for a user without a home.
pub(super) struct PastFilters {
    path: Option<PathBuf>,
}

impl PastFilters {
    /// The file `hopgrade/filters` in [`state_home`].
    pub(super) fn open() -> Self {
        Self {
            path: state_home().map(|state| state.join("hopgrade/filters")),
        }
    }

    /// The filters in the file; none where it cannot be read.
    pub(super) fn history(&self) -> History {
        let read = self.path.as_deref().map(read);
        read.and_then(Result::ok)
            .unwrap_or_else(|| History::from_lines("", MOST))
    }

    /// Takes a filter and keeps it. Reads the file anew, for another session may have written to it.
    pub(super) fn keeper(self) -> Box<dyn FnMut(&str)> {
        Box::new(move |filter| {
            if let Some(path) = &self.path {
                // A history that cannot be kept is no reason to disturb anybody; one that cannot be read is left as it
                // is, for all of it would be lost.
                let _ = read(path).and_then(|mut history| {
                    history.push(filter);
                    save(path, &history.to_lines())
                });
            }
        })
    }
}

/// Empty where there is no file yet.
fn read(path: &Path) -> io::Result<History> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        text => text?,
    };
    Ok(History::from_lines(&text, MOST))
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
    fn filters_that_cannot_be_read_are_left_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("filters");
        let bytes = b"grade>=C\n\xff\n";
        fs::write(&path, bytes).unwrap();
        let past = || PastFilters {
            path: Some(path.clone()),
        };
        assert_eq!(past().history().newest_first().count(), 0);
        past().keeper()("to:example.org");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn without_a_home_nothing_is_kept() {
        let past = PastFilters { path: None };
        assert_eq!(past.history().newest_first().count(), 0);
        past.keeper()("grade>=C");
    }
}
