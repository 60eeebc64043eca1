//! Fact: the content of one log line, independent of the mail system that wrote it.

use super::reply;
use crate::tls::{Statement, Trouble};

/// Mail systems whose logs are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Mta {
    /// Exim.
    #[default]
    Exim,
    /// Postfix.
    Postfix,
    /// Sendmail.
    Sendmail,
    /// OpenSMTPD.
    OpenSmtpd,
}

impl Mta {
    /// Name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exim => "exim",
            Self::Postfix => "postfix",
            Self::Sendmail => "sendmail",
            Self::OpenSmtpd => "opensmtpd",
        }
    }
}

/// Kind of fact that a line states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A message was taken into the queue.
    Arrival,
    /// A recipient was delivered.
    Delivery,
    /// A delivery was attempted and deferred.
    Deferral,
    /// A retry at which no connection was made.
    RetryWait,
    /// A recipient failed for good.
    Failure,
    /// TLS was required and the peer did not provide it; nothing was sent.
    TlsRefused,
    /// A TLS handshake or a certificate check failed.
    TlsFailed,
    /// Mail was sent (or is about to be sent) in clear after TLS failed.
    TlsDowngrade,
    /// We refused a command, a recipient or a message.
    Rejection,
    /// No recipients left; the queue entry ended.
    Completion,
    /// The message was frozen (held).
    Frozen,
    /// The message was thawed (released).
    Thawed,
    /// The message was removed by an administrator, a timer or a filter.
    Removed,
    /// The message was discarded on purpose: blackhole, discard.
    Discarded,
    /// A connection without a message, or its beginning or end.
    Session,
    /// Other lines: warnings, daemon and queue runner lines.
    #[default]
    Note,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Arrival,
        Self::Delivery,
        Self::Deferral,
        Self::RetryWait,
        Self::Failure,
        Self::TlsRefused,
        Self::TlsFailed,
        Self::TlsDowngrade,
        Self::Rejection,
        Self::Completion,
        Self::Frozen,
        Self::Thawed,
        Self::Removed,
        Self::Discarded,
        Self::Session,
        Self::Note,
    ];

    /// Name in tables and filters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Delivery => "delivery",
            Self::Deferral => "deferral",
            Self::RetryWait => "retry_wait",
            Self::Failure => "failure",
            Self::TlsRefused => "tls_refused",
            Self::TlsFailed => "tls_failed",
            Self::TlsDowngrade => "tls_downgrade",
            Self::Rejection => "rejection",
            Self::Completion => "completion",
            Self::Frozen => "frozen",
            Self::Thawed => "thawed",
            Self::Removed => "removed",
            Self::Discarded => "discarded",
            Self::Session => "session",
            Self::Note => "note",
        }
    }
}

/// Two-character mark on Exim's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Flag {
    /// `<=` accepted.
    Arrived,
    /// `(=` accepted although a rejection was sent.
    FakeReject,
    /// `=>` delivered.
    Delivered,
    /// `->` delivered, further address of the same transaction.
    Also,
    /// `>>` cutthrough delivery.
    Cutthrough,
    /// `*>` delivery suppressed by `-N`.
    Suppressed,
    /// `**` failed.
    Failed,
    /// `==` deferred.
    Deferred,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 8] = [
        Self::Arrived,
        Self::FakeReject,
        Self::Delivered,
        Self::Also,
        Self::Cutthrough,
        Self::Suppressed,
        Self::Failed,
        Self::Deferred,
    ];

    /// Mark as Exim writes it.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Arrived => "<=",
            Self::FakeReject => "(=",
            Self::Delivered => "=>",
            Self::Also => "->",
            Self::Cutthrough => ">>",
            Self::Suppressed => "*>",
            Self::Failed => "**",
            Self::Deferred => "==",
        }
    }
}

/// Direction of the mail, seen from the host that wrote the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Direction {
    /// A peer connected to us.
    In,
    /// We connected to a peer.
    Out,
    /// No network: local submission, local delivery, pipe or file.
    Local,
}

impl Direction {
    /// Name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Local => "local",
        }
    }
}

/// Time stamp of a line as written: a civil time and, if the line has one, its offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Civil time in seconds since 1970-01-01, counted as if it were UTC.
    pub civil: i64,
    /// Milliseconds of that second.
    pub millis: u16,
    /// Offset from UTC in seconds, if the line states it.
    pub offset: Option<i32>,
    /// True when the line names no year. `civil` is then in 1972, a leap year, so that 29 February exists.
    pub yearless: bool,
}

