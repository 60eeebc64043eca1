//! Finds the message that a bounce returns. Its header is evidence of another journey.
//!
//! Newer mail systems return it as a MIME part (RFC 3462, RFC 6522), older ones as plain text after a line that
//! announces it. Anyone can forge a bounce, so the result proves nothing by itself.

use super::fields::{Field, Fields};
use super::{MessageFacts, parse, quoted};
use mail_parser::decoders::base64::base64_decode;
use std::borrow::Cow;
use std::ops::Range;

/// Number of bytes in which the returned message is searched.
const SEARCHED_BYTES: usize = 4 << 20;

/// Number of bytes in which a line feed is searched.
const LINE_END_BYTES: usize = 8 << 10;

/// Maximum number of boundaries of nested multiparts.
const MAX_BOUNDARIES: usize = 8;

/// Message returned in a bounce.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Contents of the returned message.
    pub facts: MessageFacts,
    /// Lines of its header in the bounce, from 0.
    pub lines: Range<u32>,
}

/// Finds the message, or only its header, that a bounce or another report returns. `None` when this is no
/// bounce, or returns nothing. Never fails; takes linear time and examines at most 4 MiB.
pub fn returned(bytes: &[u8]) -> Option<Returned> {
    let window = bytes.get(..SEARCHED_BYTES).unwrap_or(bytes);
    let text = with_line_feeds(window);
    let mut fields = Fields::new(&text);
    let head = Head::read(&mut fields);
    if !head.is_bounce {
        return None;
    }
    let body = fields.body();
    let found = if head.kind == Kind::Multipart {
        // Without a boundary, the body is read as text.
        parts(body, head.boundary).or_else(|| Found::text(body, 0, Coding::Plain))
    } else {
        Found::text(body, 0, head.coding)
    }?;
    let before = text.len() - body.len();
    let header = before + found.range.start..before + found.range.end;
    let first = lines(text.get(..header.start)?);
    Some(Returned {
        facts: found.facts,
        lines: first..first.saturating_add(lines(without_blank_line(text.get(header)?))),
    })
}

/// Replaces carriage returns as line ends of old Macs; offsets do not change.
fn with_line_feeds(text: &[u8]) -> Cow<'_, [u8]> {
    let sample = text.get(..LINE_END_BYTES).unwrap_or(text);
    if memchr::memchr(b'\n', sample).is_some() {
        return Cow::Borrowed(text);
    }
    let feed = |byte: &u8| if *byte == b'\r' { b'\n' } else { *byte };
    Cow::Owned(text.iter().map(feed).collect())
}

/// Header block without the blank line at its end.
fn without_blank_line(header: &[u8]) -> &[u8] {
    let whole = header.strip_suffix(b"\n").unwrap_or(header);
    if whole.ends_with(b"\n") {
        whole
    } else {
        header
    }
}

fn lines(text: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', text).count()).unwrap_or(u32::MAX)
}

/// Transfer encoding of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Coding {
    #[default]
    Plain,
    Quoted,
    Base64,
}

impl Coding {
    fn decode(self, content: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Plain => Cow::Borrowed(content),
            Self::Quoted => Cow::Owned(quoted::decode(content)),
            Self::Base64 => base64_decode(content).map_or(Cow::Borrowed(content), Cow::Owned),
        }
    }
}

/// Content of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Text,
    Multipart,
    /// A message or a header.
    Message,
    Other,
}

/// Header of a message or a part.
#[derive(Default)]
struct Head {
    kind: Kind,
    boundary: Vec<u8>,
    coding: Coding,
    /// Whether a mail system wrote the message.
    is_bounce: bool,
    /// Whether these are the fields of a message, not of a part.
    is_message: bool,
}

