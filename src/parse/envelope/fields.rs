//! Journal fields that make an [`Entry`].
//!
//! Names and meanings: systemd.journal-fields(7). Times are microseconds since 1970-01-01 UTC.

use crate::parse::bytes::number;
use crate::parse::stamp::since_1970;
use crate::parse::{Entry, Stamp};

/// Maximum length of a field name; journald refuses longer ones.
const MAX_NAME_BYTES: usize = 64;

/// Fields in use. Of a field that occurs several times the first counts. `T` is a value or its range in a buffer.
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

// Not derived, because that would require `T: Default`.
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
    /// Slot of a field; `None` when the field is not used or already set.
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

    /// The same fields with converted values.
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
    /// Entry made of the fields; `None` without a time. The time at which the text was logged is preferred to
    /// the time at which the journal stored it. A text that journalctl left out because of its length is empty.
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

/// True for a valid field name.
pub(super) fn is_name(name: &[u8]) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len())
        && name
            .iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
}
