//! Plain language for what mail systems write.

use crate::tls::{Session, Trouble};

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
        parts.push(format!("certificate {}", verify.name()));
    }
    parts.join("  ")
}

/// What a refusal means. Never more than was seen: the connection, not the server.
pub const fn refusal(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::StarttlsNotSupported => "TLS was required, not offered on this connection",
        Trouble::StarttlsFailed => "TLS was required; STARTTLS was offered, then refused",
        Trouble::HandshakeFailed => "TLS was required; the handshake failed",
        Trouble::ValidationFailure => "TLS was required; the peer's certificate did not pass",
        Trouble::DnssecInvalid => "DANE is required; the TLSA records were not secured by DNSSEC",
        Trouble::TlsaInvalid => "DANE is required; no TLSA record could be used",
        Trouble::PeerRequiresTls => "the peer requires TLS of us",
    }
}

/// `one connection`, `2 connections`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("one {one}"),
        _ => format!("{number} {many}"),
    }
}
