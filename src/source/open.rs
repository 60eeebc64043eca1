//! Opens an input and decompresses it by its magic bytes, whatever its name says.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use super::SourceError;
use super::compression::Compression;
use super::encoding::Text;
use super::limits::{LIMITS, Limited, Limits, NO_LIMITS};
use super::members::Members;
use super::peeked::{BUFFER_BYTES, Peeked};
use super::stream::{Quiet, Stop, Stream};

/// An opened input: a stream of plain text.
pub struct Opened {
    /// The decompressed text from its start: UTF-8 or what resembles it, lines that end in a line feed.
    pub reader: Box<dyn Read + Send>,
    /// How it was packed.
    pub compression: Compression,
    /// Size on disk in bytes, where known.
    pub disk_bytes: Option<u64>,
    /// True when the same bytes can be read again at the same offsets: a plain file.
    pub rereadable: bool,
    /// Of a pipe or a device, which may give its text bit by bit: whether there is nothing more right now.
    pub quiet: Option<Quiet>,
}

impl Opened {
    /// True when the text can be had again, if only from its beginning: a regular file.
    pub const fn reopens(&self) -> bool {
        self.disk_bytes.is_some()
    }
}

/// Opens a file, a named pipe or a device. Waiting for a pipe ends when `stop` says so.
pub fn open(path: &Path, stop: &Stop) -> Result<Opened, SourceError> {
    open_within(path, stop, LIMITS).map_err(|source| SourceError::Open {
        path: path.to_owned(),
        source,
    })
}

/// The text of a regular file that was read before, for whoever reads no more of it than there was then.
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

/// Opens standard input. Waiting for it ends when `stop` says so.
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

/// Opens text that comes with the program.
pub fn open_bundled(bytes: &'static [u8]) -> Opened {
    Opened {
        reader: Box::new(bytes),
        compression: Compression::None,
        disk_bytes: None,
        rereadable: false,
        quiet: None,
    }
}

type Unpacked = (Text<Box<dyn Read + Send>>, Compression);

fn unpack(mut source: Peeked<impl Read + Send + 'static>, limits: Limits) -> io::Result<Unpacked> {
    let compression = Compression::detect(source.peek(6)?);
    let taken = source.taken();
    let text: Box<dyn Read + Send> = match compression {
        Compression::None => Box::new(source),
        packed => Box::new(Limited::new(Members::new(source, packed), taken, limits)),
    };
    Ok((Text::new(text), compression))
}

#[cfg(test)]
mod tests;