impl Head {
    fn read(fields: &mut Fields<'_>) -> Self {
        let mut head = Self::default();
        for field in fields.by_ref() {
            if field.is("Content-Type") {
                head.content_type(&field.value());
            } else if field.is("Content-Transfer-Encoding") {
                head.coding = match field.value().to_ascii_lowercase().as_slice() {
                    b"quoted-printable" => Coding::Quoted,
                    b"base64" => Coding::Base64,
                    _ => Coding::Plain,
                };
            } else if field.is("Received") {
                head.is_message = true;
            }
            head.is_bounce |= is_of_mail_system(&field);
        }
        head
    }

    fn content_type(&mut self, value: &[u8]) {
        const MESSAGES: [&[u8]; 6] = [
            b"message/rfc822",
            b"message/global",
            b"message/rfc822-headers",
            b"message/global-headers",
            b"text/rfc822-headers",
            b"text/rfc822-header",
        ];
        let (kind, parameters) = content_type(value);
        let kind = kind.to_ascii_lowercase();
        self.kind = match kind.as_slice() {
            kind if MESSAGES.contains(&kind) => Kind::Message,
            kind if kind.starts_with(b"multipart/") => Kind::Multipart,
            b"" | b"text/plain" | b"text" => Kind::Text,
            _ => Kind::Other,
        };
        if self.kind == Kind::Multipart {
            self.boundary = boundary(parameters).unwrap_or_default();
        }
    }
}

/// Media type and parameters of a Content-Type.
fn content_type(value: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b';', value).unwrap_or(value.len());
    let (kind, parameters) = value.split_at(end);
    (kind.trim_ascii(), parameters)
}

/// True for a field that shows that a mail system wrote the message.
pub(super) fn is_of_mail_system(field: &Field<'_>) -> bool {
    match () {
        () if field.is("Return-Path") => field.value().trim_ascii() == b"<>",
        () if field.is("Auto-Submitted") => !field.value().eq_ignore_ascii_case(b"no"),
        () if field.is("From") => is_mail_system(&field.value()),
        () if field.is("Content-Type") => is_report(&field.value()),
        () => field.is("X-Failed-Recipients"),
    }
}

fn is_report(value: &[u8]) -> bool {
    content_type(value)
        .0
        .eq_ignore_ascii_case(b"multipart/report")
}

/// True for `MAILER-DAEMON@...`, `postmaster@...` and `<>`: RFC 5321 section 4.5, and the habit of sendmail and
/// qmail.
fn is_mail_system(from: &[u8]) -> bool {
    if from.trim_ascii() == b"<>" {
        return true;
    }
    let from = from.to_ascii_lowercase();
    [&b"mailer-daemon"[..], b"postmaster@"]
        .iter()
        .any(|name| memchr::memmem::find(&from, name).is_some())
}

/// Value of `boundary=`, quoted or not.
fn boundary(parameters: &[u8]) -> Option<Vec<u8>> {
    const KEY: &[u8] = b"boundary=";
    let lower = parameters.to_ascii_lowercase();
    let at = memchr::memmem::find(&lower, KEY)? + KEY.len();
    let value = parameters.get(at..)?;
    let (value, end) = match value.strip_prefix(b"\"") {
        Some(value) => (value, memchr::memchr(b'"', value)),
        None => (value, value.iter().position(|byte| b"; \t".contains(byte))),
    };
    let value = value.get(..end.unwrap_or(value.len()))?;
    (!value.is_empty()).then(|| value.to_vec())
}

/// A returned message, and the range of its header.
struct Found {
    facts: MessageFacts,
    range: Range<usize>,
}

impl Found {
    /// Parses a part that is a message or a header; its content begins at `start`.
    fn message(content: &[u8], start: usize, coding: Coding) -> Option<Self> {
        let facts = parse(&coding.decode(content));
        let end = start + quoted::header_end(content);
        (facts.fields > 0).then_some(Self {
            facts,
            range: start..end,
        })
    }

