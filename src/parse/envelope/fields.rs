//! The fields of a journal entry that make an [`Entry`].
//!
//! Names and meanings: systemd.journal-fields(7). Times are microseconds since 1970-01-01 UTC.

use crate::parse::bytes::number;
use crate::parse::stamp::since_1970;
use crate::parse::{Entry, Stamp};

/// The longest name of a field (journald refuses longer ones).
const MAX_NAME_BYTES: usize = 64;

/// The fields that count; of a field that is there several times, the first. `T` is a value, or where one is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<T> {
    source_time: Option<T>,
    time: Option<T>,
    host: Option<T>,
    identifier: Option<T>,
    command: Option<T>,
    syslog_pid: Option<T>,
    pid: Option<T>,
    message: Option<T>,
}

// Derived, it would ask for a default of T.
impl<T> Default for Fields<T> {
    fn default() -> Self {
        Self {
            source_time: None,
            time: None,
            host: None,
            identifier: None,
            command: None,
            syslog_pid: None,
            pid: None,
            message: None,
        }
    }
}

impl<T> Fields<T> {
    /// Where a field of that name goes; `None` if it is of no use or there already.
    pub(super) fn slot(&mut self, name: &[u8]) -> Option<&mut Option<T>> {
        let slot = match name {
            b"_SOURCE_REALTIME_TIMESTAMP" => &mut self.source_time,
            b"__REALTIME_TIMESTAMP" => &mut self.time,
            b"_HOSTNAME" => &mut self.host,
            b"SYSLOG_IDENTIFIER" => &mut self.identifier,
            b"_COMM" => &mut self.command,
            b"SYSLOG_PID" => &mut self.syslog_pid,
            b"_PID" => &mut self.pid,
            b"MESSAGE" => &mut self.message,
            _ => return None,
        };
        slot.is_none().then_some(slot)
    }

    /// The same fields with other values.
    pub(super) fn map<U>(self, change: impl Fn(T) -> U) -> Fields<U> {
        Fields {
            source_time: self.source_time.map(&change),
            time: self.time.map(&change),
            host: self.host.map(&change),
            identifier: self.identifier.map(&change),
            command: self.command.map(&change),
            syslog_pid: self.syslog_pid.map(&change),
            pid: self.pid.map(&change),
            message: self.message.map(&change),
        }
    }
}

impl<'a> Fields<&'a [u8]> {
    /// The entry they make; `None` where no time is told. When the text was said counts more than when the
    /// journal wrote it down. A text that journalctl left out because it was too long is empty.
    pub(super) fn entry(&self, written: Option<Stamp>) -> Option<Entry<'a>> {
        let time = |micros: Option<&[u8]>| since_1970(number(micros?)?);
        let stamp = time(self.source_time)
            .or_else(|| time(self.time))
            .or(written)?;
        Some(Entry {
            stamp,
            host: self.host.unwrap_or_default(),
            program: self.identifier.or(self.command).unwrap_or_default(),
            pid: self.syslog_pid.or(self.pid).unwrap_or_default(),
            text: self.message.unwrap_or_default(),
        })
    }
}

/// Whether it can be the name of a field.
pub(super) fn is_name(name: &[u8]) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len())
        && name
            .iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
}
