//! Part of an arrival line from the value of `P=` to the end.

use super::arrival::are_addresses;
use super::fields::certificate_name_end;
use crate::parse::bytes::{angle, from, near, number, quoted_end, tag_end, to, word};

/// How well a text fits the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Parsed, but with unknown words or an unclosed quotation.
    Loose,
    /// Parsed completely.
    Exact,
}

/// Fields of the tail of an arrival line.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one observation about the line, made and read by itself"
)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tail<'a> {
    pub(super) protocol: &'a [u8],
    /// Value of `X=`.
    pub(super) cipher: Option<&'a [u8]>,
    /// `CV=yes` is `Some(true)`.
    pub(super) verified: Option<bool>,
    pub(super) size: Option<u64>,
    /// Whether there was `S=`, even with an unreadable value.
    pub(super) sized: bool,
    pub(super) message_id: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) recipients: &'a [u8],
    /// Whether a field was repeated, or where Exim never puts it.
    pub(super) ambiguous: bool,
    /// Whether a field was parsed that comes after all TLS fields.
    past_tls: bool,
    loose: bool,
}

impl<'a> Tail<'a> {
    /// Parses from the value of `P=` on. `None` when there is another ` P=` outside of quotes, or a word that
    /// belongs to the host: then this ` P=` is not Exim's.
    pub(super) fn read(text: &'a [u8]) -> Option<(Fit, Self)> {
        let (protocol, mut rest) = word(text);
        let mut tail = Self {
            protocol,
            loose: !protocol
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'),
            ..Self::default()
        };
        while let Some(body) = rest.strip_prefix(b" ") {
            rest = tail.field(body)?;
        }
        let fit = if tail.loose || !rest.is_empty() {
            Fit::Loose
        } else {
            Fit::Exact
        };
        Some((fit, tail))
    }

    /// Parses one field; returns the rest.
    fn field(&mut self, body: &'a [u8]) -> Option<&'a [u8]> {
        let stop = tag_end(body);
        let tag = to(body, stop);
        let Some(value) = from(body, stop).strip_prefix(b"=") else {
            return self.bare_word(tag, body);
        };
        let (value, rest) = match tag {
            b"P" | b"H" => return None,
            b"X" => {
                let (value, rest) = word(value);
                self.ambiguous |= self.past_tls || self.cipher.replace(value).is_some();
                (value, rest)
            }
            b"CV" => {
                let (value, rest) = word(value);
                let verified = self.verified.replace(value == b"yes");
                self.ambiguous |= self.past_tls || verified.is_some();
                self.loose |= value != b"yes" && value != b"no";
                (value, rest)
            }
            b"DN" => self.unescaped(value),
            b"SNI" if value.starts_with(b"\"") => self.unescaped(value),
            b"S" => {
                let (value, rest) = word(value);
                self.ambiguous |= self.sized;
                self.sized = true;
                self.size = number(value);
                self.past_tls = true;
                (value, rest)
            }
            b"id" | b"id*" => self.message_id(value),
            b"T" => self.subject(value),
            _ => self.other(tag, value),
        };
        // No other value contains a quote.
        if !matches!(tag, b"DN" | b"SNI" | b"id" | b"id*" | b"T") {
            self.loose |= near(value, b'"').is_some();
        }
        Some(rest)
    }

    /// Parses `K`, `PRDR`, `L.-`, `ARC`, and at the end ` from <sender>` and ` for recipients`.
    fn bare_word(&mut self, word: &'a [u8], body: &'a [u8]) -> Option<&'a [u8]> {
        let rest = from(body, word.len());
        match word {
            b"from" => {
                self.past_tls = true;
                let Some((_, rest)) = rest.strip_prefix(b" ").and_then(angle) else {
                    self.loose = true;
                    return Some(b"");
                };
                Some(rest)
            }
            b"for" => {
                self.recipients = from(rest, 1);
                self.loose |= !are_addresses(self.recipients);
                Some(b"")
            }
            // Rest of a host: `(helo)`, `[ip]`, `[ip]:port`, `helo)`.
            [b'(' | b'[', ..] | [.., b')' | b']'] => None,
            [b'A'..=b'Z', ..] if !word.contains(&b'"') => Some(rest),
            _ => {
                self.loose = true;
                Some(rest)
            }
        }
    }

    fn unescaped(&mut self, value: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        self.past_tls = true;
        self.quoted(value, certificate_name_end(value))
    }

    fn subject(&mut self, value: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        self.past_tls = true;
        if !value.starts_with(b"\"") {
            self.loose = true;
            return word(value);
        }
        let (subject, rest) = self.quoted(value, quoted_end(value));
        self.ambiguous |= !self.subject.is_empty();
        self.subject = subject;
        (subject, rest)
    }

    fn quoted(&mut self, value: &'a [u8], end: Option<usize>) -> (&'a [u8], &'a [u8]) {
        if let Some(end) = end {
            (from(to(value, end - 1), 1), from(value, end))
        } else {
            self.loose = true;
            (from(value, 1), b"")
        }
    }

    /// Parses `id=local@domain`. A quoted local part may contain spaces.
    fn message_id(&mut self, value: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        self.past_tls = true;
        self.ambiguous |= !self.message_id.is_empty();
        let local = if value.starts_with(b"\"") {
            quoted_end(value)
        } else {
            Some(0)
        };
        let Some(local) = local else {
            self.loose = true;
            self.message_id = value;
            return (value, b"");
        };
        let (domain, rest) = word(from(value, local));
        self.loose |= near(domain, b'"').is_some();
        self.message_id = to(value, value.len() - rest.len());
        (self.message_id, rest)
    }

    /// Parses `A=`, `M8S=`, `RT=`, `Q=`, `DKIM=`, `PRX=` and fields of later releases.
    fn other(&mut self, tag: &[u8], value: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        // The client chooses an authenticated ID, which may contain spaces; the other values are words.
        self.past_tls |= tag == b"A";
        self.loose |= !tag.iter().all(u8::is_ascii_alphanumeric)
            || !tag.first().is_some_and(u8::is_ascii_uppercase);
        word(value)
    }
}

#[cfg(test)]
mod tests;
