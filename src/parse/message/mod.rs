//! Parses a message, its header, or an excerpt of a header.
//!
//! The header block is found and unfolded by `fields`, which also accepts pasted and damaged headers. Encoded
//! words, address lists and MIME parts are parsed by the mail-parser crate.

mod detect;
mod fields;
mod mime;
mod quoted;
mod returned;
#[cfg(test)]
mod tests;

use super::received::{self, Received};
use super::{Stamp, date};
pub use detect::looks_like_headers;
pub use fields::LineFaults;
use fields::{Field, Fields};
pub use returned::{Returned, returned};

/// An address in From or To.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Decoded display name; empty if there is none.
    pub name: String,
    /// Address; empty if there is none.
    pub address: String,
}

impl Mailbox {
    /// The address or, if it is empty, the name.
    pub fn label(&self) -> &str {
        if self.address.is_empty() {
            &self.name
        } else {
            &self.address
        }
    }
}

/// A header field, decoded as UTF-8 with replacement characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedValue {
    /// Field name as written.
    pub name: String,
    /// Value, unfolded.
    pub value: String,
}

/// Number of occurrences of fields that may occur once (RFC 5322 section 3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// From.
    pub from: usize,
    /// To.
    pub to: usize,
    /// Subject.
    pub subject: usize,
    /// Date.
    pub date: usize,
    /// Message-ID.
    pub message_id: usize,
}

/// Contents of a message. All text is raw: it can contain control characters and must be sanitised for display.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is found out by itself and says nothing about the others"
)]
pub struct MessageFacts {
    /// Whether the blank line after the header was there. Without it, the text is an excerpt, and a missing
    /// field means nothing.
    pub complete: bool,
    /// Whether the header was quoted-printable (`cipher=3DTLS_...`) and was repaired.
    pub mended: bool,
    /// Number of header fields.
    pub fields: usize,
    /// Received headers, unfolded, oldest first; [`MessageFacts::received`] parses them.
    pub hops: Vec<Vec<u8>>,
    /// Authors.
    pub from: Vec<Mailbox>,
    /// Recipients in the header.
    pub to: Vec<Mailbox>,
    /// Subject, decoded.
    pub subject: Option<String>,
    /// Date, if it could be parsed.
    pub date: Option<Stamp>,
    /// Date field as written.
    pub date_text: Option<Vec<u8>>,
    /// Message-ID without angle brackets; empty if there is none.
    pub message_id: String,
    /// Message-ID field as written.
    pub message_id_text: Option<Vec<u8>>,
    /// Number of occurrences of singular fields.
    pub counts: Counts,
    /// Fields such as X-Mailer and User-Agent.
    pub software: Vec<NamedValue>,
    /// Fields with the address or script of the client, such as X-Originating-IP.
    pub clients: Vec<NamedValue>,
    /// Fields with the login of the sender, such as X-Authenticated-Sender.
    pub accounts: Vec<NamedValue>,
    /// Envelope sender noted by the last host, without angle brackets; empty for the null sender.
    pub return_path: Option<String>,
    /// Envelope recipients noted by the last hosts: Delivered-To, Envelope-To, X-Original-To.
    pub delivered_to: Vec<String>,
    /// Distinct character sets of the text parts, in lower case and in order.
    pub charsets: Vec<String>,
    /// Names of fields with bytes above ASCII.
    pub eight_bit_fields: Vec<String>,
    /// Whether the beginning of the body has bytes above ASCII.
    pub eight_bit_body: bool,
    /// Faults of the lines in the header.
    pub lines: LineFaults,
    /// Whether a mail system may have written the message, so that [`returned`] is worth calling.
    pub may_return: bool,
}

impl MessageFacts {
    /// Parsed Received headers, oldest first.
    pub fn received(&self) -> impl DoubleEndedIterator<Item = Received<'_>> + ExactSizeIterator {
        self.hops.iter().map(|raw| received::parse(raw))
    }
}

/// Parses a message, a header, or an excerpt of one. Never fails: other text has no fields.
///
/// The header block is parsed once. Of the body, the first 64 KiB are examined for character sets and bytes
/// above ASCII.
pub fn parse(bytes: &[u8]) -> MessageFacts {
    match quoted::repair(bytes) {
        Some(whole) => MessageFacts {
            mended: true,
            // Returned messages are searched in the original text.
            may_return: true,
            ..read(&whole)
        },
        None => read(bytes),
    }
}

fn read(bytes: &[u8]) -> MessageFacts {
    let mut facts = MessageFacts::default();
    let mut decoded = mime::Source::default();
    let mut fields = Fields::new(bytes);
    for field in fields.by_ref() {
        facts.fields += 1;
        facts.may_return |= returned::is_of_mail_system(&field);
        facts.take(&field);
        decoded.take(&field);
    }
    facts.hops.reverse();
    facts.complete = fields.is_complete();
    facts.lines = fields.faults();
    facts.may_return |= fields.is_cr_only();
    decoded.finish(fields.body(), fields.is_cr_only(), &mut facts);
    facts
}

const SOFTWARE: [&str; 4] = ["X-Mailer", "User-Agent", "X-MimeOLE", "X-Newsreader"];
const CLIENTS: [&str; 6] = [
    "X-Originating-IP",
    "X-PHP-Originating-Script",
    "X-PHP-Script",
    "X-Client-IP",
    "X-Source-IP",
    "X-Sender-IP",
];
const ACCOUNTS: [&str; 5] = [
    "X-Authenticated-Sender",
    "X-Authenticated-User",
    "X-Authenticated-Id",
    "X-Auth-User",
    "X-AuthUser",
];
const DELIVERED: [&str; 3] = ["Delivered-To", "Envelope-To", "X-Original-To"];

impl MessageFacts {
    fn take(&mut self, field: &Field<'_>) {
        if !field.is_ascii() {
            self.eight_bit_fields.push(lossy(field.name));
        }
        if field.is("Received") {
            self.hops.push(field.value().into_owned());
        } else if field.is("From") {
            self.counts.from += 1;
        } else if field.is("To") {
            self.counts.to += 1;
        } else if field.is("Subject") {
            self.counts.subject += 1;
        } else if field.is("Date") {
            self.counts.date += 1;
            if self.date_text.is_none() {
                let value = field.value();
                self.date = date::parse(&value);
                self.date_text = Some(value.into_owned());
            }
        } else if field.is("Message-ID") {
            self.counts.message_id += 1;
            self.message_id_text
                .get_or_insert_with(|| field.value().into_owned());
        } else {
            self.take_hint(field);
        }
    }

    fn take_hint(&mut self, field: &Field<'_>) {
        let is_one_of = |names: &[&str]| names.iter().any(|name| field.is(name));
        if is_one_of(&SOFTWARE) {
            self.software.push(named(field));
        } else if is_one_of(&CLIENTS) {
            self.clients.push(named(field));
        } else if is_one_of(&ACCOUNTS) {
            self.accounts.push(named(field));
        } else if is_one_of(&DELIVERED) {
            self.delivered_to.push(unbracketed(&field.value()));
        } else if field.is("Return-Path") && self.return_path.is_none() {
            self.return_path = Some(unbracketed(&field.value()));
        }
    }
}

fn named(field: &Field<'_>) -> NamedValue {
    NamedValue {
        name: lossy(field.name),
        value: lossy(&field.value()),
    }
}

fn unbracketed(value: &[u8]) -> String {
    let value = value.trim_ascii();
    let value = value.strip_prefix(b"<").unwrap_or(value);
    lossy(value.strip_suffix(b">").unwrap_or(value))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
