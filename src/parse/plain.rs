//! Lines in a common form, split into the part that changes from line to line and the words that many lines share.
//!
//! The words `R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.1] X=... CV=yes` follow the address of every
//! recipient of one provider. A caller that caches their meaning does not have to parse them again.

use super::{Fact, Flag, Peer, Stamp, exim};

/// A line in a common form whose shared words are not parsed yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain<'a> {
    /// Time stamp.
    pub stamp: Stamp,
    /// Queue ID; empty on lines about a connection or the daemon.
    pub queue_id: &'a [u8],
    /// Mark on an Exim line.
    pub flag: Option<Flag>,
    /// Recipient; on an arrival the envelope sender.
    pub address: &'a [u8],
    /// Address from which the recipient was derived; see [`Fact::parent_address`].
    pub parent_address: &'a [u8],
    /// Client, on arrivals and on lines about a connection. On other lines the remote host is among the words.
    pub peer: Peer<'a>,
    /// Size of the message in bytes, on an arrival.
    pub size: Option<u64>,
    /// Message-ID, on an arrival.
    pub message_id: &'a [u8],
    /// Message that an arrival is a bounce of; see [`Fact::reference`].
    pub reference: &'a [u8],
    /// Words with everything else that the model stores of the line.
    pub words: Words<'a>,
    /// Subject, on an arrival.
    pub(super) subject: &'a [u8],
    /// Recipients, on an arrival.
    pub(super) recipients: &'a [u8],
    /// Quoted reply of the next host, or the whole text of a line without a mark.
    pub(super) text: &'a [u8],
}

/// Words shared by many lines. Equal words have equal meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<'a> {
    /// Form of the line, on which the meaning of the words depends.
    pub form: Form,
    /// Words as on the line.
    pub text: &'a [u8],
}

impl<'a> Words<'a> {
    pub(super) const fn of(form: Form, text: &'a [u8]) -> Self {
        Self { form, text }
    }
}

/// Forms of lines that can be split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Arrival from a client.
    Arrival,
    /// Local submission.
    Submission,
    /// Delivery without a reply.
    Delivery,
    /// Delivery with a reply of the next host after the words.
    Answered,
    /// Deferral.
    Deferral,
    /// End of the queue entry.
    Completion,
    /// Event on the connection to a next host.
    Remote,
    /// Event on the connection of a client, without a queue ID.
    Client,
    /// Daemon or queue runner.
    #[default]
    Daemon,
}

impl Form {
    /// True for lines of a message arriving.
    pub const fn arrives(self) -> bool {
        matches!(self, Self::Arrival | Self::Submission)
    }
}

impl<'a> Plain<'a> {
    /// Parses the words to a fact with the queue ID. `None` when the whole line has to be parsed.
    pub fn read_words(&self) -> Option<Fact<'a>> {
        exim::plain_words(self)
    }

    /// The whole line as a fact; `None` when the line has to be parsed as a whole.
    pub fn fact(&self) -> Option<Fact<'a>> {
        exim::plain_fact(self)
    }
}
