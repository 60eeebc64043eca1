//! A log entry out of its envelope: when, where, who, and what was said.

use super::{Fact, Stamp};

/// What a syslog or journal frame says of the text in it. Empty slices: not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// When.
    pub stamp: Stamp,
    /// Host label.
    pub host: &'a [u8],
    /// Program name: `postfix/smtpd`, `exim`, `sm-mta`.
    pub program: &'a [u8],
    /// Process number, as written.
    pub pid: &'a [u8],
    /// The text of the entry.
    pub text: &'a [u8],
}

impl<'a> Entry<'a> {
    /// A fact at the time and place of the entry, to be filled by a grammar.
    #[inline]
    pub fn fact(&self) -> Fact<'a> {
        Fact {
            stamp: self.stamp,
            host: self.host,
            program: self.program,
            ..Fact::EMPTY
        }
    }
}
