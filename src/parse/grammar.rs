//! Table of the log grammars. A new grammar needs a module and an entry here.

use super::{Entry, Mta, Outcome, Plain, exim, opensmtpd, postfix, sendmail};

/// Log grammar of a mail system.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// Name for `--input`.
    pub name: &'static str,
    /// Mail system of the log.
    pub mta: Mta,
    /// Whether a program of that name belongs to the mail system.
    pub claims: fn(program: &[u8]) -> bool,
    /// Reads one entry of a syslog or journal, into an existing outcome: an outcome is so large that copying it
    /// is measurable.
    pub entry: for<'a> fn(&Entry<'a>, &mut Outcome<'a>),
    /// Reads the mark of a piece of an entry that was split because of its length.
    pub piece: Option<ReadPiece>,
    /// Log files that the mail system writes itself, without syslog frames.
    pub own_log: Option<OwnLog>,
}

/// Reads the mark of a piece; `None` for whole entries.
pub type ReadPiece = for<'a> fn(&'a [u8]) -> Option<Piece<'a>>;

/// Piece of an entry that was split because of its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Number of the piece, from 1.
    pub number: u32,
    /// Number of pieces.
    pub of: u32,
    /// Text without the mark.
    pub text: &'a [u8],
}

/// Log file without syslog frames.
#[derive(Clone, Copy, Debug)]
pub struct OwnLog {
    /// Confidence that these are the first lines of such a log: from 0, none, to 100, certain.
    pub detect: fn(&[&[u8]]) -> u8,
    /// Reads one line.
    pub line: for<'a> fn(&'a [u8]) -> Outcome<'a>,
    /// Splits a line in a common form; false for lines that `line` has to read.
    pub glance: for<'a> fn(&'a [u8], &mut Plain<'a>) -> bool,
    /// Queue ID of a line, empty for none; `None` for lines of other logs.
    pub queue_id: ReadQueueId,
}

/// Function type of [`OwnLog::queue_id`].
pub type ReadQueueId = for<'a> fn(&'a [u8]) -> Option<&'a [u8]>;

/// All log grammars.
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
    /// Grammar of a mail system.
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

/// Grammar of the entries of a program.
pub(super) fn claimed(program: &[u8]) -> Option<&'static Grammar> {
    let mut all = GRAMMARS.iter();
    all.find(|grammar| (grammar.claims)(program))
}
