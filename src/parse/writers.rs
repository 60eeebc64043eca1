//! Who wrote the lines of a syslog lately: what stands between time stamp and process number is read once for each of
//! them.

use super::grammar::claimed;
use super::{Entry, Grammar, envelope, same};

/// Those who wrote lately, each where [`place`] has it: programs take turns, but they are few.
#[derive(Clone, Debug, Default)]
pub(super) struct Writers(Vec<Writer>);

/// One program of one host.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    /// Both, as they are written. Empty: nobody.
    origin: Box<[u8]>,
    /// Bytes of the host's label.
    host: usize,
    /// The grammar of its entries; `None` for a program that moves no mail.
    pub(super) grammar: Option<&'static Grammar>,
}

const LATELY: usize = 64;
/// So many places are looked at.
const NEAR: usize = 4;

impl Writers {
    /// Takes no room yet.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes a line with the usual frame out of it, and tells who wrote it; `None` for other lines, which leave something
    /// of theirs in the entry.
    #[inline]
    pub(super) fn open<'a>(&mut self, line: &'a [u8], entry: &mut Entry<'a>) -> Option<&Writer> {
        let origin = envelope::usual(line, entry)?;
        let writer = self.find(origin)?;
        let (host, program) = origin.split_at_checked(writer.host)?;
        (entry.host, entry.program) = (host, program.get(1..)?);
        Some(writer)
    }

    /// Who it is; `None` where there is anything to weigh.
    #[inline]
    fn find(&mut self, origin: &[u8]) -> Option<&Writer> {
        let place = place(origin);
        let known = self.0.get(place);
        if known.is_some_and(|writer| same(&writer.origin, origin)) {
            return self.0.get(place);
        }
        self.find_near(place, origin)
    }

    /// The same where another one is in its place.
    fn find_near(&mut self, place: usize, origin: &[u8]) -> Option<&Writer> {
        let is = |nth: usize, wanted: &[u8]| {
            let writer = self.0.get((place + nth) % LATELY);
            writer.is_some_and(|writer| same(&writer.origin, wanted))
        };
        if let Some(nth) = (0..NEAR).find(|nth| is(*nth, origin)) {
            return self.0.get((place + nth) % LATELY);
        }
        let free = (0..NEAR).find(|nth| is(*nth, b"")).unwrap_or(0);
        self.meet((place + free) % LATELY, origin)
    }

    #[cold]
    fn meet(&mut self, place: usize, origin: &[u8]) -> Option<&Writer> {
        let (host, program) = envelope::names(origin)?;
        self.0.resize_with(LATELY, Writer::default);
        let writer = self.0.get_mut(place)?;
        *writer = Writer {
            origin: origin.into(),
            host: host.len(),
            grammar: claimed(program),
        };
        Some(writer)
    }
}

/// By the end: hosts begin it, and programs begin alike.
fn place(origin: &[u8]) -> usize {
    let end = origin.last_chunk();
    let end = end.map_or(0, |end| u64::from_le_bytes(*end));
    // `submission/smtpd` and another one may differ by their lengths alone.
    let mixed = (end ^ origin.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 58) as usize % LATELY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Framing;
    use crate::parse::bytes::tests::neighbours;

    #[test]
    fn entries_are_those_of_the_frame_and_grammars_those_of_the_program() {
        let all = [
            "Nov 23 07:33:40 mx1 postfix/smtpd[25994]: connect from a[192.0.2.1]",
            "Nov 23 07:33:40 mx1 postfix/submission/smtpd[25994]: connect from a[192.0.2.1]",
            "2026-11-23T07:33:40.075428+01:00 mx1 postfix/qmgr[7]: C27A5D8: removed",
            "2026-11-23T07:33:40+01:00 mail.example.org exim[12]: Start queue run: pid=12\r",
            "Nov 23 07:33:40 mx1 sm-mta[12]: A: to=<b>",
            "Nov 23 07:33:40 mx1 dovecot[12]: imap-login: Login",
            "Nov 23 07:33:40 mail.info exim[12]: x",
            "Nov 23 07:33:40 src@mx1/relay exim[12]: x",
            "Nov 23 07:33:40 mx1 kernel: x [12]: y",
            "Nov 23 07:33:40 mx1 exim[12]: message repeated 2 times: [ x]",
            "1 2026-11-23T07:33:40Z mx1 exim 12 - - x",
        ];
        let (mut writers, mut taken) = (Writers::new(), 0);
        for line in all.iter().flat_map(|line| neighbours(line.as_bytes())) {
            // The second time around its writer is known.
            for _ in 0..2 {
                let mut entry = Entry::default();
                let Some(writer) = writers.open(&line, &mut entry) else {
                    continue;
                };
                let mut scratch = Vec::new();
                assert_eq!(Framing::Lines.open(&line, &mut scratch), Some(entry));
                let names =
                    [writer.grammar, claimed(entry.program)].map(|own| own.map(|own| own.name));
                assert_eq!(names[0], names[1], "{line:?}");
                taken += 1;
            }
        }
        assert!(taken > 5000, "{taken}");
    }
}
