//! What stands behind the time stamp of nearly every line, read in one pass.
//!
//! Nothing is taken about which there is anything to weigh: all else is left to [`super::tag`], which reads what is
//! taken here to the very same entry. The tests hold both to that.

use super::tag::is_priority;
use crate::parse::bytes::{from, near_any, to};
use crate::parse::{Entry, Stamp};

/// The longest process number that is read.
const LONGEST_PID: usize = 32;

/// Reads `host program[pid]: text`.
#[inline]
pub(super) fn open(stamp: Stamp, rest: &[u8]) -> Option<Entry<'_>> {
    let end = near_any(rest, *b" :[@/")?;
    let (host, behind) = (to(rest, end), from(rest, end));
    if matches!(host, [] | [b'<', ..]) || is_priority(host) {
        return None;
    }
    let [b' ', tag @ ..] = behind else {
        return None;
    };
    let end = near_any(tag, *b" :[")?;
    let (program, behind) = (to(tag, end), from(tag, end));
    let [b'[', numbered @ ..] = behind else {
        return None;
    };
    let digits = numbered.iter().take_while(|byte| byte.is_ascii_digit());
    let (pid, behind) = numbered.split_at_checked(digits.count())?;
    let [b']', b':', b' ', text @ ..] = behind else {
        return None;
    };
    let usual = !program.is_empty() && (1..=LONGEST_PID).contains(&pid.len());
    // `[ID 801593 mail.info] text`, `message repeated 3 times: [ text]`.
    let bare = !matches!(text, [b'[', ..] | [b'm', b'e', b's', ..]);
    (usual && bare).then_some(Entry {
        stamp,
        host,
        program,
        pid,
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tag::{self, Proof};
    use super::*;
    use crate::parse::bytes::tests::neighbours;

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
            let read = open(Stamp::default(), line.as_bytes());
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
            if let Some(entry) = open(Stamp::default(), &rest) {
                assert_eq!(Some(entry), stepwise(&rest), "{rest:?}");
                taken += 1;
            }
        }
        assert!(taken > 1000, "{taken}");
    }
}
