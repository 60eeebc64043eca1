//! A file that appears whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Why an output file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The output is one of the inputs.
    #[error("{}: is an input; give another file with -o", path.display())]
    Input {
        /// The output as given.
        path: PathBuf,
    },
    /// The file could not be created, written or put in its place.
    #[error("{}: cannot write: {source}", path.display())]
    Write {
        /// The output as given.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// A file that is written beside its place and moved there by [`OutputFile::finish`]. Dropped before
/// that, it leaves no trace. What is no regular file, such as a pipe, is written directly.
pub struct OutputFile {
    given: PathBuf,
    writer: Writer,
}

enum Writer {
    Beside {
        temporary: BufWriter<NamedTempFile>,
        place: PathBuf,
    },
    Direct(BufWriter<File>),
}

/// A file's identity, whatever its path.
fn identity(meta: &fs::Metadata) -> (u64, u64) {
    (meta.dev(), meta.ino())
}

impl OutputFile {
    /// Starts writing; fails when `path` is one of `inputs` under whatever name.
    pub fn create(path: &Path, inputs: &[fs::Metadata]) -> Result<Self, OutputError> {
        let there = fs::metadata(path).ok();
        if let Some(there) = &there
            && inputs.iter().any(|own| identity(own) == identity(there))
        {
            return Err(OutputError::Input {
                path: path.to_owned(),
            });
        }
        let writer = match there {
            Some(there) if !there.is_file() => direct(path),
            there => beside(path, there.as_ref()),
        };
        let given = path.to_owned();
        match writer {
            Ok(writer) => Ok(Self { given, writer }),
            Err(source) => Err(OutputError::Write {
                path: given,
                source,
            }),
        }
    }

    /// The file as long as it is not in its place; `None` for what is written directly.
    pub fn temporary(&self) -> Option<&Path> {
        match &self.writer {
            Writer::Beside { temporary, .. } => Some(temporary.get_ref().path()),
            Writer::Direct(_) => None,
        }
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<(), OutputError> {
        let done = match self.writer {
            Writer::Direct(mut file) => file.flush(),
            Writer::Beside { temporary, place } => {
                let file = temporary
                    .into_inner()
                    .map_err(io::IntoInnerError::into_error);
                file.and_then(|file| file.persist(place).map(drop).map_err(|error| error.error))
            }
        };
        done.map_err(|source| OutputError::Write {
            path: self.given,
            source,
        })
    }
}

fn direct(path: &Path) -> io::Result<Writer> {
    let file = File::options().write(true).open(path)?;
    Ok(Writer::Direct(BufWriter::new(file)))
}

fn beside(path: &Path, there: Option<&fs::Metadata>) -> io::Result<Writer> {
    // A symbolic link stays one: the file it leads to is replaced.
    let place = if there.is_some() {
        fs::canonicalize(path)?
    } else {
        path.to_owned()
    };
    let dir = place.parent().filter(|dir| !dir.as_os_str().is_empty());
    let mode = there.map_or(0o666, |there| there.permissions().mode());
    let temporary = tempfile::Builder::new()
        .prefix(".hopgrade-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(dir.unwrap_or(Path::new(".")))?;
    Ok(Writer::Beside {
        temporary: BufWriter::new(temporary),
        place,
    })
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Writer::Beside { temporary, .. } => temporary.write(bytes),
            Writer::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Beside { temporary, .. } => temporary.flush(),
            Writer::Direct(file) => file.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut dropped = OutputFile::create(&path, &[]).unwrap();
        dropped.write_all(b"half").unwrap();
        drop(dropped);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        let mut whole = OutputFile::create(&path, &[]).unwrap();
        whole.write_all(b"new").unwrap();
        whole.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_input_is_known_under_any_name() {
        let dir = tempfile::tempdir().unwrap();
        let input = dir.path().join("mainlog");
        fs::write(&input, "log").unwrap();
        let other = dir.path().join("other-name");
        fs::hard_link(&input, &other).unwrap();
        let inputs = [fs::metadata(&input).unwrap()];
        let made = OutputFile::create(&other, &inputs);
        assert!(matches!(made, Err(OutputError::Input { .. })));
        assert_eq!(fs::read_to_string(&input).unwrap(), "log");
    }

    #[test]
    fn a_link_is_followed_and_a_device_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let mut out = OutputFile::create(&link, &[]).unwrap();
        out.write_all(b"new").unwrap();
        out.finish().unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        let mut null = OutputFile::create(Path::new("/dev/null"), &[]).unwrap();
        null.write_all(b"x").unwrap();
        null.finish().unwrap();
    }
}
