//! Opens an input and decompresses it; the compression is known by magic bytes, not by the file name.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use super::SourceError;
use super::compression::Compression;
use super::encoding::DecodedText;
use super::limits::{LIMITS, Limited, Limits, NO_LIMITS};
use super::members::Members;
use super::peeked::{BUFFER_BYTES, Peeked};
use super::stream::{Quiet, Stop, Stream};

/// An opened input: a stream of plain text.
pub struct Opened {
    /// Decompressed text from its first byte, as UTF-8 (possibly invalid) with line feeds as line ends.
    pub reader: Box<dyn Read + Send>,
    /// Compression of the input.
    pub compression: Compression,
    /// Size on disk in bytes; `None` for pipes, devices and bundled text.
    pub disk_bytes: Option<u64>,
    /// Whether byte offsets in `reader` are byte offsets in the file: a regular file, uncompressed and not recoded.
    pub rereadable: bool,
    /// For a pipe or device: whether no further bytes are waiting at the moment. `None` for files.
    pub quiet: Option<Quiet>,
}

impl Opened {
    /// True for a regular file: it can be opened again and read from its beginning.
    pub const fn reopens(&self) -> bool {
        self.disk_bytes.is_some()
    }
}

/// Opens a file, a named pipe or a device. A wait for a pipe ends early when `stop` returns true.
pub fn open(path: &Path, stop: &Stop) -> Result<Opened, SourceError> {
    open_within(path, stop, LIMITS).map_err(|source| SourceError::Open {
        path: path.to_owned(),
        source,
    })
}

/// Text of a regular file that was loaded before. There are no limits: the caller reads no further than the load did.
pub(super) fn text_again(file: File) -> io::Result<Box<dyn Read + Send>> {
    let (text, _) = unpack(Peeked::new(file, BUFFER_BYTES), NO_LIMITS)?;
    Ok(Box::new(text))
}

fn open_within(path: &Path, stop: &Stop, limits: Limits) -> io::Result<Opened> {
    let meta = std::fs::metadata(path)?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if meta.file_type().is_socket() {
        return Err(io::Error::other("it is a socket, which holds no text"));
    }
    if !meta.is_file() {
        let path = path.to_owned();
        return open_live(
            Stream::new(move || File::open(path), Stop::clone(stop)),
            limits,
        );
    }
    let capacity = usize::try_from(meta.len()).map_or(BUFFER_BYTES, |length| length + 1);
    let source = Peeked::new(File::open(path)?, capacity);
    let (mut text, compression) = unpack(source, limits)?;
    let rereadable = compression == Compression::None && text.is_plain();
    Ok(Opened {
        reader: Box::new(text),
        compression,
        disk_bytes: Some(meta.len()),
        rereadable,
        quiet: None,
    })
}

/// Opens standard input. A wait for it ends early when `stop` returns true.
pub fn open_stdin(stop: &Stop) -> Result<Opened, SourceError> {
    let stream = Stream::new(|| Ok(io::stdin()), Stop::clone(stop));
    open_live(stream, LIMITS).map_err(|source| SourceError::Open {
        path: "-".into(),
        source,
    })
}

fn open_live(stream: Stream, limits: Limits) -> io::Result<Opened> {
    let quiet = stream.quiet();
    let (text, compression) = unpack(Peeked::new(stream, BUFFER_BYTES), limits)?;
    Ok(Opened {
        reader: Box::new(text),
        compression,
        disk_bytes: None,
        rereadable: false,
        quiet: Some(quiet),
    })
}

/// Opens a text that is compiled into the program.
pub fn open_bundled(bytes: &'static [u8]) -> Opened {
    Opened {
        reader: Box::new(bytes),
        compression: Compression::None,
        disk_bytes: None,
        rereadable: false,
        quiet: None,
    }
}

type Unpacked = (DecodedText<Box<dyn Read + Send>>, Compression);

fn unpack(mut source: Peeked<impl Read + Send + 'static>, limits: Limits) -> io::Result<Unpacked> {
    let compression = Compression::detect(source.peek(6)?);
    let taken = source.taken();
    let text: Box<dyn Read + Send> = match compression {
        Compression::None => Box::new(source),
        packed => Box::new(Limited::new(Members::new(source, packed), taken, limits)),
    };
    Ok((DecodedText::new(text), compression))
}

#[cfg(test)]
mod tests;
