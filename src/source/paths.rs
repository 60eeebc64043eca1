//! Expands the PATH arguments to the list of inputs.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::directory::walk;
use super::rotation::rotation;
use super::{SourceError, Stop};

/// One input to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file named by the user.
    File(PathBuf),
    /// A file found in a directory. If it is neither log nor message, it is passed over without an error.
    Found(PathBuf),
    /// A file in a Maildir: always read as one message.
    Message(PathBuf),
    /// Standard input (`-`).
    Stdin,
    /// Text that is compiled into the program.
    Bundled {
        /// Path shown in tables and messages.
        name: &'static str,
        /// Text of the input.
        bytes: &'static [u8],
    },
}

impl Input {
    /// Path as shown in tables and messages.
    pub fn label(&self) -> String {
        match self {
            Self::File(path) | Self::Found(path) | Self::Message(path) => {
                path.display().to_string()
            }
            Self::Stdin => "-".to_owned(),
            Self::Bundled { name, .. } => (*name).to_owned(),
        }
    }

    /// Path of the file; `None` for standard input and bundled text.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Found(path) | Self::Message(path) => Some(path),
            Self::Stdin | Self::Bundled { .. } => None,
        }
    }

    /// True for a file that was found in a directory, not named by the user.
    pub const fn is_found(&self) -> bool {
        matches!(self, Self::Found(_) | Self::Message(_))
    }
}

/// What the user wants to have loaded.
#[derive(Debug)]
pub enum Given {
    /// PATH arguments, not yet expanded. Expansion happens on the loading thread, since a directory may hold
    /// tens of thousands of files or lie on a slow network.
    Paths(Vec<PathBuf>),
    /// Inputs in load order, and the errors met while looking for them.
    Inputs(Vec<Input>, Vec<SourceError>),
}

impl Given {
    /// The inputs, and the directories that could not be listed or are empty. The list is cut short when `stop`
    /// returns true.
    pub fn expand(self, stop: &Stop) -> (Vec<Input>, Vec<SourceError>) {
        match self {
            Self::Paths(paths) => expand(&paths, stop),
            Self::Inputs(inputs, errors) => (inputs, errors),
        }
    }
}

impl Default for Given {
    fn default() -> Self {
        Self::Inputs(Vec::new(), Vec::new())
    }
}

impl From<Vec<Input>> for Given {
    fn from(inputs: Vec<Input>) -> Self {
        Self::Inputs(inputs, Vec::new())
    }
}

/// Expands the PATH arguments. A file stays; a directory is replaced by the files in it and below it (a Maildir
/// by its messages and folders); `-` is standard input. The order is kept, except that files of one rotation
/// come oldest first: a shell expands `mainlog*` the other way round. Cut short when `stop` returns true.
fn expand(paths: &[PathBuf], stop: &Stop) -> (Vec<Input>, Vec<SourceError>) {
    let (mut inputs, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            if !inputs.contains(&Input::Stdin) {
                inputs.push(Input::Stdin);
            }
        } else if path.is_dir() {
            let mut found = walk(path, stop);
            if found.inputs.is_empty() && found.errors.is_empty() && !stop() {
                errors.push(SourceError::EmptyDirectory { path: path.clone() });
            }
            inputs.append(&mut found.inputs);
            errors.append(&mut found.errors);
        } else {
            inputs.push(Input::File(path.clone()));
        }
    }
    oldest_first(&mut inputs);
    (inputs, errors)
}

/// Sorts the files of each rotation by age, within the positions these files have in `inputs`.
fn oldest_first(inputs: &mut [Input]) {
    let mut positions: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    for (position, input) in inputs.iter().enumerate() {
        if let Input::File(path) | Input::Found(path) = input {
            positions
                .entry(rotation(path).0)
                .or_default()
                .push(position);
        }
    }
    for positions in positions
        .into_values()
        .filter(|positions| positions.len() > 1)
    {
        let parts = positions
            .iter()
            .filter_map(|&position| inputs.get(position).cloned());
        let mut parts: Vec<Input> = parts.collect();
        parts.sort_by_cached_key(|part| part.path().map(|path| rotation(path).1));
        for (position, part) in positions.into_iter().zip(parts) {
            if let Some(input) = inputs.get_mut(position) {
                *input = part;
            }
        }
    }
}

/// Paths at which mail hosts usually write their logs, the likeliest first.
pub const USUAL_LOGS: [&str; 7] = [
    "/var/log/exim4/mainlog",
    "/var/log/exim/mainlog",
    "/var/log/exim/main.log",
    "/var/log/exim_mainlog",
    "/var/spool/exim/log/mainlog",
    "/var/log/mail.log",
    "/var/log/maillog",
];

/// The paths of [`USUAL_LOGS`] that can be opened on this host.
pub fn usual_logs() -> Vec<PathBuf> {
    USUAL_LOGS
        .iter()
        .map(PathBuf::from)
        .filter(|path| fs::File::open(path).is_ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn never() -> Stop {
        Arc::new(|| false)
    }

    #[test]
    fn a_rotated_log_comes_oldest_first() {
        let ordered = |names: &[&str]| {
            let paths: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
            let (inputs, _) = Given::Paths(paths).expand(&never());
            inputs.iter().map(Input::label).collect::<Vec<_>>()
        };
        assert_eq!(
            ordered(&[
                "x/mainlog",
                "x/mainlog.1",
                "b.eml",
                "x/mainlog.10.gz",
                "x/mainlog.2.gz",
                "a.eml"
            ]),
            [
                "x/mainlog.10.gz",
                "x/mainlog.2.gz",
                "b.eml",
                "x/mainlog.1",
                "x/mainlog",
                "a.eml"
            ]
        );
        assert_eq!(
            ordered(&[
                "mainlog",
                "mainlog-20240501",
                "mainlog-20240430.xz",
                "y/mainlog.1"
            ]),
            [
                "mainlog-20240430.xz",
                "mainlog-20240501",
                "mainlog",
                "y/mainlog.1"
            ]
        );
    }

    #[test]
    fn an_empty_directory_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let given = Given::Paths(vec![
            dir.path().to_owned(),
            PathBuf::from("-"),
            PathBuf::from("-"),
        ]);
        let (inputs, errors) = given.expand(&never());
        assert_eq!(inputs, [Input::Stdin]);
        assert!(matches!(errors[..], [SourceError::EmptyDirectory { .. }]));
    }

    #[test]
    fn a_walk_that_was_ended_says_nothing_of_what_it_did_not_see() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mainlog"), "x").unwrap();
        let given = Given::Paths(vec![dir.path().to_owned()]);
        let (inputs, errors) = given.expand(&(Arc::new(|| true) as Stop));
        assert!(inputs.is_empty() && errors.is_empty());
    }
}
