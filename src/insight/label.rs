//! The named facts below a story.

use crate::text::{Clean, Lang};

/// A named fact below a story: `Subject`, `Seen in`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it tells.
    pub kind: LabelKind,
    /// The value.
    pub value: Clean,
}

/// What a label tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelKind {
    /// The sender of the envelope.
    From,
    /// The recipients of the envelope, each after a comma.
    To,
    /// What the sender wrote as the subject.
    Subject,
    /// The Message-ID.
    MessageId,
    /// The size.
    Size,
    /// The hops, how many and how long they took.
    Hops,
    /// Router and transport.
    Route,
    /// Error numbers and what they mean.
    Error,
    /// Enhanced status codes and what they mean.
    Status,
    /// The mail system, its host and its programs.
    LoggedBy,
    /// Files and lines.
    SeenIn,
    /// What to bear in mind.
    Note,
}

impl LabelKind {
    /// All of them, in the order of the stories.
    pub const ALL: [Self; 12] = [
        Self::From,
        Self::To,
        Self::Subject,
        Self::MessageId,
        Self::Size,
        Self::Hops,
        Self::Route,
        Self::Error,
        Self::Status,
        Self::LoggedBy,
        Self::SeenIn,
        Self::Note,
    ];

    /// Its English name, which is the one for programs as well.
    pub const fn name(self) -> &'static str {
        self.name_in(Lang::En)
    }

    /// Its name for people.
    pub const fn name_in(self, lang: Lang) -> &'static str {
        match self {
            Self::From => lang.pick("From", "Von"),
            Self::To => lang.pick("To", "An"),
            Self::Subject => lang.pick("Subject", "Betreff"),
            Self::MessageId => "Message-ID",
            Self::Size => lang.pick("Size", "Größe"),
            Self::Hops => "Hops",
            Self::Route => lang.pick("Route", "Zustellweg"),
            Self::Error => lang.pick("Error", "Fehler"),
            Self::Status => "Status",
            Self::LoggedBy => lang.pick("Logged by", "Protokoll von"),
            Self::SeenIn => lang.pick("Seen in", "Gesehen in"),
            Self::Note => lang.pick("Note", "Anmerkung"),
        }
    }
}
