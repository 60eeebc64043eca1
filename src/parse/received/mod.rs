//! The Received header: one hop, as its writer tells it.
//!
//! Grammar: RFC 5321 section 4.4, with the clauses in any order, as real mail systems write them. The
//! header is split into clauses first; the writer is recognised by what stands behind `by` and `with`;
//! TLS is read only where that writer states it. Text that a peer controls (HELO, login, envelope
//! sender) can look like any of it and is never believed.

mod address;
mod clauses;
mod comment;
#[cfg(test)]
mod dialects;
mod lex;
mod origin;
mod protocol;
#[cfg(test)]
mod tests;
mod tls;
mod writer;

use super::Stamp;
use crate::tls::{Statement, TlsState};
use clauses::{Clauses, Place};
use origin::Origin;
use protocol::{Claim, Protocol};
pub use writer::Writer;

/// How a message came to the writer of the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transport {
    /// SMTP in any form; also where the header names no protocol.
    #[default]
    Smtp,
    /// LMTP, over a socket or a network.
    Lmtp,
    /// A local program, a spool directory, a pipe.
    Local,
    /// HTTP: webmail, an interface, a store.
    Http,
    /// Exchange's own interface.
    Mapi,
    /// Anything else.
    Other,
}

impl Transport {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Lmtp => "lmtp",
            Self::Local => "local",
            Self::Http => "http",
            Self::Mapi => "mapi",
            Self::Other => "other",
        }
    }
}

/// What is wrong with a header, as far as the header alone shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// The protocol word says no TLS, a comment says TLS. Old software writes so.
    pub keyword: bool,
    /// A clause comes twice with different values, or parentheses do not balance, so part of the header
    /// may be a peer's forgery. Nothing is stated about TLS then.
    pub ambiguous: bool,
    /// Quoted-printable damage (`cipher=3D...`) was mended.
    pub mended: bool,
}

/// One Received header. Slices borrow from the header and are raw: never fit for a terminal as they
/// are. Empty slices: not written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Received<'a> {
    /// The first word behind `from`, as written: depending on the writer a reverse DNS name, a HELO, or
    /// an address.
    pub name: &'a [u8],
    /// Reverse DNS name of the client, as the writer looked it up.
    pub rdns: &'a [u8],
    /// What the client called itself.
    pub helo: &'a [u8],
    /// The writer says that this name does not lead back to the address: `(may be forged)`.
    pub is_rdns_doubted: bool,
    /// The writer says that the address has no name.
    pub no_rdns: bool,
    /// IP address of the client: text without brackets.
    pub ip: &'a [u8],
    /// TCP port of the client.
    pub port: Option<u16>,
    /// The user part before the address: an RFC 1413 answer, or a token that the writer put there.
    pub ident: &'a [u8],
    /// Login of an authenticated client.
    pub auth: &'a [u8],
    /// The host that wrote the header.
    pub by: &'a [u8],
    /// IP address that the writer tells of itself.
    pub by_ip: &'a [u8],
    /// Software and version that the writer tells of itself: `Exim 4.93`.
    pub software: &'a [u8],
    /// The `via` clause.
    pub via: &'a [u8],
    /// The protocol, as written: `ESMTPS`, `Microsoft SMTP Server`.
    pub with: &'a [u8],
    /// How the message came.
    pub transport: Transport,
    /// TLS on this hop, judged from this header alone.
    pub tls: TlsState,
    /// What the header says of the TLS session; `Some` exactly where `tls` is yes.
    pub statement: Option<Statement<'a>>,
    /// The `tls` clause of RFC 8314: IANA name of the suite, as written.
    pub suite: &'a [u8],
    /// Queue ID; an ID that was cut to `---` is none.
    pub id: &'a [u8],
    /// Envelope recipient, without angle brackets.
    pub recipient: &'a [u8],
    /// When the message came.
    pub date: Option<Stamp>,
    /// Whose way of writing this is.
    pub writer: Writer,
    /// What is wrong with the header.
    pub doubts: Doubts,
}

impl<'a> Received<'a> {
    /// The reverse DNS name, or the first name where there is none. One that does not lead back to the address is
    /// none, and the same name as a greeting makes it no better.
    pub fn from_name(&self) -> &'a [u8] {
        if self.rdns.is_empty() {
            self.name
        } else if !self.is_rdns_doubted {
            self.rdns
        } else if self.name.eq_ignore_ascii_case(self.rdns) {
            b""
        } else {
            self.name
        }
    }

    /// True for a protocol word of the IANA registry "Mail Transmission Types".
    pub fn is_registered(&self) -> bool {
        protocol::is_registered(self.with)
    }
}

