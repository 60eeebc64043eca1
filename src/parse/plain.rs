//! Lines in a usual form, read in two halves: what changes from line to line, and the words that many lines share.
//!
//! A log says the same over and over: `R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.1] X=... CV=yes` stands
//! behind the address of every recipient of a provider. Who keeps what such words were read to need not read them
//! again.

use super::{Fact, Flag, Peer, Stamp, exim};

/// A line in a usual form, of which the words that many lines share have not been read yet.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a> {
    /// When.
    pub stamp: Stamp,
    /// Queue ID.
    pub queue_id: &'a [u8],
    /// Exim's mark.
    pub flag: Option<Flag>,
    /// The recipient; on an arrival the envelope sender.
    pub address: &'a [u8],
    /// The address that the recipient came from, see [`Fact::parent_address`].
    pub parent_address: &'a [u8],
    /// Who handed the message over, on an arrival; other lines have the remote host among their words.
    pub peer: Peer<'a>,
    /// Size of the message on its arrival, in bytes.
    pub size: Option<u64>,
    /// Message-ID of an arrival.
    pub message_id: &'a [u8],
    /// Says all else that a model keeps of the line.
    pub words: Words<'a>,
    /// Subject of an arrival.
    pub(super) subject: &'a [u8],
    /// Recipients of an arrival.
    pub(super) recipients: &'a [u8],
    /// The quoted reply of the next host.
    pub(super) reply: &'a [u8],
}

/// Words that many lines share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words<'a> {
    /// In what kind of line they stand: elsewhere they may mean something else.
    pub form: Form,
    /// The words, as they stand in the line.
    pub text: &'a [u8],
}

/// The forms of lines that are read in halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A message came in.
    Arrival,
    /// A recipient was delivered; no reply stands on the line.
    Delivery,
    /// A recipient was delivered; the reply of the next host follows the words.
    Answered,
    /// A delivery was put off.
    Deferral,
    /// The queue entry ended.
    Completion,
}

impl<'a> Words<'a> {
    /// What they say: a fact without what [`Plain`] holds beside them. `None` where the whole line has to be
    /// weighed.
    pub fn read(self) -> Option<Fact<'a>> {
        exim::plain_words(self)
    }
}

impl<'a> Plain<'a> {
    /// The whole line as a fact; `None` where it has to be weighed.
    pub fn fact(&self) -> Option<Fact<'a>> {
        exim::plain_fact(self)
    }
}
