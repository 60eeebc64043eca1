//! What one log line says, independent of the mail system that wrote it.

use super::reply;
use crate::tls::{Statement, Trouble};

/// The mail systems whose logs are read.
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
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exim => "exim",
            Self::Postfix => "postfix",
            Self::Sendmail => "sendmail",
            Self::OpenSmtpd => "opensmtpd",
        }
    }
}

/// What kind of fact a line states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A message was taken into the queue.
    Arrival,
    /// A recipient was delivered.
    Delivery,
    /// A delivery was attempted and put off.
    Deferral,
    /// A retry that made no connection.
    RetryWait,
    /// A recipient failed for good.
    Failure,
    /// TLS was required, the peer did not give it; nothing was sent.
    TlsRefused,
    /// A TLS handshake or a certificate check failed.
    TlsFailed,
    /// Sent (or about to be sent) in clear after TLS failed.
    TlsDowngrade,
    /// We refused a command, a recipient or a message.
    Rejection,
    /// No recipients left; the queue entry ended.
    Completion,
    /// The message was frozen (held).
    Frozen,
    /// The message was thawed (released).
    Thawed,
    /// Removed by a person, a timer or a filter.
    Removed,
    /// Dropped on purpose: blackhole, discard.
    Discarded,
    /// A connection without a message.
    Session,
    /// Anything else worth keeping: warnings, daemon and queue-run lines.
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

    /// The name used in tables and filters.
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

/// Exim's own two-character mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Flag {
    /// `<=` accepted.
    Arrived,
    /// `(=` accepted although a rejection was sent.
    FakeReject,
    /// `=>` delivered.
    Delivered,
    /// `->` further address of the same transaction.
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

    /// The mark as Exim writes it.
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

/// Where the mail went, seen from the host that wrote the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Direction {
    /// A peer connected to us.
    In,
    /// We connected to a peer.
    Out,
    /// No network: local submission, local delivery, pipe, file.
    Local,
}

impl Direction {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Local => "local",
        }
    }
}

/// The time stamp of a line, as written: a civil time and, only if the line carries one, its offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Civil time in seconds, counted as if it were UTC since 1970-01-01.
    pub civil: i64,
    /// Milliseconds of that second.
    pub millis: u16,
    /// Offset from UTC in seconds, where the line states it.
    pub offset: Option<i32>,
    /// The line names no year: `civil` counts in 1972, a leap year, so that 29 February exists.
    pub yearless: bool,
}

impl Stamp {
    /// Seconds since 1970-01-01 UTC; `None` where the zone is not told.
    pub fn utc(&self) -> Option<i64> {
        self.offset.map(|offset| self.civil - i64::from(offset))
    }
}

/// The remote host of a line. Empty slices: not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peer<'a> {
    /// Host name: reverse DNS (inbound) or the MX name (outbound).
    pub name: &'a [u8],
    /// What the peer called itself.
    pub helo: &'a [u8],
    /// IP address text, without brackets.
    pub ip: &'a [u8],
    /// TCP port.
    pub port: Option<u16>,
    /// The connection was opened for another message.
    pub reused: bool,
}

impl Peer<'_> {
    /// True when the line names no remote host.
    pub const fn is_empty(&self) -> bool {
        self.name.is_empty() && self.helo.is_empty() && self.ip.is_empty()
    }
}

/// What part a line plays in a conversation with a peer. Some mail systems tell of TLS on a line of its
/// own, which names no message: the conversation ties the two together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// None: the line stands for itself.
    #[default]
    Alone,
    /// A connection begins; nothing said before holds for it.
    Opens,
    /// TLS was set up with [`Fact::peer`]; [`Fact::tls`] is the session.
    Secured,
    /// TLS was tried with [`Fact::peer`] and failed.
    Failed,
    /// A process of the same host that lends TLS to others connects to [`Fact::peer`] for one of them.
    Lends,
    /// It tells of the TLS that it lends, as the one that borrows it does.
    Lent,
    /// A word on the TLS session that is set up next or was set up last; it changes nothing.
    Remarks,
    /// A message, or a refused one, went over it: TLS that was set up holds for this line.
    Carries,
    /// The connection ended. With [`Fact::tls`], TLS was in use for what it carried.
    Closes,
}

/// What may be concluded for a leg on whose line no TLS session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Absence {
    /// It was in clear if its writer tells of TLS elsewhere in the same file; else nothing is known.
    #[default]
    Telling,
    /// The writer says that it was in clear.
    Clear,
    /// Nothing may be concluded.
    Mute,
}