impl Stamp {
    /// Seconds since 1970-01-01 UTC; `None` when the offset is unknown.
    pub fn utc(&self) -> Option<i64> {
        self.offset.map(|offset| self.civil - i64::from(offset))
    }
}

/// Remote host of a line. Slices are empty for fields that are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peer<'a> {
    /// Host name: reverse DNS (inbound) or the MX name (outbound).
    pub name: &'a [u8],
    /// HELO or EHLO name.
    pub helo: &'a [u8],
    /// IP address as text, without brackets.
    pub ip: &'a [u8],
    /// TCP port.
    pub port: Option<u16>,
    /// Whether the connection was opened for an earlier message.
    pub reused: bool,
}

impl Peer<'_> {
    /// True when the line names no remote host.
    pub const fn is_empty(&self) -> bool {
        self.name.is_empty() && self.helo.is_empty() && self.ip.is_empty()
    }
}

/// Role of a line in an SMTP connection. Some mail systems log TLS on a line of its own that names no message;
/// lines with the same [`Fact::dialogue`] belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// None: the line is complete by itself.
    #[default]
    Alone,
    /// The connection begins; TLS of earlier connections does not apply to it.
    Opens,
    /// TLS was established with [`Fact::peer`]; the session is [`Fact::tls`].
    Secured,
    /// TLS with [`Fact::peer`] failed.
    Failed,
    /// A TLS proxy (Postfix tlsproxy) connects to [`Fact::peer`] on behalf of another process of the host.
    Lends,
    /// The TLS proxy reports the session; the process on whose behalf it acts reports the same session.
    Lent,
    /// The TLS proxy reports that it set up no session with [`Fact::peer`]. The process on whose behalf it acts names
    /// the message then, but often not the peer.
    NotLent,
    /// The certificate of the server was checked after TLS was established: [`Fact::tls`] has the result alone.
    Verified,
    /// A remark about the TLS session established next or last; it does not change its state.
    Remarks,
    /// A message was transferred or refused: TLS established on the connection applies to this line.
    Carries,
    /// The connection ended. If [`Fact::tls`] is set, TLS was in use on it.
    Closes,
    /// The same, and no message was handed in on it.
    ClosesEmpty,
    /// The connection broke off or was given up: a message that was begun is not handed in.
    BreaksOff,
    /// The same, while the content of the message was sent.
    BreaksOffInContent,
    /// The mail system starts or reads its settings again: what it logs may change.
    Restarts,
}

/// What a line says of the content of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// What its kind says.
    #[default]
    AsKind,
    /// On an unsuccessful attempt: it had been sent, at least in part. The server refused it at its end, or the
    /// connection was lost meanwhile.
    Sent,
    /// On an arrival: it comes from a filter that passes on what another client sent (Postfix: XFORWARD). How it came
    /// from that client is not told on the line.
    PassedOn,
}

impl Content {
    pub(super) const fn sent_if(was_sent: bool) -> Self {
        if was_sent { Self::Sent } else { Self::AsKind }
    }
}

/// What a line without a TLS session means for the leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Absence {
    /// In clear, if the same writer logs TLS elsewhere in the file; otherwise unknown.
    #[default]
    Telling,
    /// In clear: the writer says so.
    Clear,
    /// Unknown.
    Mute,
}

