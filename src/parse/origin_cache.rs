//! Cache of the programs that wrote to a syslog recently. Host and program name of a line are parsed once for
//! each of them.

use super::grammar::claimed;
use super::{Entry, Grammar, envelope, same};

/// Hash table of recent origins. There are few, though their lines alternate.
#[derive(Clone, Debug, Default)]
pub(super) struct OriginCache(Vec<Origin>);

/// A program on a host.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    /// `host program`, as on the line; empty in a free slot.
    text: Box<[u8]>,
    /// Length of the host label in bytes.
    host: usize,
    /// Grammar of its entries; `None` for a program that is no mail system.
    pub(super) grammar: Option<&'static Grammar>,
}

const SLOTS: usize = 64;
/// Number of slots that are searched.
const PROBES: usize = 4;

impl OriginCache {
    /// Without any allocation.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Parses a line in the common syslog frame into `entry`, and returns its origin. `None` for other lines;
    /// `entry` may then be partly overwritten.
    #[inline]
    pub(super) fn open<'a>(&mut self, line: &'a [u8], entry: &mut Entry<'a>) -> Option<&Origin> {
        let origin = envelope::common(line, entry)?;
        let known = self.find(origin)?;
        let (host, program) = origin.split_at_checked(known.host)?;
        (entry.host, entry.program) = (host, program.get(1..)?);
        Some(known)
    }

    /// Looks an origin up, and inserts it if needed. `None` when it is not in the common form.
    #[inline]
    fn find(&mut self, origin: &[u8]) -> Option<&Origin> {
        let slot = slot(origin);
        let cached = self.0.get(slot);
        if cached.is_some_and(|cached| same(&cached.text, origin)) {
            return self.0.get(slot);
        }
        self.find_near(slot, origin)
    }

    /// Searches the next slots, when another origin is in the first one.
    fn find_near(&mut self, slot: usize, origin: &[u8]) -> Option<&Origin> {
        let is = |nth: usize, wanted: &[u8]| {
            let known = self.0.get((slot + nth) % SLOTS);
            known.is_some_and(|known| same(&known.text, wanted))
        };
        if let Some(nth) = (0..PROBES).find(|nth| is(*nth, origin)) {
            return self.0.get((slot + nth) % SLOTS);
        }
        let free = (0..PROBES).find(|nth| is(*nth, b"")).unwrap_or(0);
        self.insert((slot + free) % SLOTS, origin)
    }

    #[cold]
    fn insert(&mut self, slot: usize, origin: &[u8]) -> Option<&Origin> {
        let (host, program) = envelope::names(origin)?;
        self.0.resize_with(SLOTS, Origin::default);
        let known = self.0.get_mut(slot)?;
        *known = Origin {
            text: origin.into(),
            host: host.len(),
            grammar: claimed(program),
        };
        Some(known)
    }
}

/// Slot of an origin, by its last bytes: those at the beginning are the host, and the programs of one mail
/// system begin alike.
fn slot(origin: &[u8]) -> usize {
    let end = origin.last_chunk();
    let end = end.map_or(0, |end| u64::from_le_bytes(*end));
    // The length is mixed in, since origins such as `submission/smtpd` may have the same last bytes as another one.
    let mixed = (end ^ origin.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 58) as usize % SLOTS
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
        let (mut writers, mut taken) = (OriginCache::new(), 0);
        for line in all.iter().flat_map(|line| neighbours(line.as_bytes())) {
            // The second time around its known is known.
            for _ in 0..2 {
                let mut entry = Entry::default();
                let Some(known) = writers.open(&line, &mut entry) else {
                    continue;
                };
                let mut scratch = Vec::new();
                assert_eq!(Framing::Lines.open(&line, &mut scratch), Some(entry));
                let names =
                    [known.grammar, claimed(entry.program)].map(|own| own.map(|own| own.name));
                assert_eq!(names[0], names[1], "{line:?}");
                taken += 1;
            }
        }
        assert!(taken > 5000, "{taken}");
    }
}
