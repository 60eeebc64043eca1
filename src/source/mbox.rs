//! Splits an mbox into its messages (RFC 4155 and its relatives: mboxo, mboxrd, mboxcl, mboxcl2; MMDF).
//!
//! The four kinds differ in how they keep a body line that begins with `From ` from being a separator: by a
//! `>` before it, by a Content-Length, or by both. Files are mixed and lengths lie, so a separator is
//! known by what it looks like and what follows; a Content-Length counts only if it leads exactly to the
//! next separator or to the end. Then what looks like a separator before that place is none.

mod separator;
#[cfg(test)]
mod tests;

use std::mem;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

pub use separator::starts_mbox;
use separator::{MMDF, is_header_line, is_patch, is_separator};

/// A header block is cut here: what belongs to no message must not fill the memory.
pub const HEADER_BYTES: usize = 1 << 20;

/// How a separator begins.
const FROM: &[u8] = b"From ";

/// What may be a separator inside of a body.
static LINE_FROM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\nFrom "));

/// What is kept of a body.
pub const BODY_BYTES: usize = 64 << 10;

/// What may wait for the end of a Content-Length. A body with more messages in it is not believed.
const HELD_BYTES: usize = 8 << 20;

/// Text without a gap. It stays where it is read, and is copied only where it goes on in the next lines that
/// are given.
#[derive(Debug, Default)]
struct Stretch {
    /// From lines that were given earlier.
    carried: Vec<u8>,
    /// Where it goes on in the lines that were given last.
    here: Range<usize>,
}

impl Stretch {
    fn here(here: Range<usize>) -> Self {
        Self {
            carried: Vec::new(),
            here,
        }
    }

    fn len(&self) -> usize {
        self.carried.len() + self.here.len()
    }

    /// Adds what follows.
    fn append(&mut self, next: &Self) {
        self.carried.extend_from_slice(&next.carried);
        if self.here.is_empty() {
            self.here = next.here.clone();
        } else if !next.here.is_empty() {
            debug_assert_eq!(self.here.end, next.here.start, "no gap");
            self.here.end = next.here.end;
        }
    }

    /// Copies what stands in the lines that were given last: others come.
    fn carry(&mut self, lines: &[u8]) {
        let here = mem::take(&mut self.here);
        self.carried
            .extend_from_slice(lines.get(here).unwrap_or_default());
    }
}

/// The beginning of one message.
#[derive(Debug)]
pub struct Piece {
    /// First line of the header block, from 1; the separator stands before it.
    pub first_line: u32,
    /// Last line of the header block.
    pub last_line: u32,
    /// The header block is longer than [`HEADER_BYTES`], and its end is not there.
    pub is_cut: bool,
    text: Stretch,
    /// How long `text` may become.
    room: usize,
    in_body: bool,
    /// The Content-Length, while the header is read.
    length: Option<u64>,
}

impl Piece {
    fn new(first_line: u32) -> Self {
        Self {
            first_line,
            last_line: first_line,
            is_cut: false,
            text: Stretch::default(),
            room: HEADER_BYTES,
            in_body: false,
            length: None,
        }
    }

    /// The header block and the beginning of the body. `lines` are those with which the piece was found.
    pub fn bytes<'a>(&'a self, lines: &'a [u8]) -> &'a [u8] {
        if self.text.carried.is_empty() {
            lines.get(self.text.here.clone()).unwrap_or_default()
        } else {
            &self.text.carried
        }
    }

    /// Keeps a line, whole or not at all: half a header field could say something else.
    fn take(&mut self, line: &Stretch) {
        if self.text.len() + line.len() <= self.room {
            self.text.append(line);
        } else {
            self.room = 0;
            self.is_cut |= !self.in_body;
        }
    }

    /// Keeps lines, which begin at `at`, as long as there is room.
    fn take_lines(&mut self, lines: &[u8], at: usize) {
        let room = self.room.saturating_sub(self.text.len());
        let mut kept = lines.len();
        if let Some(lines) = lines.get(..room).filter(|_| room < kept) {
            kept = whole_lines(lines).len();
            self.room = 0;
        }
        self.text.append(&Stretch::here(at..at + kept));
    }

