//! What mail-parser decodes for us: encoded words, address lists, the character sets of MIME parts.

use super::fields::{Field, Fields};
use super::{Mailbox, MessageFacts};
use mail_parser::{Address, Message, MessageParser, MimeHeaders};

/// How much of a body is looked at. Text parts come first; attachments are of no interest.
const WINDOW: usize = 64 << 10;

/// The fields that need decoding. Each is kept once: of a field that comes twice, the first one is shown.
const DECODED: [&str; 6] = [
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// A small message made of the fields that need decoding, in clean form whatever the file looked like.
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
        // A carriage return inside a value would end the line here.
        self.text
            .extend(field.value().iter().map(|byte| match byte {
                b'\r' | b'\n' => b' ',
                byte => *byte,
            }));
        self.text.extend_from_slice(b"\r\n");
    }

    /// Decodes into `facts`.
    pub(super) fn finish(mut self, body: &[u8], cr_only: bool, facts: &mut MessageFacts) {
        let window = body.get(..WINDOW).unwrap_or(body);
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

/// Multiparts nest; no real message has more boundaries.
const BOUNDARIES: usize = 8;

/// The MIME parts of a body, as far as their headers go.
///
/// mail-parser could do this, too, but asserts in its debug builds that messages inside of messages end
/// where they should; real bounces do not.
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
            && self.boundaries.len() < BOUNDARIES
            && !boundary.is_empty()
        {
            self.boundaries.push(boundary.to_owned());
        }
    }

    /// Reads the header behind every boundary line.
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

    /// True for the line that opens a part; the one that closes the last part ends in `--`.
    fn is_boundary(&self, line: &[u8]) -> bool {
        line.strip_prefix(b"--").is_some_and(|rest| {
            let rest = rest.trim_ascii_end();
            self.boundaries
                .iter()
                .any(|boundary| boundary.as_bytes() == rest)
        })
    }

    /// Takes one part header and gives what stands behind it.
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
