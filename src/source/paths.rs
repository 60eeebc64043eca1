//! From the PATH arguments to the list of inputs.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::SourceError;
use super::directory::walk;
use super::rotation::rotation;

/// One input to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file that was named.
    File(PathBuf),
    /// A file in a directory that was named: if it is neither log nor message, it was not meant.
    Found(PathBuf),
    /// A file of a Maildir: one message, whatever stands in it.
    Message(PathBuf),
    /// Standard input (`-`).
    Stdin,
    /// Text that comes with the program.
    Bundled {
        /// The path that tables and messages show.
        name: &'static str,
        /// The text.
        bytes: &'static [u8],
    },
}

impl Input {
    /// The path as shown in tables and messages.
    pub fn label(&self) -> String {
        match self {
            Self::File(path) | Self::Found(path) | Self::Message(path) => {
                path.display().to_string()
            }
            Self::Stdin => "-".to_owned(),
            Self::Bundled { name, .. } => (*name).to_owned(),
        }
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Found(path) | Self::Message(path) => Some(path),
            Self::Stdin | Self::Bundled { .. } => None,
        }
    }

    /// True for what nobody named by itself.
    pub const fn is_found(&self) -> bool {
        matches!(self, Self::Found(_) | Self::Message(_))
    }
}

/// Expands the PATH arguments: files stay, directories give what is in them and in the directories below
/// (a Maildir its messages and folders), `-` is standard input. Order is kept, but for the files of one
/// rotation, which come oldest first: a shell writes `mainlog*` the other way round.
pub fn expand(paths: &[PathBuf]) -> (Vec<Input>, Vec<SourceError>) {
    let (mut inputs, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            if !inputs.contains(&Input::Stdin) {
                inputs.push(Input::Stdin);
            }
        } else if path.is_dir() {
            let mut found = walk(path);
            if found.inputs.is_empty() && found.errors.is_empty() {
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

/// Puts the files of each rotation in the order in which they were written, in the places they have.
fn oldest_first(inputs: &mut [Input]) {
    let mut places: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    for (place, input) in inputs.iter().enumerate() {
        if let Input::File(path) | Input::Found(path) = input {
            places.entry(rotation(path).0).or_default().push(place);
        }
    }
    for places in places.into_values().filter(|places| places.len() > 1) {
        let parts = places
            .iter()
            .filter_map(|&place| inputs.get(place).cloned());
        let mut parts: Vec<Input> = parts.collect();
        parts.sort_by_cached_key(|part| part.path().map(|path| rotation(path).1));
        for (place, part) in places.into_iter().zip(parts) {
            if let Some(input) = inputs.get_mut(place) {
                *input = part;
            }
        }
    }
}

/// The places where a mail host usually keeps its logs, the likeliest first.
pub const USUAL_LOGS: [&str; 7] = [
    "/var/log/exim4/mainlog",
    "/var/log/exim/mainlog",
    "/var/log/exim/main.log",
    "/var/log/exim_mainlog",
    "/var/spool/exim/log/mainlog",
    "/var/log/mail.log",
    "/var/log/maillog",
];

/// Those of [`USUAL_LOGS`] that can be read here.
pub fn usual_logs() -> Vec<PathBuf> {
    USUAL_LOGS
        .iter()
        .map(PathBuf::from)
        .filter(|path| fs::File::open(path).is_ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_log_comes_oldest_first() {
        let ordered = |names: &[&str]| {
            let paths: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
            let (inputs, _) = expand(&paths);
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
        let (inputs, errors) = expand(&[
            dir.path().to_owned(),
            PathBuf::from("-"),
            PathBuf::from("-"),
        ]);
        assert_eq!(inputs, [Input::Stdin]);
        assert!(matches!(errors[..], [SourceError::EmptyDirectory { .. }]));
    }
}