    fn end_header(&mut self) {
        self.in_body = true;
        // Behind a header that was cut the body would be read as its end.
        if self.room > 0 {
            self.room = self.text.len() + BODY_BYTES;
        }
    }
}

/// One line of the file.
#[derive(Clone, Copy)]
struct Line<'a> {
    /// With its end.
    bytes: &'a [u8],
    /// Number, from 1.
    number: u32,
    /// Where it begins in the text.
    offset: u64,
    /// Where it begins in the lines that were given last.
    at: usize,
}

impl Line<'_> {
    fn bare(&self) -> &[u8] {
        bare(self.bytes)
    }

    fn place(&self) -> Stretch {
        Stretch::here(self.at..self.at + self.bytes.len())
    }
}

fn lines(text: &[u8]) -> u32 {
    let ends = memchr::memchr_iter(b'\n', text).count();
    let count = ends + usize::from(!text.ends_with(b"\n"));
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Lines up to the last end of a line.
fn whole_lines(text: &[u8]) -> &[u8] {
    let end = memchr::memrchr(b'\n', text).map_or(0, |end| end + 1);
    text.get(..end).unwrap_or_default()
}

fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Where a body ends if its Content-Length is true.
#[derive(Clone, Copy)]
struct Claim {
    end: u64,
    /// A blank line stood at the end: the separator has to be the next line.
    blank: bool,
}

/// A line that looks like a separator.
struct Candidate {
    place: Stretch,
    offset: u64,
    is_patch: bool,
}

/// Splits a text that is given line by line. Memory is bounded, whatever the text.
#[derive(Default)]
pub struct Splitter {
    /// Whole messages among the lines that were given last.
    done: Vec<Piece>,
    /// Messages found inside of a body whose Content-Length says that they are text.
    held: Vec<Piece>,
    held_bytes: usize,
    claim: Option<Claim>,
    /// The message that is read.
    open: Option<Piece>,
    /// A separator that waits for the line behind it.
    candidate: Option<Candidate>,
    /// Nothing but a blank line stands before the next line.
    blank: bool,
    /// `None` until there was something other than blank lines.
    kind: Option<Kind>,
}

/// What stands between the messages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    From,
    /// The separators of `git format-patch`.
    Patch,
    Mmdf,
}

impl Splitter {
    /// At the beginning of a file.
    pub fn new() -> Self {
        Self {
            blank: true,
            ..Self::default()
        }
    }

    /// Takes the next lines: `text` begins at `offset` with line `first_line` and ends with a line. Gives the
    /// messages that ended there, in order.
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

    /// Copies what goes on in the next lines. Gives what ended.
    fn carry(&mut self, text: &[u8]) -> Vec<Piece> {
        let mut done = mem::take(&mut self.done);
        let torn = done.iter_mut().map(|piece| &mut piece.text);
        torn.filter(|torn| !torn.carried.is_empty())
            .for_each(|torn| torn.carry(text));
        let pieces = self.open.iter_mut().chain(&mut self.held);
        let candidate = self.candidate.iter_mut().map(|line| &mut line.place);
        pieces
            .map(|piece| &mut piece.text)
            .chain(candidate)
            .for_each(|open| open.carry(text));
        done
    }

