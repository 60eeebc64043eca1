//! Mail system that wrote a Received header.

use super::clauses::{Clauses, Place, starts_with};
use super::{address, comment};

/// Mail systems whose Received headers are distinguished, because it is known where they state TLS and what its
/// absence means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Writer {
    /// Exim.
    Exim,
    /// Postfix.
    Postfix,
    /// Sendmail.
    Sendmail,
    /// OpenSMTPD.
    OpenSmtpd,
    /// Exchange, Exchange Online, IIS.
    Microsoft,
    /// Any other or unknown one.
    #[default]
    Other,
}

impl Writer {
    /// Recognises the writer by comments outside the `from` part, which no peer can write.
    pub(super) fn of(clauses: &Clauses<'_>) -> Self {
        if starts_with(clauses.with, b"Microsoft SMTP") {
            return Self::Microsoft;
        }
        writer_comments(clauses)
            .find_map(|text| match text {
                b"OpenSMTPD" => Some(Self::OpenSmtpd),
                _ if names(text, b"Postfix") => Some(Self::Postfix),
                _ if names(text, b"Exim") => Some(Self::Exim),
                _ if is_sendmail(text) => Some(Self::Sendmail),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// True for writers that state TLS whenever it was used, by the protocol or a comment (as their sources
    /// show). A header of theirs without it means plaintext.
    pub(super) const fn always_states_tls(self) -> bool {
        matches!(
            self,
            Self::Exim | Self::Postfix | Self::Sendmail | Self::OpenSmtpd
        )
    }

    /// True for writers that state a reverse DNS name only if it resolves to the address, or mark it otherwise.
    /// Others, OpenSMTPD among them, state any name, which the owner of the address controls.
    pub const fn confirms_names(self) -> bool {
        matches!(self, Self::Exim | Self::Postfix | Self::Sendmail)
    }
}

fn writer_comments<'a>(clauses: &Clauses<'a>) -> impl Iterator<Item = &'a [u8]> {
    clauses
        .comments()
        .iter()
        .filter(|comment| {
            !matches!(
                comment.place,
                Place::Start | Place::From | Place::Crypted | Place::Envelope
            )
        })
        .map(|comment| comment.text)
}

/// True for `Exim`, `Exim 4.93` and `Postfix, from userid 0`, but not for `Eximious`.
fn names(text: &[u8], name: &[u8]) -> bool {
    text.strip_prefix(name)
        .is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b',' | b'/')))
}

/// True for the versions of program and configuration that Sendmail writes: `8.18.2/8.18.2/Debian-1`.
fn is_sendmail(text: &[u8]) -> bool {
    text.starts_with(b"8.") && memchr::memmem::find(text, b"/8.").is_some()
}

/// Comment with the version of the writer: `Exim 4.93`, `8.18.2/8.18.2`.
pub(super) fn software<'a>(clauses: &Clauses<'a>) -> &'a [u8] {
    writer_comments(clauses)
        .find(|text| {
            has_version(text) && comment::read(text).is_none() && address::read(text).is_none()
        })
        .unwrap_or_default()
}

/// True when there is a digit before a dot, and no byte of addresses or pairs.
fn has_version(text: &[u8]) -> bool {
    text.windows(2)
        .any(|pair| pair.first().is_some_and(u8::is_ascii_digit) && pair.ends_with(b"."))
        && memchr::memchr3(b'@', b'<', b'=', text).is_none()
}
