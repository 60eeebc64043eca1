//! Undoes the escapes of mail systems in log texts.

use std::borrow::Cow;

use super::Mta;
use crate::text::{unescape_exim, unescape_sendmail};

impl Mta {
    /// The text without the escapes of the mail system. The result is untrusted and has to be sanitised for display.
    ///
    /// Postfix writes `?` for unprintable bytes and OpenSMTPD does not escape, so their backslashes stand for
    /// themselves. `#012` of rsyslog is left, since a text may contain it literally.
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
