//! Header block of a message as unfolded fields.
//!
//! Files and pasted excerpts break the rules: line ends of Unix, DOS and old Macs, an mbox line before the
//! header, no blank line after it, continuation lines without indentation from a web page. Parsing goes on as
//! long as the meaning of a line is clear; unknown lines are skipped without losing fields.

use crate::parse::received;
use std::borrow::Cow;

/// Maximum size of a header block in bytes. A file without a blank line within it is no message.
const MAX_HEADER_BYTES: usize = 16 << 20;

/// Number of bytes in which a line feed is searched.
const LINE_END_BYTES: usize = 8 << 10;

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'a [u8],
    /// Text after the colon, with its line breaks.
    written: &'a [u8],
    line_end: u8,
}

impl<'a> Field<'a> {
    /// Unfolded value: each line break with its blanks becomes one blank. Computed on demand, since few values
    /// are used.
    pub(super) fn value(&self) -> Cow<'a, [u8]> {
        let mut folds = memchr::memchr_iter(self.line_end, self.written).peekable();
        if folds.peek().is_none() {
            return Cow::Borrowed(self.written.trim_ascii());
        }
        let mut value = Vec::with_capacity(self.written.len());
        let mut start = 0;
        for end in folds.chain([self.written.len()]) {
            if start > 0 {
                value.push(b' ');
            }
            let line = self.written.get(start..end).unwrap_or_default();
            value.extend_from_slice(line.trim_ascii());
            start = end + 1;
        }
        Cow::Owned(value)
    }

    /// True when the value has no bytes above ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        self.written.is_ascii()
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Violations of RFC 5322 section 2.1.1 in the header block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineFaults {
    /// Length of the longest line in bytes, without its end.
    pub longest: usize,
    /// Whether there is a carriage return within a line.
    pub bare_cr: bool,
    /// Whether line ends with and without a carriage return are mixed.
    pub bare_lf: bool,
}

/// A line without its end, and the offset of the next line.
type Line<'a> = (&'a [u8], usize);

/// Iterator over the fields of a header block.
pub(super) struct Fields<'a> {
    text: &'a [u8],
    at: usize,
    /// Line at the current offset, if it was peeked.
    ahead: Option<Line<'a>>,
    cr_only: bool,
    /// Whether there was a field.
    any: bool,
    /// Whether the blank line after the fields was found.
    ended: bool,
    /// Whether the first line ends with carriage return and line feed.
    crlf: Option<bool>,
    faults: LineFaults,
}

impl<'a> Fields<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        Self {
            text,
            at: 0,
            ahead: None,
            cr_only: is_cr_only(text),
            any: false,
            ended: false,
            crlf: None,
            faults: LineFaults::default(),
        }
    }

    /// True after the blank line that ends the header; without it the text is an excerpt.
    pub(super) fn is_complete(&self) -> bool {
        self.ended
    }

    pub(super) fn faults(&self) -> LineFaults {
        self.faults
    }

    /// True when lines end with a carriage return alone.
    pub(super) fn is_cr_only(&self) -> bool {
        self.cr_only
    }

    /// Text after the blank line.
    pub(super) fn body(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Line at the current offset.
    fn peek(&mut self) -> Option<Line<'a>> {
        self.ahead = self.ahead.or_else(|| self.line());
        self.ahead
    }

    fn line(&self) -> Option<Line<'a>> {
        if self.ended || self.at >= self.text.len().min(MAX_HEADER_BYTES) {
            return None;
        }
        let rest = self.text.get(self.at..)?;
        Some(match memchr::memchr(self.line_end(), rest) {
            Some(length) => (rest.get(..length)?, self.at + length + 1),
            None => (rest, self.at + rest.len()),
        })
    }

    fn line_end(&self) -> u8 {
        if self.cr_only { b'\r' } else { b'\n' }
    }

    fn take(&mut self) -> Option<&'a [u8]> {
        let (line, next) = self.peek()?;
        self.ahead = None;
        let ended = next > self.at + line.len();
        self.at = next;
        let bare = without_cr(line);
        self.note(bare, ended, bare.len() < line.len());
        Some(bare)
    }

    fn note(&mut self, line: &[u8], ended: bool, crlf: bool) {
        self.faults.longest = self.faults.longest.max(line.len());
        if self.cr_only {
            return;
        }
        self.faults.bare_cr |= memchr::memchr(b'\r', line).is_some();
        if ended {
            let usual = *self.crlf.get_or_insert(crlf);
            self.faults.bare_lf |= crlf != usual;
        }
    }

    /// Next line, if it continues the value, whose last byte is `last`.
    fn continuation(&mut self, name: &[u8], last: Option<u8>) -> Option<&'a [u8]> {
        let (line, _) = self.peek()?;
        let line = without_cr(line);
        if line.is_empty() {
            return None;
        }
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        if folded || (field(line).is_none() && continues(name, last, line)) {
            self.take()
        } else {
            None
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            let begin = self.at;
            let line = self.take()?;
            if line.is_empty() {
                if self.any {
                    self.ended = true;
                    return None;
                }
                // Pasted text may begin with blank lines.
                continue;
            }
            let Some((name, value)) = field(line) else {
                continue;
            };
            self.any = true;
            let (start, mut end) = (begin + line.len() - value.len(), begin + line.len());
            let mut last = value.trim_ascii_end().last().copied();
            loop {
                let begin = self.at;
                let Some(more) = self.continuation(name, last) else {
                    break;
                };
                end = begin + more.len();
                last = more.trim_ascii_end().last().copied().or(Some(b' '));
            }
            return Some(Field {
                name,
                written: self.text.get(start..end).unwrap_or_default(),
                line_end: self.line_end(),
            });
        }
    }
}

