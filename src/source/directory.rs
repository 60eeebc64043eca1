//! Lists the inputs in a directory: its files, the messages of a Maildir, and those of its sub-directories.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::paths::Input;
use super::{SourceError, Stop};

/// Depth to which sub-directories are read. Mail stores of providers are up to five deep.
pub(super) const LEVELS: usize = 8;

/// Collects what a directory holds.
pub(super) struct Walk {
    stop: Stop,
    /// Inputs; the files of a directory come before those of its sub-directories.
    pub inputs: Vec<Input>,
    /// Errors of directories that could not be listed.
    pub errors: Vec<SourceError>,
}

/// Inputs in `dir` and below it, to a depth of [`LEVELS`].
///
/// Hidden names are left out, except for the folders of a Maildir. Symbolic links to files are followed, links
/// to directories are not, since they could form a loop. Cut short when `stop` returns true.
pub(super) fn walk(dir: &Path, stop: &Stop) -> Walk {
    let mut walk = Walk {
        stop: Stop::clone(stop),
        inputs: Vec::new(),
        errors: Vec::new(),
    };
    walk.directory(dir, LEVELS);
    walk
}

impl Walk {
    fn directory(&mut self, dir: &Path, levels: usize) {
        if (self.stop)() {
            return;
        }
        let is_maildir = dir.join("cur").is_dir() && dir.join("new").is_dir();
        let listed = list(dir, is_maildir, &self.stop);
        let (mut files, mut directories) = match listed {
            Ok(listed) => listed,
            Err(source) => {
                self.errors.push(SourceError::Open {
                    path: dir.to_owned(),
                    source,
                });
                return;
            }
        };
        files.sort_by_cached_key(|path| by_number(path));
        directories.sort();
        if is_maildir {
            // Other files in a Maildir belong to the server, and messages in tmp are not delivered yet.
            directories.retain(|path| {
                !["cur", "new", "tmp"]
                    .iter()
                    .any(|name| path.ends_with(name))
            });
            self.messages(&dir.join("cur"));
            self.messages(&dir.join("new"));
        } else {
            self.inputs.extend(files.into_iter().map(Input::Found));
        }
        if levels > 0 {
            for path in directories {
                self.directory(&path, levels - 1);
            }
        }
    }

    fn messages(&mut self, dir: &Path) {
        match list(dir, false, &self.stop) {
            Ok((mut files, _)) => {
                files.sort();
                self.inputs.extend(files.into_iter().map(Input::Message));
            }
            Err(source) => self.errors.push(SourceError::Open {
                path: dir.to_owned(),
                source,
            }),
        }
    }
}

/// Files and sub-directories of `dir`.
fn list(
    dir: &Path,
    hidden_directories: bool,
    stop: &Stop,
) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut directories) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(dir)? {
        if stop() {
            break;
        }
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let kind = entry.file_type()?;
        if kind.is_dir() && (!hidden || hidden_directories) {
            directories.push(entry.path());
        } else if !hidden && (kind.is_file() || kind.is_symlink() && leads_to_file(&entry)) {
            files.push(entry.path());
        }
    }
    Ok((files, directories))
}

fn leads_to_file(link: &DirEntry) -> bool {
    link.path().is_file()
}

/// Sort key: names that are numbers, as in an MH folder, by value and before all others.
fn by_number(path: &Path) -> (u64, PathBuf) {
    let name = path.file_name().and_then(|name| name.to_str());
    let number = name.and_then(|name| name.parse().ok());
    (number.unwrap_or(u64::MAX), path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::sync::Arc;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        dir
    }

    fn never() -> Stop {
        Arc::new(|| false)
    }

    fn found(dir: &Path) -> Vec<String> {
        let walk = walk(dir, &never());
        assert!(walk.errors.is_empty());
        let name = |input: &Input| {
            let path = input.path().unwrap().strip_prefix(dir).unwrap();
            path.display().to_string()
        };
        walk.inputs.iter().map(name).collect()
    }

    #[test]
    fn files_by_name_or_number_and_then_the_directories() {
        let dir = tree(&[
            "b.eml",
            "a.eml",
            ".hidden",
            ".git/x",
            "inbox/10",
            "inbox/9",
            "inbox/deep/1",
        ]);
        assert_eq!(
            found(dir.path()),
            ["a.eml", "b.eml", "inbox/9", "inbox/10", "inbox/deep/1"]
        );
    }

    #[test]
    fn a_maildir_gives_its_messages_and_folders() {
        let dir = tree(&[
            "cur/1.M1P2.host,S=120,W=130:2,S",
            "new/2.M1P2.host",
            "tmp/3.host",
            "dovecot-uidlist",
            "dovecot.index.cache",
            ".Sent/cur/4.host:2,",
            ".Sent/new/5.host",
            ".Sent/maildirfolder",
            ".Archive.2020/cur/6.host:2,RS",
            ".Archive.2020/new/.keep",
            "Trash/cur/7.host:2,T",
            "Trash/new/8.host",
        ]);
        assert_eq!(
            found(dir.path()),
            [
                "cur/1.M1P2.host,S=120,W=130:2,S",
                "new/2.M1P2.host",
                ".Archive.2020/cur/6.host:2,RS",
                ".Sent/cur/4.host:2,",
                ".Sent/new/5.host",
                "Trash/cur/7.host:2,T",
                "Trash/new/8.host",
            ]
        );
        let first = &walk(dir.path(), &never()).inputs[0];
        assert!(matches!(first, Input::Message(_)));
    }

    #[test]
    fn links_to_files_are_followed_and_circles_are_not() {
        let dir = tree(&["logs/mainlog"]);
        symlink(dir.path(), dir.path().join("logs/circle")).unwrap();
        symlink(dir.path().join("logs/mainlog"), dir.path().join("current")).unwrap();
        symlink("nowhere", dir.path().join("broken")).unwrap();
        assert_eq!(found(dir.path()), ["current", "logs/mainlog"]);
        let deep = tree(&[
            &format!("{}x", "d/".repeat(LEVELS)),
            &format!("{}x", "e/".repeat(LEVELS + 1)),
        ]);
        assert_eq!(found(deep.path()), [format!("{}x", "d/".repeat(LEVELS))]);
    }
}
