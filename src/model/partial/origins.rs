//! Finds the origin of each line of a part.

use std::hash::BuildHasher;

use crate::model::intern::HASHER;
use crate::model::origin::{RECENT, ReuseLog, recent_slot};
use crate::model::slots::Slots;
use crate::model::{Interner, Origin, Symbol, TlsShown};
use crate::parse::{Fact, Mta, Turn};

#[derive(Default)]
pub(in crate::model) struct Origins {
    all: Vec<Origin>,
    /// Names of each origin, by its number.
    writers: Vec<Writer>,
    /// Numbers by [`Writer::hash_of`].
    known: Slots,
    /// Cache of recent origins by [`recent_slot`]: a log has few programs, which take turns.
    recent: [u16; RECENT],
    /// Host label for lines that name no host.
    host: Vec<u8>,
}

/// Names of an origin. They are compared for each line, so they are kept outside of the interner.
struct Writer {
    mta: Mta,
    host: Box<[u8]>,
    program: Box<[u8]>,
    hash: u64,
    /// Host of the messages on its lines.
    label: Symbol,
}

impl Writer {
    /// Hash of a fact's host and program for [`Slots`].
    fn hash_of(fact: &Fact<'_>) -> u32 {
        Slots::bits(HASHER.hash_one((fact.host, fact.program)))
    }

    fn is(&self, fact: &Fact<'_>) -> bool {
        // A log without frames names neither host nor program: two empty slices need no comparison.
        let same = |known: &[u8], written: &[u8]| {
            known.len() == written.len() && (known.is_empty() || known == written)
        };
        self.mta == fact.mta && same(&self.program, fact.program) && same(&self.host, fact.host)
    }
}

impl Origins {
    /// No origins yet; `label` is the host label of the log, empty for none.
    pub(super) fn of_host(label: &[u8]) -> Self {
        Self {
            host: label.to_vec(),
            ..Self::default()
        }
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.writers.clear();
        self.known.clear();
    }

    pub(in crate::model) fn all(&self) -> &[Origin] {
        &self.all
    }

    /// Host of the messages on an origin's lines.
    pub(super) fn label(&self, origin: u16) -> Symbol {
        let writer = self.writers.get(usize::from(origin));
        writer.map_or(Symbol::NONE, |writer| writer.label)
    }

    pub(super) fn hash(&self, origin: u16) -> u64 {
        let writer = self.writers.get(usize::from(origin));
        writer.map_or(0, |writer| writer.hash)
    }

    /// Number of a fact's origin, which is added if it is new. Its names are interned in `words`.
    pub(super) fn number(&mut self, fact: &Fact<'_>, words: &mut Interner) -> u16 {
        let is = |writer: &Writer| writer.is(fact);
        let slot = recent_slot(fact);
        let recent = usize::from(self.recent[slot]);
        let number = if self.writers.get(recent).is_some_and(is) {
            recent
        } else {
            let is = |number| self.writers.get(number as usize).is_some_and(is);
            let known = self.known.find(Writer::hash_of(fact), is);
            known.map_or_else(|| self.add(fact, words), |number| number as usize)
        };
        self.recent[slot] = u16::try_from(number).unwrap_or(u16::MAX);
        if !matches!(fact.turn, Turn::Closes | Turn::ClosesEmpty)
            && let Some(origin) = self.all.get_mut(number)
        {
            origin.show(TlsShown::of(fact));
        }
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    fn add(&mut self, fact: &Fact<'_>, words: &mut Interner) -> usize {
        let host = words.intern(fact.host);
        self.all.push(Origin {
            file: 0,
            host,
            program: words.intern(fact.program),
            mta: fact.mta,
            shows: TlsShown::default(),
            states_outbound: false,
            reuse_log: ReuseLog::default(),
            mixed: false,
        });
        self.writers.push(Writer {
            mta: fact.mta,
            host: fact.host.into(),
            program: fact.program.into(),
            hash: HASHER.hash_one((fact.host, fact.program)),
            label: if host.is_none() {
                words.intern(&self.host)
            } else {
                host
            },
        });
        let number = self.all.len() - 1;
        let slot_number = u32::try_from(number).unwrap_or(u32::MAX);
        self.known.insert(Writer::hash_of(fact), slot_number);
        number
    }

    /// TLS statements of the writer of lines without a syslog frame.
    pub(super) fn shown_without_frames(&self) -> TlsShown {
        let is_frameless = |origin: &&Origin| origin.program.is_none() && origin.host.is_none();
        let mut shown = TlsShown::default();
        for origin in self.all.iter().filter(is_frameless) {
            shown.merge(origin.shows);
        }
        shown
    }
}
