//! What evaluations of one model share: lists and answers that later ones need not find again.

use std::cell::RefCell;
use std::sync::Arc;

use crate::model::{AsOf, GradeBook, Model};
use crate::query::{Term, TextMatch, narrow};
use crate::tls::Profile;

use super::columns::{Columns, Facts};
use super::lines::Scan;
use super::listed::Listed;
use super::packed::Packed;
use super::postings::{Family, Postings};
use super::strings::Strings;
use super::{Bits, Breaks, SortKey};

/// What is remembered of one model, and only of that one: it may grow and change meanwhile. An empty index is
/// filled as it is needed.
#[derive(Debug)]
pub struct Index {
    postings: RefCell<[Postings; Family::ALL.len()]>,
    pub(super) columns: RefCell<Columns>,
    pub(super) facts: RefCell<Facts>,
    pub(super) listed: RefCell<Listed>,
    pub(super) scans: RefCell<Recent<Scan>>,
    found: RefCell<Recent<Found>>,
    known: RefCell<Recent<Known>>,
    order: RefCell<Option<Order>>,
}

/// The distinct strings that a text finds.
#[derive(Debug)]
struct Found {
    of: Strings,
    text: TextMatch,
    symbols: Arc<Bits>,
    /// Strings that were asked.
    asked: u32,
}

/// The messages that pass a term.
#[derive(Debug)]
struct Known {
    generation: u64,
    term: Term,
    messages: Arc<Bits>,
}

/// All messages in an order.
#[derive(Debug)]
struct Order {
    key: SortKey,
    generation: u64,
    profile: Arc<Profile>,
    as_of: AsOf,
    rows: Packed,
}

/// The few things that were needed last.
#[derive(Debug)]
pub(super) struct Recent<T> {
    most: usize,
    /// The latest is the last.
    list: Vec<T>,
}

impl<T> Recent<T> {
    const fn new(most: usize) -> Self {
        Self {
            most,
            list: Vec::new(),
        }
    }

    /// Keeps a thing, perhaps instead of the oldest.
    pub(super) fn keep(&mut self, thing: T) {
        if self.list.len() >= self.most {
            self.list.remove(0);
        }
        self.list.push(thing);
    }

    /// Takes out the first that is wanted, the latest first.
    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let at = self.list.iter().rposition(wanted)?;
        Some(self.list.remove(at))
    }

    /// All of them, the latest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.list.iter().rev()
    }
}

/// Terms of which the messages are kept: a bit for each message and term.
const TERMS: usize = 32;

/// Texts of which the strings are kept: a bit for each string and text.
const TEXTS: usize = 64;

/// Terms of which the lines are kept: a bit for each event and term.
const SCANS: usize = 8;

impl Default for Index {
    fn default() -> Self {
        Self {
            postings: RefCell::new(Family::ALL.map(Postings::new)),
            columns: RefCell::default(),
            facts: RefCell::default(),
            listed: RefCell::default(),
            scans: RefCell::new(Recent::new(SCANS)),
            found: RefCell::new(Recent::new(TEXTS)),
            known: RefCell::new(Recent::new(TERMS)),
            order: RefCell::new(None),
        }
    }
}

impl Index {
    /// Makes what most filters need of the model as it is now; `None` when ended early. What is done then stays done.
    pub fn prepare(&self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        for postings in self.postings.borrow_mut().iter_mut() {
            if postings.is_usual() {
                postings.catch_up(model, breaks)?;
            }
        }
        self.columns.borrow_mut().catch_up(model, breaks)?;
        self.facts.borrow_mut().catch_up(model);
        self.listed.borrow_mut().catch_up(model, breaks)
    }

    /// Where an evaluation that reads lines again was when it ended early: how many events of how many it has asked.
    pub fn reading(&self) -> Option<(u32, u32)> {
        let scans = self.scans.borrow();
        let progress = scans.iter().next().map(Scan::progress);
        progress.filter(|(asked, all)| asked < all)
    }

    /// Takes the messages in that use a wanted key; `None` when ended early.
    pub(super) fn collect(
        &self,
        family: Family,
        model: &Model,
        breaks: Breaks<'_>,
        wanted: &Bits,
        into: &mut Bits,
    ) -> Option<()> {
        let mut all = self.postings.borrow_mut();
        for postings in all.iter_mut().filter(|own| own.family() == family) {
            postings.catch_up(model, breaks)?;
            postings.collect(wanted, into);
        }
        Some(())
    }

