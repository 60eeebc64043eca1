//! Reads the records of one log, whatever frame they come in and whichever program wrote them.

use super::{Entry, Fact, Framing, GRAMMARS, Grammar, Outcome};

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

    /// Reads one record, without its last newline. Facts borrow from the record or, where its frame had to be
    /// decoded, from `scratch`.
    pub fn read<'a>(&self, record: &'a [u8], scratch: &'a mut Vec<u8>) -> Outcome<'a> {
        if let Some(grammar) = self.own_log {
            let outcome = own_line(grammar, record);
            if !matches!(outcome, Outcome::NotMine) {
                return outcome;
            }
        }
        match self.framing.open(record, scratch) {
            Some(entry) => self.entry(&entry),
            None if self.own_log.is_some() => Outcome::NotMine,
            None => self.unframed(record),
        }
    }

    fn entry<'a>(&self, entry: &Entry<'a>) -> Outcome<'a> {
        let claims = |grammar: &&Grammar| (grammar.claims)(entry.program);
        let grammar = self.forced.or_else(|| GRAMMARS.iter().find(claims));
        grammar.map_or(Outcome::Foreign, |grammar| {
            by(grammar, (grammar.entry)(entry))
        })
    }

    /// A line without a frame among framed ones: a log that somebody put together from several.
    fn unframed<'a>(&self, record: &'a [u8]) -> Outcome<'a> {
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
    let line = grammar.own_log.map(|own| own.line);
    line.map_or(Outcome::NotMine, |line| by(grammar, line(record)))
}

fn by<'a>(grammar: &Grammar, mut outcome: Outcome<'a>) -> Outcome<'a> {
    if let Outcome::Fact(Fact { mta, .. }) = &mut outcome {
        *mta = grammar.mta;
    }
    outcome
}