/// Reads one Received header: the text behind `Received:`, folded or not. Never fails: what is not
/// there is empty. Linear in the length of the text; nothing is allocated.
pub fn parse(header: &[u8]) -> Received<'_> {
    let clauses = Clauses::read(header);
    let writer = Writer::of(&clauses);
    let origin = Origin::read(&clauses, writer);
    let with = tls::Wording::of(clauses.with);
    let protocol = transport(&clauses, &origin, writer, with.protocol);
    let tls = tls::judge(&clauses, &origin, writer, protocol, with);
    Received {
        name: origin.name,
        rdns: origin.rdns,
        is_rdns_doubted: clauses
            .comments_at(Place::From)
            .any(|text| text.ends_with(b"(may be forged)")),
        helo: helo(&origin, protocol),
        no_rdns: origin.no_rdns,
        ip: origin.ip,
        port: origin.port,
        ident: origin.ident,
        auth: origin.auth,
        by: clauses.by,
        by_ip: by_ip(&clauses),
        software: writer::software(&clauses),
        via: clauses.via,
        with: with.protocol,
        transport: protocol.transport,
        tls: tls.state,
        statement: tls.statement,
        suite: clauses.tls,
        id: queue_id(clauses.id),
        recipient: clauses.recipient,
        date: clauses.date,
        writer,
        doubts: tls.doubts,
    }
}

/// True for a line that can only be a piece of a Received header: pasted headers lose the indentation of
/// their continuation lines.
pub(super) fn continues(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let end = line.iter().position(u8::is_ascii_whitespace);
    let first = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
    matches!(line.first(), Some(b'(' | b'[' | b'<' | b'0'..=b'9'))
        || clauses::is_keyword(first)
        || super::date::starts_date(first)
        || protocol::is_transfer_word(first)
}

/// Queue IDs have letters or digits; dashes alone are what somebody left of one.
fn queue_id(id: &[u8]) -> &[u8] {
    if id.iter().any(u8::is_ascii_alphanumeric) {
        id
    } else {
        b""
    }
}

/// Only SMTP and LMTP have a greeting: of a browser or a store it is at most a name that was looked up.
fn helo<'a>(origin: &Origin<'a>, protocol: Protocol) -> &'a [u8] {
    let greets = match protocol.transport {
        Transport::Smtp | Transport::Lmtp | Transport::Local => true,
        Transport::Other => protocol.claim != Claim::NotSmtp,
        Transport::Http | Transport::Mapi => false,
    };
    if greets || origin.labelled_helo {
        origin.helo
    } else {
        b""
    }
}

fn by_ip<'a>(clauses: &Clauses<'a>) -> &'a [u8] {
    clauses
        .comments_at(Place::By)
        .chain(std::iter::once(clauses.by))
        .find_map(address::read)
        .map_or(b"", |address| address.ip)
}

/// The way the message came: by the protocol word where there is one, otherwise by the rest.
fn transport(clauses: &Clauses<'_>, origin: &Origin<'_>, writer: Writer, with: &[u8]) -> Protocol {
    let local = Protocol {
        transport: Transport::Local,
        claim: Claim::NotSmtp,
    };
    let protocol = protocol::classify(with);
    let lmtp = protocol.transport == Transport::Lmtp;
    if clauses.by_uid || handed_in_locally(clauses) || (origin.local && !lmtp) {
        return local;
    }
    if with.is_empty() {
        return without_protocol(clauses, origin, writer).unwrap_or(local);
    }
    // `exim -oMr` lets a local program choose the word.
    let chosen = protocol.transport == Transport::Other && writer == Writer::Exim;
    if chosen && origin.ip.is_empty() {
        local
    } else {
        protocol
    }
}

/// `(qmail 17 invoked by uid 1)`, `(from user@host) by`, `(Postfix, from userid 0)`, Sendmail's `Submit`.
fn handed_in_locally(clauses: &Clauses<'_>) -> bool {
    let contains = |text: &[u8], part: &[u8]| memchr::memmem::find(text, part).is_some();
    origin::is_pickup(clauses.from)
        || clauses.comments_at(Place::Start).any(|text| {
            clauses::starts_with(text, b"from ")
                || clauses::starts_with(text, b"qmail ") && contains(text, b" invoked ")
        })
        || clauses.comments_at(Place::By).any(|text| {
            contains(text, b"from userid ")
                || contains(text, b", unix socket")
                || text.ends_with(b"/Submit")
        })
}

/// A header without `with`. `None`: no network at all.
fn without_protocol(
    clauses: &Clauses<'_>,
    origin: &Origin<'_>,
    writer: Writer,
) -> Option<Protocol> {
    let silent = |transport| {
        Some(Protocol {
            transport,
            claim: Claim::Silent,
        })
    };
    // GMX writes `(via HTTP)` as a comment.
    let comment = clauses
        .comments_at(Place::By)
        .find_map(|text| clauses::strip_prefix(text, b"via "));
    let via = comment.unwrap_or(clauses.via);
    let protocol = protocol::classify(via);
    if !via.is_empty() && protocol.transport != Transport::Other {
        return Some(protocol);
    }
    if !via.is_empty() && origin.ip.is_empty() {
        return None;
    }
    let web = [&b":80"[..], b":443", b":8080", b":8443"];
    if web.iter().any(|port| clauses.by.ends_with(port)) && address::ip(clauses.by).is_none() {
        return Some(Protocol {
            transport: Transport::Http,
            claim: Claim::NotSmtp,
        });
    }
    if writer == Writer::Postfix && origin.name.is_empty() {
        // A bounce or an alias, or a session that the administrator hides (Postfix 3.10).
        return silent(Transport::Other);
    }
    silent(Transport::Smtp)
}
