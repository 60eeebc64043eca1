//! Makes one kind of text of all: UTF-8 or what resembles it, lines that end in a line feed.
//!
//! A byte order mark is dropped, UTF-16 that has one is decoded (redirections of `PowerShell` write it),
//! and the carriage returns by which old Macs end lines become line feeds.

use std::io::{self, Read};

/// How far the first line end is looked for.
const SAMPLE: usize = 8 << 10;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// Nothing to do.
    Plain,
    /// UTF-8 with a byte order mark.
    Marked,
    /// UTF-16 with a byte order mark; true when the high byte comes first.
    Wide(bool),
    /// Lines end in a carriage return alone.
    Mac,
}

impl Encoding {
    fn detect(head: &[u8]) -> Self {
        match head {
            [0xef, 0xbb, 0xbf, ..] => Self::Marked,
            [0xff, 0xfe, 0, 0, ..] => Self::Plain,
            [0xff, 0xfe, ..] => Self::Wide(false),
            [0xfe, 0xff, ..] => Self::Wide(true),
            _ if memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some() => {
                Self::Mac
            }
            _ => Self::Plain,
        }
    }

    /// Length of the mark.
    const fn mark(self) -> usize {
        match self {
            Self::Marked => 3,
            Self::Wide(_) => 2,
            Self::Plain | Self::Mac => 0,
        }
    }
}

/// A text, decoded.
pub(super) struct Text<R> {
    source: R,
    encoding: Option<Encoding>,
    /// Decoded, not handed out yet.
    ready: Vec<u8>,
    at: usize,
    /// Not decoded yet: half a character.
    raw: Vec<u8>,
    failure: Option<io::Error>,
}

impl<R: Read> Text<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            encoding: None,
            ready: Vec::new(),
            at: 0,
            raw: Vec::new(),
            failure: None,
        }
    }

    /// True when the text is the file, byte by byte. Reads the beginning.
    pub(super) fn is_plain(&mut self) -> bool {
        self.encoding() == Encoding::Plain
    }

    /// Looks at the first line, or at what there is of it.
    fn encoding(&mut self) -> Encoding {
        if let Some(encoding) = self.encoding {
            return encoding;
        }
        let mut head = Vec::new();
        while head.len() < SAMPLE && memchr::memchr(b'\n', &head).is_none() {
            let start = head.len();
            head.resize(start + SAMPLE, 0);
            let read = self.source.read(head.get_mut(start..).unwrap_or_default());
            head.truncate(start + read.as_ref().map_or(0, |read| *read));
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    break;
                }
            }
        }
        let encoding = Encoding::detect(&head);
        self.encoding = Some(encoding);
        self.raw = head.split_off(encoding.mark());
        self.decode(encoding, false);
        encoding
    }

    /// Moves what can be decoded from `raw` to `ready`.
    fn decode(&mut self, encoding: Encoding, ended: bool) {
        self.ready.clear();
        self.at = 0;
        match encoding {
            Encoding::Plain | Encoding::Marked => self.ready.append(&mut self.raw),
            Encoding::Mac => {
                self.ready.append(&mut self.raw);
                unmac(&mut self.ready);
            }
            Encoding::Wide(big) => self.widen(big, ended),
        }
    }

    fn widen(&mut self, big: bool, ended: bool) {
        let (pairs, _) = self.raw.as_chunks::<2>();
        let unit = |pair: &[u8; 2]| {
            if big {
                u16::from_be_bytes(*pair)
            } else {
                u16::from_le_bytes(*pair)
            }
        };
        // The first half of a pair waits for its other half.
        let is_half = |pair: &[u8; 2]| (0xd800..0xdc00).contains(&unit(pair));
        let waits = !ended && pairs.last().is_some_and(is_half);
        let whole = pairs.len() - usize::from(waits);
        let units = pairs.iter().take(whole).map(unit);
        let mut letter = [0; 4];
        for decoded in char::decode_utf16(units) {
            let decoded = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.ready
                .extend_from_slice(decoded.encode_utf8(&mut letter).as_bytes());
        }
        self.raw.drain(..whole * 2);
        if ended && !self.raw.is_empty() {
            self.raw.clear();
            self.ready.extend_from_slice("\u{fffd}".as_bytes());
        }
    }

    /// Reads on where the text has to be decoded; false at the end.
    fn refill(&mut self, encoding: Encoding) -> io::Result<bool> {
        let start = self.raw.len();
        self.raw.resize(start + SAMPLE, 0);
        let read = self
            .source
            .read(self.raw.get_mut(start..).unwrap_or_default());
        self.raw
            .truncate(start + read.as_ref().map_or(0, |read| *read));
        let ended = read? == 0;
        let more = !ended || !self.raw.is_empty();
        self.decode(encoding, ended);
        Ok(more)
    }
}

