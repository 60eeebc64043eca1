//! TLS of a hop, read only where the writer of the header states it.

use super::clauses::{Clauses, Place};
use super::comment::{self, CommentSays};
use super::origin::Origin;
use super::protocol::{Claim, Protocol};
use super::{Doubts, Transport, Writer};
use crate::tls::{Statement, TlsState};

/// `with` clause, split into protocol and TLS, which some gateways put into it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WithClause<'a> {
    /// Protocol word or phrase.
    pub(super) protocol: &'a [u8],
    statement: Option<Statement<'a>>,
}

impl<'a> WithClause<'a> {
    /// Splits `AES128-SHA encrypted SMTP` (qmail patches, gateways) and `ESMTP/TLS/AES128-SHA` (`IronPort`).
    pub(super) fn of(with: &'a [u8]) -> Self {
        const ENCRYPTED: &[u8] = b" encrypted ";
        if let Some(at) = memchr::memmem::find(with, ENCRYPTED) {
            let (before, protocol) = with.split_at(at + ENCRYPTED.len());
            if let Some(CommentSays::Tls(statement)) = comment::read(before) {
                return Self {
                    protocol,
                    statement: Some(statement),
                };
            }
        }
        let mut parts = with.splitn(3, |byte| *byte == b'/');
        let (_, tls, cipher) = (parts.next(), parts.next(), parts.next());
        let statement = tls
            .filter(|word| word.eq_ignore_ascii_case(b"TLS"))
            .map(|_| Statement {
                cipher: cipher.unwrap_or_default(),
                ..Statement::default()
            });
        Self {
            protocol: with,
            statement,
        }
    }
}

/// TLS according to one header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict<'a> {
    pub(super) state: TlsState,
    pub(super) statement: Option<Statement<'a>>,
    pub(super) doubts: Doubts,
}

pub(super) fn judge<'a>(
    clauses: &Clauses<'a>,
    origin: &Origin<'a>,
    writer: Writer,
    protocol: Protocol,
    with: WithClause<'a>,
) -> Verdict<'a> {
    let by_word = protocol.claim == Claim::Tls || clauses.secured;
    let found = CommentTls::read(clauses, origin, writer, by_word);
    let mut doubts = Doubts {
        ambiguous: clauses.ambiguous || found.is_partial(clauses) || found.contradicts(by_word),
        mended: found.mended,
        keyword: false,
    };
    if protocol.claim == Claim::NotSmtp
        && (protocol.transport != Transport::Lmtp || found.statement.is_none())
    {
        return Verdict {
            state: TlsState::NotApplicable,
            statement: None,
            doubts,
        };
    }
    if doubts.ambiguous {
        return Verdict {
            doubts,
            ..Verdict::default()
        };
    }
    let statement = with
        .statement
        .or(found.statement)
        .or_else(|| (by_word || !clauses.tls.is_empty()).then(Statement::default))
        .map(|statement| with_suite(statement, clauses.tls));
    doubts.keyword = statement.is_some() && protocol.claim == Claim::Plain && !clauses.secured;
    let plain_word = protocol.claim == Claim::Plain
        && writer.always_states_tls()
        && !is_before_rfc3848(clauses, writer, with.protocol)
        && !origin.ip.is_empty();
    let state = if statement.is_some() {
        TlsState::Yes
    } else if found.plain || plain_word {
        TlsState::No
    } else {
        TlsState::NotStated
    };
    Verdict {
        state,
        statement,
        doubts,
    }
}

/// True for Postfix before RFC 3848. Postfix adopted its words in 2008, but older installations wrote ESMTP for
/// TLS sessions until 2010 and later, with an optional TLS comment. HELO sessions (`SMTP`) could not use TLS.
fn is_before_rfc3848(clauses: &Clauses<'_>, writer: Writer, with: &[u8]) -> bool {
    const YEAR_2011: i64 = 1_293_840_000;
    writer == Writer::Postfix
        && !with.eq_ignore_ascii_case(b"SMTP")
        && clauses.date.is_none_or(|date| date.civil < YEAR_2011)
}

