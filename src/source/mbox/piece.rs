//! One message of an mbox: its header block and the beginning of its body, within limits.

use std::mem;
use std::ops::Range;

/// Maximum size of a header block in bytes; a longer one is cut.
pub const HEADER_BYTES: usize = 1 << 20;

/// Maximum number of bytes that are kept of a body.
pub const BODY_BYTES: usize = 64 << 10;

/// Contiguous text of a message. It is a range of the lines passed last, and is copied only when the message
/// goes on in the next lines.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    /// Text copied from earlier lines.
    pub(super) carried: Vec<u8>,
    /// Range that continues it, in the lines passed last.
    range: Range<usize>,
}

impl Fragment {
    pub(super) fn of_range(range: Range<usize>) -> Self {
        Self {
            carried: Vec::new(),
            range,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.carried.len() + self.range.len()
    }

    /// Appends `next`, which follows without a gap.
    fn append(&mut self, next: &Self) {
        self.carried.extend_from_slice(&next.carried);
        if self.range.is_empty() {
            self.range = next.range.clone();
        } else if !next.range.is_empty() {
            debug_assert_eq!(self.range.end, next.range.start, "no gap");
            self.range.end = next.range.end;
        }
    }

    /// Copies the range out of `lines`, before the next lines are passed.
    pub(super) fn carry(&mut self, lines: &[u8]) {
        let range = mem::take(&mut self.range);
        self.carried
            .extend_from_slice(lines.get(range).unwrap_or_default());
    }
}

/// Header block and beginning of the body of one message.
#[derive(Debug)]
pub struct Piece {
    /// First line of the header block, from 1; the line after the separator.
    pub first_line: u32,
    /// Last line of the header block, from 1.
    pub last_line: u32,
    /// Whether the header block was cut at [`HEADER_BYTES`].
    pub is_cut: bool,
    pub(super) text: Fragment,
    /// Maximum length of `text` in bytes.
    room: usize,
    /// Length of the header fields in `text` that are known to be whole, while the header is read.
    whole_fields: usize,
    pub(super) in_body: bool,
    /// Value of the Content-Length field, while the header is read.
    pub(super) length: Option<u64>,
}

impl Piece {
    pub(super) fn new(first_line: u32) -> Self {
        Self {
            first_line,
            last_line: first_line,
            is_cut: false,
            text: Fragment::default(),
            room: HEADER_BYTES,
            whole_fields: 0,
            in_body: false,
            length: None,
        }
    }

    /// Header block and beginning of the body; of a header that was cut its whole fields. `lines` must be the text with
    /// which [`Splitter::take`](super::Splitter::take) gave the piece.
    pub fn bytes<'a>(&'a self, lines: &'a [u8]) -> &'a [u8] {
        let text = if self.text.carried.is_empty() {
            lines.get(self.text.range.clone()).unwrap_or_default()
        } else {
            &self.text.carried
        };
        let whole = text.get(..self.whole_fields).filter(|_| self.is_cut);
        whole.unwrap_or(text)
    }

    /// Notes where the fields before a line end, unless it goes on with the last of them.
    pub(super) fn note_fields(&mut self, line: &[u8]) {
        if !self.in_body && !self.is_cut && !is_folded(line) {
            self.whole_fields = self.text.len();
        }
    }

    /// Keeps only whole fields of a header that does not go on. Nothing of it is in the lines passed last any more.
    pub(super) fn break_off(&mut self) {
        if !self.in_body {
            self.text.carried.truncate(self.whole_fields);
        }
    }

    /// Appends a line if it fits as a whole: half a header field could have another meaning.
    pub(super) fn take(&mut self, line: &Fragment) {
        if self.text.len() + line.len() <= self.room {
            self.text.append(line);
        } else {
            self.room = 0;
            self.is_cut |= !self.in_body;
        }
    }

    /// Appends body lines, which begin at `at`, up to the last whole line that fits.
    pub(super) fn take_lines(&mut self, lines: &[u8], at: usize) {
        let room = self.room.saturating_sub(self.text.len());
        let mut kept = lines.len();
        if let Some(lines) = lines.get(..room).filter(|_| room < kept) {
            kept = whole_lines(lines).len();
            self.room = 0;
        }
        self.text.append(&Fragment::of_range(at..at + kept));
    }

    pub(super) fn end_header(&mut self) {
        self.in_body = true;
        // After a cut header, body lines would be read as its end.
        if self.room > 0 {
            self.room = self.text.len() + BODY_BYTES;
        }
    }
}

/// Text up to the last line end.
pub(super) fn whole_lines(text: &[u8]) -> &[u8] {
    let end = memchr::memrchr(b'\n', text).map_or(0, |end| end + 1);
    text.get(..end).unwrap_or_default()
}

/// True for a line that goes on with the header field before it (RFC 5322 section 2.2.3).
pub fn is_folded(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}
