//! A message, or only its header, or an excerpt of a header: what it says about itself and its way.
//!
//! The header block is found and unfolded here (module `fields`), because pasted and damaged headers have to
//! be read as well; encoded words, address lists and MIME parts are left to the mail-parser crate.

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

/// One address of From or To.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Display name, decoded; empty if there is none.
    pub name: String,
    /// Address; empty if there is none.
    pub address: String,
}

impl Mailbox {
    /// The address, else the name.
    pub fn label(&self) -> &str {
        if self.address.is_empty() {
            &self.name
        } else {
            &self.address
        }
    }
}

/// A header field kept as it is: name and value, decoded as UTF-8 with replacement characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedValue {
    /// Field name as written.
    pub name: String,
    /// Value, unfolded.
    pub value: String,
}

/// How often fields came that may come once (RFC 5322 section 3.6).
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

/// What a message says. All text is raw: it can hold control characters and must be sanitised before it
/// is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is found out by itself and says nothing about the others"
)]
pub struct MessageFacts {
    /// The blank line that ends the header was there. Without it this is an excerpt, and what is
    /// missing says nothing.
    pub complete: bool,
    /// The header was quoted-printable text (`cipher=3DTLS_...`) and was mended.
    pub mended: bool,
    /// Number of header fields.
    pub fields: usize,
    /// Received headers, unfolded, oldest first. [`MessageFacts::received`] understands them.
    pub hops: Vec<Vec<u8>>,
    /// Authors.
    pub from: Vec<Mailbox>,
    /// Recipients named in the header.
    pub to: Vec<Mailbox>,
    /// Subject, decoded.
    pub subject: Option<String>,
    /// Date, if it can be read.
    pub date: Option<Stamp>,
    /// Date as written.
    pub date_text: Option<Vec<u8>>,
    /// Message-ID without angle brackets; empty if there is none.
    pub message_id: String,
    /// Message-ID as written.
    pub message_id_text: Option<Vec<u8>>,
    /// How often the singular fields came.
    pub counts: Counts,
    /// X-Mailer, User-Agent and their like.
    pub software: Vec<NamedValue>,
    /// Fields that tell the address or the script of the client: X-Originating-IP and its like.
    pub clients: Vec<NamedValue>,
    /// Fields that tell the login of the sender: X-Authenticated-Sender and its like.
    pub accounts: Vec<NamedValue>,
    /// Envelope sender as the last host noted it, without angle brackets; empty: the null sender.
    pub return_path: Option<String>,
    /// Envelope recipients as the last hosts noted them: Delivered-To, Envelope-To, X-Original-To.
    pub delivered_to: Vec<String>,
    /// Character sets of the text parts, lower case, in order, each once.
    pub charsets: Vec<String>,
    /// Names of fields with raw bytes above ASCII.
    pub eight_bit_fields: Vec<String>,
    /// The body has bytes above ASCII (looked at up to a limit).
    pub eight_bit_body: bool,
    /// Faults of the lines of the header.
    pub lines: LineFaults,
    /// A mail system may have written it: worth a look for what it returns, see [`returned`].
    pub may_return: bool,
}

impl MessageFacts {
    /// The Received headers, oldest first, understood.
    pub fn received(&self) -> impl DoubleEndedIterator<Item = Received<'_>> + ExactSizeIterator {
        self.hops.iter().map(|raw| received::parse(raw))
    }
}

/// Reads a message, a header, or an excerpt of one. Never fails: text that is no header gives no fields.
///
/// The header block is read once; of the body only the first 64 KiB are looked at, for character sets
/// and bytes above ASCII.
pub fn parse(bytes: &[u8]) -> MessageFacts {
    match quoted::mend(bytes) {
        Some(whole) => MessageFacts {
            mended: true,
            // What is returned is looked for in the text as it came.
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