    /// Finds a header in the text of a part.
    fn text(content: &[u8], start: usize, coding: Coding) -> Option<Self> {
        let decoded = coding.decode(content);
        let at = header_in_text(&decoded)?;
        let header = decoded.get(at..)?;
        let range = if coding == Coding::Plain {
            start + at..start + at + quoted::header_end(header)
        } else {
            start..start + content.len()
        };
        Some(Self {
            facts: parse(header),
            range,
        })
    }
}

/// Searches the MIME parts: the first one that is a message, else the first text that contains a header.
fn parts(body: &[u8], outermost: Vec<u8>) -> Option<Found> {
    let mut boundaries = vec![outermost];
    let mut text = None;
    let mut at = 0;
    while let Some(line) = boundary_line(body, at, &boundaries) {
        at = line.behind;
        if line.closes {
            continue;
        }
        let end = boundary_line(body, at, &boundaries).map_or(body.len(), |next| next.start);
        let part = body.get(at..end)?;
        let mut fields = Fields::new(part);
        // A part without a header begins with the blank line.
        let head = match part.first() {
            Some(b'\n' | b'\r') | None => Head::default(),
            Some(_) => Head::read(&mut fields),
        };
        if head.is_message {
            // The message is in the place of the part's header.
            return Found::message(part, at, Coding::Plain);
        }
        let content = fields.body();
        let start = end - content.len();
        at = end;
        match head.kind {
            Kind::Message => {
                let found = Found::message(content, start, head.coding);
                if found.is_some() {
                    return found;
                }
            }
            Kind::Multipart if boundaries.len() < MAX_BOUNDARIES && !head.boundary.is_empty() => {
                boundaries.push(head.boundary);
                at = start;
            }
            Kind::Text if text.is_none() => text = Found::text(content, start, head.coding),
            _ => {}
        }
    }
    text
}

/// Boundary line between parts.
struct BoundaryLine {
    start: usize,
    behind: usize,
    /// Whether it ends the last part.
    closes: bool,
}

fn boundary_line(body: &[u8], from: usize, boundaries: &[Vec<u8>]) -> Option<BoundaryLine> {
    let mut start = from;
    while start < body.len() {
        let rest = body.get(start..)?;
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        if let Some(name) = rest.get(..length)?.strip_prefix(b"--") {
            let name = name.trim_ascii_end();
            let is = |name: &[u8]| boundaries.iter().any(|boundary| boundary == name);
            let closes = !is(name) && name.strip_suffix(b"--").is_some_and(is);
            if closes || is(name) {
                return Some(BoundaryLine {
                    start,
                    behind: start + length,
                    closes,
                });
            }
        }
        start += length;
    }
    None
}

/// Offset of a header inside text: at least two fields, one of them a Received, after a blank line or a line
/// that announces them.
///
/// Announcements are `------ This is a copy of the message, including all the headers. ------` (Exim),
/// `--- Below this line is a copy of the message.` (qmail), `----- Original message follows -----` (sendmail) or
/// `Original message headers:` (Exchange). Their words differ and are translated, but not their position.
fn header_in_text(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut announced = true;
    while at < text.len() {
        let rest = text.get(at..)?;
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length)?.trim_ascii_end();
        let words = line.trim_ascii_start();
        if announced && begins_field(line) {
            let mut fields = Fields::new(rest);
            if has_received(&mut fields) {
                return Some(at);
            }
            // Fields that were tested are skipped.
            at += (rest.len() - fields.body().len()).max(length);
            continue;
        }
        announced = words.is_empty() || words.starts_with(b"--") || words.ends_with(b":");
        at += length;
    }
    None
}

/// True for at least two fields, one of them a Received. Consumes the whole block.
fn has_received(fields: &mut Fields<'_>) -> bool {
    let (mut count, mut received) = (0_usize, false);
    for field in fields.by_ref() {
        count += 1;
        received |= field.is("Received");
    }
    count >= 2 && received
}

/// True for `Name: value`. An announcement has no value.
fn begins_field(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let (name, value) = line.split_at(colon);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    !name.is_empty() && name.iter().all(is_name) && !value.get(1..).unwrap_or_default().is_empty()
}
