//! Reads the records of one log, whatever frame they come in and whichever program wrote them.

use memchr::memmem;

use super::grammar::{Piece, ReadQueueId, claimed};
use super::writers::Writers;
use super::{Entry, Framing, GRAMMARS, Grammar, Outcome, Plain};
use crate::source::AHEAD_BYTES;

/// Lines in which the later pieces of a split entry are looked for.
const PIECES_WITHIN: u32 = 64;

/// Room for what a record's text has to be put together in, and who wrote the records before.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    writers: Writers,
    frame: Vec<u8>,
    joined: Vec<u8>,
    other: Vec<u8>,
}

impl Scratch {
    /// Takes no room yet.
    pub const fn new() -> Self {
        Self {
            writers: Writers::new(),
            frame: Vec::new(),
            joined: Vec::new(),
            other: Vec::new(),
        }
    }
}

/// How the records of a log are told apart and read. A file may mix frames and programs: each record is
/// looked at for itself.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// How records follow each other.
    pub framing: Framing,
    /// A log without syslog frames: its grammar is asked first.
    own_log: Option<&'static Grammar>,
    /// The grammar of every record, whatever its program is called (`--input`).
    forced: Option<&'static Grammar>,
}

impl Reader {
    /// What stands on the first of the lines over which an entry was split.
    pub const PIECE_MARK: &'static [u8] = b"[1/";

    /// Of a log file that a mail system writes itself, without syslog frames.
    pub const fn own_log(grammar: &'static Grammar) -> Self {
        Self {
            framing: Framing::Lines,
            own_log: Some(grammar),
            forced: None,
        }
    }

    /// Of records in syslog or journal frames.
    pub const fn framed(framing: Framing) -> Self {
        Self {
            framing,
            own_log: None,
            forced: None,
        }
    }

    /// The same, with every record read by one grammar.
    #[must_use]
    pub const fn forced(self, grammar: &'static Grammar) -> Self {
        Self {
            forced: Some(grammar),
            ..self
        }
    }

    /// The same as [`Framing::looks_at`] with what else is looked at to read the record.
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

    /// Reads no more of a line than its queue ID; `None` unless it is of a log whose lines stand for themselves:
    /// what is told of a message stands on lines that name it.
    pub fn by_queue_id(&self) -> Option<ReadQueueId> {
        self.own_log?.own_log.map(|own| own.queue_id)
    }

    /// Lines behind a record that are looked at with it.
    pub const fn looks_ahead(&self) -> u32 {
        match (self.own_log, self.framing) {
            (None, Framing::Lines) => PIECES_WITHIN,
            _ => 0,
        }
    }

    /// Takes a record apart that is a line in a usual form; false for others. [`Reader::read`] reads every record.
    pub fn glance<'a>(&self, record: &'a [u8], plain: &mut Plain<'a>) -> bool {
        let own = self.own_log.and_then(|grammar| grammar.own_log);
        own.is_some_and(|own| (own.glance)(record, plain))
    }

    /// Reads one record, without its last newline. What follows it in the log is looked at only for the later
    /// pieces of a split entry. Facts borrow from the record or, where its text had to be put together, from
    /// `scratch`.
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

    /// The same into a place that is there already: an outcome is large enough for a copy to be felt.
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
                Outcome::NotUnderstood(own) => reason = Some(*own),
                _ => return,
            }
        }
        self.in_frame(record, ahead, scratch, reason, outcome);
    }

    /// Reads a record in a frame. `reason`: why the log's own grammar did not understand it, if it was its own.
    fn in_frame<'a>(
        &self,
        record: &'a [u8],
        ahead: &[u8],
        scratch: &'a mut Scratch,
        reason: Option<&'static str>,
        outcome: &mut Outcome<'a>,
    ) {
        let Scratch {
            writers,
            frame,
            joined,
            other,
        } = scratch;
        let not_own = |otherwise| reason.map_or(otherwise, Outcome::NotUnderstood);
        let mut entry = Entry::default();
        let usual = match self.framing {
            Framing::Lines => writers.open(record, &mut entry),
            _ => None,
        };
        let own = if let Some(writer) = usual {
            writer.grammar
        } else if let Some(opened) = self.framing.open(record, frame) {
            entry = opened;
            claimed(entry.program)
        } else {
            *outcome = match self.own_log {
                Some(_) => not_own(Outcome::NotMine),
                None => self.unframed(record),
            };
            return;
        };
        let Some(grammar) = self.forced.or(own) else {
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
        sign(grammar, outcome);
    }

    /// Puts the pieces of an entry together, whose later ones follow in the log between lines of others; false
    /// when one is missing.
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
        // However the log is cut into chunks, no more of it is looked at.
        let room = ahead.len().saturating_sub(AHEAD_BYTES);
        for _ in 0..self.looks_ahead() {
            if next > first.of || ahead.is_empty() {
                break;
            }
            let (record, rest) = self.framing.split(ahead);
            if rest.len() < room {
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

    /// A line without a frame among framed ones: a log that somebody put together from several.
    fn unframed<'a>(&self, record: &'a [u8]) -> Outcome<'a> {
        if record.starts_with(b"-- ") {
            // journalctl says where a boot began.
            return Outcome::Continuation;
        }
        let own = GRAMMARS.iter().filter(|grammar| {
            grammar.own_log.is_some()
                && self
                    .forced
                    .is_none_or(|forced| std::ptr::eq(forced, *grammar))
        });
        own.map(|grammar| own_line(grammar, record))
            .find(|outcome| !matches!(outcome, Outcome::NotMine))
            .unwrap_or(Outcome::NotMine)
    }
}

fn own_line<'a>(grammar: &Grammar, record: &'a [u8]) -> Outcome<'a> {
    let Some(own) = grammar.own_log else {
        return Outcome::NotMine;
    };
    let mut outcome = (own.line)(record);
    sign(grammar, &mut outcome);
    outcome
}

/// Notes whose words they are.
fn sign(grammar: &Grammar, outcome: &mut Outcome<'_>) {
    if let Outcome::Fact(fact) = outcome {
        fact.mta = grammar.mta;
    }
}
