//! Caches shared by the evaluations of one model.

use std::cell::RefCell;
use std::sync::Arc;

use crate::model::tried::Laid;
use crate::model::{AsOf, GradeBook, Model};
use crate::query::{Term, TextMatch, narrow};
use crate::tls::Profile;

use super::columns::{EventColumns, MessageColumns};
use super::lines::Scan;
use super::listed::Listed;
use super::packed::Packed;
use super::postings::{PostingKey, Postings};
use super::strings::Strings;
use super::{Bits, Breaks, SortKey};

/// Cache of one model, which may grow and change meanwhile. Filled on demand.
#[derive(Debug)]
pub struct Index {
    postings: RefCell<[Postings; PostingKey::ALL.len()]>,
    pub(super) event_columns: RefCell<EventColumns>,
    pub(super) message_columns: RefCell<MessageColumns>,
    pub(super) listed: RefCell<Listed>,
    pub(super) scans: RefCell<Lru<Scan>>,
    string_matches: RefCell<Lru<StringMatches>>,
    term_matches: RefCell<Lru<TermMatches>>,
    laid: RefCell<Option<(u64, Arc<Laid>)>>,
    order: RefCell<Option<Order>>,
}

/// Cached distinct strings that match a text.
#[derive(Debug)]
struct StringMatches {
    of: Strings,
    text: TextMatch,
    symbols: Arc<Bits>,
    /// Number of strings tested so far.
    asked: u32,
}

/// Cached messages that match a term.
#[derive(Debug)]
struct TermMatches {
    generation: u64,
    term: Term,
    messages: Arc<Bits>,
}

/// Cached order of all messages.
#[derive(Debug)]
struct Order {
    key: SortKey,
    generation: u64,
    profile: Arc<Profile>,
    as_of: AsOf,
    rows: Packed,
}

/// Cache of a few entries, least recently used first.
#[derive(Debug)]
pub(super) struct Lru<T> {
    capacity: usize,
    list: Vec<T>,
}

impl<T> Lru<T> {
    const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            list: Vec::new(),
        }
    }

    /// Adds an entry, in place of the least recently used one when the cache is full.
    pub(super) fn add(&mut self, entry: T) {
        if self.list.len() >= self.capacity {
            self.list.remove(0);
        }
        self.list.push(entry);
    }

    /// Removes and returns the most recently used entry that matches.
    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let at = self.list.iter().rposition(wanted)?;
        Some(self.list.remove(at))
    }

    /// All entries, most recently used first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.list.iter().rev()
    }
}

/// Number of terms whose messages are cached, with one bit for each message.
const TERMS: usize = 32;

/// Number of texts whose strings are cached, with one bit for each string.
const TEXTS: usize = 64;

/// Number of terms whose lines are cached, with one bit for each event.
const SCANS: usize = 8;

impl Default for Index {
    fn default() -> Self {
        Self {
            postings: RefCell::new(PostingKey::ALL.map(Postings::new)),
            event_columns: RefCell::default(),
            message_columns: RefCell::default(),
            listed: RefCell::default(),
            scans: RefCell::new(Lru::new(SCANS)),
            string_matches: RefCell::new(Lru::new(TEXTS)),
            term_matches: RefCell::new(Lru::new(TERMS)),
            laid: RefCell::new(None),
            order: RefCell::new(None),
        }
    }
}

impl Index {
    /// Builds the parts that most filters need for the model as it is now; `None` when ended early, which keeps
    /// what was built.
    pub fn prepare(&self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        for postings in self.postings.borrow_mut().iter_mut() {
            if postings.is_for_words() {
                postings.catch_up(model, breaks)?;
            }
        }
        self.event_columns.borrow_mut().catch_up(model, breaks)?;
        self.message_columns.borrow_mut().catch_up(model);
        self.listed.borrow_mut().catch_up(model, breaks)
    }

