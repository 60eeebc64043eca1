//! The file of `evidence --key`: the secret key of pseudonyms.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Why a key could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    /// The file can neither be read nor made.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Something else is in the file.
    #[error("a key is 32 hexadecimal digits")]
    NoKey,
}

/// Reads the key of a file; makes one where there is no file yet.
pub(super) fn read_or_make(path: &Path) -> Result<[u8; 16], KeyError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        other => other,
    }?;
    let digits = text.trim();
    let key = u128::from_str_radix(digits, 16).ok();
    let key = key.filter(|_| digits.len() == 32).ok_or(KeyError::NoKey)?;
    Ok(key.to_be_bytes())
}

/// Makes a key that only its owner can read.
fn make(path: &Path) -> io::Result<String> {
    let mut key = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut key)?;
    let text = format!("{:032x}\n", u128::from_be_bytes(key));
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let first = read_or_make(&path).unwrap();
        assert_eq!(read_or_make(&path).unwrap(), first);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_key_is_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        for text in ["", "ff", "a log\n"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(read_or_make(&path), Err(KeyError::NoKey)));
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
