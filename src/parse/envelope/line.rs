//! Frames of one line, recognised by the first bytes.

use super::tag::{self, Proof};
use super::{json, plain, rfc5424, time};
use crate::parse::bytes::{between, from, number, to};
use crate::parse::{Entry, Stamp};

/// Parser of a time stamp at the start of a line, and what the stamp proves.
type StampForm = (fn(&[u8]) -> Option<(Stamp, &[u8])>, Proof);

const WITH_LETTER: [StampForm; 2] = [
    (time::traditional, Proof::Stamp),
    (time::with_weekday, Proof::Stamp),
];

const WITH_DIGIT: [StampForm; 4] = [
    (time::with_t, Proof::Stamp),
    (time::spaced, Proof::Tag),
    (time::year_first, Proof::Stamp),
    (time::unix, Proof::Tag),
];

/// Parses the frame of a line. Only JSON needs `scratch`.
pub(super) fn open<'a>(line: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Entry<'a>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match line {
        [b'{', ..] => json::open(line, scratch),
        // RFC 7464 and Server-Sent Events: journalctl -o json-seq and json-sse.
        [0x1e, object @ ..] | [b'd', b'a', b't', b'a', b':', b' ', object @ ..] => {
            json::open(object, scratch)
        }
        [b'<', ..] => {
            let rest = after_priority(line)?;
            rfc5424::open(rest).or_else(|| syslog(rest))
        }
        [b'1', b' ', ..] => rfc5424::open(line),
        _ => syslog(line),
    }
}

/// Text after `<22>`.
fn after_priority(line: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(b'>', to(line, 5))?;
    let priority = between(to(line, end + 1), b"<", b">")?;
    number::<u16>(priority).filter(|priority| *priority < 192)?;
    let rest = from(line, end + 1);
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// Parses a line in the common frame, except for its origin (host and program), which is returned for
/// [`plain::names`]. `None` for other lines, which need [`open`].
#[inline]
pub(in crate::parse) fn common<'a>(line: &'a [u8], entry: &mut Entry<'a>) -> Option<&'a [u8]> {
    common_syslog(line.strip_suffix(b"\r").unwrap_or(line), entry)
}

#[inline]
fn common_syslog<'a>(line: &'a [u8], entry: &mut Entry<'a>) -> Option<&'a [u8]> {
    let (stamp, rest) = time::plain(line).or_else(|| time::with_t(line))?;
    entry.stamp = stamp;
    plain::open(rest, entry)
}

fn syslog(line: &[u8]) -> Option<Entry<'_>> {
    let mut entry = Entry::default();
    let origin = common_syslog(line, &mut entry);
    if let Some((host, program)) = origin.and_then(plain::names) {
        (entry.host, entry.program) = (host, program);
        return Some(entry);
    }
    any_syslog(line)
}

fn any_syslog(line: &[u8]) -> Option<Entry<'_>> {
    let forms = match line.first()? {
        b'0'..=b'9' => WITH_DIGIT.as_slice(),
        b'A'..=b'Z' => WITH_LETTER.as_slice(),
        _ => return None,
    };
    let mut read = forms
        .iter()
        .filter_map(|(read, proof)| Some((read(line)?, *proof)));
    let ((stamp, rest), proof) = read.next()?;
    tag::open(stamp, rest, proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::bytes::tests::neighbours;

    #[test]
    fn the_usual_line_is_read_as_all_are() {
        for line in [
            "Nov 23 07:33:40 mx1 postfix/smtpd[25994]: connect from a[192.0.2.1]",
            "Nov  3 07:33:40 2026 mx1 exim[12]: x",
            "2026-11-23T07:33:40.075428+01:00 mail.example.org exim[12]: x",
            "2026-11-23 07:33:40 mx1 exim[12]: x",
        ] {
            assert!(syslog(line.as_bytes()).is_some(), "{line}");
            for line in neighbours(line.as_bytes()) {
                assert_eq!(syslog(&line), any_syslog(&line), "{line:?}");
            }
        }
    }
}
