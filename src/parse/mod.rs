//! Bytes in, facts out.
//!
//! A grammar gets one line (or one header) and gives a [`Fact`], says that the line is not its own,
//! or that it is but was not understood. Grammars read no files, no clock, no locale, and allocate
//! nothing per line: every slice of a [`Fact`] borrows from the line.

mod bytes;
pub mod date;
mod entry;
mod envelope;
mod escapes;
pub mod exim;
pub mod fact;
mod grammar;
pub mod message;
pub mod opensmtpd;
mod plain;
pub mod postfix;
mod reader;
pub mod received;
mod reply;
pub mod sendmail;
pub mod stamp;
mod writers;

pub(crate) use bytes::{near, same};
pub use entry::Entry;
pub use envelope::{Framing, looks_like_cat};
pub use fact::{Absence, Direction, Fact, Flag, Kind, Mta, Outcome, Peer, Stamp, Turn};
pub use grammar::{GRAMMARS, Grammar, OwnLog, Piece, ReadQueueId};
pub use plain::{Form, Plain, Words};
pub use reader::{Reader, Scratch};