/// Adds the suite of the `tls` clause (RFC 8314 section 4.3), if no comment has one.
fn with_suite<'a>(statement: Statement<'a>, suite: &'a [u8]) -> Statement<'a> {
    if statement.cipher.is_empty() {
        Statement {
            cipher: suite,
            ..statement
        }
    } else {
        statement
    }
}

/// TLS according to the comments.
#[derive(Default)]
struct CommentTls<'a> {
    statement: Option<Statement<'a>>,
    /// Number of comments that state exactly this session.
    times: usize,
    plain: bool,
    mended: bool,
    /// Whether two comments state different sessions.
    differ: bool,
}

impl<'a> CommentTls<'a> {
    fn read(clauses: &Clauses<'a>, origin: &Origin<'a>, writer: Writer, by_word: bool) -> Self {
        let mut found = Self::default();
        let readable = from_part_is_readable(origin, writer);
        let mut index = 0;
        for comment in clauses.comments() {
            match comment.place {
                Place::From => {
                    index += 1;
                    if readable && index > origin.address_comments {
                        found.take(comment.text);
                    }
                }
                // The protocol, which no peer can write, must state TLS as well.
                Place::Crypted if by_word && writer == Writer::Other => {
                    if let Some(statement) = comment::crypted(comment.text) {
                        found.add(statement);
                    }
                }
                Place::Start | Place::Envelope | Place::Crypted => {}
                Place::By | Place::With | Place::After => found.take(comment.text),
            }
        }
        found.take_certificate(clauses);
        found
    }

    fn take(&mut self, text: &'a [u8]) {
        match comment::read(text) {
            Some(CommentSays::Tls(statement)) => {
                self.add(statement);
                self.mended |= comment::is_damaged(text);
            }
            Some(CommentSays::Plain) => self.plain = true,
            None => {}
        }
    }

    fn add(&mut self, statement: Statement<'a>) {
        let first = *self.statement.get_or_insert(statement);
        self.times += usize::from(first == statement);
        self.differ |=
            differ(first.version, statement.version) || differ(first.cipher, statement.cipher);
    }

    /// True for contradictory statements. One writer cannot state two sessions, or TLS and plaintext, for one
    /// connection, so one of them is forged.
    fn contradicts(&self, by_word: bool) -> bool {
        self.differ || (self.plain && (by_word || self.statement.is_some()))
    }

    fn take_certificate(&mut self, clauses: &Clauses<'a>) {
        let Some(statement) = &mut self.statement else {
            return;
        };
        if statement.verify.is_none() {
            statement.verify = clauses
                .comments()
                .iter()
                .find_map(|remark| comment::certificate(remark.text));
        }
    }

    /// True for a header with repeated `by` or `with`, of which only one has TLS. Two headers joined by mistake
    /// state it twice; otherwise it may be forged by a peer.
    fn is_partial(&self, clauses: &Clauses<'_>) -> bool {
        let stated_once = clauses.secured || !clauses.tls.is_empty();
        let by_comment = self.times != 0 && self.times != clauses.times;
        clauses.times > 1 && (stated_once || by_comment)
    }
}

/// True when both are present and differ.
fn differ(one: &[u8], other: &[u8]) -> bool {
    !one.is_empty() && !other.is_empty() && !one.eq_ignore_ascii_case(other)
}

/// True when TLS comments in the `from` part can be trusted. Postfix and similar systems write them after the address
/// of the client, and make HELO names harmless. In other headers the `from` part contains the HELO name as sent.
fn from_part_is_readable(origin: &Origin<'_>, writer: Writer) -> bool {
    match writer {
        // Old Sendmail wrote logins there; a comment before the address may be part of the HELO name.
        Writer::Postfix | Writer::Sendmail => true,
        Writer::Other => !origin.labelled_helo && !origin.ip.is_empty(),
        Writer::Exim | Writer::OpenSmtpd | Writer::Microsoft => false,
    }
}
