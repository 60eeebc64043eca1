//! Parses the common form of the text after the time stamp in one pass.
//!
//! Anything unusual is left to [`super::tag`], which gives the same entries for the lines accepted here. The
//! tests compare both.

use super::tag::is_priority;
use crate::parse::Entry;
use crate::parse::bytes::{from, near, near_any, to};

/// Maximum length of a process number.
const LONGEST_PID: usize = 32;
/// Maximum length of an origin in bytes.
const LONGEST_ORIGIN: usize = 128;

/// Parses `host program[pid]: text`, except for the origin `host program`, which is returned: few origins write
/// all lines, and the caller caches them. Into an existing entry, because copying an entry is measurable.
#[inline]
pub(super) fn open<'a>(rest: &'a [u8], entry: &mut Entry<'a>) -> Option<&'a [u8]> {
    let end = near(to(rest, LONGEST_ORIGIN), b'[')?;
    let (origin, numbered) = (to(rest, end), from(rest, end + 1));
    let digits = numbered.iter().position(|byte| !byte.is_ascii_digit())?;
    let (pid, behind) = (to(numbered, digits), from(numbered, digits));
    let [b']', b':', b' ', text @ ..] = behind else {
        return None;
    };
    (entry.pid, entry.text) = (pid, text);
    // Text with a prefix of Solaris or rsyslog: `[ID 801593 mail.info] text`, `message repeated 3 times: [ text]`.
    let bare = !matches!(text, [b'[', ..] | [b'm', b'e', b's', ..]);
    (bare && (1..=LONGEST_PID).contains(&digits)).then_some(origin)
}

/// Host and program of the origin `host program`; `None` for anything unusual.
pub(in crate::parse) fn names(origin: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = near_any(origin, *b" :@/")?;
    let (host, behind) = (to(origin, end), from(origin, end));
    if matches!(host, [] | [b'<', ..]) || is_priority(host) {
        return None;
    }
    let program = behind.strip_prefix(b" ")?;
    let whole = !program.is_empty() && near_any(program, *b" :").is_none();
    whole.then_some((host, program))
}

#[cfg(test)]
mod tests {
    use super::super::tag::{self, Proof};
    use super::*;
    use crate::parse::Stamp;
    use crate::parse::bytes::tests::neighbours;

    fn read(rest: &[u8]) -> Option<Entry<'_>> {
        let mut entry = Entry::default();
        (entry.host, entry.program) = names(open(rest, &mut entry)?)?;
        Some(entry)
    }

    /// How it is read step by step.
    fn stepwise(rest: &[u8]) -> Option<Entry<'_>> {
        tag::open(Stamp::default(), rest, Proof::Stamp)
    }

    #[test]
    fn nearly_every_line_is_taken() {
        for line in [
            "mx1 postfix/smtpd[25994]: connect from a[192.0.2.1]",
            "mail.example.org postfix/submission/smtpd[1]: ",
            "mx-1.example.org exim[12]: Start queue run: pid=12",
            "192.0.2.1 sm-mta[4294967296]: A: to=<b>",
            "mx1 postfix/cleanup[3]: C27A5D8: message-id=<x>",
        ] {
            let read = read(line.as_bytes());
            assert_eq!(read, stepwise(line.as_bytes()), "{line}");
            assert!(read.is_some(), "{line}");
        }
    }

    #[test]
    fn what_is_taken_is_read_as_step_by_step() {
        let all = [
            "mx1 postfix/smtpd[25994]: connect from a[192.0.2.1]",
            "mail.info exim[12]: x",
            "mail.info mx1 exim[12]: x",
            "mx1 mail.info exim[12]: x",
            "src@mx1/relay exim[12]: x",
            "<mail.info> mx1 exim[12]: x",
            "2001:db8::1 exim[12]: x",
            "exim[12]: x",
            "mx1 exim[1234567890123456789012345678901234]: x",
            "mx1 exim[12]: [ID 801593 mail.info] x",
            "mx1 exim[12]: message repeated 2 times: [ x]",
        ];
        let mut taken = 0;
        for rest in all.iter().flat_map(|rest| neighbours(rest.as_bytes())) {
            if let Some(entry) = read(&rest) {
                assert_eq!(Some(entry), stepwise(&rest), "{rest:?}");
                taken += 1;
            }
        }
        assert!(taken > 1000, "{taken}");
    }
}
