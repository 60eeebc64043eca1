//! Whether a hop was encrypted, read only where its writer states that.

use super::clauses::{Clauses, Place};
use super::comment::{self, Said};
use super::origin::Origin;
use super::protocol::{Claim, Protocol};
use super::{Doubts, Transport, Writer};
use crate::tls::{Statement, TlsState};

/// The `with` clause, split from the TLS that some gateways put into it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wording<'a> {
    /// The protocol word or phrase.
    pub(super) protocol: &'a [u8],
    statement: Option<Statement<'a>>,
}

impl<'a> Wording<'a> {
    /// `AES128-SHA encrypted SMTP` (qmail patches, gateways), `ESMTP/TLS/AES128-SHA` (`IronPort`).
    pub(super) fn of(with: &'a [u8]) -> Self {
        const ENCRYPTED: &[u8] = b" encrypted ";
        if let Some(at) = memchr::memmem::find(with, ENCRYPTED) {
            let (before, protocol) = with.split_at(at + ENCRYPTED.len());
            if let Some(Said::Tls(statement)) = comment::read(before) {
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

/// The judgement on one header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Judged<'a> {
    pub(super) state: TlsState,
    pub(super) statement: Option<Statement<'a>>,
    pub(super) doubts: Doubts,
}

pub(super) fn judge<'a>(
    clauses: &Clauses<'a>,
    origin: &Origin<'a>,
    writer: Writer,
    protocol: Protocol,
    with: Wording<'a>,
) -> Judged<'a> {
    let by_word = protocol.claim == Claim::Tls || clauses.secured;
    let found = Found::read(clauses, origin, writer, by_word);
    let mut doubts = Doubts {
        ambiguous: clauses.ambiguous || found.is_partial(clauses) || found.contradicts(by_word),
        mended: found.mended,
        keyword: false,
    };
    if protocol.claim == Claim::NotSmtp
        && (protocol.transport != Transport::Lmtp || found.statement.is_none())
    {
        return Judged {
            state: TlsState::NotApplicable,
            statement: None,
            doubts,
        };
    }
    if doubts.ambiguous {
        return Judged {
            doubts,
            ..Judged::default()
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
    Judged {
        state,
        statement,
        doubts,
    }
}

/// Postfix took up the words of RFC 3848 in 2008; older installations wrote ESMTP for TLS sessions until
/// 2010 and later, and their TLS comment is optional. HELO sessions (`SMTP`) could not have TLS.
fn is_before_rfc3848(clauses: &Clauses<'_>, writer: Writer, with: &[u8]) -> bool {
    const YEAR_2011: i64 = 1_293_840_000;
    writer == Writer::Postfix
        && !with.eq_ignore_ascii_case(b"SMTP")
        && clauses.date.is_none_or(|date| date.civil < YEAR_2011)
}

/// The `tls` clause (RFC 8314 section 4.3) names the suite where no comment does.
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

/// What the comments say.
#[derive(Default)]
struct Found<'a> {
    statement: Option<Statement<'a>>,
    /// How many comments say exactly that.
    times: usize,
    plain: bool,
    mended: bool,
    /// Two comments tell of different sessions.
    differ: bool,
}

impl<'a> Found<'a> {
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
                // The protocol word has to say TLS as well, which no peer can write.
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
            Some(Said::Tls(statement)) => {
                self.add(statement);
                self.mended |= comment::is_damaged(text);
            }
            Some(Said::Plain) => self.plain = true,
            None => {}
        }
    }

    fn add(&mut self, statement: Statement<'a>) {
        let first = *self.statement.get_or_insert(statement);
        self.times += usize::from(first == statement);
        self.differ |=
            differ(first.version, statement.version) || differ(first.cipher, statement.cipher);
    }

    /// One writer cannot state two sessions, nor TLS and plaintext, about one connection: one of the two
    /// is a forgery.
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

    /// Two headers glued together state the same twice. A `by` or `with` that comes twice, with TLS
    /// stated for one of them only, may be a peer's forgery.
    fn is_partial(&self, clauses: &Clauses<'_>) -> bool {
        let stated_once = clauses.secured || !clauses.tls.is_empty();
        let by_comment = self.times != 0 && self.times != clauses.times;
        clauses.times > 1 && (stated_once || by_comment)
    }
}

/// Both are written, and not the same.
fn differ(one: &[u8], other: &[u8]) -> bool {
    !one.is_empty() && !other.is_empty() && !one.eq_ignore_ascii_case(other)
}

/// Postfix and its like put the TLS comment behind the address of the client, and make a HELO harmless.
/// Elsewhere the `from` part holds the HELO as the peer sent it, look-alikes included.
fn from_part_is_readable(origin: &Origin<'_>, writer: Writer) -> bool {
    match writer {
        // Old Sendmail wrote its logins there; a comment before the address may be part of the HELO.
        Writer::Postfix | Writer::Sendmail => true,
        Writer::Other => !origin.labelled_helo && !origin.ip.is_empty(),
        Writer::Exim | Writer::OpenSmtpd | Writer::Microsoft => false,
    }
}