/// One fact from one log line. Slices borrow from the line and are raw: still escaped as the mail
/// system wrote them, never fit for a terminal. Empty slices: not written.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<'a> {
    /// When.
    pub stamp: Stamp,
    /// Whose words these are; filled in by [`super::Reader`].
    pub mta: Mta,
    /// Host label of the syslog frame.
    pub host: &'a [u8],
    /// Program name of the syslog frame, without the process number: `postfix/smtps/smtpd`, `sm-mta`.
    pub program: &'a [u8],
    /// What tells this conversation from others of the same program on the same host: a process number or
    /// a session ID. Empty where lines stand for themselves.
    pub dialogue: &'a [u8],
    /// The part that the line plays in it.
    pub turn: Turn,
    /// For how long at most the conversation had been open, in milliseconds; `None` where it is not told.
    pub open_for: Option<u32>,
    /// Queue ID; empty on lines about a connection.
    pub queue_id: &'a [u8],
    /// What kind of fact.
    pub kind: Kind,
    /// Exim's mark.
    pub flag: Option<Flag>,
    /// Direction, where the line has one.
    pub direction: Option<Direction>,
    /// Envelope sender (arrivals: `b"<>"` is the null sender; rejections: `F=`).
    pub sender: &'a [u8],
    /// The recipient address the line is about (final address).
    pub address: &'a [u8],
    /// The address it came from by aliasing or forwarding: the envelope recipient.
    pub parent_address: &'a [u8],
    /// Recipients listed on an arrival line (` for a b c`), space separated.
    pub recipients: &'a [u8],
    /// Router (Exim `R=` on deliveries).
    pub router: &'a [u8],
    /// Transport (Exim `T=` on deliveries), mailer, relay kind.
    pub transport: &'a [u8],
    /// Remote host.
    pub peer: Peer<'a>,
    /// Protocol word of an arrival: `esmtps`, `local`.
    pub protocol: &'a [u8],
    /// TLS as stated on the line; `None` when the line states none.
    pub tls: Option<Statement<'a>>,
    /// What its absence means.
    pub absence: Absence,
    /// The TLS policy of the attempt and what became of it, as Postfix writes it (`tls=may:none`).
    pub tls_policy: &'a [u8],
    /// Why TLS was not had, where the line is about that. With [`Kind::TlsRefused`], or on a deferral or
    /// failure, it means that nothing was sent.
    pub trouble: Option<Trouble>,
    /// True: the line says that mail may go without TLS, so what went wrong with it is no refusal of ours.
    pub tls_optional: bool,
    /// Exim error number as written in `defer (N)`.
    pub errno: Option<i16>,
    /// Enhanced status code (`5.7.1`) found in the reply.
    pub enhanced_status: &'a [u8],
    /// Message size in bytes.
    pub size: Option<u64>,
    /// Message-ID without angle brackets.
    pub message_id: &'a [u8],
    /// Queue ID of the message that this one is a bounce of (Exim `R=` on arrivals).
    pub reference: &'a [u8],
    /// Queue ID of the notification that this message caused (Postfix: "sender non-delivery notification").
    pub notification: &'a [u8],
    /// Queue ID that the message had on this host before it was put into the queue again (Postfix `orig_id=`).
    pub former_id: &'a [u8],
    /// Subject as logged.
    pub subject: &'a [u8],
    /// The human part of the line: error text, reply, reason.
    pub text: &'a [u8],
    /// True: a field could have been forged by the peer; nothing may be graded from this line.
    pub ambiguous: bool,
}

impl Fact<'_> {
    /// Nothing is written. A constant, because filling it in for each line would be felt.
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
    /// Queue ID that the next host gave in its reply; empty when it is not told. Read from the text when
    /// asked for, because loading a log does not.
    pub fn peer_queue_id(&self) -> &'a [u8] {
        let sent = self.kind == Kind::Delivery && self.flag != Some(Flag::Suppressed);
        if sent {
            reply::queue_id(self.text, self.mta != Mta::Sendmail)
        } else {
            b""
        }
    }
}

/// What a grammar says about one line.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once a line on the stack; a box would allocate"
)]
pub enum Outcome<'a> {
    /// Understood.
    Fact(Fact<'a>),
    /// Belongs to the line before it (the rest of a multi-line entry).
    Continuation,
    /// Not a line of this grammar.
    NotMine,
    /// Of this grammar, but not understood; the reason is a short fixed phrase.
    NotUnderstood(&'static str),
    /// A well-formed line of a program that moves no mail: nothing to say, nothing to complain about.
    Foreign,
}
