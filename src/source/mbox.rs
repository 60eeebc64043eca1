//! Splits an mbox into its messages (RFC 4155 and its relatives: mboxo, mboxrd, mboxcl, mboxcl2; MMDF).
//!
//! The variants differ in how they protect a body line that begins with `From `: by a `>` before it, by a
//! Content-Length, or by both. Files mix the variants and lengths may be wrong, so a separator is recognised by
//! its form and by the line after it. A Content-Length counts only if it leads exactly to the next separator or
//! to the end of the file; lines before that point are then no separators.

mod piece;
mod separator;
#[cfg(test)]
mod tests;

use std::mem;
use std::sync::LazyLock;

use memchr::memmem::Finder;

pub use piece::{BODY_BYTES, HEADER_BYTES, Piece, is_folded};
use piece::{Fragment, whole_lines};
pub use separator::starts_mbox;
use separator::{MMDF, is_header_line, is_patch, is_separator};

/// Beginning of a separator.
const FROM: &[u8] = b"From ";

/// Finds lines in a body that may be separators.
static LINE_FROM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\nFrom "));

/// Maximum number of bytes of messages that are put aside until a Content-Length is confirmed. When there are
/// more, the Content-Length is taken as wrong.
const HELD_BYTES: usize = 8 << 20;

#[derive(Clone, Copy)]
struct Line<'a> {
    /// With its line end.
    bytes: &'a [u8],
    /// From 1.
    number: u32,
    /// Offset in the file.
    offset: u64,
    /// Offset in the lines passed last.
    at: usize,
}

impl Line<'_> {
    fn bare(&self) -> &[u8] {
        bare(self.bytes)
    }

    fn fragment(&self) -> Fragment {
        Fragment::of_range(self.at..self.at + self.bytes.len())
    }
}

fn lines(text: &[u8]) -> u32 {
    let ends = memchr::memchr_iter(b'\n', text).count();
    let count = ends + usize::from(!text.ends_with(b"\n"));
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Position at which a body ends if its Content-Length is right.
#[derive(Clone, Copy)]
struct Claim {
    end: u64,
    /// A blank line was read at `end`: the next line has to be the separator.
    blank: bool,
}

/// A line in the form of a separator; the line after it decides whether it is one.
struct Candidate {
    text: Fragment,
    offset: u64,
    is_patch: bool,
}

/// Splits a text that is passed in parts of whole lines. Memory use is bounded.
#[derive(Default)]
pub struct Splitter {
    /// Complete messages in the lines passed last.
    done: Vec<Piece>,
    /// Messages found inside a body whose Content-Length is not yet confirmed. They are either messages or text
    /// of that body.
    held: Vec<Piece>,
    held_bytes: usize,
    claim: Option<Claim>,
    /// The message being read.
    open: Option<Piece>,
    /// A possible separator, until the next line is read.
    candidate: Option<Candidate>,
    /// Whether the line before is blank, or is the beginning of the file.
    blank: bool,
    /// Separators of this file; `None` before the first line that is not blank.
    separators: Option<Separators>,
}

/// Separators between the messages of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separators {
    From,
    /// Those of `git format-patch`.
    Patch,
    Mmdf,
}

impl Splitter {
    /// A splitter at the beginning of a file.
    pub fn new() -> Self {
        Self {
            blank: true,
            ..Self::default()
        }
    }

