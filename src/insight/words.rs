//! Plain language for what mail systems write.

use crate::model::{Endpoint, Event, Model};
use crate::parse::{Direction, Mta};
use crate::text::clean;
use crate::tls::{Session, Trouble, Verify};

/// A TLS session in one line: `TLS 1.2  ECDHE-RSA-AES256-GCM-SHA384  256 bit`.
pub fn session(session: &Session) -> String {
    let mut parts = Vec::new();
    match session.version {
        Some(version) => parts.push(version.spoken().to_owned()),
        None => parts.push("TLS, version not stated".to_owned()),
    }
    if !session.cipher.is_empty() {
        parts.push(session.cipher.clone());
    }
    if let Some(bits) = session.bits {
        parts.push(format!("{bits} bit"));
    }
    if let Some(group) = &session.group {
        parts.push(format!("group {group}"));
    }
    if session.resumed == Some(true) {
        parts.push("resumed".to_owned());
    }
    if let Some(verify) = session.verify {
        parts.push(certificate(verify).to_owned());
    }
    parts.join("  ")
}

/// What is known of the peer's certificate. Postfix's levels are Anonymous, Untrusted, Trusted and Verified;
/// Sendmail compares no names (`verify=OK`).
const fn certificate(verify: Verify) -> &'static str {
    match verify {
        Verify::Dane => "certificate verified by DANE",
        Verify::Verified => "certificate verified",
        Verify::Trusted => "certificate of a trusted issuer",
        Verify::Unverified => "certificate not verified",
        Verify::Anonymous => "no certificate",
    }
}

/// A remote host as one reads it: `mx.example.net [192.0.2.1]:25`. Without a name, what it called
/// itself stands in parentheses, as in a log: nobody has checked that.
pub(super) fn host(endpoint: &Endpoint<'_>, port: Option<u16>) -> String {
    let says_address = {
        let helo = endpoint.helo.strip_prefix(b"[").unwrap_or(endpoint.helo);
        helo.strip_suffix(b"]").unwrap_or(helo) == endpoint.ip
    };
    let name = match (endpoint.name, endpoint.helo) {
        (b"", helo) if helo.is_empty() || says_address => String::new(),
        (b"", helo) => format!("({})", clean(helo)),
        (name, _) => clean(name).into_owned(),
    };
    let ip = if endpoint.ip.is_empty() {
        String::new()
    } else {
        format!("[{}]", clean(endpoint.ip))
    };
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    format!("{name} {ip}{port}").trim().to_owned()
}

/// The remote host of an event in a sentence: one that mail went to by its name, one that handed mail
/// in with its address, for there a name may be anyone's.
pub fn peer(model: &Model, event: &Event) -> String {
    let endpoint = model.strings.endpoint(event.peer);
    if event.direction() == Some(Direction::In) {
        host(&endpoint, None)
    } else {
        clean(endpoint.label()).into_owned()
    }
}

/// What a refusal means. Never more than was seen: the connection, not the server.
pub(super) const fn refusal(trouble: Trouble, mta: Mta) -> &'static str {
    match trouble {
        // Exim alone goes on in clear at once where TLS is optional; the others put the message off first.
        Trouble::HandshakeFailed if !matches!(mta, Mta::Exim) => {
            "TLS was tried, the handshake failed; nothing was sent"
        }
        Trouble::StarttlsNotSupported => "TLS was required, not offered on this connection",
        Trouble::StarttlsFailed => "TLS was required; STARTTLS was offered, then refused",
        Trouble::HandshakeFailed => "TLS was required; the handshake failed",
        Trouble::ValidationFailure => "TLS was required; the peer's certificate did not pass",
        Trouble::DnssecInvalid => "DANE is required; the TLSA records were not secured by DNSSEC",
        Trouble::TlsaInvalid => "DANE is required; no TLSA record could be used",
        Trouble::PeerRequiresTls => "the peer requires TLS of us",
    }
}

/// What failed when TLS was tried.
pub(super) const fn tls_failure(trouble: Option<Trouble>) -> &'static str {
    match trouble {
        Some(Trouble::StarttlsNotSupported) => "TLS was not offered on this connection",
        Some(Trouble::StarttlsFailed) => "STARTTLS was offered, then refused",
        Some(Trouble::HandshakeFailed) => "the TLS handshake failed",
        Some(Trouble::ValidationFailure) => "the peer's certificate did not pass",
        Some(Trouble::DnssecInvalid) => "the TLSA records were not secured by DNSSEC",
        Some(Trouble::TlsaInvalid) => "no TLSA record could be used",
        Some(Trouble::PeerRequiresTls) => "the peer requires TLS of us",
        None => "TLS failed",
    }
}

/// What a text leaves unsaid, where somebody would look in vain: `Network error on destination MXs` of OpenSMTPD
/// stands for whatever went wrong with each of the hosts.
pub(super) fn unsaid(text: &str, mta: Mta) -> Option<&'static str> {
    let bare = mta == Mta::OpenSmtpd && text.ends_with(" on destination MXs");
    bare.then_some(
        "no host of the domain could be used; lines about the connections tell why, but name no message",
    )
}

/// `one connection`, `2 connections`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("one {one}"),
        _ => format!("{number} {many}"),
    }
}