/// Content of one log line. Slices borrow from the line and are raw: escaped as the mail system wrote them, and
/// not safe to print on a terminal. They are empty for fields that are absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<'a> {
    /// Time stamp.
    pub stamp: Stamp,
    /// Mail system that wrote the line; set by [`super::Reader`].
    pub mta: Mta,
    /// Host label of the syslog frame.
    pub host: &'a [u8],
    /// Program name of the syslog frame, without the process number: `postfix/smtps/smtpd`, `sm-mta`.
    pub program: &'a [u8],
    /// Identifies a connection among those of the same program and host: a process number or a session ID.
    /// Empty on lines that are complete by themselves.
    pub dialogue: &'a [u8],
    /// Role of the line in that connection.
    pub turn: Turn,
    /// Upper limit of the age of the connection in milliseconds; `None` when the line does not state it.
    pub open_for: Option<u32>,
    /// Queue ID; empty on lines about a connection.
    pub queue_id: &'a [u8],
    /// Kind of fact.
    pub kind: Kind,
    /// Mark on an Exim line.
    pub flag: Option<Flag>,
    /// Direction, if the line has one.
    pub direction: Option<Direction>,
    /// Envelope sender (arrivals: `b"<>"` is the null sender; rejections: `F=`).
    pub sender: &'a [u8],
    /// Final recipient address that the line is about.
    pub address: &'a [u8],
    /// Address from which it was derived by aliasing or forwarding: the envelope recipient.
    pub parent_address: &'a [u8],
    /// Recipients listed on an arrival line (` for a b c`), space separated.
    pub recipients: &'a [u8],
    /// Router (Exim `R=` on deliveries).
    pub router: &'a [u8],
    /// Transport (Exim `T=` on deliveries), mailer, or kind of relay.
    pub transport: &'a [u8],
    /// Remote host.
    pub peer: Peer<'a>,
    /// Protocol of an arrival: `esmtps`, `local`.
    pub protocol: &'a [u8],
    /// TLS session as stated on the line; `None` when the line states none.
    pub tls: Option<Statement<'a>>,
    /// Meaning of a missing TLS session.
    pub absence: Absence,
    /// What the line says of the content of the message.
    pub content: Content,
    /// TLS policy and result of the attempt, as logged by Postfix (`tls=may:none`).
    pub tls_policy: &'a [u8],
    /// Why there is no TLS, on lines about that. With [`Kind::TlsRefused`], or on a deferral or failure,
    /// nothing was sent.
    pub trouble: Option<Trouble>,
    /// True when the line says that mail may be sent without TLS: a TLS failure is then no refusal by this host.
    pub tls_optional: bool,
    /// Exim error number in `defer (N)`.
    pub errno: Option<i16>,
    /// Enhanced status code in the reply: `5.7.1`.
    pub enhanced_status: &'a [u8],
    /// Message size in bytes.
    pub size: Option<u64>,
    /// Message-ID without angle brackets.
    pub message_id: &'a [u8],
    /// Queue ID of the message that this bounce is about (Exim `R=` on arrivals).
    pub reference: &'a [u8],
    /// Queue ID of the notification about this message (Postfix: "sender non-delivery notification").
    pub notification: &'a [u8],
    /// Queue ID that the message had on this host before it was requeued (Postfix `orig_id=`).
    pub former_id: &'a [u8],
    /// Subject as logged.
    pub subject: &'a [u8],
    /// Error text, reply or reason.
    pub text: &'a [u8],
    /// True when the peer may have forged a field: the line must not be graded.
    pub ambiguous: bool,
}

impl Fact<'_> {
    /// A fact without any field. A constant, since building it for each line is measurable.
    pub const EMPTY: Self = Self {
        stamp: Stamp {
            civil: 0,
            millis: 0,
            offset: None,
            yearless: false,
        },
        mta: Mta::Exim,
        host: b"",
        program: b"",
        dialogue: b"",
        turn: Turn::Alone,
        open_for: None,
        queue_id: b"",
        kind: Kind::Note,
        flag: None,
        direction: None,
        sender: b"",
        address: b"",
        parent_address: b"",
        recipients: b"",
        router: b"",
        transport: b"",
        peer: Peer {
            name: b"",
            helo: b"",
            ip: b"",
            port: None,
            reused: false,
        },
        protocol: b"",
        tls: None,
        absence: Absence::Telling,
        content: Content::AsKind,
        tls_policy: b"",
        trouble: None,
        tls_optional: false,
        errno: None,
        enhanced_status: b"",
        size: None,
        message_id: b"",
        reference: b"",
        notification: b"",
        former_id: b"",
        subject: b"",
        text: b"",
        ambiguous: false,
    };
}

impl Default for Fact<'_> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<'a> Fact<'a> {
    /// Queue ID that the next host states in its reply; empty when there is none. Computed on demand, since
    /// loading a log does not need it.
    pub fn peer_queue_id(&self) -> &'a [u8] {
        let sent = self.kind == Kind::Delivery && self.flag != Some(Flag::Suppressed);
        if sent {
            reply::queue_id(self.text, self.mta != Mta::Sendmail)
        } else {
            b""
        }
    }
}

/// Result of a grammar for one line.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once a line on the stack; a box would allocate"
)]
pub enum Outcome<'a> {
    /// The line was understood.
    Fact(Fact<'a>),
    /// The line continues the entry before it.
    Continuation,
    /// The line is not of this grammar.
    NotMine,
    /// The line is of this grammar, but was not understood. The reason is a fixed phrase.
    NotUnderstood(&'static str),
    /// A well-formed line of a program that is no mail system.
    Foreign,
    /// Such a line, which tells that lines of the host of this name were lost.
    LinesLost(&'a [u8]),
}
