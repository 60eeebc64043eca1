//! Opens an input and decompresses it by its magic bytes, whatever its name says.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::SourceError;

/// How the bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// RFC 1952.
    Gzip,
    /// The xz container.
    Xz,
    /// RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
}

impl Compression {
    /// Recognises a format by the first bytes of a file.
    pub fn detect(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            _ => Self::None,
        }
    }
}

/// An opened input: a stream of plain text.
pub struct Opened {
    /// The decompressed text from its start.
    pub reader: Box<dyn Read + Send>,
    /// How it was packed.
    pub compression: Compression,
    /// Size on disk in bytes, where known.
    pub disk_bytes: Option<u64>,
    /// True when the same bytes can be read again at the same offsets: a plain file.
    pub rereadable: bool,
}

/// Opens a file.
pub fn open(path: &Path) -> Result<Opened, SourceError> {
    let fail = |source| SourceError::Open {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(fail)?;
    let meta = file.metadata().map_err(fail)?;
    if meta.is_dir() {
        return Err(fail(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let regular = meta.is_file();
    let mut opened = unpack(file).map_err(fail)?;
    opened.disk_bytes = regular.then_some(meta.len());
    opened.rereadable &= regular;
    Ok(opened)
}

/// Opens standard input.
pub fn open_stdin() -> Result<Opened, SourceError> {
    let mut opened = unpack(io::stdin()).map_err(|source| SourceError::Open {
        path: "-".into(),
        source,
    })?;
    opened.rereadable = false;
    Ok(opened)
}

/// Opens text that comes with the program.
pub fn open_bundled(bytes: &'static [u8]) -> Opened {
    Opened {
        reader: Box::new(bytes),
        compression: Compression::None,
        disk_bytes: None,
        rereadable: false,
    }
}

fn unpack(input: impl Read + Send + 'static) -> io::Result<Opened> {
    let mut reader = BufReader::with_capacity(256 * 1024, input);
    let head = reader.fill_buf()?;
    let compression = Compression::detect(head);
    let marked = head.starts_with(BYTE_ORDER_MARK);
    let plain: Box<dyn Read + Send> = match compression {
        Compression::None => Box::new(reader),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Compression::Xz => Box::new(lzma_rust2::XzReader::new(reader, true)),
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(reader)),
        Compression::Zstd => Box::new(ZstdFrames {
            source: Some(reader),
            frame: None,
        }),
    };
    Ok(Opened {
        reader: Box::new(Unmarked {
            text: plain,
            started: false,
        }),
        compression,
        disk_bytes: None,
        // Without its mark the text does not stand where it stands in the file.
        rereadable: compression == Compression::None && !marked,
    })
}

/// What some editors put before UTF-8 text. It is no part of the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text without the byte order mark at its start.
struct Unmarked<R> {
    text: R,
    started: bool,
}

impl<R: Read> Read for Unmarked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.text.read(buf)?;
        if std::mem::replace(&mut self.started, true) {
            return Ok(n);
        }
        // The first piece of a text holds far more than three bytes; a shorter one is no log.
        let read = buf.get_mut(..n).unwrap_or_default();
        if !read.starts_with(BYTE_ORDER_MARK) || n == BYTE_ORDER_MARK.len() {
            return Ok(n);
        }
        read.copy_within(BYTE_ORDER_MARK.len().., 0);
        Ok(n - BYTE_ORDER_MARK.len())
    }
}

type ZstdFrame<R> = ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>;

/// All frames of a zstd file, one after the other: the decoder itself stops after the first.
struct ZstdFrames<R: BufRead> {
    source: Option<R>,
    frame: Option<ZstdFrame<R>>,
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(mut frame) = self.frame.take() {
                let n = frame.read(buf)?;
                if n > 0 || buf.is_empty() {
                    self.frame = Some(frame);
                    return Ok(n);
                }
                self.source = Some(frame.into_inner());
            }
            let Some(mut source) = self.source.take() else {
                return Ok(0);
            };
            if source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(ZstdFrame::new(source).map_err(io::Error::other)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn text_of(bytes: &[u8]) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut text = String::new();
        open(file.path())
            .unwrap()
            .reader
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn several_gzip_members_are_one_text() {
        let member = |text: &str| {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(text.as_bytes()).unwrap();
            out.finish().unwrap()
        };
        assert_eq!(
            text_of(&[member("one\n"), member("two\n")].concat()),
            "one\ntwo\n"
        );
    }

    #[test]
    fn several_zstd_frames_are_one_text() {
        let frame = |text: &str| {
            ruzstd::encoding::compress_to_vec(
                text.as_bytes(),
                ruzstd::encoding::CompressionLevel::Fastest,
            )
        };
        assert_eq!(
            text_of(&[frame("one\n"), frame("two\n")].concat()),
            "one\ntwo\n"
        );
    }

    #[test]
    fn several_bzip2_streams_are_one_text() {
        let stream = |text: &str| {
            let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            out.write_all(text.as_bytes()).unwrap();
            out.finish().unwrap()
        };
        assert_eq!(
            text_of(&[stream("one\n"), stream("two\n")].concat()),
            "one\ntwo\n"
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let marked = b"\xef\xbb\xbfone\ntwo\n";
        assert_eq!(text_of(marked), "one\ntwo\n");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(marked).unwrap();
        assert_eq!(text_of(&packed.finish().unwrap()), "one\ntwo\n");
        assert_eq!(text_of(b"one\n\xef\xbb\xbftwo\n"), "one\n\u{feff}two\n");
    }

    #[test]
    fn plain_text_and_a_missing_file() {
        assert_eq!(text_of(b"plain\n"), "plain\n");
        let error = open(Path::new("/nonexistent/mainlog")).err().unwrap();
        assert!(
            error
                .to_string()
                .starts_with("/nonexistent/mainlog: cannot open:"),
            "{error}"
        );
    }
}