    /// The strings of `of`, which are `len` now, that `text` finds; `None` when `ask` was cancelled. It is handed
    /// the numbers of the strings that have to be asked.
    pub(super) fn found(
        &self,
        of: Strings,
        text: &TextMatch,
        len: u32,
        ask: impl FnOnce(&mut dyn Iterator<Item = u32>) -> Option<Bits>,
    ) -> Option<Arc<Bits>> {
        let same = |own: &Found| own.of == of && own.text == *text;
        let wider = |own: &&Found| own.of == of && text.implies(&own.text);
        let mut kept = self.found.borrow_mut();
        let found = match kept.take(same) {
            Some(found) if found.asked == len => found,
            Some(mut found) => {
                let mut symbols = ask(&mut (found.asked..len))?;
                let before = Arc::make_mut(&mut found.symbols);
                before.grow(len);
                symbols.unite(before);
                found.symbols = Arc::new(symbols);
                found.asked = len;
                found
            }
            None => {
                let basis = kept.iter().find(wider);
                let basis = basis.map(|found| (Arc::clone(&found.symbols), found.asked));
                let symbols = match basis {
                    Some((symbols, asked)) => ask(&mut symbols.ones().chain(asked..len))?,
                    None => ask(&mut (0..len))?,
                };
                Found {
                    of,
                    text: text.clone(),
                    symbols: Arc::new(symbols),
                    asked: len,
                }
            }
        };
        let symbols = Arc::clone(&found.symbols);
        kept.keep(found);
        Some(symbols)
    }

    /// The messages that pass a term, if that is known.
    pub(super) fn known(&self, generation: u64, term: &Term) -> Option<Arc<Bits>> {
        let mut kept = self.known.borrow_mut();
        let known = kept.take(|own| own.generation == generation && own.term == *term)?;
        let messages = Arc::clone(&known.messages);
        kept.keep(known);
        Some(messages)
    }

    /// Messages among which those of a term are, if such are known.
    pub(super) fn among(&self, generation: u64, term: &Term) -> Option<Arc<Bits>> {
        let kept = self.known.borrow();
        let wider = |own: &&Known| own.generation == generation && narrow::term(term, &own.term);
        let known = kept.iter().find(wider);
        known.map(|known| Arc::clone(&known.messages))
    }

    /// Keeps the messages that pass a term.
    pub(super) fn learn(&self, generation: u64, term: &Term, messages: &Arc<Bits>) {
        self.known.borrow_mut().keep(Known {
            generation,
            term: term.clone(),
            messages: Arc::clone(messages),
        });
    }

    /// Some messages, ascending by a key; `make` puts all of them in order where that was not done yet.
    pub(super) fn order(
        &self,
        key: SortKey,
        model: &Model,
        grades: &GradeBook,
        messages: &Bits,
        make: impl FnOnce() -> Option<Vec<u32>>,
    ) -> Option<Vec<u32>> {
        let mut kept = self.order.borrow_mut();
        let holds = |order: &&Order| {
            order.key == key
                && order.generation == model.generation
                && Arc::ptr_eq(&order.profile, grades.profile())
                && order.as_of == grades.as_of()
        };
        let count = messages.count();
        let all = count == model.messages.len();
        if let Some(order) = kept.as_ref().filter(holds) {
            let mut rows = Vec::with_capacity(count as usize);
            let known = order.rows.iter().filter_map(|row| u32::try_from(row).ok());
            rows.extend(known.filter(|row| all || messages.has(*row)));
            return Some(rows);
        }
        *kept = None;
        let mut rows = make()?;
        *kept = Some(Order {
            key,
            generation: model.generation,
            profile: Arc::clone(grades.profile()),
            as_of: grades.as_of(),
            rows: Packed::of(rows.iter().copied().map(u64::from)),
        });
        if !all {
            rows.retain(|row| messages.has(*row));
        }
        Some(rows)
    }

    /// Bytes held on the heap by what grows with the number of messages.
    pub fn heap_bytes(&self) -> usize {
        let postings = self.postings.borrow();
        let order = self.order.borrow();
        postings.iter().map(Postings::heap_bytes).sum::<usize>()
            + self.columns.borrow().heap_bytes()
            + self.facts.borrow().heap_bytes()
            + self.listed.borrow().heap_bytes()
            + order.as_ref().map_or(0, |own| own.rows.heap_bytes())
    }
}
