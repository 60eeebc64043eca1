//! `ehlo=2 starttls=1 mail=1 rcpt=0/1 data=1 quit=1 commands=5/6`: the commands of a connection, on its disconnect line
//! (Postfix 3.0 and later).

use crate::parse::bytes::{from, near, number, to, word};

/// The counts that tell something of mail and TLS, as written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts<'a> {
    starttls: Option<&'a [u8]>,
    mail: Option<&'a [u8]>,
    commands: Option<&'a [u8]>,
    /// True when a command that begins the content of a message was used, even without success.
    has_content: bool,
}

impl<'a> Counts<'a> {
    pub(super) fn read(text: &'a [u8]) -> Self {
        let mut counts = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (field, after) = word(rest);
            rest = from(after, 1);
            let Some(equals) = near(field, b'=') else {
                continue;
            };
            let known = match to(field, equals) {
                b"starttls" => &mut counts.starttls,
                b"mail" => &mut counts.mail,
                b"commands" => &mut counts.commands,
                name => {
                    counts.has_content |= matches!(name, b"data" | b"bdat");
                    continue;
                }
            };
            known.get_or_insert(from(field, equals + 1));
        }
        counts
    }

    /// True when all mail of the connection came over TLS: STARTTLS succeeded (`starttls=1`, `starttls=1/2`), and there
    /// was at most one MAIL command. With more, some may have preceded STARTTLS.
    pub(super) fn secured_all_mail(self) -> bool {
        let one_mail = self.mail.and_then(count);
        let one_mail = one_mail.is_none_or(|(_, mails)| mails <= 1);
        let starttls = self.starttls.and_then(count);
        self.is_whole() && one_mail && starttls.is_some_and(|(done, _)| done >= 1)
    }

    /// True when no message was handed in on the connection.
    pub(super) fn lack_content(self) -> bool {
        self.is_whole() && !self.has_content
    }

    /// `commands=` comes last: without it the line was cut, and other counts may be missing.
    fn is_whole(self) -> bool {
        self.commands.and_then(count).is_some()
    }
}

/// Number of successful and of all commands: `1/2`, or one number for both.
fn count(text: &[u8]) -> Option<(u32, u32)> {
    let (done, all) = match near(text, b'/') {
        Some(slash) => (to(text, slash), from(text, slash + 1)),
        None => (text, text),
    };
    Some((number(done)?, number(all)?))
}

#[cfg(test)]
mod tests {
    use super::super::tests::neighbours;
    use super::*;
    use crate::parse::bytes::split_once;

    #[test]
    fn a_connection_without_content() {
        for (text, lacks) in [
            (" ehlo=1 mail=1 rcpt=1 quit=1 commands=4", true),
            (" helo=1 mail=1 rcpt=0/1 commands=2/3", true),
            (" ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5", false),
            (" ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4", false),
            (" ehlo=1 mail=1 rcpt=1 bdat=2 quit=1 commands=6", false),
            // Cut off, or written by an older release.
            (" ehlo=1 mail=1 rcpt=1 quit=1 comm", false),
            (" ehlo=1 mail=1 rcpt=1 commands=", false),
            ("", false),
        ] {
            assert_eq!(
                Counts::read(text.as_bytes()).lack_content(),
                lacks,
                "{text}"
            );
        }
    }

    #[test]
    fn counts_are_read_in_one_pass_as_one_by_one() {
        let one_by_one = |counts: &[u8]| {
            let count = |name: &[u8]| -> Option<(u32, u32)> {
                let mut counts = counts.split(|byte| *byte == b' ');
                let count =
                    counts.find_map(|count| count.strip_prefix(name)?.strip_prefix(b"="))?;
                let (done, all) = split_once(count, b"/").unwrap_or((count, count));
                Some((number(done)?, number(all)?))
            };
            count(b"commands").is_some()
                && count(b"mail").is_none_or(|(_, mails)| mails <= 1)
                && count(b"starttls").is_some_and(|(done, _)| done >= 1)
        };
        let all = [
            " ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7",
            " ehlo=2 starttls=0/1 mail=1 commands=3/4",
            "starttls=1/2 mail=0/1 mail=2 commands=4",
            " starttls=1 mail=2/3 commands=6",
            " mail=1 commands=2",
            " starttls=1 commands",
            "",
        ];
        let (mut yes, mut no) = (0, 0);
        for counts in all.iter().flat_map(|text| neighbours(text.as_bytes())) {
            let expected = one_by_one(&counts);
            assert_eq!(
                Counts::read(&counts).secured_all_mail(),
                expected,
                "{counts:?}"
            );
            *(if expected { &mut yes } else { &mut no }) += 1;
        }
        assert!(yes > 100 && no > 100);
    }
}
