//! Log entry without its frame.

use super::{Fact, Stamp};

/// Fields of a syslog or journal frame, and the text in it. Slices are empty for fields that are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Time stamp.
    pub stamp: Stamp,
    /// Host label.
    pub host: &'a [u8],
    /// Program name: `postfix/smtpd`, `exim`, `sm-mta`.
    pub program: &'a [u8],
    /// Process number, as written.
    pub pid: &'a [u8],
    /// Message text.
    pub text: &'a [u8],
}

impl<'a> Entry<'a> {
    /// An otherwise empty fact with time, host and program of the entry.
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
