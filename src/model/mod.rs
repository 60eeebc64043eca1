//! The in-memory model of the loaded logs and mails.
//!
//! Logs are parsed chunk by chunk into independent [`Partial`]s, which [`Model::merge`] merges in order. Lines are
//! not copied: an event has the number of its line, and [`Lines`] reads the line again for display.
//!
//! - Loading: `partial` (one chunk), `merge`, `dialogues` (TLS from connection lines), `summary` (counts and
//!   status), `calendar` and `years` (stamps without a year), `forget` (drops the older half)
//! - Data: `events`, `message`, `mail`, `origin` (writers of lines), `remark`, `sessions` (TLS statements),
//!   `strings`, `message_ids`, `protocols`, `queue_key`, `reasons` (lines not understood)
//! - Containers: `arena`, `chunked`, `intern`, `slots` (hash table), `line_runs`, `prefetch`
//! - Questions: `lookup`, `by_key`, `lines`, `recipients`, `refusal`, `attempts`, `tried` (hosts of waits), `stops` (for
//!   want of TLS), `journey` (a message over several hosts), `join` (mails and log messages), `gradebook`, `cursor`
//!   (incremental sums), `shares` (threads)
//! - Received headers: `chain`, `trust`, `domain`; networks and time: `network`, `zone`, `system_zone`

mod arena;
pub mod attempts;
mod by_key;
mod calendar;
pub mod chain;
mod chunked;
mod cursor;
mod dialogues;
pub mod domain;
mod event;
mod events;
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
mod passed_over;
mod prefetch;
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
mod stops;
mod strings;
mod summary;
mod system_zone;
pub mod tried;
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
pub use cursor::{ModelCursor, ParallelSums, Sums};
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
pub use stops::{Barred, Stop};
pub use strings::{Endpoint, Strings, parse_ip};
pub use system_zone::SystemZoneError;

pub use trust::Trust;
pub use zone::{Clock, Occurs, Zone, ZoneError};

/// One loaded file.
#[derive(Clone, Debug)]
pub struct FileInfo {
    /// Path as given.
    pub path: PathBuf,
    /// Reader of the log records; `None` for a file of mails.
    pub reader: Option<Reader>,
    /// Mail system of the first line that was understood; `None` before that, and for mails.
    pub mta: Option<Mta>,
    /// Number of lines read.
    pub lines: u32,
    /// Number of rejections that another log holds as well (a reject log beside its main log).
    pub copies: u32,
    /// Number of lines of programs that move no mail.
    pub foreign: u32,
    /// Finds the year of stamps without one.
    pub calendar: Option<Calendar>,
    /// Time of the newest event or mail, in milliseconds since 1970-01-01 UTC.
    pub newest: Option<i64>,
    /// Number of events in the model when the file was added: no earlier event is from this file.
    pub(crate) first_event: u32,
}

impl FileInfo {
    /// A file before its first line is read.
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
    /// Reason, a short fixed phrase.
    pub reason: &'static str,
}

/// A line of one message that names another queue entry of the same host.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Number of the message to which the line belongs.
    pub message: u32,
    /// Queue ID of the other queue entry.
    pub other: QueueKey,
    /// Relation of the two.
    pub tie: Tie,
}

/// Everything that was loaded.
#[derive(Default)]
pub struct Model {
    /// Distinct strings.
    pub strings: Strings,
    /// TLS sessions.
    pub sessions: Sessions,
    /// Events in load order.
    pub events: Events,
    /// Messages in the order of their first events.
    pub messages: Chunked<Message>,
    /// Loaded mails, in load order.
    pub mails: Vec<Mail>,
    /// Writers of the events, by number.
    pub origins: Vec<Origin>,
    /// Relations between queue entries, in load order.
    pub links: Vec<Link>,
    /// Loaded files, by number.
    pub files: Vec<FileInfo>,
    /// Text of the loaded files, by the same number.
    pub text: TextStore,
    /// Lines that were not understood: the first ones of each reason.
    pub not_understood: Vec<NotUnderstood>,
    /// Number of lines that were not understood, by reason.
    pub reasons: Reasons,
    /// Totals of what was forgotten.
    pub forgotten: Forgotten,
    /// Number of changes, by which views notice a change.
    pub generation: u64,
    /// Number of calls of [`Model::renew`]: each one changes the numbers of messages, events, mails and strings.
    pub renewals: u32,
    /// Latest [`FileInfo::newest`] of all files, at hand because filters ask for it at every row.
    newest: Option<i64>,
    dialogues: dialogues::Dialogues,
    /// Number of the latest message of each queue ID, by [`Message::hash`].
    by_key: slots::Slots,
    /// Numbers of the origins, by [`Origin::hash`].
    by_writer: slots::Slots,
    /// Numbers of the messages whose counts and status are out of date.
    stale: Vec<u32>,
    /// Buffers for summing up a message.
    tallier: summary::Tallier,
    merged: u32,
    /// Number of events before the chunk that is being merged.
    chunk_start: u32,
    /// See [`Model::amended`].
    amended: Vec<u32>,
    /// See [`Model::redated`].
    redated: u32,
    /// Rejections of which a copy may come, by the hash of their lines.
    rejections: HashMap<u64, merge::KnownRejection>,
    mail_bytes: usize,
    /// Network of each remote host, by peer symbol.
    networks: Vec<Network>,
    /// Configured networks that count as inside.
    inner: Vec<Cidr>,
    ours: ours::Ours,
}
