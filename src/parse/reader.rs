//! Reads the records of one log, in any frame and of any mail system.

use memchr::memmem;

use super::grammar::{self, Piece, ReadQueueId};
use super::logger;
use super::origin_cache::OriginCache;
use super::{Entry, Framing, GRAMMARS, Grammar, Outcome, Plain};
use crate::source::AHEAD_BYTES;

/// Maximum number of lines between the first and the last piece of a split entry.
const PIECES_WITHIN: u32 = 64;

/// Buffers for records whose text has to be assembled, and the cache of origins. Reused from record to record.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    origins: OriginCache,
    frame: Vec<u8>,
    joined: Vec<u8>,
    other: Vec<u8>,
}

impl Scratch {
    /// Without any allocation.
    pub const fn new() -> Self {
        Self {
            origins: OriginCache::new(),
            frame: Vec::new(),
            joined: Vec::new(),
            other: Vec::new(),
        }
    }
}

/// How to split a log into records and how to read them. A file may mix frames and programs, so frame and
/// grammar are determined for each record.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// How records are separated.
    pub framing: Framing,
    /// Grammar of a log file without syslog frames; tried first.
    own_log: Option<&'static Grammar>,
    /// Grammar for every record, whatever program wrote it (`--input`).
    forced: Option<&'static Grammar>,
}

impl Reader {
    /// Text on the first piece of a split entry.
    pub const PIECE_MARK: &'static [u8] = b"[1/";

    /// For a log file that a mail system writes itself, without syslog frames.
    pub const fn own_log(grammar: &'static Grammar) -> Self {
        Self {
            framing: Framing::Lines,
            own_log: Some(grammar),
            forced: None,
        }
    }

    /// For records in syslog or journal frames.
    pub const fn framed(framing: Framing) -> Self {
        Self {
            framing,
            own_log: None,
            forced: None,
        }
    }

    /// Reads every record with `grammar`.
    #[must_use]
    pub const fn forced(self, grammar: &'static Grammar) -> Self {
        Self {
            forced: Some(grammar),
            ..self
        }
    }

    /// Like [`Framing::looks_at`], including the lines after the record that are needed to read it.
    pub fn looks_at(&self, text: &[u8]) -> usize {
        let end = self.framing.looks_at(text);
        let record = text.get(..end).unwrap_or(text);
        let is_split = || memmem::find(record, Self::PIECE_MARK).is_some();
        if self.looks_ahead() > 0 && is_split() {
            end + AHEAD_BYTES
        } else {
            end
        }
    }

    /// Function that reads the queue ID of a line and nothing else. `None` for framed logs, where facts about a
    /// message may also be on lines that do not name it.
    pub fn by_queue_id(&self) -> Option<ReadQueueId> {
        self.own_log?.own_log.map(|log| log.queue_id)
    }

    /// Number of lines after a record that may be needed to read it.
    pub const fn looks_ahead(&self) -> u32 {
        match (self.own_log, self.framing) {
            (None, Framing::Lines) => PIECES_WITHIN,
            _ => 0,
        }
    }