/// True when lines end with a carriage return alone, by the beginning of the text.
pub(super) fn is_cr_only(text: &[u8]) -> bool {
    let sample = text.get(..LINE_END_BYTES).unwrap_or(text);
    memchr::memchr(b'\n', sample).is_none()
}

pub(super) fn without_cr(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != b'\r');
    line.get(..end.map_or(0, |last| last + 1))
        .unwrap_or_default()
}

/// Splits `Name: value`. RFC 5322 section 2.2 allows any printable byte in a name; the first byte is restricted
/// so that `13:26:31 +0100` and `[2001:db8::1]` are no fields.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    let (name, value) = line.split_at(colon);
    let name = name.trim_ascii_end();
    let first = name.first()?;
    let graphic = name.iter().all(u8::is_ascii_graphic);
    (graphic && (first.is_ascii_alphabetic() || *first == b'_'))
        .then(|| (name, value.get(1..).unwrap_or_default()))
}

/// True for an unindented line that is no field but continues the previous one. Web pages remove the indentation.
fn continues(name: &[u8], last: Option<u8>, line: &[u8]) -> bool {
    if name.eq_ignore_ascii_case(b"Received") {
        return received::continues(line);
    }
    let open_end = matches!(last, Some(b';' | b','));
    open_end || line.starts_with(b"<") || line.starts_with(b"=?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, bool, String) {
        let mut fields = Fields::new(text.as_bytes());
        let lines = fields
            .by_ref()
            .map(|field| {
                format!(
                    "{}={}",
                    String::from_utf8_lossy(field.name),
                    String::from_utf8_lossy(&field.value())
                )
            })
            .collect();
        let body = String::from_utf8_lossy(fields.body()).into_owned();
        (lines, fields.is_complete(), body)
    }

    #[test]
    fn every_line_end() {
        for end in ["\n", "\r\n", "\r", "\r\r\n"] {
            let text = format!("A: b{end}\tc{end}D: e{end}{end}body{end}");
            let (lines, complete, body) = read(&text);
            assert_eq!(lines, ["A=b c", "D=e"], "{end:?}");
            assert!(complete && body.starts_with("body"), "{end:?}");
        }
    }

    #[test]
    fn excerpts_have_no_end() {
        for text in [
            "A: b\nC: d\n",
            "\n\nA: b\nC: d",
            "From x Mon Jan 1 00:00:00 2020\nA: b\nstray\nC : d",
        ] {
            let (lines, complete, _) = read(text);
            assert_eq!(lines, ["A=b", "C=d"], "{text:?}");
            assert!(!complete, "{text:?}");
        }
        assert_eq!(read(""), (vec![], false, String::new()));
    }

    #[test]
    fn lost_indentation_is_made_up_for() {
        let text = "Received: from a ([192.0.2.1])\nby b with esmtps (TLS1.3)\n(Exim 4.98)\nid 1\n\
                    for c@d; Tue, 25 Feb 2020\n13:26:31 +0100\nFrom: A\n<a@b>\n\
                    Content-Type: text/plain;\ncharset=utf-8\nSubject: x\nnot mine\n";
        assert_eq!(
            read(text).0,
            [
                "Received=from a ([192.0.2.1]) by b with esmtps (TLS1.3) (Exim 4.98) id 1 for c@d; \
                 Tue, 25 Feb 2020 13:26:31 +0100",
                "From=A <a@b>",
                "Content-Type=text/plain; charset=utf-8",
                "Subject=x",
            ]
        );
    }

    #[test]
    fn faults_of_lines() {
        let faults = |text: &str| {
            let mut fields = Fields::new(text.as_bytes());
            fields.by_ref().for_each(drop);
            fields.faults()
        };
        assert_eq!(faults("A: b\nC: d\n\n").longest, 4);
        assert!(!faults("A: b\nC: d\n\n").bare_lf && !faults("A: b\r\nC: d\r\n\r\n").bare_lf);
        assert!(faults("A: b\r\nC: d\n\r\n").bare_lf);
        assert!(faults("A: b\rX: y\nC: d\n\n").bare_cr);
        assert!(!faults("A: b\rC: d\r\r").bare_cr);
    }
}
