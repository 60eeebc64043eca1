//! The files that evidence rests on, with their checksums.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as given.
    pub path: PathBuf,
    /// SHA-256 of the file in hexadecimal digits; `None` where there is no file.
    pub sha256: Option<String>,
}

impl Source {
    /// A file with its checksum as it is on the disk now.
    pub fn hashed(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            sha256: sha256(path).ok(),
        }
    }

    /// A file without its checksum.
    pub fn unhashed(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            sha256: None,
        }
    }
}

fn sha256(path: &Path) -> io::Result<String> {
    // Asked first: to open a pipe would wait for somebody to write into it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
    let digest = hasher.finalize();
    let mut digits = String::with_capacity(2 * digest.len());
    for byte in digest {
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_has_a_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "abc").unwrap();
        assert_eq!(
            Source::hashed(&path).sha256.as_deref(),
            Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
        assert_eq!(Source::hashed(folder.path()).sha256, None);
        assert_eq!(Source::hashed(&folder.path().join("none")).sha256, None);
    }
}
