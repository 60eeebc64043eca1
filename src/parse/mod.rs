//! Parses log lines and mail headers into facts.
//!
//! A grammar takes one line (or one header) and gives a [`Fact`], or reports that the line belongs to another
//! grammar or was not understood. Grammars use no files, no clock and no locale, and do not allocate per line:
//! the slices of a [`Fact`] borrow from the line.
//!
//! - `reader`, `grammar`, `origin_cache`: which grammar reads a record. `envelope`, `entry`: syslog and journal
//!   frames.
//! - `exim`, `postfix`, `sendmail`, `opensmtpd`: the log grammars. `plain`: common Exim lines, read in two
//!   parts.
//! - `message`, `received`, `date`: mail headers. `fact`: the result. `stamp`, `bytes`, `reply`, `escapes`:
//!   helpers.

mod bytes;
pub mod date;
mod entry;
mod envelope;
mod escapes;
pub mod exim;
pub mod fact;
mod grammar;
mod logger;
pub mod message;
pub mod opensmtpd;
mod origin_cache;
mod plain;
pub mod postfix;
mod reader;
pub mod received;
mod reply;
pub mod sendmail;
pub mod stamp;

pub(crate) use bytes::{near, same};
pub use entry::Entry;
pub use envelope::{Framing, looks_like_cat};
pub use fact::{Absence, Content, Direction, Fact, Flag, Kind, Mta, Outcome, Peer, Stamp, Turn};
pub use grammar::{GRAMMARS, Grammar, OwnLog, Piece, ReadQueueId};
pub use plain::{Form, Plain, Words};
pub use reader::{Reader, Scratch};
