//! Whose way of writing a Received header is.

use super::clauses::{Clauses, Place, starts_with};
use super::{address, comment};

/// Mail systems whose Received headers are told apart, because they say for certain where TLS stands
/// and what its absence means.
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
    /// Any other, or one that does not say its name.
    #[default]
    Other,
}

impl Writer {
    /// Recognises the writer by the comments that it alone can write: those outside the `from` part.
    pub(super) fn of(clauses: &Clauses<'_>) -> Self {
        if starts_with(clauses.with, b"Microsoft SMTP") {
            return Self::Microsoft;
        }
        own_comments(clauses)
            .find_map(|text| match text {
                b"OpenSMTPD" => Some(Self::OpenSmtpd),
                _ if names(text, b"Postfix") => Some(Self::Postfix),
                _ if names(text, b"Exim") => Some(Self::Exim),
                _ if is_sendmail(text) => Some(Self::Sendmail),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// True for a writer that says so whenever TLS was in use, by the protocol word or a comment
    /// (read in the sources of all four). Its silence means plaintext.
    pub(super) const fn always_states_tls(self) -> bool {
        matches!(
            self,
            Self::Exim | Self::Postfix | Self::Sendmail | Self::OpenSmtpd
        )
    }

    /// True for a writer that tells a client's name only if the name leads back to the address, or says that
    /// it does not. Others write whatever the address points to, which is up to whoever has it.
    pub const fn confirms_names(self) -> bool {
        matches!(
            self,
            Self::Exim | Self::Postfix | Self::Sendmail | Self::OpenSmtpd
        )
    }
}

fn own_comments<'a>(clauses: &Clauses<'a>) -> impl Iterator<Item = &'a [u8]> {
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

/// `Exim`, `Exim 4.93`, `Postfix, from userid 0`, but not `Eximious`.
fn names(text: &[u8], name: &[u8]) -> bool {
    text.strip_prefix(name)
        .is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b',' | b'/')))
}

/// Sendmail writes the versions of program and configuration: `8.18.2/8.18.2/Debian-1`.
fn is_sendmail(text: &[u8]) -> bool {
    text.starts_with(b"8.") && memchr::memmem::find(text, b"/8.").is_some()
}

/// The comment in which the writer tells its version: `Exim 4.93`, `8.18.2/8.18.2`.
pub(super) fn software<'a>(clauses: &Clauses<'a>) -> &'a [u8] {
    own_comments(clauses)
        .find(|text| {
            has_version(text) && comment::read(text).is_none() && address::read(text).is_none()
        })
        .unwrap_or_default()
}

/// A number with a dot behind it, and nothing that belongs to addresses or pairs.
fn has_version(text: &[u8]) -> bool {
    text.windows(2)
        .any(|pair| pair.first().is_some_and(u8::is_ascii_digit) && pair.ends_with(b"."))
        && memchr::memchr3(b'@', b'<', b'=', text).is_none()
}
