//! The table of log grammars. A new format is one folder or file beside this one and one entry here.

use super::{Entry, Mta, Outcome, Plain, exim, opensmtpd, postfix, sendmail};

/// A log grammar: what a mail system writes, and by what it is known.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// The name for `--input`.
    pub name: &'static str,
    /// Whose log it is.
    pub mta: Mta,
    /// Whether entries of a program of that name are its own.
    pub claims: fn(program: &[u8]) -> bool,
    /// Reads one entry of a syslog or journal. Into a place that is there already: an outcome is large enough for a
    /// copy to be felt.
    pub entry: for<'a> fn(&Entry<'a>, &mut Outcome<'a>),
    /// Reads the mark of an entry that was cut because it was too long for the syslog.
    pub piece: Option<ReadPiece>,
    /// Log files that it writes itself, without such a frame.
    pub own_log: Option<OwnLog>,
}

/// Reads the mark of a piece; `None` for a whole entry.
pub type ReadPiece = for<'a> fn(&'a [u8]) -> Option<Piece<'a>>;

/// A piece of an entry that was cut by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Which piece, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// The piece without its mark.
    pub text: &'a [u8],
}

/// A log file without syslog frames.
#[derive(Clone, Copy, Debug)]
pub struct OwnLog {
    /// How sure it is that these are the first lines of such a log: 0 is "no", 100 is "certain".
    pub detect: fn(&[&[u8]]) -> u8,
    /// Reads one line.
    pub line: for<'a> fn(&'a [u8]) -> Outcome<'a>,
    /// Takes a line in a usual form apart; false where it has to be read as a whole.
    pub glance: for<'a> fn(&'a [u8], &mut Plain<'a>) -> bool,
    /// The queue ID that a line names, empty where it names none; `None` for what is no such line.
    pub queue_id: ReadQueueId,
}

/// Reads the queue ID of a line, see [`OwnLog::queue_id`].
pub type ReadQueueId = for<'a> fn(&'a [u8]) -> Option<&'a [u8]>;

/// Every known log grammar.
pub const GRAMMARS: &[Grammar] = &[
    Grammar {
        name: "exim",
        mta: Mta::Exim,
        claims: exim::claims,
        entry: |entry, outcome| *outcome = exim::entry(entry),
        piece: Some(exim::piece),
        own_log: Some(OwnLog {
            detect: |lines| exim::detect(lines.iter().copied()),
            line: exim::line,
            glance: exim::glance,
            queue_id: exim::own_queue_id,
        }),
    },
    Grammar {
        name: "postfix",
        mta: Mta::Postfix,
        claims: postfix::claims,
        entry: postfix::entry_into,
        piece: None,
        own_log: None,
    },
    Grammar {
        name: "sendmail",
        mta: Mta::Sendmail,
        claims: sendmail::claims,
        entry: |entry, outcome| *outcome = sendmail::entry(entry),
        piece: None,
        own_log: None,
    },
    Grammar {
        name: "opensmtpd",
        mta: Mta::OpenSmtpd,
        claims: opensmtpd::claims,
        entry: |entry, outcome| *outcome = opensmtpd::entry(entry),
        piece: None,
        own_log: None,
    },
];

impl Grammar {
    /// The grammar of a mail system.
    pub fn of(mta: Mta) -> Option<&'static Self> {
        GRAMMARS.iter().find(|grammar| grammar.mta == mta)
    }

    /// Reads one entry of a syslog or journal.
    pub fn read_entry<'a>(&self, entry: &Entry<'a>) -> Outcome<'a> {
        let mut outcome = Outcome::NotMine;
        (self.entry)(entry, &mut outcome);
        outcome
    }
}

/// The grammar of a program's entries.
pub(super) fn claimed(program: &[u8]) -> Option<&'static Grammar> {
    let mut all = GRAMMARS.iter();
    all.find(|grammar| (grammar.claims)(program))
}
