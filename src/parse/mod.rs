//! Bytes in, facts out.
//!
//! A grammar gets one line (or one header) and gives a [`Fact`], says that the line is not its own,
//! or that it is but was not understood. Grammars read no files, no clock, no locale, and allocate
//! nothing per line: every slice of a [`Fact`] borrows from the line.

pub mod date;
pub mod exim;
pub mod fact;
mod grammar;
pub mod message;
pub mod received;
pub mod stamp;

pub use fact::{Direction, Fact, Flag, Kind, Mta, Outcome, Peer, Stamp};
pub use grammar::{GRAMMARS, Grammar};
