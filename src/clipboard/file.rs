//! Writes a text to a file, which works where no clipboard does.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::Builder;
use thiserror::Error;

use crate::text::Clean;

/// Why a text was not written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The file exists, and is not overwritten.
    #[error("{} is already there", path.display())]
    Exists {
        /// Path of the file.
        path: PathBuf,
    },
    /// Error of the file system.
    #[error("{}: {source}", path.display())]
    Io {
        /// Path of the file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
}

/// Writes a text to a new file, atomically. A missing line end is added.
///
/// # Errors
/// Fails when the file exists or cannot be created.
pub fn write_to_file(path: &Path, text: &Clean) -> Result<(), WriteError> {
    write(path, text).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => WriteError::Exists {
            path: path.to_owned(),
        },
        _ => WriteError::Io {
            path: path.to_owned(),
            source,
        },
    })
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    // As for any new file, the umask applies.
    let usual = Permissions::from_mode(0o666);
    let mut file = Builder::new()
        .permissions(usual)
        .tempfile_in(folder.unwrap_or_else(|| Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    file.persist_noclobber(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_new_file_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evidence.txt");
        write_to_file(&path, &Clean::block("one\ntwo")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        // A file created with the same umask.
        fs::write(folder.path().join("usual"), "").unwrap();
        let mode = |name: &str| {
            fs::metadata(folder.path().join(name))
                .unwrap()
                .permissions()
        };
        assert_eq!(mode("evidence.txt"), mode("usual"));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            2,
            "no temporary file stays"
        );
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("there");
        fs::write(&path, "mine").unwrap();
        let refused = write_to_file(&path, &Clean::line("new")).unwrap_err();
        assert!(matches!(refused, WriteError::Exists { .. }), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_told() {
        let refused = write_to_file(Path::new("/nonexistent/x"), &Clean::line("")).unwrap_err();
        assert!(refused.to_string().starts_with("/nonexistent/x: "));
    }
}
