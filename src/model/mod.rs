//! The in-memory model: events, messages, remote hosts, loaded mails; strings kept once.
//!
//! A log is parsed chunk by chunk into [`Partial`]s, which know nothing of each other, and
//! [`Model::merge`] joins them in order. The text of a line is never copied: [`Events`] know on which line
//! of its file each one stands, and the text store gives the line back when a person looks.

mod arena;
pub mod attempts;
mod by_key;
mod calendar;
pub mod chain;
mod chunked;
mod dialogues;
pub mod domain;
mod event;
mod events;
mod fetch;
mod forget;
mod gradebook;
mod intern;
mod join;
pub mod journey;
mod line_runs;
mod lines;
mod lookup;
mod mail;
mod marks;
mod merge;
mod message;
mod message_ids;
mod network;
mod origin;
mod ours;
mod partial;
mod protocols;
mod queue_key;
mod reasons;
mod recipients;
mod refusal;
mod remark;
#[cfg(test)]
pub(crate) mod sample;
mod sessions;
pub mod shares;
mod slots;
mod status;
mod strings;
mod summary;
mod taken;
mod trust;
mod years;
mod zone;

use std::path::{Path, PathBuf};

use hashbrown::HashMap;

use crate::parse::{Mta, Reader};
use crate::source::TextStore;
use crate::tls::Network;

pub use calendar::Calendar;
pub use chain::Evidence;
pub use chunked::Chunked;
pub use domain::{organisation, same_organisation};
pub use event::{Event, SessionId, Silence};
pub use events::Events;
pub use forget::{Forgotten, Kept, Renewal};
pub use gradebook::{AsOf, GradeBook, MessageGrade};
pub use intern::{Interner, Symbol};
pub use lines::{Lines, address_list};
pub use mail::{Hop, Mail, MailGrades};
pub use message::Message;
pub use message_ids::{MessageId, MessageIds};
pub use network::{Cidr, CidrError, classify};
pub use origin::{Origin, TlsShown};
pub use partial::{Partial, Tie};
pub use protocols::{ProtocolId, Protocols};
pub use queue_key::{QueueKey, first_bytes};
pub use reasons::Reasons;
pub use recipients::{OnLine, names_recipient};
pub use remark::{Remark, RemarkId, Remarks};
pub use sessions::{Sessions, Statements};
pub use status::Status;
pub use strings::{Endpoint, Strings, parse_ip};
pub use taken::{Shared, Sums, Taken};
pub use trust::Trust;
pub use zone::{Clock, Zone, ZoneError};

/// One loaded file.
#[derive(Clone, Debug)]
pub struct FileInfo {
    /// The path as given.
    pub path: PathBuf,
    /// How its records are read; `None` for messages.
    pub reader: Option<Reader>,
    /// The mail system that wrote it, as far as one was seen; `None` for messages.
    pub mta: Option<Mta>,
    /// Lines read.
    pub lines: u32,
    /// Lines that another file holds as well (a reject log beside its main log).
    pub copies: u32,
    /// Lines of programs that move no mail.
    pub foreign: u32,
    /// Finds the years of stamps that name none.
    pub calendar: Option<Calendar>,
    /// Time of its newest event or mail, in milliseconds since 1970-01-01 UTC.
    pub newest: Option<i64>,
    /// No event before this one is its.
    pub(crate) first_event: u32,
}

impl FileInfo {
    /// A file of which nothing is read yet.
    pub fn new(path: &Path, reader: Option<Reader>) -> Self {
        Self {
            path: path.to_owned(),
            reader,
            mta: None,
            lines: 0,
            copies: 0,
            foreign: 0,
            calendar: None,
            newest: None,
            first_event: 0,
        }
    }
}

/// A line that its grammar did not understand.
#[derive(Clone, Copy, Debug)]
pub struct NotUnderstood {
    /// File number.
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Why, in a short fixed phrase.
    pub reason: &'static str,
}

/// A line of one message that names another queue entry of the same host.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The message of the line.
    pub message: u32,
    /// Queue ID of the other.
    pub other: QueueKey,
    /// What the line says of the two.
    pub tie: Tie,
}

/// Everything that was loaded.
#[derive(Default)]
pub struct Model {
    /// Distinct strings.
    pub strings: Strings,
    /// TLS sessions.
    pub sessions: Sessions,
    /// All events in load order.
    pub events: Events,
    /// All messages, by first event.
    pub messages: Chunked<Message>,
    /// Loaded mails, in load order.
    pub mails: Vec<Mail>,
    /// Who wrote the events, by number.
    pub origins: Vec<Origin>,
    /// What ties messages to other queue entries, in load order.
    pub links: Vec<Link>,
    /// Loaded files by number.
    pub files: Vec<FileInfo>,
    /// The text of the loaded files by the same number.
    pub text: TextStore,
    /// Lines that were not understood: the first of each reason.
    pub not_understood: Vec<NotUnderstood>,
    /// How many they are in all, and why.
    pub reasons: Reasons,
    /// What was forgotten to stay within a limit.
    pub forgotten: Forgotten,
    /// Counts up with every change, so that views notice.
    pub generation: u64,
    /// How often a model without its older half took its place: numbers of before mean other things since.
    pub renewals: u32,
    /// Of all files: filters ask for it at every row.
    newest: Option<i64>,
    dialogues: dialogues::Dialogues,
    /// The latest message of each queue entry, by [`Message::hash`].
    by_key: slots::Slots,
    /// The numbers of the origins, by [`Origin::bits`].
    by_writer: slots::Slots,
    /// Messages to be counted and judged anew.
    stale: Vec<u32>,
    /// Room for judging a message.
    judging: summary::Judging,
    /// Chunks joined.
    merged: u32,
    /// Events there were before the chunk that is joined now.
    settled: u32,
    /// See [`Model::amended`].
    amended: Vec<u32>,
    /// See [`Model::redated`].
    redated: u32,
    /// By hash of what they say.
    rejections: HashMap<u64, merge::KnownRejection>,
    /// Bytes held on the heap by the mails.
    mail_bytes: usize,
    /// By peer symbol.
    networks: Vec<Network>,
    inner: Vec<Cidr>,
    ours: ours::Ours,
}