    /// Splits the next lines: `text` holds whole lines, begins at `offset` in the file with line `first_line`
    /// and goes on where the last call ended. Returns the messages that ended in it, in order.
    pub fn take(&mut self, text: &[u8], first_line: u32, offset: u64) -> Vec<Piece> {
        let mut at = 0;
        let mut number = first_line;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let body = self.body_text(rest, offset + at as u64);
            if !body.is_empty() {
                self.skip(body, at);
                at += body.len();
                number = number.saturating_add(lines(body));
                continue;
            }
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            self.line(Line {
                bytes: rest.get(..length).unwrap_or(rest),
                number,
                offset: offset + at as u64,
                at,
            });
            at += length;
            number = number.saturating_add(1);
        }
        self.carry(text)
    }

    /// Copies the parts of unfinished messages out of `text`, and returns the finished ones.
    fn carry(&mut self, text: &[u8]) -> Vec<Piece> {
        let mut done = mem::take(&mut self.done);
        let torn = done.iter_mut().map(|piece| &mut piece.text);
        torn.filter(|torn| !torn.carried.is_empty())
            .for_each(|torn| torn.carry(text));
        let pieces = self.open.iter_mut().chain(&mut self.held);
        let candidate = self.candidate.iter_mut().map(|line| &mut line.text);
        pieces
            .map(|piece| &mut piece.text)
            .chain(candidate)
            .for_each(|open| open.carry(text));
        done
    }

    /// Lines at the beginning of `text` that can only be body. `text` begins at `offset` in the file.
    fn body_text<'a>(&self, text: &'a [u8], offset: u64) -> &'a [u8] {
        let in_body = self.open.as_ref().is_some_and(|piece| piece.in_body);
        let is_plain =
            in_body && self.candidate.is_none() && self.separators != Some(Separators::Mmdf);
        if !is_plain || text.starts_with(FROM) {
            return &[];
        }
        let left = match self.claim {
            None => usize::MAX,
            // At the end of the Content-Length every line has to be checked.
            Some(claim) if claim.blank => 0,
            Some(claim) => usize::try_from(claim.end.saturating_sub(offset)).unwrap_or(usize::MAX),
        };
        let text = text.get(..left).map_or(text, whole_lines);
        let end = LINE_FROM.find(text).map_or(text.len(), |at| at + 1);
        text.get(..end).unwrap_or_default()
    }

    /// Appends lines of a body, which begin at `at`.
    fn skip(&mut self, body: &[u8], at: usize) {
        let before = body.strip_suffix(b"\n").unwrap_or(body);
        let last = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        self.blank = bare(body.get(last..).unwrap_or_default()).is_empty();
        if let Some(piece) = &mut self.open {
            piece.take_lines(body, at);
        }
    }

    /// Drops the header field in which the text broke off, because it could not be read further.
    pub fn break_off(&mut self) {
        if let Some(piece) = &mut self.open {
            piece.break_off();
        }
    }

    /// Ends the text, which is `length` bytes long. Returns the last messages.
    pub fn end(&mut self, length: u64) -> Vec<Piece> {
        // A separator at the end of the file with nothing after it is the last line of a body.
        self.candidate = None;
        match self.claim.take() {
            Some(claim) if claim.blank || claim.end == length => self.forget_held(),
            _ => self.release_held(),
        }
        self.close();
        mem::take(&mut self.done)
    }

    fn line(&mut self, line: Line<'_>) {
        if let Some(candidate) = self.candidate.take() {
            if is_header_line(line.bare()) {
                let separators = if candidate.is_patch {
                    Separators::Patch
                } else {
                    Separators::From
                };
                self.separators.get_or_insert(separators);
                self.separate(candidate.offset);
                self.begin(line);
                return;
            }
            self.check_claim(false, candidate.offset);
            if let Some(piece) = &mut self.open {
                piece.take(&candidate.text);
            }
            self.blank = false;
        }
        if line.bare() == MMDF && matches!(self.separators, None | Some(Separators::Mmdf)) {
            self.separators = Some(Separators::Mmdf);
            self.close();
            return;
        }
        if self.may_separate(line) {
            self.candidate = Some(Candidate {
                text: line.fragment(),
                offset: line.offset,
                is_patch: is_patch(line.bare()),
            });
        } else if self.open.is_none() && self.begins_without_separator(line) {
            self.begin(line);
        } else {
            self.text_line(line);
        }
    }

    fn may_separate(&self, line: Line<'_>) -> bool {
        let at_end = self
            .claim
            .is_some_and(|claim| claim.blank || claim.end == line.offset);
        let bare = line.bare();
        if !bare.starts_with(FROM) || !(self.blank || at_end) || !is_separator(bare) {
            return false;
        }
        // An attached patch begins with such a line, too.
        !is_patch(bare) || at_end || matches!(self.separators, None | Some(Separators::Patch))
    }

    /// In MMDF only the mark precedes a message, and the first separator may be missing when the user has
    /// forced the format.
    fn begins_without_separator(&self, line: Line<'_>) -> bool {
        matches!(self.separators, None | Some(Separators::Mmdf)) && is_header_line(line.bare())
    }

    /// Ends the open message at a separator at `offset`.
    fn separate(&mut self, offset: u64) {
        match self.claim {
            Some(claim) if claim.blank || claim.end == offset => {
                self.claim = None;
                self.forget_held();
                self.close();
            }
            // The body goes on past the separator, if its Content-Length is right.
            Some(_) => self.hold(),
            None => self.close(),
        }
    }

    fn begin(&mut self, line: Line<'_>) {
        self.open = Some(Piece::new(line.number));
        self.text_line(line);
    }

    /// Handles a line of a header or a body.
    fn text_line(&mut self, line: Line<'_>) {
        self.blank = line.bare().is_empty();
        self.check_claim(matches!(line.bytes, b"\n" | b"\r\n"), line.offset);
        if !self.blank {
            self.separators.get_or_insert(Separators::From);
        }
        let Some(piece) = &mut self.open else {
            return;
        };
        piece.note_fields(line.bytes);
        piece.take(&line.fragment());
        if piece.in_body {
            return;
        }
        if !self.blank {
            piece.last_line = line.number;
            piece.length = content_length(line.bare()).or(piece.length);
            return;
        }
        piece.end_header();
        if let (Some(length), None) = (piece.length, self.claim) {
            let body = line.offset + line.bytes.len() as u64;
            let end = body.checked_add(length);
            self.claim = end.map(|end| Claim { end, blank: false });
        }
    }

    /// Checks a line that is no separator against the end given by the Content-Length.
    fn check_claim(&mut self, is_blank: bool, offset: u64) {
        let Some(claim) = &mut self.claim else {
            return;
        };
        if claim.end == offset && is_blank && !claim.blank {
            claim.blank = true;
        } else if claim.blank || claim.end <= offset {
            // Something other than a separator is at that position: the Content-Length is wrong.
            self.claim = None;
            self.release_held();
        }
    }

    fn close(&mut self) {
        self.done.extend(self.open.take());
    }

    /// Puts the open message aside until the Content-Length is confirmed or found wrong.
    fn hold(&mut self) {
        let Some(piece) = self.open.take() else {
            return;
        };
        if self.held.is_empty() && self.held_bytes == 0 {
            // The message with the Content-Length is one in any case.
            self.held_bytes = 1;
            self.done.push(piece);
            return;
        }
        self.held_bytes += piece.text.len();
        self.held.push(piece);
        if self.held_bytes > HELD_BYTES {
            self.claim = None;
            self.release_held();
        }
    }

    /// The Content-Length is confirmed: what was put aside is body text.
    fn forget_held(&mut self) {
        if mem::take(&mut self.held_bytes) > 0 {
            self.held.clear();
            self.open = None;
        }
    }

    /// The Content-Length is wrong: what was put aside are messages.
    fn release_held(&mut self) {
        self.held_bytes = 0;
        self.done.append(&mut self.held);
    }
}

fn content_length(line: &[u8]) -> Option<u64> {
    // Most field names are rejected by their first letter alone.
    line.first()
        .filter(|first| first.eq_ignore_ascii_case(&b'c'))?;
    let (name, value) = line.split_at_checked(memchr::memchr(b':', line)?)?;
    if !name
        .trim_ascii_end()
        .eq_ignore_ascii_case(b"content-length")
    {
        return None;
    }
    std::str::from_utf8(value.get(1..)?.trim_ascii())
        .ok()?
        .parse()
        .ok()
}
