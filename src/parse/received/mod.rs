//! Parses a Received header, which describes one hop.
//!
//! Grammar: RFC 5321 section 4.4, with the clauses in any order. The header is split into clauses; the mail system
//! that wrote it is recognised by the text after `by` and `with`; TLS is read only where that mail system states it.
//! Text controlled by a peer (HELO, login, envelope sender) may imitate all of this and is not trusted.

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

/// How a message was transferred to the writer of the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transport {
    /// SMTP in any form, also when the header names no protocol.
    #[default]
    Smtp,
    /// LMTP, over a socket or a network.
    Lmtp,
    /// A local program, a spool directory or a pipe.
    Local,
    /// HTTP: webmail, an API or a message store.
    Http,
    /// MAPI of Exchange.
    Mapi,
    /// Anything else.
    Other,
}

impl Transport {
    /// Name in tables.
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

/// Defects of a header, as far as the header itself shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// The protocol says no TLS, while a comment says TLS, as in old software.
    pub keyword: bool,
    /// A clause is repeated with another value, or parentheses do not balance: part of the header may be forged
    /// by a peer, so TLS is not stated.
    pub ambiguous: bool,
    /// Quoted-printable damage (`cipher=3D...`) was repaired.
    pub mended: bool,
}

/// A parsed Received header. Slices borrow from the header and are raw, not safe to print on a terminal. They
/// are empty for parts that are absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Received<'a> {
    /// First word after `from`: depending on the writer a reverse DNS name, a HELO or an address.
    pub name: &'a [u8],
    /// Reverse DNS name of the client, as looked up by the writer.
    pub rdns: &'a [u8],
    /// HELO or EHLO name of the client.
    pub helo: &'a [u8],
    /// The writer states that the reverse DNS name does not resolve to the address: `(may be forged)`.
    pub is_rdns_doubted: bool,
    /// The writer has no confirmed reverse DNS name of the address.
    pub no_rdns: bool,
    /// IP address of the client as text, without brackets.
    pub ip: &'a [u8],
    /// TCP port of the client.
    pub port: Option<u16>,
    /// User part before the address: an RFC 1413 ident, or a token of the writer.
    pub ident: &'a [u8],
    /// Login of an authenticated client.
    pub auth: &'a [u8],
    /// Host that wrote the header.
    pub by: &'a [u8],
    /// IP address of that host.
    pub by_ip: &'a [u8],
    /// Software and version of that host: `Exim 4.93`.
    pub software: &'a [u8],
    /// Value of the `via` clause.
    pub via: &'a [u8],
    /// Protocol as written: `ESMTPS`, `Microsoft SMTP Server`.
    pub with: &'a [u8],
    /// How the message was transferred.
    pub transport: Transport,
    /// TLS on this hop, as far as this header shows.
    pub tls: TlsState,
    /// TLS session; `Some` if and only if `tls` is yes.
    pub statement: Option<Statement<'a>>,
    /// Cipher suite in the `tls` clause of RFC 8314 (IANA name), as written.
    pub suite: &'a [u8],
    /// Queue ID; empty when it was cut to `---`.
    pub id: &'a [u8],
    /// Envelope recipient, without angle brackets.
    pub recipient: &'a [u8],
    /// Time of reception.
    pub date: Option<Stamp>,
    /// Mail system that wrote the header.
    pub writer: Writer,
    /// Defects of the header.
    pub doubts: Doubts,
}

impl<'a> Received<'a> {
    /// Reverse DNS name, or the first name if there is none. A name that does not resolve to the address is
    /// ignored, and so is a HELO name equal to it.
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

    /// Name of the client, if forward and reverse DNS confirm it; else empty. Reverse DNS alone can be set to any name.
    pub const fn confirmed_name(&self) -> &'a [u8] {
        if self.writer.confirms_names() && !self.is_rdns_doubted {
            self.rdns
        } else {
            b""
        }
    }

    /// True for a protocol in the IANA registry "Mail Transmission Types".
    pub fn is_registered(&self) -> bool {
        protocol::is_registered(self.with)
    }
}

/// Parses a Received header: the text after `Received:`, folded or not. Never fails: absent parts are empty.
/// Takes linear time and does not allocate.
pub fn parse(header: &[u8]) -> Received<'_> {
    let clauses = Clauses::read(header);
    let writer = Writer::of(&clauses);
    let origin = Origin::read(&clauses, writer);
    let with = tls::WithClause::of(clauses.with);
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

/// True for a line that can only be part of a Received header. In pasted headers, continuation lines have lost
/// their indentation.
pub(super) fn continues(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let end = line.iter().position(u8::is_ascii_whitespace);
    let first = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
    matches!(line.first(), Some(b'(' | b'[' | b'<' | b'0'..=b'9'))
        || clauses::is_keyword(first)
        || super::date::starts_date(first)
        || protocol::is_transfer_word(first)
}

/// Queue IDs contain letters or digits; an ID of dashes was cut out by someone.
fn queue_id(id: &[u8]) -> &[u8] {
    if id.iter().any(u8::is_ascii_alphanumeric) {
        id
    } else {
        b""
    }
}

/// HELO name. Only SMTP and LMTP have one; with other protocols it is at most a name that was looked up.
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

/// How the message was transferred, by the protocol or, without one, by the other parts.
fn transport(clauses: &Clauses<'_>, origin: &Origin<'_>, writer: Writer, with: &[u8]) -> Protocol {
    let local = Protocol {
        transport: Transport::Local,
        claim: Claim::NotSmtp,
    };
    let protocol = protocol::classify(with);
    let lmtp = protocol.transport == Transport::Lmtp;
    if clauses.by_uid || is_local_submission(clauses) || (origin.local && !lmtp) {
        return local;
    }
    if with.is_empty() {
        return without_protocol(clauses, origin, writer).unwrap_or(local);
    }
    // With `exim -oMr` a local program chooses the protocol word.
    let chosen = protocol.transport == Transport::Other && writer == Writer::Exim;
    if chosen && origin.ip.is_empty() {
        local
    } else {
        protocol
    }
}

/// True for `(qmail 17 invoked by uid 1)`, `(from user@host) by`, `(Postfix, from userid 0)`, and Sendmail's
/// `Submit`.
fn is_local_submission(clauses: &Clauses<'_>) -> bool {
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

/// Transfer in a header without `with`; `None` when there was no network.
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
        // A bounce or an alias, or a session hidden by the administrator (Postfix 3.10).
        return silent(Transport::Other);
    }
    silent(Transport::Smtp)
}
