//! Decoding by mail-parser: encoded words, address lists, and character sets of MIME parts.

use super::fields::{Field, Fields};
use super::{Mailbox, MessageFacts};
use mail_parser::{Address, Message, MessageParser, MimeHeaders};

/// Number of bytes of the body that are examined. Text parts come first; attachments do not matter.
const EXAMINED_BYTES: usize = 64 << 10;

/// Fields to decode. Of a repeated field the first one is used.
const DECODED: [&str; 6] = [
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// A message of only the fields to decode, in well-formed lines.
#[derive(Default)]
pub(super) struct Source {
    text: Vec<u8>,
    seen: [bool; DECODED.len()],
}

impl Source {
    pub(super) fn take(&mut self, field: &Field<'_>) {
        let index = DECODED.iter().position(|name| field.is(name));
        let Some(seen) = index.and_then(|index| self.seen.get_mut(index)) else {
            return;
        };
        if std::mem::replace(seen, true) {
            return;
        }
        self.text.extend_from_slice(field.name);
        self.text.extend_from_slice(b": ");
        // A carriage return in a value would end the line for mail-parser.
        self.text
            .extend(field.value().iter().map(|byte| match byte {
                b'\r' | b'\n' => b' ',
                byte => *byte,
            }));
        self.text.extend_from_slice(b"\r\n");
    }

    /// Decodes the fields into `facts`.
    pub(super) fn finish(mut self, body: &[u8], cr_only: bool, facts: &mut MessageFacts) {
        let window = body.get(..EXAMINED_BYTES).unwrap_or(body);
        facts.eight_bit_body = !window.is_ascii();
        self.text.extend_from_slice(b"\r\n");
        let Some(message) = MessageParser::default().parse_headers(&self.text) else {
            return;
        };
        facts.from = mailboxes(message.from());
        facts.to = mailboxes(message.to());
        facts.subject = message.subject().map(str::to_owned);
        message
            .message_id()
            .unwrap_or_default()
            .clone_into(&mut facts.message_id);
        let mut parts = Parts::default();
        parts.take(&message);
        let end = if cr_only { b'\r' } else { b'\n' };
        parts.walk(window, end);
        facts.charsets = parts.charsets;
    }
}

/// Maximum number of boundaries of nested multiparts.
const MAX_BOUNDARIES: usize = 8;

/// MIME parts of a body, as far as their headers show.
///
/// mail-parser can parse them too, but its debug assertions require that nested messages end properly, which is
/// not so in real bounces.
#[derive(Default)]
struct Parts {
    charsets: Vec<String>,
    boundaries: Vec<String>,
}

impl Parts {
    fn take(&mut self, headers: &Message<'_>) {
        let Some(content_type) = headers.part(0).and_then(|part| part.content_type()) else {
            return;
        };
        if let Some(charset) = content_type.attribute("charset") {
            let charset = charset.to_ascii_lowercase();
            if !self.charsets.contains(&charset) {
                self.charsets.push(charset);
            }
        }
        if let Some(boundary) = content_type.attribute("boundary")
            && self.boundaries.len() < MAX_BOUNDARIES
            && !boundary.is_empty()
        {
            self.boundaries.push(boundary.to_owned());
        }
    }

    /// Parses the header after every boundary line.
    fn walk(&mut self, mut rest: &[u8], line_end: u8) {
        let mark = [line_end, b'-', b'-'];
        let mark = memchr::memmem::Finder::new(&mark);
        while !self.boundaries.is_empty() && !rest.is_empty() {
            let length = memchr::memchr(line_end, rest).map_or(rest.len(), |end| end + 1);
            let (line, behind) = rest.split_at(length);
            rest = if self.is_boundary(line) {
                self.part(behind)
            } else if behind.starts_with(b"--") {
                behind
            } else {
                let next = mark.find(behind).and_then(|at| behind.get(at + 1..));
                next.unwrap_or_default()
            };
        }
    }

    /// True for a line that begins a part; the line after the last part ends in `--`.
    fn is_boundary(&self, line: &[u8]) -> bool {
        line.strip_prefix(b"--").is_some_and(|rest| {
            let rest = rest.trim_ascii_end();
            self.boundaries
                .iter()
                .any(|boundary| boundary.as_bytes() == rest)
        })
    }

    /// Parses a part header; returns the text after it.
    fn part<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        if text.starts_with(b"\n") || text.starts_with(b"\r") {
            // A part without a header.
            return text;
        }
        let mut source = Source::default();
        let mut fields = Fields::new(text);
        for field in fields.by_ref() {
            source.take(&field);
        }
        source.text.extend_from_slice(b"\r\n");
        if let Some(headers) = MessageParser::default().parse_headers(&source.text) {
            self.take(&headers);
        }
        fields.body()
    }
}

fn mailboxes(address: Option<&Address<'_>>) -> Vec<Mailbox> {
    let one = |addr: &mail_parser::Addr<'_>| Mailbox {
        name: addr.name.as_deref().unwrap_or_default().to_owned(),
        address: addr.address.as_deref().unwrap_or_default().to_owned(),
    };
    match address {
        None => Vec::new(),
        Some(Address::List(list)) => list.iter().map(one).collect(),
        Some(Address::Group(groups)) => groups
            .iter()
            .flat_map(|group| group.addresses.iter().map(one))
            .collect(),
    }
}