/// Line ends of old Macs become line feeds.
fn unmac(text: &mut [u8]) {
    for byte in text {
        if *byte == b'\r' {
            *byte = b'\n';
        }
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let encoding = self.encoding();
        loop {
            let ready = self.ready.get(self.at..).unwrap_or_default();
            let length = ready.len().min(buf.len());
            if length > 0 {
                let (Some(from), Some(to)) = (ready.get(..length), buf.get_mut(..length)) else {
                    return Ok(0);
                };
                to.copy_from_slice(from);
                self.at += length;
                return Ok(length);
            }
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            match encoding {
                Encoding::Plain | Encoding::Marked => return self.source.read(buf),
                Encoding::Mac => {
                    let read = self.source.read(buf)?;
                    unmac(buf.get_mut(..read).unwrap_or_default());
                    return Ok(read);
                }
                Encoding::Wide(_) if buf.is_empty() || !self.refill(encoding)? => return Ok(0),
                Encoding::Wide(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives three bytes at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let length = 3.min(buf.len());
            self.0.read(&mut buf[..length])
        }
    }

    fn text(bytes: &[u8]) -> String {
        let mut texts = Vec::new();
        let mut out = Vec::new();
        Text::new(bytes).read_to_end(&mut out).unwrap();
        texts.push(std::mem::take(&mut out));
        Text::new(Slow(bytes)).read_to_end(&mut out).unwrap();
        texts.push(out);
        assert_eq!(texts[0], texts[1]);
        String::from_utf8(texts.remove(0)).unwrap()
    }

    fn wide(text: &str, big: bool) -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn every_encoding() {
        assert_eq!(text(b"one\r\ntwo\rx\n"), "one\r\ntwo\rx\n");
        assert_eq!(text(b"\xef\xbb\xbfone\ntwo\n"), "one\ntwo\n");
        assert_eq!(text("one\n\u{feff}two\n".as_bytes()), "one\n\u{feff}two\n");
        assert_eq!(text(b"one\rtwo\r\rthree"), "one\ntwo\n\nthree");
        let long = "ä\u{1f4e7}\n".repeat(5000);
        for big in [false, true] {
            assert_eq!(text(&wide(&long, big)), long);
        }
        let mut torn = wide("a\u{1f4e7}", false);
        torn.pop();
        assert_eq!(text(&torn), "a\u{fffd}\u{fffd}");
        assert_eq!(text(b""), "");
    }

    #[test]
    fn only_plain_text_stands_where_the_file_has_it() {
        assert!(Text::new(&b"one\n"[..]).is_plain());
        assert!(!Text::new(&b"\xef\xbb\xbfone\n"[..]).is_plain());
        assert!(!Text::new(&b"one\rtwo"[..]).is_plain());
    }

    #[test]
    fn what_came_before_an_error_is_handed_out() {
        struct Torn(bool);
        impl Read for Torn {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                buf[..3].copy_from_slice(b"one");
                Ok(3)
            }
        }
        let mut out = Vec::new();
        assert!(Text::new(Torn(false)).read_to_end(&mut out).is_err());
        assert_eq!(out, b"one");
    }
}
