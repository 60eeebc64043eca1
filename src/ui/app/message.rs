//! What comes to the explorer, and what it asks to have done.

use std::sync::Arc;

use crossterm::event::KeyEvent;

use super::{Believed, Detail, EvidenceAnswer, EvidenceRequest, NotUnderstood};
use crate::insight::Coverage;
use crate::insight::posture::Level;
use crate::model::{AsOf, GradeBook, Kept};
use crate::query::Query;
use crate::query::eval::{Sort, Table};
use crate::text::Clean;
use crate::tls::Profile;
use crate::ui::findings::Findings;
use crate::ui::overview::Overview;
use crate::ui::peers::Peers;

/// What comes to the explorer.
pub enum Event {
    /// A key.
    Key(KeyEvent),
    /// Pasted text.
    Paste(String),
    /// A new size.
    Resize(u16, u16),
    /// Time passed; comes only while something is under way.
    Tick,
    /// The rows that a question asked for.
    Answer(Answer),
    /// How far the answer to a question is that reads lines again.
    Reading {
        /// Number of the question.
        ticket: u64,
        /// From 0 to 100.
        percent: u8,
    },
    /// A detail that was asked for.
    Detail(Box<Detail>),
    /// What was not understood, from a position on.
    NotUnderstood {
        /// The position.
        top: usize,
        /// The entries.
        lines: Arc<[NotUnderstood]>,
    },
    /// The last copy could not be written to a file.
    NotWritten {
        /// The name that was typed.
        path: String,
        /// Why not.
        error: String,
    },
    /// The oldest was forgotten, and the rows that stayed have new numbers.
    Renewed(Kept),
    /// What a key led to is done: now the next key that was typed ahead.
    TakeUp,
    /// A text to send was written, or was not.
    Evidence(Box<EvidenceAnswer>),
    /// The headers of all mails were judged anew.
    Believed(Believed),
    /// Something to tell in the message line.
    Say(String),
}

/// What the explorer asks to have done.
#[derive(Debug)]
pub enum Effect {
    /// Select and order rows.
    Ask(Question),
    /// Build the detail of a row.
    Open(Table, u32),
    /// Copy something of some rows.
    Copy(CopyWhat, Table, Vec<u32>),
    /// Copy the filter as a command line.
    CopyFilter(Table, String),
    /// Write a text to send.
    WriteEvidence(EvidenceRequest),
    /// Copy a text, and the name by which it is told of.
    CopyText(Clean, String),
    /// Keep a text for a file, as if it had been copied.
    Keep(Clean),
    /// Write the last copy to a file.
    Write(String),
    /// Read lines that were not understood.
    ListNotUnderstood {
        /// Position of the first.
        top: usize,
        /// No more than these.
        most: usize,
    },
    /// Keep a filter for later sessions.
    Remember(String),
    /// Take up a key that was typed ahead, when all before is done.
    TakeUp,
    /// Stop loading.
    CancelLoad,
    /// Read on as the logs grow, or stop that.
    Follow(bool),
    /// Judge the headers of all mails anew.
    Believe(Believed),
    /// Show another of the bundled cases, by its place.
    Case(usize),
    /// Hand the terminal back for a while.
    Suspend,
    /// Leave.
    Quit,
}

/// What is copied of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyWhat {
    /// A sentence.
    Row,
    /// Queue ID or Message-ID.
    Id,
    /// Raw lines.
    Raw,
    /// Timeline or chain.
    Story,
}

/// A question about the rows of a table.
#[derive(Clone, Debug)]
pub struct Question {
    /// Counts up: the newest question is the one that matters.
    pub ticket: u64,
    /// The table.
    pub table: Table,
    /// The filter.
    pub query: Arc<Query>,
    /// The order of the rows.
    pub sort: Sort,
    /// By what hosts are told apart.
    pub level: Level,
    /// Most stretches of time that fit on the screen.
    pub columns: usize,
    /// Profile that grades.
    pub profile: Arc<Profile>,
    /// The day whose rules grade.
    pub as_of: AsOf,
}

/// The rows that a question asked for.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Number of the question.
    pub ticket: u64,
    /// The table.
    pub table: Table,
    /// The rows.
    pub rows: Arc<[u32]>,
    /// Rows of the table in all.
    pub total: u32,
    /// Messages with lines that the filter asks for and that cannot be read any more.
    pub not_searched: u32,
    /// The grades by which it was answered.
    pub grades: Arc<GradeBook>,
    /// What the logs do not say of TLS.
    pub coverage: Arc<Coverage>,
    /// The postures behind rows of hosts.
    pub peers: Option<Arc<Peers>>,
    /// What is behind rows of findings.
    pub findings: Option<Arc<Findings>>,
    /// What the overview shows.
    pub overview: Option<Arc<Overview>>,
    /// [`Model::generation`](crate::model::Model::generation) that it is about.
    pub generation: u64,
}
