//! Who wrote the lines of a part: its origins, which are found for each line.

use std::hash::BuildHasher;

use crate::model::intern::HASHER;
use crate::model::origin::{Kept, LATELY, place};
use crate::model::slots::Slots;
use crate::model::{Interner, Origin, Symbol, TlsShown};
use crate::parse::{Fact, Mta, Turn};

/// The origins of a part, by number.
#[derive(Default)]
pub(in crate::model) struct Origins {
    all: Vec<Origin>,
    /// Who an origin is, by its number.
    writers: Vec<Writer>,
    /// Their numbers, by [`Writer::bits`].
    known: Slots,
    /// Origins of lines before, each where [`place`] has it: programs take turns, but they are few.
    lately: [u16; LATELY],
    /// Label of the host, for lines that name none.
    host: Vec<u8>,
}

/// Who an origin is, with its names at hand: they are compared for each line.
struct Writer {
    mta: Mta,
    host: Box<[u8]>,
    program: Box<[u8]>,
    /// Of host and program.
    hash: u64,
    /// The host whose messages it tells of.
    label: Symbol,
}

impl Writer {
    /// By what it is found.
    fn bits(fact: &Fact<'_>) -> u32 {
        Slots::bits(HASHER.hash_one((fact.host, fact.program)))
    }

    fn is(&self, fact: &Fact<'_>) -> bool {
        // A log without frames names neither host nor program: nothing to compare.
        let same = |own: &[u8], written: &[u8]| {
            own.len() == written.len() && (own.is_empty() || own == written)
        };
        self.mta == fact.mta && same(&self.program, fact.program) && same(&self.host, fact.host)
    }
}

impl Origins {
    /// Those of a log of the host with that label (empty: none).
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

    /// In the order of their numbers.
    pub(in crate::model) fn all(&self) -> &[Origin] {
        &self.all
    }

    /// The host whose messages an origin tells of.
    pub(super) fn label(&self, origin: u16) -> Symbol {
        let writer = self.writers.get(usize::from(origin));
        writer.map_or(Symbol::NONE, |own| own.label)
    }

    /// A hash of the host and the program of an origin.
    pub(super) fn hash(&self, origin: u16) -> u64 {
        let writer = self.writers.get(usize::from(origin));
        writer.map_or(0, |own| own.hash)
    }

    /// The origin of a fact: mostly one of those met lately. Its names are kept in `words`.
    pub(super) fn number(&mut self, fact: &Fact<'_>, words: &mut Interner) -> u16 {
        let is = |own: &Writer| own.is(fact);
        let place = place(fact);
        let lately = usize::from(self.lately[place]);
        let number = if self.writers.get(lately).is_some_and(is) {
            lately
        } else {
            let is = |number| self.writers.get(number as usize).is_some_and(is);
            let known = self.known.find(Writer::bits(fact), is);
            known.map_or_else(|| self.add(fact, words), |number| number as usize)
        };
        self.lately[place] = u16::try_from(number).unwrap_or(u16::MAX);
        if fact.turn != Turn::Closes
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
            told_outbound: false,
            kept: Kept::default(),
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
        let place = u32::try_from(number).unwrap_or(u32::MAX);
        self.known.insert(Writer::bits(fact), place);
        number
    }

    /// Which TLS statements the writer of lines without a frame makes.
    pub(super) fn shown_without_frames(&self) -> TlsShown {
        let own = |origin: &&Origin| origin.program.is_none() && origin.host.is_none();
        let mut shown = TlsShown::default();
        for origin in self.all.iter().filter(own) {
            shown.merge(origin.shows);
        }
        shown
    }
}