    /// The lines at the beginning of `text`, which stands at `offset`, that are nothing but body, however they
    /// read.
    fn body_text<'a>(&self, text: &'a [u8], offset: u64) -> &'a [u8] {
        let in_body = self.open.as_ref().is_some_and(|piece| piece.in_body);
        let is_plain = in_body && self.candidate.is_none() && self.kind != Some(Kind::Mmdf);
        if !is_plain || text.starts_with(FROM) {
            return &[];
        }
        let left = match self.claim {
            None => usize::MAX,
            // Where its Content-Length ends each line counts.
            Some(claim) if claim.blank => 0,
            Some(claim) => usize::try_from(claim.end.saturating_sub(offset)).unwrap_or(usize::MAX),
        };
        let text = text.get(..left).map_or(text, whole_lines);
        let end = LINE_FROM.find(text).map_or(text.len(), |at| at + 1);
        text.get(..end).unwrap_or_default()
    }

    /// Takes lines of a body, which begin at `at`.
    fn skip(&mut self, body: &[u8], at: usize) {
        let before = body.strip_suffix(b"\n").unwrap_or(body);
        let last = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        self.blank = bare(body.get(last..).unwrap_or_default()).is_empty();
        if let Some(piece) = &mut self.open {
            piece.take_lines(body, at);
        }
    }

    /// Takes the end of the text, of which `length` bytes were given. Gives the last messages.
    pub fn end(&mut self, length: u64) -> Vec<Piece> {
        // A separator that nothing follows is the last line of a body.
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
                let kind = if candidate.is_patch {
                    Kind::Patch
                } else {
                    Kind::From
                };
                self.kind.get_or_insert(kind);
                self.separate(candidate.offset);
                self.begin(line);
                return;
            }
            self.check_claim(false, candidate.offset);
            if let Some(piece) = &mut self.open {
                piece.take(&candidate.place);
            }
            self.blank = false;
        }
        if line.bare() == MMDF && matches!(self.kind, None | Some(Kind::Mmdf)) {
            self.kind = Some(Kind::Mmdf);
            self.close();
            return;
        }
        if self.may_separate(line) {
            self.candidate = Some(Candidate {
                place: line.place(),
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
        // A patch inside a mail begins like this, too.
        !is_patch(bare) || at_end || matches!(self.kind, None | Some(Kind::Patch))
    }

    /// In MMDF nothing but the mark stands before a message, and a forced file may lack the first separator.
    fn begins_without_separator(&self, line: Line<'_>) -> bool {
        matches!(self.kind, None | Some(Kind::Mmdf)) && is_header_line(line.bare())
    }

    /// Ends what is open at a separator that stands at `offset`.
    fn separate(&mut self, offset: u64) {
        match self.claim {
            Some(claim) if claim.blank || claim.end == offset => {
                self.claim = None;
                self.forget_held();
                self.close();
            }
            // The body goes on, if its Content-Length is true.
            Some(_) => self.hold(),
            None => self.close(),
        }
    }

    fn begin(&mut self, line: Line<'_>) {
        self.open = Some(Piece::new(line.number));
        self.text_line(line);
    }

    /// A line of a header or of a body.
    fn text_line(&mut self, line: Line<'_>) {
        self.blank = line.bare().is_empty();
        self.check_claim(matches!(line.bytes, b"\n" | b"\r\n"), line.offset);
        if !self.blank {
            self.kind.get_or_insert(Kind::From);
        }
        let Some(piece) = &mut self.open else {
            return;
        };
        piece.take(&line.place());
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

    /// Looks whether a Content-Length ends with a line that is no separator.
    fn check_claim(&mut self, is_blank: bool, offset: u64) {
        let Some(claim) = &mut self.claim else {
            return;
        };
        if claim.end == offset && is_blank && !claim.blank {
            claim.blank = true;
        } else if claim.blank || claim.end <= offset {
            // It led to something else.
            self.claim = None;
            self.release_held();
        }
    }

    fn close(&mut self) {
        self.done.extend(self.open.take());
    }

    /// Puts aside what is open: it is a message, or only looks like one.
    fn hold(&mut self) {
        let Some(piece) = self.open.take() else {
            return;
        };
        if self.held.is_empty() && self.held_bytes == 0 {
            // The message whose body it is. It is one in any case.
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

    /// What was found inside of a body was text.
    fn forget_held(&mut self) {
        if mem::take(&mut self.held_bytes) > 0 {
            self.held.clear();
            self.open = None;
        }
    }

    /// What was found inside of a body are messages.
    fn release_held(&mut self) {
        self.held_bytes = 0;
        self.done.append(&mut self.held);
    }
}

fn content_length(line: &[u8]) -> Option<u64> {
    // Most names need no search for their end.
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