    /// Splits a record in a common form into `plain`; false for all others, which [`Reader::read`] reads.
    pub fn glance<'a>(&self, record: &'a [u8], plain: &mut Plain<'a>) -> bool {
        let log = self.own_log.and_then(|grammar| grammar.own_log);
        log.is_some_and(|log| (log.glance)(record, plain))
    }

    /// Reads one record, without its last line end. `ahead` is the log after it, in which further pieces of a split
    /// entry are searched. Facts borrow from the record or, when its text had to be assembled, from `scratch`.
    pub fn read<'a>(
        &self,
        record: &'a [u8],
        ahead: &[u8],
        scratch: &'a mut Scratch,
    ) -> Outcome<'a> {
        let mut outcome = Outcome::NotMine;
        self.read_into(record, ahead, scratch, &mut outcome);
        outcome
    }

    /// Like [`Reader::read`], into an existing outcome. An outcome is so large that copying it is measurable.
    pub fn read_into<'a>(
        &self,
        record: &'a [u8],
        ahead: &[u8],
        scratch: &'a mut Scratch,
        outcome: &mut Outcome<'a>,
    ) {
        let record = record.strip_suffix(b"\r").unwrap_or(record);
        let mut reason = None;
        if let Some(grammar) = self.own_log {
            *outcome = own_line(grammar, record);
            match outcome {
                Outcome::NotMine => {}
                Outcome::NotUnderstood(why) => reason = Some(*why),
                _ => return,
            }
        }
        self.in_frame(record, ahead, scratch, reason, outcome);
    }

    /// Reads a record in a frame. `reason`: why the grammar of an unframed log did not understand the record,
    /// if it recognised it.
    fn in_frame<'a>(
        &self,
        record: &'a [u8],
        ahead: &[u8],
        scratch: &'a mut Scratch,
        reason: Option<&'static str>,
        outcome: &mut Outcome<'a>,
    ) {
        let Scratch {
            origins,
            frame,
            joined,
            other,
        } = scratch;
        let not_own = |otherwise| reason.map_or(otherwise, Outcome::NotUnderstood);
        let mut entry = Entry::default();
        let cached = match self.framing {
            Framing::Lines => origins.open(record, &mut entry),
            _ => None,
        };
        let claimed = if let Some(origin) = cached {
            origin.grammar
        } else if let Some(opened) = self.framing.open(record, frame) {
            entry = opened;
            grammar::claimed(entry.program)
        } else {
            *outcome = match self.own_log {
                Some(_) => not_own(Outcome::NotMine),
                None => self.unframed(record),
            };
            return;
        };
        if claimed.is_none() && logger::tells_of_loss(&entry) {
            *outcome = not_own(Outcome::LinesLost(entry.host));
            return;
        }
        let Some(grammar) = self.forced.or(claimed) else {
            *outcome = not_own(Outcome::Foreign);
            return;
        };
        let first = grammar.piece.and_then(|piece| piece(entry.text));
        if let Some(first) = first.filter(|first| first.number == 1)
            && self.join(grammar, &entry, first, ahead, joined, other)
        {
            entry.text = joined;
        }
        (grammar.entry)(&entry, outcome);
        set_mta(grammar, outcome);
    }

    /// Assembles the pieces of an entry. The further pieces are in `ahead`, possibly between lines of other
    /// programs. False when one is missing.
    fn join(
        &self,
        grammar: &Grammar,
        entry: &Entry<'_>,
        first: Piece<'_>,
        mut ahead: &[u8],
        joined: &mut Vec<u8>,
        other: &mut Vec<u8>,
    ) -> bool {
        joined.clear();
        joined.extend_from_slice(first.text);
        let mut next = 2;
        // The same amount is searched whatever the size of the chunks.
        let limit = ahead.len().saturating_sub(AHEAD_BYTES);
        for _ in 0..self.looks_ahead() {
            if next > first.of || ahead.is_empty() {
                break;
            }
            let (record, rest) = self.framing.split(ahead);
            if rest.len() < limit {
                break;
            }
            ahead = rest;
            let Some(later) = self.framing.open(record, other) else {
                continue;
            };
            let same =
                (later.host, later.program, later.pid) == (entry.host, entry.program, entry.pid);
            let piece = grammar.piece.and_then(|piece| piece(later.text));
            if let Some(piece) = piece.filter(|_| same) {
                if (piece.number, piece.of) != (next, first.of) {
                    return false;
                }
                joined.extend_from_slice(piece.text);
                next += 1;
            }
        }
        next > first.of
    }

    /// Reads a line without a frame in a framed log, as there is when several logs were merged.
    fn unframed<'a>(&self, record: &'a [u8]) -> Outcome<'a> {
        if record.starts_with(b"-- ") {
            // Note of journalctl about the start of a boot.
            return Outcome::Continuation;
        }
        let unframed = GRAMMARS.iter().filter(|grammar| {
            grammar.own_log.is_some()
                && self
                    .forced
                    .is_none_or(|forced| std::ptr::eq(forced, *grammar))
        });
        unframed
            .map(|grammar| own_line(grammar, record))
            .find(|outcome| !matches!(outcome, Outcome::NotMine))
            .unwrap_or(Outcome::NotMine)
    }
}

fn own_line<'a>(grammar: &Grammar, record: &'a [u8]) -> Outcome<'a> {
    let Some(log) = grammar.own_log else {
        return Outcome::NotMine;
    };
    let mut outcome = (log.line)(record);
    set_mta(grammar, &mut outcome);
    outcome
}

/// Sets the mail system of a fact.
fn set_mta(grammar: &Grammar, outcome: &mut Outcome<'_>) {
    if let Outcome::Fact(fact) = outcome {
        fact.mta = grammar.mta;
    }
}
