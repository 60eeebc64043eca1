//! Decodes text to UTF-8 (possibly invalid) with line feeds as line ends.
//!
//! A UTF-8 byte order mark is dropped, UTF-16 with a byte order mark is decoded (`PowerShell` redirections
//! write it), and carriage returns are replaced where they alone end lines, as on old Macs.

use std::io::{self, Read};

/// Bytes read at a time, and in which the first line end is looked for.
const READ_BYTES: usize = 8 << 10;

/// Encoding of a text, and its line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// UTF-8 or another superset of ASCII: nothing to decode.
    Plain,
    /// UTF-8 with a byte order mark.
    Utf8Marked,
    /// UTF-16 with a byte order mark.
    Utf16(ByteOrder),
    /// ASCII superset in which a carriage return alone ends a line.
    CarriageReturn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByteOrder {
    BigEndian,
    LittleEndian,
}

impl Encoding {
    fn detect(head: &[u8]) -> Self {
        match head {
            [0xef, 0xbb, 0xbf, ..] => Self::Utf8Marked,
            [0xff, 0xfe, 0, 0, ..] => Self::Plain,
            [0xff, 0xfe, ..] => Self::Utf16(ByteOrder::LittleEndian),
            [0xfe, 0xff, ..] => Self::Utf16(ByteOrder::BigEndian),
            _ if memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some() => {
                Self::CarriageReturn
            }
            _ => Self::Plain,
        }
    }

    /// Length of the byte order mark in bytes.
    const fn mark_bytes(self) -> usize {
        match self {
            Self::Utf8Marked => 3,
            Self::Utf16(_) => 2,
            Self::Plain | Self::CarriageReturn => 0,
        }
    }
}

/// Reader of the decoded text.
pub(super) struct DecodedText<R> {
    source: R,
    encoding: Option<Encoding>,
    /// Decoded bytes; those from `at` on were not handed out yet.
    ready: Vec<u8>,
    at: usize,
    /// Undecoded bytes: an incomplete character.
    raw: Vec<u8>,
    failure: Option<io::Error>,
}

impl<R: Read> DecodedText<R> {
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

    /// True when the text is the input byte by byte. Reads the beginning of the input.
    pub(super) fn is_plain(&mut self) -> bool {
        self.encoding() == Encoding::Plain
    }

    /// Encoding, detected from the first line (or from what can be read of it) on the first call.
    fn encoding(&mut self) -> Encoding {
        if let Some(encoding) = self.encoding {
            return encoding;
        }
        let mut head = Vec::new();
        while head.len() < READ_BYTES && memchr::memchr(b'\n', &head).is_none() {
            let start = head.len();
            head.resize(start + READ_BYTES, 0);
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
        self.raw = head.split_off(encoding.mark_bytes());
        self.decode(encoding, false);
        encoding
    }

    /// Moves the bytes that can be decoded from `raw` to `ready`.
    fn decode(&mut self, encoding: Encoding, ended: bool) {
        self.ready.clear();
        self.at = 0;
        match encoding {
            Encoding::Plain | Encoding::Utf8Marked => self.ready.append(&mut self.raw),
            Encoding::CarriageReturn => {
                self.ready.append(&mut self.raw);
                line_feeds_for_carriage_returns(&mut self.ready);
            }
            Encoding::Utf16(order) => self.decode_utf16(order, ended),
        }
    }

    fn decode_utf16(&mut self, order: ByteOrder, ended: bool) {
        let (pairs, _) = self.raw.as_chunks::<2>();
        let unit = |pair: &[u8; 2]| match order {
            ByteOrder::BigEndian => u16::from_be_bytes(*pair),
            ByteOrder::LittleEndian => u16::from_le_bytes(*pair),
        };
        // The first half of a surrogate pair waits for the second half.
        let is_half = |pair: &[u8; 2]| (0xd800..0xdc00).contains(&unit(pair));
        let waits = !ended && pairs.last().is_some_and(is_half);
        let whole = pairs.len() - usize::from(waits);
        let units = pairs.iter().take(whole).map(unit);
        let mut utf8 = [0; 4];
        for decoded in char::decode_utf16(units) {
            let decoded = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.ready
                .extend_from_slice(decoded.encode_utf8(&mut utf8).as_bytes());
        }
        self.raw.drain(..whole * 2);
        if ended && !self.raw.is_empty() {
            self.raw.clear();
            self.ready.extend_from_slice("\u{fffd}".as_bytes());
        }
    }

    /// Reads and decodes more UTF-16; false at the end.
    fn refill(&mut self, encoding: Encoding) -> io::Result<bool> {
        let start = self.raw.len();
        self.raw.resize(start + READ_BYTES, 0);
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

fn line_feeds_for_carriage_returns(text: &mut [u8]) {
    for byte in text {
        if *byte == b'\r' {
            *byte = b'\n';
        }
    }
}

impl<R: Read> Read for DecodedText<R> {
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
                Encoding::Plain | Encoding::Utf8Marked => return self.source.read(buf),
                Encoding::CarriageReturn => {
                    let read = self.source.read(buf)?;
                    line_feeds_for_carriage_returns(buf.get_mut(..read).unwrap_or_default());
                    return Ok(read);
                }
                Encoding::Utf16(_) if buf.is_empty() || !self.refill(encoding)? => return Ok(0),
                Encoding::Utf16(_) => {}
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
        DecodedText::new(bytes).read_to_end(&mut out).unwrap();
        texts.push(std::mem::take(&mut out));
        DecodedText::new(Slow(bytes)).read_to_end(&mut out).unwrap();
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
        assert!(DecodedText::new(&b"one\n"[..]).is_plain());
        assert!(!DecodedText::new(&b"\xef\xbb\xbfone\n"[..]).is_plain());
        assert!(!DecodedText::new(&b"one\rtwo"[..]).is_plain());
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
        assert!(DecodedText::new(Torn(false)).read_to_end(&mut out).is_err());
        assert_eq!(out, b"one");
    }
}
