//! Lines in a usual form, read in two halves: what changes from line to line, and the words that many lines share.
//!
//! A log says the same over and over: `R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.1] X=... CV=yes` stands
//! behind the address of every recipient of a provider. Who keeps what such words were read to need not read them
//! again.

use super::{Fact, Flag, Peer, Stamp, exim};

/// A line in a usual form, of which the words that many lines share have not been read yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain<'a> {
    /// When.
    pub stamp: Stamp,
    /// Queue ID; empty on lines about a connection or the daemon.
    pub queue_id: &'a [u8],
    /// Exim's mark.
    pub flag: Option<Flag>,
    /// The recipient; on an arrival the envelope sender.
    pub address: &'a [u8],
    /// The address that the recipient came from, see [`Fact::parent_address`].
    pub parent_address: &'a [u8],
    /// The client, on an arrival and on lines about a connection; other lines have the remote host among their
    /// words.
    pub peer: Peer<'a>,
    /// Size of the message on its arrival, in bytes.
    pub size: Option<u64>,
    /// Message-ID of an arrival.
    pub message_id: &'a [u8],
    /// The message of which an arrival is a bounce, see [`Fact::reference`].
    pub reference: &'a [u8],
    /// Says all else that a model keeps of the line.
    pub words: Words<'a>,
    /// Subject of an arrival.
    pub(super) subject: &'a [u8],
    /// Recipients of an arrival.
    pub(super) recipients: &'a [u8],
    /// The quoted reply of the next host, or the whole text of a line without a mark.
    pub(super) text: &'a [u8],
}

/// Words that many lines share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<'a> {
    /// In what kind of line they stand: elsewhere they may mean something else.
    pub form: Form,
    /// The words, as they stand in the line.
    pub text: &'a [u8],
}

impl<'a> Words<'a> {
    pub(super) const fn of(form: Form, text: &'a [u8]) -> Self {
        Self { form, text }
    }
}

/// The forms of lines that are read in halves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A message came in from a client.
    Arrival,
    /// A message was handed over on the host itself.
    Submission,
    /// A recipient was delivered; no reply stands on the line.
    Delivery,
    /// A recipient was delivered; the reply of the next host follows the words.
    Answered,
    /// A delivery was put off.
    Deferral,
    /// The queue entry ended.
    Completion,
    /// What happened on the connection to a next host.
    Remote,
    /// About a client, without a queue ID.
    Client,
    /// About the daemon or a queue run.
    #[default]
    Daemon,
}

impl Form {
    /// Whether a message comes in on such lines.
    pub const fn arrives(self) -> bool {
        matches!(self, Self::Arrival | Self::Submission)
    }
}

impl<'a> Plain<'a> {
    /// What the words say: a fact of them and the queue ID. `None` where the whole line has to be weighed.
    pub fn read_words(&self) -> Option<Fact<'a>> {
        exim::plain_words(self)
    }

    /// The whole line as a fact; `None` where it has to be weighed.
    pub fn fact(&self) -> Option<Fact<'a>> {
        exim::plain_fact(self)
    }
}
