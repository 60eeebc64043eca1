//! Limits of decompression, against decompression bombs.
//!
//! Memory is bounded anyway, but time and the number of lines are not. A log compresses to a tenth or a
//! sixtieth, a very repetitive one to a two-hundredth; bombs compress to a thousandth and less.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::memrchr;

/// Limits of one compressed input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of text below which the ratio is not checked.
    pub floor: u64,
    /// Bytes of text per compressed byte.
    pub ratio: u64,
    /// Bytes of one line.
    pub line: u64,
}

/// The limits for inputs.
pub(super) const LIMITS: Limits = Limits {
    floor: 256 << 20,
    ratio: 400,
    line: 32 << 20,
};

/// No limits, for text that was already loaded within [`LIMITS`]. Where exactly the limits apply depends on the
/// size of the reads, so a second read could fail where the first did not.
pub(super) const NO_LIMITS: Limits = Limits {
    floor: u64::MAX,
    ratio: u64::MAX,
    line: u64::MAX,
};

/// Reader that fails when the text exceeds its limits.
pub(super) struct Limited<R> {
    text: R,
    packed: Arc<AtomicU64>,
    limits: Limits,
    bytes: u64,
    line: u64,
}

impl<R: Read> Limited<R> {
    /// `packed` counts the compressed bytes read so far.
    pub(super) fn new(text: R, packed: Arc<AtomicU64>, limits: Limits) -> Self {
        Self {
            text,
            packed,
            limits,
            bytes: 0,
            line: 0,
        }
    }

    fn check(&self) -> io::Result<()> {
        let Limits { floor, ratio, line } = self.limits;
        let packed = self.packed.load(Ordering::Relaxed);
        let limit = if self.line > line {
            format!("a line of more than {} MiB", line >> 20)
        } else if self.bytes > floor && self.bytes / packed.max(1) >= ratio {
            format!(
                "{} MiB out of {packed} bytes, more than {ratio} for one",
                floor >> 20
            )
        } else {
            return Ok(());
        };
        let text = format!("it unpacks to {limit}, as no log does (a decompression bomb?)");
        Err(io::Error::new(io::ErrorKind::InvalidData, text))
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let read = self.text.read(buf)?;
        let text = buf.get(..read).unwrap_or_default();
        self.bytes += read as u64;
        self.line = match memrchr(b'\n', text) {
            Some(at) => (text.len() - at - 1) as u64,
            None => self.line + read as u64,
        };
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], packed: u64) -> (usize, Option<String>) {
        let limits = Limits {
            floor: 1 << 20,
            ratio: 100,
            line: 2 << 20,
        };
        let packed = Arc::new(AtomicU64::new(packed));
        let mut limited = Limited::new(text, packed, limits);
        let (mut piece, mut length) = (vec![0; 64 << 10], 0);
        loop {
            match limited.read(&mut piece) {
                Ok(0) => return (length, None),
                Ok(read) => length += read,
                Err(error) => return (length, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn bombs_end_and_logs_do_not() {
        let lines = b"\n".repeat(4 << 20);
        let (length, error) = read(&lines, 3000);
        assert!(((1 << 20)..=(2 << 20)).contains(&length), "{length}");
        assert!(
            error
                .unwrap()
                .contains("1 MiB out of 3000 bytes, more than 100 for one")
        );
        assert_eq!(read(&lines, 60_000), (4 << 20, None));
        let zeros = vec![0; 4 << 20];
        let (length, error) = read(&zeros, 1 << 20);
        assert!(((2 << 20)..=(3 << 20)).contains(&length), "{length}");
        assert!(error.unwrap().contains("a line of more than 2 MiB"));
        // Small things may shrink as they like.
        assert_eq!(read(&vec![0; 1 << 20], 1), (1 << 20, None));
    }
}