    /// Events tested and events in all of an evaluation that was ended early while it read lines; `None` when
    /// there is none.
    pub fn reading(&self) -> Option<(u32, u32)> {
        let scans = self.scans.borrow();
        let progress = scans.iter().next().map(Scan::progress);
        progress.filter(|(asked, all)| asked < all)
    }

    /// Adds the messages that use one of the wanted keys to `into`; `None` when ended early.
    pub(super) fn collect(
        &self,
        key: PostingKey,
        model: &Model,
        breaks: Breaks<'_>,
        wanted: &Bits,
        into: &mut Bits,
    ) -> Option<()> {
        let mut all = self.postings.borrow_mut();
        for postings in all.iter_mut().filter(|postings| postings.key() == key) {
            postings.catch_up(model, breaks)?;
            postings.collect(wanted, into);
        }
        Some(())
    }

    /// Strings of `of`, of which there are `len`, that match `text`. `ask` tests the strings whose numbers it
    /// is given, and returns `None` when cancelled, as this does.
    pub(super) fn found(
        &self,
        of: Strings,
        text: &TextMatch,
        len: u32,
        ask: impl FnOnce(&mut dyn Iterator<Item = u32>) -> Option<Bits>,
    ) -> Option<Arc<Bits>> {
        let same = |matches: &StringMatches| matches.of == of && matches.text == *text;
        let wider = |matches: &&StringMatches| matches.of == of && text.implies(&matches.text);
        let mut kept = self.string_matches.borrow_mut();
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
                StringMatches {
                    of,
                    text: text.clone(),
                    symbols: Arc::new(symbols),
                    asked: len,
                }
            }
        };
        let symbols = Arc::clone(&found.symbols);
        kept.add(found);
        Some(symbols)
    }

    /// Cached messages that match a term.
    pub(super) fn cached_messages(&self, generation: u64, term: &Term) -> Option<Arc<Bits>> {
        let mut kept = self.term_matches.borrow_mut();
        let entry = kept.take(|entry| entry.generation == generation && entry.term == *term)?;
        let messages = Arc::clone(&entry.messages);
        kept.add(entry);
        Some(messages)
    }

    /// Cached messages of a wider term, which include all messages of this term.
    pub(super) fn messages_of_wider_term(&self, generation: u64, term: &Term) -> Option<Arc<Bits>> {
        let kept = self.term_matches.borrow();
        let wider = |entry: &&TermMatches| {
            entry.generation == generation && narrow::term(term, &entry.term)
        };
        let entry = kept.iter().find(wider);
        entry.map(|entry| Arc::clone(&entry.messages))
    }

    /// Caches the messages that match a term.
    pub(super) fn cache_messages(&self, generation: u64, term: &Term, messages: &Arc<Bits>) {
        self.term_matches.borrow_mut().add(TermMatches {
            generation,
            term: term.clone(),
            messages: Arc::clone(messages),
        });
    }

    /// The hosts that the waits of a model are laid to.
    pub(super) fn laid(&self, model: &Model) -> Arc<Laid> {
        let mut kept = self.laid.borrow_mut();
        let known = kept.as_ref();
        let known = known.filter(|(generation, _)| *generation == model.generation);
        if let Some((_, laid)) = known {
            return Arc::clone(laid);
        }
        let laid = Arc::new(Laid::of(model, 0..model.events.len()));
        *kept = Some((model.generation, Arc::clone(&laid)));
        laid
    }

    /// Selected messages in ascending order of a key. `make` sorts all messages when that order is not cached.
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

    /// Bytes on the heap, of those parts that grow with the number of messages.
    pub fn heap_bytes(&self) -> usize {
        let postings = self.postings.borrow();
        let order = self.order.borrow();
        postings.iter().map(Postings::heap_bytes).sum::<usize>()
            + self.event_columns.borrow().heap_bytes()
            + self.message_columns.borrow().heap_bytes()
            + self.listed.borrow().heap_bytes()
            + order.as_ref().map_or(0, |order| order.rows.heap_bytes())
    }
}
