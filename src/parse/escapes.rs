//! Texts of log lines as they were before a mail system escaped them.

use std::borrow::Cow;

use super::Mta;
use crate::text::{unescape_exim, unescape_sendmail};

impl Mta {
    /// A text of a line with the escapes of its writer undone; the result is bytes of a stranger again and has
    /// to be cleaned.
    ///
    /// Postfix writes `?` for what it does not print, and OpenSMTPD prints what it was given: a backslash in
    /// their lines is one. A `#012` of rsyslog stays: the same may stand in any text.
    pub fn unescape(self, text: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Exim => unescape_exim(text),
            Self::Sendmail => unescape_sendmail(text),
            Self::Postfix | Self::OpenSmtpd => Cow::Borrowed(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_escapes_of_the_writer_are_undone() {
        let text = br#"550 5.1.1 <EXAMPLE\nobody> \303\274 \"x\" #012"#;
        let of = |mta: Mta| String::from_utf8_lossy(&mta.unescape(text)).into_owned();
        assert_eq!(
            of(Mta::Exim),
            "550 5.1.1 <EXAMPLE\nobody> \u{fc} \"x\" #012"
        );
        assert_eq!(
            of(Mta::Sendmail),
            "550 5.1.1 <EXAMPLE\nobody> \u{fc} \\\"x\\\" #012"
        );
        for mta in [Mta::Postfix, Mta::OpenSmtpd] {
            assert_eq!(of(mta).as_bytes(), text);
        }
    }
}
