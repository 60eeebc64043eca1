//! From the PATH arguments to the list of inputs.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::SourceError;

/// One input to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
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
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
            Self::Bundled { name, .. } => (*name).to_owned(),
        }
    }
}

/// Expands the PATH arguments: files stay, directories give the files in them (a Maildir those in
/// `cur` and `new`), `-` is standard input. Order is kept, but for the files of one rotation, which come
/// oldest first: a shell writes `mainlog*` the other way round. Files of a directory come sorted by name.
pub fn expand(paths: &[PathBuf]) -> (Vec<Input>, Vec<SourceError>) {
    let (mut inputs, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            if !inputs.contains(&Input::Stdin) {
                inputs.push(Input::Stdin);
            }
        } else if path.is_dir() {
            match directory_files(path) {
                Ok(files) if files.is_empty() => {
                    errors.push(SourceError::EmptyDirectory { path: path.clone() });
                }
                Ok(files) => inputs.extend(files.into_iter().map(Input::File)),
                Err(source) => errors.push(SourceError::Open {
                    path: path.clone(),
                    source,
                }),
            }
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
        if let Input::File(path) = input {
            places.entry(rotation(path).0).or_default().push(place);
        }
    }
    for places in places.into_values().filter(|places| places.len() > 1) {
        let files = places.iter().filter_map(|&place| match inputs.get(place) {
            Some(Input::File(path)) => Some(path.clone()),
            _ => None,
        });
        let mut files: Vec<PathBuf> = files.collect();
        files.sort_by_key(|path| std::cmp::Reverse(rotation(path).1));
        for (place, path) in places.into_iter().zip(files) {
            if let Some(input) = inputs.get_mut(place) {
                *input = Input::File(path);
            }
        }
    }
}

/// The log that a file is a part of, and how old the part is: the number of `mainlog.2.gz`; more for an
/// earlier day of `mainlog-20240501`; 0 for the log itself.
fn rotation(path: &Path) -> (PathBuf, u32) {
    let packed = path.extension().is_some_and(|end| {
        let known = ["gz", "xz", "zst", "bz2"];
        known.iter().any(|known| end == *known)
    });
    let plain = if packed {
        path.with_extension("")
    } else {
        path.to_owned()
    };
    let name = plain.file_name().and_then(|name| name.to_str());
    let Some((log, mark)) = name.and_then(|name| name.rsplit_once(['.', '-'])) else {
        return (plain, 0);
    };
    let age = match mark.parse::<u32>() {
        Ok(day) if mark.len() == 8 => u32::MAX - day,
        Ok(number) if mark.len() <= 4 => number,
        _ => return (plain, 0),
    };
    (plain.with_file_name(log), age)
}

fn directory_files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let is_maildir = dir.join("cur").is_dir() && dir.join("new").is_dir();
    if is_maildir {
        for part in ["new", "cur"] {
            files.extend(plain_files(&dir.join(part))?);
        }
    } else {
        files = plain_files(dir)?;
    }
    files.sort();
    Ok(files)
}

fn plain_files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
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
    fn a_directory_gives_its_files_by_name_and_skips_hidden_ones() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.eml", "a.eml", ".hidden"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        let (inputs, errors) = expand(&[dir.path().to_owned()]);
        assert!(errors.is_empty());
        let names: Vec<_> = inputs
            .iter()
            .map(|input| input.label().rsplit('/').next().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["a.eml", "b.eml"]);
    }

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
    fn a_maildir_gives_new_and_cur() {
        let dir = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            fs::create_dir(dir.path().join(part)).unwrap();
            fs::write(dir.path().join(part).join("1.host"), "x").unwrap();
        }
        let (inputs, _) = expand(&[dir.path().to_owned()]);
        assert_eq!(inputs.len(), 2);
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
